//! *Invio*: an uscita sent to one recipient, and how far it has come.

use super::messaggio::PROVATA;
use super::partenza::{self, Intoppo, Punto};
use super::{Errore, busta};
use crate::audit::Carico;
use crate::registro;
use crate::storage::schema::{annullamenti, invii as tabella, messaggi, registrazioni};
use crate::storage::{self, Conn};
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, CasellaId, InvioId, Istante, MessaggioId, RegistrazioneId, Rifiuto, RitornoId};
use chrono::TimeDelta;
use diesel::prelude::*;
use std::collections::HashMap;
use std::str::FromStr;

pub(super) const ATTO: &str = "invio";

/// The receipt that a provider gives for what it accepts.
pub(super) const ACCETTAZIONE: &str = "accettazione";

/// The receipt that proves a delivery.
pub(super) const CONSEGNA: &str = "avvenuta-consegna";

/// After how long without delivery a person is told (DM 2/11/2005, annex, 6.3.5: by then the provider says that it failed).
pub const ALLARME: TimeDelta = TimeDelta::hours(24);

/// What the delivery receipt brings back (DM 2/11/2005, annex, 6.5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TipoRicevuta {
    /// The whole message: what was delivered is proven by the receipt alone.
    #[default]
    Completa,
    /// The text, and digests of the attachments.
    Breve,
    /// Nothing but the data.
    Sintetica,
}

impl TipoRicevuta {
    /// All of them.
    pub const TUTTI: [Self; 3] = [Self::Completa, Self::Breve, Self::Sintetica];

    /// The word of the header and of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completa => "completa",
            Self::Breve => "breve",
            Self::Sintetica => "sintetica",
        }
    }
}

impl FromStr for TipoRicevuta {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = || Rifiuto::new("tipo di ricevuta", "si può dire completa, breve o sintetica");
        Self::TUTTI.into_iter().find(|t| t.as_str() == testo).ok_or_else(no)
    }
}

/// How far a send has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatoInvio {
    /// It waits to leave.
    InCoda,
    /// It was handed over.
    Inviato,
    /// The provider accepted it.
    Accettato,
    /// It is in the recipient's box.
    Consegnato,
    /// It could not be delivered.
    NonConsegnato,
    /// The provider refused it.
    NonAccettato,
}

impl StatoInvio {
    /// The word of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InCoda => "in-coda",
            Self::Inviato => "inviato",
            Self::Accettato => "accettato",
            Self::Consegnato => "consegnato",
            Self::NonConsegnato => "non-consegnato",
            Self::NonAccettato => "non-accettato",
        }
    }

    /// What a receipt says of the send it speaks of.
    fn da_ricevuta(genere: &str) -> Option<Self> {
        match genere {
            ACCETTAZIONE => Some(Self::Accettato),
            CONSEGNA => Some(Self::Consegnato),
            "errore-consegna" | "rilevazione-virus" => Some(Self::NonConsegnato),
            "non-accettazione" => Some(Self::NonAccettato),
            _ => None,
        }
    }
}

/// A send to one recipient.
#[derive(Debug, Clone)]
pub struct Invio {
    /// Its id.
    pub id: InvioId,
    /// The box it leaves from.
    pub casella: CasellaId,
    /// What is sent, or what is answered.
    pub registrazione: RegistrazioneId,
    /// The answer that it carries, if it is not the registration that is sent.
    pub ritorno: Option<RitornoId>,
    /// To whom.
    pub destinatario: String,
    /// Its Message-ID, between angle brackets.
    pub message_id: String,
    /// The receipt it asks for.
    pub ricevuta: TipoRicevuta,
    /// The send of which it is another attempt.
    pub rispedisce: Option<InvioId>,
    /// How far it has come.
    pub stato: StatoInvio,
    /// The states it reached, in the order of [`StatoInvio`].
    pub tappe: Vec<Tappa>,
    /// The address is of ordinary mail: nobody will say that it was delivered there, and to be accepted is as far as it comes.
    pub esterno: bool,
    /// What stands in its way, if it has not left.
    pub intoppo: Option<Intoppo>,
}

impl Invio {
    /// True if it did not arrive: another attempt may be made.
    #[must_use]
    pub fn fallito(&self) -> bool {
        matches!(self.stato, StatoInvio::NonConsegnato | StatoInvio::NonAccettato)
    }

    /// True if nothing more is to be heard of it: delivered, failed, or accepted for an address of ordinary mail.
    #[must_use]
    pub fn concluso(&self) -> bool {
        let accettato = self.esterno && self.stato == StatoInvio::Accettato;
        accettato || self.fallito() || self.stato == StatoInvio::Consegnato
    }

