//! Offices and people taken from a table, row by row. What is there already stays as it is; a row that would change it is refused.

use super::{Errore, Persona, Ruolo, Ufficio, persona, ruolo, ufficio};
use crate::storage::Operazione;
use crate::valori::{Denominazione, RigaTabella, Tabella};
use std::fmt::Display;
use std::str::FromStr;

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Esito {
    /// Something was made.
    Creato,
    /// All of it was there.
    GiaPresente,
    /// Nothing of it was made.
    Rifiutato {
        /// The column.
        campo: &'static str,
        /// The rule that was broken, in Italian.
        regola: String,
    },
}

/// A row that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Esame {
    /// Its line in the file.
    pub linea: usize,
    /// What it speaks of.
    pub che: String,
    /// What became of it.
    pub esito: Esito,
}

type Rifiutata = (&'static str, String);

/// Makes the offices of a table (`codice`, `denominazione`, and `sotto`: the code of the office above, which comes first) in the
/// operation's AOO. Whoever calls undoes all of it if a row was refused, or to see only what would be made.
///
/// # Errors
/// Those of the database; refused rows are among the answers.
pub fn uffici(op: &mut Operazione<'_>, tabella: &Tabella) -> Result<Vec<Esame>, Errore> {
    esamina(op, tabella, |r| format!("{} {}", r.valore("codice"), r.valore("denominazione")), un_ufficio)
}

/// Makes the people of a table (`nome_utente`, `nome`, `cognome`) and gives them their roles (`ufficio`, `ruolo`: both or none;
/// more rows for more roles) in the operation's AOO. They have no password: they get in when one is given to them.
///
/// # Errors
/// As [`uffici`].
pub fn persone(op: &mut Operazione<'_>, tabella: &Tabella) -> Result<Vec<Esame>, Errore> {
    let che = |r: RigaTabella<'_>| {
        let (ruolo, ufficio) = (r.valore("ruolo"), r.valore("ufficio"));
        let dove = if ruolo.is_empty() { String::new() } else { format!(", {ruolo} in {ufficio}") };
        format!("{} ({} {}){dove}", r.valore("nome_utente"), r.valore("nome"), r.valore("cognome"))
    };
    esamina(op, tabella, che, una_persona)
}

fn esamina(
    op: &mut Operazione<'_>,
    tabella: &Tabella,
    che: impl Fn(RigaTabella<'_>) -> String,
    una: impl Fn(&mut Operazione<'_>, RigaTabella<'_>) -> Result<Result<Esito, Rifiutata>, Errore>,
) -> Result<Vec<Esame>, Errore> {
    let esame = |r: RigaTabella<'_>| {
        let esito = una(op, r)?.unwrap_or_else(|(campo, regola)| Esito::Rifiutato { campo, regola });
        Ok(Esame { linea: r.linea, che: che(r), esito })
    };
    tabella.righe().map(esame).collect()
}

/// Reads a value, or says which column is wrong.
fn campo<T: FromStr<Err: Display>>(r: RigaTabella<'_>, nome: &'static str) -> Result<T, Rifiutata> {
    r.valore(nome).parse().map_err(|e: T::Err| (nome, e.to_string()))
}

fn un_ufficio(op: &mut Operazione<'_>, r: RigaTabella<'_>) -> Result<Result<Esito, Rifiutata>, Errore> {
    let (codice, denominazione): (_, Denominazione) = match (campo(r, "codice"), campo(r, "denominazione")) {
        (Ok(codice), Ok(denominazione)) => (codice, denominazione),
        (Err(no), _) | (_, Err(no)) => return Ok(Err(no)),
    };
    let sopra = match trova_ufficio(op, r, "sotto")? {
        Ok(sopra) => sopra,
        Err(no) => return Ok(Err(no)),
    };
    Ok(match ufficio::trova(op.conn, op.aoo, &codice)? {
        None => {
            ufficio::crea(op, codice, denominazione, sopra.as_ref())?;
            Ok(Esito::Creato)
        }
        Some(c) if c.chiuso.is_some() => {
            Err(("codice", "c'è già un ufficio con questo codice, ed è chiuso".to_owned()))
        }
        Some(c) if c.denominazione != denominazione => {
            Err(("denominazione", format!("c'è già come «{}»: si cambia con `ufficio rinomina`", c.denominazione)))
        }
        Some(c) if c.padre != sopra.map(|s| s.id) => {
            Err(("sotto", "c'è già sotto un altro ufficio: si cambia con `ufficio sposta`".to_owned()))
        }
        Some(_) => Ok(Esito::GiaPresente),
    })
}

