//! *Mappa*: what is agreed with the conservator for an AOO; no name of a type is in the code.

use super::Errore;
use crate::registro::Flusso;
use crate::valori::CodiceRegistro;
use figment::Figment;
use figment::error::Kind;
use figment::providers::{Format, Toml};
use serde::Deserialize;

/// The names and fixed values agreed with a SACER conservator. The keys are those of the file, in Italian.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mappa {
    #[serde(skip)]
    testo: String,
    /// Version of the service.
    pub versione: String,
    /// `Ambiente` of the producer.
    pub ambiente: String,
    /// `Ente`; the IPA code of the body if absent.
    pub ente: Option<String>,
    /// `Struttura`; the code of the AOO if absent.
    pub struttura: Option<String>,
    /// `TipoRegistro`; the code of the register if absent.
    pub registro: Option<String>,
    /// `UserID`; its password is never here.
    pub utente: String,
    /// `TipoConservazione`.
    pub tipo_conservazione: TipoConservazione,
    /// `VersioneDatiSpecifici`.
    pub dati_specifici: String,
    /// `TipologiaUnitaDocumentaria` by direction.
    pub unita_documentaria: TipiUnita,
    /// `TipoDocumento` and what is inside documents.
    pub documento: TipiDocumento,
    /// The daily register; without it the registers wait until a map has it.
    pub registro_giornaliero: Option<TipiRegistro>,
    /// The annual register.
    pub registro_annuale: Option<TipiRegistro>,
}

/// Kinds of deposit that a protocol office makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum TipoConservazione {
    /// For good.
    #[serde(rename = "SOSTITUTIVA")]
    Sostitutiva,
    /// In advance, while the fascicolo is open.
    #[serde(rename = "VERSAMENTO_ANTICIPATO")]
    VersamentoAnticipato,
}

impl TipoConservazione {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sostitutiva => "SOSTITUTIVA",
            Self::VersamentoAnticipato => "VERSAMENTO_ANTICIPATO",
        }
    }
}

/// Kinds of *unità documentaria*.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TipiUnita {
    /// Of an entrata.
    pub entrata: String,
    /// Of an uscita.
    pub uscita: String,
    /// Of what stays between offices.
    pub interna: String,
}

/// Kinds of document, and of what a document is made of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TipiDocumento {
    /// The main one.
    pub principale: String,
    /// What comes with it.
    pub allegato: String,
    /// Our `Segnatura.xml`.
    pub segnatura: String,
    /// `TipoStruttura`.
    pub struttura: String,
    /// `TipoComponente`.
    pub componente: String,
}

/// How a register is deposited: a unit of its own, in a register of registers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TipiRegistro {
    /// `TipoRegistro`.
    pub registro: String,
    /// `TipologiaUnitaDocumentaria`.
    pub unita_documentaria: String,
    /// `TipoDocumento` of the PDF/A.
    pub principale: String,
    /// `TipoDocumento` of its XML twin.
    pub allegato: String,
}

/// The map of the demo, `config/mappa-sacer.toml`: a model for the agreement of others.
pub const PREDEFINITA: &str = include_str!("../../config/mappa-sacer.toml");

/// Versions of the service in which every element that we write exists.
const VERSIONI: &[&str] = &["1.4", "1.5"];
/// Longest name of a type or of a subject of the contract, in characters.
const MASSIMO_NOME: usize = 100;
/// Longest name of a register: with year and number the conservator takes 100 characters.
const MASSIMO_REGISTRO: usize = 80;

impl Mappa {
    /// Reads a map in TOML.
    ///
    /// # Errors
    /// If a key is missing, unknown, or its value is not one that the contract takes; the text names the key.
    pub fn leggi(testo: &str) -> Result<Self, Errore> {
        let mappa: Self = Figment::from(Toml::string(testo)).extract().map_err(|e| Errore::Mappa(spiega(e)))?;
        if !VERSIONI.contains(&mappa.versione.as_str()) {
            return Err(no("versione", &mappa.versione, &format!("vale {}", VERSIONI.join(" oppure "))));
        }
        for (chiave, nome) in mappa.nomi() {
            let lungo = nome.chars().count() > MASSIMO_NOME;
            if nome.is_empty() || nome.trim() != nome || lungo || nome.chars().any(char::is_control) {
                let regola =
                    format!("servono da 1 a {MASSIMO_NOME} caratteri su una riga, senza spazi in testa o in coda");
                return Err(no(chiave, nome, &regola));
            }
        }
        // What stands in a key for ever is plain: the conservator turns the rest into other characters.
        let semplice = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '_' | '-');
        let dei_registri = mappa.registro_giornaliero.iter().chain(&mappa.registro_annuale).map(|r| &r.registro);
        for registro in mappa.registro.iter().chain(dei_registri) {
            if registro.len() <= MASSIMO_REGISTRO && registro.chars().all(semplice) {
                continue;
            }
            let regola = format!(
                "servono al massimo {MASSIMO_REGISTRO} caratteri fra lettere non accentate, cifre, spazio, punto, trattino e \
                 trattino basso"
            );
            return Err(no("registro", registro, &regola));
        }
        Ok(Self { testo: testo.to_owned(), ..mappa })
    }

    /// The text that was read.
    #[must_use]
    pub fn testo(&self) -> &str {
        &self.testo
    }

    /// Every name with its key.
    fn nomi(&self) -> Vec<(&'static str, &str)> {
        let (unita, documento) = (&self.unita_documentaria, &self.documento);
        let sempre = [
            ("ambiente", self.ambiente.as_str()),
            ("utente", &self.utente),
            ("dati_specifici", &self.dati_specifici),
            ("unita_documentaria.entrata", &unita.entrata),
            ("unita_documentaria.uscita", &unita.uscita),
            ("unita_documentaria.interna", &unita.interna),
            ("documento.principale", &documento.principale),
            ("documento.allegato", &documento.allegato),
            ("documento.segnatura", &documento.segnatura),
            ("documento.struttura", &documento.struttura),
            ("documento.componente", &documento.componente),
        ];
        let forse = [("ente", &self.ente), ("struttura", &self.struttura), ("registro", &self.registro)];
        let forse = forse.into_iter().filter_map(|(chiave, nome)| Some((chiave, nome.as_deref()?)));
        let registri = self.registro_giornaliero.iter().chain(&self.registro_annuale).flat_map(|r| {
            [
                ("registro_….unita_documentaria", r.unita_documentaria.as_str()),
                ("registro_….principale", &r.principale),
                ("registro_….allegato", &r.allegato),
                ("registro_….registro", &r.registro),
            ]
        });
        sempre.into_iter().chain(forse).chain(registri).collect()
    }

    /// The map of the demo.
    ///
    /// # Errors
    /// If the one in the program cannot be read: never, in a program that passed its tests.
    pub fn predefinita() -> Result<Self, Errore> {
        Self::leggi(PREDEFINITA)
    }

    /// `TipoRegistro` of a register of ours.
    #[must_use]
    pub fn registro(&self, codice: &CodiceRegistro) -> String {
        self.registro.clone().unwrap_or_else(|| codice.to_string())
    }

    /// The kind of an *unità documentaria*.
    #[must_use]
    pub fn tipo_unita(&self, flusso: Flusso) -> &str {
        match flusso {
            Flusso::Entrata => &self.unita_documentaria.entrata,
            Flusso::Uscita => &self.unita_documentaria.uscita,
            Flusso::Interna => &self.unita_documentaria.interna,
        }
    }
}

