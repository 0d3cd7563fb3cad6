//! *Libro*: the ledger of a mailbox on a server. One row for every UID ever seen, with what became of the message.
//!
//! A UID means a message only together with its folder and the folder's UIDVALIDITY (RFC 3501 section 2.3.1.1): where the server
//! changes that, every message is seen again under a new name, and known again by its bytes.

use super::super::Errore;
use super::sessione::Notizia;
use crate::storage::schema::{messaggi, visti_imap as tabella};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{CasellaId, Impronta, Istante, MessaggioId};
use chrono::TimeDelta;
use diesel::prelude::*;
use std::collections::HashMap;

/// Rows read at a time.
pub(super) const BLOCCO: i64 = 500;
/// Longest time that a message which cannot be taken is left alone.
const MASSIMO_RIPOSO_MINUTI: i64 = 6 * 60;

/// The states of what became a message.
const PRESI: [&str; 2] = ["preso", "gia-preso"];
/// Where a message is still to be found on the server.
const PRESENTI: [&str; 2] = ["presente", "segnato"];

/// What became of the messages that a mailbox ever showed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Visti {
    /// They became messages here.
    pub presi: u64,
    /// They were known by their bytes.
    pub gia_presi: u64,
    /// They wait for the next visit.
    pub in_attesa: u64,
    /// They were tried more than once, and are tried again.
    pub in_difficolta: u64,
    /// They are longer than what is accepted, and stay on the server.
    pub troppo_grandi: u64,
    /// Somebody removed them before they were taken, or they got another name.
    pub spariti: u64,
}

impl Visti {
    /// All of them.
    #[must_use]
    pub fn tutti(&self) -> u64 {
        self.presi + self.gia_presi + self.in_attesa + self.in_difficolta + self.troppo_grandi + self.spariti
    }
}

/// A message as its server names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Posto<'a> {
    pub casella: CasellaId,
    pub cartella: &'a str,
    pub validita: u32,
    pub uid: u32,
}

/// A folder of a mailbox, as it is now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scaffale<'a> {
    pub casella: CasellaId,
    pub cartella: &'a str,
    pub validita: u32,
}

impl<'a> Scaffale<'a> {
    pub(super) fn posto(self, uid: u32) -> Posto<'a> {
        Posto { casella: self.casella, cartella: self.cartella, validita: self.validita, uid }
    }
}

/// A message that waits to be taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attesa {
    pub uid: u32,
    pub dimensione: u64,
    pub tentativi: u32,
}

type Filtrata<'a> = tabella::BoxedQuery<'a, <Conn as Connection>::Backend>;

