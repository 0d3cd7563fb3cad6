//! What a rule says, as a person writes it, and what it may not say.

use super::super::Errore;
use super::{Condizioni, Genere};
use crate::storage::Conn;
use crate::titolario::{self, CodiceFascicolo};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, CodiceUfficio, CodiceVoce, Rifiuto, Testo};
use std::str::FromStr;

/// Longest name, in characters.
const MASSIMO_NOME: usize = 120;
/// Offices that are told.
const MASSIMA_CONOSCENZA: usize = 20;
/// Longest that a discarded message is kept for sure, in days: ten years.
const MASSIMI_GIORNI: u32 = 3_650;
/// Highest place among the rules.
const MASSIMO_ORDINE: i32 = 9_999;

/// Whether a rule acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modo {
    /// It tells a person what it would do.
    Propone,
    /// It does it.
    Fa,
}

impl Modo {
    /// The word of the API, of the database and of the chain.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Propone => "propone",
            Self::Fa => "fa",
        }
    }
}

impl FromStr for Modo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        [Self::Propone, Self::Fa]
            .into_iter()
            .find(|m| m.as_str() == testo)
            .ok_or_else(|| Rifiuto::new("modo", "vale propone oppure fa"))
    }
}

/// What becomes of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Azione {
    /// Nothing: office, voce and the rest are put into the form, for whoever registers it.
    Compila,
    /// It is registered as an entrata.
    Protocolla,
    /// It goes to the bin.
    Scarta {
        /// Why.
        motivo: Testo,
        /// For how many days it is kept there for sure.
        giorni: u32,
    },
}

impl Azione {
    /// The word of the API, of the database and of the chain.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Compila => "compila",
            Self::Protocolla => "protocolla",
            Self::Scarta { .. } => "scarta",
        }
    }
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contenuto {
    /// Its name, for people.
    pub nome: Testo,
    /// Its place: the lower comes first.
    pub ordine: i32,
    /// When it speaks of a message.
    pub condizioni: Condizioni,
    /// What becomes of it.
    pub azione: Azione,
    /// Whether it acts.
    pub modo: Modo,
    /// Under which voce it is classified.
    pub voce: Option<CodiceVoce>,
    /// Who deals with it.
    pub ufficio: Option<CodiceUfficio>,
    /// Who is told.
    pub conoscenza: Vec<CodiceUfficio>,
    /// In which fascicolo it is filed.
    pub fascicolo: Option<CodiceFascicolo>,
    /// Kind of document.
    pub tipologia: Option<Testo>,
    /// True if only some may see it.
    pub riservato: bool,
}

fn no(campo: &'static str, perche: impl Into<String>) -> Errore {
    Errore::RegolaSbagliata { campo, perche: perche.into() }
}

/// Refuses what a rule may not say.
pub(super) fn verifica(conn: &mut Conn, aoo: AooId, c: &Contenuto) -> Result<(), Errore> {
    forma(c)?;
    if let Some(casella) = c.condizioni.casella
        && !super::super::caselle(conn)?.iter().any(|x| x.aoo == aoo && x.id == casella)
    {
        return Err(no("casella", "non c'è una casella così"));
    }
    if let Some(voce) = &c.voce
        && !titolario::voci(conn, aoo)?.iter().any(|v| v.codice == *voce)
    {
        return Err(no("voce", format!("nel titolario in vigore non c'è la voce {voce}")));
    }
    let aperti = utenti::uffici(conn, aoo)?;
    for (campo, codici) in [("ufficio", c.ufficio.as_slice()), ("conoscenza", c.conoscenza.as_slice())] {
        if let Some(assente) = codici.iter().find(|codice| !aperti.iter().any(|u| u.codice == **codice)) {
            return Err(no(campo, format!("non c'è un ufficio aperto {assente}")));
        }
    }
    if let Some(codice) = &c.fascicolo
        && titolario::fascicolo_per_codice(conn, &Vista::Intera(aoo), codice).is_err()
    {
        return Err(no("fascicolo", format!("non c'è un fascicolo {codice}")));
    }
    Ok(())
}

/// What can be said without looking anywhere.
fn forma(c: &Contenuto) -> Result<(), Errore> {
    if c.nome.as_str().chars().count() > MASSIMO_NOME {
        return Err(no("nome", format!("al massimo {MASSIMO_NOME} caratteri")));
    }
    if !(1..=MASSIMO_ORDINE).contains(&c.ordine) {
        return Err(no("ordine", format!("serve un numero da 1 a {MASSIMO_ORDINE}")));
    }
    if c.condizioni.vuote() {
        return Err(no("condizioni", "serve almeno una condizione: senza, la regola varrebbe per ogni messaggio"));
    }
    if c.conoscenza.len() > MASSIMA_CONOSCENZA {
        return Err(no("conoscenza", format!("al massimo {MASSIMA_CONOSCENZA} uffici")));
    }
    match (&c.azione, c.modo) {
        (Azione::Compila, Modo::Fa) => {
            Err(no("modo", "voce, ufficio e fascicolo da soli si propongono: da sola una regola protocolla o scarta"))
        }
        (Azione::Compila, Modo::Propone) if !c.indica() => {
            Err(no("azione", "scegli almeno una cosa da proporre: voce, ufficio, fascicolo, tipologia o riservato"))
        }
        (Azione::Protocolla, Modo::Fa) if c.voce.is_none() => {
            Err(no("voce", "serve la voce: senza, la regola non può protocollare"))
        }
        (Azione::Protocolla, Modo::Fa) if c.ufficio.is_none() => {
            Err(no("ufficio", "serve l'ufficio: senza, la regola non può protocollare"))
        }
        (Azione::Scarta { giorni, .. }, _) if !(1..=MASSIMI_GIORNI).contains(giorni) => {
            Err(no("giorni", format!("serve un numero di giorni da 1 a {MASSIMI_GIORNI}")))
        }
        // Without a kind it would speak of certified mail too.
        (Azione::Scarta { .. }, _) if !matches!(c.condizioni.genere, Some(Genere::Ordinaria | Genere::Anomalia)) => {
            Err(no(
                "genere",
                "si scarta solo la posta ordinaria: scegli il genere ordinaria o anomalia. Ciò che arriva da un domicilio \
                 digitale si protocolla sempre (CAD art. 40-bis)",
            ))
        }
        (Azione::Scarta { .. }, _) if c.indica() => {
            Err(no("azione", "ciò che si scarta non ha voce, ufficio, fascicolo né tipologia"))
        }
        _ => Ok(()),
    }
}

impl Contenuto {
    /// True if it names anything for the registration.
    fn indica(&self) -> bool {
        self.voce.is_some()
            || self.ufficio.is_some()
            || !self.conoscenza.is_empty()
            || self.fascicolo.is_some()
            || self.tipologia.is_some()
            || self.riservato
    }
}
