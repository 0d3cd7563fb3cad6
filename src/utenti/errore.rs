//! Refusals about bodies, offices, people and applications.

use super::{sostituzione, visione};
use crate::storage;
use crate::valori::Istante;
use chrono::NaiveDate;

/// Why something about bodies, offices, people or applications was refused.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// No AOO has this code (or more than one has, in different bodies).
    #[error("nessuna AOO ha il codice {0}: `tabulario aoo elenca` mostra quelle che ci sono")]
    AooSconosciuta(String),
    /// No office of the AOO has this code.
    #[error("nessun ufficio dell'AOO ha il codice {0}")]
    UfficioSconosciuto(String),
    /// A file that holds a secret cannot be used.
    #[error("il file {}: {causa}", file.display())]
    Segreto {
        /// The file.
        file: std::path::PathBuf,
        /// What is wrong with it.
        causa: String,
    },
    /// The office is closed.
    #[error("l'ufficio {codice} è chiuso dal {}: scegline uno aperto", .il.leggibile())]
    UfficioChiuso {
        /// Its code.
        codice: String,
        /// Since when.
        il: Istante,
    },
    /// An office that would stand below itself.
    #[error("{quale} non può stare sotto {sotto}: {sotto} dipende già da {quale}")]
    UfficioSottoSeStesso {
        /// The office that is moved.
        quale: String,
        /// The one it was to stand under.
        sotto: String,
    },
    /// An office above others that are open.
    #[error("sotto l'ufficio {codice} ci sono uffici aperti ({sotto}): prima spostali o chiudili")]
    UfficiSotto {
        /// Its code.
        codice: String,
        /// The codes of those below.
        sotto: String,
    },
    /// A role that the person does not have.
    #[error("questa persona non ha il ruolo {ruolo} nell'ufficio {ufficio}")]
    RuoloAssente {
        /// The role.
        ruolo: &'static str,
        /// The code of the office.
        ufficio: String,
    },
    /// Whoever gives a role gives it to themselves.
    #[error(
        "non puoi affidare un ruolo a te né a chi sostituisci: lo fa un'altra persona, o il comando `tabulario utente ruolo`"
    )]
    RuoloASe,
    /// Whoever moves an office under one that they answer for would see what it has.
    #[error(
        "rispondi tu, o chi sostituisci, dell'ufficio {0}: un altro sotto di esso lo sposta un'altra persona, o il comando `tabulario ufficio sposta`"
    )]
    UfficioSottoDiSe(String),
    /// A user name that is none.
    #[error("il nome utente ha da 1 a 100 caratteri fra lettere, cifre e . - _ @ + ', senza spazi")]
    NomeUtente,
    /// A person who would stand in for themselves.
    #[error("una persona non sostituisce se stessa: scegli un altro sostituto")]
    SostitutoDiSe,
    /// Whoever records for another names themselves.
    #[error("non puoi nominare te come sostituto di un altro: lo registra il titolare o un'altra persona")]
    SostitutoDaSe,
    /// A sostituto who names a sostituto.
    #[error("chi opera per conto di un altro non nomina sostituti: torna a operare per te")]
    SostitutoNonDelega,
    /// A sostituto who would act with what they gave themselves, through the titolare.
    #[error(
        "{0} ha affidato un ruolo a chi sostituirebbe, o ha spostato un ufficio sotto il suo: scegli un altro sostituto, o usa il comando `tabulario utente sostituzione`"
    )]
    SostitutoCheAffida(String),
    /// More than anybody needs.
    #[error("{0} ha già {massime} sostituzioni in vigore o da cominciare: revocane una", massime = sostituzione::MASSIME)]
    TroppeSostituzioni(String),
    /// A period that is none, or over.
    #[error("il periodo non va bene: l'ultimo giorno non può venire prima del primo né essere già passato")]
    Periodo,
    /// Somebody who has no role in the AOO, or is kept out.
    #[error("{0} non ha ruoli in questa AOO o non può entrare: serve una persona che ci lavora")]
    SenzaRuolo(String),
    /// No such substitution, or not in force.
    #[error("questa sostituzione non c'è o non è in vigore")]
    SostituzioneSconosciuta,
    /// A sight that would be over already.
    #[error("l'ultimo giorno della visione è già passato: scegline uno da oggi in poi")]
    VisionePassata,
    /// Whoever gives a sight gives it to themselves.
    #[error("non puoi concedere una visione a te né a chi sostituisci: la concede un'altra persona")]
    VisioneASe,
    /// Who keeps the machines is shown no document.
    #[error(
        "{0} qui ha solo il ruolo di amministratore, che non vede documenti: concedi la visione a un'altra persona"
    )]
    VisioneSenzaDocumenti(String),
    /// More than can be looked up at every request.
    #[error(
        "ci sono già {} visioni in vigore per questa persona o su questa registrazione: revocane una che non serve più, o affida un ruolo",
        visione::MASSIME
    )]
    TroppeVisioni,
    /// No such sight of this registration.
    #[error("questa visione non c'è")]
    VisioneSconosciuta,
    /// A sight that is over cannot be taken back.
    #[error("questa visione è finita il {}: non c'è niente da revocare", .0.format("%d/%m/%Y"))]
    VisioneFinita(NaiveDate),
    /// Something with this name is already there.
    #[error("{che} «{nome}» c'è già")]
    GiaPresente {
        /// What, in Italian, with its article.
        che: &'static str,
        /// Its name or code.
        nome: String,
    },
    /// The token is not one of ours, or was revoked.
    #[error("gettone sconosciuto o revocato")]
    GettoneSconosciuto,
    /// User name and password do not match.
    #[error("nome utente o password non corretti")]
    CredenzialiErrate,
    /// The cookie opens nothing.
    #[error("non sei dentro: entra con nome utente e password")]
    SessioneAssente,
    /// The session is over, since then.
    #[error("sei uscito per inattività il {}", .0.leggibile())]
    SessioneScaduta(Istante),
    /// A password that is too short or too long.
    #[error("la password deve avere da 12 a 200 caratteri")]
    PasswordDebole,
    /// The machinery that keeps passwords failed.
    #[error("non riesco a proteggere la password: {0}")]
    Argon2(String),
    /// An idempotency key was used before for another request.
    #[error("la chiave di idempotenza è già stata usata per una richiesta diversa")]
    ChiaveRiusata,
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Errore),
}

impl From<diesel::result::Error> for Errore {
    fn from(e: diesel::result::Error) -> Self {
        Self::Storage(e.into())
    }
}
