//! The address of a provider's server.

use crate::valori::Rifiuto;
use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

/// Longest address, in bytes.
const MASSIMO_BYTE: usize = 300;

/// What a server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Servizio {
    /// Mail is read there.
    Imap,
    /// Mail leaves by it.
    Smtp,
}

impl Servizio {
    /// What is said of an address that is not one of this service.
    pub(super) fn rifiuto(self) -> Rifiuto {
        let (cosa, serve) = match self {
            Self::Imap => {
                ("indirizzo IMAP", "serve un indirizzo come imaps://imap.gestore.example:993, o imap://… per STARTTLS")
            }
            Self::Smtp => {
                ("indirizzo SMTP", "serve un indirizzo come smtps://smtp.gestore.example:465, o smtp://… per STARTTLS")
            }
        };
        Rifiuto::new(cosa, serve)
    }
}

/// How the line becomes secret. There is no third way: mail and passwords never travel in clear text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cifratura {
    /// TLS from the first byte (`imaps`, `smtps`: RFC 8314).
    Subito,
    /// STARTTLS (`imap`, `smtp`): what does not offer it is not talked to.
    ConStartTls,
}

/// Where a mailbox is read, or its mail leaves: `imaps://server:993`, `smtps://server:465`; `imap://` and `smtp://` for STARTTLS. It
/// never holds a user or a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndirizzoServer {
    /// What it is for.
    pub servizio: Servizio,
    /// How the line becomes secret.
    pub cifratura: Cifratura,
    /// Name or number of the server, as its certificate says it.
    pub server: String,
    /// Its port.
    pub porta: u16,
}

impl FromStr for IndirizzoServer {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let dello_smtp = testo.trim_start().get(..4).is_some_and(|s| s.eq_ignore_ascii_case("smtp"));
        let servizio = if dello_smtp { Servizio::Smtp } else { Servizio::Imap };
        let url = Url::parse(testo.trim()).map_err(|_| servizio.rifiuto())?;
        let (cifratura, predefinita) = match url.scheme() {
            "imaps" => (Cifratura::Subito, 993),
            "imap" => (Cifratura::ConStartTls, 143),
            "smtps" => (Cifratura::Subito, 465),
            "smtp" => (Cifratura::ConStartTls, 587),
            _ => return Err(servizio.rifiuto()),
        };
        if !url.username().is_empty() || url.password().is_some() {
            let regola = "utente e password non si scrivono nell'indirizzo: ci sono --utente e --segreto-file";
            return Err(Rifiuto::new("indirizzo del server", regola));
        }
        let altro = !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some();
        let server = match url.host() {
            Some(Host::Domain(nome)) if !nome.is_empty() => nome.to_owned(),
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => ip.to_string(),
            _ => return Err(servizio.rifiuto()),
        };
        if altro || testo.len() > MASSIMO_BYTE {
            return Err(servizio.rifiuto());
        }
        Ok(Self { servizio, cifratura, server, porta: url.port().unwrap_or(predefinita) })
    }
}

impl fmt::Display for IndirizzoServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = match (self.servizio, self.cifratura) {
            (Servizio::Imap, Cifratura::Subito) => "imaps",
            (Servizio::Imap, Cifratura::ConStartTls) => "imap",
            (Servizio::Smtp, Cifratura::Subito) => "smtps",
            (Servizio::Smtp, Cifratura::ConStartTls) => "smtp",
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
            ("SMTPS://smtp.gestore.example", "smtps://smtp.gestore.example:465"),
            ("smtp://[::1]", "smtp://[::1]:587"),
        ] {
            let indirizzo: IndirizzoServer = scritto.parse().unwrap();
            assert_eq!(indirizzo.to_string(), letto);
            assert_eq!(letto.parse::<IndirizzoServer>().unwrap(), indirizzo);
        }
        for (cattivo, perche) in [
            ("imap.gestore.example:993", "imaps://"),
            ("pop3://imap.gestore.example", "imaps://"),
            ("imaps://", "imaps://"),
            ("smtps://", "smtps://"),
            ("smtpx://smtp.gestore.example", "smtps://"),
            ("imaps://u:p@imap.gestore.example", "--segreto-file"),
            ("imaps://imap.gestore.example/INBOX", "imaps://"),
        ] {
            let rifiuto = cattivo.parse::<IndirizzoServer>().unwrap_err().to_string();
            assert!(rifiuto.contains(perche), "{cattivo}: {rifiuto}");
        }
    }
}
