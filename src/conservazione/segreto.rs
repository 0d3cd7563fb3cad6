//! *Segreto*: the password of the producer. We keep where it is, never what it is.

use super::Errore;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Longest secret, in bytes.
const MASSIMO_BYTE: u64 = 4_096;
/// The permission that lets everybody on the machine read a file.
const TUTTI_LEGGONO: u32 = 0o004;

/// A file that holds a secret: one line of text that not everybody may read. Only its place is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSegreto(String);

impl FileSegreto {
    /// Looks at the file as it is now.
    ///
    /// # Errors
    /// `Segreto`, with the file and what is wrong with it; what is in it is never said.
    pub fn controlla(file: &Path) -> Result<Self, Errore> {
        let no = |causa: &str| Errore::Segreto { file: file.to_owned(), causa: causa.to_owned() };
        let intero = file.canonicalize().map_err(|e| no(&format!("non si trova ({e})")))?;
        let nome = intero.to_str().ok_or_else(|| no("il nome del percorso non è scritto in UTF-8"))?.to_owned();
        let dati = fs::metadata(&intero).map_err(|e| no(&e.to_string()))?;
        if !dati.is_file() {
            return Err(no("non è un file"));
        }
        if dati.permissions().mode() & TUTTI_LEGGONO != 0 {
            return Err(no(&format!(
                "chiunque su questa macchina può leggerlo; togli il permesso con «chmod o-rwx {nome}» e riprova"
            )));
        }
        let mut testo = String::new();
        let letto = fs::File::open(&intero).and_then(|f| f.take(MASSIMO_BYTE + 1).read_to_string(&mut testo));
        letto.map_err(|e| no(&format!("non si legge come testo ({})", e.kind())))?;
        let segreto = testo.trim_end_matches(['\r', '\n']);
        if segreto.trim().is_empty() {
            return Err(no("è vuoto: deve contenere la password, su una riga"));
        }
        if segreto.contains(char::is_control) || dati.len() > MASSIMO_BYTE {
            return Err(no("deve contenere solo la password, su una riga"));
        }
        Ok(Self(nome))
    }

    /// Its place, absolute.
    #[must_use]
    pub fn percorso(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_one_line_that_not_everybody_reads() {
        let dir = tempfile::tempdir().unwrap();
        let check = |testo: &[u8], modo: u32, atteso: Option<&str>| {
            let file = dir.path().join("segreto");
            fs::write(&file, testo).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(modo)).unwrap();
            match (FileSegreto::controlla(&file), atteso) {
                (Ok(segreto), None) => {
                    assert_eq!(segreto.percorso(), file.canonicalize().unwrap().to_str().unwrap());
                    assert!(!format!("{segreto:?}").contains("parola"));
                }
                (Err(e), Some(atteso)) => {
                    let testo = e.to_string();
                    assert!(
                        testo.contains(atteso) && testo.contains("segreto") && !testo.contains("parola"),
                        "{testo}"
                    );
                }
                (esito, _) => panic!("{testo:?} {modo:o}: {esito:?}"),
            }
        };
        check(b"parola\n", 0o600, None);
        check(b"una parola con spazi", 0o640, None);
        check(b"parola\n", 0o644, Some("chmod o-rwx"));
        check(b"parola\n", 0o604, Some("chmod o-rwx"));
        check(b"", 0o600, Some("vuoto"));
        check(b" \n", 0o600, Some("vuoto"));
        check(b"parola\nparola\n", 0o600, Some("una riga"));
        check("p".repeat(4_097).as_bytes(), 0o600, Some("una riga"));
        check(b"parola\xff", 0o600, Some("testo"));
        assert!(FileSegreto::controlla(dir.path()).unwrap_err().to_string().contains("non è un file"));
        assert!(FileSegreto::controlla(&dir.path().join("manca")).unwrap_err().to_string().contains("non si trova"));
    }
}
