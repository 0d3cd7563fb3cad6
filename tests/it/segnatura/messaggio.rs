//! A segnatura inside the message that brings it, and in a folder with what came.

use super::{comando, fixtures};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use tabulario::firma::Fiducia;
use tabulario::pec::busta;
use tabulario::segnatura::Sigillo;

/// The files that the sealed segnatura of the fixtures names: what they hold is their name.
const FILE: [&str; 3] = ["parere.pdf.p7m", "pianta.dwf", "àèì «1».txt"];

fn sigillata() -> Vec<u8> {
    fs::read(fixtures().join("3.0.0-sigillata.xml")).unwrap()
}

/// An ordinary message with these attachments.
fn messaggio(allegati: &[(&str, &[u8])]) -> Vec<u8> {
    let mut eml =
        "From: a@example.it\r\nTo: b@example.it\r\nSubject: prova\r\nDate: Sun, 22 Nov 2026 10:00:00 +0100\r\n\
                   MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nTesto\r\n"
            .to_owned();
    for (nome, byte) in allegati {
        let nome = format!("=?utf-8?B?{}?=", STANDARD.encode(nome));
        eml += &format!(
            "--x\r\nContent-Type: application/octet-stream; name=\"{nome}\"\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename=\"{nome}\"\r\n\r\n{}\r\n",
            STANDARD.encode(byte)
        );
    }
    (eml + "--x--\r\n").into_bytes()
}

fn ca() -> Fiducia {
    let mut fiducia = Fiducia::vuota();
    fiducia.aggiungi_certificati(&fs::read(fixtures().join("../chiavi/ca-firma.pem")).unwrap()).unwrap();
    fiducia
}

#[test]
fn the_files_of_a_message_are_compared_with_its_segnatura() {
    let xml = sigillata();
    let mut allegati: Vec<(&str, &[u8])> = vec![("SEGNATURA.xml", &xml)];
    allegati.extend(FILE.iter().map(|f| (*f, f.as_bytes())));
    let eml = messaggio(&allegati);
    let letto = busta::leggi(&eml, &ca());
    assert_eq!(letto.findings, Vec::<String>::new());
    let segnatura = letto.segnatura.unwrap();
    // Whoever is believed about providers is not believed about seals, and a mail proves no instant.
    assert_eq!((segnatura.valida, segnatura.sigillo), (true, Some(Sigillo::Indeterminato)), "{:?}", segnatura.rilievi);
    assert!(segnatura.rilievi.iter().any(|r| r == "Il file si chiama «SEGNATURA.xml» invece di «Segnatura.xml»."));
    // One altered, one missing, one too many, and a return message that is none.
    allegati[1].1 = b"altro";
    allegati[2] = ("listino.pdf", b"listino");
    allegati.push(("Conferma.xml", &xml));
    let eml = messaggio(&allegati);
    let rilievi = busta::leggi(&eml, &ca()).findings;
    let attesi =
        ["è stato letto il primo", "la sua impronta è diversa", "«pianta.dwf» è citato", "«listino.pdf» è arrivato"];
    assert_eq!(rilievi.len(), attesi.len(), "{rilievi:?}");
    assert!(rilievi.iter().zip(attesi).all(|(r, attesa)| r.contains(attesa)), "{rilievi:?}");
    let alterata = String::from_utf8(xml.clone()).unwrap().replace("favorevole", "contrario");
    let eml = messaggio(&[("conferma.xml", alterata.as_bytes())]);
    let rilievi = busta::leggi(&eml, &ca()).findings;
    assert!(rilievi.iter().any(|r| r.contains("non contiene quello che il nome promette")), "{rilievi:?}");
    assert!(rilievi.iter().any(|r| r.starts_with("Il sigillo non vale")), "{rilievi:?}");
}

#[test]
fn the_command_judges_the_seal_and_looks_at_the_folder() {
    let cartella = tempfile::tempdir().unwrap();
    let file = cartella.path().join("Segnatura.xml");
    fs::write(&file, sigillata()).unwrap();
    FILE.iter().for_each(|f| fs::write(cartella.path().join(f), f).unwrap());
    let detto = || {
        let mut out = Vec::new();
        let args = comando::Args {
            file: file.clone(),
            allegati: Some(cartella.path().to_owned()),
            fiducia: vec![fixtures().join("../chiavi/ca-firma.pem")],
            istante: None,
            json: false,
        };
        assert!(comando::esegui(&args, super::ADESSO.parse().unwrap(), &mut out).unwrap());
        String::from_utf8(out).unwrap()
    };
    let testo = detto();
    assert!(testo.contains("\nSigillo: TOTAL-PASSED\n") && !testo.contains("arrivato"), "{testo}");
    fs::remove_file(cartella.path().join(FILE[1])).unwrap();
    assert!(detto().contains("- Il documento «pianta.dwf» è citato dalla segnatura ma non è arrivato."));
}
