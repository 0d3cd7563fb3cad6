//! Duplicates: what was registered before and looks like what is being registered. They are shown, and never stop anybody.
//!
//! The same main file, or the same number of the same sender in the same year. What the caller may not see is no duplicate: a hash is no
//! oracle. What is annulled is none either, since its document is registered again on purpose; nor is what went the other way, since an
//! answer may well carry what it answers.
//!
//! A sender's number is looked for as it was registered, and told only if it is still the one in force: a number that was annulled is
//! no oracle. One that came by an annulment of the datum is not looked for.

use super::{Errore, Flusso, Nuova, ProtocolloMittente, Registrazione, RuoloCorrispondente, RuoloDocumento, lettura};
use crate::segnatura::{NomeParte, Parte};
use crate::storage::Conn;
use crate::storage::schema::{acquisizioni, annullamenti, documenti_registrati, registrazioni};
use crate::utenti::visibilita::Vista;
use crate::valori::{Impronta, RegistrazioneId};
use chrono::{Datelike, NaiveDate};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

/// Registrations that are compared, the newest ones, for each file and for a sender's number.
const CONFRONTATE: i64 = 100;

/// Registrations that are read whole.
const LETTE: usize = 20;

/// Duplicates that are told, the newest ones.
const MASSIMI: usize = 5;

/// Why two registrations look the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Somiglianza {
    /// The same message, in this mailbox or another.
    Messaggio,
    /// The same main file.
    File,
    /// The same number of the same sender in the same year.
    Protocollo,
}

/// What was registered before.
#[derive(Debug, Clone)]
pub struct Duplicato {
    /// The registration.
    pub registrazione: Registrazione,
    /// Why it looks the same.
    pub somiglianza: Somiglianza,
}

/// By what a duplicate is recognised.
#[derive(Debug, Clone)]
pub struct Indizi {
    /// The direction.
    pub flusso: Flusso,
    /// The files that are the document.
    pub impronte: Vec<Impronta>,
    /// The sender's own number.
    pub protocollo_mittente: Option<ProtocolloMittente>,
    /// The senders.
    pub mittenti: Vec<Parte>,
    /// The year in which it is registered.
    pub anno: i32,
    /// Only what was registered before this.
    pub prima_di: Option<RegistrazioneId>,
}

impl Indizi {
    /// Those of what has no number yet.
    #[must_use]
    pub fn nuova(nuova: &Nuova, anno: i32) -> Self {
        let file = nuova.documenti.iter().filter(|d| d.ruolo == RuoloDocumento::Principale);
        let parti = nuova.corrispondenti.iter().filter(|c| c.ruolo == RuoloCorrispondente::Mittente);
        Self {
            flusso: nuova.flusso,
            // Two empty files say nothing of each other.
            impronte: file.filter(|d| d.riposto.dimensione > 0).map(|d| d.riposto.impronta).collect(),
            protocollo_mittente: nuova.protocollo_mittente.clone(),
            mittenti: parti.map(|c| c.parte.clone()).collect(),
            anno,
            prima_di: None,
        }
    }

    /// Those of what has a number: only what came before it can be its duplicate.
    #[must_use]
    pub fn registrata(r: &Registrazione) -> Self {
        let file = r.documenti.iter().filter(|d| d.ruolo == RuoloDocumento::Principale);
        let parti = r.corrispondenti.iter().filter(|c| c.ruolo == RuoloCorrispondente::Mittente);
        Self {
            flusso: r.flusso,
            impronte: file.filter(|d| d.dimensione > 0).map(|d| d.impronta).collect(),
            protocollo_mittente: r.protocollo_mittente.clone(),
            mittenti: parti.map(|c| c.parte.clone()).collect(),
            anno: r.anno,
            prima_di: Some(r.id),
        }
    }

    /// True if the registration bears, in force, this number of one of these senders in the same year.
    fn stesso_protocollo(&self, r: &Registrazione) -> bool {
        let (Some(questo), Some(suo)) = (&self.protocollo_mittente, &r.protocollo_mittente) else { return false };
        suo.numero == questo.numero
            && anno_mittente(suo.data, r.anno) == anno_mittente(questo.data, self.anno)
            && r.corrispondenti
                .iter()
                .filter(|c| c.ruolo == RuoloCorrispondente::Mittente)
                .any(|c| self.mittenti.iter().any(|m| stessa_parte(m, &c.parte)))
    }
}

