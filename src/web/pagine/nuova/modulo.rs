//! The form as it was typed: texts, whether good or not, and the files already in the store.

use super::rubrica::Trovati;
use crate::registro::Flusso;
use crate::valori::nuovo_id;
use crate::web::Problema;
use crate::web::pagine::campi::Difetto;
use crate::web::pagine::duplicati::Duplicati;
use crate::web::pagine::invio::FileScelto;
use crate::web::pagine::richiamo::Richiamo;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Longest idempotency key, in bytes.
const MASSIMO_CHIAVE: usize = 64;

/// A party as typed.
#[derive(Default)]
pub(super) struct ParteScritta {
    pub(super) tipo: String,
    pub(super) cognome: String,
    pub(super) nome: String,
    pub(super) codice_fiscale: String,
    pub(super) pec: String,
    /// Codes of the IPA: of the amministrazione, its AOO, its UO.
    pub(super) codice_ipa: String,
    pub(super) codice_aoo: String,
    pub(super) codice_uo: String,
}

impl ParteScritta {
    /// The codes of the IPA: field, label, what is there.
    pub(super) fn codici(&self) -> [(&'static str, &'static str, &str); 3] {
        [
            ("ipa", "Codice IPA", &self.codice_ipa),
            ("aoo", "Codice AOO", &self.codice_aoo),
            ("uo", "Codice UO", &self.codice_uo),
        ]
    }

    /// True if it has a code of the IPA.
    pub(super) fn con_codici(&self) -> bool {
        [&self.codice_ipa, &self.codice_aoo, &self.codice_uo].into_iter().any(|t| !t.trim().is_empty())
    }

    /// True if nothing was typed in it.
    pub(super) fn vuota(&self) -> bool {
        let scritti = [&self.cognome, &self.nome, &self.codice_fiscale, &self.pec];
        scritti.into_iter().all(|t| t.trim().is_empty()) && !self.con_codici()
    }
}

/// The form.
pub(super) struct Modulo {
    pub(super) flusso: Flusso,
    pub(super) chiave: String,
    /// The version of the predisposto that was read, 0 for what was never put away.
    pub(super) predisposto: i64,
    /// When it was put away, on the page that follows.
    pub(super) salvato: Option<String>,
    pub(super) oggetto: String,
    pub(super) mezzo: String,
    pub(super) voce: String,
    pub(super) ufficio: String,
    pub(super) riservato: bool,
    pub(super) mittente_numero: String,
    pub(super) mittente_data: String,
    /// Day and time of the arrival, if it was before.
    pub(super) arrivo: String,
    pub(super) arrivo_ora: String,
    /// The date of the document.
    pub(super) data_documento: String,
    pub(super) differimento: String,
    /// The registration it answers.
    pub(super) richiamo: Richiamo,
    /// What was registered before and looks the same.
    pub(super) duplicati: Duplicati,
    pub(super) parti: Vec<ParteScritta>,
    pub(super) file: Vec<FileScelto>,
    pub(super) errori: Vec<Difetto>,
    pub(super) trovati: Option<Trovati>,
}

impl Modulo {
    /// An empty form, with a key of its own.
    pub(super) fn vuoto(flusso: Flusso) -> Self {
        Self {
            flusso,
            chiave: nuovo_id().to_string(),
            predisposto: 0,
            salvato: None,
            oggetto: String::new(),
            mezzo: "pec".to_owned(),
            voce: String::new(),
            ufficio: String::new(),
            riservato: false,
            mittente_numero: String::new(),
            mittente_data: String::new(),
            arrivo: String::new(),
            arrivo_ora: String::new(),
            data_documento: String::new(),
            differimento: String::new(),
            richiamo: Richiamo::default(),
            duplicati: Duplicati::default(),
            parti: vec![ParteScritta { tipo: "persona-fisica".to_owned(), ..ParteScritta::default() }],
            file: Vec::new(),
            errori: Vec::new(),
            trovati: None,
        }
    }

    /// The form that was sent.
    ///
    /// # Errors
    /// 400 without a key or a direction: those are not typed by people.
    pub(super) fn da_campi(campi: &BTreeMap<String, String>, file: Vec<FileScelto>) -> Result<Self, Problema> {
        let testo = |nome: &str| campi.get(nome).cloned().unwrap_or_default();
        let flusso = testo("flusso").parse().map_err(|_| Problema::illeggibile("Manca il flusso."))?;
        let chiave = testo("chiave");
        if chiave.is_empty() || chiave.len() > MASSIMO_CHIAVE {
            return Err(Problema::illeggibile("Manca la chiave del modulo: ricarica la pagina."));
        }
        let parti = (0..campi.len()).map_while(|i| {
            let campo = |nome: &str| testo(&format!("parte-{i}-{nome}"));
            campi.contains_key(&format!("parte-{i}-tipo")).then(|| ParteScritta {
                tipo: campo("tipo"),
                cognome: campo("cognome"),
                nome: campo("nome"),
                codice_fiscale: campo("cf"),
                pec: campo("pec"),
                codice_ipa: campo("ipa"),
                codice_aoo: campo("aoo"),
                codice_uo: campo("uo"),
            })
        });
        Ok(Self {
            flusso,
            chiave,
            predisposto: testo("predisposto").parse().ok().filter(|v| *v > 0).unwrap_or_default(),
            salvato: None,
            oggetto: testo("oggetto"),
            mezzo: testo("mezzo"),
            voce: testo("voce"),
            ufficio: testo("ufficio"),
            riservato: campi.contains_key("riservato"),
            mittente_numero: testo("mittente-numero"),
            mittente_data: testo("mittente-data"),
            arrivo: testo("arrivo"),
            arrivo_ora: testo("arrivo-ora"),
            data_documento: testo("data-documento"),
            differimento: testo("differimento"),
            richiamo: Richiamo::scritto(testo("risponde-a"), testo("risponde-scelta")),
            duplicati: Duplicati::default(),
            parti: parti.collect(),
            file,
            errori: Vec::new(),
            trovati: None,
        })
    }

