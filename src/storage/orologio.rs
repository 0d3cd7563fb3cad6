//! The only clock of the program. Everybody else is given an instant.

use crate::valori::Istante;
use chrono::TimeDelta;

/// Says what time it is: the system's time, or a time that started elsewhere (`TABULARIO_OROLOGIO`, trials only).
#[derive(Debug, Clone, Copy, Default)]
pub struct Orologio {
    scarto: TimeDelta,
}

impl Orologio {
    /// The system's clock.
    #[must_use]
    pub fn sistema() -> Self {
        Self::default()
    }

    /// A clock that says `inizio` now and goes on from there.
    #[must_use]
    pub fn da(inizio: Istante) -> Self {
        Self { scarto: inizio.date_time() - Self::sistema().adesso().date_time() }
    }

    /// The instant, truncated to the millisecond.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the system's clock is read")]
    pub fn adesso(&self) -> Istante {
        Istante::new(chrono::Utc::now() + self.scarto)
    }
}
