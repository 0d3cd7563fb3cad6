//! *Versamento*: where each registration stands on its way to the conservator. Working state: the act is the package.

use super::{Errore, pacchetto};
use crate::storage::schema::{pacchetti, registrazioni, versamenti, visibilita};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, Impronta, Istante, NumeroProtocollo, RegistrazioneId};
use diesel::prelude::*;
use std::str::FromStr;

/// How far a registration has come. `conservato` is not here: it takes a receipt of the conservator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stato {
    /// Its package is built and stored.
    Preparato,
    /// Its package is in the outbox folder.
    Consegnato,
    /// A person has to look: the reason is beside.
    DaCorreggere,
}

impl Stato {
    /// The word of the API and of the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preparato => "preparato",
            Self::Consegnato => "consegnato",
            Self::DaCorreggere => "da-correggere",
        }
    }
}

impl FromStr for Stato {
    type Err = storage::Errore;
    fn from_str(testo: &str) -> Result<Self, storage::Errore> {
        [Self::Preparato, Self::Consegnato, Self::DaCorreggere]
            .into_iter()
            .find(|s| s.as_str() == testo)
            .ok_or_else(|| storage::Errore::riga("versamenti", testo))
    }
}

/// A registration on its way to the conservator.
#[derive(Debug, Clone)]
pub struct Versamento {
    /// The registration.
    pub registrazione: RegistrazioneId,
    /// Its year.
    pub anno: i32,
    /// Its number.
    pub numero: NumeroProtocollo,
    /// How far it has come.
    pub stato: Stato,
    /// Since when.
    pub istante: Istante,
    /// Key of its package and SHA-256 of the index.
    pub pacchetto: Option<(String, Impronta)>,
    /// Why a person has to look.
    pub motivo: Option<String>,
}

/// A package that waits to be delivered.
pub(super) struct Pronto {
    pub registrazione: RegistrazioneId,
    pub chiave: String,
    pub indice: Impronta,
    pub file: Vec<(String, Impronta)>,
}

/// The registrations that may be seen and are on their way, newest first, those before `prima`, at most `quanti`.
///
/// # Errors
/// Those of the database.
pub fn elenco(
    conn: &mut Conn,
    vista: &Vista,
    prima: Option<RegistrazioneId>,
    quanti: i64,
) -> Result<Vec<Versamento>, Errore> {
    // Above every UUID.
    let prima = prima.map_or_else(|| "g".to_owned(), |id| id.to_string());
    // The policy of `registro::vede`, whose boxed query cannot stand inside another one on two databases.
    let aperti = match vista {
        Vista::Intera(_) => vec![true, false],
        Vista::SenzaRiservati(..) => vec![false],
        Vista::Uffici(..) => Vec::new(),
    };
    let concesse =
        visibilita::table.filter(visibilita::ufficio_id.eq_any(vista.uffici())).select(visibilita::oggetto_id);
    type Riga = (String, i32, i64, String, chrono::NaiveDateTime, Option<String>, Option<String>, Option<String>);
    let righe: Vec<Riga> = versamenti::table
        .inner_join(registrazioni::table.on(registrazioni::id.eq(versamenti::registrazione_id)))
        .left_join(pacchetti::table.on(pacchetti::id.nullable().eq(versamenti::pacchetto_id)))
        .filter(registrazioni::aoo_id.eq(vista.aoo().to_string()))
        .filter(registrazioni::riservato.eq_any(aperti).or(registrazioni::id.eq_any(concesse)))
        .filter(versamenti::registrazione_id.lt(prima))
        .order(versamenti::registrazione_id.desc())
        .limit(quanti)
        .select((
            versamenti::registrazione_id,
            registrazioni::anno,
            registrazioni::numero,
            versamenti::stato,
            versamenti::istante,
            versamenti::motivo,
            pacchetti::chiave.nullable(),
            pacchetti::indice_sha256.nullable(),
        ))
        .load(conn)?;
    righe
        .into_iter()
        .map(|(registrazione, anno, numero, stato, istante, motivo, chiave, indice)| {
            let no = |e| storage::Errore::riga("versamenti", e);
            let indice = indice.map(|i| i.parse()).transpose().map_err(no)?;
            Ok(Versamento {
                registrazione: registrazione.parse().map_err(no)?,
                anno,
                numero: NumeroProtocollo::new(numero).map_err(no)?,
                stato: stato.parse()?,
                istante: Istante::from_utc(istante),
                pacchetto: chiave.zip(indice),
                motivo,
            })
        })
        .collect()
}

