//! A row of the register of a post, as it was written by hand or by a spreadsheet, and what it says.

use super::{Emergenza, Errore};
use crate::registro::{Corrispondente, Flusso, Mezzo, ProtocolloMittente, RuoloCorrispondente};
use crate::segnatura::{NomeParte, Parte, TipoParte};
use crate::valori::{CodiceUfficio, CodiceVoce, Istante, NumeroProtocollo, Oggetto, ROMA, Rifiuto, Tabella, Testo};
use chrono::{Datelike, NaiveDate, NaiveTime};
use std::collections::BTreeMap;
use std::str::FromStr;

/// Most rows of one file: one file is one transaction, during which its AOO registers nothing.
pub const MASSIME_RIGHE: usize = 2_000;

/// The columns of a file; those of a row that was typed are the same.
pub const COLONNE: [&str; 15] = [
    "numero",
    "data",
    "ora",
    "oggetto",
    "mittente",
    "destinatario",
    "cognome",
    "nome",
    "ufficio",
    "voce",
    "flusso",
    "mezzo",
    "numero_mittente",
    "data_mittente",
    "annullata",
];

/// A row, whatever it says: its line (1 for one that was typed) and its fields by column, those that say something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RigaFile {
    /// Line of the file, from 1.
    pub linea: usize,
    /// The fields.
    pub campi: BTreeMap<String, String>,
}

/// What a row says.
#[derive(Debug, Clone)]
pub struct Riga {
    /// Its emergency number.
    pub numero: NumeroProtocollo,
    /// When it was registered by hand.
    pub quando: Istante,
    /// What.
    pub contenuto: Contenuto,
}

/// What stands beside a number.
#[derive(Debug, Clone)]
pub enum Contenuto {
    /// The number was annulled on paper, and why: no document has it.
    Annullata(Testo),
    /// A document.
    Documento(Box<Scritto>),
}

/// A document as a post describes it.
#[derive(Debug, Clone)]
pub struct Scritto {
    /// Direction.
    pub flusso: Flusso,
    /// How it came, or left.
    pub mezzo: Mezzo,
    /// Subject.
    pub oggetto: Oggetto,
    /// Who sent it; of an uscita, whom it went to.
    pub corrispondente: Corrispondente,
    /// The sender's own number.
    pub protocollo_mittente: Option<ProtocolloMittente>,
    /// Classification.
    pub voce: CodiceVoce,
    /// To which office it goes.
    pub ufficio: CodiceUfficio,
}

/// Reads a file with the columns [`COLONNE`], in any order. A row that cannot be used is said so later, with the others.
///
/// # Errors
/// If the file as a whole cannot be used.
pub fn leggi_csv(testo: &str) -> Result<Vec<RigaFile>, Errore> {
    let tabella = Tabella::leggi(testo).and_then(|t| {
        let (servono, altre) = COLONNE.split_at(4);
        t.con_colonne(servono, altre)
    });
    let tabella = tabella.map_err(|e| Errore::File(e.to_string()))?;
    let righe: Vec<RigaFile> = tabella
        .righe()
        .take(MASSIME_RIGHE + 1)
        .map(|r| RigaFile::new(r.linea, COLONNE.iter().map(|c| (*c, r.valore(c)))))
        .collect();
    if righe.len() > MASSIME_RIGHE { Err(Errore::TroppeRighe) } else { Ok(righe) }
}

