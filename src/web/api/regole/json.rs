//! Rules as programs read and write them.

use crate::pec::regole::{Azione, Contenuto, Esito, Regola, RigaAnteprima};
use crate::valori::{Istante, Testo};
use crate::web::Problema;
use crate::web::api::corpo::Corpo;
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::regole::{Scritta, leggi as valori};
use serde::Serialize;

/// When a rule speaks of a message: what is there must all hold.
#[derive(Serialize, utoipa::ToSchema)]
struct CondizioniJson {
    /// An address, or `@domain`.
    mittente: Option<String>,
    /// Id of a mailbox.
    casella: Option<String>,
    /// Words that are all in the subject.
    parole: Option<String>,
    /// `posta-certificata`, `anomalia`, `ordinaria`.
    genere: Option<&'static str>,
    /// `assente`, `presente`, `senza-rilievi`, or a dialect.
    segnatura: Option<&'static str>,
}

/// What somebody saw that a version would have done.
#[derive(Serialize, utoipa::ToSchema)]
struct VistaJson {
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    guardati: i64,
    trovati: i64,
}

/// A rule, as its current version says.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct RegolaJson {
    id: String,
    versione: i32,
    nome: String,
    /// The lower comes first.
    ordine: i32,
    /// `propone` or `fa`.
    modo: &'static str,
    /// `compila`, `protocolla`, `scarta`.
    azione: &'static str,
    condizioni: CondizioniJson,
    voce: Option<String>,
    ufficio: Option<String>,
    conoscenza: Vec<String>,
    fascicolo: Option<String>,
    tipologia: Option<String>,
    riservato: bool,
    /// Why it leaves out.
    motivo: Option<String>,
    /// For how many days what it leaves out is kept for sure.
    giorni: Option<u32>,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    /// Since when it is on; null if it is off.
    #[schema(value_type = Option<String>, format = DateTime)]
    accesa: Option<Istante>,
    anteprima: Option<VistaJson>,
}

impl From<Regola> for RegolaJson {
    fn from(r: Regola) -> Self {
        let c = r.contenuto;
        let azione = c.azione.as_str();
        let (motivo, giorni) = match c.azione {
            Azione::Scarta { motivo, giorni } => (Some(motivo.to_string()), Some(giorni)),
            Azione::Compila | Azione::Protocolla => (None, None),
        };
        let k = c.condizioni;
        let condizioni = CondizioniJson {
            mittente: k.mittente.map(|m| m.to_string()),
            casella: k.casella.map(|x| x.to_string()),
            parole: k.parole.map(|p| p.to_string()),
            genere: k.genere.map(|g| g.as_str()),
            segnatura: k.segnatura.map(|s| s.as_str()),
        };
        Self {
            id: r.id.to_string(),
            versione: r.versione,
            nome: c.nome.to_string(),
            ordine: c.ordine,
            modo: c.modo.as_str(),
            azione,
            condizioni,
            voce: c.voce.map(|v| v.to_string()),
            ufficio: c.ufficio.map(|u| u.to_string()),
            conoscenza: c.conoscenza.iter().map(ToString::to_string).collect(),
            fascicolo: c.fascicolo.map(|f| f.to_string()),
            tipologia: c.tipologia.map(|t| t.to_string()),
            riservato: c.riservato,
            motivo,
            giorni,
            autore: r.autore,
            istante: r.istante,
            accesa: r.accesa,
            anteprima: r.anteprima.map(|a| VistaJson { istante: a.istante, guardati: a.guardati, trovati: a.trovati }),
        }
    }
}

/// The rules, in their order.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct RegoleJson {
    pub(super) risultati: Vec<RegolaJson>,
    /// Kinds of message that rules may register without a person.
    pub(super) automatici: Vec<&'static str>,
}

/// A message of which a rule speaks.
#[derive(Serialize, utoipa::ToSchema)]
struct TrovatoJson {
    messaggio: String,
    mittente: String,
    oggetto: String,
    genere: String,
    /// `protocolla`, `scarta`, `propone`.
    esito: &'static str,
    /// Why it would only have proposed it.
    perche: Option<String>,
}

/// What a rule would have done with the last messages.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct AnteprimaJson {
    guardati: usize,
    risultati: Vec<TrovatoJson>,
}

