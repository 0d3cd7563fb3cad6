//! *Tabella*: the rows of a CSV file as people and spreadsheets write it (RFC 4180, comma, semicolon or tab, first line the names
//! of the columns).

use std::collections::HashMap;

/// Most rows of one file.
const MASSIME_RIGHE: usize = 20_000;

/// Longest file, in bytes.
const MASSIMO_BYTE: usize = 16 * 1024 * 1024;

/// Why a file is no table: where, and the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("riga {linea}: {regola}")]
pub struct TabellaRifiutata {
    /// Line of the file, from 1.
    pub linea: usize,
    /// The rule that was broken, in Italian.
    pub regola: String,
}

fn no<T>(linea: usize, regola: impl Into<String>) -> Result<T, TabellaRifiutata> {
    Err(TabellaRifiutata { linea, regola: regola.into() })
}

/// A table. Blank lines are none of its rows.
#[derive(Debug, Clone)]
pub struct Tabella {
    colonne: HashMap<String, usize>,
    righe: Vec<(usize, Vec<String>)>,
}

/// A row of a table.
#[derive(Debug, Clone, Copy)]
pub struct RigaTabella<'a> {
    /// Line of the file where it begins, from 1.
    pub linea: usize,
    colonne: &'a HashMap<String, usize>,
    campi: &'a [String],
}

impl RigaTabella<'_> {
    /// The field under a column, without the blanks around it; nothing if the column is not there.
    #[must_use]
    pub fn valore(&self, colonna: &str) -> &str {
        self.colonne.get(colonna).and_then(|c| self.campi.get(*c)).map_or("", |v| v.trim())
    }
}

impl Tabella {
    /// Reads a text.
    ///
    /// # Errors
    /// A quote that is never closed, a row longer than the columns, two columns with one name, too many rows, no row.
    pub fn leggi(testo: &str) -> Result<Self, TabellaRifiutata> {
        let testo = testo.trim_start_matches('\u{feff}');
        let testata = testo.lines().find(|l| !l.trim().is_empty()).unwrap_or("");
        let quante = |s: char| testata.matches(s).count();
        let separatore = [';', ',', '\t'].into_iter().rev().max_by_key(|s| quante(*s)).unwrap_or(';');
        let mut righe =
            righe(testo, separatore)?.into_iter().filter(|(_, campi)| campi.iter().any(|c| !c.trim().is_empty()));
        let Some((linea, nomi)) = righe.next() else { return no(1, "il file è vuoto") };
        let mut colonne = HashMap::new();
        for (i, nome) in nomi.iter().enumerate() {
            let nome = nome.trim().to_lowercase();
            if !nome.is_empty() && colonne.insert(nome.clone(), i).is_some() {
                return no(linea, format!("la colonna «{nome}» c'è due volte"));
            }
        }
        let righe: Vec<(usize, Vec<String>)> = righe.collect();
        if let Some((linea, _)) = righe.get(MASSIME_RIGHE) {
            return no(*linea, format!("più di {MASSIME_RIGHE} righe: dividi il file"));
        }
        if let Some((linea, campi)) =
            righe.iter().find(|(_, c)| c.iter().skip(nomi.len()).any(|v| !v.trim().is_empty()))
        {
            return no(*linea, format!("{} campi, ma le colonne sono {}", campi.len(), nomi.len()));
        }
        if righe.is_empty() {
            return no(linea, "dopo i nomi delle colonne non c'è nessuna riga");
        }
        Ok(Self { colonne, righe })
    }

    /// True if the table has this column.
    #[must_use]
    pub fn ha(&self, colonna: &str) -> bool {
        self.colonne.contains_key(colonna)
    }

    /// Refuses a table without some columns, or with others than these.
    ///
    /// # Errors
    /// With the names that are expected.
    pub fn con_colonne(self, servono: &[&str], altre: &[&str]) -> Result<Self, TabellaRifiutata> {
        if let Some(manca) = servono.iter().find(|c| !self.ha(c)) {
            return no(
                1,
                format!("manca la colonna «{manca}»: le colonne sono {}", [servono, altre].concat().join(", ")),
            );
        }
        let ignota =
            self.colonne.keys().filter(|c| !servono.contains(&c.as_str()) && !altre.contains(&c.as_str())).min();
        match ignota {
            Some(c) => {
                no(1, format!("colonna sconosciuta «{c}»: le colonne sono {}", [servono, altre].concat().join(", ")))
            }
            None => Ok(self),
        }
    }

    /// The rows, in order.
    pub fn righe(&self) -> impl Iterator<Item = RigaTabella<'_>> {
        self.righe.iter().map(|(linea, campi)| RigaTabella { linea: *linea, colonne: &self.colonne, campi })
    }
}

