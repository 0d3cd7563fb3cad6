//! Signatures inside a PDF: mutants of our own, structures written to hurt, and the corpus `../shared/corpus/pades`.

mod dopo;

use super::busta::{Firmatario, Mano, busta_di, figli, lunghezza, testata};
use super::corpus::{Riga, cartella, righe};
use super::{ca, casi_di, istante};
use tabulario::firma::{Fiducia, Firma, Formato, Indicazione, Rapporto, Sottoindicazione, verifica};

fn verifica_pdf(byte: &[u8], fiducia: &Fiducia) -> Rapporto {
    verifica(&mut &*byte, None, Some("prova.pdf"), fiducia, istante(), &mut std::io::sink()).unwrap()
}

fn fixture(nome: &str) -> Vec<u8> {
    let (_, byte, _) = casi_di("pades", &["pdf"]).into_iter().find(|(percorso, ..)| percorso.ends_with(nome)).unwrap();
    byte
}

fn dove(byte: &[u8], ago: &[u8]) -> usize {
    byte.windows(ago.len()).position(|finestra| finestra == ago).unwrap()
}

fn con(byte: &[u8], vecchio: &[u8], nuovo: &[u8]) -> Vec<u8> {
    assert_eq!(vecchio.len(), nuovo.len(), "bytes must stay where they are");
    let mut altro = byte.to_vec();
    altro[dove(byte, vecchio)..][..nuovo.len()].copy_from_slice(nuovo);
    altro
}

/// Rows of which the verdict is another one than expected, or cannot be told from the row, and why: docs/FIRMA.md.
const DIVERSE: [(&str, Indicazione); 1] = [("dss__encrypted.pdf", Indicazione::Indeterminate)];

#[test]
fn real_pdf_signatures_are_judged_as_expected() {
    let Some(cartella) = cartella("pades") else {
        println!("firma: ../shared/corpus is not there, real PDF signatures were not tried");
        return;
    };
    let mut giudicate = 0;
    for riga in righe(&cartella) {
        let nome = &riga["file"];
        let rapporto = verifica_pdf(&std::fs::read(cartella.join(nome)).unwrap(), &Fiducia::vuota());
        assert_eq!(rapporto.format, Formato::Pades, "{nome}");
        assert_eq!(rapporto.layers, ["PDF"], "{nome}");
        if let Some((_, indicazione)) = DIVERSE.iter().find(|(diversa, _)| diversa == nome) {
            assert_eq!(rapporto.indication, Some(*indicazione), "{nome}");
            continue;
        }
        match riga["expect"].split(' ').next().unwrap() {
            "VALID" => {
                assert_eq!(rapporto.indication, Some(Indicazione::Indeterminate), "{nome}");
                let sane = |f: &Firma| f.sub_indication == Some(Sottoindicazione::NoCertificateChainFound);
                assert!(rapporto.signatures.iter().all(sane), "{nome}");
            }
            "INDETERMINATE" => assert_eq!(rapporto.indication, Some(Indicazione::Indeterminate), "{nome}"),
            "SUSPICIOUS" => assert!(sospetta(&rapporto), "{nome}: {rapporto:#?}"),
            _ => assert_eq!(rapporto.indication, Some(Indicazione::TotalFailed), "{nome}"),
        }
        if riga["n_signatures"] != "0" {
            concorda(&riga, &rapporto);
        }
        giudicate += 1;
    }
    println!("firma: {giudicate} real PDFs judged");
    assert!(giudicate > 0, "no file of the corpus was judged");
}

/// Never without a sentence that says why.
fn sospetta(rapporto: &Rapporto) -> bool {
    let segni = ["modificato dopo questa firma", "La firma lascia scoperto", "non dice quali byte", "fino alla fine"];
    let mut rilievi = rapporto.signatures.iter().flat_map(|firma| &firma.findings);
    rapporto.indication >= Some(Indicazione::Indeterminate)
        && rilievi.any(|rilievo| segni.iter().any(|segno| rilievo.contains(segno)))
}

