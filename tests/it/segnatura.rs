//! Segnature as they are written, validated and read: our fixtures, the official schema, and what must not break us.

mod allegato6;
mod messaggio;
mod riscontro;
mod ritorno;
mod sigillo;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tabulario::cli::segnatura as comando;
use tabulario::firma::Fiducia;
use tabulario::pec::busta::interoperabilita;
use tabulario::segnatura::xsd::Schema;
use tabulario::segnatura::{
    Argomento, Classifica, Destinatario, Dialetto, Documento, Errore, Mittente, NomeParte, Parte, Riferimento, Ruolo,
    Sigillo, Tipo, TipoParte, Ufficio, Uscita, circolare60, leggi,
};
use tabulario::valori::Impronta;

/// Where Allegato 6 has its schemas.
const UFFICIALE_PEC: &str = "specs/01-segnatura/agid-2021";
const UFFICIALE: &str = "specs/01-segnatura/circolare-60-2013/segnatura_protocollo_circolare_60_2013.xsd";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/segnatura")
}

/// When the command reads the fixtures.
const ADESSO: &str = "2026-11-22T12:00:00Z";

/// Third-party files, which live outside the repository; prints one line if they are not there.
#[expect(clippy::disallowed_methods, reason = "tests look for the shared folder where its variable says")]
fn condivisi(file: &str) -> Option<PathBuf> {
    let cartella = std::env::var("TABULARIO_CONDIVISI").map_or_else(|_| "../shared".into(), PathBuf::from);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(cartella).join(file);
    if !file.exists() {
        println!("segnatura: {} non c'è, il confronto con i file ufficiali è saltato", file.display());
    }
    file.exists().then_some(file)
}

fn xml_in(cartella: &Path) -> Vec<(String, Vec<u8>)> {
    let mut file: Vec<_> = fs::read_dir(cartella).unwrap().map(|f| f.unwrap().path()).collect();
    file.sort();
    let xml = file.into_iter().filter(|f| is_xml(f));
    xml.map(|f| (f.file_stem().unwrap().to_string_lossy().into_owned(), fs::read(f).unwrap())).collect()
}

fn is_xml(file: &Path) -> bool {
    file.extension().is_some_and(|e| e == "xml") && !file.to_string_lossy().contains("daticert")
}

fn parte(tipo: TipoParte, nome: NomeParte, pec: Option<&str>) -> Parte {
    let pec = pec.map(|p| p.parse().unwrap());
    Parte { tipo, nome, codice_fiscale: None, codice_ipa: None, codice_aoo: None, codice_uo: None, pec }
}

fn documento(nome: &str, tipo_mime: Option<&str>) -> Documento {
    let tipo_mime = tipo_mime.map(str::to_owned);
    Documento { nome: nome.parse().unwrap(), tipo_mime, impronta: Impronta::of(nome.as_bytes()), descrizione: None }
}

