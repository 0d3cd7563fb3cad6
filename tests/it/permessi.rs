//! Every route of the pages, as every role and every stranger meets it: `permessi.txt`. Those of the API are in `permessi_api`.
//!
//! The routes are read from the source, so that one which nobody has thought about fails here. What may not be seen answers like
//! what does not exist (law 5 of the house).

use crate::casa::{Casa, Rotto, chiama_json, entrata, leggi, registra, su_entrambi, uscita};
use crate::conservazione::{finche, prepara};
use crate::pagine::arriva;
use crate::pagine::cliente::{Cliente, assumi, assumi_in, tributi};
use crate::pagine::portale::{apri_procedimento, presentazione};
use crate::pagine::registrazione::{arrivano_ricevute, fixture, per_api, spedita};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use tabulario::documenti::Fiduce;
use tabulario::istanze::{self, Sportello};
use tabulario::registro::chiusura;
use tabulario::registro::rubrica::{Fonte, Indirizzo};
use tabulario::registro::{self, gruppo, ipa, rubrica};
use tabulario::segnatura::{NomeParte, Parte, TipoParte};
use tabulario::storage::Operazione;
use tabulario::utenti::{self, Ruolo};
use tabulario::valori::{AooId, ApplicazioneId, Attore, Calendario, Istante, PredispostoId, RegistrazioneId};

/// A route: method and path, as the source declares them.
type Rotta = (String, String);

/// The routes that a source file declares: each statement names a path and what it answers to.
pub fn rotte(file: &str) -> Vec<Rotta> {
    let sorgente = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web").join(file)).unwrap();
    let mut trovate = Vec::new();
    for pezzo in sorgente.split(';').filter(|p| p.contains("cfg.route(\"") || p.contains("web::resource(\"")) {
        let dopo = pezzo.split_once("cfg.route(\"").or_else(|| pezzo.split_once("web::resource(\"")).unwrap().1;
        let (strada, resto) = dopo.split_once('"').unwrap();
        for metodo in ["get", "post", "put", "delete", "patch"] {
            for _ in resto.matches(&format!("web::{metodo}()")) {
                trovate.push((metodo.to_uppercase(), strada.to_owned()));
            }
        }
    }
    let dichiarate = sorgente.matches("web::get()").count() + sorgente.matches("web::post()").count();
    assert_eq!(trovate.len(), dichiarate, "a route of {file} is written in a way that this test does not read");
    trovate
}

fn rotte_pagine() -> Vec<Rotta> {
    let mut tutte =
        [rotte("pagine/mod.rs"), rotte("pagine/portale/mod.rs"), rotte("pagine/rubrica/mod.rs"), rotte("salute.rs")]
            .concat();
    tutte.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
    assert!(tutte.len() > 40, "{tutte:?}");
    tutte
}

/// One of each thing that a path may name, all of them seen by the office of the house.
pub struct Cose {
    registrazione: String,
    altra: String,
    cartacea: String,
    collegamento: String,
    differimento: String,
    emergenza: String,
    sha256: String,
    verifica: String,
    messaggio: String,
    ricevuta: String,
    /// A receipt that proves nothing.
    orfana: String,
    fascicolo: String,
    risorsa: String,
    proposta: String,
    predisposto: String,
    istanza: String,
    anno: String,
    /// A party of the rubrica, with an address, a proposal and another party merged into it.
    soggetto: String,
    recapito: String,
    detta: String,
    unione: String,
    altro_soggetto: String,
    /// A group, with one in it.
    gruppo: String,
    membro: String,
    /// An ordinary message, which need not be registered.
    ordinario: String,
    sostituzione: String,
    chiusura: String,
    visione: String,
    /// A rule that was looked at, and is off.
    regola: String,
    /// Of somebody who may everything.
    gettone: String,
}

