//! What nobody should send.

use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Letters that no compressor shortens, the same at every run.
pub fn casuale(quante: usize) -> String {
    let mut caso: u32 = 2_463_534_242;
    let mut lettera = || {
        caso ^= caso << 13;
        caso ^= caso >> 17;
        caso ^= caso << 5;
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[(caso >> 8) as usize % 64])
    };
    (0..quante).map(|_| lettera()).collect()
}

/// A message with this many files.
pub fn allegati(quanti: usize) -> Vec<u8> {
    let mut eml = b"From: a@b.it\r\nContent-Type: multipart/mixed; boundary=x\r\n".to_vec();
    for i in 0..quanti {
        eml.extend(format!("\r\n--x\r\nContent-Type: application/pdf; name={i}.pdf\r\n\r\n{}", quanti).bytes());
    }
    eml.extend(b"\r\n--x--\r\n");
    eml
}

/// Multiparts this deep.
pub fn annidati(quanti: usize) -> Vec<u8> {
    (0..quanti)
        .map(|i| format!("Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n"))
        .collect::<String>()
        .into()
}

/// A message with one file; `testate` go before the others.
pub fn con_allegato(nome: &str, bytes: &[u8], testate: &str) -> Vec<u8> {
    let mut eml = format!(
        "{testate}From: a@b.it\r\nSubject: {nome}\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
         Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{nome}\"\r\n\r\n"
    )
    .into_bytes();
    eml.extend(bytes);
    eml.extend(b"\r\n--x--\r\n");
    eml
}

/// A transport envelope whose certified data have this inside `dati`.
pub fn busta_con_dati(dati: &str) -> Vec<u8> {
    let xml = format!("<postacert tipo=\"posta-certificata\"><dati>{dati}</dati></postacert>");
    con_allegato("daticert.xml", xml.as_bytes(), "X-Trasporto: posta-certificata\r\n")
}

/// A zip with one entry.
pub fn zip_di(nome: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(nome, SimpleFileOptions::default()).unwrap();
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap().into_inner()
}

/// A zip with many entries, all empty.
pub fn zip_di_molte(quante: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..quante {
        zip.start_file(format!("{i}"), SimpleFileOptions::default()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A PDF of one page whose content is this many blanks once inflated, in a hundred and fiftieth of the room.
pub fn pdf_che_si_gonfia(byte: u64) -> Vec<u8> {
    let flusso = blanks(byte);
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut posti = Vec::new();
    let oggetti: [Vec<u8>; 4] = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R>>".to_vec(),
        [
            format!("<</Filter/FlateDecode/Length {}>>stream\n", flusso.len()).into_bytes(),
            flusso,
            b"\nendstream".to_vec(),
        ]
        .concat(),
    ];
    for (i, oggetto) in oggetti.iter().enumerate() {
        posti.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n", i + 1).bytes());
        pdf.extend(oggetto);
        pdf.extend(b"\nendobj\n");
    }
    let xref = pdf.len();
    pdf.extend(b"xref\n0 5\n0000000000 65535 f \n");
    for posto in posti {
        pdf.extend(format!("{posto:010} 00000 n \n").bytes());
    }
    pdf.extend(format!("trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n").bytes());
    pdf
}

/// Blanks as a zlib stream (RFC 1950, 1951) made by hand: one literal, then copies of 258 bytes at distance 1, 13 bits each.
fn blanks(byte: u64) -> Vec<u8> {
    let copie = byte / 258;
    let (mut flusso, mut accumulo, mut bit) = (vec![0x78, 0x9c], 0_u64, 0_u32);
    let mut scrivi = |valore: u64, quanti: u32, flusso: &mut Vec<u8>| {
        accumulo |= valore << bit;
        bit += quanti;
        while bit >= 8 {
            flusso.push(accumulo as u8);
            accumulo >>= 8;
            bit -= 8;
        }
    };
    // Last block, fixed codes; the literal 0x20 is 0x50 from its high bit.
    scrivi(0b011, 3, &mut flusso);
    scrivi(u64::from(0x50_u8.reverse_bits()), 8, &mut flusso);
    for _ in 0..copie {
        // Length 285 is 0b11000101 from its high bit, distance 1 is five zeros.
        scrivi(u64::from(0b1100_0101_u8.reverse_bits()), 13, &mut flusso);
    }
    scrivi(0, 7 + 7, &mut flusso);
    let n = (1 + copie * 258) % 65_521;
    let somme = ((n + 32 * (n * (n + 1) / 2 % 65_521)) % 65_521, (1 + 32 * n) % 65_521);
    flusso.extend((((somme.0 as u32) << 16) | somme.1 as u32).to_be_bytes());
    flusso
}
