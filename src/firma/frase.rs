//! What a report says, for the clerk: one Italian sentence per signer. Who, in what capacity, qualified or not, valid at what instant,
//! and what is wrong if something is.

use super::catena::NESSUNA_CATENA;
use super::rapporto::{Firma, Indicazione, MarcaTemporale, Marcato, Rapporto, Sottoindicazione};
use super::revoca::{AUTORITA_NON_CONTROLLATE, NON_CONTROLLATA, RIATTIVATO};
use crate::valori::Istante;
use std::cmp::Reverse;

/// What certificates say instead of an organisation when there is none, in small letters.
const NESSUNA_ORGANIZZAZIONE: [&str; 5] = ["non presente", "non dichiarato", "non dichiarata", "n/a", "-"];

/// What a signer made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Atto {
    Firma,
    Controfirma,
    Sigillo,
}

impl Rapporto {
    /// A sentence for every signer, in the order in which they signed: the innermost layer first, each counter-signature after what it
    /// covers. `istante` is the one that was given to the verification.
    #[must_use]
    pub fn firme_dette(&self, istante: Istante) -> Vec<(&Firma, String)> {
        let mut firme: Vec<&Firma> = self.signatures.iter().collect();
        firme.sort_by_key(|firma| Reverse(firma.layer));
        let mut dette = Vec::new();
        for firma in firme {
            dette.push((firma, firma.frase(istante)));
            firma.controfirme(istante, &mut dette);
        }
        dette
    }

    /// The same sentences, then one for every timestamp over the file.
    #[must_use]
    pub fn frasi(&self, istante: Istante) -> Vec<String> {
        let firme = self.firme_dette(istante).into_iter().map(|(_, frase)| frase);
        firme.chain(self.timestamps.iter().map(MarcaTemporale::frase)).collect()
    }
}

impl Firma {
    /// The sentence about this signer, without counter-signatures; `istante` is the one that was given to the verification.
    #[must_use]
    pub fn frase(&self, istante: Istante) -> String {
        let sigillo = self.signer.as_ref().is_some_and(|s| s.seal);
        self.frase_di(if sigillo { Atto::Sigillo } else { Atto::Firma }, istante)
    }

    /// Recursive as deep as counter-signatures are followed.
    fn controfirme<'a>(&'a self, istante: Istante, dette: &mut Vec<(&'a Self, String)>) {
        for controfirma in &self.counter_signatures {
            dette.push((controfirma, controfirma.frase_di(Atto::Controfirma, istante)));
            controfirma.controfirme(istante, dette);
        }
    }

    fn frase_di(&self, atto: Atto, istante: Istante) -> String {
        let (chi, quando) = (self.chi(), self.quando());
        let (nome, valida) = match atto {
            Atto::Firma => ("Firma", "valida"),
            Atto::Controfirma => ("Controfirma", "valida"),
            Atto::Sigillo => ("Sigillo", "valido"),
        };
        let di_chi = chi.as_deref().map_or_else(|| " di autore ignoto".to_owned(), |chi| format!(" di {chi}"));
        match self.indication {
            Indicazione::TotalPassed => {
                let chi = chi.unwrap_or_else(|| "autore ignoto".to_owned());
                let inizio = match atto {
                    Atto::Firma => format!("Firmato da {chi}{quando} con"),
                    Atto::Controfirma => format!("Controfirmato da {chi}{quando} con"),
                    Atto::Sigillo => format!("Sigillo di {chi}{quando}:"),
                };
                let al = alle(self.best_signature_time.unwrap_or(istante));
                format!("{inizio} {}, {valida} il {al}{}.", self.tipo(atto), self.riserve())
            }
            Indicazione::Indeterminate => {
                format!("{nome}{di_chi}{quando}: validità non determinabile, perché {}.", self.perche())
            }
            Indicazione::TotalFailed => format!("{nome}{di_chi}{quando} NON {valida}: {}.", self.perche()),
        }
    }

    /// Name, and organisation for which the certificate was issued; `None`: nobody knows who signed.
    fn chi(&self) -> Option<String> {
        let firmatario = self.signer.as_ref()?;
        let organizzazione = firmatario.organization.as_deref().map(str::trim).filter(|o| !o.is_empty());
        let organizzazione = organizzazione.filter(|o| !NESSUNA_ORGANIZZAZIONE.contains(&o.to_lowercase().as_str()));
        let Some(nome) = firmatario.common_name.as_deref().map(str::trim).filter(|nome| !nome.is_empty()) else {
            let altro = organizzazione.or(firmatario.serial_number.as_deref()).map(str::to_owned);
            return Some(altro.unwrap_or_else(|| "un firmatario di cui il certificato non dice il nome".to_owned()));
        };
        let altra = organizzazione.filter(|o| o.to_lowercase() != nome.to_lowercase());
        Some(altra.map_or_else(|| nome.to_owned(), |o| format!("{nome} ({o})")))
    }

