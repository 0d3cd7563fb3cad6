//! One id type per table. Ids are made by us (UUIDv7, RFC 9562), so they sort by creation, also
//! where the clock did not, and tell nothing else.

use super::Rifiuto;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use uuid::{ClockSequence, ContextV7, Timestamp, Uuid};

/// The last id made or read; the next is later, whatever the computer's clock says.
static ULTIMO: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// The greatest instant of an id that is believed, in milliseconds (about the year 6400): what is beyond it is no clock's mistake,
/// and would leave no room for those to come.
const MASSIMO_ISTANTE: u64 = 1 << 47;

/// A new id for a row, later than every id that this process made and than those of [`riprendi_dopo`]. Another process at work on
/// the same database goes by the computer's clock.
#[must_use]
pub fn nuovo_id() -> Uuid {
    Uuid::new_v7(Timestamp::now(&*ULTIMO.lock().unwrap_or_else(PoisonError::into_inner)))
}

/// From here on every new id is later than `ultimo`: acts made while the computer's clock was wrong stay before those that
/// follow, and "the newest" is the last one made. What is no UUIDv7 of a believable instant changes nothing.
pub fn riprendi_dopo(ultimo: &str) {
    let id = ultimo.parse::<Uuid>().ok().filter(|id| id.get_version_num() == 7);
    let Some((secondi, nanosecondi)) = id.and_then(|id| id.get_timestamp()).map(|t| t.to_unix()) else { return };
    if secondi.saturating_mul(1_000) >= MASSIMO_ISTANTE {
        return;
    }
    // The millisecond after it: inside the same one the rest of an id is chance.
    let ultimo = ULTIMO.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = ultimo.generate_timestamp_sequence(secondi, nanosecondi.saturating_add(1_000_000));
}

macro_rules! id {
    ($($(#[$doc:meta])* $tipo:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $tipo(Uuid);

        impl $tipo {
            /// A new id, by [`nuovo_id`].
            #[must_use]
            #[expect(clippy::new_without_default, reason = "a default id would be a different one each time")]
            pub fn new() -> Self {
                Self(nuovo_id())
            }
        }
        impl fmt::Display for $tipo {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $tipo {
            type Err = Rifiuto;
            fn from_str(testo: &str) -> Result<Self, Rifiuto> {
                testo.parse().map(Self).map_err(|_| Rifiuto::new("identificativo", "serve un UUID"))
            }
        }
        impl serde::Serialize for $tipo {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(&self.0)
            }
        }
        impl<'de> serde::Deserialize<'de> for $tipo {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let testo = String::deserialize(d)?;
                testo.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

id! {
    /// A public body (`ente`).
    EnteId,
    /// An *area organizzativa omogenea*; also names a lane of writing and a chain of events.
    AooId,
    /// An office (*unità organizzativa*).
    UfficioId,
    /// A person who can log in.
    UtenteId,
    /// An application that calls the API with a token.
    ApplicazioneId,
    /// A version of the classification scheme.
    TitolarioId,
    /// A *voce* of a titolario.
    VoceId,
    /// A *fascicolo*.
    FascicoloId,
    /// An entry of a register of protocol.
    RegistrazioneId,
    /// An assignment of a registration to an office or a person.
    AssegnazioneId,
    /// A mailbox.
    CasellaId,
    /// A message of a mailbox.
    MessaggioId,
    /// The sending of a registration to one recipient.
    InvioId,
    /// A *procedimento* whose istanze the portal takes.
    ProcedimentoId,
    /// An *istanza* submitted on the portal.
    IstanzaId,
    /// A proposal to annul a registration, or one datum of it.
    PropostaId,
    /// A registration that is being prepared.
    PredispostoId,
    /// A link between two registrations.
    CollegamentoId,
    /// An act of deferral.
    DifferimentoId,
    /// An authorised *emergenza*.
    EmergenzaId,
    /// A row typed from the register of a post in an emergenza.
    TrascrizioneId,
    /// A scan added to a registration.
    AcquisizioneId,
    /// The register of a day or of a year, closed.
    ChiusuraId,
    /// A conservator of an AOO.
    ConservatoreId,
    /// A person standing in for another.
    SostituzioneId,
    /// The sight of a registration that a person was given.
    VisioneId,
    /// A party of the rubrica.
    SoggettoId,
    /// An address of a party of the rubrica.
    RecapitoId,
    /// What a second source says of a party of the rubrica.
    PropostaRubricaId,
    /// Two parties of the rubrica taken for one.
    UnioneId,
    /// A verdict on the signatures of a file.
    VerificaId,
    /// The seal of an AOO.
    SigilloId,
    /// A rule over mail, whatever its version.
    RegolaId,
    /// A version of a rule over mail.
    VersioneId,
    /// A group of parties of the rubrica and of the IPA.
    GruppoId,
    /// One who is in a group.
    MembroId,
    /// An import of the IPA.
    ImportazioneIpaId,
    /// An answer to another AOO, or to a private sender.
    RitornoId,
}

impl AooId {
    /// The lane and chain of the installation itself: what belongs to no AOO (bodies, people, settings).
    pub const INSTALLAZIONE: Self = Self(Uuid::nil());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids_go_on_after_the_one_that_was_read_if_a_clock_can_have_made_it() {
        let avanti = "0fffffff-ffff-7000-8000-000000000000";
        for incredibile in ["ffffffff-ffff-7fff-bfff-ffffffffffff", "ffffffff-ffff-4fff-bfff-ffffffffffff", "x"] {
            riprendi_dopo(incredibile);
            assert!(nuovo_id().to_string().as_str() < avanti, "{incredibile}");
        }
        riprendi_dopo(avanti);
        let (primo, secondo) = (nuovo_id().to_string(), nuovo_id().to_string());
        assert!(avanti < primo.as_str() && primo < secondo);
    }
}
