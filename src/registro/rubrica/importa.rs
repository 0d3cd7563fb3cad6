//! Parties read from a CSV file, compared with those of the rubrica, and brought in all or none.

use super::somiglianza::tra;
use super::{Differenza, Errore, Fonte, Indirizzo, differenze, parole, proposta, soggetto};
use crate::segnatura::{NomeParte, Parte, TipoParte};
use crate::storage::{Conn, Operazione};
use crate::valori::{AooId, Rifiuto, RigaTabella, SoggettoId, Tabella};
use std::collections::HashMap;
use std::str::FromStr;

/// Most rows of one file: one file is one transaction, during which its AOO registers nothing.
const MASSIMO_RIGHE: usize = 5_000;

/// The columns of a file, in the order of the documentation.
const COLONNE: [&str; 10] = [
    "tipo",
    "denominazione",
    "cognome",
    "nome",
    "codice_fiscale",
    "codice_ipa",
    "codice_aoo",
    "pec",
    "email",
    "indirizzo",
];

/// A row of a file: its line, and what it says or why it cannot be used.
#[derive(Debug, Clone)]
pub struct RigaRubrica {
    /// Line of the file, from 1.
    pub linea: usize,
    /// The party with its addresses, or field and rule.
    pub letta: Result<(Parte, Vec<Indirizzo>), String>,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Esito {
    /// It comes into the rubrica.
    Nuovo,
    /// The rubrica says the same.
    Presente,
    /// The rubrica says something else, which is proposed.
    Diverso(Vec<Differenza>),
    /// The rubrica says something else, which was proposed before.
    GiaProposto,
    /// Nothing of the file is brought in.
    Rifiutata(String),
}

/// A row compared with the rubrica.
#[derive(Debug, Clone)]
pub struct Confronto {
    /// Line of the file.
    pub linea: usize,
    /// Who it is about; empty if that could not be read.
    pub nome: String,
    /// What becomes of it.
    pub esito: Esito,
    soggetto: Option<SoggettoId>,
}

/// What an import did.
#[derive(Debug, Clone)]
pub struct Importata {
    /// Every row.
    pub confronti: Vec<Confronto>,
    /// True if it was written: no row was refused.
    pub scritta: bool,
}

/// Reads a file with the columns of the documentation, in any order. A row that cannot be used says why, and the others are read.
///
/// # Errors
/// If the file as a whole cannot be used.
pub fn leggi_csv(testo: &str) -> Result<Vec<RigaRubrica>, Errore> {
    let tabella = Tabella::leggi(testo).and_then(|t| t.con_colonne(&[], &COLONNE));
    let tabella = tabella.map_err(|e| Errore::File(e.to_string()))?;
    if !tabella.ha("denominazione") && !tabella.ha("cognome") {
        return Err(Errore::File("serve la colonna denominazione, o le colonne cognome e nome".to_owned()));
    }
    let righe: Vec<RigaRubrica> =
        tabella.righe().map(|r| RigaRubrica { linea: r.linea, letta: riga(&r) }).take(MASSIMO_RIGHE + 1).collect();
    if righe.len() > MASSIMO_RIGHE {
        return Err(Errore::File(format!("più di {MASSIMO_RIGHE} righe: dividi il file")));
    }
    Ok(righe)
}

fn riga(riga: &RigaTabella<'_>) -> Result<(Parte, Vec<Indirizzo>), String> {
    let valore = |nome: &str| riga.valore(nome);
    let (cognome, nome, denominazione) = (valore("cognome"), valore("nome"), valore("denominazione"));
    let nome = match (denominazione.is_empty(), cognome.is_empty() && nome.is_empty()) {
        (true, true) => return Err("denominazione: manca, e mancano cognome e nome".to_owned()),
        (false, false) => return Err("denominazione: vale da sola, o cognome e nome senza denominazione".to_owned()),
        (false, true) => NomeParte::Denominazione(serve("denominazione", denominazione)?),
        (true, false) => NomeParte::Persona { nome: serve("nome", nome)?, cognome: serve("cognome", cognome)? },
    };
    let codice_ipa = forse("codice_ipa", valore("codice_ipa"))?;
    let tipo = match (&nome, valore("tipo")) {
        (NomeParte::Persona { .. }, "") => TipoParte::PersonaFisica,
        (NomeParte::Denominazione(_), "") if codice_ipa.is_some() => TipoParte::Amministrazione,
        (NomeParte::Denominazione(_), "") => TipoParte::PersonaGiuridica,
        (_, tipo) => serve("tipo", tipo)?,
    };
    if (tipo == TipoParte::PersonaFisica) != matches!(nome, NomeParte::Persona { .. }) {
        return Err("tipo: una persona-fisica ha cognome e nome, gli altri una denominazione".to_owned());
    }
    let mut indirizzi = Vec::new();
    for (colonna, tipo) in [("pec", "pec"), ("email", "email"), ("indirizzo", "posta")] {
        if !valore(colonna).is_empty() {
            let letto = Indirizzo::leggi(tipo, valore(colonna));
            indirizzi.push(letto.map_err(|e: Rifiuto| format!("{colonna}: {}", e.regola))?);
        }
    }
    let codice_fiscale = forse("codice_fiscale", valore("codice_fiscale"))?;
    let codice_aoo = forse("codice_aoo", valore("codice_aoo"))?;
    Ok((Parte { tipo, nome, codice_fiscale, codice_ipa, codice_aoo, codice_uo: None, pec: None }, indirizzi))
}

fn serve<T: FromStr<Err = Rifiuto>>(colonna: &str, testo: &str) -> Result<T, String> {
    testo.parse().map_err(|e: Rifiuto| format!("{colonna}: {}", e.regola))
}

fn forse<T: FromStr<Err = Rifiuto>>(colonna: &str, testo: &str) -> Result<Option<T>, String> {
    if testo.is_empty() { Ok(None) } else { serve(colonna, testo).map(Some) }
}

/// What would become of every row, if the file were brought in now.
///
/// # Errors
/// Those of the database.
pub fn confronta(conn: &mut Conn, aoo: AooId, righe: &[RigaRubrica], fonte: Fonte) -> Result<Vec<Confronto>, Errore> {
    let mut prima: HashMap<String, Vec<&RigaRubrica>> = HashMap::new();
    let mut confronti = Vec::with_capacity(righe.len());
    for riga in righe {
        let (nome, (esito, soggetto)) = match &riga.letta {
            Err(causa) => (String::new(), (Esito::Rifiutata(causa.clone()), None)),
            Ok((parte, indirizzi)) => {
                let esito = match doppia(&mut prima, riga, parte, indirizzi) {
                    Some(causa) => (Esito::Rifiutata(causa), None),
                    None => uno(conn, aoo, parte, indirizzi, fonte)?,
                };
                (soggetto::nome(parte), esito)
            }
        };
        confronti.push(Confronto { linea: riga.linea, nome, esito, soggetto });
    }
    Ok(confronti)
}

/// Why a row cannot stand beside one above it, if it is about the same party.
fn doppia<'a>(
    prima: &mut HashMap<String, Vec<&'a RigaRubrica>>,
    riga: &'a RigaRubrica,
    parte: &Parte,
    indirizzi: &[Indirizzo],
) -> Option<String> {
    let chiavi = [
        parte.codice_fiscale.as_ref().map(|c| format!("cf {c}")),
        parte.codice_ipa.as_ref().map(|c| format!("ipa {}", c.as_str().to_lowercase())),
        Some(format!("nome {}", parole::chiave(&soggetto::nome(parte)))),
    ];
    let pec = indirizzi.iter().filter(|i| i.tipo() == "pec").map(|i| format!("pec {}", parole::intera(i.valore())));
    let chiavi: Vec<String> = chiavi.into_iter().flatten().chain(pec).collect();
    let suoi: Vec<&Indirizzo> = indirizzi.iter().collect();
    let uguale = chiavi.iter().filter_map(|c| prima.get(c)).flatten().find_map(|altra| {
        let (p, i) = altra.letta.as_ref().ok()?;
        let i: Vec<&Indirizzo> = i.iter().collect();
        tra((p, &i), (parte, &suoi)).map(|per| (altra.linea, per))
    });
    for chiave in chiavi {
        prima.entry(chiave).or_default().push(riga);
    }
    uguale.map(|(linea, per)| format!("parla dello stesso soggetto della riga {linea} ({per})"))
}

