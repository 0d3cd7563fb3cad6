//! Searching.

use super::estratto::{Cercate, Estratto};
use super::{Domanda, Errore, Indice, avanza, interroga};
use crate::documenti::testo;
use crate::registro::{self, Registrazione};
use crate::storage::{Conn, Db};
use crate::utenti::visibilita::Vista;
use crate::valori::RegistrazioneId;
use std::time::Duration;
use tantivy::collector::{Count, TopDocs};
use tantivy::schema::Value;
use tantivy::{Order, TantivyDocument};

/// Results in one page.
pub const PAGINA: usize = 50;

/// How long a search waits for the index to reach the tip of the chain.
const ATTESA: Duration = Duration::from_secs(3);

/// How often a search is tried when the index goes away under it.
const TENTATIVI: usize = 4;

/// Text of one file in which the passage is looked for, in bytes.
const MASSIMO_ESAME: usize = 200 * 1024;

/// A registration that was found.
#[derive(Debug, Clone)]
pub struct Trovata {
    /// What the register says of it now.
    pub registrazione: Registrazione,
    /// Where in its files what was asked stands, if it stands there.
    pub estratto: Option<Estratto>,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Trovate {
    /// How many there are on all pages.
    pub totale: usize,
    /// One page, the newest first.
    pub risultati: Vec<Trovata>,
    /// For the next page; `None` on the last.
    pub cursore: Option<String>,
    /// False if the index is still on its way to the tip of the chain.
    pub aggiornato: bool,
    /// Registrations whoever asks may see, in whose files the text was not read yet.
    pub testi_mancanti: usize,
}

/// Searches what `vista` may see. What was registered before the call is found, unless `aggiornato` says otherwise.
///
/// # Errors
/// A cursor that is none; those of the index and of the database.
pub fn cerca(
    indice: &Indice,
    db: &Db,
    vista: &Vista,
    domanda: &Domanda,
    cursore: Option<&str>,
) -> Result<Trovate, Errore> {
    for _ in 1..TENTATIVI {
        match tenta(indice, db, vista, domanda, cursore) {
            // The folder was switched or deleted at this moment: it is opened again.
            Err(Errore::Indice(_) | Errore::Cartella { .. }) => indice.lascia(),
            esito => return esito,
        }
    }
    tenta(indice, db, vista, domanda, cursore)
}

fn tenta(indice: &Indice, db: &Db, vista: &Vista, domanda: &Domanda, cursore: Option<&str>) -> Result<Trovate, Errore> {
    let cursore = cursore.map(|c| c.parse::<i64>().map_err(|_| Errore::Cursore)).transpose()?;
    let aggiornato = avanza::raggiungi(indice, db, vista.aoo(), ATTESA)?;
    let aperto = indice.aperto()?;
    let cercatore = aperto.lettore()?;
    let c = &aperto.campi;
    let tutto = interroga::query(c, vista, domanda);
    let prime = TopDocs::with_limit(PAGINA + 1).order_by_fast_field::<i64>("ordine", Order::Desc);
    let (totale, mut trovate) = match cursore {
        None => cercatore.search(&tutto, &(Count, prime))?,
        Some(ultimo) => {
            let totale = cercatore.search(&tutto, &Count)?;
            let resto = interroga::tutte_insieme(vec![tutto, interroga::dopo(c, ultimo)]);
            (totale, cercatore.search(&resto, &prime)?)
        }
    };
    let altre = trovate.len() > PAGINA;
    trovate.truncate(PAGINA);
    let cursore = trovate.last().filter(|_| altre).and_then(|(ordine, _)| *ordine).map(|ordine| ordine.to_string());
    let mancanti = interroga::tutte_insieme(vec![interroga::vede(c, vista), interroga::manca(c)]);
    let testi_mancanti = cercatore.search(&mancanti, &Count)?;

    let mut ids: Vec<RegistrazioneId> = Vec::with_capacity(trovate.len());
    for (_, dove) in trovate {
        let documento: TantivyDocument = cercatore.doc(dove)?;
        let id = documento.get_first(c.id).and_then(|v| v.as_str()).and_then(|id| id.parse::<RegistrazioneId>().ok());
        ids.extend(id);
    }
    let cercate = Cercate::new(domanda);
    let risultati = db.leggi(|conn| {
        // Through the same eyes once more: whatever the index says, nobody sees what is not theirs.
        let registrazioni = registro::per_ids(conn, vista, &ids)?;
        registrazioni.into_iter().map(|r| trovata(conn, &cercate, r)).collect::<Result<Vec<_>, Errore>>()
    })?;
    Ok(Trovate { totale, risultati, cursore, aggiornato, testi_mancanti })
}

fn trovata(conn: &mut Conn, cercate: &Cercate, registrazione: Registrazione) -> Result<Trovata, Errore> {
    let mut estratto = None;
    if !cercate.nessuna() {
        for documento in &registrazione.documenti {
            let Some(letto) = testo::letto(conn, &documento.impronta)? else { continue };
            let fine = letto.testo.floor_char_boundary(MASSIMO_ESAME.min(letto.testo.len()));
            estratto = cercate.estratto(letto.testo.get(..fine).unwrap_or_default());
            if estratto.is_some() {
                break;
            }
        }
    }
    Ok(Trovata { registrazione, estratto })
}
