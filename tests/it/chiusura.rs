//! The register of each day and year: what is in it, in two forms that others find valid, once, in order, also after weeks.

use crate::casa::{Casa, chiama_json, comando, condivisi, entrata, leggi, registra, su_entrambi};
use crate::conservazione::{consegna, finche, prepara};
use crate::versamenti::{guarisci, rompi};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tabulario::audit::{self, Carico};
use tabulario::conservazione::sacer;
use tabulario::registro::chiusura::{self, Chiusura, Periodo, Regole};
use tabulario::segnatura::xsd::Schema;
use tabulario::utenti::visibilita::Vista;
use tabulario::valori::{Attore, Impronta};

const OGNI_GIORNO: Regole = Regole { giorni_vuoti: true };
const SOLO_PIENI: Regole = Regole { giorni_vuoti: false };

/// Registers at this instant; says the id.
fn registrata(casa: &Casa, istante: &str, json: &Value) -> String {
    let server = casa.server_alle(istante);
    let chiave = Impronta::of(format!("{istante}{json}").as_bytes()).to_string();
    let fatta = registra(&server.url, &casa.gettone, &chiave, json, b"atto").unwrap();
    assert_eq!(fatta.stato, 201, "{}", fatta.json());
    fatta.json()["id"].as_str().unwrap().to_owned()
}

fn fai(casa: &Casa, istante: &str, id: &str, che: &str, corpo: &Value) {
    let server = casa.server_alle(istante);
    let url = format!("{}/api/v1/registrazioni/{id}/{che}", server.url);
    let risposta = chiama_json(&url, &casa.gettone, &corpo.to_string());
    assert_eq!(risposta.stato, 201, "{}", risposta.json());
}

/// Makes every register that is missing at this instant; says how many.
pub fn chiudi(casa: &Casa, istante: &str, regole: Regole) -> usize {
    let db = casa.con_orologio(istante);
    let mut fatti = 0;
    while chiusura::chiudi(&db, &casa.deposito, regole, &casa.aoo).unwrap() {
        fatti += 1;
    }
    fatti
}

/// The registers of days, or of years, oldest first.
pub fn tutte(casa: &Casa, periodo: &str) -> Vec<Chiusura> {
    let mut trovate =
        casa.db.leggi(|conn| chiusura::chiusure(conn, casa.aoo.id, periodo, chiusura::SEMPRE, 1_000)).unwrap();
    trovate.reverse();
    trovate
}

fn file(casa: &Casa, impronta: &Impronta) -> PathBuf {
    let nome = impronta.to_string();
    casa.documenti().join(&nome[..2]).join(&nome[2..4]).join(&nome)
}

pub fn xml(casa: &Casa, c: &Chiusura) -> String {
    fs::read_to_string(file(casa, &c.xml)).unwrap()
}

/// Valid for our schema, by our engine and by that of libxml2.
pub fn xml_valido(casa: &Casa, c: &Chiusura) {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/xsd/registro-protocollo.xsd");
    let nostro = Schema::new(&[("registro-protocollo.xsd", &fs::read_to_string(schema).unwrap())]).unwrap();
    nostro.valida(xml(casa, c).as_bytes()).unwrap();
    let esito = Command::new("xmllint").args(["--noout", "--schema", schema]).arg(file(casa, &c.xml)).output().unwrap();
    assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stderr));
}

