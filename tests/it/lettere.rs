//! Letters that arrive broken: mended where it is certain, always with a word on it, else left as they came.

use crate::casa::busta::{GESTORE, busta, daticert};
use crate::casa::condivisi;
use std::fs;
use tabulario::firma::Fiducia;
use tabulario::pec::busta;

/// A message of these headers and text, and what is read of it: subject, sender, text, names of files, findings.
fn letto(eml: &[u8]) -> (Option<String>, Option<String>, String, Vec<String>, Vec<String>) {
    let letta = busta::leggi(eml, &Fiducia::vuota());
    let nomi = letta.attachments.iter().map(|a| a.name.to_string()).collect();
    (letta.subject, letta.from, letta.body, nomi, letta.findings)
}

fn con(testate: &[u8], corpo: &[u8]) -> Vec<u8> {
    [b"From: a@b.it\r\n", testate, b"\r\n\r\n", corpo].concat()
}

#[test]
fn the_text_of_a_message_is_read_in_the_letters_it_is_written_in() {
    let tipo = |charset: &str| format!("Content-Type: text/plain; charset={charset}");
    for (charset, corpo, atteso, detto) in [
        ("iso-8859-1", &b"La citt\xe0"[..], "La città", None),
        ("iso-8859-1", b"L\x92atto \x80 5", "L’atto € 5", Some("segni di Windows-1252")),
        ("iso-8859-1", "La città è qui".as_bytes(), "La città è qui", Some("letto come UTF-8")),
        ("us-ascii", "perché".as_bytes(), "perché", Some("letto come UTF-8")),
        ("utf-8", "La cittÃ\u{a0} Ã¨ qui".as_bytes(), "La città è qui", Some("ricomposte")),
        ("utf-8", b"La citt\xe0", "La città", Some("non è scritto nel codice")),
        ("utf-8", b"\xc3\xa0 \xc3\xa8 \xc3\xac \xc3\xb2 \xff", "à è ì ò \u{fffd}", Some("non si leggono")),
        ("x-marziano", "città".as_bytes(), "città", Some("sconosciuto")),
        ("windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет", None),
        ("utf-8", "Ã¨ vero, ma è tardi".as_bytes(), "Ã¨ vero, ma è tardi", None),
    ] {
        let (_, _, corpo, _, rilievi) = letto(&con(tipo(charset).as_bytes(), corpo));
        assert_eq!(corpo, atteso, "{charset}");
        match detto {
            None => assert_eq!(rilievi, Vec::<String>::new(), "{charset}"),
            Some(detto) => assert!(rilievi.iter().any(|r| r.contains(detto)), "{charset}: {rilievi:?}"),
        }
    }
    let (_, _, corpo, _, rilievi) = letto(b"From: a@b.it\r\n\r\nLa citt\xe0");
    assert!(corpo == "La città" && rilievi[0].contains("non dice in quale codice"), "{rilievi:?}");
}

#[test]
fn headers_and_names_of_files_are_mended_too() {
    for (testate, oggetto, detto) in [
        (&b"Subject: =?iso-8859-1?Q?Citt=E0?="[..], "Città", None),
        (b"Subject: =?iso-8859-1?Q?L=92atto?=", "L’atto", None),
        (b"Subject: =?iso-8859-1?Q?Citt=C3=A0_nuova?=", "Città nuova", Some("L'oggetto è arrivato con le lettere")),
        (b"Subject: =?utf-8?Q?perch=C3=83=C2=A9?=", "perché", Some("L'oggetto è arrivato con le lettere")),
        (b"Subject: Citt\xe0", "Città", Some("senza codice di caratteri")),
        ("Subject: Città".as_bytes(), "Città", None),
        (b"X-Altro: \xe0\r\nSubject: Piano", "Piano", None),
        (b"Subject: Piano\r\n di citt\xe0", "Piano di città", Some("senza codice di caratteri")),
    ] {
        let (letto, _, _, _, rilievi) = letto(&con(testate, b"x"));
        assert_eq!(letto.as_deref(), Some(oggetto));
        match detto {
            None => assert_eq!(rilievi, Vec::<String>::new(), "{oggetto}"),
            Some(detto) => assert!(rilievi.iter().any(|r| r.contains(detto)), "{oggetto}: {rilievi:?}"),
        }
    }
    for nome in [
        &b"attachment; filename=\"citt\xe0.pdf\""[..],
        b"attachment; filename=\"=?iso-8859-1?Q?citt=C3=A0=2Epdf?=\"",
        b"attachment; filename*=iso-8859-1''citt%C3%A0.pdf",
        "attachment; filename=\"cittÃ\u{a0}.pdf\"".as_bytes(),
        b"attachment; filename*=utf-8''citt%C3%A0.pdf",
    ] {
        let testate = [b"Content-Type: application/pdf\r\nContent-Disposition: ", nome].concat();
        let (_, _, _, nomi, rilievi) = letto(&con(&testate, b"x"));
        assert_eq!(nomi, ["città.pdf"], "{}", String::from_utf8_lossy(nome));
        assert_eq!(rilievi.is_empty(), nome.starts_with(b"attachment; filename*=utf-8"), "{rilievi:?}");
    }
    let da = b"From: =?iso-8859-1?Q?Societ=C3=A0?= <a@b.it>\r\n\r\nx";
    let (_, da, _, _, rilievi) = letto(da);
    assert!(da.as_deref() == Some("Società <a@b.it>") && rilievi[0].contains("mittente"), "{da:?} {rilievi:?}");
}

#[test]
fn certified_data_are_read_in_their_letters() {
    let testate = "X-Trasporto: posta-certificata\r\nSubject: POSTA CERTIFICATA: x\r\n";
    for (altro, detto) in
        [("", "Il file daticert.xml è arrivato"), ("<consegna>è</consegna>", "L'oggetto certificato è arrivato")]
    {
        let doppio = daticert("posta-certificata", 1, "a@b.it", "CittÃ\u{a0} nuova", altro);
        let eml = busta(testate, &doppio, None, GESTORE);
        let letta = busta::leggi(&eml, &Fiducia::vuota());
        assert_eq!(letta.daticert.unwrap().oggetto.as_deref(), Some("Città nuova"));
        assert!(letta.findings.iter().any(|r| r.contains(detto)), "{:?}", letta.findings);
    }
    // That of a stranger, in UTF-16.
    match condivisi() {
        None => println!("no corpus: a daticert.xml in UTF-16 was not read"),
        Some(dove) => {
            let xml = fs::read(dove.join("corpus/pec/jopenpec__daticert.xml")).unwrap();
            let testa = b"X-Trasporto: posta-certificata\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
                          Content-Type: application/xml; name=daticert.xml\r\nContent-Transfer-Encoding: base64\r\n\r\n";
            let testo = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &xml);
            let eml = [testa, testo.as_bytes(), b"\r\n--x--\r\n"].concat();
            let dati = busta::leggi(&eml, &Fiducia::vuota()).daticert.unwrap();
            assert_eq!((dati.oggetto.as_deref(), dati.destinatari.len()), (Some("Test2"), 1));
        }
    }
}