fn no(chiave: &str, valore: &str, regola: &str) -> Errore {
    Errore::Mappa(format!("{chiave} = «{valore}»: {regola}"))
}

/// The reader's own words are English.
fn spiega(e: figment::Error) -> String {
    let dentro = |nome: &str| e.path.iter().map(String::as_str).chain([nome]).collect::<Vec<_>>().join(".");
    let qui = || e.path.join(".");
    match &e.kind {
        Kind::MissingField(nome) => format!("manca la chiave «{}»", dentro(nome)),
        Kind::UnknownField(_, ammesse) => {
            format!("la chiave «{}» non esiste; qui valgono: {}", qui(), ammesse.join(", "))
        }
        Kind::UnknownVariant(valore, ammessi) => format!("{} = «{valore}»: vale {}", qui(), ammessi.join(" oppure ")),
        Kind::InvalidType(..) if e.path.is_empty() => "serve un testo TOML con le chiavi della mappa".to_owned(),
        Kind::InvalidType(..) | Kind::InvalidValue(..) => format!("{}: serve un testo fra virgolette", qui()),
        altro => {
            let prima_riga = altro.to_string().lines().next().unwrap_or_default().to_owned();
            let dove = prima_riga.replace("TOML parse error at line", "riga").replace("column", "colonna");
            format!("il testo non è TOML ({dove})")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_map_says_which_key() {
        assert_eq!(Mappa::predefinita().unwrap().testo(), PREDEFINITA);
        let lungo = format!("allegato = \"{}\"", "a".repeat(101));
        for (prima, dopo, atteso) in [
            ("ambiente = \"PROVA\"", "", &["manca", "«ambiente»"][..]),
            ("ambiente = \"PROVA\"", "ambiente = \" \"", &["ambiente = « »", "da 1 a 100"]),
            ("ambiente = \"PROVA\"", "ambiente = \"A \"", &["ambiente = «A »", "spazi"]),
            ("ambiente = \"PROVA\"", "ambiente = 5", &["ambiente", "virgolette"]),
            ("uscita = ", "partenza = ", &["«unita_documentaria.partenza»", "non esiste", "entrata, uscita, interna"]),
            ("uscita = \"DOCUMENTO PROTOCOLLATO IN USCITA\"", "", &["manca", "«unita_documentaria.uscita»"]),
            ("[documento]", "[documento", &["non è TOML (riga 21, colonna 11)"]),
            ("allegato = \"ALLEGATO\"", &lungo, &["documento.allegato", "da 1 a 100"]),
            ("\"SOSTITUTIVA\"", "\"FISCALE\"", &["tipo_conservazione = «FISCALE»", "SOSTITUTIVA oppure"]),
            ("versione = \"1.5\"", "versione = \"1.3\"", &["versione = «1.3»", "1.4 oppure 1.5"]),
            ("versione = \"1.5\"", "versione = \"1.5\"\nparola = \"x\"", &["«parola»", "non esiste"]),
            ("versione = \"1.5\"", "versione = \"1.5\"\nregistro = \"Città\"", &["registro = «Città»", "accentate"]),
            ("versione = \"1.5\"", "versione = \"1.5\"\ntesto = \"x\"", &["«testo»", "non esiste"]),
        ] {
            assert!(PREDEFINITA.contains(prima), "{prima}");
            let errore = Mappa::leggi(&PREDEFINITA.replacen(prima, dopo, 1)).unwrap_err().to_string();
            assert!(atteso.iter().all(|a| errore.contains(a)), "{dopo}: {errore}");
        }
    }
}
