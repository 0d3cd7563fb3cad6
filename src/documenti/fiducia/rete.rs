//! Fetching: one address, one answer, within limits of time and length. What comes is believed for its signature alone, so `http`
//! is as good as `https`.

use crate::config::Proxy;
use rustls::crypto::aws_lc_rs;
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Error};
use url::Url;

/// Longest time to be connected.
const CONNESSIONE: Duration = Duration::from_secs(10);
/// Most redirects that are followed.
const MASSIMI_RINVII: u32 = 5;

/// Why an address did not give what was asked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RifiutoRete {
    /// Not an address that can be fetched.
    #[error("l'indirizzo non va bene: serve http:// o https://, senza utente e password")]
    Indirizzo,
    /// The proxy of the configuration.
    #[error("il proxy della configurazione (fiducia.proxy) non va bene")]
    Proxy,
    /// An answer that is not 200.
    #[error(
        "il server risponde con lo stato {0}: controlla l'indirizzo, o scarica il file con il browser e dallo al comando"
    )]
    Stato(u16),
    /// More bytes than the limit.
    #[error("il server manda più di {0} MiB")]
    TroppoGrande(u64),
    /// The time is over.
    #[error("il server non ha mandato tutto entro il tempo ammesso (fiducia.attesa_s): riprova più tardi")]
    Tempo,
    /// From one address to the next without end.
    #[error("il server rinvia a un altro indirizzo più di {MASSIMI_RINVII} volte")]
    Rinvii,
    /// TLS.
    #[error("la connessione sicura non riesce: {0}")]
    Tls(String),
    /// Anything else.
    #[error("il server non si raggiunge: {0}; controlla la rete e il proxy (fiducia.proxy)")]
    Irraggiungibile(String),
}

/// A way to the network.
#[derive(Debug, Clone)]
pub struct Rete {
    agente: Agent,
}

impl Rete {
    /// Through this proxy, waiting at most `attesa` for one answer. TLS is verified with the roots of the system.
    ///
    /// # Errors
    /// `Proxy`.
    pub fn new(proxy: &Proxy, attesa: Duration) -> Result<Self, RifiutoRete> {
        let proxy = match proxy {
            // The client reads the environment itself, as every program does.
            Proxy::Ambiente => ureq::Proxy::try_from_env(),
            Proxy::Nessuno => None,
            Proxy::Indirizzo(url) => Some(ureq::Proxy::new(url).map_err(|_| RifiutoRete::Proxy)?),
        };
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
            .build();
        let config = Agent::config_builder()
            .proxy(proxy)
            .tls_config(tls)
            .timeout_connect(Some(CONNESSIONE.min(attesa)))
            .timeout_global(Some(attesa))
            .max_redirects(MASSIMI_RINVII)
            .user_agent(concat!("tabulario/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { agente: config.new_agent() })
    }

    /// Fetches an address, up to `massimo` bytes.
    ///
    /// # Errors
    /// Why not.
    pub fn scarica(&self, url: &str, massimo: u64) -> Result<Vec<u8>, RifiutoRete> {
        let letto = Url::parse(url).map_err(|_| RifiutoRete::Indirizzo)?;
        if !matches!(letto.scheme(), "http" | "https") || !letto.username().is_empty() || letto.password().is_some() {
            return Err(RifiutoRete::Indirizzo);
        }
        let rifiuto = |e| rifiuto(e, massimo);
        let mut risposta = self.agente.get(letto.as_str()).call().map_err(rifiuto)?;
        // The client counts the limit itself as too much.
        risposta.body_mut().with_config().limit(massimo.saturating_add(1)).read_to_vec().map_err(rifiuto)
    }
}

fn rifiuto(errore: Error, massimo: u64) -> RifiutoRete {
    match errore {
        Error::StatusCode(stato) => RifiutoRete::Stato(stato),
        Error::BodyExceedsLimit(_) => RifiutoRete::TroppoGrande(massimo.div_ceil(1024 * 1024)),
        Error::Timeout(_) => RifiutoRete::Tempo,
        Error::TooManyRedirects => RifiutoRete::Rinvii,
        Error::Tls(causa) => RifiutoRete::Tls(causa.to_owned()),
        Error::Rustls(causa) => RifiutoRete::Tls(causa.to_string()),
        Error::Io(causa) if causa.get_ref().is_some_and(|c| c.is::<rustls::Error>()) => {
            RifiutoRete::Tls(causa.to_string())
        }
        altro => RifiutoRete::Irraggiungibile(altro.to_string()),
    }
}
