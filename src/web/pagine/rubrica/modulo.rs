//! The form of a soggetto as it was typed, and as values.

use super::nome_fonte;
use crate::registro::rubrica::{Fonte, Indirizzo, Soggetto};
use crate::segnatura::{NomeParte, Parte, TipoParte};
use crate::utenti::risposta::Richiesta;
use crate::valori::Rifiuto;
use crate::web::pagine::campi::{Difetto, forse, rifiuta, serve};
use crate::web::pagine::chi::Chi;
use crate::web::pagine::nuova::Scelta;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

/// Longest idempotency key, in bytes.
const MASSIMO_CHIAVE: usize = 64;

/// The form as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Scritto {
    pub(super) modulo: String,
    pub(super) chiave: String,
    pub(super) tipo: String,
    pub(super) cognome: String,
    pub(super) nome: String,
    pub(super) cf: String,
    pub(super) ipa: String,
    pub(super) aoo: String,
    pub(super) pec: String,
    pub(super) email: String,
    pub(super) posta: String,
    pub(super) fonte: String,
    /// Somebody looked at those it is like.
    pub(super) comunque: String,
    #[serde(skip)]
    pub(super) errori: Vec<Difetto>,
}

impl Scritto {
    /// The form filled with what is known of a soggetto.
    pub(super) fn di(s: &Soggetto) -> Self {
        let p = &s.parte;
        let (cognome, nome) = match &p.nome {
            NomeParte::Denominazione(d) => (d.to_string(), String::new()),
            NomeParte::Persona { nome, cognome } => (cognome.to_string(), nome.to_string()),
        };
        Self {
            tipo: p.tipo.as_str().to_owned(),
            cognome,
            nome,
            cf: p.codice_fiscale.as_ref().map(ToString::to_string).unwrap_or_default(),
            ipa: p.codice_ipa.as_ref().map(ToString::to_string).unwrap_or_default(),
            aoo: p.codice_aoo.as_ref().map(ToString::to_string).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// What was refused in a field.
    pub(super) fn errore(&self, campo: &str) -> Option<&str> {
        self.errori.iter().find(|d| d.campo == campo).map(|d| d.testo.as_str())
    }

    pub(super) fn richiesta(&self, chi: &Chi) -> Richiesta {
        let chiesto = json!([
            self.tipo,
            self.cognome,
            self.nome,
            self.cf,
            self.ipa,
            self.aoo,
            self.pec,
            self.email,
            self.posta,
            self.fonte,
            self.comunque
        ]);
        Richiesta {
            ambito: format!("{} /rubrica", chi.attore()),
            chiave: self.chiave.chars().take(MASSIMO_CHIAVE).collect(),
            corpo_sha256: hex::encode(Sha256::digest(chiesto.to_string())),
        }
    }

    /// Who, where, and whence.
    pub(super) fn leggi(&self) -> Result<(Parte, Vec<Indirizzo>, Fonte), Vec<Difetto>> {
        let mut difetti = Vec::new();
        let parte = self.parte(&mut difetti);
        let mut indirizzi = Vec::new();
        for (tipo, testo) in [("pec", &self.pec), ("email", &self.email), ("posta", &self.posta)] {
            if !testo.trim().is_empty() {
                let letto = Indirizzo::leggi(tipo, testo);
                indirizzi.extend(letto.map_err(|e: Rifiuto| rifiuta(tipo, e, &mut difetti)));
            }
        }
        let fonte = forse("fonte", &self.fonte, &mut difetti).unwrap_or(Fonte::Scritto);
        match parte {
            Some(parte) if difetti.is_empty() => Ok((parte, indirizzi, fonte)),
            _ => Err(difetti),
        }
    }

    fn parte(&self, difetti: &mut Vec<Difetto>) -> Option<Parte> {
        let tipo = serve("tipo", &self.tipo, "Scegli se è una persona, un'azienda o un ente.", difetti);
        let nome = if tipo == Some(TipoParte::PersonaFisica) {
            let cognome = serve("cognome", &self.cognome, "Manca il cognome.", difetti);
            let nome = serve("nome", &self.nome, "Manca il nome: per una persona servono cognome e nome.", difetti);
            cognome.zip(nome).map(|(cognome, nome)| NomeParte::Persona { nome, cognome })
        } else {
            if !self.nome.trim().is_empty() {
                rifiuta("nome", "Il nome vale solo per le persone: scrivi tutto nella denominazione.", difetti);
            }
            serve("cognome", &self.cognome, "Manca la denominazione.", difetti).map(NomeParte::Denominazione)
        };
        let codice_fiscale = forse("cf", &self.cf, difetti);
        let codice_ipa = forse("ipa", &self.ipa, difetti);
        let codice_aoo = forse("aoo", &self.aoo, difetti);
        Some(Parte { tipo: tipo?, nome: nome?, codice_fiscale, codice_ipa, codice_aoo, codice_uo: None, pec: None })
    }
}

/// The kinds of soggetto to choose from.
pub(super) fn tipi() -> Vec<Scelta> {
    let tipi = [
        TipoParte::PersonaFisica,
        TipoParte::PersonaGiuridica,
        TipoParte::Amministrazione,
        TipoParte::AmministrazioneEstera,
    ];
    tipi.map(|t| Scelta { valore: t.as_str().to_owned(), testo: super::nome_tipo(t).to_owned() }).into()
}

/// The sources to choose from: a file is brought in by a command.
pub(super) fn fonti() -> Vec<Scelta> {
    let fonti = [Fonte::Scritto, Fonte::Ipa, Fonte::Inipec, Fonte::Inad, Fonte::PecRicevuta];
    fonti.map(|f| Scelta { valore: f.as_str().to_owned(), testo: nome_fonte(f).to_owned() }).into()
}
