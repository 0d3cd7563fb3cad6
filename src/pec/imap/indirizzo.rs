//! The address of an IMAP server.

use crate::valori::Rifiuto;
use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

/// Longest address, in bytes.
const MASSIMO_BYTE: usize = 300;

/// How the line becomes secret. There is no third way: mail and passwords never travel in clear text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cifratura {
    /// TLS from the first byte (`imaps`, RFC 8314).
    Subito,
    /// STARTTLS (`imap`): what does not offer it is not talked to.
    ConStartTls,
}

/// Where a mailbox is read: `imaps://server:993`, or `imap://server:143` for STARTTLS. It never holds a user or a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndirizzoImap {
    /// How the line becomes secret.
    pub cifratura: Cifratura,
    /// Name or number of the server, as its certificate says it.
    pub server: String,
    /// Its port.
    pub porta: u16,
}

impl FromStr for IndirizzoImap {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = |regola: &str| Rifiuto::new("indirizzo IMAP", regola);
        let serve = "serve un indirizzo come imaps://imap.gestore.example:993, o imap://… per STARTTLS";
        let url = Url::parse(testo.trim()).map_err(|_| no(serve))?;
        let (cifratura, predefinita) = match url.scheme() {
            "imaps" => (Cifratura::Subito, 993),
            "imap" => (Cifratura::ConStartTls, 143),
            _ => return Err(no(serve)),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(no("utente e password non si scrivono nell'indirizzo: ci sono --utente e --segreto-file"));
        }
        let altro = !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some();
        let server = match url.host() {
            Some(Host::Domain(nome)) if !nome.is_empty() => nome.to_owned(),
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => ip.to_string(),
            _ => return Err(no(serve)),
        };
        if altro || testo.len() > MASSIMO_BYTE {
            return Err(no(serve));
        }
        Ok(Self { cifratura, server, porta: url.port().unwrap_or(predefinita) })
    }
}

impl fmt::Display for IndirizzoImap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = match self.cifratura {
            Cifratura::Subito => "imaps",
            Cifratura::ConStartTls => "imap",
        };
        if self.server.contains(':') {
            write!(f, "{schema}://[{}]:{}", self.server, self.porta)
        } else {
            write!(f, "{schema}://{}:{}", self.server, self.porta)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_server_over_tls_and_nothing_more() {
        for (scritto, letto) in [
            ("imaps://imap.gestore.example", "imaps://imap.gestore.example:993"),
            ("imaps://imap.gestore.example:10993/", "imaps://imap.gestore.example:10993"),
            (" imap://imap.gestore.example ", "imap://imap.gestore.example:143"),
            ("imaps://127.0.0.1:1993", "imaps://127.0.0.1:1993"),
            ("imaps://[::1]:1993", "imaps://[::1]:1993"),
        ] {
            let indirizzo: IndirizzoImap = scritto.parse().unwrap();
            assert_eq!(indirizzo.to_string(), letto);
            assert_eq!(letto.parse::<IndirizzoImap>().unwrap(), indirizzo);
        }
        for (cattivo, perche) in [
            ("imap.gestore.example:993", "imaps://"),
            ("pop3://imap.gestore.example", "imaps://"),
            ("imaps://", "imaps://"),
            ("imaps://u:p@imap.gestore.example", "--segreto-file"),
            ("imaps://imap.gestore.example/INBOX", "imaps://"),
        ] {
            let rifiuto = cattivo.parse::<IndirizzoImap>().unwrap_err().to_string();
            assert!(rifiuto.contains(perche), "{cattivo}: {rifiuto}");
        }
    }
}
