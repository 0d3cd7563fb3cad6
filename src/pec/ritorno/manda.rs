//! Answering: by a person, or by itself.

use super::super::{Errore, Passo, invia, proposta, protocolla};
use super::atto::{self, Ritorno};
use super::dovuto::{self, Dovuto};
use super::{Genere, automatici, componi, nasce, ricevuto};
use crate::documenti::Deposito;
use crate::pec::messaggio;
use crate::registro::{self, Flusso, Registrazione};
use crate::storage::{Conn, Db, Operazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{Attore, IndirizzoMail, Istante, MessaggioId, RegistrazioneId, RitornoId, Testo};

/// What a person may answer to a registration now, besides what is owed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Possibili {
    /// That it was registered.
    pub conferma: bool,
    /// That it cannot be treated.
    pub eccezione: bool,
    /// The receipt of art. 18-bis.
    pub ricevuta: bool,
}

/// Sends what is owed of this kind about a registration; what is not owed is sent all the same where it may be. `motivo` is that of an
/// eccezione.
///
/// # Errors
/// `Sconosciuta` if it may not be seen; `RitornoNonPrevisto`, `RitornoGiaMandato`; what keeps it from being written.
pub fn manda(
    db: &Db,
    attore: &Attore,
    vista: &Vista,
    registrazione: RegistrazioneId,
    (genere, motivo): (Genere, Option<&Testo>),
) -> Result<(), Errore> {
    let da_mandare = db.leggi(|conn| {
        let r = registro::per_id(conn, vista, registrazione)?;
        let mut dovuti = dovuto::dovuti(conn, vista, registrazione)?;
        dovuti.retain(|d| d.genere == genere);
        if dovuti.is_empty() {
            dovuti.push(spontaneo(conn, vista, &r, genere)?);
        }
        Ok::<_, Errore>(dovuti)
    })?;
    for mut d in da_mandare {
        d.motivo = motivo.map(ToString::to_string).or(d.motivo);
        if genere == Genere::Eccezione && d.motivo.is_none() {
            return Err(Errore::SenzaMotivo);
        }
        spedisci(db, attore, &d)?;
    }
    Ok(())
}

/// Sends an answer again, if its last send did not arrive: the same words.
///
/// # Errors
/// `Sconosciuto`; `NienteDaRispedire` if it arrived, or may still.
pub fn rispedisci(
    op: &mut Operazione<'_>,
    vista: &Vista,
    registrazione: RegistrazioneId,
    id: RitornoId,
) -> Result<(), Errore> {
    let tutti = atto::ritorni(op.conn, vista, registrazione)?;
    let ritorno = tutti.into_iter().find(|r| r.id == id).ok_or(Errore::Sconosciuto)?;
    let prima = atto::da_rispedire(&ritorno, op.ora).ok_or(Errore::NienteDaRispedire)?.id;
    let casella = super::super::casella::caselle(op.conn)?;
    let ultima = atto::casella_di(op.conn, id)?;
    let casella = casella.iter().find(|c| ultima.as_ref() == Some(&c.id.to_string())).ok_or(Errore::SenzaCasella)?;
    let a: IndirizzoMail = ritorno.destinatario.parse().map_err(Errore::Valore)?;
    invia::ritorno(op, casella, registrazione, (id, &a), Some(prima))
}

/// What a person may answer, of what is neither owed nor was answered.
///
/// # Errors
/// Those of the database.
pub fn possibili(
    conn: &mut Conn,
    vista: &Vista,
    r: &Registrazione,
    (dovuti, mandati): (&[Dovuto], &[Ritorno]),
) -> Result<Possibili, Errore> {
    let mut libero = |genere: Genere| {
        let c_e = dovuti.iter().any(|d| d.genere == genere) || mandati.iter().any(|m| m.genere == genere);
        if c_e {
            return Ok(false);
        }
        match spontaneo(conn, vista, r, genere) {
            Ok(_) => Ok(true),
            Err(Errore::RitornoNonPrevisto(_)) => Ok(false),
            Err(altro) => Err(altro),
        }
    };
    Ok(Possibili {
        conferma: libero(Genere::Conferma)?,
        eccezione: libero(Genere::Eccezione)?,
        ricevuta: libero(Genere::Ricevuta)?,
    })
}

