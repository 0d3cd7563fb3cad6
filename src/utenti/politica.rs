//! Who may do what: the one place where roles become permissions (UX.md 10.1). What may not be seen does not exist.
//!
//! The matrix says whether a role acts, reads or does not know of a part of the house; *which* documents it meets there is
//! [`vista`]. The whole of it is written out in `tests/it/politica.txt`, for a records manager to read.

use super::visibilita::Vista;
use super::{Dipendenze, Errore, Ruolo, visione};
use crate::storage::Conn;
use crate::valori::{AooId, Istante, UfficioId, UtenteId};

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
    /// `Visioni concesse`, on the page of a registration: who is given the sight of it.
    Visioni,
    /// `Modifica i dati`, on the page of a registration: tipologia, mezzo, date of the document, descriptions.
    Variazioni,
    /// `Conservazione`.
    Conservazione,
    /// `Istanze`.
    Istanze,
    /// `Caselle`: how the mailboxes are; no message is named there.
    Caselle,
    /// `Amministrazione`, `Stato`.
    Amministrazione,
    /// `Sostituzioni`: who acts records those of anybody, who looks only their own.
    Sostituzioni,
    /// `Registro eventi`.
    Eventi,
    /// `Statistiche`.
    Statistiche,
}

impl Azione {
    /// All of them, in the order of the menu.
    pub const TUTTE: [Self; 16] = [
        Self::Entrata,
        Self::Scrivania,
        Self::Uscita,
        Self::Fascicoli,
        Self::Titolario,
        Self::Ricerca,
        Self::Registro,
        Self::Visioni,
        Self::Variazioni,
        Self::Conservazione,
        Self::Istanze,
        Self::Caselle,
        Self::Amministrazione,
        Self::Sostituzioni,
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
            Self::Visioni => [N, A, N, N, N, N, N],
            Self::Variazioni => [A, A, N, N, N, N, N],
            Self::Conservazione => [N, L, N, N, A, L, L],
            Self::Istanze => [L, A, A, A, N, N, N],
            Self::Caselle => [L, A, N, N, N, A, L],
            Self::Amministrazione => [N, L, N, N, N, A, L],
            Self::Sostituzioni => [L, A, L, L, L, A, L],
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

/// What a person with these roles sees of an AOO: what is given to their offices and, for who answers for an office, to those
/// below it. Who keeps the machines sees no document; nobody but the RSP sees what is riservato to the offices of others.
#[must_use]
pub fn vista(aoo: AooId, ruoli: &[(Ruolo, UfficioId)], dipendenze: &Dipendenze) -> Vista {
    let ha = |cercati: &[Ruolo]| ruoli.iter().any(|(r, _)| cercati.contains(r));
    if ha(&[Ruolo::Rsp]) {
        return Vista::Intera(aoo);
    }
    let mut uffici = Vec::new();
    for (ruolo, ufficio) in ruoli {
        match ruolo {
            Ruolo::ResponsabileUfficio => uffici.extend(dipendenze.con_quelli_sotto(*ufficio)),
            Ruolo::Operatore | Ruolo::Rsp | Ruolo::Addetto => uffici.push(*ufficio),
            Ruolo::ResponsabileConservazione | Ruolo::Amministratore | Ruolo::Revisore => {}
        }
    }
    uffici.sort_unstable();
    uffici.dedup();
    if ha(&[Ruolo::Operatore, Ruolo::ResponsabileConservazione, Ruolo::Revisore]) {
        Vista::SenzaRiservati(aoo, uffici.into())
    } else {
        Vista::Uffici(aoo, uffici.into())
    }
}

/// True if one of these roles may be shown documents: who only keeps the machines is shown none, not even one by one.
#[must_use]
pub fn vede_documenti(ruoli: impl IntoIterator<Item = Ruolo>) -> bool {
    ruoli.into_iter().any(|r| r != Ruolo::Amministratore)
}

/// As [`vista`], with the offices as they stand now, which are read only for who answers for one, and with what the person whose
/// roles these are was given to look at.
///
/// # Errors
/// Those of the database.
pub fn vista_adesso(
    conn: &mut Conn,
    aoo: AooId,
    (chi, ruoli): (UtenteId, &[(Ruolo, UfficioId)]),
    ora: Istante,
) -> Result<Vista, Errore> {
    let responsabile = ruoli.iter().any(|(r, _)| *r == Ruolo::ResponsabileUfficio);
    let dipendenze = if responsabile { super::dipendenze(conn, aoo)? } else { Dipendenze::default() };
    let vista = vista(aoo, ruoli, &dipendenze);
    if matches!(vista, Vista::Intera(_)) || !vede_documenti(ruoli.iter().map(|(r, _)| *r)) {
        return Ok(vista);
    }
    Ok(vista.con_visioni(visione::date_a(conn, chi, aoo, ora)?))
}
