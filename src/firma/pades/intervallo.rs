//! What a signature covers: `/ByteRange` (ISO 32000-2 clause 12.8.1, ETSI EN 319 142-1 clause 5.5).
//!
//! It rests on the bytes of the file alone. A signature must cover its revision from the first byte to the last, but for
//! the string in which it stands itself: everything else that is left out is where something can be hidden.

use super::oggetto::{Dizionario, Oggetto, Tratto, bianco};

/// What a signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intervallo {
    /// Before the signature.
    pub primo: Tratto,
    /// After it.
    pub secondo: Tratto,
    /// What is wrong with it, in Italian.
    pub difetti: Vec<String>,
}

impl Intervallo {
    /// Reads what a signature dictionary says; without four numbers nothing is covered.
    pub fn leggi(firma: &Dizionario, byte: &[u8]) -> Self {
        let numeri: Option<Vec<usize>> =
            firma.campo(b"ByteRange").elenco().and_then(|elenco| elenco.iter().map(Oggetto::misura).collect());
        let Some(&[inizio, lungo, ripresa, coda]) = numeri.as_deref() else {
            let frase = "La firma non dice quali byte del file copre (ByteRange): non prova niente.".to_owned();
            let niente = Tratto { inizio: 0, fine: 0 };
            return Self { primo: niente, secondo: niente, difetti: vec![frase] };
        };
        let tratto = |inizio: usize, lungo: usize| {
            let fine = inizio.saturating_add(lungo).min(byte.len());
            Tratto { inizio: inizio.min(fine), fine }
        };
        let intervallo = Self { primo: tratto(inizio, lungo), secondo: tratto(ripresa, coda), difetti: Vec::new() };
        intervallo.controlla(firma, byte, [inizio, lungo, ripresa, coda])
    }

    fn controlla(mut self, firma: &Dizionario, byte: &[u8], [inizio, lungo, ripresa, coda]: [usize; 4]) -> Self {
        let mut manca = |frase: &str| self.difetti.push(frase.to_owned());
        if inizio != 0 {
            manca("La firma non copre l'inizio del file.");
        }
        let fuori = |da: usize, quanti: usize| da.checked_add(quanti).is_none_or(|fine| fine > byte.len());
        if fuori(inizio, lungo) || fuori(ripresa, coda) {
            manca("La firma dice di coprire più byte di quelli del file.");
        } else if inizio + lungo > ripresa {
            manca("Le due parti del file che la firma dice di coprire si sovrappongono.");
        } else if !lascia_solo_la_firma(firma, byte, Tratto { inizio: inizio + lungo, fine: ripresa }) {
            manca("La firma lascia scoperto altro oltre a sé stessa: lì può essere stato messo qualunque contenuto.");
        } else if !finisce_una_revisione(byte, ripresa + coda) {
            manca("La firma non copre fino alla fine la versione del documento in cui è stata messa.");
        }
        self
    }

    /// The bytes that are covered, in order.
    pub fn coperti<'a>(&self, byte: &'a [u8]) -> [&'a [u8]; 2] {
        [self.primo, self.secondo].map(|tratto| byte.get(tratto.inizio..tratto.fine).unwrap_or_default())
    }
}

/// Whether the gap is the hexadecimal string of `/Contents`, with or without its delimiters.
fn lascia_solo_la_firma(firma: &Dizionario, byte: &[u8], vuoto: Tratto) -> bool {
    let Oggetto::Stringa(_, tratto) = firma.campo(b"Contents") else { return false };
    let dentro = Tratto { inizio: tratto.inizio + 1, fine: tratto.fine.saturating_sub(1) };
    byte.get(tratto.inizio) == Some(&b'<') && (vuoto == *tratto || vuoto == dentro)
}

