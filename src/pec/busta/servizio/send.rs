//! *Avviso di avvenuta ricezione* of SEND: the notified documents are on the platform, the notice says which notification it is.

use super::{NomeServizio, Servizio};
use crate::pec::busta::Busta;

/// Where the address of the platform ends.
const DOMINIO: &str = "notifichedigitali.it";

/// Recognised by the *identificativo univoco della notifica*, where the message says that it is of SEND: in the subject, as
/// `SEND - Nuova notifica da Comune di Prova - ABCD-EFGH-IJKL-202603-M-1`, or in its text with an address of the platform.
pub fn di(busta: &Busta<'_>) -> Option<Servizio> {
    let originale = busta.original.as_ref();
    let oggetto = originale.and_then(|o| o.subject.as_deref()).or(busta.subject.as_deref()).unwrap_or("");
    let corpo = originale.map_or(busta.body.as_str(), |o| o.body.as_str());
    let nomina_send = oggetto.split(|c: char| !c.is_alphanumeric()).any(|p| p == "SEND");
    let iun = match iun(oggetto).filter(|_| nomina_send) {
        Some(iun) => iun,
        None => iun_nel_corpo(corpo)?,
    };
    let mut servizio =
        Servizio::new(NomeServizio::Send, "aar", "Avviso di avvenuta ricezione di una notifica digitale (SEND)");
    servizio.ente = ente(oggetto);
    servizio.iun = Some(iun);
    Some(servizio)
}

fn iun_nel_corpo(corpo: &str) -> Option<String> {
    corpo.to_lowercase().contains(DOMINIO).then(|| iun(corpo)).flatten()
}

/// `SEND - Nuova notifica da ENTE - IUN`.
fn ente(oggetto: &str) -> Option<String> {
    let (_, dopo) = oggetto.split_once("notifica da ")?;
    let (ente, _) = dopo.rsplit_once(" - ")?;
    let ente = ente.trim();
    (!ente.is_empty()).then(|| ente.to_owned())
}

/// The first word with the shape of an IUN.
fn iun(testo: &str) -> Option<String> {
    let parole = testo.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    parole.map(|p| p.trim_matches('-')).find(|p| e_iun(p)).map(str::to_owned)
}

/// Three groups of four letters, year and month, a letter, a digit.
fn e_iun(parola: &str) -> bool {
    let lettere = |p: &str, quante: usize| p.len() == quante && p.bytes().all(|b| b.is_ascii_uppercase());
    let cifre = |p: &str, quante: usize| p.len() == quante && p.bytes().all(|b| b.is_ascii_digit());
    let pezzi: Vec<&str> = parola.split('-').take(7).collect();
    let [uno, due, tre, mese, lettera, cifra] = pezzi.as_slice() else { return false };
    [uno, due, tre].iter().all(|p| lettere(p, 4)) && cifre(mese, 6) && lettere(lettera, 1) && cifre(cifra, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_notification_is_found() {
        for (testo, atteso) in [
            ("SEND - Nuova notifica da Comune di Prova - ABCD-EFGH-IJKL-202603-M-1", Some("ABCD-EFGH-IJKL-202603-M-1")),
            ("(IUN: ABCD-EFGH-IJKL-202603-M-1).", Some("ABCD-EFGH-IJKL-202603-M-1")),
            ("abcd-efgh-ijkl-202603-m-1", None),
            ("ABCD-EFGH-IJKL-20260-M-1", None),
            ("ABCD-EFGH-IJKL-202603-M-1-2", None),
        ] {
            assert_eq!(iun(testo).as_deref(), atteso, "{testo}");
        }
        let oggetto = "SEND - Nuova notifica da Comune di Prova - ABCD-EFGH-IJKL-202603-M-1";
        assert_eq!(ente(oggetto).as_deref(), Some("Comune di Prova"));
    }
}