    /// True if nobody has said for 24 hours that it was delivered, or that it was not.
    #[must_use]
    pub fn in_ritardo(&self, ora: Istante) -> bool {
        let dal = self.tappe.iter().map(|t| t.istante).max();
        !self.concluso() && dal.is_some_and(|i| i.date_time() + ALLARME <= ora.date_time())
    }
}

/// A state that a send reached.
#[derive(Debug, Clone)]
pub struct Tappa {
    /// Which.
    pub stato: StatoInvio,
    /// When.
    pub istante: Istante,
    /// The receipt that says so.
    pub ricevuta: Option<MessaggioId>,
    /// Why, in the provider's words, where it did not arrive.
    pub motivo: Option<String>,
}

/// The sends of a registration, those of its answers too; or the newest hundred uscite of the AOO. Each with what its receipts say.
///
/// # Errors
/// Those of the database.
pub fn invii(conn: &mut Conn, vista: &Vista, registrazione: Option<RegistrazioneId>) -> Result<Vec<Invio>, Errore> {
    let visibili: Vec<String> = match registrazione {
        Some(id) if registro::visibile(conn, vista, id)? => vec![id.to_string()],
        Some(_) => return Ok(Vec::new()),
        None => {
            let inviate = tabella::table.filter(tabella::ritorno_id.is_null()).select(tabella::registrazione_id);
            let query = registro::vede(vista).filter(registrazioni::id.eq_any(inviate));
            query.order(registrazioni::id.desc()).limit(MASSIMO_ELENCO).select(registrazioni::id).load(conn)?
        }
    };
    let mut righe: Vec<Riga> = tabella::table
        .filter(tabella::registrazione_id.eq_any(&visibili))
        .order(tabella::id)
        .select(Riga::as_select())
        .load(conn)?;
    righe.retain(|r| registrazione.is_some() || r.ritorno_id.is_none());
    stati(conn, righe)
}

/// The sends that a person may have to look at, oldest first: not delivered, and not sent again since.
///
/// # Errors
/// Those of the database.
pub fn aperti(conn: &mut Conn, vista: &Vista) -> Result<Vec<Invio>, Errore> {
    let con_aperte = partenza::con_aperte(conn, vista.aoo())?;
    let visibili: Vec<String> = registro::vede(vista)
        .filter(registrazioni::id.eq_any(con_aperte))
        .filter(registrazioni::id.ne_all(annullamenti::table.select(annullamenti::registrazione_id)))
        .order(registrazioni::id)
        .limit(MASSIMI_APERTI)
        .select(registrazioni::id)
        .load(conn)?;
    let righe: Vec<Riga> = tabella::table
        .filter(tabella::registrazione_id.eq_any(visibili))
        .order(tabella::id)
        .select(Riga::as_select())
        .load(conn)?;
    let mut invii = stati(conn, righe)?;
    let rispediti: Vec<InvioId> = invii.iter().filter_map(|i| i.rispedisce).collect();
    // A delivery counts even where something else was heard later: the worst word is told on the page of the registration.
    let arrivato = |i: &Invio| i.concluso() && !i.fallito();
    invii.retain(|i| !arrivato(i) && !rispediti.contains(&i.id));
    invii.truncate(usize::try_from(MASSIMI_APERTI).unwrap_or(usize::MAX));
    Ok(invii)
}

/// AOO and registration of a send, for whoever finds its message missing or altered.
///
/// # Errors
/// Those of the database.
pub fn registrazione_dell_invio(conn: &mut Conn, id: &str) -> Result<Option<(AooId, String)>, Errore> {
    let coppia: Option<(String, String)> = tabella::table
        .filter(tabella::id.eq(id))
        .select((tabella::aoo_id, tabella::registrazione_id))
        .first(conn)
        .optional()?;
    let letta = coppia.map(|(aoo, registrazione)| Ok((aoo.parse()?, registrazione))).transpose();
    Ok(letta.map_err(|e: Rifiuto| storage::Errore::riga("invii", e))?)
}

/// Open sends that are listed at once.
pub const MASSIMI_APERTI: i64 = 300;

/// Registrations whose sends are listed at once.
const MASSIMO_ELENCO: i64 = 100;

/// A send and its AOO, as the system reads it.
pub(super) fn con_id(conn: &mut Conn, id: &str) -> Result<(AooId, Invio), Errore> {
    let riga: Riga = tabella::table.find(id).select(Riga::as_select()).first(conn)?;
    let aoo = riga.aoo_id.parse().map_err(|e| storage::Errore::riga("invii", e))?;
    let invio = stati(conn, vec![riga])?.pop();
    Ok((aoo, invio.ok_or_else(|| storage::Errore::riga("invii", "a send without state"))?))
}

