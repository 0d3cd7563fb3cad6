//! Bad input through the whole pipe: from the Maildir to a number, and to the child that reads texts (law 8 of the house).

pub mod bombe;
pub mod contraffatte;

use crate::casa::{Casa, Servizio, comando, leggi, su_entrambi};
use crate::pagine::cliente::{Cliente, assumi};
use crate::posta::{casella, fixtures, messaggi, protocolla, ricevi};
use crate::ricerca::{estrattore, leggi_tutti_i_testi};
use bombe::{allegati, annidati, busta_con_dati, casuale, con_allegato, pdf_che_si_gonfia, zip_di};
use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tabulario::documenti::testo::{Esito, Estrattore, MASSIMO_TESTO, Testo};
use tabulario::utenti::Ruolo;
use tabulario::valori::Impronta;

/// A message, and a word of the finding that it must get; none for what is only odd.
type Caso = (Vec<u8>, Option<&'static str>);

fn casi() -> Vec<Caso> {
    let testo = |t: &str| t.as_bytes().to_vec();
    let lungo = casuale(3_900);
    let entita = "<!DOCTYPE postacert [<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY y \"&x;&x;\">]><postacert tipo=\"posta-certificata\"/>";
    let mut casi = vec![
        (allegati(10_000), Some("più di 1000 parti")),
        (allegati(100_000), Some("più di 1000 parti")),
        (annidati(200), Some("annidate oltre 50")),
        (b"Content-Type: message/rfc822\r\n\r\n".repeat(200), None),
        (
            testo(&format!("From: a@b.it\r\nX-Lunga: {}\r\nSubject: dopo\r\n\r\nx", "y".repeat(1_000_000))),
            Some("256 KiB"),
        ),
        (
            testo("From: \"a\0b\" <a@b.it>\r\nSubject: a\0b\u{1}c\r\nMessage-ID: <a\0\u{2}@b>\r\n\r\ncorpo\0corpo"),
            Some("byte nulli"),
        ),
        (testo("From: a@b.it\r\nSubject: \\u0000x\r\n\r\n\\u0000x e \\u0000"), None),
        (testo(&format!("Message-ID: <{lungo}>\r\nSubject: identificativo\r\n\r\nx")), None),
        (busta_con_dati(&format!("<identificativo>{lungo}</identificativo>")), Some("identificativo")),
        (
            testo(&format!("X-Ricevuta: accettazione\r\nX-Riferimento-Message-ID: <{lungo}>\r\n\r\nx")),
            Some("daticert.xml"),
        ),
        (con_allegato("daticert.xml", entita.as_bytes(), "X-Trasporto: posta-certificata\r\n"), Some("DOCTYPE")),
        (
            con_allegato("Segnatura.xml", b"<!DOCTYPE Segnatura [<!ENTITY a \"aa\">]><Segnatura>&a;", ""),
            Some("egnatura"),
        ),
        (
            con_allegato(
                "bomba.p7m",
                b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x88\x7f\xff\xff\xff\xff\xff\xff\xff",
                "",
            ),
            None,
        ),
        (
            con_allegato(
                "scatole.zip",
                &(0..50).fold(b"fondo".to_vec(), |dentro, _| zip_di("dentro.zip", &dentro)),
                "",
            ),
            None,
        ),
        (
            testo("Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!%%%"),
            Some("codifica guasta"),
        ),
        (
            testo(
                "Content-Type: text/plain; charset=x-marziano\r\nContent-Transfer-Encoding: uuencode\r\n\r\n\u{fffd}",
            ),
            Some("codifica"),
        ),
    ];
    for nome in ["../../etc/passwd", ".. ..", ".. .", "a\u{7}\u{202e}fdp.exe", "C:\\\\x\\\\..", " . ", "\u{200f}"] {
        casi.push((con_allegato(nome, b"nome", ""), None));
    }
    let vera = fs::read(fixtures().join("posta/01-cittadina-istanza-permesso.eml")).unwrap();
    for i in 1..=8_usize {
        let posto = vera.len() * i / 9;
        casi.push((vera[..posto].to_vec(), None));
        let mut girato = vera.clone();
        girato[posto] ^= 1 << (i % 8);
        casi.push((girato, None));
    }
    casi
}

su_entrambi! {
    fn whatever_arrives_is_kept_shown_and_registered(casa) {
        let casella = casella(casa, &["01"]);
        let nuovi = casa.dir.path().join("posta/new");
        let casi = casi();
        for (i, (eml, _)) in casi.iter().enumerate() {
            // Before the good one: the mailbox is read in order of name.
            fs::write(nuovi.join(format!("00-{i:03}")), eml).unwrap();
        }
        assert_eq!(ricevi(casa, &casella), casi.len() + 1);
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let elenco = anna.apri("/da-protocollare");
        assert_eq!(elenco.stato, 200, "{}", elenco.html);
        let arrivati = messaggi(casa, &server.url);
        assert_eq!(arrivati.len(), casi.len() + 1);
        for (eml, rilievo) in &casi {
            let sha256 = Impronta::of(eml).to_string();
            let m = arrivati.iter().find(|m| m["sha256"] == sha256.as_str()).unwrap();
            let trovati = m["findings"].to_string();
            assert!(rilievo.is_none_or(|r| trovati.contains(r)), "{rilievo:?}: {trovati:.500}");
            assert!(casa.deposito.integro(&Impronta::of(eml)).unwrap(), "the message is kept whole");
        }
        for (i, m) in arrivati.iter().enumerate() {
            let id = m["id"].as_str().unwrap();
            if m["stato"] == "da-protocollare" {
                assert_eq!(anna.apri(&format!("/da-protocollare/{id}")).stato, 200, "{m:.500}");
                let (stato, fatta) = protocolla(casa, &server.url, &m["id"], &i.to_string());
                assert_eq!(stato, 201, "{fatta:.500}");
                assert_eq!(anna.apri(&format!("/registrazioni/{}", fatta["id"].as_str().unwrap())).stato, 200);
            }
        }
        let registrate = leggi(&format!("{}/api/v1/registrazioni", server.url), &casa.gettone);
        assert_eq!(registrate.stato, 200);
        assert_eq!(anna.apri("/registro").stato, 200);
        drop(server);
        leggi_tutti_i_testi(casa, &casa.indice());
        let esito = comando(casa, &["controlla", "--json"]);
        assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stdout));
    }

    fn a_letter_that_cannot_be_read_does_not_stop_the_next(casa) {
        let casella = casella(casa, &["01"]);
        let nuovi = casa.dir.path().join("posta/new");
        // As on a bad disk: reading it fails however often it is tried.
        std::os::unix::fs::symlink("/proc/self/mem", nuovi.join("00-guasta")).unwrap();
        let fiduce = tabulario::documenti::Fiduce::default();
        let officina = tabulario::pec::Officina { db: &casa.db, deposito: &casa.deposito, fiduce: &fiduce };
        assert_eq!(tabulario::pec::ricevi(&officina, &casella, 1).unwrap(), 1);
        assert_eq!(casa.conta("messaggi"), 1);
        // Nothing else to do: now it is said.
        assert!(tabulario::pec::ricevi(&officina, &casella, 1).is_err());
        assert!(nuovi.join("00-guasta").symlink_metadata().is_ok(), "it waits where it is");
    }
}

