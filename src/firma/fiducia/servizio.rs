//! A trust service and its status in time (TS 119 612 clause 5.5).

use super::criterio::Qualifica;
use crate::firma::catena::Uso;
use crate::firma::certificato::Certificato;
use crate::valori::Istante;
use serde::{Deserialize, Serialize};

/// The status of a service recognised under Regulation (EU) 910/2014 (TS 119 612 clause 5.5.4).
const RICONOSCIUTO: &str = "granted";
/// Those under Directive 1999/93/EC, which count for what was done while it was in force.
const RICONOSCIUTI_PRIMA: [&str; 4] = ["undersupervision", "supervisionincessation", "accredited", "setbynationallaw"];
/// When the Regulation took the place of the Directive: midnight of 1 July 2016 in central Europe, in seconds.
const REGOLAMENTO: i64 = 1_467_324_000;

/// What a service does, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Genere {
    /// `CA/QC`: issues qualified certificates.
    #[serde(rename = "CA/QC")]
    CertificatiQualificati,
    /// `TSA/QTST`: issues qualified timestamps.
    #[serde(rename = "TSA/QTST")]
    MarcheQualificate,
    /// Anything else.
    #[serde(rename = "other")]
    Altro,
}

/// A service of a provider. In JSON without its certificates: the anchor has the one that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Servizio {
    /// The provider.
    #[serde(rename = "provider")]
    pub prestatore: String,
    /// The service.
    #[serde(rename = "name")]
    pub nome: String,
    /// What it does.
    #[serde(rename = "type")]
    pub genere: Genere,
    /// Its certificates (DER).
    #[serde(skip)]
    pub certificati: Vec<Vec<u8>>,
    /// Its statuses, the present one first.
    #[serde(rename = "history")]
    pub(in crate::firma) storia: Vec<Periodo>,
}

/// A status, from an instant until the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Periodo {
    /// `ServiceStatus` without its address: `granted`, `withdrawn`.
    #[serde(rename = "status")]
    pub stato: String,
    /// `StatusStartingTime`.
    #[serde(rename = "since")]
    pub dal: Istante,
    /// `AdditionalServiceInformation` without addresses: `ForeSignatures`, `ForeSeals`.
    #[serde(rename = "information")]
    pub informazioni: Vec<String>,
    /// What the list says of some of its certificates, over what they say.
    #[serde(rename = "qualifications", default, skip_serializing_if = "Vec::is_empty")]
    pub qualifiche: Vec<Qualifica>,
    /// Who took the service over.
    #[serde(rename = "takenOverBy")]
    pub ceduto_a: Option<String>,
}

impl Servizio {
    /// The statuses are put in order of time; with equal instants the one that was given first counts.
    #[must_use]
    pub fn new(
        prestatore: String,
        nome: String,
        tipo: &str,
        certificati: Vec<Vec<u8>>,
        mut storia: Vec<Periodo>,
    ) -> Self {
        let genere = match tipo.strip_prefix("http://uri.etsi.org/TrstSvc/Svctype/") {
            Some("CA/QC") => Genere::CertificatiQualificati,
            Some("TSA/QTST") => Genere::MarcheQualificate,
            _ => Genere::Altro,
        };
        storia.sort_by_key(|periodo| std::cmp::Reverse(periodo.dal));
        Self { prestatore, nome, genere, certificati, storia }
    }

    /// All its statuses, the present one first.
    #[must_use]
    pub fn storia(&self) -> &[Periodo] {
        &self.storia
    }

    /// The status that was in force.
    #[must_use]
    pub fn periodo(&self, istante: Istante) -> Option<&Periodo> {
        self.storia.iter().find(|periodo| periodo.dal <= istante)
    }

    /// The last status.
    #[must_use]
    pub fn ultimo(&self) -> Option<&Periodo> {
        self.storia.first()
    }

    /// Whether it does what is needed.
    pub(in crate::firma) fn serve(&self, uso: Uso) -> bool {
        match uso {
            Uso::Firma => self.genere == Genere::CertificatiQualificati,
            Uso::Marca => self.genere == Genere::MarcheQualificate,
        }
    }

