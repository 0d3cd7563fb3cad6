//! *Variazione di un dato modificabile*: tipologia, mezzo, date of the document and descriptions of its files may change after the
//! registration (law 2 of the house); what they were before stays in the history, with who changed it, when, and why if they said.
//!
//! The rows of the registration never change: the values in force are derived where it is read (`lettura`). Each datum is an act of
//! its own. Nothing fixed by DPR 445/2000 art. 53 is changed here: those data are only annulled (`dato`).
//!
//! **The mezzo** says more than how something travelled: on it depend whether the arrival was typed by a person or is fixed (`a_mano`:
//! annulment of the arrival, terms), and whether there is paper to scan or to defer (`Mezzo::cartaceo`). So it changes only where none of
//! that changes:
//! - never where a message, an istanza of the portal or a PEC send of the registration says what it is ([`Origine::Accertata`]);
//! - of an entrata, from paper to paper or from telematic to telematic only: a typed arrival never becomes fixed, nor a fixed one typed;
//! - of what leaves or stays inside, freely, but what scans were added to stays on paper.

use super::nuova::controlla_data_documento;
use super::{Errore, Flusso, Mezzo, Registrazione, lettura, valore::a_mano};
use crate::audit::{self, Carico};
use crate::storage::schema::dati_variati as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, RegistrazioneId, Rifiuto, Testo, nuovo_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "variazione-dato";

/// Most changes of one registration.
const MASSIME: usize = 1_000;

/// A datum that may change, with a value; `None` where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variabile {
    /// Kind of document.
    Tipologia(Option<Testo>),
    /// How it travelled.
    Mezzo(Mezzo),
    /// The date of the main document.
    DataDocumento(Option<NaiveDate>),
    /// What the file at this place is, the first one 1.
    Descrizione(i32, Option<Testo>),
}

/// How the mezzo of a registration is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origine {
    /// A person or an application wrote it.
    Dichiarata,
    /// A message, an istanza or a send says it.
    Accertata,
}

/// A datum that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatoVariato {
    /// Id of the act.
    pub id: String,
    /// The value before.
    pub prima: Variabile,
    /// The value since then.
    pub dopo: Variabile,
    /// Why, if it was said.
    pub motivo: Option<Testo>,
    /// Who changed it, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

impl Variabile {
    /// The word of the API, of the database and of the chain.
    #[must_use]
    pub fn campo(&self) -> &'static str {
        match self {
            Self::Tipologia(_) => "tipologia",
            Self::Mezzo(_) => "mezzo",
            Self::DataDocumento(_) => "dataDocumento",
            Self::Descrizione(..) => "descrizione",
        }
    }

    /// As people call it.
    #[must_use]
    pub fn nome(&self) -> String {
        match self {
            Self::Tipologia(_) => "tipologia".to_owned(),
            Self::Mezzo(_) => "mezzo".to_owned(),
            Self::DataDocumento(_) => "data del documento".to_owned(),
            Self::Descrizione(posizione, _) => format!("descrizione del documento n. {posizione}"),
        }
    }

    /// The place of the file that it is about.
    #[must_use]
    pub fn documento(&self) -> Option<i32> {
        match self {
            Self::Descrizione(posizione, _) => Some(*posizione),
            _ => None,
        }
    }

    /// The value as it is stored; the API writes it so too.
    #[must_use]
    pub fn testo(&self) -> Option<String> {
        match self {
            Self::Tipologia(testo) | Self::Descrizione(_, testo) => testo.as_ref().map(ToString::to_string),
            Self::Mezzo(mezzo) => Some(mezzo.as_str().to_owned()),
            Self::DataDocumento(data) => data.map(|d| d.to_string()),
        }
    }

    fn leggi(campo: &str, documento: Option<i32>, testo: Option<&str>) -> Result<Self, Rifiuto> {
        let no = |regola: &str| Rifiuto::new("dato variato", regola.to_owned());
        Ok(match (campo, documento) {
            ("tipologia", None) => Self::Tipologia(testo.map(str::parse).transpose()?),
            ("mezzo", None) => Self::Mezzo(testo.unwrap_or_default().parse()?),
            ("dataDocumento", None) => {
                let data = testo.map(str::parse).transpose();
                Self::DataDocumento(data.map_err(|_| no("serve una data del calendario"))?)
            }
            ("descrizione", Some(posizione)) => Self::Descrizione(posizione, testo.map(str::parse).transpose()?),
            _ => return Err(no("campo sconosciuto")),
        })
    }

    /// The value in force of the same datum; none if it is of a file that is not there.
    fn in_vigore(&self, r: &Registrazione) -> Option<Self> {
        Some(match self {
            Self::Tipologia(_) => Self::Tipologia(r.tipologia.clone()),
            Self::Mezzo(_) => Self::Mezzo(r.mezzo),
            Self::DataDocumento(_) => Self::DataDocumento(r.data_documento),
            Self::Descrizione(posizione, _) => {
                Self::Descrizione(*posizione, r.documenti.get(indice(*posizione)?)?.descrizione.clone())
            }
        })
    }

    /// Puts it in force.
    fn metti(self, r: &mut Registrazione) {
        match self {
            Self::Tipologia(tipologia) => r.tipologia = tipologia,
            Self::Mezzo(mezzo) => r.mezzo = mezzo,
            Self::DataDocumento(data) => r.data_documento = data,
            Self::Descrizione(posizione, testo) => {
                if let Some(documento) = indice(posizione).and_then(|i| r.documenti.get_mut(i)) {
                    documento.descrizione = testo;
                }
            }
        }
    }
}

