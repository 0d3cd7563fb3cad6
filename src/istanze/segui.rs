//! An istanza as its author follows it.

use super::istanza::Riga;
use super::{CodiceIstanza, Errore, Sottoscrizione, procedimento};
use crate::registro::{self, Corrispondente, Flusso, Registrazione, RuoloCorrispondente};
use crate::scrivania::{self, Termine};
use crate::storage::Conn;
use crate::storage::schema::{istanze, protocolli_istanze};
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Aoo};
use crate::valori::{Istante, RegistrazioneId};
use diesel::prelude::*;

/// What the author of an istanza is told.
pub struct Seguito {
    /// Whom it was submitted to.
    pub aoo: Aoo,
    /// What for.
    pub procedimento: String,
    /// Who submitted it.
    pub richiedente: String,
    /// About what.
    pub oggetto: String,
    /// When.
    pub presentata: Istante,
    /// Whether anybody signed it.
    pub sottoscrizione: Sottoscrizione,
    /// The office that has it now, or will have it.
    pub ufficio: String,
    /// Where the answer goes, so that its author sees a mistake.
    pub indirizzo: String,
    /// Its registration; none while the number follows.
    pub registrazione: Option<Registrazione>,
    /// By when the office must answer; none while the number follows.
    pub termine: Option<Termine>,
    /// What the office wrote back to its author, oldest first.
    pub risposte: Vec<Registrazione>,
}

/// The istanza with this code.
///
/// # Errors
/// `Sconosciuta` if there is none.
pub fn segui(conn: &mut Conn, codice: &CodiceIstanza) -> Result<Seguito, Errore> {
    let trovata: Option<(Riga, Option<String>)> = istanze::table
        .left_join(protocolli_istanze::table.on(protocolli_istanze::istanza_id.eq(istanze::id)))
        .filter(istanze::codice_sha256.eq(codice.sha256()))
        // The newest, if the first was annulled.
        .order(protocolli_istanze::registrazione_id.desc())
        .select((Riga::as_select(), protocolli_istanze::registrazione_id.nullable()))
        .first(conn)
        .optional()?;
    let (riga, registrazione) = trovata.ok_or(Errore::Sconosciuta)?;
    let procedimento = procedimento::per_id(conn, &riga.procedimento_id)?;
    let aoo = utenti::aoo(conn, procedimento.aoo)?;
    // The code opens this istanza only: what is read here is never shown whole.
    let vista = Vista::Intera(aoo.id);
    let id: Option<RegistrazioneId> = registrazione
        .map(|r| r.parse())
        .transpose()
        .map_err(|e| crate::storage::Errore::riga("protocolli_istanze", e))?;
    let mut seguito = Seguito {
        procedimento: procedimento.denominazione.to_string(),
        richiedente: format!("{} {}", riga.nome, riga.cognome),
        oggetto: riga.oggetto,
        presentata: Istante::from_utc(riga.presentata),
        sottoscrizione: riga.sottoscrizione.parse()?,
        ufficio: utenti::ufficio(conn, procedimento.ufficio)?.denominazione.to_string(),
        indirizzo: riga.indirizzo.clone(),
        registrazione: None,
        termine: None,
        risposte: Vec::new(),
        aoo,
    };
    if let Some(id) = id {
        seguito.registrazione = Some(registro::per_id(conn, &vista, id)?);
        seguito.termine = scrivania::termine(conn, id)?;
        let risposte = registro::risposte(conn, &vista, id)?;
        seguito.risposte =
            risposte.into_iter().filter(|r| e_per(r, &seguito.indirizzo, &riga.codice_fiscale)).collect();
        if let Some(a) = scrivania::corrente(&scrivania::per_registrazione(conn, id)?) {
            seguito.ufficio.clone_from(&a.denominazione);
        }
    }
    Ok(seguito)
}

/// True if a registration is an answer in force to this person: a letter to others, or one that was annulled, is none of theirs.
fn e_per(r: &Registrazione, indirizzo: &str, codice_fiscale: &str) -> bool {
    let suo = |c: &Corrispondente| {
        c.ruolo == RuoloCorrispondente::Destinatario
            && (c.parte.pec.as_ref().is_some_and(|p| p.as_str().eq_ignore_ascii_case(indirizzo))
                || c.parte.codice_fiscale.as_ref().is_some_and(|cf| cf.as_str().eq_ignore_ascii_case(codice_fiscale)))
    };
    r.flusso == Flusso::Uscita && r.annullamento.is_none() && r.corrispondenti.iter().any(suo)
}