fn uno(
    conn: &mut Conn,
    aoo: AooId,
    parte: &Parte,
    indirizzi: &[Indirizzo],
    fonte: Fonte,
) -> Result<(Esito, Option<SoggettoId>), Errore> {
    // A company and its owner may share a PEC or a name: those are two.
    let simili = soggetto::simili(conn, aoo, parte, indirizzi, None)?;
    let mut simili = simili.into_iter().filter(|(s, per)| per.certa() || s.parte.tipo == parte.tipo);
    let Some((uguale, per)) = simili.next() else { return Ok((Esito::Nuovo, None)) };
    if simili.any(|(_, altro)| altro == per) {
        let causa =
            format!("somiglia a più soggetti della rubrica ({per}): uniscili, o scrivi nella riga il codice fiscale");
        return Ok((Esito::Rifiutata(causa), None));
    }
    if uguale.parte.tipo != parte.tipo {
        let causa = format!("tipo: in rubrica {} è {}", uguale.nome(), uguale.parte.tipo.as_str());
        return Ok((Esito::Rifiutata(causa), None));
    }
    let trovate = differenze(&uguale, parte, indirizzi);
    let nuove = proposta::nuove(conn, uguale.id, fonte, trovate.clone())?;
    let esito = match (trovate.is_empty(), nuove.is_empty()) {
        (true, _) => Esito::Presente,
        (false, true) => Esito::GiaProposto,
        (false, false) => Esito::Diverso(nuove),
    };
    Ok((esito, Some(uguale.id)))
}

