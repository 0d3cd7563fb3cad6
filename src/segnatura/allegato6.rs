//! Allegato 6 to the Linee guida AgID on informatic documents: the segnatura 3.0.0 that we write, its return messages, and the
//! schemas that they obey.

use super::circolare60::denominazione;
use super::foglio::Foglio;
use super::ritorno::{Registrazione, Ricevuto, Ritorno};
use super::uscita::{
    Argomento, Classifica, Destinatario, Documento, Mittente, NomeParte, Parte, Riferimento, TipoParte, Uscita,
};
use super::xsd::Schema;
use super::{Errore, Identificatore};
use crate::valori::{CodiceFiscale, IndirizzoMail};
use std::sync::LazyLock;

/// Namespace of the segnatura.
pub const NAMESPACE: &str = "http://www.agid.gov.it/protocollo/";
/// Namespace of the return messages by mail.
pub const NAMESPACE_PEC: &str = "http://www.agid.gov.it/protocollo/pec/";
/// The version.
pub const VERSIONE: &str = "3.0.0";
/// What a file is whose media type nobody knows (RFC 2046 section 4.5.1): here one must be said.
const TIPO_IGNOTO: &str = "application/octet-stream";
/// Bytes of an ordinary segnatura.
const CAPIENZA: usize = 4096;

static SCHEMA: LazyLock<Result<Schema, Errore>> = LazyLock::new(|| {
    Schema::new(&[
        ("segnatura-3.0.0-pec.xsd", include_str!("../../xsd/segnatura-3.0.0-pec.xsd")),
        ("segnatura-3.0.0.xsd", include_str!("../../xsd/segnatura-3.0.0.xsd")),
        ("firma-xml.xsd", include_str!("../../xsd/firma-xml.xsd")),
    ])
});

/// The schema of `SegnaturaInformatica`, seal included, and of the four return messages, compiled at the first use.
///
/// # Errors
/// If the schema in the program does not compile: never, in a program that passed its tests.
pub fn schema() -> Result<&'static Schema, Errore> {
    SCHEMA.as_ref().map_err(Clone::clone)
}

/// The segnatura of a registration in `uscita`, in UTF-8, still without seal: it is not valid, and must not leave, until one is
/// the last element of its root.
///
/// A postal address cannot be said (its CAP would need six digits), nor the code of one of our offices (it would be that of IPA).
///
/// # Errors
/// [`Errore::SenzaDestinatario`] if it goes to nobody, [`Errore::SenzaClassifica`] if it has no place in the titolario, which
/// here is mandatory.
pub fn segnatura(uscita: &Uscita) -> Result<String, Errore> {
    if uscita.destinatari.is_empty() {
        return Err(Errore::SenzaDestinatario);
    }
    let voce = uscita.classifica.as_ref().ok_or(Errore::SenzaClassifica)?;
    let mut foglio = Foglio::new(CAPIENZA);
    let attributi = [("xmlns", NAMESPACE), ("xmlns:prot", NAMESPACE), ("prot:versione", VERSIONE), ("prot:lang", "it")];
    foglio.elemento("SegnaturaInformatica", &attributi, |f| {
        f.elemento("Intestazione", &[], |f| {
            intestazione(f, uscita);
            f.testo("Oggetto", &[], uscita.oggetto.as_str());
            classifica(f, voce);
            if uscita.riservato {
                f.testo("Riservato", &[], "true");
            }
        });
        if let Some((identificatore, argomento)) = uscita.riferimenti.iter().find_map(registrato) {
            f.elemento("Riferimenti", &[], |f| {
                f.elemento("Identificatore", &[], |f| parti(f, identificatore, SENZA_PREFISSO));
                f.testo("Oggetto", &[], argomento.oggetto.as_str());
                classifica(f, &argomento.classifica);
            });
        }
        f.elemento("Descrizione", &[], |f| {
            f.elemento("Mittente", &[], |f| mittente(f, &uscita.mittente, &uscita.identificatore));
            uscita.destinatari.iter().for_each(|d| destinatario(f, d));
            documento(f, "DocumentoPrimario", &uscita.principale);
            uscita.allegati.iter().for_each(|a| documento(f, "Allegato", a));
        });
    });
    Ok(foglio.finito())
}

