//! Where the bytes are: a folder of files named by their impronta.

use super::Errore;
use super::media_type::{ASSAGGIO, media_type};
use crate::valori::{Impronta, nuovo_id};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes read and written at a time.
const BLOCCO: usize = 64 * 1024;

/// Folder of files that are still arriving, inside the store so that a rename does not cross disks.
const IN_ARRIVO: &str = ".in-arrivo";

/// A content-addressed store. (The S3 one comes with the hosted installations.)
#[derive(Debug, Clone)]
pub enum Deposito {
    /// A folder.
    Disco(Disco),
}

/// A store in a folder: `ab/cd/<sha256>`.
#[derive(Debug, Clone)]
pub struct Disco {
    cartella: PathBuf,
    /// The branches `ab/cd` whose parents this process has synced. That a branch is there does not say so: another thread, or a
    /// process that died, may have made it a moment ago.
    rami: Arc<Mutex<HashSet<PathBuf>>>,
}

/// A file that is in the store, synced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Riposto {
    /// SHA-256 of its bytes.
    pub impronta: Impronta,
    /// How many they are.
    pub dimensione: u64,
    /// What they look like.
    pub media_type: &'static str,
}

impl Deposito {
    /// Opens the store in a folder, making it if needed; what was still arriving when the process stopped is removed.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn disco(cartella: PathBuf) -> Result<Self, Errore> {
        let in_arrivo = cartella.join(IN_ARRIVO);
        fs::create_dir_all(&in_arrivo).map_err(Errore::Disco)?;
        sincronizza(&cartella).map_err(Errore::Disco)?;
        Ok(Self::esistente(cartella))
    }

    /// The store in a folder as it is, for whoever only reads: nothing is made.
    #[must_use]
    pub fn esistente(cartella: PathBuf) -> Self {
        Self::Disco(Disco { cartella, rami: Arc::default() })
    }

    /// Puts a file into the store: streamed, hashed while it is written, synced, renamed to its name, folder synced.
    ///
    /// # Errors
    /// If it is longer than `massimo` bytes, if it does not arrive whole, or if the disk refuses.
    pub fn riponi(&self, bytes: &mut dyn Read, massimo: u64) -> Result<Riposto, Errore> {
        let Self::Disco(disco) = self;
        let (arrivo, mut file) = disco.arrivo()?;
        let riposto = versa(bytes, &mut file, massimo)?;
        disco.deposita(file, &arrivo, &riposto.impronta).map_err(Errore::Disco)?;
        Ok(riposto)
    }

    /// Puts a file into the store that is written piece by piece, as [`Deposito::riponi`] puts one that is read. Gives back what
    /// `scrivi` gives, too.
    ///
    /// # Errors
    /// What `scrivi` refuses, or the disk.
    pub fn componi<T, E: From<Errore>>(
        &self,
        scrivi: impl FnOnce(&mut dyn Write) -> Result<T, E>,
    ) -> Result<(Riposto, T), E> {
        let Self::Disco(disco) = self;
        let (arrivo, file) = disco.arrivo()?;
        let mut penna = BufWriter::with_capacity(
            BLOCCO,
            Penna { file, hasher: Sha256::new(), dimensione: 0, assaggio: Vec::new() },
        );
        let dato = scrivi(&mut penna)?;
        let penna = penna.into_inner().map_err(|e| Errore::Disco(e.into_error()))?;
        let Penna { file, hasher, dimensione, assaggio } = penna;
        let riposto =
            Riposto { impronta: Impronta::from_sha256(hasher), dimensione, media_type: media_type(&assaggio) };
        disco.deposita(file, &arrivo, &riposto.impronta).map_err(Errore::Disco)?;
        Ok((riposto, dato))
    }

    /// Opens a file of the store for reading.
    ///
    /// # Errors
    /// If the store does not hold it, or the disk refuses.
    pub fn apri(&self, impronta: &Impronta) -> Result<File, Errore> {
        let Self::Disco(disco) = self;
        File::open(disco.percorso(impronta)).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => Errore::Assente(*impronta),
            _ => Errore::Disco(e),
        })
    }

    /// Reads a whole file of the store, for what is known to be small.
    ///
    /// # Errors
    /// If it is longer than `massimo` bytes, is not there, or the disk refuses.
    pub fn leggi(&self, impronta: &Impronta, massimo: u64) -> Result<Vec<u8>, Errore> {
        let mut bytes = Vec::new();
        self.apri(impronta)?.take(massimo + 1).read_to_end(&mut bytes).map_err(Errore::Disco)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > massimo {
            return Err(Errore::TroppoGrande { massimo_mib: massimo.div_ceil(1024 * 1024) });
        }
        Ok(bytes)
    }

    /// True if the bytes in the store are still the ones of their name.
    ///
    /// # Errors
    /// If the file is not there, or the disk refuses.
    pub fn integro(&self, impronta: &Impronta) -> Result<bool, Errore> {
        let mut file = self.apri(impronta)?;
        let mut hasher = Sha256::new();
        io::copy(&mut file, &mut hasher).map_err(Errore::Disco)?;
        Ok(Impronta::from_sha256(hasher) == *impronta)
    }
}

