//! What a message says, out of the reading that was kept when it arrived.

use super::Messaggio;
use super::busta::servizio::Servizio;
use serde::Deserialize;

impl Messaggio {
    /// Who wrote it, as it says itself.
    #[must_use]
    pub fn da_chi(&self) -> String {
        let scritto = self.lettura.pointer("/original/from").and_then(|v| v.as_str());
        scritto.unwrap_or(&self.mittente).to_owned()
    }

    /// True if its sender wrote HTML, which [`super::busta::aspetto`] shows.
    #[must_use]
    pub fn ha_html(&self) -> bool {
        self.lettura.get("html").is_some_and(|v| v == true)
    }

    /// The message of a national service that it is.
    #[must_use]
    pub fn servizio(&self) -> Option<Servizio> {
        let letto = self.lettura.get("servizio").filter(|s| !s.is_null())?;
        Servizio::deserialize(letto).ok()
    }
}
