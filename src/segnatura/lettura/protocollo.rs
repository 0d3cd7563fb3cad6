//! The dialects of Circolare 60/2013 and 28/2001, with or without namespace: they share their words.

use super::albero::Nodo;
use super::soggetti;
use super::{
    ClassificaLetta, DestinatarioLetto, Dialetto, DocumentoLetto, IdentificatoreLetto, Lettura, RiferimentoLetto,
    Rilievi, Ruolo, SoggettoLetto, Tipo,
};
use crate::segnatura::circolare60;
use quick_xml::escape::unescape;

/// Most recipients that are listed.
const MASSIMI_DESTINATARI: usize = 5_000;
/// Most documents that are listed.
const MASSIMI_DOCUMENTI: usize = 10_000;

/// Fills `lettura` with what the message says.
pub(super) fn leggi(radice: Nodo<'_>, tipo: Tipo, dialetto: Dialetto, lettura: &mut Lettura, rilievi: &mut Rilievi) {
    if tipo == Tipo::Segnatura {
        if let Some(nodo) = radice.figlio("Intestazione") {
            intestazione(nodo, lettura, rilievi);
        }
    } else {
        lettura.identificatore = radice.figlio("Identificatore").map(identificatore);
        lettura.messaggio_ricevuto = radice.figlio("MessaggioRicevuto").and_then(messaggio);
        lettura.motivo = radice.valore("Motivo");
        lettura.provvedimento = radice.valore("Provvedimento");
    }
    if let Some(nodo) = radice.figlio("Riferimenti") {
        lettura.riferimenti = nodo.figli().filter_map(riferimento).collect();
    }
    if let Some(nodo) = radice.figlio("Descrizione") {
        descrizione(nodo, dialetto, lettura, rilievi);
        lettura.note.extend(nodo.valore("Note"));
    }
}

/// `Identificatore`, the same in all dialects.
pub(super) fn identificatore(nodo: Nodo<'_>) -> IdentificatoreLetto {
    IdentificatoreLetto {
        amministrazione: nodo.valore("CodiceAmministrazione"),
        aoo: nodo.valore("CodiceAOO"),
        registro: nodo.valore("CodiceRegistro"),
        numero: nodo.valore("NumeroRegistrazione"),
        data: nodo.valore("DataRegistrazione"),
    }
}

/// `Messaggio` and `MessaggioRicevuto`.
pub(super) fn messaggio(nodo: Nodo<'_>) -> Option<RiferimentoLetto> {
    let registrato = nodo.figlio("Identificatore").map(identificatore).map(RiferimentoLetto::Registrato);
    registrato.or_else(|| nodo.valore("DescrizioneMessaggio").map(RiferimentoLetto::Descritto))
}

fn intestazione(nodo: Nodo<'_>, lettura: &mut Lettura, rilievi: &mut Rilievi) {
    lettura.identificatore = nodo.figlio("Identificatore").map(identificatore);
    let prima = nodo.figlio("PrimaRegistrazione").and_then(|p| p.figlio("Identificatore"));
    lettura.prima_registrazione = prima.map(identificatore);
    lettura.ora = nodo.valore("OraRegistrazione");
    lettura.oggetto = nodo.valore("Oggetto");
    lettura.mittente = nodo.figlio("Origine").map(origine);
    let destinazioni = nodo.figli().filter(|f| matches!(f.nome(), "Destinazione" | "PerConoscenza"));
    for destinazione in destinazioni {
        if lettura.destinatari.len() >= MASSIMI_DESTINATARI {
            rilievi.push(format!("I destinatari sono più di {MASSIMI_DESTINATARI}: gli altri non sono elencati."));
            break;
        }
        destinatari(destinazione, &mut lettura.destinatari);
    }
    lettura.conferma_richiesta = lettura.destinatari.iter().any(|d| d.conferma_richiesta);
    lettura.risposta = nodo.figlio("Risposta").and_then(|r| r.valore("IndirizzoTelematico"));
    lettura.riservato = nodo.figlio("Riservato").is_some();
    lettura.classifiche = nodo.figli_di("Classifica").map(classifica).collect();
    lettura.note.extend(nodo.valore("Note"));
}

fn origine(nodo: Nodo<'_>) -> SoggettoLetto {
    let mut mittente = nodo.figlio("Mittente").map(soggetti::soggetto).unwrap_or_default();
    mittente.indirizzo = nodo.valore("IndirizzoTelematico").or(mittente.indirizzo);
    mittente
}

