//! Passwords: argon2id, never logged, never shown.

use super::Errore;
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString, rand_core::OsRng};
use std::fmt;

/// A password as typed: from 12 to 200 characters.
pub struct Parola(String);

impl Parola {
    /// Takes a new password.
    ///
    /// # Errors
    /// If it is shorter than 12 characters or longer than 200.
    pub fn nuova(testo: &str) -> Result<Self, Errore> {
        if (12..=200).contains(&testo.chars().count()) {
            Ok(Self(testo.to_owned()))
        } else {
            Err(Errore::PasswordDebole)
        }
    }

    /// The form in which it is kept (PHC string, argon2id with the crate's current parameters). Takes tens of milliseconds: never
    /// inside a write transaction.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub fn protetta(&self) -> Result<String, Errore> {
        let sale = SaltString::generate(&mut OsRng);
        let protetta = Argon2::default().hash_password(self.0.as_bytes(), &sale);
        Ok(protetta.map_err(|e| Errore::Argon2(e.to_string()))?.to_string())
    }
}

impl fmt::Debug for Parola {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parola(…)")
    }
}

/// True if `testo` is the password kept as `protetta`.
#[must_use]
pub fn verifica(testo: &str, protetta: &str) -> bool {
    PasswordHash::new(protetta).is_ok_and(|h| Argon2::default().verify_password(testo.as_bytes(), &h).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_so_that_only_itself_opens() {
        let protetta = Parola::nuova("corretta cavallo batteria").unwrap().protetta().unwrap();
        assert!(protetta.starts_with("$argon2id$") && !protetta.contains("cavallo"));
        assert!(verifica("corretta cavallo batteria", &protetta));
        assert!(!verifica("corretta cavallo batteri", &protetta));
        assert!(!verifica("x", "non è un hash"));
        assert!(Parola::nuova("corta").is_err());
    }
}
