//! What a message should be: its structure, which decides whether it is valid, and its values, which do not.

use super::albero::{Nodo, Spazio};
use super::regole::{self, ALLEGATO_SEI, PROTOCOLLO};
use super::{Dialetto, DocumentoLetto, IdentificatoreLetto, Lettura, Rilievi, Tipo};
use crate::valori::{CodiceAoo, CodiceRegistro, IndirizzoMail};
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
    sana
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
            rilievi.push(format!("L'indirizzo del mittente, «{indirizzo}», non è un indirizzo di posta."));
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
        rilievi.push(format!("Il numero di registrazione, «{numero}», non è di almeno 7 cifre."));
    }
    if let Some(data) = &letto.data
        && data.parse::<NaiveDate>().is_err()
    {
        rilievi.push(format!("La data di registrazione, «{data}», non è nella forma aaaa-mm-gg."));
    }
    match &letto.registro {
        None if dialetto != Some(Dialetto::Circolare28) => rilievi.push("Manca il codice del registro."),
        Some(registro) if registro.parse::<CodiceRegistro>().is_err() => {
            rilievi.push(format!("Il codice del registro, «{registro}», non è nella forma prevista."));
        }
        _ => {}
    }
    if let Some(aoo) = &letto.aoo
        && aoo.parse::<CodiceAoo>().is_err()
    {
        rilievi.push(format!("Il codice dell'AOO, «{aoo}», non è nella forma prevista."));
    }
}

fn documento(letto: &DocumentoLetto, rilievi: &mut Rilievi) {
    let nome = letto.nome.as_deref().unwrap_or("senza nome");
    match letto.algoritmo.as_deref() {
        Some("SHA-256") if letto.sha256().is_none() => {
            rilievi.push(format!("L'impronta di «{nome}» non è uno SHA-256 in base64."));
        }
        Some("SHA-1") => rilievi.push(format!("L'impronta di «{nome}» è uno SHA-1, che non è più sicuro.")),
        _ => {}
    }
}
