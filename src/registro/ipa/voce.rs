//! An entry of the IPA, read from a row of a file.

use super::lettore::{File, Riga};
use super::{Errore, Genere};
use crate::registro::rubrica::Indirizzo;
use crate::segnatura::{NomeParte, Parte, TipoParte};
use crate::valori::{CodiceAoo, CodiceFiscale, CodiceIpa, CodiceUfficio, Denominazione, Rifiuto, Testo};
use std::str::FromStr;

/// Mail addresses of one entry.
const MASSIMI_RECAPITI: usize = 5;

/// What the IPA says of an amministrazione, of an AOO or of a UO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoceIpa {
    /// Which of the three.
    pub genere: Genere,
    /// The code of its amministrazione.
    pub codice_ipa: CodiceIpa,
    /// Of an AOO its own; of a UO that of the AOO it belongs to.
    pub codice_aoo: Option<CodiceAoo>,
    /// Of a UO.
    pub codice_uo: Option<CodiceUfficio>,
    /// Its own name.
    pub denominazione: Denominazione,
    /// The name of its amministrazione, if it is none itself.
    pub ente: Option<Denominazione>,
    /// Codice fiscale of the amministrazione.
    pub codice_fiscale: Option<CodiceFiscale>,
    /// Addresses, the domicilio digitale first.
    pub recapiti: Vec<Indirizzo>,
    /// Street, postcode.
    pub sede: Option<Testo>,
}

impl VoceIpa {
    /// The code by which the IPA knows it.
    #[must_use]
    pub fn codice(&self) -> &str {
        let aoo = self.codice_aoo.as_ref().map(CodiceAoo::as_str);
        match self.genere {
            Genere::Amministrazione => self.codice_ipa.as_str(),
            Genere::Aoo => aoo.unwrap_or_default(),
            Genere::Uo => self.codice_uo.as_ref().map_or("", CodiceUfficio::as_str),
        }
    }

    /// The same, as it is compared.
    pub(super) fn chiave(&self) -> String {
        self.codice().to_lowercase()
    }

    /// Its domicilio digitale.
    #[must_use]
    pub fn pec(&self) -> Option<&crate::valori::IndirizzoMail> {
        self.recapiti.iter().find_map(|i| if let Indirizzo::Pec(pec) = i { Some(pec) } else { None })
    }

    /// Its whole name: of an AOO or a UO the amministrazione first.
    #[must_use]
    pub fn nome(&self) -> String {
        match &self.ente {
            Some(ente) => format!("{ente} - {}", self.denominazione),
            None => self.denominazione.to_string(),
        }
    }

    /// As a party of a registration.
    #[must_use]
    pub fn parte(&self) -> Parte {
        // Two names of 500 characters each are longer than one may be.
        let intero: String = self.nome().chars().take(500).collect();
        let nome = intero.parse().unwrap_or_else(|_| self.denominazione.clone());
        Parte {
            tipo: TipoParte::Amministrazione,
            nome: NomeParte::Denominazione(nome),
            codice_fiscale: self.codice_fiscale.clone(),
            codice_ipa: Some(self.codice_ipa.clone()),
            codice_aoo: self.codice_aoo.clone(),
            codice_uo: self.codice_uo.clone(),
            pec: self.pec().cloned(),
        }
    }
}

/// Something in a row that is not as it should be: line, column, rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rilievo {
    /// Line of the file, from 1.
    pub linea: usize,
    /// Name of the column.
    pub colonna: String,
    /// What is wrong.
    pub causa: String,
}

/// The columns without which a file is not of its kind.
const COLONNE: [(Genere, &[&str]); 3] = [
    (Genere::Uo, &["Codice_uni_uo", "Descrizione_uo", "Codice_IPA", "Denominazione_ente"]),
    (Genere::Aoo, &["Codice_uni_aoo", "Denominazione_aoo", "Codice_IPA", "Denominazione_ente"]),
    (Genere::Amministrazione, &["Codice_IPA", "Denominazione_ente"]),
];

