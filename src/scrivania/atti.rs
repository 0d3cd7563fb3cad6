//! What people of an office do with what was assigned to them. Each act looks at how the assignment stands inside its own
//! transaction: of two clerks at once the second is told who was first, and a form sent twice does nothing twice.

use super::assegnazione::{self, Assegnazione, Titolo};
use super::movimento::{self, Cosa, Stato};
use super::persona::Addetto;
use super::{Errore, pratica};
use crate::storage::schema::annullamenti;
use crate::storage::{Conn, Operazione};
use crate::valori::{AssegnazioneId, Attore, RegistrazioneId, Testo};
use diesel::prelude::*;

/// Takes charge of a document: one person at a time.
///
/// # Errors
/// `GiaInCarico` if a colleague was first; the others of [`Errore`] that say how the assignment stands.
pub fn prendi_in_carico(op: &mut Operazione<'_>, chi: &Addetto<'_>, id: RegistrazioneId) -> Result<(), Errore> {
    muovi(op, chi, id, Cosa::PresaInCarico, None)
}

/// Gives a document back to the whole office.
///
/// # Errors
/// `GiaInCarico` if a colleague has it and whoever asks does not answer for the office.
pub fn restituisci(op: &mut Operazione<'_>, chi: &Addetto<'_>, id: RegistrazioneId) -> Result<(), Errore> {
    muovi(op, chi, id, Cosa::Restituzione, None)
}

/// Says that a document is not the office's: it goes back to the protocol office, which assigns it again.
///
/// # Errors
/// As [`restituisci`].
pub fn rifiuta(op: &mut Operazione<'_>, chi: &Addetto<'_>, id: RegistrazioneId, motivo: &Testo) -> Result<(), Errore> {
    muovi(op, chi, id, Cosa::Rifiuto, Some(motivo))
}

/// Says how a document was dealt with.
///
/// # Errors
/// `NonInCarico` if nobody took charge of it; as [`restituisci`].
pub fn concludi(op: &mut Operazione<'_>, chi: &Addetto<'_>, id: RegistrazioneId, esito: &Testo) -> Result<(), Errore> {
    muovi(op, chi, id, Cosa::Conclusione, Some(esito))
}

/// Says that what was sent per conoscenza was read: for an office one of its people is enough, what was sent to a person is
/// read by that person.
///
/// # Errors
/// `NienteDaLeggere` if nothing was sent to them per conoscenza.
pub fn ho_letto(op: &mut Operazione<'_>, chi: &Addetto<'_>, id: RegistrazioneId) -> Result<(), Errore> {
    let storia = assegnazione::per_registrazione(op.conn, id)?;
    let mie: Vec<&Assegnazione> = storia.iter().filter(|a| a.titolo == Titolo::Conoscenza && chi.riguarda(a)).collect();
    if mie.is_empty() {
        return Err(Errore::NienteDaLeggere);
    }
    for a in mie.into_iter().filter(|a| a.situazione.stato == Stato::DaLeggere) {
        scrivi(op, a, Cosa::Lettura, None)?;
    }
    pratica::riscrivi(op, id)
}

/// Lets pass whoever may send a document elsewhere or decide on its term: the protocol office, and the office that has it per
/// competenza.
///
/// # Errors
/// `DiAltroUfficio` for anybody else, `NonAssegnata` if nobody has it.
pub fn competente(conn: &mut Conn, chi: &Addetto<'_>, id: RegistrazioneId) -> Result<(), Errore> {
    if chi.protocollo() {
        return Ok(());
    }
    let storia = assegnazione::per_registrazione(conn, id)?;
    let a = corrente(&storia).ok_or(Errore::NonAssegnata)?;
    match a.situazione.stato {
        Stato::Rifiutata => Err(Errore::GiaRifiutata(a.denominazione.clone())),
        _ if chi.di(a.ufficio_id) => Ok(()),
        _ => Err(Errore::DiAltroUfficio(a.denominazione.clone())),
    }
}

/// The assignment that counts: the newest per competenza.
#[must_use]
pub fn corrente(storia: &[Assegnazione]) -> Option<&Assegnazione> {
    storia.iter().rev().find(|a| a.titolo == Titolo::Competenza)
}