fn dello_scaffale(s: Scaffale<'_>) -> Filtrata<'static> {
    tabella::table
        .filter(tabella::casella_id.eq(s.casella.to_string()))
        .filter(tabella::cartella.eq(s.cartella.to_owned()))
        .filter(tabella::validita.eq(i64::from(s.validita)))
        .into_boxed()
}

/// The last UID that was seen here.
pub(super) fn ultimo(conn: &mut Conn, s: Scaffale<'_>) -> Result<u32, Errore> {
    let ultimo: Option<i64> = dello_scaffale(s).select(diesel::dsl::max(tabella::uid)).first(conn)?;
    Ok(ultimo.map_or(0, numero))
}

/// Writes UIDs that were not seen before, with what the server says of them.
pub(super) fn annota_nuovi(op: &mut Operazione<'_>, s: Scaffale<'_>, nuovi: &[Notizia]) -> Result<(), Errore> {
    let uid: Vec<i64> = nuovi.iter().map(|n| i64::from(n.uid)).collect();
    // Another process may have been quicker.
    let noti: Vec<i64> = dello_scaffale(s).filter(tabella::uid.eq_any(uid)).select(tabella::uid).load(op.conn)?;
    for n in nuovi.iter().filter(|n| !noti.contains(&i64::from(n.uid))) {
        diesel::insert_into(tabella::table)
            .values((
                tabella::casella_id.eq(s.casella.to_string()),
                tabella::cartella.eq(s.cartella),
                tabella::validita.eq(i64::from(s.validita)),
                tabella::uid.eq(i64::from(n.uid)),
                tabella::dimensione.eq(i64::from(n.dimensione)),
                tabella::in_casella.eq(n.in_casella.map(Istante::utc)),
                tabella::stato.eq("da-prendere"),
                tabella::sul_server.eq("presente"),
                tabella::tentativi.eq(0),
                tabella::visto.eq(op.ora.utc()),
            ))
            .execute(op.conn)?;
    }
    Ok(())
}

/// True if rows of another UIDVALIDITY still wait for something.
pub(super) fn ha_vecchi(conn: &mut Conn, s: Scaffale<'_>) -> Result<bool, Errore> {
    let validita = i64::from(s.validita);
    let vecchio: Option<i64> = tabella::table
        .filter(tabella::casella_id.eq(s.casella.to_string()).and(tabella::cartella.eq(s.cartella)))
        .filter(tabella::validita.lt(validita).or(tabella::validita.gt(validita)))
        .filter(tabella::stato.eq("da-prendere").or(tabella::sul_server.eq("presente")))
        .select(tabella::uid)
        .first(conn)
        .optional()?;
    Ok(vecchio.is_some())
}

/// The folder got another UIDVALIDITY: what was not taken under the old names will be found under the new ones, or is gone.
pub(super) fn rinuncia_ai_vecchi(op: &mut Operazione<'_>, s: Scaffale<'_>) -> Result<(), Errore> {
    let vecchi = || {
        tabella::table
            .filter(tabella::casella_id.eq(s.casella.to_string()).and(tabella::cartella.eq(s.cartella)))
            .filter(tabella::validita.ne(i64::from(s.validita)))
    };
    diesel::update(vecchi().filter(tabella::stato.eq("da-prendere")))
        .set((tabella::stato.eq("sparito"), tabella::motivo.eq("la cartella ha cambiato numerazione (UIDVALIDITY)")))
        .execute(op.conn)?;
    diesel::update(vecchi().filter(tabella::sul_server.eq("presente")))
        .set(tabella::sul_server.eq("assente"))
        .execute(op.conn)?;
    Ok(())
}

/// What waits to be taken: first what was never tried, in the order of arrival; then what gave trouble, the most patient last.
pub(super) fn da_prendere(conn: &mut Conn, s: Scaffale<'_>, ora: Istante) -> Result<Vec<Attesa>, Errore> {
    let righe: Vec<(i64, i64, i32)> = dello_scaffale(s)
        .filter(tabella::stato.eq("da-prendere"))
        .filter(tabella::riprova.is_null().or(tabella::riprova.le(ora.utc())))
        .order((tabella::tentativi, tabella::uid))
        .limit(BLOCCO)
        .select((tabella::uid, tabella::dimensione, tabella::tentativi))
        .load(conn)?;
    let attesa = |(uid, dimensione, tentativi): (i64, i64, i32)| Attesa {
        uid: numero(uid),
        dimensione: u64::try_from(dimensione).unwrap_or(0),
        tentativi: u32::try_from(tentativi).unwrap_or(0),
    };
    Ok(righe.into_iter().map(attesa).collect())
}

/// The message was taken: what it became, and whether it had been taken before under another name.
pub(in super::super) fn preso(
    op: &mut Operazione<'_>,
    posto: Posto<'_>,
    messaggio: MessaggioId,
    gia: bool,
) -> Result<(), Errore> {
    let stato = if gia { "gia-preso" } else { "preso" };
    let ora = op.ora.utc();
    diesel::update(riga(posto))
        .set((
            tabella::stato.eq(stato),
            tabella::messaggio_id.eq(messaggio.to_string()),
            tabella::preso.eq(ora),
            tabella::motivo.eq(None::<String>),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// True if somebody took it already.
pub(in super::super) fn e_preso(conn: &mut Conn, posto: Posto<'_>) -> Result<bool, Errore> {
    let stato: Option<String> = riga(posto).select(tabella::stato).first(conn).optional()?;
    Ok(matches!(stato.as_deref(), Some("preso" | "gia-preso")))
}

/// The message of this mailbox that has these bytes.
pub(in super::super) fn stesso(
    conn: &mut Conn,
    casella: CasellaId,
    impronta: &Impronta,
) -> Result<Option<MessaggioId>, Errore> {
    let trovato: Option<String> = messaggi::table
        .filter(messaggi::sha256.eq(impronta.to_string()).and(messaggi::casella_id.eq(casella.to_string())))
        .order(messaggi::id)
        .select(messaggi::id)
        .first(conn)
        .optional()?;
    Ok(trovato.map(|id| id.parse()).transpose().map_err(|e| storage::Errore::riga("messaggi", e))?)
}

/// The message will not be taken: it is longer than what is accepted, or its server has it no more.
pub(super) fn lasciato(op: &mut Operazione<'_>, posto: Posto<'_>, stato: &str, motivo: &str) -> Result<(), Errore> {
    let presente = if stato == "sparito" { "assente" } else { "presente" };
    diesel::update(riga(posto))
        .set((tabella::stato.eq(stato), tabella::motivo.eq(motivo), tabella::sul_server.eq(presente)))
        .execute(op.conn)?;
    Ok(())
}

/// These messages could not be taken. Once is a connection that fell; after that each is left alone a little longer every time.
pub(super) fn fallito(
    op: &mut Operazione<'_>,
    s: Scaffale<'_>,
    provati: &[Attesa],
    motivo: &str,
) -> Result<(), Errore> {
    for a in provati {
        let minuti = match a.tentativi {
            0 => 0,
            t => 1_i64.checked_shl(t - 1).unwrap_or(i64::MAX).clamp(1, MASSIMO_RIPOSO_MINUTI),
        };
        let riprova = op.ora.date_time() + TimeDelta::minutes(minuti);
        diesel::update(riga(s.posto(a.uid)))
            .set((
                tabella::tentativi.eq(i32::try_from(a.tentativi.saturating_add(1)).unwrap_or(i32::MAX)),
                tabella::riprova.eq(riprova.naive_utc()),
                tabella::motivo.eq(motivo),
            ))
            .execute(op.conn)?;
    }
    Ok(())
}

/// The UIDs of what was taken and still lies as it was on the server, in order.
pub(super) fn da_trattare(conn: &mut Conn, s: Scaffale<'_>) -> Result<Vec<u32>, Errore> {
    let righe: Vec<i64> = dello_scaffale(s)
        .filter(tabella::stato.eq_any(PRESI).and(tabella::sul_server.eq("presente")))
        .order(tabella::uid)
        .limit(BLOCCO)
        .select(tabella::uid)
        .load(conn)?;
    Ok(righe.into_iter().map(numero).collect())
}

/// What was taken before an instant and is on the server still, after one UID, in order.
pub(super) fn presi_prima(
    conn: &mut Conn,
    s: Scaffale<'_>,
    dopo: u32,
    prima: chrono::NaiveDateTime,
) -> Result<Vec<(u32, MessaggioId)>, Errore> {
    let righe: Vec<(i64, Option<String>)> = dello_scaffale(s)
        .filter(tabella::stato.eq_any(PRESI).and(tabella::sul_server.eq_any(PRESENTI)))
        .filter(tabella::uid.gt(i64::from(dopo)).and(tabella::preso.le(prima)))
        .order(tabella::uid)
        .limit(BLOCCO)
        .select((tabella::uid, tabella::messaggio_id))
        .load(conn)?;
    let no = |e: crate::valori::Rifiuto| storage::Errore::riga("visti_imap", e);
    righe.into_iter().map(|(u, m)| Ok((numero(u), m.unwrap_or_default().parse().map_err(no)?))).collect()
}

/// What the ledger says of a message.
pub(super) struct Riga {
    pub stato: String,
    /// Its bytes, if it was taken.
    pub sha256: Option<String>,
}

/// What the ledger says of these UIDs.
pub(super) fn righe(conn: &mut Conn, s: Scaffale<'_>, uid: &[u32]) -> Result<HashMap<u32, Riga>, Errore> {
    let righe: Vec<(i64, String, Option<String>)> = tabella::table
        .left_join(messaggi::table.on(messaggi::id.nullable().eq(tabella::messaggio_id)))
        .filter(tabella::casella_id.eq(s.casella.to_string()).and(tabella::cartella.eq(s.cartella)))
        .filter(tabella::validita.eq(i64::from(s.validita)))
        .filter(tabella::uid.eq_any(uid.iter().map(|u| i64::from(*u)).collect::<Vec<_>>()))
        .select((tabella::uid, tabella::stato, messaggi::sha256.nullable()))
        .load(conn)?;
    Ok(righe.into_iter().map(|(u, stato, sha256)| (numero(u), Riga { stato, sha256 })).collect())
}

/// The UIDs that the ledger believes on the server, after one, in order, and whether they were taken.
pub(super) fn creduti_presenti(conn: &mut Conn, s: Scaffale<'_>, dopo: u32) -> Result<Vec<(u32, bool)>, Errore> {
    let righe: Vec<(i64, String)> = dello_scaffale(s)
        .filter(tabella::sul_server.eq_any(PRESENTI).and(tabella::uid.gt(i64::from(dopo))))
        .order(tabella::uid)
        .limit(BLOCCO)
        .select((tabella::uid, tabella::stato))
        .load(conn)?;
    Ok(righe.into_iter().map(|(u, stato)| (numero(u), PRESI.contains(&stato.as_str()))).collect())
}

/// Somebody else removed these; the ones that say false had not been taken.
pub(super) fn non_ci_sono(op: &mut Operazione<'_>, s: Scaffale<'_>, uid: &[(u32, bool)]) -> Result<(), Errore> {
    for (u, preso) in uid {
        if *preso {
            trattati(op, s, &[*u], "assente")?;
        } else {
            lasciato(op, s.posto(*u), "sparito", "tolto dal server da altri prima di essere preso")?;
        }
    }
    Ok(())
}

/// What the ledger of each of these mailboxes says.
pub(super) fn visti(conn: &mut Conn, caselle: &[CasellaId]) -> Result<HashMap<CasellaId, Visti>, Errore> {
    let caselle: Vec<String> = caselle.iter().map(ToString::to_string).collect();
    let righe: Vec<(String, String, i32, i64)> = tabella::table
        .filter(tabella::casella_id.eq_any(caselle))
        .group_by((tabella::casella_id, tabella::stato, tabella::tentativi))
        .select((tabella::casella_id, tabella::stato, tabella::tentativi, diesel::dsl::count_star()))
        .load(conn)?;
    let mut tutti: HashMap<CasellaId, Visti> = HashMap::new();
    for (casella, stato, tentativi, quanti) in righe {
        let casella = casella.parse().map_err(|e| storage::Errore::riga("visti_imap", e))?;
        let suoi = tutti.entry(casella).or_default();
        let conto = match stato.as_str() {
            "preso" => &mut suoi.presi,
            "gia-preso" => &mut suoi.gia_presi,
            "troppo-grande" => &mut suoi.troppo_grandi,
            "sparito" => &mut suoi.spariti,
            _ if tentativi > 1 => &mut suoi.in_difficolta,
            _ => &mut suoi.in_attesa,
        };
        *conto += intero(quanti);
    }
    Ok(tutti)
}

/// What was done with these on the server.
pub(super) fn trattati(op: &mut Operazione<'_>, s: Scaffale<'_>, uid: &[u32], come: &str) -> Result<(), Errore> {
    for u in uid {
        diesel::update(riga(s.posto(*u))).set(tabella::sul_server.eq(come)).execute(op.conn)?;
    }
    Ok(())
}

fn riga(posto: Posto<'_>) -> diesel::dsl::Find<tabella::table, (String, String, i64, i64)> {
    tabella::table.find((
        posto.casella.to_string(),
        posto.cartella.to_owned(),
        i64::from(posto.validita),
        i64::from(posto.uid),
    ))
}

/// A count as it is: the database knows no unsigned number.
pub(super) fn intero(numero: i64) -> u64 {
    u64::try_from(numero).unwrap_or(0)
}

fn numero(uid: i64) -> u32 {
    u32::try_from(uid).unwrap_or(0)
}
