//! The `tabulario` command: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    tabulario::cli::esegui(std::env::args_os())
}
