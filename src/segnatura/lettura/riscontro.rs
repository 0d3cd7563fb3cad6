//! *Riscontro*: a segnatura beside the files that came with it. Every departure is a sentence; none makes it less valid.

use super::impronta::Algoritmo;
use super::rilievi::{Rilievi, cita};
use super::{DocumentoLetto, Lettura};
use std::collections::{HashMap, HashSet};

/// A file that came with a segnatura.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Its name in the message.
    pub nome: &'a str,
    /// What it holds.
    pub byte: &'a [u8],
}

impl Lettura {
    /// Compares the documents that it names with the files that came, itself apart: those that are missing, those that nobody
    /// named, those whose digest is another. The sentences are given, and come first among the `rilievi`.
    pub fn confronta(&mut self, file: &[File<'_>]) -> Vec<String> {
        let mut rilievi = Rilievi::default();
        let mut banco = Banco { file, nominati: HashSet::new(), impronte: HashMap::new() };
        for documento in self.documenti.iter().filter(|d| d.con_il_messaggio) {
            banco.documento(documento, &mut rilievi);
        }
        for nome in self.documenti.iter().flat_map(|d| &d.staccate) {
            if banco.cerca(nome, &mut rilievi).is_none() {
                rilievi.push(format!("La firma separata {} è citata dalla segnatura ma non è arrivata.", cita(nome)));
            }
        }
        for (_, f) in file.iter().enumerate().filter(|(i, _)| !banco.nominati.contains(i)) {
            rilievi.push(format!("Il file {} è arrivato ma la segnatura non lo cita.", cita(f.nome)));
        }
        let frasi = rilievi.into_vec();
        self.premetti(&frasi);
        frasi
    }
}

struct Banco<'a> {
    file: &'a [File<'a>],
    nominati: HashSet<usize>,
    /// Digests already computed: a segnatura may name one file ten thousand times.
    impronte: HashMap<(usize, Algoritmo), Vec<u8>>,
}

impl Banco<'_> {
    fn documento(&mut self, documento: &DocumentoLetto, rilievi: &mut Rilievi) {
        let Some(nome) = &documento.nome else { return };
        let attesa = documento.attesa();
        let Some(trovato) = self.cerca(nome, rilievi) else {
            let altrove = attesa.and_then(|(algoritmo, attesa)| self.con_impronta(algoritmo, &attesa));
            match altrove.and_then(|i| self.file.get(i)) {
                Some(altro) => {
                    let (nome, altro) = (cita(nome), cita(altro.nome));
                    rilievi.push(format!("Il documento {nome} è arrivato con un altro nome: {altro}."));
                }
                None => {
                    rilievi.push(format!("Il documento {} è citato dalla segnatura ma non è arrivato.", cita(nome)));
                }
            }
            return;
        };
        if let Some((algoritmo, attesa)) = attesa
            && self.impronta(trovato, algoritmo) != attesa
        {
            rilievi.push(format!(
                "Il file {} non è quello registrato dal mittente: la sua impronta è diversa da quella scritta nella segnatura.",
                cita(nome)
            ));
        }
    }

    /// The file of this name, also in other letters.
    fn cerca(&mut self, nome: &str, rilievi: &mut Rilievi) -> Option<usize> {
        let nome = nome.trim();
        let posto = self.file.iter().position(|f| f.nome == nome).or_else(|| {
            let simile = self.file.iter().position(|f| f.nome.to_lowercase() == nome.to_lowercase())?;
            let scritto = self.file.get(simile).map_or("", |f| f.nome);
            rilievi.push(format!("Il file {} nella segnatura è scritto {}.", cita(scritto), cita(nome)));
            Some(simile)
        })?;
        self.nominati.insert(posto);
        Some(posto)
    }

    fn con_impronta(&mut self, algoritmo: Algoritmo, attesa: &[u8]) -> Option<usize> {
        let posto = (0..self.file.len()).find(|i| self.impronta(*i, algoritmo) == attesa)?;
        self.nominati.insert(posto);
        Some(posto)
    }

    fn impronta(&mut self, posto: usize, algoritmo: Algoritmo) -> &[u8] {
        let byte = self.file.get(posto).map_or(&[][..], |f| f.byte);
        self.impronte.entry((posto, algoritmo)).or_insert_with(|| algoritmo.di(byte))
    }
}

impl DocumentoLetto {
    /// The digest that it should have, if it has one that can be computed here.
    fn attesa(&self) -> Option<(Algoritmo, Vec<u8>)> {
        let algoritmo = Algoritmo::con_nome(self.algoritmo.as_deref()?)?;
        Some((algoritmo, algoritmo.leggi(self.impronta.as_deref()?)?))
    }
}
