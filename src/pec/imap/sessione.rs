//! A session: the few commands that receiving needs, each with its own limit of time and of bytes, and each believed only when the
//! server has said that it was done. (The client library takes an answer that breaks off for one that ended.)

use super::super::guasto::{Guasto, breve};
use super::canale::{self, Canale, Garanzie, entro};
use super::cartella::citato;
use super::{Accesso, Limiti};
use crate::valori::Istante;
use async_imap::extensions::idle::IdleResponse;
use async_imap::imap_proto::{AttributeValue, Capability, MailboxDatum, Response, ResponseCode, Status};
use async_imap::types::{QuotaResourceName, UnsolicitedResponse};
use chrono::DateTime;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::timeout;

/// Longest answer to a command that brings no message, in bytes: the numbers of eight million messages.
const MASSIMA_RISPOSTA_BYTE: u64 = 64 * 1024 * 1024;
/// What an answer may add to the messages it brings, in bytes.
const CONTORNO_BYTE: u64 = 1024 * 1024;

/// What the server can do, beyond what every server can.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Capacita {
    pub idle: bool,
    pub sposta: bool,
    pub uidplus: bool,
    pub quota: bool,
}

/// A folder as it was when it was opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aperta {
    pub validita: u32,
    /// The first UID that no message has yet, if the server says it.
    pub prossimo: Option<u32>,
}

/// What a server says of a message without giving it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notizia {
    pub uid: u32,
    pub dimensione: u32,
    /// Since when it is in the mailbox.
    pub in_casella: Option<Istante>,
}

/// A session that has logged in.
pub(super) struct Sessione {
    dentro: async_imap::Session<Canale>,
    pub capacita: Capacita,
    limiti: Limiti,
    /// Something arrived in the open folder while other commands were under way: the server says it once.
    pub arrivi: bool,
}

/// A password by AUTHENTICATE PLAIN (RFC 4616), which may hold any character.
struct Semplice<'a>(&'a str, &'a str);

impl async_imap::Authenticator for Semplice<'_> {
    type Response = String;
    fn process(&mut self, _sfida: &[u8]) -> String {
        format!("\0{}\0{}", self.0, self.1)
    }
}

