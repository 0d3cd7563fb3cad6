//! The act that answers: to whom, in which words. Written with its one send; the message that leaves is made of nothing else.

use super::super::invio::{self, Invio};
use super::super::{Casella, Errore, invia};
use super::Genere;
use crate::audit::{self, Carico};
use crate::registro;
use crate::segnatura::Dialetto;
use crate::storage::schema::{invii, ritorni as tabella};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, Impronta, IndirizzoMail, Istante, MessaggioId, RegistrazioneId, Rifiuto, RitornoId};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "ritorno";

/// The words of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Scritto {
    pub genere: Genere,
    pub destinatario: IndirizzoMail,
    /// The message that is answered.
    pub messaggio: Option<MessaggioId>,
    /// The annulment that makes it owed.
    pub atto: Option<String>,
    pub dialetto: Option<Dialetto>,
    pub oggetto: String,
    pub testo: String,
    /// The return message, as it is sent.
    pub xml: Option<String>,
}

/// An answer, with how far it has come.
#[derive(Debug, Clone)]
pub struct Ritorno {
    /// Its id.
    pub id: RitornoId,
    /// What it says.
    pub genere: Genere,
    /// To whom.
    pub destinatario: String,
    /// In which dialect; the receipt of art. 18-bis has none.
    pub dialetto: Option<String>,
    /// Its text, as the recipient reads it.
    pub testo: String,
    /// The return message.
    pub xml: Option<String>,
    /// Who sent it, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
    /// Its sends, the newest last: another one only where the one before did not arrive.
    pub invii: Vec<Invio>,
}

/// Writes an answer, and puts it into the outbox.
///
/// # Errors
/// `RitornoGiaMandato` if it was sent before.
pub(super) fn scrivi(
    op: &mut Operazione<'_>,
    casella: &Casella,
    registrazione: RegistrazioneId,
    s: &Scritto,
) -> Result<(), Errore> {
    // Nobody else writes in this AOO until the commit.
    if gia(op.conn, registrazione, s.genere, s.destinatario.as_str(), s.atto.as_deref())? {
        return Err(Errore::RitornoGiaMandato(s.genere.nome()));
    }
    let attore = op.attore.clone();
    let id = RitornoId::new();
    let riga = Riga {
        id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        registrazione_id: registrazione.to_string(),
        genere: s.genere.as_str().to_owned(),
        destinatario: s.destinatario.as_str().to_lowercase(),
        messaggio_id: s.messaggio.map(|m| m.to_string()),
        atto_id: s.atto.clone(),
        dialetto: s.dialetto.map(|d| d.as_str().to_owned()),
        oggetto: s.oggetto.clone(),
        testo: s.testo.clone(),
        xml: s.xml.clone(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "ritorno", id, &riga.carico())?;
    invia::ritorno(op, casella, registrazione, (id, &s.destinatario), None)
}

/// Whether this was answered before. An annulment is told once to each, an eccezione once for each registration.
pub(super) fn gia(
    conn: &mut Conn,
    registrazione: RegistrazioneId,
    genere: Genere,
    destinatario: &str,
    atto: Option<&str>,
) -> Result<bool, Errore> {
    let uguali = tabella::table
        .filter(tabella::registrazione_id.eq(registrazione.to_string()).and(tabella::genere.eq(genere.as_str())))
        .filter(tabella::destinatario.eq(destinatario.to_lowercase()));
    let atti: Vec<Option<String>> = uguali.select(tabella::atto_id).load(conn)?;
    Ok(atti.iter().any(|a| a.as_deref() == atto))
}

/// The answers to a registration, oldest first. Nothing for whoever may not see it.
///
/// # Errors
/// Those of the database.
pub fn ritorni(conn: &mut Conn, vista: &Vista, registrazione: RegistrazioneId) -> Result<Vec<Ritorno>, Errore> {
    if !registro::visibile(conn, vista, registrazione)? {
        return Ok(Vec::new());
    }
    let righe: Vec<Riga> = tabella::table
        .filter(tabella::registrazione_id.eq(registrazione.to_string()))
        .order(tabella::id)
        .select(Riga::as_select())
        .load(conn)?;
    if righe.is_empty() {
        return Ok(Vec::new());
    }
    let tutti = invio::invii(conn, vista, Some(registrazione))?;
    righe.into_iter().map(|r| Ok(r.valore(&tutti).map_err(|e| storage::Errore::riga("ritorni", e))?)).collect()
}

/// What is sent of an answer: its kind, the subject and the text of its message, the file that it carries.
pub(in super::super) fn conservato(conn: &mut Conn, id: RitornoId) -> Result<Scritto, Errore> {
    let riga: Riga = tabella::table.find(id.to_string()).select(Riga::as_select()).first(conn)?;
    let no = |e: Rifiuto| storage::Errore::riga("ritorni", e);
    Ok(Scritto {
        genere: riga.genere.parse().map_err(no)?,
        destinatario: riga.destinatario.parse().map_err(no)?,
        messaggio: None,
        atto: riga.atto_id,
        dialetto: None,
        oggetto: riga.oggetto,
        testo: riga.testo,
        xml: riga.xml,
    })
}

/// To whom this was answered with a conferma.
pub(super) fn confermate(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Vec<(String, String)>, Errore> {
    let righe: Vec<(String, Option<String>)> = tabella::table
        .filter(tabella::registrazione_id.eq(registrazione.to_string()))
        .filter(tabella::genere.eq(Genere::Conferma.as_str()))
        .order(tabella::id)
        .select((tabella::destinatario, tabella::messaggio_id))
        .load(conn)?;
    Ok(righe.into_iter().filter_map(|(a, m)| Some((a, m?))).collect())
}

/// How many answers of this kind this address was given since then.
pub(super) fn dati_a(conn: &mut Conn, aoo: AooId, (genere, a): (Genere, &str), dal: Istante) -> Result<i64, Errore> {
    let suoi = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()).and(tabella::destinatario.eq(a.to_lowercase())))
        .filter(tabella::genere.eq(genere.as_str()).and(tabella::istante.ge(dal.utc())));
    Ok(suoi.count().get_result(conn)?)
}

