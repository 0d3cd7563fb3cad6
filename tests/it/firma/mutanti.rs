//! Three mutants of every valid CAdES file of the corpus, for every signer: the content, the value, the signed attributes.

use super::corpus::{FUORI, cartella, righe};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io;
use std::ops::Range;
use tabulario::firma::{Fiducia, Indicazione, verifica};

/// An element of BER, where it stands.
struct Nodo {
    tag: u8,
    dentro: Range<usize>,
    figli: Vec<Nodo>,
}

impl Nodo {
    /// The element at `da`, and where the next begins. Lengths may be indefinite.
    fn leggi(byte: &[u8], da: usize) -> (Self, usize) {
        let (tag, prima) = (byte[da], byte[da + 1]);
        let indefinita = prima == 0x80;
        let (inizio, lungo) = match prima {
            0x80 => (da + 2, 0),
            0..0x80 => (da + 2, usize::from(prima)),
            _ => {
                let quanti = usize::from(prima & 0x7f);
                let lungo = byte[da + 2..da + 2 + quanti].iter().fold(0, |n, b| n << 8 | usize::from(*b));
                (da + 2 + quanti, lungo)
            }
        };
        let (mut figli, mut qui) = (Vec::new(), inizio);
        if tag & 0x20 != 0 {
            while if indefinita { byte[qui..qui + 2] != [0, 0] } else { qui < inizio + lungo } {
                let (figlio, dopo) = Self::leggi(byte, qui);
                figli.push(figlio);
                qui = dopo;
            }
        }
        let fine = if indefinita { qui } else { inizio + lungo };
        (Self { tag, dentro: inizio..fine, figli }, if indefinita { fine + 2 } else { fine })
    }

    /// The primitive elements in it, in order.
    fn foglie(&self) -> Vec<&Self> {
        if self.figli.is_empty() { vec![self] } else { self.figli.iter().flat_map(Self::foglie).collect() }
    }

    /// Where its longest primitive element has its middle.
    fn mezzo(&self) -> Option<usize> {
        let lunga = self.foglie().into_iter().max_by_key(|f| f.dentro.len()).filter(|f| !f.dentro.is_empty())?;
        Some(lunga.dentro.start + lunga.dentro.len() / 2)
    }
}

/// Where one byte changed makes each mutant; the content stands elsewhere if the signature is detached.
fn posti(byte: &[u8]) -> Vec<(&'static str, usize)> {
    let (radice, _) = Nodo::leggi(byte, 0);
    let dati = &radice.figli[1].figli[0];
    let mut posti = Vec::new();
    let contenuto = dati.figli.iter().find(|f| f.tag == 0x30).and_then(|f| f.figli.get(1));
    posti.extend(contenuto.and_then(Nodo::mezzo).map(|p| ("content", p)));
    let firmatari = dati.figli.iter().rev().find(|f| f.tag == 0x31).unwrap();
    for firmatario in &firmatari.figli {
        let valore = firmatario.figli.iter().find(|f| f.tag == 4).unwrap();
        posti.push(("value", valore.mezzo().unwrap()));
        let attributi = firmatario.figli.iter().find(|f| f.tag == 0xa0);
        for attributo in attributi.iter().flat_map(|a| &a.figli) {
            posti.extend(attributo.figli[1].mezzo().map(|p| ("attribute", p)));
        }
    }
    posti
}

/// As bytes, whatever text was put round it.
fn spogliata(byte: Vec<u8>) -> Vec<u8> {
    let mut byte = byte;
    while byte[0] != 0x30 {
        byte.retain(|b| !b.is_ascii_whitespace());
        byte = STANDARD.decode(&byte).unwrap();
    }
    byte
}

