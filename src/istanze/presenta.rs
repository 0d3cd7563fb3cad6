//! Submitting: istanza, registration, assignment and term in one commit.

use super::istanza::{self, Riga};
use super::{Errore, Presentazione, Procedimento, Sottoscrizione, documento, procedimento};
use crate::audit::{self, Carico};
use crate::documenti::{self, Deposito, Fiduce, Riposto};
use crate::firma::{Indicazione, Prova, Rapporto};
use crate::registro::{Corrispondente, Documento, Flusso, Mezzo, Nuova, RuoloCorrispondente, RuoloDocumento};
use crate::segnatura::{NomeParte, Parte, TipoParte};
use crate::storage::schema::{istanze, istanze_in_attesa, protocolli_istanze};
use crate::storage::{self, Conn, Db, Operazione};
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Aoo};
use crate::valori::{AooId, Attore, Calendario, CodiceFiscale, Istante, NomeFile, Oggetto, RegistrazioneId};
use crate::{scrivania, titolario};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "protocollo-istanza";

/// Longest text of an istanza as a document, in bytes.
const MASSIMO_DOCUMENTO: u64 = 1024 * 1024;

/// What the portal works with.
pub struct Sportello<'a> {
    /// The database.
    pub db: &'a Db,
    /// The store.
    pub deposito: &'a Deposito,
    /// Whom signatures are trusted from.
    pub fiduce: &'a Fiduce,
    /// By which days terms end.
    pub calendario: &'a Calendario,
}

/// Takes an istanza. Sent again with its code it changes nothing; other content with the same code is refused.
///
/// If the register gives it no number now (its clock is wrong, say), the istanza is kept with its presentazione all the same and
/// [`protocolla_attesa`] registers it later.
///
/// # Errors
/// `ProcedimentoSconosciuto` if it was closed meanwhile, `GiaInviata` for other content; those of store and database: then nothing was kept.
pub fn presenta(sportello: &Sportello<'_>, p: &Presentazione) -> Result<(), Errore> {
    let Sportello { db, deposito, fiduce, calendario } = *sportello;
    let aoo = db.leggi(|conn| utenti::aoo(conn, p.procedimento.aoo))?;
    let mut prove: Vec<Prova> = Vec::new();
    for a in &p.allegati {
        prove.extend(documenti::verifica(deposito, &a.riposto, &a.nome, fiduce, p.presentata)?);
    }
    let firmata = sottoscrizione(prove.iter().map(|p| &p.report), &p.richiedente.codice_fiscale);
    let detto = documento::testo(&aoo, p, firmata);
    let detto = deposito.riponi(&mut detto.as_bytes(), MASSIMO_DOCUMENTO)?;
    let allegati = p.allegati.iter().map(|a| (a.riposto.clone(), a.nome.clone()));
    let nome = NomeFile::da_arrivo(documento::NOME, documento::NOME);
    let file: Vec<(Riposto, NomeFile)> = std::iter::once((detto, nome)).chain(allegati).collect();
    let io = Attore::Sistema("portale");
    let conserva = |op: &mut Operazione<'_>| {
        match gia_presentata(op.conn, &p.codice.sha256())? {
            Some(contenuto) if contenuto == p.contenuto().to_string() => return Ok(None),
            Some(_) => return Err(Errore::GiaInviata),
            None => {}
        }
        procedimento::per_codice(op.conn, &p.procedimento.codice)?;
        let id = istanza::conserva(op, p, &file, firmata)?.to_string();
        for prova in &prove {
            documenti::conserva_rapporto(op, prova)?;
        }
        Ok::<_, Errore>(Some(id))
    };
    let intero = db.scrivi(aoo.id, &io, |op| match conserva(op)? {
        Some(id) => protocolla(op, &aoo, &p.procedimento, (&id, false), calendario).map(drop),
        None => Ok(()),
    });
    let causa = match intero {
        Ok(()) => return Ok(()),
        Err(e @ (Errore::GiaInviata | Errore::ProcedimentoSconosciuto)) => return Err(e),
        Err(causa) => causa,
    };
    tracing::error!(%causa, "istanza without a number for now");
    // If the first commit went through after all, this one finds the istanza and does nothing.
    db.scrivi(aoo.id, &io, |op| {
        if let Some(id) = conserva(op)? {
            let attesa = istanze_in_attesa::istanza_id.eq(id);
            diesel::insert_into(istanze_in_attesa::table).values(attesa).execute(op.conn)?;
        }
        Ok(())
    })
}

