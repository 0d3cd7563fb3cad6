//! A titolario read from a CSV file.

use super::Errore;
use crate::valori::csv::campi;
use crate::valori::{CodiceVoce, Denominazione};
use std::collections::HashSet;

/// Most voci in one titolario: the largest in use have a few thousand.
const MASSIMO_VOCI: usize = 20_000;

/// A voce as a file gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RigaTitolario {
    /// Its code.
    pub codice: CodiceVoce,
    /// Its name.
    pub denominazione: Denominazione,
}

/// Reads `codice,denominazione` (or the columns `titolo_romano,titolo,classe,denominazione`), comma or semicolon, quotes as in
/// RFC 4180, first line the names of the columns.
///
/// # Errors
/// With the line: a code that is none, one that comes twice, a class whose titolo is not there.
pub fn leggi_csv(testo: &str) -> Result<Vec<RigaTitolario>, Errore> {
    let mut linee = testo.trim_start_matches('\u{feff}').lines().enumerate();
    let (_, testata) = linee.next().ok_or(Errore::Vuoto)?;
    let separatore = if testata.contains(';') { ';' } else { ',' };
    let colonne: Vec<String> =
        campi(testata, separatore).unwrap_or_default().iter().map(|c| c.trim().to_lowercase()).collect();
    let dove = |nome: &str| colonne.iter().position(|c| c == nome);
    let denominazione = dove("denominazione").ok_or(Errore::Vuoto)?;
    let (mut righe, mut visti) = (Vec::new(), HashSet::new());
    for (i, linea) in linee.filter(|(_, l)| !l.trim().is_empty()) {
        let no = |causa: String| Errore::Riga { riga: i + 1, causa };
        let valori = campi(linea, separatore).ok_or_else(|| no("virgolette aperte e non chiuse".to_owned()))?;
        let valore = |colonna: Option<usize>| colonna.and_then(|c| valori.get(c)).map_or("", |v| v.trim());
        let codice = match (dove("codice"), valore(dove("classe"))) {
            (Some(c), _) => valore(Some(c)).to_owned(),
            (None, "") => valore(dove("titolo_romano")).to_owned(),
            (None, classe) => format!("{}.{classe}", valore(dove("titolo_romano"))),
        };
        let codice: CodiceVoce = codice.parse().map_err(|e| no(format!("{e}")))?;
        let padre = codice.as_str().rsplit_once('.').map(|(padre, _)| padre);
        if padre.is_some_and(|p| !visti.contains(p)) {
            return Err(no(format!("{codice} viene prima della voce che la contiene")));
        }
        if !visti.insert(codice.to_string()) {
            return Err(no(format!("la voce {codice} c'è due volte")));
        }
        let denominazione = valore(Some(denominazione)).parse().map_err(|e| no(format!("{e}")))?;
        righe.push(RigaTitolario { codice, denominazione });
        if righe.len() > MASSIMO_VOCI {
            return Err(no(format!("più di {MASSIMO_VOCI} voci")));
        }
    }
    if righe.is_empty() { Err(Errore::Vuoto) } else { Ok(righe) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_are_read() {
        let attese = ["VI Pianificazione e gestione del territorio", "VI.3 Edilizia «privata», permessi"];
        for testo in [
            "codice;denominazione\nVI;Pianificazione e gestione del territorio\nVI.3;Edilizia «privata», permessi\n",
            "titolo_romano,titolo,classe,denominazione\nVI,6,,Pianificazione e gestione del territorio\n\
             VI,6,3,\"Edilizia «privata», permessi\"\r\n",
        ] {
            let righe = leggi_csv(testo).unwrap();
            let lette: Vec<String> = righe.iter().map(|r| format!("{} {}", r.codice, r.denominazione)).collect();
            assert_eq!(lette, attese);
        }
    }

    #[test]
    fn a_wrong_row_is_named_by_its_line() {
        for (testo, parte) in [
            ("codice;denominazione\nVI;a\nVI;b\n", "riga 3"),
            ("codice;denominazione\nVI.3;a\n", "riga 2"),
            ("codice;denominazione\nVI/3;a\n", "riga 2"),
            ("codice;denominazione\nVI;\n", "riga 2"),
            ("codice;denominazione\n", "vuoto"),
            ("", "vuoto"),
        ] {
            let errore = leggi_csv(testo).unwrap_err().to_string();
            assert!(errore.contains(parte), "{testo:?}: {errore}");
        }
    }
}
