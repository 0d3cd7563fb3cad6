//! The cross-references of a revision (ISO 32000-2 clauses 7.5.4 to 7.5.8): tables, streams, hybrid files, chains of
//! updates; and the search byte by byte when they are broken.

use super::super::difetto::Difetto;
use super::oggetto::{Dizionario, Lettore, Oggetto, bianco};
use super::struttura::{OLTRE, Pdf, trova, trova_ultimo};
use std::collections::{BTreeMap, BTreeSet};

/// Revisions of one file that are followed.
pub const MAX_REVISIONI: usize = 512;
/// Objects of one file, all revisions together.
const MAX_OGGETTI: usize = 2_000_000;

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voce {
    /// Nowhere: it was deleted.
    Libera,
    /// At this byte of the file.
    Posto { posto: usize, generazione: u32 },
    /// In an object stream.
    Dentro { contenitore: u32, indice: usize },
}

/// Where all objects of a revision are.
#[derive(Debug, Default)]
pub struct Tabella {
    /// By object number.
    pub voci: BTreeMap<u32, Voce>,
    /// The trailer of the newest section.
    pub coda: Dizionario,
    /// Every byte at which any section, also an older one, says that an object begins.
    pub posti: BTreeSet<usize>,
    /// Where the newest section begins; `None` when the table was made by looking for objects.
    pub inizio: Option<usize>,
}

type Sezione = (Vec<(u32, Voce)>, Dizionario);

impl Tabella {
    /// Follows the sections from the last `startxref` before `fine`.
    pub fn leggi(pdf: &Pdf<'_>, fine: usize) -> Result<Self, Difetto> {
        let prima = pdf.byte.get(..fine).unwrap_or(pdf.byte);
        let dove = trova_ultimo(prima, b"startxref").ok_or(Difetto("manca l'indice del PDF"))?;
        let inizio = Lettore::new(prima, dove + b"startxref".len(), 0).misura().ok_or(SENZA_INDICE)?;
        let mut tabella = Self { inizio: Some(inizio), ..Self::default() };
        let (mut visti, mut prossimo, mut quanti) = (BTreeSet::new(), Some(inizio), 0);
        while let Some(posto) = prossimo.filter(|posto| visti.insert(*posto)) {
            if visti.len() > MAX_REVISIONI {
                return Err(Difetto("il PDF ha troppe revisioni"));
            }
            let (mut voci, coda) = sezione(pdf, posto, fine)?;
            if let Some(ibrida) = coda.campo(b"XRefStm").misura() {
                // A hybrid file hides in its table, as free, what the stream beside it places.
                let (altre, _) = sezione(pdf, ibrida, fine)?;
                let nascosti: BTreeSet<u32> = altre.iter().map(|(numero, _)| *numero).collect();
                voci.retain(|(numero, voce)| *voce != Voce::Libera || !nascosti.contains(numero));
                voci.extend(altre);
            }
            quanti += voci.len();
            if quanti > MAX_OGGETTI {
                return Err(TROPPI);
            }
            for (numero, voce) in voci {
                pdf.passo()?;
                if let Voce::Posto { posto, .. } = voce {
                    tabella.posti.insert(posto);
                }
                tabella.voci.entry(numero).or_insert(voce);
            }
            prossimo = coda.campo(b"Prev").misura();
            if tabella.coda == Dizionario::default() {
                tabella.coda = coda;
            }
        }
        Ok(tabella)
    }

    /// Looks for `12 0 obj` everywhere before `fine`; the last one of each number counts, and the last trailer.
    pub fn ricostruisci(pdf: &Pdf<'_>, fine: usize) -> Result<Self, Difetto> {
        let byte = pdf.byte.get(..fine).unwrap_or(pdf.byte);
        let mut tabella = Self::default();
        let mut da = 0;
        while let Some(salto) = byte.get(da..).and_then(|resto| trova(resto, b"obj")) {
            let parola = da + salto;
            da = parola + 3;
            let Some(posto) = inizio_testa(byte, parola) else { continue };
            let Some(id) = Lettore::new(byte, posto, 0).testa() else { continue };
            if tabella.posti.len() >= MAX_OGGETTI {
                return Err(TROPPI);
            }
            tabella.posti.insert(posto);
            tabella.voci.insert(id.numero, Voce::Posto { posto, generazione: id.generazione });
        }
        tabella.coda = ultima_coda(pdf, byte, &tabella.posti).ok_or(Difetto("manca la struttura del PDF"))?;
        Ok(tabella)
    }
}

const SENZA_INDICE: Difetto = Difetto("l'indice del PDF non è dove dovrebbe");
const TROPPI: Difetto = Difetto("il PDF ha troppi oggetti");

/// Where the head of an indirect object begins, given where its `obj` stands.
fn inizio_testa(byte: &[u8], parola: usize) -> Option<usize> {
    let mut qui = parola;
    for _ in 0..2 {
        let prima = byte.get(..qui)?;
        let spazi = prima.iter().rev().take_while(|b| bianco(**b)).count();
        let cifre = prima.iter().rev().skip(spazi).take_while(|b| b.is_ascii_digit()).count();
        if spazi == 0 || spazi > 8 || cifre == 0 || cifre > 10 {
            return None;
        }
        qui -= spazi + cifre;
    }
    Some(qui)
}

