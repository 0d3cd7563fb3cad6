//! ASN.1 instants (RFC 5280 section 4.1.2.5, RFC 3161 section 2.4.2).

use super::asn1::Elemento;
use crate::valori::Istante;
use chrono::NaiveDateTime;

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Reads `UTCTime` or `GeneralizedTime`, in UTC; `None` if it is neither or not a date between 1900 and 2200.
pub fn istante(elemento: &Elemento<'_>) -> Option<Istante> {
    let testo = std::str::from_utf8(elemento.valore).ok()?.strip_suffix('Z')?;
    let completo = match elemento.tag {
        UTC_TIME => {
            let secolo = if testo.get(..2)?.parse::<u8>().ok()? >= 50 { "19" } else { "20" };
            let secondi = if testo.len() == 10 { "00" } else { "" };
            format!("{secolo}{testo}{secondi}")
        }
        GENERALIZED_TIME => testo.to_owned(),
        _ => return None,
    };
    let ingenuo = NaiveDateTime::parse_from_str(&completo, "%Y%m%d%H%M%S%.f").ok()?;
    ingenuo.and_utc().to_rfc3339().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_time_are_read() {
        let check = |tag: u8, testo: &str, atteso: Option<&str>| {
            let elemento = Elemento { tag, valore: testo.as_bytes(), intero: &[] };
            assert_eq!(istante(&elemento).map(|i| i.to_string()).as_deref(), atteso, "{testo}");
        };
        check(UTC_TIME, "261122084207Z", Some("2026-11-22T08:42:07.000Z"));
        check(UTC_TIME, "9911220842Z", Some("1999-11-22T08:42:00.000Z"));
        check(GENERALIZED_TIME, "20261122084207.5Z", Some("2026-11-22T08:42:07.500Z"));
        check(UTC_TIME, "261322084207Z", None);
        check(GENERALIZED_TIME, "20261122084207", None);
        check(0x0c, "20261122084207Z", None);
    }
}