/// Registers the istanze that wait for their number, with the presentazione they had; says how many it did.
///
/// One that is still refused stays and does not stop the others.
///
/// # Errors
/// Those of the database.
pub fn protocolla_attesa(db: &Db, calendario: &Calendario) -> Result<usize, Errore> {
    let attese: Vec<(String, String)> = db.leggi(|conn| {
        let attese = istanze_in_attesa::table
            .inner_join(istanze::table.on(istanze::id.eq(istanze_in_attesa::istanza_id)))
            .order(istanze::id)
            .select((istanze::id, istanze::aoo_id))
            .load(conn)?;
        Ok::<_, Errore>(attese)
    })?;
    let mut fatte = 0;
    for (id, aoo) in attese {
        let aoo: AooId = aoo.parse().map_err(|e| storage::Errore::riga("istanze", e))?;
        let esito = db.scrivi(aoo, &Attore::Sistema("portale"), |op| {
            let tolte = diesel::delete(istanze_in_attesa::table.filter(istanze_in_attesa::istanza_id.eq(&id)));
            // Another node may have been quicker.
            if tolte.execute(op.conn)? == 0 {
                return Ok(());
            }
            let procedimento: String =
                istanze::table.filter(istanze::id.eq(&id)).select(istanze::procedimento_id).first(op.conn)?;
            let (aoo, procedimento) = (utenti::aoo(op.conn, aoo)?, procedimento::per_id(op.conn, &procedimento)?);
            protocolla(op, &aoo, &procedimento, (&id, false), calendario).map(drop)
        });
        match esito {
            Ok(()) => fatte += 1,
            Err(causa) => tracing::error!(istanza = id, %causa, "istanza still without a number"),
        }
    }
    Ok(fatte)
}

/// The registration, its assignment and its term, and the pair istanza-registration.
pub(super) fn protocolla(
    op: &mut Operazione<'_>,
    aoo: &Aoo,
    procedimento: &Procedimento,
    (istanza, riservata): (&str, bool),
    calendario: &Calendario,
) -> Result<RegistrazioneId, Errore> {
    let riga: Riga = istanze::table.filter(istanze::id.eq(istanza)).select(Riga::as_select()).first(op.conn)?;
    let presentata = Istante::from_utc(riga.presentata);
    let nuova = Nuova { riservato: riservata, ..nuova(op, procedimento, &riga)? };
    let ufficio = utenti::ufficio(op.conn, procedimento.ufficio)?;
    let fatta = scrivania::protocolla(op, aoo, &Vista::Intera(aoo.id), &nuova, Some(&ufficio))?;
    scrivania::fissa_termine(op, fatta.id, presentata, (procedimento.giorni, procedimento.interrompibile), calendario)?;
    let registrazione = fatta.id.to_string();
    diesel::insert_into(protocolli_istanze::table)
        .values((protocolli_istanze::istanza_id.eq(istanza), protocolli_istanze::registrazione_id.eq(&registrazione)))
        .execute(op.conn)?;
    // By the registration: an istanza whose registration was annulled gets another one.
    audit::annota(op, ATTO, "registrazione", &registrazione, &carico(istanza, &registrazione))?;
    Ok(fatta.id)
}

/// How many istanze wait for their number.
///
/// # Errors
/// Those of the database.
pub fn in_attesa(conn: &mut Conn) -> Result<i64, Errore> {
    Ok(istanze_in_attesa::table.count().get_result(conn)?)
}

