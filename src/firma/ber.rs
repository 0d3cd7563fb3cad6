//! Streaming reader of BER (ITU-T X.690): definite and indefinite lengths, constructed strings.
//!
//! It never holds a value whole: a caller opens containers, reads octets as they come, and copies what it wants to keep
//! into a [`Raccolta`] that has a limit. Nesting is a stack of ends, not recursion.

use super::difetto::{Difetto, TRONCO};
use std::io::{self, BufRead, BufReader, Read};

/// Containers open at the same time; a SignedData with its content in nested segments needs seven.
pub const MAX_PROFONDITA: usize = 32;
/// Bytes read from the source at once.
const TAMPONE_BYTE: usize = 64 * 1024;
/// Memory given to a length that was only announced.
const MAX_PRENOTATI_BYTE: usize = 1024 * 1024;

/// `SEQUENCE`.
pub const SEQUENCE: u8 = 0x30;
/// `SET`.
pub const SET: u8 = 0x31;
/// `INTEGER`.
pub const INTEGER: u8 = 0x02;
/// `BIT STRING`.
pub const BIT_STRING: u8 = 0x03;
/// `OCTET STRING`, primitive.
pub const OCTET_STRING: u8 = 0x04;
/// `OBJECT IDENTIFIER`.
pub const OID: u8 = 0x06;
/// The bit that marks a constructed encoding.
pub const COSTRUITO: u8 = 0x20;
/// Context-specific constructed `[0]`.
pub const CONTESTO_0: u8 = 0xa0;
/// Context-specific primitive `[0]`.
pub const CONTESTO_0_SEMPLICE: u8 = 0x80;
/// Context-specific constructed `[1]`.
pub const CONTESTO_1: u8 = 0xa1;
/// Context-specific constructed `[2]`.
pub const CONTESTO_2: u8 = 0xa2;

/// Identifier and length octets of one element.
#[derive(Debug, Clone)]
pub struct Testata {
    /// First identifier octet: class, constructed bit, number (31 = more octets follow).
    pub tag: u8,
    /// Length of the contents; `None` = indefinite.
    pub lunghezza: Option<u64>,
    /// The octets as sent.
    pub grezza: Vec<u8>,
}

impl Testata {
    fn costruita(&self) -> bool {
        self.tag & COSTRUITO != 0
    }

    fn fine_contenuti(&self) -> bool {
        self.tag == 0 && self.lunghezza == Some(0)
    }
}

/// Bytes kept from a stream, up to a limit; beyond it they are counted as lost, and reading goes on.
#[derive(Debug)]
pub struct Raccolta {
    /// What was kept.
    pub byte: Vec<u8>,
    limite: usize,
    /// Whether something did not fit.
    pub eccede: bool,
}

impl Raccolta {
    /// An empty one that keeps at most `limite` bytes.
    pub fn new(limite: usize) -> Self {
        Self { byte: Vec::new(), limite, eccede: false }
    }

    /// Makes room at once for what is announced, but for what a file that lies could ask for.
    pub fn prenota(&mut self, annunciati: u64) {
        let quanti = usize::try_from(annunciati).unwrap_or(usize::MAX);
        self.byte.reserve_exact(quanti.min(self.limite).min(MAX_PRENOTATI_BYTE));
    }

    /// Keeps more bytes, if they fit.
    pub fn aggiungi(&mut self, pezzo: &[u8]) {
        if self.byte.len().saturating_add(pezzo.len()) > self.limite {
            self.eccede = true;
        } else {
            self.byte.extend_from_slice(pezzo);
        }
    }
}

/// A reader of BER elements from any source.
pub struct Flusso<R> {
    sorgente: BufReader<R>,
    letti: u64,
    /// End of every open container; `None` = indefinite.
    aperti: Vec<Option<u64>>,
    /// Where everything that is read goes too.
    copia: Option<Raccolta>,
}

impl<R: Read> Flusso<R> {
    /// Starts at the first byte of `sorgente`.
    pub fn new(sorgente: R) -> Self {
        Self { sorgente: BufReader::with_capacity(TAMPONE_BYTE, sorgente), letti: 0, aperti: Vec::new(), copia: None }
    }

