//! Fetching: one address, one answer, within limits of time and length. What comes is believed for its signature alone, so `http`
//! is as good as `https`; but who asked for `https` is not sent to `http`.

use super::luogo::{Interno, SoloPubblici, si_dice_interno};
use crate::config::Proxy;
use crate::firma::Domanda;
use rustls::crypto::aws_lc_rs;
use std::sync::Arc;
use std::time::{Duration, Instant};
use ureq::config::Config;
use ureq::http::header::LOCATION;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
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
    /// From `https` to `http`.
    #[error("il server rinvia da https a http: l'indirizzo non si segue")]
    Declassato,
    /// Not of the public network.
    #[error(
        "l'indirizzo è di questa macchina o di una rete interna, dove uno scritto in un certificato non deve portare \
         (fiducia.indirizzi_privati lo ammette)"
    )]
    Interno,
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
    attesa: Duration,
    /// Addresses come from strangers.
    solo_pubblica: bool,
}

impl Rete {
    /// Through this proxy, waiting at most `attesa` for one answer. TLS is verified with the roots of the system.
    ///
    /// # Errors
    /// `Proxy`.
    pub fn new(proxy: &Proxy, attesa: Duration) -> Result<Self, RifiutoRete> {
        let config = config(proxy, attesa)?;
        Ok(Self { agente: config.new_agent(), attesa, solo_pubblica: false })
    }

    /// The same, for addresses that strangers wrote: nothing that only this machine or its network reaches is connected to, by whatever
    /// name. A proxy resolves names itself, so there only what an address says by its text can be refused.
    ///
    /// # Errors
    /// `Proxy`.
    pub fn solo_pubblica(proxy: &Proxy, attesa: Duration) -> Result<Self, RifiutoRete> {
        let config = config(proxy, attesa)?;
        let agente = Agent::with_parts(config, DefaultConnector::default(), SoloPubblici::default());
        Ok(Self { agente, attesa, solo_pubblica: true })
    }

    /// Fetches an address, up to `massimo` bytes.
    ///
    /// # Errors
    /// Why not.
    pub fn scarica(&self, url: &str, massimo: u64) -> Result<Vec<u8>, RifiutoRete> {
        let rifiuto = |e| rifiuto(e, massimo);
        let scade = Instant::now() + self.attesa;
        let mut qui = indirizzo(Url::parse(url))?;
        for _ in 0..=MASSIMI_RINVII {
            if self.solo_pubblica && si_dice_interno(&qui) {
                return Err(RifiutoRete::Interno);
            }
            let resta = scade.saturating_duration_since(Instant::now());
            if resta.is_zero() {
                return Err(RifiutoRete::Tempo);
            }
            let richiesta = self.agente.get(qui.as_str()).config().timeout_global(Some(resta)).build();
            let mut risposta = richiesta.call().map_err(rifiuto)?;
            if !risposta.status().is_redirection() {
                // The client counts the limit itself as too much.
                let corpo = risposta.body_mut().with_config().limit(massimo.saturating_add(1));
                return corpo.read_to_vec().map_err(rifiuto);
            }
            let dove = risposta.headers().get(LOCATION).and_then(|l| l.to_str().ok());
            qui = rinvio(&qui, dove.ok_or(RifiutoRete::Stato(risposta.status().as_u16()))?)?;
        }
        Err(RifiutoRete::Rinvii)
    }
}

/// What a question to who answers about certificates is (RFC 6960 appendix A.1).
const DOMANDA_OCSP: &str = "application/ocsp-request";

impl Rete {
    /// Puts a question to who answers about certificates; the answer may have up to `massimo` bytes. No redirect is followed: who answers
    /// is there.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn chiedi(&self, domanda: &Domanda, massimo: u64) -> Result<Vec<u8>, RifiutoRete> {
        let dove = indirizzo(Url::parse(&domanda.indirizzo))?;
        if self.solo_pubblica && si_dice_interno(&dove) {
            return Err(RifiutoRete::Interno);
        }
        let richiesta = self.agente.post(dove.as_str()).content_type(DOMANDA_OCSP);
        let mut risposta = richiesta.send(domanda.byte.as_slice()).map_err(|e| rifiuto(e, massimo))?;
        if risposta.status().is_redirection() {
            return Err(RifiutoRete::Stato(risposta.status().as_u16()));
        }
        let corpo = risposta.body_mut().with_config().limit(massimo.saturating_add(1));
        corpo.read_to_vec().map_err(|e| rifiuto(e, massimo))
    }
}

/// Where a server sends from `qui`.
fn rinvio(qui: &Url, dove: &str) -> Result<Url, RifiutoRete> {
    let poi = indirizzo(qui.join(dove))?;
    if qui.scheme() == "https" && poi.scheme() != "https" { Err(RifiutoRete::Declassato) } else { Ok(poi) }
}

fn indirizzo(letto: Result<Url, url::ParseError>) -> Result<Url, RifiutoRete> {
    let buono =
        |url: &Url| matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    letto.ok().filter(buono).ok_or(RifiutoRete::Indirizzo)
}

fn config(proxy: &Proxy, attesa: Duration) -> Result<Config, RifiutoRete> {
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
    Ok(Agent::config_builder()
        .proxy(proxy)
        .tls_config(tls)
        .timeout_connect(Some(CONNESSIONE.min(attesa)))
        .timeout_global(Some(attesa))
        // Followed here, where each is looked at.
        .max_redirects(0)
        .user_agent(concat!("tabulario/", env!("CARGO_PKG_VERSION")))
        .build())
}

fn rifiuto(errore: Error, massimo: u64) -> RifiutoRete {
    match errore {
        Error::StatusCode(stato) => RifiutoRete::Stato(stato),
        Error::BodyExceedsLimit(_) => RifiutoRete::TroppoGrande(massimo.div_ceil(1024 * 1024)),
        Error::Timeout(_) => RifiutoRete::Tempo,
        Error::Other(causa) if causa.is::<Interno>() => RifiutoRete::Interno,
        Error::Tls(causa) => RifiutoRete::Tls(causa.to_owned()),
        Error::Rustls(causa) => RifiutoRete::Tls(causa.to_string()),
        Error::Io(causa) if causa.get_ref().is_some_and(|c| c.is::<rustls::Error>()) => {
            RifiutoRete::Tls(causa.to_string())
        }
        altro => RifiutoRete::Irraggiungibile(altro.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asked_for_https_is_not_sent_elsewhere() {
        let da = |qui: &str, dove: &str| rinvio(&qui.parse().unwrap(), dove).map(|url| url.to_string());
        assert_eq!(da("https://a.example/x", "/y").as_deref(), Ok("https://a.example/y"));
        assert_eq!(da("http://a.example/x", "https://b.example/").as_deref(), Ok("https://b.example/"));
        assert_eq!(da("http://a.example/x/", "y").as_deref(), Ok("http://a.example/x/y"));
        assert_eq!(da("https://a.example/x", "http://a.example/x"), Err(RifiutoRete::Declassato));
        for dove in ["file:///etc/passwd", "ftp://a.example/", "http://u:p@a.example/", "https://"] {
            assert_eq!(da("https://a.example/", dove), Err(RifiutoRete::Indirizzo), "{dove}");
        }
    }
}
