//! What the index holds of a registration, gathered from the modules below.

use super::Errore;
use super::campi::{Campi, ordine};
use super::indice::Scrittura;
use crate::documenti::testo;
use crate::registro::{self, Corrispondente, Registrazione, RuoloCorrispondente, emergenza};
use crate::segnatura::NomeParte;
use crate::storage::Conn;
use crate::storage::schema::{assegnazioni, uffici, visibilita};
use crate::titolario;
use crate::utenti::{self, visibilita::Vista};
use crate::valori::{AooId, Istante, RegistrazioneId};
use diesel::prelude::*;
use std::collections::HashMap;
use tantivy::{TantivyDocument, Term};

/// Longest text of all files of one registration, in bytes: the rest of them is not searched.
const MASSIMO_TESTO: usize = 16 * 1024 * 1024;

/// Puts registrations into the index as they are in this snapshot, in place of what it held of them.
pub(super) fn metti(conn: &mut Conn, s: &mut Scrittura<'_>, aoo: AooId, ids: &[RegistrazioneId]) -> Result<(), Errore> {
    let testuali: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut classificazioni = titolario::correnti(conn, &testuali)?;
    let mut vedono = uffici_che_vedono(conn, &testuali)?;
    let mut competenti = uffici_competenti(conn, &testuali)?;
    let mut di_emergenza = emergenza::numeri_di(conn, &testuali)?;
    for r in registro::per_ids(conn, &Vista::Intera(aoo), ids)? {
        let id = r.id.to_string();
        let mut d = registrazione(s.campi, aoo, &r);
        if let Some(c) = classificazioni.remove(&id) {
            for codice in rami(c.voce.as_str()) {
                d.add_text(s.campi.voce, codice.to_uppercase());
            }
            parole(s.campi, &mut d, s.campi.altro, &c.denominazione);
        }
        for ufficio in vedono.remove(&id).unwrap_or_default() {
            d.add_text(s.campi.vede, ufficio);
        }
        if let Some((codice, nome)) = competenti.remove(&id) {
            d.add_text(s.campi.ufficio, codice.to_uppercase());
            parole(s.campi, &mut d, s.campi.altro, &nome);
        }
        if let Some(numero) = di_emergenza.remove(&id) {
            parole(s.campi, &mut d, s.campi.altro, &numero);
        }
        let manca = testi(conn, s.campi, &mut d, &r)?;
        d.add_bool(s.campi.manca, manca);
        s.scrittore.delete_term(Term::from_field_text(s.campi.id, &id));
        s.scrittore.add_document(d)?;
    }
    Ok(())
}

/// What the register says.
fn registrazione(c: &Campi, aoo: AooId, r: &Registrazione) -> TantivyDocument {
    let mut d = TantivyDocument::new();
    d.add_text(c.id, r.id.to_string());
    d.add_text(c.aoo, aoo.to_string());
    d.add_bool(c.riservato, r.riservato);
    d.add_i64(c.anno, i64::from(r.anno));
    d.add_i64(c.numero, r.numero.valore());
    d.add_i64(c.ordine, ordine(r.istante.date_time().timestamp_millis(), r.numero.valore()));
    d.add_text(c.flusso, r.flusso.as_str());
    parole(c, &mut d, c.oggetto, r.oggetto.as_str());
    for corrispondente in &r.corrispondenti {
        let campo = match corrispondente.ruolo {
            RuoloCorrispondente::Mittente => c.mittenti,
            RuoloCorrispondente::Destinatario => c.destinatari,
        };
        parole(c, &mut d, campo, &parte(corrispondente));
    }
    let protocollo = r.protocollo_mittente.as_ref().map(|p| p.numero.to_string());
    let altro = [protocollo, r.tipologia.as_ref().map(ToString::to_string)];
    for testo in altro.iter().flatten() {
        parole(c, &mut d, c.altro, testo);
    }
    d
}

