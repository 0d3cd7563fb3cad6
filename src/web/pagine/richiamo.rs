//! A registration named in a form by its number, or found by words and picked: shown again before it counts.

use super::formato;
use crate::registro::{self, Registrazione};
use crate::ricerca::{self, Domanda};
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, RegistrazioneId};
use crate::web::{Problema, Stato};

/// Registrations that are offered for the same words.
const MASSIMO_TROVATE: usize = 5;

/// A registration that was found.
pub(super) struct Trovata {
    pub(super) id: String,
    pub(super) numero: String,
    pub(super) quando: String,
    pub(super) parti: String,
    pub(super) oggetto: String,
    pub(super) annullata: bool,
    pub(super) scelta: bool,
}

impl Trovata {
    pub(super) fn new(r: &Registrazione) -> Self {
        let parti: Vec<String> = r.corrispondenti.iter().take(3).map(|c| formato::nome(&c.parte)).collect();
        Self {
            id: r.id.to_string(),
            numero: format!("{}/{}", r.numero, r.anno),
            quando: r.istante.leggibile(),
            parti: parti.join("; "),
            oggetto: r.oggetto.to_string(),
            annullata: r.annullamento.is_some(),
            scelta: false,
        }
    }
}

/// What was typed, what was picked, and what that means.
#[derive(Default)]
pub(super) struct Richiamo {
    pub(super) scritto: String,
    pub(super) scelta: String,
    pub(super) trovate: Vec<Trovata>,
    /// The registration that is meant.
    pub(super) id: Option<RegistrazioneId>,
    /// Why none is.
    pub(super) errore: Option<String>,
}

impl Richiamo {
    /// As it was typed and picked.
    pub(super) fn scritto(scritto: impl Into<String>, scelta: impl Into<String>) -> Self {
        Self { scritto: scritto.into(), scelta: scelta.into(), ..Self::default() }
    }

    /// Looks for what is meant, among what may be seen. A number says one thing; words need that one of what they find is picked.
    pub(super) fn cerca(mut self, stato: &Stato, vista: &Vista, ora: Istante) -> Result<Self, Problema> {
        if self.scritto.trim().is_empty() {
            return Ok(Self::default());
        }
        if let Some((numero, anno)) = formato::leggi_numero(&self.scritto, ora.anno()) {
            match stato.db.leggi(|conn| registro::per_numero(conn, vista, anno, numero))? {
                Some(r) => self.prendi(&r),
                None => {
                    let no = format!("La n. {numero}/{anno} non esiste o non è tra quelle che puoi vedere.");
                    self.errore = Some(no);
                }
            }
            return Ok(self);
        }
        let scelta: Option<RegistrazioneId> = self.scelta.parse().ok();
        if let Some(r) = scelta.map(|id| stato.db.leggi(|conn| registro::per_ids(conn, vista, &[id]))).transpose()? {
            r.first().into_iter().for_each(|r| self.prendi(r));
        }
        let domanda = Domanda::leggi(&self.scritto, ora.giorno())?;
        let trovate = ricerca::cerca(&stato.indice, &stato.db, vista, &domanda, None)?;
        let altre = trovate.risultati.iter().map(|t| &t.registrazione).filter(|r| Some(r.id) != self.id);
        self.trovate.extend(altre.take(MASSIMO_TROVATE).map(Trovata::new));
        if self.id.is_none() {
            let cosa = if self.trovate.is_empty() {
                "Nessuna registrazione tra quelle che puoi vedere: scrivi il numero, come 123/2026, o altre parole."
            } else {
                "Scegli la registrazione fra quelle trovate, o scrivi il suo numero."
            };
            self.errore = Some(cosa.to_owned());
        }
        Ok(self)
    }

    fn prendi(&mut self, r: &Registrazione) {
        self.id = Some(r.id);
        self.trovate.push(Trovata { scelta: true, ..Trovata::new(r) });
    }
}
