//! The page of a registration: what is signed, what was sent, where it is kept; and the page of conservazione.

use super::cliente::{Cliente, assumi, assumi_in, tributi};
use super::{arriva_creduto, casella, registra};
use crate::casa::{Casa, Parte, chiama, entrata, su_entrambi, uscita};
use crate::conservazione::{consegna, finche, prepara};
use serde_json::Value;
use tabulario::conservazione::Passo;
use tabulario::documenti::{Fiduce, carica_fiduce};
use tabulario::pec::{self, Modo, Officina};
use tabulario::storage::Operazione;
use tabulario::utenti::Ruolo;
use tabulario::valori::Attore;

pub fn fixture(nome: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(nome)).unwrap()
}

pub fn per_api(casa: &Casa, url: &str, chiesta: &Value, file: &[(&str, &[u8])]) -> String {
    let testo = chiesta.to_string();
    let mut parti = vec![Parte { nome: "registrazione", file: None, bytes: testo.as_bytes() }];
    parti.extend(file.iter().map(|(nome, bytes)| Parte { nome: "doc", file: Some(nome), bytes }));
    let chiave = tabulario::valori::Impronta::of(testo.as_bytes()).to_string();
    let fatta =
        chiama("POST", &format!("{url}/api/v1/registrazioni"), &casa.gettone, Some(&chiave), Some(&parti)).unwrap();
    assert_eq!(fatta.stato, 201, "{}", fatta.json());
    fatta.json()["id"].as_str().unwrap().to_owned()
}

fn fiduce() -> Fiduce {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("gestori")).unwrap();
    std::fs::write(dir.path().join("gestori/ca.pem"), fixture("chiavi/ca-gestori.pem")).unwrap();
    carica_fiduce(dir.path()).unwrap()
}

/// Sends an uscita, as if the whole outbox had gone.
pub fn spedita(casa: &Casa, id: &str) {
    casella(casa);
    let nome = "<uscita-di-esempio-1@pec.comune.borgoesempio.example>";
    let invia = |op: &mut Operazione<'_>| {
        pec::invia(op, &casa.vista(), id.parse().unwrap(), Modo { message_id: Some(nome), ..Modo::default() })
    };
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("demo"), invia).unwrap();
    let fiduce = fiduce();
    let officina = Officina { db: &casa.db, deposito: &casa.deposito, fiduce: &fiduce };
    assert_eq!(pec::spedisci(&officina, &casa.dir.path().join("uscita/pec")).unwrap(), pec::Passo::Fatto);
}

/// Receives what its gestore says of it: accepted, and delivered.
pub fn arrivano_ricevute(casa: &Casa) {
    for nome in ["04-ricevuta-accettazione", "05-ricevuta-avvenuta-consegna"] {
        arriva_creduto(casa, nome, &fiduce());
    }
}