/// A return message, for a mail of its own.
#[must_use]
pub fn ritorno(ritorno: &Ritorno) -> String {
    let mut foglio = Foglio::new(CAPIENZA);
    let attributi = [
        ("xmlns", NAMESPACE_PEC),
        ("xmlns:pec", NAMESPACE_PEC),
        ("xmlns:prot", NAMESPACE),
        ("pec:versione", VERSIONE),
        ("pec:lang", "it"),
    ];
    let identificatore = |f: &mut Foglio, nome, identificatore: &Identificatore| {
        f.elemento(nome, &[], |f| parti(f, identificatore, CON_PREFISSO));
    };
    let ricevuto = |f: &mut Foglio, ricevuto: &Ricevuto| {
        f.elemento("MessaggioRicevuto", &[], |f| match ricevuto {
            Ricevuto::Descritto(testo) => f.testo("DescrizioneMessaggio", &[], testo.as_str()),
            Ricevuto::Registrato { identificatore: suo, prima } => {
                identificatore(f, "Identificatore", suo);
                prima.iter().for_each(|p| identificatore(f, "PrimaRegistrazione", p));
            }
        });
    };
    foglio.elemento(ritorno.elemento(), &attributi, |f| match ritorno {
        Ritorno::Conferma(r) | Ritorno::Aggiornamento(r) => {
            let Registrazione { identificatore: nostro, ricevuto: suo } = r;
            identificatore(f, "Identificatore", nostro);
            ricevuto(f, suo);
        }
        Ritorno::Eccezione { identificatore: nostro, ricevuto: suo, motivo } => {
            nostro.iter().for_each(|n| identificatore(f, "Identificatore", n));
            ricevuto(f, suo);
            f.testo("Motivo", &[], motivo.as_str());
        }
        Ritorno::Annullamento { identificatore: nostro, motivo, provvedimento } => {
            identificatore(f, "Identificatore", nostro);
            f.testo("Motivo", &[], motivo.as_str());
            f.testo("Provvedimento", &[], provvedimento.as_str());
        }
    });
    foglio.finito()
}

fn intestazione(f: &mut Foglio, uscita: &Uscita) {
    let (identificatore, ora) = (&uscita.identificatore, uscita.istante.ora());
    let descrizione = [("prot:descrizione", uscita.mittente.aoo.as_str())];
    f.elemento("Identificatore", &[], |f| {
        f.testo("CodiceAmministrazione", &[], identificatore.codice_amministrazione.as_str());
        f.testo("CodiceAOO", &descrizione, identificatore.codice_aoo.as_str());
        resto(f, identificatore, SENZA_PREFISSO);
        f.testo("OraRegistrazione", &[], &ora);
    });
}

