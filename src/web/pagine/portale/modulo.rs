//! The form of an istanza: as it was typed, and as values.

use crate::istanze::{Richiedente, TestoRichiesta};
use crate::valori::Oggetto;
use crate::web::pagine::campi::{Difetto, rifiuta, serve};
use crate::web::pagine::invio::FileScelto;
use std::collections::BTreeMap;

/// The form.
#[derive(Default)]
pub(super) struct Modulo {
    pub(super) codice: String,
    pub(super) nome: String,
    pub(super) cognome: String,
    pub(super) codice_fiscale: String,
    pub(super) indirizzo: String,
    pub(super) oggetto: String,
    pub(super) testo: String,
    pub(super) informativa: bool,
    pub(super) file: Vec<FileScelto>,
    pub(super) errori: Vec<Difetto>,
}

impl Modulo {
    /// The form that was sent.
    pub(super) fn da_campi(campi: &BTreeMap<String, String>, file: Vec<FileScelto>) -> Self {
        let testo = |nome: &str| campi.get(nome).cloned().unwrap_or_default();
        Self {
            codice: testo("codice"),
            nome: testo("nome"),
            cognome: testo("cognome"),
            codice_fiscale: testo("codice-fiscale"),
            indirizzo: testo("indirizzo"),
            oggetto: testo("oggetto"),
            testo: testo("testo"),
            informativa: campi.contains_key("informativa"),
            file,
            errori: Vec::new(),
        }
    }

    /// What was refused in a field.
    pub(super) fn errore(&self, campo: &str) -> Option<&str> {
        self.errori.iter().find(|d| d.campo == campo).map(|d| d.testo.as_str())
    }

    /// The form as values.
    ///
    /// # Errors
    /// Every field that was refused, in the order of the page.
    pub(super) fn leggi(&self) -> Result<(Richiedente, Oggetto, TestoRichiesta), Vec<Difetto>> {
        let mut difetti = Vec::new();
        let d = &mut difetti;
        let nome = serve("nome", &self.nome, "Scrivi il tuo nome.", d);
        let cognome = serve("cognome", &self.cognome, "Scrivi il tuo cognome.", d);
        let manca = "Scrivi il tuo codice fiscale: 16 fra lettere e numeri, è sulla tessera sanitaria.";
        let codice_fiscale = serve("codice-fiscale", &self.codice_fiscale, manca, d);
        let manca = "Scrivi l'indirizzo a cui vuoi la risposta: una PEC o un'e-mail.";
        let indirizzo = serve("indirizzo", &self.indirizzo, manca, d);
        let oggetto = serve("oggetto", &self.oggetto, "Scrivi in una riga che cosa chiedi.", d);
        let testo = serve("testo", &self.testo, "Scrivi la tua richiesta.", d);
        if !self.informativa {
            rifiuta(
                "informativa",
                "Leggi l'informativa e metti la spunta: senza non possiamo trattare i tuoi dati.",
                d,
            );
        }
        match (nome, cognome, codice_fiscale, indirizzo, oggetto, testo) {
            (Some(nome), Some(cognome), Some(codice_fiscale), Some(indirizzo), Some(oggetto), Some(testo))
                if difetti.is_empty() =>
            {
                Ok((Richiedente { nome, cognome, codice_fiscale, indirizzo }, oggetto, testo))
            }
            _ => Err(difetti),
        }
    }
}
