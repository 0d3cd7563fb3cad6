//! Circolare AgID 60/2013: the segnatura and the return messages that we write, and the schema that they obey.

use super::foglio::Foglio;
use super::ritorno::{Registrazione, Ricevuto, Ritorno};
use super::uscita::{Classifica, Destinatario, Documento, Mittente, NomeParte, Parte, Riferimento, TipoParte, Uscita};
use super::xsd::Schema;
use super::{Errore, Identificatore};
use crate::valori::{Denominazione, Impronta};
use std::sync::LazyLock;

/// Namespace of the circolare, also of its return messages.
pub const NAMESPACE: &str = "http://www.digitPa.gov.it/protocollo/";
/// The only value that the schema allows for `versione`: the circolare came out with its placeholder.
pub(super) const VERSIONE: &str = "aaaa-mm-gg";
/// `nome` of each `Livello`, outermost first.
const LIVELLI: [&str; 5] = ["titolo", "classe", "sottoclasse", "categoria", "sottocategoria"];
/// Bytes of an ordinary segnatura.
const CAPIENZA: usize = 4096;

const FILE: &str = "segnatura-60-2013.xsd";

static SCHEMA: LazyLock<Result<Schema, Errore>> =
    LazyLock::new(|| Schema::new(&[(FILE, include_str!("../../xsd/segnatura-60-2013.xsd"))]));

/// The schema of `Segnatura` and of the four return messages, compiled at the first use.
///
/// # Errors
/// If the schema in the program does not compile: never, in a program that passed its tests.
pub fn schema() -> Result<&'static Schema, Errore> {
    SCHEMA.as_ref().map_err(Clone::clone)
}

/// The `Segnatura.xml` of a registration in `uscita`, in UTF-8.
///
/// # Errors
/// [`Errore::SenzaDestinatario`] if every recipient is `per_conoscenza`.
pub fn segnatura(uscita: &Uscita) -> Result<String, Errore> {
    if uscita.destinatari.iter().all(|d| d.per_conoscenza) {
        return Err(Errore::SenzaDestinatario);
    }
    let mut foglio = Foglio::new(CAPIENZA);
    let attributi = [("xmlns", NAMESPACE), ("versione", VERSIONE), ("xml-lang", "it")];
    foglio.elemento("Segnatura", &attributi, |f| {
        f.elemento("Intestazione", &[], |f| intestazione(f, uscita));
        if !uscita.riferimenti.is_empty() {
            f.elemento("Riferimenti", &[], |f| uscita.riferimenti.iter().for_each(|r| riferimento(f, r)));
        }
        f.elemento("Descrizione", &[], |f| {
            documento(f, &uscita.principale, 0);
            if !uscita.allegati.is_empty() {
                f.elemento("Allegati", &[], |f| uscita.allegati.iter().zip(1..).for_each(|(a, i)| documento(f, a, i)));
            }
        });
    });
    Ok(foglio.finito())
}

/// A return message, in UTF-8.
#[must_use]
pub fn ritorno(ritorno: &Ritorno) -> String {
    let mut foglio = Foglio::new(CAPIENZA);
    let attributi = [("xmlns", NAMESPACE), ("versione", VERSIONE), ("xml-lang", "it")];
    foglio.elemento(ritorno.elemento(), &attributi, |f| match ritorno {
        Ritorno::Conferma(r) | Ritorno::Aggiornamento(r) => {
            let Registrazione { identificatore: nostro, ricevuto: suo } = r;
            identificatore(f, nostro);
            ricevuto(f, suo);
        }
        Ritorno::Eccezione { identificatore: nostro, ricevuto: suo, motivo } => {
            nostro.iter().for_each(|n| identificatore(f, n));
            ricevuto(f, suo);
            f.testo("Motivo", &[], motivo.as_str());
        }
        Ritorno::Annullamento { identificatore: nostro, motivo, provvedimento } => {
            identificatore(f, nostro);
            f.testo("Motivo", &[], motivo.as_str());
            f.testo("Provvedimento", &[], provvedimento.as_str());
        }
    });
    foglio.finito()
}