fn nuova(op: &mut Operazione<'_>, procedimento: &Procedimento, riga: &Riga) -> Result<Nuova, Errore> {
    let no = |e| storage::Errore::riga("istanze", e);
    let parte = Parte {
        tipo: TipoParte::PersonaFisica,
        nome: NomeParte::Persona { nome: riga.nome.parse().map_err(no)?, cognome: riga.cognome.parse().map_err(no)? },
        codice_fiscale: Some(riga.codice_fiscale.parse().map_err(no)?),
        codice_ipa: None,
        codice_aoo: None,
        codice_uo: None,
        pec: Some(riga.indirizzo.parse().map_err(no)?),
    };
    let oggetto = format!("{}: {}", procedimento.denominazione, riga.oggetto);
    let documenti =
        istanza::file_di(op.conn, &riga.id)?.into_iter().enumerate().map(|(i, (riposto, nome))| Documento {
            ruolo: if i == 0 { RuoloDocumento::Principale } else { RuoloDocumento::Allegato },
            riposto,
            nome,
            descrizione: None,
        });
    Ok(Nuova {
        flusso: Flusso::Entrata,
        oggetto: Oggetto::da_arrivo(&oggetto).0,
        mezzo: Mezzo::Portale,
        corrispondenti: vec![Corrispondente { ruolo: RuoloCorrispondente::Mittente, parte, per_conoscenza: false }],
        // A clock that was put back meanwhile must not make the arrival later than the registration.
        arrivo: Some(Istante::from_utc(riga.presentata).min(op.ora)),
        protocollo_mittente: None,
        voce: titolario::voce(op.conn, op.aoo, &procedimento.voce)?,
        tipologia: "Istanza".parse().ok(),
        data_documento: None,
        riservato: false,
        risponde_a: None,
        documenti: documenti.collect(),
    })
}

/// The content that was sent with a code, if any was.
fn gia_presentata(conn: &mut Conn, codice_sha256: &str) -> Result<Option<String>, Errore> {
    let contenuto = istanze::table.filter(istanze::codice_sha256.eq(codice_sha256)).select(istanze::contenuto_sha256);
    Ok(contenuto.first(conn).optional()?)
}

/// Whether anybody signed, and whether it was who asks: only signatures that are valid count (CAD art. 65 c. 1 lett. a).
#[must_use]
pub fn sottoscrizione<'a>(rapporti: impl Iterator<Item = &'a Rapporto>, cf: &CodiceFiscale) -> Sottoscrizione {
    let valide = rapporti.flat_map(|r| &r.signatures).filter(|f| f.indication == Indicazione::TotalPassed);
    let firmatari: Vec<_> = valide.map(|f| f.signer.as_ref().and_then(|s| s.tax_code.as_deref())).collect();
    if firmatari.is_empty() {
        Sottoscrizione::DaRegolarizzare
    } else if firmatari.iter().flatten().any(|suo| suo.eq_ignore_ascii_case(cf.as_str())) {
        Sottoscrizione::Firmata
    } else {
        Sottoscrizione::FirmataDaAltri
    }
}

fn carico(istanza: &str, registrazione: &str) -> Carico {
    Carico::new(ATTO, 1).campo("istanza", istanza).campo("registrazione", registrazione)
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(protocolli_istanze::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<(String, String)> = protocolli_istanze::table
        .filter(protocolli_istanze::registrazione_id.eq_any(ids).or(protocolli_istanze::istanza_id.eq_any(ids)))
        .order(protocolli_istanze::registrazione_id.desc())
        .select((protocolli_istanze::istanza_id, protocolli_istanze::registrazione_id))
        .load(conn)?;
    // Links made before istanze could be registered again name the istanza, whose first registration they mean.
    let mut carichi = HashMap::new();
    for (istanza, registrazione) in righe {
        let carico = carico(&istanza, &registrazione);
        carichi.insert(registrazione, carico.clone());
        carichi.insert(istanza, carico);
    }
    Ok(carichi)
}
