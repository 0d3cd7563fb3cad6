//! *Ricerca*: any document in one line, exact for what whoever asks may see.
//!
//! Owns a tantivy index in the folder `indice`, which follows the chain of events of every AOO with a cursor. The index is a
//! shadow (law 9 of the house): it holds nothing that the database does not, can be deleted or made again at any time while the
//! server runs ([`reindicizza`]), and is opened anew when somebody switched it. A search first lets it reach the tip of the
//! chain ([`cerca`]), so what was just registered is found in the next request; the text of files is added when it was read
//! ([`leggi_testi`]). Who may see what is inside the query (law 5): what may not be seen is neither found nor counted, and what
//! was found is read back from the database through the same eyes.

mod avanza;
mod campi;
mod cerca;
mod domanda;
mod errore;
mod esclusa;
mod estratto;
mod indice;
mod interroga;
mod reindicizza;
mod scheda;
mod testi;
mod turno;

pub use avanza::{avanza, raggiungi};
pub use cerca::{PAGINA, Trovata, Trovate, cerca};
pub use domanda::{Clausola, Domanda, Termine, giorno};
pub use errore::Errore;
pub use estratto::Estratto;
pub use indice::Indice;
pub use reindicizza::reindicizza;
pub use testi::leggi_testi;
