//! `Cerca in rubrica` beside a party of the form: what was typed is looked for, and one of those found fills the party in.

use super::modulo::{Modulo, ParteScritta};
use crate::registro::rubrica::{self, Soggetto};
use crate::segnatura::NomeParte;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::SoggettoId;
use crate::web::pagine::Errata;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::rubrica::fonte;
use crate::web::{Problema, Stato};
use std::collections::BTreeMap;

/// What was found for one party of the form.
pub(super) struct Trovati {
    /// The party.
    pub(super) indice: usize,
    /// Beginnings too short to look for.
    pub(super) corta: bool,
    /// Too many: only the first are shown.
    pub(super) piena: bool,
    pub(super) soggetti: Vec<Trovato>,
}

/// One that fills the party in.
pub(super) struct Trovato {
    pub(super) id: String,
    pub(super) nome: String,
    pub(super) codice: String,
    pub(super) recapito: String,
}

/// If the form asks the rubrica, does what it asks; false if it asks something else.
pub(super) async fn risponde(
    stato: &Stato,
    chi: &Chi,
    campi: &BTreeMap<String, String>,
    modulo: &mut Modulo,
) -> Result<bool, Errata> {
    let aoo = chi.aoo.id;
    if let Some(indice) = campi.get("cerca-parte") {
        chi.serve(Azione::Uscita, Permesso::Agisce)?;
        let indice: usize = indice.parse().map_err(|_| Problema::non_trovato())?;
        let parte = modulo.parti.get(indice).ok_or_else(Problema::non_trovato)?;
        let testo = cercato(parte);
        let corta = testo.split_whitespace().all(|p| p.chars().count() < rubrica::MINIMO);
        let letti = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| rubrica::cerca(conn, aoo, &testo))?)).await?;
        let piena = letti.len() == rubrica::MASSIMO;
        modulo.trovati = Some(Trovati { indice, corta, piena, soggetti: letti.iter().map(trovato).collect() });
        return Ok(true);
    }
    if let Some(scelta) = campi.get("prendi") {
        chi.serve(Azione::Uscita, Permesso::Agisce)?;
        let (indice, id) = scelta.split_once(' ').ok_or_else(Problema::non_trovato)?;
        let indice: usize = indice.parse().map_err(|_| Problema::non_trovato())?;
        let id: SoggettoId = id.parse().map_err(|_| Problema::non_trovato())?;
        let letto = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| rubrica::per_id(conn, aoo, id))?)).await?;
        *modulo.parti.get_mut(indice).ok_or_else(Problema::non_trovato)? = scritta(&letto);
        return Ok(true);
    }
    Ok(false)
}

/// What is looked for: the name that was typed, or else a code, or else the address.
fn cercato(p: &ParteScritta) -> String {
    let nome = format!("{} {}", p.cognome, p.nome);
    let testi = [nome.as_str(), &p.codice_fiscale, &p.pec];
    testi.into_iter().find(|t| !t.trim().is_empty()).unwrap_or_default().to_owned()
}

fn trovato(s: &Soggetto) -> Trovato {
    let pec = s.parte.pec.as_ref().map(ToString::to_string);
    let recapito = s.recapiti.iter().rev().find(|r| pec.as_deref() == Some(r.indirizzo.valore())).or(s.recapiti.last());
    let codice = s.parte.codice_fiscale.as_ref().map(ToString::to_string);
    Trovato {
        id: s.id.to_string(),
        nome: s.nome(),
        codice: codice.or(s.parte.codice_ipa.as_ref().map(ToString::to_string)).unwrap_or_default(),
        recapito: recapito.map(|r| format!("{} ({})", r.indirizzo.valore(), fonte(&r.provenienza))).unwrap_or_default(),
    }
}

/// A party of the form, as the rubrica knows it now.
fn scritta(s: &Soggetto) -> ParteScritta {
    let (cognome, nome) = match &s.parte.nome {
        NomeParte::Denominazione(d) => (d.to_string(), String::new()),
        NomeParte::Persona { nome, cognome } => (cognome.to_string(), nome.to_string()),
    };
    ParteScritta {
        tipo: s.parte.tipo.as_str().to_owned(),
        cognome,
        nome,
        codice_fiscale: s.parte.codice_fiscale.as_ref().map(ToString::to_string).unwrap_or_default(),
        pec: s.parte.pec.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}
