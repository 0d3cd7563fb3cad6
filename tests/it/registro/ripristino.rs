//! An older copy of the database was put back: nothing is written until the RSP recognises it, and no number is given twice.

use super::{entrata, protocolla};
use crate::casa::{self as http, Casa, Servizio, comando, segreto, su_entrambi};
use crate::pagine::cliente::{Cliente, PASSWORD, assumi};
use serde_json::Value;
use std::fs;
use tabulario::utenti::Ruolo;

const PAGINA: &str = "/registro/copia";

fn controlla(casa: &Casa) -> (i32, Value) {
    let uscita = comando(casa, &["controlla", "--json"]);
    (uscita.status.code().unwrap(), serde_json::from_slice(&uscita.stdout).unwrap())
}

fn dentro<'a>(url: &'a str, nome: &str) -> Cliente<'a> {
    let mut cliente = Cliente::a(url);
    let entrato = cliente.entra(nome, PASSWORD, &[]);
    cliente.biscotto = entrato.testata("set-cookie").split(';').next().unwrap().to_owned();
    cliente
}

/// Registers over the API: status, and number or type of the refusal.
fn registra(casa: &Casa, servizio: &Servizio, oggetto: &str) -> (u16, String) {
    let fatta = http::registra(&servizio.url, &casa.gettone, oggetto, &http::entrata(oggetto), b"atto").unwrap();
    let json = fatta.json();
    let detto = json["numero"].as_str().or(json["type"].as_str()).unwrap().to_owned();
    (fatta.stato, detto)
}

fn rifiutata() -> (u16, String) {
    (503, "urn:tabulario:copia-ripristinata".to_owned())
}

/// The tip that a lost database left: link 999, and the last number that it gave this year.
fn punta(casa: &Casa, numero: i64) {
    let punte = casa.dir.path().join("punte");
    fs::create_dir_all(&punte).unwrap();
    let (anno, aoo) = (casa.db.orologio().adesso().anno(), &casa.aoo);
    let testo = format!("999 {}\n{} {anno} {numero}\n", "ab".repeat(32), aoo.registro);
    fs::write(punte.join(aoo.id.to_string()), testo).unwrap();
}

su_entrambi! {
    fn nothing_is_written_until_the_rsp_recognises_the_copy(casa) {
        for oggetto in ["Prima", "Seconda", "Terza"] {
            protocolla(casa, &casa.db, &entrata(casa, oggetto)).unwrap();
        }
        for (nome, ruolo) in [("anna", Ruolo::Operatore), ("marta", Ruolo::Addetto), ("giorgio", Ruolo::Rsp)] {
            assumi(casa, nome, ruolo);
        }
        punta(casa, 5);
        assert_eq!(controlla(casa).0, 1);
        let servizio = Servizio::avvia(casa);
        assert_eq!(registra(casa, &servizio, "Quarta"), rifiutata());
        let [anna, marta, giorgio] = ["anna", "marta", "giorgio"].map(|nome| dentro(&servizio.url, nome));
        // Everybody is told, and goes on looking.
        let letta = anna.apri(PAGINA);
        assert!(letta.html.contains("non si scrive finché") && !letta.html.contains("Riconosco"), "{}", letta.html);
        let scrivania = marta.apri("/scrivania");
        assert!(scrivania.stato == 200 && scrivania.html.contains("Copia ripristinata"), "{}", scrivania.html);
        assert!(!scrivania.html.contains(PAGINA) && marta.apri(PAGINA).stato == 404);
        let pagina = giorgio.apri(PAGINA);
        assert!(["0000003", "0000005", "Riconosco"].iter().all(|t| pagina.html.contains(t)), "{}", pagina.html);
        assert_eq!(pagina.campo("ultimo"), "0000005");

        let modulo = pagina.campo("modulo");
        let manda = |chi: &Cliente<'_>, modulo: &str, ultimo: &str, motivo: &str| {
            chi.modulo_semplice(PAGINA, &format!("modulo={modulo}&ultimo={ultimo}&motivo={motivo}"))
        };
        assert_eq!(manda(&anna, &letta.campo("modulo"), "7", "Di+fretta").stato, 404);
        assert_eq!(manda(&marta, &scrivania.campo("modulo"), "7", "Di+fretta").stato, 404);
        for (ultimo, motivo, detto) in [
            ("4", "Copia", "almeno 0000005"),
            ("", "Copia", "almeno 0000005"),
            ("sette", "Copia", "servono solo cifre"),
            ("9000000", "Copia", "errore di battitura"),
            ("7", "+", "resta agli atti"),
        ] {
            let esito = manda(&giorgio, &modulo, ultimo, motivo);
            assert!(esito.stato == 422 && esito.html.contains(detto), "{ultimo} {motivo}: {}", esito.html);
        }
        assert_eq!(casa.conta("copie_riconosciute"), 0);
        servizio.uccidi();

        // What was written apart is still there for whoever starts it again.
        let servizio = Servizio::avvia(casa);
        assert_eq!(registra(casa, &servizio, "Quarta"), rifiutata());
        let giorgio = dentro(&servizio.url, "giorgio");
        let modulo = giorgio.apri(PAGINA).campo("modulo");
        let fatto = manda(&giorgio, &modulo, "7", "Copia+delle+2%3A+l'ultima+ricevuta+%C3%A8+la+7");
        assert_eq!(fatto.stato, 303, "{}", fatto.html);
        let pagina = giorgio.apri(PAGINA);
        assert!(pagina.html.contains("da 0000004 a 0000007"), "{}", pagina.html);
        assert_eq!(manda(&giorgio, &modulo, "9", "Di+nuovo").stato, 409);
        assert_eq!(registra(casa, &servizio, "Quarta"), (201, "0000008".to_owned()));
        servizio.uccidi();
        let servizio = Servizio::avvia(casa);
        assert_eq!(registra(casa, &servizio, "Quinta"), (201, "0000009".to_owned()));
        drop(servizio);

        let (stato, json) = controlla(casa);
        assert_eq!(stato, 0, "the hole is explained: {json:#}");
        assert_eq!(casa.conta("copie_riconosciute"), 1);
        for sql in ["UPDATE contatori SET ultimo = 7", "UPDATE contatori SET ultimo = 12"] {
            assert!(casa.sql(sql).is_err(), "{sql}");
        }
    }

    fn a_copy_that_lost_no_number_is_recognised_too(casa) {
        assumi(casa, "giorgio", Ruolo::Rsp);
        punta(casa, 0);
        let servizio = Servizio::avvia(casa);
        let giorgio = dentro(&servizio.url, "giorgio");
        let modulo = giorgio.apri(PAGINA).campo("modulo");
        let fatto = giorgio.modulo_semplice(PAGINA, &format!("modulo={modulo}&ultimo=&motivo=Prova+di+ripristino"));
        assert_eq!(fatto.stato, 303, "{}", fatto.html);
        assert_eq!(registra(casa, &servizio, "Prima"), (201, "0000001".to_owned()));
        drop(servizio);
        let (stato, json) = controlla(casa);
        assert_eq!(stato, 0, "{json:#}");
    }
}

