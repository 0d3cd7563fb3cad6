//! What is printed: read back by programs that are not ours (Poppler, ZBar, Preflight).

mod etichette;
mod occhi;
mod ricevute;
mod timbri;

use tabulario::registro::{Flusso, SegnaturaLeggibile};
use tabulario::valori::{Istante, NumeroProtocollo};

/// What a registration says of itself.
fn segnatura(numero: i64) -> SegnaturaLeggibile {
    SegnaturaLeggibile {
        ente: "Comune di Borgo Esempio".to_owned(),
        linea: format!("c_x999/AX99Z01/PG/2026-11-22/{numero:07}").parse().unwrap(),
        di_prova: false,
        numero: NumeroProtocollo::new(numero).unwrap(),
        anno: 2026,
        istante: "2026-11-22T10:20:30+01:00".parse().unwrap(),
        flusso: Flusso::Entrata,
        voce: Some(("VI.3".to_owned(), "Edilizia privata".to_owned())),
        ufficio: Some("Sportello edilizia".to_owned()),
        riservata: false,
        annullata: None,
    }
}

fn ora() -> Istante {
    "2026-11-23T08:00:00+01:00".parse().unwrap()
}

/// Texts that somebody may have written to break a page.
fn ostili() -> Vec<String> {
    vec![
        "W".repeat(1_000_000),
        "Comune ".repeat(40),
        "עיריית ירושלים · بلدية القدس".to_owned(),
        "\u{202e}osrever ni emoN\u{202c} \u{200f}\u{2067}x".to_owned(),
        "a\u{0}b\u{7}c\u{1b}[31md\r\ne\u{85}f".to_owned(),
        "👩‍👩‍👧‍👦🏛️ Comune 漢字 𒀀".to_owned(),
        ") Tj ET Q 0 0 m (\\ <script>alert(1)</script> %PDF".to_owned(),
        String::new(),
    ]
}