fn stati(conn: &mut Conn, righe: Vec<Riga>) -> Result<Vec<Invio>, Errore> {
    type Ricevuta =
        (Option<String>, String, String, Option<chrono::NaiveDateTime>, chrono::NaiveDateTime, String, String);
    let nomi: Vec<&String> = righe.iter().map(|r| &r.message_id).collect();
    let ids: Vec<&String> = righe.iter().map(|r| &r.id).collect();
    let ricevute: Vec<Ricevuta> = messaggi::table
        // Only what a known provider signed is evidence: anybody can write the words of a receipt.
        .filter(messaggi::riferito.eq_any(nomi).and(messaggi::firma_gestore.eq(PROVATA)))
        .order(messaggi::id)
        .select((
            messaggi::riferito,
            messaggi::aoo_id,
            messaggi::genere,
            messaggi::consegnato,
            messaggi::ricevuto,
            messaggi::id,
            messaggi::lettura,
        ))
        .load(conn)?;
    let mut punti = partenza::punti(conn, &ids)?;
    let no = |e| storage::Errore::riga("invii", e);
    righe
        .into_iter()
        .map(|r| {
            let nostra =
                |stato, quando| Tappa { stato, istante: Istante::from_utc(quando), ricevuta: None, motivo: None };
            let mut tappe = vec![nostra(StatoInvio::InCoda, r.creato)];
            let intoppo = match punti.remove(&r.id) {
                None | Some(Punto::InCoda) => None,
                Some(Punto::Intoppo(intoppo)) => Some(intoppo),
                Some(Punto::Partito(istante)) => {
                    tappe.push(Tappa { stato: StatoInvio::Inviato, istante, ricevuta: None, motivo: None });
                    None
                }
                Some(Punto::Rifiutato(istante, detto)) => {
                    tappe.push(Tappa { stato: StatoInvio::NonAccettato, istante, ricevuta: None, motivo: None });
                    Some(Intoppo::Rifiutato { detto })
                }
            };
            // A receipt in the box of another AOO says nothing about this send.
            let mut esterno = false;
            let sue = ricevute.iter().filter(|(m, aoo, ..)| m.as_ref() == Some(&r.message_id) && *aoo == r.aoo_id);
            for (_, _, genere, quando, ricevuta, id, lettura) in sue {
                let Some(stato) = StatoInvio::da_ricevuta(genere) else { continue };
                esterno |= genere == ACCETTAZIONE && busta::esterno(lettura, &r.destinatario);
                let ricevuta = nostra(stato, quando.unwrap_or(*ricevuta));
                let motivo = busta::comunicato(lettura).filter(|_| stato > StatoInvio::Consegnato);
                tappe.push(Tappa { ricevuta: Some(id.parse().map_err(no)?), motivo, ..ricevuta });
            }
            tappe.sort_by_key(|t| t.stato);
            Ok(Invio { esterno, ..r.valore(tappe, intoppo).map_err(no)? })
        })
        .collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
pub(super) struct Riga {
    pub id: String,
    pub aoo_id: String,
    pub casella_id: String,
    pub registrazione_id: String,
    pub destinatario: String,
    pub message_id: String,
    pub creato: chrono::NaiveDateTime,
    pub ricevuta: Option<String>,
    pub rispedisce: Option<String>,
    pub ritorno_id: Option<String>,
}

impl Riga {
    fn valore(self, tappe: Vec<Tappa>, intoppo: Option<Intoppo>) -> Result<Invio, Rifiuto> {
        let stato = tappe.last().map_or(StatoInvio::InCoda, |t| t.stato);
        Ok(Invio {
            id: self.id.parse()?,
            casella: self.casella_id.parse()?,
            registrazione: self.registrazione_id.parse()?,
            ritorno: self.ritorno_id.map(|r| r.parse()).transpose()?,
            destinatario: self.destinatario,
            message_id: self.message_id,
            ricevuta: self.ricevuta.map_or(Ok(TipoRicevuta::Completa), |r| r.parse())?,
            rispedisce: self.rispedisce.map(|r| r.parse()).transpose()?,
            stato,
            // Whatever a receipt speaks of has left.
            intoppo: intoppo.filter(|_| matches!(stato, StatoInvio::InCoda | StatoInvio::NonAccettato)),
            tappe,
            esterno: false,
        })
    }

    pub(super) fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("casella", &self.casella_id)
            .campo("registrazione", &self.registrazione_id)
            .campo("destinatario", &self.destinatario)
            .campo("message_id", &self.message_id)
            .forse("ricevuta", self.ricevuta.as_ref())
            .forse("rispedisce", self.rispedisce.as_ref())
            .forse("ritorno", self.ritorno_id.as_ref())
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