impl RigaFile {
    /// From columns and what stands under them.
    pub fn new<'a>(linea: usize, campi: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let pieni = campi.filter(|(_, v)| !v.trim().is_empty());
        let mut campi: BTreeMap<String, String> = pieni.map(|(c, v)| (c.to_owned(), v.trim().to_owned())).collect();
        // 3 and 0000003 are one number: rows are compared by what they say.
        if let Some(numero) = campi.get_mut("numero")
            && let Ok(letto) = numero.parse::<NumeroProtocollo>()
        {
            *numero = letto.to_string();
        }
        Self { linea, campi }
    }

    /// What stands under a column.
    #[must_use]
    pub fn valore(&self, colonna: &str) -> &str {
        self.campi.get(colonna).map_or("", String::as_str)
    }

    /// What the row says, or why it says nothing: column and rule.
    pub(super) fn leggi(&self) -> Result<Riga, String> {
        let numero = self.serve("numero")?;
        let quando = self.quando()?;
        let contenuto = match self.valore("annullata") {
            "" => Contenuto::Documento(Box::new(self.documento()?)),
            _ => Contenuto::Annullata(self.serve("annullata")?),
        };
        Ok(Riga { numero, quando, contenuto })
    }

    fn documento(&self) -> Result<Scritto, String> {
        let flusso = self.forse("flusso")?.unwrap_or(Flusso::Entrata);
        let mezzo: Mezzo = self.forse("mezzo")?.unwrap_or(Mezzo::Sportello);
        if !mezzo.cartaceo() {
            return Err("mezzo: vale uno di sportello, posta, raccomandata, corriere; ciò che arriva per via telematica resta nella casella \
                 e si protocolla da lì, e niente parte per via telematica senza il suo numero"
                .to_owned());
        }
        let dell_altro = if flusso == Flusso::Uscita { ["mittente", "numero_mittente"] } else { ["destinatario"; 2] };
        if let Some(colonna) = dell_altro.into_iter().find(|c| !self.valore(c).is_empty()) {
            return Err(format!("{colonna}: non è di una riga con flusso «{}»", flusso.as_str()));
        }
        let protocollo_mittente = match self.forse("numero_mittente")? {
            Some(numero) => Some(ProtocolloMittente { numero, data: self.data("data_mittente")? }),
            None if self.valore("data_mittente").is_empty() => None,
            None => return Err("numero_mittente: manca, ma c'è la sua data".to_owned()),
        };
        Ok(Scritto {
            flusso,
            mezzo,
            oggetto: self.serve("oggetto")?,
            corrispondente: self.corrispondente(flusso)?,
            protocollo_mittente,
            voce: self.serve("voce")?,
            ufficio: self.serve("ufficio")?,
        })
    }

    fn corrispondente(&self, flusso: Flusso) -> Result<Corrispondente, String> {
        let (colonna, ruolo) = match flusso {
            Flusso::Uscita => ("destinatario", RuoloCorrispondente::Destinatario),
            Flusso::Entrata | Flusso::Interna => ("mittente", RuoloCorrispondente::Mittente),
        };
        let persona = !self.valore("cognome").is_empty() || !self.valore("nome").is_empty();
        let (tipo, nome) = match (persona, self.valore(colonna)) {
            (true, "") => {
                let nome = NomeParte::Persona { nome: self.serve("nome")?, cognome: self.serve("cognome")? };
                (TipoParte::PersonaFisica, nome)
            }
            (true, _) => return Err(format!("{colonna}: vale da solo, oppure cognome e nome senza {colonna}")),
            (false, _) => (TipoParte::PersonaGiuridica, NomeParte::Denominazione(self.serve(colonna)?)),
        };
        let parte =
            Parte { tipo, nome, codice_fiscale: None, codice_ipa: None, codice_aoo: None, codice_uo: None, pec: None };
        Ok(Corrispondente { ruolo, parte, per_conoscenza: false })
    }

    fn quando(&self) -> Result<Istante, String> {
        let giorno = self.data("data")?.ok_or("data: manca")?;
        let ora = self.valore("ora").replace('.', ":");
        let ora = NaiveTime::parse_from_str(&ora, "%H:%M").map_err(|_| "ora: scrivi ore e minuti, come 08:30")?;
        // Of the hour that comes twice the first one.
        let quando = giorno.and_time(ora).and_local_timezone(ROMA).earliest();
        let quando = quando.ok_or("ora: quella notte quest'ora non c'è: cambia l'ora legale")?;
        Ok(Istante::new(quando.to_utc()))
    }

    fn data(&self, colonna: &str) -> Result<Option<NaiveDate>, String> {
        let scritta = self.valore(colonna);
        if scritta.is_empty() {
            return Ok(None);
        }
        let letta = ["%d/%m/%Y", "%Y-%m-%d"].into_iter().find_map(|f| NaiveDate::parse_from_str(scritta, f).ok());
        let letta = letta.filter(|d| (1900..=2200).contains(&d.year()));
        letta.map(Some).ok_or_else(|| format!("{colonna}: scrivi giorno, mese e anno, come 22/11/2026"))
    }

    fn serve<T: FromStr<Err = Rifiuto>>(&self, colonna: &str) -> Result<T, String> {
        self.forse(colonna)?.ok_or_else(|| format!("{colonna}: manca"))
    }

    fn forse<T: FromStr<Err = Rifiuto>>(&self, colonna: &str) -> Result<Option<T>, String> {
        let scritto = self.valore(colonna);
        if scritto.is_empty() {
            return Ok(None);
        }
        scritto.parse().map(Some).map_err(|e: Rifiuto| format!("{colonna}: {}", e.regola))
    }
}

