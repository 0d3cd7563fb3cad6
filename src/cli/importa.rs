//! `tabulario importa`.

use super::{Dove, Errore, fiducia, ipa, revoche, rubrica};
use crate::storage::Operazione;
use crate::utenti::importazione::{self, Esame, Esito};
use crate::valori::{Attore, CodiceAoo, Denominazione, Tabella, testo_di_tabella};
use crate::{titolario, utenti};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Importa dati da un file.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Mette in vigore un titolario, da un CSV con le colonne codice e denominazione.
    Titolario(Titolario),
    /// Crea gli uffici di un CSV con le colonne codice, denominazione e sotto (il codice dell'ufficio da cui dipende, che può mancare).
    Uffici(Organico),
    /// Crea le persone di un CSV con le colonne nome_utente, nome, cognome, ufficio e ruolo (le ultime due possono mancare).
    ///
    /// Più righe per più ruoli. Le password non stanno nel file: ogni persona entra quando gliene dai una con `tabulario utente
    /// password`.
    Persone(Organico),
    /// Porta in rubrica i soggetti di un CSV: i nuovi entrano, le differenze diventano proposte, niente si sovrascrive.
    Rubrica(rubrica::Args),
    Ipa(ipa::Args),
    Fiducia(fiducia::Args),
    Revoche(revoche::Args),
}

#[derive(clap::Args)]
pub(super) struct Titolario {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Nome di questa versione del titolario.
    #[arg(long, value_name = "NOME")]
    nome: String,
    /// Il file CSV.
    file: PathBuf,
}

#[derive(clap::Args)]
pub(super) struct Organico {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Mostra che cosa farebbe, riga per riga, senza scrivere niente.
    #[arg(long, alias = "prova")]
    anteprima: bool,
    /// Il file CSV, con virgole o punti e virgola.
    file: PathBuf,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    match comando {
        Comando::Titolario(t) => titolario(dove, &t, out),
        Comando::Uffici(o) => organico(dove, &o, (&["codice", "denominazione"], &["sotto"]), importazione::uffici, out),
        Comando::Persone(o) => {
            let colonne: Colonne = (&["nome_utente", "nome", "cognome"], &["ufficio", "ruolo"]);
            let bene = organico(dove, &o, colonne, importazione::persone, out)?;
            if bene && !o.anteprima {
                writeln!(out, "Chi è nuovo entra quando gli dai una password con `tabulario utente password`.")?;
            }
            Ok(bene)
        }
        Comando::Rubrica(args) => rubrica::esegui(dove, &args, out),
        Comando::Ipa(args) => ipa::esegui(dove, &args, out),
        Comando::Fiducia(args) => fiducia::esegui(dove, &args, out),
        Comando::Revoche(args) => revoche::esegui(dove, &args, out),
    }
}

fn titolario(dove: &Dove, t: &Titolario, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    let (aoo, nome): (CodiceAoo, Denominazione) = (t.aoo.parse()?, t.nome.parse()?);
    let righe = titolario::leggi_csv(&testo(&t.file, out)?)?;
    let aoo = ambiente.db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
    ambiente.db.scrivi(aoo.id, &Attore::Sistema("comando"), |op| titolario::crea(op, &nome, &righe))?;
    ambiente.scrivi_punte()?;
    writeln!(out, "Titolario in vigore da adesso: {} voci.", righe.len())?;
    Ok(true)
}

/// Columns that must be there, and others.
type Colonne = (&'static [&'static str], &'static [&'static str]);

/// Why nothing was written.
enum Niente {
    /// A row was refused, or it was only a trial.
    Esaminate(Vec<Esame>),
    Errore(Errore),
}

impl<E: Into<Errore>> From<E> for Niente {
    fn from(e: E) -> Self {
        Self::Errore(e.into())
    }
}

/// All rows or none, in one transaction; a trial is the same transaction, undone.
fn organico(
    dove: &Dove,
    o: &Organico,
    (servono, altre): Colonne,
    importa: impl FnOnce(&mut Operazione<'_>, &Tabella) -> Result<Vec<Esame>, utenti::Errore>,
    out: &mut dyn Write,
) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    let aoo: CodiceAoo = o.aoo.parse()?;
    let tabella = Tabella::leggi(&testo(&o.file, out)?)
        .and_then(|t| t.con_colonne(servono, altre))
        .map_err(|e| Errore::Uso(format!("{}: {e}", o.file.display())))?;
    let aoo = ambiente.db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
    let esito = ambiente.db.scrivi(aoo.id, &Attore::Sistema("comando"), |op| {
        let esaminate = importa(op, &tabella)?;
        let rifiutata = esaminate.iter().any(|e| matches!(e.esito, Esito::Rifiutato { .. }));
        if o.anteprima || rifiutata { Err(Niente::Esaminate(esaminate)) } else { Ok(esaminate) }
    });
    let (esaminate, scritto) = match esito {
        Ok(esaminate) => (esaminate, true),
        Err(Niente::Esaminate(esaminate)) => (esaminate, false),
        Err(Niente::Errore(e)) => return Err(e),
    };
    ambiente.scrivi_punte()?;
    racconta(&esaminate, scritto, out)
}

fn racconta(esaminate: &[Esame], scritto: bool, out: &mut dyn Write) -> Result<bool, Errore> {
    let (mut nuove, mut presenti, mut rifiutate) = (0, 0, 0);
    for Esame { linea, che, esito } in esaminate {
        let esito = match esito {
            Esito::Creato => {
                nuove += 1;
                if scritto { "creato".to_owned() } else { "da creare".to_owned() }
            }
            Esito::GiaPresente => {
                presenti += 1;
                "già presente".to_owned()
            }
            Esito::Rifiutato { campo, regola } => {
                rifiutate += 1;
                format!("RIFIUTATA, campo {campo}: {regola}")
            }
        };
        writeln!(out, "riga {linea}: {che}: {esito}")?;
    }
    let fatte = if scritto { "create" } else { "da creare" };
    writeln!(out, "Righe {fatte}: {nuove}; già presenti: {presenti}; rifiutate: {rifiutate}.")?;
    if !scritto {
        writeln!(out, "Niente è stato scritto.")?;
    }
    Ok(rifiutate == 0)
}

/// The text of a file, saying so where the letters had to be guessed.
pub(super) fn testo(file: &Path, out: &mut dyn Write) -> Result<String, Errore> {
    let byte = std::fs::read(file).map_err(Errore::file(file))?;
    let letto = testo_di_tabella(&byte).map_err(|e| Errore::Uso(format!("{}: {}", file.display(), e.regola)))?;
    if letto.1 {
        writeln!(out, "{} non è in UTF-8: letto come Windows-1252; controlla gli accenti.", file.display())?;
    }
    Ok(letto.0)
}
