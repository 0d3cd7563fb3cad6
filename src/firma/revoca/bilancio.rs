//! *Bilancio*: what all the evidence that is believed says, together, of one certificate at one instant.
//!
//! That it was taken back is proved for ever by whoever says so. A suspension (`certificateHold`) may end: of it the newest word counts,
//! and a list that is newer and silent, or an answer that is newer and good, says that it has ended (RFC 5280 section 5.3.1).

use crate::firma::certificato::Certificato;
use crate::valori::Istante;

/// What a list or an answer says of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detto {
    /// Nothing against it.
    Niente,
    /// It was suspended and is no more (`removeFromCRL`).
    NonPiu,
    /// Suspended since then (`certificateHold`).
    Sospeso(Istante),
    /// Taken back since then.
    Revocato(Istante),
}

/// What is known of a certificate at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stato {
    /// Not taken back, says evidence of this instant.
    Valido(Istante),
    /// The same, and it had been suspended: since when, and of which instant is the evidence that it is no more.
    Riattivato(Istante, Istante),
    /// Suspended since this instant.
    Sospeso(Istante),
    /// Taken back since this instant.
    Revocato(Istante),
    /// There is evidence, and no more checks may be made to know whether it is to be believed.
    Interrotto,
}

/// The evidence weighed so far.
pub struct Bilancio {
    quando: Istante,
    scadenza: Option<Istante>,
    revocato: Option<Istante>,
    /// The newest word that it was suspended: of when, and since when.
    sospeso: Option<(Istante, Istante)>,
    /// The newest word that it was not.
    libero: Option<Istante>,
    valido: Option<Istante>,
    interrotto: bool,
}

/// A list or an answer that is believed.
#[derive(Debug, Clone, Copy)]
pub struct Parola {
    /// `thisUpdate`.
    pub dal: Istante,
    /// `nextUpdate`.
    pub al: Option<Istante>,
    /// Whether what it does not say counts: it speaks of this certificate, whole.
    pub intera: bool,
    /// Whether it keeps those that expired.
    pub scaduti: bool,
}

impl Bilancio {
    /// Nothing is known of `certificato` at `quando`.
    pub fn new(certificato: &Certificato<'_>, quando: Istante) -> Self {
        let scadenza = certificato.validita().map(|(_, fine)| fine);
        Self { quando, scadenza, revocato: None, sospeso: None, libero: None, valido: None, interrotto: false }
    }

    /// There is evidence that could not be checked.
    pub fn interrompi(&mut self) {
        self.interrotto = true;
    }

    /// Whether nothing else can change it.
    pub fn deciso(&self) -> bool {
        self.revocato.is_some()
    }

    /// One more word.
    ///
    /// That it was not taken back is proved only by evidence that covers the instant or is later, and made while the certificate was
    /// valid, since afterwards its issuer may forget it.
    pub fn pesa(&mut self, detto: Detto, parola: Parola) {
        let Parola { dal, al, intera, scaduti } = parola;
        let conta = intera && (scaduti || self.scadenza.is_some_and(|fine| dal <= fine));
        match detto {
            Detto::Revocato(da) if da <= self.quando => {
                self.revocato = Some(self.revocato.map_or(da, |prima| prima.min(da)));
                return;
            }
            Detto::Sospeso(da) if da <= self.quando => {
                self.sospeso = self.sospeso.max(Some((dal, da)));
                return;
            }
            Detto::NonPiu => self.libero = self.libero.max(Some(dal)),
            Detto::Niente | Detto::Sospeso(_) if conta => self.libero = self.libero.max(Some(dal)),
            // Whoever is taken back for good may have been suspended until then.
            Detto::Niente | Detto::Sospeso(_) | Detto::Revocato(_) => {}
        }
        if conta && (dal >= self.quando || al.is_some_and(|al| al >= self.quando)) {
            self.valido = self.valido.max(Some(dal));
        }
    }

    /// What it comes to; `None` if nothing that is believed says anything of that instant.
    pub fn stato(&self) -> Option<Stato> {
        if let Some(dal) = self.revocato {
            return Some(Stato::Revocato(dal));
        }
        let finita = |detta: Istante| self.libero.is_some_and(|libero| libero > detta);
        match (self.sospeso, self.valido) {
            (Some((detta, dal)), _) if !finita(detta) => Some(Stato::Sospeso(dal)),
            _ if self.interrotto => Some(Stato::Interrotto),
            (Some((_, dal)), Some(al)) => Some(Stato::Riattivato(dal, self.libero.unwrap_or(al))),
            (None, Some(al)) => Some(Stato::Valido(al)),
            (_, None) => None,
        }
    }
}