/// The year of a sender's number: of its date, or else of the registration.
fn anno_mittente(data: Option<NaiveDate>, anno: i32) -> i32 {
    data.map_or(anno, |data| data.year())
}

/// What was registered before and looks the same, among what may be seen, newest first. `altre` are registrations that the caller knows
/// to be of the same message.
///
/// # Errors
/// Those of the database.
pub fn duplicati(
    conn: &mut Conn,
    vista: &Vista,
    indizi: &Indizi,
    altre: &[RegistrazioneId],
) -> Result<Vec<Duplicato>, Errore> {
    let mut con_file_uguale = Vec::new();
    for impronta in &indizi.impronte {
        con_file_uguale.extend(con_file(conn, impronta, indizi.prima_di)?);
    }
    let stesso_messaggio = ultime(conn, vista, indizi, altre)?;
    let stesso_file = ultime(conn, vista, indizi, &con_file_uguale)?;
    let stesso_numero = match &indizi.protocollo_mittente {
        Some(protocollo) => con_protocollo(conn, vista, indizi, protocollo)?,
        None => Vec::new(),
    };
    let mut candidate: Vec<(RegistrazioneId, Somiglianza)> = Vec::new();
    for (ids, somiglianza) in [
        (stesso_messaggio, Somiglianza::Messaggio),
        (stesso_file, Somiglianza::File),
        (stesso_numero, Somiglianza::Protocollo),
    ] {
        for id in ids {
            if candidate.iter().all(|(nota, _)| *nota != id) {
                candidate.push((id, somiglianza));
            }
        }
    }
    if candidate.is_empty() {
        return Ok(Vec::new());
    }
    candidate.truncate(LETTE);
    let ids: Vec<RegistrazioneId> = candidate.iter().map(|(id, _)| *id).collect();
    let mut trovati = Vec::new();
    for registrazione in lettura::per_ids(conn, vista, &ids)? {
        let Some((_, somiglianza)) = candidate.iter().find(|(id, _)| *id == registrazione.id) else { continue };
        if *somiglianza != Somiglianza::Protocollo || indizi.stesso_protocollo(&registrazione) {
            trovati.push(Duplicato { registrazione, somiglianza: *somiglianza });
        }
    }
    trovati.sort_by_key(|d| std::cmp::Reverse(d.registrazione.id));
    trovati.truncate(MASSIMI);
    Ok(trovati)
}

type Confrontabili = registrazioni::BoxedQuery<'static, <Conn as Connection>::Backend>;

/// The registrations that may be duplicates, newest first: seen by the caller, made before, gone the same way and not annulled.
fn confrontabili(vista: &Vista, indizi: &Indizi) -> Confrontabili {
    let annullata = exists(annullamenti::table.filter(annullamenti::registrazione_id.eq(registrazioni::id)));
    let query = lettura::vede(vista)
        .filter(registrazioni::flusso.eq(indizi.flusso.as_str()))
        .filter(not(annullata))
        .order(registrazioni::id.desc());
    match indizi.prima_di {
        Some(id) => query.filter(registrazioni::id.lt(id.to_string())),
        None => query,
    }
}

/// The newest of these, as many as are told.
fn ultime(
    conn: &mut Conn,
    vista: &Vista,
    indizi: &Indizi,
    ids: &[RegistrazioneId],
) -> Result<Vec<RegistrazioneId>, Errore> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let query = confrontabili(vista, indizi).filter(registrazioni::id.eq_any(ids)).select(registrazioni::id);
    let mut trovate = leggibili(query.load(conn)?);
    trovate.truncate(MASSIMI);
    Ok(trovate)
}

