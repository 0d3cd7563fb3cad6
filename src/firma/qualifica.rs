//! Whether a signature is qualified (Regulation (EU) 910/2014 articles 3(12), 3(27) and 28): the certificate says so, the
//! service that issued it was recognised for it, and the key is in a qualified device.

use super::catena::Contesto;
use super::certificato::Certificato;
use super::fiducia::Servizio;
use super::giudizio::Giudizio;

/// Writes down what the signature is worth, when its chain ends at a recognised service of a trusted list.
pub fn qualifica(giudizio: &mut Giudizio, contesto: &Contesto<'_>, certificato: &Certificato<'_>, servizio: &Servizio) {
    let sigillo = certificato.per_sigilli();
    let previsto =
        servizio.periodo(contesto.istante).is_some_and(|p| if sigillo { p.per_sigilli() } else { p.per_firme() });
    let qualificato = certificato.qualificato() && previsto;
    giudizio.qualificata = Some(qualificato);
    let cosa = match (qualificato, certificato.in_dispositivo(), sigillo) {
        (true, true, false) => "Firma elettronica qualificata",
        (true, true, true) => "Sigillo elettronico qualificato",
        (true, false, false) => "Firma elettronica con certificato qualificato, ma non in un dispositivo qualificato",
        (true, false, true) => "Sigillo elettronico con certificato qualificato, ma non in un dispositivo qualificato",
        (false, _, _) => "Il certificato non è qualificato",
    };
    giudizio.nota(format!("{cosa}: servizio «{}» di «{}».", servizio.nome, servizio.prestatore));
}
