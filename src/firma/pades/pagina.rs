//! The pages of a PDF in their order, with what they inherit (ISO 32000-2 clause 7.7.3).

use super::super::difetto::Difetto;
use super::oggetto::{Dizionario, Id, Oggetto};
use super::struttura::Revisione;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Nodes of one page tree.
const MAX_NODI: usize = 500_000;
/// What a page takes from the nodes above it when it does not say it itself.
pub const EREDITATI: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];

/// A page.
pub struct Pagina {
    /// Its dictionary.
    pub oggetto: Rc<Oggetto>,
    /// The inheritable fields, in the order of `EREDITATI`, its own or inherited.
    pub ereditati: [Rc<Oggetto>; 4],
}

impl Pagina {
    /// Its dictionary; an empty one if it is something else.
    pub fn dizionario(&self) -> Dizionario {
        self.oggetto.dizionario().cloned().unwrap_or_default()
    }
}

/// All pages of a revision.
#[derive(Default)]
pub struct Albero {
    /// In the order in which they are read.
    pub pagine: Vec<Pagina>,
    /// The dictionaries that are pages or nodes of their tree, and the catalogue, each with its part; streams never are.
    pub cardini: BTreeMap<Id, Cardine>,
}

/// What a dictionary to which nearly everything leads is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cardine {
    /// The catalogue.
    Catalogo,
    /// A node of the tree of the pages.
    Nodo,
    /// A page, and the first place at which it is read.
    Pagina(usize),
}

/// Walks the tree of the pages.
pub fn albero(revisione: &Revisione<'_>) -> Result<Albero, Difetto> {
    let radice = revisione.radice()?;
    let cima = radice.dizionario().map_or(Oggetto::Nullo, |radice| radice.campo(b"Pages").clone());
    let nullo = Rc::new(Oggetto::Nullo);
    let mut attesi = vec![(cima, [&nullo; 4].map(Rc::clone))];
    let (mut albero, mut nodi) = (Albero::default(), 0);
    albero.cardini.extend(revisione.tabella.coda.campo(b"Root").rinvio().map(|id| (id, Cardine::Catalogo)));
    // A page that stands twice in the tree is shown twice; a node that contains itself would never end.
    let mut aperti: BTreeSet<Id> = BTreeSet::new();
    while let Some((scritto, mut ereditati)) = attesi.pop() {
        nodi += 1;
        if nodi > MAX_NODI {
            return Err(Difetto("il PDF ha troppe pagine"));
        }
        let oggetto = revisione.segui(&scritto)?;
        let Some(dizionario) = oggetto.dizionario() else { continue };
        for (nome, ereditato) in EREDITATI.iter().zip(&mut ereditati) {
            if dizionario.ha(nome) {
                *ereditato = Rc::new(dizionario.campo(nome).clone());
            }
        }
        let figli = revisione.campo(dizionario, b"Kids")?;
        if let (Oggetto::Dizionario(_), Some(id)) = (&*oggetto, scritto.rinvio()) {
            let pagina = Cardine::Pagina(albero.pagine.len());
            albero.cardini.entry(id).or_insert(if figli.elenco().is_some() { Cardine::Nodo } else { pagina });
        }
        match figli.elenco() {
            Some(figli) => {
                if scritto.rinvio().is_some_and(|id| !aperti.insert(id)) {
                    return Err(Difetto("l'elenco delle pagine del PDF contiene sé stesso"));
                }
                attesi.extend(figli.iter().rev().map(|figlio| (figlio.clone(), ereditati.clone())));
            }
            None => albero.pagine.push(Pagina { oggetto: Rc::clone(&oggetto), ereditati }),
        }
    }
    Ok(albero)
}