impl From<(usize, Vec<RigaAnteprima>)> for AnteprimaJson {
    fn from((guardati, righe): (usize, Vec<RigaAnteprima>)) -> Self {
        let trovato = |r: RigaAnteprima| {
            let (esito, perche) = match r.esito {
                Esito::Protocolla => ("protocolla", None),
                Esito::Scarta => ("scarta", None),
                Esito::Propone(perche) => ("propone", perche),
            };
            let (messaggio, mittente, oggetto, genere) = (r.id.to_string(), r.mittente, r.oggetto, r.genere);
            TrovatoJson { messaggio, mittente, oggetto, genere, esito, perche }
        };
        Self { guardati, risultati: righe.into_iter().map(trovato).collect() }
    }
}

/// The body that writes a rule, or its next version.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "nome": "Scuole", "ordine": "10", "modo": "fa", "azione": "protocolla", "versione": "1",
    "condizioni": { "mittente": "@pec.istruzione.example", "genere": "posta-certificata", "segnatura": "senza-rilievi" },
    "voce": "VI.3", "ufficio": "EDIL", "tipologia": "Comunicazione" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct RegolaRichiesta {
    nome: String,
    /// Its place, as a text: the lower comes first.
    ordine: String,
    /// `propone` or `fa`.
    modo: String,
    /// `compila` (only with `propone`), `protocolla`, `scarta` (only ordinary mail).
    azione: String,
    condizioni: CondizioniJson,
    voce: Option<String>,
    ufficio: Option<String>,
    /// Codes of the offices that are told, apart by blanks.
    conoscenza: Option<String>,
    fascicolo: Option<String>,
    tipologia: Option<String>,
    riservato: Option<bool>,
    motivo: Option<String>,
    /// As a text.
    giorni: Option<String>,
    /// Of a next version: the number of the one that was read, as a text.
    versione: Option<String>,
}

const CAMPI: [&str; 14] = [
    "nome",
    "ordine",
    "modo",
    "azione",
    "condizioni",
    "voce",
    "ufficio",
    "conoscenza",
    "fascicolo",
    "tipologia",
    "riservato",
    "motivo",
    "giorni",
    "versione",
];
const CONDIZIONI: [&str; 5] = ["mittente", "casella", "parole", "genere", "segnatura"];

/// The rule of a body, and the version that it follows.
pub(super) fn leggi(corpo: &Corpo) -> Result<(Contenuto, i32), Problema> {
    let mut difetti = Difetti::default();
    let Some(o) = Oggetto::new(&corpo.0, "", &CAMPI, &mut difetti) else { return difetti.esito(None) };
    let condizioni = o.oggetto("condizioni", &CONDIZIONI, &mut difetti);
    let mut testo =
        |o: &Oggetto<'_>, nome: &str| o.forse::<Testo>(nome, &mut difetti).map(|t| t.to_string()).unwrap_or_default();
    let mut quando = |nome: &str| condizioni.as_ref().map(|c| testo(c, nome)).unwrap_or_default();
    let (mittente, casella, parole) = (quando("mittente"), quando("casella"), quando("parole"));
    let (genere, segnatura) = (quando("genere"), quando("segnatura"));
    let scritta = Scritta {
        mittente,
        casella,
        parole,
        genere,
        segnatura,
        nome: testo(&o, "nome"),
        ordine: testo(&o, "ordine"),
        modo: testo(&o, "modo"),
        azione: testo(&o, "azione"),
        voce: testo(&o, "voce"),
        ufficio: testo(&o, "ufficio"),
        conoscenza: testo(&o, "conoscenza"),
        fascicolo: testo(&o, "fascicolo"),
        tipologia: testo(&o, "tipologia"),
        motivo: testo(&o, "motivo"),
        giorni: testo(&o, "giorni"),
        riservato: false,
    };
    let versione = testo(&o, "versione").parse().unwrap_or(0);
    let scritta = Scritta { riservato: o.vero("riservato", &mut difetti), ..scritta };
    let letta = valori(&scritta).map_err(|no| {
        for (campo, testo) in no {
            let dove = if CONDIZIONI.contains(&campo) { format!("/condizioni/{campo}") } else { format!("/{campo}") };
            difetti.aggiungi(dove, testo);
        }
    });
    Ok((difetti.esito(letta.ok())?, versione))
}
