//! A rule over mail as pages and API are told it: texts, turned into values at the door.

use crate::pec::regole::{Azione, Condizioni, Contenuto, Modo};
use crate::valori::Rifiuto;
use std::str::FromStr;

/// A rule as it was typed; what is empty is not there.
#[derive(Default, Clone)]
pub(super) struct Scritta {
    pub nome: String,
    pub ordine: String,
    pub modo: String,
    pub azione: String,
    pub mittente: String,
    pub casella: String,
    pub parole: String,
    pub genere: String,
    pub segnatura: String,
    pub voce: String,
    pub ufficio: String,
    /// Codes of offices, apart by blanks or commas.
    pub conoscenza: String,
    pub fascicolo: String,
    pub tipologia: String,
    pub riservato: bool,
    pub motivo: String,
    pub giorni: String,
}

/// Field and sentence of a refusal.
pub(super) type Difetto = (&'static str, String);

/// Reads one field after the other, and keeps what was refused.
#[derive(Default)]
struct Lettore(Vec<Difetto>);

impl Lettore {
    fn forse<T: FromStr<Err = Rifiuto>>(&mut self, campo: &'static str, testo: &str) -> Option<T> {
        if testo.trim().is_empty() {
            return None;
        }
        testo.trim().parse().map_err(|e: Rifiuto| self.0.push((campo, e.to_string()))).ok()
    }

    fn serve<T: FromStr<Err = Rifiuto>>(&mut self, campo: &'static str, testo: &str, manca: &str) -> Option<T> {
        if testo.trim().is_empty() {
            self.0.push((campo, manca.to_owned()));
        }
        self.forse(campo, testo)
    }

    fn numero<T: FromStr>(&mut self, campo: &'static str, testo: &str) -> Option<T> {
        testo.trim().parse().map_err(|_| self.0.push((campo, "serve un numero intero".to_owned()))).ok()
    }

    fn azione(&mut self, s: &Scritta) -> Option<Azione> {
        match s.azione.as_str() {
            "compila" => Some(Azione::Compila),
            "protocolla" => Some(Azione::Protocolla),
            "scarta" => {
                let motivo = self.serve("motivo", &s.motivo, "scrivi il motivo: resta accanto al messaggio");
                let giorni = self.numero("giorni", &s.giorni);
                Some(Azione::Scarta { motivo: motivo?, giorni: giorni? })
            }
            _ => {
                self.0.push(("azione", "vale compila, protocolla oppure scarta".to_owned()));
                None
            }
        }
    }
}

/// The values, or every field that was refused.
pub(super) fn leggi(s: &Scritta) -> Result<Contenuto, Vec<Difetto>> {
    let mut l = Lettore::default();
    let nome = l.serve("nome", &s.nome, "scrivi il nome della regola");
    let ordine = l.numero("ordine", &s.ordine);
    let condizioni = Condizioni {
        mittente: l.forse("mittente", &s.mittente),
        casella: l.forse("casella", &s.casella),
        parole: l.forse("parole", &s.parole),
        genere: l.forse("genere", &s.genere),
        segnatura: l.forse("segnatura", &s.segnatura),
    };
    let modo = l.serve::<Modo>("modo", &s.modo, "vale propone oppure fa");
    let azione = l.azione(s);
    let codici = s.conoscenza.split(|c: char| c.is_whitespace() || c == ',').filter(|c| !c.is_empty());
    let conoscenza = codici.filter_map(|c| l.forse("conoscenza", c)).collect();
    let (voce, ufficio) = (l.forse("voce", &s.voce), l.forse("ufficio", &s.ufficio));
    let (fascicolo, tipologia) = (l.forse("fascicolo", &s.fascicolo), l.forse("tipologia", &s.tipologia));
    match (nome, ordine, azione, modo) {
        (Some(nome), Some(ordine), Some(azione), Some(modo)) if l.0.is_empty() => Ok(Contenuto {
            nome,
            ordine,
            condizioni,
            azione,
            modo,
            voce,
            ufficio,
            conoscenza,
            fascicolo,
            tipologia,
            riservato: s.riservato,
        }),
        _ => Err(l.0),
    }
}

/// A rule as it would be typed.
pub(super) fn scritta(c: &Contenuto) -> Scritta {
    fn testo(valore: Option<&impl ToString>) -> String {
        valore.map(ToString::to_string).unwrap_or_default()
    }
    let (motivo, giorni) = match &c.azione {
        Azione::Scarta { motivo, giorni } => (motivo.to_string(), giorni.to_string()),
        Azione::Compila | Azione::Protocolla => (String::new(), String::new()),
    };
    Scritta {
        nome: c.nome.to_string(),
        ordine: c.ordine.to_string(),
        modo: c.modo.as_str().to_owned(),
        azione: c.azione.as_str().to_owned(),
        mittente: testo(c.condizioni.mittente.as_ref()),
        casella: testo(c.condizioni.casella.as_ref()),
        parole: testo(c.condizioni.parole.as_ref()),
        genere: c.condizioni.genere.map(|g| g.as_str().to_owned()).unwrap_or_default(),
        segnatura: c.condizioni.segnatura.map(|s| s.as_str().to_owned()).unwrap_or_default(),
        voce: testo(c.voce.as_ref()),
        ufficio: testo(c.ufficio.as_ref()),
        conoscenza: c.conoscenza.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        fascicolo: testo(c.fascicolo.as_ref()),
        tipologia: testo(c.tipologia.as_ref()),
        riservato: c.riservato,
        motivo,
        giorni,
    }
}
