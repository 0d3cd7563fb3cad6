//! What is asked, as typed in the one box: words are prefixes, `"frase"`, `-escludi`, `oppure`, and typed filters such as
//! `n:12345/2025`, `voce:VI.3`, `dal:01/03`. Nothing typed is an error: what is no filter is a word.

use super::Errore;
use crate::segnatura::Identificatore;
use crate::valori::NumeroProtocollo;
use chrono::{Datelike, NaiveDate};

/// Longest question, in characters.
const MASSIMO_CARATTERI: usize = 500;
/// Most words and filters that count.
const MASSIMO_CLAUSOLE: usize = 40;

/// One thing that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Termine {
    /// A word, or its beginning, anywhere.
    Parola(String),
    /// Words one after the other.
    Frase(String),
    /// A number of protocol, perhaps of a year.
    Numero(NumeroProtocollo, Option<i32>),
    /// A word of the subject.
    Oggetto(String),
    /// A word of a sender.
    Mittente(String),
    /// A word of a recipient.
    Destinatario(String),
    /// Code of a voce; those below it count.
    Voce(String),
    /// Code of the office in charge.
    Ufficio(String),
    /// `entrata`, `uscita` or `interna`.
    Flusso(String),
    /// Registered on this legal day or later.
    Dal(NaiveDate),
    /// Registered on this legal day or earlier.
    Al(NaiveDate),
}

/// A thing that must be there, or must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clausola {
    /// What.
    pub termine: Termine,
    /// True if what has it is left out.
    pub esclusa: bool,
}

/// A question: what must always hold, and alternatives of which one must.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Domanda {
    /// Filters given apart from the box.
    pub filtri: Vec<Termine>,
    /// Alternatives, as `oppure` parts them.
    pub gruppi: Vec<Vec<Clausola>>,
}

impl Domanda {
    /// Reads what was typed; `oggi` is the legal day, for dates without a year.
    ///
    /// # Errors
    /// If it is too long.
    pub fn leggi(testo: &str, oggi: NaiveDate) -> Result<Self, Errore> {
        if testo.chars().count() > MASSIMO_CARATTERI {
            return Err(Errore::Lunga { massimo: MASSIMO_CARATTERI });
        }
        let mut gruppi = vec![Vec::new()];
        for pezzo in pezzi(testo).into_iter().take(MASSIMO_CLAUSOLE) {
            if pezzo.oppure() {
                gruppi.push(Vec::new());
            } else if let (Some(ultimo), Some(termine)) = (gruppi.last_mut(), pezzo.termine(oggi)) {
                ultimo.push(Clausola { termine, esclusa: pezzo.escluso });
            }
        }
        gruppi.retain(|g| !g.is_empty());
        Ok(Self { filtri: Vec::new(), gruppi })
    }
}

/// What stands between blanks: `-nome:"valore"`.
#[derive(Default)]
struct Pezzo {
    escluso: bool,
    nome: Option<String>,
    valore: String,
    fra_virgolette: bool,
}

impl Pezzo {
    fn oppure(&self) -> bool {
        !self.escluso && !self.fra_virgolette && self.nome.is_none() && self.valore.eq_ignore_ascii_case("oppure")
    }

    fn termine(&self, oggi: NaiveDate) -> Option<Termine> {
        let valore = self.valore.trim();
        if valore.is_empty() {
            return None;
        }
        let Some(nome) = self.nome.as_deref() else { return Some(self.parola(valore)) };
        let maiuscolo = || valore.to_uppercase();
        let filtro = match nome {
            "n" => numero(valore),
            "ogg" => Some(Termine::Oggetto(valore.to_owned())),
            "da" => Some(Termine::Mittente(valore.to_owned())),
            "a" => Some(Termine::Destinatario(valore.to_owned())),
            "voce" => Some(Termine::Voce(maiuscolo())),
            "uo" => Some(Termine::Ufficio(maiuscolo())),
            "tipo" => Some(Termine::Flusso(valore.to_lowercase())),
            "dal" => giorno(valore, oggi).map(Termine::Dal),
            "al" => giorno(valore, oggi).map(Termine::Al),
            _ => None,
        };
        Some(filtro.unwrap_or_else(|| self.parola(&format!("{nome} {valore}"))))
    }

    fn parola(&self, valore: &str) -> Termine {
        match self.fra_virgolette {
            true => Termine::Frase(valore.to_owned()),
            false => Termine::Parola(valore.to_owned()),
        }
    }
}

fn pezzi(testo: &str) -> Vec<Pezzo> {
    let (mut trovati, mut corrente, mut dentro) = (Vec::new(), Pezzo::default(), false);
    let mut iniziato = false;
    for c in testo.chars() {
        match c {
            '"' | '\u{201c}' | '\u{201d}' | '\u{ab}' | '\u{bb}' => {
                (dentro, iniziato) = (!dentro, true);
                corrente.fra_virgolette = true;
            }
            _ if dentro => corrente.valore.push(c),
            _ if c.is_whitespace() => {
                if iniziato {
                    trovati.push(std::mem::take(&mut corrente));
                }
                iniziato = false;
            }
            '-' if !iniziato => (corrente.escluso, iniziato) = (true, true),
            ':' if corrente.nome.is_none() && e_nome(&corrente.valore) => {
                corrente.nome = Some(std::mem::take(&mut corrente.valore).to_lowercase());
            }
            _ => {
                iniziato = true;
                corrente.valore.push(c);
            }
        }
    }
    if iniziato {
        trovati.push(corrente);
    }
    trovati
}