/// A house with something of everything, so that a 404 means that one may not.
pub fn arreda(casa: &Casa, url: &str) -> Cose {
    let mut chiesta = uscita("Risposta");
    chiesta["ufficio"] = "EDIL".into();
    let registrazione = per_api(casa, url, &chiesta, &[("risposta.pdf.p7m", &fixture("firma/rsa-ber.pdf.p7m"))]);
    let letta = leggi(&format!("{url}/api/v1/registrazioni/{registrazione}"), &casa.gettone).json();
    let sha256 = letta["documenti"][0]["sha256"].as_str().unwrap().to_owned();
    let verifiche = leggi(&format!("{url}/api/v1/documenti/{sha256}/verifiche"), &casa.gettone).json();
    let verifica = verifiche["risultati"][0]["id"].as_str().unwrap().to_owned();
    let altra = registra(url, &casa.gettone, "altra", &entrata("Altra"), b"altra").unwrap().json();
    let altra = altra["id"].as_str().unwrap().to_owned();
    let mut di_carta = entrata("Di carta");
    di_carta["mezzo"] = "sportello".into();
    let cartacea = registra(url, &casa.gettone, "cartacea", &di_carta, b"carta").unwrap().json();
    let cartacea = cartacea["id"].as_str().unwrap().to_owned();
    let collegamento = collegate(casa, url, &registrazione, &altra);
    let differimento = differimento(casa);
    finche(prepara, casa);
    spedita(casa, &registrazione);
    arrivano_ricevute(casa);
    for nome in ["01-cittadina-istanza-permesso", "08-posta-ordinaria-pubblicita", "13-presa-in-carico"] {
        arriva(casa, nome);
    }
    let messaggi = leggi(&format!("{url}/api/v1/pec/messaggi"), &casa.gettone).json();
    let di = |genere: &str| {
        let trovato = messaggi["risultati"].as_array().unwrap().iter().find(|m| m["kind"] == genere).unwrap();
        trovato["id"].as_str().unwrap().to_owned()
    };
    let (messaggio, ricevuta, ordinario) = (di("posta-certificata"), di("avvenuta-consegna"), di("ordinaria"));
    let fascicolo = fascicolo(casa, url);
    let (proposta, istanza) = annullate(casa, url, &registrazione);
    let predisposto = predisposto(casa);
    let anno = casa.db.orologio().adesso().anno().to_string();
    let porta = Cliente::a(url).apri("/entra").html;
    let risorsa = porta.split("/risorse/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let [soggetto, altro_soggetto, recapito, detta, unione, gruppo, membro] = in_rubrica(casa);
    let (gettone, sostituzione) = in_organico(casa);
    let visione = visione(casa, registrazione.parse().unwrap());
    let chiusura = chiusura(casa);
    let emergenza = emergenza(casa);
    Cose {
        registrazione,
        altra,
        cartacea,
        collegamento,
        differimento,
        emergenza,
        sha256,
        verifica,
        messaggio,
        ricevuta,
        orfana: di("presa-in-carico"),
        fascicolo,
        predisposto,
        risorsa,
        proposta,
        istanza,
        anno,
        soggetto,
        recapito,
        detta,
        unione,
        altro_soggetto,
        gruppo,
        membro,
        ordinario,
        sostituzione,
        chiusura,
        visione,
        regola: crate::regole::guardata(casa),
        gettone,
    }
}

/// The link from one registration to another.
fn collegate(casa: &Casa, url: &str, una: &str, altra: &str) -> String {
    let legame = format!(r#"{{ "specie": "collegato-a", "registrazione": "{altra}" }}"#);
    let legata = chiama_json(&format!("{url}/api/v1/registrazioni/{una}/collegamenti"), &casa.gettone, &legame);
    legata.json()["collegamenti"][0]["id"].as_str().unwrap().to_owned()
}

/// A fascicolo that the office sees.
fn fascicolo(casa: &Casa, url: &str) -> String {
    let chiesto = r#"{ "oggetto": "Permesso Bianchi", "voce": "VI.3", "tipo": "affare" }"#;
    let aperto = chiama_json(&format!("{url}/api/v1/fascicoli"), &casa.gettone, chiesto);
    assert_eq!(aperto.stato, 201, "{}", aperto.json());
    let fascicolo = aperto.json()["id"].as_str().unwrap().to_owned();
    let concedi = |op: &mut Operazione<'_>| utenti::visibilita::concedi(op, &fascicolo, casa.ufficio.id, "prova");
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), concedi).unwrap();
    fascicolo
}

