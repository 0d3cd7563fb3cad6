//! Receiving from a Maildir: stored and committed before the mailbox is touched.

use super::accogli::{self, LOTTO_BYTE, LOTTO_MESSAGGI};
use super::maildir::{Lettera, Maildir};
use super::messaggio::{self, Segno};
use super::{Casella, Errore, Posta};
use crate::documenti::{Deposito, Fiduce};
use crate::storage::Db;
use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::time::{Duration, Instant};

/// Longest message taken from a mailbox, in bytes: whatever lies there, since it is on our disk already and is poured from file to
/// file. How much of it is read is another matter ([`super::busta::MASSIMO_MESSAGGIO_BYTE`]).
const MASSIMO_LETTERA_BYTE: u64 = u64::MAX;

/// Longest turn of a mailbox: beyond that the others come first.
const TURNO: Duration = Duration::from_secs(2);

/// What a step that receives needs.
pub struct Officina<'a> {
    /// The database.
    pub db: &'a Db,
    /// The store.
    pub deposito: &'a Deposito,
    /// Whom signatures are trusted from.
    pub fiduce: &'a Fiduce,
}

/// Takes the next messages of a mailbox in a Maildir that were not seen before, as many as this at most and for two seconds, and says how many it took. One that
/// cannot be taken is passed over, and said when there is no other.
///
/// Every line can be the last one of a killed process: a message that was stored but not committed is stored again (the same
/// bytes, the same place), one that was committed but not marked is known by its name and only marked.
///
/// A mailbox on a server has its own way ([`super::imap`]): here there is nothing to do for it.
///
/// # Errors
/// Of the mailbox, the store or the database; never of what is in the message.
pub fn ricevi(officina: &Officina<'_>, casella: &Casella, al_massimo: usize) -> Result<usize, Errore> {
    let Posta::Maildir(cartella) = &casella.posta else { return Ok(0) };
    let maildir = Maildir::new(cartella)?;
    let lettere = maildir.lettere()?;
    let chiavi: Vec<&str> = lettere.iter().map(|l| l.chiave.as_str()).collect();
    let visti: HashSet<String> = officina.db.leggi(|conn| messaggio::visti(conn, casella.id, &chiavi))?;
    for lettera in lettere.iter().filter(|l| visti.contains(&l.chiave)) {
        maildir.segna(lettera)?;
    }
    let nuove: Vec<&Lettera> = lettere.iter().filter(|l| !visti.contains(&l.chiave)).collect();
    let (mut guasta, mut prese, mut resto) = (None, 0_usize, nuove.as_slice());
    let inizio = Instant::now();
    while let Some((lotto, altre)) = lotto(resto, al_massimo.saturating_sub(prese)) {
        for (lettera, esito) in lotto.iter().zip(prendi(officina, casella, lotto)?) {
            match esito {
                Ok(_) => {
                    maildir.segna(lettera)?;
                    prese = prese.saturating_add(1);
                }
                // The others have their turn, in this lot and in the next ones.
                Err(e) => {
                    guasta.get_or_insert(e);
                }
            }
        }
        resto = altre;
        if prese > 0 && inizio.elapsed() >= TURNO {
            break;
        }
    }
    guasta.filter(|_| prese == 0).map_or(Ok(prese), Err)
}

/// The next ones that are taken together, and the others; a long one alone.
fn lotto<'l, 'a>(resto: &'l [&'a Lettera], al_massimo: usize) -> Option<(&'l [&'a Lettera], &'l [&'a Lettera])> {
    let mut byte = resto.first().filter(|_| al_massimo > 0)?.byte;
    let con_lei = resto.iter().skip(1).take(al_massimo.min(LOTTO_MESSAGGI) - 1).take_while(|l| {
        byte = byte.saturating_add(l.byte);
        byte <= LOTTO_BYTE
    });
    resto.split_at_checked(1 + con_lei.count())
}

fn prendi(officina: &Officina<'_>, casella: &Casella, lotto: &[&Lettera]) -> Result<Vec<Result<bool, Errore>>, Errore> {
    let errore = |lettera: &Lettera, causa| Errore::Casella { dove: lettera.file.clone(), causa };
    if let [lettera] = lotto {
        let mut file = match File::open(&lettera.file) {
            Ok(file) => file,
            Err(causa) => return Ok(vec![Err(errore(lettera, causa))]),
        };
        let intero = match officina.deposito.riponi(&mut file, MASSIMO_LETTERA_BYTE) {
            Ok(intero) => intero,
            Err(e) => return Ok(vec![Err(e.into())]),
        };
        return Ok(vec![accogli::da_sola(officina, casella, &intero, Segno::Maildir(&lettera.chiave))]);
    }
    let segni: Vec<Segno<'_>> = lotto.iter().map(|l| Segno::Maildir(&l.chiave)).collect();
    accogli::insieme(officina, casella, &segni, &|i| {
        let lettera = lotto.get(i).ok_or(Errore::NonLetto)?;
        let mut bytes = Vec::new();
        let letti = File::open(&lettera.file).and_then(|f| f.take(LOTTO_BYTE + 1).read_to_end(&mut bytes));
        match letti {
            Err(causa) => Err(errore(lettera, causa)),
            // Somebody is still writing it: at the next look it has its length.
            Ok(_) if bytes.len() > usize::try_from(LOTTO_BYTE).unwrap_or(usize::MAX) => Err(Errore::NonLetto),
            Ok(_) => Ok(bytes.into()),
        }
    })
}
