//! What is done to a PDF after it was signed, by somebody who prepared for it before.

use super::super::busta::{Firmatario, Mano, busta};
use super::super::ca;
use super::super::marca::{TIME_STAMPING, certificato, certificato_fino_al, gettone};
use super::super::revoca::{DOPO, PRIMA, lista};
use super::{dove, pdf_di, verifica_pdf};
use tabulario::firma::{Indicazione, Rapporto, Sottoindicazione};

const RANGE: &str = "/ByteRange[0000000000 0000000000 0000000000 0000000000]";
const PAGINA: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 6 0 R>>";

/// A signature still to be made, with these entries.
fn da_firmare(voci: &str) -> String {
    format!("<</Filter/Adobe.PPKLite{voci}{RANGE}/Contents<{}>>>", "0".repeat(8_192))
}

/// A PDF whose only field waits for the signature `firma`; `altri` are its objects from the page, number 3, but 4 and 5.
fn preparato(firma: &str, pagina: &str, altri: &[&str]) -> Vec<u8> {
    let catalogo = "<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R]>>>>";
    let pagine = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
    pdf_di(&[&[catalogo, pagine, pagina, "<</FT/Sig/T(Uno)/V 5 0 R            >>", firma], altri].concat())
}

/// Writes the range of the signature that waits, and the value that `valore` makes of what it covers.
fn riempito(mut byte: Vec<u8>, valore: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let range = dove(&byte, RANGE.as_bytes());
    let inizio = range + RANGE.len() + "/Contents".len();
    let fine = inizio + 8_194;
    let numeri = format!("/ByteRange[0000000000 {inizio:010} {fine:010} {:010}]", byte.len() - fine);
    byte[range..][..RANGE.len()].copy_from_slice(numeri.as_bytes());
    let valore = hex::encode(valore(&[&byte[..inizio], &byte[fine..]].concat()));
    byte[inizio + 1..][..valore.len()].copy_from_slice(valore.as_bytes());
    byte
}

fn firmato(byte: Vec<u8>) -> Vec<u8> {
    let mano = Mano::delle_fixture("tarsi-rsa");
    riempito(byte, |coperti| busta(None, &[&mano.certificato], &[Firmatario::buono(&mano, coperti).scrivi()]))
}

fn marcato(byte: Vec<u8>) -> Vec<u8> {
    riempito(byte, |coperti| gettone(&certificato(TIME_STAMPING), coperti, "20260601120000Z"))
}

/// An update with these objects.
fn aggiornato<T: AsRef<[u8]>>(byte: &[u8], nuovi: &[(usize, T)]) -> Vec<u8> {
    let prima = byte.windows(9).rposition(|f| f == b"startxref").unwrap() + 10;
    let prima: usize = String::from_utf8_lossy(&byte[prima..]).split_whitespace().next().unwrap().parse().unwrap();
    let (mut byte, mut tabella) = (byte.to_vec(), "xref\n0 0\n".to_owned());
    for (numero, oggetto) in nuovi {
        tabella += &format!("{numero} 1\n{:010} 00000 n \n", byte.len());
        let (inizio, oggetto) = (format!("{numero} 0 obj\n"), oggetto.as_ref());
        byte.extend([inizio.as_bytes(), oggetto, b"\nendobj\n"].concat());
    }
    let xref = byte.len();
    byte.extend(format!("{tabella}trailer\n<</Size 99/Root 1 0 R/Prev {prima}>>\nstartxref\n{xref}\n%%EOF\n").bytes());
    byte
}

fn flusso(dati: &str) -> String {
    format!("<</Length {}>>stream\n{dati}\nendstream", dati.len())
}

/// The verdict, after it was seen that there is one signature, or one timestamp.
fn esito(byte: &[u8]) -> Indicazione {
    let rapporto: Rapporto = verifica_pdf(byte, &ca());
    assert_eq!(rapporto.signatures.len() + rapporto.timestamps.len(), 1, "{rapporto:#?}");
    rapporto.indication.unwrap()
}

const CADES: &str = "/Type/Sig/SubFilter/ETSI.CAdES.detached";

