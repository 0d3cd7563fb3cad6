//! Which message, in which dialect.

use super::albero::{Nodo, Spazio};
use super::{Rilievi, cita};
use crate::segnatura::circolare60;

/// The five messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tipo {
    /// `Segnatura`, `SegnaturaInformatica`.
    Segnatura,
    /// `ConfermaRicezione`.
    Conferma,
    /// `NotificaEccezione`.
    Eccezione,
    /// `AggiornamentoConferma`.
    Aggiornamento,
    /// `AnnullamentoProtocollazione`.
    Annullamento,
}

impl Tipo {
    /// The five, with the name of the file in which each travels by mail (Circolare 60/2013; Allegato 6 appendix C).
    const FILE: [(Self, &'static str); 5] = [
        (Self::Segnatura, "Segnatura.xml"),
        (Self::Conferma, "Conferma.xml"),
        (Self::Eccezione, "Eccezione.xml"),
        (Self::Aggiornamento, "Aggiornamento.xml"),
        (Self::Annullamento, "Annullamento.xml"),
    ];

    /// The name of the file in which it travels by mail.
    #[must_use]
    pub fn file(self) -> &'static str {
        Self::FILE.iter().find(|(tipo, _)| *tipo == self).map_or("", |(_, nome)| nome)
    }

    /// The message that a file of this name should be, in whatever letters.
    #[must_use]
    pub fn da_file(nome: &str) -> Option<Self> {
        Self::FILE.iter().find(|(_, file)| nome.trim().eq_ignore_ascii_case(file)).map(|(tipo, _)| *tipo)
    }

    /// `segnatura`, `conferma`, `eccezione`, `aggiornamento`, `annullamento`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Segnatura => "segnatura",
            Self::Conferma => "conferma",
            Self::Eccezione => "eccezione",
            Self::Aggiornamento => "aggiornamento",
            Self::Annullamento => "annullamento",
        }
    }
}

/// The five dialects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialetto {
    /// Allegato 6 to the Linee guida, version 3.0.0.
    Tre,
    /// Circolare 60/2013, with its namespace.
    Circolare60,
    /// Circolare 60/2013, in the form of its DTD: no namespace.
    Circolare60Dtd,
    /// Circolare 28/2001, a DTD.
    Circolare28,
    /// Neither namespace nor DOCTYPE nor `versione`.
    Nuda,
}

impl Dialetto {
    /// `3.0.0`, `60-2013`, `60-2013-dtd`, `28-2001`, `bare`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tre => "3.0.0",
            Self::Circolare60 => "60-2013",
            Self::Circolare60Dtd => "60-2013-dtd",
            Self::Circolare28 => "28-2001",
            Self::Nuda => "bare",
        }
    }
}

/// The message by the name of its root.
pub(super) fn tipo(radice: Nodo<'_>) -> Option<Tipo> {
    match radice.nome() {
        "Segnatura" | "SegnaturaInformatica" => Some(Tipo::Segnatura),
        "ConfermaRicezione" => Some(Tipo::Conferma),
        "NotificaEccezione" => Some(Tipo::Eccezione),
        "AggiornamentoConferma" => Some(Tipo::Aggiornamento),
        "AnnullamentoProtocollazione" => Some(Tipo::Annullamento),
        _ => None,
    }
}

/// The dialect by the namespace; without one, by what only one dialect has.
pub(super) fn dialetto(radice: Nodo<'_>, doctype: bool, rilievi: &mut Rilievi) -> Dialetto {
    let versione = radice.attributo("versione");
    let dialetto = match radice.spazio() {
        Spazio::Agid | Spazio::AgidPec => Dialetto::Tre,
        Spazio::DigitPa => Dialetto::Circolare60,
        _ if radice.nome() == "SegnaturaInformatica" || versione == Some("3.0.0") => Dialetto::Tre,
        _ if !doctype && versione.is_none() => Dialetto::Nuda,
        _ => dei_dtd(radice, versione),
    };
    if matches!(radice.spazio(), Spazio::Altro | Spazio::Firma) {
        rilievi.push("Lo spazio dei nomi XML non è di nessuna norma sulla segnatura: non ne è stato tenuto conto.");
    }
    if dialetto == Dialetto::Tre && radice.spazio() == Spazio::Nessuno {
        rilievi.push("Manca lo spazio dei nomi XML dell'Allegato 6.");
    }
    controlla_versione(dialetto, versione, rilievi);
    dialetto
}

/// The two DTDs differ in few things; where none of them shows, the day of the registration tells.
fn dei_dtd(radice: Nodo<'_>, versione: Option<&str>) -> Dialetto {
    match versione {
        Some(circolare60::VERSIONE) => return Dialetto::Circolare60Dtd,
        Some("dataPubblicazione" | "2001-05-07") => return Dialetto::Circolare28,
        _ => {}
    }
    for nodo in radice.discendenti() {
        match (nodo.nome(), nodo.attributo("algoritmo"), nodo.attributo("tempo")) {
            ("PiuInfo", ..) | ("Impronta", Some("SHA-256"), _) | ("OraRegistrazione", _, Some("spc")) => {
                return Dialetto::Circolare60Dtd;
            }
            ("Impronta", Some("SHA-1"), _) | ("OraRegistrazione", _, Some("rupa")) => return Dialetto::Circolare28,
            ("Identificatore", ..) if nodo.figlio("CodiceRegistro").is_none() => return Dialetto::Circolare28,
            _ => {}
        }
    }
    let data = radice.discendenti().find(|n| n.nome() == "DataRegistrazione").and_then(Nodo::testo);
    // Circolare 60 is of 23 January 2013; ISO dates compare as text.
    if data.is_some_and(|d| d.as_str() >= "2013-01-23") { Dialetto::Circolare60Dtd } else { Dialetto::Circolare28 }
}

fn controlla_versione(dialetto: Dialetto, versione: Option<&str>, rilievi: &mut Rilievi) {
    let attesa: &[&str] = match dialetto {
        Dialetto::Tre => &["3.0.0"],
        Dialetto::Circolare28 => &["dataPubblicazione", "2001-05-07"],
        Dialetto::Circolare60 | Dialetto::Circolare60Dtd => &[circolare60::VERSIONE],
        Dialetto::Nuda => return,
    };
    match versione {
        None if dialetto == Dialetto::Tre => rilievi.push("Manca la versione, che dev'essere 3.0.0."),
        Some(altra) if !attesa.contains(&altra) => {
            rilievi.push(format!(
                "La versione {} non è quella prevista: da sola non è un motivo di rifiuto.",
                cita(altra)
            ));
        }
        _ => {}
    }
}
