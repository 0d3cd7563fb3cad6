//! Senders and recipients of the dialects of Circolare 60/2013 and 28/2001.

use super::SoggettoLetto;
use super::albero::Nodo;

/// Names longer than this many offices or people are not listed.
const MASSIMI_NOMI: usize = 50;

/// `Mittente` or `Destinatario`.
pub(super) fn soggetto(nodo: Nodo<'_>) -> SoggettoLetto {
    let ente = nodo.figlio("Amministrazione");
    let aoo = nodo.figlio("AOO");
    let uffici: Vec<_> = ente.into_iter().flat_map(uffici).take(MASSIMI_NOMI).collect();
    let ultimo = uffici.last().copied().or(ente);
    let persone = nodo.discendenti().filter(|n| n.nome() == "Persona").filter_map(persona).take(MASSIMI_NOMI).collect();
    let codice_fiscale =
        nodo.figlio("Persona").and_then(|p| p.valore("CodiceFiscale").or_else(|| p.valore("Identificativo")));
    SoggettoLetto {
        denominazione: ente.and_then(|e| e.valore("Denominazione")).or_else(|| nodo.valore("Denominazione")),
        codice_amministrazione: ente.and_then(|e| e.valore("CodiceAmministrazione")),
        aoo: aoo.and_then(|a| a.valore("Denominazione")),
        codice_aoo: aoo.and_then(|a| a.valore("CodiceAOO")),
        uffici: uffici.iter().filter_map(|u| u.valore("Denominazione")).collect(),
        persone,
        codice_fiscale,
        indirizzo: nodo.valore("IndirizzoTelematico"),
        indirizzo_postale: [Some(nodo), ultimo].into_iter().flatten().find_map(indirizzo_postale),
    }
}

/// The offices one inside the other, outermost first.
fn uffici<'a>(ente: Nodo<'a>) -> impl Iterator<Item = Nodo<'a>> {
    std::iter::successors(ente.figlio("UnitaOrganizzativa"), |u| u.figlio("UnitaOrganizzativa"))
}

/// `Persona`: its names, or its `Denominazione`.
pub(super) fn persona(nodo: Nodo<'_>) -> Option<String> {
    let nomi: Vec<_> = ["Titolo", "Nome", "Cognome"].iter().filter_map(|n| nodo.valore(n)).collect();
    if nomi.is_empty() { nodo.valore("Denominazione") } else { Some(nomi.join(" ")) }
}

/// The address in one line, whether written so or in parts, with the wrapper `Indirizzo` or without.
fn indirizzo_postale(nodo: Nodo<'_>) -> Option<String> {
    let postale = nodo.figlio("IndirizzoPostale")?;
    postale.valore("Denominazione").or_else(|| {
        let parti = postale.figlio("Indirizzo").unwrap_or(postale);
        let toponimo = parti.figlio("Toponimo");
        let dug = toponimo.and_then(|t| t.attributo("dug")).map(str::to_owned);
        let resto =
            ["Toponimo", "Civico", "CAP", "Comune", "Provincia", "Nazione"].into_iter().map(|n| parti.valore(n));
        let parole: Vec<String> = std::iter::once(dug).chain(resto).flatten().collect();
        Some(parole.join(" ")).filter(|p| !p.is_empty())
    })
}