/// Brings a file in: new parties are written, differences proposed. If any row is refused, nothing is.
///
/// # Errors
/// Those of the database.
pub fn importa(op: &mut Operazione<'_>, righe: &[RigaRubrica], fonte: Fonte) -> Result<Importata, Errore> {
    let confronti = confronta(op.conn, op.aoo, righe, fonte)?;
    if confronti.iter().any(|c| matches!(c.esito, Esito::Rifiutata(_))) {
        return Ok(Importata { confronti, scritta: false });
    }
    for (confronto, riga) in confronti.iter().zip(righe) {
        let Ok((parte, indirizzi)) = &riga.letta else { continue };
        match (&confronto.esito, confronto.soggetto) {
            (Esito::Nuovo, _) => {
                soggetto::scrivi(op, parte, indirizzi, fonte)?;
            }
            (Esito::Diverso(_), Some(id)) => {
                proposta::proponi(op, id, parte, indirizzi, fonte)?;
            }
            _ => {}
        }
    }
    Ok(Importata { confronti, scritta: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_in_any_of_its_shapes() {
        for testo in [
            "\u{feff}denominazione;pec\r\nSocietà Agricola;a@pec.example\r\n",
            "\n PEC , Denominazione\n\"a@pec.example\",\"Società Agricola\"\n\n",
        ] {
            let righe = leggi_csv(testo).unwrap();
            let [riga] = righe.as_slice() else { panic!("{righe:?}") };
            let (parte, indirizzi) = riga.letta.as_ref().unwrap();
            assert_eq!((soggetto::nome(parte).as_str(), indirizzi[0].valore()), ("Società Agricola", "a@pec.example"));
        }
    }

    #[test]
    fn what_cannot_be_used_says_which_field_and_why() {
        for (file, parte) in [
            ("", "vuoto"),
            ("denominazione\n", "nessuna riga"),
            ("denominazione;telefono\na;1\n", "colonna sconosciuta «telefono»"),
            ("pec\na@b.it\n", "serve la colonna denominazione"),
            ("denominazione;denominazione\na;b\n", "due volte"),
            ("denominazione\n\"a\n", "virgolette"),
        ] {
            assert!(leggi_csv(file).unwrap_err().to_string().contains(parte), "{file:?}");
        }
        let testata = "tipo;denominazione;cognome;nome;codice_fiscale;pec\n";
        for (linea, parte) in [
            ("persona-giuridica;;;;;", "denominazione: manca"),
            (";Ditta;Rossi;Mario;;", "vale da sola"),
            (";;Rossi;;;", "nome: non può"),
            (";Ditta;;;123;", "codice_fiscale: servono"),
            (";Ditta;;;;a.it", "pec: serve"),
            ("persona-fisica;Ditta;;;;", "tipo: una persona-fisica"),
            ("ditta;Ditta;;;;", "tipo: serve"),
        ] {
            let righe = leggi_csv(&format!("{testata}{linea}\n")).unwrap();
            let errore = righe[0].letta.as_ref().unwrap_err();
            assert!(righe[0].linea == 2 && errore.contains(parte), "{linea:?}: {errore}");
        }
    }
}
