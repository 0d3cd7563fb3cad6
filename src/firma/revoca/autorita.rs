//! Whose revocation data are believed, and where these publish them.

use crate::firma::certificato::{Certificato, della_rete};
use crate::firma::fiducia::Fiducia;
use std::collections::{BTreeMap, BTreeSet};

/// Chains that are looked at.
const MAX_CATENE: usize = 20_000;

/// The authorities that are trusted, anchors and what stands below them, with the addresses that their certificates name.
///
/// An address in a certificate is a wish of who wrote the certificate, and anybody may write one: those of a chain count only if every
/// link of it is signed and it ends at an anchor, so that whoever is trusted to say who people are has said also where its lists lie.
#[derive(Debug, Clone)]
pub struct Autorita<'a> {
    fiducia: &'a Fiducia,
    certificati: BTreeMap<String, BTreeSet<Vec<u8>>>,
    indirizzi: BTreeSet<String>,
    catene: usize,
}

impl<'a> Autorita<'a> {
    /// The anchors.
    #[must_use]
    pub fn di(fiducia: &'a Fiducia) -> Self {
        let mut tutte = Self { fiducia, certificati: BTreeMap::new(), indirizzi: BTreeSet::new(), catene: 0 };
        for certificato in fiducia.certificati().filter_map(Certificato::leggi) {
            tutte.aggiungi(&certificato);
        }
        tutte
    }

    /// What stands in a chain, from a certificate that signed something up to an anchor; answers whether the chain holds.
    pub fn aggiungi_catena(&mut self, catena: &[Vec<u8>]) -> bool {
        self.catene += 1;
        let letti: Option<Vec<Certificato<'_>>> = catena.iter().map(|der| Certificato::leggi(der)).collect();
        let Some(letti) = letti.filter(|_| self.catene <= MAX_CATENE) else { return false };
        let Some((cima, sotto)) = letti.split_last() else { return false };
        let tiene = self.fiducia.e_ancora(cima)
            && letti.windows(2).all(|coppia| match coppia {
                [uno, sopra] => uno.emittente == sopra.soggetto && uno.emesso_da(sopra),
                _ => false,
            });
        if !tiene {
            return false;
        }
        if let Some((primo, intermedie)) = sotto.split_first() {
            self.indirizzi.extend(indirizzi(primo));
            intermedie.iter().for_each(|c| self.aggiungi(c));
        }
        true
    }

    /// The anchors, with what is known of revocation.
    pub(super) fn fiducia(&self) -> &'a Fiducia {
        self.fiducia
    }

    /// Where lists are published, by `http` or `https`.
    pub fn indirizzi(&self) -> impl Iterator<Item = &str> {
        self.indirizzi.iter().map(String::as_str)
    }

    /// The certificates of the authorities with this name.
    pub(super) fn con_soggetto(&self, soggetto: &str) -> impl Iterator<Item = &[u8]> {
        self.certificati.get(soggetto).into_iter().flatten().map(Vec::as_slice)
    }

    /// Those of all.
    pub(super) fn tutte(&self) -> impl Iterator<Item = &[u8]> {
        self.certificati.values().flatten().map(Vec::as_slice)
    }

    fn aggiungi(&mut self, certificato: &Certificato<'_>) {
        self.indirizzi.extend(indirizzi(certificato));
        self.certificati.entry(certificato.soggetto.clone()).or_default().insert(certificato.der.to_vec());
    }
}

fn indirizzi(certificato: &Certificato<'_>) -> Vec<String> {
    certificato.punti().into_iter().filter(|nome| della_rete(nome)).collect()
}