#[test]
fn what_says_that_it_is_a_page_is_compared_like_everything_else() {
    let check = |pagina: &str, altri: &[&str], nuovo: (usize, &str)| {
        let byte = firmato(preparato(&da_firmare(CADES), pagina, altri));
        assert_eq!(esito(&byte), Indicazione::TotalPassed);
        assert_eq!(esito(&aggiornato::<&str>(&byte, &[])), Indicazione::TotalPassed);
        assert_eq!(esito(&aggiornato(&byte, &[nuovo])), Indicazione::TotalFailed, "{nuovo:?}");
    };
    for tipo in ["Page", "Pages", "Catalog"] {
        let [vecchio, nuovo] = ["(98)", "(38)"].map(|dati| flusso(dati).replacen("<<", &format!("<</Type/{tipo}"), 1));
        check(PAGINA, &[&vecchio], (6, &nuovo));
        let [vecchie, nuove] = ["(98)", "(38)"].map(|nome| format!("<</Type/{tipo}/Font<</F {nome}>>>>"));
        let con_risorse = PAGINA.replace("/Contents", "/Resources 7 0 R/Contents");
        check(&con_risorse, &[&flusso("(ab)"), &vecchie], (7, &nuove));
    }
    // A stream in the tree of the pages that is also what the first page draws.
    let anche_pagina = flusso("(98)").replacen("<<", "<</Type/Page", 1);
    let byte = preparato(&da_firmare(CADES), PAGINA, &[&anche_pagina]);
    let byte = firmato(super::con(&byte, b"/Kids[3 0 R]/Count 1", b"/Kids[3 0 R 6 0 R]  "));
    assert_eq!(esito(&aggiornato(&byte, &[(6, &anche_pagina.replace("98", "38"))])), Indicazione::TotalFailed);
}

/// The node above the pages, or another page, may hold the resources of a page beside its own entries.
#[test]
fn what_a_page_uses_of_the_tree_of_the_pages_is_compared() {
    let pagina = PAGINA.replace("/Contents", "/Resources 2 0 R/Contents");
    let byte = preparato(&da_firmare(CADES), &pagina, &[&flusso("(ab)")]);
    let nodo = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
    let byte = firmato(aggiornato(&byte, &[(2, nodo.replace(">>", "/Font<</F(98)>>>>"))]));
    assert_eq!(esito(&aggiornato::<&str>(&byte, &[])), Indicazione::TotalPassed);
    let cambiato = nodo.replace(">>", "/Font<</F(38)>>>>");
    assert_eq!(esito(&aggiornato(&byte, &[(2, cambiato)])), Indicazione::TotalFailed);
    // Two pages that show the same, each with fonts, of which one has those of the other as its resources: they change places.
    let di = |font: &str| format!("<</Type/Page/Parent 2 0 R/Resources 8 0 R/Contents 6 0 R/Font<</F({font})>>>>");
    let nodo = |primo: usize, secondo: usize| format!("<</Type/Pages/Kids[{primo} 0 R {secondo} 0 R 3 0 R]/Count 3>>");
    let byte =
        preparato(&da_firmare(CADES), &PAGINA.replace("/Contents", "/Resources 7 0 R/Contents"), &[&flusso("(ab)")]);
    let byte = aggiornato(&byte, &[(2, nodo(7, 8)), (7, di("98")), (8, di("38"))]);
    let byte = firmato(byte);
    assert_eq!(esito(&aggiornato::<&str>(&byte, &[])), Indicazione::TotalPassed);
    let scambiate = [(2, nodo(8, 7)), (7, di("38")), (8, di("98"))];
    assert_eq!(esito(&aggiornato(&byte, &scambiate)), Indicazione::TotalFailed);
}

#[test]
fn a_stream_that_stays_where_it_is_and_becomes_longer_is_another_one() {
    let contenuto = "<</Length 7 0 R>>stream\n(38)\nendstream (98)\nendstream";
    let byte = firmato(preparato(&da_firmare(CADES), PAGINA, &[contenuto, "4"]));
    assert_eq!(esito(&aggiornato(&byte, &[(7, "4")])), Indicazione::TotalPassed);
    assert_eq!(esito(&aggiornato(&byte, &[(7, "19")])), Indicazione::TotalFailed);
}

/// The same PDF, whose index says that object 6 is elsewhere.
fn con_sesto_a(byte: &[u8], posto: usize) -> Vec<u8> {
    let [vecchia, nuova] = [dove(byte, b"6 0 obj"), posto].map(|n| format!("{n:010} 00000 n"));
    super::con(byte, vecchia.as_bytes(), nuova.as_bytes())
}

#[test]
fn a_signed_index_that_leads_past_the_signed_end_is_doubted() {
    let byte = preparato(&da_firmare(CADES), PAGINA, &["(niente)"]);
    let dopo_la_fine = firmato(con_sesto_a(&byte, byte.len()));
    let tardi = [dopo_la_fine, format!("6 0 obj\n{}\nendobj\n", flusso("(98)")).into_bytes()].concat();
    assert_eq!(esito(&aggiornato::<&str>(&tardi, &[])), Indicazione::Indeterminate);
    // It begins before the end, and what it draws is written after it.
    let a_cavallo = [&byte[..byte.len() - 6], b"6 0 obj\n<</Length 10>>stream\n%%EOF"].concat();
    let a_cavallo = firmato(con_sesto_a(&a_cavallo, byte.len() - 6));
    let tardi = [&a_cavallo[..], b"\n(98)\nendstream\nendobj\n"].concat();
    assert_eq!(esito(&aggiornato::<&str>(&tardi, &[])), Indicazione::Indeterminate);
}