/// Whether the end of the file, or of what it was once, is here: blanks alone follow, or `%%EOF` comes before.
fn finisce_una_revisione(byte: &[u8], fine: usize) -> bool {
    let prima = byte.get(..fine).unwrap_or_default();
    let ultimo = prima.iter().rposition(|b| !bianco(*b)).map_or(0, |n| n + 1);
    avanzo(byte, fine) == 0 || prima.get(..ultimo).is_some_and(|prima| prima.ends_with(b"%%EOF"))
}

/// How many bytes that are not blanks follow `fine`.
pub fn avanzo(byte: &[u8], fine: usize) -> usize {
    byte.get(fine..).unwrap_or_default().iter().filter(|b| !bianco(**b)).count()
}

#[cfg(test)]
mod tests {
    use super::super::oggetto::{Lettore, MAX_VALORI};
    use super::*;

    /// A small file with a signature whose range is right, but for what is added to each of its numbers.
    fn check(in_piu: [i64; 4], contents: &str, coda: &str, atteso: Option<&str>) {
        let prima = "%PDF-1.7 <</Contents";
        let dopo = ">> startxref 0 %%EOF";
        let lungo = |testo: &str| i64::try_from(testo.len()).unwrap();
        let range = 4 * 21 + lungo("/ByteRange[]");
        let giusti = [0, lungo(prima), lungo(prima) + lungo(contents), range + lungo(dopo)];
        let numeri: Vec<String> =
            giusti.iter().zip(in_piu).map(|(n, piu)| format!("{:020} ", n.saturating_add(piu))).collect();
        let file = format!("{prima}{contents}/ByteRange[{}]{dopo}{coda}", numeri.concat());
        let firma = Lettore::new(file.as_bytes(), 9, MAX_VALORI).oggetto(0).unwrap();
        let difetti = Intervallo::leggi(firma.dizionario().unwrap(), file.as_bytes()).difetti;
        assert_eq!(difetti.len(), usize::from(atteso.is_some()), "{in_piu:?} {contents}: {difetti:?}");
        assert!(atteso.is_none_or(|atteso| difetti[0].contains(atteso)), "{in_piu:?}: {difetti:?}");
    }

    #[test]
    fn only_the_signature_itself_may_be_left_out() {
        let firma = "<a0b1c2>";
        check([0; 4], firma, "", None);
        check([0, 1, -1, 1], firma, "", None);
        check([0; 4], firma, "\r\n", None);
        check([0; 4], firma, " 9 0 obj", None);
        check([0, 0, 0, -3], firma, "", Some("fino alla fine"));
        check([0, 0, 1, -1], firma, "", Some("altro oltre"));
        check([0, -1, 0, 0], firma, "", Some("altro oltre"));
        check([0, 0, 0, 9], firma, "", Some("più byte"));
        check([0, 0, -20, 20], firma, "", Some("sovrappongono"));
        check([1, -1, 0, 0], firma, "", Some("inizio del file"));
        check([0; 4], "(a0b1c)", "", Some("altro oltre"));
        check([0, i64::MAX, 0, 0], firma, "", Some("più byte"));
        check([0, 0, i64::MAX, i64::MAX], firma, "", Some("più byte"));
        check([0, -99, 0, 0], firma, "", Some("quali byte"));
        check([0, -20, 0, 0], firma, "", Some("altro oltre"));
    }

    #[test]
    fn a_range_of_other_than_four_numbers_covers_nothing() {
        for range in ["", "/ByteRange[0 9]", "/ByteRange[0 1 2 3 4]", "/ByteRange 9 0 R", "/ByteRange[0 1 (2) 3]"] {
            let file = format!("<<{range}>>");
            let firma = Lettore::new(file.as_bytes(), 0, MAX_VALORI).oggetto(0).unwrap();
            let intervallo = Intervallo::leggi(firma.dizionario().unwrap(), file.as_bytes());
            assert_eq!(intervallo.coperti(file.as_bytes()), [b""; 2]);
            assert!(intervallo.difetti[0].contains("quali byte"));
        }
    }
}
