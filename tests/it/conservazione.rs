//! Packages for the conservator: built once, valid for us and for ParER, delivered whole or not at all.

use crate::casa::{Casa, Parte, chiama, chiama_json, comando, condivisi, entrata, leggi, segreto, su_entrambi, uscita};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use tabulario::conservazione::{self, Accordo, Conservatore, Errore, FileSegreto, Mappa, Passo, Stato, Tipo, sacer};
use tabulario::registro::{self, Corrispondente, Flusso, Mezzo, Nuova, RuoloCorrispondente};
use tabulario::segnatura::{NomeParte, Parte as Parte60, TipoParte, xsd};
use tabulario::storage::Operazione;
use tabulario::titolario;
use tabulario::utenti::{self, visibilita::Vista};
use tabulario::valori::{AooId, Attore, Impronta, RegistrazioneId};

/// The conservator of the AOO, added at the first time.
fn conservatore(casa: &Casa) -> Conservatore {
    if let Some(presente) = casa.db.leggi(|conn| conservazione::conservatore(conn, casa.aoo.id)).unwrap() {
        return presente;
    }
    let accordo = accordo(casa);
    let aggiungi = |op: &mut Operazione<'_>| conservazione::aggiungi(op, &casa.aoo, &accordo);
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), aggiungi).unwrap()
}

fn accordo(casa: &Casa) -> Accordo {
    Accordo {
        tipo: Tipo::Sacer,
        url: "https://conservatore.example".parse().unwrap(),
        segreto: FileSegreto::controlla(&segreto(casa)).unwrap(),
        mappa: Mappa::predefinita().unwrap(),
    }
}

pub fn prepara(casa: &Casa) -> Result<Passo, Errore> {
    conservazione::prepara(&casa.db, &casa.deposito, &conservatore(casa))
}

pub fn consegna(casa: &Casa) -> Result<Passo, Errore> {
    conservazione::consegna(&casa.db, &casa.deposito, &casa.dir.path().join("uscita"), casa.aoo.id)
}

/// Repeats a step until there is no work left.
pub fn finche(passo: impl Fn(&Casa) -> Result<Passo, Errore>, casa: &Casa) {
    while passo(casa).unwrap() == Passo::Fatto {}
}

/// Number and state of every registration on its way, oldest first.
fn stati(casa: &Casa) -> Vec<(i64, Stato)> {
    let righe = casa
        .db
        .leggi(|conn| conservazione::elenco(conn, &casa.vista(), &conservazione::Stato::TUTTI, None, 100))
        .unwrap();
    righe.iter().rev().map(|v| (v.numero.valore(), v.stato)).collect()
}

fn dove(casa: &Casa) -> PathBuf {
    conservazione::cartella(&casa.dir.path().join("uscita"))
}

fn registra(casa: &Casa, url: &str, json: &Value, file: &[(&str, &str, &[u8])]) -> Value {
    let testo = json.to_string();
    let mut parti = vec![Parte { nome: "registrazione", file: None, bytes: testo.as_bytes() }];
    parti.extend(file.iter().map(|(nome, file, bytes)| Parte { nome, file: Some(file), bytes }));
    let chiave = Impronta::of(testo.as_bytes()).to_string();
    let risposta = chiama("POST", &format!("{url}/api/v1/registrazioni"), &casa.gettone, Some(&chiave), Some(&parti));
    let risposta = risposta.unwrap();
    assert_eq!(risposta.stato, 201, "{}", risposta.json());
    risposta.json()
}