fn indice(posizione: i32) -> Option<usize> {
    usize::try_from(posizione).ok()?.checked_sub(1)
}

/// Changes data of a registration, in one go or not at all; values that are in force already are passed over. Who may is up to the
/// caller, who also says how the mezzo is known: the messages and istanze stand above the register.
///
/// # Errors
/// `Sconosciuta`, `GiaAnnullata`, `NienteDaVariare`, `DocumentoAssente`, `DocumentoFuturo`, those of the mezzo, `TroppiAtti`.
pub fn varia(
    op: &mut Operazione<'_>,
    vista: &Vista,
    id: RegistrazioneId,
    (valori, motivo): (&[Variabile], Option<&Testo>),
    origine: Origine,
) -> Result<(), Errore> {
    let mut r = lettura::per_id(op.conn, vista, id)?;
    if let Some(a) = &r.annullamento {
        return Err(Errore::GiaAnnullata(a.provvedimento()));
    }
    let attore = op.attore.clone();
    let autore = utenti::nome_autore(op.conn, &attore)?;
    let mut righe: Vec<Riga> = Vec::new();
    for dopo in valori {
        let prima = dopo.in_vigore(&r).ok_or(Errore::DocumentoAssente(dopo.documento().unwrap_or(0)))?;
        if prima == *dopo {
            continue;
        }
        match dopo {
            Variabile::Mezzo(mezzo) => controlla_mezzo(&r, *mezzo, origine)?,
            Variabile::DataDocumento(data) => controlla_data_documento(*data, r.istante)?,
            Variabile::Tipologia(_) | Variabile::Descrizione(..) => {}
        }
        righe.push(Riga {
            id: nuovo_id().to_string(),
            aoo_id: op.aoo.to_string(),
            registrazione_id: id.to_string(),
            campo: dopo.campo().to_owned(),
            documento: dopo.documento(),
            prima: prima.testo(),
            dopo: dopo.testo(),
            motivo: motivo.map(ToString::to_string),
            autore: autore.clone(),
            istante: op.ora.utc(),
        });
        dopo.clone().metti(&mut r);
    }
    if righe.is_empty() {
        return Err(Errore::NienteDaVariare);
    }
    if r.dati_variati.len().saturating_add(righe.len()) > MASSIME {
        return Err(Errore::TroppiAtti(r.dati_variati.len(), "modifiche"));
    }
    for riga in righe {
        diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
        audit::annota(op, ATTO, "variazione-dato", &riga.id, &riga.carico())?;
    }
    Ok(())
}

