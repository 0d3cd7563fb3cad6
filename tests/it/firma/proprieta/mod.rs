//! What is true of every file, whatever its bytes.
//!
//! Each function takes bytes that anybody may have made and panics if a promise is broken. The fuzz targets (`fuzz/`) call
//! them without end; [`semi`](super::semi) calls them on the seeds, so that they stay true without a nightly compiler.
//! The keys of the fixtures are all that the anchors believe, so what passes can only be what the fixtures say.

pub mod busta_di_firma;
pub mod documenti;
pub mod xml;

use super::{DOCUMENTO, ca, fixtures, istante};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tabulario::firma::{Fiducia, Firma, Formato, Indicazione, Rapporto, verifica};
use tabulario::valori::Impronta;

/// A report is never longer: 16 layers of 256 signers, a few hundred bytes each.
const MAX_RAPPORTO_BYTE: usize = 16 * 1024 * 1024;
/// What a container may hold once opened (`MAX_APERTO_BYTE` of `firma::asic`).
const MAX_APERTO_BYTE: u64 = 256 * 1024 * 1024;

/// The authority of the fixtures, and nobody else.
pub static ANCORE: LazyLock<Fiducia> = LazyLock::new(ca);

/// The digests of every document that the keys of the fixtures have signed or stamped.
static FIRMATI: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut noti = BTreeSet::from([Impronta::of(DOCUMENTO).to_string()]);
    for percorso in file_in("firma").into_iter().chain(file_in("xades")).filter(|p| e_di(p, "json")) {
        let atteso: Value = serde_json::from_slice(&std::fs::read(percorso).unwrap()).unwrap();
        noti.extend(atteso["content"]["sha256"].as_str().map(str::to_owned));
    }
    let documenti = file_in("documenti").into_iter().chain([fixtures().join("xades/nota.txt")]);
    noti.extend(documenti.map(|p| Impronta::of(&std::fs::read(p).unwrap()).to_string()));
    assert!(noti.len() > 8, "the fixtures are missing");
    noti
});

/// The files of a folder of the fixtures, in order.
pub fn file_in(cartella: &str) -> Vec<PathBuf> {
    let cartella = fixtures().join(cartella);
    let mut file: Vec<_> = std::fs::read_dir(cartella).unwrap().map(|voce| voce.unwrap().path()).collect();
    file.sort();
    file
}

/// Whether a file has this extension.
pub fn e_di(percorso: &Path, estensione: &str) -> bool {
    percorso.extension().is_some_and(|e| e == estensione)
}

/// Any file at all, without a name.
pub fn file(byte: &[u8]) {
    passa_solo_il_firmato(&giudica(byte, None, None, &ANCORE));
}

/// Judges twice, once in one piece and once in drops, and checks what every report promises.
pub fn giudica(byte: &[u8], staccato: Option<&[u8]>, nome: Option<&str>, fiducia: &Fiducia) -> (Rapporto, Vec<u8>) {
    let (rapporto, estratto) = in_gocce(byte, staccato, nome, fiducia, usize::MAX);
    let (altro, in_gocce) = in_gocce(byte, staccato, nome, fiducia, 1 + byte.len() % 251);
    assert_eq!(rapporto, altro, "the report depends on how the bytes come");
    assert!(rapporto.content.is_none() || estratto == in_gocce, "the document depends on how the bytes come");
    let json = serde_json::to_vec(&rapporto).unwrap();
    assert!(json.len() <= MAX_RAPPORTO_BYTE, "a report of {} bytes", json.len());
    assert_eq!(serde_json::from_slice::<Rapporto>(&json).unwrap(), rapporto, "the JSON says something else");
    if let Some(contenuto) = &rapporto.content {
        assert_eq!(contenuto.sha256, Impronta::of(&estratto));
        assert_eq!(contenuto.size, u64::try_from(estratto.len()).unwrap());
    }
    let dati = byte.len() + staccato.map_or(0, <[u8]>::len);
    let asic = rapporto.layers.iter().any(|strato| strato.starts_with("ASiC"));
    let massimo = if asic { MAX_APERTO_BYTE } else { u64::try_from(dati).unwrap() };
    assert!(u64::try_from(estratto.len()).unwrap() <= massimo, "{} bytes out of {dati}", estratto.len());
    coerente(&rapporto);
    (rapporto, estratto)
}

fn in_gocce(
    byte: &[u8],
    staccato: Option<&[u8]>,
    nome: Option<&str>,
    fiducia: &Fiducia,
    goccia: usize,
) -> (Rapporto, Vec<u8>) {
    let mut estratto = Vec::new();
    let mut staccato = staccato.map(|resto| Gocce { resto, goccia });
    let staccato = staccato.as_mut().map(|s| -> &mut dyn Read { s });
    let rapporto =
        verifica(&mut Gocce { resto: byte, goccia }, staccato, nome, fiducia, istante(), &mut estratto).unwrap();
    (rapporto, estratto)
}

/// Bytes that come so many at a time.
struct Gocce<'a> {
    resto: &'a [u8],
    goccia: usize,
}

impl Read for Gocce<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let quanti = buf.len().min(self.goccia);
        self.resto.read(&mut buf[..quanti])
    }
}

/// The verdict of the whole is the worst of its parts, every verdict but the best has its reason, and the sentences are sentences.
fn coerente(rapporto: &Rapporto) {
    let mut peggiore = rapporto.timestamps.iter().map(|m| m.indication).max();
    let mut frasi: Vec<&String> = rapporto.findings.iter().collect();
    let mut firme: Vec<&Firma> = rapporto.signatures.iter().collect();
    while let Some(firma) = firme.pop() {
        let passa = firma.indication == Indicazione::TotalPassed;
        assert_eq!(passa, firma.sub_indication.is_none(), "{firma:?}");
        assert!(!passa || firma.signer.is_some(), "{firma:?}");
        peggiore = peggiore.max(Some(firma.indication));
        frasi.extend(&firma.findings);
        firme.extend(&firma.counter_signatures);
    }
    assert_eq!(rapporto.indication, peggiore);
    for frase in frasi {
        assert!(!frase.is_empty() && frase.len() <= 2_000, "{frase:?}");
        assert!(!frase.chars().any(char::is_control), "a finding that can forge a line: {frase:?}");
    }
}

/// What passes with the anchors of the fixtures is a document that their keys signed.
pub fn passa_solo_il_firmato((rapporto, estratto): &(Rapporto, Vec<u8>)) {
    if rapporto.indication != Some(Indicazione::TotalPassed) {
        return;
    }
    let noto = FIRMATI.contains(&Impronta::of(estratto).to_string());
    let buono = match rapporto.format {
        Formato::Cades | Formato::AsicS => rapporto.content.is_some() && (noto || xml::noto(estratto)),
        Formato::Xades => rapporto.content.is_some() && xml::noto(estratto),
        Formato::Pades => documenti::ha_una_revisione_firmata(estratto),
        Formato::AsicE => documenti::ha_solo_file(estratto, &FIRMATI),
        // A token may stamp something that is not given here; then it is judged by itself.
        Formato::Tst | Formato::Tsd => rapporto.content.is_none() || noto,
        Formato::M7m | Formato::Nessuno => noto,
    };
    assert!(buono, "this was never signed, and passes: {rapporto:?}");
}