/// The peak of the memory of the server does not depend on how much or how many arrive.
#[test]
fn a_hundred_megabytes_and_ten_thousand_files_fit_in_little_memory() {
    let casa = Casa::sqlite();
    casella(&casa, &["01"]);
    let nuovi = casa.dir.path().join("posta/new");
    let riga = format!("{}\r\n", "QUJD".repeat(19));
    let mut grande =
        b"Content-Type: application/octet-stream; name=grande.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            .to_vec();
    grande.extend(riga.as_bytes().repeat(100_000_000 / 57));
    fs::write(nuovi.join("00-grande"), &grande).unwrap();
    fs::write(nuovi.join("00-molti"), allegati(10_000)).unwrap();
    // Longer than anything that is read, and of no size on the disk: it is kept, and said.
    let smisurata = fs::File::create(nuovi.join("00-smisurata")).unwrap();
    smisurata.set_len(1024 * 1024 * 1024 + 1).unwrap();
    let servizio = Servizio::avvia(&casa);
    let limite = Instant::now() + Duration::from_secs(300);
    while casa.conta("visti") < 4 {
        assert!(Instant::now() < limite && servizio.vive(), "the mailbox is stuck");
        std::thread::park_timeout(Duration::from_millis(100));
    }
    let arrivati = messaggi(&casa, &servizio.url);
    let rilievi = |i: usize| arrivati[i]["findings"].to_string();
    assert_eq!(arrivati[0]["attachments"].as_array().unwrap().len(), 1);
    assert!(rilievi(1).contains("parti") && rilievi(2).contains("supera"), "{} {}", rilievi(1), rilievi(2));
    assert_eq!(protocolla(&casa, &servizio.url, &arrivati[1]["id"], "molti").0, 201);
    // The largest message that is read is 150 MiB: its bytes, its files decoded, and what a server takes anyway.
    let picco = servizio.picco_mib();
    assert!(picco < 600, "{picco} MiB");
}

