//! What a message should be: its structure, which decides whether it is valid, and its values, which do not.

use super::albero::{Nodo, Spazio};
use super::impronta::Algoritmo;
use super::regole::{self, ALLEGATO_SEI, PROTOCOLLO};
use super::{Dialetto, DocumentoLetto, IdentificatoreLetto, Lettura, Rilievi, Tipo, cita};
use crate::valori::{CodiceAoo, CodiceIpa, CodiceRegistro, IndirizzoMail};
use chrono::NaiveDate;

/// Whether the structure holds: see the module [`super`].
pub(super) fn struttura(radice: Nodo<'_>, dialetto: Dialetto, rilievi: &mut Rilievi) -> bool {
    let regole = if dialetto == Dialetto::Tre { ALLEGATO_SEI } else { PROTOCOLLO };
    let mut sana = true;
    let mut guasto = |frase: String| {
        sana = false;
        rilievi.push(frase);
    };
    if regole::contenuto(regole, "", radice.nome()) == regole::TESTO {
        guasto(format!("«{}» non è un messaggio di questo dialetto.", radice.nome()));
    }
    // What is to be checked, with the name of its parent: a list instead of recursion.
    let mut da_vedere = vec![("", radice)];
    while let Some((genitore, nodo)) = da_vedere.pop() {
        let contenuto = regole::contenuto(regole, genitore, nodo.nome());
        if contenuto == "ANY" {
            continue;
        }
        elemento(nodo, contenuto, &mut guasto);
        if dialetto == Dialetto::Tre && !matches!(nodo.spazio(), Spazio::Agid | Spazio::AgidPec) {
            guasto(format!("«{}» non è nello spazio dei nomi dell'Allegato 6.", nodo.nome()));
        }
        if dialetto == Dialetto::Circolare60Dtd
            && nodo.nome() == "Identificatore"
            && nodo.figlio("CodiceRegistro").is_none()
        {
            guasto("In «Identificatore» manca «CodiceRegistro».".to_owned());
        }
        da_vedere.extend(nodo.figli().rev().map(|f| (nodo.nome(), f)));
    }
    if dialetto == Dialetto::Tre && radice.attributo("versione") != Some("3.0.0") {
        sana = false;
    }
    if dialetto != Dialetto::Tre {
        radice.discendenti().for_each(|nodo| ordine(nodo, rilievi));
    }
    sana
}

/// What stands before its place.
fn ordine(nodo: Nodo<'_>, rilievi: &mut Rilievi) {
    let parti: Vec<_> = regole::parti(regole::contenuto(PROTOCOLLO, "", nodo.nome())).collect();
    let mut raggiunta = 0;
    for figlio in nodo.figli() {
        let posto = parti.iter().position(|p| p.comprende(figlio.nome())).unwrap_or(raggiunta);
        if posto < raggiunta {
            let (figlio, nodo) = (figlio.nome(), nodo.nome());
            rilievi
                .push(format!("In «{nodo}» l'elemento «{figlio}» è fuori posto: da solo non è un motivo di rifiuto."));
        }
        raggiunta = raggiunta.max(posto);
    }
}

fn elemento(nodo: Nodo<'_>, contenuto: &'static str, guasto: &mut impl FnMut(String)) {
    let nome = nodo.nome();
    for parte in regole::parti(contenuto) {
        let quanti = nodo.figli().filter(|f| parte.comprende(f.nome())).count();
        let nomi = parte.nomi().map(|n| format!("«{n}»")).collect::<Vec<_>>().join(" o ");
        if quanti < parte.minimo {
            guasto(format!("In «{nome}» manca {nomi}."));
        } else if quanti > parte.massimo {
            guasto(format!("In «{nome}» c'è più di un {nomi}."));
        }
    }
    for figlio in nodo.figli() {
        if !regole::parti(contenuto).any(|p| p.comprende(figlio.nome())) {
            guasto(format!("In «{nome}» c'è «{}», che non è previsto.", figlio.nome()));
        }
    }
    for attributo in regole::attributi(contenuto) {
        if nodo.attributo(attributo).is_none() {
            guasto(format!("A «{nome}» manca l'attributo «{attributo}»."));
        }
    }
    if regole::parti(contenuto).next().is_some() && nodo.testo().is_some() {
        guasto(format!("In «{nome}» c'è del testo fuori dagli elementi."));
    }
}

