//! Section `fiducia`: where trusted lists are fetched from when a person asks for it, and who may have signed the first of them.

use super::{Errore, fra};
use crate::valori::{Impronta, Territorio};
use serde::Deserialize;
use serde::de::Error as _;
use std::time::Duration;
use url::Url;

/// Where the Commission publishes the list of the lists.
const LOTL: &str = "https://ec.europa.eu/tools/lotl/eu-lotl.xml";

/// SHA-256 of the certificates that may sign the list of the lists: Official Journal C/2026/1944 of 15 April 2026.
const GAZZETTA: [&str; 6] = [
    "c0641c4f7d56c431b1c924742db7fce9c1eef7d7fd212113a2768486b3abcdc5",
    "e0a620fbb6747362bb933ac44169d676a553444716cf5f31605f12a22b8396b1",
    "df7e29360c34b2b8d6d5f40325c1d4d12c9922cecd33b7407674a74b2b3ca1e5",
    "b63d416744e7098bf9ec2caa596a93bc2468e37f8284ba65ecc061711bcbaa18",
    "236103f03a8031ae8f47f9059bf8de38564cdbfebedde4a597d50f8980aa653b",
    "d2064fdd70f6982dcc516b86d9d5c56aea939417c624b2e478c0b29de54f8474",
];

/// Trusted lists: what `tabulario importa fiducia` and the page *Fiducia* go by.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fiducia {
    /// Where the list of the lists is fetched from.
    pub lotl: String,
    /// SHA-256 of the certificates that may sign it.
    pub firmatari: Vec<Impronta>,
    /// The territories whose lists are wanted: nobody is trusted by those of others.
    pub paesi: Vec<Territorio>,
    /// Through what the network is reached.
    pub proxy: Proxy,
    /// Longest time for one list, in seconds.
    pub attesa_s: u64,
    /// Whether an address in a certificate may lead to a private network, as where an office has a mirror of the lists of revocation.
    pub indirizzi_privati: bool,
}

impl Default for Fiducia {
    fn default() -> Self {
        Self {
            lotl: LOTL.to_owned(),
            firmatari: GAZZETTA.iter().filter_map(|s| s.parse().ok()).collect(),
            paesi: "IT".parse().into_iter().collect(),
            proxy: Proxy::Ambiente,
            attesa_s: 60,
            indirizzi_privati: false,
        }
    }
}

impl Fiducia {
    /// Longest time for one list.
    #[must_use]
    pub fn attesa(&self) -> Duration {
        Duration::from_secs(self.attesa_s)
    }

    pub(super) fn controlla(&self) -> Result<(), Errore> {
        fra("fiducia.attesa_s", self.attesa_s, 1..=600)?;
        let ammesso = "un indirizzo http:// o https://".to_owned();
        match Url::parse(&self.lotl) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(()),
            _ => Err(Errore::Valore { chiave: "fiducia.lotl", valore: self.lotl.clone(), ammesso }),
        }
    }
}

/// Through what the network is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proxy {
    /// What `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
    Ambiente,
    /// Nothing, whatever the environment says.
    Nessuno,
    /// This proxy, `http://host:port`.
    Indirizzo(String),
}

impl<'de> Deserialize<'de> for Proxy {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let testo = String::deserialize(d)?;
        match testo.as_str() {
            "ambiente" => Ok(Self::Ambiente),
            "nessuno" => Ok(Self::Nessuno),
            // The address may hold a password: it is not said again.
            _ => match Url::parse(&testo) {
                Ok(url) if url.scheme() == "http" && url.has_host() => Ok(Self::Indirizzo(testo)),
                _ => Err(D::Error::custom("il proxy si scrive «ambiente», «nessuno» o come http://proxy.example:3128")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pinned_signers_are_those_of_the_official_journal() {
        let config = Fiducia::default();
        assert_eq!(config.firmatari.len(), GAZZETTA.len());
        assert_eq!(config.paesi, ["IT".parse().unwrap()]);
        assert!(config.controlla().is_ok());
    }
}