    /// From here on everything that is read is kept too, after what `dove` holds; beyond its limit nothing is.
    pub fn tieni(&mut self, dove: Raccolta) {
        self.copia = Some(dove);
    }

    /// Keeps no more than this.
    pub fn tieni_al_massimo(&mut self, limite: usize) {
        if let Some(copia) = &mut self.copia {
            copia.limite = limite;
        }
    }

    /// What was kept since [`Flusso::tieni`], if it fitted.
    pub fn tenuto(&mut self) -> Option<Vec<u8>> {
        self.copia.take().map(|copia| copia.byte)
    }

    /// How many containers are open.
    pub fn profondita(&self) -> usize {
        self.aperti.len()
    }

    /// The next element of the innermost open container; at its end closes it and answers `None`.
    pub fn prossimo(&mut self) -> io::Result<Option<Testata>> {
        let contenitore = self.aperti.last().copied();
        if let Some(Some(fine)) = contenitore
            && self.letti >= fine
        {
            self.aperti.pop();
            return Ok(None);
        }
        let testata = self.testata()?;
        if testata.fine_contenuti() {
            return match contenitore {
                Some(None) => {
                    self.aperti.pop();
                    Ok(None)
                }
                _ => Err(Difetto("contiene una fine di contenuti fuori posto").into()),
            };
        }
        Ok(Some(testata))
    }

    /// The next element, which must be there and have this tag.
    pub fn atteso(&mut self, tag: u8) -> io::Result<Testata> {
        match self.prossimo()? {
            Some(testata) if testata.tag == tag => Ok(testata),
            Some(_) => Err(Difetto("contiene un elemento diverso da quello atteso").into()),
            None => Err(Difetto("manca un elemento obbligatorio").into()),
        }
    }

    /// The innermost container must end here.
    pub fn fine(&mut self) -> io::Result<()> {
        match self.prossimo()? {
            None => Ok(()),
            Some(_) => Err(Difetto("contiene elementi in più").into()),
        }
    }

    /// Enters a constructed element just announced by [`Flusso::prossimo`].
    pub fn apri(&mut self, testata: &Testata) -> io::Result<()> {
        if !testata.costruita() {
            return Err(Difetto("un elemento composto è scritto come semplice").into());
        }
        if self.aperti.len() >= MAX_PROFONDITA {
            return Err(Difetto("ha troppi livelli annidati").into());
        }
        let fine = testata.lunghezza.map(|n| self.letti.saturating_add(n));
        self.aperti.push(fine);
        Ok(())
    }

    /// Some of the next octets, never more than `buf`; zero octets only if `buf` is empty.
    pub fn leggi(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.sorgente.read(buf)?;
        if n == 0 && !buf.is_empty() {
            return Err(TRONCO.into());
        }
        self.letti = self.letti.saturating_add(conta(n));
        annota(&mut self.copia, buf.get(..n).unwrap_or_default());
        Ok(n)
    }

    /// Copies a whole element as it was sent, header included. Indefinite lengths are followed to their end.
    pub fn copia(&mut self, testata: &Testata, dove: &mut Raccolta) -> io::Result<()> {
        dove.aggiungi(&testata.grezza);
        let Some(n) = testata.lunghezza else { return self.copia_indefinito(dove) };
        self.copia_byte(n, dove)
    }

    /// Passes over a whole element without keeping it.
    pub fn salta(&mut self, testata: &Testata) -> io::Result<()> {
        self.copia(testata, &mut Raccolta::new(0))
    }

    /// What follows the outermost element: how many bytes that are not white space or zero padding.
    pub fn avanzo(&mut self) -> io::Result<u64> {
        let mut estranei = 0;
        loop {
            let pezzo = self.sorgente.fill_buf()?;
            if pezzo.is_empty() {
                return Ok(estranei);
            }
            estranei += conta(pezzo.iter().filter(|b| !b.is_ascii_whitespace() && **b != 0).count());
            let n = pezzo.len();
            self.sorgente.consume(n);
        }
    }

