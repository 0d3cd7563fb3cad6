//! *Messaggio di interoperabilità*: what one AOO says to another in an XML file of the message, beside the seal that it bears and the
//! files that came with it.

use super::Allegato;
use crate::firma::{self, Fiducia, Firmatario, Indicazione, Rapporto};
use crate::segnatura::{self, File, Lettura, Sigillo, Tipo};
use crate::valori::Istante;
use std::io;

/// Files that belong to the mail, and not to what it brings.
const DI_SERVIZIO: [&str; 3] = ["daticert.xml", "postacert.eml", "smime.p7s"];

/// Reads a segnatura or return message and judges its seal, if it has one, as of `istante`; the reasons come first among the
/// `rilievi`.
#[must_use]
pub fn leggi(xml: &[u8], fiducia: &Fiducia, istante: Istante) -> Lettura {
    let mut lettura = segnatura::leggi(xml);
    if lettura.sigillo.is_some() {
        // A file in memory does not fail as a disk does.
        let rapporto = firma::verifica(&mut &*xml, None, Some("Segnatura.xml"), fiducia, istante, &mut io::sink());
        if let Ok(rapporto) = rapporto {
            giudica(&mut lettura, &rapporto);
        }
    }
    lettura
}

/// The one among the files of a message, compared with the others; what is wrong between them is said in `rilievi`.
pub(super) fn fra(
    allegati: &[Allegato<'_>],
    fiducia: &Fiducia,
    istante: Option<Istante>,
    rilievi: &mut Vec<String>,
) -> Option<Lettura> {
    let mut candidati = allegati.iter().filter_map(|a| Some((Tipo::da_file(a.name.as_str())?, a)));
    let (atteso, trovato) = candidati.next()?;
    let nome = trovato.name.as_str();
    if let Some((_, altro)) = candidati.next() {
        let altro = altro.name.as_str();
        rilievi.push(format!("Il messaggio contiene sia «{nome}» sia «{altro}»: è stato letto il primo."));
    }
    let mut lettura = match istante {
        Some(istante) => leggi(&trovato.bytes, fiducia, istante),
        None => segnatura::leggi(&trovato.bytes),
    };
    let Some(tipo) = lettura.tipo else {
        rilievi.push(format!("L'allegato «{nome}» non si legge come segnatura."));
        return None;
    };
    if tipo != atteso {
        rilievi.push(format!("L'allegato «{nome}» non contiene quello che il nome promette, ma: {}.", tipo.as_str()));
    }
    if !lettura.valida {
        rilievi.push(format!("La segnatura nell'allegato «{nome}» non rispetta le sue regole."));
    }
    if lettura.sigillo == Some(Sigillo::NonValido) {
        rilievi.push(SIGILLO_ROTTO.to_owned());
    }
    if lettura.codice_confermato == Some(false) {
        rilievi.push(SIGILLO_ALTRUI.to_owned());
    }
    if tipo == Tipo::Segnatura {
        let di_servizio = |a: &Allegato<'_>| DI_SERVIZIO.iter().any(|n| a.si_chiama(n));
        let altri = allegati.iter().filter(|a| Tipo::da_file(a.name.as_str()).is_none() && !di_servizio(a));
        // In memory nothing fails to be read.
        let misura = lettura.misura();
        let file: Vec<File> = altri.filter_map(|a| misura.file(a.name.as_str(), &mut &*a.bytes).ok()).collect();
        rilievi.extend(lettura.confronta(&file));
    }
    if nome != atteso.file() {
        lettura.rilievi.push(format!("Il file si chiama «{nome}» invece di «{}».", atteso.file()));
    }
    Some(lettura)
}

const SIGILLO_ROTTO: &str = "Il sigillo non vale: la segnatura non è quella che il mittente ha sigillato, o il sigillo è rovinato. \
                             Chiedi al mittente di inviarla di nuovo.";

const SIGILLO_ALTRUI: &str = "Il sigillo della segnatura è di un ente diverso da quello di cui la segnatura porta il codice IPA: il codice non è \
                              proposto per la registrazione. Chiedi al mittente chi ha scritto.";

/// How a certificate begins the IPA code of its holder: two letters and a colon are a national scheme (ETSI EN 319 412-1 clause 5.1.4).
const CODICE_IPA: &str = "PA:IT-";

fn giudica(lettura: &mut Lettura, rapporto: &Rapporto) {
    let mut esito = match rapporto.indication {
        Some(Indicazione::TotalPassed) => Sigillo::Valido,
        Some(Indicazione::Indeterminate) => Sigillo::Indeterminato,
        Some(Indicazione::TotalFailed) | None => Sigillo::NonValido,
    };
    let mut frasi = Vec::new();
    if esito == Sigillo::NonValido {
        frasi.push(SIGILLO_ROTTO.to_owned());
    }
    if rapporto.signatures.len() > 1 {
        let quante = rapporto.signatures.len();
        frasi.push(format!("Nella segnatura ci sono {quante} firme, e il sigillo dev'essere uno solo."));
        esito = if esito == Sigillo::Valido { Sigillo::Indeterminato } else { esito };
    }
    for firma in &rapporto.signatures {
        frasi.extend(firma.findings.iter().map(|f| format!("Sigillo: {f}")));
        if esito != Sigillo::NonValido
            && let Some(titolare) = &firma.signer
        {
            lettura.titolare = nome_titolare(titolare);
            frasi.extend(di_chi(lettura, titolare));
            let (confermato, frase) = codice(lettura, titolare);
            lettura.codice_confermato = confermato.filter(|si| !si || esito == Sigillo::Valido);
            frasi.extend(frase);
            if firma.qualified == Some(false) {
                frasi.push("Il sigillo non è qualificato, come l'Allegato 6 richiede.".to_owned());
            }
        }
    }
    lettura.giudica_sigillo(esito, &frasi);
}

/// Whether the seal is of the body that writes: a seal says of whom it is, and anybody may have one.
fn di_chi(lettura: &Lettura, titolare: &Firmatario) -> Option<String> {
    if !titolare.seal {
        return Some("Il sigillo è apposto con un certificato di firma, non di sigillo.".to_owned());
    }
    let nomi = [titolare.organization.as_deref(), titolare.common_name.as_deref()];
    let mittente = lettura.mittente.as_ref()?.denominazione.as_deref()?;
    let stesso = |nome: &str| compatto(nome) == compatto(mittente);
    let (Some(nome), false) = (nomi.into_iter().flatten().next(), nomi.into_iter().flatten().any(stesso)) else {
        return None;
    };
    Some(format!(
        "Il sigillo è di «{}», il mittente dice di essere «{}»: controlla che siano lo stesso ente.",
        corto(nome),
        corto(mittente)
    ))
}

/// Whose a seal is: its organisation, or its name, and the identifier of the organisation.
fn nome_titolare(titolare: &Firmatario) -> Option<String> {
    let nome = titolare.organization.as_ref().or(titolare.common_name.as_ref()).map(|n| corto(n));
    match (nome, titolare.organization_identifier.as_deref().map(corto)) {
        (Some(nome), Some(identificativo)) => Some(format!("{nome} ({identificativo})")),
        (nome, identificativo) => nome.or(identificativo),
    }
}

/// Whether the certificate says the IPA codes that the segnatura claims; what must be said if it does not.
fn codice(lettura: &Lettura, titolare: &Firmatario) -> (Option<bool>, Option<String>) {
    let mut dichiarati = lettura.codici_dichiarati().peekable();
    let Some(primo) = dichiarati.peek().map(|codice| corto(codice)) else { return (None, None) };
    let identificativo = titolare.organization_identifier.as_deref().map(str::trim).filter(|_| titolare.seal);
    let suo = identificativo.and_then(|i| {
        let (testa, codice) = i.split_at_checked(CODICE_IPA.len())?;
        testa.eq_ignore_ascii_case(CODICE_IPA).then_some(codice)
    });
    let Some(suo) = suo else {
        let porta = identificativo.map_or_else(String::new, |i| format!(" ma «{}»", corto(i)));
        let frase = format!(
            "Il sigillo non porta un codice IPA{porta}: che la segnatura sia dell'ente «{primo}» lo dice solo la segnatura."
        );
        return (None, Some(frase));
    };
    match dichiarati.find(|codice| !codice.eq_ignore_ascii_case(suo)) {
        None => (Some(true), None),
        Some(altro) => {
            let (suo, altro) = (corto(suo), corto(altro));
            let frase =
                format!("Il sigillo è dell'ente con codice IPA «{suo}», la segnatura dice di essere di «{altro}».");
            (Some(false), Some(frase))
        }
    }
}

/// A name as it is compared: letters and digits alone.
fn compatto(nome: &str) -> String {
    nome.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a sentence repeats of a name.
fn corto(nome: &str) -> String {
    const MASSIMO: usize = 80;
    nome.chars().take(MASSIMO).collect()
}