impl Sessione {
    /// Connects and logs in.
    pub(super) async fn apri(
        accesso: &Accesso,
        parola: &str,
        garanzie: &Garanzie,
        limiti: Limiti,
    ) -> Result<Self, Guasto> {
        let (canale, semplice) = canale::apri(&accesso.url, accesso.ca.as_deref(), garanzie, &limiti).await?;
        let cliente = async_imap::Client::new(canale);
        let dentro = if semplice {
            entro(limiti.comando, cliente.authenticate("PLAIN", Semplice(&accesso.utente, parola))).await?
        } else {
            entro(limiti.comando, cliente.login(&accesso.utente, parola)).await?
        };
        let dentro = dentro.map_err(|(e, _)| rifiutato(e))?;
        let mut sessione = Self { dentro, capacita: Capacita::default(), limiti, arrivi: false };
        let mut capacita = Capacita::default();
        let leggi = |r: &Response<'_>| {
            if let Response::Capabilities(dette) = r {
                let sa =
                    |nome: &str| dette.iter().any(|c| matches!(c, Capability::Atom(a) if a.eq_ignore_ascii_case(nome)));
                capacita =
                    Capacita { idle: sa("IDLE"), sposta: sa("MOVE"), uidplus: sa("UIDPLUS"), quota: sa("QUOTA") };
            }
        };
        sessione.comando("CAPABILITY", MASSIMA_RISPOSTA_BYTE, leggi).await?;
        sessione.capacita = capacita;
        Ok(sessione)
    }

    /// Opens a folder.
    pub(super) async fn scegli(&mut self, cartella: &str) -> Result<Aperta, Guasto> {
        let (mut validita, mut prossimo) = (None, None);
        let leggi = |r: &Response<'_>| {
            if let Response::Data { outcome, .. } = r {
                match outcome.code {
                    Some(ResponseCode::UidValidity(v)) => validita = Some(v),
                    Some(ResponseCode::UidNext(p)) => prossimo = Some(p),
                    _ => {}
                }
            }
        };
        self.comando(&format!("SELECT {}", citato(cartella)), MASSIMA_RISPOSTA_BYTE, leggi).await?;
        // How many there are is part of the answer here, and no news.
        self.arrivi = false;
        let validita = validita.ok_or(Guasto::Protocollo("non dice UIDVALIDITY"))?;
        Ok(Aperta { validita, prossimo })
    }

    /// The UIDs from one on, in order.
    pub(super) async fn uid_da(&mut self, primo: u32) -> Result<Vec<u32>, Guasto> {
        let mut uid = Vec::new();
        let leggi = |r: &Response<'_>| {
            if let Response::MailboxData(MailboxDatum::Search(trovati)) = r {
                uid.extend_from_slice(trovati);
            }
        };
        self.comando(&format!("UID SEARCH UID {primo}:*"), MASSIMA_RISPOSTA_BYTE, leggi).await?;
        // `n:*` always holds the last message, also when it comes before n.
        uid.retain(|u| *u >= primo);
        uid.sort_unstable();
        uid.dedup();
        Ok(uid)
    }

    /// What the server says of messages without giving them. What is gone is not among them.
    pub(super) async fn notizie(&mut self, uid: &[u32]) -> Result<Vec<Notizia>, Guasto> {
        let mut notizie = Vec::new();
        let leggi = |r: &Response<'_>| {
            if let Response::Fetch(_, attributi) = r {
                let (mut uid, mut dimensione, mut in_casella) = (None, None, None);
                for attributo in attributi {
                    match attributo {
                        AttributeValue::Uid(u) => uid = Some(*u),
                        AttributeValue::Rfc822Size(d) => dimensione = Some(*d),
                        AttributeValue::InternalDate(data) => in_casella = data_del_server(data),
                        _ => {}
                    }
                }
                let insieme = uid.zip(dimensione);
                notizie.extend(insieme.map(|(uid, dimensione)| Notizia { uid, dimensione, in_casella }));
            }
        };
        let comando = format!("UID FETCH {} (UID RFC822.SIZE INTERNALDATE)", insieme(uid));
        self.comando(&comando, MASSIMA_RISPOSTA_BYTE, leggi).await?;
        Ok(notizie)
    }

    /// The bytes of these messages from one on, at most `quanti` of each. BODY.PEEK: nothing is marked by reading.
    pub(super) async fn parte(&mut self, uid: &[u32], da: u64, quanti: u32) -> Result<BTreeMap<u32, Vec<u8>>, Guasto> {
        let mut parti = BTreeMap::new();
        let leggi = |r: &Response<'_>| {
            if let Response::Fetch(_, attributi) = r {
                let (mut uid, mut corpo) = (None, None);
                for attributo in attributi {
                    match attributo {
                        AttributeValue::Uid(u) => uid = Some(*u),
                        AttributeValue::BodySection { section: None, data, .. } => {
                            corpo = Some(data.as_ref().map(|d| d.to_vec()).unwrap_or_default());
                        }
                        _ => {}
                    }
                }
                parti.extend(uid.zip(corpo));
            }
        };
        let numero = u64::try_from(uid.len()).unwrap_or(u64::MAX);
        let massimo = numero.saturating_mul(u64::from(quanti)).saturating_add(CONTORNO_BYTE);
        self.comando(&format!("UID FETCH {} (UID BODY.PEEK[]<{da}.{quanti}>)", insieme(uid)), massimo, leggi).await?;
        Ok(parti)
    }

    /// Puts a flag or a keyword on messages.
    pub(super) async fn segna(&mut self, uid: &[u32], segno: &str) -> Result<(), Guasto> {
        self.semplice(&format!("UID STORE {} +FLAGS.SILENT ({segno})", insieme(uid))).await
    }

    /// Moves messages to another folder, which is made if it is not there.
    pub(super) async fn sposta(&mut self, uid: &[u32], cartella: &str) -> Result<(), Guasto> {
        match self.sposta_senza_farla(uid, cartella).await {
            Err(Guasto::Rifiutato { .. }) => {
                self.semplice(&format!("CREATE {}", citato(cartella))).await?;
                self.sposta_senza_farla(uid, cartella).await
            }
            esito => esito,
        }
    }

    async fn sposta_senza_farla(&mut self, uid: &[u32], cartella: &str) -> Result<(), Guasto> {
        let (insieme, cartella) = (insieme(uid), citato(cartella));
        if self.capacita.sposta {
            return self.semplice(&format!("UID MOVE {insieme} {cartella}")).await;
        }
        if !self.capacita.uidplus {
            return Err(Guasto::SenzaUidPlus);
        }
        self.semplice(&format!("UID COPY {insieme} {cartella}")).await?;
        self.cancella(uid).await
    }

    /// Removes these messages and no other: a plain EXPUNGE would take with it what somebody else is about to remove.
    pub(super) async fn cancella(&mut self, uid: &[u32]) -> Result<(), Guasto> {
        if !self.capacita.uidplus {
            return Err(Guasto::SenzaUidPlus);
        }
        self.segna(uid, "\\Deleted").await?;
        self.semplice(&format!("UID EXPUNGE {}", insieme(uid))).await
    }

    /// The fullest of the limits on space that the server keeps for INBOX: used and allowed, in KiB.
    pub(super) async fn quota(&mut self) -> Result<Option<(u64, u64)>, Guasto> {
        if !self.capacita.quota {
            return Ok(None);
        }
        self.dentro.get_mut().concedi(MASSIMA_RISPOSTA_BYTE);
        let (_, quote) = entro(self.limiti.comando, self.dentro.get_quota_root("INBOX")).await??;
        let risorse = quote.into_iter().flat_map(|q| q.resources);
        let spazio = risorse.filter(|r| matches!(r.name, QuotaResourceName::Storage) && r.limit > 0);
        let limiti = spazio.map(|r| (r.usage, r.limit));
        Ok(limiti.min_by_key(|(usati, limite)| limite.saturating_sub(*usati)))
    }

    /// Waits until something happens in the open folder, or this long; not at all if something has happened already.
    pub(super) async fn aspetta(mut self, quanto: Duration) -> Result<Self, Guasto> {
        if self.arrivi {
            return Ok(self);
        }
        self.dentro.get_mut().concedi(MASSIMA_RISPOSTA_BYTE);
        let Self { dentro, capacita, limiti, .. } = self;
        let detto_intanto = dentro.unsolicited_responses.clone();
        let mut attesa = dentro.idle();
        entro(limiti.comando, attesa.init()).await??;
        // The library puts aside what the server says before it says that it waits.
        let mut arrivi = false;
        while let Ok(detto) = detto_intanto.try_recv() {
            arrivi |= matches!(detto, UnsolicitedResponse::Exists(_));
        }
        if !arrivi {
            let (sveglia, _interrompi) = attesa.wait();
            // The library starts its own wait again at every "still here" of the server.
            let sveglia = timeout(quanto, sveglia).await;
            // What it calls an interruption is the end of the connection: nobody here interrupts.
            if let IdleResponse::ManualInterrupt = sveglia.unwrap_or(Ok(IdleResponse::Timeout))? {
                return Err(Guasto::Caduta);
            }
        }
        let dentro = entro(limiti.comando, attesa.done()).await??;
        while detto_intanto.try_recv().is_ok() {}
        Ok(Self { dentro, capacita, limiti, arrivi: false })
    }

    /// Says good-bye; nobody minds if the server does not listen.
    pub(super) async fn chiudi(mut self) {
        let _ = self.semplice("LOGOUT").await;
    }

    async fn semplice(&mut self, comando: &str) -> Result<(), Guasto> {
        self.comando(comando, MASSIMA_RISPOSTA_BYTE, |_| {}).await
    }

    async fn comando(&mut self, comando: &str, massimo: u64, leggi: impl FnMut(&Response<'_>)) -> Result<(), Guasto> {
        entro(self.limiti.comando, self.parla(comando, massimo, leggi)).await?
    }

    async fn parla(&mut self, comando: &str, massimo: u64, mut leggi: impl FnMut(&Response<'_>)) -> Result<(), Guasto> {
        self.dentro.get_mut().concedi(massimo);
        let cartellino = self.dentro.run_command(comando).await?;
        while let Some(risposta) = self.dentro.read_response().await? {
            match risposta.parsed() {
                Response::Done { tag, status, outcome } if *tag == cartellino => {
                    let detto = outcome.information.as_deref().map(breve).unwrap_or_default();
                    return match status {
                        Status::Ok => Ok(()),
                        _ => Err(Guasto::Rifiutato { comando: nome(comando), detto }),
                    };
                }
                Response::MailboxData(MailboxDatum::Exists(_)) => self.arrivi = true,
                Response::Data { status: Status::Bye, .. } if comando != "LOGOUT" => return Err(Guasto::Caduta),
                altro => leggi(altro),
            }
        }
        Err(Guasto::Caduta)
    }
}

/// `17-Jul-1996 02:44:25 -0700` (RFC 3501, date-time); the day may begin with a space.
fn data_del_server(data: &str) -> Option<Istante> {
    let data = DateTime::parse_from_str(data.trim_start(), "%d-%b-%Y %H:%M:%S %z").ok()?;
    Some(Istante::new(data.to_utc()))
}

fn rifiutato(e: async_imap::error::Error) -> Guasto {
    match e {
        // The server's own trouble is not the user's (RFC 5530).
        async_imap::error::Error::No(detto) if detto.to_ascii_uppercase().contains("UNAVAILABLE") => {
            Guasto::Rifiutato { comando: "accesso".to_owned(), detto: breve(&informazione(&detto)) }
        }
        async_imap::error::Error::No(detto) => Guasto::Credenziali(breve(&informazione(&detto))),
        altro => altro.into(),
    }
}

/// The server's words inside the library's: `code: Some(…), info: Some("…")`.
fn informazione(detto: &str) -> String {
    let dopo = detto.split_once("info: Some(").map_or(detto, |(_, dopo)| dopo);
    dopo.trim_end_matches(')').trim_matches('"').to_owned()
}

/// The words that name a command; what follows may be the name of a folder.
fn nome(comando: &str) -> String {
    let parole = if comando.starts_with("UID") { 2 } else { 1 };
    comando.split(' ').take(parole).collect::<Vec<_>>().join(" ")
}

/// UIDs as a set, neighbours joined: `1:3,7`. They come in order.
fn insieme(uid: &[u32]) -> String {
    let mut tratti: Vec<(u32, u32)> = Vec::new();
    for u in uid {
        match tratti.last_mut() {
            Some((_, ultimo)) if ultimo.checked_add(1) == Some(*u) => *ultimo = *u,
            _ => tratti.push((*u, *u)),
        }
    }
    let scrivi = |(a, b): (u32, u32)| if a == b { a.to_string() } else { format!("{a}:{b}") };
    tratti.into_iter().map(scrivi).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_joined() {
        for (uid, scritto) in [
            (&[7][..], "7"),
            (&[1, 2, 3, 7, 9, 10], "1:3,7,9:10"),
            (&[u32::MAX - 1, u32::MAX], "4294967294:4294967295"),
        ] {
            assert_eq!(insieme(uid), scritto);
        }
    }

    #[test]
    fn the_server_s_dates_are_read() {
        let detta = |d: &str| data_del_server(d).map(|i| i.date_time().to_rfc3339());
        assert_eq!(detta("17-Jul-1996 02:44:25 -0700").as_deref(), Some("1996-07-17T09:44:25+00:00"));
        assert_eq!(detta(" 7-Jul-1996 02:44:25 +0000").as_deref(), Some("1996-07-07T02:44:25+00:00"));
        assert_eq!(detta("ieri"), None);
    }

    #[test]
    fn commands_and_answers_are_named_without_what_is_in_them() {
        assert_eq!((nome("UID MOVE 1:3 \"A\"").as_str(), nome("SELECT \"A\"").as_str()), ("UID MOVE", "SELECT"));
        assert_eq!(informazione("code: None, info: Some(\"Bad password\")"), "Bad password");
        assert_eq!(informazione("altro"), "altro");
    }
}
