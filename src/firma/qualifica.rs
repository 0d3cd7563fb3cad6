//! Whether a signature is qualified (Regulation (EU) 910/2014 articles 3(12), 3(27) and 28): the certificate says so, the
//! service that issued it was recognised for it, and the key is in a qualified device.

use super::catena::Contesto;
use super::certificato::Certificato;
use super::fiducia::Servizio;
use super::giudizio::Giudizio;

/// Writes down what the signature is worth, when its chain ends at a recognised service of a trusted list.
pub fn qualifica(giudizio: &mut Giudizio, contesto: &Contesto<'_>, certificato: &Certificato<'_>, servizio: &Servizio) {
    let sigillo = certificato.per_sigilli();
    let qualificato = certificato.qualificato() && servizio.prevede(sigillo, contesto.istante);
    giudizio.qualificata = Some(qualificato);
    let (firma, certificato) = match (qualificato, certificato.in_dispositivo(), sigillo) {
        (true, true, false) => ("Firma elettronica qualificata", "Il certificato è qualificato"),
        (true, true, true) => ("Sigillo elettronico qualificato", "Il certificato è qualificato"),
        (true, false, false) => (
            "Firma elettronica con certificato qualificato, ma non in un dispositivo qualificato",
            "Il certificato è qualificato, ma non in un dispositivo qualificato",
        ),
        (true, false, true) => (
            "Sigillo elettronico con certificato qualificato, ma non in un dispositivo qualificato",
            "Il certificato è qualificato, ma non in un dispositivo qualificato",
        ),
        (false, _, _) => ("Il certificato non è qualificato", "Il certificato non è qualificato"),
    };
    giudizio.valore = Some(
        [firma, certificato].map(|cosa| format!("{cosa}: servizio «{}» di «{}».", servizio.nome, servizio.prestatore)),
    );
}
