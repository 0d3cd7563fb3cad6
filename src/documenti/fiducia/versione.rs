//! A version of a trusted list that was accepted: a row for ever.

use super::Rifiuto;
use super::sorgente::MASSIMA_LISTA_BYTE;
use crate::audit::Carico;
use crate::documenti::{Deposito, Errore};
use crate::firma::{Firmatari, Lista, ListaAccettata};
use crate::storage::schema::liste_fiducia as tabella;
use crate::storage::{self, Conn};
use crate::valori::{Impronta, Istante, Territorio};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "lista-fiducia";

/// A version of a list, as it was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versione {
    /// Its id.
    pub id: String,
    /// Whose list it is.
    pub territorio: Territorio,
    /// Its number.
    pub sequenza: u64,
    /// Of TS 119 612: 5 or 6.
    pub versione: i32,
    /// When it was issued.
    pub emessa: Istante,
    /// By when another takes its place; `None` for a list that is closed.
    pub prossima: Option<Istante>,
    /// How many services it has.
    pub servizi: i64,
    /// The name of who signed it.
    pub firmatario: String,
    /// SHA-256 of the certificate with which it is signed.
    pub firmatario_sha256: Impronta,
    /// Its bytes, in the store.
    pub impronta: Impronta,
    /// File or address it came from.
    pub provenienza: String,
    /// The version of the list of the lists that vouched for it; `None` for that list itself.
    pub garante: Option<String>,
    /// The pivots through which the list of the lists was accepted, oldest first.
    pub pivot: Vec<Impronta>,
    /// Who brought it.
    pub autore: String,
    /// When it was accepted.
    pub istante: Istante,
}

impl Versione {
    /// Whether another should have taken its place by now.
    #[must_use]
    pub fn scaduta(&self, istante: Istante) -> bool {
        self.prossima.is_some_and(|prossima| prossima < istante)
    }

    /// Whether it is of one of these territories, or the list of the lists, which is everybody's.
    #[must_use]
    pub fn voluta(&self, paesi: &[Territorio]) -> bool {
        self.territorio.e_unione() || paesi.contains(&self.territorio)
    }

    /// The list itself, out of the store; its signature is verified once more.
    pub(super) fn apri(&self, deposito: &Deposito) -> Result<ListaAccettata, Errore> {
        let byte = deposito.leggi(&self.impronta, MASSIMA_LISTA_BYTE)?;
        let rovinata = |causa| Errore::ListaRovinata { lista: self.to_string(), causa };
        if Impronta::of(&byte) != self.impronta {
            return Err(rovinata("i suoi byte non sono più quelli".to_owned()));
        }
        let allora = self.prossima.unwrap_or(self.emessa);
        let firmatari = [self.firmatario_sha256];
        let accettata = Lista::leggi(&byte).and_then(|lista| lista.accetta(Firmatari::Impronte(&firmatari), allora));
        accettata.map_err(|causa| rovinata(causa.to_string()))
    }
}

impl std::fmt::Display for Versione {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} n. {}", self.territorio, self.sequenza)
    }
}

/// Whether a list is the one that is kept; refuses one that may not follow it.
pub(super) fn presente(conservata: Option<&Versione>, sequenza: u64, impronta: Impronta) -> Result<bool, Rifiuto> {
    match conservata {
        Some(c) if c.impronta == impronta => Ok(true),
        Some(c) if c.sequenza == sequenza => Err(Rifiuto::StessoNumero(sequenza)),
        Some(c) if c.sequenza > sequenza => Err(Rifiuto::Anteriore { sequenza, conservata: c.sequenza }),
        _ => Ok(false),
    }
}

/// All versions, territories in order, the newest of each first.
///
/// # Errors
/// Those of the database.
pub fn versioni(conn: &mut Conn) -> Result<Vec<Versione>, Errore> {
    let ordine = (tabella::territorio.asc(), tabella::sequenza.desc());
    let righe: Vec<Riga> = tabella::table.order(ordine).select(Riga::as_select()).load(conn)?;
    righe.into_iter().map(Riga::valore).collect()
}

/// The version in force of each territory, the newest that was accepted.
///
/// # Errors
/// Those of the database.
pub fn versioni_correnti(conn: &mut Conn) -> Result<Vec<Versione>, Errore> {
    let mut tutte = versioni(conn)?;
    tutte.dedup_by(|dopo, prima| dopo.territorio == prima.territorio);
    Ok(tutte)
}

/// The version in force of a territory.
pub(super) fn ultima(conn: &mut Conn, territorio: &Territorio) -> Result<Option<Versione>, Errore> {
    let sue = tabella::table.filter(tabella::territorio.eq(territorio.as_str())).order(tabella::sequenza.desc());
    let riga: Option<Riga> = sue.select(Riga::as_select()).first(conn).optional()?;
    riga.map(Riga::valore).transpose()
}

/// The versions with these bytes.
pub(super) fn con_impronta(conn: &mut Conn, impronta: &Impronta) -> Result<Option<Versione>, Errore> {
    let sue = tabella::table.filter(tabella::sha256.eq(impronta.to_string()));
    let riga: Option<Riga> = sue.select(Riga::as_select()).first(conn).optional()?;
    riga.map(Riga::valore).transpose()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
pub(super) struct Riga {
    pub(super) id: String,
    pub(super) territorio: String,
    pub(super) sequenza: i64,
    pub(super) versione: i32,
    pub(super) emessa: chrono::NaiveDateTime,
    pub(super) prossima: Option<chrono::NaiveDateTime>,
    pub(super) servizi: i64,
    pub(super) firmatario: String,
    pub(super) firmatario_sha256: String,
    pub(super) sha256: String,
    pub(super) provenienza: String,
    pub(super) garante_id: Option<String>,
    pub(super) pivot: Option<String>,
    pub(super) autore: String,
    pub(super) istante: chrono::NaiveDateTime,
}

impl Riga {
    pub(super) fn valore(self) -> Result<Versione, Errore> {
        let no = |e| storage::Errore::riga("liste_fiducia", e);
        let pivot = self.pivot.as_deref().unwrap_or_default().split_whitespace();
        Ok(Versione {
            id: self.id,
            territorio: self.territorio.parse().map_err(no)?,
            sequenza: u64::try_from(self.sequenza).map_err(|e| storage::Errore::riga("liste_fiducia", e))?,
            versione: self.versione,
            emessa: Istante::from_utc(self.emessa),
            prossima: self.prossima.map(Istante::from_utc),
            servizi: self.servizi,
            firmatario: self.firmatario,
            firmatario_sha256: self.firmatario_sha256.parse().map_err(no)?,
            impronta: self.sha256.parse().map_err(no)?,
            provenienza: self.provenienza,
            garante: self.garante_id,
            pivot: pivot.map(|p| p.parse().map_err(no)).collect::<Result<_, _>>()?,
            autore: self.autore,
            istante: Istante::from_utc(self.istante),
        })
    }

    pub(super) fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("territorio", &self.territorio)
            .campo("sequenza", self.sequenza)
            .campo("versione", self.versione)
            .campo("emessa", Istante::from_utc(self.emessa))
            .forse("prossima", self.prossima.map(Istante::from_utc))
            .campo("servizi", self.servizi)
            .campo("firmatario", &self.firmatario)
            .campo("firmatario-sha256", &self.firmatario_sha256)
            .campo("sha256", &self.sha256)
            .campo("provenienza", &self.provenienza)
            .forse("garante", self.garante_id.as_ref())
            .forse("pivot", self.pivot.as_ref())
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
