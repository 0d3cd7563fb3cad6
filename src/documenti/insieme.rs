//! *Insieme*: files that are put into the store together, and synced together.

use super::deposito::{Arrivo, Disco, sola_lettura, versa};
use super::{Deposito, Errore, Riposto};
use crate::valori::Impronta;
use std::fs::File;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

/// Files that are on their way into the store. None of them is there before [`Insieme::chiudi`]; dropped, nothing is left of them.
pub struct Insieme<'a> {
    disco: &'a Disco,
    arrivati: Mutex<Vec<(Arrivo, Impronta)>>,
}

impl Deposito {
    /// Begins to put files together.
    #[must_use]
    pub fn insieme(&self) -> Insieme<'_> {
        let Self::Disco(disco) = self;
        Insieme { disco, arrivati: Mutex::default() }
    }
}

impl Insieme<'_> {
    /// Takes a file, streamed and hashed while it is written. Several threads may do it at the same time.
    ///
    /// # Errors
    /// If it is longer than `massimo` bytes, if it does not arrive whole, or if the disk refuses.
    pub fn riponi(&self, bytes: &mut dyn Read, massimo: u64) -> Result<Riposto, Errore> {
        let (arrivo, mut file) = self.disco.arrivo()?;
        let riposto = versa(bytes, &mut file, massimo)?;
        sola_lettura(&file).map_err(Errore::Disco)?;
        self.arrivati.lock().unwrap_or_else(PoisonError::into_inner).push((arrivo, riposto.impronta));
        Ok(riposto)
    }

    /// Puts them all under their names, synced: bytes, sync, names, sync, so that a power cut at any line leaves each either whole or
    /// absent.
    ///
    /// # Errors
    /// Those of the disk: then some may be there, and putting them again changes nothing.
    pub fn chiudi(self) -> Result<(), Errore> {
        let arrivati = self.arrivati.into_inner().unwrap_or_else(PoisonError::into_inner);
        let esito = match arrivati.as_slice() {
            [] => Ok(()),
            // A sync of the whole disk waits for what others are writing, too: for one file it is not worth it.
            [(arrivo, impronta)] => File::open(&arrivo.0).and_then(|file| self.disco.deposita(file, arrivo, impronta)),
            arrivati => self.disco.deposita_insieme(arrivati),
        };
        esito.map_err(Errore::Disco)
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
            let riposti: Vec<Riposto> =
                (0..quanti).map(|i| insieme.riponi(&mut file(i / 2).as_slice(), 1_000).unwrap()).collect();
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
        let primo = insieme.riponi(&mut b"atto".as_slice(), 100).unwrap();
        assert!(matches!(insieme.riponi(&mut b"troppo".as_slice(), 3), Err(Errore::TroppoGrande { .. })));
        assert_eq!(in_arrivo(dir.path()), 1);
        drop(insieme);
        assert_eq!(in_arrivo(dir.path()), 0);
        assert!(matches!(deposito.apri(&primo.impronta), Err(Errore::Assente(_))));
    }
}
