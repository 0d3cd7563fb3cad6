//! *Annullamento*: a registration is annulled as a whole, and stays where it is (DPR 445/2000 art. 54).
//!
//! Number, date, parties and subject remain readable, marked; beside them stand who annulled, when, why, and the extremes of the
//! *provvedimento* that authorises it, which the system numbers per AOO and year and whose text it writes.

use super::provvedimento::{Disposizione, prossimo};
use super::{Errore, Registrazione, lettura};
use crate::audit::{self, Carico};
use crate::storage::schema::annullamenti;
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{Impronta, Istante, RegistrazioneId, Testo, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "annullamento";

/// An annulment, with its provvedimento.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annullamento {
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
    /// The text of the provvedimento.
    pub testo: String,
    /// SHA-256 of its file; none if it was made before provvedimenti were filed.
    pub impronta: Option<Impronta>,
}

impl Annullamento {
    /// The extremes of the provvedimento, as the register shows them: `provvedimento n. 3/2026`.
    #[must_use]
    pub fn provvedimento(&self) -> String {
        format!("provvedimento n. {}/{}", self.numero, self.anno)
    }
}

/// Annuls a registration. Who may decide it is up to the caller (the RSP: DPR 445/2000 art. 61 c. 3 g).
///
/// # Errors
/// `Sconosciuta` if it may not be seen, `GiaAnnullata` if it was annulled before.
pub fn annulla(op: &mut Operazione<'_>, d: &Disposizione<'_>, id: RegistrazioneId) -> Result<Annullamento, Errore> {
    let registrazione = annullabile(op.conn, d.vista, id)?;
    let attore = op.attore.clone();
    let autore = utenti::nome_autore(op.conn, &attore)?;
    let (anno, numero) = prossimo(op)?;
    let testo = format!(
        "{testata}Provvedimento di annullamento n. {numero}/{anno} del {quando}\n(DPR 28 dicembre 2000, n. 445, articoli 54 e 61)\n\nÈ \
         annullata la registrazione di protocollo n. {protocollo} del {del}\nSegnatura: {segnatura}\nOggetto: {oggetto}\n\n{firma}La \
         registrazione e il suo numero restano leggibili nel registro, con questa annotazione.\n",
        testata = d.testata(),
        quando = op.ora.leggibile(),
        protocollo = registrazione.numero,
        del = registrazione.istante.leggibile(),
        segnatura = registrazione.segnatura,
        oggetto = registrazione.oggetto,
        firma = d.firma(&autore),
    );
    let sha256 = Some(d.archivia(op, id, &testo)?.to_string());
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        registrazione_id: id.to_string(),
        anno,
        numero,
        motivo: d.motivo.to_string(),
        autore,
        testo,
        istante: op.ora.utc(),
        sha256,
    };
    diesel::insert_into(annullamenti::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "registrazione", id, &riga.carico())?;
    Ok(riga.valore()?)
}

/// The registration, if it may be seen and is not annulled yet.
pub(super) fn annullabile(conn: &mut Conn, vista: &Vista, id: RegistrazioneId) -> Result<Registrazione, Errore> {
    let registrazione = lettura::per_id(conn, vista, id)?;
    match &registrazione.annullamento {
        Some(prima) => Err(Errore::GiaAnnullata(prima.provvedimento())),
        None => Ok(registrazione),
    }
}

/// The annulments of these registrations.
pub(super) fn di(conn: &mut Conn, registrazioni: &[&str]) -> Result<HashMap<String, Annullamento>, Errore> {
    let righe: Vec<Riga> = annullamenti::table
        .filter(annullamenti::registrazione_id.eq_any(registrazioni))
        .select(Riga::as_select())
        .load(conn)?;
    Ok(righe
        .into_iter()
        .map(|r| Ok((r.registrazione_id.clone(), r.valore()?)))
        .collect::<Result<_, storage::Errore>>()?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = annullamenti, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    registrazione_id: String,
    anno: i32,
    numero: i64,
    motivo: String,
    autore: String,
    testo: String,
    istante: chrono::NaiveDateTime,
    sha256: Option<String>,
}

impl Riga {
    fn valore(&self) -> Result<Annullamento, storage::Errore> {
        let no = |e| storage::Errore::riga("annullamenti", e);
        Ok(Annullamento {
            anno: self.anno,
            numero: self.numero,
            motivo: self.motivo.parse().map_err(no)?,
            autore: self.autore.clone(),
            istante: Istante::from_utc(self.istante),
            testo: self.testo.clone(),
            impronta: self.sha256.as_ref().map(|s| s.parse()).transpose().map_err(no)?,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("registrazione", &self.registrazione_id)
            .campo("anno", self.anno)
            .campo("numero", self.numero)
            .campo("motivo", &self.motivo)
            .campo("autore", &self.autore)
            .campo("testo", &self.testo)
            .campo("istante", Istante::from_utc(self.istante))
            .forse("sha256", self.sha256.as_ref())
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(annullamenti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        annullamenti::table.filter(annullamenti::registrazione_id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.registrazione_id.clone(), r.carico())).collect())
}