/// Of which kind a file is, from the names of its columns.
pub(super) fn genere(file: &File<'_>) -> Result<Genere, Errore> {
    let (genere, colonne) = COLONNE
        .into_iter()
        // The UO have the code of their AOO too: their own tells.
        .find(|(g, colonne)| match g {
            Genere::Aoo => file.ha("Denominazione_aoo") || (file.ha("Codice_uni_aoo") && !file.ha("Descrizione_uo")),
            Genere::Uo => file.ha("Codice_uni_uo") || file.ha("Descrizione_uo"),
            Genere::Amministrazione => colonne.iter().any(|c| file.ha(c)),
        })
        .ok_or_else(|| Errore::File {
            linea: 1,
            colonna: String::new(),
            causa: "non è un file dell'IPA: servono gli open data di amministrazioni (Codice_IPA, Denominazione_ente…), AOO \
                    (Codice_uni_aoo, Denominazione_aoo…) o UO (Codice_uni_uo, Descrizione_uo…)"
                .to_owned(),
        })?;
    match colonne.iter().find(|c| !file.ha(c)) {
        None => Ok(genere),
        Some(manca) => Err(Errore::File {
            linea: 1,
            colonna: (*manca).to_owned(),
            causa: format!("la colonna manca: un file di {} ha {}", genere.plurale(), colonne.join(", ")),
        }),
    }
}

/// What a row says; or what it cannot be read for. What can be left out is, and told in `rilievi`.
pub(super) fn leggi(
    file: &File<'_>,
    riga: &Riga,
    genere: Genere,
    rilievi: &mut Vec<Rilievo>,
) -> Result<VoceIpa, Rilievo> {
    let no = |colonna: &str, causa: String| Rilievo { linea: riga.linea, colonna: colonna.to_owned(), causa };
    let (attesi, trovati) = file.campi(riga);
    if attesi != trovati {
        return Err(no("", format!("{trovati} campi, ma le colonne sono {attesi}")));
    }
    let nome = |colonna: &str| {
        let testo = file.valore(riga, colonna).split_whitespace().collect::<Vec<_>>().join(" ");
        testo.parse::<Denominazione>().map_err(|e| no(colonna, e.regola))
    };
    let (denominazione, ente) = match genere {
        Genere::Amministrazione => (nome("Denominazione_ente")?, None),
        Genere::Aoo => (nome("Denominazione_aoo")?, Some(nome("Denominazione_ente")?)),
        Genere::Uo => (nome("Descrizione_uo")?, Some(nome("Denominazione_ente")?)),
    };
    let codice_ipa = serve(file, riga, "Codice_IPA")?;
    let codice_aoo = match genere {
        Genere::Amministrazione => None,
        Genere::Aoo => Some(serve(file, riga, "Codice_uni_aoo")?),
        Genere::Uo => forse(file, riga, "Codice_uni_aoo", rilievi),
    };
    let codice_uo = if genere == Genere::Uo { Some(serve(file, riga, "Codice_uni_uo")?) } else { None };
    let sede = ["Indirizzo", "CAP"].map(|c| file.valore(riga, c).split_whitespace().collect::<Vec<_>>().join(" "));
    Ok(VoceIpa {
        genere,
        codice_ipa,
        codice_aoo,
        codice_uo,
        denominazione,
        ente,
        codice_fiscale: forse(file, riga, "Codice_fiscale_ente", rilievi),
        recapiti: recapiti(file, riga, rilievi),
        sede: sede.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ").parse().ok(),
    })
}

fn serve<T: FromStr<Err = Rifiuto>>(file: &File<'_>, riga: &Riga, colonna: &str) -> Result<T, Rilievo> {
    let letto = file.valore(riga, colonna).parse();
    letto.map_err(|e: Rifiuto| Rilievo { linea: riga.linea, colonna: colonna.to_owned(), causa: e.regola })
}

fn forse<T: FromStr<Err = Rifiuto>>(
    file: &File<'_>,
    riga: &Riga,
    colonna: &str,
    rilievi: &mut Vec<Rilievo>,
) -> Option<T> {
    if file.valore(riga, colonna).is_empty() {
        return None;
    }
    serve(file, riga, colonna).map_err(|r| rilievi.push(r)).ok()
}

/// The addresses, each once: PEC and other qualified ones before ordinary mail.
fn recapiti(file: &File<'_>, riga: &Riga, rilievi: &mut Vec<Rilievo>) -> Vec<Indirizzo> {
    let mut letti: Vec<Indirizzo> = Vec::new();
    for i in 1..=MASSIMI_RECAPITI {
        let colonna = format!("Mail{i}");
        let valore = file.valore(riga, &colonna);
        if valore.is_empty() {
            continue;
        }
        let tipo = file.valore(riga, &format!("Tipo_Mail{i}")).to_lowercase();
        let tipo = if matches!(tipo.as_str(), "pec" | "sercq") { "pec" } else { "email" };
        match Indirizzo::leggi(tipo, valore) {
            Ok(letto) if letti.iter().any(|l| l.uguale(&letto)) => {}
            Ok(letto) => letti.push(letto),
            Err(e) => rilievi.push(Rilievo { linea: riga.linea, colonna, causa: e.regola }),
        }
    }
    letti.sort_by_key(|i| i.tipo() != "pec");
    letti
}
