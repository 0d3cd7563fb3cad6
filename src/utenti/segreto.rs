//! *Segreto*: a password that the process needs, for a conservator or for a seal. We keep where it is, never what it is.

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
        let riservato = FileRiservato::controlla(file)?;
        leggi(&riservato.0)?;
        Ok(Self(riservato.0))
    }

    /// What is in it.
    ///
    /// # Errors
    /// The same, if the file changed since.
    pub fn parola(&self) -> Result<String, Errore> {
        leggi(&FileRiservato::controlla(Path::new(&self.0))?.0)
    }

    /// Its place, absolute.
    #[must_use]
    pub fn percorso(&self) -> &str {
        &self.0
    }
}

/// A file that not everybody may read, whatever it holds. Only its place is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRiservato(String);

impl FileRiservato {
    /// Looks at the file as it is now.
    ///
    /// # Errors
    /// `Segreto`, with the file and what is wrong with it.
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
        Ok(Self(nome))
    }

    /// Its place, absolute.
    #[must_use]
    pub fn percorso(&self) -> &str {
        &self.0
    }

    /// What is in it, at most `massimo` bytes and one more.
    ///
    /// # Errors
    /// `Segreto`, if it cannot be read.
    pub fn byte(&self, massimo: usize) -> Result<Vec<u8>, Errore> {
        let mut byte = Vec::new();
        let limite = u64::try_from(massimo).unwrap_or(u64::MAX).saturating_add(1);
        let letto = fs::File::open(&self.0).and_then(|f| f.take(limite).read_to_end(&mut byte));
        letto.map_err(|e| Errore::Segreto { file: self.0.clone().into(), causa: e.to_string() })?;
        Ok(byte)
    }
}

/// The one line of text that a secret is.
fn leggi(nome: &str) -> Result<String, Errore> {
    let no = |causa: &str| Errore::Segreto { file: nome.into(), causa: causa.to_owned() };
    let mut testo = String::new();
    let letto = fs::File::open(nome).and_then(|f| f.take(MASSIMO_BYTE + 1).read_to_string(&mut testo));
    let lungo = letto.map_err(|e| no(&format!("non si legge come testo ({})", e.kind())))?;
    let segreto = testo.trim_end_matches(['\r', '\n']);
    if segreto.trim().is_empty() {
        return Err(no("è vuoto: deve contenere la password, su una riga"));
    }
    if segreto.contains(char::is_control) || u64::try_from(lungo).is_ok_and(|lungo| lungo > MASSIMO_BYTE) {
        return Err(no("deve contenere solo la password, su una riga"));
    }
    Ok(segreto.to_owned())
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
                    assert_eq!(segreto.parola().unwrap().as_bytes(), testo.trim_ascii_end());
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