/// The rule of the mezzo, as it stands above.
fn controlla_mezzo(r: &Registrazione, nuovo: Mezzo, origine: Origine) -> Result<(), Errore> {
    if origine == Origine::Accertata {
        return Err(Errore::MezzoAccertato);
    }
    if a_mano(r.mezzo) == a_mano(nuovo) {
        return Ok(());
    }
    if r.flusso == Flusso::Entrata {
        return Err(Errore::MezzoDiAltroGenere);
    }
    if r.documenti.iter().any(|d| d.acquisita.is_some()) {
        return Err(Errore::MezzoConScansioni);
    }
    Ok(())
}

/// The changes of these registrations, oldest first.
pub(super) fn di(conn: &mut Conn, registrazioni: &[&str]) -> Result<HashMap<String, Vec<Riga>>, Errore> {
    let righe = tabella::table
        .filter(tabella::registrazione_id.eq_any(registrazioni))
        .order(tabella::id)
        .select(Riga::as_select())
        .load(conn)?;
    Ok(super::carico::raggruppa(righe, |r: &Riga| r.registrazione_id.clone()))
}

/// Puts the values in force into a registration as it was registered.
pub(super) fn applica(r: &mut Registrazione, righe: Vec<Riga>) -> Result<(), Errore> {
    for riga in righe {
        let variato = riga.valore().map_err(|e| storage::Errore::riga("dati_variati", e))?;
        variato.dopo.clone().metti(r);
        r.dati_variati.push(variato);
    }
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
pub(super) struct Riga {
    id: String,
    aoo_id: String,
    registrazione_id: String,
    campo: String,
    documento: Option<i32>,
    prima: Option<String>,
    dopo: Option<String>,
    motivo: Option<String>,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    /// The registration that was changed.
    pub(super) fn registrazione(&self) -> &str {
        &self.registrazione_id
    }

    pub(super) fn valore(&self) -> Result<DatoVariato, Rifiuto> {
        let leggi = |testo: Option<&String>| Variabile::leggi(&self.campo, self.documento, testo.map(String::as_str));
        Ok(DatoVariato {
            id: self.id.clone(),
            prima: leggi(self.prima.as_ref())?,
            dopo: leggi(self.dopo.as_ref())?,
            motivo: self.motivo.as_ref().map(|m| m.parse()).transpose()?,
            autore: self.autore.clone(),
            istante: Istante::from_utc(self.istante),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("registrazione", &self.registrazione_id)
            .campo("campo", &self.campo)
            .forse("documento", self.documento)
            .forse("prima", self.prima.as_ref())
            .forse("dopo", self.dopo.as_ref())
            .forse("motivo", self.motivo.as_ref())
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

/// One act, as the register of its day tells it.
pub(super) fn una(conn: &mut Conn, id: &str) -> Result<Riga, Errore> {
    Ok(tabella::table.filter(tabella::id.eq(id)).select(Riga::as_select()).first(conn)?)
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_stored_is_read_back() {
        let data = NaiveDate::from_ymd_opt(2026, 1, 2);
        for valore in [
            Variabile::Tipologia(Some("Istanza".parse().unwrap())),
            Variabile::Tipologia(None),
            Variabile::Mezzo(Mezzo::Raccomandata),
            Variabile::DataDocumento(data),
            Variabile::DataDocumento(None),
            Variabile::Descrizione(2, Some("Planimetria".parse().unwrap())),
            Variabile::Descrizione(2, None),
        ] {
            let letto = Variabile::leggi(valore.campo(), valore.documento(), valore.testo().as_deref()).unwrap();
            assert_eq!(letto, valore);
        }
        for (campo, documento, testo) in [
            ("mezzo", None, None),
            ("descrizione", None, None),
            ("oggetto", None, Some("x")),
            ("dataDocumento", None, Some("x")),
        ] {
            assert!(Variabile::leggi(campo, documento, testo).is_err(), "{campo}");
        }
    }
}