/// The text of a file, and true if it was not UTF-8 but Windows-1252, which is what spreadsheets write when they are not asked.
///
/// # Errors
/// A file that is too long, a workbook, UTF-16.
pub fn testo_di_tabella(byte: &[u8]) -> Result<(String, bool), TabellaRifiutata> {
    if byte.len() > MASSIMO_BYTE {
        return no(1, format!("il file supera {} MiB: dividilo", MASSIMO_BYTE / 1024 / 1024));
    }
    if byte.starts_with(b"PK\x03\x04") || byte.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return no(1, "è una cartella di lavoro di un foglio di calcolo: salvala come CSV (UTF-8) e riprova");
    }
    if byte.starts_with(&[0xff, 0xfe]) || byte.starts_with(&[0xfe, 0xff]) || byte.contains(&0) {
        return no(1, "non è un testo che so leggere (UTF-16?): salvalo come CSV (UTF-8) e riprova");
    }
    match std::str::from_utf8(byte) {
        Ok(testo) => Ok((testo.to_owned(), false)),
        Err(_) => Ok((encoding_rs::WINDOWS_1252.decode(byte).0.into_owned(), true)),
    }
}

/// The fields of each row, with the line where it begins; a quoted field may hold the separator, line ends and doubled quotes.
fn righe(testo: &str, separatore: char) -> Result<Vec<(usize, Vec<String>)>, TabellaRifiutata> {
    let (mut righe, mut campi, mut campo) = (Vec::new(), Vec::new(), String::new());
    let (mut linea, mut inizio, mut aperte) = (1, 1, None);
    let mut caratteri = testo.chars().peekable();
    while let Some(c) = caratteri.next() {
        if c == '\n' {
            linea += 1;
        }
        match (c, aperte) {
            ('"', Some(_)) if caratteri.peek() == Some(&'"') => {
                campo.push('"');
                caratteri.next();
            }
            ('"', Some(_)) => aperte = None,
            ('"', None) if campo.trim().is_empty() => {
                campo.clear();
                aperte = Some(linea);
            }
            ('\n', None) => {
                campi.push(std::mem::take(&mut campo));
                righe.push((inizio, std::mem::take(&mut campi)));
                inizio = linea;
            }
            ('\r', None) if caratteri.peek() == Some(&'\n') => {}
            (c, None) if c == separatore => campi.push(std::mem::take(&mut campo)),
            (c, _) => campo.push(c),
        }
    }
    if let Some(linea) = aperte {
        return no(linea, "le virgolette aperte qui non si chiudono");
    }
    if !campo.is_empty() || !campi.is_empty() {
        campi.push(campo);
        righe.push((inizio, campi));
    }
    Ok(righe)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lette(testo: &str) -> Vec<(usize, String, String)> {
        let tabella = Tabella::leggi(testo).unwrap();
        tabella.righe().map(|r| (r.linea, r.valore("a").to_owned(), r.valore("b").to_owned())).collect()
    }

    #[test]
    fn commas_semicolons_tabs_quotes_and_a_bom_are_read() {
        let riga = |linea, a: &str, b: &str| (linea, a.to_owned(), b.to_owned());
        for testo in ["a;b\n1;2\n", "\u{feff}a,b\r\n1,2", "A\tB\n 1 \t2\n", "b;a\n2;1", "a;b;\n1;2;\n"] {
            assert_eq!(lette(testo), [riga(2, "1", "2")], "{testo:?}");
        }
        assert_eq!(
            lette("a;b\n\n\"x;\"\"y\"\"\";\"su\ndue\"\n;;\n3\n"),
            [riga(3, "x;\"y\"", "su\ndue"), riga(6, "3", "")]
        );
        // A quote inside a word is a letter.
        assert_eq!(lette("a;b\n5\" di;L'altro\n"), [riga(2, "5\" di", "L'altro")]);
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_line() {
        let lunga = format!("a;b\n{}", "1;2\n".repeat(MASSIME_RIGHE + 1));
        for (testo, linea, parte) in [
            ("", 1, "vuoto"),
            ("a;b\n", 1, "nessuna riga"),
            ("a;a\n1;2", 1, "due volte"),
            ("a;b\n1;2\n1;2;3", 3, "3 campi"),
            ("a;b\n1;\"2\n", 2, "non si chiudono"),
            (lunga.as_str(), MASSIME_RIGHE + 2, "più di"),
        ] {
            let e = Tabella::leggi(testo).unwrap_err();
            assert!(e.linea == linea && e.regola.contains(parte), "{e}");
        }
        let tabella = || Tabella::leggi("a;b\n1;2\n").unwrap();
        assert!(tabella().con_colonne(&["a"], &["b"]).is_ok());
        assert!(tabella().con_colonne(&["c"], &["a", "b"]).unwrap_err().regola.contains("manca la colonna «c»"));
        assert!(tabella().con_colonne(&["a"], &[]).unwrap_err().regola.contains("sconosciuta «b»"));
    }

    #[test]
    fn a_file_of_a_spreadsheet_is_read_or_says_what_to_do() {
        assert_eq!(testo_di_tabella("è".as_bytes()), Ok(("è".to_owned(), false)));
        assert_eq!(testo_di_tabella(b"citt\xe0 \x80"), Ok(("città €".to_owned(), true)));
        for cattivo in [b"PK\x03\x04....".as_slice(), b"\xff\xfea\0", b"a\0b"] {
            assert!(testo_di_tabella(cattivo).unwrap_err().regola.contains("CSV (UTF-8)"));
        }
    }
}