/// The open office that a column names; none if it names none.
fn trova_ufficio(
    op: &mut Operazione<'_>,
    r: RigaTabella<'_>,
    colonna: &'static str,
) -> Result<Result<Option<Ufficio>, Rifiutata>, Errore> {
    if r.valore(colonna).is_empty() {
        return Ok(Ok(None));
    }
    let codice = match campo(r, colonna) {
        Ok(codice) => codice,
        Err(no) => return Ok(Err(no)),
    };
    Ok(match ufficio::trova(op.conn, op.aoo, &codice)? {
        Some(u) => u.aperto().map(|()| Some(u)).map_err(|e| (colonna, e.to_string())),
        None => Err((colonna, format!("l'ufficio {codice} non c'è: se è in questo file, mettilo in una riga prima"))),
    })
}

fn una_persona(op: &mut Operazione<'_>, r: RigaTabella<'_>) -> Result<Result<Esito, Rifiutata>, Errore> {
    let (nome, cognome) = match (campo(r, "nome"), campo(r, "cognome")) {
        (Ok(nome), Ok(cognome)) => (nome, cognome),
        (Err(no), _) | (_, Err(no)) => return Ok(Err(no)),
    };
    let incarico = match incarico(op, r)? {
        Ok(incarico) => incarico,
        Err(no) => return Ok(Err(no)),
    };
    let (persona, nuova) = match la_persona(op, r.valore("nome_utente"), nome, cognome)? {
        Ok(trovata) => trovata,
        Err(no) => return Ok(Err(no)),
    };
    let Some((ufficio, quale)) = incarico else {
        return Ok(Ok(if nuova { Esito::Creato } else { Esito::GiaPresente }));
    };
    if ruolo::ha(op.conn, persona.id, ufficio.id, quale)? {
        return Ok(Ok(Esito::GiaPresente));
    }
    ruolo::affida(op, &persona, &ufficio, quale)?;
    Ok(Ok(Esito::Creato))
}

/// The person with this user name, and true if it was made now.
fn la_persona(
    op: &mut Operazione<'_>,
    nome_utente: &str,
    nome: Denominazione,
    cognome: Denominazione,
) -> Result<Result<(Persona, bool), Rifiutata>, Errore> {
    Ok(match persona::per_nome(op.conn, nome_utente)? {
        Some(p) if (&p.nome, &p.cognome) == (&nome, &cognome) => Ok((p, false)),
        Some(p) => Err(("nome_utente", format!("c'è già ed è di {}", p.nome_e_cognome()))),
        None => match persona::crea_senza_parola(op, nome_utente, nome, cognome) {
            Ok(p) => Ok((p, true)),
            Err(e @ Errore::NomeUtente) => Err(("nome_utente", e.to_string())),
            Err(altro) => return Err(altro),
        },
    })
}

/// Office and role of a row, if it names them.
fn incarico(
    op: &mut Operazione<'_>,
    r: RigaTabella<'_>,
) -> Result<Result<Option<(Ufficio, Ruolo)>, Rifiutata>, Errore> {
    let ufficio = match trova_ufficio(op, r, "ufficio")? {
        Ok(ufficio) => ufficio,
        Err(no) => return Ok(Err(no)),
    };
    Ok(match (ufficio, r.valore("ruolo")) {
        (None, "") => Ok(None),
        (None, _) => Err(("ufficio", "c'è il ruolo ma non l'ufficio".to_owned())),
        (Some(_), "") => Err(("ruolo", "c'è l'ufficio ma non il ruolo".to_owned())),
        (Some(ufficio), _) => campo(r, "ruolo").map(|ruolo| Some((ufficio, ruolo))),
    })
}
