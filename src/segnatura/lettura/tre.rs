//! Allegato 6, version 3.0.0: `SegnaturaInformatica` and the return messages by PEC (appendix C).

use super::albero::{Nodo, Spazio};
use super::letture::SIGILLO_DA_GIUDICARE;
use super::protocollo::{identificatore, messaggio};
use super::soggetti::persona;
use super::{
    ClassificaLetta, DestinatarioLetto, DocumentoLetto, Lettura, RiferimentoLetto, Rilievi, Ruolo, Sigillo,
    SoggettoLetto, Tipo,
};

/// Most recipients that are listed.
const MASSIMI_DESTINATARI: usize = 5_000;
/// Most documents that are listed.
const MASSIMI_DOCUMENTI: usize = 10_000;
/// Most files beside a document that are listed.
const MASSIME_STACCATE: usize = 100;
/// What may stand in files beside a document.
const APPOSTE: [&str; 3] = ["firmatoDigitalmente", "sigillatoElettronicamente", "marcaturaTemporale"];
/// The digest of a document whose `algoritmo` is not written.
const ALGORITMO: &str = "SHA-256";

/// Fills `lettura` with what the message says.
pub(super) fn leggi(radice: Nodo<'_>, tipo: Tipo, lettura: &mut Lettura, rilievi: &mut Rilievi) {
    if tipo == Tipo::Segnatura {
        if let Some(nodo) = radice.figlio("Intestazione") {
            intestazione(nodo, lettura);
        }
        if let Some(nodo) = radice.figlio("Descrizione") {
            descrizione(nodo, lettura, rilievi);
        }
        if let Some(nodo) = radice.figlio("Riferimenti") {
            lettura.riferimenti = nodo
                .figlio("Identificatore")
                .map(identificatore)
                .map(RiferimentoLetto::Registrato)
                .into_iter()
                .collect();
        }
        if radice.figli().any(|f| f.spazio() == Spazio::Firma && f.nome() == "Signature") {
            lettura.sigillo = Some(Sigillo::Indeterminato);
            rilievi.push(SIGILLO_DA_GIUDICARE);
        }
    } else {
        lettura.identificatore = radice.figlio("Identificatore").map(identificatore);
        lettura.messaggio_ricevuto = radice.figlio("MessaggioRicevuto").and_then(messaggio);
        lettura.motivo = radice.valore("Motivo");
        lettura.provvedimento = radice.valore("Provvedimento");
    }
}

fn intestazione(nodo: Nodo<'_>, lettura: &mut Lettura) {
    let registrazione = nodo.figlio("Identificatore");
    lettura.identificatore = registrazione.map(identificatore);
    lettura.ora = registrazione.and_then(|r| r.valore("OraRegistrazione"));
    lettura.prima_registrazione =
        nodo.figlio("PrimaRegistrazione").map(|p| identificatore(p.figlio("Identificatore").unwrap_or(p)));
    lettura.oggetto = nodo.valore("Oggetto");
    lettura.classifiche = nodo.figli_di("Classifica").map(classifica).collect();
    let fascicolo = nodo.figlio("Fascicolo");
    lettura.fascicolo = fascicolo.and_then(|f| f.valore("CodiceFascicolo").or_else(|| f.valore("Denominazione")));
    let riservato = nodo.figlio("Riservato");
    lettura.riservato = riservato.and_then(Nodo::testo).is_some_and(|r| r == "true" || r == "1");
}

fn classifica(nodo: Nodo<'_>) -> ClassificaLetta {
    let mut livelli: Vec<String> = nodo.valore("CodiceFlat").into_iter().collect();
    // Each SubLivello holds one level and perhaps the next.
    let annidati = std::iter::successors(nodo.figlio("CodicePath"), |n| n.figlio("SubLivello"));
    livelli.extend(annidati.filter_map(|n| n.valore("Livello")));
    ClassificaLetta { denominazione: nodo.valore("Denominazione"), livelli }
}

