//! Duplicates: what was registered before and looks like what is being registered. They are shown, and never stop anybody.
//!
//! The same main file, or the same number of the same sender in the same year. What the caller may not see is no duplicate: a hash is no
//! oracle. What is annulled is none either, since its document is registered again on purpose; nor is what went the other way, since an
//! answer may well carry what it answers.

use super::{Errore, Flusso, Nuova, ProtocolloMittente, Registrazione, RuoloCorrispondente, RuoloDocumento, lettura};
use crate::segnatura::{NomeParte, Parte};
use crate::storage::Conn;
use crate::storage::schema::{acquisizioni, documenti_registrati, registrazioni};
use crate::utenti::visibilita::Vista;
use crate::valori::{Impronta, RegistrazioneId};
use chrono::Datelike;
use diesel::prelude::*;

/// Registrations that are compared, the newest ones, for each file and for a sender's number.
const CONFRONTATE: i64 = 100;

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

    /// The year of the sender's number: of its date, or else of the registration.
    fn anno_mittente(&self) -> i32 {
        anno_mittente(self.protocollo_mittente.as_ref(), self.anno)
    }
}

fn anno_mittente(protocollo: Option<&ProtocolloMittente>, anno: i32) -> i32 {
    protocollo.and_then(|p| p.data).map_or(anno, |data| data.year())
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
    let mut trovati: Vec<Duplicato> = Vec::new();
    let mut aggiungi = |candidate: Vec<Registrazione>, somiglianza, uguale: &dyn Fn(&Registrazione) -> bool| {
        for registrazione in candidate {
            let prima = indizi.prima_di.is_none_or(|id| registrazione.id < id);
            let nota = trovati.iter().any(|d| d.registrazione.id == registrazione.id);
            if prima && !nota && registrazione.annullamento.is_none() && uguale(&registrazione) {
                trovati.push(Duplicato { registrazione, somiglianza });
            }
        }
    };
    aggiungi(lettura::per_ids(conn, vista, altre)?, Somiglianza::Messaggio, &|_| true);
    for impronta in &indizi.impronte {
        let candidate = con_file(conn, impronta, indizi.prima_di)?;
        let stesso_flusso = |r: &Registrazione| r.flusso == indizi.flusso;
        aggiungi(lettura::per_ids(conn, vista, &candidate)?, Somiglianza::File, &stesso_flusso);
    }
    if let Some(protocollo) = &indizi.protocollo_mittente {
        let candidate = con_protocollo(conn, vista, protocollo, indizi.prima_di)?;
        let dello_stesso = |r: &Registrazione| {
            anno_mittente(r.protocollo_mittente.as_ref(), r.anno) == indizi.anno_mittente()
                && r.flusso == indizi.flusso
                && r.corrispondenti
                    .iter()
                    .filter(|c| c.ruolo == RuoloCorrispondente::Mittente)
                    .any(|c| indizi.mittenti.iter().any(|m| stessa_parte(m, &c.parte)))
        };
        aggiungi(lettura::per_ids(conn, vista, &candidate)?, Somiglianza::Protocollo, &dello_stesso);
    }
    trovati.sort_by_key(|d| std::cmp::Reverse(d.registrazione.id));
    trovati.truncate(MASSIMI);
    Ok(trovati)
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

/// The newest registrations that bear this number of a sender, whoever it is.
fn con_protocollo(
    conn: &mut Conn,
    vista: &Vista,
    protocollo: &ProtocolloMittente,
    prima_di: Option<RegistrazioneId>,
) -> Result<Vec<RegistrazioneId>, Errore> {
    let mut query = registrazioni::table
        .filter(registrazioni::aoo_id.eq(vista.aoo().to_string()))
        .filter(registrazioni::protocollo_mittente_numero.eq(protocollo.numero.to_string()))
        .order(registrazioni::id.desc())
        .limit(CONFRONTATE)
        .select(registrazioni::id)
        .into_boxed();
    if let Some(id) = prima_di {
        query = query.filter(registrazioni::id.lt(id.to_string()));
    }
    Ok(leggibili(query.load(conn)?))
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
