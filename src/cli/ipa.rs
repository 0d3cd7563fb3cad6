//! `tabulario importa ipa`: the open data of the IPA, file by file.

use super::{Dove, Errore};
use crate::registro::ipa::{self, Bilancio, Genere, Letto, MASSIMO_BYTE, Rilievo};
use crate::valori::{AooId, Attore};
use chrono::NaiveDate;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Rows that are told one by one.
const MASSIME_RACCONTATE: usize = 50;

/// Importa gli open data dell'IPA (amministrazioni, AOO, UO): quello che non cambia non si riscrive, niente si sovrascrive.
///
/// Il tipo di ogni file si capisce dalle sue colonne. Ripetere la stessa importazione non scrive niente.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Il giorno a cui si riferiscono i dati, come 2026-01-31; se manca, oggi.
    #[arg(long, value_name = "GIORNO")]
    dati_al: Option<NaiveDate>,
    /// Mostra che cosa cambierebbe, senza scrivere niente.
    #[arg(long, alias = "anteprima")]
    prova: bool,
    /// Importa anche un file che chiude più di una voce su cinque.
    #[arg(long)]
    accetta_chiusure: bool,
    /// I file CSV (UTF-8), in qualunque ordine.
    #[arg(required = true, value_name = "FILE")]
    file: Vec<PathBuf>,
}

pub(super) fn esegui(dove: &Dove, args: &Args, out: &mut dyn Write) -> Result<bool, Errore> {
    // Every file is read before anything is written: one that cannot be used stops them all.
    let mut letti = Vec::with_capacity(args.file.len());
    for file in &args.file {
        let letto = ipa::leggi(&byte(file)?).map_err(|e| Errore::Uso(format!("{}: {e}", file.display())))?;
        letti.push((file, letto));
    }
    letti.sort_by_key(|(_, letto)| letto.genere);
    if let [(primo, _), (altro, letto)] = doppi(&letti) {
        let (primo, altro, che) = (primo.display(), altro.display(), letto.genere.plurale());
        return Err(Errore::Uso(format!("{primo} e {altro} sono entrambi file di {che}: importane uno")));
    }
    let ambiente = dove.apri()?;
    let oggi = ambiente.db.orologio().adesso().giorno();
    let dati_al = args.dati_al.unwrap_or(oggi);
    for (file, letto) in &letti {
        let accetta = args.accetta_chiusure.then_some(());
        let esame = if args.prova {
            ambiente.db.leggi(|conn| ipa::esamina(conn, letto, dati_al, oggi))
        } else {
            let attore = Attore::Sistema("comando");
            ambiente.db.scrivi(AooId::INSTALLAZIONE, &attore, |op| ipa::importa(op, letto, dati_al, accetta))
        };
        let esame = esame.map_err(|e| match e {
            ipa::Errore::Storage(e) => Errore::Storage(e),
            altro => Errore::Uso(format!("{}: {altro}", file.display())),
        })?;
        racconta(file, letto, out)?;
        match esame.gia_importato {
            Some(giorno) => writeln!(
                out,
                "{}: già importato con i dati del {}, niente da scrivere.",
                file.display(),
                giorno.format("%d/%m/%Y")
            )?,
            None => writeln!(out, "{}: {}.", file.display(), frase(letto, &esame.bilancio))?,
        }
    }
    if args.prova {
        writeln!(out, "Prova: niente è stato scritto.")?;
        return Ok(true);
    }
    ambiente.scrivi_punte()?;
    Ok(true)
}

/// Two files of one kind, if there are.
fn doppi<'a, 'f>(letti: &'a [(&'f PathBuf, Letto)]) -> &'a [(&'f PathBuf, Letto)] {
    letti.windows(2).find(|due| matches!(due, [(_, a), (_, b)] if a.genere == b.genere)).unwrap_or_default()
}

/// A file, if it is none of those that nobody should read.
fn byte(file: &Path) -> Result<Vec<u8>, Errore> {
    let aperto = std::fs::File::open(file).map_err(Errore::file(file))?;
    let mut byte = Vec::new();
    aperto.take(MASSIMO_BYTE + 1).read_to_end(&mut byte).map_err(Errore::file(file))?;
    Ok(byte)
}

/// The first rows that are refused, and the first values that are left out.
fn racconta(file: &Path, letto: &Letto, out: &mut dyn Write) -> Result<(), Errore> {
    for (rilievi, che) in [(&letto.rifiutate, "RIFIUTATA"), (&letto.rilievi, "lasciato vuoto")] {
        for Rilievo { linea, colonna, causa } in rilievi.iter().take(MASSIME_RACCONTATE) {
            let dove = if colonna.is_empty() { String::new() } else { format!(", colonna {colonna}") };
            writeln!(out, "{}: riga {linea}{dove}: {che}: {causa}", file.display())?;
        }
        if rilievi.len() > MASSIME_RACCONTATE {
            writeln!(out, "{}: … e altre {}", file.display(), rilievi.len() - MASSIME_RACCONTATE)?;
        }
    }
    Ok(())
}

fn frase(letto: &Letto, b: &Bilancio) -> String {
    let conta = |n: usize, uno: &str, molti: &str| format!("{n} {}", if n == 1 { uno } else { molti });
    let che = match letto.genere {
        Genere::Amministrazione => "amministrazioni",
        Genere::Aoo => "AOO",
        Genere::Uo => "UO",
    };
    format!(
        "{che}: {}, {}, {}, {}, {}, {}",
        conta(letto.righe, "riga", "righe"),
        conta(b.nuove, "nuova", "nuove"),
        conta(b.cambiate, "cambiata", "cambiate"),
        conta(b.chiuse, "chiusa", "chiuse"),
        conta(b.uguali, "uguale", "uguali"),
        conta(letto.rifiutate.len(), "rifiutata", "rifiutate"),
    )
}
