//! Who is in a group, from an act to another.

use super::{Errore, per_id};
use crate::audit::{self, Carico};
use crate::registro::{ipa, rubrica};
use crate::segnatura::Parte;
use crate::storage::schema::{membri_gruppi as tabella, uscite_gruppi};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::valori::{AooId, GruppoId, Istante, MembroId, Rifiuto, SoggettoId};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "membro-gruppo";
pub(super) const ATTO_USCITA: &str = "uscita-gruppo";

/// Entries of one group.
pub const MASSIMO_MEMBRI: usize = 500;

/// Whom a group names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membro {
    /// A party of the rubrica.
    Soggetto(SoggettoId),
    /// An entry of the IPA, by its code.
    Ipa(ipa::Genere, String),
}

impl Membro {
    /// Who that is now, and whence it is known.
    ///
    /// # Errors
    /// If it is not there, or not any more.
    pub fn parte(&self, conn: &mut Conn, aoo: AooId) -> Result<(Parte, String), Errore> {
        match self {
            Self::Soggetto(id) => {
                let mut soggetto = rubrica::per_id(conn, aoo, *id)?;
                // The data of whom it was merged into count.
                if let Some(tenuto) = soggetto.unito_a {
                    soggetto = rubrica::per_id(conn, aoo, tenuto)?;
                }
                Ok((soggetto.parte, "rubrica".to_owned()))
            }
            Self::Ipa(genere, codice) => {
                let voce = ipa::per_codice(conn, *genere, codice)?;
                Ok((voce.voce.parte(), voce.fonte()))
            }
        }
    }

    /// The same, however the code is written.
    fn esatto(&self) -> Self {
        match self {
            Self::Soggetto(id) => Self::Soggetto(*id),
            Self::Ipa(genere, codice) => Self::Ipa(*genere, codice.trim().to_lowercase()),
        }
    }
}

/// One who is in a group.
#[derive(Debug, Clone)]
pub struct Iscritto {
    /// Its id in the group.
    pub id: MembroId,
    /// Whom it names.
    pub membro: Membro,
    /// Who that is now, and whence it is known; none if it is no more, for instance in the IPA.
    pub parte: Option<(Parte, String)>,
    /// Who put it there.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

/// Puts somebody into a group.
///
/// # Errors
/// `Sconosciuto`, `GiaIscritto`, `Pieno`; if the one named is not there.
pub fn aggiungi(op: &mut Operazione<'_>, gruppo: GruppoId, membro: &Membro) -> Result<MembroId, Errore> {
    per_id(op.conn, op.aoo, gruppo)?;
    let membro = membro.esatto();
    let (parte, _) = membro.parte(op.conn, op.aoo)?;
    let righe = in_vigore(op.conn, gruppo)?;
    let presenti: Vec<Membro> = righe.iter().map(Riga::membro).collect::<Result<_, _>>()?;
    if presenti.contains(&membro) {
        return Err(Errore::GiaIscritto(crate::registro::rubrica::nome(&parte)));
    }
    if presenti.len() >= MASSIMO_MEMBRI {
        return Err(Errore::Pieno);
    }
    let (id, attore) = (MembroId::new(), op.attore.clone());
    let (soggetto_id, genere_ipa, codice_ipa) = match membro {
        Membro::Soggetto(id) => (Some(id.to_string()), None, None),
        Membro::Ipa(genere, codice) => (None, Some(genere.as_str().to_owned()), Some(codice)),
    };
    let riga = Riga {
        id: id.to_string(),
        gruppo_id: gruppo.to_string(),
        soggetto_id,
        genere_ipa,
        codice_ipa,
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "membro-gruppo", id, &riga.carico())?;
    Ok(id)
}

/// Takes somebody out of a group.
///
/// # Errors
/// `Sconosciuto`, `NonIscritto`, `GiaUscito`.
pub fn togli(op: &mut Operazione<'_>, gruppo: GruppoId, id: MembroId) -> Result<(), Errore> {
    per_id(op.conn, op.aoo, gruppo)?;
    let membro = id.to_string();
    let entrati: i64 = tabella::table
        .filter(tabella::id.eq(&membro).and(tabella::gruppo_id.eq(gruppo.to_string())))
        .count()
        .get_result(op.conn)?;
    if entrati == 0 {
        return Err(Errore::NonIscritto);
    }
    if in_vigore(op.conn, gruppo)?.iter().all(|r| r.id != membro) {
        return Err(Errore::GiaUscito);
    }
    let attore = op.attore.clone();
    let uscita = Uscita { membro_id: membro, autore: utenti::nome_autore(op.conn, &attore)?, istante: op.ora.utc() };
    diesel::insert_into(uscite_gruppi::table).values(&uscita).execute(op.conn)?;
    audit::annota(op, ATTO_USCITA, "membro-gruppo", id, &uscita.carico())?;
    Ok(())
}

/// Who is in a group, in the order in which they came.
///
/// # Errors
/// `Sconosciuto`.
pub fn membri(conn: &mut Conn, aoo: AooId, gruppo: GruppoId) -> Result<Vec<Iscritto>, Errore> {
    per_id(conn, aoo, gruppo)?;
    let mut iscritti = Vec::new();
    for riga in in_vigore(conn, gruppo)? {
        let membro = riga.membro()?;
        let parte = match membro.parte(conn, aoo) {
            Ok(parte) => Some(parte),
            Err(Errore::Ipa(ipa::Errore::Sconosciuta) | Errore::Rubrica(rubrica::Errore::Sconosciuto)) => None,
            Err(altro) => return Err(altro),
        };
        let id = riga.id.parse()?;
        iscritti.push(Iscritto { id, membro, parte, autore: riga.autore, istante: Istante::from_utc(riga.istante) });
    }
    Ok(iscritti)
}

fn in_vigore(conn: &mut Conn, gruppo: GruppoId) -> Result<Vec<Riga>, Errore> {
    let usciti = uscite_gruppi::table.select(uscite_gruppi::membro_id);
    Ok(tabella::table
        .filter(tabella::gruppo_id.eq(gruppo.to_string()))
        .filter(diesel::dsl::not(tabella::id.eq_any(usciti)))
        .order(tabella::id)
        .select(Riga::as_select())
        .load(conn)?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    gruppo_id: String,
    soggetto_id: Option<String>,
    genere_ipa: Option<String>,
    codice_ipa: Option<String>,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn membro(&self) -> Result<Membro, Errore> {
        let letto: Result<Membro, Rifiuto> = match (&self.soggetto_id, &self.genere_ipa) {
            (Some(id), _) => id.parse().map(Membro::Soggetto),
            (None, genere) => {
                let codice = self.codice_ipa.clone().unwrap_or_default();
                genere.as_deref().unwrap_or_default().parse().map(|g| Membro::Ipa(g, codice))
            }
        };
        Ok(letto.map_err(|e| storage::Errore::riga("membri_gruppi", e))?)
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("gruppo", &self.gruppo_id)
            .forse("soggetto", self.soggetto_id.as_ref())
            .forse("genere_ipa", self.genere_ipa.as_ref())
            .forse("codice_ipa", self.codice_ipa.as_ref())
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = uscite_gruppi)]
struct Uscita {
    membro_id: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Uscita {
    fn carico(&self) -> Carico {
        Carico::new(ATTO_USCITA, 1)
            .campo("membro", &self.membro_id)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn conta_uscite(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(uscite_gruppi::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_uscite(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Uscita> =
        uscite_gruppi::table.filter(uscite_gruppi::membro_id.eq_any(ids)).select(Uscita::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.membro_id.clone(), r.carico())).collect())
}
