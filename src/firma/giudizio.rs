//! A verdict that can only get worse, with all the sentences that explain it.

use super::rapporto::{Indicazione, Sottoindicazione};

/// The verdict on one signature while it is examined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giudizio {
    /// The worst so far.
    pub indicazione: Indicazione,
    /// The first reason for the worst.
    pub motivo: Option<Sottoindicazione>,
    /// Everything found; the reason of the verdict first.
    pub rilievi: Vec<String>,
    /// Whether a trusted list says that the signer's certificate was qualified; `None`: no list speaks of it.
    pub qualificata: Option<bool>,
    /// Whether it says that the key is in a qualified device.
    pub dispositivo: Option<bool>,
    /// Whether it says that the certificate makes seals, and not signatures.
    pub sigillo: Option<bool>,
    /// What the signature is worth if it passes, and what is said of its certificate if it does not.
    pub valore: Option<[String; 2]>,
}

impl Giudizio {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self {
            indicazione: Indicazione::TotalPassed,
            motivo: None,
            rilievi: Vec::new(),
            qualificata: None,
            dispositivo: None,
            sigillo: None,
            valore: None,
        }
    }

    /// A sentence that does not change the verdict.
    pub fn nota(&mut self, frase: impl Into<String>) {
        self.rilievi.push(frase.into());
    }

    /// Proved wrong.
    pub fn fallita(&mut self, motivo: Sottoindicazione, frase: impl Into<String>) {
        self.peggiora(Indicazione::TotalFailed, motivo, frase.into());
    }

    /// Not proved either way.
    pub fn incerta(&mut self, motivo: Sottoindicazione, frase: impl Into<String>) {
        self.peggiora(Indicazione::Indeterminate, motivo, frase.into());
    }

    /// Everything found and, now that the verdict is known, what the signature is worth.
    pub fn concludi(mut self) -> Vec<String> {
        if let Some([passata, altrimenti]) = self.valore {
            self.rilievi.push(if self.indicazione == Indicazione::TotalPassed { passata } else { altrimenti });
        }
        self.rilievi
    }

    /// Takes over what was found of something that this rests on.
    pub fn unisci(&mut self, altro: &Self) {
        let motivo = altro.motivo.unwrap_or(Sottoindicazione::Generic);
        let mut frasi = altro.rilievi.iter();
        if altro.indicazione > Indicazione::TotalPassed
            && let Some(prima) = frasi.next()
        {
            self.peggiora(altro.indicazione, motivo, prima.clone());
        }
        self.rilievi.extend(frasi.cloned());
    }

    fn peggiora(&mut self, indicazione: Indicazione, motivo: Sottoindicazione, frase: String) {
        if indicazione > self.indicazione {
            self.indicazione = indicazione;
            self.motivo = Some(motivo);
            self.rilievi.insert(0, frase);
        } else {
            self.rilievi.push(frase);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_of_the_worst_verdict_stays_in_front() {
        let mut giudizio = Giudizio::new();
        giudizio.incerta(Sottoindicazione::NoCertificateChainFound, "a");
        giudizio.fallita(Sottoindicazione::HashFailure, "b");
        giudizio.fallita(Sottoindicazione::SigCryptoFailure, "c");
        giudizio.incerta(Sottoindicazione::Generic, "d");
        assert_eq!(giudizio.indicazione, Indicazione::TotalFailed);
        assert_eq!(giudizio.motivo, Some(Sottoindicazione::HashFailure));
        assert_eq!(giudizio.rilievi, ["b", "a", "c", "d"]);
    }
}