fn descrizione(nodo: Nodo<'_>, lettura: &mut Lettura, rilievi: &mut Rilievi) {
    lettura.mittente = nodo.figlio("Mittente").map(soggetto);
    let vero =
        |n: Nodo<'_>, nome: &str, implicito: bool| n.attributo(nome).map_or(implicito, |v| v == "true" || v == "1");
    lettura.destinatari = nodo
        .figli_di("Destinatario")
        .take(MASSIMI_DESTINATARI)
        .map(|n| DestinatarioLetto {
            soggetto: soggetto(n),
            per_conoscenza: vero(n, "perConoscenza", false),
            conferma_richiesta: vero(n, "confermaRicezione", true),
        })
        .collect();
    lettura.conferma_richiesta = lettura.destinatari.iter().any(|d| d.conferma_richiesta);
    lettura.documenti.extend(nodo.figlio("DocumentoPrimario").map(|d| documento(d, Ruolo::Principale)));
    lettura.documenti.extend(nodo.figli_di("Allegato").take(MASSIMI_DOCUMENTI).map(|d| documento(d, Ruolo::Allegato)));
    if nodo.figli_di("Destinatario").nth(MASSIMI_DESTINATARI).is_some() {
        rilievi.push(format!("I destinatari sono più di {MASSIMI_DESTINATARI}: gli altri non sono elencati."));
    }
    if nodo.figli_di("Allegato").nth(MASSIMI_DOCUMENTI).is_some() {
        rilievi.push(format!("I documenti sono più di {MASSIMI_DOCUMENTI}: gli altri non sono elencati."));
    }
}

fn soggetto(nodo: Nodo<'_>) -> SoggettoLetto {
    let Some(scelto) = nodo.figli().next() else { return SoggettoLetto::default() };
    let persone: Vec<String> =
        nodo.discendenti().filter(|n| n.nome() == "PersonaFisica").filter_map(persona).take(50).collect();
    let di_posta = |n: &Nodo<'_>| n.nome() == "IndirizzoTelematico" && n.attributo("tipo").is_none_or(|t| t == "smtp");
    let contatto = scelto.discendenti().find(di_posta);
    let contatto_aoo = scelto.figlio("ContattiAOO").and_then(|c| c.figli().find(di_posta)).and_then(Nodo::testo);
    let ente = ["DenominazioneAmministrazione", "Denominazione"].iter().find_map(|n| scelto.valore(n));
    SoggettoLetto {
        denominazione: ente,
        codice_amministrazione: scelto.valore("CodiceIPAAmministrazione"),
        aoo: scelto.figlio("CodiceIPAAOO").and_then(|c| c.attributo("descrizione")).map(str::to_owned),
        codice_aoo: scelto.valore("CodiceIPAAOO"),
        uffici: scelto.valore("CodiceIPAUO").into_iter().collect(),
        persone,
        codice_fiscale: ["CodiceFiscale", "PIVAoCF", "CFAmministrazione"].iter().find_map(|n| scelto.valore(n)),
        indirizzo: contatto_aoo.or_else(|| contatto.and_then(Nodo::testo)),
        indirizzo_postale: None,
    }
}

fn documento(nodo: Nodo<'_>, ruolo: Ruolo) -> DocumentoLetto {
    let impronta = nodo.figlio("Impronta");
    let valore = impronta.and_then(Nodo::testo);
    let algoritmo =
        valore.as_ref().map(|_| impronta.and_then(|i| i.attributo("algoritmo")).unwrap_or(ALGORITMO).to_owned());
    let apposte = APPOSTE.iter().filter_map(|n| nodo.figlio(n)).flat_map(|a| a.figli_di("Detached"));
    DocumentoLetto {
        nome: nodo.attributo("nomeFile").map(str::to_owned).filter(|n| !n.trim().is_empty()),
        ruolo,
        tipo_mime: nodo.attributo("mimeType").map(str::to_owned),
        titolo: nodo.valore("Descrizione"),
        impronta: valore,
        algoritmo,
        con_il_messaggio: nodo.figlio("CollocazioneTelematica").is_none(),
        staccate: apposte.filter_map(|d| d.attributo("nomeFile")).take(MASSIME_STACCATE).map(str::to_owned).collect(),
    }
}
