//! `tabulario casella`.

use super::{Dove, Errore};
use crate::valori::{Attore, CodiceAoo, IndirizzoMail};
use crate::{pec, utenti};
use std::io::{self, Write};
use std::path::PathBuf;

/// Caselle di posta.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Aggiunge una casella a un'AOO.
    Aggiungi(Aggiungi),
    /// Elenca le caselle.
    Elenca,
}

#[derive(clap::Args)]
pub(super) struct Aggiungi {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Indirizzo della casella.
    #[arg(long, value_name = "INDIRIZZO")]
    indirizzo: String,
    /// Cartella Maildir in cui arriva la posta (con new e cur).
    #[arg(long, value_name = "CARTELLA")]
    maildir: Option<PathBuf>,
    /// Server IMAP, come imaps://imap.gestore.it:993 (arriva con una versione prossima: per ora serve --maildir).
    #[arg(long, value_name = "URL")]
    imap: Option<String>,
    /// Server SMTP, come smtps://smtp.gestore.it:465 (arriva con una versione prossima: per ora la posta va in uscita/pec).
    #[arg(long, value_name = "URL")]
    smtp: Option<String>,
    /// Nome utente presso il gestore (serve a IMAP e SMTP).
    #[arg(long, value_name = "UTENTE")]
    utente: Option<String>,
    /// File con la password presso il gestore (serve a IMAP e SMTP).
    #[arg(long, value_name = "FILE")]
    segreto_file: Option<PathBuf>,
    /// Certificati di chi garantisce il server, in PEM (serve a IMAP e SMTP).
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    match comando {
        Comando::Elenca => {
            for c in ambiente.db.leggi(pec::caselle)? {
                writeln!(out, "{}\t{}", c.indirizzo, c.maildir.display())?;
            }
        }
        Comando::Aggiungi(a) => {
            if a.smtp.is_some() {
                let testo =
                    "la posta non si spedisce ancora per SMTP: senza --smtp i messaggi vanno nella cartella uscita/pec";
                return Err(Errore::Uso(testo.to_owned()));
            }
            if a.maildir.is_some() && (a.utente.is_some() || a.segreto_file.is_some() || a.ca.is_some()) {
                writeln!(
                    io::stderr(),
                    "Una Maildir non chiede chi entra: --utente, --segreto-file e --ca non servono."
                )?;
            }
            let (codice, indirizzo): (CodiceAoo, IndirizzoMail) = (a.aoo.parse()?, a.indirizzo.parse()?);
            let maildir = match (a.maildir, a.imap) {
                (Some(cartella), None) => cartella.canonicalize().map_err(Errore::file(&cartella))?,
                (_, Some(_)) => {
                    return Err(Errore::Uso("le caselle IMAP non si leggono ancora: usa --maildir".to_owned()));
                }
                (None, None) => return Err(Errore::Uso("serve --maildir".to_owned())),
            };
            let aoo = ambiente.db.leggi(|conn| utenti::aoo_per_codice(conn, &codice))?;
            if aoo.di_prova() {
                return Err(Errore::Uso("un'AOO di prova non ha caselle vere".to_owned()));
            }
            let aggiungi = |op: &mut crate::storage::Operazione<'_>| pec::aggiungi_casella(op, indirizzo, &maildir);
            let nuova = ambiente.db.scrivi(aoo.id, &Attore::Sistema("comando"), aggiungi)?;
            writeln!(out, "Casella {} aggiunta.", nuova.indirizzo)?;
        }
    }
    ambiente.scrivi_punte()?;
    Ok(true)
}
