//! `Cerca in rubrica` beside a party of the form: what was typed is looked for, and one of those found fills the party in.

use super::modulo::{Modulo, ParteScritta};
use crate::registro::gruppo::{self, Membro};
use crate::registro::ipa::{self, InVigore};
use crate::registro::rubrica::{self, Soggetto};
use crate::segnatura::{NomeParte, Parte};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{CodiceAoo, CodiceFiscale, CodiceIpa, CodiceUfficio, GruppoId, IndirizzoMail};
use crate::web::pagine::Errata;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::rubrica::{fonte, ipa as vista_ipa};
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
    /// Those of the IPA, and whether there are more.
    pub(super) nell_ipa: Vec<Trovato>,
    pub(super) ipa_piena: bool,
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
        let cerca = move |stato: &Stato| {
            stato.db.leggi(|conn| Ok::<_, Problema>((rubrica::cerca(conn, aoo, &testo)?, ipa::cerca(conn, &testo)?)))
        };
        let (letti, voci) = stato.blocca(cerca).await?;
        modulo.trovati = Some(Trovati {
            indice,
            corta,
            piena: letti.len() == rubrica::MASSIMO,
            soggetti: letti.iter().map(trovato).collect(),
            nell_ipa: voci.iter().map(trovata).collect(),
            ipa_piena: voci.len() == ipa::MASSIMO,
        });
        return Ok(true);
    }
    if let Some(scelta) = campi.get("prendi") {
        chi.serve(Azione::Uscita, Permesso::Agisce)?;
        let (indice, id) = scelta.split_once(' ').ok_or_else(Problema::non_trovato)?;
        let indice: usize = indice.parse().map_err(|_| Problema::non_trovato())?;
        let chi = Scelto::leggi(id)?;
        let leggi = move |stato: &Stato| Ok(stato.db.leggi(|conn| chi.membro().parte(conn, aoo))?.0);
        *modulo.parti.get_mut(indice).ok_or_else(Problema::non_trovato)? = scritta(&stato.blocca(leggi).await?);
        return Ok(true);
    }
    if campi.contains_key("aggiungi-gruppo") {
        chi.serve(Azione::Uscita, Permesso::Agisce)?;
        let scelto = campi.get("gruppo").map(String::as_str).unwrap_or_default();
        let Ok(id) = scelto.parse::<GruppoId>() else {
            modulo.rifiuta("gruppo", "Scegli il gruppo da aggiungere.");
            return Ok(true);
        };
        let leggi = move |stato: &Stato| Ok(stato.db.leggi(|conn| gruppo::membri(conn, aoo, id))?);
        let iscritti = stato.blocca(leggi).await?;
        let parti = iscritti.iter().filter_map(|i| Some(scritta(&i.parte.as_ref()?.0))).collect();
        let persi = iscritti.iter().filter(|i| i.parte.is_none()).count();
        modulo.aggiungi_gruppo(parti, persi, stato.limiti.corrispondenti);
        return Ok(true);
    }
    Ok(false)
}

/// What is looked for: the name that was typed, or else a code, or else the address.
fn cercato(p: &ParteScritta) -> String {
    let nome = format!("{} {}", p.cognome, p.nome);
    let testi = [nome.as_str(), &p.codice_fiscale, &p.codice_uo, &p.codice_aoo, &p.codice_ipa, &p.pec];
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

fn trovata(v: &InVigore) -> Trovato {
    let vista = vista_ipa::vista(v);
    Trovato {
        id: format!("ipa/{}", vista.strada),
        nome: vista.nome,
        codice: vista.codici,
        recapito: if vista.pec.is_empty() { vista.fonte } else { format!("{} ({})", vista.pec, vista.fonte) },
    }
}

/// Whom a person picked: one of the rubrica by its id, one of the IPA as `ipa/uo/X801UT`.
pub(in crate::web::pagine) struct Scelto(Membro);

impl Scelto {
    pub(in crate::web::pagine) fn leggi(testo: &str) -> Result<Self, Problema> {
        let letto = match testo.strip_prefix("ipa/") {
            Some(voce) => voce.split_once('/').and_then(|(g, c)| Some(Membro::Ipa(g.parse().ok()?, c.to_owned()))),
            None => testo.parse().ok().map(Membro::Soggetto),
        };
        letto.map(Self).ok_or_else(Problema::non_trovato)
    }

    /// As a member of a group.
    pub(in crate::web::pagine) fn membro(self) -> Membro {
        self.0
    }
}

/// A party of the form.
fn scritta(parte: &Parte) -> ParteScritta {
    let testo = |v: Option<&str>| v.unwrap_or_default().to_owned();
    let (cognome, nome) = match &parte.nome {
        NomeParte::Denominazione(d) => (d.to_string(), String::new()),
        NomeParte::Persona { nome, cognome } => (cognome.to_string(), nome.to_string()),
    };
    ParteScritta {
        tipo: parte.tipo.as_str().to_owned(),
        cognome,
        nome,
        codice_fiscale: testo(parte.codice_fiscale.as_ref().map(CodiceFiscale::as_str)),
        pec: testo(parte.pec.as_ref().map(IndirizzoMail::as_str)),
        codice_ipa: testo(parte.codice_ipa.as_ref().map(CodiceIpa::as_str)),
        codice_aoo: testo(parte.codice_aoo.as_ref().map(CodiceAoo::as_str)),
        codice_uo: testo(parte.codice_uo.as_ref().map(CodiceUfficio::as_str)),
    }
}
