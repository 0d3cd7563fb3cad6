//! Where a datum of the rubrica comes from, who brought it and when.

use crate::storage::Operazione;
use crate::utenti;
use crate::valori::{Istante, Rifiuto};
use std::str::FromStr;

/// Where a datum comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fonte {
    /// Index of the public administrations (CAD art. 6-ter).
    Ipa,
    /// Index of companies and professionals (CAD art. 6-bis).
    Inipec,
    /// Index of the domicili digitali of natural persons (CAD art. 6-quater).
    Inad,
    /// Seen in a PEC that arrived.
    PecRicevuta,
    /// Written by somebody.
    Scritto,
    /// A file of the office.
    Csv,
}

impl Fonte {
    /// All of them.
    pub const TUTTE: [Self; 6] = [Self::Ipa, Self::Inipec, Self::Inad, Self::PecRicevuta, Self::Scritto, Self::Csv];

    /// The word of the API, of the database and of the chain.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ipa => "ipa",
            Self::Inipec => "inipec",
            Self::Inad => "inad",
            Self::PecRicevuta => "pec-ricevuta",
            Self::Scritto => "scritto",
            Self::Csv => "csv",
        }
    }
}

impl FromStr for Fonte {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let trovata = Self::TUTTE.into_iter().find(|f| f.as_str() == testo);
        let parole = || Self::TUTTE.map(Self::as_str).join(", ");
        trovata.ok_or_else(|| Rifiuto::new("fonte", format!("vale una di: {}", parole())))
    }
}

/// The source of a datum, who wrote it here and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenienza {
    /// Its source.
    pub fonte: Fonte,
    /// Who wrote it here, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

impl Provenienza {
    /// What is written now.
    pub(super) fn adesso(op: &mut Operazione<'_>, fonte: Fonte) -> Result<Self, utenti::Errore> {
        let attore = op.attore.clone();
        Ok(Self { fonte, autore: utenti::nome_autore(op.conn, &attore)?, istante: op.ora })
    }
}
