//! What other AOO say to this one: segnature, and answers to what it sent.
//!
//! An answer is joined to the registration that it speaks of, if a provider vouches for who writes, that address was sent the
//! registration, and the message brings nothing else. Both have to be known, whichever comes first. Joined, it is evidence, as a receipt
//! is; anything else stays a message that a person looks at.

use super::super::messaggio::Arrivo;
use super::super::{Errore, Messaggio};
use crate::registro;
use crate::segnatura::{Identificatore, Lettura, Ricevuto, RiferimentoLetto, Tipo};
use crate::storage::schema::{
    corrispondenti, interoperabilita as tabella, invii, messaggi, protocolli_messaggi, registrazioni,
};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Aoo};
use crate::valori::{IndirizzoMail, Istante, MessaggioId, RegistrazioneId};
use diesel::prelude::*;
use std::collections::HashMap;

/// Answers of one sender that wait to be joined and are looked at together.
const MASSIMI_SOSPESI: i64 = 200;
/// Files of the mail and not of its sender.
const DI_SERVIZIO: [&str; 3] = ["daticert.xml", "postacert.eml", "smime.p7s"];
const SEGNATURA: &str = "segnatura";

/// The segnatura of a message, as far as an answer needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegnaturaRicevuta {
    /// In which dialect.
    pub dialetto: Option<String>,
    /// Address of whoever sent the message.
    pub mittente: String,
    /// A provider vouches for that address.
    pub certificato: bool,
    /// It asks us for a conferma.
    pub chiede: bool,
    /// Which files were altered or did not come.
    pub mancanze: Option<String>,
    suo: Option<String>,
    prima: Option<String>,
    risposta: Option<String>,
}

impl SegnaturaRicevuta {
    /// Where answers go: where the sender wants them, as long as that is at home with the address that wrote; else to that address.
    #[must_use]
    pub fn a_chi(&self) -> &str {
        let dominio = |a: &str| a.rsplit('@').next().map(str::to_lowercase);
        let detta = self.risposta.as_deref().filter(|r| dominio(r) == dominio(&self.mittente));
        detta.unwrap_or(&self.mittente)
    }

    /// The message as an answer names it.
    #[must_use]
    pub fn ricevuto(&self) -> Option<Ricevuto> {
        let linea = self.suo.as_deref()?;
        match linea.parse() {
            Ok(identificatore) => {
                let prima = self.prima.as_deref().and_then(|p| p.parse().ok());
                Some(Ricevuto::Registrato { identificatore, prima })
            }
            Err(_) => Some(Ricevuto::Descritto(linea.parse().ok()?)),
        }
    }

    /// The codes of body and AOO that it says of itself.
    pub(super) fn codici(&self) -> Option<(String, String)> {
        let suo: Identificatore = self.suo.as_deref()?.parse().ok()?;
        Some((suo.codice_amministrazione.to_string(), suo.codice_aoo.to_string()))
    }
}

/// An answer of another AOO, joined to a registration of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RitornoRicevuto {
    /// The message.
    pub messaggio: MessaggioId,
    /// `conferma`, `eccezione`, `aggiornamento` or `annullamento`.
    pub genere: String,
    /// Who wrote.
    pub mittente: String,
    /// The line of segnatura of their own registration.
    pub suo: Option<String>,
    /// Why, of an eccezione or annullamento.
    pub motivo: Option<String>,
    /// When it was delivered.
    pub istante: Istante,
    /// The same answer as another one that arrived before.
    pub doppione: bool,
}

