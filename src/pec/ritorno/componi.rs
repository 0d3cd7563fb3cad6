//! What an answer says, out of the register as it is now. Return messages bear no seal in either generation: their schemas have no place
//! for one.

use super::super::{Casella, Errore, casella, messaggio};
use super::corrispondente::{self, DialettoScritto};
use super::dovuto::Dovuto;
use super::{Genere, Scritto, ricevuta, ricevuto};
use crate::registro::{self, Registrazione};
use crate::segnatura::{self, Dialetto, Identificatore, Ricevuto, Ritorno, allegato6, circolare60};
use crate::storage::Conn;
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Aoo};
use crate::valori::{Istante, Testo};

/// Writes an answer that is owed.
///
/// # Errors
/// `GiaAnnullata` for what was annulled meanwhile, `SenzaSegnatura` where no AOO can be answered, `SenzaCasella`. What we wrote is valid, or it does not
/// leave.
pub(super) fn bozza(conn: &mut Conn, d: &Dovuto, ora: Istante) -> Result<(Scritto, Casella), Errore> {
    let vista = Vista::Intera(d.aoo);
    let r = registro::per_id(conn, &vista, d.registrazione)?;
    ancora_in_vigore(&r, d.genere)?;
    let aoo = utenti::aoo(conn, d.aoo)?;
    let oggetto = format!("{} - Prot. n. {} del {}", d.genere.nome(), r.numero, r.istante.giorno().format("%d/%m/%Y"));
    let scritto = Scritto {
        genere: d.genere,
        destinatario: d.destinatario.clone(),
        messaggio: d.messaggio,
        atto: d.atto.clone(),
        dialetto: None,
        oggetto,
        testo: String::new(),
        xml: None,
    };
    let casella = da_dove(conn, d)?;
    if d.genere == Genere::Ricevuta {
        let testo = ricevuta::testo(conn, &vista, &r, ora)?;
        return Ok((Scritto { testo, ..scritto }, casella));
    }
    let detto = ritorno(conn, d, &r)?;
    let dialetto = dialetto(conn, d, &r)?;
    let xml = match dialetto {
        Dialetto::Tre => allegato6::ritorno(&detto),
        _ => circolare60::ritorno(&detto),
    };
    controlla(dialetto, &xml)?;
    let scritto = Scritto { dialetto: Some(dialetto), testo: a_parole(&aoo, &r, &detto), xml: Some(xml), ..scritto };
    Ok((scritto, casella))
}

/// Of what was annulled only that is told.
pub(super) fn ancora_in_vigore(r: &Registrazione, genere: Genere) -> Result<(), Errore> {
    match r.annullamento.as_ref().filter(|_| genere != Genere::Annullamento) {
        Some(a) => Err(registro::Errore::GiaAnnullata(a.provvedimento()).into()),
        None => Ok(()),
    }
}

/// The mailbox where the message arrived; else that of the AOO.
fn da_dove(conn: &mut Conn, d: &Dovuto) -> Result<Casella, Errore> {
    let sua = match d.messaggio {
        Some(m) => Some(messaggio::messaggio(conn, &Vista::Intera(d.aoo), m)?.casella),
        None => None,
    };
    let caselle: Vec<Casella> = casella::caselle(conn)?.into_iter().filter(|c| c.aoo == d.aoo).collect();
    let questa = caselle.iter().find(|c| Some(c.id) == sua).or(caselle.first());
    questa.cloned().ok_or(Errore::SenzaCasella)
}

fn ritorno(conn: &mut Conn, d: &Dovuto, r: &Registrazione) -> Result<Ritorno, Errore> {
    let identificatore = r.segnatura.clone();
    if d.genere == Genere::Annullamento {
        let a = r.annullamento.as_ref().ok_or(Errore::SenzaSegnatura)?;
        let il = a.istante.giorno().format("%d/%m/%Y");
        return Ok(Ritorno::Annullamento {
            identificatore,
            motivo: a.motivo.clone(),
            provvedimento: testo(&format!("{} del {il}", a.provvedimento()))?,
        });
    }
    let messaggio = d.messaggio.ok_or(Errore::SenzaSegnatura)?;
    let sua = ricevuto::segnatura(conn, messaggio)?.ok_or(Errore::SenzaSegnatura)?;
    let ricevuto = sua.ricevuto().ok_or(Errore::SenzaSegnatura)?;
    let detta = segnatura::Registrazione { identificatore: identificatore.clone(), ricevuto: ricevuto.clone() };
    Ok(match d.genere {
        Genere::Eccezione => Ritorno::Eccezione {
            identificatore: Some(identificatore),
            ricevuto,
            motivo: testo(d.motivo.as_deref().unwrap_or_default())?,
        },
        Genere::Aggiornamento => {
            Ritorno::Aggiornamento(segnatura::Registrazione { identificatore, ricevuto: corretto(ricevuto, r)? })
        }
        Genere::Conferma | Genere::Annullamento | Genere::Ricevuta => Ritorno::Conferma(detta),
    })
}

