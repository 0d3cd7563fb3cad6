//! *Registro di protocollo*: a number that is for ever (DPR 445/2000 artt. 50-57).
//!
//! [`registra`] gives number, instant, parties, subject, impronte and segnatura in one transaction with the link of the chain,
//! or nothing at all. The rows it writes never change again. What the module never does: assign (that is `scrivania`), send
//! (that is `pec`), decide who may see (that is `utenti::visibilita`, which every query here joins).

mod acquisizione;
mod annotazione;
mod annullamento;
mod carico;
pub mod chiusura;
mod collegamento;
mod contatore;
mod continuita;
mod dato;
mod differimento;
mod duplicato;
pub mod emergenza;
mod errore;
mod escluso;
pub mod etichetta;
pub mod gruppo;
pub mod ipa;
mod leggibile;
mod lettura;
mod nuova;
pub mod orologio;
mod predisposto;
mod proposta;
mod provvedimento;
mod registra;
mod ricevuta;
mod righe;
pub mod ripristino;
mod riservatezza;
pub mod rubrica;
mod sigillatura;
mod sigillo;
pub mod stampa;
mod timbro;
mod uscita;
mod valore;
mod variazione;

pub use acquisizione::{Acquisita, Scansione, acquisisci};
pub use annotazione::{Annotazione, annota, annotazioni};
pub use annullamento::{Annullamento, annulla};
pub use collegamento::{Altra, Collegamento, Relazione, Specie, collega, collegamenti, scollega};
pub use continuita::{aoo_di, buchi, numero_di, usano};
pub use dato::{DatoAnnullato, Provvedimento, Rettifica, annulla_dato};
pub use differimento::{
    Differimento, MASSIMO_GIORNI as MASSIMO_GIORNI_DIFFERIMENTO, NuovoDifferimento, chiudi_differimento, differimenti,
    differimento, differimento_di, differisci, registra_differita,
};
pub use duplicato::{Duplicato, Indizi, Somiglianza, duplicati};
pub use errore::Errore;
pub use escluso::{GenereEscluso, cambia_genere_escluso, generi_esclusi};
pub use leggibile::SegnaturaLeggibile;
pub use lettura::{
    DocumentoRegistrato, Registrazione, VoceRegistro, identificatore, nel_fascicolo, pagina_di_registro, per_id,
    per_ids, per_numeri, per_numero, quante_nel_fascicolo, risposte, segnatura_xml, ultime, vede, visibile, visibili,
};
pub use nuova::{
    Corrispondente, Documento, Flusso, Mezzo, Nuova, ProtocolloMittente, RuoloCorrispondente, RuoloDocumento,
};
pub use predisposto::{
    FilePredisposto, Predisposto, PredispostoLetto, Preparata, predisponi, predisposti, predisposto, predisposto_letto,
    togli_predisposto,
};
pub use proposta::{Decisione, Proposta, accogli, in_attesa, proponi, proposte, respingi};
pub use provvedimento::{Disposizione, e_provvedimento, provvedimenti, provvedimento};
pub use registra::{Registrata, registra, registra_recuperata};
pub use ricevuta::{DocumentoRicevuto, Ricevuta};
pub use riservatezza::{Riservatezza, aperti, riserva, riservata, riservatezze};
pub use sigillatura::segnatura_sigillata;
pub use sigillo::{ChiaveAperta, Sigillo, configura_sigillo, sigillo};
pub use timbro::{MASSIMO_TIMBRO_BYTE, Provenienza, timbra};
pub use valore::{Campo, Valore, a_mano};
pub use variazione::{DatoVariato, Origine, Variabile, varia};

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: carico::ATTO, ricalcola: carico::ricalcola, conta: carico::conta },
    Atto { tipo: chiusura::ATTO, ricalcola: chiusura::ricalcola, conta: chiusura::conta },
    Atto { tipo: ripristino::ATTO, ricalcola: ripristino::ricalcola, conta: ripristino::conta },
    Atto { tipo: orologio::ATTO, ricalcola: orologio::ricalcola, conta: orologio::conta },
    Atto { tipo: annullamento::ATTO, ricalcola: annullamento::ricalcola, conta: annullamento::conta },
    Atto { tipo: dato::ATTO, ricalcola: dato::ricalcola, conta: dato::conta },
    Atto { tipo: proposta::ATTO, ricalcola: proposta::ricalcola, conta: proposta::conta },
    Atto { tipo: proposta::DECISIONE, ricalcola: proposta::ricalcola_decisioni, conta: proposta::conta_decisioni },
    Atto { tipo: riservatezza::ATTO, ricalcola: riservatezza::ricalcola, conta: riservatezza::conta },
    Atto { tipo: variazione::ATTO, ricalcola: variazione::ricalcola, conta: variazione::conta },
    Atto { tipo: annotazione::ATTO, ricalcola: annotazione::ricalcola, conta: annotazione::conta },
    Atto { tipo: collegamento::ATTO, ricalcola: collegamento::ricalcola, conta: collegamento::conta },
    Atto { tipo: collegamento::ATTO_TOLTO, ricalcola: collegamento::ricalcola_tolti, conta: collegamento::conta_tolti },
    Atto { tipo: acquisizione::ATTO, ricalcola: acquisizione::ricalcola, conta: acquisizione::conta },
    Atto { tipo: escluso::ATTO, ricalcola: escluso::ricalcola, conta: escluso::conta },
    Atto { tipo: differimento::ATTO, ricalcola: differimento::ricalcola, conta: differimento::conta },
    Atto {
        tipo: differimento::ATTO_CHIUSO,
        ricalcola: differimento::ricalcola_chiusi,
        conta: differimento::conta_chiusi,
    },
    Atto { tipo: sigillo::ATTO, ricalcola: sigillo::ricalcola, conta: sigillo::conta },
    Atto { tipo: sigillatura::ATTO, ricalcola: sigillatura::ricalcola, conta: sigillatura::conta },
    Atto { tipo: differimento::ATTO_USATO, ricalcola: differimento::ricalcola_usati, conta: differimento::conta_usati },
];
