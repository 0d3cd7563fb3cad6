//! What a scanner reads, as rectangles: Code 128 (ISO/IEC 15417) and QR (ISO/IEC 18004).

use super::Pagina;
use code128::Code128;
use qrcodegen::{QrCode, QrCodeEcc};

/// Blank modules around a QR.
const QUIETE_QR: f32 = 4.0;

/// How many modules wide the Code 128 of a text is, with the blank ones.
#[must_use]
pub fn barre(testo: &str) -> f32 {
    // The library counts them in: ten on each side.
    f32::from(u16::try_from(Code128::encode(testo.as_bytes()).len()).unwrap_or(u16::MAX))
}

impl Pagina {
    /// Draws a text as Code 128 in a rectangle whose left top corner is here: its blank margins are inside.
    pub fn codice_a_barre(&mut self, (x, y): (f32, f32), modulo: f32, altezza: f32, testo: &str) {
        let codice = Code128::encode(testo.as_bytes());
        self.rettangoli(codice.bar_coordinates().map(|barra| {
            let da = f32::from(u16::try_from(barra.x).unwrap_or(u16::MAX));
            [x + da * modulo, y, f32::from(barra.width) * modulo, altezza]
        }));
    }

    /// Draws a text as QR in a square of this side: its blank margins are inside. A text too long for a QR is not drawn.
    pub fn qr(&mut self, (x, y): (f32, f32), lato: f32, testo: &str) {
        let Ok(qr) = QrCode::encode_text(testo, QrCodeEcc::Medium) else { return };
        let quanti = qr.size();
        let numero = |n: i32| f32::from(u16::try_from(n).unwrap_or(0));
        let modulo = lato / (numero(quanti) + 2.0 * QUIETE_QR);
        let posto = |n: i32| (numero(n) + QUIETE_QR) * modulo;
        let mut tratti = Vec::new();
        for riga in 0..quanti {
            let mut da = 0;
            while da < quanti {
                // One rectangle for the dark modules that follow each other: no seam shows between them.
                let scuri = (da..quanti).take_while(|colonna| qr.get_module(*colonna, riga)).count();
                let scuri = i32::try_from(scuri).unwrap_or(0);
                if scuri > 0 {
                    tratti.push([x + posto(da), y + posto(riga), numero(scuri) * modulo, modulo]);
                }
                da += scuri + 1;
            }
        }
        self.rettangoli(tratti.into_iter());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_pairs_make_a_short_code() {
        // Ten blank modules on each side, eleven symbols of eleven modules (start, three pairs, the switch, digit and bar, the switch, two
        // pairs, the check) and the stop of thirteen.
        assert!((barre("0000123/2026") - 154.0).abs() < 0.1, "{}", barre("0000123/2026"));
        assert!(barre("00001232026") < barre("abcdefghijk"));
    }
}