/// A deferral that is in force.
fn differimento(casa: &Casa) -> String {
    let differisci = |op: &mut Operazione<'_>| {
        let (causa, documenti) = ("Guasto".parse()?, "Posta".parse()?);
        let al = Istante::new(op.ora.date_time() + chrono::Duration::days(1));
        let nuovo = registro::NuovoDifferimento { causa, documenti, dal: op.ora, al };
        Ok::<_, Rotto>(registro::differisci(op, &nuovo)?.to_string())
    };
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), differisci).unwrap()
}

/// An emergenza that goes on, for an office where nothing arrives.
fn emergenza(casa: &Casa) -> String {
    let autorizza = |op: &mut Operazione<'_>| {
        let nuova = registro::emergenza::NuovaEmergenza {
            causa: "Guasto".parse()?,
            provvedimento: "Disposizione n. 1".parse()?,
            inizio: Istante::new(op.ora.date_time() - chrono::Duration::hours(1)),
            postazioni: vec!["PE1".parse()?],
            uffici: vec!["VUOTO".parse()?],
        };
        Ok::<_, Rotto>(registro::emergenza::autorizza(op, &nuova)?.to_string())
    };
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), autorizza).unwrap()
}

/// One datum of a registration annulled, a proposal that waits, an istanza that came back.
fn annullate(casa: &Casa, url: &str, registrazione: &str) -> (String, String) {
    let annulla = |id: &str, corpo: &str| {
        let fatta = chiama_json(&format!("{url}/api/v1/registrazioni/{id}/annullamento"), &casa.gettone, corpo);
        assert_eq!(fatta.stato, 201, "{}", fatta.json());
    };
    annulla(
        registrazione,
        r#"{ "motivo": "Refuso", "dato": { "campo": "oggetto", "valore": "Risposta al permesso" } }"#,
    );
    let proponi = |op: &mut Operazione<'_>| {
        registro::proponi(op, &casa.vista(), registrazione.parse().unwrap(), None, &"Doppia".parse().unwrap())
    };
    let proposta = casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), proponi).unwrap();
    let (fiduce, calendario) = (Fiduce::default(), Calendario::default());
    let presentata = presentazione(apri_procedimento(casa), casa.db.orologio().adesso());
    let sportello = Sportello { db: &casa.db, deposito: &casa.deposito, fiduce: &fiduce, calendario: &calendario };
    istanze::presenta(&sportello, &presentata).unwrap();
    let ultima = leggi(&format!("{url}/api/v1/registrazioni"), &casa.gettone).json();
    annulla(ultima["risultati"][0]["id"].as_str().unwrap(), r#"{ "motivo": "Ufficio sbagliato" }"#);
    let tornate = casa.db.leggi(|conn| istanze::tornate(conn, &casa.vista(), 10)).unwrap();
    (proposta.to_string(), tornate[0].0.to_string())
}

