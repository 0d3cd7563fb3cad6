//! The structure of a PDF as it was at the end of one revision (ISO 32000-2 clause 7.5): where every object is.
//!
//! A PDF is changed by appending: what was signed is the beginning of the file, and the same reader looks at that beginning
//! and at the whole. Nothing is held but the bytes of the file and the objects that were asked for.

use super::super::difetto::Difetto;
use super::flusso::{MAX_DECOMPRESSO_BYTE, decomprimi};
use super::oggetto::{Dizionario, Id, Lettore, MAX_VALORI, Oggetto};
use super::tabella::{Tabella, Voce};
use memchr::memmem;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Values read in one file, each revision counted once: some 200 MB of memory at the worst.
const MAX_VALORI_TOTALI: usize = 2_000_000;
/// Values and objects looked at while revisions of one file are compared: a few seconds at the worst.
const MAX_PASSI: usize = 20_000_000;
/// What is decompressed in one file.
const MAX_DECOMPRESSI_BYTE: usize = 8 * MAX_DECOMPRESSO_BYTE;
/// References that lead to references.
const MAX_RINVII: usize = 16;

/// The bytes of a file, and what was already read of them.
pub struct Pdf<'a> {
    /// The file.
    pub byte: &'a [u8],
    /// Each with the byte after its last.
    oggetti: RefCell<BTreeMap<Luogo, (Rc<Oggetto>, usize)>>,
    contenitori: RefCell<BTreeMap<usize, Rc<Contenitore>>>,
    valori: Cell<usize>,
    passi: Cell<usize>,
    decompressi: Cell<usize>,
}

/// Where an object is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Luogo {
    /// At this byte of the file.
    Posto(usize),
    /// In the object stream that is at this byte, the n-th.
    Dentro(usize, usize),
}

impl Luogo {
    /// The byte of the file at which it is written, unless it is inside an object stream.
    pub fn posto(self) -> Option<usize> {
        match self {
            Self::Posto(posto) => Some(posto),
            Self::Dentro(..) => None,
        }
    }
}

/// An object stream, opened.
struct Contenitore {
    byte: Vec<u8>,
    /// The byte of the file after the last of its data.
    fine: usize,
    /// Numbers, and where they begin in `byte`.
    oggetti: Vec<(u32, usize)>,
}

/// The document as it was when the file ended earlier.
pub struct Revisione<'a> {
    /// The file.
    pub pdf: &'a Pdf<'a>,
    /// Where its objects are.
    pub tabella: Tabella,
    /// How long the file was: whatever is written from here on is not of this revision, even if its index leads there.
    pub fine: usize,
}

/// Something of a revision is written after its end.
pub const OLTRE: Difetto = Difetto("l'indice del PDF porta a oggetti scritti dopo la fine della versione");

impl<'a> Pdf<'a> {
    /// Nothing read yet.
    pub fn new(byte: &'a [u8]) -> Self {
        Self {
            byte,
            oggetti: RefCell::default(),
            contenitori: RefCell::default(),
            valori: Cell::new(MAX_VALORI_TOTALI),
            passi: Cell::new(MAX_PASSI),
            decompressi: Cell::new(MAX_DECOMPRESSI_BYTE),
        }
    }

    /// One step of a walk, of which there are `MAX_PASSI` for the whole file.
    pub fn passo(&self) -> Result<(), Difetto> {
        let troppi = Difetto("il PDF è troppo complesso da confrontare");
        self.passi.set(self.passi.get().checked_sub(1).ok_or(troppi)?);
        Ok(())
    }

    /// The indirect object written at a byte, whatever its number.
    pub fn indiretto(&self, posto: usize) -> Result<(Id, Oggetto), Difetto> {
        self.indiretto_e_fine(posto).map(|(id, oggetto, _)| (id, oggetto))
    }

    /// The same, and where the object ends; a stream where its data begin.
    pub fn indiretto_e_fine(&self, posto: usize) -> Result<(Id, Oggetto, usize), Difetto> {
        let mut lettore = Lettore::new(self.byte, posto, self.valori.get());
        let prima = lettore.restano;
        let letto = lettore.indiretto();
        self.valori.set(self.valori.get().saturating_sub(prima - lettore.restano));
        letto.map(|(id, oggetto)| (id, oggetto, lettore.qui))
    }

