//! Refusals of the register.

use super::stampa;
use crate::valori::{Istante, NumeroProtocollo};
use crate::{documenti, firma, segnatura, storage, titolario, utenti};
use chrono::NaiveDate;

/// Why a registration was refused. No number is used by a refusal.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// The clock is behind the last registration.
    #[error(
        "l'orologio del server ({}) è indietro rispetto all'ultima registrazione ({}): nessun numero è stato usato; \
         riprova quando l'ora è giusta o avvisa l'amministratore",
        .ora.leggibile(), .ultima.leggibile()
    )]
    OrologioIndietro {
        /// What the clock says.
        ora: Istante,
        /// When the last registration was made.
        ultima: Istante,
    },
    /// The annual register of this year says what all its registrations are.
    #[error("il registro annuale del {0} è già chiuso: nessun numero è stato dato; controlla l'orologio del server")]
    AnnoChiuso(i32),
    /// The clock is far ahead of the last registration.
    #[error(
        "l'orologio del server ({}) è avanti di oltre {} giorni rispetto all'ultima registrazione ({}): nessun numero è stato \
         usato; se l'ora è giusta il responsabile del protocollo la conferma in Registro, Orologio; altrimenti avvisa \
         l'amministratore",
        .ora.leggibile(), super::orologio::SALTO_MASSIMO.num_days(), .ultima.leggibile()
    )]
    OrologioAvanti {
        /// What the clock says.
        ora: Istante,
        /// When the last registration was made.
        ultima: Istante,
    },
    /// The tips kept apart cannot be read.
    #[error("non riesco a leggere le punte in {}: {causa}", cartella.display())]
    Punte {
        /// The folder.
        cartella: std::path::PathBuf,
        /// What the system said.
        causa: std::io::Error,
    },
    /// No copy to be recognised.
    #[error("il database contiene tutto quello che era stato scritto: non c'è nessuna copia da riconoscere")]
    CopiaRegolare,
    /// The copy itself, or the tip, knows a later number.
    #[error("l'ultimo numero dato è almeno {0:07}: risulta dal registro o dalla punta tenuta a parte")]
    UltimoNumeroBasso(i64),
    /// More numbers than a copy can have lost.
    #[error("la copia arriva al numero {noto:07}: più di {massimo} numeri perduti sono un errore di battitura")]
    TroppiNumeriPerduti {
        /// The last number that the copy knows.
        noto: i64,
        /// How many may be lost.
        massimo: i64,
    },
    /// There is nothing to confirm.
    #[error("l'orologio del server è regolare: non c'è niente da confermare")]
    OrologioRegolare,
    /// An entrata without a sender, an uscita without a recipient.
    #[error("manca {0}")]
    CorrispondenteMancante(&'static str),
    /// More than one main document, or none among several.
    #[error("serve un solo documento principale")]
    Principale,
    /// What arrived as a file, without the file.
    #[error("ciò che arriva con mezzo «{}» è un file: manca il documento", .0.as_str())]
    SenzaFile(super::Mezzo),
    /// The sender numbered it after it was registered.
    #[error("la data del protocollo del mittente ({}) è nel futuro", .0.format("%d/%m/%Y"))]
    ProtocolloFuturo(chrono::NaiveDate),
    /// An uscita without a document.
    #[error("un'uscita ha bisogno di un documento")]
    SenzaDocumento,
    /// The arrival is later than now.
    #[error("l'arrivo ({}) è nel futuro", .0.leggibile())]
    ArrivoFuturo(Istante),
    /// What is answered does not exist or may not be seen.
    #[error("la registrazione a cui si risponde non esiste o non è tra quelle che puoi vedere")]
    RispondeASconosciuta,
    /// What is annulled is not answered.
    #[error("la n. {0}/{1} è annullata: rispondi alla registrazione che la sostituisce")]
    RispondeAAnnullata(NumeroProtocollo, i32),
    /// A registration is not linked to itself.
    #[error("una registrazione non si collega a sé stessa")]
    CollegamentoASe,
    /// An answer needs two registrations in force.
    #[error("la n. {0}/{1} è annullata: si può collegare, ma non dire che risponde o che riceve risposta")]
    CollegamentoAnnullata(NumeroProtocollo, i32),
    /// The same link is there.
    #[error("questo collegamento con la n. {0}/{1} c'è già")]
    GiaCollegata(NumeroProtocollo, i32),
    /// The link was taken away before.
    #[error("questo collegamento è già stato tolto")]
    GiaScollegata,
    /// A deferral is an act made before.
    #[error("un differimento si dispone prima: può valere dal giorno in cui lo disponi, non per quelli passati")]
    DifferimentoPassato,
    /// A deferral that ends before it begins, or before it is made.
    #[error("la fine del differimento deve essere dopo l'inizio, e non ancora passata")]
    DifferimentoRovescio,
    /// A deferral without a limit.
    #[error(
        "un differimento vale al massimo {} giorni: per andare oltre se ne dispone un altro",
        super::differimento::MASSIMO_GIORNI
    )]
    DifferimentoLungo,
    /// There is no such deferral.
    #[error("questo differimento non esiste")]
    DifferimentoSconosciuto,
    /// It ended before.
    #[error("questo differimento è già finito")]
    DifferimentoChiuso,
    /// Only what comes on paper is deferred.
    #[error("il differimento vale solo per ciò che arriva su carta: sportello, posta, raccomandata o corriere")]
    DifferimentoNonCartaceo,
    /// It arrived at another time.
    #[error("il differimento non copre l'arrivo del {}", .0.leggibile())]
    DifferimentoNonCopre(Istante),
    /// Only what came on paper waits for a scan.
    #[error("si aggiunge una scansione solo a ciò che viaggia su carta: sportello, posta, raccomandata o corriere")]
    NonCartacea,
    /// A scan without bytes.
    #[error("il file della scansione è vuoto")]
    ScansioneVuota,
    /// The same file is there.
    #[error("questo file è già tra i documenti della registrazione")]
    GiaAcquisita,
    /// No registration has that many files.
    #[error("la registrazione ha già {0} file: non se ne aggiungono altri")]
    TroppiFile(usize),
    /// The list holds this kind.
    #[error("questo genere è già nell'elenco")]
    GenereEsclusoPresente,
    /// The list does not hold this kind.
    #[error("questo genere non è nell'elenco")]
    GenereEsclusoSconosciuto,
    /// No list is that long.
    #[error("l'elenco ha già {0} generi: ritirane qualcuno")]
    TroppiGeneriEsclusi(usize),
    /// It was annulled before.
    #[error("questa registrazione è già annullata, con {0}")]
    GiaAnnullata(String),
    /// The new value of a datum is the one in force.
    #[error("il nuovo valore ({0}) è uguale a quello in vigore: non c'è niente da annullare")]
    ValoreUguale(&'static str),
    /// The arrival was not typed by a person.
    #[error(
        "l'arrivo si annulla solo se l'ha scritto una persona (sportello, posta, raccomandata, corriere): quello di un messaggio o del \
         portale è certificato da chi l'ha consegnato"
    )]
    ArrivoFisso,
    /// No document is of a day to come.
    #[error("la data del documento ({}) è dopo la registrazione", .0.format("%d/%m/%Y"))]
    DocumentoFuturo(NaiveDate),
    /// All values are those in force.
    #[error("i valori scritti sono quelli in vigore: non c'è niente da modificare")]
    NienteDaVariare,
    /// A description of a file that is not there.
    #[error("la registrazione non ha un documento n. {0}")]
    DocumentoAssente(i32),
    /// A message, an istanza or a send says how it travelled.
    #[error(
        "il mezzo non si modifica: lo dicono il messaggio, l'istanza o gli invii PEC di questa registrazione, che restano come sono"
    )]
    MezzoAccertato,
    /// Whether the arrival is certified or typed by a person depends on it.
    #[error(
        "il mezzo di un'entrata si cambia solo fra quelli su carta (sportello, posta, raccomandata, corriere) o solo fra quelli          telematici (PEC, e-mail, portale, altra AOO, SDI): da uno all'altro genere cambierebbe se l'arrivo è certificato o scritto da una          persona; se è sbagliato, annulla la registrazione e registra di nuovo"
    )]
    MezzoDiAltroGenere,
    /// What travels in bytes has no scans.
    #[error(
        "alla registrazione sono state aggiunte scansioni di un documento su carta: il mezzo resta uno di quelli su carta"
    )]
    MezzoConScansioni,
    /// The same person wrote the same note.
    #[error("questa annotazione c'è già, scritta da te")]
    AnnotazionePresente,
    /// No registration has that many.
    #[error("la registrazione ha già {0} {1}: non se ne aggiungono altre")]
    TroppiAtti(usize, &'static str),
    /// It is riservata, or open, as it was asked to become.
    #[error("questa registrazione è {0}")]
    RiservatezzaUguale(&'static str),
    /// The same thing was proposed and waits.
    #[error(
        "c'è già una proposta che aspetta su questo: si può proporre ancora quando il responsabile del protocollo ha deciso"
    )]
    PropostaAperta,
    /// The RSP decided before.
    #[error("su questa proposta è già stato deciso")]
    PropostaDecisa,
    /// There is no such proposal, or its registration may not be seen.
    #[error("questa proposta non esiste o non è tra quelle che puoi vedere")]
    PropostaSconosciuta,
    /// There is no such registration, or it may not be seen.
    #[error("questa registrazione non esiste o non è tra quelle che puoi vedere")]
    Sconosciuta,
    /// Only who brings something is given a receipt.
    #[error("la ricevuta si dà di ciò che è arrivato: la registrazione {0} non è un'entrata")]
    RicevutaNonPrevista(NumeroProtocollo),
    /// A copy of this file cannot bear the segnatura.
    #[error(transparent)]
    Copia(#[from] stampa::RifiutoCopia),
    /// A page could not be written: a mistake of ours, or no memory.
    #[error("la stampa non si è potuta scrivere: {0}")]
    Stampa(std::io::Error),
    /// This segnatura is not made for such a registration.
    #[error("per la registrazione {0} non è prevista la segnatura in questo dialetto")]
    SegnaturaNonPrevista(NumeroProtocollo),
    /// The AOO has no seal.
    #[error(
        "la segnatura 3.0.0 esce solo con il sigillo dell'AOO, e l'AOO {0} non l'ha: l'amministratore lo configura con \
         `tabulario aoo sigillo`; la segnatura della Circolare 60/2013 c'è"
    )]
    SigilloMancante(String),
    /// The key of the seal is not where it was, or is another one; the reason is for the log, since it names files of the server.
    #[error(
        "il sigillo dell'AOO adesso non si può usare: avvisa l'amministratore; la segnatura della Circolare 60/2013 c'è"
    )]
    SigilloInservibile(String),
    /// The seal.
    #[error(transparent)]
    Sigillo(#[from] firma::sigillo::Errore),
    /// The segnatura we wrote is not valid: a mistake of ours, found before it left.
    #[error("errore del programma: la segnatura prodotta non è valida ({0}); nessun numero è stato usato")]
    SegnaturaNonValida(String),
    /// There is no such predisposto, or it may not be seen.
    #[error("questo predisposto non esiste o non è tra quelli che puoi vedere")]
    PredispostoSconosciuto,
    /// It was registered or thrown away in the meantime.
    #[error("questo predisposto è già stato protocollato o eliminato, o è passato ad altri: cercalo nel registro")]
    PredispostoSparito,
    /// Another version was put away in the meantime.
    #[error(
        "questo predisposto è stato salvato di nuovo dopo che l'hai aperto: riaprilo da Predisposti e rivedilo; nessun numero \
         è stato usato"
    )]
    PredispostoCambiato,
    /// What was typed is too long to be put away.
    #[error("il modulo è troppo lungo per salvarlo senza numero: al massimo {0} KiB di testo")]
    PredispostoLungo(usize),
    /// There are too many.
    #[error("hai già {0} predisposti: protocolla o elimina quelli che non servono più")]
    TroppiPredisposti(i64),
    /// Building the segnatura.
    #[error(transparent)]
    Segnatura(#[from] segnatura::Errore),
    /// The titolario.
    #[error(transparent)]
    Titolario(#[from] titolario::Errore),
    /// The store.
    #[error(transparent)]
    Documenti(#[from] documenti::Errore),
    /// Bodies, offices, people.
    #[error(transparent)]
    Utenti(#[from] utenti::Errore),
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Errore),
}

impl From<diesel::result::Error> for Errore {
    fn from(e: diesel::result::Error) -> Self {
        Self::Storage(e.into())
    }
}
