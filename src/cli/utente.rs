//! `tabulario utente`.

use super::{Dove, Errore, sostituzione};
use crate::storage::{Conn, Db};
use crate::utenti::{self, Parola, Persona, Ruolo};
use crate::valori::{AooId, Attore, CodiceAoo, CodiceUfficio, Denominazione};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Persone e ruoli.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Crea una persona che può entrare.
    Crea(Crea),
    /// Elenca le persone: nome utente, nome, stato, ruoli.
    Elenca,
    /// Affida un ruolo in un ufficio, o lo toglie.
    Ruolo(Affida),
    /// Chi opera per conto di chi, da quando a quando.
    #[command(subcommand)]
    Sostituzione(sostituzione::Comando),
    /// Cambia la password di una persona e chiude le sue sessioni.
    Password(Password),
    /// Non fa più entrare una persona e chiude le sue sessioni; quello che ha fatto resta suo.
    Escludi(Chi),
    /// Fa entrare di nuovo una persona esclusa.
    Riammetti(Chi),
}

#[derive(clap::Args)]
pub(super) struct Chi {
    /// Nome con cui la persona entra.
    #[arg(long, value_name = "NOME")]
    nome_utente: String,
}

#[derive(clap::Args)]
pub(super) struct Password {
    #[command(flatten)]
    chi: Chi,
    /// File con la password sulla prima riga (da 12 a 200 caratteri).
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
}

#[derive(clap::Args)]
pub(super) struct Crea {
    /// Nome con cui entra.
    #[arg(long, value_name = "NOME")]
    nome_utente: String,
    /// Nome.
    #[arg(long, value_name = "NOME")]
    nome: String,
    /// Cognome.
    #[arg(long, value_name = "COGNOME")]
    cognome: String,
    /// File con la password sulla prima riga (da 12 a 200 caratteri).
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
}

#[derive(clap::Args)]
pub(super) struct Affida {
    /// Nome con cui la persona entra.
    #[arg(long, value_name = "NOME")]
    nome_utente: String,
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Codice dell'ufficio.
    #[arg(long, value_name = "CODICE")]
    ufficio: String,
    /// operatore, rsp, addetto, responsabile-ufficio, responsabile-conservazione, amministratore o revisore.
    #[arg(long, value_name = "RUOLO")]
    ruolo: String,
    /// Toglie il ruolo invece di affidarlo: dalla richiesta successiva non vale più.
    #[arg(long)]
    togli: bool,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    if let Comando::Sostituzione(comando) = comando {
        return sostituzione::esegui(dove, comando, out);
    }
    let ambiente = dove.apri()?;
    let attore = Attore::Sistema("comando");
    match comando {
        Comando::Crea(c) => {
            let (nome, cognome): (Denominazione, Denominazione) = (c.nome.parse()?, c.cognome.parse()?);
            let protetta = parola(&c.password_file)?;
            let nuovo = ambiente.db.scrivi(AooId::INSTALLAZIONE, &attore, |op| {
                utenti::crea_utente(op, &c.nome_utente, nome, cognome, &protetta)
            })?;
            writeln!(out, "Utente {} creato.", nuovo.nome_utente)?;
        }
        Comando::Elenca => ambiente.db.leggi(|conn| elenca(conn, out))?,
        Comando::Ruolo(a) => ruolo(&ambiente.db, &a, out)?,
        Comando::Sostituzione(_) => {}
        Comando::Password(p) => {
            let protetta = parola(&p.password_file)?;
            ambiente.db.scrivi(AooId::INSTALLAZIONE, &attore, |op| {
                let persona = persona(op.conn, &p.chi.nome_utente)?;
                Ok::<_, Errore>(utenti::cambia_parola(op, &persona, &protetta)?)
            })?;
            writeln!(out, "Password cambiata: le sessioni aperte di {} sono chiuse.", p.chi.nome_utente)?;
        }
        Comando::Escludi(c) => {
            ambiente.db.scrivi(AooId::INSTALLAZIONE, &attore, |op| {
                let persona = persona(op.conn, &c.nome_utente)?;
                Ok::<_, Errore>(utenti::escludi(op, &persona)?)
            })?;
            writeln!(out, "{} non entra più.", c.nome_utente)?;
        }
        Comando::Riammetti(c) => {
            ambiente.db.scrivi(AooId::INSTALLAZIONE, &attore, |op| {
                let persona = persona(op.conn, &c.nome_utente)?;
                Ok::<_, Errore>(utenti::riammetti(op, &persona)?)
            })?;
            writeln!(out, "{} può entrare di nuovo.", c.nome_utente)?;
        }
    }
    ambiente.scrivi_punte()?;
    Ok(true)
}

fn ruolo(db: &Db, a: &Affida, out: &mut dyn Write) -> Result<(), Errore> {
    let ruolo: Ruolo = a.ruolo.parse()?;
    let (aoo, codice): (CodiceAoo, CodiceUfficio) = (a.aoo.parse()?, a.ufficio.parse()?);
    let aoo = db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
    db.scrivi(aoo.id, &Attore::Sistema("comando"), |op| {
        let persona = persona(op.conn, &a.nome_utente)?;
        let ufficio = utenti::trova_ufficio(op.conn, aoo.id, &codice)?;
        let ufficio = ufficio.ok_or_else(|| utenti::Errore::UfficioSconosciuto(codice.to_string()))?;
        let cambia = if a.togli { utenti::togli_ruolo } else { utenti::affida };
        Ok::<_, Errore>(cambia(op, &persona, &ufficio, ruolo)?)
    })?;
    writeln!(out, "Ruolo {} {}.", ruolo.as_str(), if a.togli { "tolto" } else { "affidato" })?;
    Ok(())
}

/// A line for each person; of the password only whether there is one.
fn elenca(conn: &mut Conn, out: &mut dyn Write) -> Result<(), Errore> {
    let aoo = utenti::tutte_le_aoo(conn)?;
    let mut uffici = Vec::new();
    for a in &aoo {
        uffici.extend(utenti::tutti_gli_uffici(conn, a.id)?);
    }
    for p in utenti::utenti(conn)? {
        let stato = if utenti::escluso(conn, p.id)? {
            "escluso"
        } else if utenti::parola_di(conn, p.id)?.is_none() {
            "senza password"
        } else {
            "può entrare"
        };
        let mut ruoli = Vec::new();
        for a in &aoo {
            for (ruolo, ufficio) in utenti::ruoli_di(conn, p.id, a.id)? {
                let codice = uffici.iter().find(|u| u.id == ufficio).map_or("", |u| u.codice.as_str());
                ruoli.push(format!("{} {}/{codice}", ruolo.as_str(), a.codice));
            }
        }
        writeln!(out, "{}\t{}\t{stato}\t{}", p.nome_utente, p.nome_e_cognome(), ruoli.join(", "))?;
    }
    Ok(())
}

/// The password on the first line of a file, protected.
fn parola(file: &Path) -> Result<String, Errore> {
    let testo = std::fs::read_to_string(file).map_err(Errore::file(file))?;
    Ok(Parola::nuova(testo.lines().next().unwrap_or(""))?.protetta()?)
}

pub(super) fn persona(conn: &mut Conn, nome_utente: &str) -> Result<Persona, Errore> {
    let trovata = utenti::utente_per_nome(conn, nome_utente)?;
    trovata.ok_or_else(|| Errore::Uso(format!("l'utente «{nome_utente}» non esiste")))
}