/// With a real copy: what a server writes apart is what stops the copy of its database.
#[test]
fn a_copy_that_was_really_put_back_is_stopped_by_the_tips_of_the_lost_one() {
    let casa = Casa::sqlite();
    assumi(&casa, "giorgio", Ruolo::Rsp);
    protocolla(&casa, &casa.db, &entrata(&casa, "Prima")).unwrap();
    let copia = casa.copia();
    for oggetto in ["Seconda", "Terza"] {
        protocolla(&casa, &casa.db, &entrata(&casa, oggetto)).unwrap();
    }
    // The installation's chain went on too; a command writes the tips when it ends.
    let parola = segreto(&casa).to_str().unwrap().to_owned();
    let argomenti =
        ["utente", "crea", "--nome-utente", "rosa", "--nome", "Rosa", "--cognome", "Neri", "--password-file", &parola];
    // An AOO that the copy does not know has nobody who could recognise anything.
    let aoo = [
        "aoo",
        "crea",
        "--ente",
        "c_x999",
        "--codice",
        "AX99Z09",
        "--nome",
        "Altra",
        "--pec",
        "altra@pec.comune.example.it",
    ];
    let ufficio = ["ufficio", "crea", "--aoo", "AX99Z09", "--codice", "PROT", "--nome", "Protocollo"];
    for fatto in [&argomenti[..], &aoo[..], &ufficio[..]] {
        let uscita = comando(&casa, fatto);
        assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stderr));
    }
    let (da, a) = (casa.dir.path().join("punte"), copia.dir.path().join("punte"));
    fs::create_dir_all(&a).unwrap();
    for voce in fs::read_dir(da).unwrap().map(Result::unwrap) {
        fs::copy(voce.path(), a.join(voce.file_name())).unwrap();
    }
    let uscita = comando(&copia, &argomenti);
    assert_eq!(uscita.status.code(), Some(2), "the chain of the installation is stopped too");
    assert!(String::from_utf8_lossy(&uscita.stderr).contains("copia più vecchia"));
    let servizio = Servizio::avvia(&copia);
    assert_eq!(registra(&copia, &servizio, "Altra"), rifiutata());
    let giorgio = dentro(&servizio.url, "giorgio");
    let pagina = giorgio.apri(PAGINA);
    assert_eq!(pagina.campo("ultimo"), "0000003", "the tip says the last number");
    let corpo = format!("modulo={}&ultimo=3&motivo=Disco+guasto", pagina.campo("modulo"));
    assert_eq!(giorgio.modulo_semplice(PAGINA, &corpo).stato, 303);
    assert_eq!(registra(&copia, &servizio, "Altra"), (201, "0000004".to_owned()));
    drop(servizio);
    assert_eq!(comando(&copia, &argomenti).status.code(), Some(0));
    let (stato, json) = controlla(&copia);
    assert_eq!(stato, 0, "{json:#}");
}
