//! The address of a service that we call.

use super::{Rifiuto, macro_testo::valore_testuale};
use std::str::FromStr;
use url::{Host, Url};

/// Longest address, in bytes.
const MASSIMO_BYTE: usize = 1_000;

/// Where a service of somebody else answers, e.g. `https://conservatore.example/sacerws`. Secrets travel there, so it is `https`;
/// `http` only on this machine. It never holds a password, which would end in lists and logs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UrlServizio(String);

impl FromStr for UrlServizio {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = |regola: &str| Rifiuto::new("indirizzo del servizio", regola);
        let serve = "serve un indirizzo come https://conservatore.example, al massimo 1000 caratteri";
        let url = Url::parse(testo.trim()).map_err(|_| no(serve))?;
        let in_casa = match url.host() {
            Some(Host::Domain(nome)) => nome == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        match url.scheme() {
            "https" => {}
            "http" if in_casa => {}
            "http" => return Err(no("serve https: http si accetta solo verso questa stessa macchina")),
            _ => return Err(no(serve)),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(no("utente e password non si scrivono nell'indirizzo"));
        }
        if url.query().is_some() || url.fragment().is_some() || url.as_str().len() > MASSIMO_BYTE {
            return Err(no(serve));
        }
        Ok(Self(url.into()))
    }
}
valore_testuale!(UrlServizio);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_travel_only_over_tls_or_not_at_all() {
        for buono in [
            "https://conservatore.example/",
            "https://conservatore.example:8443/sacerws",
            "http://127.0.0.1:9000/",
            "http://[::1]/",
            "http://localhost/sacer",
        ] {
            assert_eq!(buono.parse::<UrlServizio>().unwrap().as_str(), buono);
        }
        for (cattivo, perche) in [
            ("http://conservatore.example", "https"),
            ("http://localhost.conservatore.example", "https"),
            ("https://u:segreta@conservatore.example", "password"),
            ("https://u@conservatore.example", "password"),
            ("ftp://conservatore.example", "come https://"),
            ("conservatore.example", "come https://"),
            ("https://", "come https://"),
            ("https://conservatore.example/?k=v", "come https://"),
            ("", "come https://"),
        ] {
            let errore = cattivo.parse::<UrlServizio>().unwrap_err().to_string();
            assert!(errore.contains(perche) && !errore.contains("segreta"), "{cattivo}: {errore}");
        }
    }
}
