//! The istanza as a document: what was declared, as a text that anybody can read in thirty years.

use super::{Presentazione, Sottoscrizione};
use crate::utenti::Aoo;
use std::fmt::Write as _;

/// Its name among the documents of the registration.
pub(super) const NOME: &str = "istanza.txt";

/// Writes it, in UTF-8 with line feeds.
pub(super) fn testo(aoo: &Aoo, p: &Presentazione, sottoscrizione: Sottoscrizione) -> String {
    let r = &p.richiedente;
    let mut testo = format!(
        "{ente}\nIstanza presentata sul portale\n\nProcedimento: {procedimento}\nPresentata il: {presentata}\n\nRichiedente: \
         {nome} {cognome}\nCodice fiscale: {cf}\nIndirizzo per le risposte: {indirizzo}\n\nOggetto: {oggetto}\n\n{richiesta}\n",
        ente = aoo.ente,
        procedimento = p.procedimento.denominazione,
        presentata = p.presentata.leggibile(),
        nome = r.nome,
        cognome = r.cognome,
        cf = r.codice_fiscale,
        indirizzo = r.indirizzo,
        oggetto = p.oggetto,
        richiesta = p.testo,
    );
    // Writing to a String does not fail.
    if !p.allegati.is_empty() {
        let _ = writeln!(testo, "\nFile allegati:");
    }
    for a in &p.allegati {
        let _ = writeln!(testo, "- {} ({} byte, SHA-256 {})", a.nome, a.riposto.dimensione, a.riposto.impronta);
    }
    let _ = writeln!(
        testo,
        "\n{}\nIl richiedente ha dichiarato di aver letto l'informativa sui dati personali.",
        sottoscritta(sottoscrizione)
    );
    testo
}

fn sottoscritta(sottoscrizione: Sottoscrizione) -> &'static str {
    match sottoscrizione {
        Sottoscrizione::Firmata => "Un allegato porta la firma digitale valida del richiedente.",
        Sottoscrizione::FirmataDaAltri => "Un allegato porta la firma digitale valida di un'altra persona.",
        Sottoscrizione::DaRegolarizzare => "Nessun allegato porta una firma digitale valida.",
    }
}
