//! Putting an uscita into the outbox: one send per recipient, under a Message-ID decided before anything leaves.

use super::correzione::{Correzione, correzioni};
use super::invio::{self, Invio, Riga, StatoInvio, TipoRicevuta, invii};
use super::ritorno::ricevuto;
use super::{Casella, Errore, casella, lettera, partenza};
use crate::audit;
use crate::registro::{self, Flusso, Registrazione, RuoloCorrispondente};
use crate::storage::Operazione;
use crate::storage::schema::invii as tabella;
use crate::utenti::visibilita::Vista;
use crate::valori::{IndirizzoMail, InvioId, Istante, RegistrazioneId, RitornoId};
use diesel::prelude::*;

/// How an uscita is sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Modo<'a> {
    /// The receipt that is asked for.
    pub ricevuta: TipoRicevuta,
    /// Names the first send, where a known Message-ID is needed; the others are made of the send's id.
    pub message_id: Option<&'a str>,
}

/// Prepares the sends of an uscita: one for each recipient with an address, unless it has one already.
///
/// # Errors
/// If the registration is no uscita, nobody has an address, or the message is larger than the provider takes.
pub fn invia(
    op: &mut Operazione<'_>,
    vista: &Vista,
    registrazione: RegistrazioneId,
    modo: Modo<'_>,
) -> Result<Vec<Invio>, Errore> {
    let r = spedibile(op, vista, registrazione)?;
    let corretti = correzioni(op.conn, registrazione)?;
    if recapiti(&r, &corretti).iter().all(|s| s.attuale.is_none()) {
        return Err(Errore::SenzaIndirizzo);
    }
    let da_spedire = DaSpedire::new(&r, &invii(op.conn, vista, Some(registrazione))?, &corretti, op.ora);
    crea(op, &r, da_spedire.nuovi.into_iter().map(|a| (a, None)).collect(), modo)?;
    invii(op.conn, vista, Some(registrazione))
}

/// Sends an uscita again to those it did not reach: refused, not delivered, or unheard of for 24 hours. Never to somebody it reached.
///
/// # Errors
/// If the registration is no uscita, nobody is left to reach, or the message is larger than the provider takes.
pub fn rispedisci(
    op: &mut Operazione<'_>,
    vista: &Vista,
    registrazione: RegistrazioneId,
    modo: Modo<'_>,
) -> Result<Vec<Invio>, Errore> {
    let r = spedibile(op, vista, registrazione)?;
    let corretti = correzioni(op.conn, registrazione)?;
    let ancora = DaSpedire::new(&r, &invii(op.conn, vista, Some(registrazione))?, &corretti, op.ora).ancora;
    if ancora.is_empty() {
        return Err(Errore::NienteDaRispedire);
    }
    crea(op, &r, ancora.into_iter().map(|(a, prima)| (a, Some(prima))).collect(), modo)?;
    invii(op.conn, vista, Some(registrazione))
}

/// To whom an uscita may be sent now.
#[derive(Debug, Clone, Default)]
pub struct DaSpedire {
    /// Addressees to whom it was never sent.
    pub nuovi: Vec<IndirizzoMail>,
    /// Those it did not reach, each with the last attempt: refused, not delivered, or unheard of for 24 hours.
    pub ancora: Vec<(IndirizzoMail, InvioId)>,
}

impl DaSpedire {
    /// Looks at the addressees of an uscita, where they are reached now, and at what was sent to them.
    #[must_use]
    pub fn new(r: &Registrazione, presenti: &[Invio], corretti: &[Correzione], ora: Istante) -> Self {
        let mut da_spedire = Self::default();
        if r.flusso != Flusso::Uscita || r.annullamento.is_some() {
            return da_spedire;
        }
        let presenti: Vec<&Invio> = presenti.iter().filter(|i| i.ritorno.is_none()).collect();
        for recapito in recapiti(r, corretti) {
            let Some(indirizzo) = recapito.attuale.clone() else { continue };
            let suoi: Vec<&Invio> = presenti.iter().copied().filter(|i| recapito.e_suo(&i.destinatario)).collect();
            // Whoever was reached by any attempt was reached; what has not left yet will leave by itself.
            let raggiunto = suoi.iter().any(|i| i.tappe.iter().any(|t| t.stato == StatoInvio::Consegnato));
            match suoi.last() {
                None => da_spedire.nuovi.push(indirizzo),
                Some(ultimo) if raggiunto || ultimo.stato == StatoInvio::InCoda => {}
                Some(ultimo) if ultimo.fallito() || ultimo.in_ritardo(ora) => {
                    da_spedire.ancora.push((indirizzo, ultimo.id));
                }
                Some(_) => {}
            }
        }
        da_spedire
    }
}

