//! `tabulario utente`.

use super::{Dove, Errore};
use crate::storage::Conn;
use crate::utenti::{self, Parola, Persona, Ruolo};
use crate::valori::{AooId, Attore, CodiceAoo, CodiceUfficio, Denominazione};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Persone e ruoli.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Crea una persona che può entrare.
    Crea(Crea),
    /// Affida un ruolo in un ufficio.
    Ruolo(Affida),
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
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
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
        Comando::Ruolo(a) => {
            let ruolo = Ruolo::parse(&a.ruolo).ok_or_else(|| {
                let ammessi = Ruolo::TUTTI.map(Ruolo::as_str).join(", ");
                Errore::Uso(format!("il ruolo «{}» non esiste: vale uno di {ammessi}", a.ruolo))
            })?;
            let (aoo, ufficio): (CodiceAoo, CodiceUfficio) = (a.aoo.parse()?, a.ufficio.parse()?);
            let aoo = ambiente.db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
            ambiente.db.scrivi(aoo.id, &attore, |op| {
                let persona = persona(op.conn, &a.nome_utente)?;
                let ufficio = utenti::ufficio_per_codice(op.conn, aoo.id, &ufficio)?;
                Ok::<_, Errore>(utenti::affida(op, &persona, &ufficio, ruolo)?)
            })?;
            writeln!(out, "Ruolo {} affidato.", ruolo.as_str())?;
        }
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

/// The password on the first line of a file, protected.
fn parola(file: &Path) -> Result<String, Errore> {
    let testo = std::fs::read_to_string(file).map_err(Errore::file(file))?;
    Ok(Parola::nuova(testo.lines().next().unwrap_or(""))?.protetta()?)
}

fn persona(conn: &mut Conn, nome_utente: &str) -> Result<Persona, Errore> {
    let trovata = utenti::utente_per_nome(conn, nome_utente)?.map(|(p, _)| p);
    trovata.ok_or_else(|| Errore::Uso(format!("l'utente «{nome_utente}» non esiste")))
}