/// An entrata, and an uscita that answers it, with an attachment, in two fascicoli.
fn due(casa: &Casa) -> [Value; 2] {
    let server = casa.server();
    let arrivata = registra(casa, &server.url, &entrata("Istanza <&> «à»"), &[("doc", "istanza.PDF.p7m", b"uno")]);
    let fascicoli = ["Primo", "Secondo"].map(|oggetto| {
        let corpo = json!({ "voce": "VI.3", "oggetto": oggetto }).to_string();
        chiama_json(&format!("{}/api/v1/fascicoli", server.url), &casa.gettone, &corpo).json()["id"].clone()
    });
    let mut risposta = uscita("Permesso");
    risposta["rispondeA"] = arrivata["id"].clone();
    risposta["fascicolo"] = fascicoli[0].clone();
    let allegato = json!({ "parte": "all", "ruolo": "allegato", "descrizione": "Tavola 1" });
    risposta["documenti"].as_array_mut().unwrap().push(allegato);
    let file: [(&str, &str, &[u8]); 2] = [("doc", "permesso.pdf", b"due"), ("all", "tavola", b"tre")];
    let partita = registra(casa, &server.url, &risposta, &file);
    let url = format!("{}/api/v1/fascicoli/{}/documenti", server.url, fascicoli[1].as_str().unwrap());
    assert_eq!(chiama_json(&url, &casa.gettone, &json!({ "registrazione": partita["id"] }).to_string()).stato, 201);
    [arrivata, partita]
}

fn mittente() -> Corrispondente {
    let parte = Parte60 {
        tipo: TipoParte::PersonaGiuridica,
        nome: NomeParte::Denominazione("Ditta".parse().unwrap()),
        codice_fiscale: None,
        codice_ipa: None,
        codice_aoo: None,
        codice_uo: None,
        pec: None,
    };
    Corrispondente { ruolo: RuoloCorrispondente::Mittente, parte, per_conoscenza: false }
}

fn nel_deposito(casa: &Casa, impronta: &Impronta) -> PathBuf {
    let sha256 = impronta.to_string();
    casa.documenti().join(&sha256[..2]).join(&sha256[2..4]).join(&sha256)
}

/// SHA-256 of the index of a registration's package.
fn indice_di(casa: &Casa, url: &str, fatta: &Value) -> String {
    let elenco = leggi(&format!("{url}/api/v1/versamenti"), &casa.gettone).json();
    let mut righe = elenco["risultati"].as_array().unwrap().iter();
    righe.find(|r| r["registrazione"] == fatta["id"]).unwrap()["sha256"].as_str().unwrap().to_owned()
}

fn riprova(casa: &Casa, vista: &Vista, fatta: &Value) -> Result<Stato, Errore> {
    let id: RegistrazioneId = fatta["id"].as_str().unwrap().parse().unwrap();
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| conservazione::riprova(op, vista, id))
}

/// An entrata without documents.
pub fn nuova(voce: titolario::Voce) -> Nuova {
    Nuova {
        flusso: Flusso::Entrata,
        oggetto: "Prova".parse().unwrap(),
        mezzo: Mezzo::Sportello,
        corrispondenti: vec![mittente()],
        arrivo: None,
        protocollo_mittente: None,
        voce,
        tipologia: None,
        data_documento: None,
        riservato: false,
        risponde_a: None,
        documenti: Vec::new(),
    }
}

fn chiave(fatta: &Value) -> String {
    format!("c_x999-AX99Z01-PG-{}-{}", fatta["anno"], fatta["numero"].as_str().unwrap())
}

fn pulito(casa: &Casa) {
    let esito = comando(casa, &["controlla"]);
    assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stdout));
}

fn ufficiale() -> Option<xsd::Schema> {
    let testo = fs::read_to_string(condivisi()?.join("specs/parer/ud/WSRequestVersamento.xsd")).unwrap();
    Some(xsd::Schema::new(&[("ufficiale.xsd", &testo)]).unwrap())
}

/// Every element of an XML without attributes: where it begins and where it ends.
fn elementi(xml: &str) -> Vec<(usize, usize, String)> {
    let (mut aperti, mut trovati) = (Vec::new(), Vec::new());
    for (inizio, _) in xml.match_indices('<') {
        let fine = inizio + xml[inizio..].find('>').unwrap() + 1;
        match xml[inizio + 1..fine - 1].strip_prefix('/') {
            None => aperti.push((inizio, xml[inizio + 1..fine - 1].to_owned())),
            Some(nome) => {
                let (da, aperto) = aperti.pop().unwrap();
                assert_eq!(aperto, nome);
                trovati.push((da, fine, aperto));
            }
        }
    }
    assert!(aperti.is_empty());
    trovati
}

