//! Copies of PDFs with the segnatura.

use super::occhi::Pdf;
use super::{ora, ostili, segnatura};
use crate::casa::{condivisi, entrata, leggi, su_entrambi};
use crate::pagine::cliente::{Cliente, assumi};
use crate::pagine::registrazione::{fixture, per_api};
use std::path::Path;
use std::{fs, io};
use tabulario::firma::{self, Fiducia, Indicazione};
use tabulario::registro::stampa::RifiutoCopia;
use tabulario::registro::{Provenienza, timbra};
use tabulario::utenti::Ruolo;
use tabulario::valori::Impronta;

/// How high the band is, in points.
const FASCIA: usize = 50;

/// A PDF of one page: what its dictionary says beside, and what is drawn.
fn pdf(pagina: &str, nodo: &str, disegno: &str) -> Vec<u8> {
    let oggetti = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F 5 0 R >> >> {nodo} >>"),
        format!("<< /Type /Page /Parent 2 0 R /Contents 4 0 R {pagina} >>"),
        format!("<< /Length {} >>\nstream\n{disegno}\nendstream", disegno.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    chiudi(&oggetti, "")
}

fn chiudi(oggetti: &[String], coda: &str) -> Vec<u8> {
    let (mut byte, mut posti) = (b"%PDF-1.7\n".to_vec(), Vec::new());
    for (oggetto, numero) in oggetti.iter().zip(1..) {
        posti.push(byte.len());
        byte.extend_from_slice(format!("{numero} 0 obj\n{oggetto}\nendobj\n").as_bytes());
    }
    let (inizio, quanti) = (byte.len(), oggetti.len() + 1);
    let righe: String = posti.iter().map(|p| format!("{p:010} 00000 n \n")).collect();
    let fine = format!(
        "xref\n0 {quanti}\n0000000000 65535 f \n{righe}trailer\n<< /Size {quanti} /Root 1 0 R {coda} >>\nstartxref\n{inizio}\n%%EOF\n"
    );
    byte.extend_from_slice(fine.as_bytes());
    byte
}

/// Something asymmetric, that goes beyond the page on every side.
const DISEGNO: &str = "0.5 g 120 150 90 40 re f 0 g BT /F 14 Tf 110 300 Td (Testo originale) Tj ET \
                       0.2 G 6 w -500 -500 m 1500 1500 l S";

fn timbrato(byte: &[u8]) -> Vec<u8> {
    timbra(byte, Provenienza::Documento, &segnatura(123), ora()).unwrap()
}

/// The copy is the original, seen as it was, with a band above.
fn controlla(caso: &str, originale: &[u8], unita: usize) {
    let copia = timbrato(originale);
    assert!(copia.starts_with(originale), "{caso}: the original is not at the beginning");
    let (prima, dopo) = (Pdf::new(originale), Pdf::new(&copia));
    let (a, b) = (prima.immagine(1, 72), dopo.immagine(1, 72));
    // Poppler may not apply the unit to the size.
    let alta = if unita == 1 { FASCIA } else { b.altezza - a.altezza };
    assert_eq!((b.larghezza, b.altezza), (a.larghezza, a.altezza + alta), "{caso}");
    let sotto = &b.punti[alta * b.larghezza..];
    let diversi = a.punti.iter().zip(sotto).filter(|(p, q)| p.abs_diff(**q) > 40).count();
    assert!(diversi * 500 < a.punti.len(), "{caso}: {diversi} of {} points changed", a.punti.len());
    assert!(b.segnata([0, 0, b.larghezza, alta]), "{caso}");
    assert_eq!(dopo.codici(1, 200 * unita), ["QR-Code:c_x999/AX99Z01/PG/2026-11-22/0000123"], "{caso}");
    // What is wrong with the original stays so; nothing is added.
    let suoi = prima.errori();
    assert!(dopo.errori().iter().all(|e| suoi.contains(e)), "{caso}: {:?}", dopo.errori());
    // Turned text is read word by word.
    let testo = dopo.testo().replace('\n', " ");
    for parte in ["Protocollo n. 0000123/2026", "Comune di Borgo Esempio", "Testo originale", "Copia del 23/11/2026"] {
        assert!(testo.contains(parte), "{caso}: {parte}: {testo}");
    }
}

#[test]
fn the_band_is_above_the_page_however_it_is_turned_or_cut_and_covers_nothing() {
    let a4 = "/MediaBox [0 0 595 842]";
    for giro in [0, 90, 180, 270, -90, 450] {
        controlla(&format!("turned by {giro}"), &pdf(&format!("{a4} /Rotate {giro}"), "", DISEGNO), 1);
        let tagliata = format!("/MediaBox [-50 -20 700 900] /CropBox [60 100 560 580] /Rotate {giro}");
        controlla(&format!("cut and turned by {giro}"), &pdf(&tagliata, "", DISEGNO), 1);
    }
    controlla("inherited", &pdf("", "/MediaBox [0 0 595 842] /Rotate 90", DISEGNO), 1);
    controlla("box the other way round", &pdf("/MediaBox [595 842 0 0]", "", DISEGNO), 1);
    controlla("crop beyond the paper", &pdf("/MediaBox [0 0 595 842] /CropBox [-10 -10 2000 2000]", "", DISEGNO), 1);
    controlla("real numbers", &pdf("/MediaBox [0 .0 595.00 +842.]", "", DISEGNO), 1);
    controlla("unit", &pdf("/MediaBox [0 0 595 842] /UserUnit 2", "", DISEGNO), 2);
    // What is drawn leaves the state of the page as it should not.
    controlla("open q", &pdf(a4, "", &format!("q {DISEGNO} q 0.1 0 0 0.1 300 300 cm 0 0 10 10 re W n 1 g")), 1);
    controlla("one Q too many", &pdf(a4, "", &format!("q {DISEGNO} Q Q")), 1);
    controlla("scaled", &pdf(a4, "", &format!("{DISEGNO} 3 0 0 3 0 0 cm 1 0 0 RG")), 1);
}

#[test]
fn what_cannot_be_stamped_soundly_is_refused_with_the_reason() {
    let a4 = "/MediaBox [0 0 595 842]";
    let buono = pdf(a4, "", DISEGNO);
    let pagine = |n: &str| pdf(n, "", DISEGNO);
    let oggetti = |extra: &str| {
        let catalogo = format!("<< /Type /Catalog /Pages 2 0 R {extra} >>");
        [
            catalogo,
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".into(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>".into(),
        ]
    };
    let troncato = &buono[..buono.len() - 60];
    for (byte, detto) in [
        (b"solo testo".to_vec(), "non lo è"),
        (b"%PDF-1.7\nniente".to_vec(), "non è scritto a norma"),
        (troncato.to_vec(), "non è scritto a norma"),
        (chiudi(&oggetti(""), "/Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (x) /P -4 >>"), "cifrato"),
        (chiudi(&oggetti("/AcroForm << /Fields [] /XFA (x) >>"), ""), "XFA"),
        (pagine("/MediaBox [0 0 100 842]"), "troppo stretta"),
        (pagine("/MediaBox [0 0 595 842] /Rotate 45"), "misure"),
        (pagine("/MediaBox [0 0 595]"), "misure"),
        (pagine("/MediaBox [0 0 0 0]"), "misure"),
        (pagine("/MediaBox [0 0 1e999 842]"), "non è scritto a norma"),
        (pagine("/MediaBox [0 0 99999999 842]"), "misure"),
        (pagine(""), "misure"),
        (
            chiudi(&["<< /Type /Catalog /Pages 2 0 R >>".into(), "<< /Type /Pages /Kids [] /Count 0 >>".into()], ""),
            "pagine",
        ),
    ] {
        let no = timbra(&byte, Provenienza::Documento, &segnatura(1), ora()).unwrap_err().to_string();
        assert!(no.contains(detto), "{detto}: {no}");
    }
    // A page without anything on it is one too.
    let vuota = timbrato(&chiudi(&oggetti(""), ""));
    assert!(Pdf::new(&vuota).testo().contains("0000123/2026"));
}

#[test]
fn hostile_names_stay_in_the_band() {
    for nome in ostili() {
        let mut s = segnatura(9);
        (s.ente, s.ufficio, s.annullata) = (nome.clone(), Some(nome.clone()), Some(nome));
        for larga in [150, 300, 595] {
            let pagina = pdf(&format!("/MediaBox [0 0 {larga} 842]"), "", DISEGNO);
            let copia = Pdf::new(&timbra(&pagina, Provenienza::Busta, &s, ora()).unwrap());
            let vista = copia.immagine(1, 72);
            assert!(!vista.segnata([vista.larghezza - 5, 0, vista.larghezza, FASCIA - 2]), "{larga}");
            assert_eq!(copia.codici(1, 200).len(), usize::from(larga >= 300));
        }
    }
}

#[test]
fn the_copy_of_a_signed_pdf_says_that_it_is_one_and_does_not_pass_for_signed() {
    let mut provati = 0;
    for voce in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pades")).unwrap() {
        let file = voce.unwrap().path();
        let byte = fs::read(&file).unwrap();
        if file.extension().is_none_or(|e| e != "pdf") || !Pdf::new(&byte).firme().contains("Signature Validation") {
            continue;
        }
        let copia = match timbra(&byte, Provenienza::Documento, &segnatura(123), ora()) {
            Ok(copia) => copia,
            Err(e) => {
                println!("{}: {e}", file.display());
                continue;
            }
        };
        let letta = Pdf::new(&copia);
        assert!(!letta.firme().contains("Signature Validation"), "{}: {}", file.display(), letta.firme());
        assert!(letta.testo().contains("originale firmato digitalmente"), "{}", file.display());
        let mut fiducia = Fiducia::vuota();
        fiducia.aggiungi_certificati(include_bytes!("../../../fixtures/chiavi/ca-firma.pem")).unwrap();
        let rapporto = firma::verifica(&mut copia.as_slice(), None, None, &fiducia, ora(), &mut io::sink()).unwrap();
        assert_ne!(rapporto.indication, Some(Indicazione::TotalPassed), "{}", file.display());
        provati += 1;
    }
    assert!(provati > 5, "{provati}");
}

