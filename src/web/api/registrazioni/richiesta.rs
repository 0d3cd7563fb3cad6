//! The JSON part `registrazione`, turned into values at the door.

use crate::config::Limiti;
use crate::documenti;
use crate::firma::Prova;
use crate::registro::{
    Corrispondente, Documento, Flusso, Mezzo, Nuova, ProtocolloMittente, RuoloCorrispondente, RuoloDocumento,
};
use crate::segnatura::{NomeParte, Parte, TipoParte};
use crate::titolario::Voce;
use crate::valori::{
    CodiceUfficio, CodiceVoce, Denominazione, DifferimentoId, FascicoloId, Impronta, Istante, NomeFile,
    Oggetto as OggettoProtocollo, RegistrazioneId, Rifiuto, Testo,
};
use crate::web::api::lettore::{Difetti, Giorno, Oggetto};
use crate::web::api::multipart::FileArrivato;
use crate::web::{Problema, Stato};
use chrono::{Datelike, NaiveDate};
use serde_json::Value;
use std::str::FromStr;

const CAMPI: &[&str] = &[
    "flusso",
    "oggetto",
    "mezzo",
    "corrispondenti",
    "arrivo",
    "protocolloMittente",
    "voce",
    "fascicolo",
    "tipologia",
    "dataDocumento",
    "ufficio",
    "riservato",
    "rispondeA",
    "differimento",
    "documenti",
];
const CAMPI_CORRISPONDENTE: &[&str] = &[
    "ruolo",
    "tipo",
    "perConoscenza",
    "denominazione",
    "nome",
    "cognome",
    "codiceFiscale",
    "codiceIpa",
    "codiceAoo",
    "pec",
];
const CAMPI_DOCUMENTO: &[&str] = &["parte", "ruolo", "descrizione", "sha256"];

/// What was asked, read and valid in itself; voce and office are still codes.
pub(super) struct Chiesta {
    pub flusso: Flusso,
    pub voce: Option<CodiceVoce>,
    pub ufficio: Option<CodiceUfficio>,
    pub fascicolo: Option<FascicoloId>,
    pub differimento: Option<DifferimentoId>,
    oggetto: OggettoProtocollo,
    mezzo: Mezzo,
    corrispondenti: Vec<Corrispondente>,
    arrivo: Option<Istante>,
    protocollo_mittente: Option<ProtocolloMittente>,
    tipologia: Option<Testo>,
    data_documento: Option<NaiveDate>,
    riservato: bool,
    risponde_a: Option<RegistrazioneId>,
    documenti: Vec<Documento>,
}

impl Chiesta {
    /// Reads the JSON and joins it with the files that came.
    ///
    /// # Errors
    /// 422 with every field that was refused.
    pub(super) fn parse(json: &Value, file: Vec<FileArrivato>, limiti: &Limiti) -> Result<Self, Problema> {
        let mut difetti = Difetti::default();
        let chiesta = leggi(json, file, limiti, &mut difetti);
        difetti.chiudi()?;
        chiesta.ok_or_else(|| Problema::interno("a field was refused without a reason"))
    }

    /// The verdicts on the signatures of its files, judged now: no earlier instant is proved for what an application hands over.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) fn verifica(&self, stato: &Stato) -> Result<Vec<Prova>, Problema> {
        if self.documenti.is_empty() {
            return Ok(Vec::new());
        }
        let (adesso, fiduce) = (stato.db.orologio().adesso(), stato.fiduce()?);
        let mut prove = Vec::new();
        for d in &self.documenti {
            prove.extend(documenti::verifica(&stato.deposito, &d.riposto, &d.nome, &fiduce, adesso)?);
        }
        Ok(prove)
    }

    /// With its voce it is what the register takes.
    pub(super) fn nuova(self, voce: Voce) -> Nuova {
        Nuova {
            flusso: self.flusso,
            oggetto: self.oggetto,
            mezzo: self.mezzo,
            corrispondenti: self.corrispondenti,
            arrivo: self.arrivo,
            protocollo_mittente: self.protocollo_mittente,
            voce,
            tipologia: self.tipologia,
            data_documento: self.data_documento,
            riservato: self.riservato,
            risponde_a: self.risponde_a,
            documenti: self.documenti,
        }
    }
}

