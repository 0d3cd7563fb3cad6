//! *Annullamento di un dato*: one datum of a registration gets another value; the one before stays, readable beside it (DPR 445/2000
//! art. 54, DPCM 31/10/2000 art. 8).
//!
//! The rows of the registration never change: the values in force are derived where it is read (`lettura`). An annulled value may
//! be riservato: then who may not see riservati of the registration reads only that there was one, here and in the provvedimento.

use super::provvedimento::{Disposizione, prossimo};
use super::valore::{Campo, Valore};
use super::{Errore, Registrazione, lettura};
use crate::audit::{self, Carico};
use crate::storage::schema::{dati_annullati, visibilita};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{Impronta, Istante, RegistrazioneId, Testo, nuovo_id};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

pub(super) const ATTO: &str = "annullamento-dato";

/// A datum that was annulled. What whoever reads may not see is `None`.
#[derive(Debug, Clone)]
pub struct DatoAnnullato {
    /// Id of the act.
    pub id: String,
    /// Which datum.
    pub campo: Campo,
    /// The value that was annulled.
    pub prima: Option<Valore>,
    /// The value it got.
    pub dopo: Option<Valore>,
    /// True if the annulled value is riservato.
    pub riservato: bool,
    /// Year of the provvedimento.
    pub anno: i32,
    /// Its number within the AOO and the year.
    pub numero: i64,
    /// Why.
    pub motivo: Testo,
    /// Who annulled, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
    /// The provvedimento, which names both values.
    pub atto: Option<Provvedimento>,
}

/// The text of a provvedimento, and the file that holds it.
#[derive(Debug, Clone)]
pub struct Provvedimento {
    /// What it says.
    pub testo: String,
    /// SHA-256 of its file.
    pub impronta: Impronta,
}

impl DatoAnnullato {
    /// The extremes of the provvedimento: `provvedimento n. 3/2026`.
    #[must_use]
    pub fn provvedimento(&self) -> String {
        format!("provvedimento n. {}/{}", self.numero, self.anno)
    }
}

/// The new value of a datum.
#[derive(Debug, Clone)]
pub struct Rettifica {
    /// It.
    pub valore: Valore,
    /// True if the value that it replaces is riservato.
    pub riservato: bool,
}

/// Annuls one datum of a registration. Who may decide it is up to the caller, as for the whole registration.
///
/// # Errors
/// `Sconosciuta` if it may not be seen, `GiaAnnullata` if it is annulled as a whole, `ValoreUguale` and the refusals of a
/// registration for the value.
pub fn annulla_dato(
    op: &mut Operazione<'_>,
    d: &Disposizione<'_>,
    id: RegistrazioneId,
    rettifica: &Rettifica,
) -> Result<String, Errore> {
    let r = rettificabile(op.conn, d.vista, id, &rettifica.valore)?;
    let attore = op.attore.clone();
    let autore = utenti::nome_autore(op.conn, &attore)?;
    let (anno, numero) = prossimo(op)?;
    let testo = testo(d, &r, rettifica, &autore, &format!("n. {numero}/{anno} del {}", op.ora.leggibile()));
    let sha256 = d.archivia(op, id, &testo)?.to_string();
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        registrazione_id: id.to_string(),
        campo: rettifica.valore.campo().as_str().to_owned(),
        valore: rettifica.valore.testo()?,
        riservato: rettifica.riservato,
        anno,
        numero,
        motivo: d.motivo.to_string(),
        autore,
        testo,
        sha256,
        istante: op.ora.utc(),
    };
    diesel::insert_into(dati_annullati::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "annullamento-dato", &riga.id, &riga.carico())?;
    Ok(riga.id)
}

/// The registration, if its datum may get this value.
pub(super) fn rettificabile(
    conn: &mut Conn,
    vista: &Vista,
    id: RegistrazioneId,
    valore: &Valore,
) -> Result<Registrazione, Errore> {
    let r = lettura::per_id(conn, vista, id)?;
    if let Some(prima) = &r.annullamento {
        return Err(Errore::GiaAnnullata(prima.provvedimento()));
    }
    valore.controlla(&r)?;
    Ok(r)
}

fn testo(d: &Disposizione<'_>, r: &Registrazione, rettifica: &Rettifica, autore: &str, estremi: &str) -> String {
    let campo = rettifica.valore.campo();
    let (riservato, chi) =
        if rettifica.riservato { (" (riservato)", ", per chi può vedere i riservati") } else { ("", "") };
    format!(
        "{testata}Provvedimento di annullamento di un dato {estremi}\n(DPR 28 dicembre 2000, n. 445, articoli 54 e 61)\n\nNella registrazione di \
         protocollo n. {numero} del {del}\nSegnatura: {segnatura}\nè annullato il dato: {nome}\nValore annullato{riservato}: {prima}\nValore \
         in vigore da ora: {dopo}\n\n{firma}Il numero e gli altri dati restano; il valore annullato resta leggibile nel registro accanto a \
         quello in vigore{chi}.\n",
        testata = d.testata(),
        numero = r.numero,
        del = r.istante.leggibile(),
        segnatura = r.segnatura,
        nome = campo.nome(),
        prima = Valore::in_vigore(r, campo).leggibile(),
        dopo = rettifica.valore.leggibile(),
        firma = d.firma(autore),
    )
}