/// What the contract wants always; whatever else is left out is no fault.
const OBBLIGATORI: &[&str] = &[
    "UnitaDocumentaria",
    "Intestazione",
    "Versione",
    "Versatore",
    "Ambiente",
    "Ente",
    "Struttura",
    "UserID",
    "Chiave",
    "Numero",
    "Anno",
    "TipoRegistro",
    "TipologiaUnitaDocumentaria",
    "FascicoloPrincipale",
    "Identificativo",
    "VersioneDatiSpecifici",
    "ChiaveCollegamento",
    "DescrizioneCollegamento",
    "DocumentoPrincipale",
    "IDDocumento",
    "TipoDocumento",
    "StrutturaOriginale",
    "Componenti",
    "Componente",
    "ID",
    "OrdinePresentazione",
    "FascicoloSecondario",
    "DocumentoCollegato",
    "Allegato",
    "Annotazione",
];

su_entrambi! {
    fn a_package_whose_index_is_missing_is_told_with_its_registration(casa) {
        let server = casa.server();
        conservatore(casa);
        registra(casa, &server.url, &entrata("Istanza"), &[("doc", "atto.txt", b"atto")]);
        finche(prepara, casa);
        let tutti = casa.db.leggi(|conn| conservazione::elenco(conn, &casa.vista(), &Stato::TUTTI, None, 10)).unwrap();
        let (_, indice) = tutti[0].pacchetto.clone().unwrap();
        fs::remove_file(nel_deposito(casa, &indice)).unwrap();
        let uscita = comando(casa, &["controlla", "--json"]);
        let json: Value = serde_json::from_slice(&uscita.stdout).unwrap();
        let d = &json["differences"][0];
        assert_eq!((&d["kind"], &d["aoo"], &d["numero"]), (&json!("file-missing"), &json!("AX99Z01"), &json!("0000001")), "{json:#}");
        assert!(d["detail"].as_str().unwrap().contains("pacchetto di versamento"), "{d}");
    }

    fn a_package_is_valid_and_whole(casa) {
        let [arrivata, partita] = due(casa);
        // One step lets both into the queue, one builds each package.
        assert_eq!([(); 4].map(|()| prepara(casa).unwrap()), [Passo::Fatto, Passo::Fatto, Passo::Fatto, Passo::Niente]);
        assert!(!dove(casa).exists(), "nothing is delivered before it is asked");
        assert_eq!([(); 3].map(|()| consegna(casa).unwrap()), [Passo::Fatto, Passo::Fatto, Passo::Niente]);
        for (fatta, file) in [(&arrivata, &["c1.pdf.p7m"][..]), (&partita, &["c1.pdf", "c2.txt", "c3.xml"][..])] {
            let cartella = dove(casa).join(chiave(fatta));
            let indice = fs::read_to_string(cartella.join("indice.xml")).unwrap();
            sacer::schema().unwrap().valida(indice.as_bytes()).unwrap();
            if let Some(ufficiale) = ufficiale() {
                ufficiale.valida(indice.as_bytes()).unwrap();
            }
            assert_eq!(fs::read_dir(&cartella).unwrap().count(), file.len() + 1);
            for nome in file {
                let impronta = Impronta::of(&fs::read(cartella.join(nome)).unwrap());
                assert!(indice.contains(&format!("<ID>{nome}</ID>")), "{nome}");
                assert!(indice.contains(&format!("<HashVersato>{impronta}</HashVersato>")), "{nome}");
            }
        }
        let indice = fs::read_to_string(dove(casa).join(chiave(&partita)).join("indice.xml")).unwrap();
        for atteso in [
            "<NumeroAllegati>1</NumeroAllegati><NumeroAnnessi>0</NumeroAnnessi><NumeroAnnotazioni>1</NumeroAnnotazioni>",
            "<FascicoloPrincipale><Classifica>VI.3</Classifica><Fascicolo><Identificativo>",
            "<Oggetto>Secondo</Oggetto></Fascicolo></FascicoloPrincipale><FascicoliSecondari>",
            "<ChiaveCollegamento><Numero>0000001</Numero>",
            "<Destinatari>Rossi &amp; Figli &lt;srl&gt;, rossi@pec.example</Destinatari>",
            "<ProfiloDocumento><Descrizione>Tavola 1</Descrizione></ProfiloDocumento>",
            "<NomeComponente>tavola</NomeComponente><FormatoFileVersato>TXT</FormatoFileVersato>",
        ] {
            assert!(indice.contains(atteso), "{atteso} is not in {indice}");
        }
        let segnatura = fs::read_to_string(dove(casa).join(chiave(&partita)).join("c3.xml")).unwrap();
        assert!(segnatura.contains("<NumeroRegistrazione>0000002<"));
        let server = casa.server();
        let elenco = leggi(&format!("{}/api/v1/versamenti", server.url), &casa.gettone).json();
        let righe = elenco["risultati"].as_array().unwrap();
        assert_eq!(righe.len(), 2);
        assert_eq!((&righe[0]["registrazione"], &righe[0]["stato"]), (&partita["id"], &json!("consegnato")));
        assert_eq!(righe[0]["pacchetto"], chiave(&partita));
        assert_eq!(righe[0]["sha256"], Impronta::of(indice.as_bytes()).to_string());
        pulito(casa);
    }

    fn what_cannot_be_packed_or_delivered_is_set_aside_and_stops_nothing(casa) {
        let server = casa.server();
        let vuota = registra(casa, &server.url, &entrata("Vuota"), &[("doc", "vuoto.txt", b"")]);
        let rotta = registra(casa, &server.url, &entrata("Rotta"), &[("doc", "a.txt", b"sparisce")]);
        let altra = registra(casa, &server.url, &entrata("Occupata"), &[("doc", "b.txt", b"bene")]);
        let buona = registra(casa, &server.url, &entrata("Buona"), &[("doc", "c.txt", b"bene")]);
        finche(prepara, casa);
        fs::remove_file(nel_deposito(casa, &Impronta::of(b"sparisce"))).unwrap();
        fs::create_dir_all(dove(casa).join(chiave(&altra))).unwrap();
        finche(consegna, casa);
        let elenco = leggi(&format!("{}/api/v1/versamenti", server.url), &casa.gettone).json();
        let detti: Vec<_> = elenco["risultati"].as_array().unwrap().iter().map(|r| (r["registrazione"].clone(), r["stato"].clone())).collect();
        let attesi = [(&buona, "consegnato"), (&altra, "da-correggere"), (&rotta, "da-correggere"), (&vuota, "da-correggere")];
        assert_eq!(detti, attesi.map(|(r, s)| (r["id"].clone(), json!(s))));
        assert!(elenco["risultati"].as_array().unwrap()[3]["motivo"].as_str().unwrap().contains("vuoto.txt"));
    }

    fn what_was_corrected_is_put_on_its_way_again_with_the_same_bytes(casa) {
        let server = casa.server();
        let vuota = registra(casa, &server.url, &entrata("Vuota"), &[("doc", "vuoto.txt", b"")]);
        let rotta = registra(casa, &server.url, &entrata("Rotta"), &[("doc", "a.txt", b"sparisce")]);
        finche(prepara, casa);
        let file = nel_deposito(casa, &Impronta::of(b"sparisce"));
        let bytes = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        finche(consegna, casa);
        assert_eq!(stati(casa), [(1, Stato::DaCorreggere), (2, Stato::DaCorreggere)]);
        let prima = indice_di(casa, &server.url, &rotta);
        // Nothing came back yet: the retry ends as before.
        assert_eq!(riprova(casa, &casa.vista(), &rotta).unwrap(), Stato::Preparato);
        finche(consegna, casa);
        assert_eq!(stati(casa)[1], (2, Stato::DaCorreggere));
        // The file comes back from a copy.
        fs::write(&file, bytes).unwrap();
        assert_eq!(riprova(casa, &casa.vista(), &rotta).unwrap(), Stato::Preparato);
        assert!(matches!(riprova(casa, &casa.vista(), &rotta), Err(Errore::NonDaCorreggere)));
        finche(prepara, casa);
        finche(consegna, casa);
        assert_eq!(stati(casa), [(1, Stato::DaCorreggere), (2, Stato::Consegnato)]);
        let cartella = dove(casa).join(chiave(&rotta));
        assert_eq!(fs::read(cartella.join("c1.txt")).unwrap(), b"sparisce");
        assert_eq!(Impronta::of(&fs::read(cartella.join("indice.xml")).unwrap()).to_string(), prima);
        assert_eq!((indice_di(casa, &server.url, &rotta), casa.conta("pacchetti")), (prima, 1));
        assert!(matches!(riprova(casa, &casa.vista(), &rotta), Err(Errore::NonDaCorreggere)));
        // What never had a package is looked at again; the file is still empty.
        assert_eq!(riprova(casa, &casa.vista(), &vuota).unwrap(), Stato::DaPreparare);
        assert_eq!(stati(casa)[0], (1, Stato::DaPreparare));
        finche(prepara, casa);
        assert_eq!(stati(casa)[0], (1, Stato::DaCorreggere));
        assert_eq!((casa.conta("pacchetti"), casa.conta("riprove")), (1, 3));
        for sql in ["UPDATE riprove SET motivo = 'x'", "DELETE FROM riprove"] {
            assert!(casa.sql(sql).is_err_and(|e| e.contains("tabulario")), "{sql}");
        }
        pulito(casa);
    }

    fn who_may_not_see_a_registration_cannot_put_it_on_its_way(casa) {
        let server = casa.server();
        let mut riservata = entrata("Riservata");
        riservata["riservato"] = json!(true);
        let riservata = registra(casa, &server.url, &riservata, &[("doc", "vuoto.txt", b"")]);
        finche(prepara, casa);
        for vista in [
            Vista::SenzaRiservati(casa.aoo.id, Vec::new().into()),
            Vista::Uffici(casa.aoo.id, Vec::new().into()),
            Vista::Intera(AooId::new()),
        ] {
            let esito = riprova(casa, &vista, &riservata);
            assert!(matches!(esito, Err(Errore::Registro(registro::Errore::Sconosciuta))), "{vista:?}: {esito:?}");
            let tutte = casa.db.leggi(|conn| conservazione::tutte_da_correggere(conn, &vista, None, 10)).unwrap();
            assert!(tutte.is_empty(), "{vista:?}");
        }
        assert_eq!((stati(casa), casa.conta("riprove")), (vec![(1, Stato::DaCorreggere)], 0));
    }

    fn the_queue_follows_the_numbers_and_finds_its_place_again(casa) {
        let server = casa.server();
        for n in 1..=3 {
            registra(casa, &server.url, &entrata(&format!("Atto {n}")), &[("doc", "a.txt", format!("{n}").as_bytes())]);
        }
        finche(prepara, casa);
        assert_eq!(stati(casa), [(1, Stato::Preparato), (2, Stato::Preparato), (3, Stato::Preparato)]);
        // The year changes: numbers begin again, and the old year is not looked at any more.
        let dopo = casa.con_orologio("2099-01-01T00:00:10+01:00");
        dopo.scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| {
            registro::orologio::conferma(op, &casa.aoo, &"Anni dopo".parse().unwrap())?;
            registro::registra(op, &casa.aoo, &casa.vista(), &nuova(casa.voce.clone()))
        }).unwrap();
        finche(prepara, casa);
        assert_eq!(stati(casa).last(), Some(&(1, Stato::DaCorreggere)), "it has no document");
        // The place is working state: lost, the walk finds everything where it was.
        casa.sql("DELETE FROM accodati").unwrap();
        finche(prepara, casa);
        assert_eq!((casa.conta("versamenti"), casa.conta("pacchetti"), casa.conta("accodati")), (4, 3, 1));
    }

    fn a_package_is_an_act_and_is_guarded(casa) {
        due(casa);
        finche(prepara, casa);
        for sql in ["UPDATE pacchetti SET chiave = 'x'", "DELETE FROM pacchetti", "UPDATE componenti SET codice = 'x'"] {
            assert!(casa.sql(sql).is_err_and(|e| e.contains("tabulario")), "{sql}");
        }
    }

    fn a_trial_aoo_is_never_deposited(casa) {
        let io = Attore::Sistema("comando");
        let prova = casa.db.scrivi(AooId::INSTALLAZIONE, &io, |op| {
            let ente = utenti::ente_per_ipa(op.conn, &"c_x999".parse().unwrap())?.unwrap();
            let (codice, nome, pec) = ("PROVE".parse().unwrap(), "Prove".parse().unwrap(), "p@pec.example".parse().unwrap());
            utenti::crea_aoo(op, &ente, codice, nome, "PROVA".parse().unwrap(), pec)
        }).unwrap();
        casa.db.scrivi(prova.id, &io, |op| {
            let righe = titolario::leggi_csv("codice;denominazione\nI;Prove").unwrap();
            titolario::crea(op, &"Prove".parse().unwrap(), &righe)?;
            let nuova = nuova(titolario::voce(op.conn, op.aoo, &"I".parse().unwrap())?);
            registro::registra(op, &prova, &Vista::Intera(prova.id), &nuova)
        }).unwrap();
        assert_eq!(casa.conta("registrazioni"), 1);
        let accordo = accordo(casa);
        let esito = casa.db.scrivi(prova.id, &io, |op| conservazione::aggiungi(op, &prova, &accordo));
        assert!(matches!(esito, Err(Errore::AooDiProva)));
        // Not even if somebody writes the row by hand.
        casa.sql(&format!(
            "INSERT INTO conservatori (id, aoo_id, tipo, url, segreto_file, mappa, istante) SELECT '{}', id, 'sacer', \
             'https://a.example/', '/x', 'x', '2026-01-01 00:00:00' FROM aoo WHERE registro = 'PROVA'", AooId::new()
        )).unwrap();
        let finto = casa.db.leggi(|conn| conservazione::conservatore(conn, prova.id)).unwrap().unwrap();
        let passo = conservazione::prepara(&casa.db, &casa.deposito, &finto).unwrap();
        assert_eq!((passo, casa.conta("versamenti")), (Passo::Niente, 0));
    }
}