fn leggi(json: &Value, file: Vec<FileArrivato>, limiti: &Limiti, difetti: &mut Difetti) -> Option<Chiesta> {
    let o = Oggetto::new(json, "", CAMPI, difetti)?;
    let flusso = o.serve("flusso", difetti);
    let oggetto = o.serve("oggetto", difetti);
    let mezzo = o.serve("mezzo", difetti);
    let parti = o.lista("corrispondenti", limiti.corrispondenti, difetti);
    let corrispondenti =
        parti.iter().enumerate().map(|(i, c)| corrispondente(c, &format!("/corrispondenti/{i}"), difetti));
    let corrispondenti: Vec<_> = corrispondenti.collect();
    doppi(&corrispondenti, difetti);
    let arrivo = o.forse("arrivo", difetti);
    let protocollo_mittente = protocollo_mittente(&o, difetti);
    let (voce, ufficio) = (o.forse("voce", difetti), o.forse("ufficio", difetti));
    let fascicolo = o.forse("fascicolo", difetti);
    let differimento = o.forse("differimento", difetti);
    let tipologia = o.forse("tipologia", difetti);
    let data_documento = o.forse::<Giorno>("dataDocumento", difetti).map(|d| d.0);
    let riservato = o.vero("riservato", difetti);
    let risponde_a = o.forse("rispondeA", difetti);
    let documenti = documenti(&o, file, limiti, difetti);
    Some(Chiesta {
        flusso: flusso?,
        voce,
        ufficio,
        fascicolo,
        differimento,
        oggetto: oggetto?,
        mezzo: mezzo?,
        corrispondenti: corrispondenti.into_iter().collect::<Option<_>>()?,
        arrivo,
        protocollo_mittente,
        tipologia,
        data_documento,
        riservato,
        risponde_a,
        documenti,
    })
}

/// Member `protocolloMittente`.
pub(in crate::web::api) fn protocollo_mittente(o: &Oggetto<'_>, difetti: &mut Difetti) -> Option<ProtocolloMittente> {
    protocollo(o, "protocolloMittente", difetti)
}

/// A sender's own number, as a member of any name.
pub(super) fn protocollo(o: &Oggetto<'_>, nome: &str, difetti: &mut Difetti) -> Option<ProtocolloMittente> {
    let p = o.oggetto(nome, &["numero", "data"], difetti)?;
    let data = p.forse::<Data>("data", difetti).map(|d| d.0);
    Some(ProtocolloMittente { numero: p.serve("numero", difetti)?, data })
}

/// One of `corrispondenti`.
pub(in crate::web::api) fn corrispondente(json: &Value, dove: &str, difetti: &mut Difetti) -> Option<Corrispondente> {
    let o = Oggetto::new(json, dove, CAMPI_CORRISPONDENTE, difetti)?;
    let ruolo: Option<RuoloCorrispondente> = o.serve("ruolo", difetti);
    let tipo: Option<TipoParte> = o.serve("tipo", difetti);
    let denominazione: Option<Denominazione> = o.forse("denominazione", difetti);
    let (nome, cognome) = (o.forse("nome", difetti), o.forse("cognome", difetti));
    let nome = match (denominazione, nome, cognome) {
        (Some(denominazione), None, None) => Some(NomeParte::Denominazione(denominazione)),
        (None, Some(nome), Some(cognome)) => Some(NomeParte::Persona { nome, cognome }),
        _ => {
            difetti.aggiungi(o.dove("denominazione"), "serve la denominazione, oppure nome e cognome insieme");
            None
        }
    };
    let parte = Parte {
        codice_fiscale: o.forse("codiceFiscale", difetti),
        codice_ipa: o.forse("codiceIpa", difetti),
        codice_aoo: o.forse("codiceAoo", difetti),
        codice_uo: o.forse("codiceUo", difetti),
        pec: o.forse("pec", difetti),
        tipo: tipo?,
        nome: nome?,
    };
    Some(Corrispondente { ruolo: ruolo?, parte, per_conoscenza: o.vero("perConoscenza", difetti) })
}

/// Nobody is written to twice: the same addressee, with the same name and address, is refused. Codes that tell two people of one name apart
/// make them two.
fn doppi(parti: &[Option<Corrispondente>], difetti: &mut Difetti) {
    let diversi = |a: Option<String>, b: Option<String>| a.is_some() && b.is_some() && a != b;
    let codici = |p: &Parte| {
        let ipa = [
            p.codice_ipa.as_ref().map(ToString::to_string),
            p.codice_aoo.as_ref().map(ToString::to_string),
            p.codice_uo.as_ref().map(ToString::to_string),
        ];
        [p.codice_fiscale.as_ref().map(ToString::to_string)].into_iter().chain(ipa)
    };
    let uguali = |a: &Parte, b: &Parte| {
        (a.tipo, &a.nome, &a.pec) == (b.tipo, &b.nome, &b.pec) && !codici(a).zip(codici(b)).any(|(a, b)| diversi(a, b))
    };
    let destinatari = || {
        let noti = parti.iter().enumerate().filter_map(|(i, c)| Some((i, c.as_ref()?)));
        noti.filter(|(_, c)| c.ruolo == RuoloCorrispondente::Destinatario)
    };
    for (i, c) in destinatari() {
        if let Some((primo, _)) = destinatari().take_while(|(j, _)| *j < i).find(|(_, p)| uguali(&p.parte, &c.parte)) {
            let testo =
                format!("è lo stesso destinatario di /corrispondenti/{primo}: stesso tipo, nome e indirizzo; toglilo");
            difetti.aggiungi(format!("/corrispondenti/{i}"), testo);
        }
    }
}

