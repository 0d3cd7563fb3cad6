//! *Accesso*: how a mailbox is read on its server, and what is done there after a message was taken. An act: the newest row of a
//! mailbox is in force.

use super::super::Errore;
use super::super::indirizzo::{IndirizzoServer, Servizio};
use crate::audit::{self, Carico};
use crate::storage::schema::accessi_imap as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti::FileSegreto;
use crate::valori::{CasellaId, Istante, Rifiuto, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

pub(in super::super) const ATTO: &str = "accesso-imap";

/// The folder where a server delivers.
pub const INBOX: &str = "INBOX";
/// How often a mailbox is looked at even if its server says nothing, unless somebody chooses.
pub const CADENZA_SECONDI: u32 = 300;
/// The shortest and the longest cadence, in seconds: servers let go of who says nothing for half an hour (RFC 2177).
const CADENZE: std::ops::RangeInclusive<u32> = 10..=1_500;
/// Most folders of a mailbox.
const MASSIME_CARTELLE: usize = 50;
/// Longest name of a folder or of a keyword, in characters.
const MASSIMO_NOME: usize = 200;

/// What is done on the server with a message that was taken: after the commit, never before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dopo {
    /// Nothing.
    Lascia,
    /// It gets a flag: `\Seen`, or a keyword.
    Segna(String),
    /// It is moved to a folder.
    Sposta(String),
    /// It is removed after so many days, and only when the conservator has all that it became.
    Cancella {
        /// The days from when it was taken.
        giorni: u32,
    },
}

impl Dopo {
    /// The word of the database and what goes with it.
    fn parti(&self) -> (&'static str, Option<String>) {
        match self {
            Self::Lascia => ("lascia", None),
            Self::Segna(segno) => ("segna", Some(segno.clone())),
            Self::Sposta(cartella) => ("sposta", Some(cartella.clone())),
            Self::Cancella { giorni } => ("cancella", Some(giorni.to_string())),
        }
    }
}

impl fmt::Display for Dopo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parti() {
            (parola, None) => f.write_str(parola),
            (parola, Some(dettaglio)) => write!(f, "{parola}:{dettaglio}"),
        }
    }
}

impl FromStr for Dopo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = |regola: &str| Rifiuto::new("che cosa fare dopo la presa", regola);
        let (parola, dettaglio) = testo.split_once(':').map_or((testo, None), |(p, d)| (p, Some(d)));
        match (parola, dettaglio) {
            ("lascia", None) => Ok(Self::Lascia),
            ("segna", None) => Ok(Self::Segna("\\Seen".to_owned())),
            ("segna", Some(segno)) => {
                let buono = segno == "\\Seen"
                    || (!segno.is_empty()
                        && segno.len() <= MASSIMO_NOME
                        && segno.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.$".contains(&b)));
                let buono = buono.then(|| Self::Segna(segno.to_owned()));
                buono.ok_or_else(|| {
                    no("la parola con cui si segna è fatta di lettere, cifre e - _ . $, come Protocollato")
                })
            }
            ("sposta", Some(c)) => Ok(Self::Sposta(cartella(c)?)),
            ("cancella", Some(giorni)) => {
                let giorni =
                    giorni.parse().map_err(|_| no("dopo cancella: serve un numero di giorni, come cancella:30"))?;
                Ok(Self::Cancella { giorni })
            }
            _ => Err(no("si può dire lascia, segna, segna:PAROLA, sposta:CARTELLA o cancella:GIORNI")),
        }
    }
}

fn cartella(nome: &str) -> Result<String, Rifiuto> {
    let nome = nome.trim();
    let buono = !nome.is_empty() && nome.chars().count() <= MASSIMO_NOME && !nome.contains(char::is_control);
    let regola = "serve il nome di una cartella della casella, come INBOX o Archivio";
    buono.then(|| nome.to_owned()).ok_or_else(|| Rifiuto::new("cartella", regola))
}

/// How a mailbox is read on its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accesso {
    /// The server.
    pub url: IndirizzoServer,
    /// Who logs in.
    pub utente: String,
    /// Path of the file with the password.
    pub segreto_file: String,
    /// Path of the certificates of whoever guarantees the server, besides the authorities of the system.
    pub ca: Option<String>,
    /// The folders that are read.
    pub cartelle: Vec<String>,
    /// How often it is looked at even if its server says nothing.
    pub cadenza: Duration,
    /// What is done on the server with what was taken.
    pub dopo: Dopo,
}

impl Accesso {
    /// Puts together what a person chose, and looks at the files as they are now.
    ///
    /// # Errors
    /// What is not right, and what would be.
    pub fn new(url: IndirizzoServer, utente: &str, segreto: &FileSegreto) -> Result<Self, Errore> {
        if url.servizio != Servizio::Imap {
            return Err(Errore::Valore(Servizio::Imap.rifiuto()));
        }
        let (utente, segreto_file) = (nome_utente(utente)?, segreto.percorso().to_owned());
        let cadenza = Duration::from_secs(CADENZA_SECONDI.into());
        Ok(Self { url, utente, segreto_file, ca: None, cartelle: vec![INBOX.to_owned()], cadenza, dopo: Dopo::Lascia })
    }

    /// The same, trusting the authority in this PEM file too.
    ///
    /// # Errors
    /// If there is no such file.
    pub fn con_ca(self, ca: &Path) -> Result<Self, Errore> {
        Ok(Self { ca: Some(file_ca(ca)?), ..self })
    }

