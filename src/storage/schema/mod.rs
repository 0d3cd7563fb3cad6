//! The tables, as diesel knows them: a file per module that writes them. Made by `make schema` from `migrations/`.
#![allow(missing_docs)] // The macro makes public items that no reader looks at.

mod di_audit;
mod di_conservazione;
mod di_documenti;
mod di_istanze;
mod di_pec;
mod di_registro;
mod di_scrivania;
mod di_titolario;
mod di_utenti;

pub use di_audit::*;
pub use di_conservazione::*;
pub use di_documenti::*;
pub use di_istanze::*;
pub use di_pec::*;
pub use di_registro::*;
pub use di_scrivania::*;
pub use di_titolario::*;
pub use di_utenti::*;

diesel::allow_tables_to_appear_in_same_query!(
    enti,
    aoo,
    uffici,
    utenti,
    credenziali,
    ruoli,
    applicazioni,
    revoche,
    sessioni,
    visibilita,
    risposte,
    catene,
    eventi,
    file,
    usi_file,
    titolari,
    voci,
    classificazioni,
    contatori,
    registrazioni,
    corrispondenti,
    documenti_registrati,
    segnature,
    assegnazioni,
    rapporti,
    caselle,
    messaggi,
    allegati,
    visti,
    protocolli_messaggi,
    invii,
    spedizioni,
    testi,
    contatori_fascicoli,
    fascicoli,
    fascicolazioni,
    pacchetti,
    componenti,
    versamenti,
    conservatori,
    accodati,
    riprove,
    termini,
    procedimenti,
    chiusure_procedimenti,
    istanze,
    file_istanze,
    protocolli_istanze,
    istanze_in_attesa,
    contatori_provvedimenti,
    annullamenti,
    accessi,
    ruoli_tolti,
    variazioni_uffici,
    sostituzioni,
    revoche_sostituzioni,
    dati_annullati,
    riservatezze,
    proposte_annullamento,
    decisioni_annullamento,
    collegamenti,
    scollegamenti,
    differimenti,
    chiusure_differimenti,
    registrazioni_differite,
    acquisizioni,
    generi_esclusi,
    esclusioni,
    ripristini,
    movimenti,
    pratiche,
    vicende,
    conferme_orologio,
    soggetti,
    recapiti,
    ritiri_recapiti,
    proposte_rubrica,
    decisioni_proposte,
    unioni_soggetti,
    scioglimenti_unioni,
    nomi_rubrica,
    parole_rubrica,
);