/// Who, when, whether the bytes are those that were signed, and what came after: signature by signature.
fn concorda(riga: &Riga, rapporto: &Rapporto) {
    let nome = &riga["file"];
    let attese: Vec<&str> = riga["signatures"].split(" || ").collect();
    assert_eq!(attese.len().to_string(), riga["n_signatures"], "{nome}");
    assert_eq!(rapporto.signatures.len() + rapporto.timestamps.len(), attese.len(), "{nome}");
    let (marche, firme): (Vec<&str>, Vec<&str>) = attese.iter().partition(|attesa| attesa.contains("/ETSI.RFC3161"));
    for (attesa, marca) in marche.iter().zip(&rapporto.timestamps) {
        assert!(attesa.starts_with(marca.tsa.as_deref().unwrap()), "{nome}: {marca:?}");
        assert_ne!(marca.indication, Indicazione::TotalFailed, "{nome}");
    }
    for (attesa, firma) in firme.iter().zip(&rapporto.signatures) {
        let firmatario = firma.signer.as_ref().and_then(|s| s.common_name.as_deref()).unwrap_or_default();
        assert!(attesa.starts_with(firmatario), "{nome}: {firmatario}");
        let quando = attesa.split("time=").nth(1).and_then(|t| t.split(' ').next()?.parse().ok());
        assert_eq!(firma.signing_time, quando, "{nome}");
        if attesa.contains("crypto=False") {
            assert_eq!(firma.indication, Indicazione::TotalFailed, "{nome}");
        }
        let dice = |parole: &str| firma.findings.iter().any(|rilievo| rilievo.contains(parole));
        assert_eq!(attesa.contains("sigTST="), !firma.timestamps.is_empty(), "{nome}");
        if attesa.contains("ENTIRE_REVISION") && attesa.contains("changes=ERR") {
            assert!(dice("modificato dopo questa firma"), "{nome}");
        } else if attesa.contains("ENTIRE_REVISION") && firma.indication != Indicazione::TotalFailed {
            let senza = "changes=LTA_UPDATES";
            assert!(dice("come è ammesso") || attesa.contains(senza), "{nome}: {:?}", firma.findings);
        } else if attesa.contains("ENTIRE_FILE") {
            assert!(!dice("Dopo questa firma") && !dice("modificato dopo"), "{nome}");
        }
    }
}

/// Bytes that the first signature in the file covers, one of its value, one of its signed attributes.
fn bersagli(byte: &[u8]) -> Vec<(&'static str, usize)> {
    let range = dove(byte, b"/ByteRange");
    let numeri = String::from_utf8_lossy(&byte[range..range + 80]).into_owned();
    let numeri = numeri.split(['[', ']']).nth(1).unwrap();
    let numeri: Vec<usize> = numeri.split_whitespace().map(|n| n.parse().unwrap()).collect();
    let esadecimale = &byte[numeri[1] + 1..numeri[2] - 1];
    let der = hex::decode(&esadecimale[..esadecimale.len() / 2 * 2]).unwrap();
    // SignerInfo ::= SEQUENCE { version 1, sid SEQUENCE … }, whatever the encoding of what is round it.
    let testa = |f: &[u8]| f.starts_with(b"\x30\x82") && f.ends_with(b"\x02\x01\x01\x30");
    let inizio = der.windows(8).position(testa).unwrap();
    let firmatario = &der[inizio..];
    let firmatario = figli(&firmatario[..testata(firmatario) + lunghezza(firmatario)]);
    let nel_firmatario = |tag: u8| Some(dove(&der, firmatario.iter().find(|campo| campo[0] == tag)?) + 20);
    let nel_file = |i: usize| numeri[1] + 1 + 2 * i;
    let parti = [("value", nel_firmatario(0x04)), ("attributes", nel_firmatario(0xa0))];
    let mut bersagli: Vec<_> = parti.into_iter().filter_map(|(che, i)| Some((che, nel_file(i?)))).collect();
    bersagli.extend((1..6).map(|sesto| ("content", numeri[1] * sesto / 6)));
    bersagli.push(("content", numeri[2] + numeri[3] / 2));
    // What damages the structure must not make the signature disappear.
    let coperti = numeri[2] + numeri[3];
    let indice = byte[..coperti].windows(9).rposition(|f| f == b"startxref").unwrap();
    bersagli.extend([("head", 0), ("name of the range", range), ("word of the index", indice), ("index", indice + 10)]);
    bersagli
}

fn guasta(byte: &[u8], i: usize) -> Vec<u8> {
    let mut guasto = byte.to_vec();
    // A hexadecimal digit stays one.
    guasto[i] = if guasto[i] == b'3' { b'5' } else { b'3' };
    guasto
}

#[test]
fn a_byte_changed_in_content_value_or_attributes_fails() {
    let mut buoni: Vec<(String, Vec<u8>)> = Vec::new();
    for (percorso, byte, atteso) in casi_di("pades", &["pdf"]) {
        // Sound, and too weak to pass.
        let debole = percorso.ends_with("pkcs7-sha1.pdf");
        if debole || atteso["indication"] == "TOTAL-PASSED" {
            buoni.push((percorso.display().to_string(), byte));
        }
    }
    if let Some(cartella) = cartella("pades") {
        let valide = righe(&cartella).into_iter().filter(|riga| riga["expect"] == "VALID");
        buoni.extend(valide.map(|riga| (riga["file"].clone(), std::fs::read(cartella.join(&riga["file"])).unwrap())));
    }
    assert!(buoni.len() >= 8);
    for (nome, byte) in buoni {
        for (che, i) in bersagli(&byte) {
            let rapporto = verifica_pdf(&guasta(&byte, i), &ca());
            assert_eq!(rapporto.indication, Some(Indicazione::TotalFailed), "{che} of {nome}, byte {i}");
        }
    }
}

