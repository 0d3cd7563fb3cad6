//! Whether two revisions say the same: values compared with everything they refer to, each in its own revision.

use super::super::difetto::Difetto;
use super::oggetto::{Dizionario, Id, Oggetto};
use super::pagina::{Albero, albero};
use super::struttura::{Luogo, Revisione};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// References met between values, of two revisions that are compared; a value is not followed deeper through them.
const MAX_LIVELLI: usize = 200;

/// Two revisions of one file.
pub struct Confronto<'r, 'a> {
    /// The older.
    pub prima: &'r Revisione<'a>,
    /// The newer.
    pub dopo: &'r Revisione<'a>,
    /// The pages of each.
    pub alberi: [Albero; 2],
    /// Pairs of objects already found the same.
    uguali: RefCell<BTreeSet<(Luogo, Luogo)>>,
}

/// Pairs of references met, and those still to be compared.
#[derive(Default)]
struct Coppie {
    viste: BTreeSet<(Luogo, Luogo)>,
    attese: Vec<(Id, Id)>,
}

impl<'r, 'a> Confronto<'r, 'a> {
    /// Nothing compared yet.
    pub fn new(prima: &'r Revisione<'a>, dopo: &'r Revisione<'a>) -> Result<Self, Difetto> {
        let alberi = [albero(prima)?, albero(dopo)?];
        Ok(Self { prima, dopo, alberi, uguali: RefCell::default() })
    }

    /// Whether a value of the older revision and one of the newer are the same, whatever their object numbers.
    ///
    /// Pages and the catalogue, which nearly everything leads to, are the same when they have the same number and part: what is in
    /// them is compared apart. What they are is said by the tree of the pages and not by their type, which anybody can write.
    pub fn uguali(&self, a: &Oggetto, b: &Oggetto) -> Result<bool, Difetto> {
        let mut coppie = Coppie::default();
        let mut uguali = self.valori(a, b, &mut coppie, 0)?;
        while uguali && let Some((x, y)) = coppie.attese.pop() {
            let [di_prima, di_dopo] = &self.alberi;
            uguali = match (di_prima.cardini.get(&x), di_dopo.cardini.get(&y)) {
                (None, None) => self.valori(&*self.prima.oggetto(x)?, &*self.dopo.oggetto(y)?, &mut coppie, 0)?,
                (a, b) => a == b && x == y,
            };
        }
        if uguali {
            self.uguali.borrow_mut().append(&mut coppie.viste);
        }
        Ok(uguali)
    }

    /// The same for two dictionaries, without some of their fields.
    pub fn uguali_senza(&self, a: &Dizionario, b: &Dizionario, esclusi: &[&[u8]]) -> Result<bool, Difetto> {
        Ok(self.diversi(a, b, esclusi)?.is_empty())
    }

    /// The names of the fields in which two dictionaries differ.
    pub fn diversi(&self, a: &Dizionario, b: &Dizionario, esclusi: &[&[u8]]) -> Result<Vec<Vec<u8>>, Difetto> {
        let nomi: BTreeSet<&[u8]> = a.campi().chain(b.campi()).map(|(nome, _)| nome).collect();
        let mut diversi = Vec::new();
        for nome in nomi.into_iter().filter(|nome| !esclusi.contains(nome)) {
            if !self.uguali(a.campo(nome), b.campo(nome))? {
                diversi.push(nome.to_vec());
            }
        }
        Ok(diversi)
    }

    /// Recursive through direct values, whose depth the reader limits, and through a reference on one side only, at most
    /// [`MAX_LIVELLI`]; references on both sides wait in `coppie`.
    fn valori(&self, a: &Oggetto, b: &Oggetto, coppie: &mut Coppie, livello: usize) -> Result<bool, Difetto> {
        self.prima.pdf.passo()?;
        if livello > MAX_LIVELLI {
            return Err(Difetto("il PDF ha troppi livelli annidati"));
        }
        match (a, b) {
            (Oggetto::Rinvio(x), Oggetto::Rinvio(y)) => {
                match (self.prima.luogo(*x), self.dopo.luogo(*y)) {
                    (Some(la), Some(lb)) => {
                        let nota = self.uguali.borrow().contains(&(la, lb));
                        if !nota && coppie.viste.insert((la, lb)) {
                            coppie.attese.push((*x, *y));
                        }
                    }
                    (la, lb) => return Ok(la == lb),
                }
                Ok(true)
            }
            (Oggetto::Rinvio(_), b) => self.valori(&*self.prima.segui(a)?, b, coppie, livello + 1),
            (a, Oggetto::Rinvio(_)) => self.valori(a, &*self.dopo.segui(b)?, coppie, livello + 1),
            (Oggetto::Stringa(a, _), Oggetto::Stringa(b, _)) => Ok(a == b),
            (Oggetto::Elenco(a), Oggetto::Elenco(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (a, b) in a.iter().zip(b) {
                    if !self.valori(a, b, coppie, livello + 1)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Oggetto::Dizionario(a), Oggetto::Dizionario(b)) => self.dizionari(a, b, &[], coppie, livello),
            (Oggetto::Flusso(a, ia), Oggetto::Flusso(b, ib)) => {
                // The length may be written elsewhere, and change while the stream stays where it is: what it leads to is
                // compared.
                let stessi = self.prima.grezzi(a, *ia)? == self.dopo.grezzi(b, *ib)?;
                Ok(stessi && self.dizionari(a, b, &[b"Length"], coppie, livello)?)
            }
            (a, b) => Ok(a == b),
        }
    }

    fn dizionari(
        &self,
        a: &Dizionario,
        b: &Dizionario,
        esclusi: &[&[u8]],
        coppie: &mut Coppie,
        livello: usize,
    ) -> Result<bool, Difetto> {
        let nomi: BTreeSet<&[u8]> = a.campi().chain(b.campi()).map(|(nome, _)| nome).collect();
        for nome in nomi.into_iter().filter(|nome| !esclusi.contains(nome)) {
            if !self.valori(a.campo(nome), b.campo(nome), coppie, livello + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