/// The last trailer that names a catalogue: after the word `trailer`, or in a cross-reference stream.
fn ultima_coda(pdf: &Pdf<'_>, byte: &[u8], posti: &BTreeSet<usize>) -> Option<Dizionario> {
    let parola = b"trailer".as_slice();
    let scritte = std::iter::successors(trova_ultimo(byte, parola), |prima| trova_ultimo(byte.get(..*prima)?, parola));
    let mut code = scritte.take(MAX_REVISIONI).filter_map(|dove| {
        let mut lettore = Lettore::new(byte, dove + parola.len(), MAX_OGGETTI);
        lettore.oggetto(0).ok()?.dizionario().filter(|coda| coda.ha(b"Root")).cloned()
    });
    code.next().or_else(|| {
        let flussi = posti.iter().rev().take(MAX_REVISIONI).filter_map(|posto| pdf.indiretto(*posto).ok());
        let mut code = flussi.filter_map(|(_, o)| o.dizionario().filter(|d| d.dice(b"Type", b"XRef")).cloned());
        code.next()
    })
}

/// One section, table or stream.
fn sezione(pdf: &Pdf<'_>, posto: usize, fine: usize) -> Result<Sezione, Difetto> {
    if posto >= fine {
        return Err(SENZA_INDICE);
    }
    let mut lettore = Lettore::new(pdf.byte.get(..fine).unwrap_or(pdf.byte), posto, MAX_OGGETTI);
    if lettore.parola(b"xref") { sezione_tabella(lettore) } else { sezione_flusso(pdf, posto, fine) }
}

fn sezione_tabella(mut lettore: Lettore<'_>) -> Result<Sezione, Difetto> {
    let mut voci = Vec::new();
    while !lettore.parola(b"trailer") {
        let (mut primo, quanti) = lettore.misura().zip(lettore.misura()).ok_or(SENZA_INDICE)?;
        for i in 0..quanti {
            let (posto, generazione) = lettore.misura().zip(lettore.misura()).ok_or(SENZA_INDICE)?;
            let usata = lettore.parola(b"n");
            if !usata && !lettore.parola(b"f") {
                return Err(SENZA_INDICE);
            }
            // Some writers number the head of the free list 1 instead of 0.
            if i == 0 && primo == 1 && !usata && generazione == 65_535 {
                primo = 0;
            }
            if voci.len() >= MAX_OGGETTI {
                return Err(TROPPI);
            }
            let numero = primo.checked_add(i).and_then(|n| u32::try_from(n).ok()).ok_or(SENZA_INDICE)?;
            let generazione = u32::try_from(generazione).map_err(|_| SENZA_INDICE)?;
            // An object at byte 0 is what some writers put for one that does not exist.
            let voce = if usata && posto > 0 { Voce::Posto { posto, generazione } } else { Voce::Libera };
            voci.push((numero, voce));
        }
    }
    match lettore.oggetto(0)? {
        Oggetto::Dizionario(coda) => Ok((voci, coda)),
        _ => Err(SENZA_INDICE),
    }
}

fn sezione_flusso(pdf: &Pdf<'_>, posto: usize, fine: usize) -> Result<Sezione, Difetto> {
    let (_, Oggetto::Flusso(coda, inizio)) = pdf.indiretto(posto)? else { return Err(SENZA_INDICE) };
    if !coda.dice(b"Type", b"XRef") {
        return Err(SENZA_INDICE);
    }
    let grezzi = pdf.grezzi(inizio, coda.campo(b"Length").misura())?;
    if inizio + grezzi.len() > fine {
        return Err(OLTRE);
    }
    let dati = pdf.dati(&coda, grezzi)?;
    let misure = |nome| -> Option<Vec<usize>> { coda.campo(nome).elenco()?.iter().map(Oggetto::misura).collect() };
    let larghezze = misure(b"W".as_slice()).ok_or(SENZA_INDICE)?;
    let [tipo, secondo, terzo] = *larghezze.as_slice() else { return Err(SENZA_INDICE) };
    let larga = tipo.saturating_add(secondo).saturating_add(terzo);
    if larga == 0 || [tipo, secondo, terzo].iter().any(|n| *n > 8) {
        return Err(SENZA_INDICE);
    }
    let tratti = match coda.ha(b"Index") {
        true => misure(b"Index").ok_or(SENZA_INDICE)?,
        false => vec![0, coda.campo(b"Size").misura().ok_or(SENZA_INDICE)?],
    };
    let mut righe = dati.chunks_exact(larga);
    let mut voci = Vec::new();
    for tratto in tratti.chunks_exact(2) {
        let &[primo, quanti] = tratto else { return Err(SENZA_INDICE) };
        for (i, riga) in righe.by_ref().take(quanti).enumerate() {
            if voci.len() >= MAX_OGGETTI {
                return Err(TROPPI);
            }
            let numero = primo.checked_add(i).and_then(|n| u32::try_from(n).ok()).ok_or(SENZA_INDICE)?;
            let (primo_campo, resto) = riga.split_at_checked(tipo).ok_or(SENZA_INDICE)?;
            let (secondo_campo, terzo_campo) = resto.split_at_checked(secondo).ok_or(SENZA_INDICE)?;
            let (due, tre) = (cifre(secondo_campo), cifre(terzo_campo));
            let stretto = |n: usize| u32::try_from(n).map_err(|_| SENZA_INDICE);
            let voce = match if tipo == 0 { 1 } else { cifre(primo_campo) } {
                1 => Voce::Posto { posto: due, generazione: stretto(tre)? },
                2 => Voce::Dentro { contenitore: stretto(due)?, indice: tre },
                _ => Voce::Libera,
            };
            voci.push((numero, voce));
        }
    }
    Ok((voci, coda))
}

/// A big-endian number of at most eight bytes.
fn cifre(byte: &[u8]) -> usize {
    byte.iter().fold(0, |n, b| n << 8 | usize::from(*b))
}