su_entrambi! {
    fn a_signed_pdf_is_seen_without_leaving_the_page(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let id = per_api(casa, &server.url, &entrata("Istanza"), &[("istanza.pdf.p7m", &fixture("firma/rsa-ber.pdf.p7m"))]);
        let anna = Cliente::dentro(&server, "anna");
        let luogo = format!("/registrazioni/{id}");
        let html = anna.apri(&luogo).html;
        for parte in ["<iframe", "documenti/1/anteprima", "documenti/1/contenuto", "non è fra quelli riconosciuti", "NO_CERTIFICATE_CHAIN_FOUND"] {
            assert!(html.contains(parte), "{parte} is not in {html}");
        }
        let vista = anna.apri(&format!("{luogo}/documenti/1/anteprima"));
        assert_eq!((vista.stato, vista.testata("content-type"), vista.testata("content-disposition")), (200, "application/pdf", "inline"));
        assert!(vista.html.starts_with("%PDF-") && vista.testata("content-security-policy").starts_with("default-src 'none'"));
        let nudo = anna.apri(&format!("{luogo}/documenti/1/contenuto"));
        assert!(nudo.html.starts_with("%PDF-") && nudo.testata("content-disposition").contains("istanza.pdf"), "{:?}", nudo.testate);
        assert!(nudo.testata("content-disposition").starts_with("attachment"));
        assert_eq!(anna.apri(&format!("{luogo}/documenti/2/anteprima")).stato, 404);
    }

    fn what_a_stranger_wrote_for_browsers_is_only_saved(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        for (nome, byte) in [
            ("x.html", &b"<!doctype html><script>alert(1)</script>"[..]),
            ("x.svg", b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
            ("x.pdf", b"<html>non sono un PDF</html>"),
            ("x.zip", b"PK\x03\x04"),
        ] {
            let id = per_api(casa, &server.url, &entrata(nome), &[(nome, byte)]);
            let luogo = format!("/registrazioni/{id}");
            assert!(!anna.apri(&luogo).html.contains("<iframe"), "{nome}");
            for strada in ["anteprima", "contenuto"] {
                assert_eq!(anna.apri(&format!("{luogo}/documenti/1/{strada}")).stato, 404, "{nome} {strada}");
            }
            let salvato = anna.apri(&format!("{luogo}/documenti/1"));
            assert!(salvato.testata("content-disposition").starts_with("attachment") && salvato.testata("content-security-policy").contains("sandbox"));
        }
        // A text is a text, whatever stands in it, and runs nothing.
        let id = per_api(casa, &server.url, &entrata("testo"), &[("nota.txt", b"nota <script>alert(1)</script>")]);
        let vista = anna.apri(&format!("/registrazioni/{id}/documenti/1/anteprima"));
        assert_eq!((vista.stato, vista.testata("content-type")), (200, "text/plain; charset=utf-8"));
        assert!(vista.testata("content-security-policy").contains("sandbox") && vista.testata("x-content-type-options") == "nosniff");
    }

    fn the_sends_are_told_with_their_receipts(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let fuori = tributi(casa);
        assumi_in(casa, "ugo", Ruolo::Addetto, &fuori);
        let id = per_api(casa, &server.url, &uscita("Risposta"), &[("atto.txt", b"testo")]);
        spedita(casa, &id);
        let anna = Cliente::dentro(&server, "anna");
        let luogo = format!("/registrazioni/{id}");
        assert!(anna.apri(&luogo).html.contains("Consegnato a 0 di 1"));
        arrivano_ricevute(casa);
        let html = anna.apri(&luogo).html;
        for parte in ["Consegnato a 1 di 1", "In coda", "Inviato", "Accettato dal gestore", "Consegnata a rossi@pec.example", "Messa in coda per"] {
            assert!(html.contains(parte), "{parte} is not in {html}");
        }
        let ricevuta = html.split(&format!("href=\"{luogo}/ricevute/")).nth(1).unwrap().split('"').next().unwrap();
        let scaricata = anna.apri(&format!("{luogo}/ricevute/{ricevuta}"));
        assert!(scaricata.stato == 200 && scaricata.html.contains("X-Ricevuta"), "{}", scaricata.stato);
        assert!(scaricata.testata("content-disposition").starts_with("attachment"));
        // A receipt is reached through its own registration, by who may see it.
        let altra = registra(&anna, "entrata", "Altra", &[("file:principale", "x")]).testata("location").to_owned();
        assert_eq!(anna.apri(&format!("{altra}/ricevute/{ricevuta}")).stato, 404);
        assert_eq!(Cliente::dentro(&server, "ugo").apri(&format!("{luogo}/ricevute/{ricevuta}")).stato, 404);
    }

    fn conservazione_counts_what_may_be_seen_and_groups_what_stops(casa) {
        let server = casa.server();
        let fuori = tributi(casa);
        assumi(casa, "rosa", Ruolo::Rsp);
        assumi(casa, "ada", Ruolo::Amministratore);
        assumi_in(casa, "carlo", Ruolo::ResponsabileConservazione, &fuori);
        let rosa = Cliente::dentro(&server, "rosa");
        let buona = per_api(casa, &server.url, &entrata("Buona"), &[("a.txt", b"a")]);
        for oggetto in ["Vuota uno", "Vuota due"] {
            per_api(casa, &server.url, &entrata(oggetto), &[("vuoto.txt", b"")]);
        }
        let mut segreta = entrata("Segreta");
        segreta["riservato"] = true.into();
        let segreta = per_api(casa, &server.url, &segreta, &[("a.txt", b"a")]);
        let quanti = |chi: &Cliente<'_>| -> Vec<String> {
            let html = chi.apri("/conservazione").html;
            html.split("riquadro-quanti cifre\">").skip(1).map(|p| p.split('<').next().unwrap().to_owned()).collect()
        };
        assert_eq!(quanti(&rosa), ["0", "0", "0", "0"]);
        finche(prepara, casa);
        assert_eq!(quanti(&rosa), ["0", "2", "0", "2"]);
        assert_eq!(consegna(casa).unwrap(), Passo::Fatto);
        assert_eq!(quanti(&rosa), ["0", "1", "1", "2"]);
        let html = rosa.apri("/conservazione").html;
        assert!(html.contains("2 documenti</strong> <span>il file «vuoto.txt» è vuoto"), "{html}");
        let ferme = rosa.apri("/conservazione?stato=da-correggere").html;
        assert!(ferme.matches("<th scope=\"row\"").count() == 2 && !ferme.contains("Buona"), "{ferme}");
        assert_eq!(rosa.apri("/conservazione?stato=altro").stato, 404);
        let indice = rosa.apri(&format!("/registrazioni/{buona}/pacchetto.xml"));
        assert!(indice.stato == 200 && indice.html.contains("<UnitaDocumentaria"), "{}", indice.html);
        assert!(indice.testata("content-disposition").starts_with("attachment"));
        assert!(rosa.apri(&format!("/registrazioni/{buona}")).html.contains("In attesa della ricevuta"));
        // Who may not see the riservata finds one less, and not its package; who keeps the machines finds nothing.
        let carlo = Cliente::dentro(&server, "carlo");
        assert_eq!(quanti(&carlo), ["0", "0", "1", "2"]);
        assert!(!carlo.apri("/conservazione").html.contains("Segreta"));
        assert_eq!(carlo.apri(&format!("/registrazioni/{segreta}/pacchetto.xml")).stato, 404);
        let ada = Cliente::dentro(&server, "ada");
        assert_eq!(quanti(&ada), ["0", "0", "0", "0"]);
        assert!(ada.apri("/conservazione").html.contains("Nessun versamento tra quelli che puoi vedere"));
        // The responsabile della conservazione puts one on its way again; nobody else has the button.
        assert!(!ferme.contains("/conservazione/riprova"));
        let sua = carlo.apri("/conservazione?stato=da-correggere");
        let riprova = |chi: &Cliente<'_>| {
            let modulo = chi.apri("/conservazione").campo("modulo");
            chi.modulo_semplice("/conservazione/riprova", &format!("modulo={modulo}&registrazione={}", sua.campo("registrazione")))
        };
        assert_eq!(riprova(&rosa).stato, 404);
        assert_eq!(riprova(&carlo).stato, 303);
        assert_eq!(quanti(&carlo), ["1", "0", "1", "1"]);
        assert_eq!(riprova(&carlo).stato, 409);
    }
}
