//! Whether a signature is qualified (Regulation (EU) 910/2014 articles 3(12), 3(27) and 28): the certificate says so, the
//! service that issued it was recognised for it, and the key is in a qualified device. The trusted list has the last word on all
//! three (TS 119 615 clauses 4.4 and 4.5).

use super::catena::Contesto;
use super::certificato::Certificato;
use super::fiducia::Servizio;
use super::giudizio::Giudizio;
use crate::valori::Istante;

/// Midnight of 1 July 2016 in central Europe, in seconds: since then who is not a person makes seals and not signatures.
const REGOLAMENTO: i64 = 1_467_324_000;

/// What is said of a signature that passes, and of its certificate if it does not.
const VALORI: [[&str; 2]; 5] = [
    ["Firma elettronica qualificata", "Il certificato è qualificato"],
    ["Sigillo elettronico qualificato", "Il certificato è qualificato"],
    [
        "Firma elettronica con certificato qualificato, ma non in un dispositivo qualificato",
        "Il certificato è qualificato, ma non in un dispositivo qualificato",
    ],
    [
        "Sigillo elettronico con certificato qualificato, ma non in un dispositivo qualificato",
        "Il certificato è qualificato, ma non in un dispositivo qualificato",
    ],
    ["Il certificato non è qualificato", "Il certificato non è qualificato"],
];

/// What is said of a signature, once it does not pass any more for what stands round it.
pub fn ritratta(rilievi: &mut [String]) {
    for rilievo in rilievi {
        let ridetto = VALORI.iter().find_map(|[firma, certificato]| {
            let resto = rilievo.strip_prefix(firma).filter(|resto| resto.starts_with([':', ' ']))?;
            Some(format!("{certificato}{resto}"))
        });
        if let Some(ridetto) = ridetto {
            *rilievo = ridetto;
        }
    }
}

/// What a certificate is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Valutazione {
    qualificato: bool,
    dispositivo: bool,
    sigillo: bool,
    /// The list says so over what the certificate says.
    dice_la_lista: bool,
    /// The list has conditions of which nobody can say whether the certificate meets them, or that contradict each other.
    oscura: bool,
}

/// Writes down what the signature is worth, when its chain ends at a recognised service of a trusted list.
pub fn qualifica(giudizio: &mut Giudizio, contesto: &Contesto<'_>, certificato: &Certificato<'_>, servizio: &Servizio) {
    let valutazione = valuta(certificato, servizio, contesto.istante);
    giudizio.qualificata = Some(valutazione.qualificato);
    giudizio.dispositivo = Some(valutazione.dispositivo);
    giudizio.sigillo = Some(valutazione.sigillo);
    let [qualificata, sigillo, firma_senza, sigillo_senza, nulla] = VALORI;
    let [firma, certificato] = match (valutazione.qualificato, valutazione.dispositivo, valutazione.sigillo) {
        (true, true, false) => qualificata,
        (true, true, true) => sigillo,
        (true, false, false) => firma_senza,
        (true, false, true) => sigillo_senza,
        (false, _, _) => nulla,
    };
    let perche = match valutazione {
        Valutazione { oscura: true, .. } => " (la lista di fiducia pone condizioni che non si sanno applicare)",
        Valutazione { dice_la_lista: true, .. } => " (lo dice la lista di fiducia)",
        _ => "",
    };
    giudizio.valore = Some(
        [firma, certificato]
            .map(|cosa| format!("{cosa}{perche}: servizio «{}» di «{}».", servizio.nome, servizio.prestatore)),
    );
}

fn valuta(certificato: &Certificato<'_>, servizio: &Servizio, istante: Istante) -> Valutazione {
    let (detti, mut oscura) = servizio.qualificatori(certificato, istante);
    let dice = |nomi: &[&str]| detti.iter().any(|detto| nomi.contains(detto));
    // What is said both ways says nothing, and nothing is called qualified for it.
    let mut scelto = |si: &[&str], no: &[&str], altrimenti: bool| {
        oscura |= dice(si) && dice(no);
        if dice(si) || dice(no) { dice(si) && !dice(no) } else { altrimenti }
    };
    let (qualificato, dispositivo) = (certificato.qualificato(), certificato.in_dispositivo());
    let persona_giuridica = dice(&["QCForLegalPerson"]) && istante.date_time().timestamp() >= REGOLAMENTO;
    let sigilli: &[&str] = if persona_giuridica { &["QCForESeal", "QCForLegalPerson"] } else { &["QCForESeal"] };
    let sigillo = scelto(sigilli, &["QCForESig"], certificato.per_sigilli());
    let dichiarato = scelto(&["QCStatement"], &["NotQualified"], qualificato);
    let in_dispositivo =
        scelto(&["QCWithSSCD", "QCWithQSCD", "QCQSCDManagedOnBehalf"], &["QCNoSSCD", "QCNoQSCD"], dispositivo);
    // A certificate for web sites signs no document, unless the list says that it is for something else.
    let per_siti = dice(&["QCForWSA"]) && !dice(&["QCForESig", "QCForESeal"]);
    Valutazione {
        qualificato: dichiarato && !oscura && !per_siti && servizio.prevede(sigillo, istante),
        dispositivo: in_dispositivo,
        sigillo,
        dice_la_lista: per_siti
            || (dichiarato, in_dispositivo, sigillo) != (qualificato, dispositivo, certificato.per_sigilli()),
        oscura,
    }
}