/// A file that is being written, hashed on the way.
struct Penna {
    file: File,
    hasher: Sha256,
    dimensione: u64,
    assaggio: Vec<u8>,
}

impl Write for Penna {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let scritti = self.file.write(bytes)?;
        let pezzo = bytes.get(..scritti).unwrap_or_default();
        self.hasher.update(pezzo);
        self.dimensione += u64::try_from(scritti).unwrap_or(u64::MAX);
        let manca = ASSAGGIO - self.assaggio.len();
        self.assaggio.extend_from_slice(pezzo.get(..manca.min(scritti)).unwrap_or_default());
        Ok(scritti)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file that is still arriving; whatever happens, nothing is left of it under this name.
pub(super) struct Arrivo(pub(super) PathBuf);

impl Drop for Arrivo {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn versa(bytes: &mut dyn Read, file: &mut File, massimo: u64) -> Result<Riposto, Errore> {
    let mut hasher = Sha256::new();
    let mut blocco = vec![0; BLOCCO];
    let mut assaggio = Vec::with_capacity(ASSAGGIO);
    let mut dimensione = 0_u64;
    loop {
        let letti = match bytes.read(&mut blocco) {
            Ok(0) => break,
            Ok(letti) => letti,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(Errore::Interrotto(e)),
        };
        let pezzo = blocco.get(..letti).unwrap_or_default();
        dimensione += u64::try_from(letti).unwrap_or(u64::MAX);
        if dimensione > massimo {
            return Err(Errore::TroppoGrande { massimo_mib: massimo.div_ceil(1024 * 1024) });
        }
        let manca = ASSAGGIO - assaggio.len();
        assaggio.extend_from_slice(pezzo.get(..manca.min(letti)).unwrap_or_default());
        hasher.update(pezzo);
        file.write_all(pezzo).map_err(Errore::Disco)?;
    }
    Ok(Riposto { impronta: Impronta::from_sha256(hasher), dimensione, media_type: media_type(&assaggio) })
}

impl Disco {
    /// Where a file stands.
    pub(super) fn percorso(&self, impronta: &Impronta) -> PathBuf {
        let nome = impronta.to_string();
        let (primo, secondo) = (nome.get(..2).unwrap_or(""), nome.get(2..4).unwrap_or(""));
        self.cartella.join(primo).join(secondo).join(nome)
    }

    /// True if a file stands there, with as many bytes.
    pub(super) fn ha(&self, riposto: &Riposto) -> bool {
        fs::metadata(self.percorso(&riposto.impronta)).is_ok_and(|m| m.len() == riposto.dimensione)
    }

    /// A file that begins to arrive; whoever opens it again can only read it.
    pub(super) fn arrivo(&self) -> Result<(Arrivo, File), Errore> {
        let arrivo = Arrivo(self.cartella.join(IN_ARRIVO).join(nuovo_id().to_string()));
        let mut apri = File::options();
        apri.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut apri, 0o444);
        let file = apri.open(&arrivo.0).map_err(Errore::Disco)?;
        Ok((arrivo, file))
    }

    /// Synced bytes, final name, synced folder: in this order a kill at any line leaves either nothing or the whole file.
    fn deposita(&self, file: File, arrivo: &Arrivo, impronta: &Impronta) -> io::Result<()> {
        file.sync_all()?;
        drop(file);
        let nome = self.percorso(impronta);
        let ramo = nome.parent().unwrap_or(&self.cartella);
        let rami = || self.rami.lock().unwrap_or_else(PoisonError::into_inner);
        if !rami().contains(ramo) {
            fs::create_dir_all(ramo)?;
            // The branch must be found again after a power cut, so its parents are synced.
            for sopra in ramo.ancestors().skip(1).take(2) {
                sincronizza(sopra)?;
            }
            rami().insert(ramo.to_owned());
        }
        fs::rename(&arrivo.0, &nome)?;
        sincronizza(ramo)
    }

