//! *Messaggio*: what arrived in a mailbox, as it was read then.

use super::imap::libro::{self, Posto};
use super::invio::{ACCETTAZIONE, CONSEGNA};
use super::letto::Letto;
use super::regole::coda;
use super::ritorno::ricevuto;
pub(super) use super::veduta::vede;
use super::{Casella, Errore, Esclusione, busta, esclusione, partenza};
use crate::audit::{self, Carico};
use crate::documenti;
use crate::storage::schema::{
    allegati, annullamenti, esclusioni, file, interoperabilita, invii, messaggi as tabella, protocolli_messaggi,
    visti as ledger,
};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, CasellaId, Impronta, Istante, MessaggioId, NomeFile, RegistrazioneId};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

pub(super) const ATTO: &str = "ricezione";

/// Names asked for in one query.
const CHIAVI_INSIEME: usize = 500;

/// Kind of a message that a provider certifies.
pub(super) const POSTA_CERTIFICATA: &str = "posta-certificata";

/// The kinds that bring a document; the others speak of what we sent.
pub(super) const DA_PROTOCOLLARE: [&str; 3] = ["posta-certificata", "anomalia", "ordinaria"];

/// The verdict on a provider's signature that makes a receipt evidence.
pub(super) const PROVATA: &str = "TOTAL-PASSED";
/// The verdict when the provider's authority is not known here.
pub(super) const INDETERMINATA: &str = "INDETERMINATE";

/// True for the kinds that speak of what we sent.
fn e_ricevuta(genere: &str) -> bool {
    !DA_PROTOCOLLARE.contains(&genere)
}

/// What a message is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stato {
    /// A person (or a rule) has to register it.
    DaProtocollare,
    /// It was registered.
    Protocollato,
    /// A person left it out.
    NonProtocollato,
    /// A receipt joined to its send.
    Ricevuta,
    /// A receipt of nothing that we sent.
    RicevutaSenzaInvio,
    /// The answer of another AOO to something that we sent.
    Ritorno,
}

impl Stato {
    /// The word of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DaProtocollare => "da-protocollare",
            Self::Protocollato => "protocollato",
            Self::NonProtocollato => "non-protocollato",
            Self::Ricevuta => "ricevuta",
            Self::RicevutaSenzaInvio => "ricevuta-senza-invio",
            Self::Ritorno => "ritorno",
        }
    }
}

/// A file that came with a message.
#[derive(Debug, Clone)]
pub struct AllegatoMessaggio {
    /// Its name.
    pub nome: NomeFile,
    /// Its bytes.
    pub riposto: RipostoNoto,
}

/// A stored file as the database knows it.
#[derive(Debug, Clone)]
pub struct RipostoNoto {
    /// SHA-256 of its bytes.
    pub impronta: Impronta,
    /// Its length in bytes.
    pub dimensione: i64,
    /// What it looks like.
    pub media_type: String,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Messaggio {
    /// Its id.
    pub id: MessaggioId,
    /// The mailbox it arrived in.
    pub casella: CasellaId,
    /// The whole message in the store.
    pub impronta: Impronta,
    /// `Message-ID` of the envelope.
    pub message_id: Option<String>,
    /// Kind, in the words of the law.
    pub genere: String,
    /// Identificativo of the PEC.
    pub identificativo: Option<String>,
    /// What a receipt speaks of.
    pub riferito: Option<String>,
    /// Who sent it, for people.
    pub mittente: String,
    /// Its subject without the provider's prefix.
    pub oggetto: String,
    /// When the provider delivered it, if it says so.
    pub consegnato: Option<Istante>,
    /// Verdict on the provider's signature.
    pub firma_gestore: Option<String>,
    /// The earlier message that is the same PEC.
    pub doppione_di: Option<MessaggioId>,
    /// When it was taken from the mailbox.
    pub ricevuto: Istante,
    /// What was read of it: the JSON of `tabulario busta`.
    pub lettura: Value,
    /// Files of the sender, in order.
    pub allegati: Vec<AllegatoMessaggio>,
    /// The registration it became.
    pub registrazione: Option<RegistrazioneId>,
    /// The act that left it out, if one is in force.
    pub esclusione: Option<Esclusione>,
    /// The kind of answer that it says it is, if it is one (`conferma`, `eccezione`…); one that is joined to a registration of ours is
    /// of state `Ritorno`.
    pub ritorno: Option<String>,
    /// What it is waiting for.
    pub stato: Stato,
}

impl Messaggio {
    /// True if it says of itself that it is a receipt, proved or not.
    #[must_use]
    pub fn si_dice_ricevuta(&self) -> bool {
        e_ricevuta(&self.genere)
    }