/// `CodiceAmministrazione` and its siblings, as they are called where their namespace is the default and where it is not.
type Nomi = [&'static str; 5];
const SENZA_PREFISSO: Nomi =
    ["CodiceAmministrazione", "CodiceAOO", "CodiceRegistro", "NumeroRegistrazione", "DataRegistrazione"];
const CON_PREFISSO: Nomi = [
    "prot:CodiceAmministrazione",
    "prot:CodiceAOO",
    "prot:CodiceRegistro",
    "prot:NumeroRegistrazione",
    "prot:DataRegistrazione",
];

fn parti(f: &mut Foglio, identificatore: &Identificatore, nomi: Nomi) {
    let [amministrazione, aoo, ..] = nomi;
    f.testo(amministrazione, &[], identificatore.codice_amministrazione.as_str());
    f.testo(aoo, &[], identificatore.codice_aoo.as_str());
    resto(f, identificatore, nomi);
}

fn resto(f: &mut Foglio, identificatore: &Identificatore, [_, _, registro, numero, data]: Nomi) {
    f.testo(registro, &[], identificatore.registro.as_str());
    f.testo(numero, &[], &identificatore.numero.to_string());
    f.testo(data, &[], &identificatore.data.to_string());
}

/// The norm has room for one message, with what it is about.
fn registrato(riferimento: &Riferimento) -> Option<(&Identificatore, &Argomento)> {
    match riferimento {
        Riferimento::Registrato { identificatore, argomento } => Some((identificatore, argomento.as_ref()?)),
        Riferimento::NonRegistrato(_) => None,
    }
}

fn classifica(f: &mut Foglio, classifica: &Classifica) {
    let nome = classifica.denominazione.as_ref().map_or_else(|| classifica.voce.as_str(), |d| d.as_str());
    f.elemento("Classifica", &[], |f| {
        f.testo("Denominazione", &[], nome);
        let livelli: Vec<&str> = classifica.voce.livelli().collect();
        f.elemento("CodicePath", &[], |f| livello(f, &livelli));
    });
}

/// Each level holds the next: a voce has five at most.
fn livello(f: &mut Foglio, livelli: &[&str]) {
    if let Some((primo, altri)) = livelli.split_first() {
        f.testo("Livello", &[], primo);
        if !altri.is_empty() {
            f.elemento("SubLivello", &[], |f| livello(f, altri));
        }
    }
}

fn mittente(f: &mut Foglio, mittente: &Mittente, nostro: &Identificatore) {
    f.elemento("Amministrazione", &[], |f| {
        f.testo("DenominazioneAmministrazione", &[], mittente.amministrazione.as_str());
        f.testo("CodiceIPAAmministrazione", &[], nostro.codice_amministrazione.as_str());
        f.testo("CodiceIPAAOO", &[("prot:descrizione", mittente.aoo.as_str())], nostro.codice_aoo.as_str());
        contatti(f, "ContattiAOO", Some(&mittente.pec));
    });
}

/// Whether a confirmation is asked is always said: where nothing is, this norm means yes and the one before it meant no.
fn destinatario(f: &mut Foglio, destinatario: &Destinatario) {
    let vero = |v| if v { "true" } else { "false" };
    let attributi = [
        ("prot:confermaRicezione", vero(destinatario.conferma_ricezione)),
        ("prot:perConoscenza", vero(destinatario.per_conoscenza)),
    ];
    let parte = &destinatario.parte;
    f.elemento("Destinatario", &attributi, |f| match (parte.tipo, &parte.codice_ipa) {
        (TipoParte::Amministrazione, Some(codice)) => f.elemento("Amministrazione", &[], |f| {
            f.testo("DenominazioneAmministrazione", &[], &denominazione(&parte.nome));
            undici_cifre(f, "CFAmministrazione", parte.codice_fiscale.as_ref());
            f.testo("CodiceIPAAmministrazione", &[], codice.as_str());
            // The address is of whoever is named last: the office, its AOO, or the body.
            let pec = parte.pec.as_ref();
            if parte.codice_aoo.is_none() && parte.codice_uo.is_none() {
                contatti(f, "ContattiAmministrazione", pec);
            }
            if let Some(aoo) = &parte.codice_aoo {
                f.testo("CodiceIPAAOO", &[], aoo.as_str());
                contatti(f, "ContattiAOO", pec.filter(|_| parte.codice_uo.is_none()));
            }
            if let Some(uo) = &parte.codice_uo {
                f.testo("CodiceIPAUO", &[], uo.as_str());
                contatti(f, "ContattiUO", pec);
            }
        }),
        // A body whose IPA code nobody knows cannot be said to be one: it is still a person in law.
        (TipoParte::Amministrazione, None) | (TipoParte::PersonaGiuridica, _) => {
            f.elemento("PersonaGiuridica", &[], |f| {
                f.testo("Denominazione", &[], &denominazione(&parte.nome));
                undici_cifre(f, "PIVAoCF", parte.codice_fiscale.as_ref());
                contatti(f, "ContattiPersonaGiuridica", parte.pec.as_ref());
            });
        }
        (TipoParte::PersonaFisica, _) => f.elemento("PersonaFisica", &[], |f| persona(f, parte)),
        (TipoParte::AmministrazioneEstera, _) => f.elemento("AmministrazioneEstera", &[], |f| {
            f.testo("DenominazioneAmministrazione", &[], &denominazione(&parte.nome));
            contatti(f, "ContattiAmministrazione", parte.pec.as_ref());
        }),
    });
}

/// A name in one piece goes whole where family names go: nobody can say where it should be cut.
fn persona(f: &mut Foglio, parte: &Parte) {
    let (nome, cognome) = match &parte.nome {
        NomeParte::Persona { nome, cognome } => (nome.as_str(), cognome.as_str()),
        NomeParte::Denominazione(intero) => ("", intero.as_str()),
    };
    f.testo("Nome", &[], nome);
    f.testo("Cognome", &[], cognome);
    if let Some(codice) = parte.codice_fiscale.as_ref().filter(|c| !di_undici_cifre(c)) {
        f.testo("CodiceFiscale", &[], codice.as_str());
    }
    contatti(f, "Contatti", parte.pec.as_ref());
}

fn undici_cifre(f: &mut Foglio, nome: &'static str, codice: Option<&CodiceFiscale>) {
    if let Some(codice) = codice.filter(|c| di_undici_cifre(c)) {
        f.testo(nome, &[], codice.as_str());
    }
}

fn di_undici_cifre(codice: &CodiceFiscale) -> bool {
    codice.as_str().bytes().all(|b| b.is_ascii_digit())
}

fn contatti(f: &mut Foglio, nome: &'static str, indirizzo: Option<&IndirizzoMail>) {
    if let Some(indirizzo) = indirizzo {
        f.elemento(nome, &[], |f| f.testo("IndirizzoTelematico", &[("prot:tipo", "smtp")], indirizzo.as_str()));
    }
}

fn documento(f: &mut Foglio, nome: &'static str, documento: &Documento) {
    let tipo = documento.tipo_mime.as_deref().unwrap_or(TIPO_IGNOTO);
    let attributi = [("prot:nomeFile", documento.nome.as_str()), ("prot:mimeType", tipo)];
    f.elemento(nome, &attributi, |f| {
        if let Some(descrizione) = &documento.descrizione {
            f.testo("Descrizione", &[], descrizione.as_str());
        }
        f.testo("Impronta", &[("prot:algoritmo", "SHA-256")], &documento.impronta.base64());
    });
}
