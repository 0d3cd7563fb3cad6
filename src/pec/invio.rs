//! *Invio*: an uscita sent to one recipient, with a Message-ID decided before anything leaves.

use super::messaggio::PROVATA;
use super::{Errore, casella};
use crate::audit::{self, Carico};
use crate::registro::{self, Flusso, RuoloCorrispondente};
use crate::storage::schema::{annullamenti, dati_annullati, invii as tabella, messaggi, registrazioni, spedizioni};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::valori::{CasellaId, InvioId, Istante, MessaggioId, RegistrazioneId};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "invio";

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
            "accettazione" => Some(Self::Accettato),
            "avvenuta-consegna" => Some(Self::Consegnato),
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
    /// What is sent.
    pub registrazione: RegistrazioneId,
    /// To whom.
    pub destinatario: String,
    /// Its Message-ID, between angle brackets.
    pub message_id: String,
    /// How far it has come.
    pub stato: StatoInvio,
    /// The states it reached, in the order of [`StatoInvio`].
    pub tappe: Vec<Tappa>,
}

/// A state that a send reached.
#[derive(Debug, Clone, Copy)]
pub struct Tappa {
    /// Which.
    pub stato: StatoInvio,
    /// When.
    pub istante: Istante,
    /// The receipt that says so.
    pub ricevuta: Option<MessaggioId>,
}

/// Prepares the sends of an uscita: one for each recipient with an address, unless it has one already.
///
/// `message_id` names the first one, where a known Message-ID is needed; the others are made of the send's id.
///
/// # Errors
/// If the registration is no uscita or nobody has an address.
pub fn invia(
    op: &mut Operazione<'_>,
    vista: &Vista,
    registrazione: RegistrazioneId,
    message_id: Option<&str>,
) -> Result<Vec<Invio>, Errore> {
    let r = registro::per_id(op.conn, vista, registrazione)?;
    if r.flusso != Flusso::Uscita {
        return Err(Errore::NonUscita);
    }
    if let Some(a) = &r.annullamento {
        return Err(registro::Errore::GiaAnnullata(a.provvedimento()).into());
    }
    let aoo = op.aoo;
    let casella = casella::caselle(op.conn)?.into_iter().find(|c| c.aoo == aoo).ok_or(Errore::SenzaCasella)?;
    let dominio = casella.indirizzo.as_str().rsplit('@').next().unwrap_or("localhost").to_owned();
    let presenti = invii(op.conn, vista, Some(registrazione))?;
    let destinatari = r.corrispondenti.iter().filter(|c| c.ruolo == RuoloCorrispondente::Destinatario);
    let indirizzi: Vec<_> = destinatari.filter_map(|c| c.parte.pec.clone()).collect();
    if indirizzi.is_empty() {
        return Err(Errore::SenzaIndirizzo);
    }
    let mut proposto = message_id;
    for indirizzo in indirizzi {
        if presenti.iter().any(|i| i.destinatario.eq_ignore_ascii_case(indirizzo.as_str())) {
            continue;
        }
        let id = InvioId::new();
        let riga = Riga {
            id: id.to_string(),
            aoo_id: aoo.to_string(),
            casella_id: casella.id.to_string(),
            registrazione_id: registrazione.to_string(),
            destinatario: indirizzo.to_string(),
            message_id: proposto.take().map_or_else(|| format!("<{id}@{dominio}>"), str::to_owned),
            creato: op.ora.utc(),
        };
        diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
        audit::annota(op, ATTO, "invio", id, &riga.carico())?;
    }
    invii(op.conn, vista, Some(registrazione))
}

/// The sends of a registration, or the newest hundred of the AOO; each with what its receipts say.
///
/// # Errors
/// Those of the database.
pub fn invii(conn: &mut Conn, vista: &Vista, registrazione: Option<RegistrazioneId>) -> Result<Vec<Invio>, Errore> {
    let visibili: Vec<String> = match registrazione {
        Some(id) if registro::visibile(conn, vista, id)? => vec![id.to_string()],
        Some(_) => return Ok(Vec::new()),
        None => {
            let inviate = tabella::table.select(tabella::registrazione_id);
            let query = registro::vede(vista).filter(registrazioni::id.eq_any(inviate));
            query.order(registrazioni::id.desc()).limit(MASSIMO_ELENCO).select(registrazioni::id).load(conn)?
        }
    };
    let righe: Vec<Riga> = tabella::table
        .filter(tabella::registrazione_id.eq_any(&visibili))
        .order(tabella::id)
        .select(Riga::as_select())
        .load(conn)?;
    stati(conn, righe)
}

