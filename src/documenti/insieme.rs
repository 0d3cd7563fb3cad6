//! *Insieme*: files that are put into the store together, and synced together.

use super::deposito::{Arrivo, Disco};
use super::media_type::{ASSAGGIO, media_type};
use super::{Deposito, Errore, Riposto};
use crate::valori::Impronta;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Files that are on their way into the store. None of them is there before [`Insieme::chiudi`]; dropped, nothing is left of them.
pub struct Insieme<'a> {
    disco: &'a Disco,
    /// Under which name each will stand; none of those that stand there already, whose names somebody may have written a moment ago.
    file: Mutex<BTreeMap<Impronta, Option<Arrivo>>>,
}

impl Deposito {
    /// Begins to put files together.
    #[must_use]
    pub fn insieme(&self) -> Insieme<'_> {
        let Self::Disco(disco) = self;
        Insieme { disco, file: Mutex::default() }
    }
}

impl Insieme<'_> {
    /// Takes a file. Several threads may do it at the same time. Bytes that the store has are not written again.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn riponi(&self, bytes: &[u8]) -> Result<Riposto, Errore> {
        let riposto = Riposto {
            impronta: Impronta::of(bytes),
            dimensione: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            media_type: media_type(bytes.get(..ASSAGGIO).unwrap_or(bytes)),
        };
        if !self.file().contains_key(&riposto.impronta) {
            let arrivo = if self.disco.ha(&riposto) { None } else { Some(self.scrivi(bytes)?) };
            self.file().insert(riposto.impronta, arrivo);
        }
        Ok(riposto)
    }

    fn file(&self) -> MutexGuard<'_, BTreeMap<Impronta, Option<Arrivo>>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn scrivi(&self, bytes: &[u8]) -> Result<Arrivo, Errore> {
        let (arrivo, mut file) = self.disco.arrivo()?;
        file.write_all(bytes).map_err(Errore::Disco)?;
        Ok(arrivo)
    }

    /// Puts them all under their names, synced: bytes, sync, names, sync, so that a power cut at any line leaves each either whole or
    /// absent.
    ///
    /// # Errors
    /// Those of the disk: then some may be there, and putting them again changes nothing.
    pub fn chiudi(self) -> Result<(), Errore> {
        let file = self.file.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.disco.deposita_insieme(&file).map_err(Errore::Disco)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    fn in_arrivo(dir: &Path) -> usize {
        fs::read_dir(dir.join("documenti/.in-arrivo")).unwrap().count()
    }

    #[test]
    fn together_is_as_one_by_one() {
        for quanti in [0_u8, 1, 2, 40] {
            let dir = tempfile::tempdir().unwrap();
            let deposito = Deposito::disco(dir.path().join("documenti")).unwrap();
            let insieme = deposito.insieme();
            let file = |i: u8| vec![i; 1_000];
            // The same bytes twice are one file.
            let riposti: Vec<Riposto> = (0..quanti).map(|i| insieme.riponi(&file(i / 2)).unwrap()).collect();
            assert!(riposti.iter().all(|r| matches!(deposito.apri(&r.impronta), Err(Errore::Assente(_)))));
            insieme.chiudi().unwrap();
            for (riposto, i) in riposti.iter().zip(0..) {
                assert_eq!(*riposto, deposito.riponi(&mut file(i / 2).as_slice(), 1_000).unwrap());
                assert!(deposito.integro(&riposto.impronta).unwrap());
                let file = deposito.apri(&riposto.impronta).unwrap();
                assert!(file.metadata().unwrap().permissions().readonly());
            }
            assert_eq!(in_arrivo(dir.path()), 0);
        }
    }

    #[test]
    fn what_is_given_up_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let deposito = Deposito::disco(dir.path().join("documenti")).unwrap();
        let insieme = deposito.insieme();
        let primo = insieme.riponi(b"atto").unwrap();
        assert_eq!(in_arrivo(dir.path()), 1);
        drop(insieme);
        assert_eq!(in_arrivo(dir.path()), 0);
        assert!(matches!(deposito.apri(&primo.impronta), Err(Errore::Assente(_))));
    }

    #[test]
    fn what_the_store_has_is_not_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let deposito = Deposito::disco(dir.path().join("documenti")).unwrap();
        let prima = deposito.riponi(&mut b"atto".as_slice(), 100).unwrap();
        let insieme = deposito.insieme();
        assert_eq!(insieme.riponi(b"atto").unwrap(), prima);
        assert_eq!(in_arrivo(dir.path()), 0);
        insieme.chiudi().unwrap();
        // Cut short by somebody, it is mended by the next who brings it.
        let Deposito::Disco(disco) = &deposito;
        let file = disco.percorso(&prima.impronta);
        fs::remove_file(&file).unwrap();
        fs::write(&file, b"att").unwrap();
        let insieme = deposito.insieme();
        assert_eq!((insieme.riponi(b"atto").unwrap(), in_arrivo(dir.path())), (prima.clone(), 1));
        insieme.chiudi().unwrap();
        assert!(deposito.integro(&prima.impronta).unwrap());
    }
}