/// Every PDF at hand: a copy that others open and that has all the text of the original, or a reason.
#[test]
fn pdfs_of_all_sorts_are_copied_whole_or_refused() {
    let radice = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut cartelle = vec![radice.join("fixtures/documenti"), radice.join("fixtures/pades")];
    cartelle.extend(condivisi().map(|c| c.parent().unwrap_or(&c).join("corpus/pades")).filter(|c| c.is_dir()));
    let (mut copiati, mut rifiutati) = (0, 0);
    for cartella in cartelle {
        for voce in fs::read_dir(&cartella).unwrap() {
            let file = voce.unwrap().path();
            if file.extension().is_none_or(|e| !e.eq_ignore_ascii_case("pdf")) {
                continue;
            }
            let byte = fs::read(&file).unwrap();
            match timbra(&byte, Provenienza::Documento, &segnatura(123), ora()) {
                Ok(copia) => {
                    let (prima, dopo) = (Pdf::new(&byte), Pdf::new(&copia));
                    assert_eq!(prima.misure().len(), dopo.misure().len(), "{}", file.display());
                    assert_eq!(prima.errori(), dopo.errori(), "{}", file.display());
                    let (prima, dopo) = (prima.testo(), dopo.testo());
                    assert!(dopo.contains("0000123/2026"), "{}", file.display());
                    let parole: Vec<&str> = prima.split_whitespace().filter(|p| !dopo.contains(*p)).collect();
                    assert!(parole.is_empty(), "{}: {parole:?}", file.display());
                    copiati += 1;
                }
                Err(RifiutoCopia::Scrittura(e)) => panic!("{}: {e}", file.display()),
                Err(_) => rifiutati += 1,
            }
        }
    }
    println!("{copiati} copied, {rifiutati} refused");
    assert!(copiati > 10, "{copiati}");
}