/// The data annulled of these registrations, in the order of their provvedimenti.
pub(super) fn di(conn: &mut Conn, registrazioni: &[&str]) -> Result<HashMap<String, Vec<Riga>>, Errore> {
    let righe = dati_annullati::table
        .filter(dati_annullati::registrazione_id.eq_any(registrazioni))
        .order((dati_annullati::anno, dati_annullati::numero))
        .select(Riga::as_select())
        .load(conn)?;
    Ok(super::carico::raggruppa(righe, |r: &Riga| r.registrazione_id.clone()))
}

/// Those of these registrations whose riservati may be seen: the rule of `lettura::vede` for what is riservato.
pub(super) fn svelate(conn: &mut Conn, vista: &Vista, registrazioni: &[&str]) -> Result<HashSet<String>, Errore> {
    if let Vista::Intera(_) = vista {
        return Ok(registrazioni.iter().map(|r| (*r).to_owned()).collect());
    }
    let concesse: Vec<String> = visibilita::table
        .filter(visibilita::oggetto_id.eq_any(registrazioni).and(visibilita::ufficio_id.eq_any(vista.uffici())))
        .select(visibilita::oggetto_id)
        .load(conn)?;
    let date = vista.visioni();
    Ok(concesse.into_iter().chain(date.into_iter().filter(|id| registrazioni.contains(&id.as_str()))).collect())
}

/// Puts the values in force into a registration as it was registered, with what they replaced; `svelata` if the riservati among
/// those may be read.
pub(super) fn applica(r: &mut Registrazione, righe: Vec<Riga>, svelata: bool) -> Result<(), Errore> {
    for riga in righe {
        let no = |e: crate::valori::Rifiuto| storage::Errore::riga("dati_annullati", e);
        let campo: Campo = riga.campo.parse().map_err(no)?;
        let (prima, dopo) = (Valore::in_vigore(r, campo), Valore::leggi(campo, riga.valore.as_deref())?);
        dopo.clone().metti(r);
        let nascosto = riga.riservato && !svelata;
        if nascosto {
            nascondi(&mut r.dati_annullati, &prima)?;
        }
        r.dati_annullati.push(DatoAnnullato {
            id: riga.id,
            campo,
            prima: Some(prima).filter(|_| !nascosto),
            dopo: Some(dopo),
            riservato: riga.riservato,
            anno: riga.anno,
            numero: riga.numero,
            motivo: riga.motivo.parse().map_err(no)?,
            autore: riga.autore,
            istante: Istante::from_utc(riga.istante),
            atto: if nascosto {
                None
            } else {
                Some(Provvedimento { testo: riga.testo, impronta: riga.sha256.parse().map_err(no)? })
            },
        });
    }
    Ok(())
}

/// Takes a value that may not be read out of every earlier act that gave it or annulled it.
fn nascondi(dati: &mut [DatoAnnullato], valore: &Valore) -> Result<(), Errore> {
    let testo = valore.testo()?;
    for d in dati.iter_mut().filter(|d| d.campo == valore.campo()) {
        for suo in [&mut d.prima, &mut d.dopo] {
            if suo.as_ref().map(Valore::testo).transpose()?.is_some_and(|t| t == testo) {
                *suo = None;
                d.atto = None;
            }
        }
    }
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = dati_annullati, treat_none_as_default_value = false)]
pub(super) struct Riga {
    id: String,
    aoo_id: String,
    registrazione_id: String,
    campo: String,
    valore: Option<String>,
    pub(super) riservato: bool,
    anno: i32,
    numero: i64,
    motivo: String,
    autore: String,
    testo: String,
    sha256: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("registrazione", &self.registrazione_id)
            .campo("dato", &self.campo)
            .forse("valore", self.valore.as_ref())
            .campo("riservato", self.riservato)
            .campo("anno", self.anno)
            .campo("numero", self.numero)
            .campo("motivo", &self.motivo)
            .campo("autore", &self.autore)
            .campo("testo", &self.testo)
            .campo("sha256", &self.sha256)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(dati_annullati::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        dati_annullati::table.filter(dati_annullati::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oggetto(testo: &str) -> Valore {
        Valore::Oggetto(testo.parse().unwrap())
    }

    fn atto(prima: &str, dopo: &str) -> DatoAnnullato {
        DatoAnnullato {
            id: String::new(),
            campo: Campo::Oggetto,
            prima: Some(oggetto(prima)),
            dopo: Some(oggetto(dopo)),
            riservato: false,
            anno: 2026,
            numero: 1,
            motivo: "Scritto male".parse().unwrap(),
            autore: "Anna".to_owned(),
            istante: Istante::default(),
            atto: Some(Provvedimento { testo: format!("{prima}, {dopo}"), impronta: Impronta::of(b"") }),
        }
    }

    #[test]
    fn a_value_is_hidden_in_every_earlier_act_that_holds_it() {
        let arrivo = DatoAnnullato { campo: Campo::Arrivo, ..atto("Sussidio a Zaccaria", "Altro") };
        let mut dati = vec![
            atto("Istanza", "Sussidio a Zaccaria"),
            atto("Sussidio a Zaccaria", "Sussidio"),
            atto("Sussidio", "Contributo"),
            arrivo,
            atto("Contributo", "Sussidio a Zaccaria"),
        ];
        nascondi(&mut dati, &oggetto("Sussidio a Zaccaria")).unwrap();
        let letti: Vec<_> = dati.iter().map(|d| (d.prima.is_some(), d.dopo.is_some(), d.atto.is_some())).collect();
        let aperto = (true, true, true);
        assert_eq!(letti, [(true, false, false), (false, true, false), aperto, aperto, (true, false, false)]);
    }
}
