//! The act of registering: one transaction, no step in between (DPR 445/2000 art. 53 c.3).

use super::righe::{self, RigaCorrispondente, RigaRegistrazione};
use super::{Errore, Flusso, Nuova, carico, contatore, lettura, uscita};
use crate::segnatura::Identificatore;
use crate::storage::Operazione;
use crate::storage::schema::{corrispondenti, documenti_registrati, registrazioni, segnature};
use crate::utenti::Aoo;
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, NumeroProtocollo, RegistrazioneId};
use crate::{audit, documenti, titolario};
use diesel::prelude::*;

/// What a registration got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registrata {
    /// Its id.
    pub id: RegistrazioneId,
    /// Its year.
    pub anno: i32,
    /// Its number.
    pub numero: NumeroProtocollo,
    /// Its instant.
    pub istante: Istante,
    /// The line of segnatura.
    pub segnatura: Identificatore,
}

/// Registers: number, instant, parties, subject, impronte, segnatura, classification and the link of the chain, together.
///
/// The files are already in the store ([`documenti::Deposito::riponi`]). `vista` says what the caller may see, for the
/// registration that is answered.
///
/// # Errors
/// A refusal uses no number and leaves nothing behind.
pub fn registra(op: &mut Operazione<'_>, aoo: &Aoo, vista: &Vista, nuova: &Nuova) -> Result<Registrata, Errore> {
    nuova.controlla(op.ora)?;
    nuova.controlla_documenti()?;
    numera(op, aoo, vista, nuova)
}

/// The same for what was registered by hand in an emergenza: the paper of an uscita has left, and a copy of it may be acquired later.
///
/// # Errors
/// Those of [`registra`].
pub fn registra_recuperata(
    op: &mut Operazione<'_>,
    aoo: &Aoo,
    vista: &Vista,
    nuova: &Nuova,
) -> Result<Registrata, Errore> {
    nuova.controlla(op.ora)?;
    numera(op, aoo, vista, nuova)
}

fn numera(op: &mut Operazione<'_>, aoo: &Aoo, vista: &Vista, nuova: &Nuova) -> Result<Registrata, Errore> {
    if let Some(id) = nuova.risponde_a {
        let altra = lettura::per_ids(op.conn, vista, &[id])?.pop().ok_or(Errore::RispondeASconosciuta)?;
        if altra.annullamento.is_some() {
            return Err(Errore::RispondeAAnnullata(altra.numero, altra.anno));
        }
    }
    let (anno, numero) = contatore::prossimo(op, &aoo.registro)?;
    let segnatura = Identificatore {
        codice_amministrazione: aoo.ente_ipa.clone(),
        codice_aoo: aoo.codice.clone(),
        registro: aoo.registro.clone(),
        numero,
        data: op.ora.giorno(),
    };
    let registrata = Registrata { id: RegistrazioneId::new(), anno, numero, istante: op.ora, segnatura };
    scrivi(op, aoo, nuova, &registrata)?;
    titolario::classifica(op, registrata.id, &nuova.voce)?;
    Ok(registrata)
}

fn scrivi(op: &mut Operazione<'_>, aoo: &Aoo, nuova: &Nuova, r: &Registrata) -> Result<(), Errore> {
    let id = r.id.to_string();
    let riga = riga(op, nuova, r);
    diesel::insert_into(registrazioni::table).values(&riga).execute(op.conn)?;
    let mut parti = Vec::with_capacity(nuova.corrispondenti.len());
    for (corrispondente, posizione) in nuova.corrispondenti.iter().zip(1_i32..) {
        let riga = RigaCorrispondente::new(&id, posizione, corrispondente);
        diesel::insert_into(corrispondenti::table).values(&riga).execute(op.conn)?;
        parti.push(riga);
    }
    for d in &nuova.documenti {
        documenti::registra(op, &d.riposto)?;
        documenti::uso(op, &d.riposto.impronta, "registrazione", r.id)?;
    }
    let file = righe::documenti(&id, nuova);
    for riga in &file {
        diesel::insert_into(documenti_registrati::table).values(riga).execute(op.conn)?;
    }
    let mut xml = Vec::new();
    // A segnatura speaks of a document: paper that left without one here has the line alone.
    if nuova.flusso == Flusso::Uscita && !nuova.documenti.is_empty() {
        let testo = uscita::segnatura_xml(op, aoo, nuova, r.segnatura.clone())?;
        diesel::insert_into(segnature::table)
            .values((
                segnature::registrazione_id.eq(&id),
                segnature::dialetto.eq(uscita::DIALETTO),
                segnature::xml.eq(&testo),
            ))
            .execute(op.conn)?;
        xml.push((uscita::DIALETTO.to_owned(), testo));
    }
    audit::annota(op, carico::ATTO, "registrazione", r.id, &carico::carico(&riga, &parti, &file, &xml))?;
    Ok(())
}

fn riga(op: &Operazione<'_>, nuova: &Nuova, r: &Registrata) -> RigaRegistrazione {
    let mittente = nuova.protocollo_mittente.as_ref();
    RigaRegistrazione {
        id: r.id.to_string(),
        aoo_id: op.aoo.to_string(),
        registro: r.segnatura.registro.to_string(),
        anno: r.anno,
        numero: r.numero.valore(),
        istante: r.istante.utc(),
        flusso: nuova.flusso.as_str().to_owned(),
        oggetto: nuova.oggetto.to_string(),
        mezzo: nuova.mezzo.as_str().to_owned(),
        arrivo: nuova.arrivo.map(Istante::utc),
        protocollo_mittente_numero: mittente.map(|m| m.numero.to_string()),
        protocollo_mittente_data: mittente.and_then(|m| m.data),
        tipologia: nuova.tipologia.as_ref().map(ToString::to_string),
        riservato: nuova.riservato,
        risponde_a: nuova.risponde_a.map(|id| id.to_string()),
        segnatura: r.segnatura.to_string(),
        data_documento: nuova.data_documento,
    }
}