/// A registration with every kind of recipient and everything else that may be said.
fn uscita() -> Uscita {
    let nome = |n: &str| NomeParte::Denominazione(n.parse().unwrap());
    let mut provincia = parte(TipoParte::Amministrazione, nome("Provincia Fittizia"), Some("pr@pec.fittizia.example"));
    provincia.codice_ipa = Some("p_xx".parse().unwrap());
    provincia.codice_aoo = Some("AXP0001".parse().unwrap());
    let (n, c) = ("Maria".parse().unwrap(), "D'Invenzione".parse().unwrap());
    let mut maria =
        parte(TipoParte::PersonaFisica, NomeParte::Persona { nome: n, cognome: c }, Some("m@pec.example.it"));
    maria.codice_fiscale = Some("RSSMRA80A01H501U".parse().unwrap());
    let mut ugo = parte(TipoParte::PersonaFisica, nome("Ugo Badile"), None);
    ugo.codice_fiscale = Some("RSSMRA80A01H501U".parse().unwrap());
    let ditta = parte(TipoParte::PersonaGiuridica, nome("Scavi & Figli <S.r.l.>"), Some("scavi@pec.example.it"));
    let estera = parte(TipoParte::AmministrazioneEstera, nome("Gemeinde Erfunden"), None);
    let a = |parte, per_conoscenza, conferma_ricezione| Destinatario { parte, per_conoscenza, conferma_ricezione };
    let mut principale = documento("parere.pdf.p7m", Some("application/pkcs7-mime"));
    principale.descrizione = Some("Parere \"definitivo\"".parse().unwrap());
    Uscita {
        identificatore: "c_x999/AX99Z01/PG/2026-11-22/0000123".parse().unwrap(),
        istante: "2026-11-22T07:42:07Z".parse().unwrap(),
        mittente: Mittente {
            amministrazione: "Comune di Borgo Inventato".parse().unwrap(),
            aoo: "Protocollo generale".parse().unwrap(),
            pec: "protocollo@pec.borgoinventato.example".parse().unwrap(),
            ufficio: Some(Ufficio {
                denominazione: "Edilizia".parse().unwrap(),
                codice: Some("UOF001".parse().unwrap()),
            }),
            indirizzo: Some("Piazza Grande 1, 00000 Borgo Inventato (XX)".parse().unwrap()),
        },
        destinatari: vec![
            a(maria, true, false),
            a(provincia, false, true),
            a(ugo, false, false),
            a(ditta, false, true),
            a(estera, true, false),
        ],
        riservato: true,
        oggetto: "Parere sul regolamento n. 5 & sull'allegato <B> è favorevole".parse().unwrap(),
        classifica: Some(Classifica {
            voce: "VI.3.1".parse().unwrap(),
            denominazione: Some("Edilizia".parse().unwrap()),
        }),
        riferimenti: vec![
            Riferimento::Registrato {
                identificatore: "p_xx/AXP0001/PG/2026-11-20/45".parse().unwrap(),
                argomento: Some(Argomento {
                    oggetto: "Richiesta di parere".parse().unwrap(),
                    classifica: Classifica { voce: "VI.3".parse().unwrap(), denominazione: None },
                }),
            },
            Riferimento::NonRegistrato("Richiesta a voce del 19 novembre".parse().unwrap()),
        ],
        principale,
        allegati: vec![documento("pianta.dwf", None), documento("àèì «1».txt", Some("text/plain"))],
    }
}

/// The least that a registration may say.
fn uscita_minima() -> Uscita {
    let mut minima = uscita();
    minima.destinatari.retain(|d| d.parte.tipo == TipoParte::AmministrazioneEstera);
    minima.destinatari[0].per_conoscenza = false;
    minima.mittente.ufficio = None;
    minima.mittente.indirizzo = None;
    (minima.riservato, minima.classifica) = (false, None);
    minima.riferimenti.clear();
    minima.allegati.clear();
    minima
}

#[test]
fn what_we_write_is_the_snapshot_and_valid() {
    let xml = circolare60::segnatura(&uscita()).unwrap();
    let atteso = fs::read_to_string(fixtures().join("uscita/segnatura.xml")).unwrap();
    assert_eq!(xml, atteso);
    circolare60::schema().unwrap().valida(xml.as_bytes()).unwrap();
    let minima = circolare60::segnatura(&uscita_minima()).unwrap();
    circolare60::schema().unwrap().valida(minima.as_bytes()).unwrap();
}

#[test]
fn a_segnatura_needs_somebody_to_go_to() {
    let mut sola = uscita();
    sola.destinatari.retain(|d| d.per_conoscenza);
    assert_eq!(circolare60::segnatura(&sola), Err(Errore::SenzaDestinatario));
}

