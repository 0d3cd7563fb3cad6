//! A registration as the API shows it: what was posted, what it got, what happened since.

use super::annotazione::AnnotazioneJson;
use super::annullamenti::AnnullamentoJson;
use super::carico::AssegnazioneJson;
use super::indirizzo::IndirizzoCorrettoJson;
use super::termine::TermineJson;
use super::variazione::VariazioneJson;
use crate::documenti::RapportoConservato;
use crate::pec::{Correzione, Invio, Ricevuta};
use crate::registro::{
    Annotazione, Collegamento, Corrispondente, Differimento, DocumentoRegistrato, ProtocolloMittente, Registrazione,
    emergenza::Correlazione,
};
use crate::scrivania::{self, Assegnazione, Termine};
use crate::segnatura::NomeParte;
use crate::titolario::{Classificazione, Fascicolo};
use crate::utenti::Aoo;
use crate::valori::{Impronta, Istante, NumeroProtocollo, RegistrazioneId};
use crate::web::api::fascicoli::FascicoloJson;
use crate::web::api::invii::{InvioJson, RicevutaJson};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::HashMap;

/// What other modules know of a registration.
pub(super) struct Altro {
    pub classificazione: Option<Classificazione>,
    pub assegnazioni: Vec<Assegnazione>,
    pub invii: Vec<Invio>,
    pub ricevute: Vec<Ricevuta>,
    pub rapporti: HashMap<String, RapportoConservato>,
    pub differimento: Option<Differimento>,
    pub emergenza: Option<Correlazione>,
}

/// A list of registrations.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct ElencoJson {
    pub risultati: Vec<RegistrazioneJson>,
    pub cursore: Option<String>,
}

/// A registration.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::web::api) struct RegistrazioneJson {
    #[schema(value_type = String, format = "uuid")]
    id: RegistrazioneId,
    aoo: String,
    registro: String,
    anno: i32,
    #[schema(value_type = String, example = "0000123")]
    numero: NumeroProtocollo,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    #[schema(example = "c_x999/AX99Z01/PG/2026-11-22/0000123")]
    segnatura: String,
    flusso: &'static str,
    oggetto: String,
    mezzo: &'static str,
    corrispondenti: Vec<CorrispondenteJson>,
    #[schema(value_type = Option<String>, format = DateTime)]
    arrivo: Option<Istante>,
    protocollo_mittente: Option<ProtocolloMittenteJson>,
    voce: Option<String>,
    /// Id of the main fascicolo.
    fascicolo: Option<String>,
    /// All fascicoli it is in, the main one first.
    fascicoli: Vec<FascicoloJson>,
    tipologia: Option<String>,
    /// The date of the main document.
    #[schema(value_type = Option<String>, format = Date)]
    data_documento: Option<NaiveDate>,
    ufficio: Option<String>,
    riservato: bool,
    #[schema(value_type = Option<String>, format = "uuid")]
    risponde_a: Option<RegistrazioneId>,
    /// Id of the act of deferral by which it was made later than its document arrived.
    differimento: Option<String>,
    /// The number it had in the register of emergenza: `PE1/2026/0000003`.
    emergenza: Option<String>,
    /// The registrations it is linked with, seen from here; those taken away included. Only of what is asked alone, by id or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    collegamenti: Option<Vec<CollegamentoJson>>,
    /// What was registered before and looks the same (message, main file, sender's own number), newest first. Never a refusal. Only
    /// of what is asked alone, by id or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    duplicati: Option<Vec<RegistrazioneId>>,
    documenti: Vec<DocumentoJson>,
    assegnazioni: Vec<AssegnazioneJson>,
    /// The term within which the office must answer; only of what is asked alone, by id or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    termine: Option<TermineJson>,
    /// Of single data, then of the whole registration; the data above are those in force.
    annullamenti: Vec<AnnullamentoJson>,
    /// The changes of data that may change, oldest first; the data above are those in force.
    variazioni: Vec<VariazioneJson>,
    /// What people noted on it, oldest first. Only of what is asked alone, by id or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    annotazioni: Option<Vec<AnnotazioneJson>>,
    /// Addresses that took the place of those registered, oldest first. Only of what is asked alone, by id or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    indirizzi_corretti: Option<Vec<IndirizzoCorrettoJson>>,
    invii: Vec<InvioJson>,
    /// What providers said of the sends, oldest first; the message is `GET /documenti/{sha256}`.
    ricevute: Vec<RicevutaJson>,
}

/// What an act was done to.
#[derive(Serialize)]
#[serde(untagged)]
pub(in crate::web::api) enum FattaJson {
    /// As its author sees it.
    Intera(Box<RegistrazioneJson>),
    /// Its author does not see it, or no more.
    Numero(NumeroJson),
}