/// An office without people, people with roles, one who stands in for another, and the token of one who may everything.
fn in_organico(casa: &Casa) -> (String, String) {
    let scrivi = |op: &mut Operazione<'_>| {
        utenti::crea_ufficio(op, "VUOTO".parse()?, "Ufficio vuoto".parse()?, None)?;
        let mut persone = Vec::new();
        for (nome, ruoli) in [
            ("mario", &[Ruolo::Addetto][..]),
            ("anna", &[Ruolo::Addetto, Ruolo::Revisore]),
            ("capo", &[Ruolo::Rsp, Ruolo::Amministratore]),
        ] {
            let chi = utenti::crea_senza_parola(op, nome, nome.parse()?, "Verdi".parse()?)?;
            for ruolo in ruoli {
                utenti::affida(op, &chi, &casa.ufficio, *ruolo)?;
            }
            persone.push(chi);
        }
        let periodo = (op.ora, Istante::new(op.ora.date_time() + chrono::Duration::days(3)));
        let sostituzione = utenti::sostituzione::registra(op, &persone[0], &persone[1], periodo, &"Malattia".parse()?)?;
        let (id, persona) = (ApplicazioneId::new(), Some(persone[2].id));
        let sua = utenti::Applicazione { id, aoo: op.aoo, voce: None, ufficio: None, permessi: None, persona };
        Ok::<_, Rotto>((utenti::scrivi_applicazione(op, &"Gestionale".parse()?, &sua)?, sostituzione.to_string()))
    };
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), scrivi).unwrap()
}

/// The register of today, closed by a clock of tomorrow.
fn chiusura(casa: &Casa) -> String {
    let domani = Istante::new(casa.db.orologio().adesso().date_time() + chrono::Duration::hours(25));
    let regole = chiusura::Regole { giorni_vuoti: true };
    assert!(chiusura::chiudi(&casa.con_orologio(&domani.roma()), &casa.deposito, regole, &casa.aoo).unwrap());
    let fatte = casa.db.leggi(|conn| chiusura::chiusure(conn, casa.aoo.id, "giorno", chiusura::SEMPRE, 1)).unwrap();
    fatte[0].id.to_string()
}

/// The sight of the registration, for a person of the house.
fn visione(casa: &Casa, registrazione: RegistrazioneId) -> String {
    let concedi = |op: &mut Operazione<'_>| {
        let mario = utenti::utente_per_nome(op.conn, "mario")?.ok_or(utenti::Errore::NomeUtente)?;
        let fino = op.ora.giorno() + chrono::Days::new(3);
        Ok::<_, Rotto>(utenti::visione::concedi(op, registrazione, &mario, fino, &"Accesso agli atti".parse()?)?)
    };
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), concedi).unwrap().to_string()
}

/// A party, another, its address, a proposal about it, and its union with a third; and a body of the IPA.
fn in_rubrica(casa: &Casa) -> [String; 7] {
    let comuni = ipa::leggi(include_bytes!("../../fixtures/ipa/amministrazioni.csv")).unwrap();
    let importa = |op: &mut Operazione<'_>| ipa::importa(op, &comuni, op.ora.giorno(), None);
    casa.db.scrivi(AooId::INSTALLAZIONE, &Attore::Sistema("comando"), importa).unwrap();
    let ditta = |nome: &str| Parte {
        tipo: TipoParte::PersonaGiuridica,
        nome: NomeParte::Denominazione(nome.parse().unwrap()),
        codice_fiscale: None,
        codice_ipa: None,
        codice_aoo: None,
        codice_uo: None,
        pec: None,
    };
    let scrivi = |op: &mut Operazione<'_>| {
        let id = rubrica::crea(op, &ditta("Rossi srl"), &[], Fonte::Scritto)?;
        let altro = rubrica::crea(op, &ditta("Rossi spa"), &[], Fonte::Scritto)?;
        let terzo = rubrica::crea(op, &ditta("Ditta Rossi"), &[], Fonte::Scritto)?;
        let (prima, poi) = (Indirizzo::leggi("pec", "a@pec.example")?, Indirizzo::leggi("pec", "b@pec.example")?);
        let recapito = rubrica::aggiungi(op, id, &prima, Fonte::Scritto)?;
        rubrica::proponi(op, id, &ditta("Rossi srl"), &[poi], Fonte::Ipa)?;
        let proposta = rubrica::proposte(op.conn, op.aoo, id)?.remove(0).id;
        let unione = rubrica::unisci(op, id, altro)?;
        let gruppo = gruppo::crea(op, &"Fornitori".parse()?)?;
        let membro = gruppo::aggiungi(op, gruppo, &gruppo::Membro::Soggetto(id))?;
        Ok::<_, Rotto>([
            id.to_string(),
            terzo.to_string(),
            recapito.to_string(),
            proposta.to_string(),
            unione.to_string(),
            gruppo.to_string(),
            membro.to_string(),
        ])
    };
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), scrivi).unwrap()
}