#[test]
fn what_we_write_is_read_back_as_it_was_meant() {
    let uscita = uscita();
    let lettura = leggi(circolare60::segnatura(&uscita).unwrap().as_bytes());
    assert_eq!(
        (lettura.tipo, lettura.dialetto, lettura.valida),
        (Some(Tipo::Segnatura), Some(Dialetto::Circolare60), true)
    );
    assert_eq!(lettura.rilievi, Vec::<String>::new());
    assert_eq!(lettura.identificatore.as_ref().and_then(|i| i.valori()), Some(uscita.identificatore.clone()));
    assert_eq!(lettura.ora.as_deref(), Some("08:42:07"));
    // U+FFFF cannot be in XML: it is dropped.
    assert_eq!(lettura.oggetto.as_deref(), Some("Parere sul regolamento n. 5 & sull'allegato <B> è favorevole"));
    assert_eq!(lettura.classifiche[0].livelli, ["VI", "3", "1"]);
    assert!(lettura.riservato && lettura.conferma_richiesta);
    let mittente = lettura.mittente.clone().unwrap();
    assert_eq!(mittente.codice_amministrazione.as_deref(), Some("c_x999"));
    assert_eq!(mittente.codice_aoo.as_deref(), Some("AX99Z01"));
    assert_eq!(mittente.uffici, ["Edilizia"]);
    assert_eq!(mittente.indirizzo.as_deref(), Some("protocollo@pec.borgoinventato.example"));
    let destinatari: Vec<_> = lettura
        .destinatari
        .iter()
        .map(|d| (d.soggetto.nome().unwrap(), d.per_conoscenza, d.conferma_richiesta))
        .collect();
    let attesi = [
        ("Provincia Fittizia", false, true),
        ("Ugo Badile", false, false),
        ("Scavi & Figli <S.r.l.>", false, true),
        ("Maria D'Invenzione", true, false),
        ("Gemeinde Erfunden", true, false),
    ];
    assert_eq!(destinatari, attesi);
    assert_eq!(lettura.destinatari[1].soggetto.codice_fiscale.as_deref(), Some("RSSMRA80A01H501U"));
    assert_eq!(lettura.si_riferisce_a().as_deref(), Some("p_xx/AXP0001/PG/2026-11-20/0000045"));
    let documenti: Vec<_> = lettura.documenti.iter().map(|d| (d.nome.as_deref(), d.ruolo, d.sha256())).collect();
    let attesi: Vec<_> = std::iter::once((&uscita.principale, Ruolo::Principale))
        .chain(uscita.allegati.iter().map(|a| (a, Ruolo::Allegato)))
        .map(|(d, ruolo)| (Some(d.nome.as_str()), ruolo, Some(d.impronta)))
        .collect();
    assert_eq!(documenti, attesi);
}

#[test]
fn every_fixture_is_read_as_its_golden_file_says() {
    let mut letti = 0;
    for (caso, xml) in xml_in(&fixtures()) {
        let atteso: Value =
            serde_json::from_slice(&fs::read(fixtures().join(format!("{caso}.json"))).unwrap()).unwrap();
        let lettura = interoperabilita::leggi(&xml, &Fiducia::vuota(), ADESSO.parse().unwrap());
        assert_eq!(serde_json::to_value(lettura).unwrap(), atteso, "{caso}");
        letti += 1;
    }
    assert!(letti >= 18, "{letti}");
}

#[test]
fn what_a_clerks_form_needs_is_read() {
    let di = |caso: &str| leggi(&fs::read(fixtures().join(caso)).unwrap());
    let lettura = di("60-2013.xml");
    let mittente = lettura.mittente.clone().unwrap();
    assert_eq!(mittente.uffici, ["Area tecnica", "Ufficio «Frane & alluvioni»"]);
    assert_eq!(mittente.persone, ["Ing. Nives Dell'Invenzione", "N. Dell'Invenzione"]);
    assert_eq!(mittente.indirizzo_postale.as_deref(), Some("Via dei Pioppi 3/b 00000 Val Fittizia XX Italia"));
    assert_eq!(mittente.aoo.as_deref(), Some("Protocollo unico"));
    assert_eq!(lettura.risposta.as_deref(), Some("ricevute@pec.valfittizia.example"));
    assert_eq!(lettura.prima_registrazione.unwrap().linea(), "r_xxx/AXR0001/R1/2026-11-18/0400001");
    assert_eq!(lettura.riferimenti.len(), 4);
    assert_eq!(lettura.documenti[1].sha256(), Some(Impronta::of(b"")));
    assert_eq!(lettura.note, ["Urgente", "4 documenti"]);

    let lettura = di("3.0.0.xml");
    assert_eq!(lettura.classifiche[0].livelli, ["VI", "9", "1"]);
    assert_eq!(lettura.fascicolo.as_deref(), Some("2026/VI.9/4"));
    assert_eq!(lettura.sigillo, Some(Sigillo::Indeterminato));
    assert!(lettura.riservato);
    assert_eq!(lettura.mittente.unwrap().indirizzo.as_deref(), Some("protocollo@pec.valfittizia.example"));
    let destinatari: Vec<_> = lettura.destinatari.iter().map(|d| (d.per_conoscenza, d.conferma_richiesta)).collect();
    assert_eq!(destinatari, [(false, true), (true, false)]);
    assert_eq!((lettura.documenti[0].sha256(), lettura.documenti[1].sha256()), (Some(Impronta::of(b"")), None));

    let lettura = di("60-2013-annullamento.xml");
    assert_eq!(lettura.motivo.as_deref(), Some("Registrato due volte"));
    assert_eq!(lettura.provvedimento.as_deref(), Some("Determinazione n. 7 del 23/11/2026"));
}

