//! Documents that carry their signatures inside: PDF and containers; and two things that are no signature, a segnatura and a message.

use super::super::{fixtures, istante};
use super::{ANCORE, e_di, file_in, giudica, passa_solo_il_firmato};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};
use std::sync::LazyLock;
use tabulario::firma::{Fiducia, Indicazione};
use tabulario::pec::busta::{self, interoperabilita};
use tabulario::segnatura::{self, Lettura, Sigillo};
use tabulario::valori::Impronta;
use zip::ZipArchive;

/// What a signature of a PDF covers: all but its own value.
struct Revisione {
    prima: Vec<u8>,
    /// Where `dopo` begins.
    inizio: usize,
    dopo: Vec<u8>,
}

/// The signatures of the PDFs of the fixtures.
static REVISIONI: LazyLock<Vec<Revisione>> = LazyLock::new(|| {
    let mut revisioni = Vec::new();
    for percorso in file_in("pades").into_iter().filter(|p| e_di(p, "pdf")) {
        let byte = std::fs::read(percorso).unwrap();
        let intervalli = byte.windows(11).enumerate().filter(|(_, finestra)| finestra == b"/ByteRange ");
        for (dove, _) in intervalli {
            let testo = String::from_utf8_lossy(&byte[dove + 11..(dove + 80).min(byte.len())]).into_owned();
            let numeri = testo.trim_start_matches('[').split(']').next().unwrap();
            let numeri: Vec<usize> = numeri.split_whitespace().filter_map(|n| n.parse().ok()).collect();
            if let [0, fine, inizio, lungo] = numeri[..]
                && inizio + lungo <= byte.len()
            {
                let dopo = byte[inizio..inizio + lungo].to_vec();
                revisioni.push(Revisione { prima: byte[..fine].to_vec(), inizio, dopo });
            }
        }
    }
    assert!(revisioni.len() > 10, "the PDFs of the fixtures are missing");
    revisioni
});

/// What `daticert.xml` says in the fixtures, as JSON.
static CERTIFICATI: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let messaggi = file_in("posta").into_iter().filter(|p| e_di(p, "eml"));
    let letti = messaggi.filter_map(|p| {
        let byte = std::fs::read(p).unwrap();
        let letto = busta::leggi(&byte, &GESTORI).daticert?;
        Some(serde_json::to_string(&letto).unwrap())
    });
    letti.collect()
});

static GESTORI: LazyLock<Fiducia> = LazyLock::new(|| {
    let mut fiducia = Fiducia::vuota();
    fiducia.aggiungi_certificati(&std::fs::read(fixtures().join("chiavi/ca-gestori.pem")).unwrap()).unwrap();
    fiducia
});

/// A PDF.
pub fn pades(byte: &[u8]) {
    passa_solo_il_firmato(&giudica(byte, None, Some("prova.pdf"), &ANCORE));
}

/// A container.
pub fn asic(byte: &[u8]) {
    passa_solo_il_firmato(&giudica(byte, None, Some("prova.asice"), &ANCORE));
}

/// A segnatura, which says the same each time and forges no line.
pub fn segnatura(byte: &[u8]) {
    let (una, altra) = (segnatura::leggi(byte), segnatura::leggi(byte));
    assert_eq!(serde_json::to_value(&una).unwrap(), serde_json::to_value(&altra).unwrap());
    for rilievo in &una.rilievi {
        assert!(rilievo.len() <= 2_000 && !rilievo.chars().any(char::is_control), "{rilievo:?}");
    }
    let sigillata = interoperabilita::leggi(byte, &ANCORE, istante());
    if sigillata.sigillo == Some(Sigillo::Valido) {
        assert_eq!(detto(&sigillata), *SIGILLATA, "this was never sealed, and passes");
    }
}

/// What the sealed segnatura of the fixtures says.
static SIGILLATA: LazyLock<Value> = LazyLock::new(|| {
    let xml = std::fs::read(fixtures().join("segnatura/3.0.0-sigillata.xml")).unwrap();
    let lettura = interoperabilita::leggi(&xml, &ANCORE, istante());
    assert_eq!(lettura.sigillo, Some(Sigillo::Valido), "{:?}", lettura.rilievi);
    detto(&lettura)
});

/// All that a reader takes from it, how well it is written apart.
fn detto(lettura: &Lettura) -> Value {
    let mut detto = serde_json::to_value(lettura).unwrap();
    detto.as_object_mut().unwrap().retain(|chiave, _| !["findings", "valid"].contains(&chiave.as_str()));
    detto
}

/// A message: what a provider certifies is what the provider of the fixtures has signed.
pub fn messaggio(byte: &[u8]) {
    let letto = busta::leggi(byte, &GESTORI);
    let json = serde_json::to_value(&letto).unwrap();
    assert_eq!(json, serde_json::to_value(busta::leggi(byte, &GESTORI)).unwrap());
    let certificata = letto.provider_signature.is_some_and(|f| f.indication == Indicazione::TotalPassed);
    if let Some(dati) = letto.daticert.filter(|_| certificata) {
        let dati = serde_json::to_string(&dati).unwrap();
        assert!(CERTIFICATI.contains(&dati), "this was never certified, and passes: {dati}");
    }
}

/// Whether a PDF has one of the revisions that the keys of the fixtures signed.
pub fn ha_una_revisione_firmata(pdf: &[u8]) -> bool {
    REVISIONI
        .iter()
        .any(|r| pdf.starts_with(&r.prima) && pdf.get(r.inizio..).is_some_and(|resto| resto.starts_with(&r.dopo)))
}

/// Whether a container holds only files that the keys of the fixtures signed, its own apart.
pub fn ha_solo_file(zip: &[u8], firmati: &BTreeSet<String>) -> bool {
    let Ok(mut archivio) = ZipArchive::new(Cursor::new(zip)) else {
        // A container of one document comes out as that document.
        return firmati.contains(&Impronta::of(zip).to_string());
    };
    (0..archivio.len()).all(|indice| {
        let mut voce = archivio.by_index(indice).unwrap();
        let nome = voce.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
        let mut byte = Vec::new();
        voce.read_to_end(&mut byte).unwrap();
        let suo = voce.is_dir() || nome == "mimetype" || nome.starts_with("META-INF/");
        suo || firmati.contains(&Impronta::of(&byte).to_string())
    })
}
