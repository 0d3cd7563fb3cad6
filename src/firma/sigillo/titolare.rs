//! Whose a seal is.

use super::Errore;
use crate::firma::certificato::Certificato;
use crate::valori::Istante;

/// What the certificate of a seal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Titolare {
    /// Its name.
    pub nome: String,
    /// The body that it is of.
    pub organizzazione: Option<String>,
    /// Who issued it.
    pub emittente: String,
    /// First instant of its validity.
    pub dal: Istante,
    /// Last instant of its validity.
    pub al: Istante,
    /// It declares itself qualified (ETSI EN 319 412-5); only a trusted list confirms it.
    pub qualificato: bool,
    /// It is for seals, and not for the signatures of a person.
    pub per_sigilli: bool,
}

impl Titolare {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`Errore::Certificato`] if it cannot be read.
    pub fn leggi(der: &[u8]) -> Result<Self, Errore> {
        let certificato = Certificato::leggi(der).ok_or(Errore::Certificato("non è leggibile"))?;
        let (dal, al) = certificato.validita().ok_or(Errore::Certificato("non dice fino a quando vale"))?;
        let soggetto = certificato.firmatario();
        let nome =
            soggetto.common_name.or_else(|| soggetto.organization.clone()).unwrap_or_else(|| "senza nome".to_owned());
        Ok(Self {
            nome,
            organizzazione: soggetto.organization,
            emittente: certificato.emittente_leggibile(),
            dal,
            al,
            qualificato: certificato.qualificato(),
            per_sigilli: certificato.per_sigilli(),
        })
    }

    /// What keeps it from being the qualified seal that Allegato 6 wants, in a sentence; `None` if nothing does.
    #[must_use]
    pub fn mancanza(&self) -> Option<&'static str> {
        match (self.qualificato, self.per_sigilli) {
            (true, true) => None,
            (_, false) => Some(
                "Il certificato non è fatto per i sigilli: chi riceve vedrà una firma, non il sigillo dell'ente che \
                 l'Allegato 6 richiede.",
            ),
            (false, true) => Some(
                "Il sigillo non è qualificato: l'Allegato 6 richiede un sigillo elettronico qualificato, e chi riceve può \
                 non accettarlo.",
            ),
        }
    }
}