fn ricevuto(f: &mut Foglio, ricevuto: &Ricevuto) {
    f.elemento("MessaggioRicevuto", &[], |f| match ricevuto {
        Ricevuto::Descritto(testo) => f.testo("DescrizioneMessaggio", &[], testo.as_str()),
        Ricevuto::Registrato { identificatore: suo, prima } => {
            identificatore(f, suo);
            prima.iter().for_each(|p| f.elemento("PrimaRegistrazione", &[], |f| identificatore(f, p)));
        }
    });
}

fn intestazione(f: &mut Foglio, uscita: &Uscita) {
    identificatore(f, &uscita.identificatore);
    f.testo("OraRegistrazione", &[("tempo", "locale")], &uscita.istante.ora());
    f.elemento("Origine", &[], |f| origine(f, &uscita.mittente, &uscita.identificatore));
    let (per_conoscenza, destinatari): (Vec<_>, Vec<_>) = uscita.destinatari.iter().partition(|d| d.per_conoscenza);
    destinatari.into_iter().for_each(|d| destinazione(f, "Destinazione", d));
    per_conoscenza.into_iter().for_each(|d| destinazione(f, "PerConoscenza", d));
    if uscita.riservato {
        f.testo("Riservato", &[], "");
    }
    f.testo("Oggetto", &[], uscita.oggetto.as_str());
    if let Some(voce) = &uscita.classifica {
        classifica(f, voce, &uscita.identificatore);
    }
}

fn identificatore(f: &mut Foglio, identificatore: &Identificatore) {
    f.elemento("Identificatore", &[], |f| {
        f.testo("CodiceAmministrazione", &[], identificatore.codice_amministrazione.as_str());
        f.testo("CodiceAOO", &[], identificatore.codice_aoo.as_str());
        f.testo("CodiceRegistro", &[], identificatore.registro.as_str());
        f.testo("NumeroRegistrazione", &[], &identificatore.numero.to_string());
        f.testo("DataRegistrazione", &[], &identificatore.data.to_string());
    });
}

fn origine(f: &mut Foglio, mittente: &Mittente, identificatore: &Identificatore) {
    f.testo("IndirizzoTelematico", &[("tipo", "smtp")], mittente.pec.as_str());
    let indirizzo = mittente.indirizzo.as_ref().map_or("", |i| i.as_str());
    f.elemento("Mittente", &[], |f| {
        f.elemento("Amministrazione", &[], |f| {
            f.testo("Denominazione", &[], mittente.amministrazione.as_str());
            f.testo("CodiceAmministrazione", &[], identificatore.codice_amministrazione.as_str());
            match &mittente.ufficio {
                None => indirizzo_postale(f, indirizzo),
                Some(ufficio) => f.elemento("UnitaOrganizzativa", &[("tipo", "permanente")], |f| {
                    f.testo("Denominazione", &[], ufficio.denominazione.as_str());
                    if let Some(codice) = &ufficio.codice {
                        f.testo("Identificativo", &[], codice.as_str());
                    }
                    indirizzo_postale(f, indirizzo);
                }),
            }
        });
        aoo(f, &mittente.aoo, identificatore.codice_aoo.as_str());
    });
}

fn aoo(f: &mut Foglio, denominazione: &Denominazione, codice: &str) {
    f.elemento("AOO", &[], |f| {
        f.testo("Denominazione", &[], denominazione.as_str());
        f.testo("CodiceAOO", &[], codice);
    });
}

/// The schema wants an address for every body; what we do not know is left empty.
fn indirizzo_postale(f: &mut Foglio, indirizzo: &str) {
    f.elemento("IndirizzoPostale", &[], |f| f.testo("Denominazione", &[], indirizzo));
}

fn destinazione(f: &mut Foglio, nome: &'static str, destinatario: &Destinatario) {
    let conferma = if destinatario.conferma_ricezione { "si" } else { "no" };
    let parte = &destinatario.parte;
    f.elemento(nome, &[("confermaRicezione", conferma)], |f| {
        let indirizzo = parte.pec.as_ref().map_or("", |p| p.as_str());
        f.testo("IndirizzoTelematico", &[("tipo", "smtp")], indirizzo);
        f.elemento("Destinatario", &[], |f| match parte.tipo {
            TipoParte::Amministrazione => amministrazione(f, parte),
            TipoParte::PersonaFisica => persona(f, parte),
            TipoParte::PersonaGiuridica | TipoParte::AmministrazioneEstera => {
                f.testo("Denominazione", &[], &denominazione(&parte.nome));
            }
        });
    });
}

