//! Containers: real ones (`../shared/corpus/asic`), and ones in which a file was changed, added, doubled or taken away.

use super::busta::{Firmatario, Mano, busta, busta_di};
use super::corpus::{cartella, righe};
use super::{DOCUMENTO, ca, fixtures, istante, verifica_byte};
use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Cursor, Write as _};
use tabulario::firma::{Fiducia, Formato, Indicazione, Rapporto, Sottoindicazione, verifica};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const ASIC_S: &str = "application/vnd.etsi.asic-s+zip";
const ASIC_E: &str = "application/vnd.etsi.asic-e+zip";

#[test]
fn real_containers_are_judged_as_expected() {
    let Some(cartella) = cartella("asic") else {
        println!("firma: ../shared/corpus is not there, real containers were not tried");
        return;
    };
    let mut giudicati = 0;
    for riga in righe(&cartella) {
        let nome = &riga["file"];
        let mut file = File::open(cartella.join(nome)).unwrap();
        let istante = "2026-11-22T12:00:00Z".parse().unwrap();
        let rapporto = verifica(&mut file, None, Some(nome), &Fiducia::vuota(), istante, &mut io::sink()).unwrap();
        let formato = if nome.ends_with(".asics") { Formato::AsicS } else { Formato::AsicE };
        assert_eq!(rapporto.format, formato, "{nome}");
        let motivo = rapporto.signatures.iter().find_map(|f| f.sub_indication);
        match riga["expect"].split(' ').next().unwrap() {
            "VALID" => {
                assert_eq!(rapporto.indication, Some(Indicazione::Indeterminate), "{nome}: {rapporto:?}");
                assert_eq!(motivo, Some(Sottoindicazione::NoCertificateChainFound), "{nome}: {rapporto:?}");
            }
            // A file that is gone cannot be shown to be another one: the standard says so.
            "INVALID" if riga["dss_test"].contains("SIGNED_DATA_NOT_FOUND") => {
                assert_eq!(rapporto.indication, Some(Indicazione::Indeterminate), "{nome}");
                assert!(
                    rapporto.signatures[0].findings.iter().any(|f| f.contains("non è più nel contenitore")),
                    "{nome}"
                );
            }
            "INVALID" => assert_eq!(rapporto.indication, Some(Indicazione::TotalFailed), "{nome}: {rapporto:?}"),
            _ => assert_eq!(rapporto.indication, None, "{nome}"),
        }
        giudicati += 1;
    }
    assert!(giudicati > 0, "no container of the corpus was judged");
}

