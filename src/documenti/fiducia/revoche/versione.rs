//! A list or an answer that was accepted: a row for ever.

use crate::audit::Carico;
use crate::documenti::fiducia::Rifiuto;
use crate::documenti::{Deposito, Errore};
use crate::firma::{DatoRevoca, GenereRevoca, MASSIMO_DATO_REVOCA_BYTE};
use crate::storage::schema::dati_revoca as tabella;
use crate::storage::{self, Conn};
use crate::valori::{Impronta, Istante};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

pub const ATTO: &str = "dato-revoca";

/// A list or an answer, as it was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatoConservato {
    /// Its id.
    pub id: String,
    /// What it is.
    pub genere: GenereRevoca,
    /// The authority of whose certificates it speaks.
    pub emittente: String,
    /// SHA-256 of the certificate of that authority.
    pub emittente_sha256: Impronta,
    /// Which others it takes the place of.
    pub serie: Impronta,
    /// `cRLNumber`, in hexadecimal digits.
    pub numero: Option<String>,
    /// When it was issued.
    pub emessa: Istante,
    /// By when another takes its place.
    pub prossima: Option<Istante>,
    /// How many certificates it names.
    pub voci: i64,
    /// Its bytes, in the store.
    pub impronta: Impronta,
    /// File or address it came from.
    pub provenienza: String,
    /// Who brought it.
    pub autore: String,
    /// When it was accepted.
    pub istante: Istante,
}

impl DatoConservato {
    /// The datum itself, out of the store.
    pub(in crate::documenti::fiducia) fn apri(&self, deposito: &Deposito) -> Result<DatoRevoca, Errore> {
        let byte = deposito.leggi(&self.impronta, MASSIMO_DATO_REVOCA_BYTE)?;
        let rovinata = |causa: String| Errore::ListaRovinata { lista: self.to_string(), causa };
        let letti = DatoRevoca::leggi(&byte).map_err(|e| rovinata(e.to_string()))?;
        let uno = letti.into_iter().next().filter(|dato| dato.impronta() == self.impronta);
        uno.ok_or_else(|| rovinata("i suoi byte non sono più quelli".to_owned()))
    }
}

impl std::fmt::Display for DatoConservato {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "dati di revoca di {} del {}", self.emittente, self.emessa.leggibile())
    }
}

/// A number as people write it: in decimal digits, unless it is longer than any counter would be.
#[must_use]
pub fn numero_leggibile(esadecimale: &str) -> String {
    u128::from_str_radix(esadecimale, 16).map_or_else(|_| format!("0x{esadecimale}"), |n| n.to_string())
}

/// Whether a datum is the one that is kept of its series; refuses one that may not follow it.
pub(super) fn presente(conservato: Option<&DatoConservato>, dato: &DatoRevoca) -> Result<bool, Rifiuto> {
    let Some(c) = conservato else { return Ok(false) };
    if c.impronta == dato.impronta() {
        return Ok(true);
    }
    // Without leading zeros a longer number is a greater one.
    let misura = |numero: &str| (numero.len(), numero.to_owned());
    let anteriore = match (dato.numero(), c.numero.as_deref()) {
        (Some(suo), Some(di_quello)) if suo == di_quello => {
            return Err(Rifiuto::RevocaStessoNumero(numero_leggibile(suo)));
        }
        (Some(suo), Some(di_quello)) => misura(suo) < misura(di_quello) || dato.emessa() < c.emessa,
        _ => dato.emessa() <= c.emessa,
    };
    if anteriore {
        let (emessa, conservata) = (dato.emessa().leggibile(), c.emessa.leggibile());
        return Err(Rifiuto::RevocaAnteriore { emessa, conservata });
    }
    Ok(false)
}

/// All of them, the last that came in first.
pub(super) fn versioni(conn: &mut Conn) -> Result<Vec<DatoConservato>, Errore> {
    let righe: Vec<Riga> = tabella::table.order(tabella::id.desc()).select(Riga::as_select()).load(conn)?;
    righe.into_iter().map(Riga::valore).collect()
}

/// The one in force of each series, the last that came in first.
///
/// # Errors
/// Those of the database.
pub fn correnti(conn: &mut Conn) -> Result<Vec<DatoConservato>, Errore> {
    let mut viste = HashSet::new();
    Ok(versioni(conn)?.into_iter().filter(|v| viste.insert(v.serie)).collect())
}

/// The one in force of a series.
pub(super) fn ultimo(conn: &mut Conn, serie: &Impronta) -> Result<Option<DatoConservato>, Errore> {
    let sue = tabella::table.filter(tabella::serie.eq(serie.to_string())).order(tabella::id.desc());
    let riga: Option<Riga> = sue.select(Riga::as_select()).first(conn).optional()?;
    riga.map(Riga::valore).transpose()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
pub(super) struct Riga {
    pub(super) id: String,
    pub(super) genere: String,
    pub(super) emittente: String,
    pub(super) emittente_sha256: String,
    pub(super) serie: String,
    pub(super) numero: Option<String>,
    pub(super) emessa: chrono::NaiveDateTime,
    pub(super) prossima: Option<chrono::NaiveDateTime>,
    pub(super) voci: i64,
    pub(super) sha256: String,
    pub(super) provenienza: String,
    pub(super) autore: String,
    pub(super) istante: chrono::NaiveDateTime,
}

/// How a kind is written in a row.
pub(super) fn genere_scritto(genere: GenereRevoca) -> &'static str {
    match genere {
        GenereRevoca::Lista => "crl",
        GenereRevoca::Risposta => "ocsp",
    }
}

impl Riga {
    pub(super) fn valore(self) -> Result<DatoConservato, Errore> {
        let no = |e| storage::Errore::riga("dati_revoca", e);
        let genere =
            [GenereRevoca::Lista, GenereRevoca::Risposta].into_iter().find(|g| genere_scritto(*g) == self.genere);
        Ok(DatoConservato {
            id: self.id,
            genere: genere.ok_or_else(|| storage::Errore::riga("dati_revoca", self.genere))?,
            emittente: self.emittente,
            emittente_sha256: self.emittente_sha256.parse().map_err(no)?,
            serie: self.serie.parse().map_err(no)?,
            numero: self.numero,
            emessa: Istante::from_utc(self.emessa),
            prossima: self.prossima.map(Istante::from_utc),
            voci: self.voci,
            impronta: self.sha256.parse().map_err(no)?,
            provenienza: self.provenienza,
            autore: self.autore,
            istante: Istante::from_utc(self.istante),
        })
    }

    pub(super) fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("genere", &self.genere)
            .campo("emittente", &self.emittente)
            .campo("emittente-sha256", &self.emittente_sha256)
            .campo("serie", &self.serie)
            .forse("numero", self.numero.as_ref())
            .campo("emessa", Istante::from_utc(self.emessa))
            .forse("prossima", self.prossima.map(Istante::from_utc))
            .campo("voci", self.voci)
            .campo("sha256", &self.sha256)
            .campo("provenienza", &self.provenienza)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