    /// What a timestamp proves, or what the signer says.
    fn quando(&self) -> String {
        match (self.best_signature_time, self.signing_time) {
            (Some(provato), _) => format!(" entro il {} (marca temporale)", alle(provato)),
            (None, Some(detto)) => format!(" il {} (ora dichiarata)", alle(detto)),
            (None, None) => String::new(),
        }
    }

    fn tipo(&self, atto: Atto) -> &'static str {
        match (self.qualified, self.qualified_device, atto) {
            (Some(true), Some(true), Atto::Sigillo) => "sigillo elettronico qualificato",
            (Some(true), Some(true), _) => "firma elettronica qualificata",
            (Some(true), Some(false), Atto::Sigillo) => {
                "sigillo elettronico basato su un certificato qualificato, ma non fatto in un dispositivo qualificato"
            }
            (Some(true), Some(false), _) => {
                "firma elettronica basata su un certificato qualificato, ma non fatta in un dispositivo qualificato"
            }
            (Some(true), None, Atto::Sigillo) => {
                "sigillo elettronico che si dichiara qualificato, senza che una lista di fiducia lo confermi"
            }
            (Some(true), None, _) => {
                "firma elettronica che si dichiara qualificata, senza che una lista di fiducia lo confermi"
            }
            (Some(false), _, Atto::Sigillo) => "sigillo elettronico non qualificato",
            (Some(false), ..) => "firma elettronica non qualificata",
            (None, _, Atto::Sigillo) => "sigillo elettronico",
            (None, ..) => "firma elettronica",
        }
    }

    /// What was not shown, of a signature that passes.
    fn riserve(&self) -> String {
        let mut riserve = Vec::new();
        let detto = |frase: &str| self.findings.iter().any(|f| f == frase);
        let mut ignote = Vec::new();
        if detto(NON_CONTROLLATA) {
            ignote.push("del certificato");
        }
        if detto(AUTORITA_NON_CONTROLLATE) {
            ignote.push("di un'autorità della sua catena");
        }
        if self.timestamps.iter().any(|m| m.revocation_checked == Some(false)) {
            ignote.push("dei certificati della marca temporale");
        }
        if !ignote.is_empty() {
            riserve.push(format!("la revoca {} non è stata controllata", ignote.join(" e ")));
        }
        if self.findings.iter().any(|f| f.starts_with(RIATTIVATO)) {
            riserve.push("il certificato era stato sospeso e poi riattivato".to_owned());
        }
        let peggiore = self.timestamps.iter().map(|m| m.indication).max();
        match peggiore {
            Some(Indicazione::TotalFailed) => riserve.push("una marca temporale non è valida".to_owned()),
            Some(Indicazione::Indeterminate) => riserve.push("una marca temporale non è accertata".to_owned()),
            Some(Indicazione::TotalPassed) | None => {}
        }
        if riserve.is_empty() { String::new() } else { format!("; ma {}", riserve.join(" e ")) }
    }

    /// Why it does not pass, as the end of a sentence.
    fn perche(&self) -> String {
        let rilievo = self.findings.first().filter(|rilievo| *rilievo != NESSUNA_CATENA);
        let detto = rilievo.map(|rilievo| in_coda(rilievo));
        let Some(motivo) = self.sub_indication else {
            return detto.unwrap_or_else(|| "non se ne conosce il motivo".to_owned());
        };
        let fisso = match motivo {
            // These say it better than the finding, or the finding is the same for all.
            Sottoindicazione::HashFailure => "il documento è stato cambiato dopo la firma, o non è quello firmato",
            Sottoindicazione::SigCryptoFailure => {
                "la firma non corrisponde al certificato di chi risulta avere firmato"
            }
            Sottoindicazione::NoCertificateChainFound if detto.is_none() => {
                return format!("l'emittente del certificato, «{}», non è fra quelli riconosciuti", self.emittente());
            }
            _ if detto.is_some() => return detto.unwrap_or_default(),
            Sottoindicazione::FormatFailure => "la firma non è leggibile",
            Sottoindicazione::NoSigningCertificateFound => "il certificato di chi ha firmato non è nel file",
            Sottoindicazione::NoCertificateChainFound => "l'emittente del certificato non è fra quelli riconosciuti",
            Sottoindicazione::ChainConstraintsFailure => "un certificato non poteva essere usato così",
            Sottoindicazione::CertificateChainGeneralFailure => "la catena dei certificati è troppo lunga",
            Sottoindicazione::SigConstraintsFailure => "manca qualcosa che la firma deve avere",
            Sottoindicazione::CryptoConstraintsFailure => "usa un algoritmo che non è accettato",
            Sottoindicazione::CryptoConstraintsFailureNoPoe => {
                "usa un algoritmo che non è più sicuro, e niente prova che sia più antica"
            }
            Sottoindicazione::OutOfBoundsNoPoe => {
                "il certificato non era valido, e niente prova che la firma sia di quando lo era"
            }
            Sottoindicazione::RevokedNoPoe => {
                "il certificato è stato revocato, e niente prova che la firma sia precedente"
            }
            Sottoindicazione::RevokedCaNoPoe => {
                "il certificato di un'autorità è stato revocato, e niente prova che la firma sia precedente"
            }
            Sottoindicazione::TryLater => "un certificato era sospeso, e niente prova che la sospensione sia finita",
            Sottoindicazione::SignedDataNotFound => "il documento firmato non è nel file e non è stato indicato",
            Sottoindicazione::Generic => "la verifica non è stata completata",
        };
        fisso.to_owned()
    }

    /// The common name of the issuer, or all of its name.
    fn emittente(&self) -> &str {
        let intero = self.issuer.as_deref().unwrap_or("ignoto");
        intero.split(", ").find_map(|parte| parte.strip_prefix("CN=")).unwrap_or(intero)
    }
}