#[test]
fn the_same_segnatura_is_read_in_every_encoding() {
    let xml = circolare60::segnatura(&uscita_minima()).unwrap();
    let atteso = serde_json::to_value(leggi(xml.as_bytes())).unwrap();
    let dichiarata = |nome: &str| xml.replace("UTF-8", nome);
    let utf16 = |ordine: fn(u16) -> [u8; 2], testo: &str| testo.encode_utf16().flat_map(ordine).collect::<Vec<u8>>();
    let latino: Vec<u8> = dichiarata("ISO-8859-1").chars().map(|c| u8::try_from(c).unwrap()).collect();
    let varianti = [
        [b"\xef\xbb\xbf".as_slice(), xml.as_bytes()].concat(),
        utf16(u16::to_le_bytes, &format!("\u{feff}{}", dichiarata("UTF-16"))),
        utf16(u16::to_be_bytes, &format!("\u{feff}{}", dichiarata("UTF-16"))),
        utf16(u16::to_be_bytes, &dichiarata("UTF-16BE")),
        latino,
        [b"\r\n  ".as_slice(), xml.as_bytes(), b"\n\n"].concat(),
    ];
    for (i, variante) in varianti.iter().enumerate() {
        assert_eq!(serde_json::to_value(leggi(variante)).unwrap(), atteso, "{i}");
    }
}

#[test]
fn shared_samples_are_read_and_valid() {
    let cartelle = [
        "specs/samples-synthetic/segnatura-60-2013",
        "specs/samples-synthetic/segnatura-2021",
        "specs/01-segnatura/samples-real-sanitised",
    ];
    for (cartella, dialetto) in cartelle.iter().zip([Dialetto::Circolare60, Dialetto::Tre, Dialetto::Nuda]) {
        let Some(cartella) = condivisi(cartella) else { return };
        let mut letti = 0;
        for (nome, xml) in xml_in(&cartella) {
            let lettura = leggi(&xml);
            assert_eq!((lettura.dialetto, lettura.valida), (Some(dialetto), true), "{nome}: {:?}", lettura.rilievi);
            letti += 1;
        }
        assert!(letti > 0, "{}", cartella.display());
    }
}

/// Element ranges of a document, as byte offsets: start tag, whole element.
fn elementi(xml: &str) -> Vec<((usize, usize), (usize, usize))> {
    let mut aperti = Vec::new();
    let mut trovati = Vec::new();
    let mut da = 0;
    while let Some(inizio) = xml[da..].find('<').map(|i| i + da) {
        let fine = inizio + xml[inizio..].find('>').unwrap() + 1;
        let tag = &xml[inizio..fine];
        match (tag.starts_with("</"), tag.ends_with("/>")) {
            (true, _) => {
                let apertura: (usize, usize) = aperti.pop().unwrap();
                trovati.push((apertura, (apertura.0, fine)));
            }
            (_, true) => trovati.push(((inizio, fine), (inizio, fine))),
            _ if tag.starts_with("<?") || tag.starts_with("<!") => {}
            _ => aperti.push((inizio, fine)),
        }
        da = fine;
    }
    trovati.sort_unstable();
    trovati
}

/// Every element but the root deleted.
fn cancellazioni(xml: &str) -> Vec<String> {
    elementi(xml).iter().skip(1).map(|&(_, (da, a))| format!("{}{}", &xml[..da], &xml[a..])).collect()
}