fn amministrazione(f: &mut Foglio, parte: &Parte) {
    let nome = denominazione(&parte.nome);
    f.elemento("Amministrazione", &[], |f| {
        f.testo("Denominazione", &[], &nome);
        if let Some(codice) = &parte.codice_ipa {
            f.testo("CodiceAmministrazione", &[], codice.as_str());
        }
        indirizzo_postale(f, "");
    });
    if let Some(codice) = &parte.codice_aoo {
        // The name of a foreign AOO is rarely known, and the schema wants one: that of its body.
        f.elemento("AOO", &[], |f| {
            f.testo("Denominazione", &[], &nome);
            f.testo("CodiceAOO", &[], codice.as_str());
        });
    }
}

fn persona(f: &mut Foglio, parte: &Parte) {
    let codice = parte.codice_fiscale.as_ref();
    f.elemento("Persona", &[], |f| match &parte.nome {
        NomeParte::Persona { nome, cognome } => {
            f.testo("Nome", &[], nome.as_str());
            f.testo("Cognome", &[], cognome.as_str());
            if let Some(codice) = codice {
                f.testo("CodiceFiscale", &[], codice.as_str());
            }
        }
        NomeParte::Denominazione(nome) => {
            f.testo("Denominazione", &[], nome.as_str());
            if let Some(codice) = codice {
                f.testo("Identificativo", &[], codice.as_str());
            }
        }
    });
}

pub(super) fn denominazione(nome: &NomeParte) -> String {
    match nome {
        NomeParte::Denominazione(nome) => nome.to_string(),
        NomeParte::Persona { nome, cognome } => format!("{nome} {cognome}"),
    }
}

fn classifica(f: &mut Foglio, classifica: &Classifica, nostro: &Identificatore) {
    f.elemento("Classifica", &[], |f| {
        f.testo("CodiceAmministrazione", &[], nostro.codice_amministrazione.as_str());
        f.testo("CodiceAOO", &[], nostro.codice_aoo.as_str());
        if let Some(denominazione) = &classifica.denominazione {
            f.testo("Denominazione", &[], denominazione.as_str());
        }
        for (codice, nome) in classifica.voce.livelli().zip(LIVELLI) {
            f.testo("Livello", &[("nome", nome)], codice);
        }
    });
}

fn riferimento(f: &mut Foglio, riferimento: &Riferimento) {
    f.elemento("Messaggio", &[], |f| match riferimento {
        Riferimento::Registrato { identificatore: suo, .. } => identificatore(f, suo),
        Riferimento::NonRegistrato(testo) => f.testo("DescrizioneMessaggio", &[], testo.as_str()),
    });
}

/// The files travel in the same message (`tipoRiferimento="MIME"`), for which the circolare has no `Impronta`: only what
/// is fetched elsewhere may have one. `PiuInfo` is its place for what two bodies say besides, so the digest stands there.
fn documento(f: &mut Foglio, documento: &Documento, ordine: usize) {
    let id = format!("d{ordine}");
    let mut attributi = vec![("id", id.as_str()), ("nome", documento.nome.as_str())];
    if let Some(tipo) = &documento.tipo_mime {
        attributi.push(("tipoMIME", tipo));
    }
    attributi.push(("tipoRiferimento", "MIME"));
    f.elemento("Documento", &attributi, |f| {
        if let Some(titolo) = &documento.descrizione {
            f.testo("TitoloDocumento", &[], titolo.as_str());
        }
        f.elemento("PiuInfo", &[("XMLSchema", IMPRONTA_XSD)], |f| {
            f.testo("MetadatiInterni", &[], &metadati(&documento.impronta));
        });
    });
}

/// The schema of what we put into `PiuInfo`: `xsd/impronta.xsd`.
pub(super) const IMPRONTA_XSD: &str = "impronta.xsd";

fn metadati(impronta: &Impronta) -> String {
    format!("<Impronta algoritmo=\"SHA-256\" codifica=\"base64\">{}</Impronta>", impronta.base64())
}
