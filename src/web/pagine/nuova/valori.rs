//! The form turned into values, with every refusal at its field.

use super::modulo::{Modulo, ParteScritta};
use crate::documenti;
use crate::firma::Prova;
use crate::registro::{Corrispondente, Documento, Flusso, Mezzo, Nuova, ProtocolloMittente, RuoloCorrispondente};
use crate::segnatura::{NomeParte, Parte, TipoParte};
use crate::titolario::Voce;
use crate::valori::{CodiceUfficio, CodiceVoce, DifferimentoId, Istante, Oggetto, PredispostoId, RegistrazioneId};
use crate::web::pagine::campi::{Difetto, forse, rifiuta, serve};
use crate::web::pagine::formato::{leggi_data, leggi_istante};
use crate::web::{Problema, Stato};
use chrono::NaiveDate;

/// What the form asks; voce and office are still codes.
pub(super) struct Chiesta {
    flusso: Flusso,
    oggetto: Oggetto,
    mezzo: Mezzo,
    corrispondenti: Vec<Corrispondente>,
    protocollo_mittente: Option<ProtocolloMittente>,
    pub(super) voce: CodiceVoce,
    pub(super) ufficio: Option<CodiceUfficio>,
    riservato: bool,
    risponde_a: Option<RegistrazioneId>,
    arrivo: Option<Istante>,
    data_documento: Option<NaiveDate>,
    pub(super) differimento: Option<DifferimentoId>,
    documenti: Vec<Documento>,
    /// The predisposto that it may be.
    pub(super) predisposto: Option<(PredispostoId, Flusso)>,
    /// The version of it that was read; 0 if it is none.
    pub(super) letta: i64,
}

impl Chiesta {
    /// Reads the form.
    ///
    /// # Errors
    /// Every field that was refused, in the order of the page.
    pub(super) fn parse(modulo: &Modulo, oggi: NaiveDate) -> Result<Self, Vec<Difetto>> {
        let mut difetti = Vec::new();
        let letta = leggi(modulo, oggi, &mut difetti);
        match letta {
            Some(chiesta) if difetti.is_empty() => Ok(chiesta),
            _ => Err(difetti),
        }
    }

    /// What the signatures of the files say now, before the transaction: it may take long.
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
    pub(super) fn nuova(&self, voce: Voce) -> Nuova {
        Nuova {
            flusso: self.flusso,
            oggetto: self.oggetto.clone(),
            mezzo: self.mezzo,
            corrispondenti: self.corrispondenti.clone(),
            arrivo: self.arrivo,
            protocollo_mittente: self.protocollo_mittente.clone(),
            voce,
            tipologia: None,
            data_documento: self.data_documento,
            riservato: self.riservato,
            risponde_a: self.risponde_a,
            documenti: self.documenti.clone(),
        }
    }
}

fn leggi(m: &Modulo, oggi: NaiveDate, difetti: &mut Vec<Difetto>) -> Option<Chiesta> {
    let ruolo =
        if m.flusso == Flusso::Uscita { RuoloCorrispondente::Destinatario } else { RuoloCorrispondente::Mittente };
    // Parties left empty are parties not added; the first one must be there.
    let scritte = m.parti.iter().enumerate().filter(|(i, p)| *i == 0 || !p.vuota());
    let parti: Vec<Option<Parte>> = scritte.map(|(i, p)| parte(i, p, m.parte(), difetti)).collect();
    let parti: Option<Vec<Parte>> = parti.into_iter().collect();
    let manca_oggetto = "Manca l'oggetto. Scrivi in una frase di che cosa tratta il documento.";
    let oggetto = serve("oggetto", &m.oggetto, manca_oggetto, difetti);
    let mezzo = serve("mezzo", &m.mezzo, "Manca il mezzo.", difetti);
    let protocollo_mittente = protocollo_mittente(m, oggi, difetti);
    let arrivo = arrivo(m, oggi, difetti);
    let data_documento = data("data-documento", &m.data_documento, oggi, difetti);
    let differimento = forse("differimento", &m.differimento, difetti);
    let voce = serve("voce", &m.voce, "Manca la voce di titolario. Scegline una dall'elenco.", difetti);
    let ufficio = forse("ufficio", &m.ufficio, difetti);
    if m.flusso == Flusso::Entrata && m.ufficio.trim().is_empty() {
        rifiuta("ufficio", "Manca l'ufficio. Scegli chi deve occuparsi del documento.", difetti);
    }
    if let Some(testo) = &m.richiamo.errore {
        rifiuta("risponde-a", testo, difetti);
    }
    if !m.file.is_empty() && !m.file.iter().any(super::FileScelto::e_principale) {
        rifiuta("principale", "Manca il documento principale: ci sono solo allegati.", difetti);
    } else if m.file.is_empty() && m.flusso == Flusso::Uscita {
        rifiuta("principale", "Manca il documento principale: un'uscita non si registra senza.", difetti);
    }
    let documento = |f: &super::FileScelto| Documento {
        ruolo: f.ruolo,
        riposto: f.riposto.clone(),
        nome: f.nome.clone(),
        descrizione: None,
    };
    Some(Chiesta {
        flusso: m.flusso,
        corrispondenti: parti?
            .into_iter()
            .map(|parte| Corrispondente { ruolo, parte, per_conoscenza: false })
            .collect(),
        oggetto: oggetto?,
        mezzo: mezzo?,
        protocollo_mittente,
        voce: voce?,
        ufficio,
        riservato: m.riservato,
        risponde_a: m.richiamo.id,
        arrivo,
        data_documento,
        differimento,
        documenti: m.file.iter().map(documento).collect(),
        predisposto: m.chiave.parse().ok().map(|id| (id, m.flusso)),
        letta: m.predisposto,
    })
}

