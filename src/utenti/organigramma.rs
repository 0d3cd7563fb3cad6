//! *Organigramma*: the offices of an AOO, one under the other, with who is there and as what, now or on a day of the past.

use super::{Errore, Persona, Ruolo, Ufficio, accesso, persona, ruolo, ufficio};
use crate::storage::Conn;
use crate::valori::{AooId, Istante, UfficioId, UtenteId};
use std::collections::{HashMap, HashSet};

/// Which office stands under which.
#[derive(Debug, Clone, Default)]
pub struct Dipendenze(HashMap<UfficioId, Vec<UfficioId>>);

impl Dipendenze {
    /// From pairs of an office and the one above it.
    pub fn new(coppie: impl IntoIterator<Item = (UfficioId, Option<UfficioId>)>) -> Self {
        let mut sotto: HashMap<UfficioId, Vec<UfficioId>> = HashMap::new();
        for (ufficio, padre) in coppie {
            if let Some(padre) = padre {
                sotto.entry(padre).or_default().push(ufficio);
            }
        }
        Self(sotto)
    }

    /// An office and all that stand below it.
    #[must_use]
    pub fn con_quelli_sotto(&self, ufficio: UfficioId) -> Vec<UfficioId> {
        let (mut trovati, mut visti, mut prossimo) = (vec![ufficio], HashSet::from([ufficio]), 0);
        while let Some(qui) = trovati.get(prossimo).copied() {
            prossimo += 1;
            trovati.extend(self.0.get(&qui).into_iter().flatten().filter(|u| visti.insert(**u)));
        }
        trovati
    }
}

/// A person in an office.
#[derive(Debug, Clone)]
pub struct Incaricato {
    /// Who.
    pub persona: Persona,
    /// As what.
    pub ruolo: Ruolo,
    /// Since when.
    pub dal: Istante,
    /// True if the person was kept out by then.
    pub escluso: bool,
}

/// An office in its place.
#[derive(Debug, Clone)]
pub struct Posto {
    /// How many offices stand above it.
    pub livello: usize,
    /// The office, as it was.
    pub ufficio: Ufficio,
    /// Who had a role there.
    pub persone: Vec<Incaricato>,
}

/// The offices of an AOO at an instant, each right after the one it stands under, in the order of their codes. A closed office is
/// there only while somebody has a role in it.
///
/// # Errors
/// Those of the database.
pub fn organigramma(conn: &mut Conn, aoo: AooId, istante: Istante) -> Result<Vec<Posto>, Errore> {
    let mut presenti: HashMap<UfficioId, Vec<Incaricato>> = HashMap::new();
    let affidati = ruolo::al(conn, aoo, istante)?;
    let ids: Vec<UtenteId> = affidati.iter().map(|a| a.utente).collect();
    let (persone, esclusi) = (persona::per_ids(conn, &ids)?, accesso::esclusi_al(conn, &ids, istante)?);
    for a in affidati {
        if let Some(persona) = persone.get(&a.utente) {
            let escluso = esclusi.contains(&a.utente);
            let incaricato = Incaricato { persona: persona.clone(), ruolo: a.ruolo, dal: a.dal, escluso };
            presenti.entry(a.ufficio).or_default().push(incaricato);
        }
    }
    let mut uffici = ufficio::al(conn, aoo, istante)?;
    uffici.retain(|u| u.chiuso.is_none() || presenti.contains_key(&u.id));
    Ok(in_ordine(uffici, presenti))
}

/// Depth first, by code; an office whose own was left out stands at the top.
fn in_ordine(mut uffici: Vec<Ufficio>, mut presenti: HashMap<UfficioId, Vec<Incaricato>>) -> Vec<Posto> {
    uffici.sort_by(|a, b| b.codice.as_str().cmp(a.codice.as_str()));
    let ci_sono: HashSet<UfficioId> = uffici.iter().map(|u| u.id).collect();
    let (mut sotto, mut da_fare) = (HashMap::<UfficioId, Vec<Ufficio>>::new(), Vec::new());
    for u in uffici {
        match u.padre.filter(|p| ci_sono.contains(p)) {
            Some(padre) => sotto.entry(padre).or_default().push(u),
            None => da_fare.push((0, u)),
        }
    }
    let mut posti = Vec::new();
    while let Some((livello, ufficio)) = da_fare.pop() {
        da_fare.extend(sotto.remove(&ufficio.id).into_iter().flatten().map(|u| (livello + 1, u)));
        let persone = presenti.remove(&ufficio.id).unwrap_or_default();
        posti.push(Posto { livello, ufficio, persone });
    }
    posti
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_an_office_are_all_its_levels_once() {
        let [a, b, c, d] = [(); 4].map(|()| UfficioId::new());
        let albero = Dipendenze::new([(a, None), (b, Some(a)), (c, Some(b)), (d, None)]);
        assert_eq!(albero.con_quelli_sotto(a), [a, b, c]);
        assert_eq!(albero.con_quelli_sotto(b), [b, c]);
        assert_eq!(albero.con_quelli_sotto(d), [d]);
        // Even a ring, which the acts refuse, ends.
        let anello = Dipendenze::new([(a, Some(b)), (b, Some(a))]);
        assert_eq!(anello.con_quelli_sotto(a), [a, b]);
    }

    #[test]
    fn offices_come_after_the_one_above_them_by_code() {
        let ufficio = |codice: &str, padre: Option<&Ufficio>| Ufficio {
            id: UfficioId::new(),
            codice: codice.parse().unwrap(),
            denominazione: "Ufficio".parse().unwrap(),
            padre: padre.map(|p| p.id),
            chiuso: None,
        };
        let (b, a) = (ufficio("B", None), ufficio("A", None));
        let (b2, b1) = (ufficio("B2", Some(&b)), ufficio("B1", Some(&b)));
        let b11 = ufficio("B11", Some(&b1));
        let posti = in_ordine(vec![b11, b, a, b2, b1], HashMap::new());
        let visti: Vec<_> = posti.iter().map(|p| (p.livello, p.ufficio.codice.as_str())).collect();
        assert_eq!(visti, [(0, "A"), (0, "B"), (1, "B1"), (2, "B11"), (1, "B2")]);
    }
}