/// Keeps what a message that has just been read says as one AOO to another; joins it, and others of the same sender, if they can be.
pub(in super::super) fn arrivo(op: &mut Operazione<'_>, id: MessaggioId, a: &Arrivo<'_>) -> Result<(), Errore> {
    let Some((lettura, tipo)) = a.letto.segnatura.as_ref().and_then(|l| Some((l, l.tipo?))) else { return Ok(()) };
    let nostra = utenti::aoo(op.conn, op.aoo)?;
    let (mittente, certificato) = (&a.letto.scrive, a.letto.certificato);
    let (suo, nostro) = match tipo {
        Tipo::Segnatura | Tipo::Annullamento => (lettura.identificatore.as_ref(), None),
        Tipo::Conferma | Tipo::Eccezione | Tipo::Aggiornamento => {
            (lettura.identificatore.as_ref(), nostro(lettura, &nostra))
        }
    };
    let linea =
        |letto: &crate::segnatura::IdentificatoreLetto| letto.valori().map_or_else(|| letto.linea(), |v| v.to_string());
    let chi = lettura.mittente.as_ref();
    let codice_ipa = suo.and_then(|s| s.amministrazione.clone());
    let codice_aoo = suo.and_then(|s| s.aoo.clone());
    let segnatura = tipo == Tipo::Segnatura;
    let riga = Riga {
        messaggio_id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        genere: tipo.as_str().to_owned(),
        dialetto: lettura.dialetto.map(|d| d.as_str().to_owned()),
        mittente: mittente.to_lowercase(),
        certificato: certificato && (segnatura || solo(a)),
        codice_ipa: codice_ipa.or_else(|| chi.and_then(|m| m.codice_amministrazione.clone())),
        codice_aoo: codice_aoo.or_else(|| chi.and_then(|m| m.codice_aoo.clone())),
        suo: suo.map(linea),
        prima: lettura.prima_registrazione.as_ref().and_then(|p| p.valori()).map(|p| p.to_string()),
        nostro: nostro.map(|n| n.to_string()),
        motivo: lettura.motivo.clone(),
        risposta: lettura.risposta.clone(),
        chiede: segnatura && chiede(lettura, &nostra, &a.casella.indirizzo),
        mancanze: Some(lettura.mancanze.join(" ")).filter(|m| segnatura && !m.is_empty()),
        registrazione_id: None,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga.pulita()).execute(op.conn)?;
    if segnatura { Ok(()) } else { riunisci(op, mittente) }
}

/// Nothing but the file that answers: a document beside it would be lost to the register.
fn solo(a: &Arrivo<'_>) -> bool {
    let mut file = a.letto.allegati.iter().map(|f| f.nome.as_str());
    file.all(|n| Tipo::da_file(n).is_some() || DI_SERVIZIO.iter().any(|s| s.eq_ignore_ascii_case(n)))
}

/// The registration of ours that an answer names.
fn nostro(lettura: &Lettura, nostra: &Aoo) -> Option<Identificatore> {
    let Some(RiferimentoLetto::Registrato(letto)) = &lettura.messaggio_ricevuto else { return None };
    let uguale = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let nostro = letto.valori()?;
    let di_qui = uguale(nostro.codice_amministrazione.as_str(), nostra.ente_ipa.as_str())
        && uguale(nostro.codice_aoo.as_str(), nostra.codice.as_str());
    di_qui.then_some(nostro)
}

/// Whether we are asked: where the recipients say which of them is this AOO, only that one counts.
fn chiede(lettura: &Lettura, nostra: &Aoo, casella: &IndirizzoMail) -> bool {
    let uguale = |a: &Option<String>, b: &str| a.as_deref().is_some_and(|a| a.trim().eq_ignore_ascii_case(b));
    let siamo_noi = |d: &&crate::segnatura::DestinatarioLetto| {
        let stesso_ente = uguale(&d.soggetto.codice_amministrazione, nostra.ente_ipa.as_str());
        uguale(&d.soggetto.indirizzo, casella.as_str())
            || (stesso_ente && uguale(&d.soggetto.codice_aoo, nostra.codice.as_str()))
    };
    let noi: Vec<_> = lettura.destinatari.iter().filter(siamo_noi).collect();
    if noi.is_empty() { lettura.conferma_richiesta } else { noi.iter().any(|d| d.conferma_richiesta) }
}