    /// What a clerk should know, in Italian.
    #[must_use]
    pub fn rilievi(&self) -> Vec<String> {
        let righe = self.lettura.get("findings").and_then(|f| f.as_array()).map(Vec::as_slice).unwrap_or_default();
        righe.iter().filter_map(|r| r.as_str().map(str::to_owned)).collect()
    }
}

/// The name by which a mailbox knows a message.
#[derive(Clone, Copy)]
pub(super) enum Segno<'a> {
    /// In a Maildir: the part of the file's name that never changes.
    Maildir(&'a str),
    /// On a server.
    Imap(Posto<'a>),
}

/// A message that has just been read from its mailbox.
pub(super) struct Arrivo<'a> {
    pub segno: Segno<'a>,
    pub casella: &'a Casella,
    pub letto: &'a Letto,
}

/// Writes message, files, verdicts and the ledger's row together; false if the message was known already.
pub(super) fn registra_arrivo(op: &mut Operazione<'_>, a: &Arrivo<'_>) -> Result<bool, Errore> {
    if let Segno::Maildir(chiave) = a.segno
        && visti(op.conn, a.casella.id, &[chiave])?.contains(chiave)
    {
        return Ok(false);
    }
    if let Segno::Imap(posto) = a.segno {
        // Nobody else writes in this AOO until the commit: what is not here now will not be doubled.
        if libro::e_preso(op.conn, posto)? {
            return Ok(false);
        }
        if let Some(stesso) = libro::stesso(op.conn, a.casella.id, &a.letto.intero.impronta)? {
            libro::preso(op, posto, stesso, true)?;
            return Ok(false);
        }
    }
    let (id, letto) = (MessaggioId::new(), a.letto);
    documenti::registra(op, &letto.intero)?;
    documenti::uso(op, &letto.intero.impronta, "messaggio", id)?;
    let riga = riga(op, a, id)?;
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    let mut righe = Vec::new();
    for (allegata, posizione) in letto.allegati.iter().zip(1_i32..) {
        documenti::registra(op, &allegata.riposto)?;
        documenti::uso(op, &allegata.riposto.impronta, "messaggio", id)?;
        if let Some(prova) = &allegata.prova {
            documenti::conserva_rapporto(op, prova)?;
        }
        let (nome, sha256) = (allegata.nome.to_string(), allegata.riposto.impronta.to_string());
        let riga = RigaAllegato { messaggio_id: id.to_string(), posizione, nome, sha256 };
        diesel::insert_into(allegati::table).values(&riga).execute(op.conn)?;
        righe.push(riga);
    }
    audit::annota(op, ATTO, "messaggio", id, &carico(&riga, letto.impronta_lettura, &righe))?;
    if let Some(riferito) = &riga.riferito {
        let provata = riga.firma_gestore.as_deref() == Some(PROVATA);
        partenza::ha_ricevuta(op, riferito, |a| match riga.genere.as_str() {
            CONSEGNA => provata,
            ACCETTAZIONE => provata && busta::esterno(&riga.lettura, a),
            _ => false,
        })?;
    }
    ricevuto::arrivo(op, id, a)?;
    coda::entra(op, id)?;
    match a.segno {
        Segno::Imap(posto) => libro::preso(op, posto, id, false)?,
        Segno::Maildir(chiave) => {
            let casella = a.casella.id.to_string();
            let nome = (ledger::casella_id.eq(casella), ledger::chiave.eq(chiave));
            let presa = (ledger::messaggio_id.eq(id.to_string()), ledger::visto.eq(op.ora.utc()));
            diesel::insert_into(ledger::table).values((nome, presa)).execute(op.conn)?;
        }
    }
    Ok(true)
}

fn riga(op: &mut Operazione<'_>, a: &Arrivo<'_>, id: MessaggioId) -> Result<RigaMessaggio, Errore> {
    let letto = a.letto;
    let aoo = op.aoo.to_string();
    let doppione_di = precedente(op.conn, &aoo, &letto.intero.impronta, letto.identificativo.as_deref())?;
    Ok(RigaMessaggio {
        id: id.to_string(),
        aoo_id: aoo,
        casella_id: a.casella.id.to_string(),
        sha256: letto.intero.impronta.to_string(),
        message_id: letto.message_id.clone(),
        genere: letto.genere.to_owned(),
        identificativo: letto.identificativo.clone(),
        riferito: letto.riferito.clone(),
        mittente: letto.mittente.clone(),
        oggetto: letto.oggetto.to_string(),
        consegnato: letto.consegnato.map(Istante::utc),
        firma_gestore: letto.firma_gestore.map(str::to_owned),
        doppione_di,
        ricevuto: op.ora.utc(),
        lettura: letto.lettura.clone(),
    })
}

/// The first message that is the same PEC, or the same bytes.
fn precedente(
    conn: &mut Conn,
    aoo: &str,
    impronta: &Impronta,
    identificativo: Option<&str>,
) -> Result<Option<String>, Errore> {
    let dell_aoo = tabella::table.filter(tabella::aoo_id.eq(aoo)).order(tabella::id).select(tabella::id);
    let uguale: Option<String> = dell_aoo.filter(tabella::sha256.eq(impronta.to_string())).first(conn).optional()?;
    match (uguale, identificativo) {
        (None, Some(identificativo)) => {
            let stessa = dell_aoo.filter(tabella::identificativo.eq(identificativo));
            Ok(stessa.first(conn).optional()?)
        }
        (uguale, _) => Ok(uguale),
    }
}

/// Which of these names of a mailbox's messages were taken.
pub(super) fn visti(conn: &mut Conn, casella: CasellaId, chiavi: &[&str]) -> Result<HashSet<String>, Errore> {
    let mut visti = HashSet::new();
    for blocco in chiavi.chunks(CHIAVI_INSIEME) {
        let noti = ledger::table.filter(ledger::casella_id.eq(casella.to_string()));
        visti.extend(noti.filter(ledger::chiave.eq_any(blocco)).select(ledger::chiave).load::<String>(conn)?);
    }
    Ok(visti)
}

/// The messages of an AOO after `dopo`, oldest first, at most `quanti`.
///
/// # Errors
/// Those of the database.
pub fn messaggi(
    conn: &mut Conn,
    vista: &Vista,
    dopo: Option<MessaggioId>,
    quanti: i64,
) -> Result<Vec<Messaggio>, Errore> {
    let dopo = dopo.map(|d| d.to_string()).unwrap_or_default();
    let righe = vede(vista)
        .filter(tabella::id.gt(dopo))
        .order(tabella::id)
        .limit(quanti)
        .select(RigaMessaggio::as_select())
        .load(conn)?;
    completa(conn, righe)
}

/// The messages that wait for a number, oldest first.
///
/// # Errors
/// Those of the database.
pub fn da_protocollare(conn: &mut Conn, vista: &Vista, quanti: i64) -> Result<Vec<Messaggio>, Errore> {
    let righe = vede(vista)
        .filter(
            tabella::genere
                .eq_any(DA_PROTOCOLLARE)
                .or(tabella::firma_gestore.is_null())
                .or(tabella::firma_gestore.eq("TOTAL-FAILED")),
        )
        .filter(diesel::dsl::not(tabella::id.eq_any(in_vigore().select(protocolli_messaggi::messaggio_id))))
        .filter(diesel::dsl::not(tabella::id.eq_any(esclusione::in_vigore().select(esclusioni::messaggio_id))))
        .filter(not(exists(riunito())))
        .order(tabella::id)
        .limit(quanti)
        .select(RigaMessaggio::as_select())
        .load(conn)?;
    completa(conn, righe)
}

/// The answer that a message is, joined to what it answers.
#[diesel::dsl::auto_type]
fn riunito() -> _ {
    let suo = interoperabilita::messaggio_id.eq(tabella::id);
    interoperabilita::table.filter(suo.and(interoperabilita::registrazione_id.is_not_null()))
}

/// The pairs of message and registration that are in force: at most one per message, since an annulment gives the message back.
#[diesel::dsl::auto_type]
pub(super) fn in_vigore() -> _ {
    protocolli_messaggi::table.filter(diesel::dsl::not(
        protocolli_messaggi::registrazione_id.eq_any(annullamenti::table.select(annullamenti::registrazione_id)),
    ))
}

/// How many messages an AOO received.
///
/// # Errors
/// Those of the database.
pub fn conta_messaggi(conn: &mut Conn, aoo: AooId) -> Result<u64, Errore> {
    let quanti: i64 = tabella::table.filter(tabella::aoo_id.eq(aoo.to_string())).count().get_result(conn)?;
    Ok(u64::try_from(quanti).unwrap_or(0))
}

/// One message.
///
/// # Errors
/// `Sconosciuto` if there is none or it may not be seen.
pub fn messaggio(conn: &mut Conn, vista: &Vista, id: MessaggioId) -> Result<Messaggio, Errore> {
    let riga = vede(vista).filter(tabella::id.eq(id.to_string())).select(RigaMessaggio::as_select()).load(conn)?;
    completa(conn, riga)?.pop().ok_or(Errore::Sconosciuto)
}

/// True if there is such a message and it may be seen.
///
/// # Errors
/// Those of the database.
pub fn visibile(conn: &mut Conn, vista: &Vista, id: MessaggioId) -> Result<bool, Errore> {
    let presente: i64 = vede(vista).filter(tabella::id.eq(id.to_string())).count().get_result(conn)?;
    Ok(presente > 0)
}

/// The media type of a file that a message carries, if the caller may see the message.
///
/// # Errors
/// Those of the database.
pub fn usa_file(conn: &mut Conn, vista: &Vista, id: &str, impronta: &Impronta) -> Result<Option<String>, Errore> {
    let presente: i64 = vede(vista).filter(tabella::id.eq(id.to_owned())).count().get_result(conn)?;
    if presente == 0 {
        return Ok(None);
    }
    let tipo = file::table.filter(file::sha256.eq(impronta.to_string())).select(file::media_type);
    Ok(tipo.first(conn).optional()?)
}

pub(super) fn completa(conn: &mut Conn, righe: Vec<RigaMessaggio>) -> Result<Vec<Messaggio>, Errore> {
    let ids: Vec<&str> = righe.iter().map(|r| r.id.as_str()).collect();
    let file: Vec<(String, String, String, String, i64)> = allegati::table
        .inner_join(file::table.on(file::sha256.eq(allegati::sha256)))
        .filter(allegati::messaggio_id.eq_any(&ids))
        .order((allegati::messaggio_id, allegati::posizione))
        .select((allegati::messaggio_id, allegati::nome, file::sha256, file::media_type, file::dimensione))
        .load(conn)?;
    let mut per_messaggio: HashMap<String, Vec<AllegatoMessaggio>> = HashMap::new();
    for (messaggio, nome, sha256, media_type, dimensione) in file {
        let no = |e| storage::Errore::riga("allegati", e);
        let riposto = RipostoNoto { impronta: sha256.parse().map_err(no)?, dimensione, media_type };
        per_messaggio
            .entry(messaggio)
            .or_default()
            .push(AllegatoMessaggio { nome: nome.parse().map_err(no)?, riposto });
    }
    let coppie: HashMap<String, String> = in_vigore()
        .filter(protocolli_messaggi::messaggio_id.eq_any(&ids))
        .select((protocolli_messaggi::messaggio_id, protocolli_messaggi::registrazione_id))
        .load(conn)?
        .into_iter()
        .collect();
    let mut esclusi = esclusione::di(conn, &ids)?;
    let mut ritorni = ricevuto::di(conn, &ids)?;
    let riferiti: Vec<&String> = righe.iter().filter_map(|r| r.riferito.as_ref()).collect();
    let inviati: HashSet<String> = invii::table
        .filter(invii::message_id.eq_any(riferiti))
        .select(invii::message_id)
        .load(conn)?
        .into_iter()
        .collect();
    righe
        .into_iter()
        .map(|r| {
            let allegati = per_messaggio.remove(&r.id).unwrap_or_default();
            let registrazione = coppie.get(&r.id).cloned();
            let noto = r.riferito.as_ref().is_some_and(|m| inviati.contains(m));
            let esclusa = esclusi.remove(&r.id);
            let ritorno = ritorni.remove(&r.id);
            valore(r, allegati, (registrazione, esclusa), (noto, ritorno))
                .map_err(|e| storage::Errore::riga("messaggi", e).into())
        })
        .collect()
}

fn valore(
    r: RigaMessaggio,
    allegati: Vec<AllegatoMessaggio>,
    (registrazione, esclusione): (Option<String>, Option<Esclusione>),
    (noto, ritorno): (bool, Option<(String, bool)>),
) -> Result<Messaggio, String> {
    let testo = |e: crate::valori::Rifiuto| e.to_string();
    let stato = match (&registrazione, e_ricevuta(&r.genere), r.firma_gestore.as_deref()) {
        (Some(_), ..) => Stato::Protocollato,
        _ if esclusione.is_some() => Stato::NonProtocollato,
        _ if ritorno.as_ref().is_some_and(|(_, riunito)| *riunito) => Stato::Ritorno,
        (None, true, Some(PROVATA)) if noto => Stato::Ricevuta,
        (None, true, Some(PROVATA | INDETERMINATA)) => Stato::RicevutaSenzaInvio,
        // What nobody signed, or somebody changed, is no receipt whatever it says of itself: a person looks at it.
        (None, ..) => Stato::DaProtocollare,
    };
    Ok(Messaggio {
        id: r.id.parse().map_err(testo)?,
        casella: r.casella_id.parse().map_err(testo)?,
        impronta: r.sha256.parse().map_err(testo)?,
        message_id: r.message_id,
        genere: r.genere,
        identificativo: r.identificativo,
        riferito: r.riferito,
        mittente: r.mittente,
        oggetto: r.oggetto,
        consegnato: r.consegnato.map(Istante::from_utc),
        firma_gestore: r.firma_gestore,
        doppione_di: r.doppione_di.map(|d| d.parse()).transpose().map_err(testo)?,
        ricevuto: Istante::from_utc(r.ricevuto),
        lettura: serde_json::from_str(&r.lettura).map_err(|e| e.to_string())?,
        allegati,
        esclusione,
        ritorno: ritorno.map(|(genere, _)| genere),
        registrazione: registrazione.map(|d| d.parse()).transpose().map_err(testo)?,
        stato,
    })
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
pub(super) struct RigaMessaggio {
    id: String,
    aoo_id: String,
    casella_id: String,
    sha256: String,
    message_id: Option<String>,
    genere: String,
    identificativo: Option<String>,
    riferito: Option<String>,
    mittente: String,
    oggetto: String,
    consegnato: Option<chrono::NaiveDateTime>,
    firma_gestore: Option<String>,
    doppione_di: Option<String>,
    ricevuto: chrono::NaiveDateTime,
    lettura: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = allegati)]
struct RigaAllegato {
    messaggio_id: String,
    posizione: i32,
    nome: String,
    sha256: String,
}

fn carico(r: &RigaMessaggio, lettura: Impronta, file: &[RigaAllegato]) -> Carico {
    let carico = Carico::new(ATTO, 1)
        .campo("id", &r.id)
        .campo("aoo", &r.aoo_id)
        .campo("casella", &r.casella_id)
        .campo("sha256", &r.sha256)
        .campo("genere", &r.genere)
        .forse("message_id", r.message_id.as_ref())
        .forse("identificativo", r.identificativo.as_ref())
        .forse("riferito", r.riferito.as_ref())
        .campo("mittente", &r.mittente)
        .campo("oggetto", &r.oggetto)
        .forse("consegnato", r.consegnato.map(Istante::from_utc))
        .forse("firma_gestore", r.firma_gestore.as_ref())
        .forse("doppione_di", r.doppione_di.as_ref())
        .campo("lettura", lettura)
        .campo("ricevuto", Istante::from_utc(r.ricevuto));
    file.iter().fold(carico, |c, a| c.campo("allegato", format_args!("{} {} {}", a.posizione, a.sha256, a.nome)))
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<RigaMessaggio> =
        tabella::table.filter(tabella::id.eq_any(ids)).select(RigaMessaggio::as_select()).load(conn)?;
    let file: Vec<RigaAllegato> = allegati::table
        .filter(allegati::messaggio_id.eq_any(ids))
        .order((allegati::messaggio_id, allegati::posizione))
        .select(RigaAllegato::as_select())
        .load(conn)?;
    let mut per_messaggio: HashMap<String, Vec<RigaAllegato>> = HashMap::new();
    for a in file {
        per_messaggio.entry(a.messaggio_id.clone()).or_default().push(a);
    }
    let rifai = |r: RigaMessaggio| {
        let lettura = Impronta::of(r.lettura.as_bytes());
        let carico = carico(&r, lettura, per_messaggio.get(&r.id).map(Vec::as_slice).unwrap_or_default());
        (r.id, carico)
    };
    Ok(righe.into_iter().map(rifai).collect())
}