/// What Apache PDFBox Preflight says of files: PDF/A-1b or not.
pub fn preflight(file: &[PathBuf]) -> bool {
    let jar = ["preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "javax.activation", "jaxb-api"];
    let jar = jar.map(|nome| format!("/usr/share/java/{nome}.jar"));
    assert!(jar.iter().all(|j| fs::exists(j).unwrap()), "run .ci/pacchetti.sh: one of {jar:?} is not there");
    file.iter().all(|f| {
        let comando = Command::new("java")
            .args(["-cp", &jar.join(":"), "org.apache.pdfbox.preflight.Validator_A1b"])
            .arg(f)
            .output()
            .unwrap();
        let detto = String::from_utf8([comando.stdout, comando.stderr].concat()).unwrap();
        let valido = detto.contains("is a valid PDF/A-1b file");
        assert!(valido || detto.contains("not a valid PDF/A-1b"), "{detto}");
        valido
    })
}

/// The text of a PDF, page by page.
fn testo(casa: &Casa, c: &Chiusura) -> Vec<String> {
    let documento = pdf_oxide::PdfDocument::from_bytes(fs::read(file(casa, &c.pdf)).unwrap()).unwrap();
    (0..documento.page_count().unwrap()).map(|n| documento.extract_text(n).unwrap()).collect()
}

/// The root over the links from one place to another, by the definition of RFC 9162 section 2.1.1.
fn radice(casa: &Casa, (da, a): (i64, i64)) -> String {
    fn albero(foglie: &[Vec<u8>]) -> Vec<u8> {
        match foglie {
            [] => Sha256::digest(b"").to_vec(),
            [una] => Sha256::digest([&[0], una.as_slice()].concat()).to_vec(),
            molte => {
                let (sinistra, destra) = molte.split_at(molte.len().next_power_of_two() / 2);
                Sha256::digest([vec![1], albero(sinistra), albero(destra)].concat()).to_vec()
            }
        }
    }
    #[derive(diesel::QueryableByName)]
    struct Anello {
        #[diesel(sql_type = diesel::sql_types::Text)]
        anello: String,
    }
    let sql = format!(
        "SELECT anello FROM eventi WHERE aoo_id = '{}' AND posizione >= {da} AND posizione <= {a} ORDER BY posizione",
        casa.aoo.id
    );
    let anelli: Vec<Anello> = diesel::RunQueryDsl::load(diesel::sql_query(sql), &mut casa.grezza()).unwrap();
    hex::encode(albero(&anelli.iter().map(|a| hex::decode(&a.anello).unwrap()).collect::<Vec<_>>()))
}

fn intero(casa: &Casa) {
    let esito = comando(casa, &["controlla"]);
    assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stdout));
}

/// Days in order, each once, none missing; each takes the chain where the one before left it.
fn in_fila(giorni: &[Chiusura]) {
    for coppia in giorni.windows(2) {
        assert_eq!(coppia[0].periodo.ultimo().succ_opt().unwrap(), coppia[1].periodo.ultimo());
        assert_eq!(coppia[0].sommario.posizioni.1 + 1, coppia[1].sommario.posizioni.0);
    }
}