/// What came, under the number that the register gives to the sender now.
fn corretto(ricevuto: Ricevuto, r: &Registrazione) -> Result<Ricevuto, Errore> {
    let Ricevuto::Registrato { identificatore, prima } = ricevuto else { return Ok(ricevuto) };
    let suo = r.protocollo_mittente.as_ref().and_then(|p| Some((p.numero.as_str().parse().ok()?, p.data)));
    match (suo, &r.protocollo_mittente) {
        (Some((numero, data)), _) => {
            let data = data.unwrap_or(identificatore.data);
            Ok(Ricevuto::Registrato { identificatore: Identificatore { numero, data, ..identificatore }, prima })
        }
        (None, Some(scritto)) => Ok(Ricevuto::Descritto(scritto.numero.clone())),
        (None, None) => Ok(Ricevuto::Descritto(testo("Messaggio senza un numero di protocollo del mittente")?)),
    }
}

/// The one that was chosen for the other AOO; else that in which it writes.
fn dialetto(conn: &mut Conn, d: &Dovuto, r: &Registrazione) -> Result<Dialetto, Errore> {
    let sua = match d.messaggio {
        Some(m) => ricevuto::segnatura(conn, m)?,
        None => None,
    };
    let della_parte = r.corrispondenti.iter().map(|c| &c.parte).find_map(|p| {
        let sua = p.pec.as_ref().is_some_and(|pec| pec.uguale(&d.destinatario));
        Some((p.codice_ipa.as_ref().filter(|_| sua)?.to_string(), p.codice_aoo.as_ref()?.to_string()))
    });
    let codici = sua.as_ref().and_then(ricevuto::SegnaturaRicevuta::codici).or(della_parte);
    let scelto = match &codici {
        Some((ipa, aoo)) => corrispondente::scelto(conn, d.aoo, (ipa, aoo))?,
        None => None,
    };
    let in_tre = sua.is_some_and(|s| s.dialetto.as_deref() == Some(Dialetto::Tre.as_str()));
    Ok(match scelto {
        Some(DialettoScritto::Tre) => Dialetto::Tre,
        Some(DialettoScritto::Circolare60) => Dialetto::Circolare60,
        Some(DialettoScritto::Nessuno) | None if in_tre => Dialetto::Tre,
        Some(DialettoScritto::Nessuno) | None => Dialetto::Circolare60,
    })
}

/// The text of the mail: the same thing for whoever reads it without a program.
fn a_parole(aoo: &Aoo, r: &Registrazione, detto: &Ritorno) -> String {
    let di = |ricevuto: &Ricevuto| match ricevuto {
        Ricevuto::Registrato { identificatore, .. } => identificatore.to_string(),
        Ricevuto::Descritto(testo) => testo.to_string(),
    };
    let (nostro, il) = (&r.segnatura, r.istante.leggibile());
    let frase = match detto {
        Ritorno::Conferma(c) => {
            format!("Il messaggio {} è stato registrato con il n. {} del {il} ({nostro}).", di(&c.ricevuto), r.numero)
        }
        Ritorno::Aggiornamento(c) => format!(
            "La conferma di ricezione del n. {} del {il} ({nostro}) è aggiornata: risponde al messaggio {}.",
            r.numero,
            di(&c.ricevuto)
        ),
        Ritorno::Eccezione { ricevuto, motivo, .. } => format!(
            "Il messaggio {}, registrato con il n. {} del {il} ({nostro}), non può essere trattato.\nMotivo: {motivo}",
            di(ricevuto),
            r.numero
        ),
        Ritorno::Annullamento { motivo, provvedimento, .. } => format!(
            "La registrazione n. {} del {il} ({nostro}) è annullata.\nMotivo: {motivo}\nProvvedimento: {provvedimento}",
            r.numero
        ),
    };
    format!(
        "{} - {}\n\n{frase}\n\nL'allegato {} è il messaggio di ritorno per i sistemi di protocollo.\n",
        aoo.ente,
        aoo.denominazione,
        detto.tipo().file()
    )
}

fn testo(scritto: &str) -> Result<Testo, Errore> {
    scritto.parse().map_err(Errore::Valore)
}

/// What we wrote must be valid: otherwise it does not leave.
fn controlla(dialetto: Dialetto, xml: &str) -> Result<(), Errore> {
    let no = |e: &dyn std::fmt::Display| Errore::Composizione(e.to_string());
    let schema = match dialetto {
        Dialetto::Tre => allegato6::schema(),
        _ => circolare60::schema(),
    };
    let esito = schema.map_err(|e| no(&e))?.valida(xml.as_bytes());
    esito.map_err(|difetti| no(&difetti.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))
}
