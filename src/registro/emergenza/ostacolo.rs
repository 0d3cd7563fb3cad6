//! What stands in the way of the recupero of a post: numbers that are missing, or do not follow the clock.

use super::recupero::ultima;
use super::riga::fuori;
use super::trascrizione::{risolvi, trascritte};
use super::{Emergenza, Errore};
use crate::storage::Conn;
use crate::valori::{AooId, CodicePostazione, Istante, NumeroProtocollo};

/// Most sentences that are said at once.
const MASSIMI: usize = 20;

/// Everything that has to be mended before the recupero of a post, each as a sentence; none if it can be done.
///
/// # Errors
/// `PostazioneEstranea`; those of the database.
pub fn ostacoli(
    conn: &mut Conn,
    emergenza: &Emergenza,
    (aoo, ora): (AooId, Istante),
    postazione: &CodicePostazione,
) -> Result<Vec<String>, Errore> {
    emergenza.ha(postazione)?;
    let mut frasi = Vec::new();
    let mut prima: Option<(i32, i64, Istante)> = None;
    for t in trascritte(conn, emergenza, postazione)? {
        if frasi.len() >= MASSIMI {
            break;
        }
        let riga = match t.riga.leggi() {
            Ok(riga) => riga,
            Err(causa) => {
                frasi.push(format!("n. {} del {}: {causa}", t.numero, t.anno));
                continue;
            }
        };
        let precedente = match prima.filter(|(anno, ..)| *anno == t.anno) {
            Some((_, numero, quando)) => Some((numero, quando)),
            None => ultima(conn, aoo, postazione, t.anno)?,
        };
        let atteso = precedente.map_or(1, |(numero, _)| numero + 1);
        if t.numero.valore() > atteso {
            frasi.push(mancano(atteso, t.numero.valore() - 1, t.anno));
        }
        // Of another year the last instant is compared too: a year begins after the one before.
        let dopo = precedente.map(|(_, quando)| quando).or(prima.map(|(.., quando)| quando));
        if dopo.is_some_and(|dopo| riga.quando < dopo) {
            frasi.push(format!(
                "il n. {} del {} ({}) è prima del numero che lo precede: controlla data e ora",
                t.numero,
                t.anno,
                riga.quando.leggibile()
            ));
        }
        let causa = match fuori(emergenza, &riga, ora) {
            Some(causa) => Some(causa),
            None => risolvi(conn, emergenza, aoo, &riga)?.err(),
        };
        frasi.extend(causa.map(|causa| format!("n. {} del {}: {causa}", t.numero, t.anno)));
        prima = Some((t.anno, t.numero.valore(), riga.quando));
    }
    Ok(frasi)
}

fn mancano(da: i64, a: i64, anno: i32) -> String {
    let scritto = |n: i64| NumeroProtocollo::new(n).map_or_else(|_| n.to_string(), |n| n.to_string());
    let (che, quali) = if da == a {
        ("manca il n.", scritto(da))
    } else {
        ("mancano i numeri da", format!("{} a {}", scritto(da), scritto(a)))
    };
    format!(
        "{che} {quali} del {anno}: se sulla carta è annullato, o è di prima, scrivi la riga come annullata, con il motivo"
    )
}
