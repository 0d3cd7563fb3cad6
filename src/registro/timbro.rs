//! *Timbro*: the segnatura on a copy of a PDF. The document itself is never touched: the copy is made for whoever asks and kept nowhere.

use super::SegnaturaLeggibile;
use super::stampa::{Grigio, Pagina, RifiutoCopia, Stile, copia};
use crate::valori::Istante;

/// Longest PDF that is copied: original and copy are held in memory.
pub const MASSIMO_TIMBRO_BYTE: usize = 64 * 1024 * 1024;

/// How high the band is, in points.
const ALTEZZA: f32 = 50.0;
/// The square of the QR.
const QR: f32 = 44.0;
/// On a narrower page there is room for words alone.
const CON_QR: f32 = 280.0;
const MARGINE: f32 = 8.0;

/// Whether the PDF came out of a signed envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenienza {
    /// It is the document, as it was registered.
    Documento,
    /// It was inside the signatures of the document.
    Busta,
}

/// A copy of a PDF with the segnatura in a band above its first page, which says that it is a copy, and of what.
///
/// # Errors
/// Those of [`copia`].
pub fn timbra(
    originale: &[u8],
    provenienza: Provenienza,
    s: &SegnaturaLeggibile,
    ora: Istante,
) -> Result<Vec<u8>, RifiutoCopia> {
    if originale.len() > MASSIMO_TIMBRO_BYTE {
        return Err(RifiutoCopia::Grande(MASSIMO_TIMBRO_BYTE));
    }
    copia(originale, ALTEZZA, |pagina, larghezza, firmato| {
        let firmato = firmato || provenienza == Provenienza::Busta;
        disegna(pagina, larghezza, (s, firmato, ora));
    })
}

fn disegna(pagina: &mut Pagina, larghezza: f32, (s, firmato, ora): (&SegnaturaLeggibile, bool, Istante)) {
    let con_qr = larghezza >= CON_QR;
    let larga = larghezza - 2.0 * MARGINE - if con_qr { QR + 4.0 } else { 0.0 };
    let voce = s.voce.iter().map(|(codice, nome)| format!("Classificazione {codice} {nome}"));
    let dove: Vec<String> = voce.chain(s.ufficio.iter().map(|u| format!("Ufficio: {u}"))).collect();
    let (stile, terza) = match (&s.annullata, s.riservata) {
        (Some(con), _) => (Stile::Grassetto, format!("ANNULLATA con {con}")),
        (None, true) => (Stile::Grassetto, "Riservata".to_owned()),
        (None, false) => (Stile::Normale, dove.join(" · ")),
    };
    let del = ora.giorno().format("%d/%m/%Y");
    let copia = match firmato {
        true => format!("Copia del {del} di un originale firmato digitalmente: le firme non sono in questa copia"),
        false => format!("Copia del {del}: l'originale è senza questa segnatura"),
    };
    let righe = [
        (9.5, 7.5, Stile::Normale, format!("{} · {}", s.ente, s.area())),
        (
            20.5,
            10.0,
            Stile::Grassetto,
            format!("Protocollo n. {} del {} · {}", s.codice(), s.istante.leggibile(), s.flusso()),
        ),
        (29.5, 7.0, stile, terza),
        (37.5, 6.0, Stile::Normale, s.linea.to_string()),
        (45.0, 6.5, if firmato { Stile::Grassetto } else { Stile::Normale }, copia),
    ];
    for (base, corpo, stile, testo) in righe {
        let (testo, corpo) = pagina.riduci(&testo, stile, &[corpo, corpo * 0.85, corpo * 0.7, 4.0], larga);
        pagina.scrivi((MARGINE, base), stile, corpo, Grigio::Nero, &testo);
    }
    if con_qr {
        pagina.qr((larghezza - MARGINE - QR, 2.0), QR, &s.linea.to_string());
    }
    pagina.linea((0.0, ALTEZZA - 0.5), (larghezza, ALTEZZA - 0.5), Grigio::Scuro, 0.5);
}