fn parte(indice: usize, p: &ParteScritta, che: &str, difetti: &mut Vec<Difetto>) -> Option<Parte> {
    let campo = |nome: &str| format!("parte-{indice}-{nome}");
    let tipo = serve(&campo("tipo"), &p.tipo, "Scegli se è una persona, un'azienda o un ente.", difetti)?;
    let nome = if tipo == TipoParte::PersonaFisica {
        let manca = format!("Manca il cognome del {}.", che.to_lowercase());
        let cognome = serve(&campo("cognome"), &p.cognome, &manca, difetti);
        let manca = format!("Manca il nome del {}: per una persona servono cognome e nome.", che.to_lowercase());
        let nome = serve(&campo("nome"), &p.nome, &manca, difetti);
        cognome.zip(nome).map(|(cognome, nome)| NomeParte::Persona { nome, cognome })
    } else {
        let manca = format!("Manca la denominazione del {}.", che.to_lowercase());
        serve(&campo("cognome"), &p.cognome, &manca, difetti).map(NomeParte::Denominazione)
    };
    let codice_fiscale = forse(&campo("cf"), &p.codice_fiscale, difetti);
    let pec = forse(&campo("pec"), &p.pec, difetti);
    let codice_ipa = forse(&campo("ipa"), &p.codice_ipa, difetti);
    let codice_aoo = forse(&campo("aoo"), &p.codice_aoo, difetti);
    let codice_uo = forse(&campo("uo"), &p.codice_uo, difetti);
    Some(Parte { tipo, nome: nome?, codice_fiscale, codice_ipa, codice_aoo, codice_uo, pec })
}

/// The arrival of an entrata, if it was before; a time without a day, or the other way round, says nothing.
fn arrivo(m: &Modulo, oggi: NaiveDate, difetti: &mut Vec<Difetto>) -> Option<Istante> {
    if m.flusso != Flusso::Entrata || (m.arrivo.trim().is_empty() && m.arrivo_ora.trim().is_empty()) {
        return None;
    }
    leggi_istante(&m.arrivo, &m.arrivo_ora, oggi).map_err(|e| rifiuta("arrivo", e, difetti)).ok()
}

fn protocollo_mittente(m: &Modulo, oggi: NaiveDate, difetti: &mut Vec<Difetto>) -> Option<ProtocolloMittente> {
    let data = data("mittente-data", &m.mittente_data, oggi, difetti);
    if m.mittente_numero.trim().is_empty() {
        if data.is_some() {
            rifiuta("mittente-numero", "C'è la data del protocollo del mittente ma manca il numero.", difetti);
        }
        return None;
    }
    Some(ProtocolloMittente { numero: forse("mittente-numero", &m.mittente_numero, difetti)?, data })
}

/// A day that may be left empty.
fn data(campo: &str, scritta: &str, oggi: NaiveDate, difetti: &mut Vec<Difetto>) -> Option<NaiveDate> {
    if scritta.trim().is_empty() {
        return None;
    }
    leggi_data(scritta.trim(), oggi).map_err(|e| rifiuta(campo, e, difetti)).ok()
}