/// The oldest registration of an AOO that is not on its way yet.
pub(super) fn da_preparare(conn: &mut Conn, aoo: AooId) -> Result<Option<RegistrazioneId>, Errore> {
    let aoo = aoo.to_string();
    let in_cammino = versamenti::table.filter(versamenti::aoo_id.eq(aoo.clone())).select(versamenti::registrazione_id);
    let id: Option<String> = registrazioni::table
        .filter(registrazioni::aoo_id.eq(aoo))
        .filter(diesel::dsl::not(registrazioni::id.eq_any(in_cammino)))
        .order(registrazioni::id)
        .select(registrazioni::id)
        .first(conn)
        .optional()?;
    Ok(id.map(|id| id.parse()).transpose().map_err(|e| storage::Errore::riga("registrazioni", e))?)
}

/// True if a registration is on its way already.
pub(super) fn in_cammino(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<bool, Errore> {
    let quanti: i64 = versamenti::table
        .filter(versamenti::registrazione_id.eq(registrazione.to_string()))
        .count()
        .get_result(conn)?;
    Ok(quanti > 0)
}

/// A registration starts its way: with a package, or with the reason why it has none.
pub(super) fn inizia(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    pacchetto: Result<&str, &str>,
) -> Result<(), Errore> {
    let (stato, pacchetto, motivo) = match pacchetto {
        Ok(id) => (Stato::Preparato, Some(id), None),
        Err(motivo) => (Stato::DaCorreggere, None, Some(motivo)),
    };
    diesel::insert_into(versamenti::table)
        .values((
            versamenti::registrazione_id.eq(registrazione.to_string()),
            versamenti::aoo_id.eq(op.aoo.to_string()),
            versamenti::pacchetto_id.eq(pacchetto),
            versamenti::stato.eq(stato.as_str()),
            versamenti::motivo.eq(motivo),
            versamenti::istante.eq(op.ora.utc()),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// The oldest package of an AOO that waits to be delivered.
pub(super) fn da_consegnare(conn: &mut Conn, aoo: AooId) -> Result<Option<Pronto>, Errore> {
    let riga: Option<(String, String, String, String)> = versamenti::table
        .inner_join(pacchetti::table.on(pacchetti::id.nullable().eq(versamenti::pacchetto_id)))
        .filter(versamenti::aoo_id.eq(aoo.to_string()).and(versamenti::stato.eq(Stato::Preparato.as_str())))
        .order(versamenti::registrazione_id)
        .select((versamenti::registrazione_id, pacchetti::id, pacchetti::chiave, pacchetti::indice_sha256))
        .first(conn)
        .optional()?;
    let Some((registrazione, id, chiave, indice)) = riga else { return Ok(None) };
    let no = |e| storage::Errore::riga("pacchetti", e);
    let file = pacchetto::file(conn, &id)?;
    Ok(Some(Pronto {
        registrazione: registrazione.parse().map_err(no)?,
        chiave,
        indice: indice.parse().map_err(no)?,
        file,
    }))
}

/// The delivery of a package ended well, or with the reason why a person has to look. Whoever comes second changes nothing.
pub(super) fn concludi(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    esito: Result<(), &str>,
) -> Result<(), Errore> {
    let stato = if esito.is_ok() { Stato::Consegnato } else { Stato::DaCorreggere };
    diesel::update(versamenti::table)
        .filter(versamenti::registrazione_id.eq(registrazione.to_string()))
        .filter(versamenti::stato.eq(Stato::Preparato.as_str()))
        .set((
            versamenti::stato.eq(stato.as_str()),
            versamenti::motivo.eq(esito.err()),
            versamenti::istante.eq(op.ora.utc()),
        ))
        .execute(op.conn)?;
    Ok(())
}
