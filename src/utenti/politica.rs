//! Who may do what: the one place where roles become permissions (UX.md 10.1). What may not be seen does not exist.
//!
//! The matrix says whether a role acts, reads or does not know of a part of the house; *which* documents it meets there is
//! [`vista`]. The whole of it is written out in `tests/it/politica.txt`, for a records manager to read.

use super::Ruolo;
use super::visibilita::Vista;
use crate::valori::{AooId, UfficioId};

/// What a role may do in a part of the house. The greater one wins when a person has several roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permesso {
    /// It does not exist for this role.
    Niente,
    /// Looks.
    Legge,
    /// Looks and acts.
    Agisce,
}

/// The parts of the house, in the order of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Azione {
    /// `Da protocollare`, `Sportello`: registering what arrives.
    Entrata,
    /// `Scrivania`.
    Scrivania,
    /// `Nuova` (uscita, interna), `Uscita`, `Rubrica`.
    Uscita,
    /// `Fascicoli`.
    Fascicoli,
    /// `Titolario`.
    Titolario,
    /// `Ricerca`.
    Ricerca,
    /// `Registro`, `Annullamenti`, `Emergenza`; who only looks may still propose.
    Registro,
    /// `Conservazione`.
    Conservazione,
    /// `Istanze`.
    Istanze,
    /// `Amministrazione`, `Stato`.
    Amministrazione,
    /// `Registro eventi`.
    Eventi,
    /// `Statistiche`.
    Statistiche,
}

impl Azione {
    /// All of them, in the order of the menu.
    pub const TUTTE: [Self; 12] = [
        Self::Entrata,
        Self::Scrivania,
        Self::Uscita,
        Self::Fascicoli,
        Self::Titolario,
        Self::Ricerca,
        Self::Registro,
        Self::Conservazione,
        Self::Istanze,
        Self::Amministrazione,
        Self::Eventi,
        Self::Statistiche,
    ];

    /// What each role may do here, in the order of [`Ruolo::TUTTI`].
    fn riga(self) -> [Permesso; 7] {
        use Permesso::{Agisce as A, Legge as L, Niente as N};
        match self {
            Self::Entrata => [A, A, N, N, N, N, N],
            Self::Scrivania | Self::Uscita => [A, A, A, A, N, N, N],
            Self::Fascicoli => [A, A, A, A, L, N, N],
            Self::Titolario => [L, A, L, L, L, N, N],
            Self::Ricerca => [A, A, A, A, L, N, L],
            Self::Registro => [L, A, N, N, L, N, L],
            Self::Conservazione => [N, L, N, N, A, L, L],
            Self::Istanze => [L, A, A, A, N, N, N],
            Self::Amministrazione => [N, L, N, N, N, A, L],
            Self::Eventi => [N, A, N, L, L, L, L],
            Self::Statistiche => [L, A, N, L, L, L, L],
        }
    }
}

/// What a role may do in a part of the house.
#[must_use]
pub fn permesso(ruolo: Ruolo, azione: Azione) -> Permesso {
    let trovato = Ruolo::TUTTI.into_iter().zip(azione.riga()).find(|(r, _)| *r == ruolo);
    trovato.map_or(Permesso::Niente, |(_, permesso)| permesso)
}

/// What a person with these roles sees of an AOO. Who keeps the machines sees no document; nobody but the RSP sees what is
/// riservato to the offices of others.
#[must_use]
pub fn vista(aoo: AooId, ruoli: &[(Ruolo, UfficioId)]) -> Vista {
    let ha = |cercati: &[Ruolo]| ruoli.iter().any(|(r, _)| cercati.contains(r));
    let lavora = [Ruolo::Operatore, Ruolo::Rsp, Ruolo::Addetto, Ruolo::ResponsabileUfficio];
    let uffici = ruoli.iter().filter(|(r, _)| lavora.contains(r)).map(|(_, u)| *u).collect();
    if ha(&[Ruolo::Rsp]) {
        Vista::Intera(aoo)
    } else if ha(&[Ruolo::Operatore, Ruolo::ResponsabileConservazione, Ruolo::Revisore]) {
        Vista::SenzaRiservati(aoo, uffici)
    } else {
        Vista::Uffici(aoo, uffici)
    }
}
