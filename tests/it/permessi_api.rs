//! Every call of the API, as every role, every stranger and every application meets it: `permessi-api.txt`.
//!
//! The calls are read from the source; each is made with a token that is real and a body that is right as far as it names things, so that
//! a 404 means that one may not. The last word is always a refusal of the domain or something that may be done again, so that who is
//! asked first changes nothing for who is asked next.

use crate::casa::{Casa, Parte, Risposta, Rotto, chiama, chiama_con, entrata, leggi, registra, su_entrambi, uscita};
use crate::pagine::cliente::tributi;
use crate::permessi::{Cose, arreda, rotte};
use serde_json::{Value, json};
use std::fmt::Write as _;
use tabulario::utenti::{self, Aoo, Applicazione, Persona, Ruolo, Ufficio};
use tabulario::valori::{AooId, ApplicazioneId, Attore};

/// What stands above the table, for whoever reads it.
const LEGENDA: &str = "\
Chi chiama, con un gettone vero: i sette ruoli nell'ufficio che ha le cose; estraneo, un addetto di un altro ufficio; tolto, chi era RSP e non lo\n\
è più; altra-aoo, l'RSP di un'altra AOO; app-altra-aoo e applicazione, gettoni senza persona di un'altra AOO e di questa; nessuno, un gettone inventato.\n\
sì: per chi chiama la cosa c'è, e quello che chiede è fatto, o rifiutato per ciò che ha scritto; -: 404, come quello che non esiste; persona: 403,\n\
    serve il gettone di una persona; porta: 401.\n\
\n\
";

/// A day that went by.
const PASSATO: &str = "2020-01-01T08:00:00+01:00";

/// Who acts while a house is prepared.
const IO: Attore = Attore::Sistema("comando");

/// A person without a password.
pub fn persona(casa: &Casa, nome: &str) -> Persona {
    let crea = |op: &mut tabulario::storage::Operazione<'_>| {
        Ok::<_, Rotto>(utenti::crea_senza_parola(op, nome, "Anna".parse()?, "Verdi".parse()?)?)
    };
    casa.db.scrivi(AooId::INSTALLAZIONE, &IO, crea).unwrap()
}

pub fn affida(casa: &Casa, aoo: AooId, chi: &Persona, (ufficio, ruolo): (&Ufficio, Ruolo)) {
    casa.db.scrivi(aoo, &IO, |op| Ok::<_, Rotto>(utenti::affida(op, chi, ufficio, ruolo)?)).unwrap();
}

/// The token of a person, with the defaults of that of the house.
pub fn gettone_di(casa: &Casa, aoo: AooId, chi: &Persona) -> String {
    let (voce, ufficio) = (Some("VI.3".parse().unwrap()), Some("EDIL".parse().unwrap()));
    let nuova = Applicazione { id: ApplicazioneId::new(), aoo, voce, ufficio, permessi: None, persona: Some(chi.id) };
    casa.db.scrivi(aoo, &IO, |op| Ok::<_, Rotto>(utenti::scrivi_applicazione(op, &"Mano".parse()?, &nuova)?)).unwrap()
}

/// A person with a role in an office of the house, and the token.
pub fn assunta(casa: &Casa, nome: &str, ruolo: Ruolo, ufficio: &Ufficio) -> (Persona, String) {
    let chi = persona(casa, nome);
    affida(casa, casa.aoo.id, &chi, (ufficio, ruolo));
    let gettone = gettone_di(casa, casa.aoo.id, &chi);
    (chi, gettone)
}

