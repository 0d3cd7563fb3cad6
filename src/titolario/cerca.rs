//! Fascicoli found by the words of their subject, whole or begun, and by their code.

use super::Errore;
use super::fascicolo::{self, Fascicolo};
use crate::storage::Conn;
use crate::utenti::visibilita::Vista;
use crate::valori::FascicoloId;

/// Rows read at a time while looking.
const BLOCCO: i64 = 500;

/// The newest fascicoli before `prima` that say all the words of `testo`, at most `quanti`; without words, all of them.
///
/// Neither database compares words without accents in a way that the other one shares, so the rows are compared here.
///
/// # Errors
/// Those of the database.
pub fn cerca(
    conn: &mut Conn,
    vista: &Vista,
    testo: &str,
    mut prima: Option<FascicoloId>,
    quanti: usize,
) -> Result<Vec<Fascicolo>, Errore> {
    let cercate: Vec<String> = piana(testo).split_whitespace().map(str::to_owned).collect();
    let mut trovati = Vec::new();
    loop {
        let blocco = fascicolo::fascicoli(conn, vista, prima, BLOCCO)?;
        let ultimo = i64::try_from(blocco.len()).is_ok_and(|n| n < BLOCCO);
        prima = blocco.last().map(|f| f.id);
        for f in blocco {
            if dice(&f, &cercate) {
                trovati.push(f);
            }
            if trovati.len() == quanti {
                return Ok(trovati);
            }
        }
        if ultimo {
            return Ok(trovati);
        }
    }
}

/// True if the fascicolo says all of these, already plain.
fn dice(f: &Fascicolo, cercate: &[String]) -> bool {
    let c = &f.codice;
    let codici = [c.to_string(), format!("{}/{}", c.voce, c.numero), c.voce.to_string(), c.numero.to_string()];
    let codici = codici.map(|codice| piana(&codice));
    let oggetto = piana(f.oggetto.as_str());
    let oggetto: Vec<&str> = parole(&oggetto).collect();
    cercate.iter().all(|cercata| {
        let mut sue = parole(cercata).peekable();
        codici.contains(cercata)
            || (sue.peek().is_some() && sue.all(|inizio| oggetto.iter().any(|parola| parola.starts_with(inizio))))
    })
}

fn parole(testo: &str) -> impl Iterator<Item = &str> {
    testo.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty())
}

/// Lower case, without the accents that Italian writes.
fn piana(testo: &str) -> String {
    let piano = |c: char| match c {
        'à' | 'á' | 'â' | 'ä' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        altra => altra,
    };
    testo.chars().flat_map(char::to_lowercase).map(piano).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::titolario::{CodiceFascicolo, TipoFascicolo};
    use crate::valori::Istante;

    #[test]
    fn a_fascicolo_is_found_by_words_and_by_code() {
        let fascicolo = Fascicolo {
            id: FascicoloId::new(),
            codice: CodiceFascicolo { anno: 2026, voce: "VI.3".parse().unwrap(), numero: 41 },
            oggetto: "Rossi Costruzioni, attività di via dell'Olmo 12".parse().unwrap(),
            tipo: TipoFascicolo::Affare,
            aperto: Istante::default(),
        };
        let check = |testo: &str, atteso: bool| {
            let cercate: Vec<String> = piana(testo).split_whitespace().map(str::to_owned).collect();
            assert_eq!(dice(&fascicolo, &cercate), atteso, "{testo:?}");
        };
        for trovato in
            ["", "rossi", "COSTR", "attivita", "olmo via", "dell'olmo", "41", "vi.3/41", "2026/VI.3/41", "vi.3 rossi"]
        {
            check(trovato, true);
        }
        for altro in ["verdi", "ossi", "rossi verdi", "4", "vi.3/4", "2025/VI.3/41", "...", "via/12/x"] {
            check(altro, false);
        }
    }
}