/// An uscita that is being prepared for the office of the house.
fn predisposto(casa: &Casa) -> String {
    let preparata = registro::Preparata {
        id: PredispostoId::new(),
        flusso: registro::Flusso::Uscita,
        ufficio: Some(casa.ufficio.id),
        riservato: false,
        campi: [("oggetto".to_owned(), "Bozza di risposta".to_owned())].into(),
        file: Vec::new(),
    };
    let predisponi = |op: &mut Operazione<'_>| registro::predisponi(op, &casa.vista(), &preparata, 0);
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), predisponi).unwrap();
    preparata.id.to_string()
}

impl Cose {
    /// The id of a thing, by its kind.
    pub fn id(&self, cosa: &str) -> &str {
        match cosa {
            "registrazione" => &self.registrazione,
            "altra" => &self.altra,
            "cartacea" => &self.cartacea,
            "messaggio" => &self.messaggio,
            "fascicolo" => &self.fascicolo,
            "altro-soggetto" => &self.altro_soggetto,
            "gettone" => &self.gettone,
            altra => panic!("there is no {altra} in the house"),
        }
    }

    /// The SHA-256 of the file of the registration.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The path with something in the place of every name.
    pub fn strada(&self, rotta: &str) -> String {
        let id = match rotta.trim_start_matches("/api/v1").split('/').nth(1) {
            Some("da-protocollare") if rotta.contains("/istanze/") => &self.istanza,
            Some("pec") if !rotta.ends_with("/protocollo") => &self.ordinario,
            // The one with HTML.
            Some("da-protocollare") if rotta.ends_with("/aspetto") => &self.ordinario,
            Some("da-protocollare" | "pec") => &self.messaggio,
            Some("annullamenti" | "proposte") => &self.proposta,
            Some("differimenti") => &self.differimento,
            Some("sostituzioni") => &self.sostituzione,
            Some("predisposti") => &self.predisposto,
            // What left has no receipt.
            Some("registrazioni") if rotta.ends_with("/ricevuta") => &self.cartacea,
            Some("registrazioni") => &self.registrazione,
            Some("fascicoli") => &self.fascicolo,
            Some("registro") if rotta.contains("/emergenza/") => &self.emergenza,
            Some("emergenze") => &self.emergenza,
            Some("registro") => &self.differimento,
            Some("gruppi") => &self.gruppo,
            Some("rubrica") if rotta.contains("/gruppi/") => &self.gruppo,
            Some("rubrica") => &self.soggetto,
            Some("regole") => &self.regola,
            Some("documenti") => &self.verifica,
            _ => "nessuno",
        };
        let codice = match rotta {
            _ if rotta.starts_with("/servizi/") => "accesso-atti",
            _ if rotta.contains("/uffici/") => "VUOTO",
            _ if rotta.contains("/ipa/") => "c_x801",
            _ => "di-nessuna",
        };
        let strada = rotta
            .replace("{genere}", "amministrazione")
            .replace("{membro}", &self.membro)
            .replace("{id}", id)
            .replace("{collegamento}", &self.collegamento)
            .replace("{riga}", &self.differimento)
            .replace("{postazione}", "PE1")
            .replace("{visione}", &self.visione)
            .replace("{posizione}", "1")
            .replace("{chiusura}/{forma}", &format!("{}/pdf", self.chiusura))
            .replace("{messaggio}", &self.ricevuta)
            .replace("{orfana}", &self.orfana)
            .replace("{sha256}", &self.sha256)
            .replace("{verifica}", &self.verifica)
            .replace("{impronta}/{nome:.*}", &self.risorsa)
            .replace("{anno}/{numero}", &format!("{}/1", self.anno))
            .replace("{recapito}", &self.recapito)
            .replace("{proposta}", &self.detta)
            .replace("{unione}", &self.unione)
            .replace("{nomeUtente}", if rotta.ends_with("/ruoli-tolti") { "anna" } else { "mario" })
            .replace("{codice}", codice);
        assert!(!strada.contains('{'), "say what stands for the names in {rotta}");
        strada
    }