/// Most have one `Destinatario`; some none, then the address is all there is.
fn destinatari(nodo: Nodo<'_>, elenco: &mut Vec<DestinatarioLetto>) {
    let per_conoscenza = nodo.nome() == "PerConoscenza";
    let conferma_richiesta = nodo.attributo("confermaRicezione") == Some("si");
    let indirizzo = nodo.valore("IndirizzoTelematico");
    let mut soggetti: Vec<_> = nodo.figli_di("Destinatario").map(soggetti::soggetto).collect();
    if soggetti.is_empty() {
        soggetti.push(SoggettoLetto::default());
    }
    elenco.extend(soggetti.into_iter().map(|mut soggetto| {
        soggetto.indirizzo = soggetto.indirizzo.or_else(|| indirizzo.clone());
        DestinatarioLetto { soggetto, per_conoscenza, conferma_richiesta }
    }));
}

fn classifica(nodo: Nodo<'_>) -> ClassificaLetta {
    let livelli = nodo.figli_di("Livello").filter_map(Nodo::testo).collect();
    ClassificaLetta { denominazione: nodo.valore("Denominazione"), livelli }
}

fn riferimento(nodo: Nodo<'_>) -> Option<RiferimentoLetto> {
    match nodo.nome() {
        "Messaggio" => messaggio(nodo),
        "ContestoProcedurale" | "Procedimento" => {
            let nome = nodo.valore("Oggetto").or_else(|| nodo.valore("Identificativo"))?;
            Some(RiferimentoLetto::Descritto(nome))
        }
        _ => None,
    }
}

fn descrizione(nodo: Nodo<'_>, dialetto: Dialetto, lettura: &mut Lettura, rilievi: &mut Rilievi) {
    if let Some(corpo) = nodo.figlio("TestoDelMessaggio") {
        if corpo.testo().is_some() {
            rilievi.push("TestoDelMessaggio contiene del testo: il documento è il testo del messaggio di posta.");
        }
        lettura.documenti.push(documento(corpo, Ruolo::Principale, dialetto));
    }
    lettura.documenti.extend(nodo.figlio("Documento").map(|d| documento(d, Ruolo::Principale, dialetto)));
    // Fascicoli nest: their documents are listed as if they were loose.
    let allegati = nodo.figlio("Allegati").into_iter().flat_map(Nodo::discendenti).filter(|n| n.nome() == "Documento");
    for allegato in allegati {
        if lettura.documenti.len() >= MASSIMI_DOCUMENTI {
            rilievi.push(format!("I documenti sono più di {MASSIMI_DOCUMENTI}: gli altri non sono elencati."));
            break;
        }
        lettura.documenti.push(documento(allegato, Ruolo::Allegato, dialetto));
    }
}

fn documento(nodo: Nodo<'_>, ruolo: Ruolo, dialetto: Dialetto) -> DocumentoLetto {
    let implicito = if dialetto == Dialetto::Circolare28 { "SHA-1" } else { "SHA-256" };
    let scritta =
        nodo.figlio("Impronta").and_then(|i| Some((i.testo()?, i.attributo("algoritmo").unwrap_or(implicito))));
    let (impronta, algoritmo) = match scritta {
        Some((impronta, algoritmo)) => (Some(impronta), Some(algoritmo.to_owned())),
        None => in_piu_info(nodo).map_or((None, None), |i| (Some(i), Some("SHA-256".to_owned()))),
    };
    DocumentoLetto {
        nome: nodo.attributo("nome").map(str::to_owned).filter(|n| !n.trim().is_empty()),
        ruolo,
        tipo_mime: nodo.attributo("tipoMIME").map(str::to_owned),
        titolo: nodo.valore("TitoloDocumento"),
        impronta,
        algoritmo,
        con_il_messaggio: nodo.attributo("tipoRiferimento").is_none_or(|t| t == "MIME"),
        staccate: Vec::new(),
    }
}

/// The digest where we write it ourselves: XML inside the text of `MetadatiInterni`.
fn in_piu_info(documento: Nodo<'_>) -> Option<String> {
    let info = documento.figlio("PiuInfo").filter(|i| i.attributo("XMLSchema") == Some(circolare60::IMPRONTA_XSD))?;
    let metadati = info.valore("MetadatiInterni")?;
    let (_, dopo) = metadati.strip_prefix("<Impronta ")?.split_once('>')?;
    let (impronta, _) = dopo.split_once('<')?;
    unescape(impronta).ok().map(|i| i.trim().to_owned())
}
