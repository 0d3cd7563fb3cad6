//! Rules in sentences, as a clerk reads them.

use crate::pec::Casella;
use crate::pec::regole::{Azione, CondizioneSegnatura, Contenuto, Esito, Modo, Proposto};
use crate::web::pagine::formato;

/// When it speaks of a message: one sentence for each condition.
pub(super) fn quando(c: &Contenuto, caselle: &[Casella]) -> Vec<String> {
    let k = &c.condizioni;
    let casella = k.casella.and_then(|id| caselle.iter().find(|x| x.id == id));
    [
        k.genere.map(|g| format!("è {}", g.nome())),
        k.mittente.as_ref().map(|m| format!("lo manda {m}")),
        casella.map(|x| format!("arriva nella casella {}", x.indirizzo)),
        k.parole.as_ref().map(|p| format!("nell'oggetto ci sono le parole: {p}")),
        k.segnatura.map(|s| segnatura(s).to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The words of a condition on the segnatura.
pub(super) fn segnatura(s: CondizioneSegnatura) -> String {
    match s {
        CondizioneSegnatura::Assente => "non ha segnatura".to_owned(),
        CondizioneSegnatura::Presente => "ha una segnatura".to_owned(),
        CondizioneSegnatura::SenzaRilievi => "ha una segnatura senza rilievi".to_owned(),
        CondizioneSegnatura::Dialetto(d) => format!("ha una segnatura {d}"),
    }
}

/// What it does, in one line.
pub(super) fn cosa(c: &Contenuto) -> &'static str {
    match (&c.azione, c.modo) {
        (Azione::Compila, _) => "Propone i dati della registrazione",
        (Azione::Protocolla, Modo::Propone) => "Propone di protocollare",
        (Azione::Protocolla, Modo::Fa) => "Protocolla da sola",
        (Azione::Scarta { .. }, Modo::Propone) => "Propone di scartare",
        (Azione::Scarta { .. }, Modo::Fa) => "Scarta da sola nel cestino",
    }
}

/// With which data.
pub(super) fn come(c: &Contenuto) -> Vec<String> {
    let conoscenza: Vec<&str> = c.conoscenza.iter().map(|u| u.as_str()).collect();
    let scarto = match &c.azione {
        Azione::Scarta { motivo, giorni } => {
            let giorni = formato::conta(usize::try_from(*giorni).unwrap_or(usize::MAX), "giorno", "giorni");
            Some(format!("motivo: {motivo}; si conserva almeno {giorni}"))
        }
        Azione::Compila | Azione::Protocolla => None,
    };
    [
        c.voce.as_ref().map(|v| format!("voce {v}")),
        c.ufficio.as_ref().map(|u| format!("per competenza a {u}")),
        (!conoscenza.is_empty()).then(|| format!("per conoscenza a {}", conoscenza.join(", "))),
        c.fascicolo.as_ref().map(|f| format!("fascicolo {f}")),
        c.tipologia.as_ref().map(|t| format!("tipologia «{t}»")),
        c.riservato.then(|| "riservato".to_owned()),
        scarto,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What it would have done with a message: a word, and why it would not have acted by itself.
pub(super) fn esito(e: &Esito) -> (&'static str, Option<String>) {
    match e {
        Esito::Protocolla => ("Protocollato", None),
        Esito::Scarta => ("Nel cestino", None),
        Esito::Propone(perche) => ("Solo proposto", perche.clone()),
    }
}

/// What a rule proposes for a message, and why it left that to a person.
pub(in crate::web::pagine) fn proposta(p: &Proposto) -> String {
    let c = &p.regola.contenuto;
    let cosa = match &c.azione {
        Azione::Compila => "propone",
        Azione::Protocolla => "propone di protocollarlo",
        Azione::Scarta { .. } => "propone di scartarlo",
    };
    let come = come(c).join("; ");
    let perche = p.perche.as_ref().map(|x| format!(". Non lo fa da sola: {x}")).unwrap_or_default();
    let come = if come.is_empty() { come } else { format!(": {come}") };
    format!("Regola «{}» (versione {}): {cosa}{come}{perche}.", c.nome, p.regola.versione)
}