/// The same page with a widget.
fn con_widget() -> String {
    PAGINA.replace("/Contents", "/Annots[8 0 R]/Contents")
}

#[test]
fn an_empty_field_that_shows_something_is_a_note_over_the_page() {
    let catalogo = "<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R 8 0 R]>>>>";
    let campo = |voci: &str| format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(Due){voci}>>");
    let certificazione = "/Reference[<</TransformMethod/DocMDP/TransformParams<</P 2>>>>]";
    let check = |voci: &str, atteso, certificato| {
        for (altro, atteso) in [("", atteso), (certificazione, certificato)] {
            let firma = da_firmare(&format!("{CADES}{altro}"));
            let byte = firmato(preparato(&firma, PAGINA, &[&flusso("(ab)"), &flusso("(98)")]));
            let byte = aggiornato(&byte, &[(1, catalogo), (3, &con_widget()), (8, &campo(voci))]);
            assert_eq!(esito(&byte), atteso, "{voci} {altro}");
        }
    };
    let (passa, dubbio, no) = (Indicazione::TotalPassed, Indicazione::Indeterminate, Indicazione::TotalFailed);
    check("/Rect[0 0 0 0]/AP<</N 7 0 R>>", passa, passa);
    check("/Rect[0 0 9 9]", passa, passa);
    check("/Rect[0 0 9 9]/AP<</N 7 0 R>>", dubbio, no);
    check("/Rect[0 0 9 9]/AP<</N 7 0 R>>/V(ok)", dubbio, no);
    // The field was there.
    let vecchio = campo("/Rect[0 0 9 9]");
    let byte = preparato(&da_firmare(CADES), &con_widget(), &[&flusso("(ab)"), &flusso("(98)"), &vecchio]);
    let byte = firmato(super::con(
        &byte,
        b"/Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R]>>",
        b"/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R 8 0 R]>>       ",
    ));
    assert_eq!(esito(&byte), passa);
    for voci in ["/AP<</N 7 0 R>>", "/AP<</N 7 0 R>>/V(ok)"] {
        assert_eq!(esito(&aggiornato(&byte, &[(8, &campo(&format!("/Rect[0 0 9 9]{voci}")))])), dubbio, "{voci}");
    }
}

#[test]
fn the_appearance_of_a_signature_is_not_changed_after_it() {
    let widget = "<</Type/Annot/Subtype/Widget/Parent 4 0 R/Rect[0 0 9 9]/AP<</N 7 0 R>>>>";
    let byte = preparato(&da_firmare(CADES), &con_widget(), &[&flusso("(ab)"), &flusso("(38)"), widget]);
    let byte = firmato(super::con(&byte, b"/V 5 0 R            ", b"/V 5 0 R/Kids[8 0 R]"));
    assert_eq!(esito(&byte), Indicazione::TotalPassed);
    assert_eq!(esito(&aggiornato(&byte, &[(7, &flusso("(98)"))])), Indicazione::Indeterminate);
}

#[test]
fn a_document_timestamp_does_not_pass_over_other_pages() {
    let marca = da_firmare("/Type/DocTimeStamp/SubFilter/ETSI.RFC3161");
    let byte = marcato(preparato(&marca, PAGINA, &[&flusso("(38)")]));
    assert_eq!(esito(&byte), Indicazione::TotalPassed);
    let altra = aggiornato(&byte, &[(6, &flusso("(98)"))]);
    assert_eq!(esito(&altra), Indicazione::Indeterminate);
    // A later timestamp speaks of what is there now.
    let catalogo = "<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R 8 0 R]>>>>";
    let rimarcata = aggiornato(&altra, &[(1, catalogo), (7, &marca), (8, "<</FT/Sig/T(Due)/V 7 0 R>>")]);
    let rapporto = verifica_pdf(&marcato(rimarcata), &ca());
    assert_eq!((rapporto.indication, rapporto.timestamps.len()), (Some(Indicazione::TotalPassed), 2));
    assert!(rapporto.findings.iter().any(|rilievo| rilievo.contains("vale per la versione marcata")));
}