/// What whoever acts may do now with the assignment that counts, in the order of the buttons.
#[must_use]
pub fn possibili(a: &Assegnazione, chi: &Addetto<'_>) -> Vec<Cosa> {
    let tutte = [Cosa::PresaInCarico, Cosa::Restituzione, Cosa::Rifiuto, Cosa::Conclusione];
    tutte.into_iter().filter(|c| matches!(decidi(*c, a, chi), Ok(Passo::Fai))).collect()
}

/// Loads, decides, stores and annotates one movement of the assignment that counts.
fn muovi(
    op: &mut Operazione<'_>,
    chi: &Addetto<'_>,
    id: RegistrazioneId,
    cosa: Cosa,
    testo: Option<&Testo>,
) -> Result<(), Errore> {
    let storia = assegnazione::per_registrazione(op.conn, id)?;
    let corrente = corrente(&storia).ok_or(Errore::NonAssegnata)?;
    match decidi(cosa, corrente, chi)? {
        Passo::GiaFatto => Ok(()),
        Passo::Fai => {
            let annullata: i64 = annullamenti::table
                .filter(annullamenti::registrazione_id.eq(id.to_string()))
                .count()
                .get_result(op.conn)?;
            if annullata > 0 {
                return Err(Errore::Annullata);
            }
            scrivi(op, corrente, cosa, testo)?;
            pratica::riscrivi(op, id)
        }
    }
}

fn scrivi(op: &mut Operazione<'_>, a: &Assegnazione, cosa: Cosa, testo: Option<&Testo>) -> Result<(), Errore> {
    let id: AssegnazioneId = a.id;
    movimento::scrivi(op, id, a.situazione.movimenti.len(), cosa, testo)
}

/// What an act comes to.
#[derive(Debug, PartialEq, Eq)]
enum Passo {
    /// It is to be written.
    Fai,
    /// The same person did it before: a form sent twice.
    GiaFatto,
}