    /// Whether it was recognised.
    #[must_use]
    pub fn riconosciuto(&self, istante: Istante) -> bool {
        let prima = istante.date_time().timestamp() < REGOLAMENTO;
        self.periodo(istante).is_some_and(|periodo| {
            periodo.stato == RICONOSCIUTO || (prima && RICONOSCIUTI_PRIMA.contains(&periodo.stato.as_str()))
        })
    }

    /// Whether its certificates were for seals, or for signatures.
    pub(in crate::firma) fn prevede(&self, sigilli: bool, istante: Istante) -> bool {
        self.periodo(istante).is_some_and(|p| if sigilli { p.per_sigilli() } else { p.per_firme() })
    }

    /// The qualifiers that count for a certificate; and whether there are others of which that cannot be said.
    pub(in crate::firma) fn qualificatori(&self, certificato: &Certificato<'_>, istante: Istante) -> (Vec<&str>, bool) {
        let (mut valgono, mut oscuri) = (Vec::new(), false);
        for qualifica in self.periodo(istante).into_iter().flat_map(|periodo| &periodo.qualifiche) {
            match qualifica.criteri.vale(certificato) {
                Some(true) => valgono.extend(qualifica.qualificatori.iter().map(String::as_str)),
                Some(false) => {}
                None => oscuri = true,
            }
        }
        (valgono, oscuri)
    }

    /// The sentence that says why it is not to be believed at an instant.
    pub(in crate::firma) fn vizio(&self, istante: Istante) -> String {
        let stato = match self.periodo(istante) {
            Some(periodo) => format!("dal {} il suo stato era «{}»", periodo.dal.leggibile(), periodo.stato),
            None => "non era ancora nella lista di fiducia".to_owned(),
        };
        format!(
            "Il servizio «{}» di «{}» non era riconosciuto il {}: {stato}.",
            self.nome,
            self.prestatore,
            istante.leggibile()
        )
    }
}

impl Periodo {
    /// Whether the certificates are for signatures, or nothing says for what they are (as before Regulation 910/2014).
    #[must_use]
    pub fn per_firme(&self) -> bool {
        self.informazioni.iter().any(|i| i == "ForeSignatures") || !self.dice_per_cosa()
    }

    /// Whether the certificates are for seals.
    #[must_use]
    pub fn per_sigilli(&self) -> bool {
        self.informazioni.iter().any(|i| i == "ForeSeals")
    }

    fn dice_per_cosa(&self) -> bool {
        self.informazioni
            .iter()
            .any(|i| matches!(i.as_str(), "ForeSignatures" | "ForeSeals" | "ForWebSiteAuthentication"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_that_of_the_instant() {
        let periodo = |stato: &str, dal: &str| Periodo {
            stato: stato.to_owned(),
            dal: dal.parse().unwrap(),
            informazioni: Vec::new(),
            qualifiche: Vec::new(),
            ceduto_a: None,
        };
        let storia = vec![
            periodo("withdrawn", "2024-03-01T00:00:00Z"),
            periodo("accredited", "2010-01-01T00:00:00Z"),
            periodo("granted", "2016-06-30T22:00:00Z"),
        ];
        let tipo = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";
        let servizio = Servizio::new("P".to_owned(), "S".to_owned(), tipo, Vec::new(), storia);
        let check = |istante: &str, atteso: bool| {
            assert_eq!(servizio.riconosciuto(istante.parse().unwrap()), atteso, "{istante}");
        };
        check("2009-12-31T23:59:59Z", false);
        check("2010-01-01T00:00:00Z", true);
        check("2016-06-30T21:59:59Z", true);
        check("2020-01-01T00:00:00Z", true);
        check("2024-02-29T23:59:59Z", true);
        check("2024-03-01T00:00:00Z", false);
        assert!(servizio.serve(Uso::Firma) && !servizio.serve(Uso::Marca));
        assert!(servizio.vizio("2025-01-01T00:00:00Z".parse().unwrap()).contains("withdrawn"));
    }
}