/// Another AOO of the installation, with an office.
fn altrove(casa: &Casa) -> (Aoo, Ufficio) {
    let apri = |op: &mut tabulario::storage::Operazione<'_>| {
        let ente = utenti::crea_ente(op, "c_y888".parse()?, "Comune di Altrove".parse()?)?;
        let (codice, nome) = ("AY88Y01".parse()?, "Comune di Altrove".parse()?);
        Ok::<_, Rotto>(utenti::crea_aoo(op, &ente, codice, nome, "PG".parse()?, "p@pec.altrove.example".parse()?)?)
    };
    let aoo = casa.db.scrivi(AooId::INSTALLAZIONE, &IO, apri).unwrap();
    let crea = |op: &mut tabulario::storage::Operazione<'_>| {
        Ok::<_, Rotto>(utenti::crea_ufficio(op, "EDIL".parse()?, "Edilizia".parse()?, None)?)
    };
    let ufficio = casa.db.scrivi(aoo.id, &IO, crea).unwrap();
    (aoo, ufficio)
}

/// Everybody who may call, by the name of their column: the roles in the office of the house, an addetto of another office, somebody
/// whose role was taken back, an RSP and an application of another AOO, an application of this one, a token that is none.
fn tutti(casa: &Casa, tributi: &Ufficio) -> Vec<(&'static str, String)> {
    let mut chi: Vec<_> =
        Ruolo::TUTTI.map(|r| (r.as_str(), assunta(casa, r.as_str(), r, &casa.ufficio).1)).into_iter().collect();
    chi.push(("estraneo", assunta(casa, "estraneo", Ruolo::Addetto, tributi).1));
    let (tolto, gettone) = assunta(casa, "tolto", Ruolo::Rsp, &casa.ufficio);
    let togli = |op: &mut tabulario::storage::Operazione<'_>| {
        Ok::<_, Rotto>(utenti::togli_ruolo(op, &tolto, &casa.ufficio, Ruolo::Rsp)?)
    };
    casa.db.scrivi(casa.aoo.id, &IO, togli).unwrap();
    chi.push(("tolto", gettone));
    let (aoo, ufficio) = altrove(casa);
    let rsp = persona(casa, "altrove");
    affida(casa, aoo.id, &rsp, (&ufficio, Ruolo::Rsp));
    chi.push(("altra-aoo", gettone_di(casa, aoo.id, &rsp)));
    let crea = |op: &mut tabulario::storage::Operazione<'_>| {
        Ok::<_, Rotto>(utenti::crea_applicazione(op, &"Altrove".parse()?, None, None)?.1)
    };
    chi.push(("app-altra-aoo", casa.db.scrivi(aoo.id, &IO, crea).unwrap()));
    chi.push(("applicazione", casa.gettone.clone()));
    chi.push(("nessuno", "inventato".to_owned()));
    chi
}

/// A call, with what it says.
struct Chiamata {
    riga: String,
    metodo: String,
    strada: String,
    corpo: Value,
}