/// Every element but the root deleted or doubled, every one moved behind the next, filled with text, given a strange child
/// and a strange attribute; every attribute deleted and changed.
fn mutanti(xml: &str) -> Vec<String> {
    let mut mutanti = cancellazioni(xml);
    let elementi = elementi(xml);
    for (i, &((tag_da, tag_a), (da, a))) in elementi.iter().enumerate() {
        let (prima, intero, dopo) = (&xml[..da], &xml[da..a], &xml[a..]);
        let tag = &xml[tag_da..tag_a];
        if i > 0 {
            mutanti.push(format!("{prima}{intero}{dopo}", intero = intero.repeat(2)));
        }
        let seguente = elementi.iter().find(|(_, (d, _))| *d >= a && xml[a..*d].trim().is_empty());
        if let Some(&(_, (d2, a2))) = seguente {
            mutanti.push(format!("{prima}{}{}{intero}{}", &xml[d2..a2], &xml[a..d2], &xml[a2..]));
        }
        if let Some(vuoto) = tag.strip_suffix("/>") {
            mutanti.push(format!("{prima}{vuoto}>testo</{}>{dopo}", nome(tag)));
        } else {
            mutanti.push(format!("{}<Estraneo/>{}", &xml[..tag_a], &xml[tag_a..]));
            mutanti.push(format!("{}testo{}", &xml[..tag_a], &xml[tag_a..]));
        }
        let dentro = tag_da + 1 + nome(tag).len();
        mutanti.push(format!("{} estraneo=\"x\"{}", &xml[..dentro], &xml[dentro..]));
        for (i, _) in tag.match_indices("=\"") {
            let spazio = tag[..i].rfind(' ').unwrap();
            let chiusura = i + 2 + tag[i + 2..].find('"').unwrap();
            if &tag[spazio + 1..i] != "xmlns" {
                mutanti.push(format!("{}{}", &xml[..tag_da + spazio], &xml[tag_da + chiusura + 1..]));
                mutanti.push(format!("{}fuori luogo{}", &xml[..tag_da + i + 2], &xml[tag_da + chiusura..]));
                mutanti.push(format!("{}NMTOKEN{}", &xml[..tag_da + i + 2], &xml[tag_da + chiusura..]));
            }
        }
    }
    mutanti
}

fn nome(tag: &str) -> &str {
    tag[1..].split([' ', '>', '/', '\n']).next().unwrap()
}

/// Ours and the official schema say the same of our fixtures, of what we write, of the shared samples, and of all that can be
/// made wrong with them.
#[test]
fn our_schema_says_what_the_official_one_says() {
    let Some(ufficiale) = condivisi(UFFICIALE) else { return };
    let ufficiale = Schema::new(&[("ufficiale.xsd", &fs::read_to_string(ufficiale).unwrap())]).unwrap();
    let nostro = circolare60::schema().unwrap();
    let validi_in = |cartella: &Path| {
        let file = xml_in(cartella).into_iter().filter_map(|(_, xml)| String::from_utf8(xml).ok());
        file.filter(|xml| nostro.valida(xml.as_bytes()).is_ok()).collect::<Vec<_>>()
    };
    let mut da_provare: Vec<String> = validi_in(&fixtures()).iter().flat_map(|xml| mutanti(xml)).collect();
    let mut altri = validi_in(&condivisi("specs/samples-synthetic/segnatura-60-2013").unwrap());
    altri.extend([uscita(), uscita_minima()].iter().map(|u| circolare60::segnatura(u).unwrap()));
    da_provare.extend(altri.iter().flat_map(|xml| cancellazioni(xml)));
    da_provare.extend(validi_in(&fixtures()).into_iter().chain(altri));

    let (validi, invalidi) = confronta_schemi("60-2013", &da_provare, nostro, &ufficiale);
    assert!(validi > 100 && invalidi > 1000, "{validi} {invalidi}");
}

