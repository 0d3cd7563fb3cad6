//! The step that lets the rules look at what arrived.

use super::super::esclusione::{self, MotivoEsclusione};
use super::super::{Decisione, Errore, Messaggio, Passo, Stato, messaggio, protocolla};
use super::atto::{self, Cosa, Firma};
use super::{Azione, Contenuto, Esito, Genere, Modo, Parere, Regola, allarmi, automatici, coda, pareri, regole};
use crate::scrivania::{self, Destinazione, Titolo};
use crate::storage::{Conn, Db, Operazione};
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Aoo};
use crate::valori::{Attore, CodiceUfficio, Istante, MessaggioId};
use crate::{titolario, valori};

/// Messages looked at in one operation: few enough that a clerk who registers meanwhile does not notice.
const PER_COMMIT: usize = 10;

/// Why a rule that should have acted on a message has not yet.
#[derive(Debug, Clone)]
pub struct Guasto {
    /// What was refused, and by whom.
    pub motivo: String,
    /// When it is tried again.
    pub riprova: Istante,
}

/// Looks at a few messages of every AOO. What goes wrong with one is written beside it and tried again later; the others go on.
///
/// # Errors
/// Those of the database.
pub fn applica(db: &Db) -> Result<Passo, Errore> {
    let mut fatto = false;
    for aoo in db.leggi(utenti::tutte_le_aoo)? {
        let ora = db.orologio().adesso();
        let attore = Attore::Sistema("regole");
        let prossimi = db.leggi(|conn| coda::prossimi(conn, aoo.id, ora))?;
        fatto |= !prossimi.is_empty();
        for insieme in prossimi.chunks(PER_COMMIT) {
            let tutti = |op: &mut Operazione<'_>| insieme.iter().try_for_each(|id| esamina(op, &aoo, *id));
            if db.scrivi(aoo.id, &attore, tutti).is_ok() {
                continue;
            }
            // What was refused is about one of them.
            for id in insieme {
                if let Err(causa) = db.scrivi(aoo.id, &attore, |op| esamina(op, &aoo, *id)) {
                    tracing::warn!(messaggio = %id, %causa, "a rule could not act, will be tried again");
                    db.scrivi(aoo.id, &attore, |op| coda::rimanda(op, *id, &causa.to_string()))?;
                }
            }
        }
    }
    Ok(if fatto { Passo::Fatto } else { Passo::Niente })
}

/// One message: what a rule does with it, the act that names the rule, and the end of its wait, together.
fn esamina(op: &mut Operazione<'_>, aoo: &Aoo, id: MessaggioId) -> Result<(), Errore> {
    if !coda::esce(op, id)? {
        return Ok(());
    }
    let vista = Vista::Intera(op.aoo);
    let m = messaggio::messaggio(op.conn, &vista, id)?;
    if m.stato != Stato::DaProtocollare {
        return Ok(());
    }
    // A rule speaks of what arrives while it is on, and of nothing that lay there before.
    let mut accese = regole(op.conn, op.aoo)?;
    accese.retain(|r| r.accesa.is_some_and(|dal| dal <= m.ricevuto));
    if accese.iter().all(|r| r.contenuto.modo == Modo::Propone) {
        return Ok(());
    }
    let trovati = allarmi::di(op.conn, op.aoo, &m)?;
    let generi: Vec<Genere> = automatici(op.conn, op.aoo)?;
    let pareri = pareri(&accese, &generi, &m, &trovati);
    let Some(agisce) = pareri.iter().find(|p| matches!(p.esito, Esito::Protocolla | Esito::Scarta)) else {
        return Ok(());
    };
    let cosa = match &agisce.regola.contenuto.azione {
        Azione::Scarta { motivo, giorni } => scarta(op, &vista, &m, agisce.regola, (motivo, *giorni))?,
        Azione::Protocolla | Azione::Compila => registra(op, aoo, &vista, &m, &somma(agisce.regola, &pareri))?,
    };
    atto::scrivi(op, agisce.regola, id, cosa)
}

/// What the rule that acts says, with what the others that hold add where it is silent, in their order.
fn somma(agisce: &Regola, pareri: &[Parere<'_>]) -> Contenuto {
    let mut c = agisce.contenuto.clone();
    for altra in pareri.iter().map(|p| &p.regola.contenuto).filter(|a| !matches!(a.azione, Azione::Scarta { .. })) {
        c.fascicolo = c.fascicolo.or_else(|| altra.fascicolo.clone());
        c.tipologia = c.tipologia.or_else(|| altra.tipologia.clone());
        c.riservato |= altra.riservato;
        let nuovi: Vec<CodiceUfficio> =
            altra.conoscenza.iter().filter(|u| !c.conoscenza.contains(u)).cloned().collect();
        c.conoscenza.extend(nuovi);
    }
    c
}

fn registra(op: &mut Operazione<'_>, aoo: &Aoo, vista: &Vista, m: &Messaggio, c: &Contenuto) -> Result<Cosa, Errore> {
    let manca = |campo| Errore::RegolaSbagliata { campo, perche: "manca nella regola".to_owned() };
    let voce = titolario::voce(op.conn, op.aoo, c.voce.as_ref().ok_or_else(|| manca("voce"))?)?;
    let ufficio = utenti::ufficio_per_codice(op.conn, op.aoo, c.ufficio.as_ref().ok_or_else(|| manca("ufficio"))?)?;
    let fascicolo = match &c.fascicolo {
        Some(codice) => Some(titolario::fascicolo_per_codice(op.conn, vista, codice)?),
        None => None,
    };
    let decisione = Decisione {
        voce,
        ufficio: ufficio.clone(),
        oggetto: None,
        corrispondenti: Vec::new(),
        mezzo: None,
        protocollo_mittente: None,
        tipologia: c.tipologia.clone(),
        data_documento: None,
        riservato: c.riservato,
        risponde_a: None,
        principale: None,
    };
    let fatta = protocolla::protocolla(op, aoo, vista, m.id, decisione)?;
    for codice in c.conoscenza.iter().filter(|u| **u != ufficio.codice) {
        let informato = utenti::ufficio_per_codice(op.conn, op.aoo, codice)?;
        scrivania::assegna(op, fatta.id, &Destinazione::ufficio(&informato), Titolo::Conoscenza)?;
    }
    if let Some(fascicolo) = fascicolo {
        titolario::fascicola(op, fatta.id, &fascicolo)?;
    }
    Ok(Cosa::Protocollato(fatta.id))
}

fn scarta(
    op: &mut Operazione<'_>,
    vista: &Vista,
    m: &Messaggio,
    r: &Regola,
    (motivo, giorni): (&valori::Testo, u32),
) -> Result<Cosa, Errore> {
    let firma = Firma { id: r.id, nome: r.contenuto.nome.to_string(), versione: r.versione };
    let scritto = MotivoEsclusione::Scritto(motivo.clone());
    let esclusione = esclusione::escludi_per(op, vista, m.id, &scritto, format!("Tabulario, {firma}"))?;
    let fino_al = op.ora.giorno() + chrono::Days::new(u64::from(giorni));
    Ok(Cosa::Scartato(esclusione, fino_al))
}

/// What went wrong the last time with a message, if a rule is to act on it and could not.
///
/// # Errors
/// Those of the database.
pub fn guasto(conn: &mut Conn, id: MessaggioId) -> Result<Option<Guasto>, Errore> {
    Ok(coda::rimandato(conn, id)?.map(|(motivo, riprova)| Guasto { motivo, riprova }))
}
