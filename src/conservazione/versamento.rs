//! *Versamento*: where each registration stands on its way to the conservator. Working state: the act is the package.

use super::consegna::Collo;
use super::{Errore, pacchetto};
use crate::registro;
use crate::storage::schema::{pacchetti, registrazioni, versamenti, visibilita};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, Impronta, Istante, NumeroProtocollo, RegistrazioneId};
use diesel::prelude::*;
use std::str::FromStr;

/// How far a registration has come. `conservato` is not here: it takes a receipt of the conservator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stato {
    /// It waits for its package.
    DaPreparare,
    /// Its package is built and stored.
    Preparato,
    /// Its package is in the outbox folder.
    Consegnato,
    /// A person has to look: the reason is beside.
    DaCorreggere,
}

impl Stato {
    /// All of them, in order.
    pub const TUTTI: [Self; 4] = [Self::DaPreparare, Self::Preparato, Self::Consegnato, Self::DaCorreggere];

    /// The word of the API and of the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DaPreparare => "da-preparare",
            Self::Preparato => "preparato",
            Self::Consegnato => "consegnato",
            Self::DaCorreggere => "da-correggere",
        }
    }
}

impl FromStr for Stato {
    type Err = storage::Errore;
    fn from_str(testo: &str) -> Result<Self, storage::Errore> {
        Self::TUTTI.into_iter().find(|s| s.as_str() == testo).ok_or_else(|| storage::Errore::riga("versamenti", testo))
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
    pub collo: Collo,
}

/// How many registrations that may be seen have come how far.
#[derive(Debug, Clone, Default)]
pub struct Quadro {
    /// Of each state that some have reached.
    pub per_stato: Vec<(Stato, i64)>,
    /// Of those that a person has to look at, per reason, the most frequent first.
    pub per_motivo: Vec<(String, i64)>,
}

/// The counts of what may be seen.
///
/// # Errors
/// Those of the database.
pub fn quadro(conn: &mut Conn, vista: &Vista) -> Result<Quadro, Errore> {
    let concesse =
        visibilita::table.filter(visibilita::ufficio_id.eq_any(vista.uffici())).select(visibilita::oggetto_id);
    let righe: Vec<(String, Option<String>, i64)> = versamenti::table
        .inner_join(registrazioni::table.on(registrazioni::id.eq(versamenti::registrazione_id)))
        .filter(registrazioni::aoo_id.eq(vista.aoo().to_string()))
        .filter(
            registro::riservata()
                .eq_any(registro::aperti(vista))
                .or(registrazioni::id.eq_any(concesse))
                .or(registrazioni::id.eq_any(vista.visioni())),
        )
        .group_by((versamenti::stato, versamenti::motivo))
        .select((versamenti::stato, versamenti::motivo, diesel::dsl::count_star()))
        .load(conn)?;
    let mut quadro = Quadro::default();
    for (stato, motivo, quanti) in righe {
        let stato: Stato = stato.parse()?;
        match quadro.per_stato.iter_mut().find(|(s, _)| *s == stato) {
            Some((_, finora)) => *finora += quanti,
            None => quadro.per_stato.push((stato, quanti)),
        }
        quadro.per_motivo.extend(motivo.map(|m| (m, quanti)));
    }
    quadro.per_motivo.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(quadro)
}

/// The registrations that may be seen and have come this far, newest first, those before `prima`, at most `quanti`.
///
/// # Errors
/// Those of the database.
pub fn elenco(
    conn: &mut Conn,
    vista: &Vista,
    stati: &[Stato],
    prima: Option<RegistrazioneId>,
    quanti: i64,
) -> Result<Vec<Versamento>, Errore> {
    // Above every UUID.
    let prima = prima.map_or_else(|| "g".to_owned(), |id| id.to_string());
    tra(conn, vista, stati, (String::new(), prima), quanti)
}

/// How far a registration has come, if it may be seen and is on its way.
///
/// # Errors
/// Those of the database.
pub fn versamento(
    conn: &mut Conn,
    vista: &Vista,
    registrazione: RegistrazioneId,
) -> Result<Option<Versamento>, Errore> {
    let id = registrazione.to_string();
    let dopo = format!("{id}g");
    Ok(tra(conn, vista, &Stato::TUTTI, (id, dopo), 1)?.pop())
}

/// Those whose id is not before the first of these two and before the second.
fn tra(
    conn: &mut Conn,
    vista: &Vista,
    stati: &[Stato],
    (da, prima): (String, String),
    quanti: i64,
) -> Result<Vec<Versamento>, Errore> {
    let concesse =
        visibilita::table.filter(visibilita::ufficio_id.eq_any(vista.uffici())).select(visibilita::oggetto_id);
    type Riga = (String, i32, i64, String, chrono::NaiveDateTime, Option<String>, Option<String>, Option<String>);
    let righe: Vec<Riga> = versamenti::table
        .inner_join(registrazioni::table.on(registrazioni::id.eq(versamenti::registrazione_id)))
        .left_join(pacchetti::table.on(pacchetti::id.nullable().eq(versamenti::pacchetto_id)))
        .filter(registrazioni::aoo_id.eq(vista.aoo().to_string()))
        .filter(
            registro::riservata()
                .eq_any(registro::aperti(vista))
                .or(registrazioni::id.eq_any(concesse))
                .or(registrazioni::id.eq_any(vista.visioni())),
        )
        .filter(versamenti::stato.eq_any(stati.iter().map(|s| s.as_str())))
        .filter(versamenti::registrazione_id.ge(da).and(versamenti::registrazione_id.lt(prima)))
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

/// Those to be corrected among the registrations that may be seen, oldest first, those after `dopo`, at most `quanti`.
///
/// # Errors
/// Those of the database.
pub fn tutte_da_correggere(
    conn: &mut Conn,
    vista: &Vista,
    dopo: Option<RegistrazioneId>,
    quanti: i64,
) -> Result<Vec<RegistrazioneId>, Errore> {
    let dopo = dopo.map(|id| id.to_string()).unwrap_or_default();
    let ids = versamenti::table
        .filter(versamenti::aoo_id.eq(vista.aoo().to_string()))
        .filter(versamenti::stato.eq(Stato::DaCorreggere.as_str()).and(versamenti::registrazione_id.gt(dopo)))
        .order(versamenti::registrazione_id)
        .limit(quanti)
        .select(versamenti::registrazione_id)
        .load::<String>(conn)?;
    let mut trovate = Vec::new();
    for id in ids {
        let id = id.parse().map_err(|e| storage::Errore::riga("versamenti", e))?;
        if registro::visibile(conn, vista, id)? {
            trovate.push(id);
        }
    }
    Ok(trovate)
}

/// The oldest registration of an AOO that waits for its package.
pub(super) fn da_preparare(conn: &mut Conn, aoo: AooId) -> Result<Option<RegistrazioneId>, Errore> {
    let id: Option<String> = versamenti::table
        .filter(versamenti::aoo_id.eq(aoo.to_string()).and(versamenti::stato.eq(Stato::DaPreparare.as_str())))
        .order(versamenti::registrazione_id)
        .select(versamenti::registrazione_id)
        .first(conn)
        .optional()?;
    Ok(id.map(|id| id.parse()).transpose().map_err(|e| storage::Errore::riga("versamenti", e))?)
}

/// True if a registration still waits for its package.
pub(super) fn attende(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<bool, Errore> {
    let quante: i64 = versamenti::table
        .filter(versamenti::registrazione_id.eq(registrazione.to_string()))
        .filter(versamenti::stato.eq(Stato::DaPreparare.as_str()))
        .count()
        .get_result(conn)?;
    Ok(quante > 0)
}

/// The preparation ended: with a package, or with the reason why there is none.
pub(super) fn preparato(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    pacchetto: Result<&str, &str>,
) -> Result<(), Errore> {
    let stato = if pacchetto.is_ok() { Stato::Preparato } else { Stato::DaCorreggere };
    diesel::update(versamenti::table)
        .filter(versamenti::registrazione_id.eq(registrazione.to_string()))
        .set((
            versamenti::pacchetto_id.eq(pacchetto.ok()),
            versamenti::stato.eq(stato.as_str()),
            versamenti::motivo.eq(pacchetto.err()),
            versamenti::istante.eq(op.ora.utc()),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// What is wrong with a registration that is to be corrected; nothing if it is not.
pub(super) fn da_correggere(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Option<String>, Errore> {
    let motivo: Option<Option<String>> = versamenti::table
        .filter(versamenti::registrazione_id.eq(registrazione.to_string()))
        .filter(versamenti::stato.eq(Stato::DaCorreggere.as_str()))
        .select(versamenti::motivo)
        .first(conn)
        .optional()?;
    Ok(motivo.map(Option::unwrap_or_default))
}

/// What was to be corrected is on its way again.
pub(super) fn riprendi(op: &mut Operazione<'_>, registrazione: RegistrazioneId, stato: Stato) -> Result<(), Errore> {
    diesel::update(versamenti::table)
        .filter(versamenti::registrazione_id.eq(registrazione.to_string()))
        .set((
            versamenti::stato.eq(stato.as_str()),
            versamenti::motivo.eq(None::<String>),
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
    let collo = Collo { chiave, indice: indice.parse().map_err(no)?, file };
    Ok(Some(Pronto { registrazione: registrazione.parse().map_err(no)?, collo }))
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