/// How many documents are valid and how many are not, for both schemas alike.
fn confronta_schemi(dialetto: &str, documenti: &[String], nostro: &Schema, ufficiale: &Schema) -> (usize, usize) {
    let confronta = |xml: &String| {
        let (a, b) = (nostro.valida(xml.as_bytes()), ufficiale.valida(xml.as_bytes()));
        assert_eq!(a.is_ok(), b.is_ok(), "nostro: {a:?}\nufficiale: {b:?}\n{xml}");
        a.is_ok()
    };
    let (prima, seconda) = documenti.split_at(documenti.len() / 2);
    let validi = std::thread::scope(|ambito| {
        let altra = ambito.spawn(|| seconda.iter().filter(|xml| confronta(xml)).count());
        prima.iter().filter(|xml| confronta(xml)).count() + altra.join().unwrap()
    });
    let invalidi = documenti.len() - validi;
    println!(
        "segnatura {dialetto}: {validi} documenti validi e {invalidi} no, per il nostro schema e per quello ufficiale"
    );
    (validi, invalidi)
}

/// In 3.0.0 order and lexical forms are forgiven, so only what is missing is compared; inside `ds:Signature` nothing is.
#[test]
fn what_a_3_0_0_lacks_is_noticed_as_by_the_official_schema() {
    let cartella = "specs/01-segnatura/agid-2021";
    let nomi = ["pec_message.xsd", "segnatura_protocollo.xsd", "import_schemas/xmldsig-core-schema.xsd"];
    let Some(file) = nomi.map(|n| condivisi(&format!("{cartella}/{n}"))).into_iter().collect::<Option<Vec<_>>>() else {
        return;
    };
    let testi: Vec<_> = file.iter().map(|f| fs::read_to_string(f).unwrap()).collect();
    let coppie: Vec<_> = nomi.iter().zip(&testi).map(|(n, t)| (n.rsplit('/').next().unwrap(), t.as_str())).collect();
    let ufficiale = Schema::new(&coppie).unwrap();
    let mut provati = 0;
    for (caso, xml) in
        xml_in(&fixtures()).into_iter().chain(xml_in(&condivisi("specs/samples-synthetic/segnatura-2021").unwrap()))
    {
        let xml = String::from_utf8_lossy(&xml);
        if ufficiale.valida(xml.as_bytes()).is_err() {
            continue;
        }
        let firma = |xml: &str| xml.split_once("<ds:Signature ").map(|(_, firma)| firma.to_owned());
        for mutante in cancellazioni(&xml).iter().filter(|m| firma(m) == firma(&xml) || firma(m).is_none()) {
            let (lettura, attesa) = (leggi(mutante.as_bytes()), ufficiale.valida(mutante.as_bytes()));
            assert_eq!(lettura.valida, attesa.is_ok(), "{caso}: {attesa:?} {:?}\n{mutante}", lettura.rilievi);
            provati += 1;
        }
    }
    assert!(provati > 100, "{provati}");
}

#[test]
fn the_command_says_true_only_of_a_valid_message() {
    let esito = |caso: &str, json: bool| {
        let mut out = Vec::new();
        let file = fixtures().join(caso);
        let args = comando::Args { file, allegati: None, fiducia: Vec::new(), istante: None, json };
        comando::esegui(&args, ADESSO.parse().unwrap(), &mut out)
            .map(|valida| (valida, String::from_utf8(out).unwrap()))
            .map_err(|e| e.to_string())
    };
    let (valida, testo) = esito("60-2013.xml", false).unwrap();
    assert!(
        valida
            && testo.starts_with(
                "Tipo: segnatura (60-2013, valida)\nRegistrazione: c_x998/AX98B01/PG/2026-11-20/0012345\n"
            ),
        "{testo}"
    );
    let (valida, testo) = esito("bare-incompleta.xml", false).unwrap();
    assert!(!valida && testo.contains("\nRilievi:\n- "), "{testo}");
    assert!(!esito("estranea.xml", false).unwrap().0);
    let (valida, json) = esito("60-2013.xml", true).unwrap();
    let atteso: Value = serde_json::from_slice(&fs::read(fixtures().join("60-2013.json")).unwrap()).unwrap();
    assert_eq!((valida, serde_json::from_str::<Value>(&json).unwrap()), (true, atteso));
    assert!(esito("non-esiste.xml", true).unwrap_err().contains("non-esiste.xml"));
}