    /// The same, with these folders, this cadence and this end of messages.
    ///
    /// # Errors
    /// What is not right, and what would be.
    pub fn con_regole(self, cartelle: &[String], cadenza_secondi: u32, dopo: Dopo) -> Result<Self, Errore> {
        let no = |cosa: &'static str, regola: &str| Err(Errore::Valore(Rifiuto::new(cosa, regola)));
        let mut scelte = Vec::new();
        for nome in cartelle {
            let nome = cartella(nome).map_err(Errore::Valore)?;
            if !scelte.contains(&nome) {
                scelte.push(nome);
            }
        }
        if scelte.is_empty() || scelte.len() > MASSIME_CARTELLE {
            return no("cartelle", "ne serve almeno una, e al massimo 50");
        }
        if !CADENZE.contains(&cadenza_secondi) {
            return no("cadenza", "servono da 10 a 1500 secondi");
        }
        if matches!(&dopo, Dopo::Sposta(dove) if scelte.iter().any(|c| c.eq_ignore_ascii_case(dove))) {
            return no(
                "che cosa fare dopo la presa",
                "la cartella in cui si spostano i messaggi non può essere tra quelle lette",
            );
        }
        Ok(Self { cartelle: scelte, cadenza: Duration::from_secs(cadenza_secondi.into()), dopo, ..self })
    }

    /// The password, read now from its file.
    pub(super) fn parola(&self) -> Result<String, Errore> {
        parola(&self.segreto_file)
    }
}

/// The name of who logs in, as a provider may have given it.
pub(in super::super) fn nome_utente(utente: &str) -> Result<String, Errore> {
    let utente = utente.trim();
    if utente.is_empty() || utente.len() > MASSIMO_NOME || utente.contains(char::is_control) {
        let regola = "serve il nome con cui si entra presso il gestore";
        return Err(Errore::Valore(Rifiuto::new("utente della casella", regola)));
    }
    Ok(utente.to_owned())
}

/// The whole path of a file of certificates.
pub(in super::super) fn file_ca(ca: &Path) -> Result<String, Errore> {
    let ca = ca.canonicalize().ok().and_then(|f| f.to_str().map(str::to_owned));
    ca.ok_or_else(|| Errore::Valore(Rifiuto::new("file dei certificati", "il file non si trova")))
}

/// The password that stands in this file now.
pub(in super::super) fn parola(segreto_file: &str) -> Result<String, Errore> {
    Ok(FileSegreto::controlla(Path::new(segreto_file))?.parola()?)
}

/// Writes how a mailbox of the operation's AOO is read from now on.
pub(in super::super) fn scrivi(op: &mut Operazione<'_>, casella: CasellaId, a: &Accesso) -> Result<(), Errore> {
    let (dopo, dopo_dettaglio) = a.dopo.parti();
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        casella_id: casella.to_string(),
        url: a.url.to_string(),
        utente: a.utente.clone(),
        segreto_file: a.segreto_file.clone(),
        ca_file: a.ca.clone(),
        cartelle: a.cartelle.join("\n"),
        cadenza_secondi: i32::try_from(a.cadenza.as_secs()).unwrap_or(i32::MAX),
        dopo: dopo.to_owned(),
        dopo_dettaglio,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "accesso-imap", &riga.id, &riga.carico())?;
    Ok(())
}

/// How each mailbox is read now, with the id of the act.
pub(in super::super) fn in_vigore(conn: &mut Conn) -> Result<HashMap<String, Accesso>, Errore> {
    let righe: Vec<Riga> = tabella::table.order(tabella::id).select(Riga::as_select()).load(conn)?;
    // The newest comes last and takes the place of the others.
    righe.into_iter().map(|r| Ok((r.casella_id.clone(), r.valore()?))).collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    casella_id: String,
    url: String,
    utente: String,
    segreto_file: String,
    ca_file: Option<String>,
    cartelle: String,
    cadenza_secondi: i32,
    dopo: String,
    dopo_dettaglio: Option<String>,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self) -> Result<Accesso, Errore> {
        let no = |e: String| storage::Errore::riga("accessi_imap", e);
        let dopo = self.dopo_dettaglio.map_or_else(|| self.dopo.clone(), |d| format!("{}:{d}", self.dopo));
        Ok(Accesso {
            url: self.url.parse().map_err(|e: Rifiuto| no(e.to_string()))?,
            utente: self.utente,
            segreto_file: self.segreto_file,
            ca: self.ca_file,
            cartelle: self.cartelle.split('\n').map(str::to_owned).collect(),
            cadenza: Duration::from_secs(u64::try_from(self.cadenza_secondi).unwrap_or(u64::from(CADENZA_SECONDI))),
            dopo: dopo.parse().map_err(|e: Rifiuto| no(e.to_string()))?,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("casella", &self.casella_id)
            .campo("url", &self.url)
            .campo("utente", &self.utente)
            .campo("segreto-file", &self.segreto_file)
            .forse("ca-file", self.ca_file.as_ref())
            .campo("cartelle", &self.cartelle)
            .campo("cadenza-secondi", self.cadenza_secondi)
            .campo("dopo", &self.dopo)
            .forse("dopo-dettaglio", self.dopo_dettaglio.as_ref())
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(in super::super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(in super::super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_afterwards_is_said_in_one_word_and_read_back() {
        for testo in ["lascia", "segna:\\Seen", "segna:Protocollato", "sposta:Già presi", "cancella:30"] {
            assert_eq!(testo.parse::<Dopo>().unwrap().to_string(), testo);
        }
        assert_eq!("segna".parse::<Dopo>().unwrap(), Dopo::Segna("\\Seen".to_owned()));
        for cattivo in ["", "segna:\\Deleted", "segna:a b", "sposta", "sposta:", "cancella", "cancella:mai", "butta"] {
            assert!(cattivo.parse::<Dopo>().is_err(), "{cattivo}");
        }
    }
}
