//! *Partenza*: how a send is leaving. Working state: what became of a send is told by its receipts ([`super::invio`]); this only
//! remembers what has to be done, and is never done twice.

use super::invio::{self, Invio};
use super::{Errore, casella};
use crate::documenti::{self, Riposto};
use crate::storage::schema::{annullamenti, dati_annullati, invii, messaggi, partenze as tabella, ritorni};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, CasellaId, Impronta, InvioId, Istante};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

const IN_CODA: &str = "in-coda";
const TENTATO: &str = "tentato";
const PARTITO: &str = "partito";
const RIFIUTATO: &str = "rifiutato";

/// The first pause after a server put a message off, and the longest.
const PRIMA_ATTESA: TimeDelta = TimeDelta::minutes(1);
const MASSIMA_ATTESA: TimeDelta = TimeDelta::minutes(60);
/// Registrations that are looked at for sends that have not arrived.
const MASSIME_APERTE: i64 = 2_000;
/// How soon it is looked again whether the mailbox was read.
const ANCORA: TimeDelta = TimeDelta::seconds(30);

/// A send that may leave now.
pub(super) struct Partenza {
    pub aoo: AooId,
    pub invio: Invio,
    /// Its composed message, if there is one.
    pub sha256: Option<Impronta>,
    /// An attempt was made, and its outcome is not known.
    pub tentata: bool,
    pub prossimo: Option<Istante>,
    tentativi: i32,
}

/// What stands in the way of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intoppo {
    /// It could not leave yet, and is tried again.
    Riprova {
        /// What happened.
        detto: String,
        /// When it is tried again.
        quando: Istante,
    },
    /// It is being handed over, or the line broke while it was: whether the server has it is not known. Its receipts are waited for.
    Ignoto {
        /// Until when; then, without receipts, it is sent again.
        quando: Istante,
    },
    /// It was refused before it left.
    Rifiutato {
        /// Why.
        detto: String,
    },
}

/// When a send left, or what stands in its way.
pub(super) enum Punto {
    InCoda,
    Intoppo(Intoppo),
    Partito(Istante),
    Rifiutato(Istante, String),
}