/// Joins the answers of this sender that can be joined now: also those of before, since nobody knows which comes first.
pub(in super::super) fn riunisci(op: &mut Operazione<'_>, mittente: &str) -> Result<(), Errore> {
    let mittente = mittente.to_lowercase();
    // An annullamento may name what a conferma, joined in the first round, tells us.
    for _ in 0..2 {
        let sospesi: Vec<Riga> = tabella::table
            .filter(tabella::aoo_id.eq(op.aoo.to_string()).and(tabella::mittente.eq(&mittente)))
            .filter(tabella::genere.ne(SEGNATURA).and(tabella::certificato.eq(true)))
            .filter(tabella::registrazione_id.is_null())
            .order(tabella::messaggio_id.desc())
            .limit(MASSIMI_SOSPESI)
            .select(Riga::as_select())
            .load(op.conn)?;
        let mut uno = false;
        for riga in &sospesi {
            let Some(sua) = registrazione(op.conn, riga)? else { continue };
            uno = true;
            let codici = match (&riga.codice_ipa, &riga.codice_aoo) {
                (Some(ipa), aoo) => (Some(ipa.clone()), aoo.clone()),
                _ => codici_di(op.conn, &sua, &mittente)?,
            };
            let cambio = (
                tabella::registrazione_id.eq(Some(&sua)),
                tabella::codice_ipa.eq(codici.0),
                tabella::codice_aoo.eq(codici.1),
            );
            diesel::update(tabella::table.find(&riga.messaggio_id)).set(cambio).execute(op.conn)?;
        }
        if !uno {
            break;
        }
    }
    Ok(())
}

/// The registration that an answer speaks of, if its sender was sent it.
fn registrazione(conn: &mut Conn, riga: &Riga) -> Result<Option<String>, Errore> {
    if riga.genere == Tipo::Annullamento.as_str() {
        return annullata_da_loro(conn, riga);
    }
    let Some(nostro) = riga.nostro.as_deref().and_then(|n| n.parse::<Identificatore>().ok()) else { return Ok(None) };
    let trovata: Option<(String, String)> = registrazioni::table
        .filter(registrazioni::aoo_id.eq(&riga.aoo_id).and(registrazioni::registro.eq(nostro.registro.as_str())))
        .filter(registrazioni::anno.eq(chrono::Datelike::year(&nostro.data)))
        .filter(registrazioni::numero.eq(nostro.numero.valore()))
        .select((registrazioni::id, registrazioni::segnatura))
        .first(conn)
        .optional()?;
    let Some((id, _)) = trovata.filter(|(_, linea)| *linea == nostro.to_string()) else { return Ok(None) };
    let mandata: Vec<String> = invii::table
        .filter(invii::registrazione_id.eq(&id).and(invii::ritorno_id.is_null()))
        .select(invii::destinatario)
        .load(conn)?;
    Ok(mandata.iter().any(|d| d.eq_ignore_ascii_case(&riga.mittente)).then_some(id))
}