    /// The data of a stream, decoded.
    pub fn dati(&self, dizionario: &Dizionario, grezzi: &[u8]) -> Result<Vec<u8>, Difetto> {
        let dati = decomprimi(dizionario, grezzi, self.decompressi.get())?;
        self.decompressi.set(self.decompressi.get().saturating_sub(dati.len()));
        Ok(dati)
    }

    /// The data of a stream that begins at `inizio`, as they are written; `lunghezza` is what it says of itself. The length
    /// must lead to `endstream`; when it does not, the first `endstream` counts.
    pub fn grezzi(&self, inizio: usize, lunghezza: Option<usize>) -> Result<&'a [u8], Difetto> {
        let fine = lunghezza
            .and_then(|n| inizio.checked_add(n))
            .filter(|fine| *fine <= self.byte.len() && Lettore::new(self.byte, *fine, 0).parola(b"endstream"));
        let fine = match fine {
            Some(fine) => fine,
            None => {
                let resto = self.byte.get(inizio..).unwrap_or_default();
                let trovato = trova(resto, b"endstream").ok_or(Difetto("il PDF contiene un flusso senza fine"))?;
                inizio + trovato
            }
        };
        Ok(self.byte.get(inizio..fine).unwrap_or_default())
    }

    fn contenitore(&self, dizionario: &Dizionario, dati: Vec<u8>, fine: usize) -> Result<Rc<Contenitore>, Difetto> {
        let storto = Difetto("un gruppo di oggetti del PDF non è leggibile");
        let quanti = dizionario.campo(b"N").misura().filter(|n| *n <= MAX_VALORI).ok_or(storto)?;
        let primo = dizionario.campo(b"First").misura().ok_or(storto)?;
        let mut lettore = Lettore::new(&dati, 0, 0);
        let mut oggetti = Vec::new();
        for _ in 0..quanti {
            let numero = lettore.misura().and_then(|n| u32::try_from(n).ok()).ok_or(storto)?;
            let dove = lettore.misura().and_then(|n| n.checked_add(primo)).ok_or(storto)?;
            oggetti.push((numero, dove));
        }
        Ok(Rc::new(Contenitore { byte: dati, fine, oggetti }))
    }
}

impl<'a> Revisione<'a> {
    /// The document as it was when the file ended at `fine`.
    pub fn leggi(pdf: &'a Pdf<'a>, fine: usize) -> Result<Self, Difetto> {
        let tabella = Tabella::leggi(pdf, fine)?;
        let revisione = Self { pdf, tabella, fine };
        revisione.radice()?;
        Ok(revisione)
    }

    /// The same for a file whose cross-references cannot be followed: objects are looked for byte by byte.
    pub fn ricostruita(pdf: &'a Pdf<'a>, fine: usize) -> Result<Self, Difetto> {
        Ok(Self { pdf, tabella: Tabella::ricostruisci(pdf, fine)?, fine })
    }

    /// The catalogue.
    pub fn radice(&self) -> Result<Rc<Oggetto>, Difetto> {
        let radice = self.segui(self.tabella.coda.campo(b"Root"))?;
        let difetto = Difetto("manca il catalogo del PDF");
        if radice.dizionario().is_some() { Ok(radice) } else { Err(difetto) }
    }

    /// Where an object is; `None` if it is free or was never there, and so is null.
    pub fn luogo(&self, id: Id) -> Option<Luogo> {
        match *self.tabella.voci.get(&id.numero)? {
            Voce::Libera => None,
            Voce::Posto { posto, generazione } => (generazione == id.generazione).then_some(Luogo::Posto(posto)),
            Voce::Dentro { contenitore, indice } => match *self.tabella.voci.get(&contenitore)? {
                Voce::Posto { posto, .. } if id.generazione == 0 => Some(Luogo::Dentro(posto, indice)),
                _ => None,
            },
        }
    }