/// A new send waits to leave.
pub(super) fn in_coda(op: &mut Operazione<'_>, invio: InvioId, casella: CasellaId) -> Result<(), Errore> {
    diesel::insert_into(tabella::table)
        .values((
            tabella::invio_id.eq(invio.to_string()),
            tabella::casella_id.eq(casella.to_string()),
            tabella::stato.eq(IN_CODA),
            tabella::tentativi.eq(0),
            tabella::aperta.eq(true),
            tabella::prossimo.eq(Some(op.ora.utc())),
            tabella::istante.eq(op.ora.utc()),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// A receipt of this message arrived: an attempt whose outcome was not known was a good one. Proven or not: a Message-ID is known only to
/// who has had the message. If it says that all was done for this address, there is nothing left to look at.
pub(super) fn ha_ricevuta(
    op: &mut Operazione<'_>,
    message_id: &str,
    conclude: impl FnOnce(&str) -> bool,
) -> Result<(), Errore> {
    let invio: Option<(String, String)> = invii::table
        .filter(invii::message_id.eq(message_id).and(invii::aoo_id.eq(op.aoo.to_string())))
        .select((invii::id, invii::destinatario))
        .first(op.conn)
        .optional()?;
    let Some((invio, destinatario)) = invio else { return Ok(()) };
    let nessuno = None::<NaiveDateTime>;
    let partito = (tabella::stato.eq(PARTITO), tabella::prossimo.eq(nessuno), tabella::istante.eq(op.ora.utc()));
    let sua = tabella::table.filter(tabella::invio_id.eq(&invio).and(tabella::stato.eq(TENTATO)));
    diesel::update(sua).set(partito).execute(op.conn)?;
    if conclude(&destinatario) {
        let sua = tabella::table.filter(tabella::invio_id.eq(&invio));
        diesel::update(sua).set(tabella::aperta.eq(false)).execute(op.conn)?;
    }
    Ok(())
}

/// It was sent again: what becomes of this attempt matters no more.
pub(super) fn superata(op: &mut Operazione<'_>, invio: InvioId) -> Result<(), Errore> {
    diesel::update(sua(invio)).set(tabella::aperta.eq(false)).execute(op.conn)?;
    Ok(())
}

/// How many sends have not left, and how many have not arrived for a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sospesi {
    /// Waiting to leave.
    pub in_coda: usize,
    /// Not arrived, and nothing has happened to them for 24 hours.
    pub vecchi: usize,
}

/// How many sends wait, in the whole installation: for whoever watches it.
///
/// # Errors
/// Those of the database.
pub fn in_sospeso(conn: &mut Conn, ora: Istante) -> Result<Sospesi, Errore> {
    let quanti = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
    let in_coda: i64 = tabella::table.filter(tabella::prossimo.is_not_null()).count().get_result(conn)?;
    let ieri = ora.utc() - invio::ALLARME;
    let vecchi: i64 = tabella::table.filter(tabella::aperta.and(tabella::istante.le(ieri))).count().get_result(conn)?;
    Ok(Sospesi { in_coda: quanti(in_coda), vecchi: quanti(vecchi) })
}

/// Registrations with sends that have not arrived, as far as is known without reading their receipts; newest first.
pub(super) fn con_aperte(conn: &mut Conn, aoo: AooId) -> Result<Vec<String>, Errore> {
    Ok(tabella::table
        .inner_join(invii::table.on(invii::id.eq(tabella::invio_id)))
        .filter(tabella::aperta.and(invii::aoo_id.eq(aoo.to_string())))
        .order(invii::registrazione_id.desc())
        .select(invii::registrazione_id)
        .distinct()
        .limit(MASSIME_APERTE)
        .load(conn)?)
}

/// The mailboxes that have something to send now.
pub(super) fn caselle_in_partenza(conn: &mut Conn, ora: Istante) -> Result<HashSet<CasellaId>, Errore> {
    let ids: Vec<String> = tabella::table
        .filter(tabella::prossimo.le(ora.utc()).and(diesel::dsl::not(trattenuta())))
        .select(tabella::casella_id)
        .distinct()
        .load(conn)?;
    Ok(ids.iter().map(|id| id.parse()).collect::<Result<_, _>>().map_err(|e| storage::Errore::riga("partenze", e))?)
}

/// The next send of these mailboxes that may leave now.
pub(super) fn prossima(conn: &mut Conn, caselle: &[CasellaId], ora: Istante) -> Result<Option<Partenza>, Errore> {
    let caselle: Vec<String> = caselle.iter().map(ToString::to_string).collect();
    let riga: Option<Riga> = tabella::table
        .filter(tabella::casella_id.eq_any(caselle))
        .filter(tabella::prossimo.le(ora.utc()).and(diesel::dsl::not(trattenuta())))
        .order((tabella::prossimo, tabella::invio_id))
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    let Some(riga) = riga else { return Ok(None) };
    let (aoo, invio) = invio::con_id(conn, &riga.invio_id)?;
    let no = |e| storage::Errore::riga("partenze", e);
    Ok(Some(Partenza {
        aoo,
        invio,
        sha256: riga.sha256.as_deref().map(str::parse).transpose().map_err(no)?,
        tentata: riga.stato == TENTATO,
        prossimo: riga.prossimo.map(Istante::from_utc),
        tentativi: riga.tentativi,
    }))
}

/// What was annulled meanwhile does not leave; nor what would go to somebody who is no party any more, or tell what few may know: a
/// person looks first. A return message tells numbers, and leaves in its turn: that of an annulment comes after it.
#[diesel::dsl::auto_type]
fn trattenuta() -> _ {
    let annullata = invii::registrazione_id.eq_any(annullamenti::table.select(annullamenti::registrazione_id));
    let di_altri = dati_annullati::campo.eq("corrispondenti").and(dati_annullati::istante.gt(invii::creato));
    let dato = dati_annullati::table
        .filter(dati_annullati::registrazione_id.eq(invii::registrazione_id))
        .filter(dati_annullati::riservato.or(di_altri));
    let trattenuti =
        invii::table.filter(invii::id.eq(tabella::invio_id)).filter(annullata.or(diesel::dsl::exists(dato)));
    let parlanti = ritorni::table.filter(ritorni::genere.eq("ricevuta-18-bis")).select(ritorni::id.nullable());
    let trattenuti = trattenuti.filter(invii::ritorno_id.is_null().or(invii::ritorno_id.eq_any(parlanti)));
    diesel::dsl::exists(trattenuti)
}

/// The message of a send is composed and stored.
pub(super) fn composta(op: &mut Operazione<'_>, partenza: &Partenza, riposto: &Riposto) -> Result<(), Errore> {
    documenti::registra(op, riposto)?;
    documenti::uso(op, &riposto.impronta, "invio", partenza.invio.id)?;
    let cambio = tabella::sha256.eq(Some(riposto.impronta.to_string()));
    diesel::update(sua(partenza.invio.id)).set(cambio).execute(op.conn)?;
    Ok(())
}

/// An attempt begins; its outcome is not known for as long as nobody writes it, and nobody tries again before `fino`. False if
/// somebody else has begun one.
pub(super) fn tentata(op: &mut Operazione<'_>, partenza: &Partenza, fino: Duration) -> Result<bool, Errore> {
    let fino = op.ora.utc() + TimeDelta::from_std(fino).unwrap_or(MASSIMA_ATTESA);
    let sua = tabella::table.find(partenza.invio.id.to_string()).filter(tabella::tentativi.eq(partenza.tentativi));
    let cambio = (
        tabella::stato.eq(TENTATO),
        tabella::tentativi.eq(partenza.tentativi.saturating_add(1)),
        tabella::prossimo.eq(Some(fino)),
        tabella::detto.eq(None::<String>),
        tabella::istante.eq(op.ora.utc()),
    );
    Ok(diesel::update(sua).set(cambio).execute(op.conn)? == 1)
}

/// It left.
pub(super) fn partita(op: &mut Operazione<'_>, invio: InvioId) -> Result<(), Errore> {
    stato(op, invio, PARTITO, None, None)
}

/// It cannot leave as it is: a person looks at it.
pub(super) fn rifiutata(op: &mut Operazione<'_>, partenza: &Partenza, detto: &str) -> Result<(), Errore> {
    stato(op, partenza.invio.id, RIFIUTATO, None, Some(detto))
}

/// It did not leave, and is tried again: twice as late every time, up to a limit.
pub(super) fn rimandata(op: &mut Operazione<'_>, partenza: &Partenza, detto: &str) -> Result<(), Errore> {
    let volte = u32::try_from(partenza.tentativi).unwrap_or(u32::MAX).min(16);
    let attesa =
        PRIMA_ATTESA.checked_mul(2_i32.saturating_pow(volte)).map_or(MASSIMA_ATTESA, |a| a.min(MASSIMA_ATTESA));
    let quando = op.ora.utc() + attesa;
    diesel::update(sua(partenza.invio.id))
        .set(tabella::tentativi.eq(partenza.tentativi.saturating_add(1)))
        .execute(op.conn)?;
    stato(op, partenza.invio.id, IN_CODA, Some(quando), Some(detto))
}

/// Its receipts could not be looked for yet.
pub(super) fn aspetta(op: &mut Operazione<'_>, partenza: &Partenza) -> Result<(), Errore> {
    let cambio = tabella::prossimo.eq(Some(op.ora.utc() + ANCORA));
    diesel::update(sua(partenza.invio.id)).set(cambio).execute(op.conn)?;
    Ok(())
}

/// True if anything arrived that speaks of it as a receipt does. Proven or not: its Message-ID is known only to who has had the message.
pub(super) fn ha_ricevute(conn: &mut Conn, partenza: &Partenza) -> Result<bool, Errore> {
    let ricevute = messaggi::table
        .filter(messaggi::riferito.eq(&partenza.invio.message_id).and(messaggi::aoo_id.eq(partenza.aoo.to_string())));
    Ok(diesel::select(diesel::dsl::exists(ricevute)).get_result(conn)?)
}

/// How far these sends have come by themselves.
pub(super) fn punti(conn: &mut Conn, invii: &[&String]) -> Result<HashMap<String, Punto>, Errore> {
    let righe: Vec<Riga> =
        tabella::table.filter(tabella::invio_id.eq_any(invii)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.invio_id.clone(), r.punto())).collect())
}