fn decidi(cosa: Cosa, a: &Assegnazione, chi: &Addetto<'_>) -> Result<Passo, Errore> {
    let s = &a.situazione;
    let ultimo = s.movimenti.last();
    if ultimo.is_some_and(|m| m.cosa == cosa && m.attore.per_chi() == chi.attore.per_chi())
        && s.stato != Stato::Superata
    {
        return Ok(Passo::GiaFatto);
    }
    if s.stato == Stato::Rifiutata {
        return Err(Errore::GiaRifiutata(a.denominazione.clone()));
    }
    if !chi.di(a.ufficio_id) {
        return Err(Errore::DiAltroUfficio(a.denominazione.clone()));
    }
    let responsabile = chi.responsabile(a.ufficio_id);
    let nome = || s.nome.clone().unwrap_or_default();
    match s.stato {
        Stato::Propria => Err(Errore::Propria),
        Stato::Conclusa => Err(Errore::GiaConclusa { chi: nome(), il: s.dal }),
        Stato::InCarico
            if cosa == Cosa::PresaInCarico
                || !(responsabile || s.attore.as_ref().map(Attore::per_chi) == Some(chi.attore.per_chi())) =>
        {
            Err(Errore::GiaInCarico { chi: nome(), dal: s.dal })
        }
        Stato::InCarico => Ok(Passo::Fai),
        // Per conoscenza there is nothing to take charge of, and what left the office is nobody's there.
        Stato::DaLeggere | Stato::Letta | Stato::Superata => Err(Errore::NonAssegnata),
        _ if cosa == Cosa::Conclusione => Err(Errore::NonInCarico),
        // Without a person in between there is nothing to give back.
        _ if cosa == Cosa::Restituzione && s.persona.is_none() => Err(Errore::NonInCarico),
        _ if responsabile || chi.riguarda(a) => Ok(Passo::Fai),
        _ => Err(Errore::DiUnaPersona(s.persona.as_ref().map(|p| p.nome.clone()).unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::movimento::{Movimento, Situazione};
    use super::super::persona::Incaricato;
    use super::*;
    use crate::utenti::Ruolo;
    use crate::valori::{Istante, UfficioId, UtenteId};

    /// An assignment of `ufficio`, for one person or for all, after these movements.
    fn dopo(ufficio: UfficioId, per: Option<UtenteId>, movimenti: &[(Cosa, UtenteId)]) -> Assegnazione {
        let persona = per.map(|id| Incaricato { id, nome_utente: "x".to_owned(), nome: "X".to_owned() });
        let mut situazione = Situazione::nuova(Titolo::Competenza, persona.clone(), Istante::default());
        let movimento = |(cosa, chi): &(Cosa, UtenteId)| Movimento {
            id: String::new(),
            cosa: *cosa,
            attore: Attore::Utente(*chi),
            testo: None,
            istante: Istante::default(),
        };
        situazione.segui(movimenti.iter().map(movimento).collect());
        Assegnazione {
            id: AssegnazioneId::new(),
            ufficio_id: ufficio,
            ufficio: "EDIL".parse().unwrap(),
            denominazione: "Edilizia".to_owned(),
            persona,
            titolo: Titolo::Competenza,
            nota: None,
            istante: Istante::default(),
            autore: String::new(),
            situazione,
        }
    }

    #[test]
    fn who_may_do_what_follows_from_the_movements_that_are_there() {
        use Cosa::{Conclusione as C, PresaInCarico as P, Restituzione as R, Rifiuto as N};
        let (edil, altro) = (UfficioId::new(), UfficioId::new());
        let (io, collega) = (UtenteId::new(), UtenteId::new());
        let check = |a: &Assegnazione, ruolo: Ruolo, ufficio, attese: &[Cosa]| {
            let (attore, ruoli) = (Attore::Utente(io), [(ruolo, ufficio)]);
            let chi = Addetto { attore: &attore, ruoli: &ruoli };
            assert_eq!(possibili(a, &chi), attese, "{ruolo:?} {:?}", a.situazione);
        };
        let (addetto, capo) = (Ruolo::Addetto, Ruolo::ResponsabileUfficio);
        check(&dopo(edil, None, &[]), addetto, edil, &[P, N]);
        check(&dopo(edil, None, &[]), addetto, altro, &[]);
        check(&dopo(edil, None, &[]), Ruolo::Revisore, edil, &[]);
        check(&dopo(edil, None, &[]), Ruolo::Rsp, altro, &[]);
        check(&dopo(edil, Some(io), &[]), addetto, edil, &[P, R, N]);
        check(&dopo(edil, Some(collega), &[]), addetto, edil, &[]);
        check(&dopo(edil, Some(collega), &[]), capo, edil, &[P, R, N]);
        check(&dopo(edil, None, &[(P, io)]), addetto, edil, &[R, N, C]);
        check(&dopo(edil, None, &[(P, collega)]), addetto, edil, &[]);
        check(&dopo(edil, None, &[(P, collega)]), capo, edil, &[R, N, C]);
        check(&dopo(edil, Some(collega), &[(P, collega), (R, collega)]), addetto, edil, &[P, N]);
        check(&dopo(edil, None, &[(P, io), (N, io)]), capo, edil, &[]);
        check(&dopo(edil, None, &[(P, io), (C, io)]), capo, edil, &[]);
        let mut altra = dopo(edil, None, &[(P, io)]);
        altra.situazione.supera();
        check(&altra, capo, edil, &[]);
        altra.situazione = Situazione::nuova(Titolo::Conoscenza, None, Istante::default());
        check(&altra, capo, edil, &[]);
    }

    #[test]
    fn the_same_form_twice_is_one_act_and_a_colleague_is_told_who_was_first() {
        let (edil, io, collega) = (UfficioId::new(), UtenteId::new(), UtenteId::new());
        let (attore, ruoli) = (Attore::Utente(io), [(Ruolo::Addetto, edil)]);
        let chi = Addetto { attore: &attore, ruoli: &ruoli };
        let presa = |da| dopo(edil, None, &[(Cosa::PresaInCarico, da)]);
        assert_eq!(decidi(Cosa::PresaInCarico, &presa(io), &chi).unwrap(), Passo::GiaFatto);
        assert!(matches!(decidi(Cosa::PresaInCarico, &presa(collega), &chi), Err(Errore::GiaInCarico { .. })));
        assert!(matches!(decidi(Cosa::Conclusione, &dopo(edil, None, &[]), &chi), Err(Errore::NonInCarico)));
        let altrove = [(Ruolo::Addetto, UfficioId::new())];
        let estraneo = Addetto { attore: &attore, ruoli: &altrove };
        assert!(matches!(decidi(Cosa::Rifiuto, &dopo(edil, None, &[]), &estraneo), Err(Errore::DiAltroUfficio(_))));
    }
}
