//! Reads values out of a JSON body and gathers every refusal with its pointer, so that a caller mends all fields at once.

use crate::valori::Rifiuto;
use crate::web::problema::{Difetto, Problema};
use chrono::{Datelike as _, NaiveDate};
use serde_json::{Map, Value};
use std::str::FromStr;

/// An object of the body that is being read, and where it stands.
pub(super) struct Oggetto<'a> {
    membri: &'a Map<String, Value>,
    dove: String,
}

/// The refusals found so far.
#[derive(Default)]
pub(super) struct Difetti(Vec<Difetto>);

impl Difetti {
    pub(super) fn aggiungi(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Difetto { pointer: pointer.into(), detail: detail.into() });
    }

    /// What was read, unless anything was refused.
    pub(super) fn esito<T>(self, letto: Option<T>) -> Result<T, Problema> {
        self.chiudi()?;
        letto.ok_or_else(|| Problema::interno("a field was refused without a reason"))
    }

    /// Refuses if anything was refused.
    pub(super) fn chiudi(self) -> Result<(), Problema> {
        if self.0.is_empty() { Ok(()) } else { Err(Problema::campi(self.0)) }
    }
}

/// A day, as programs write it.
pub(super) struct Giorno(pub NaiveDate);

impl FromStr for Giorno {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = |_| Rifiuto { che: "giorno", regola: "serve una data come 2026-11-22".to_owned() };
        let giorno: NaiveDate = testo.parse().map_err(no)?;
        if !(1900..=9999).contains(&giorno.year()) {
            return Err(Rifiuto { che: "giorno", regola: "serve un giorno fra il 1900 e il 9999".to_owned() });
        }
        Ok(Self(giorno))
    }
}

impl<'a> Oggetto<'a> {
    /// Takes a JSON object with no members but these.
    pub(super) fn new(json: &'a Value, dove: &str, ammessi: &[&str], difetti: &mut Difetti) -> Option<Self> {
        let Some(membri) = json.as_object() else {
            difetti.aggiungi(dove, "serve un oggetto JSON");
            return None;
        };
        for nome in membri.keys().filter(|n| !ammessi.contains(&n.as_str())) {
            let regola = format!("campo sconosciuto; qui valgono: {}", ammessi.join(", "));
            difetti.aggiungi(format!("{dove}/{}", nome.replace('~', "~0").replace('/', "~1")), regola);
        }
        Some(Self { membri, dove: dove.to_owned() })
    }

    /// Where a member stands.
    pub(super) fn dove(&self, nome: &str) -> String {
        format!("{}/{nome}", self.dove)
    }

    /// True if a member is there, be it null.
    pub(super) fn ha(&self, nome: &str) -> bool {
        self.membri.contains_key(nome)
    }

    fn valore(&self, nome: &str) -> Option<&'a Value> {
        self.membri.get(nome).filter(|v| !v.is_null())
    }

    /// A text that must be there.
    pub(super) fn serve<T: FromStr<Err = Rifiuto>>(&self, nome: &str, difetti: &mut Difetti) -> Option<T> {
        if self.valore(nome).is_none() {
            difetti.aggiungi(self.dove(nome), "manca");
            return None;
        }
        self.forse(nome, difetti)
    }

    /// A text that may be there.
    pub(super) fn forse<T: FromStr<Err = Rifiuto>>(&self, nome: &str, difetti: &mut Difetti) -> Option<T> {
        let esito = match self.valore(nome)? {
            Value::String(testo) => testo.parse().map_err(|e: Rifiuto| e.to_string()),
            _ => Err("serve un testo fra virgolette".to_owned()),
        };
        esito.map_err(|e| difetti.aggiungi(self.dove(nome), e)).ok()
    }

    /// A truth value; absent means no.
    pub(super) fn vero(&self, nome: &str, difetti: &mut Difetti) -> bool {
        match self.valore(nome) {
            None => false,
            Some(Value::Bool(b)) => *b,
            Some(_) => {
                difetti.aggiungi(self.dove(nome), "serve true o false");
                false
            }
        }
    }

    /// A list, at most `massimo` long; absent means empty.
    pub(super) fn lista(&self, nome: &str, massimo: usize, difetti: &mut Difetti) -> &'a [Value] {
        match self.valore(nome) {
            None => &[],
            Some(Value::Array(valori)) if valori.len() <= massimo => valori,
            Some(Value::Array(valori)) => {
                difetti.aggiungi(self.dove(nome), format!("{} elementi: al massimo {massimo}", valori.len()));
                &[]
            }
            Some(_) => {
                difetti.aggiungi(self.dove(nome), "serve una lista");
                &[]
            }
        }
    }

    /// An object that may be there.
    pub(super) fn oggetto(&self, nome: &str, ammessi: &[&str], difetti: &mut Difetti) -> Option<Self> {
        Self::new(self.valore(nome)?, &self.dove(nome), ammessi, difetti)
    }
}