su_entrambi! {
    fn after_three_weeks_every_missing_day_gets_its_register_in_order(casa) {
        assert_eq!(chiudi(casa, "2026-12-09T09:00:00Z", OGNI_GIORNO), 0, "nothing was registered yet");
        let prima = registrata(casa, "2026-12-07T09:00:00Z", &entrata("Istanza di Nicolò <&> «perché»"));
        let doppia = registrata(casa, "2026-12-07T10:00:00Z", &entrata("Scritta due volte"));
        fai(casa, "2026-12-07T11:00:00Z", &doppia, "annullamento", &json!({ "motivo": "Doppia" }));
        // A day is over at midnight in Rome, and a little later.
        assert_eq!(chiudi(casa, "2026-12-07T22:59:00Z", OGNI_GIORNO), 0);
        assert_eq!(chiudi(casa, "2026-12-07T23:02:00Z", OGNI_GIORNO), 0);
        assert_eq!(chiudi(casa, "2026-12-07T23:06:00Z", OGNI_GIORNO), 1);
        let dato = json!({ "motivo": "Refuso", "dato": { "campo": "oggetto", "valore": "Istanza di Niccolò" } });
        fai(casa, "2026-12-08T09:00:00Z", &prima, "annullamento", &dato);
        registrata(casa, "2026-12-09T09:00:00Z", &entrata("Dopo"));
        // The server was off for three weeks; until somebody does something nobody says that its clock is right.
        assert_eq!(chiudi(casa, "2026-12-30T06:00:00Z", OGNI_GIORNO), 0);
        registrata(casa, "2026-12-30T07:00:00Z", &entrata("Tre settimane dopo"));
        assert_eq!(chiudi(casa, "2026-12-30T08:00:00Z", OGNI_GIORNO), 22);
        assert_eq!(chiudi(casa, "2026-12-30T08:01:00Z", OGNI_GIORNO), 0);
        let giorni = tutte(casa, "giorno");
        in_fila(&giorni);
        assert_eq!((giorni.len(), giorni[0].periodo, giorni[0].sommario.posizioni.0), (23, Periodo::Giorno("2026-12-07".parse().unwrap()), 1));
        let conti: Vec<_> = giorni.iter().take(4).map(|c| (c.progressivo.valore(), c.sommario.registrazioni, c.sommario.modifiche)).collect();
        assert_eq!(conti, [(1, 2, 1), (2, 0, 1), (3, 1, 0), (4, 0, 0)]);
        for c in &giorni {
            assert_eq!(c.sommario.radice, radice(casa, c.sommario.posizioni), "{:?}", c.periodo);
            xml_valido(casa, c);
        }
        let primo = xml(casa, &giorni[0]);
        assert!(primo.contains("<Oggetto>Istanza di Nicolò &lt;&amp;&gt; «perché»</Oggetto>"), "{primo}");
        assert!(primo.contains("<Annullata>provvedimento n. 1/2026</Annullata>") && primo.contains(&giorni[0].sommario.radice));
        assert_eq!(primo.matches("<Registrazione>").count(), 2);
        assert!(primo.contains(&format!("<Impronta>{}</Impronta>", Impronta::of(b"atto"))));
        // The change is in the register of its own day; the one of the registration stays as it was.
        let secondo = xml(casa, &giorni[1]);
        assert!(secondo.contains("<Valore>Istanza di Niccolò</Valore>") && secondo.contains("<Numero>0000001</Numero>"), "{secondo}");
        assert_eq!((secondo.matches("<Registrazione>").count(), giorni[1].sommario.numeri), (0, None));
        let pagine = testo(casa, &giorni[0]);
        for atteso in ["Registro giornaliero di protocollo del 07/12/2026", "Comune di Borgo Esempio", "Nicolò <&> «perché»", "ANNULLATA", "0000002", "Pagina 1 di"] {
            assert!(pagine[0].contains(atteso), "{atteso}: {}", pagine[0]);
        }
        assert!(preflight(&[0, 1, 5].map(|n| file(casa, &giorni[n].pdf))));
        intero(casa);
        for sql in ["UPDATE chiusure SET radice = 'x'", "DELETE FROM chiusure"] {
            assert!(casa.sql(sql).is_err_and(|e| e.contains("tabulario")), "{sql}");
        }
    }

    fn the_year_has_its_register_after_its_last_day(casa) {
        registrata(casa, "2026-12-30T09:00:00Z", &entrata("Penultimo giorno"));
        registrata(casa, "2026-12-31T22:30:00Z", &entrata("Ultimo giorno, a Roma"));
        registrata(casa, "2026-12-31T23:30:00Z", &entrata("Anno nuovo, a Roma"));
        assert_eq!(chiudi(casa, "2027-01-03T09:00:00Z", OGNI_GIORNO), 5);
        let (giorni, anni) = (tutte(casa, "giorno"), tutte(casa, "anno"));
        in_fila(&giorni);
        assert_eq!(giorni.iter().map(|c| c.progressivo.valore()).collect::<Vec<_>>(), [1, 2, 1, 2]);
        let anno = &anni[0];
        assert_eq!((anni.len(), anno.periodo, anno.sommario.registrazioni), (1, Periodo::Anno(2026), 2));
        assert_eq!(anno.sommario.posizioni, (1, giorni[1].sommario.posizioni.1));
        assert_eq!(anno.sommario.radice, radice(casa, anno.sommario.posizioni));
        xml_valido(casa, anno);
        assert!(testo(casa, anno)[0].contains("Registro annuale di protocollo dell'anno 2026"));
        assert!(preflight(&[file(casa, &anno.pdf)]));
        intero(casa);
    }

    fn a_year_that_is_closed_takes_no_number(casa) {
        registrata(casa, "2026-12-30T09:00:00Z", &entrata("Ultima"));
        assert_eq!(chiudi(casa, "2027-01-02T09:00:00Z", OGNI_GIORNO), 4);
        // The clock goes back, not behind the last registration.
        let server = casa.server_alle("2026-12-31T10:00:00Z");
        let rifiutata = registra(&server.url, &casa.gettone, "tardi", &entrata("Dopo la chiusura"), b"atto").unwrap();
        assert_eq!((rifiutata.stato, &rifiutata.json()["type"]), (409, &json!("urn:tabulario:anno-chiuso")), "{}", rifiutata.json());
        drop(server);
        registrata(casa, "2027-01-02T10:00:00Z", &entrata("Anno nuovo"));
        assert_eq!(casa.conta("registrazioni"), 2);
        intero(casa);
    }

    fn days_without_anything_have_none_where_it_is_so_decided(casa) {
        registrata(casa, "2026-12-21T09:00:00Z", &entrata("Lunedì"));
        let id = registrata(casa, "2026-12-23T09:00:00Z", &entrata("Mercoledì"));
        fai(casa, "2026-12-28T09:00:00Z", &id, "riservatezza", &json!({ "riservato": true, "motivo": "Dati di salute" }));
        registrata(casa, "2027-01-11T08:00:00Z", &entrata("Dopo le feste"));
        assert_eq!(chiudi(casa, "2027-01-11T09:00:00Z", SOLO_PIENI), 4);
        let giorni: Vec<String> = tutte(casa, "giorno").iter().map(|c| c.periodo.ultimo().to_string()).collect();
        assert_eq!(giorni, ["2026-12-21", "2026-12-23", "2026-12-28"]);
        assert_eq!(tutte(casa, "anno").len(), 1);
        intero(casa);
    }

    fn a_stop_at_any_line_and_another_node_double_nothing(casa) {
        registrata(casa, "2026-12-01T09:00:00Z", &entrata("Uno"));
        registrata(casa, "2026-12-03T09:00:00Z", &entrata("Tre"));
        let db = casa.con_orologio("2026-12-06T09:00:00Z");
        let passo = || chiusura::chiudi(&db, &casa.deposito, OGNI_GIORNO, &casa.aoo);
        for tabella in ["file", "usi_file", "chiusure", "eventi"] {
            rompi(casa, "INSERT", tabella);
            assert!(passo().is_err(), "{tabella}");
            guarisci(casa, tabella);
            assert_eq!(casa.conta("chiusure"), 0, "{tabella}");
        }
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| while passo().unwrap() {});
            }
        });
        let giorni = tutte(casa, "giorno");
        in_fila(&giorni);
        assert_eq!((giorni.len(), giorni.iter().map(|c| c.sommario.registrazioni).sum::<u64>()), (5, 2));
        assert_eq!(casa.conta("eventi WHERE tipo = 'chiusura-registro'"), 5);
        intero(casa);
    }

    fn an_act_dated_behind_a_closed_day_is_in_the_next_register(casa) {
        let id = registrata(casa, "2026-12-01T09:00:00Z", &entrata("Uno"));
        assert_eq!(chiudi(casa, "2026-12-02T09:00:00Z", OGNI_GIORNO), 1);
        // The clock was set back after the day was closed.
        fai(casa, "2026-12-01T20:00:00Z", &id, "riservatezza", &json!({ "riservato": true, "motivo": "Dati di salute" }));
        assert_eq!(chiudi(casa, "2026-12-03T09:00:00Z", OGNI_GIORNO), 1);
        let giorni = tutte(casa, "giorno");
        in_fila(&giorni);
        assert_eq!((giorni[1].sommario.modifiche, giorni[1].sommario.registrazioni), (1, 0));
        assert!(xml(casa, &giorni[1]).contains("<Istante>2026-12-01T21:00:"));
        intero(casa);
    }

    fn a_clock_that_is_ahead_closes_no_day(casa) {
        registrata(casa, "2026-12-01T09:00:00Z", &entrata("Uno"));
        for avanti in ["2026-12-20T09:00:00Z", "2036-12-01T09:00:00Z"] {
            assert_eq!(chiudi(casa, avanti, OGNI_GIORNO), 0);
        }
        // What works by itself repeats the wrong clock: its links, however many, neither close a day nor stand before what comes next.
        let db = casa.con_orologio("2027-03-01T09:00:00Z");
        db.scrivi(casa.aoo.id, &Attore::Sistema("pec"), |op| {
            for _ in 0..1_100 {
                audit::annota(op, "prova", "prova", "x", &Carico::new("prova", 1))?;
            }
            Ok::<_, tabulario::storage::Errore>(())
        })
        .unwrap();
        assert_eq!(chiudi(casa, "2027-03-01T10:00:00Z", OGNI_GIORNO), 0);
        assert_eq!(chiudi(casa, "2026-12-02T09:00:00Z", OGNI_GIORNO), 1);
        for giorno in ["02", "03"] {
            registrata(casa, &format!("2026-12-{giorno}T10:00:00Z"), &entrata(giorno));
        }
        assert_eq!(chiudi(casa, "2026-12-04T09:00:00Z", OGNI_GIORNO), 2);
        let giorni = tutte(casa, "giorno");
        assert_eq!(giorni.iter().map(|c| c.sommario.registrazioni).collect::<Vec<_>>(), [1, 1, 1]);
        in_fila(&giorni);
    }

    fn a_server_that_is_always_on_closes_the_days_of_an_aoo_that_registers_nothing(casa) {
        registrata(casa, "2026-01-01T09:00:00Z", &entrata("Uno"));
        let mut ora = tabulario::valori::Istante::inizio("2026-01-01".parse().unwrap()).date_time() + chrono::Duration::hours(12);
        for _ in 0..95 {
            ora += chrono::Duration::days(1);
            assert_eq!(chiudi(casa, &ora.format("%Y-%m-%dT%H:%M:%SZ").to_string(), OGNI_GIORNO), 1, "{ora}");
        }
    }

    fn a_register_goes_to_the_conservator_whole_and_before_the_registrations(casa) {
        registrata(casa, "2026-12-31T09:00:00Z", &entrata("Uno"));
        assert_eq!(chiudi(casa, "2027-01-02T09:00:00Z", OGNI_GIORNO), 3);
        finche(prepara, casa);
        consegna(casa).unwrap();
        let giorni = tutte(casa, "giorno");
        let primo = giorni[0].identificativo(&casa.aoo);
        assert_eq!(primo, "c_x999-AX99Z01-PG-RG-2026-12-31-0000001");
        let dove = casa.dir.path().join("uscita/conservazione");
        assert_eq!(fs::read_dir(&dove).unwrap().count(), 1, "the register goes first");
        finche(consegna, casa);
        assert_eq!(fs::read_dir(&dove).unwrap().count(), 4);
        let indice = fs::read(dove.join(&primo).join("indice.xml")).unwrap();
        sacer::schema().unwrap().valida(&indice).unwrap();
        match condivisi() {
            Some(cartella) => {
                let testo = fs::read_to_string(cartella.join("specs/parer/ud/WSRequestVersamento.xsd")).unwrap();
                Schema::new(&[("ufficiale.xsd", &testo)]).unwrap().valida(&indice).unwrap();
            }
            None => println!("the official schema is not here: not compared"),
        }
        let indice = String::from_utf8(indice).unwrap();
        for atteso in [
            "<TipoRegistro>REGISTRO GIORNALIERO</TipoRegistro>",
            "<TipologiaUnitaDocumentaria>REGISTRO GIORNALIERO DI PROTOCOLLO</TipologiaUnitaDocumentaria>",
            "<NumeroIniziale>0000001</NumeroIniziale>",
            "<NumeroAllegati>1</NumeroAllegati>",
            "<FormatoFileVersato>PDF</FormatoFileVersato>",
            &format!("<HashVersato>{}</HashVersato>", giorni[0].xml),
        ] {
            assert!(indice.contains(atteso), "{atteso}: {indice}");
        }
        assert_eq!(fs::read(dove.join(&primo).join("c1.pdf")).unwrap(), fs::read(file(casa, &giorni[0].pdf)).unwrap());
        assert!(dove.join("c_x999-AX99Z01-PG-RA-2026-0000001").join("c2.xml").is_file());
        intero(casa);
        // A file of a register that is gone is named for what it is.
        fs::remove_file(file(casa, &giorni[1].pdf)).unwrap();
        let esito = comando(casa, &["controlla"]);
        assert!(String::from_utf8_lossy(&esito.stdout).contains("registro giornaliero o annuale"), "{esito:?}");
    }

    fn a_register_that_holds_riservati_is_not_opened_by_everybody(casa) {
        let mut riservata = entrata("Cartella clinica");
        riservata["riservato"] = true.into();
        registrata(casa, "2026-12-01T09:00:00Z", &riservata);
        let poi = registrata(casa, "2026-12-02T09:00:00Z", &entrata("Aperta, per ora"));
        assert_eq!(chiudi(casa, "2026-12-03T09:00:00Z", OGNI_GIORNO), 2);
        let senza = Vista::SenzaRiservati(casa.aoo.id, Vec::new().into());
        let nessuno = Vista::Uffici(casa.aoo.id, Vec::new().into());
        let apre = |vista: &Vista| -> Vec<bool> {
            tutte(casa, "giorno").iter().map(|c| casa.db.leggi(|conn| chiusura::apribile(conn, vista, c)).unwrap()).collect()
        };
        assert_eq!([apre(&casa.vista()), apre(&senza), apre(&nessuno)], [vec![true; 2], vec![false, true], vec![false; 2]]);
        // What becomes riservato later closes the registers that say it.
        fai(casa, "2026-12-03T10:00:00Z", &poi, "riservatezza", &json!({ "riservato": true, "motivo": "Dati di salute" }));
        assert_eq!(apre(&senza), [false, false]);
        assert!(xml(casa, &tutte(casa, "giorno")[0]).contains("<Registrazione riservata=\"true\">"));
    }

    fn the_registers_are_listed_and_given_by_the_api(casa) {
        registrata(casa, "2026-12-01T09:00:00Z", &entrata("Uno"));
        chiudi(casa, "2026-12-04T09:00:00Z", OGNI_GIORNO);
        let server = casa.server_alle("2026-12-04T10:00:00Z");
        let base = format!("{}/api/v1/registri", server.url);
        let elenco = leggi(&base, &casa.gettone).json();
        let righe = elenco["risultati"].as_array().unwrap();
        assert_eq!((righe.len(), righe[0]["giorno"].as_str(), righe[2]["prima"].as_str()), (3, Some("2026-12-03"), Some("0000001")), "{elenco}");
        assert_eq!(leggi(&format!("{base}?anno=2025"), &casa.gettone).json()["risultati"], json!([]));
        assert_eq!(leggi(&format!("{base}?cursore=2026-12-02"), &casa.gettone).json()["risultati"].as_array().unwrap().len(), 1);
        assert_eq!(leggi(&format!("{base}?periodo=mese"), &casa.gettone).stato, 400);
        let id = righe[2]["id"].as_str().unwrap();
        for (forma, tipo, sha256) in [("pdf", "application/pdf", &righe[2]["pdf"]), ("xml", "application/xml", &righe[2]["xml"])] {
            let scaricata = leggi(&format!("{base}/{id}/{forma}"), &casa.gettone);
            assert_eq!((scaricata.stato, scaricata.tipo.as_str()), (200, tipo));
            assert_eq!(Impronta::of(&scaricata.corpo).to_string(), sha256.as_str().unwrap());
        }
        assert_eq!(leggi(&format!("{base}/{id}/doc"), &casa.gettone).stato, 404);
    }
}

#[test]
fn the_validator_of_pdf_a_bites() {
    let casa = Casa::sqlite();
    registrata(&casa, "2026-12-01T09:00:00Z", &entrata("Uno"));
    chiudi(&casa, "2026-12-02T09:00:00Z", OGNI_GIORNO);
    let vero = fs::read(file(&casa, &tutte(&casa, "giorno")[0].pdf)).unwrap();
    let dove = vero.windows(15).position(|w| w == b"<pdfaid:part>1<").unwrap();
    let mut falso = vero;
    falso[dove + 13] = b'2';
    let copia = casa.dir.path().join("falso.pdf");
    fs::write(&copia, falso).unwrap();
    assert!(!preflight(&[copia]));
}
