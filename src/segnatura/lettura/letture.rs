//! What was read, as strings: nothing here is known to be right.

use super::impronta::Algoritmo;
use super::{Dialetto, Rilievi, Tipo};
use crate::segnatura::Identificatore;
use crate::valori::Impronta;

/// Of a seal that nobody has judged.
pub(super) const SIGILLO_DA_GIUDICARE: &str = "Il sigillo della segnatura c'è, ma non è stato verificato.";

/// A segnatura or a return message as it was read. Serialized, it is the object of `tabulario segnatura --json`.
#[derive(Debug, Clone, Default)]
pub struct Lettura {
    /// Which of the five messages; `None` if it is none of them.
    pub tipo: Option<Tipo>,
    /// In which dialect; `None` if it is no message at all.
    pub dialetto: Option<Dialetto>,
    /// Structurally valid for its dialect.
    pub valida: bool,
    /// Registration of the message; in a `conferma`, that of who received it.
    pub identificatore: Option<IdentificatoreLetto>,
    /// The first registration of a message sent on.
    pub prima_registrazione: Option<IdentificatoreLetto>,
    /// Time of the registration, as written.
    pub ora: Option<String>,
    /// What it is about.
    pub oggetto: Option<String>,
    /// Who writes.
    pub mittente: Option<SoggettoLetto>,
    /// To whom, in order; those `per_conoscenza` too.
    pub destinatari: Vec<DestinatarioLetto>,
    /// Where return messages go, if not to the sender's address.
    pub risposta: Option<String>,
    /// The sender asks at least one recipient for a `ConfermaRicezione`.
    pub conferma_richiesta: bool,
    /// The sender asks for restricted treatment.
    pub riservato: bool,
    /// Places in the sender's titolario.
    pub classifiche: Vec<ClassificaLetta>,
    /// Code or name of the sender's fascicolo (3.0.0).
    pub fascicolo: Option<String>,
    /// Notes of the sender.
    pub note: Vec<String>,
    /// Messages, contexts and procedimenti that it refers to.
    pub riferimenti: Vec<RiferimentoLetto>,
    /// The documents; the first with role `principale`.
    pub documenti: Vec<DocumentoLetto>,
    /// The message that a return message answers.
    pub messaggio_ricevuto: Option<RiferimentoLetto>,
    /// Why, in an `eccezione` or `annullamento`.
    pub motivo: Option<String>,
    /// By which act, in an `annullamento`.
    pub provvedimento: Option<String>,
    /// The seal (3.0.0).
    pub sigillo: Option<Sigillo>,
    /// Whose the seal is, as its certificate says; `None` also if it is broken.
    pub titolare: Option<String>,
    /// Whether the seal is of the body whose IPA code the segnatura claims. `Some(true)` only of one that holds and says that code;
    /// `None`: it does not say, or there is none.
    pub codice_confermato: Option<bool>,
    /// Everything that is not as it should be, in Italian sentences.
    pub rilievi: Vec<String>,
    /// Of these, what makes the message another than the one that was sent: files altered or missing ([`Lettura::confronta`]).
    pub mancanze: Vec<String>,
}

/// An `Identificatore` as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentificatoreLetto {
    /// `CodiceAmministrazione`.
    pub amministrazione: Option<String>,
    /// `CodiceAOO`.
    pub aoo: Option<String>,
    /// `CodiceRegistro`, which older messages leave out.
    pub registro: Option<String>,
    /// `NumeroRegistrazione`.
    pub numero: Option<String>,
    /// `DataRegistrazione`.
    pub data: Option<String>,
}

impl IdentificatoreLetto {
    /// The same as values, if each is right.
    #[must_use]
    pub fn valori(&self) -> Option<Identificatore> {
        Some(Identificatore {
            codice_amministrazione: self.amministrazione.as_ref()?.parse().ok()?,
            codice_aoo: self.aoo.as_ref()?.parse().ok()?,
            registro: self.registro.as_ref()?.parse().ok()?,
            numero: self.numero.as_ref()?.parse().ok()?,
            data: self.data.as_ref()?.parse().ok()?,
        })
    }

    /// The line of segnatura, with nothing where a part is missing.
    #[must_use]
    pub fn linea(&self) -> String {
        let parti = [&self.amministrazione, &self.aoo, &self.registro, &self.data, &self.numero];
        parti.map(|p| p.as_deref().unwrap_or("")).join("/")
    }
}

/// A sender or recipient as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SoggettoLetto {
    /// Name of the body, company or, if nothing else, of the person.
    pub denominazione: Option<String>,
    /// IPA code of the body.
    pub codice_amministrazione: Option<String>,
    /// Name of the AOO.
    pub aoo: Option<String>,
    /// Code of the AOO.
    pub codice_aoo: Option<String>,
    /// Names of the offices, outermost first.
    pub uffici: Vec<String>,
    /// Names of people.
    pub persone: Vec<String>,
    /// Codice fiscale or partita IVA, of the person or company.
    pub codice_fiscale: Option<String>,
    /// PEC or mail address.
    pub indirizzo: Option<String>,
    /// Postal address in one line.
    pub indirizzo_postale: Option<String>,
}

