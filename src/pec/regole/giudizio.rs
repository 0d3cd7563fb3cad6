//! What the rules say of a message. Pure.

use super::super::Messaggio;
use super::{Allarmi, Azione, Genere, Modo, Regola};

/// What becomes of a message by one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Esito {
    /// It is registered.
    Protocolla,
    /// It goes to the bin.
    Scarta,
    /// A person is told; with why the rule does not act, if it would.
    Propone(Option<String>),
}

/// What one rule says of a message.
#[derive(Debug, Clone)]
pub struct Parere<'a> {
    /// The rule.
    pub regola: &'a Regola,
    /// What becomes of the message.
    pub esito: Esito,
}

/// What these rules say of a message, in their order: those whose conditions hold. The first that acts, or would, is the only one that does; the
/// others propose.
#[must_use]
pub fn pareri<'a>(regole: &'a [Regola], automatici: &[Genere], m: &Messaggio, allarmi: &Allarmi) -> Vec<Parere<'a>> {
    let mut agito = false;
    let mut pareri = Vec::new();
    for regola in regole.iter().filter(|r| r.contenuto.condizioni.valgono(m)) {
        let c = &regola.contenuto;
        let esito = match c.modo {
            Modo::Propone => Esito::Propone(None),
            Modo::Fa if agito => Esito::Propone(Some("prima di questa ce n'è un'altra che vale".to_owned())),
            Modo::Fa => {
                agito = true;
                fa(&c.azione, automatici, m, allarmi)
            }
        };
        pareri.push(Parere { regola, esito });
    }
    pareri
}

fn fa(azione: &Azione, automatici: &[Genere], m: &Messaggio, allarmi: &Allarmi) -> Esito {
    if let Some(primo) = allarmi.rilievi.first() {
        return Esito::Propone(Some(primo.clone()));
    }
    let genere = m.genere.parse::<Genere>();
    match azione {
        Azione::Compila => Esito::Propone(None),
        Azione::Protocolla if genere.as_ref().is_ok_and(|g| automatici.contains(g)) => Esito::Protocolla,
        Azione::Protocolla => {
            let nome = genere.map_or("questo genere", Genere::nome);
            Esito::Propone(Some(format!("la registrazione senza una persona è spenta per: {nome}")))
        }
        Azione::Scarta { .. } => match &allarmi.domicilio {
            Some(perche) => Esito::Propone(Some(perche.clone())),
            None => Esito::Scarta,
        },
    }
}