/// The newest registrations that have a file.
fn con_file(
    conn: &mut Conn,
    impronta: &Impronta,
    prima_di: Option<RegistrazioneId>,
) -> Result<Vec<RegistrazioneId>, Errore> {
    let mut query = documenti_registrati::table
        .filter(documenti_registrati::sha256.eq(impronta.to_string()))
        .order(documenti_registrati::registrazione_id.desc())
        .limit(CONFRONTATE)
        .select(documenti_registrati::registrazione_id)
        .into_boxed();
    let mut scansioni = acquisizioni::table
        .filter(acquisizioni::sha256.eq(impronta.to_string()))
        .order(acquisizioni::registrazione_id.desc())
        .limit(CONFRONTATE)
        .select(acquisizioni::registrazione_id)
        .into_boxed();
    if let Some(id) = prima_di {
        query = query.filter(documenti_registrati::registrazione_id.lt(id.to_string()));
        scansioni = scansioni.filter(acquisizioni::registrazione_id.lt(id.to_string()));
    }
    let mut ids: Vec<String> = query.load(conn)?;
    ids.extend(scansioni.load::<String>(conn)?);
    Ok(leggibili(ids))
}

/// The newest registrations that were registered with this number of a sender, whoever it is, of the same year.
fn con_protocollo(
    conn: &mut Conn,
    vista: &Vista,
    indizi: &Indizi,
    protocollo: &ProtocolloMittente,
) -> Result<Vec<RegistrazioneId>, Errore> {
    let righe: Vec<(String, i32, Option<NaiveDate>)> = confrontabili(vista, indizi)
        .filter(registrazioni::protocollo_mittente_numero.eq(protocollo.numero.to_string()))
        .limit(CONFRONTATE)
        .select((registrazioni::id, registrazioni::anno, registrazioni::protocollo_mittente_data))
        .load(conn)?;
    let questo = anno_mittente(protocollo.data, indizi.anno);
    let dell_anno = righe.into_iter().filter(|(_, anno, data)| anno_mittente(*data, *anno) == questo);
    Ok(leggibili(dell_anno.map(|(id, ..)| id).collect()))
}

fn leggibili(ids: Vec<String>) -> Vec<RegistrazioneId> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}

/// True if the two are one: by a code that both have, by their address, else by their name however its words are ordered.
fn stessa_parte(a: &Parte, b: &Parte) -> bool {
    if let (Some(a), Some(b)) = (&a.codice_fiscale, &b.codice_fiscale) {
        return a == b;
    }
    if let (Some(ipa), Some(altro)) = (&a.codice_ipa, &b.codice_ipa) {
        return ipa == altro && (a.codice_aoo == b.codice_aoo || a.codice_aoo.is_none() || b.codice_aoo.is_none());
    }
    let stesso_indirizzo = a.pec.is_some() && a.pec == b.pec;
    stesso_indirizzo || parole(a) == parole(b)
}

fn parole(parte: &Parte) -> Vec<String> {
    let nome = match &parte.nome {
        NomeParte::Denominazione(d) => d.to_string(),
        NomeParte::Persona { nome, cognome } => format!("{nome} {cognome}"),
    };
    let mut parole: Vec<String> = nome.to_lowercase().split_whitespace().map(str::to_owned).collect();
    parole.sort();
    parole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segnatura::TipoParte;

    fn ditta(nome: &str, pec: Option<&str>, ipa: Option<&str>) -> Parte {
        Parte {
            tipo: TipoParte::PersonaGiuridica,
            nome: NomeParte::Denominazione(nome.parse().unwrap()),
            codice_fiscale: None,
            codice_ipa: ipa.map(|i| i.parse().unwrap()),
            codice_aoo: None,
            codice_uo: None,
            pec: pec.map(|p| p.parse().unwrap()),
        }
    }

    #[test]
    fn a_sender_is_known_by_code_by_address_and_by_name() {
        let maria = NomeParte::Persona { nome: "Maria".parse().unwrap(), cognome: "De Rossi".parse().unwrap() };
        let persona = Parte { nome: maria, ..ditta("x", None, None) };
        for (a, b, uguali) in [
            (ditta("Rossi SRL", None, None), ditta("rossi  srl", None, None), true),
            (ditta("De Rossi Maria", None, None), persona, true),
            (ditta("Rossi", Some("a@pec.it"), None), ditta("Ditta Rossi", Some("a@pec.it"), None), true),
            (ditta("Rossi", Some("a@pec.it"), None), ditta("Bianchi", Some("b@pec.it"), None), false),
            (ditta("Comune", None, Some("c_a001")), ditta("Comune", None, Some("c_b002")), false),
            (ditta("Comune", None, None), ditta("Provincia", None, None), false),
        ] {
            assert_eq!(stessa_parte(&a, &b), uguali, "{a:?} {b:?}");
        }
    }
}