/// Why an instant is none of this emergenza, as things stand at `ora`.
/// A number that was annulled on paper may be older: it fills what an earlier emergenza, or the paper before Tabulario, left out.
pub(super) fn fuori(emergenza: &Emergenza, riga: &Riga, ora: Istante) -> Option<String> {
    let (quando, annullata) = (riga.quando, matches!(riga.contenuto, Contenuto::Annullata(_)));
    let fine = emergenza.fine.unwrap_or_else(|| emergenza.autorizzata_fino());
    if quando < emergenza.inizio && !annullata {
        let inizio = emergenza.inizio.leggibile();
        return Some(format!("data: {} è prima dell'inizio dell'emergenza ({inizio})", quando.leggibile()));
    }
    if quando > fine {
        let che = if emergenza.fine.is_some() { "del ripristino" } else { "del termine autorizzato" };
        return Some(format!("data: {} è dopo la data {che} ({})", quando.leggibile(), fine.leggibile()));
    }
    (quando > ora).then(|| format!("data: {} è nel futuro", quando.leggibile()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TESTATA: &str = "numero;data;ora;oggetto;mittente;cognome;nome;ufficio;voce;flusso;mezzo";

    fn letta(riga: &str) -> Result<Riga, String> {
        leggi_csv(&format!("{TESTATA}\n{riga}\n")).unwrap().first().unwrap().leggi()
    }

    #[test]
    fn a_row_says_what_it_is_or_which_column_is_wrong() {
        let buona = letta("3;20/11/2026;9:05;Domanda;;Rossi;Anna;EDIL;VI.3;;").unwrap();
        assert_eq!((buona.numero.valore(), buona.quando.to_string().as_str()), (3, "2026-11-20T08:05:00.000Z"));
        let check = |riga: &str, colonna: &str| {
            let causa = letta(riga).unwrap_err();
            assert!(causa.starts_with(colonna), "{riga}: {causa}");
        };
        check("0;20/11/2026;9:05;Domanda;Ditta;;;EDIL;VI.3;;", "numero:");
        check("x;20/11/2026;9:05;Domanda;Ditta;;;EDIL;VI.3;;", "numero:");
        check("3;31/11/2026;9:05;Domanda;Ditta;;;EDIL;VI.3;;", "data:");
        check("3;20/11/99999;9:05;Domanda;Ditta;;;EDIL;VI.3;;", "data:");
        check("3;29/03/2026;2:30;Domanda;Ditta;;;EDIL;VI.3;;", "ora:");
        check("3;20/11/2026;25:05;Domanda;Ditta;;;EDIL;VI.3;;", "ora:");
        check("3;20/11/2026;9:05;;Ditta;;;EDIL;VI.3;;", "oggetto:");
        check("3;20/11/2026;9:05;Domanda;;;;EDIL;VI.3;;", "mittente:");
        check("3;20/11/2026;9:05;Domanda;Ditta;Rossi;Anna;EDIL;VI.3;;", "mittente:");
        check("3;20/11/2026;9:05;Domanda;;Rossi;;EDIL;VI.3;;", "nome:");
        check("3;20/11/2026;9:05;Domanda;Ditta;;;;VI.3;;", "ufficio:");
        check("3;20/11/2026;9:05;Domanda;Ditta;;;EDIL;VI.3;uscita;", "mittente:");
        check("3;20/11/2026;9:05;Domanda;;;;EDIL;VI.3;uscita;", "destinatario:");
        check("3;20/11/2026;9:05;Domanda;Ditta;;;EDIL;VI.3;;pec", "mezzo:");
        check(&format!("3;20/11/2026;9:05;{};Ditta;;;EDIL;VI.3;;", "x".repeat(100_000)), "oggetto:");
    }

    #[test]
    fn a_file_is_refused_whole_beyond_its_limit_or_with_other_columns() {
        let righe = |quante: usize| format!("numero;data;ora;oggetto\n{}", "1;20/11/2026;9:00;x\n".repeat(quante));
        assert_eq!(leggi_csv(&righe(MASSIME_RIGHE)).unwrap().len(), MASSIME_RIGHE);
        assert!(matches!(leggi_csv(&righe(MASSIME_RIGHE + 1)), Err(Errore::TroppeRighe)));
        for cattivo in ["", "numero;data;ora\n1;2;3\n", "numero;data;ora;oggetto;altro\n1;2;3;4;5\n"] {
            assert!(matches!(leggi_csv(cattivo), Err(Errore::File(_))), "{cattivo:?}");
        }
    }
}
