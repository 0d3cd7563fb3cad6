//! What was registered before and looks like what a form is about to register: side by side, with the way to go on.

use super::formato;
use crate::registro::{Duplicato, RuoloCorrispondente, Somiglianza};
use crate::valori::RegistrazioneId;

/// One that was registered before.
pub(super) struct DuplicatoVisto {
    pub(super) id: String,
    pub(super) numero: String,
    pub(super) quando: String,
    pub(super) mittente: String,
    pub(super) oggetto: String,
    pub(super) perche: &'static str,
}

/// All that were found.
#[derive(Default)]
pub(super) struct Duplicati {
    pub(super) trovati: Vec<DuplicatoVisto>,
}

impl Duplicati {
    pub(super) fn new(trovati: &[Duplicato]) -> Self {
        Self { trovati: trovati.iter().map(visto).collect() }
    }

    /// What the button that goes on sends: the ones that were shown.
    pub(super) fn visti(&self) -> String {
        self.trovati.iter().map(|d| d.id.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// True if all of them had been shown to whoever pressed `Protocolla lo stesso`.
pub(super) fn accettati(trovati: &[Duplicato], comunque: &str) -> bool {
    let visti: Vec<RegistrazioneId> = comunque.split(' ').filter_map(|id| id.parse().ok()).collect();
    trovati.iter().all(|d| visti.contains(&d.registrazione.id))
}

fn visto(d: &Duplicato) -> DuplicatoVisto {
    let r = &d.registrazione;
    let mittenti = r.corrispondenti.iter().filter(|c| c.ruolo == RuoloCorrispondente::Mittente).take(3);
    let altri = r.corrispondenti.iter().take(3);
    let nomi: Vec<String> = mittenti.map(|c| formato::nome(&c.parte)).collect();
    let nomi = if nomi.is_empty() { altri.map(|c| formato::nome(&c.parte)).collect() } else { nomi };
    DuplicatoVisto {
        id: r.id.to_string(),
        numero: format!("{}/{}", r.numero, r.anno),
        quando: r.istante.leggibile(),
        mittente: nomi.join("; "),
        oggetto: r.oggetto.to_string(),
        perche: match d.somiglianza {
            Somiglianza::Messaggio => "stesso messaggio",
            Somiglianza::File => "stesso file",
            Somiglianza::Protocollo => "stesso protocollo dello stesso mittente",
        },
    }
}