#[test]
fn a_flipped_bit_never_changes_what_passes_in_a_pdf() {
    let byte = fixture("due-firme.pdf");
    let fiducia = ca();
    let nomi = |rapporto: &Rapporto| rapporto.signatures.iter().map(|f| f.signer.clone()).collect::<Vec<_>>();
    let intero = verifica_pdf(&byte, &fiducia);
    assert_eq!(intero.indication, Some(Indicazione::TotalPassed));
    for i in (0..byte.len()).step_by(101) {
        let mut guasto = byte.clone();
        guasto[i] ^= 1 << (i % 8);
        let rapporto = verifica_pdf(&guasto, &fiducia);
        if rapporto.indication == Some(Indicazione::TotalPassed) {
            // Only what is not signed may differ: padding of the values, unsigned parts of the envelopes.
            assert_eq!(nomi(&rapporto), nomi(&intero), "byte {i}");
            assert!(nel_valore(&byte, i), "byte {i}");
        }
    }
}

/// Whether a byte is inside the string of a signature.
fn nel_valore(byte: &[u8], i: usize) -> bool {
    let inizio = byte[..i].iter().rposition(|b| *b == b'<').unwrap_or(0);
    byte[inizio + 1..=i].iter().all(|b| b.is_ascii_hexdigit() || *b == b'>')
}

#[test]
fn a_truncated_pdf_never_passes_and_never_falls() {
    let fiducia = ca();
    for (percorso, byte, _) in casi_di("pades", &["pdf"]) {
        for taglio in (0..byte.len()).step_by(1_499).chain(byte.len() - 12..byte.len() - 6) {
            let rapporto = verifica_pdf(&byte[..taglio], &fiducia);
            if percorso.ends_with("firmato.pdf") {
                assert_ne!(rapporto.indication, Some(Indicazione::TotalPassed), "{} a {taglio}", percorso.display());
            }
        }
    }
    let Some(cartella) = cartella("pades") else { return };
    for riga in righe(&cartella) {
        let byte = std::fs::read(cartella.join(&riga["file"])).unwrap();
        for taglio in (0..byte.len()).step_by(byte.len() / 6) {
            verifica_pdf(&byte[..taglio], &fiducia);
        }
    }
}

#[test]
fn a_signed_pdf_inside_a_p7m_is_verified_too() {
    let mano = Mano::delle_fixture("vellini-rsa");
    let check = |pdf: &[u8], dentro: Indicazione| {
        let rapporto = verifica_pdf(&busta_di(&mano, pdf, &Firmatario::buono(&mano, pdf)), &ca());
        assert_eq!(
            (rapporto.format, rapporto.layers.as_slice()),
            (Formato::Cades, &["CAdES".into(), "PDF".into()][..])
        );
        let giudizi: Vec<_> = rapporto.signatures.iter().map(|f| (f.layer, f.indication)).collect();
        assert_eq!(giudizi, [(0, Indicazione::TotalPassed), (1, dentro)]);
        assert_eq!(rapporto.indication, Some(dentro));
    };
    check(&fixture("firmato.pdf"), Indicazione::TotalPassed);
    check(&fixture("modificato-dopo.pdf"), Indicazione::TotalFailed);
}

#[test]
fn what_is_added_after_the_end_is_said_or_doubted() {
    let byte = fixture("firmato.pdf");
    let check = |coda: &[u8], indicazione, parole: &str| {
        let rapporto = verifica_pdf(&[&byte, coda].concat(), &ca());
        assert_eq!(rapporto.indication, Some(indicazione), "{coda:?}");
        let rilievi = rapporto.signatures[0].findings.join(" ");
        assert!(rilievi.contains(parole), "{rilievi}");
    };
    check(b"\r\n\0", Indicazione::TotalPassed, "");
    check(b"grazie", Indicazione::TotalPassed, "6 byte estranei");
    check(b"6 0 obj (altro testo) endobj", Indicazione::Indeterminate, "fuori da ogni struttura");
    check(b"xref\n0 0\ntrailer <<>>\nstartxref\n9\n%%EOF", Indicazione::Indeterminate, "non si può sapere come");
}

#[test]
fn a_signature_that_hides_its_range_from_a_search_is_found() {
    let byte = fixture("senza-intervallo.pdf");
    assert!(!byte.windows(10).any(|f| f == b"/ByteRange"));
    let rapporto = verifica_pdf(&byte, &ca());
    assert_eq!(rapporto.signatures[0].sub_indication, Some(Sottoindicazione::FormatFailure));
    // Without a type the dictionary is one like many others: the field still says that it is a signature.
    let senza_tipo = con(&byte, b"/Type /Sig ", b"/Tipo /Sig ");
    assert_eq!(verifica_pdf(&senza_tipo, &ca()).indication, Some(Indicazione::TotalFailed));
}