/// The JSON of every POST; a route that is not here is not covered, and fails.
#[expect(clippy::too_many_lines, reason = "one body after the other: there is nothing to tell apart")]
fn corpi(rotta: &str, cose: &Cose) -> Vec<(&'static str, Value)> {
    let ultima = rotta.rsplit('/').next().unwrap();
    let ignoto = "NESSUNO";
    let corpo = match (rotta, ultima) {
        ("/registrazioni", _) => {
            let ignota = |mut chiesta: Value| {
                chiesta["voce"] = "IX.99".into();
                chiesta
            };
            return vec![(" (entrata)", ignota(entrata("Istanza"))), (" (uscita)", ignota(uscita("Risposta")))];
        }
        ("/fascicoli", _) => json!({ "voce": "IX.99", "oggetto": "Bianchi" }),
        ("/fascicoli/{id}/documenti", _) => json!({ "registrazione": cose.id("registrazione") }),
        ("/gruppi", _) => json!({ "nome": "Scuole" }),
        (_, "membri") => json!({ "soggetto": cose.id("altro-soggetto") }),
        (_, "uscita") => json!({}),
        // Refused: a group that is closed would be there no more for whoever comes after.
        ("/gruppi/{id}/chiusura", _) => json!({ "estraneo": true }),
        ("/rubrica", _) => json!({ "tipo": "persona-giuridica", "denominazione": "Rossi srl" }),
        ("/invii", _) => json!({ "registrazione": cose.id("cartacea") }),
        (_, "annullamento" | "proposte") => {
            json!({ "motivo": "Refuso", "dato": { "campo": "arrivo", "valore": "2026-11-22T10:00:00+01:00" } })
        }
        ("/registrazioni/{id}/visioni/{visione}/revoca", _) => json!({ "motivo": "Prova" }),
        (_, "visioni") => json!({ "persona": "nessuno", "fino": "2099-12-31", "motivo": "Prova" }),
        (_, "variazioni") => json!({ "descrizioni": [{ "documento": 99, "descrizione": "Prova" }] }),
        (_, "indirizzi") => {
            json!({ "destinatario": "Nessuno", "indirizzo": "a@pec.example", "fonte": "altro", "motivo": "Prova" })
        }
        (_, "ritorni") => json!({ "genere": "ricevuta-18-bis" }),
        (_, "annotazioni") => json!({ "testo": "Prova" }),
        (_, "riservatezza") => json!({ "riservato": false, "motivo": "Prova" }),
        (_, "assegnazioni" | "presa-in-carico" | "restituzione" | "lettura") => json!({ "ufficio": ignoto }),
        (_, "rifiuto" | "interruzione" | "preavviso" | "ripresa") => json!({ "ufficio": ignoto, "motivo": "Prova" }),
        (_, "sospensione") => json!({ "ufficio": ignoto, "motivo": "Prova", "fino": "2026-11-30" }),
        (_, "conclusione") => json!({ "ufficio": ignoto, "esito": "Prova" }),
        (_, "termine") => json!({ "procedimento": "inesistente" }),
        (_, "classificazione") => json!({ "voce": "IX.99" }),
        (_, "acquisizioni") => json!({ "confermataDa": "Luca Bianchi" }),
        (_, "collegamenti") => json!({ "specie": "collegato-a", "registrazione": cose.id("registrazione") }),
        (_, "scollegamento") => json!({}),
        ("/pec/messaggi/{id}/protocollo", _) => json!({ "voce": "IX.99" }),
        ("/emergenze", _) => {
            json!({ "causa": "Prova", "provvedimento": "Prova", "inizio": "2099-01-01T00:00:00Z", "postazioni": ["PE1"] })
        }
        ("/emergenze/{id}/proroghe", _) => json!({ "causa": "Prova", "provvedimento": "Prova", "fino": PASSATO }),
        ("/emergenze/{id}/ripristino", _) => json!({ "fine": PASSATO }),
        ("/emergenze/{id}/riapertura", _) => json!({ "motivo": "Prova" }),
        ("/emergenze/{id}/anteprime" | "/emergenze/{id}/righe", _) => {
            json!({ "postazione": "PE1", "csv": "numero;data;ora;oggetto\n1;1/1/2000;9:00;Prova\n" })
        }
        ("/emergenze/{id}/recuperi", _) => json!({ "postazione": "PE1" }),
        ("/differimenti", _) => json!({ "causa": "Prova", "documenti": "Prova", "dal": PASSATO, "al": PASSATO }),
        ("/proposte/{id}/decisione", _) => json!({ "esito": "respinta", "motivo": "Prova" }),
        ("/rubrica/{id}/proposte/{proposta}/decisione", _) => json!({ "decisione": "lascia" }),
        ("/regole" | "/regole/{id}", _) => json!({ "nome": "Prova" }),
        (_, "anteprima") => json!({}),
        (_, "stato") => json!({ "accesa": false }),
        (_, "generi") => json!({ "genere": "nessuno" }),
        (_, "esclusi") => json!({ "genere": "Libri" }),
        (_, "esclusione") => json!({ "genere": "Inventato" }),
        (_, "ripristino" | "chiusura" | "revoca" | "ritiro" | "scioglimento") => json!({}),
        (_, "conferma") => json!({ "motivo": "Prova" }),
        (_, "sostituzioni") => {
            json!({ "titolare": "mario", "sostituto": "nessuno", "dal": "2026-01-01", "al": "2099-01-01", "motivo": "Prova" })
        }
        (_, "uffici") => json!({ "codice": "EDIL", "denominazione": "Prova" }),
        (_, "denominazione") => json!({ "denominazione": "Ufficio vuoto" }),
        (_, "spostamento") => json!({ "sotto": null }),
        (_, "persone") => {
            json!({ "nomeUtente": "mario", "nome": "Mario", "cognome": "Verdi", "ufficio": "EDIL", "ruolo": "addetto" })
        }
        (_, "ruoli") => json!({ "ufficio": "EDIL", "ruolo": "addetto" }),
        (_, "ruoli-tolti") => json!({ "ufficio": "EDIL", "ruolo": "operatore" }),
        (_, "dati") => json!({ "tipo": "persona-giuridica", "denominazione": "Rossi srl" }),
        (_, "recapiti") => json!({ "tipo": "pec", "valore": "a@pec.example" }),
        (_, "unioni") => json!({ "altro": "0192f0e4-0000-7000-8000-000000000000" }),
        _ => return Vec::new(),
    };
    vec![("", corpo)]
}

