//! The judgement of what was brought, and where to look for it: nothing is written here.

use super::versione::{presente, ultimo, versioni};
use crate::documenti::fiducia::{Rete, Rifiuto, Sorgente};
use crate::documenti::{Errore, catene_verificate};
use crate::firma::{Accettato, Autorita, DatoRevoca, Fiducia, MASSIMO_DATO_REVOCA_BYTE};
use crate::storage::Db;
use crate::valori::Istante;
use std::time::{Duration, Instant};

/// Addresses that are fetched in one go; each costs at most the time of `fiducia.attesa_s`.
pub const MASSIMI_INDIRIZZI: usize = 200;
/// Time that all of them may take; then the others are left for another go.
const MASSIMA_DURATA: Duration = Duration::from_secs(20 * 60);

/// Said when there is nothing to fetch.
pub const NESSUN_INDIRIZZO: &str = "Nessun certificato delle autorità riconosciute, o delle firme già verificate, dice dove si \
     pubblicano le sue liste di revoca con un indirizzo http o https: dai i file.";

/// What was found of one list or answer.
#[derive(Debug)]
pub struct Esame {
    /// File or address it came from.
    pub provenienza: String,
    /// It, if it can be read.
    pub dato: Option<DatoRevoca>,
    /// What to do with it.
    pub esito: Result<Esito, Rifiuto>,
}

/// What to do with a datum that may be believed.
#[derive(Debug)]
pub enum Esito {
    /// Keep it.
    Nuova(Box<Candidata>),
    /// Nothing: it is kept already.
    Presente,
}

/// A list or an answer that may be kept.
#[derive(Debug)]
pub struct Candidata {
    /// It.
    pub dato: DatoRevoca,
    /// Who issued it, and what it takes the place of.
    pub accettato: Accettato,
    pub(super) provenienza: String,
}

/// What is looked at.
pub enum Quali<'a, E> {
    /// These, each taken when it is its turn.
    Portate(&'a mut dyn Iterator<Item = Result<Sorgente, E>>),
    /// What is published at the addresses of the authorities.
    Pubblicate,
}

/// Judges what was brought, or is published, and hands each to `tratta` at once, since all together they may be long. What is wrong with
/// one does not stop the others.
///
/// # Errors
/// Of the database, and those of `tratta`; never of what was brought.
pub fn esamina<E: From<Errore>>(
    db: &Db,
    (fiducia, rete): (&Fiducia, Option<&Rete>),
    quali: Quali<'_, E>,
    avanza: &mut dyn FnMut(&str),
    tratta: &mut dyn FnMut(Esame) -> Result<(), E>,
) -> Result<(), E> {
    let mut autorita = Autorita::di(fiducia);
    for catena in catene_verificate(db)? {
        autorita.aggiungi_catena(&catena);
    }
    let mut pubblicate = match &quali {
        Quali::Portate(_) => Vec::new(),
        Quali::Pubblicate => indirizzi(db, &autorita)?,
    }
    .into_iter()
    .map(Ok);
    let sorgenti: &mut dyn Iterator<Item = Result<Sorgente, E>> = match quali {
        Quali::Portate(portate) => portate,
        Quali::Pubblicate => &mut pubblicate,
    };
    let (ora, inizio) = (db.orologio().adesso(), Instant::now());
    for (i, sorgente) in sorgenti.enumerate() {
        let sorgente = sorgente?;
        let provenienza = sorgente.nome();
        let rifiuta = |rifiuto: Rifiuto| Esame { provenienza: provenienza.clone(), dato: None, esito: Err(rifiuto) };
        if i >= MASSIMI_INDIRIZZI {
            tratta(rifiuta(Rifiuto::TroppiIndirizzi(MASSIMI_INDIRIZZI)))?;
        } else if inizio.elapsed() > MASSIMA_DURATA {
            tratta(rifiuta(Rifiuto::TroppoTempo(MASSIMA_DURATA.as_secs() / 60)))?;
        } else {
            avanza(&provenienza);
            let byte = sorgente.leggi(rete, MASSIMO_DATO_REVOCA_BYTE);
            match byte.and_then(|byte| Ok(DatoRevoca::leggi(&byte)?)) {
                Err(rifiuto) => tratta(rifiuta(rifiuto))?,
                Ok(letti) => {
                    for dato in letti {
                        let esito = giudica(db, &autorita, ora, &dato, &provenienza)?;
                        tratta(Esame { provenienza: provenienza.clone(), dato: Some(dato), esito })?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// Where the authorities publish; first what never gave anything or did so longest ago, if there should not be time for all.
fn indirizzi(db: &Db, autorita: &Autorita<'_>) -> Result<Vec<Sorgente>, Errore> {
    let conservati = db.leggi(versioni)?;
    let mut indirizzi: Vec<&str> = autorita.indirizzi().collect();
    indirizzi.sort_by_cached_key(|url| conservati.iter().find(|c| c.provenienza == *url).map(|c| c.istante));
    Ok(indirizzi.into_iter().map(|url| Sorgente::Url(url.to_owned())).collect())
}

fn giudica(
    db: &Db,
    autorita: &Autorita<'_>,
    ora: Istante,
    dato: &DatoRevoca,
    provenienza: &str,
) -> Result<Result<Esito, Rifiuto>, Errore> {
    let accettato = match dato.accetta(autorita, ora) {
        Ok(accettato) => accettato,
        Err(rifiuto) => return Ok(Err(rifiuto.into())),
    };
    let conservato = db.leggi(|conn| ultimo(conn, &accettato.serie))?;
    Ok(presente(conservato.as_ref(), dato).map(|presente| {
        if presente {
            return Esito::Presente;
        }
        Esito::Nuova(Box::new(Candidata { dato: dato.clone(), accettato, provenienza: provenienza.to_owned() }))
    }))
}