#[test]
fn both_schemas_refuse_the_same_mutants() {
    let casa = Casa::sqlite();
    let [_, partita] = due(&casa);
    finche(prepara, &casa);
    finche(consegna, &casa);
    let indice = fs::read_to_string(dove(&casa).join(chiave(&partita)).join("indice.xml")).unwrap();
    let (nostro, ufficiale) = (sacer::schema().unwrap(), ufficiale());
    let mut rifiutati = 0;
    let tutti = elementi(&indice);
    let mut prova = |mutante: &str, che: &str| {
        let esito = nostro.valida(mutante.as_bytes()).is_ok();
        if let Some(ufficiale) = &ufficiale {
            assert_eq!(esito, ufficiale.valida(mutante.as_bytes()).is_ok(), "{che}");
        }
        rifiutati += usize::from(!esito);
        esito
    };
    for (da, a, nome) in &tutti {
        let senza = format!("{}{}", &indice[..*da], &indice[*a..]);
        let accettato = prova(&senza, &format!("without {nome}"));
        assert!(!accettato || !OBBLIGATORI.contains(&nome.as_str()), "without {nome}");
        let doppio = format!("{}{}{}", &indice[..*a], &indice[*da..*a], &indice[*a..]);
        prova(&doppio, &format!("{nome} twice"));
        let vuoto = format!("{}<{nome}></{nome}>{}", &indice[..*da], &indice[*a..]);
        prova(&vuoto, &format!("{nome} empty"));
        let lungo = format!("{}<{nome}>{}</{nome}>{}", &indice[..*da], "1".repeat(5_000), &indice[*a..]);
        prova(&lungo, &format!("{nome} too long"));
    }
    assert!(tutti.len() > 90 && rifiutati > 200, "{} elements, {rifiutati} refused", tutti.len());
    println!("{} elements, {} mutants, {rifiutati} refused by both", tutti.len(), tutti.len() * 4);
}