    /// The same for files whose bytes are written, or that stand there: two syncs of the whole disk instead of two or four for each.
    /// Of one alone, which would wait for what others are writing, it is the file that is synced.
    pub(super) fn deposita_insieme(&self, file: &BTreeMap<Impronta, Option<Arrivo>>) -> io::Result<()> {
        if !cfg!(target_os = "linux") || file.len() < 2 {
            return file.iter().try_for_each(|(impronta, arrivo)| match arrivo {
                Some(arrivo) => self.deposita(File::open(&arrivo.0)?, arrivo, impronta),
                None => self.percorso(impronta).ancestors().skip(1).take(3).try_for_each(sincronizza),
            });
        }
        let disco = File::open(&self.cartella)?;
        if file.values().any(Option::is_some) {
            sincronizza_disco(&disco)?;
        }
        for (impronta, arrivo) in file.iter().filter_map(|(i, a)| Some((i, a.as_ref()?))) {
            let nome = self.percorso(impronta);
            fs::create_dir_all(nome.parent().unwrap_or(&self.cartella))?;
            fs::rename(&arrivo.0, &nome)?;
        }
        sincronizza_disco(&disco)
    }
}

/// Everything that was written to the disk on which a folder is.
#[cfg(target_os = "linux")]
fn sincronizza_disco(cartella: &File) -> io::Result<()> {
    Ok(rustix::fs::syncfs(cartella)?)
}

/// Other systems cannot be asked to sync one disk: there each file is synced by itself.
#[cfg(not(target_os = "linux"))]
fn sincronizza_disco(_: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn sincronizza(cartella: &Path) -> io::Result<()> {
    File::open(cartella)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deposito() -> (tempfile::TempDir, Deposito) {
        let dir = tempfile::tempdir().unwrap();
        let deposito = Deposito::disco(dir.path().join("documenti")).unwrap();
        (dir, deposito)
    }

    #[test]
    fn a_file_is_kept_once_and_given_back_as_it_was() {
        let (dir, deposito) = deposito();
        let bytes = vec![7_u8; 200_000];
        let uno = deposito.riponi(&mut bytes.as_slice(), 1_000_000).unwrap();
        let due = deposito.riponi(&mut bytes.as_slice(), 1_000_000).unwrap();
        assert_eq!(uno, due);
        assert_eq!((uno.impronta, uno.dimensione), (Impronta::of(&bytes), 200_000));
        assert_eq!(deposito.leggi(&uno.impronta, 200_000).unwrap(), bytes);
        assert!(deposito.leggi(&uno.impronta, 199_999).is_err());
        assert!(deposito.integro(&uno.impronta).unwrap());
        assert_eq!(fs::read_dir(dir.path().join("documenti").join(IN_ARRIVO)).unwrap().count(), 0);
    }

    #[test]
    fn what_is_too_long_or_stops_half_way_leaves_nothing() {
        struct Rotto;
        impl Read for Rotto {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("linea caduta"))
            }
        }
        let (dir, deposito) = deposito();
        assert!(matches!(deposito.riponi(&mut [0_u8; 11].as_slice(), 10), Err(Errore::TroppoGrande { .. })));
        let mut meta = [1_u8; 100].as_slice().chain(Rotto);
        assert!(matches!(deposito.riponi(&mut meta, 1_000), Err(Errore::Interrotto(_))));
        assert_eq!(fs::read_dir(dir.path().join("documenti").join(IN_ARRIVO)).unwrap().count(), 0);
        assert!(matches!(deposito.apri(&Impronta::of(b"mai visto")), Err(Errore::Assente(_))));
    }

    #[test]
    fn an_altered_file_is_seen() {
        let (_dir, deposito) = deposito();
        let riposto = deposito.riponi(&mut b"atto".as_slice(), 100).unwrap();
        let Deposito::Disco(disco) = &deposito;
        let file = disco.percorso(&riposto.impronta);
        fs::remove_file(&file).unwrap();
        fs::write(&file, b"atti").unwrap();
        assert!(!deposito.integro(&riposto.impronta).unwrap());
    }
}