/// All that a party is found by.
fn parte(corrispondente: &Corrispondente) -> String {
    let p = &corrispondente.parte;
    let nome = match &p.nome {
        NomeParte::Denominazione(d) => d.to_string(),
        NomeParte::Persona { nome, cognome } => format!("{nome} {cognome}"),
    };
    let codici = [
        p.codice_fiscale.as_ref().map(ToString::to_string),
        p.codice_ipa.as_ref().map(ToString::to_string),
        p.codice_aoo.as_ref().map(ToString::to_string),
        p.codice_uo.as_ref().map(ToString::to_string),
        p.pec.as_ref().map(ToString::to_string),
    ];
    codici.into_iter().flatten().fold(nome, |tutto, codice| format!("{tutto} {codice}"))
}

/// Names and texts of the files; true if a text is still to be read.
fn testi(conn: &mut Conn, c: &Campi, d: &mut TantivyDocument, r: &Registrazione) -> Result<bool, Errore> {
    let (mut manca, mut resta) = (false, MASSIMO_TESTO);
    for documento in &r.documenti {
        parole(c, d, c.altro, documento.nome.as_str());
        if let Some(descrizione) = &documento.descrizione {
            parole(c, d, c.altro, descrizione.as_str());
        }
        if resta == 0 {
            continue;
        }
        match testo::letto(conn, &documento.impronta)? {
            None => manca = true,
            Some(letto) => {
                let fine = letto.testo.floor_char_boundary(resta.min(letto.testo.len()));
                parole(c, d, c.testo, letto.testo.get(..fine).unwrap_or_default());
                resta = resta.saturating_sub(letto.testo.len());
            }
        }
    }
    Ok(manca)
}

/// Adds a text to its field and to that of whole words.
fn parole(c: &Campi, d: &mut TantivyDocument, campo: tantivy::schema::Field, testo: &str) {
    d.add_text(campo, testo);
    d.add_text(c.parole, testo);
}

/// A code and those of the voci above it: `VI.3` is under `VI`.
fn rami(codice: &str) -> impl Iterator<Item = &str> {
    codice.match_indices(['.', '/']).filter_map(|(i, _)| codice.get(..i)).chain([codice])
}

fn uffici_che_vedono(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Vec<String>>, Errore> {
    let righe: Vec<(String, String)> = visibilita::table
        .filter(visibilita::oggetto_id.eq_any(ids))
        .select((visibilita::oggetto_id, visibilita::ufficio_id))
        .load(conn)?;
    let mut vedono: HashMap<String, Vec<String>> = HashMap::new();
    for (oggetto, ufficio) in righe {
        vedono.entry(oggetto).or_default().push(ufficio);
    }
    Ok(vedono)
}

/// The office in charge of each, with the name it had then: that of the newest assignment *per competenza*.
fn uffici_competenti(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, (String, String)>, Errore> {
    let righe: Vec<(String, String, chrono::NaiveDateTime, String, String)> = assegnazioni::table
        .inner_join(uffici::table.on(uffici::id.eq(assegnazioni::ufficio_id)))
        .filter(assegnazioni::registrazione_id.eq_any(ids).and(assegnazioni::titolo.eq("competenza")))
        .order(assegnazioni::id)
        .select((
            assegnazioni::registrazione_id,
            assegnazioni::ufficio_id,
            assegnazioni::istante,
            uffici::codice,
            uffici::denominazione,
        ))
        .load(conn)?;
    let nomi = utenti::nomi_uffici(conn, &righe.iter().map(|(_, ufficio, ..)| ufficio.as_str()).collect::<Vec<_>>())?;
    let riga = |(registrazione, ufficio, istante, codice, prima): (String, String, _, String, String)| {
        let nome = nomi.al(&ufficio, Istante::from_utc(istante)).map_or(prima, str::to_owned);
        (registrazione, (codice, nome))
    };
    Ok(righe.into_iter().map(riga).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voce_stands_under_those_above_it() {
        assert_eq!(rami("VI.3").collect::<Vec<_>>(), ["VI", "VI.3"]);
        assert_eq!(rami("VI").collect::<Vec<_>>(), ["VI"]);
    }
}
