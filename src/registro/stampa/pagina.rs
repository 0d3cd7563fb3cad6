//! What is drawn on one page. Measures are in points, from the top left corner.

use super::carattere::Carattere;
use super::testo::{ELLISSI, accorcia};
use super::{Stile, a_capo};
use std::io::{self, Write as _};

/// A size, in points, when none is asked for.
const CORPO_MINIMO: f32 = 5.0;

/// A shade of grey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grigio {
    /// Text.
    Nero,
    /// What is said beside.
    Scuro,
    /// Rules.
    Chiaro,
    /// The ground of a heading.
    Fondo,
}

impl Grigio {
    fn valore(self) -> &'static str {
        match self {
            Self::Nero => "0",
            Self::Scuro => "0.35",
            Self::Chiaro => "0.65",
            Self::Fondo => "0.92",
        }
    }
}

/// A page that is being drawn.
pub struct Pagina {
    /// How high the page is.
    pub(super) altezza: f32,
    pub(super) caratteri: [Carattere; 2],
    pub(super) disegno: Vec<u8>,
}

impl Pagina {
    /// Nothing drawn yet.
    pub(super) fn new(altezza: f32) -> io::Result<Self> {
        let caratteri = [Carattere::new(Stile::Normale)?, Carattere::new(Stile::Grassetto)?];
        Ok(Self { altezza, caratteri, disegno: Vec::new() })
    }

    /// What comes first in every drawing: the colours are shades of grey.
    pub(super) fn inizia(&mut self) {
        self.disegno.extend_from_slice(b"/C cs /C CS\n");
    }

    fn carattere(&mut self, stile: Stile) -> &mut Carattere {
        let [normale, grassetto] = &mut self.caratteri;
        match stile {
            Stile::Normale => normale,
            Stile::Grassetto => grassetto,
        }
    }

    /// How wide a text is.
    pub fn larghezza(&mut self, testo: &str, stile: Stile, corpo: f32) -> f32 {
        let carattere = self.carattere(stile);
        testo.chars().map(|c| f32::from(carattere.glifo(c).larghezza)).sum::<f32>() * corpo / 1000.0
    }

    /// The beginning of a text that is no wider than this, and an ellipsis if that is not all of it. What moves letters about or
    /// cannot be printed is left out first.
    pub fn accorcia(&mut self, testo: &str, stile: Stile, corpo: f32, larghezza: f32) -> String {
        let carattere = self.carattere(stile);
        let mut misura = |c: char| f32::from(carattere.glifo(c).larghezza) * corpo / 1000.0;
        accorcia(testo, larghezza, &mut misura)
    }

    /// The greatest of these sizes at which a text is no wider than this; if none is, the smallest, and the text is cut.
    pub fn riduci(&mut self, testo: &str, stile: Stile, corpi: &[f32], larghezza: f32) -> (String, f32) {
        let minimo = corpi.last().copied().unwrap_or(CORPO_MINIMO);
        for corpo in corpi {
            let intero = self.accorcia(testo, stile, *corpo, larghezza);
            if !intero.ends_with(ELLISSI) || *corpo <= minimo {
                return (intero, *corpo);
            }
        }
        (self.accorcia(testo, stile, minimo, larghezza), minimo)
    }

    /// The lines of a text in a column of this width.
    pub fn righe(&mut self, testo: &str, stile: Stile, corpo: f32, larghezza: f32) -> Vec<String> {
        let carattere = self.carattere(stile);
        a_capo(testo, larghezza, |c| f32::from(carattere.glifo(c).larghezza) * corpo / 1000.0)
    }

    /// Writes a line of text, its base at `y`.
    pub fn scrivi(&mut self, (x, y): (f32, f32), stile: Stile, corpo: f32, colore: Grigio, testo: &str) {
        let y = self.altezza - y;
        let mut codici = Vec::with_capacity(testo.len() * 2 + 16);
        for c in testo.chars().filter(|c| !c.is_control()) {
            for b in self.carattere(stile).glifo(c).codice.to_be_bytes() {
                if matches!(b, b'(' | b')' | b'\\') {
                    codici.push(b'\\');
                }
                // A bare carriage return in a string is read as a line feed.
                match b {
                    b'\r' => codici.extend_from_slice(b"\\r"),
                    b => codici.push(b),
                }
            }
        }
        let risorsa = stile.risorsa();
        self.aggiungi(&format!("{} sc BT /{risorsa} {corpo} Tf {x:.2} {y:.2} Td (", colore.valore()));
        self.disegno.extend_from_slice(&codici);
        self.aggiungi(") Tj ET\n");
    }

    /// Draws a rule.
    pub fn linea(&mut self, (x, y): (f32, f32), (x2, y2): (f32, f32), colore: Grigio, spessore: f32) {
        let (y, y2) = (self.altezza - y, self.altezza - y2);
        self.aggiungi(&format!("{} SC {spessore} w {x:.2} {y:.2} m {x2:.2} {y2:.2} l S\n", colore.valore()));
    }

    /// Fills a rectangle.
    pub fn fondo(&mut self, (x, y): (f32, f32), larghezza: f32, altezza: f32, colore: Grigio) {
        let y = self.altezza - y - altezza;
        self.aggiungi(&format!("{} sc {x:.2} {y:.2} {larghezza:.2} {altezza:.2} re f\n", colore.valore()));
    }

    /// Fills many rectangles: left, top, width, height.
    pub fn rettangoli(&mut self, rettangoli: impl Iterator<Item = [f32; 4]>) {
        self.aggiungi("0 sc\n");
        for [x, y, larghezza, altezza] in rettangoli {
            let y = self.altezza - y - altezza;
            self.aggiungi(&format!("{x:.3} {y:.3} {larghezza:.3} {altezza:.3} re\n"));
        }
        self.aggiungi("f\n");
    }

    /// Puts the number of all pages here, which is known only at the end.
    pub fn totale(&mut self, (x, y): (f32, f32)) {
        let y = self.altezza - y;
        self.aggiungi(&format!("q 1 0 0 1 {x:.2} {y:.2} cm /T Do Q\n"));
    }

    fn aggiungi(&mut self, testo: &str) {
        // Writing to a vector does not fail.
        let _ = self.disegno.write_all(testo.as_bytes());
    }
}
