//! *Acquisizione*: the scan of a paper document that was registered before it was scanned (LLGG 2.2).
//!
//! The scan is an act with an author and an instant, and a person answers for its being the document. It adds an impronta and never
//! takes the place of one: the first file of a registration that had none is its main document, any other is an attachment.

use super::{Errore, RuoloDocumento, lettura};
use crate::audit::{self, Carico};
use crate::documenti::{self, Riposto};
use crate::storage::schema::acquisizioni as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{AcquisizioneId, Denominazione, Istante, NomeFile, RegistrazioneId, Testo};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "acquisizione";

/// Most files of a registration that scans are added to.
const MASSIMI_FILE: usize = 1_000;

/// A scan, already in the store.
#[derive(Debug, Clone)]
pub struct Scansione {
    /// Its bytes.
    pub riposto: Riposto,
    /// Its name.
    pub nome: NomeFile,
    /// What it is, in words.
    pub descrizione: Option<Testo>,
    /// Who compared it with the paper; the author if it is nobody else.
    pub confermata_da: Option<Denominazione>,
}

/// How a file came to a registration that was there before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acquisita {
    /// The act.
    pub id: AcquisizioneId,
    /// When.
    pub istante: Istante,
    /// Who added it, as people call them.
    pub autore: String,
    /// Who compared it with the paper.
    pub confermata_da: String,
}

/// Adds a scan to a registration of paper. The bytes are in the store.
///
/// # Errors
/// `Sconosciuta`; `NonCartacea`, `GiaAnnullata`, `GiaAcquisita`, `ScansioneVuota`, `TroppiFile`.
pub fn acquisisci(
    op: &mut Operazione<'_>,
    vista: &Vista,
    registrazione: RegistrazioneId,
    scansione: &Scansione,
) -> Result<AcquisizioneId, Errore> {
    let r = lettura::per_id(op.conn, vista, registrazione)?;
    if let Some(a) = &r.annullamento {
        return Err(Errore::GiaAnnullata(a.provvedimento()));
    }
    if !r.mezzo.cartaceo() {
        return Err(Errore::NonCartacea);
    }
    if scansione.riposto.dimensione == 0 {
        return Err(Errore::ScansioneVuota);
    }
    if r.documenti.iter().any(|d| d.impronta == scansione.riposto.impronta) {
        return Err(Errore::GiaAcquisita);
    }
    if r.documenti.len() >= MASSIMI_FILE {
        return Err(Errore::TroppiFile(MASSIMI_FILE));
    }
    let ruolo = if r.documenti.is_empty() { RuoloDocumento::Principale } else { RuoloDocumento::Allegato };
    let (id, attore) = (AcquisizioneId::new(), op.attore.clone());
    let autore = utenti::nome_autore(op.conn, &attore)?;
    documenti::registra(op, &scansione.riposto)?;
    documenti::uso(op, &scansione.riposto.impronta, "registrazione", registrazione)?;
    let riga = Riga {
        id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        registrazione_id: registrazione.to_string(),
        ruolo: ruolo.as_str().to_owned(),
        sha256: scansione.riposto.impronta.to_string(),
        nome: scansione.nome.to_string(),
        descrizione: scansione.descrizione.as_ref().map(ToString::to_string),
        confermata_da: scansione.confermata_da.as_ref().map_or_else(|| autore.clone(), ToString::to_string),
        autore,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "acquisizione", id, &riga.carico())?;
    Ok(id)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
pub(super) struct Riga {
    id: String,
    aoo_id: String,
    pub registrazione_id: String,
    pub ruolo: String,
    pub sha256: String,
    pub nome: String,
    pub descrizione: Option<String>,
    autore: String,
    confermata_da: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    pub(super) fn acquisita(&self) -> Result<Acquisita, crate::valori::Rifiuto> {
        Ok(Acquisita {
            id: self.id.parse()?,
            istante: Istante::from_utc(self.istante),
            autore: self.autore.clone(),
            confermata_da: self.confermata_da.clone(),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("registrazione", &self.registrazione_id)
            .campo("ruolo", &self.ruolo)
            .campo("sha256", &self.sha256)
            .campo("nome", &self.nome)
            .forse("descrizione", self.descrizione.as_ref())
            .campo("autore", &self.autore)
            .campo("confermata_da", &self.confermata_da)
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
