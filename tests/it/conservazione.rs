//! Packages for the conservator: built once, valid for us and for ParER, delivered whole or not at all.

use crate::casa::{Casa, Parte, chiama, chiama_json, comando, condivisi, entrata, leggi, su_entrambi, uscita};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use tabulario::conservazione::{self, Mappa, Passo, sacer};
use tabulario::registro::{self, Corrispondente, Flusso, Mezzo, Nuova, RuoloCorrispondente};
use tabulario::segnatura::{NomeParte, Parte as Parte60, TipoParte, xsd};
use tabulario::titolario;
use tabulario::utenti::{self, visibilita::Vista};
use tabulario::valori::{AooId, Attore, Impronta};

fn prepara(casa: &Casa) -> Passo {
    conservazione::prepara(&casa.db, &casa.deposito, &Mappa::predefinita().unwrap(), casa.aoo.id).unwrap()
}

fn consegna(casa: &Casa) -> Passo {
    conservazione::consegna(&casa.db, &casa.deposito, &casa.dir.path().join("uscita"), casa.aoo.id).unwrap()
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
        pec: None,
    };
    Corrispondente { ruolo: RuoloCorrispondente::Mittente, parte, per_conoscenza: false }
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
    fn a_package_is_valid_and_whole(casa) {
        let [arrivata, partita] = due(casa);
        assert_eq!([prepara(casa), prepara(casa), prepara(casa)], [Passo::Fatto, Passo::Fatto, Passo::Niente]);
        assert!(!dove(casa).exists(), "nothing is delivered before it is asked");
        assert_eq!([consegna(casa), consegna(casa), consegna(casa)], [Passo::Fatto, Passo::Fatto, Passo::Niente]);
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

    fn a_delivery_that_was_killed_is_repeated_and_doubles_nothing(casa) {
        let [arrivata, _] = due(casa);
        prepara(casa);
        let (finale, parziale) = (dove(casa).join(chiave(&arrivata)), dove(casa).join(format!(".parziale-{}", chiave(&arrivata))));
        // Killed while it was writing: half a file is there.
        fs::create_dir_all(&parziale).unwrap();
        fs::write(parziale.join("c1.pdf.p7m"), b"u").unwrap();
        fs::write(parziale.join("avanzo"), b"x").unwrap();
        assert_eq!(consegna(casa), Passo::Fatto);
        assert!(!parziale.exists());
        assert_eq!(fs::read_dir(&finale).unwrap().count(), 2);
        assert_eq!(fs::read(finale.join("c1.pdf.p7m")).unwrap(), b"uno");
        // Killed after the rename, before the row: what is there is recognised.
        let scritto = fs::metadata(finale.join("indice.xml")).unwrap().modified().unwrap();
        casa.sql("UPDATE versamenti SET stato = 'preparato'").unwrap();
        assert_eq!([consegna(casa), consegna(casa)], [Passo::Fatto, Passo::Niente]);
        assert_eq!(fs::metadata(finale.join("indice.xml")).unwrap().modified().unwrap(), scritto);
        assert_eq!(fs::read_dir(dove(casa)).unwrap().count(), 1);
        assert_eq!((casa.conta("pacchetti"), casa.conta("versamenti")), (1, 1));
        // Killed before the row of the package: the same values give the same bytes.
        let indice = fs::read(finale.join("indice.xml")).unwrap();
        let di_nuovo = casa.deposito.riponi(&mut indice.as_slice(), 1_000_000).unwrap();
        assert_eq!(di_nuovo.impronta, Impronta::of(&indice));
        pulito(casa);
    }

    fn what_cannot_be_packed_or_delivered_is_set_aside_and_stops_nothing(casa) {
        let server = casa.server();
        let vuota = registra(casa, &server.url, &entrata("Vuota"), &[("doc", "vuoto.txt", b"")]);
        let rotta = registra(casa, &server.url, &entrata("Rotta"), &[("doc", "a.txt", b"sparisce")]);
        let altra = registra(casa, &server.url, &entrata("Occupata"), &[("doc", "b.txt", b"bene")]);
        let buona = registra(casa, &server.url, &entrata("Buona"), &[("doc", "c.txt", b"bene")]);
        while prepara(casa) == Passo::Fatto {}
        let sha256 = Impronta::of(b"sparisce").to_string();
        fs::remove_file(casa.documenti().join(&sha256[..2]).join(&sha256[2..4]).join(&sha256)).unwrap();
        fs::create_dir_all(dove(casa).join(chiave(&altra))).unwrap();
        while consegna(casa) == Passo::Fatto {}
        let elenco = leggi(&format!("{}/api/v1/versamenti", server.url), &casa.gettone).json();
        let stati: Vec<_> = elenco["risultati"].as_array().unwrap().iter().map(|r| (r["registrazione"].clone(), r["stato"].clone())).collect();
        let attesi = [(&buona, "consegnato"), (&altra, "da-correggere"), (&rotta, "da-correggere"), (&vuota, "da-correggere")];
        assert_eq!(stati, attesi.map(|(r, s)| (r["id"].clone(), json!(s))));
        assert!(elenco["risultati"].as_array().unwrap()[3]["motivo"].as_str().unwrap().contains("vuoto.txt"));
    }

    fn a_package_is_an_act_and_is_guarded(casa) {
        due(casa);
        prepara(casa);
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
            let nuova = Nuova {
                flusso: Flusso::Entrata,
                oggetto: "Prova".parse().unwrap(),
                mezzo: Mezzo::Sportello,
                corrispondenti: vec![mittente()],
                arrivo: None,
                protocollo_mittente: None,
                voce: titolario::voce(op.conn, op.aoo, &"I".parse().unwrap())?,
                tipologia: None,
                riservato: false,
                risponde_a: None,
                documenti: Vec::new(),
            };
            registro::registra(op, &prova, &Vista::Intera(prova.id), &nuova)
        }).unwrap();
        assert_eq!(casa.conta("registrazioni"), 1);
        let passo = conservazione::prepara(&casa.db, &casa.deposito, &Mappa::predefinita().unwrap(), prova.id).unwrap();
        assert_eq!((passo, casa.conta("versamenti")), (Passo::Niente, 0));
    }
}

#[test]
fn both_schemas_refuse_the_same_mutants() {
    let casa = Casa::sqlite();
    let [_, partita] = due(&casa);
    while prepara(&casa) == Passo::Fatto {}
    while consegna(&casa) == Passo::Fatto {}
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
