//! A list or an answer that was accepted: a row for ever.

use crate::audit::Carico;
use crate::documenti::fiducia::Rifiuto;
use crate::documenti::{Deposito, Errore};
use crate::firma::{DatoRevoca, GenereRevoca, MASSIMO_DATO_REVOCA_BYTE};
use crate::storage::schema::dati_revoca as tabella;
use crate::storage::{self, Conn};
use crate::valori::{Impronta, Istante};
use diesel::prelude::*;
use std::cmp::Reverse;
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
    /// Whether another should have taken its place by `ora`.
    #[must_use]
    pub fn scaduto(&self, ora: Istante) -> bool {
        self.prossima.is_some_and(|prossima| prossima < ora)
    }

    /// Whether, being expired, it is not missed: `altra` is a list of the same authority that is in force at `ora` and newer. `intera` says
    /// whether that list speaks of all certificates; one that does not says what an answer did, and not what another list did.
    #[must_use]
    pub fn superato_da(&self, altra: &Self, intera: bool, ora: Istante) -> bool {
        altra.genere == GenereRevoca::Lista
            && altra.emittente_sha256 == self.emittente_sha256
            && !altra.scaduto(ora)
            && altra.emessa >= self.emessa
            && (intera || self.genere == GenereRevoca::Risposta)
    }

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

/// In the order in which they are taken into memory, until it is full: lists, which say of all the certificates of an authority what an
/// answer says of one, then answers; of each kind first those in force, then the newest.
pub(in crate::documenti::fiducia) fn in_ordine(mut dati: Vec<DatoConservato>, ora: Istante) -> Vec<DatoConservato> {
    dati.sort_by_key(|d| (d.genere, d.scaduto(ora), Reverse(d.emessa)));
    dati
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

#[cfg(test)]
mod tests {
    use super::*;

    fn dato(genere: GenereRevoca, emessa: &str, prossima: &str) -> DatoConservato {
        let impronta = Impronta::of(b"");
        DatoConservato {
            id: String::new(),
            genere,
            emittente: "CA".to_owned(),
            emittente_sha256: impronta,
            serie: impronta,
            numero: None,
            emessa: emessa.parse().unwrap(),
            prossima: prossima.parse().ok(),
            voci: 1,
            impronta,
            provenienza: String::new(),
            autore: String::new(),
            istante: emessa.parse().unwrap(),
        }
    }

    const PRIMA: &str = "2026-11-01T00:00:00Z";
    const IERI: &str = "2026-11-19T00:00:00Z";
    const DOMANI: &str = "2026-11-21T00:00:00Z";

    fn ora() -> Istante {
        "2026-11-20T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn answers_never_push_a_list_out_of_memory() {
        let (crl, ocsp) = (GenereRevoca::Lista, GenereRevoca::Risposta);
        let mut dati = vec![dato(ocsp, IERI, DOMANI); 3_000];
        dati.extend([
            dato(ocsp, PRIMA, IERI),
            dato(crl, PRIMA, IERI),
            dato(crl, PRIMA, DOMANI),
            dato(crl, IERI, DOMANI),
        ]);
        let ordine = in_ordine(dati, ora());
        let prime: Vec<_> = ordine.iter().take(4).map(|d| (d.genere, d.scaduto(ora()), d.emessa.to_string())).collect();
        let [prima, ieri] = [PRIMA, IERI].map(|t| t.parse::<Istante>().unwrap().to_string());
        assert_eq!(
            prime,
            [(crl, false, ieri.clone()), (crl, false, prima.clone()), (crl, true, prima), (ocsp, false, ieri)]
        );
        assert!(ordine.last().is_some_and(|d| d.scaduto(ora())));
    }

    #[test]
    fn what_is_expired_is_not_missed_when_a_newer_list_says_it() {
        let (crl, ocsp) = (GenereRevoca::Lista, GenereRevoca::Risposta);
        let check = |vecchio: &DatoConservato, altra: &DatoConservato, intera: bool, atteso: bool| {
            assert_eq!(vecchio.superato_da(altra, intera, ora()), atteso, "{vecchio:?} {altra:?}");
        };
        let (risposta, lista) = (dato(ocsp, PRIMA, IERI), dato(crl, PRIMA, IERI));
        let nuova = dato(crl, IERI, DOMANI);
        check(&risposta, &nuova, true, true);
        check(&lista, &nuova, true, true);
        check(&risposta, &nuova, false, true);
        check(&lista, &nuova, false, false);
        check(&risposta, &lista, true, false);
        check(&risposta, &dato(ocsp, IERI, DOMANI), true, false);
        check(&dato(ocsp, IERI, IERI), &dato(crl, PRIMA, DOMANI), true, false);
        let altrui = DatoConservato { emittente_sha256: Impronta::of(b"altra"), ..nuova };
        check(&risposta, &altrui, true, false);
    }
}