#[test]
fn mutants_of_real_signed_files_fail() {
    let Some(cartella) = cartella("cades") else { return };
    let (mut file, mut mutanti) = (0, 0);
    for riga in righe(&cartella) {
        let nome = &riga["file"];
        if riga["expect"] != "VALID" || riga["kind"] != "signedData" || FUORI.iter().any(|(f, _)| f == nome) {
            continue;
        }
        let byte = spogliata(std::fs::read(cartella.join(nome)).unwrap());
        let staccato = Some(&riga["detached_content"]).filter(|d| !d.is_empty() && !d.starts_with('('));
        let staccato = staccato.map(|d| std::fs::read(cartella.join(d)).unwrap());
        let esito = |byte: &[u8], staccato: Option<&[u8]>| {
            let mut staccato = staccato;
            let accanto = staccato.as_mut().map(|s| -> &mut dyn io::Read { s });
            let istante = "2026-11-22T12:00:00Z".parse().unwrap();
            verifica(&mut &*byte, accanto, Some(nome), &Fiducia::vuota(), istante, &mut io::sink()).unwrap().indication
        };
        assert_eq!(esito(&byte, staccato.as_deref()), Some(Indicazione::Indeterminate), "{nome}");
        let mut posti = posti(&byte);
        if let Some(staccato) = &staccato {
            posti.retain(|(cosa, _)| *cosa != "content");
            let mut altro = staccato.clone();
            altro[staccato.len() / 2] ^= 1;
            assert_eq!(esito(&byte, Some(&altro)), Some(Indicazione::TotalFailed), "{nome}: content");
            mutanti += 1;
        }
        for (cosa, posto) in posti {
            let mut mutante = byte.clone();
            mutante[posto] ^= 1;
            let esito = esito(&mutante, staccato.as_deref());
            assert_eq!(esito, Some(Indicazione::TotalFailed), "{nome}: {cosa} at {posto}");
            mutanti += 1;
        }
        file += 1;
    }
    println!("firma: {mutanti} mutants of {file} real CAdES files, all refused");
    assert!(file > 50, "{file}");
}

/// The files of a container.
fn apri(byte: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(io::Cursor::new(byte)).unwrap();
    (0..zip.len())
        .map(|i| {
            let mut file = zip.by_index(i).unwrap();
            let mut dentro = Vec::new();
            io::Read::read_to_end(&mut file, &mut dentro).unwrap();
            (file.name().unwrap().into_owned(), dentro)
        })
        .collect()
}

fn chiudi(file: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    let piano = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (nome, dentro) in file.iter().filter(|(nome, _)| !nome.ends_with('/')) {
        zip.start_file(nome.as_str(), piano).unwrap();
        io::Write::write_all(&mut zip, dentro).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// In a file of a container, where one byte changed makes each mutant, and into what.
fn posti_nel_contenitore(nome: &str, dentro: &[u8]) -> Vec<(usize, u8)> {
    let dopo = |prima: &[u8], oltre: usize| {
        let dove = dentro.windows(prima.len()).position(|w| w == prima)? + prima.len();
        let inizio = dove + dentro[dove..].iter().position(|b| *b == b'>')? + 1;
        let altro = |b: u8| if b == b'1' { b'2' } else { b'1' };
        let posto = (inizio + oltre..dentro.len()).find(|i| dentro[*i].is_ascii_alphanumeric())?;
        Some((posto, altro(dentro[posto])))
    };
    match nome {
        "mimetype" => Vec::new(),
        _ if nome.ends_with(".p7s") => posti(dentro).into_iter().map(|(_, p)| (p, dentro[p] ^ 1)).collect(),
        _ if nome.starts_with("META-INF/") && nome.contains("signature") => {
            [dopo(b"SignatureValue", 8), dopo(b"SigningTime", 3)].into_iter().flatten().collect()
        }
        _ if nome.starts_with("META-INF/") || dentro.is_empty() => Vec::new(),
        _ => vec![(dentro.len() / 2, dentro[dentro.len() / 2] ^ 1)],
    }
}

#[test]
fn mutants_of_real_containers_fail() {
    let Some(cartella) = cartella("asic") else { return };
    let (mut contenitori, mut mutanti) = (0, 0);
    for riga in righe(&cartella).into_iter().filter(|riga| riga["expect"].starts_with("VALID")) {
        let nome = &riga["file"];
        let esito = |file: &[(String, Vec<u8>)]| {
            let (byte, istante) = (chiudi(file), "2026-11-22T12:00:00Z".parse().unwrap());
            verifica(&mut &*byte, None, Some(nome), &Fiducia::vuota(), istante, &mut io::sink()).unwrap().indication
        };
        let file = apri(&std::fs::read(cartella.join(nome)).unwrap());
        // A name in a code page of its own would not be written back as it was, and its file would be another.
        if !file.iter().all(|(quale, _)| quale.is_ascii()) {
            continue;
        }
        assert_eq!(esito(&file), Some(Indicazione::Indeterminate), "{nome}");
        let mut suoi = 0;
        for (i, (quale, dentro)) in file.iter().enumerate() {
            for (posto, altro) in posti_nel_contenitore(quale, dentro) {
                let mut mutante = file.clone();
                mutante[i].1[posto] = altro;
                assert_eq!(esito(&mutante), Some(Indicazione::TotalFailed), "{nome}: {quale} at {posto}");
                suoi += 1;
            }
        }
        assert!(suoi >= 3, "{nome}: {suoi}");
        contenitori += 1;
        mutanti += suoi;
    }
    println!("firma: {mutanti} mutants of {contenitori} real containers, all refused");
    assert!(contenitori >= 6, "{contenitori}");
}
