//! Receipts.

use super::occhi::Pdf;
use super::{ora, ostili, segnatura};
use crate::casa::{Parte, chiama, entrata, leggi, su_entrambi, uscita};
use crate::chiusura::preflight;
use crate::pagine::cliente::Cliente;
use crate::pagine::portale::{apri_procedimento, presentazione};
use crate::pagine::registrazione::per_api;
use tabulario::documenti::Fiduce;
use tabulario::istanze::{self, Sportello};
use tabulario::registro::{DocumentoRicevuto, Ricevuta};
use tabulario::valori::{Calendario, Impronta};

su_entrambi! {
    fn whoever_brings_a_document_is_told_what_the_law_wants(casa) {
        let server = casa.server();
        let mut chiesta = entrata("Istanza di permesso di costruire in via Roma, 1");
        chiesta["mezzo"] = "sportello".into();
        let testo = chiesta.to_string();
        let parti = [
            Parte { nome: "registrazione", file: None, bytes: testo.as_bytes() },
            Parte { nome: "doc", file: Some("istanza.pdf"), bytes: b"%PDF-1.4 istanza" },
        ];
        let strada = format!("{}/api/v1/registrazioni", server.url);
        let fatta = chiama("POST", &strada, &casa.gettone, Some("k"), Some(&parti)).unwrap().json();
        let (id, linea) = (fatta["id"].as_str().unwrap(), fatta["segnatura"].as_str().unwrap());
        let risposta = leggi(&format!("{strada}/{id}/ricevuta"), &casa.gettone);
        assert_eq!((risposta.stato, risposta.tipo.as_str()), (200, "application/pdf"));
        let pdf = Pdf::new(&risposta.corpo);
        let misure = pdf.misure();
        assert!(misure.len() == 1 && (misure[0].0 - 148.0).abs() < 0.1 && (misure[0].1 - 210.0).abs() < 0.1, "{misure:?}");
        let testo = pdf.testo();
        let impronta = Impronta::of(b"%PDF-1.4 istanza").to_string();
        let numero = format!("n. {}/{}", fatta["numero"].as_str().unwrap(), fatta["anno"]);
        for parte in [
            "Comune di Borgo Esempio", "AOO AX99Z01", &numero, "Maria Bianchi", "permesso di costruire in via Roma, 1",
            "Sportello edilizia", "istanza.pdf (principale)", &impronta, linea, "18-bis", "Pagina 1 di 1",
        ] {
            assert!(testo.contains(parte), "{parte}: {testo}");
        }
        assert_eq!(pdf.codici(1, 150), [format!("QR-Code:{linea}")]);
        assert!(preflight(&[pdf.file()]));
        // What leaves has no receipt of ours.
        let fuori = per_api(casa, &server.url, &uscita("Risposta"), &[("a.pdf", b"x")]);
        let no = leggi(&format!("{strada}/{fuori}/ricevuta"), &casa.gettone);
        assert_eq!((no.stato, no.json()["type"].as_str()), (404, Some("urn:tabulario:ricevuta-non-prevista")));
    }

    fn an_istanza_of_the_portal_has_its_receipt_also_while_the_number_follows(casa) {
        let server = casa.server();
        let (fiduce, calendario) = (Fiduce::default(), Calendario::default());
        let presentata = presentazione(apri_procedimento(casa), casa.db.orologio().adesso());
        let sportello = Sportello { db: &casa.db, deposito: &casa.deposito, fiduce: &fiduce, calendario: &calendario };
        istanze::presenta(&sportello, &presentata).unwrap();
        let nessuno = Cliente::a(&server.url);
        let strada = format!("/istanze/{}", presentata.codice);
        assert!(nessuno.apri(&strada).html.contains(&format!("href=\"{strada}/ricevuta\"")));
        let ricevuta = casa.db.leggi(|conn| istanze::ricevuta(conn, &presentata.codice, ora())).unwrap();
        let pdf = Pdf::new(&ricevuta.stampa().unwrap());
        let testo = pdf.testo();
        for parte in ["n. 0000001/", presentata.oggetto.as_str(), &presentata.codice.to_string(), "istanza.txt", "giorni dal"] {
            assert!(testo.contains(parte), "{parte}: {testo}");
        }
        let scaricata = nessuno.apri(&format!("{strada}/ricevuta"));
        assert_eq!((scaricata.stato, scaricata.testata("content-type")), (200, "application/pdf"));
        assert_eq!(nessuno.apri("/istanze/AAAA-BBBB-CCCC-DDDD/ricevuta").stato, 404);
        assert!(preflight(&[pdf.file()]));
    }
}

/// A receipt without a number, or with hostile texts and many files.
#[test]
fn whatever_it_says_a_receipt_is_a_page_that_others_read() {
    let casa = crate::casa::Casa::sqlite();
    let documento = |n: usize| DocumentoRicevuto {
        ruolo: "allegato",
        nome: format!("allegato {n} dal nome piuttosto lungo, con spazi e città.pdf"),
        impronta: Impronta::of(n.to_string().as_bytes()),
    };
    let semplice = Ricevuta {
        aoo: casa.aoo.clone(),
        segnatura: None,
        presentata: ora(),
        mittenti: vec!["Maria Bianchi".to_owned()],
        procedimento: Some("Accesso agli atti".to_owned()),
        oggetto: "Accesso".to_owned(),
        documenti: vec![documento(1)],
        ufficio: None,
        incaricato: None,
        termine: None,
        codice: Some("ABCD".to_owned()),
        ora: ora(),
    };
    let pdf = Pdf::new(&semplice.stampa().unwrap());
    let testo = pdf.testo();
    assert!(
        testo.contains("il numero di protocollo segue") && testo.contains(&Impronta::of(b"1").to_string()),
        "{testo}"
    );
    assert!(preflight(&[pdf.file()]));
    for ostile in ostili() {
        let brutta = Ricevuta {
            segnatura: Some(segnatura(3)),
            oggetto: ostile.clone(),
            mittenti: vec![ostile.clone(); 30],
            ufficio: Some(ostile.clone()),
            incaricato: Some(ostile.clone()),
            termine: Some(ostile.clone()),
            documenti: (0..150).map(documento).chain([DocumentoRicevuto { nome: ostile, ..documento(0) }]).collect(),
            ..semplice.clone()
        };
        let pdf = Pdf::new(&brutta.stampa().unwrap());
        let pagine = pdf.misure().len();
        assert!((5..25).contains(&pagine), "{pagine}");
        let testo = pdf.testo();
        assert!((0..150).all(|n: usize| testo.contains(&Impronta::of(n.to_string().as_bytes()).to_string())));
        assert!(testo.contains(&format!("Pagina {pagine} di {pagine}")) && !testo.contains('\u{202e}'));
        let vista = pdf.immagine(1, 72);
        assert!(!vista.segnata([vista.larghezza - 20, 0, vista.larghezza, vista.altezza]));
    }
}