    /// One more party to fill in.
    pub(super) fn aggiungi_parte(&mut self, massimo: usize) {
        if self.parti.len() < massimo {
            let nuova = ParteScritta { tipo: "persona-giuridica".to_owned(), ..ParteScritta::default() };
            self.parti.push(nuova);
        }
    }

    /// All of a group, each once; who was typed in stays.
    pub(super) fn aggiungi_gruppo(&mut self, gruppo: Vec<ParteScritta>, persi: usize, massimo: usize) {
        self.parti.retain(|p| !p.vuota());
        let uguali = |a: &ParteScritta, b: &ParteScritta| a.cognome == b.cognome && a.nome == b.nome && a.pec == b.pec;
        let nuove: Vec<ParteScritta> =
            gruppo.into_iter().filter(|g| !self.parti.iter().any(|p| uguali(p, g))).collect();
        if self.parti.len() + nuove.len() > massimo {
            self.rifiuta("gruppo", &format!("Con il gruppo i destinatari sarebbero più di {massimo}."));
        } else {
            self.parti.extend(nuove);
        }
        if persi > 0 {
            let testo = "Del gruppo manca chi non è più in rubrica o nell'IPA: guarda nella pagina del gruppo.";
            self.rifiuta("gruppo", testo);
        }
        if self.parti.is_empty() {
            self.aggiungi_parte(massimo);
        }
    }

    /// Something to be put right before it is registered.
    pub(super) fn rifiuta(&mut self, campo: &str, testo: &str) {
        self.errori.push(Difetto { campo: campo.to_owned(), testo: testo.to_owned() });
    }

    /// Where the form is.
    pub(super) fn indirizzo(&self) -> &'static str {
        match self.flusso {
            Flusso::Entrata => "/registrazioni/nuova?flusso=entrata",
            Flusso::Uscita => "/registrazioni/nuova?flusso=uscita",
            Flusso::Interna => "/registrazioni/nuova?flusso=interna",
        }
    }

    /// What the parties are here.
    pub(super) fn parte(&self) -> &'static str {
        if self.flusso == Flusso::Uscita { "Destinatario" } else { "Mittente" }
    }

    /// The first parties, in a line.
    pub(super) fn nomi(&self) -> String {
        let nomi = self.parti.iter().filter(|p| !p.vuota()).take(3);
        nomi.map(|p| format!("{} {}", p.cognome, p.nome).trim().to_owned()).collect::<Vec<_>>().join("; ")
    }

    /// What was refused in a field.
    pub(super) fn errore(&self, campo: &str) -> Option<&str> {
        self.errori.iter().find(|d| d.campo == campo).map(|d| d.testo.as_str())
    }

    /// What was refused in a field of a party.
    pub(super) fn errore_parte(&self, indice: &usize, campo: &str) -> Option<&str> {
        self.errore(&format!("parte-{indice}-{campo}"))
    }

    /// What the rubrica has for a party.
    pub(super) fn trovati(&self, indice: &usize) -> Option<&Trovati> {
        self.trovati.as_ref().filter(|t| t.indice == *indice)
    }

    /// What the form asks, whatever its bytes: two that ask the same are the same request.
    pub(super) fn sha256(&self) -> String {
        let parti = self.parti.iter().map(|p| {
            json!([p.tipo, p.cognome, p.nome, p.codice_fiscale, p.pec, p.codice_ipa, p.codice_aoo, p.codice_uo])
        });
        let file = self.file.iter().map(|f| json!([f.ruolo.as_str(), f.nome.as_str(), f.riposto.impronta.to_string()]));
        let chiesto = json!([
            self.flusso.as_str(),
            self.oggetto,
            self.mezzo,
            self.voce,
            self.ufficio,
            self.riservato,
            self.mittente_numero,
            self.mittente_data,
            self.arrivo,
            self.arrivo_ora,
            self.data_documento,
            self.differimento,
            self.richiamo.id,
            parti.collect::<Vec<_>>(),
            file.collect::<Vec<_>>(),
        ]);
        hex::encode(Sha256::digest(chiesto.to_string()))
    }
}
