//! The commands. Each explains itself in Italian with `--help`; stdout carries only the result, the rest is stderr.
//!
//! Exit status: 0 success, 1 negative outcome, 2 wrong use or broken environment.

mod aiuto;
mod ambiente;
mod aoo;
mod avanzamento;
pub mod busta;
mod casella;
mod conservatore;
mod controlla;
mod demo;
mod errore;
mod estrai_testo;
mod fiducia;
mod fonte_oraria;
mod importa;
mod ipa;
mod procedimento;
mod reindicizza;
mod revoche;
mod rubrica;
pub mod segnatura;
mod serve;
mod sostituzione;
mod token;
mod turno;
mod ufficio;
mod utente;
pub mod verifica;

pub use ambiente::Dove;
pub use errore::Errore;

use crate::storage::Orologio;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

/// Protocollo informatico: registra, verifica, archivia, ritrova e conserva i documenti di un ente pubblico.
#[derive(Parser)]
#[command(name = "tabulario", version)]
struct Riga {
    #[command(flatten)]
    dove: Dove,
    #[command(subcommand)]
    comando: Comando,
}

#[derive(Subcommand)]
enum Comando {
    /// Mostra tutto il percorso di un documento su messaggi di esempio, poi serve le pagine.
    Demo(demo::Args),
    /// Avvia il server.
    Serve(serve::Args),
    /// Controlla catena degli eventi, registro, guardie e deposito, anche mentre il server lavora.
    Controlla(controlla::Args),
    /// Enti e aree organizzative omogenee.
    #[command(subcommand)]
    Aoo(aoo::Comando),
    /// Uffici di un'AOO.
    #[command(subcommand)]
    Ufficio(ufficio::Comando),
    /// Persone e ruoli.
    #[command(subcommand)]
    Utente(utente::Comando),
    /// Gettoni delle applicazioni che usano l'API.
    #[command(subcommand)]
    Token(token::Comando),
    /// Caselle di posta.
    #[command(subcommand)]
    Casella(casella::Comando),
    /// Conservatori a cui si versano le registrazioni.
    #[command(subcommand)]
    Conservatore(conservatore::Comando),
    /// Procedimenti di cui il portale riceve le istanze.
    #[command(subcommand)]
    Procedimento(procedimento::Comando),
    /// Verifica le firme di un file ed estrae il documento firmato.
    Verifica(verifica::Args),
    /// Legge un messaggio di posta o di PEC.
    Busta(busta::Args),
    /// Legge e controlla una segnatura o un messaggio di ritorno.
    Segnatura(segnatura::Args),
    /// Rifà l'indice della ricerca, anche mentre il server lavora.
    Reindicizza(reindicizza::Args),
    /// Legge il testo di un file per la ricerca: il programma lo usa per sé.
    #[command(hide = true)]
    EstraiTesto,
    /// Importa dati da un file.
    #[command(subcommand)]
    Importa(importa::Comando),
}

/// Runs the command line and says how it ended.
pub fn esegui(argomenti: impl IntoIterator<Item = OsString>) -> ExitCode {
    let comando = aiuto::in_italiano(Riga::command());
    let riga = match comando.try_get_matches_from(argomenti).and_then(|m| Riga::from_arg_matches(&m)) {
        Ok(riga) => riga,
        Err(e) => return aiuto::rispondi(&e),
    };
    // Not locked: a preparation that runs beside writes here too.
    let mut out = io::stdout();
    let esito = esegui_comando(riga, &mut out).and_then(|bene| {
        out.flush().map_err(Errore::Uscita)?;
        Ok(bene)
    });
    match esito {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(e) => {
            let _ = writeln!(io::stderr(), "tabulario: {e}");
            ExitCode::from(2)
        }
    }
}

fn esegui_comando(riga: Riga, out: &mut dyn Write) -> Result<bool, Errore> {
    let dove = &riga.dove;
    match riga.comando {
        Comando::Demo(args) => demo::esegui(dove, &args, out),
        Comando::Serve(args) => serve::esegui(dove, &args),
        Comando::Controlla(args) => controlla::esegui(dove, &args, out),
        Comando::Aoo(comando) => aoo::esegui(dove, comando, out),
        Comando::Ufficio(comando) => ufficio::esegui(dove, comando, out),
        Comando::Utente(comando) => utente::esegui(dove, comando, out),
        Comando::Token(comando) => token::esegui(dove, comando, out),
        Comando::Casella(comando) => casella::esegui(dove, comando, out),
        Comando::Conservatore(comando) => conservatore::esegui(dove, comando, out),
        Comando::Procedimento(comando) => procedimento::esegui(dove, comando, out),
        Comando::Verifica(args) => Ok(verifica::esegui(&args, Orologio::sistema().adesso(), out)?),
        Comando::Busta(args) => Ok(busta::esegui(&args, out)?),
        Comando::Segnatura(args) => Ok(segnatura::esegui(&args, Orologio::sistema().adesso(), out)?),
        Comando::Reindicizza(args) => reindicizza::esegui(dove, &args, out),
        Comando::EstraiTesto => estrai_testo::esegui(out),
        Comando::Importa(comando) => importa::esegui(dove, comando, out),
    }
}
