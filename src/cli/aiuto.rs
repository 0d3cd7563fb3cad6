//! Help and refusals of the command line in Italian: clap's own words are English.

use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, Command};
use std::io::{self, Write};
use std::process::ExitCode;

const MODELLO: &str = "{about-with-newline}\n{usage-heading} {usage}\n\n{all-args}{after-help}";

/// Puts Italian headings on a command and on all below it.
pub(super) fn in_italiano(comando: Command) -> Command {
    let aiuto =
        Arg::new("help").short('h').long("help").action(ArgAction::Help).help("Mostra questo aiuto").global(true);
    let versione = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("Mostra la versione");
    let comando = comando.disable_help_flag(true).disable_version_flag(true).disable_help_subcommand(true);
    intesta(comando.arg(aiuto).arg(versione))
}

fn intesta(comando: Command) -> Command {
    let nomi: Vec<String> = comando.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let comando = comando
        .help_template(MODELLO.replace("{usage-heading}", "Uso:"))
        .subcommand_help_heading("Comandi")
        .subcommand_value_name("COMANDO")
        .disable_help_subcommand(true)
        .mut_args(|a| if a.is_positional() { a.help_heading("Argomenti") } else { a.help_heading("Opzioni") });
    nomi.into_iter().fold(comando, |c, nome| c.mut_subcommand(nome, intesta))
}

/// Answers a command line that is not one: help and version to stdout, refusals to stderr with status 2.
pub(super) fn rispondi(e: &clap::Error) -> ExitCode {
    match e.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = write!(io::stdout(), "{}", e.render().to_string().replace("[OPTIONS]", "[OPZIONI]"));
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = write!(io::stderr(), "{}", e.render().to_string().replace("[OPTIONS]", "[OPZIONI]"));
            ExitCode::from(2)
        }
        genere => {
            let quale = |k| e.get(k).map(ToString::to_string).unwrap_or_default();
            let testo = match genere {
                ErrorKind::UnknownArgument => format!("opzione sconosciuta: {}", quale(ContextKind::InvalidArg)),
                ErrorKind::InvalidSubcommand => {
                    format!("comando sconosciuto: {}", quale(ContextKind::InvalidSubcommand))
                }
                ErrorKind::MissingRequiredArgument => format!("manca: {}", quale(ContextKind::InvalidArg)),
                ErrorKind::MissingSubcommand => "manca il comando".to_owned(),
                ErrorKind::ArgumentConflict => {
                    format!("non può stare con altre opzioni: {}", quale(ContextKind::InvalidArg))
                }
                ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
                    let (valore, opzione) = (quale(ContextKind::InvalidValue), quale(ContextKind::InvalidArg));
                    format!("«{valore}» non va bene per {opzione}")
                }
                _ => format!("riga di comando non valida ({genere:?}) {}", quale(ContextKind::InvalidArg)),
            };
            let _ = writeln!(io::stderr(), "tabulario: {testo}\nCon --help trovi come si usa.");
            ExitCode::from(2)
        }
    }
}
