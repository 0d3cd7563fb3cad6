//! A CSV file as the IPA publishes it, read row by row: UTF-8, first line the names of the columns. Hostile until read.

use super::Errore;
use std::collections::HashMap;

/// Longest file, in bytes: that of the UO is about a third.
pub const MASSIMO_BYTE: u64 = 256 * 1024 * 1024;

/// Most rows of one file.
const MASSIME_RIGHE: usize = 500_000;

/// Most columns of one row.
const MASSIME_COLONNE: usize = 100;

/// Longest field, in bytes.
const MASSIMO_CAMPO: usize = 8 * 1024;

/// A file: its columns and the rows after them.
pub(super) struct File<'a> {
    colonne: HashMap<String, usize>,
    resto: Cursore<'a>,
    righe: usize,
}

/// A row of a file.
pub(super) struct Riga {
    /// Line of the file where it begins, from 1.
    pub(super) linea: usize,
    campi: Vec<String>,
}

/// Where in the text the reader is.
struct Cursore<'a> {
    testo: &'a str,
    linea: usize,
    separatore: char,
}

fn no<T>(linea: usize, colonna: &str, causa: impl Into<String>) -> Result<T, Errore> {
    Err(Errore::File { linea, colonna: colonna.to_owned(), causa: causa.into() })
}

impl<'a> File<'a> {
    /// The names of the columns, without case.
    ///
    /// # Errors
    /// A file that is too long, no UTF-8, or begins with no names of columns.
    pub(super) fn apri(byte: &'a [u8]) -> Result<Self, Errore> {
        if u64::try_from(byte.len()).unwrap_or(u64::MAX) > MASSIMO_BYTE {
            return no(1, "", format!("il file supera {} MiB", MASSIMO_BYTE / 1024 / 1024));
        }
        let testo = match std::str::from_utf8(byte) {
            Ok(testo) => testo.trim_start_matches('\u{feff}'),
            Err(e) => {
                let buoni = byte.get(..e.valid_up_to()).unwrap_or_default();
                let linea = 1 + buoni.iter().filter(|b| **b == b'\n').count();
                let nella_linea = buoni.rsplit(|b| *b == b'\n').next().unwrap_or_default().len() + 1;
                let causa = format!(
                    "il carattere al byte {nella_linea} della riga non è UTF-8: scarica di nuovo il file in CSV"
                );
                return no(linea, "", causa);
            }
        };
        let testata = testo.lines().next().unwrap_or("");
        let quante = |s: char| testata.matches(s).count();
        let separatore = ['\t', ';', ','].into_iter().max_by_key(|s| quante(*s)).unwrap_or(',');
        let mut resto = Cursore { testo, linea: 1, separatore };
        let Some(Riga { campi, .. }) = resto.riga()? else { return no(1, "", "il file è vuoto") };
        let mut colonne = HashMap::new();
        for (i, nome) in campi.iter().enumerate() {
            if colonne.insert(nome.to_lowercase(), i).is_some() {
                return no(1, nome, "la colonna c'è due volte");
            }
        }
        Ok(Self { colonne, resto, righe: 0 })
    }

    /// True if the file has this column.
    pub(super) fn ha(&self, colonna: &str) -> bool {
        self.colonne.contains_key(&colonna.to_lowercase())
    }

    /// The next row.
    ///
    /// # Errors
    /// What makes the rest of the file unreadable, or longer than any such file.
    pub(super) fn prossima(&mut self) -> Result<Option<Riga>, Errore> {
        let Some(riga) = self.resto.riga()? else { return Ok(None) };
        self.righe += 1;
        if self.righe > MASSIME_RIGHE {
            return no(riga.linea, "", format!("più di {MASSIME_RIGHE} righe"));
        }
        Ok(Some(riga))
    }

    /// The field of a row under a column; empty where the file has none, or writes `null` as the IPA does.
    pub(super) fn valore<'r>(&self, riga: &'r Riga, colonna: &str) -> &'r str {
        let posto = self.colonne.get(&colonna.to_lowercase());
        let valore = posto.and_then(|c| riga.campi.get(*c)).map_or("", |v| v.trim());
        if valore.eq_ignore_ascii_case("null") { "" } else { valore }
    }

    /// How many fields a row should have, and has.
    pub(super) fn campi(&self, riga: &Riga) -> (usize, usize) {
        (self.colonne.len(), riga.campi.len())
    }
}

