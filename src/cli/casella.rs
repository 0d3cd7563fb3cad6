//! `tabulario casella`.

use super::{Dove, Errore};
use crate::pec::imap::{Accesso, CADENZA_SECONDI, INBOX};
use crate::storage::Operazione;
use crate::utenti::FileSegreto;
use crate::valori::{Attore, CodiceAoo, IndirizzoMail};
use crate::{pec, utenti};
use std::io::{self, Write};
use std::path::PathBuf;

/// Caselle di posta.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Aggiunge una casella a un'AOO.
    ///
    /// La posta sta in una cartella Maildir (--maildir) o sul server di un gestore (--imap, con --utente e --segreto-file).
    Aggiungi(Aggiungi),
    /// Cambia come si legge una casella IMAP: server, utente, file del segreto, cartelle, cadenza, che cosa fare dopo la presa.
    ///
    /// Prende il posto di tutto ciò che si era detto prima; i messaggi già presi restano riconosciuti.
    Cambia(Cambia),
    /// Elenca le caselle.
    Elenca,
}

#[derive(clap::Args)]
pub(super) struct Aggiungi {
    #[command(flatten)]
    quale: Quale,
    /// Cartella Maildir in cui arriva la posta (con new e cur).
    #[arg(long, value_name = "CARTELLA")]
    maildir: Option<PathBuf>,
    /// Server IMAP, come imaps://imap.gestore.it:993, o imap://imap.gestore.it:143 per STARTTLS.
    #[arg(long, value_name = "URL", conflicts_with = "maildir")]
    imap: Option<String>,
    /// Server SMTP, come smtps://smtp.gestore.it:465 (arriva con una versione prossima: per ora la posta va in uscita/pec).
    #[arg(long, value_name = "URL")]
    smtp: Option<String>,
    #[command(flatten)]
    come: Come,
}

#[derive(clap::Args)]
pub(super) struct Cambia {
    #[command(flatten)]
    quale: Quale,
    /// Server IMAP, come imaps://imap.gestore.it:993, o imap://imap.gestore.it:143 per STARTTLS.
    #[arg(long, value_name = "URL")]
    imap: String,
    #[command(flatten)]
    come: Come,
}

#[derive(clap::Args)]
struct Quale {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Indirizzo della casella.
    #[arg(long, value_name = "INDIRIZZO")]
    indirizzo: String,
}

#[derive(clap::Args)]
struct Come {
    /// Nome utente presso il gestore.
    #[arg(long, value_name = "UTENTE")]
    utente: Option<String>,
    /// File con la password presso il gestore, su una riga; si ricorda dov'è, non che cosa contiene.
    #[arg(long, value_name = "FILE")]
    segreto_file: Option<PathBuf>,
    /// Certificati di chi garantisce il server, in PEM, se non è un'autorità nota al sistema.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Cartella da leggere sul server; si può ripetere.
    #[arg(long = "cartella", value_name = "NOME", default_value = INBOX)]
    cartelle: Vec<String>,
    /// Ogni quanti secondi si guarda la casella, anche se il server non avvisa (da 10 a 1500).
    #[arg(long, value_name = "SECONDI", default_value_t = CADENZA_SECONDI)]
    cadenza: u32,
    /// Che cosa fare sul server con un messaggio già preso: lascia, segna (letto), segna:PAROLA, sposta:CARTELLA, cancella:GIORNI
    /// (dopo tanti giorni, e solo quando tutte le sue registrazioni sono state consegnate al conservatore).
    #[arg(long, value_name = "COSA", default_value = "lascia")]
    dopo: String,
}

impl Come {
    fn accesso(self, imap: &str) -> Result<Accesso, Errore> {
        let (Some(utente), Some(segreto)) = (self.utente, self.segreto_file) else {
            return Err(Errore::Uso("con --imap servono --utente e --segreto-file".to_owned()));
        };
        let mut accesso = Accesso::new(imap.parse()?, &utente, &FileSegreto::controlla(&segreto)?)?;
        if let Some(ca) = self.ca {
            accesso = accesso.con_ca(&ca)?;
        }
        Ok(accesso.con_regole(&self.cartelle, self.cadenza, self.dopo.parse()?)?)
    }
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    match comando {
        Comando::Elenca => {
            for c in ambiente.db.leggi(pec::caselle)? {
                match &c.posta {
                    pec::Posta::Maildir(cartella) => writeln!(out, "{}\t{}", c.indirizzo, cartella.display())?,
                    pec::Posta::Imap(a) => writeln!(out, "{}\t{}\t{}\t{}", c.indirizzo, a.url, a.utente, a.dopo)?,
                }
            }
        }
        Comando::Aggiungi(a) => aggiungi(&ambiente, a, out)?,
        Comando::Cambia(c) => {
            let accesso = c.come.accesso(&c.imap)?;
            let indirizzo: IndirizzoMail = c.quale.indirizzo.parse()?;
            let cambia = |op: &mut Operazione<'_>| pec::cambia_casella_imap(op, &indirizzo, &accesso);
            let aoo = aoo(&ambiente, &c.quale.aoo)?;
            let cambiata = ambiente.db.scrivi(aoo.id, &Attore::Sistema("comando"), cambia)?;
            writeln!(out, "Casella {} cambiata: da ora si legge da {}.", cambiata.indirizzo, accesso.url)?;
        }
    }
    ambiente.scrivi_punte()?;
    Ok(true)
}

fn aoo(ambiente: &super::ambiente::Ambiente, codice: &str) -> Result<utenti::Aoo, Errore> {
    let codice: CodiceAoo = codice.parse()?;
    let aoo = ambiente.db.leggi(|conn| utenti::aoo_per_codice(conn, &codice))?;
    if aoo.di_prova() {
        return Err(Errore::Uso("un'AOO di prova non ha caselle vere".to_owned()));
    }
    Ok(aoo)
}

fn aggiungi(ambiente: &super::ambiente::Ambiente, a: Aggiungi, out: &mut dyn Write) -> Result<(), Errore> {
    if a.smtp.is_some() {
        let testo = "la posta non si spedisce ancora per SMTP: senza --smtp i messaggi vanno nella cartella uscita/pec";
        return Err(Errore::Uso(testo.to_owned()));
    }
    let indirizzo: IndirizzoMail = a.quale.indirizzo.parse()?;
    let attore = Attore::Sistema("comando");
    let nuova = match (a.maildir, a.imap) {
        (Some(cartella), _) => {
            if a.come.utente.is_some() || a.come.segreto_file.is_some() || a.come.ca.is_some() {
                let mut err = io::stderr();
                writeln!(err, "Una Maildir non chiede chi entra: --utente, --segreto-file e --ca non servono.")?;
            }
            let maildir = cartella.canonicalize().map_err(Errore::file(&cartella))?;
            let aoo = aoo(ambiente, &a.quale.aoo)?;
            ambiente.db.scrivi(aoo.id, &attore, |op| pec::aggiungi_casella(op, indirizzo, &maildir))?
        }
        (None, Some(imap)) => {
            let accesso = a.come.accesso(&imap)?;
            let aoo = aoo(ambiente, &a.quale.aoo)?;
            ambiente.db.scrivi(aoo.id, &attore, |op| pec::aggiungi_casella_imap(op, indirizzo, &accesso))?
        }
        (None, None) => return Err(Errore::Uso("serve --maildir o --imap".to_owned())),
    };
    writeln!(out, "Casella {} aggiunta.", nuova.indirizzo)?;
    Ok(())
}
