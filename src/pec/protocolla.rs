//! Protocolling a message: the registration, its assignment and the pair message-registration, in one act.

use super::busta::servizio::NomeServizio;
use super::messaggio::{POSTA_CERTIFICATA, RipostoNoto};
use super::{Errore, Messaggio, Proposta, messaggio, proponi, ritorno};
use crate::audit::{self, Carico};
use crate::documenti::{Riposto, media_type};
use crate::registro::{
    self, Corrispondente, Documento, Flusso, Mezzo, Nuova, ProtocolloMittente, Registrata, RuoloDocumento,
};
use crate::scrivania;
use crate::storage::schema::protocolli_messaggi;
use crate::storage::{self, Conn, Operazione};
use crate::titolario::Voce;
use crate::utenti::visibilita::Vista;
use crate::utenti::{Aoo, Ufficio};
use crate::valori::{Impronta, Istante, MessaggioId, NomeFile, Oggetto, RegistrazioneId, Testo};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "protocollo-messaggio";

/// Name of the whole message among the documents of its registration.
const NOME_MESSAGGIO: &str = "messaggio.eml";

/// What a person (or a rule) decides about a message; what is left out is taken from the proposal.
#[derive(Debug, Clone)]
pub struct Decisione {
    /// The voce it is classified under.
    pub voce: Voce,
    /// The office that deals with it.
    pub ufficio: Ufficio,
    /// The subject.
    pub oggetto: Option<Oggetto>,
    /// The parties; empty means the proposed sender.
    pub corrispondenti: Vec<Corrispondente>,
    /// How it travelled.
    pub mezzo: Option<Mezzo>,
    /// The sender's own number.
    pub protocollo_mittente: Option<ProtocolloMittente>,
    /// Kind of document.
    pub tipologia: Option<Testo>,
    /// The date of the document, if it is known.
    pub data_documento: Option<NaiveDate>,
    /// True if only some may see it.
    pub riservato: bool,
    /// The registration it answers.
    pub risponde_a: Option<RegistrazioneId>,
    /// The file that is the document.
    pub principale: Option<Impronta>,
}

/// Registers a message as an entrata. The whole message is always among its documents; it is the document when nothing else is.
///
/// # Errors
/// `GiaProtocollato` if it has a number, `Ricevuta` for receipts; those of the register. No number is used.
pub fn protocolla(
    op: &mut Operazione<'_>,
    aoo: &Aoo,
    vista: &Vista,
    id: MessaggioId,
    decisione: Decisione,
) -> Result<Registrata, Errore> {
    let messaggio = messaggio::messaggio(op.conn, vista, id)?;
    if let Some(prima) = messaggio.registrazione {
        let prima = registro::identificatore(op.conn, prima)?;
        let anno = chrono::Datelike::year(&prima.data);
        return Err(Errore::GiaProtocollato { numero: prima.numero, anno });
    }
    if messaggio.esclusione.is_some() {
        return Err(Errore::DaRipristinare);
    }
    if messaggio.stato == super::Stato::Ritorno {
        return Err(Errore::MessaggioDiRitorno);
    }
    if matches!(messaggio.stato, super::Stato::Ricevuta | super::Stato::RicevutaSenzaInvio) {
        return Err(Errore::Ricevuta);
    }
    let ufficio = decisione.ufficio.clone();
    let nuova = nuova(&messaggio, proponi(&messaggio), decisione, intero(op.conn, &messaggio)?)?;
    let registrata = scrivania::protocolla(op, aoo, vista, &nuova, Some(&ufficio))?;
    let (messaggio_id, registrazione_id) = (id.to_string(), registrata.id.to_string());
    diesel::insert_into(protocolli_messaggi::table)
        .values((
            protocolli_messaggi::messaggio_id.eq(&messaggio_id),
            protocolli_messaggi::registrazione_id.eq(&registrazione_id),
        ))
        .execute(op.conn)?;
    // By the registration: a message whose registration was annulled gets another one.
    audit::annota(op, ATTO, "registrazione", &registrazione_id, &carico(&messaggio_id, &registrazione_id))?;
    ritorno::alla_registrazione(op, &messaggio, registrata.id)?;
    Ok(registrata)
}