    fn copia_indefinito(&mut self, dove: &mut Raccolta) -> io::Result<()> {
        let mut livelli = 1_usize;
        while livelli > 0 {
            let testata = self.testata()?;
            dove.aggiungi(&testata.grezza);
            match testata.lunghezza {
                Some(_) if testata.fine_contenuti() => livelli -= 1,
                Some(n) => self.copia_byte(n, dove)?,
                None if livelli >= MAX_PROFONDITA => return Err(Difetto("ha troppi livelli annidati").into()),
                None => livelli += 1,
            }
        }
        Ok(())
    }

    fn copia_byte(&mut self, mut n: u64, dove: &mut Raccolta) -> io::Result<()> {
        while n > 0 {
            let pezzo = self.sorgente.fill_buf()?;
            if pezzo.is_empty() {
                return Err(TRONCO.into());
            }
            let quanti = usize::try_from(n).unwrap_or(usize::MAX).min(pezzo.len());
            dove.aggiungi(pezzo.get(..quanti).unwrap_or_default());
            annota(&mut self.copia, pezzo.get(..quanti).unwrap_or_default());
            self.sorgente.consume(quanti);
            self.letti = self.letti.saturating_add(conta(quanti));
            n -= conta(quanti);
        }
        Ok(())
    }

    fn ottetto(&mut self, grezza: &mut Vec<u8>) -> io::Result<u8> {
        let mut uno = [0];
        self.leggi(&mut uno)?;
        grezza.extend_from_slice(&uno);
        let [b] = uno;
        Ok(b)
    }

    fn testata(&mut self) -> io::Result<Testata> {
        let mut grezza = Vec::with_capacity(6);
        let tag = self.ottetto(&mut grezza)?;
        if tag & 0x1f == 0x1f {
            // High tag numbers do not occur in these formats; they are passed over, up to four octets.
            let mut altri = 0;
            while self.ottetto(&mut grezza)? & 0x80 != 0 {
                altri += 1;
                if altri >= 4 {
                    return Err(Difetto("contiene un elemento di tipo impossibile").into());
                }
            }
        }
        let lunghezza = self.lunghezza(&mut grezza)?;
        if lunghezza.is_none() && tag & COSTRUITO == 0 {
            return Err(Difetto("un elemento semplice non dice quanto è lungo").into());
        }
        let fine = self.letti.saturating_add(lunghezza.unwrap_or(0));
        if self.aperti.iter().rev().flatten().next().is_some_and(|limite| fine > *limite) {
            return Err(Difetto("un elemento esce dal suo contenitore").into());
        }
        Ok(Testata { tag, lunghezza, grezza })
    }

    fn lunghezza(&mut self, grezza: &mut Vec<u8>) -> io::Result<Option<u64>> {
        let primo = self.ottetto(grezza)?;
        if primo < 0x80 {
            return Ok(Some(u64::from(primo)));
        }
        let quanti = primo & 0x7f;
        if quanti == 0 {
            return Ok(None);
        }
        if quanti > 8 {
            return Err(Difetto("contiene una lunghezza impossibile").into());
        }
        let mut valore = 0_u64;
        for _ in 0..quanti {
            valore = valore << 8 | u64::from(self.ottetto(grezza)?);
        }
        Ok(Some(valore))
    }
}

fn annota(copia: &mut Option<Raccolta>, letti: &[u8]) {
    if let Some(raccolta) = copia {
        raccolta.aggiungi(letti);
        if raccolta.eccede {
            *copia = None;
        }
    }
}

/// The octets of one OCTET STRING, primitive or in segments (nested ones too), pulled from a [`Flusso`].
#[derive(Debug)]
pub struct Ottetti {
    /// Octets still to read in the current segment.
    restano: u64,
    /// Containers open outside of the string.
    base: usize,
    finiti: bool,
}

impl Ottetti {
    /// Starts reading the string whose header was just read.
    pub fn apri<R: Read>(flusso: &mut Flusso<R>, testata: &Testata) -> io::Result<Self> {
        let base = flusso.profondita();
        if testata.tag == OCTET_STRING {
            return Ok(Self { restano: testata.lunghezza.unwrap_or(0), base, finiti: false });
        }
        if testata.tag != OCTET_STRING | COSTRUITO {
            return Err(Difetto("il contenuto non è una sequenza di byte").into());
        }
        flusso.apri(testata)?;
        Ok(Self { restano: 0, base, finiti: false })
    }