impl MarcaTemporale {
    /// The sentence about a timestamp.
    #[must_use]
    pub fn frase(&self) -> String {
        let cosa = match self.covers {
            Marcato::Signature => "Marca temporale della firma",
            Marcato::Content => "Marca temporale del contenuto, che non prova quando è stata fatta la firma,",
            Marcato::Archive => "Marca temporale di archiviazione",
            Marcato::File => "Marca temporale del file",
        };
        let di = self.tsa.as_deref().map(|tsa| format!(" di {tsa}")).unwrap_or_default();
        let del = self.time.map_or_else(|| " di istante ignoto".to_owned(), |time| format!(" del {}", alle(time)));
        let esito = match self.indication {
            Indicazione::TotalPassed if self.revocation_checked == Some(false) => {
                "valida, ma la revoca dei suoi certificati non è stata controllata"
            }
            Indicazione::TotalPassed => "valida",
            Indicazione::Indeterminate => "non accertata",
            Indicazione::TotalFailed => "NON valida",
        };
        format!("{cosa}{di}{del}: {esito}.")
    }
}

/// `21/11/2026 alle 14:05`, in Rome.
fn alle(istante: Istante) -> String {
    ore_in_parole(&istante.leggibile())
}

/// A sentence as the end of another: small first letter, no full stop, hours as people say them.
fn in_coda(frase: &str) -> String {
    let frase = ore_in_parole(frase.trim().trim_end_matches('.'));
    let mut lettere = frase.chars();
    lettere.next().map(|prima| prima.to_lowercase().chain(lettere).collect()).unwrap_or_default()
}

/// `21/11/2026 14:05:09` becomes `21/11/2026 alle 14:05`, wherever it stands.
fn ore_in_parole(frase: &str) -> String {
    let (mut parole, mut dopo_data) = (Vec::new(), false);
    for parola in frase.split(' ') {
        let forma: String = parola.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        match (dopo_data, forma.strip_prefix("00:00:00"), parola.split_at_checked(5)) {
            (true, Some(resto), Some((ora, _))) => parole.push(format!("alle {ora}{resto}")),
            _ => parole.push(parola.to_owned()),
        }
        dopo_data = forma == "00/00/0000";
    }
    parole.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_said_as_people_say_them() {
        let check = |frase: &str, atteso: &str| assert_eq!(ore_in_parole(frase), atteso);
        check("scaduto il 01/01/2023 00:59:59 e niente", "scaduto il 01/01/2023 alle 00:59 e niente");
        check("dal 01/01/2023 10:09:08, di 12:00:00.", "dal 01/01/2023 alle 10:09, di 12:00:00.");
        check("il 31/12/2013: niente", "il 31/12/2013: niente");
        assert_eq!(in_coda("È scaduto."), "è scaduto");
    }
}