    /// Fields of every form, which no handler takes for good: each is refused, but only to who may send it.
    fn campi<'a>(&'a self, modulo: &'a str) -> Vec<(&'a str, &'a str)> {
        let mut campi = vec![
            ("modulo", modulo),
            ("registrazione", &self.registrazione),
            ("flusso", "entrata"),
            ("chiave", "k"),
            ("codice", "x"),
        ];
        campi
            .extend(["utente", "password", "dopo", "numero", "oggetto", "voce", "mittente", "motivo"].map(|c| (c, "")));
        campi
    }
}

/// What somebody gets: the page, nothing, or the door.
fn esito(cliente: &Cliente<'_>, metodo: &str, strada: &str, campi: &[(&str, &str)]) -> &'static str {
    let risposta = match metodo {
        "GET" => cliente.apri(strada),
        _ => {
            let righe: Vec<String> = campi.iter().map(|(nome, valore)| format!("{nome}={valore}")).collect();
            let semplice = cliente.modulo_semplice(strada, &righe.join("&"));
            // A form with files is sent in parts.
            if semplice.stato == 400 { cliente.modulo(strada, campi) } else { semplice }
        }
    };
    match risposta.stato {
        303 if risposta.testata("location").starts_with("/entra") => "porta",
        // What is refused is refused to somebody for whom it exists.
        200 | 303 | 400 | 409 | 422 => "sì",
        404 => "-",
        altro => panic!("{metodo} {strada}: {altro} {}", risposta.html),
    }
}

fn tabella(casa: &Casa) -> String {
    let server = casa.server();
    let cose = arreda(casa, &server.url);
    for ruolo in Ruolo::TUTTI {
        assumi(casa, ruolo.as_str(), ruolo);
    }
    assumi_in(casa, "estraneo", Ruolo::Addetto, &tributi(casa));
    let nomi = Ruolo::TUTTI.map(Ruolo::as_str).into_iter().chain(["estraneo"]);
    let mut chi: Vec<(&str, Cliente<'_>)> = nomi.map(|nome| (nome, Cliente::dentro(&server, nome))).collect();
    chi.push(("nessuno", Cliente::nuovo(&server)));
    let moduli: Vec<String> =
        chi.iter().map(|(_, c)| c.apri("/benvenuto")).map(|p| p.campo_se_c_e("modulo").unwrap_or_default()).collect();
    let mut testo = format!("{:<58}", "");
    for (nome, _) in &chi {
        write!(testo, " {nome}").unwrap();
    }
    for (metodo, rotta) in rotte_pagine() {
        // Leaving ends the session of who is asked next.
        if rotta == "/esci" {
            continue;
        }
        testo.truncate(testo.trim_end().len());
        write!(testo, "\n{metodo:<5}{rotta:<53}").unwrap();
        for ((nome, cliente), modulo) in chi.iter().zip(&moduli) {
            let (strada, colonna) = (cose.strada(&rotta), nome.len());
            write!(testo, " {:<colonna$}", esito(cliente, &metodo, &strada, &cose.campi(modulo))).unwrap();
        }
    }
    testo.truncate(testo.trim_end().len());
    testo + "\n"
}

su_entrambi! {
    fn every_page_is_met_by_every_role(casa) {
        let tabella = tabella(casa);
        assert_eq!(
            tabella,
            include_str!("permessi.txt"),
            "who may do what changed; if it was meant, this is the new tests/it/permessi.txt:\n{tabella}"
        );
    }
}
