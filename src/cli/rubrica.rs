//! `tabulario importa rubrica`: a CSV of parties, row by row.

use super::importa::testo;
use super::{Dove, Errore};
use crate::registro::rubrica::{self, Confronto, Differenza, Esito, Fonte};
use crate::utenti;
use crate::valori::{Attore, CodiceAoo};
use std::io::Write;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Da dove viene il file: ipa, inipec, inad o csv.
    #[arg(long, value_name = "FONTE", default_value = "csv", value_parser = ["ipa", "inipec", "inad", "csv"])]
    fonte: String,
    /// Mostra che cosa cambierebbe, riga per riga, senza scrivere niente.
    #[arg(long, alias = "prova")]
    anteprima: bool,
    /// Il file CSV, con le colonne tipo, denominazione, cognome, nome, `codice_fiscale`, `codice_ipa`, `codice_aoo`, pec, email, indirizzo.
    file: PathBuf,
}

/// How many rows of each kind.
#[derive(Default)]
struct Conto {
    nuovi: usize,
    presenti: usize,
    diversi: usize,
    rifiutati: usize,
}

pub(super) fn esegui(dove: &Dove, args: &Args, out: &mut dyn Write) -> Result<bool, Errore> {
    let (codice, fonte): (CodiceAoo, Fonte) = (args.aoo.parse()?, args.fonte.parse()?);
    let righe = rubrica::leggi_csv(&testo(&args.file, out)?)?;
    let ambiente = dove.apri()?;
    let aoo = ambiente.db.leggi(|conn| utenti::aoo_per_codice(conn, &codice))?;
    if args.anteprima {
        let confronti = ambiente.db.leggi(|conn| rubrica::confronta(conn, aoo.id, &righe, fonte))?;
        let conto = stampa(&confronti, out)?;
        writeln!(out, "Anteprima: {}. Niente è stato scritto.", conto.frase())?;
        return Ok(conto.rifiutati == 0);
    }
    let importata =
        ambiente.db.scrivi(aoo.id, &Attore::Sistema("comando"), |op| rubrica::importa(op, &righe, fonte))?;
    ambiente.scrivi_punte()?;
    let conto = stampa(&importata.confronti, out)?;
    if importata.scritta {
        writeln!(out, "In rubrica: {}.", conto.frase())?;
    } else {
        writeln!(out, "Niente è stato scritto: {}. Correggi le righe rifiutate e ripeti.", conto.frase())?;
    }
    Ok(importata.scritta)
}

fn stampa(confronti: &[Confronto], out: &mut dyn Write) -> Result<Conto, Errore> {
    let mut conto = Conto::default();
    for c in confronti {
        let (contati, parola, altro) = match &c.esito {
            Esito::Nuovo => (&mut conto.nuovi, "nuovo", String::new()),
            Esito::Presente => (&mut conto.presenti, "già in rubrica", String::new()),
            Esito::GiaProposto => (&mut conto.presenti, "già proposto", String::new()),
            Esito::Diverso(differenze) => (&mut conto.diversi, "diverso", elenca(differenze)),
            Esito::Rifiutata(causa) => (&mut conto.rifiutati, "RIFIUTATA", causa.clone()),
        };
        *contati += 1;
        let parti = [c.nome.as_str(), altro.as_str()].into_iter().filter(|p| !p.is_empty());
        writeln!(out, "riga {}: {parola}: {}", c.linea, parti.collect::<Vec<_>>().join(": "))?;
    }
    Ok(conto)
}

/// Both values of every difference.
fn elenca(differenze: &[Differenza]) -> String {
    let una = |d: &Differenza| {
        let attuale = d.attuale.as_ref().map_or_else(|| "(manca)".to_owned(), |a| format!("«{a}»"));
        format!("{} {attuale} -> «{}»", d.dato, d.valore)
    };
    differenze.iter().map(una).collect::<Vec<_>>().join(", ")
}

impl Conto {
    fn frase(&self) -> String {
        let conta = |n: usize, uno: &str, molti: &str| format!("{n} {}", if n == 1 { uno } else { molti });
        format!(
            "{}, {}, {}, {}",
            conta(self.nuovi, "nuovo", "nuovi"),
            conta(self.presenti, "già presente", "già presenti"),
            conta(self.diversi, "diverso (proposto)", "diversi (proposti)"),
            conta(self.rifiutati, "rifiutato", "rifiutati"),
        )
    }
}