#[test]
fn cut_or_flipped_files_are_read_as_far_as_they_go() {
    for (caso, xml) in xml_in(&fixtures()) {
        let passo = 1 + xml.len() / 60;
        for taglio in (0..xml.len()).step_by(passo) {
            let lettura = leggi(&xml[..taglio]);
            // Only blanks may be missing from what is valid.
            assert!(!lettura.valida || xml[taglio..].trim_ascii().is_empty(), "{caso} a {taglio}");
            let mut guasto = xml.clone();
            guasto[taglio] ^= 1 << (taglio % 8);
            let lettura = leggi(&guasto);
            assert!(lettura.tipo.is_some() || !lettura.rilievi.is_empty(), "{caso} a {taglio}");
        }
    }
}

#[test]
fn bombs_and_giants_get_a_finding() {
    let check = |xml: String, rilievo: &str| {
        let lettura = leggi(xml.as_bytes());
        assert!(!lettura.valida);
        let trovato = lettura.rilievi.iter().any(|r| r.contains(rilievo));
        assert!(
            trovato,
            "{rilievo}: {:?}",
            lettura.rilievi.iter().map(|r| r.get(..200).unwrap_or(r)).collect::<Vec<_>>()
        );
    };
    let mut risate = "<!ENTITY a \"ah\">".to_owned();
    for i in 0..20 {
        risate.push_str(&format!("<!ENTITY a{i} \"{}\">", "&a;".repeat(10)));
    }
    check(format!("<!DOCTYPE Segnatura [{risate}]><Segnatura><Oggetto>&a19;</Oggetto></Segnatura>"), "«&a19;»");
    check(
        format!("<!DOCTYPE Segnatura [{risate}]><Segnatura xmlns=\"{}\">&a19;</Segnatura>", circolare60::NAMESPACE),
        "entità",
    );
    let esterna =
        "<!DOCTYPE Segnatura [<!ENTITY % x SYSTEM \"http://127.0.0.1:1/x.dtd\"> %x;]><Segnatura>&y;</Segnatura>";
    check(esterna.to_owned(), "DOCTYPE dichiara delle entità");
    check("<Segnatura>".repeat(100_000), "annidati");
    check(format!("<Segnatura versione=\"1\">{}", "<![CDATA[x]]>".repeat(100_000)), "troncato");
    check(format!("<Segnatura{}/>", " a=\"1\"".repeat(100_000)), "attributi");
    check(format!("<Segnatura{}/>", " xmlns:p=\"urn:p\"".repeat(100_000)), "attributi");
    check(format!("<Segnatura versione=\"{}\"/>", "9".repeat(5_000_000)), "versione");
    check(format!("<Segnatura><Oggetto>{}</Oggetto></Segnatura>", "o".repeat(5_000_000)), "tagliato");
    check(format!("<{}/>", "n".repeat(5_000_000)), "elemento principale");
    check(format!("<Segnatura>{}</Segnatura>", "<a/>".repeat(200_000)), "più di 100000");
    check("<Segnatura/>".repeat(100_000), "dopo la fine");
    check(" ".repeat(9_000_000), "supera 8 MB");
    check(format!("<Segnatura>{}</Segnatura>", "&#0;&#xd800;&#99999999999;".repeat(1000)), "non è stato risolto");
    check(format!("<Segnatura xmlns=\"{}\"><!--{}--></Segnatura>", circolare60::NAMESPACE, "-".repeat(1_000_000)), "");
    let documenti = "<Documento nome=\"x\"/>".repeat(20_000);
    check(
        format!("<Segnatura><Descrizione><Allegati>{documenti}</Allegati></Descrizione></Segnatura>"),
        "più di 10000",
    );
}

#[test]
fn a_doctype_does_not_make_a_segnatura_of_circolare_60_invalid() {
    let xml = circolare60::segnatura(&uscita()).unwrap();
    let con = |doctype: &str| leggi(xml.replacen("?>\n", &format!("?>\n{doctype}\n"), 1).as_bytes());
    let lettura = con("<!DOCTYPE Segnatura SYSTEM \"Segnatura.dtd\">");
    assert_eq!((lettura.valida, lettura.dialetto), (true, Some(Dialetto::Circolare60)), "{:?}", lettura.rilievi);
    let lettura = con("<!DOCTYPE Segnatura [<!ENTITY x \"y\">]>");
    assert!(lettura.valida && lettura.rilievi.iter().any(|r| r.contains("entità")), "{:?}", lettura.rilievi);
}