/// Reads bytes with the program itself as child.
fn estratto(casa: &Casa, lettore: &Estrattore, bytes: &[u8]) -> Testo {
    let riposto = casa.deposito.riponi(&mut &*bytes, u64::MAX).unwrap();
    lettore.estrai(&casa.deposito, &riposto.impronta, &|| false).unwrap().unwrap()
}

#[test]
fn files_that_expand_are_read_up_to_a_limit() {
    let casa = Casa::sqlite();
    let check = |bytes: &[u8], esito: Esito, rilievo: &str| {
        let letto = estratto(&casa, &estrattore(), bytes);
        assert_eq!(letto.esito, esito, "{:?}", letto.rilievo);
        assert!(letto.testo.len() <= MASSIMO_TESTO);
        assert!(letto.rilievo.as_ref().is_some_and(|r| r.contains(rilievo)), "{rilievo}: {:?}", letto.rilievo);
    };
    let docx = |xml: Vec<u8>| zip_di("word/document.xml", &xml);
    check(&docx([b"<a>".to_vec(), b"parola ".repeat(10_000_000)].concat()), Esito::Parziale, "più lungo");
    // Cut by the limit between two elements: nothing in the XML betrays that there was more.
    let vuoto = format!("<a x=\"{}\"/>", "y".repeat(1_024 - 9));
    let vuoti = [vuoto.as_bytes().repeat(66_000), b"<a>mai letto</a>".to_vec()].concat();
    check(&docx(vuoti), Esito::NonEstratto, "64 MiB");
    check(&(0..50).fold(b"x".to_vec(), |dentro, _| zip_di("a.zip", &dentro)), Esito::NonEstratto, "non si aprono");
    check(&bombe::zip_di_molte(60_000), Esito::NonEstratto, "non si aprono");
    let mut rotto = docx(b"<a>parola</a>".to_vec());
    rotto.truncate(rotto.len() / 2);
    check(&rotto, Esito::NonEstratto, "zip");
    // Three GiB of blanks: its reader leaves them where they are.
    assert_eq!(estratto(&casa, &estrattore(), &pdf_che_si_gonfia(3 << 30)).testo, "");
}

#[test]
fn the_child_takes_its_limits_before_it_reads() {
    let mut figlio = Command::new(env!("CARGO_BIN_EXE_tabulario"))
        .arg("estrai-testo")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let limiti = PathBuf::from(format!("/proc/{}/limits", figlio.id()));
    let attesi =
        [("Max address space", "1610612736"), ("Max cpu time", "20"), ("Max file size", "0"), ("Max open files", "16")];
    let presi = |testo: &str| {
        attesi.iter().all(|(nome, valore)| {
            testo
                .lines()
                .any(|r| r.strip_prefix(nome).is_some_and(|r| r.split_whitespace().take(2).all(|v| v == *valore)))
        })
    };
    let limite = Instant::now() + Duration::from_secs(60);
    // It waits for its input, which is still open: what it has taken so far it will keep.
    while !presi(&fs::read_to_string(&limiti).unwrap()) {
        assert!(Instant::now() < limite, "{}", fs::read_to_string(&limiti).unwrap());
        std::thread::park_timeout(Duration::from_millis(5));
    }
    drop(figlio.stdin.take());
    let mut uscita = Vec::new();
    figlio.stdout.take().unwrap().read_to_end(&mut uscita).unwrap();
    assert_eq!(figlio.wait().unwrap().code(), Some(1), "an empty file has no kind");
}

#[test]
fn a_child_without_memory_or_time_leaves_a_finding() {
    let casa = Casa::sqlite();
    let pagina = [b"<!DOCTYPE html>".to_vec(), b"<p>parola</p>".repeat(1_000_000)].concat();
    // Lower limits than its own: it may not raise them.
    for limite in ["-t 1", "-v 200000"] {
        let programma = casa.dir.path().join("lettore");
        let testo = format!("#!/bin/sh\nulimit {limite}\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_tabulario"));
        // Written by another process: one that this process has open for writing cannot be run while a test beside forks.
        let bozza = casa.dir.path().join("bozza");
        fs::write(&bozza, testo).unwrap();
        assert!(Command::new("install").args(["-m", "755"]).args([&bozza, &programma]).status().unwrap().success());
        let letto = estratto(&casa, &Estrattore::new(programma), &pagina);
        assert_eq!(letto.esito, Esito::NonEstratto, "{limite}");
        assert!(letto.rilievo.unwrap().contains("in difficoltà"), "{limite}");
    }
    let letto = estratto(&casa, &estrattore().con_attesa(Duration::from_millis(1)), &pagina);
    assert!(letto.rilievo.unwrap().contains("non finiva mai"));
}