/// The answer and the send to make again, if the last one did not arrive.
pub(super) fn da_rispedire(r: &Ritorno, ora: Istante) -> Option<&Invio> {
    r.invii.last().filter(|i| i.fallito() || i.in_ritardo(ora))
}

/// Mailbox of the last send of an answer.
pub(super) fn casella_di(conn: &mut Conn, id: RitornoId) -> Result<Option<String>, Errore> {
    let ultimo = invii::table.filter(invii::ritorno_id.eq(id.to_string())).order(invii::id.desc());
    Ok(ultimo.select(invii::casella_id).first(conn).optional()?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    registrazione_id: String,
    genere: String,
    destinatario: String,
    messaggio_id: Option<String>,
    atto_id: Option<String>,
    dialetto: Option<String>,
    oggetto: String,
    testo: String,
    xml: Option<String>,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self, invii: &[Invio]) -> Result<Ritorno, Rifiuto> {
        let id: RitornoId = self.id.parse()?;
        Ok(Ritorno {
            id,
            genere: self.genere.parse()?,
            destinatario: self.destinatario,
            dialetto: self.dialetto,
            testo: self.testo,
            xml: self.xml,
            autore: self.autore,
            istante: Istante::from_utc(self.istante),
            invii: invii.iter().filter(|i| i.ritorno == Some(id)).cloned().collect(),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("registrazione", &self.registrazione_id)
            .campo("genere", &self.genere)
            .campo("destinatario", &self.destinatario)
            .forse("messaggio", self.messaggio_id.as_ref())
            .forse("atto", self.atto_id.as_ref())
            .forse("dialetto", self.dialetto.as_ref())
            .campo("oggetto", &self.oggetto)
            .campo("testo", Impronta::of(self.testo.as_bytes()))
            .forse("xml", self.xml.as_ref().map(|xml| Impronta::of(xml.as_bytes())))
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