/// The message that became this registration, which the caller may see.
///
/// # Errors
/// Those of the database.
pub fn origine(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Option<MessaggioId>, Errore> {
    let id: Option<String> = protocolli_messaggi::table
        .filter(protocolli_messaggi::registrazione_id.eq(registrazione.to_string()))
        .select(protocolli_messaggi::messaggio_id)
        .first(conn)
        .optional()?;
    Ok(id.map(|id| id.parse()).transpose().map_err(|e| storage::Errore::riga("protocolli_messaggi", e))?)
}

fn nuova(m: &Messaggio, p: Proposta, d: Decisione, intero: Documento) -> Result<Nuova, Errore> {
    let principale = d.principale.or(p.principale);
    if let Some(impronta) = d.principale.filter(|i| m.allegati.iter().all(|a| a.riposto.impronta != *i)) {
        return Err(Errore::AllegatoSconosciuto(impronta));
    }
    let mut documenti: Vec<Documento> = Vec::new();
    let mut scelto = false;
    for a in &m.allegati {
        let e_questo = !scelto && Some(a.riposto.impronta) == principale;
        scelto |= e_questo;
        let ruolo = if e_questo { RuoloDocumento::Principale } else { RuoloDocumento::Allegato };
        documenti.push(Documento { ruolo, riposto: riposto(&a.riposto), nome: a.nome.clone(), descrizione: None });
    }
    let ruolo = if scelto { RuoloDocumento::Allegato } else { RuoloDocumento::Principale };
    documenti.push(Documento { ruolo, ..intero });
    let corrispondenti = if d.corrispondenti.is_empty() { vec![p.mittente] } else { d.corrispondenti };
    let dal_sdi = m.servizio().is_some_and(|s| s.confermato && s.nome == NomeServizio::Sdi);
    let mezzo = match m.genere.as_str() {
        POSTA_CERTIFICATA if dal_sdi => Mezzo::Sdi,
        POSTA_CERTIFICATA => Mezzo::Pec,
        _ => Mezzo::Email,
    };
    Ok(Nuova {
        flusso: Flusso::Entrata,
        oggetto: d.oggetto.unwrap_or(p.oggetto),
        mezzo: d.mezzo.unwrap_or(mezzo),
        corrispondenti,
        arrivo: p.arrivo,
        protocollo_mittente: d.protocollo_mittente.or(p.protocollo_mittente),
        voce: d.voce,
        tipologia: d.tipologia,
        data_documento: d.data_documento,
        riservato: d.riservato,
        risponde_a: d.risponde_a,
        documenti,
    })
}

/// When the sender's provider took in charge the PEC that became this registration, if a provider we know signed that it did: the
/// earliest instant that can be opposed to anybody for what came with it, and the one as of which its signatures were judged.
///
/// # Errors
/// Those of the database.
pub fn opponibile(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Option<Istante>, Errore> {
    use crate::storage::schema::messaggi;
    let istante: Option<Option<chrono::NaiveDateTime>> = protocolli_messaggi::table
        .inner_join(messaggi::table.on(messaggi::id.eq(protocolli_messaggi::messaggio_id)))
        .filter(protocolli_messaggi::registrazione_id.eq(registrazione.to_string()))
        .filter(messaggi::genere.eq(POSTA_CERTIFICATA).and(messaggi::firma_gestore.eq(messaggio::PROVATA)))
        // Without the provider's data the instant is what the sender wrote.
        .filter(messaggi::identificativo.is_not_null().and(messaggi::consegnato.le(messaggi::ricevuto.nullable())))
        .select(messaggi::consegnato)
        .first(conn)
        .optional()?;
    Ok(istante.flatten().map(Istante::from_utc))
}

/// The whole message as a document.
fn intero(conn: &mut Conn, m: &Messaggio) -> Result<Documento, Errore> {
    use crate::storage::schema::file;
    let (dimensione, tipo): (i64, String) = file::table
        .filter(file::sha256.eq(m.impronta.to_string()))
        .select((file::dimensione, file::media_type))
        .first(conn)?;
    let noto = RipostoNoto { impronta: m.impronta, dimensione, media_type: tipo };
    let nome = NomeFile::da_arrivo(NOME_MESSAGGIO, NOME_MESSAGGIO);
    Ok(Documento { ruolo: RuoloDocumento::Allegato, riposto: riposto(&noto), nome, descrizione: None })
}

/// A known file as the register takes it. Its row is there already, so the media type is not written again.
fn riposto(noto: &RipostoNoto) -> Riposto {
    let dimensione = u64::try_from(noto.dimensione).unwrap_or(0);
    Riposto { impronta: noto.impronta, dimensione, media_type: media_type(&[]) }
}

/// The registration that a message became, as its number.
pub(super) fn carico(messaggio: &str, registrazione: &str) -> Carico {
    Carico::new(ATTO, 1).campo("messaggio", messaggio).campo("registrazione", registrazione)
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(protocolli_messaggi::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    // Links made before annulments existed name the message, whose first registration they mean.
    let righe: Vec<(String, String)> = protocolli_messaggi::table
        .filter(protocolli_messaggi::registrazione_id.eq_any(ids).or(protocolli_messaggi::messaggio_id.eq_any(ids)))
        .order(protocolli_messaggi::registrazione_id.desc())
        .select((protocolli_messaggi::messaggio_id, protocolli_messaggi::registrazione_id))
        .load(conn)?;
    let mut carichi = HashMap::new();
    for (messaggio, registrazione) in righe {
        let carico = carico(&messaggio, &registrazione);
        carichi.insert(registrazione, carico.clone());
        carichi.insert(messaggio, carico);
    }
    Ok(carichi)
}
