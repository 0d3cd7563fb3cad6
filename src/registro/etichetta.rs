//! *Etichetta*: the segnatura on a label, for a roll of 62 x 29 mm or for an A4 sheet.
//!
//! A label is read by two scanners: the bars say `0000123/2026`, which is what one types into the search; the QR says the whole line, by
//! which a scan is put beside its registration. What does not fit is written smaller, then cut, never outside.

use super::SegnaturaLeggibile;
use super::stampa::{Formato, Grigio, PUNTI_PER_MM, Pagina, Pdf, Stile, Titolo, barre};
use crate::valori::{FoglioEtichette, Istante};
use std::io;

/// A label of the roll, in millimetres.
pub const ROTOLO: (f32, f32) = (62.0, 29.0);
/// What printers of labels cannot print on, on every side.
const MARGINE: f32 = 2.0;
/// The square of the QR.
const QR: f32 = 18.0;
/// How high the bars are, and how wide the thinnest: two dots of a printer of 203 dots per inch.
const BARRE: f32 = 6.2;
const MODULO: f32 = 0.25;
/// On an A4 sheet a label is drawn larger only so far.
const SCALA_MASSIMA: f32 = 1.35;

/// The labels, one per page, as the printer of labels takes them.
///
/// # Errors
/// None that memory does not give.
pub fn rotolo(segnature: &[SegnaturaLeggibile], ora: Istante) -> io::Result<Vec<u8>> {
    let (larga, alta) = ROTOLO;
    let mut pdf = Pdf::new(Vec::new(), Formato::mm(larga, alta))?.a_grandezza_naturale();
    for s in segnature {
        pdf.nuova_pagina()?;
        disegna(pdf.pagina(), Posto::new((0.0, 0.0), ROTOLO), s);
    }
    pdf.finisci(&titolo(segnature, ora))
}

/// The labels on sheets; on the first, the labels before `prima` (counted from 0) are gone already.
///
/// # Errors
/// None that memory does not give.
pub fn fogli(
    foglio: FoglioEtichette,
    prima: u32,
    segnature: &[SegnaturaLeggibile],
    ora: Istante,
) -> io::Result<Vec<u8>> {
    let mut pdf = Pdf::new(Vec::new(), Formato::mm(210.0, 297.0))?.a_grandezza_naturale();
    let mut quale = prima.min(foglio.quante().saturating_sub(1));
    pdf.nuova_pagina()?;
    for s in segnature {
        if quale == foglio.quante() {
            pdf.nuova_pagina()?;
            quale = 0;
        }
        disegna(pdf.pagina(), Posto::new(foglio.posto(quale), foglio.misure()), s);
        quale += 1;
    }
    pdf.finisci(&titolo(segnature, ora))
}

fn titolo(segnature: &[SegnaturaLeggibile], istante: Istante) -> Titolo {
    let titolo = match segnature {
        [una] => format!("Etichetta del protocollo n. {}", una.codice()),
        altre => format!("Etichette di {} protocolli", altre.len()),
    };
    let autore = segnature.first().map(|s| s.ente.clone()).unwrap_or_default();
    let linee: Vec<String> = segnature.iter().map(|s| s.linea.to_string()).collect();
    Titolo { titolo, autore, identificativo: linee.join(" "), istante }
}

/// Where a label is drawn: measures inside it are those of the roll.
#[derive(Clone, Copy)]
struct Posto {
    x: f32,
    y: f32,
    /// Points in a millimetre of the label.
    punti: f32,
}

impl Posto {
    /// In the middle of a rectangle given in millimetres, as large as it fits.
    fn new((x, y): (f32, f32), (larga, alta): (f32, f32)) -> Self {
        let scala = (larga / ROTOLO.0).min(alta / ROTOLO.1).min(SCALA_MASSIMA);
        let mezzo = |intero: f32, disegnato: f32| (intero - disegnato * scala) / 2.0;
        Self {
            x: (x + mezzo(larga, ROTOLO.0)) * PUNTI_PER_MM,
            y: (y + mezzo(alta, ROTOLO.1)) * PUNTI_PER_MM,
            punti: scala * PUNTI_PER_MM,
        }
    }