/// Where an addressee is reached.
pub(super) struct Recapito {
    /// Its name, as it was registered.
    pub destinatario: String,
    /// The address that was registered.
    pub registrato: Option<IndirizzoMail>,
    /// The one in force.
    pub attuale: Option<IndirizzoMail>,
    /// All that ever were.
    stati: Vec<IndirizzoMail>,
}

impl Recapito {
    fn e_suo(&self, indirizzo: &str) -> bool {
        self.stati.iter().any(|i| i.as_str().eq_ignore_ascii_case(indirizzo))
    }
}

/// The addressees, each address in force once.
pub(super) fn recapiti(r: &Registrazione, corretti: &[Correzione]) -> Vec<Recapito> {
    let mut tutti: Vec<Recapito> = Vec::new();
    for c in r.corrispondenti.iter().filter(|c| c.ruolo == RuoloCorrispondente::Destinatario) {
        let (destinatario, registrato) = (c.parte.nome.to_string(), c.parte.pec.clone());
        let suo = |k: &&Correzione| {
            let stesso = match (&k.registrato, &registrato) {
                (Some(a), Some(b)) => a.uguale(b),
                (a, b) => a.is_none() && b.is_none(),
            };
            stesso && k.destinatario == destinatario
        };
        let sue = corretti.iter().filter(suo).map(|k| k.indirizzo.clone());
        let stati: Vec<IndirizzoMail> = registrato.iter().cloned().chain(sue).collect();
        let attuale = stati.last().cloned();
        let uguale = |t: &Recapito| t.attuale.as_ref().zip(attuale.as_ref()).is_some_and(|(a, b)| a.uguale(b));
        if !tutti.iter().any(uguale) {
            tutti.push(Recapito { destinatario, registrato, attuale, stati });
        }
    }
    tutti
}

pub(super) fn spedibile(op: &mut Operazione<'_>, vista: &Vista, id: RegistrazioneId) -> Result<Registrazione, Errore> {
    let r = registro::per_id(op.conn, vista, id)?;
    if r.flusso != Flusso::Uscita {
        return Err(Errore::NonUscita);
    }
    if let Some(a) = &r.annullamento {
        return Err(registro::Errore::GiaAnnullata(a.provvedimento()).into());
    }
    Ok(r)
}

fn crea(
    op: &mut Operazione<'_>,
    r: &Registrazione,
    nuovi: Vec<(IndirizzoMail, Option<InvioId>)>,
    modo: Modo<'_>,
) -> Result<(), Errore> {
    let aoo = op.aoo;
    let casella = casella::caselle(op.conn)?.into_iter().find(|c| c.aoo == aoo).ok_or(Errore::SenzaCasella)?;
    lettera::entra(r, &casella)?;
    let mut proposto = modo.message_id;
    for (indirizzo, rispedisce) in nuovi {
        let di = Di { registrazione: r.id, ritorno: None, rispedisce };
        accoda(op, &casella, &indirizzo, di, Modo { message_id: proposto.take(), ..modo })?;
        // It may have been answered before we knew that it was sent.
        ricevuto::riunisci(op, indirizzo.as_str())?;
    }
    Ok(())
}

/// Puts an answer into the outbox; again, if it is another attempt.
pub(super) fn ritorno(
    op: &mut Operazione<'_>,
    casella: &Casella,
    registrazione: RegistrazioneId,
    (id, a): (RitornoId, &IndirizzoMail),
    rispedisce: Option<InvioId>,
) -> Result<(), Errore> {
    accoda(op, casella, a, Di { registrazione, ritorno: Some(id), rispedisce }, Modo::default())
}

/// Of what a send is.
struct Di {
    registrazione: RegistrazioneId,
    ritorno: Option<RitornoId>,
    rispedisce: Option<InvioId>,
}

/// One send, under a Message-ID decided now.
fn accoda(op: &mut Operazione<'_>, casella: &Casella, a: &IndirizzoMail, di: Di, modo: Modo<'_>) -> Result<(), Errore> {
    let id = InvioId::new();
    let dominio = casella.indirizzo.as_str().rsplit('@').next().unwrap_or("localhost");
    let riga = Riga {
        id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        casella_id: casella.id.to_string(),
        registrazione_id: di.registrazione.to_string(),
        destinatario: a.to_string(),
        message_id: modo.message_id.map_or_else(|| format!("<{id}@{dominio}>"), str::to_owned),
        creato: op.ora.utc(),
        ricevuta: (modo.ricevuta != TipoRicevuta::Completa).then(|| modo.ricevuta.as_str().to_owned()),
        rispedisce: di.rispedisce.map(|i| i.to_string()),
        ritorno_id: di.ritorno.map(|r| r.to_string()),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    partenza::in_coda(op, id, casella.id)?;
    if let Some(prima) = di.rispedisce {
        partenza::superata(op, prima)?;
    }
    audit::annota(op, invio::ATTO, "invio", id, &riga.carico())?;
    Ok(())
}