/// Each document names one file part, each file part is named by one document.
fn documenti(o: &Oggetto<'_>, mut file: Vec<FileArrivato>, limiti: &Limiti, difetti: &mut Difetti) -> Vec<Documento> {
    let mut documenti = Vec::new();
    for (i, json) in o.lista("documenti", limiti.file_per_registrazione, difetti).iter().enumerate() {
        let Some(d) = Oggetto::new(json, &format!("/documenti/{i}"), CAMPI_DOCUMENTO, difetti) else { continue };
        let ruolo: Option<RuoloDocumento> = d.serve("ruolo", difetti);
        let descrizione = d.forse("descrizione", difetti);
        let dichiarata: Option<Impronta> = d.forse("sha256", difetti);
        let Some(parte) = d.serve::<NomeFile>("parte", difetti) else { continue };
        let Some(dove) = file.iter().position(|f| f.parte == parte.as_str()) else {
            difetti.aggiungi(d.dove("parte"), format!("nella richiesta non c'è nessun file nella parte «{parte}»"));
            continue;
        };
        let arrivato = file.swap_remove(dove);
        if dichiarata.is_some_and(|dichiarata| dichiarata != arrivato.riposto.impronta) {
            let regola = format!("il file arrivato ha un'altra impronta: {}", arrivato.riposto.impronta);
            difetti.aggiungi(d.dove("sha256"), regola);
        }
        if let Some(ruolo) = ruolo {
            documenti.push(Documento { ruolo, riposto: arrivato.riposto, nome: arrivato.nome, descrizione });
        }
    }
    for f in file {
        difetti.aggiungi("/documenti", format!("il file della parte «{}» non è in nessun documento", f.parte));
    }
    documenti
}

/// A date without time, `2026-11-22`.
struct Data(NaiveDate);

impl FromStr for Data {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        match testo.parse::<NaiveDate>() {
            Ok(data) if (1900..=2200).contains(&data.year()) => Ok(Self(data)),
            _ => Err(Rifiuto::new("data", "serve una data del calendario come 2026-11-22")),
        }
    }
}

/// The JSON part `registrazione`: for the description of the API, `Chiesta` reads it.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "flusso": "entrata",
    "oggetto": "Istanza di permesso di costruire, via Garibaldi 12",
    "mezzo": "sportello",
    "corrispondenti": [{ "ruolo": "mittente", "tipo": "persona-fisica", "nome": "Maria", "cognome": "Bianchi" }],
    "arrivo": "2026-11-20T10:15:00+01:00",
    "protocolloMittente": { "numero": "12/A", "data": "2026-11-19" },
    "dataDocumento": "2026-11-18",
    "voce": "VI.3",
    "ufficio": "EDIL",
    "documenti": [{ "parte": "istanza", "ruolo": "principale", "descrizione": "Istanza" }],
}))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct RegistrazioneRichiesta {
    /// `entrata`, `uscita` or `interna`.
    flusso: String,
    oggetto: String,
    /// `pec`, `email`, `portale`, `sportello`, `posta`, `raccomandata`, `aoo`, `sdi` or `corriere`.
    mezzo: String,
    corrispondenti: Vec<CorrispondenteRichiesta>,
    /// The *presentazione*, RFC 3339.
    arrivo: Option<String>,
    protocollo_mittente: Option<super::risposta::ProtocolloMittenteJson>,
    /// Code of the voce; if absent that of the fascicolo, else the token's default.
    voce: Option<String>,
    /// Id of the fascicolo in which it is filed.
    fascicolo: Option<String>,
    tipologia: Option<String>,
    /// The date of the main document, `2026-11-19`.
    data_documento: Option<String>,
    /// Code of the office; for an entrata the token's default if absent.
    ufficio: Option<String>,
    riservato: Option<bool>,
    /// Id of the registration that is answered.
    risponde_a: Option<String>,
    /// Id of the act of deferral that covers the arrival; only for a paper entrata.
    differimento: Option<String>,
    documenti: Vec<DocumentoRichiesta>,
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct CorrispondenteRichiesta {
    /// `mittente` or `destinatario`.
    ruolo: String,
    /// `persona-fisica`, `persona-giuridica`, `amministrazione` or `amministrazione-estera`.
    tipo: String,
    per_conoscenza: Option<bool>,
    /// Or `nome` and `cognome` together.
    denominazione: Option<String>,
    nome: Option<String>,
    cognome: Option<String>,
    codice_fiscale: Option<String>,
    codice_ipa: Option<String>,
    codice_aoo: Option<String>,
    /// Of an office of a body, as the IPA knows it.
    codice_uo: Option<String>,
    pec: Option<String>,
}

#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct DocumentoRichiesta {
    /// Name of the file part.
    parte: String,
    /// `principale` or `allegato`.
    ruolo: String,
    descrizione: Option<String>,
    /// Checked against what arrived.
    sha256: Option<String>,
}