impl FattaJson {
    /// Its id.
    pub(super) fn id(&self) -> RegistrazioneId {
        match self {
            Self::Intera(r) => r.id,
            Self::Numero(n) => n.id,
        }
    }
}

/// The number of a registration that is not for whoever asks.
#[derive(Serialize)]
pub(in crate::web::api) struct NumeroJson {
    id: RegistrazioneId,
    aoo: String,
    registro: String,
    anno: i32,
    numero: NumeroProtocollo,
    istante: Istante,
    segnatura: String,
}

impl NumeroJson {
    pub(super) fn new(aoo: &Aoo, r: &Registrazione) -> Self {
        Self {
            id: r.id,
            aoo: aoo.codice.to_string(),
            registro: r.segnatura.registro.to_string(),
            anno: r.anno,
            numero: r.numero,
            istante: r.istante,
            segnatura: r.segnatura.to_string(),
        }
    }
}

impl RegistrazioneJson {
    pub(super) fn new(aoo: &Aoo, r: Registrazione, altro: Altro) -> Self {
        let Altro { classificazione, ref assegnazioni, ref invii, .. } = altro;
        let nascosti = r.ha_nascosti();
        // What annuls the whole comes last: after it no datum is annulled.
        let dati = r.dati_annullati.into_iter().map(AnnullamentoJson::from);
        let annullamenti = dati.chain(r.annullamento.map(AnnullamentoJson::from)).collect();
        Self {
            id: r.id,
            aoo: aoo.codice.to_string(),
            registro: r.segnatura.registro.to_string(),
            anno: r.anno,
            numero: r.numero,
            istante: r.istante,
            segnatura: r.segnatura.to_string(),
            flusso: r.flusso.as_str(),
            oggetto: r.oggetto.to_string(),
            mezzo: r.mezzo.as_str(),
            corrispondenti: r.corrispondenti.into_iter().map(CorrispondenteJson::from).collect(),
            arrivo: r.arrivo,
            protocollo_mittente: r.protocollo_mittente.map(ProtocolloMittenteJson::from),
            voce: classificazione.map(|c| c.voce.to_string()),
            fascicolo: None,
            fascicoli: Vec::new(),
            tipologia: r.tipologia.map(|t| t.to_string()),
            data_documento: r.data_documento,
            ufficio: scrivania::corrente(assegnazioni).map(|a| a.ufficio.to_string()),
            riservato: r.riservato,
            risponde_a: r.risponde_a,
            differimento: altro.differimento.map(|d| d.id.to_string()),
            emergenza: altro.emergenza.map(|c| c.leggibile()),
            collegamenti: None,
            duplicati: None,
            documenti: r.documenti.into_iter().map(|d| DocumentoJson::new(d, &altro.rapporti)).collect(),
            assegnazioni: assegnazioni.iter().map(AssegnazioneJson::from).collect(),
            termine: None,
            annullamenti,
            variazioni: r.dati_variati.into_iter().map(VariazioneJson::from).collect(),
            annotazioni: None,
            indirizzi_corretti: None,
            invii: invii.iter().map(InvioJson::from).collect(),
            // A receipt encloses the message that was sent, with the data of then.
            ricevute: if nascosti { Vec::new() } else { altro.ricevute.into_iter().map(RicevutaJson::from).collect() },
        }
    }

    /// With the fascicoli it is in, the main one first.
    pub(super) fn con_fascicoli(mut self, fascicoli: Vec<Fascicolo>) -> Self {
        self.fascicolo = fascicoli.first().map(|f| f.id.to_string());
        self.fascicoli = fascicoli.into_iter().map(FascicoloJson::from).collect();
        self
    }

    /// With its term.
    pub(super) fn con_termine(mut self, termine: Option<Termine>) -> Self {
        self.termine = termine.map(TermineJson::from);
        self
    }

    /// With what ties it to others.
    pub(super) fn con_legami(mut self, collegamenti: &[Collegamento], duplicati: Vec<RegistrazioneId>) -> Self {
        self.collegamenti = Some(collegamenti.iter().map(CollegamentoJson::from).collect());
        self.duplicati = Some(duplicati);
        self
    }

    /// With what people noted on it.
    pub(super) fn con_annotazioni(mut self, annotazioni: Vec<Annotazione>) -> Self {
        self.annotazioni = Some(annotazioni.into_iter().map(AnnotazioneJson::from).collect());
        self
    }

    /// With the addresses that were corrected.
    pub(super) fn con_indirizzi(mut self, corretti: Vec<Correzione>) -> Self {
        self.indirizzi_corretti = Some(corretti.into_iter().map(IndirizzoCorrettoJson::from).collect());
        self
    }
}

