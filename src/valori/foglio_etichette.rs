//! A sheet of labels.

use super::Rifiuto;
use std::fmt;
use std::str::FromStr;

/// How one is written.
const FORMA: &str = "colonne x righe e misure in mm di un'etichetta, come «3x8 70x37», e se fra le etichette c'è spazio anche quello, come \
                     «3x7 63.5x38.1 2.5x0»; un'etichetta è almeno 48x25 mm e tutte stanno in un A4";
/// An A4 sheet, in tenths of a millimetre.
const A4: (u32, u32) = (2100, 2970);
/// The smallest label, in tenths of a millimetre: on less the bars cannot be read.
const MINIMA: (u32, u32) = (480, 250);
/// Rows or columns.
const MASSIMO: u32 = 20;

/// The labels of an A4 sheet: so many across and down, of this size, with so much between them; what is left is margin, the same on
/// opposite sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoglioEtichette {
    colonne: u32,
    righe: u32,
    /// Tenths of a millimetre, as what follows.
    etichetta: (u32, u32),
    spazio: (u32, u32),
}

impl FoglioEtichette {
    /// How many labels a sheet has.
    #[must_use]
    pub fn quante(self) -> u32 {
        self.colonne * self.righe
    }

    /// Labels in a row.
    #[must_use]
    pub fn colonne(self) -> u32 {
        self.colonne
    }

    /// How wide and how high a label is, in millimetres.
    #[must_use]
    pub fn misure(self) -> (f32, f32) {
        (mm(self.etichetta.0), mm(self.etichetta.1))
    }

    /// Where the left top corner of a label is, in millimetres. They are counted from 0, row by row.
    #[must_use]
    pub fn posto(self, quale: u32) -> (f32, f32) {
        let (colonna, riga) = (quale % self.colonne, quale / self.colonne);
        let (margine_x, margine_y) = self.margini();
        let x = margine_x + mm(colonna * (self.etichetta.0 + self.spazio.0));
        let y = margine_y + mm(riga * (self.etichetta.1 + self.spazio.1));
        (x, y)
    }

    fn margini(self) -> (f32, f32) {
        let (larghe, alte) = self.ingombro();
        (mm(A4.0.saturating_sub(larghe)) / 2.0, mm(A4.1.saturating_sub(alte)) / 2.0)
    }

    fn ingombro(self) -> (u32, u32) {
        let lungo = |quante: u32, una: u32, fra: u32| quante * una + (quante - 1) * fra;
        (lungo(self.colonne, self.etichetta.0, self.spazio.0), lungo(self.righe, self.etichetta.1, self.spazio.1))
    }
}

impl Default for FoglioEtichette {
    /// Twenty-four labels without margins, the most common sheet.
    fn default() -> Self {
        Self { colonne: 3, righe: 8, etichetta: (700, 370), spazio: (0, 0) }
    }
}

impl fmt::Display for FoglioEtichette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{} {}x{}", self.colonne, self.righe, mm(self.etichetta.0), mm(self.etichetta.1))?;
        if self.spazio != (0, 0) {
            write!(f, " {}x{}", mm(self.spazio.0), mm(self.spazio.1))?;
        }
        Ok(())
    }
}

impl FromStr for FoglioEtichette {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = || Rifiuto::new("foglio di etichette", FORMA);
        let parole: Vec<&str> = testo.split_whitespace().collect();
        let (quante, misure, spazio) = match parole.as_slice() {
            [quante, misure] => (quante, misure, "0x0"),
            [quante, misure, spazio] => (quante, misure, *spazio),
            _ => return Err(no()),
        };
        let (colonne, righe) = quante.split_once('x').ok_or_else(no)?;
        let conta = |t: &str| t.parse::<u32>().ok().filter(|n| (1..=MASSIMO).contains(n)).ok_or_else(no);
        let (colonne, righe) = (conta(colonne)?, conta(righe)?);
        let foglio =
            Self { colonne, righe, etichetta: coppia(misure).ok_or_else(no)?, spazio: coppia(spazio).ok_or_else(no)? };
        let (larghe, alte) = foglio.ingombro();
        let leggibile = foglio.etichetta.0 >= MINIMA.0 && foglio.etichetta.1 >= MINIMA.1;
        if leggibile && larghe <= A4.0 && alte <= A4.1 { Ok(foglio) } else { Err(no()) }
    }
}

impl<'de> serde::Deserialize<'de> for FoglioEtichette {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let testo = String::deserialize(d)?;
        testo.parse().map_err(|_| serde::de::Error::invalid_value(serde::de::Unexpected::Str(&testo), &FORMA))
    }
}

/// `63.5x38.1` in tenths; a comma is a point.
fn coppia(testo: &str) -> Option<(u32, u32)> {
    let (larga, alta) = testo.split_once('x')?;
    Some((decimi(larga)?, decimi(alta)?))
}

fn decimi(testo: &str) -> Option<u32> {
    let (interi, decimo) = testo.split_once(['.', ',']).unwrap_or((testo, "0"));
    let cifra = decimo.parse::<u32>().ok().filter(|_| decimo.len() == 1)?;
    let interi = interi.parse::<u32>().ok().filter(|n| *n <= A4.1)?;
    Some(interi * 10 + cifra)
}

fn mm(decimi: u32) -> f32 {
    f32::from(u16::try_from(decimi).unwrap_or(u16::MAX)) / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_read_as_it_is_written_on_its_box() {
        for (testo, quante, ultima) in [
            ("3x8 70x37", 24, (140.0, 259.5)),
            ("2x7 99,1x38,1 2.5x0", 14, (106.25, 243.75)),
            ("2x8 105x37", 16, (105.0, 259.5)),
            ("1x1 48x25", 1, (81.0, 136.0)),
        ] {
            let foglio: FoglioEtichette = testo.parse().unwrap();
            assert_eq!(foglio.quante(), quante, "{testo}");
            let (x, y) = foglio.posto(quante - 1);
            assert!((x - ultima.0).abs() < 0.15 && (y - ultima.1).abs() < 0.15, "{testo}: {x} {y}");
            assert_eq!(foglio.to_string().parse::<FoglioEtichette>().unwrap(), foglio);
        }
        assert_eq!("3x8 70x37".parse::<FoglioEtichette>().unwrap(), FoglioEtichette::default());
    }

    #[test]
    fn what_does_not_fit_on_paper_is_refused() {
        for cattivo in [
            "",
            "3x8",
            "4x8 70x37",
            "3x9 70x37",
            "0x8 70x37",
            "3x8 40x37",
            "3x8 70x20",
            "3x8 70x37 1x0",
            "3x8 -70x37",
            "axb cxd",
            "3x8 70.55x37",
            "3x8 70x37 0x0 0x0",
            "99999999999x1 70x37",
            "3x8 4294967295x37",
        ] {
            let errore = cattivo.parse::<FoglioEtichette>().unwrap_err().to_string();
            assert!(errore.contains("3x8 70x37"), "{cattivo:?}: {errore}");
        }
    }
}