#[test]
fn a_pdf_cut_or_altered_anywhere_never_panics() {
    let buono = fixture("documenti/istanza-permesso-di-costruire.pdf");
    let passo = buono.len() / 150;
    for dove in (0..buono.len()).step_by(passo.max(1)) {
        let _ = timbra(&buono[..dove], Provenienza::Documento, &segnatura(1), ora());
        let mut altro = buono.clone();
        altro[dove] = altro[dove].wrapping_add(1);
        let _ = timbra(&altro, Provenienza::Documento, &segnatura(1), ora());
    }
}

su_entrambi! {
    fn a_copy_is_made_on_request_and_the_store_stays_as_it_is(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        for (nome, byte, firmato) in [
            ("atto.pdf", fixture("documenti/delibera-87-2026.pdf"), false),
            ("firmato.pdf", fixture("pades/due-firme.pdf"), true),
            ("busta.pdf.p7m", fixture("firma/rsa-ber.pdf.p7m"), true),
        ] {
            let id = per_api(casa, &server.url, &entrata(nome), &[(nome, &byte)]);
            let (impronta, file) = (Impronta::of(&byte), casa.conta("file"));
            let strada = format!("{}/api/v1/registrazioni/{id}/documenti/{impronta}/timbro", server.url);
            let risposta = leggi(&strada, &casa.gettone);
            assert_eq!((risposta.stato, risposta.tipo.as_str()), (200, "application/pdf"), "{nome}");
            let testo = Pdf::new(&risposta.corpo).testo();
            assert!(testo.contains("Protocollo n. 000000"), "{nome}: {testo}");
            assert_eq!(testo.contains("originale firmato digitalmente"), firmato, "{nome}: {testo}");
            let pagina = anna.apri(&format!("/registrazioni/{id}"));
            assert!(pagina.html.contains(&format!("/registrazioni/{id}/documenti/1/timbro")), "{nome}");
            assert_eq!(anna.apri(&format!("/registrazioni/{id}/documenti/1/timbro")).stato, 200);
            // Nothing was added, and what was there is as it was.
            assert_eq!(casa.conta("file"), file);
            let scaricato = leggi(&format!("{}/api/v1/documenti/{impronta}", server.url), &casa.gettone);
            assert!(scaricato.corpo == byte, "{nome}");
        }
        let id = per_api(casa, &server.url, &entrata("Nota"), &[("nota.txt", b"solo testo")]);
        let impronta = Impronta::of(b"solo testo");
        let strada = |id: &str, impronta: &str| format!("{}/api/v1/registrazioni/{id}/documenti/{impronta}/timbro", server.url);
        let no = leggi(&strada(&id, &impronta.to_string()), &casa.gettone);
        assert_eq!((no.stato, no.json()["type"].as_str()), (409, Some("urn:tabulario:timbro-impossibile")));
        assert!(anna.apri(&format!("/registrazioni/{id}/documenti/1/timbro")).html.contains("non lo è"));
        // A file of another registration is none of this one.
        let altra = Impronta::of(&fixture("documenti/delibera-87-2026.pdf"));
        assert_eq!(leggi(&strada(&id, &altra.to_string()), &casa.gettone).stato, 404);
    }
}
