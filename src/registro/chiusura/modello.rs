//! What a register says, as plain values: what the two forms are written from. Names are those of the norm.

use crate::valori::{Impronta, Istante, NumeroProtocollo};
use chrono::NaiveDate;

/// How long a time a register covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Periodo {
    /// *Registro giornaliero*.
    Giorno(NaiveDate),
    /// *Registro annuale*.
    Anno(i32),
}

/// Who made a register, and which it is (LLGG 3.1.6; AgID, *Produzione e conservazione del registro giornaliero*, 2015).
#[derive(Debug, Clone)]
pub struct Frontespizio {
    /// IPA code of the body.
    pub ipa: String,
    /// Its name.
    pub ente: String,
    /// Code of the AOO.
    pub aoo: String,
    /// Its name.
    pub denominazione_aoo: String,
    /// Code of the register.
    pub registro: String,
    /// The day, or the year.
    pub periodo: Periodo,
    /// *Numero progressivo del registro* in its year.
    pub progressivo: NumeroProtocollo,
    /// *Responsabili della gestione documentale* (the RSP) in office when the register is made.
    pub responsabili: Vec<String>,
    /// *Data di chiusura*: when it was made.
    pub chiusura: Istante,
    /// What the register holds, counted before it is written.
    pub sommario: Sommario,
}

/// What a register holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sommario {
    /// First and last registration; nothing on a day without any.
    pub numeri: Option<(NumeroProtocollo, NumeroProtocollo)>,
    /// When they were made.
    pub istanti: Option<(Istante, Istante)>,
    /// How many registrations.
    pub registrazioni: u64,
    /// How many changes and annulments.
    pub modifiche: u64,
    /// Places of the links of the chain that are in the register: first and last.
    pub posizioni: (i64, i64),
    /// The last of those links: 64 hexadecimal digits.
    pub anello: String,
    /// Root of the Merkle tree over those links (RFC 9162): 64 hexadecimal digits.
    pub radice: String,
}

/// One registration, as it was made.
#[derive(Debug, Clone)]
pub struct Voce {
    /// Its number.
    pub numero: NumeroProtocollo,
    /// When it was made.
    pub istante: Istante,
    /// `entrata`, `uscita`, `interna`.
    pub flusso: &'static str,
    /// Subject.
    pub oggetto: String,
    /// How it travelled.
    pub mezzo: String,
    /// Parties, in order.
    pub corrispondenti: Vec<Parte>,
    /// The *presentazione*, if it is another instant.
    pub arrivo: Option<Istante>,
    /// The sender's own number, and its date if it is known.
    pub protocollo_mittente: Option<(String, Option<NaiveDate>)>,
    /// Its files, in order.
    pub documenti: Vec<Allegato>,
    /// True if only some may see it.
    pub riservata: bool,
    /// It was annulled in the time of this register: the extremes of the provvedimento.
    pub annullata: Option<String>,
}

/// A sender or an addressee.
#[derive(Debug, Clone)]
pub struct Parte {
    /// `mittente` or `destinatario`.
    pub ruolo: &'static str,
    /// True if it was told only for information.
    pub per_conoscenza: bool,
    /// What people call it.
    pub denominazione: String,
    /// Its tax code.
    pub codice_fiscale: Option<String>,
    /// Its IPA code.
    pub codice_ipa: Option<String>,
    /// Its PEC address.
    pub pec: Option<String>,
}

/// A file of a registration.
#[derive(Debug, Clone)]
pub struct Allegato {
    /// `principale` or `allegato`.
    pub ruolo: &'static str,
    /// Its name.
    pub nome: String,
    /// SHA-256 of its bytes.
    pub impronta: Impronta,
}

/// A change to a registration, of this day or of an earlier one.
#[derive(Debug, Clone)]
pub struct Modifica {
    /// `annullamento`, `annullamento-dato`, `riservatezza`, `acquisizione`, `variazione-dato`.
    pub tipo: &'static str,
    /// When.
    pub istante: Istante,
    /// Number of the registration.
    pub numero: NumeroProtocollo,
    /// Its year.
    pub anno: i32,
    /// Who did it.
    pub autore: String,
    /// What authorises it.
    pub provvedimento: Option<String>,
    /// Which datum.
    pub campo: Option<String>,
    /// What it is now.
    pub valore: Option<String>,
    /// Why.
    pub motivo: Option<String>,
    /// The file that was added.
    pub impronta: Option<Impronta>,
}

impl Periodo {
    /// The last day.
    #[must_use]
    pub fn ultimo(self) -> NaiveDate {
        match self {
            Self::Giorno(giorno) => giorno,
            Self::Anno(anno) => NaiveDate::from_ymd_opt(anno, 12, 31).unwrap_or(NaiveDate::MAX),
        }
    }

    /// The year.
    #[must_use]
    pub fn anno(self) -> i32 {
        chrono::Datelike::year(&self.ultimo())
    }

    /// The word of the database and of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Giorno(_) => "giorno",
            Self::Anno(_) => "anno",
        }
    }

    /// What the norm calls such a register.
    #[must_use]
    pub fn nome(self) -> &'static str {
        match self {
            Self::Giorno(_) => "Registro giornaliero di protocollo",
            Self::Anno(_) => "Registro annuale di protocollo",
        }
    }

    /// The time, for people: `del 22/11/2026`, `dell'anno 2026`.
    #[must_use]
    pub fn leggibile(self) -> String {
        match self {
            Self::Giorno(giorno) => format!("del {}", giorno.format("%d/%m/%Y")),
            Self::Anno(anno) => format!("dell'anno {anno}"),
        }
    }
}

impl Frontespizio {
    /// *Identificativo univoco e persistente*, which is also the name of the files.
    #[must_use]
    pub fn identificativo(&self) -> String {
        identificativo([&self.ipa, &self.aoo, &self.registro], self.periodo, self.progressivo)
    }

    /// The title.
    #[must_use]
    pub fn titolo(&self) -> String {
        format!("{} {}", self.periodo.nome(), self.periodo.leggibile())
    }
}

/// `c_x999-AX99Z01-PG-RG-2026-11-22-0000326`: body, AOO, register, daily (RG) or annual (RA), day or year, number in the year.
pub(super) fn identificativo(
    [ipa, aoo, registro]: [&str; 3],
    periodo: Periodo,
    progressivo: NumeroProtocollo,
) -> String {
    match periodo {
        Periodo::Giorno(giorno) => format!("{ipa}-{aoo}-{registro}-RG-{giorno}-{progressivo}"),
        Periodo::Anno(anno) => format!("{ipa}-{aoo}-{registro}-RA-{anno}-{progressivo}"),
    }
}