#[test]
fn a_plain_pdf_is_not_signed() {
    let pdf = std::fs::read(super::fixtures().join("documenti/planimetria.pdf")).unwrap();
    let rapporto = verifica_pdf(&pdf, &ca());
    assert_eq!((rapporto.indication, rapporto.format), (None, Formato::Nessuno));
}

/// A PDF whose objects are these, numbered from 1, with a table and a trailer that refers to the first.
fn pdf_di(oggetti: &[&str]) -> Vec<u8> {
    let mut byte = b"%PDF-1.7\n".to_vec();
    let mut tabella = format!("xref\n0 {}\n0000000000 65535 f \n", oggetti.len() + 1);
    for (i, oggetto) in oggetti.iter().enumerate() {
        tabella += &format!("{:010} 00000 n \n", byte.len());
        byte.extend(format!("{} 0 obj\n{oggetto}\nendobj\n", i + 1).bytes());
    }
    let xref = byte.len();
    byte.extend(tabella.bytes());
    byte.extend(format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n", oggetti.len() + 1).bytes());
    byte
}

#[test]
fn structures_written_to_hurt_end() {
    let firma = "<</Type/Sig/ByteRange[0 20 30 40]/Contents<00>>>";
    let annidato = format!("<</A {}{}>>", "[".repeat(100_000), "]".repeat(100_000));
    let catena: Vec<String> = (5..3_000).map(|i| format!("{} 0 R", i + 1)).collect();
    let mut lunga = vec!["<</AcroForm<</Fields[4 0 R]>>/Pages 2 0 R>>", "<</Kids[2 0 R]>>", firma, "5 0 R"];
    lunga.extend(catena.iter().map(String::as_str));
    let ostili: Vec<Vec<u8>> = vec![
        pdf_di(&["1 0 R"]),
        pdf_di(&["<</AcroForm<</Fields[2 0 R]>>>>", "<</FT/Sig/Kids[2 0 R]/V 2 0 R>>"]),
        pdf_di(&["<</AcroForm 1 0 R/Fields[1 0 R]/FT/Sig/V 1 0 R>>"]),
        pdf_di(&["<</AcroForm<</Fields[2 0 R]>>>>", &annidato]),
        pdf_di(&lunga),
        b"%PDF-1.7\nstartxref\n9\n%%EOF".to_vec(),
        b"%PDF-1.7\nxref\n0 99999999999\nstartxref\n9\n%%EOF".to_vec(),
        b"%PDF-1.7\n1 0 obj<</Type/XRef/W[0 0 0]/Size 9999999999/Length 0>>stream\nendstream\nstartxref\n9\n%%EOF".to_vec(),
        b"%PDF-1.7\n1 0 obj<</Type/XRef/W[1 1 1]/Index[4294967295 9]/Size 9/Length 9/Root 1 0 R>>stream\n\x01\x01\x01\x01\
          \x01\x01\x01\x01\x01endstream\nstartxref\n9\n%%EOF"
            .to_vec(),
        b"%PDF-1.7\nxref\n0 0\ntrailer<</Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF".to_vec(),
    ];
    for byte in ostili {
        let rapporto = verifica_pdf(&byte, &ca());
        assert_ne!(rapporto.indication, Some(Indicazione::TotalPassed));
        verifica_pdf(&[&byte[..], b"/ByteRange"].concat(), &ca());
    }
}

/// The same numbers every time: a mutant that fails can be made again.
fn caso(stato: &mut u64, sotto: usize) -> usize {
    *stato = stato.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*stato >> 33).unwrap() % sotto
}

#[test]
fn random_mutants_never_make_the_verifier_fall() {
    let mut stato = 42;
    let fiducia = Fiducia::vuota();
    let interessanti: [&[u8]; 6] = [b"<<", b">>", b" 0 R", b"/Prev 0", b"99999999999", b"endobj"];
    for (_, byte, _) in casi_di("pades", &["pdf"]) {
        for _ in 0..8 {
            let mut mutante = byte.clone();
            for _ in 0..=caso(&mut stato, 8) {
                let i = caso(&mut stato, mutante.len());
                if caso(&mut stato, 2) == 0 {
                    mutante[i] ^= 1 << caso(&mut stato, 8);
                } else {
                    let pezzo = interessanti[caso(&mut stato, interessanti.len())];
                    let fine = (i + pezzo.len()).min(mutante.len());
                    mutante.splice(i..fine, pezzo.iter().copied());
                }
            }
            verifica_pdf(&mutante, &fiducia);
        }
    }
}
