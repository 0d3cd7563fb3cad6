//! Progress of long work, on stderr and only for a person who looks.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};

/// A bar that says what is being done, how much is left and how long it takes.
pub(super) fn barra(che: &'static str, quanti: u64) -> ProgressBar {
    let dove = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let barra = ProgressBar::with_draw_target(Some(quanti), dove).with_message(che);
    let stile = ProgressStyle::with_template("{msg:12} {bar:30} {human_pos} di {human_len}, mancano circa {eta}");
    if let Ok(stile) = stile {
        barra.set_style(stile);
    }
    barra
}
