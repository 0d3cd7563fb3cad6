//! *Turno*: one unit of work for every AOO with a conservator. One in trouble rests and never stops the others.

use crate::conservazione::{self, Conservatore, Errore, Passo};
use crate::storage::Db;
use crate::valori::AooId;
use std::collections::HashMap;

/// Rounds for which an AOO in trouble is left alone while others work.
const RIPOSO: u32 = 1_000;

/// Whose turn it is.
#[derive(Default)]
pub(super) struct Turno {
    /// AOO in trouble, and for how many rounds more they rest.
    riposano: HashMap<AooId, u32>,
}

impl Turno {
    /// Calls `unita` once for every conservator in force; true if any of them found work.
    ///
    /// # Errors
    /// If the conservators cannot be read; what goes wrong with one of them is said in the log.
    pub(super) fn giro(
        &mut self,
        db: &Db,
        mut unita: impl FnMut(&Conservatore) -> Result<Passo, Errore>,
    ) -> Result<bool, Errore> {
        let mut fatto = false;
        for conservatore in db.leggi(conservazione::conservatori)? {
            let aoo = conservatore.aoo;
            if self.riposa(aoo) {
                continue;
            }
            match unita(&conservatore) {
                Ok(passo) => fatto |= passo == Passo::Fatto,
                Err(causa) => {
                    tracing::error!(%aoo, %causa, "packages of this AOO stop, will be tried again");
                    self.riposano.insert(aoo, RIPOSO);
                }
            }
        }
        if !fatto {
            // The step pauses now: at its next beat everybody is tried.
            self.riposano.clear();
        }
        Ok(fatto)
    }

    fn riposa(&mut self, aoo: AooId) -> bool {
        match self.riposano.get_mut(&aoo) {
            Some(0) => {
                self.riposano.remove(&aoo);
                false
            }
            Some(giri) => {
                *giri -= 1;
                true
            }
            None => false,
        }
    }
}
