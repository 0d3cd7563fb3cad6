//! What a registration says on paper: who has it and by when are known here, the register draws it.

use super::{Assegnazione, Errore, Stato, assegnazione, corrente, termine};
use crate::registro::{
    self, DocumentoRicevuto, Flusso, Registrazione, Ricevuta, RuoloCorrispondente, SegnaturaLeggibile,
};
use crate::storage::Conn;
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, RegistrazioneId};
use crate::{titolario, utenti};

/// The segnatura of these registrations as people read it: those that may be seen, in the order in which they are asked.
///
/// # Errors
/// Those of the database.
pub fn segnature(
    conn: &mut Conn,
    vista: &Vista,
    registrazioni: &[Registrazione],
) -> Result<Vec<SegnaturaLeggibile>, Errore> {
    let ids: Vec<String> = registrazioni.iter().map(|r| r.id.to_string()).collect();
    let aoo = utenti::aoo(conn, vista.aoo())?;
    let mut voci = titolario::correnti(conn, &ids).map_err(registro::Errore::from)?;
    let assegnazioni = assegnazione::di(conn, &ids)?;
    let una = |(r, id): (&Registrazione, &String)| {
        let voce = voci.remove(id).map(|c| (c.voce.to_string(), c.denominazione));
        let ufficio = assegnazioni.get(id).and_then(|storia| competente(storia)).map(|a| a.denominazione.clone());
        SegnaturaLeggibile::new(&aoo, r, voce, ufficio)
    };
    Ok(registrazioni.iter().zip(&ids).map(una).collect())
}

/// The segnatura of one.
///
/// # Errors
/// `Sconosciuta` if there is none or it may not be seen.
pub fn segnatura(conn: &mut Conn, vista: &Vista, id: RegistrazioneId) -> Result<SegnaturaLeggibile, Errore> {
    let r = registro::per_id(conn, vista, id)?;
    segnature(conn, vista, std::slice::from_ref(&r))?.pop().ok_or_else(|| registro::Errore::Sconosciuta.into())
}

/// The receipt of an entrata.
///
/// # Errors
/// `Sconosciuta`; `RicevutaNonPrevista` for what did not arrive.
pub fn ricevuta(conn: &mut Conn, vista: &Vista, id: RegistrazioneId, ora: Istante) -> Result<Ricevuta, Errore> {
    let r = registro::per_id(conn, vista, id)?;
    if r.flusso != Flusso::Entrata {
        return Err(registro::Errore::RicevutaNonPrevista(r.numero).into());
    }
    let segnatura = segnature(conn, vista, std::slice::from_ref(&r))?.pop();
    let storia = assegnazione::per_registrazione(conn, id)?;
    let sua = competente(&storia);
    let aoo = utenti::aoo(conn, vista.aoo())?;
    let mittenti = r.corrispondenti.iter().filter(|c| c.ruolo == RuoloCorrispondente::Mittente);
    Ok(Ricevuta {
        aoo,
        segnatura,
        presentata: r.arrivo.unwrap_or(r.istante),
        mittenti: mittenti.map(|c| c.parte.nome.to_string()).collect(),
        procedimento: None,
        oggetto: r.oggetto.to_string(),
        documenti: r.documenti.iter().map(DocumentoRicevuto::from).collect(),
        ufficio: sua.map(|a| a.denominazione.clone()),
        incaricato: sua.and_then(incaricato),
        termine: termine(conn, id)?.map(|t| t.spiega(ora.giorno())),
        codice: None,
        ora,
    })
}

/// The assignment of the office that has it: one that refused it has it no more.
fn competente(storia: &[Assegnazione]) -> Option<&Assegnazione> {
    corrente(storia).filter(|a| a.situazione.stato != Stato::Rifiutata)
}

/// The person in whose hands it is.
fn incaricato(a: &Assegnazione) -> Option<String> {
    let dato = || a.situazione.persona.as_ref().map(|p| p.nome.clone());
    if a.situazione.stato == Stato::InCarico { a.situazione.nome.clone().or_else(dato) } else { dato() }
}