/// Every call that the source declares, and those that nobody has thought about.
fn chiamate(cose: &Cose) -> (Vec<Chiamata>, Vec<String>) {
    let (mut chiamate, mut scoperte) = (Vec::new(), Vec::new());
    for (metodo, rotta) in rotte("api/mod.rs") {
        let mut strada = cose.strada(&rotta);
        if rotta == "/scrivania" {
            strada.push_str("?ufficio=EDIL");
        }
        if rotta == "/emergenze/{id}/righe" && metodo == "GET" {
            strada.push_str("?postazione=PE1");
        }
        let corpi = if metodo == "GET" { vec![("", Value::Null)] } else { corpi(&rotta, cose) };
        if corpi.is_empty() {
            scoperte.push(format!("{metodo} {rotta}"));
        }
        for (nota, corpo) in corpi {
            let riga = format!("{metodo:<5}{rotta}{nota}");
            chiamate.push(Chiamata { riga, metodo: metodo.clone(), strada: strada.clone(), corpo });
        }
    }
    chiamate.sort_by(|a, b| (&a.strada, &a.riga).cmp(&(&b.strada, &b.riga)));
    (chiamate, scoperte)
}

impl Chiamata {
    fn fai(&self, url: &str, gettone: &str) -> Risposta {
        let url = format!("{url}/api/v1{}", self.strada);
        let testo = self.corpo.to_string();
        let con_file = |nome| {
            let parti = [
                Parte { nome, file: None, bytes: testo.as_bytes() },
                Parte { nome: "doc", file: Some("atto.txt"), bytes: b"atto" },
            ];
            chiama("POST", &url, gettone, Some("k"), Some(&parti)).unwrap()
        };
        match (self.metodo.as_str(), self.strada.rsplit('/').next().unwrap()) {
            ("GET", _) => leggi(&url, gettone),
            (_, "registrazioni") => con_file("registrazione"),
            (_, "acquisizioni") => con_file("acquisizione"),
            _ => chiama_con("POST", &url, gettone, &format!("k{}", self.riga), &testo),
        }
    }

    /// What somebody gets: an answer, nothing, or the door.
    fn esito(&self, url: &str, gettone: &str) -> &'static str {
        let risposta = self.fai(url, gettone);
        let detto = String::from_utf8_lossy(&risposta.corpo).into_owned();
        match risposta.stato {
            401 => "porta",
            404 => {
                // Only whoever sees a registration is told that it has no segnatura.
                if risposta.json()["type"] == "urn:tabulario:segnatura-non-prevista" { "sì" } else { "-" }
            }
            403 if risposta.json()["type"] == "urn:tabulario:serve-una-persona" => "persona",
            // What is refused is refused to somebody for whom it exists.
            200 | 201 | 409 | 422 => "sì",
            altro => panic!("{}: {altro} {detto}", self.riga),
        }
    }
}