/// A party.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::web::api) struct CorrispondenteJson {
    ruolo: &'static str,
    tipo: &'static str,
    per_conoscenza: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    denominazione: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cognome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codice_fiscale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codice_ipa: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codice_aoo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codice_uo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pec: Option<String>,
}

impl From<Corrispondente> for CorrispondenteJson {
    fn from(c: Corrispondente) -> Self {
        let (denominazione, nome, cognome) = match c.parte.nome {
            NomeParte::Denominazione(d) => (Some(d.to_string()), None, None),
            NomeParte::Persona { nome, cognome } => (None, Some(nome.to_string()), Some(cognome.to_string())),
        };
        Self {
            ruolo: c.ruolo.as_str(),
            tipo: c.parte.tipo.as_str(),
            per_conoscenza: c.per_conoscenza,
            denominazione,
            nome,
            cognome,
            codice_fiscale: c.parte.codice_fiscale.map(|v| v.to_string()),
            codice_ipa: c.parte.codice_ipa.map(|v| v.to_string()),
            codice_aoo: c.parte.codice_aoo.map(|v| v.to_string()),
            codice_uo: c.parte.codice_uo.map(|v| v.to_string()),
            pec: c.parte.pec.map(|v| v.to_string()),
        }
    }
}

/// The sender's own number.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct ProtocolloMittenteJson {
    numero: String,
    #[schema(value_type = Option<String>, format = Date)]
    data: Option<NaiveDate>,
}

impl From<ProtocolloMittente> for ProtocolloMittenteJson {
    fn from(p: ProtocolloMittente) -> Self {
        Self { numero: p.numero.to_string(), data: p.data }
    }
}

/// A file.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct DocumentoJson {
    #[schema(value_type = String)]
    sha256: Impronta,
    nome: String,
    ruolo: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    descrizione: Option<String>,
    media_type: String,
    dimensione: i64,
    /// How it came, if it was added after the registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    acquisita: Option<AcquisitaJson>,
    /// The outcome of its signatures; null if it is not signed or was not verified yet.
    firma: Option<FirmaJson>,
}

/// How a scan was added.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct AcquisitaJson {
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    autore: String,
    /// Who compared it with the paper.
    confermata_da: String,
}

/// The outcome of the signatures of a file.
#[derive(Serialize, utoipa::ToSchema)]
struct FirmaJson {
    /// The worst of them, in the words of ETSI EN 319 102-1.
    indication: String,
}

impl DocumentoJson {
    fn new(d: DocumentoRegistrato, rapporti: &HashMap<String, RapportoConservato>) -> Self {
        let rapporto = rapporti.get(&d.impronta.to_string());
        let firma = rapporto.and_then(|r| r.indicazione.clone()).map(|indication| FirmaJson { indication });
        Self {
            sha256: d.impronta,
            nome: d.nome.to_string(),
            ruolo: d.ruolo.as_str(),
            descrizione: d.descrizione.map(|t| t.to_string()),
            media_type: d.media_type,
            dimensione: d.dimensione,
            acquisita: d.acquisita.map(|a| AcquisitaJson {
                istante: a.istante,
                autore: a.autore,
                confermata_da: a.confermata_da,
            }),
            firma,
        }
    }
}

/// A link with another registration.
#[derive(Serialize, utoipa::ToSchema)]
struct CollegamentoJson {
    /// Null if it was said at the registration: then it is never taken away.
    id: Option<String>,
    /// What the other one is, seen from here: `risponde-a`, `risposta` or `collegata-a`.
    relazione: &'static str,
    registrazione: AltraJson,
    nota: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    /// When it was taken away.
    #[schema(value_type = Option<String>, format = DateTime)]
    tolto: Option<Istante>,
}

/// The registration on the other side of a link.
#[derive(Serialize, utoipa::ToSchema)]
struct AltraJson {
    #[schema(value_type = String, format = "uuid")]
    id: RegistrazioneId,
    anno: i32,
    #[schema(value_type = String, example = "0000123")]
    numero: NumeroProtocollo,
    oggetto: String,
}

impl From<&Collegamento> for CollegamentoJson {
    fn from(c: &Collegamento) -> Self {
        let a = &c.altra;
        Self {
            id: c.id.map(|id| id.to_string()),
            relazione: c.relazione.as_str(),
            registrazione: AltraJson { id: a.id, anno: a.anno, numero: a.numero, oggetto: a.oggetto.to_string() },
            nota: c.nota.as_ref().map(ToString::to_string),
            istante: c.istante,
            tolto: c.tolto,
        }
    }
}