/// Values that are not as the norm wants them: findings, and nothing else.
pub(super) fn valori(lettura: &Lettura, rilievi: &mut Rilievi) {
    if let Some(letto) = &lettura.identificatore {
        identificatore(letto, lettura.dialetto, rilievi);
    }
    if lettura.tipo != Some(Tipo::Segnatura) {
        return;
    }
    if lettura.oggetto.is_none() {
        rilievi.push("Manca l'oggetto.");
    }
    match lettura.mittente.as_ref().and_then(|m| m.indirizzo.as_ref()) {
        None if lettura.dialetto != Some(Dialetto::Tre) => rilievi.push("Manca l'indirizzo del mittente."),
        Some(indirizzo) if indirizzo.parse::<IndirizzoMail>().is_err() => {
            rilievi.push(format!("L'indirizzo del mittente, {}, non è un indirizzo di posta.", cita(indirizzo)));
        }
        _ => {}
    }
    if lettura.documenti.is_empty() {
        rilievi.push("La segnatura non elenca nessun documento.");
    }
    lettura.documenti.iter().for_each(|d| documento(d, rilievi));
}

fn identificatore(letto: &IdentificatoreLetto, dialetto: Option<Dialetto>, rilievi: &mut Rilievi) {
    if let Some(numero) = &letto.numero
        && (numero.len() < 7 || !numero.bytes().all(|b| b.is_ascii_digit()))
    {
        rilievi.push(format!("Il numero di registrazione, {}, non è di almeno 7 cifre.", cita(numero)));
    }
    if let Some(data) = &letto.data
        && data.parse::<NaiveDate>().is_err()
    {
        rilievi.push(format!("La data di registrazione, {}, non è nella forma aaaa-mm-gg.", cita(data)));
    }
    match &letto.registro {
        None if dialetto != Some(Dialetto::Circolare28) => rilievi.push("Manca il codice del registro."),
        Some(registro) if registro.parse::<CodiceRegistro>().is_err() => {
            rilievi.push(format!("Il codice del registro, {}, non è nella forma prevista.", cita(registro)));
        }
        _ => {}
    }
    if let Some(ente) = letto.amministrazione.as_ref().filter(|c| c.parse::<CodiceIpa>().is_err()) {
        rilievi.push(format!("Il codice dell'amministrazione, {}, non è nella forma prevista.", cita(ente)));
    }
    if let Some(aoo) = letto.aoo.as_ref().filter(|c| c.parse::<CodiceAoo>().is_err()) {
        rilievi.push(format!("Il codice dell'AOO, {}, non è nella forma prevista.", cita(aoo)));
    }
}

fn documento(letto: &DocumentoLetto, rilievi: &mut Rilievi) {
    let nome = letto.nome.as_deref().map_or_else(|| "un documento senza nome".to_owned(), cita);
    let (Some(impronta), Some(scritto)) = (&letto.impronta, &letto.algoritmo) else { return };
    match Algoritmo::con_nome(scritto) {
        None if scritto.to_ascii_uppercase().contains("HMAC") => rilievi.push(format!(
            "L'impronta di {nome} usa {}, che chiede una chiave: non può essere confrontata.",
            cita(scritto)
        )),
        None => rilievi.push(format!(
            "L'impronta di {nome} usa l'algoritmo {}, che non è fra quelli ammessi: non può essere confrontata.",
            cita(scritto)
        )),
        Some(algoritmo) if algoritmo.leggi(impronta).is_none() => {
            rilievi.push(format!("L'impronta di {nome} non è uno {} in base64.", algoritmo.nome()));
        }
        Some(Algoritmo::Sha1) => rilievi.push(format!("L'impronta di {nome} è uno SHA-1, che non è più sicuro.")),
        Some(_) => {}
    }
}