fn contenitore(mimetype: &str, file: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let piano = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    if !mimetype.is_empty() {
        zip.start_file("mimetype", piano).unwrap();
        zip.write_all(mimetype.as_bytes()).unwrap();
    }
    for (nome, byte) in file {
        zip.start_file(*nome, SimpleFileOptions::default()).unwrap();
        zip.write_all(byte).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn staccata(contenuto: &[u8]) -> Vec<u8> {
    let mano = Mano::delle_fixture("tarsi-rsa");
    busta(None, &[&mano.certificato], &[Firmatario::buono(&mano, contenuto).scrivi()])
}

fn manifesto(file: &[(&str, &[u8])]) -> Vec<u8> {
    let voci: String = file
        .iter()
        .map(|(nome, byte)| {
            let impronta = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(byte));
            format!(
                "<a:DataObjectReference URI='{nome}'><d:DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/>\
                 <d:DigestValue>{impronta}</d:DigestValue></a:DataObjectReference>"
            )
        })
        .collect();
    format!(
        "<a:ASiCManifest xmlns:a='http://uri.etsi.org/02918/v1.2.1#' xmlns:d='http://www.w3.org/2000/09/xmldsig#'>\
         <a:SigReference URI='META-INF/signature.p7s'/>{voci}</a:ASiCManifest>"
    )
    .into_bytes()
}

fn giudica(byte: &[u8]) -> (Rapporto, Vec<u8>) {
    verifica_byte(byte, &ca())
}

#[test]
fn the_document_of_an_asic_s_comes_out_judged() {
    let documento: &[u8] = b"Si dispone.\n";
    let firma = staccata(documento);
    let file: &[(&str, &[u8])] = &[("delibera.txt", documento), ("META-INF/signature.p7s", &firma)];
    for mimetype in [ASIC_S, ""] {
        let (rapporto, estratto) = giudica(&contenitore(mimetype, file));
        assert_eq!(
            (rapporto.format, rapporto.indication),
            (Formato::AsicS, Some(Indicazione::TotalPassed)),
            "{rapporto:?}"
        );
        assert_eq!(estratto, documento);
        assert_eq!(rapporto.layers, ["ASiC-S"]);
        assert_eq!(rapporto.content.unwrap().media_type, "text/plain");
        assert_eq!(rapporto.findings, Vec::<String>::new());
    }
    let altro: &[(&str, &[u8])] = &[("delibera.txt", b"Si revoca.\n"), ("META-INF/signature.p7s", &firma)];
    let (rapporto, _) = giudica(&contenitore(ASIC_S, altro));
    assert_eq!(rapporto.signatures[0].sub_indication, Some(Sottoindicazione::HashFailure));
    // With two documents nobody knows which was signed.
    let due: &[(&str, &[u8])] = &[file[0], ("altra.txt", documento), file[1]];
    let (rapporto, _) = giudica(&contenitore(ASIC_S, due));
    assert_eq!(rapporto.signatures[0].sub_indication, Some(Sottoindicazione::SignedDataNotFound));
}

#[test]
fn the_documents_of_an_asic_e_are_those_of_its_manifest() {
    let (uno, due): (&[u8], &[u8]) = (b"Uno.\n", b"Due.\n");
    let elenco = manifesto(&[("uno.txt", uno), ("al%20due.txt", due)]);
    let firma = staccata(&elenco);
    let (m, f) = (("META-INF/ASiCManifest.xml", elenco.as_slice()), ("META-INF/signature.p7s", firma.as_slice()));
    let check = |file: &[(&str, &[u8])], indicazione: Indicazione, motivo: Option<Sottoindicazione>, frase: &str| {
        let byte = contenitore(ASIC_E, file);
        let (rapporto, estratto) = giudica(&byte);
        assert_eq!((rapporto.format, rapporto.indication), (Formato::AsicE, Some(indicazione)), "{rapporto:?}");
        assert_eq!(rapporto.signatures[0].sub_indication, motivo, "{rapporto:?}");
        let frasi: Vec<&String> = rapporto.findings.iter().chain(&rapporto.signatures[0].findings).collect();
        assert!(frase.is_empty() || frasi.iter().any(|f| f.contains(frase)), "{frase}: {frasi:?}");
        assert!(estratto == byte || file.len() == 3, "several documents come out as the container that they are");
    };
    let (a, b) = (("uno.txt", uno), ("al due.txt", due));
    check(&[a, b, m, f], Indicazione::TotalPassed, None, "");
    check(
        &[a, ("al due.txt", uno), m, f],
        Indicazione::TotalFailed,
        Some(Sottoindicazione::HashFailure),
        "al%20due.txt",
    );
    check(
        &[a, m, f],
        Indicazione::Indeterminate,
        Some(Sottoindicazione::SignedDataNotFound),
        "non è più nel contenitore",
    );
    let in_piu = Some(Sottoindicazione::SigConstraintsFailure);
    check(&[a, b, ("tre.txt", b"Tre.\n"), m, f], Indicazione::Indeterminate, in_piu, "Nessuna firma copre «tre.txt»");
    // Two files for one address: nobody knows which of them was signed.
    check(
        &[a, b, ("al%20due.txt", due), m, f],
        Indicazione::Indeterminate,
        Some(Sottoindicazione::SignedDataNotFound),
        "",
    );
    let falso = manifesto(&[("uno.txt", uno)]);
    let finto = ("META-INF/ASiCManifest.xml", falso.as_slice());
    check(&[a, b, finto, f], Indicazione::TotalFailed, Some(Sottoindicazione::HashFailure), "");
    // Without its manifest the signature speaks of nothing that is here.
    check(&[a, b, f], Indicazione::Indeterminate, Some(Sottoindicazione::SignedDataNotFound), "");
}

#[test]
fn containers_that_readers_see_differently_or_that_are_broken_are_refused() {
    let documento: &[u8] = b"Si dispone.\n";
    let firma = staccata(documento);
    let buono = contenitore(
        ASIC_S,
        &[("xelibera.txt", b"Altro\n"), ("delibera.txt", documento), ("META-INF/signature.p7s", &firma)],
    );
    // Two files with one name: the second hides the first, or the first the second.
    let mut doppio = buono.clone();
    while let Some(posto) = doppio.windows(12).position(|w| w == b"xelibera.txt") {
        doppio[posto] = b'd';
    }
    let (rapporto, _) = giudica(&doppio);
    assert_eq!(rapporto.indication, Some(Indicazione::TotalFailed), "{rapporto:?}");
    assert!(rapporto.signatures[0].findings[0].contains("indice dello ZIP"), "{rapporto:?}");
    // Something before the first file, and a file that the directory does not list.
    let prima = [b"PK\x03\x04 ", buono.as_slice()].concat();
    assert_ne!(giudica(&prima).0.indication, Some(Indicazione::TotalPassed));
    for fine in (0..buono.len()).step_by(41) {
        let (rapporto, _) = giudica(&buono[..fine]);
        assert_ne!(rapporto.indication, Some(Indicazione::TotalPassed), "{fine}");
    }
    // A plain archive is a document.
    let (archivio, mut estratto) = (contenitore("", &[("delibera.txt", documento)]), Vec::new());
    let rapporto = verifica(&mut archivio.as_slice(), None, None, &ca(), istante(), &mut estratto).unwrap();
    assert_eq!((rapporto.format, rapporto.indication), (Formato::Nessuno, None));
    assert_eq!(rapporto.layers, ["ZIP"]);
    assert_eq!(estratto, archivio);
    // An office format signs in its own way: never said to be unsigned, nor too large.
    let odf = [("META-INF/signature.xml", b"<firma/>".as_slice())];
    let (rapporto, _) = giudica(&contenitore("application/vnd.oasis.opendocument.text", &odf));
    assert_eq!(rapporto.indication, Some(Indicazione::Indeterminate));
    assert!(rapporto.signatures[0].findings[0].contains("formato che non è verificato"), "{rapporto:?}");
}

/// What holds for a document of its own says nothing of the one that lies beside it.
#[test]
fn a_genuine_signature_of_something_else_does_not_cover_the_container() {
    let falso: (&str, &[u8]) = ("contratto.txt", b"Si vende.\n");
    let mano = Mano::delle_fixture("tarsi-rsa");
    let attaccata = busta_di(&mano, DOCUMENTO, &Firmatario::buono(&mano, DOCUMENTO));
    assert_eq!(giudica(&attaccata).0.indication, Some(Indicazione::TotalPassed));
    let fattura = std::fs::read(fixtures().join("xades/fattura.xml")).unwrap();
    let elenco = manifesto(&[falso]);
    let m: (&str, &[u8]) = ("META-INF/ASiCManifest.xml", &elenco);
    let fra_le_firme = |nome: &'static str, byte| -> Vec<Vec<(&'static str, &[u8])>> {
        vec![vec![falso, (nome, byte)], vec![falso, m, (nome, byte)]]
    };
    let casi = [
        fra_le_firme("META-INF/signature.p7s", attaccata.as_slice()),
        fra_le_firme("META-INF/timestamp.tst", &attaccata),
        fra_le_firme("META-INF/signatures.xml", &fattura),
        fra_le_firme("META-INF/signature.p7s", &fattura),
    ];
    for file in casi.iter().flatten() {
        for mimetype in [ASIC_S, ASIC_E, ""] {
            let (rapporto, _) = giudica(&contenitore(mimetype, file));
            assert_eq!(rapporto.indication, Some(Indicazione::TotalFailed), "{mimetype} {}: {rapporto:?}", file[1].0);
        }
    }
}

#[test]
fn many_signature_files_and_containers_in_containers_have_limits() {
    let documento: (&str, &[u8]) = ("uno.txt", DOCUMENTO);
    let firma = staccata(DOCUMENTO);
    let nomi: Vec<String> = (0..65).map(|n| format!("META-INF/signature{n:03}.p7s")).collect();
    let file: Vec<(&str, &[u8])> =
        std::iter::once(documento).chain(nomi.iter().map(|n| (n.as_str(), firma.as_slice()))).collect();
    let (rapporto, _) = giudica(&contenitore(ASIC_S, &file));
    assert_eq!((rapporto.indication, rapporto.signatures.len()), (Some(Indicazione::Indeterminate), 65));
    let mut byte = DOCUMENTO.to_vec();
    for _ in 0..60 {
        let firma = staccata(&byte);
        byte = contenitore(ASIC_S, &[("dentro.asics", &byte), ("META-INF/signature.p7s", &firma)]);
    }
    let (rapporto, _) = giudica(&byte);
    assert_eq!(rapporto.indication, Some(Indicazione::Indeterminate));
    assert!(rapporto.signatures.iter().any(|f| f.findings.iter().any(|r| r.contains("uno dentro l'altro"))));
}
