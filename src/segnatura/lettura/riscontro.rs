//! *Riscontro*: a segnatura beside the files that came with it. Every departure is a sentence; none makes it less valid.

use super::impronta::{Algoritmo, Somme};
use super::rilievi::{Rilievi, cita};
use super::{DocumentoLetto, Lettura};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Read};

/// A file that came with a segnatura: its name in the message, and the digests by every algorithm that the segnatura names.
#[derive(Debug, Clone)]
pub struct File {
    nome: String,
    impronte: BTreeMap<Algoritmo, Vec<u8>>,
}

/// The algorithms that a segnatura names, by which the files that come with it are digested.
#[derive(Debug, Clone)]
pub struct Misura(BTreeSet<Algoritmo>);

impl Misura {
    /// A file that came with it, read once and not held.
    ///
    /// # Errors
    /// What the file says when it is read.
    pub fn file(&self, nome: &str, byte: &mut dyn Read) -> io::Result<File> {
        Ok(File { nome: nome.to_owned(), impronte: Somme::new(&self.0).di(byte)? })
    }
}

impl Lettura {
    /// By what the files that came with it are to be digested.
    #[must_use]
    pub fn misura(&self) -> Misura {
        Misura(self.documenti.iter().filter_map(|d| Some(d.attesa()?.0)).collect())
    }

    /// Compares the documents that it names with the files that came, itself apart: those that are missing, those that nobody
    /// named, those whose digest is another. The sentences are given, and come first among the `rilievi`.
    pub fn confronta(&mut self, file: &[File]) -> Vec<String> {
        let mut rilievi = Rilievi::default();
        let mut banco = Banco { file, nominati: HashSet::new(), certi: HashSet::new(), mancanze: Rilievi::default() };
        let documenti = || self.documenti.iter().filter(|d| d.con_il_messaggio);
        // First those that are sure: of two files with one name the digest says which is which.
        documenti().for_each(|d| banco.prenota(d));
        for documento in documenti() {
            banco.documento(documento, &mut rilievi);
        }
        for nome in self.documenti.iter().flat_map(|d| &d.staccate) {
            if banco.cerca(nome, None, &mut rilievi).is_none() {
                let frase = format!("La firma separata {} è citata dalla segnatura ma non è arrivata.", cita(nome));
                banco.manca(frase, &mut rilievi);
            }
        }
        for (i, f) in file.iter().enumerate().filter(|(i, _)| !banco.nominati.contains(i)) {
            let omonimo = file.iter().enumerate().any(|(j, altro)| i != j && altro.nome == f.nome);
            let nome = cita(&f.nome);
            rilievi.push(if omonimo {
                format!("Di file con il nome {nome} ne è arrivato più d'uno, e la segnatura non li cita tutti.")
            } else {
                format!("Il file {nome} è arrivato ma la segnatura non lo cita.")
            });
        }
        let frasi = rilievi.into_vec();
        self.mancanze = banco.mancanze.into_vec();
        self.premetti(&frasi);
        frasi
    }
}

struct Banco<'a> {
    file: &'a [File],
    nominati: HashSet<usize>,
    /// Those that have the name and the digest of a document.
    certi: HashSet<usize>,
    /// What is altered or did not come.
    mancanze: Rilievi,
}

impl Banco<'_> {
    fn manca(&mut self, frase: String, rilievi: &mut Rilievi) {
        self.mancanze.push(frase.as_str());
        rilievi.push(frase);
    }

    /// The files that have the name and the digest of a document are no other's.
    fn prenota(&mut self, documento: &DocumentoLetto) {
        let (Some(nome), Some(attesa)) = (&documento.nome, documento.attesa()) else { return };
        let suo = self.file.iter().position(|f| f.nome == nome.trim() && f.ha(&attesa));
        self.certi.extend(suo);
    }

    fn documento(&mut self, documento: &DocumentoLetto, rilievi: &mut Rilievi) {
        let Some(nome) = &documento.nome else { return };
        let attesa = documento.attesa();
        let Some(trovato) = self.cerca(nome, attesa.as_ref(), rilievi) else {
            let altrove = attesa.and_then(|attesa| self.file.iter().position(|f| f.ha(&attesa)));
            let nome = cita(nome);
            match altrove.and_then(|i| Some((i, self.file.get(i)?))) {
                Some((i, altro)) => {
                    self.nominati.insert(i);
                    rilievi.push(format!("Il documento {nome} è arrivato con un altro nome: {}.", cita(&altro.nome)));
                }
                None => {
                    self.manca(format!("Il documento {nome} è citato dalla segnatura ma non è arrivato."), rilievi);
                }
            }
            return;
        };
        let suo = attesa.is_none_or(|attesa| self.file.get(trovato).is_some_and(|f| f.ha(&attesa)));
        if !suo && self.certi.contains(&trovato) {
            let frase = format!(
                "Di documenti con il nome {} la segnatura ne cita più d'uno, con impronte diverse, e non sono arrivati tutti.",
                cita(nome)
            );
            self.manca(frase, rilievi);
        } else if !suo {
            let frase = format!(
                "Il file {} non è quello registrato dal mittente: la sua impronta è diversa da quella scritta nella segnatura.",
                cita(nome)
            );
            self.manca(frase, rilievi);
        }
    }

    /// The file of this name, also in other letters. Of several that with the digest, else one that is nobody's yet.
    fn cerca(&mut self, nome: &str, attesa: Option<&Attesa>, rilievi: &mut Rilievi) -> Option<usize> {
        let nome = nome.trim();
        let mut omonimi: Vec<usize> = self.posti(|f| f.nome == nome);
        if omonimi.is_empty() {
            omonimi = self.posti(|f| f.nome.to_lowercase() == nome.to_lowercase());
            let simile = omonimi.first().and_then(|i| self.file.get(*i));
            if let Some(simile) = simile {
                rilievi.push(format!("Il file {} nella segnatura è scritto {}.", cita(&simile.nome), cita(nome)));
            }
        }
        let esatto = omonimi.iter().find(|i| attesa.is_some_and(|a| self.file.get(**i).is_some_and(|f| f.ha(a))));
        let libero = || omonimi.iter().find(|i| !self.certi.contains(i) && !self.nominati.contains(i));
        let posto = *esatto.or_else(libero).or_else(|| omonimi.first())?;
        self.nominati.insert(posto);
        Some(posto)
    }

    fn posti(&self, quale: impl Fn(&File) -> bool) -> Vec<usize> {
        self.file.iter().enumerate().filter(|(_, f)| quale(f)).map(|(i, _)| i).collect()
    }
}

/// A digest that a document should have.
type Attesa = (Algoritmo, Vec<u8>);

impl File {
    fn ha(&self, (algoritmo, attesa): &Attesa) -> bool {
        self.impronte.get(algoritmo) == Some(attesa)
    }
}

impl DocumentoLetto {
    /// The digest that it should have, if it has one that can be computed here.
    fn attesa(&self) -> Option<Attesa> {
        let algoritmo = Algoritmo::con_nome(self.algoritmo.as_deref()?)?;
        Some((algoritmo, algoritmo.leggi(self.impronta.as_deref()?)?))
    }
}