/// AOO and registration of a send, for whoever finds its message missing or altered.
///
/// # Errors
/// Those of the database.
pub fn registrazione_dell_invio(conn: &mut Conn, id: &str) -> Result<Option<(crate::valori::AooId, String)>, Errore> {
    let coppia: Option<(String, String)> = tabella::table
        .filter(tabella::id.eq(id))
        .select((tabella::aoo_id, tabella::registrazione_id))
        .first(conn)
        .optional()?;
    let letta = coppia.map(|(aoo, registrazione)| Ok((aoo.parse()?, registrazione))).transpose();
    Ok(letta.map_err(|e: crate::valori::Rifiuto| storage::Errore::riga("invii", e))?)
}

/// Registrations whose sends are listed at once.
const MASSIMO_ELENCO: i64 = 100;

/// The sends that wait to leave, oldest first.
pub(super) fn in_coda(conn: &mut Conn) -> Result<Vec<(crate::valori::AooId, Invio)>, Errore> {
    let righe: Vec<Riga> = tabella::table
        .left_join(spedizioni::table.on(spedizioni::invio_id.eq(tabella::id)))
        .filter(spedizioni::consegnata.is_null().or(spedizioni::consegnata.eq(false)))
        // What was annulled meanwhile does not leave.
        .filter(diesel::dsl::not(
            tabella::registrazione_id.eq_any(annullamenti::table.select(annullamenti::registrazione_id)),
        ))
        // Nor what would go to somebody who is no party any more, or tell what few may know: a person looks first.
        .filter(diesel::dsl::not(diesel::dsl::exists(
            dati_annullati::table.filter(dati_annullati::registrazione_id.eq(tabella::registrazione_id)).filter(
                dati_annullati::riservato
                    .or(dati_annullati::campo.eq("corrispondenti").and(dati_annullati::istante.gt(tabella::creato))),
            ),
        )))
        .order(tabella::id)
        .limit(1)
        .select(Riga::as_select())
        .load(conn)?;
    let aoo: Vec<_> = righe.iter().map(|r| r.aoo_id.parse().map_err(|e| storage::Errore::riga("invii", e))).collect();
    let invii = stati(conn, righe)?;
    aoo.into_iter().zip(invii).map(|(a, i)| Ok((a?, i))).collect()
}

fn stati(conn: &mut Conn, righe: Vec<Riga>) -> Result<Vec<Invio>, Errore> {
    type Ricevuta = (Option<String>, String, String, Option<chrono::NaiveDateTime>, chrono::NaiveDateTime, String);
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
        ))
        .load(conn)?;
    let partiti: HashMap<String, chrono::NaiveDateTime> = spedizioni::table
        .filter(spedizioni::invio_id.eq_any(ids).and(spedizioni::consegnata.eq(true)))
        .select((spedizioni::invio_id, spedizioni::istante))
        .load(conn)?
        .into_iter()
        .collect();
    let no = |e| storage::Errore::riga("invii", e);
    righe
        .into_iter()
        .map(|r| {
            let nostra = |stato, quando| Tappa { stato, istante: Istante::from_utc(quando), ricevuta: None };
            let mut tappe = vec![nostra(StatoInvio::InCoda, r.creato)];
            tappe.extend(partiti.get(&r.id).map(|t| nostra(StatoInvio::Inviato, *t)));
            // A receipt in the box of another AOO says nothing about this send.
            let sue = ricevute.iter().filter(|(m, aoo, ..)| m.as_ref() == Some(&r.message_id) && *aoo == r.aoo_id);
            for (_, _, genere, quando, ricevuta, id) in sue {
                let Some(stato) = StatoInvio::da_ricevuta(genere) else { continue };
                let ricevuta = nostra(stato, quando.unwrap_or(*ricevuta));
                tappe.push(Tappa { ricevuta: Some(id.parse().map_err(no)?), ..ricevuta });
            }
            tappe.sort_by_key(|t| t.stato);
            Ok(r.valore(tappe).map_err(no)?)
        })
        .collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    aoo_id: String,
    casella_id: String,
    registrazione_id: String,
    destinatario: String,
    message_id: String,
    creato: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self, tappe: Vec<Tappa>) -> Result<Invio, crate::valori::Rifiuto> {
        Ok(Invio {
            id: self.id.parse()?,
            casella: self.casella_id.parse()?,
            registrazione: self.registrazione_id.parse()?,
            destinatario: self.destinatario,
            message_id: self.message_id,
            stato: tappe.last().map_or(StatoInvio::InCoda, |t| t.stato),
            tappe,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("casella", &self.casella_id)
            .campo("registrazione", &self.registrazione_id)
            .campo("destinatario", &self.destinatario)
            .campo("message_id", &self.message_id)
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