/// Looks at the annulments of every AOO for the answers that they make owed, and sends a few of those that leave by themselves. What goes
/// wrong with one is written beside it and tried again later; the others go on.
///
/// # Errors
/// Those of the database.
pub fn passo(db: &Db, deposito: &Deposito) -> Result<Passo, Errore> {
    let mut fatto = false;
    for aoo in db.leggi(utenti::tutte_le_aoo)? {
        fatto |= nasce::guarda(db, deposito, aoo.id)?;
    }
    let ora = db.orologio().adesso();
    let io = Attore::Sistema("ritorni");
    for d in db.leggi(|conn| dovuto::prossimi(conn, ora))? {
        fatto = true;
        if !db.leggi(|conn| automatici::da_soli(conn, d.aoo, d.genere))? {
            db.scrivi(d.aoo, &io, |op| dovuto::a_una_persona(op, &d.id))?;
            continue;
        }
        match spedisci(db, &io, &d) {
            Ok(()) | Err(Errore::RitornoGiaMandato(_)) => {}
            Err(causa) => {
                tracing::warn!(registrazione = %d.registrazione, genere = d.genere.as_str(), %causa, "answer not sent, will be tried again");
                db.scrivi(d.aoo, &io, |op| dovuto::rimanda(op, &d.id, &causa.to_string()))?;
            }
        }
    }
    Ok(if fatto { Passo::Fatto } else { Passo::Niente })
}

/// Writes an answer and ends its debt, together.
fn spedisci(db: &Db, attore: &Attore, d: &Dovuto) -> Result<(), Errore> {
    let ora = db.orologio().adesso();
    let (scritto, casella) = db.leggi(|conn| componi::bozza(conn, d, ora))?;
    let gia = db.scrivi(d.aoo, attore, |op| {
        // Annulled meanwhile, and looked at already: nobody would tell that it was.
        componi::ancora_in_vigore(&registro::per_id(op.conn, &Vista::Intera(d.aoo), d.registrazione)?, d.genere)?;
        dovuto::estingui(op, &d.id)?;
        match atto::scrivi(op, &casella, d.registrazione, &scritto) {
            // The debt ends all the same.
            Err(Errore::RitornoGiaMandato(nome)) => Ok(Some(nome)),
            esito => esito.map(|()| None),
        }
    })?;
    gia.map_or(Ok(()), |nome| Err(Errore::RitornoGiaMandato(nome)))
}

/// What nobody asked for, and may be sent all the same.
fn spontaneo(conn: &mut Conn, vista: &Vista, r: &Registrazione, genere: Genere) -> Result<Dovuto, Errore> {
    let no = || Errore::RitornoNonPrevisto(genere.nome());
    if r.flusso != Flusso::Entrata || r.annullamento.is_some() {
        return Err(no());
    }
    let messaggio = protocolla::origine(conn, r.id)?.ok_or_else(no)?;
    let sua = ricevuto::segnatura(conn, messaggio)?;
    let destinatario = match (genere, &sua) {
        (Genere::Conferma | Genere::Eccezione, Some(s)) => s.a_chi().parse().ok(),
        (Genere::Ricevuta, None) => di_chi_scrive(conn, vista, messaggio)?,
        _ => None,
    };
    Ok(Dovuto {
        id: String::new(),
        aoo: vista.aoo(),
        registrazione: r.id,
        genere,
        destinatario: destinatario.ok_or_else(no)?,
        messaggio: Some(messaggio),
        atto: None,
        motivo: None,
        da_solo: false,
        guasto: None,
    })
}

/// The address of whoever wrote a message.
fn di_chi_scrive(conn: &mut Conn, vista: &Vista, id: MessaggioId) -> Result<Option<IndirizzoMail>, Errore> {
    let m = messaggio::messaggio(conn, &Vista::Intera(vista.aoo()), id)?;
    Ok(proposta::proponi(&m).mittente.parte.pec)
}

/// The beginning of the day on which answers to one address are counted.
pub(super) fn un_giorno_fa(ora: Istante) -> Istante {
    Istante::from_utc(ora.utc() - chrono::TimeDelta::hours(24))
}