fn righe(testo: &mut String, url: &str, chiamate: &[Chiamata], chi: &[(&str, String)]) {
    for c in chiamate {
        testo.truncate(testo.trim_end().len());
        write!(testo, "\n{:<70}", c.riga).unwrap();
        for (nome, gettone) in chi {
            let colonna = nome.len();
            write!(testo, " {:<colonna$}", c.esito(url, gettone)).unwrap();
        }
    }
    testo.truncate(testo.trim_end().len());
}

fn tabella(casa: &Casa) -> String {
    let server = casa.server();
    let cose = arreda(casa, &server.url);
    let tributi = tributi(casa);
    let chi = tutti(casa, &tributi);
    let mut testo = format!("{LEGENDA}{:<70}", "");
    for (nome, _) in &chi {
        write!(testo, " {nome}").unwrap();
    }
    let (chiamate, scoperte) = chiamate(&cose);
    assert_eq!(scoperte, Vec::<String>::new(), "say in `corpi` what is posted there");
    righe(&mut testo, &server.url, &chiamate, &chi);
    let mut chiesta = entrata("Segreta");
    (chiesta["riservato"], chiesta["ufficio"]) = (true.into(), "TRIB".into());
    let segreta = registra(&server.url, &casa.gettone, "s", &chiesta, b"segreto").unwrap().json();
    let (id, sha256) = (segreta["id"].as_str().unwrap(), segreta["documenti"][0]["sha256"].as_str().unwrap());
    testo.push_str("\n\nSulla registrazione riservata di un altro ufficio");
    let di_lei = |mut c: Chiamata| {
        let dove = c.strada.replace(cose.id("registrazione"), id).replace(cose.sha256(), sha256);
        let scritto = c.corpo.to_string().replace(cose.id("registrazione"), id).replace(cose.id("cartacea"), id);
        let mut scritto: Value = serde_json::from_str(&scritto).unwrap();
        if c.strada.ends_with("/riservatezza") {
            // As it is already: nothing is opened for who is asked next.
            scritto["riservato"] = true.into();
        }
        // A link or a sight of another registration is none of hers, whoever asks.
        let altrui = ["/scollegamento", "/revoca"].iter().any(|fine| c.strada.ends_with(fine));
        let cambiata = !altrui && (dove != c.strada || scritto != c.corpo);
        (c.strada, c.corpo) = (dove, scritto);
        cambiata.then_some(c)
    };
    let di_lei: Vec<Chiamata> = chiamate.into_iter().filter_map(di_lei).collect();
    righe(&mut testo, &server.url, &di_lei, &chi);
    da_nessuna_parte(&server.url, &chi, id);
    testo + "\n"
}

/// Nor in any list is there a trace of a registration for who may not see it.
fn da_nessuna_parte(url: &str, chi: &[(&str, String)], id: &str) {
    for lista in
        ["/registrazioni", "/ricerca?q=Segreta", "/eventi", "/versamenti", "/invii", "/pec/messaggi", "/fascicoli"]
    {
        for (nome, gettone) in chi {
            let letta = leggi(&format!("{url}/api/v1{lista}"), gettone);
            let detto = String::from_utf8_lossy(&letta.corpo).into_owned();
            let vede = ["rsp", "estraneo", "applicazione"].contains(nome);
            assert!(vede || !detto.contains(id), "{lista} to {nome}: {detto}");
            if vede && ["/registrazioni", "/ricerca?q=Segreta"].contains(&lista) {
                assert!(detto.contains(id), "{lista} to {nome}: {detto}");
            }
        }
    }
}

su_entrambi! {
    fn every_call_of_the_api_is_met_by_every_role(casa) {
        let tabella = tabella(casa);
        assert_eq!(
            tabella,
            include_str!("permessi-api.txt"),
            "who may do what changed; if it was meant, this is the new tests/it/permessi-api.txt:\n{tabella}"
        );
        assert!(crate::casa::comando(casa, &["controlla"]).status.success());
    }
}