/// The mailboxes whose mail goes to the folder of what leaves.
pub(super) fn in_cartella(conn: &mut Conn) -> Result<Vec<CasellaId>, Errore> {
    Ok(casella::caselle(conn)?.into_iter().filter(|c| c.smtp.is_none()).map(|c| c.id).collect())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn sua(invio: InvioId) -> _ {
    let id: String = invio.to_string();
    tabella::table.filter(tabella::invio_id.eq(id))
}

fn stato(
    op: &mut Operazione<'_>,
    invio: InvioId,
    stato: &str,
    prossimo: Option<NaiveDateTime>,
    detto: Option<&str>,
) -> Result<(), Errore> {
    let cambio = (
        tabella::stato.eq(stato),
        tabella::prossimo.eq(prossimo),
        tabella::detto.eq(detto),
        tabella::istante.eq(op.ora.utc()),
    );
    diesel::update(sua(invio)).set(cambio).execute(op.conn)?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tabella)]
struct Riga {
    invio_id: String,
    sha256: Option<String>,
    stato: String,
    tentativi: i32,
    prossimo: Option<NaiveDateTime>,
    detto: Option<String>,
    istante: NaiveDateTime,
}

impl Riga {
    fn punto(self) -> Punto {
        let istante = Istante::from_utc(self.istante);
        let quando = self.prossimo.map_or(istante, Istante::from_utc);
        match (self.stato.as_str(), self.detto) {
            (PARTITO, _) => Punto::Partito(istante),
            (RIFIUTATO, detto) => Punto::Rifiutato(istante, detto.unwrap_or_default()),
            (TENTATO, _) => Punto::Intoppo(Intoppo::Ignoto { quando }),
            (_, Some(detto)) => Punto::Intoppo(Intoppo::Riprova { detto, quando }),
            (_, None) => Punto::InCoda,
        }
    }
}