/// An annullamento names the sender's own registration: of what they sent us, or of what we sent and they confirmed.
fn annullata_da_loro(conn: &mut Conn, riga: &Riga) -> Result<Option<String>, Errore> {
    let Some(suo) = &riga.suo else { return Ok(None) };
    let stesse: Vec<Riga> = tabella::table
        .filter(tabella::aoo_id.eq(&riga.aoo_id).and(tabella::mittente.eq(&riga.mittente)))
        .filter(tabella::genere.ne(Tipo::Annullamento.as_str()).and(tabella::suo.eq(suo)))
        .filter(tabella::certificato.eq(true))
        .order(tabella::messaggio_id)
        .limit(MASSIMI_SOSPESI)
        .select(Riga::as_select())
        .load(conn)?;
    for s in stesse {
        if s.genere != SEGNATURA {
            if s.registrazione_id.is_some() {
                return Ok(s.registrazione_id);
            }
            continue;
        }
        let divenuta = protocolli_messaggi::table
            .filter(protocolli_messaggi::messaggio_id.eq(&s.messaggio_id))
            .order(protocolli_messaggi::registrazione_id.desc())
            .select(protocolli_messaggi::registrazione_id);
        if let Some(id) = divenuta.first(conn).optional()? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The codes of the party that has this address.
fn codici_di(
    conn: &mut Conn,
    registrazione: &str,
    indirizzo: &str,
) -> Result<(Option<String>, Option<String>), Errore> {
    let parti: Vec<(Option<String>, Option<String>, Option<String>)> = corrispondenti::table
        .filter(corrispondenti::registrazione_id.eq(registrazione))
        .select((corrispondenti::pec, corrispondenti::codice_ipa, corrispondenti::codice_aoo))
        .load(conn)?;
    let sua = parti.into_iter().find(|(pec, ..)| pec.as_deref().is_some_and(|p| p.eq_ignore_ascii_case(indirizzo)));
    Ok(sua.map_or((None, None), |(_, ipa, aoo)| (ipa, aoo)))
}

/// The answers of other AOO to a registration, oldest first. Nothing for whoever may not see it.
///
/// # Errors
/// Those of the database.
pub fn ricevuti(
    conn: &mut Conn,
    vista: &Vista,
    registrazione: RegistrazioneId,
) -> Result<Vec<RitornoRicevuto>, Errore> {
    if !registro::visibile(conn, vista, registrazione)? {
        return Ok(Vec::new());
    }
    let righe: Vec<(Riga, Option<chrono::NaiveDateTime>)> = tabella::table
        .inner_join(messaggi::table.on(messaggi::id.eq(tabella::messaggio_id)))
        .filter(tabella::registrazione_id.eq(registrazione.to_string()))
        .order((messaggi::consegnato, messaggi::id))
        .select((Riga::as_select(), messaggi::consegnato))
        .load(conn)?;
    let mut visti: Vec<(String, String, Option<String>, Option<String>)> = Vec::new();
    let mut ricevuti = Vec::new();
    for (r, consegnato) in righe {
        let detto = (r.genere.clone(), r.mittente.clone(), r.suo.clone(), r.motivo.clone());
        let doppione = visti.contains(&detto);
        visti.push(detto);
        ricevuti.push(RitornoRicevuto {
            messaggio: r.messaggio_id.parse().map_err(|e| storage::Errore::riga("interoperabilita", e))?,
            genere: r.genere,
            mittente: r.mittente,
            suo: r.suo,
            motivo: r.motivo,
            istante: Istante::from_utc(consegnato.unwrap_or(r.istante)),
            doppione,
        });
    }
    Ok(ricevuti)
}

/// The segnatura of a message that the caller sees.
///
/// # Errors
/// Those of the database.
pub fn segnatura_ricevuta(conn: &mut Conn, m: &Messaggio) -> Result<Option<SegnaturaRicevuta>, Errore> {
    segnatura(conn, m.id)
}

pub(super) fn segnatura(conn: &mut Conn, id: MessaggioId) -> Result<Option<SegnaturaRicevuta>, Errore> {
    let sua = tabella::table.find(id.to_string()).filter(tabella::genere.eq(SEGNATURA));
    let riga: Option<Riga> = sua.select(Riga::as_select()).first(conn).optional()?;
    Ok(riga.map(|r| SegnaturaRicevuta {
        dialetto: r.dialetto,
        mittente: r.mittente,
        certificato: r.certificato,
        chiede: r.chiede,
        mancanze: r.mancanze,
        suo: r.suo,
        prima: r.prima,
        risposta: r.risposta,
    }))
}

/// Those of these messages that are answers: of each its kind, and whether it is joined.
pub(in super::super) fn di(conn: &mut Conn, messaggi: &[&str]) -> Result<HashMap<String, (String, bool)>, Errore> {
    let righe: Vec<(String, String, Option<String>)> = tabella::table
        .filter(tabella::messaggio_id.eq_any(messaggi).and(tabella::genere.ne(SEGNATURA)))
        .select((tabella::messaggio_id, tabella::genere, tabella::registrazione_id))
        .load(conn)?;
    Ok(righe.into_iter().map(|(id, genere, registrazione)| (id, (genere, registrazione.is_some()))).collect())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
struct Riga {
    messaggio_id: String,
    aoo_id: String,
    genere: String,
    dialetto: Option<String>,
    mittente: String,
    certificato: bool,
    codice_ipa: Option<String>,
    codice_aoo: Option<String>,
    suo: Option<String>,
    prima: Option<String>,
    nostro: Option<String>,
    motivo: Option<String>,
    risposta: Option<String>,
    chiede: bool,
    mancanze: Option<String>,
    registrazione_id: Option<String>,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    /// Without the NUL that PostgreSQL keeps in no text.
    fn pulita(mut self) -> Self {
        let testi = [
            &mut self.codice_ipa,
            &mut self.codice_aoo,
            &mut self.suo,
            &mut self.prima,
            &mut self.nostro,
            &mut self.motivo,
            &mut self.risposta,
            &mut self.mancanze,
        ];
        testi.into_iter().flatten().for_each(|t| t.retain(|c| c != '\0'));
        self.mittente.retain(|c| c != '\0');
        self
    }
}
