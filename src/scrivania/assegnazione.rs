//! *Assegnazione*: an office gets a document, to deal with it or to know of it.

use super::Errore;
use crate::audit::{self, Carico};
use crate::storage::schema::{assegnazioni, uffici};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::{self, Ufficio, visibilita};
use crate::valori::{AssegnazioneId, CodiceUfficio, Istante, RegistrazioneId, Rifiuto};
use diesel::prelude::*;
use std::collections::HashMap;
use std::str::FromStr;

pub(super) const ATTO: &str = "assegnazione";

/// Why an office has a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Titolo {
    /// It has to deal with it.
    Competenza,
    /// It has to know of it.
    Conoscenza,
}

impl Titolo {
    /// The word of the API, of the database and of the chain.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Competenza => "competenza",
            Self::Conoscenza => "conoscenza",
        }
    }
}

impl FromStr for Titolo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        match testo {
            "competenza" => Ok(Self::Competenza),
            "conoscenza" => Ok(Self::Conoscenza),
            _ => Err(Rifiuto { che: "titolo", regola: "vale competenza oppure conoscenza".to_owned() }),
        }
    }
}

/// An assignment, with the names the office had then.
#[derive(Debug, Clone)]
pub struct Assegnazione {
    /// Its id.
    pub id: AssegnazioneId,
    /// The office's code.
    pub ufficio: CodiceUfficio,
    /// The office's name.
    pub denominazione: String,
    /// Why it has the document.
    pub titolo: Titolo,
    /// Since when.
    pub istante: Istante,
}

/// Assigns a registration to an office, which may see it from now on.
///
/// # Errors
/// If the office is closed.
pub fn assegna(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    ufficio: &Ufficio,
    titolo: Titolo,
) -> Result<(), Errore> {
    ufficio.aperto()?;
    let riga = Riga {
        id: AssegnazioneId::new().to_string(),
        registrazione_id: registrazione.to_string(),
        ufficio_id: ufficio.id.to_string(),
        titolo: titolo.as_str().to_owned(),
        istante: op.ora.utc(),
    };
    diesel::insert_into(assegnazioni::table).values(&riga).execute(op.conn)?;
    visibilita::concedi(op, registrazione, ufficio.id, titolo.as_str())?;
    audit::annota(op, ATTO, "assegnazione", &riga.id, &riga.carico())?;
    Ok(())
}

/// The assignments of a registration, oldest first.
///
/// # Errors
/// Those of the database.
pub fn per_registrazione(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Vec<Assegnazione>, Errore> {
    let righe: Vec<(Riga, String, String)> = assegnazioni::table
        .inner_join(uffici::table.on(uffici::id.eq(assegnazioni::ufficio_id)))
        .filter(assegnazioni::registrazione_id.eq(registrazione.to_string()))
        .order(assegnazioni::id)
        .select((Riga::as_select(), uffici::codice, uffici::denominazione))
        .load(conn)?;
    let nomi = utenti::nomi_uffici(conn, &righe.iter().map(|(r, ..)| r.ufficio_id.as_str()).collect::<Vec<_>>())?;
    righe
        .into_iter()
        .map(|(r, codice, prima)| {
            let denominazione = nomi.al(&r.ufficio_id, Istante::from_utc(r.istante)).map_or(prima, str::to_owned);
            let ufficio = codice.parse().map_err(|e| storage::Errore::riga("uffici", e))?;
            let titolo = r.titolo.parse().map_err(|e| storage::Errore::riga("assegnazioni", e))?;
            let id = r.id.parse().map_err(|e| storage::Errore::riga("assegnazioni", e))?;
            Ok(Assegnazione { id, ufficio, denominazione, titolo, istante: Istante::from_utc(r.istante) })
        })
        .collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = assegnazioni)]
struct Riga {
    id: String,
    registrazione_id: String,
    ufficio_id: String,
    titolo: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("registrazione", &self.registrazione_id)
            .campo("ufficio", &self.ufficio_id)
            .campo("titolo", &self.titolo)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(assegnazioni::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        assegnazioni::table.filter(assegnazioni::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
