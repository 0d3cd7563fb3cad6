//! The acts that belong to a role, over the API: done by a person with a token of theirs, refused to everybody else.

mod organigramma;
mod registro;
mod rubrica;
mod sostituzioni;
mod visioni;

use crate::casa::{Casa, Risposta, Rotto, Server, chiama_json, leggi};
use crate::organico::attore_dell_ultimo;
use crate::permessi_api::{self, affida, assunta, gettone_di};
use serde_json::{Value, json};
use tabulario::storage::Operazione;
use tabulario::utenti::{self, Persona, Ruolo};
use tabulario::valori::{AooId, Attore};

/// Any id that nothing has.
const NESSUNO: &str = "0192f0e4-0000-7000-8000-000000000000";

fn persona(casa: &Casa, nome: &str) -> Persona {
    casa.db.leggi(|conn| utenti::utente_per_nome(conn, nome)).unwrap().unwrap()
}

/// Somebody with a role in the office of the house: their token.
fn chi(casa: &Casa, nome: &str, ruolo: Ruolo) -> String {
    assunta(casa, nome, ruolo, &casa.ufficio).1
}

/// The token of somebody who may everything in another AOO.
fn altrove(casa: &Casa) -> String {
    let io = Attore::Sistema("comando");
    let crea = |op: &mut Operazione<'_>| {
        let ente = utenti::crea_ente(op, "c_y888".parse()?, "Comune di Altrove".parse()?)?;
        let (codice, nome) = ("AY88Y01".parse()?, "Comune di Altrove".parse()?);
        Ok::<_, Rotto>(utenti::crea_aoo(op, &ente, codice, nome, "PG".parse()?, "p@pec.altrove.example".parse()?)?)
    };
    let aoo = casa.db.scrivi(AooId::INSTALLAZIONE, &io, crea).unwrap();
    let crea =
        |op: &mut Operazione<'_>| Ok::<_, Rotto>(utenti::crea_ufficio(op, "LA".parse()?, "Altrove".parse()?, None)?);
    let ufficio = casa.db.scrivi(aoo.id, &io, crea).unwrap();
    let bruno = permessi_api::persona(casa, "bruno");
    for ruolo in [Ruolo::Rsp, Ruolo::Amministratore, Ruolo::Operatore] {
        affida(casa, aoo.id, &bruno, (&ufficio, ruolo));
    }
    gettone_di(casa, aoo.id, &bruno)
}

/// A house with a server, and the roads of the API in it.
struct Banco<'a> {
    casa: &'a Casa,
    server: Server,
}

impl<'a> Banco<'a> {
    fn nuovo(casa: &'a Casa) -> Self {
        Self { casa, server: casa.server() }
    }

    fn manda(&self, gettone: &str, strada: &str, corpo: &Value) -> Risposta {
        chiama_json(&format!("{}/api/v1{strada}", self.server.url), gettone, &corpo.to_string())
    }

    fn legge(&self, gettone: &str, strada: &str) -> Value {
        let letta = leggi(&format!("{}/api/v1{strada}", self.server.url), gettone);
        assert_eq!(letta.stato, 200, "{strada}: {}", String::from_utf8_lossy(&letta.corpo));
        letta.json()
    }

    /// What was done, as it is answered.
    fn fatto(&self, gettone: &str, strada: &str, corpo: &Value) -> Value {
        let fatto = self.manda(gettone, strada, corpo);
        assert_eq!(fatto.stato, 201, "{strada} {corpo}: {}", fatto.json());
        fatto.json()
    }

    /// Refused in this state, with this slug.
    fn conflitto(&self, gettone: &str, strada: &str, corpo: &Value, slug: &str) {
        let rifiuto = self.manda(gettone, strada, corpo);
        let tipo = format!("urn:tabulario:{slug}");
        assert_eq!(
            (rifiuto.stato, &rifiuto.json()["type"]),
            (409, &json!(tipo)),
            "{strada} {corpo}: {}",
            rifiuto.json()
        );
    }

    /// Refused for these fields, and told which.
    fn campi(&self, gettone: &str, strada: &str, corpo: &Value, pointer: &[&str]) {
        let rifiuto = self.manda(gettone, strada, corpo);
        let json = rifiuto.json();
        let detti: Vec<&str> =
            json["errors"].as_array().into_iter().flatten().filter_map(|e| e["pointer"].as_str()).collect();
        assert_eq!((rifiuto.stato, detti.as_slice()), (422, pointer), "{strada} {corpo}: {json}");
    }

    /// Not there: for a person without the role, and by other people's ids.
    fn assente(&self, gettone: &str, strada: &str, corpo: &Value) {
        let rifiuto = self.manda(gettone, strada, corpo);
        assert_eq!((rifiuto.stato, &rifiuto.json()["type"]), (404, &json!("urn:tabulario:non-trovato")), "{strada}");
    }

    /// Of a person: never of an application by itself.
    fn di_persona(&self, strada: &str, corpo: &Value) {
        let rifiuto = self.manda(&self.casa.gettone, strada, corpo);
        let tipo = json!("urn:tabulario:serve-una-persona");
        assert_eq!((rifiuto.stato, &rifiuto.json()["type"]), (403, &tipo), "{strada}");
    }

    /// The newest act of this kind is this person's, with the application of the token.
    fn autore(&self, tipo: &str, nome: &str) {
        let attore = attore_dell_ultimo(&self.server.url, &self.casa.gettone, tipo);
        let atteso = format!("utente:{}/con:", persona(self.casa, nome).id);
        assert!(attore.starts_with(&atteso), "{tipo}: {attore}, not {atteso}");
    }

    /// Rows of these tables.
    fn righe<const N: usize>(&self, tabelle: [&str; N]) -> [i64; N] {
        tabelle.map(|t| self.casa.conta(t))
    }

    fn integra(&self) {
        let esito = crate::casa::comando(self.casa, &["controlla"]);
        assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stdout));
    }
}
