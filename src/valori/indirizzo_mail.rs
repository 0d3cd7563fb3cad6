//! Addresses of electronic mail and of PEC.

use super::testo::is_direzione;
use super::{Rifiuto, macro_testo::valore_testuale};
use std::str::FromStr;

/// Longest address (RFC 5321, 4.5.3.1.3, less the angle brackets).
const MASSIMO: usize = 254;

/// An address such as `protocollo@pec.comune.example.it` (RFC 5321 `Mailbox` without quoted local parts, which no Italian
/// provider issues). Kept as written; two addresses are compared with [`IndirizzoMail::uguale`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndirizzoMail(String);

impl IndirizzoMail {
    /// True if both name the same box: without case, as every PEC provider treats them.
    #[must_use]
    pub fn uguale(&self, altro: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&altro.0)
    }
}

impl FromStr for IndirizzoMail {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let testo = testo.trim();
        let no = || Rifiuto::new("indirizzo di posta", "serve un indirizzo come nome@dominio.it");
        let (locale, dominio) = testo.rsplit_once('@').ok_or_else(no)?;
        // What turns the direction of a text would disguise an address.
        let vista = |c: char| !c.is_whitespace() && !c.is_control() && !is_direzione(c);
        let atomo = |c: char| vista(c) && !"()<>[]:;@\\,\"".contains(c);
        let etichetta = |e: &str| {
            !e.is_empty()
                && !e.starts_with('-')
                && !e.ends_with('-')
                && e.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let locale_buono = !locale.is_empty() && locale.len() <= 64 && locale.chars().all(atomo);
        if testo.len() > MASSIMO || !locale_buono || !dominio.contains('.') || !dominio.split('.').all(etichetta) {
            return Err(no());
        }
        Ok(Self(testo.to_owned()))
    }
}
valore_testuale!(IndirizzoMail);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_providers_pass_and_broken_ones_do_not() {
        for buono in ["a@b.it", "Mario.Rossi+x@pec.example.it", "o'neill@x.example", "posta@città.it"] {
            assert!(buono.parse::<IndirizzoMail>().is_ok(), "{buono}");
        }
        let lungo = format!("{}@b.it", "a".repeat(65));
        for cattivo in
            ["", "a", "a@", "@b.it", "a@b", "a b@c.it", "a@b..it", "a@-b.it", "a\r\nBcc: x@y.it", "a,b@c.it", &lungo]
        {
            assert!(cattivo.parse::<IndirizzoMail>().is_err(), "{cattivo:?}");
        }
    }
}