    /// Whether the end was reached.
    pub fn finiti(&self) -> bool {
        self.finiti
    }

    /// The next octets; 0 at the end of the string.
    pub fn leggi<R: Read>(&mut self, flusso: &mut Flusso<R>, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() || self.finiti {
            return Ok(0);
        }
        while self.restano == 0 {
            if flusso.profondita() == self.base {
                self.finiti = true;
                return Ok(0);
            }
            match flusso.prossimo()? {
                None => {}
                Some(t) if t.tag == OCTET_STRING => self.restano = t.lunghezza.unwrap_or(0),
                Some(t) if t.tag == OCTET_STRING | COSTRUITO => flusso.apri(&t)?,
                Some(_) => return Err(Difetto("il contenuto ha un pezzo che non è una sequenza di byte").into()),
            }
        }
        let quanti = usize::try_from(self.restano).unwrap_or(usize::MAX).min(buf.len());
        let n = flusso.leggi(buf.get_mut(..quanti).unwrap_or_default())?;
        self.restano -= conta(n);
        Ok(n)
    }
}

/// A length in memory as a count of bytes of a file.
pub fn conta(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ottetti(byte: &[u8]) -> io::Result<Vec<u8>> {
        let mut flusso = Flusso::new(byte);
        let testata = flusso.prossimo()?.unwrap();
        let mut stringa = Ottetti::apri(&mut flusso, &testata)?;
        let (mut tutti, mut buf) = (Vec::new(), [0; 3]);
        loop {
            match stringa.leggi(&mut flusso, &mut buf)? {
                0 => break,
                n => tutti.extend_from_slice(&buf[..n]),
            }
        }
        assert_eq!(flusso.avanzo()?, 0);
        Ok(tutti)
    }

    #[test]
    fn an_octet_string_is_the_same_however_it_is_cut() {
        let intera = b"\x04\x05hello".as_slice();
        let definita = b"\x24\x09\x04\x02he\x04\x03llo".as_slice();
        let indefinita = b"\x24\x80\x04\x02he\x24\x80\x04\x01l\x04\x00\x00\x00\x24\x04\x04\x02lo\x00\x00".as_slice();
        for forma in [intera, definita, indefinita] {
            assert_eq!(ottetti(forma).unwrap(), b"hello");
            for taglio in 0..forma.len() {
                let tagliata = &forma[..taglio];
                assert!(tagliata.is_empty() || ottetti(tagliata).is_err(), "{tagliata:?}");
            }
        }
    }

    #[test]
    fn impossible_encodings_are_refused() {
        for cattiva in [
            b"\x04\x80\x00\x00".as_slice(),                   // indefinite primitive
            b"\x24\x02\x00\x00",                              // end of contents in a definite container
            b"\x24\x03\x04\x05hello",                         // overrun
            b"\x24\x04\x02\x02he",                            // segment of another type
            b"\x04\x89\x00\x00\x00\x00\x00\x00\x00\x00\x01h", // length of nine octets
            b"\x04\x88\xff\xff\xff\xff\xff\xff\xff\xffh",     // longer than any file
            b"\x3f\xff\xff\xff\xff\xff\x7f\x00",              // endless tag
        ] {
            assert!(ottetti(cattiva).is_err(), "{cattiva:?}");
        }
        assert!(ottetti(&[0x24, 0x80].repeat(40)).is_err());
    }

    #[test]
    fn a_copied_element_is_as_it_was_sent() {
        let byte = b"\x30\x80\x02\x81\x01\x05\x30\x80\x04\x00\x00\x00\x00\x00after";
        let mut flusso = Flusso::new(byte.as_slice());
        let testata = flusso.prossimo().unwrap().unwrap();
        let mut raccolta = Raccolta::new(100);
        flusso.copia(&testata, &mut raccolta).unwrap();
        assert_eq!(raccolta.byte, byte[..byte.len() - 5]);
        assert_eq!(flusso.avanzo().unwrap(), 5);
    }
}