impl Cursore<'_> {
    /// The next row that is not blank.
    fn riga(&mut self) -> Result<Option<Riga>, Errore> {
        while !self.testo.is_empty() {
            let linea = self.linea;
            let mut campi = Vec::new();
            loop {
                let (campo, ancora) = self.campo(linea, campi.len() + 1)?;
                campi.push(campo);
                if !ancora {
                    break;
                }
                if campi.len() >= MASSIME_COLONNE {
                    return no(linea, "", format!("più di {MASSIME_COLONNE} campi in una riga"));
                }
            }
            if campi.iter().any(|c| !c.trim().is_empty()) {
                return Ok(Some(Riga { linea, campi }));
            }
        }
        Ok(None)
    }

    /// The next field, and whether another follows in its row.
    fn campo(&mut self, linea: usize, numero: usize) -> Result<(String, bool), Errore> {
        let colonna = format!("{numero}ª");
        let campo = match self.testo.strip_prefix('"') {
            Some(dentro) => {
                let Some(fine) = chiusura(dentro) else { return no(linea, &colonna, "le virgolette non si chiudono") };
                let (tra_virgolette, dopo) = dentro.split_at(fine);
                self.testo = dopo.strip_prefix('"').unwrap_or(dopo);
                self.linea += tra_virgolette.matches('\n').count();
                tra_virgolette.replace("\"\"", "\"")
            }
            None => {
                let fine = self.testo.find([self.separatore, '\n']).unwrap_or(self.testo.len());
                let (campo, dopo) = self.testo.split_at(fine);
                self.testo = dopo;
                campo.trim_end_matches('\r').to_owned()
            }
        };
        if campo.len() > MASSIMO_CAMPO {
            return no(linea, &colonna, format!("il campo supera {MASSIMO_CAMPO} byte"));
        }
        let resto = self.testo.strip_prefix('\r').filter(|r| r.starts_with('\n')).unwrap_or(self.testo);
        if let Some(resto) = resto.strip_prefix('\n') {
            self.testo = resto;
            self.linea += 1;
            return Ok((campo, false));
        }
        if let Some(resto) = resto.strip_prefix(self.separatore) {
            self.testo = resto;
            return Ok((campo, true));
        }
        if resto.trim().is_empty() {
            self.testo = "";
            return Ok((campo, false));
        }
        no(linea, &colonna, "dopo le virgolette c'è altro testo")
    }
}

/// Where the quotes close: a doubled one is a letter.
fn chiusura(dentro: &str) -> Option<usize> {
    let mut da = 0;
    loop {
        let qui = da + dentro.get(da..)?.find('"')?;
        if !dentro.get(qui + 1..)?.starts_with('"') {
            return Some(qui);
        }
        da = qui + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_know_their_line_and_fields_their_quotes() {
        let testo = "\u{feff}_id,Nome,CAP\r\n1,\"Via \"\"Roma\"\", 1\r\nsu due\",null\r\n\r\n2,b,00100";
        let mut file = File::apri(testo.as_bytes()).unwrap();
        assert!(file.ha("nome") && !file.ha("altro"));
        let riga = file.prossima().unwrap().unwrap();
        assert_eq!(
            (riga.linea, file.valore(&riga, "NOME"), file.valore(&riga, "cap")),
            (2, "Via \"Roma\", 1\r\nsu due", "")
        );
        let riga = file.prossima().unwrap().unwrap();
        assert_eq!((riga.linea, file.valore(&riga, "cap")), (5, "00100"));
        assert!(file.prossima().unwrap().is_none());
    }

    #[test]
    fn what_cannot_be_read_says_line_and_column() {
        let lungo = format!("a,b\n1,{}\n", "x".repeat(MASSIMO_CAMPO + 1));
        let larga = format!("a\n{}\n", ",".repeat(MASSIME_COLONNE + 1));
        for (byte, attesa) in [
            (b"".as_slice(), "riga 1: il file è vuoto"),
            (b"a,A\n", "riga 1, colonna A: la colonna c'è due volte"),
            (b"a,b\n1,\xe0\n", "riga 2: il carattere al byte 3 della riga non è UTF-8"),
            (b"a,b\n1,\"2\n", "riga 2, colonna 2ª: le virgolette non si chiudono"),
            (b"a,b\n\"1\"x,2\n", "riga 2, colonna 1ª: dopo le virgolette"),
            (lungo.as_bytes(), "riga 2, colonna 2ª: il campo supera"),
            (larga.as_bytes(), "riga 2: più di 100 campi"),
        ] {
            let letto = File::apri(byte).and_then(|mut f| f.prossima().map(|_| ()));
            let errore = letto.unwrap_err().to_string();
            assert!(errore.starts_with(attesa), "{errore}");
        }
    }
}
