//! What the acts are about: the registration that stands behind each, for whoever follows the chain.

use crate::audit::Evento;
use crate::storage::schema::{
    acquisizioni, annotazioni, assegnazioni, classificazioni, dati_annullati, dati_variati, fascicolazioni, movimenti,
    proposte_annullamento, riservatezze, termini, vicende,
};
use crate::storage::{Conn, Errore};
use diesel::prelude::*;
use std::collections::HashMap;

/// Acts looked up together.
const INSIEME: usize = 200;

/// The registration behind each of these acts of the register, of the titolario and of the desk, by the id of what the act was done to.
/// An act that changes what a search finds or who may see it must be named here.
///
/// # Errors
/// Those of the database.
pub fn materia(conn: &mut Conn, eventi: &[Evento]) -> Result<HashMap<String, String>, Errore> {
    let mut materia: HashMap<String, String> = HashMap::new();
    let di = |tipo: &str| -> Vec<&str> {
        eventi.iter().filter(|e| e.oggetto_tipo == tipo).map(|e| e.oggetto_id.as_str()).collect()
    };
    materia.extend(di("registrazione").into_iter().map(|id| (id.to_owned(), id.to_owned())));
    // No type stands for these tables: the same words for each.
    macro_rules! di {
        ($($tipo:literal: $tabella:ident),+) => {$(
            for pezzo in di($tipo).chunks(INSIEME) {
                let righe = $tabella::table.filter($tabella::id.eq_any(pezzo));
                materia.extend(righe.select(($tabella::id, $tabella::registrazione_id)).load::<(String, String)>(conn)?);
            }
        )+};
    }
    di!(
        "classificazione": classificazioni, "fascicolazione": fascicolazioni, "assegnazione": assegnazioni,
        "termine": termini, "vicenda-termine": vicende, "annullamento-dato": dati_annullati,
        "riservatezza": riservatezze, "acquisizione": acquisizioni, "proposta-annullamento": proposte_annullamento,
        "variazione-dato": dati_variati, "annotazione": annotazioni
    );
    for pezzo in di("movimento").chunks(INSIEME) {
        let righe = movimenti::table
            .inner_join(assegnazioni::table.on(assegnazioni::id.eq(movimenti::assegnazione_id)))
            .filter(movimenti::id.eq_any(pezzo));
        materia.extend(righe.select((movimenti::id, assegnazioni::registrazione_id)).load::<(String, String)>(conn)?);
    }
    Ok(materia)
}
