//! A titolario read from a CSV file.

use super::Errore;
use crate::valori::{CodiceVoce, Denominazione, Tabella, TabellaRifiutata};
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
    let tabella = Tabella::leggi(testo).map_err(|e| match e {
        TabellaRifiutata { linea: 1, .. } => Errore::Vuoto,
        TabellaRifiutata { linea, regola } => Errore::Riga { riga: linea, causa: regola },
    })?;
    if !tabella.ha("denominazione") {
        return Err(Errore::Vuoto);
    }
    let (mut righe, mut visti) = (Vec::new(), HashSet::new());
    for riga in tabella.righe() {
        let no = |causa: String| Errore::Riga { riga: riga.linea, causa };
        let codice = match (tabella.ha("codice"), riga.valore("classe")) {
            (true, _) => riga.valore("codice").to_owned(),
            (false, "") => riga.valore("titolo_romano").to_owned(),
            (false, classe) => format!("{}.{classe}", riga.valore("titolo_romano")),
        };
        let codice: CodiceVoce = codice.parse().map_err(|e| no(format!("{e}")))?;
        let padre = codice.as_str().rsplit_once('.').map(|(padre, _)| padre);
        if padre.is_some_and(|p| !visti.contains(p)) {
            return Err(no(format!("{codice} viene prima della voce che la contiene")));
        }
        if !visti.insert(codice.to_string()) {
            return Err(no(format!("la voce {codice} c'è due volte")));
        }
        let denominazione = riga.valore("denominazione").parse().map_err(|e| no(format!("{e}")))?;
        righe.push(RigaTitolario { codice, denominazione });
        if righe.len() > MASSIMO_VOCI {
            return Err(no(format!("più di {MASSIMO_VOCI} voci")));
        }
    }
    Ok(righe)
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