    fn punto(self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.punti, self.y + y * self.punti)
    }
}

/// One line of the label: its base, how high letters may be and the least, in millimetres.
struct Riga<'a> {
    base: f32,
    corpi: [f32; 2],
    stile: Stile,
    testo: &'a str,
}

fn disegna(pagina: &mut Pagina, posto: Posto, s: &SegnaturaLeggibile) {
    let larga = ROTOLO.0 - 2.0 * MARGINE - QR;
    let numero = format!("n. {}", s.codice());
    let quando = format!("{} · {}", s.istante.leggibile(), s.flusso());
    let dove: Vec<&str> =
        s.voce.iter().map(|(codice, _)| codice.as_str()).chain(s.ufficio.iter().map(String::as_str)).collect();
    let (stile, ultima) = match (&s.annullata, s.riservata) {
        (Some(con), _) => (Stile::Grassetto, format!("ANNULLATA: {}", con.replace("provvedimento", "provv."))),
        (None, true) => (Stile::Grassetto, "RISERVATA".to_owned()),
        (None, false) => (Stile::Normale, dove.join(" · ")),
    };
    for riga in [
        Riga { base: 4.3, corpi: [2.7, 1.9], stile: Stile::Grassetto, testo: &s.ente },
        Riga { base: 7.3, corpi: [2.2, 1.7], stile: Stile::Normale, testo: &s.area() },
        Riga { base: 12.2, corpi: [4.6, 3.0], stile: Stile::Grassetto, testo: &numero },
        Riga { base: 15.6, corpi: [2.5, 1.9], stile: Stile::Normale, testo: &quando },
        Riga { base: 18.7, corpi: [2.3, 1.7], stile, testo: &ultima },
    ] {
        scrivi(pagina, posto, larga, &riga);
    }
    if s.annullata.is_some() {
        pagina.linea(posto.punto(MARGINE, 10.6), posto.punto(MARGINE + larga, 10.6), Grigio::Nero, 1.0);
    }
    let (x, y) = posto.punto(ROTOLO.0 - MARGINE - QR + 1.0, 1.0);
    pagina.qr((x, y), QR * posto.punti, &s.linea.to_string());
    let codice = s.codice();
    let modulo = MODULO.min((ROTOLO.0 - 2.0 * MARGINE) / barre(&codice));
    // The blank margin of the bars may lie on that of the label.
    let inizio = posto.punto(MARGINE - 10.0 * modulo + 0.5, ROTOLO.1 - MARGINE - BARRE);
    pagina.codice_a_barre(inizio, modulo * posto.punti, BARRE * posto.punti, &codice);
    let fianco = MARGINE + (barre(&codice) - 20.0) * modulo + 3.0;
    let resta = ROTOLO.0 - MARGINE - fianco;
    let l = &s.linea;
    let chi = format!("{}/{}/{}/", l.codice_amministrazione, l.codice_aoo, l.registro);
    for (base, testo) in [(23.2, chi), (25.4, format!("{}/{}", l.data, l.numero))] {
        let riga = Riga { base, corpi: [1.9, 1.4], stile: Stile::Normale, testo: &testo };
        scrivi_da(pagina, posto, (fianco, resta), &riga);
    }
}

fn scrivi(pagina: &mut Pagina, posto: Posto, larga: f32, riga: &Riga<'_>) {
    scrivi_da(pagina, posto, (MARGINE, larga), riga);
}

fn scrivi_da(pagina: &mut Pagina, posto: Posto, (da, larga): (f32, f32), riga: &Riga<'_>) {
    let [grande, piccolo] = riga.corpi;
    let medio = (grande + piccolo) / 2.0;
    let corpi = [grande, medio, piccolo].map(|mm| mm * posto.punti);
    let (testo, corpo) = pagina.riduci(riga.testo, riga.stile, &corpi, larga * posto.punti);
    pagina.scrivi(posto.punto(da, riga.base), riga.stile, corpo, Grigio::Nero, &testo);
}
