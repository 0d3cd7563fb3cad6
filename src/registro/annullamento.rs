//! *Annullamento*: a registration is annulled as a whole, and stays where it is (DPR 445/2000 art. 54).
//!
//! Number, date, parties and subject remain readable, marked; beside them stand who annulled, when, why, and the extremes of the
//! *provvedimento* that authorises it, which the system numbers per AOO and year and whose text it writes.

use super::{Errore, lettura};
use crate::audit::{self, Carico};
use crate::storage::schema::{annullamenti, contatori_provvedimenti};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Aoo};
use crate::valori::{Istante, RegistrazioneId, Testo};
use diesel::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

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
pub fn annulla(
    op: &mut Operazione<'_>,
    aoo: &Aoo,
    vista: &Vista,
    id: RegistrazioneId,
    motivo: &Testo,
) -> Result<Annullamento, Errore> {
    let registrazione = lettura::per_id(op.conn, vista, id)?;
    if let Some(prima) = registrazione.annullamento {
        return Err(Errore::GiaAnnullata(prima.provvedimento()));
    }
    let attore = op.attore.clone();
    let autore = utenti::nome_autore(op.conn, &attore)?;
    let (anno, numero) = prossimo(op)?;
    let testo = format!(
        "{ente}\nArea organizzativa omogenea {aoo_codice}\n\nProvvedimento di annullamento n. {numero}/{anno} del {quando}\n(DPR 28 dicembre \
         2000, n. 445, articoli 54 e 61)\n\nÈ annullata la registrazione di protocollo n. {protocollo} del {del}\nSegnatura: \
         {segnatura}\nOggetto: {oggetto}\n\nMotivo: {motivo}\n\nDisposto da: {autore}\nLa registrazione e il suo numero restano leggibili \
         nel registro, con questa annotazione.\n",
        ente = aoo.ente,
        aoo_codice = aoo.codice,
        quando = op.ora.leggibile(),
        protocollo = registrazione.numero,
        del = registrazione.istante.leggibile(),
        segnatura = registrazione.segnatura,
        oggetto = registrazione.oggetto,
    );
    let riga = Riga {
        id: Uuid::now_v7().to_string(),
        aoo_id: op.aoo.to_string(),
        registrazione_id: id.to_string(),
        anno,
        numero,
        motivo: motivo.to_string(),
        autore,
        testo,
        istante: op.ora.utc(),
    };
    diesel::insert_into(annullamenti::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "registrazione", id, &riga.carico())?;
    Ok(riga.valore()?)
}

/// Takes the next number of the provvedimenti of the AOO.
fn prossimo(op: &mut Operazione<'_>) -> Result<(i32, i64), Errore> {
    let (aoo, anno) = (op.aoo.to_string(), op.ora.anno());
    let questo = contatori_provvedimenti::aoo_id.eq(&aoo);
    let testa: Option<i32> = contatori_provvedimenti::table
        .filter(questo)
        .select(contatori_provvedimenti::anno)
        .first(op.conn)
        .optional()?;
    let numero = match testa {
        None => diesel::insert_into(contatori_provvedimenti::table)
            .values((
                contatori_provvedimenti::aoo_id.eq(&aoo),
                contatori_provvedimenti::anno.eq(anno),
                contatori_provvedimenti::ultimo.eq(1),
            ))
            .returning(contatori_provvedimenti::ultimo)
            .get_result(op.conn)?,
        Some(ultimo_anno) if ultimo_anno >= anno => diesel::update(contatori_provvedimenti::table)
            .filter(questo)
            .set(contatori_provvedimenti::ultimo.eq(contatori_provvedimenti::ultimo + 1))
            .returning(contatori_provvedimenti::ultimo)
            .get_result(op.conn)?,
        Some(_) => diesel::update(contatori_provvedimenti::table)
            .filter(questo)
            .set((contatori_provvedimenti::anno.eq(anno), contatori_provvedimenti::ultimo.eq(1)))
            .returning(contatori_provvedimenti::ultimo)
            .get_result(op.conn)?,
    };
    Ok((testa.map_or(anno, |ultimo| ultimo.max(anno)), numero))
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
#[diesel(table_name = annullamenti)]
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
}

impl Riga {
    fn valore(&self) -> Result<Annullamento, storage::Errore> {
        Ok(Annullamento {
            anno: self.anno,
            numero: self.numero,
            motivo: self.motivo.parse().map_err(|e| storage::Errore::riga("annullamenti", e))?,
            autore: self.autore.clone(),
            istante: Istante::from_utc(self.istante),
            testo: self.testo.clone(),
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
