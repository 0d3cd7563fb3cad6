//! *Codice fiscale* of people (16 characters) and of companies and bodies (11 digits).

use super::{Rifiuto, macro_testo::valore_testuale};
use std::str::FromStr;

/// A codice fiscale whose control character is right (DM 23/12/1976): 16 characters for people, also with the digits
/// replaced by letters for homonyms (*omocodia*), 11 digits for the others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodiceFiscale(String);

impl FromStr for CodiceFiscale {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let codice = testo.trim().to_uppercase();
        let giusto = match codice.len() {
            16 => controllo_persona(&codice),
            11 => controllo_ente(&codice),
            _ => {
                return Err(Rifiuto::new(
                    "codice fiscale",
                    "servono 16 caratteri (persona) o 11 cifre (azienda, ente)",
                ));
            }
        };
        if giusto {
            Ok(Self(codice))
        } else {
            Err(Rifiuto::new("codice fiscale", "il carattere di controllo non torna"))
        }
    }
}
valore_testuale!(CodiceFiscale);

/// Values of characters in odd places (first, third…), for 0-9 and then A-Z.
const DISPARI: [u32; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

fn controllo_persona(codice: &str) -> bool {
    let mut somma = 0;
    for (i, c) in codice.chars().take(15).enumerate() {
        let Some(valore) = c.to_digit(36) else { return false };
        // Letters count like the digit of the same order: A as 0, B as 1…
        let ordine = if valore < 10 { valore } else { valore - 10 };
        let dispari = usize::try_from(ordine).ok().and_then(|o| DISPARI.get(o)).copied().unwrap_or(0);
        somma += if i % 2 == 0 { dispari } else { ordine };
    }
    let atteso = char::from_digit(somma % 26 + 10, 36).map(|c| c.to_ascii_uppercase());
    codice.chars().next().is_some_and(|c| c.is_ascii_alphabetic()) && codice.chars().nth(15) == atteso
}

fn controllo_ente(codice: &str) -> bool {
    let mut somma = 0;
    for (i, c) in codice.chars().enumerate() {
        let Some(cifra) = c.to_digit(10) else { return false };
        let doppia = cifra * 2;
        somma += if i % 2 == 0 { cifra } else { doppia / 10 + doppia % 10 };
    }
    somma % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_checked() {
        for buono in ["RSSMRA80A01H501U", "rssmra80a01h501u", "00000000000", "12345678903"] {
            assert!(buono.parse::<CodiceFiscale>().is_ok(), "{buono}");
        }
        for cattivo in [
            "",
            "RSSMRA80A01H501X",
            "1234567890",
            "12345678901",
            "RSSMRA80A01H50",
            "RSSMRA80A01H501ù",
            "0123456789012345",
        ] {
            assert!(cattivo.parse::<CodiceFiscale>().is_err(), "{cattivo:?}");
        }
    }
}