/// What was kept after the signature says whether its certificate had been taken back.
#[test]
fn the_lists_of_the_security_store_count() {
    let preparato = |firma: &str| preparato(&da_firmare(firma), PAGINA, &[&flusso("0 0 9 9 re f")]);
    let firmato = firmato(preparato(CADES));
    let (autorita, tarsi) = (Mano::delle_fixture("ca-firma"), Mano::delle_fixture("tarsi-rsa"));
    let rapporto = |byte: &[u8], revocati: &[(&Mano, &str)]| {
        let crl = lista(&autorita, "20261119000000Z", DOPO, revocati, &[]);
        let catalogo = "<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R]>>/DSS<</CRLs[20 0 R]>>>>";
        let testata = format!("<</Length {}>>stream\n", crl.len());
        let crl = [testata.as_bytes(), &crl, b"\nendstream"].concat();
        verifica_pdf(&aggiornato(byte, &[(1, catalogo.as_bytes().to_vec()), (20, crl)]), &ca())
    };
    let con_dss = |revocati: &[(&Mano, &str)]| rapporto(&firmato, revocati).signatures.remove(0);
    let buona = con_dss(&[]);
    assert_eq!(buona.indication, Indicazione::TotalPassed, "{buona:#?}");
    assert!(buona.findings.iter().any(|f| f.contains("non risultava revocato")), "{:?}", buona.findings);
    let revocata = con_dss(&[(&tarsi, PRIMA)]);
    assert_eq!(revocata.sub_indication, Some(Sottoindicazione::RevokedNoPoe), "{:?}", revocata.findings);
    // The authority of a timestamp of the document, too.
    let marcato = marcato(preparato("/Type/DocTimeStamp/SubFilter/ETSI.RFC3161"));
    let tsa = certificato(TIME_STAMPING);
    for (revocati, esito) in [(&[][..], Indicazione::TotalPassed), (&[(&tsa, PRIMA)], Indicazione::Indeterminate)] {
        assert_eq!(rapporto(&marcato, revocati).timestamps[0].indication, esito);
    }
}

/// A signature of somebody whose certificate ended in 2022 inside a PDF, with a timestamp of the document at `quando` by an authority
/// whose certificate ends then, and perhaps another timestamp after it.
fn antico(quando: &str, fine: &str, ancora: Option<&str>) -> Rapporto {
    let scaduto = Mano::delle_fixture("lombri-scaduto");
    let firma = |coperti: &[u8]| busta(None, &[&scaduto.certificato], &[Firmatario::buono(&scaduto, coperti).scrivi()]);
    let mut byte = riempito(preparato(&da_firmare(CADES), PAGINA, &[]), firma);
    let marche =
        [Some((certificato_fino_al(TIME_STAMPING, fine), quando)), ancora.map(|a| (certificato(TIME_STAMPING), a))];
    for (i, (tsa, quando)) in marche.into_iter().flatten().enumerate() {
        let (campo, valore) = (20 + 2 * i, 21 + 2 * i);
        let campi: String = (0..=i).map(|n| format!(" {} 0 R", 20 + 2 * n)).collect();
        let catalogo = format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R{campi}]>>>>");
        let marca = da_firmare("/Type/DocTimeStamp/SubFilter/ETSI.RFC3161");
        let nuovi = [(1, catalogo), (campo, format!("<</FT/Sig/T(M{i})/V {valore} 0 R>>")), (valore, marca)];
        byte = riempito(aggiornato(&byte, &nuovi), |coperti| gettone(&tsa, coperti, quando));
    }
    verifica_pdf(&byte, &ca())
}

#[test]
fn what_a_document_timestamp_covers_is_judged_at_its_time() {
    let check = |quando: &str, fine: &str, ancora: Option<&str>, provata: Option<&str>| {
        let rapporto = antico(quando, fine, ancora);
        let firma = &rapporto.signatures[0];
        assert_eq!(firma.best_signature_time, provata.map(|p| p.parse().unwrap()), "{rapporto:#?}");
        let esito = if provata.is_some() { Indicazione::TotalPassed } else { Indicazione::Indeterminate };
        assert_eq!(firma.indication, esito, "{:?}", firma.findings);
    };
    // While the signer's certificate was valid, by an authority that is believed today.
    check("20210601120000Z", "400101000000Z", None, Some("2021-06-01T12:00:00Z"));
    // By one that ended, alone and kept provable by a later one.
    check("20210601120000Z", "241231000000Z", None, None);
    check("20210601120000Z", "241231000000Z", Some("20230601120000Z"), Some("2021-06-01T12:00:00Z"));
    // The later one is later than that end.
    let tardi = antico("20210601120000Z", "241231000000Z", Some("20250601120000Z"));
    assert_eq!(tardi.signatures[0].sub_indication, Some(Sottoindicazione::OutOfBoundsNoPoe));
}
