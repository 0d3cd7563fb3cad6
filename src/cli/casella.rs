//! `tabulario casella`.

use super::{Dove, Errore};
use crate::pec::imap::{Accesso, CADENZA_SECONDI, INBOX};
use crate::pec::smtp::{AccessoSmtp, MASSIMO_MIB};
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
    /// La posta in arrivo sta in una cartella Maildir (--maildir) o sul server di un gestore (--imap); quella in partenza esce da un server
    /// (--smtp) o va nella cartella uscita/pec. Con --imap e --smtp servono --utente e --segreto-file.
    Aggiungi(Aggiungi),
    /// Cambia come si legge una casella IMAP (--imap) o da dove parte la sua posta (--smtp).
    ///
    /// Prende il posto di tutto ciò che si era detto prima di quel server; i messaggi già presi restano riconosciuti, quelli in coda partono
    /// dal server nuovo.
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
    /// Server SMTP, come smtps://smtp.gestore.it:465, o smtp://smtp.gestore.it:587 per STARTTLS.
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
    #[arg(long, value_name = "URL", required_unless_present = "smtp")]
    imap: Option<String>,
    /// Server SMTP, come smtps://smtp.gestore.it:465, o smtp://smtp.gestore.it:587 per STARTTLS.
    #[arg(long, value_name = "URL")]
    smtp: Option<String>,
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
    /// Dimensione massima di un messaggio in partenza che il gestore accetta, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = MASSIMO_MIB)]
    massimo_mib: u32,
}

impl Come {
    /// Who logs in, and where the password stands.
    fn chi(&self) -> Result<(&str, FileSegreto), Errore> {
        let (Some(utente), Some(segreto)) = (&self.utente, &self.segreto_file) else {
            return Err(Errore::Uso("con --imap e --smtp servono --utente e --segreto-file".to_owned()));
        };
        Ok((utente, FileSegreto::controlla(segreto)?))
    }

    fn accesso(&self, imap: &str) -> Result<Accesso, Errore> {
        let (utente, segreto) = self.chi()?;
        let mut accesso = Accesso::new(imap.parse()?, utente, &segreto)?;
        if let Some(ca) = &self.ca {
            accesso = accesso.con_ca(ca)?;
        }
        Ok(accesso.con_regole(&self.cartelle, self.cadenza, self.dopo.parse()?)?)
    }

    fn smtp(&self, smtp: &str) -> Result<AccessoSmtp, Errore> {
        let (utente, segreto) = self.chi()?;
        let accesso = AccessoSmtp::new(smtp.parse()?, utente, &segreto, self.massimo_mib)?;
        Ok(match &self.ca {
            Some(ca) => accesso.con_ca(ca)?,
            None => accesso,
        })
    }
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    match comando {
        Comando::Elenca => {
            for c in ambiente.db.leggi(pec::caselle)? {
                match &c.posta {
                    pec::Posta::Maildir(cartella) => write!(out, "{}\t{}", c.indirizzo, cartella.display())?,
                    pec::Posta::Imap(a) => write!(out, "{}\t{}\t{}\t{}", c.indirizzo, a.url, a.utente, a.dopo)?,
                }
                match &c.smtp {
                    Some(s) => writeln!(out, "\t{}\tfino a {} MiB", s.url, s.massimo_mib)?,
                    None => writeln!(out)?,
                }
            }
        }
        Comando::Aggiungi(a) => aggiungi(&ambiente, a, out)?,
        Comando::Cambia(c) => {
            let imap = c.imap.as_deref().map(|url| c.come.accesso(url)).transpose()?;
            let smtp = c.smtp.as_deref().map(|url| c.come.smtp(url)).transpose()?;
            let indirizzo: IndirizzoMail = c.quale.indirizzo.parse()?;
            let aoo = aoo(&ambiente, &c.quale.aoo)?;
            ambiente.db.scrivi(aoo.id, &Attore::Sistema("comando"), |op| {
                imap.iter().try_for_each(|a| pec::cambia_casella_imap(op, &indirizzo, a).map(drop))?;
                smtp.iter().try_for_each(|s| pec::cambia_casella_smtp(op, &indirizzo, s).map(drop))
            })?;
            let legge = imap.map(|a| format!("si legge da {}", a.url));
            let spedisce = smtp.map(|s| format!("spedisce da {}", s.url));
            let ora: Vec<String> = legge.into_iter().chain(spedisce).collect();
            writeln!(out, "Casella {indirizzo} cambiata: da ora {}.", ora.join(" e "))?;
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
    let indirizzo: IndirizzoMail = a.quale.indirizzo.parse()?;
    let attore = Attore::Sistema("comando");
    let smtp = a.smtp.as_deref().map(|url| a.come.smtp(url)).transpose()?;
    let con_smtp = |op: &mut Operazione<'_>, nuova: pec::Casella| {
        smtp.iter().try_for_each(|s| pec::cambia_casella_smtp(op, &nuova.indirizzo, s).map(drop))?;
        Ok::<_, pec::Errore>(nuova)
    };
    let nuova = match (a.maildir, a.imap) {
        (Some(cartella), _) => {
            let chi = a.come.utente.is_some() || a.come.segreto_file.is_some() || a.come.ca.is_some();
            if chi && a.smtp.is_none() {
                let mut err = io::stderr();
                writeln!(err, "Una Maildir non chiede chi entra: --utente, --segreto-file e --ca non servono.")?;
            }
            let maildir = cartella.canonicalize().map_err(Errore::file(&cartella))?;
            let aoo = aoo(ambiente, &a.quale.aoo)?;
            ambiente.db.scrivi(aoo.id, &attore, |op| {
                let nuova = pec::aggiungi_casella(op, indirizzo, &maildir)?;
                con_smtp(op, nuova)
            })?
        }
        (None, Some(imap)) => {
            let accesso = a.come.accesso(&imap)?;
            let aoo = aoo(ambiente, &a.quale.aoo)?;
            ambiente.db.scrivi(aoo.id, &attore, |op| {
                let nuova = pec::aggiungi_casella_imap(op, indirizzo, &accesso)?;
                con_smtp(op, nuova)
            })?
        }
        (None, None) => return Err(Errore::Uso("serve --maildir o --imap".to_owned())),
    };
    writeln!(out, "Casella {} aggiunta.", nuova.indirizzo)?;
    Ok(())
}