fn e_nome(testo: &str) -> bool {
    !testo.is_empty() && testo.len() <= 12 && testo.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
}

/// `12345`, `0012345`, `12345/2025`, `12345/25`, or a line of segnatura.
pub(super) fn numero(testo: &str) -> Option<Termine> {
    if let Ok(linea) = testo.parse::<Identificatore>() {
        return Some(Termine::Numero(linea.numero, Some(linea.data.year())));
    }
    let (numero, anno) = match testo.split_once('/') {
        Some((numero, anno)) => (numero, Some(anno)),
        None => (testo, None),
    };
    let anno = match anno {
        None => None,
        Some(anno) => Some(intero_anno(anno)?),
    };
    Some(Termine::Numero(numero.parse().ok()?, anno))
}

fn intero_anno(testo: &str) -> Option<i32> {
    let anno: i32 = testo.parse().ok()?;
    match (testo.len(), anno) {
        (2, 0..) => Some(2_000 + anno),
        (4, 1_900..=2_200) => Some(anno),
        _ => None,
    }
}

/// A day as people write it: `12/3`, `12-3-25`, `12/03/2025`, `2025-03-12`, `oggi`, `ieri`.
#[must_use]
pub fn giorno(testo: &str, oggi: NaiveDate) -> Option<NaiveDate> {
    match testo.to_lowercase().as_str() {
        "oggi" => return Some(oggi),
        "ieri" => return oggi.pred_opt(),
        _ => {}
    }
    if let Ok(data) = testo.parse::<NaiveDate>() {
        return (1_900..=2_200).contains(&data.year()).then_some(data);
    }
    let mut parti = testo.split(['/', '-', '.']);
    let giorno = parti.next()?.parse().ok()?;
    let mese = parti.next()?.parse().ok()?;
    let anno = match parti.next() {
        None => oggi.year(),
        Some(anno) => intero_anno(anno)?,
    };
    match parti.next() {
        None => NaiveDate::from_ymd_opt(anno, mese, giorno),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Termine::{Al, Dal, Destinatario, Flusso, Frase, Mittente, Parola, Ufficio, Voce};

    fn check(testo: &str, attesi: &[&[(bool, Termine)]]) {
        let oggi = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let gruppi: Vec<Vec<(bool, Termine)>> = Domanda::leggi(testo, oggi)
            .unwrap()
            .gruppi
            .into_iter()
            .map(|g| g.into_iter().map(|c| (c.esclusa, c.termine)).collect())
            .collect();
        assert_eq!(gruppi, attesi, "{testo:?}");
    }

    #[test]
    fn the_box_is_read_as_people_type() {
        let p = |t: &str| Parola(t.to_owned());
        let data = |a, m, g| NaiveDate::from_ymd_opt(a, m, g).unwrap();
        check("", &[]);
        check("  permesso  costruire ", &[&[(false, p("permesso")), (false, p("costruire"))]]);
        check("\"via Roma\" -rossi", &[&[(false, Frase("via Roma".to_owned())), (true, p("rossi"))]]);
        check("tari oppure imu", &[&[(false, p("tari"))], &[(false, p("imu"))]]);
        check("oppure", &[]);
        check("-\"via Roma\"", &[&[(true, Frase("via Roma".to_owned()))]]);
        check("n:12345/2025", &[&[(false, Termine::Numero("12345".parse().unwrap(), Some(2025)))]]);
        check("n:0000007/25", &[&[(false, Termine::Numero("7".parse().unwrap(), Some(2025)))]]);
        check(
            "voce:vi.3 uo:edil tipo:Entrata",
            &[&[
                (false, Voce("VI.3".to_owned())),
                (false, Ufficio("EDIL".to_owned())),
                (false, Flusso("entrata".to_owned())),
            ]],
        );
        check("dal:01/03 al:oggi", &[&[(false, Dal(data(2026, 3, 1))), (false, Al(data(2026, 11, 22)))]]);
        check(
            "da:rossi a:\"studio verdi\"",
            &[&[(false, Mittente("rossi".to_owned())), (false, Destinatario("studio verdi".to_owned()))]],
        );
        // What is no filter is a word.
        check("ufff:edilizia", &[&[(false, p("ufff edilizia"))]]);
        check("dal:mai", &[&[(false, p("dal mai"))]]);
        check("n:x", &[&[(false, p("n x"))]]);
        check("\"mai chiusa", &[&[(false, Frase("mai chiusa".to_owned()))]]);
        check("\" ' - : \"\" -", &[&[(false, Frase("' - :  -".to_owned()))]]);
    }

    #[test]
    fn a_question_has_a_limit() {
        let oggi = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        assert!(matches!(Domanda::leggi(&"a ".repeat(251), oggi), Err(Errore::Lunga { .. })));
        let molte = Domanda::leggi(&"a ".repeat(250), oggi).unwrap();
        assert_eq!(molte.gruppi.concat().len(), MASSIMO_CLAUSOLE);
    }
}