    /// The object with this number.
    pub fn oggetto(&self, id: Id) -> Result<Rc<Oggetto>, Difetto> {
        self.pdf.passo()?;
        let Some(luogo) = self.luogo(id) else { return Ok(Rc::new(Oggetto::Nullo)) };
        if let Some((gia, fine)) = self.pdf.oggetti.borrow().get(&luogo) {
            return self.entro(*fine).map(|()| Rc::clone(gia));
        }
        let altro = Difetto("un oggetto del PDF ha un numero diverso da quello della sua struttura");
        let (oggetto, fine) = match luogo {
            Luogo::Posto(posto) => {
                self.entro(posto)?;
                let (letto, oggetto, fine) = self.pdf.indiretto_e_fine(posto)?;
                if letto != id {
                    return Err(altro);
                }
                (oggetto, fine)
            }
            Luogo::Dentro(posto, indice) => {
                let contenitore = self.contenitore(posto)?;
                let &(numero, dove) = contenitore.oggetti.get(indice).ok_or(altro)?;
                if numero != id.numero {
                    return Err(altro);
                }
                let mut lettore = Lettore::new(&contenitore.byte, dove, self.pdf.valori.get());
                let prima = lettore.restano;
                let oggetto = lettore.oggetto(0)?;
                self.pdf.valori.set(self.pdf.valori.get().saturating_sub(prima - lettore.restano));
                (oggetto, contenitore.fine)
            }
        };
        let oggetto = Rc::new(oggetto);
        self.pdf.oggetti.borrow_mut().insert(luogo, (Rc::clone(&oggetto), fine));
        self.entro(fine)?;
        Ok(oggetto)
    }

    /// Whether what ends before this byte is of this revision.
    fn entro(&self, fine: usize) -> Result<(), Difetto> {
        if fine <= self.fine { Ok(()) } else { Err(OLTRE) }
    }

    /// What a value is, references followed.
    pub fn segui(&self, oggetto: &Oggetto) -> Result<Rc<Oggetto>, Difetto> {
        let Some(id) = oggetto.rinvio() else { return Ok(Rc::new(oggetto.clone())) };
        let mut trovato = self.oggetto(id)?;
        for _ in 0..MAX_RINVII {
            match trovato.rinvio() {
                Some(id) => trovato = self.oggetto(id)?,
                None => return Ok(trovato),
            }
        }
        Err(Difetto("il PDF contiene rinvii che non finiscono"))
    }

    /// A field of a dictionary, references followed.
    pub fn campo(&self, dizionario: &Dizionario, nome: &[u8]) -> Result<Rc<Oggetto>, Difetto> {
        self.segui(dizionario.campo(nome))
    }

    /// The data of a stream as they are written.
    pub fn grezzi(&self, dizionario: &Dizionario, inizio: usize) -> Result<&'a [u8], Difetto> {
        let grezzi = self.pdf.grezzi(inizio, self.campo(dizionario, b"Length")?.misura())?;
        self.entro(inizio + grezzi.len())?;
        Ok(grezzi)
    }

    /// The data of a stream, decoded.
    pub fn dati(&self, dizionario: &Dizionario, inizio: usize) -> Result<Vec<u8>, Difetto> {
        self.pdf.dati(dizionario, self.grezzi(dizionario, inizio)?)
    }

    fn contenitore(&self, posto: usize) -> Result<Rc<Contenitore>, Difetto> {
        if let Some(gia) = self.pdf.contenitori.borrow().get(&posto) {
            return self.entro(gia.fine).map(|()| Rc::clone(gia));
        }
        self.entro(posto)?;
        match self.pdf.indiretto(posto)?.1 {
            // An object stream whose length is itself in an object stream would never end: that is not allowed.
            Oggetto::Flusso(dizionario, inizio) if dizionario.dice(b"Type", b"ObjStm") => {
                let lunghezza = match dizionario.campo(b"Length").rinvio().and_then(|id| self.luogo(id)) {
                    Some(Luogo::Posto(posto)) => self.pdf.indiretto(posto)?.1.misura(),
                    Some(Luogo::Dentro(..)) => None,
                    None => dizionario.campo(b"Length").misura(),
                };
                let grezzi = self.pdf.grezzi(inizio, lunghezza)?;
                let fine = inizio + grezzi.len();
                self.entro(fine)?;
                let contenitore = self.pdf.contenitore(&dizionario, self.pdf.dati(&dizionario, grezzi)?, fine)?;
                self.pdf.contenitori.borrow_mut().insert(posto, Rc::clone(&contenitore));
                Ok(contenitore)
            }
            _ => Err(Difetto("un gruppo di oggetti del PDF non è dove dovrebbe")),
        }
    }
}

/// Where `ago` first occurs in `byte`.
pub fn trova(byte: &[u8], ago: &[u8]) -> Option<usize> {
    memmem::find(byte, ago)
}

/// Where `ago` last occurs in `byte`.
pub fn trova_ultimo(byte: &[u8], ago: &[u8]) -> Option<usize> {
    memmem::rfind(byte, ago)
}
