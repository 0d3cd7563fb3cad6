//! The receipt of L. 241/1990 art. 18-bis: that a document was received, under which number, who deals with it and by when. It gives
//! information and is no registration.

use super::super::Errore;
use crate::registro::Registrazione;
use crate::scrivania;
use crate::storage::Conn;
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Ruolo};
use crate::valori::Istante;

/// Its text, as things stand now.
pub(super) fn testo(conn: &mut Conn, vista: &Vista, r: &Registrazione, ora: Istante) -> Result<String, Errore> {
    let ricevuta = scrivania::ricevuta(conn, vista, r.id, ora)?;
    let mut righe = vec![
        format!("{} - {}", ricevuta.aoo.ente, ricevuta.aoo.denominazione),
        String::new(),
        "Ricevuta di avvenuta presentazione (legge 7 agosto 1990, n. 241, art. 18-bis)".to_owned(),
        String::new(),
        format!("Protocollo n. {}/{} del {}", r.numero, r.anno, r.istante.giorno().format("%d/%m/%Y")),
        format!("Arrivata: {}", ricevuta.presentata.leggibile()),
        format!("Oggetto: {}", r.oggetto),
    ];
    if let Some(ufficio) = &ricevuta.ufficio {
        righe.push(format!("Ufficio competente: {ufficio}"));
    }
    for nome in responsabili(conn, vista, r, ora)? {
        righe.push(format!("Responsabile dell'ufficio: {nome}"));
    }
    if let Some(incaricato) = &ricevuta.incaricato {
        righe.push(format!("Incaricato: {incaricato}"));
    }
    if let Some(termine) = &ricevuta.termine {
        righe.push(format!("Termine: {termine}"));
    }
    righe.extend([
        String::new(),
        "Questa ricevuta attesta la presentazione; i termini del procedimento decorrono dall'arrivo.".to_owned(),
        format!("Segnatura: {}", r.segnatura),
        String::new(),
    ]);
    Ok(righe.join("\n"))
}

/// Who answers for the office that has it.
fn responsabili(conn: &mut Conn, vista: &Vista, r: &Registrazione, ora: Istante) -> Result<Vec<String>, Errore> {
    let storia = scrivania::per_registrazione(conn, r.id)?;
    let Some(ufficio) = scrivania::corrente(&storia).map(|a| a.ufficio_id) else { return Ok(Vec::new()) };
    let posti = utenti::organigramma(conn, vista.aoo(), ora)?;
    let suo = posti.iter().filter(|p| p.ufficio.id == ufficio).flat_map(|p| &p.persone);
    let in_carica = suo.filter(|i| i.ruolo == Ruolo::ResponsabileUfficio && !i.escluso);
    Ok(in_carica.map(|i| i.persona.nome_e_cognome()).collect())
}
