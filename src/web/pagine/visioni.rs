//! *Visioni concesse a te*: the short list by which somebody finds what they were given to look at.

use crate::registro;
use crate::storage::Conn;
use crate::utenti::visibilita::Vista;
use crate::utenti::visione;
use crate::valori::{Istante, RegistrazioneId, UtenteId};
use crate::web::Problema;
use crate::web::pagine::formato;

/// A row of the list.
pub(super) struct Data {
    pub(super) id: String,
    pub(super) numero: String,
    pub(super) oggetto: String,
    pub(super) fino: String,
    pub(super) autore: String,
}

/// What a person is given to look at now, each once, the last given first.
pub(super) fn date(conn: &mut Conn, vista: &Vista, chi: UtenteId, ora: Istante) -> Result<Vec<Data>, Problema> {
    if vista.visioni().is_empty() {
        return Ok(Vec::new());
    }
    let mut date = visione::di_persona(conn, chi, vista.aoo(), ora)?;
    let mut ids: Vec<RegistrazioneId> = Vec::new();
    date.sort_by_key(|v| std::cmp::Reverse((v.al, v.id)));
    date.retain(|v| {
        let nuova = !ids.contains(&v.registrazione);
        ids.push(v.registrazione);
        nuova
    });
    let registrazioni = registro::per_ids(conn, vista, &ids)?;
    let riga = |v: visione::Visione| {
        let r = registrazioni.iter().find(|r| r.id == v.registrazione)?;
        Some(Data {
            id: r.id.to_string(),
            numero: format!("{}/{}", r.numero, r.anno),
            oggetto: r.oggetto.to_string(),
            fino: formato::data(v.ultimo_giorno()),
            autore: v.autore,
        })
    };
    Ok(date.into_iter().filter_map(riga).collect())
}
