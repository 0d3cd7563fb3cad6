//! *Estratto*: the passage of a text where what was asked stands.

use super::campi::{italiano, parole};
use super::domanda::{Domanda, Termine};
use super::interroga::{parole_di, radici};
use std::collections::HashSet;
use std::ops::Range;

/// Bytes of text shown before and after the first word found.
const INTORNO: usize = 110;

/// A passage, and where in it the words found are (byte ranges), for whoever marks them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estratto {
    /// The passage, with `…` where it was cut.
    pub testo: String,
    /// The words found, in order.
    pub evidenze: Vec<Range<usize>>,
}

/// The words that a question looks for.
pub(super) struct Cercate {
    inizi: Vec<String>,
    radici: HashSet<String>,
}

impl Cercate {
    pub(super) fn new(domanda: &Domanda) -> Self {
        let (mut inizi, mut cercate) = (Vec::new(), HashSet::new());
        for clausola in domanda.gruppi.iter().flatten().filter(|c| !c.esclusa) {
            match &clausola.termine {
                Termine::Parola(testo) => {
                    inizi.extend(parole_di(testo));
                    cercate.extend(radici(testo).into_iter().map(|(_, r)| r));
                }
                Termine::Frase(testo) => cercate.extend(radici(testo).into_iter().map(|(_, r)| r)),
                _ => {}
            }
        }
        Self { inizi, radici: cercate }
    }

    pub(super) fn nessuna(&self) -> bool {
        self.inizi.is_empty() && self.radici.is_empty()
    }

    /// The passage round the first word found; `None` if there is none.
    pub(super) fn estratto(&self, testo: &str) -> Option<Estratto> {
        let mut trovate: Vec<Range<usize>> = Vec::new();
        italiano().token_stream(testo).process(&mut |t| {
            if self.radici.contains(&t.text) {
                trovate.push(t.offset_from..t.offset_to);
            }
        });
        parole().token_stream(testo).process(&mut |t| {
            if self.inizi.iter().any(|inizio| t.text.starts_with(inizio.as_str())) {
                trovate.push(t.offset_from..t.offset_to);
            }
        });
        trovate.sort_by_key(|r| r.start);
        trovate.dedup();
        let prima = trovate.first()?.clone();
        let da = inizio_parola(testo, testo.floor_char_boundary(prima.start.saturating_sub(INTORNO)), prima.start);
        let fine = testo.ceil_char_boundary(prima.end.saturating_add(INTORNO).min(testo.len()));
        let a = fine_parola(testo, prima.end, fine);
        let davanti = if da > 0 { "… " } else { "" };
        let dietro = if a < testo.len() { " …" } else { "" };
        let passo = testo.get(da..a)?;
        let sposta = |r: Range<usize>| r.start - da + davanti.len()..r.end - da + davanti.len();
        let evidenze = trovate.into_iter().filter(|r| r.start >= da && r.end <= a).map(sposta).collect();
        Some(Estratto { testo: format!("{davanti}{passo}{dietro}"), evidenze })
    }
}

/// The first beginning of a word at `da` or after, before `limite`.
fn inizio_parola(testo: &str, da: usize, limite: usize) -> usize {
    match da {
        0 => 0,
        _ => testo.get(da..limite).and_then(|t| t.find(' ')).map_or(da, |blanco| da + blanco + 1),
    }
}

/// The last end of a word at `fine` or before, after `limite`.
fn fine_parola(testo: &str, limite: usize, fine: usize) -> usize {
    if fine >= testo.len() {
        return testo.len();
    }
    testo.get(limite..fine).and_then(|t| t.rfind(' ')).map_or(fine, |blanco| limite + blanco)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cercate(testo: &str) -> Cercate {
        Cercate::new(&Domanda::leggi(testo, chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()).unwrap())
    }

    #[test]
    fn the_passage_shows_what_was_found() {
        let testo = format!("{} la Città chiede i permessi {}", "prima ".repeat(60), "dopo ".repeat(60));
        for (domanda, attesa) in
            [("citta", "Città"), ("permesso", "permessi"), ("chied", "chiede"), ("\"permesso\"", "permessi")]
        {
            let estratto = cercate(domanda).estratto(&testo).unwrap();
            assert!(estratto.testo.len() < 300 && estratto.testo.starts_with("… ") && estratto.testo.ends_with(" …"));
            assert_eq!(&estratto.testo[estratto.evidenze[0].clone()], attesa);
        }
        assert_eq!(cercate("assente").estratto(&testo), None);
        assert_eq!(cercate("breve").estratto("è breve").unwrap().testo, "è breve");
        assert!(cercate("-escluso n:7").nessuna());
    }

    #[test]
    fn odd_text_is_cut_between_characters() {
        let testo = "à€𝄞".repeat(500) + " parola " + &"à€𝄞".repeat(500);
        assert!(cercate("parola").estratto(&testo).unwrap().testo.contains("parola"));
    }
}
