//! The segnatura as people read it (DPR 445/2000 art. 55; DPCM 3/12/2013 art. 9): on a label, on a copy, as text.

use super::{Annullamento, Flusso, Registrazione};
use crate::segnatura::Identificatore;
use crate::utenti::Aoo;
use crate::valori::{Istante, NumeroProtocollo};

/// What is said of a registration to whoever holds its paper. It names neither its subject nor its parties, and of what is riservato it
/// says number, time and flow alone.
#[derive(Debug, Clone)]
pub struct SegnaturaLeggibile {
    /// Name of the body.
    pub ente: String,
    /// The line: body, AOO, register, day and number, in codes.
    pub linea: Identificatore,
    /// Its AOO is a trial: nothing it says has legal value.
    pub di_prova: bool,
    /// Its number.
    pub numero: NumeroProtocollo,
    /// Its year.
    pub anno: i32,
    /// When it was made.
    pub istante: Istante,
    /// Direction.
    pub flusso: Flusso,
    /// Code and name of the voce.
    pub voce: Option<(String, String)>,
    /// The office that has it.
    pub ufficio: Option<String>,
    /// Only some may see it.
    pub riservata: bool,
    /// The provvedimento that annulled it.
    pub annullata: Option<String>,
}

impl SegnaturaLeggibile {
    /// The segnatura of a registration, with what other modules know of it.
    #[must_use]
    pub fn new(aoo: &Aoo, r: &Registrazione, voce: Option<(String, String)>, ufficio: Option<String>) -> Self {
        Self {
            ente: aoo.ente.to_string(),
            linea: r.segnatura.clone(),
            di_prova: aoo.di_prova(),
            numero: r.numero,
            anno: r.anno,
            istante: r.istante,
            flusso: r.flusso,
            voce: voce.filter(|_| !r.riservato),
            ufficio: ufficio.filter(|_| !r.riservato),
            riservata: r.riservato,
            annullata: r.annullamento.as_ref().map(annullata),
        }
    }

    /// What finds the registration when it is typed into the search: `0000123/2026`.
    #[must_use]
    pub fn codice(&self) -> String {
        format!("{}/{}", self.numero, self.anno)
    }

    /// `Entrata`.
    #[must_use]
    pub fn flusso(&self) -> &'static str {
        match self.flusso {
            Flusso::Entrata => "Entrata",
            Flusso::Uscita => "Uscita",
            Flusso::Interna => "Interna",
        }
    }

    /// `AOO AX99Z01, registro PG`.
    #[must_use]
    pub fn area(&self) -> String {
        let valore = if self.di_prova { ": di prova, senza valore legale" } else { "" };
        format!("AOO {}, registro {}{valore}", self.linea.codice_aoo, self.linea.registro)
    }

    /// A line for each thing it says.
    #[must_use]
    pub fn testo(&self) -> String {
        let mut righe = vec![
            format!("{} ({})", self.ente, self.linea.codice_amministrazione),
            self.area(),
            format!(
                "Protocollo n. {} del {}, {}",
                self.codice(),
                self.istante.leggibile(),
                self.flusso().to_lowercase()
            ),
        ];
        righe.extend(self.voce.as_ref().map(|(codice, nome)| format!("Classificazione: {codice} {nome}")));
        righe.extend(self.ufficio.as_ref().map(|u| format!("Ufficio: {u}")));
        righe.extend(self.riservata.then(|| "Riservata".to_owned()));
        righe.extend(self.annullata.as_ref().map(|con| format!("ANNULLATA con {con}")));
        righe.push(format!("Segnatura: {}", self.linea));
        let mut testo = righe.join("\n");
        testo.push('\n');
        testo
    }
}

/// `provvedimento n. 3/2026 del 22/11/2026`.
fn annullata(a: &Annullamento) -> String {
    format!("{} del {}", a.provvedimento(), a.istante.giorno().format("%d/%m/%Y"))
}