/// A recipient as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DestinatarioLetto {
    /// Who.
    pub soggetto: SoggettoLetto,
    /// For information only.
    pub per_conoscenza: bool,
    /// The sender asks this one for a `ConfermaRicezione`.
    pub conferma_richiesta: bool,
}

/// A `Classifica` as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassificaLetta {
    /// Name of the voce.
    pub denominazione: Option<String>,
    /// Its levels, outermost first.
    pub livelli: Vec<String>,
}

/// What a message refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RiferimentoLetto {
    /// A registered message.
    Registrato(IdentificatoreLetto),
    /// A message, context or procedimento that is only described.
    Descritto(String),
}

impl RiferimentoLetto {
    /// The line of segnatura, or the description.
    #[must_use]
    pub fn testo(&self) -> String {
        match self {
            Self::Registrato(identificatore) => identificatore.linea(),
            Self::Descritto(testo) => testo.clone(),
        }
    }
}

/// A document as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentoLetto {
    /// File name; the body of the mail has none.
    pub nome: Option<String>,
    /// Main or not.
    pub ruolo: Ruolo,
    /// Media type.
    pub tipo_mime: Option<String>,
    /// Title or description.
    pub titolo: Option<String>,
    /// Digest, as written (base64).
    pub impronta: Option<String>,
    /// Its algorithm: as written, or the one that the dialect means; `None` without a digest.
    pub algoritmo: Option<String>,
    /// It travels in the same message: it is neither on paper nor to be fetched elsewhere.
    pub con_il_messaggio: bool,
    /// Names of the files that hold its signatures, seals and timestamps, if they stand apart (3.0.0).
    pub staccate: Vec<String>,
}

impl DocumentoLetto {
    /// The digest, if it is a SHA-256 in base64 or hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> Option<Impronta> {
        let nome = self.algoritmo.as_deref().unwrap_or("SHA-256");
        let algoritmo = Algoritmo::con_nome(nome).filter(|a| *a == Algoritmo::Sha256)?;
        hex::encode(algoritmo.leggi(self.impronta.as_ref()?)?).parse().ok()
    }
}

/// Whether a document is the one registered or comes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruolo {
    /// The document itself.
    Principale,
    /// An attachment.
    Allegato,
}

/// The seal of a 3.0.0 segnatura, in the words of ETSI EN 319 102-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sigillo {
    /// It holds, and whoever made it is known.
    Valido,
    /// Not proved either way, or not judged yet.
    Indeterminato,
    /// It is broken, or what it sealed is not this.
    NonValido,
}

impl Sigillo {
    /// `TOTAL-PASSED`, `INDETERMINATE`, `TOTAL-FAILED`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valido => "TOTAL-PASSED",
            Self::Indeterminato => "INDETERMINATE",
            Self::NonValido => "TOTAL-FAILED",
        }
    }
}

impl SoggettoLetto {
    /// The best name there is: of the body or company, else of a person, else the address.
    #[must_use]
    pub fn nome(&self) -> Option<&str> {
        let nomi = [self.denominazione.as_ref(), self.persone.first(), self.aoo.as_ref(), self.indirizzo.as_ref()];
        nomi.into_iter().flatten().next().map(String::as_str)
    }
}

impl Lettura {
    /// Says what a verifier of signatures found of the seal, with its reasons, which come first among the `rilievi`.
    pub fn giudica_sigillo(&mut self, sigillo: Sigillo, frasi: &[String]) {
        self.sigillo = Some(sigillo);
        self.rilievi.retain(|r| r != SIGILLO_DA_GIUDICARE);
        self.premetti(frasi);
    }

    /// The IPA codes that it claims for the body that writes.
    pub fn codici_dichiarati(&self) -> impl Iterator<Item = &str> {
        let registrato = self.identificatore.as_ref().and_then(|i| i.amministrazione.as_deref());
        let scrive = self.mittente.as_ref().and_then(|m| m.codice_amministrazione.as_deref());
        registrato.into_iter().chain(scrive).map(str::trim).filter(|codice| !codice.is_empty())
    }

    /// Puts these sentences before those that were already said, so that many small faults cannot hide a great one.
    pub(super) fn premetti(&mut self, frasi: &[String]) {
        let mut rilievi = Rilievi::default();
        frasi.iter().chain(&self.rilievi).for_each(|f| rilievi.push(f.as_str()));
        self.rilievi = rilievi.into_vec();
    }

    /// The one message that this one is about: for a segnatura what it answers, for a return message the one received,
    /// for an `annullamento` the registration annulled. A line of segnatura, or a description.
    #[must_use]
    pub fn si_riferisce_a(&self) -> Option<String> {
        let altro = match self.tipo? {
            Tipo::Segnatura => self.riferimenti.first(),
            Tipo::Annullamento => return self.identificatore.as_ref().map(IdentificatoreLetto::linea),
            Tipo::Conferma | Tipo::Eccezione | Tipo::Aggiornamento => self.messaggio_ricevuto.as_ref(),
        };
        altro.map(RiferimentoLetto::testo)
    }
}
