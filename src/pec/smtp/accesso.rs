//! *Accesso*: by which server the mail of a mailbox leaves. An act: the newest row of a mailbox is in force.

use super::super::Errore;
use super::super::imap::accesso::{file_ca, nome_utente, parola};
use super::super::indirizzo::{IndirizzoServer, Servizio};
use crate::audit::{self, Carico};
use crate::storage::schema::accessi_smtp as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti::FileSegreto;
use crate::valori::{CasellaId, Istante, Rifiuto, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::path::Path;

pub(in super::super) const ATTO: &str = "accesso-smtp";

/// Largest message that every provider takes, in MiB (DM 2/11/2005, annex, 6.3), unless somebody says another.
pub const MASSIMO_MIB: u32 = 30;
/// What may be said.
const MASSIMI_MIB: RangeInclusive<u32> = 1..=300;

/// By which server mail leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessoSmtp {
    /// The server.
    pub url: IndirizzoServer,
    /// Who logs in.
    pub utente: String,
    /// Path of the file with the password.
    pub segreto_file: String,
    /// Path of the certificates of whoever guarantees the server, besides the authorities of the system.
    pub ca: Option<String>,
    /// Largest message that the provider takes, in MiB.
    pub massimo_mib: u32,
}

impl AccessoSmtp {
    /// Puts together what a person chose, and looks at the file of the secret as it is now.
    ///
    /// # Errors
    /// What is not right, and what would be.
    pub fn new(url: IndirizzoServer, utente: &str, segreto: &FileSegreto, massimo_mib: u32) -> Result<Self, Errore> {
        if url.servizio != Servizio::Smtp {
            return Err(Errore::Valore(Servizio::Smtp.rifiuto()));
        }
        if !MASSIMI_MIB.contains(&massimo_mib) {
            let rifiuto = Rifiuto::new("dimensione massima", "servono da 1 a 300 MiB, quanti ne accetta il gestore");
            return Err(Errore::Valore(rifiuto));
        }
        let (utente, segreto_file) = (nome_utente(utente)?, segreto.percorso().to_owned());
        Ok(Self { url, utente, segreto_file, ca: None, massimo_mib })
    }

    /// The same, trusting the authority in this PEM file too.
    ///
    /// # Errors
    /// If there is no such file.
    pub fn con_ca(self, ca: &Path) -> Result<Self, Errore> {
        Ok(Self { ca: Some(file_ca(ca)?), ..self })
    }

    /// The password, read now from its file.
    pub(super) fn parola(&self) -> Result<String, Errore> {
        parola(&self.segreto_file)
    }
}

/// Writes by which server the mail of a mailbox of the operation's AOO leaves from now on.
pub(in super::super) fn scrivi(op: &mut Operazione<'_>, casella: CasellaId, a: &AccessoSmtp) -> Result<(), Errore> {
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        casella_id: casella.to_string(),
        url: a.url.to_string(),
        utente: a.utente.clone(),
        segreto_file: a.segreto_file.clone(),
        ca_file: a.ca.clone(),
        massimo_mib: i32::try_from(a.massimo_mib).unwrap_or(i32::MAX),
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "accesso-smtp", &riga.id, &riga.carico())?;
    Ok(())
}

/// By which server the mail of each mailbox leaves now.
pub(in super::super) fn in_vigore(conn: &mut Conn) -> Result<HashMap<String, AccessoSmtp>, Errore> {
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
    massimo_mib: i32,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self) -> Result<AccessoSmtp, Errore> {
        Ok(AccessoSmtp {
            url: self.url.parse().map_err(|e: Rifiuto| storage::Errore::riga("accessi_smtp", e))?,
            utente: self.utente,
            segreto_file: self.segreto_file,
            ca: self.ca_file,
            massimo_mib: u32::try_from(self.massimo_mib).unwrap_or(MASSIMO_MIB),
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
            .campo("massimo-mib", self.massimo_mib)
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
