//! The pages as browsers, and those who abuse them, meet them.

mod annullamenti;
pub mod browser;
pub mod cliente;
mod dove;
mod fascicoli;
mod fiducia;
mod lettura;
mod organico;
pub mod portale;
mod predisposti;
pub mod registrazione;
mod regole;
mod riservate;
mod rubrica;
mod scrivania;
mod triage;
mod variazioni;
mod visioni;

use crate::casa::{Casa, Rotto, comando, su_entrambi};
use cliente::{Cliente, PASSWORD, Pagina, assumi};
use tabulario::documenti::Fiduce;
use tabulario::pec;
use tabulario::utenti::Ruolo;
use tabulario::valori::Attore;

/// Fills in the form that `pagina` shows and sends it.
pub fn compila(cliente: &Cliente<'_>, pagina: &Pagina, oggetto: &str, altri: &[(&str, &str)]) -> Pagina {
    let (modulo, chiave, flusso) = (pagina.campo("modulo"), pagina.campo("chiave"), pagina.campo("flusso"));
    let mut campi = vec![
        ("modulo", modulo.as_str()),
        ("flusso", &flusso),
        ("chiave", &chiave),
        ("oggetto", oggetto),
        ("mezzo", "sportello"),
        ("voce", "VI.3"),
        ("ufficio", "EDIL"),
        ("parte-0-tipo", "persona-fisica"),
        ("parte-0-cognome", "Bianchi"),
        ("parte-0-nome", "Maria"),
    ];
    campi.retain(|(nome, _)| altri.iter().all(|(altro, _)| altro != nome));
    campi.extend(altri);
    // The token stays first, also when a test gives another one.
    campi.sort_by_key(|(nome, _)| *nome != "modulo");
    cliente.modulo("/registrazioni", &campi)
}

pub fn registra(cliente: &Cliente<'_>, flusso: &str, oggetto: &str, altri: &[(&str, &str)]) -> Pagina {
    let pagina = cliente.apri(&format!("/registrazioni/nuova?flusso={flusso}"));
    assert_eq!(pagina.stato, 200, "{}", pagina.html);
    compila(cliente, &pagina, oggetto, altri)
}

su_entrambi! {
    fn who_is_outside_is_sent_to_the_door_and_comes_back(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let fuori = Cliente::nuovo(&server);
        for strada in ["/", "/registro", "/registrazioni/nuova", "/registrazioni/x", "/ricerca?q=1", "/benvenuto", "/da-protocollare", "/fascicoli",
            "/fascicoli/nuovo", "/fascicoli/x", "/conservazione", "/registro/orologio", "/registro/copia", "/amministrazione/organigramma", "/amministrazione/fiducia", "/preferenze", "/registrazioni/x/pacchetto.xml",
            "/registrazioni/x/ricevute/x",
            "/registrazioni/x/documenti/1/anteprima", "/registrazioni/x/documenti/1/contenuto"] {
            let risposta = fuori.apri(strada);
            assert_eq!(risposta.stato, 303, "{strada}");
            assert!(risposta.testata("location").starts_with("/entra?dopo=/"), "{strada}");
        }
        let dentro = Cliente::dentro(&server, "anna");
        assert_eq!(dentro.apri("/").stato, 303);
        assert_eq!(dentro.apri("/registro").stato, 200);
        let uscita = format!("modulo={}", dentro.apri("/registro").campo("modulo"));
        assert_eq!(dentro.modulo_semplice("/esci", "modulo=altro").stato, 403);
        assert_eq!(dentro.apri("/registro").stato, 200);
        assert_eq!(dentro.modulo_semplice("/esci", &uscita).stato, 303);
        assert_eq!(dentro.apri("/registro").stato, 303);
        assert_eq!(casa.conta("sessioni"), 0);
    }

    fn an_unknown_name_and_a_wrong_password_get_the_same_answer(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let fuori = Cliente::nuovo(&server);
        let pulita = |p: Pagina, nome: &str| (p.stato, p.html.replace(nome, "X"));
        let ignoto = pulita(fuori.entra("nessuno", PASSWORD, &[]), "nessuno");
        assert_eq!(pulita(fuori.entra("anna", "sbagliata", &[]), "anna"), ignoto);
        assert_eq!(ignoto.0, 422);
        assert_eq!(fuori.entra("anna", PASSWORD, &[("Sec-Fetch-Site", "cross-site")]).stato, 403);
        for nome in ["anna", "nessuno"] {
            let esiti: Vec<u16> = (0..12).map(|_| fuori.entra(nome, "sbagliata", &[]).stato).collect();
            assert_eq!(esiti.last(), Some(&429), "{nome}: {esiti:?}");
        }
        assert_eq!(fuori.entra("anna", PASSWORD, &[]).stato, 429);
        assert_eq!(casa.conta("sessioni"), 0);
    }

    fn a_session_ends_by_inactivity_and_by_age(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        for colonna in ["vista", "creata"] {
            let dentro = Cliente::dentro(&server, "anna");
            assert_eq!(dentro.apri("/registro").stato, 200);
            casa.sql(&format!("UPDATE sessioni SET {colonna} = '2026-01-01 00:00:00'")).unwrap();
            let fuori = dentro.apri("/registro");
            assert_eq!(fuori.stato, 303, "{colonna}");
            let porta = dentro.apri(fuori.testata("location"));
            assert!(porta.html.contains("La sessione è finita il"), "{}", porta.html);
        }
    }

    fn who_is_kept_out_is_out_at_once_and_a_new_password_ends_the_old_sessions(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        assumi(casa, "luca", Ruolo::Operatore);
        let (anna, luca) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "luca"));
        let utente = |altri: &[&str]| {
            let uscita = comando(casa, &[&["utente"], altri].concat());
            assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stderr));
        };
        utente(&["escludi", "--nome-utente", "anna"]);
        utente(&["escludi", "--nome-utente", "anna"]);
        assert_eq!((anna.apri("/registro").stato, luca.apri("/registro").stato), (303, 200));
        let fuori = Cliente::nuovo(&server);
        assert_eq!(fuori.entra("anna", PASSWORD, &[]).stato, 422);
        utente(&["riammetti", "--nome-utente", "Anna"]);
        let anna = Cliente::dentro(&server, "anna");
        let file = casa.dir.path().join("password");
        std::fs::write(&file, "un'altra parola lunga\n").unwrap();
        utente(&["password", "--nome-utente", "anna", "--password-file", file.to_str().unwrap()]);
        assert_eq!(anna.apri("/registro").stato, 303);
        assert_eq!(fuori.entra("anna", PASSWORD, &[]).stato, 422);
        assert_eq!(fuori.entra("anna", "un'altra+parola+lunga", &[]).stato, 303);
        assert_eq!(casa.conta("accessi"), 3);
        assert_eq!(comando(casa, &["utente", "escludi", "--nome-utente", "nessuno"]).status.code(), Some(2));
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn a_form_without_its_token_registers_nothing_and_keeps_no_file(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        assumi(casa, "luca", Ruolo::Operatore);
        let (anna, luca) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "luca"));
        let altrui = luca.apri("/registro").campo("modulo");
        for falso in ["", "x", altrui.as_str()] {
            assert_eq!(registra(&anna, "entrata", "Istanza", &[("modulo", falso), ("file:principale", "byte")]).stato, 403);
        }
        assert_eq!(anna.modulo("/registrazioni", &[("file:principale", "byte")]).stato, 403);
        assert_eq!(casa.conta("registrazioni"), 0);
        let files = walk(&casa.documenti());
        assert!(files.is_empty(), "{files:?}");
    }

    fn a_document_is_registered_once_and_shown_as_it_was_written(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let cattivo = "<script>alert(1)</script> & \"L'aquila\"";
        let pagina = anna.apri("/registrazioni/nuova?flusso=entrata");
        let altri = [("file:principale", "il testo"), ("parte-0-cognome", "<img src=x onerror=1>"), ("mittente-numero", "7/A"), ("mittente-data", "1/2/26")];
        let fatta = compila(&anna, &pagina, cattivo, &altri);
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        let luogo = fatta.testata("location").to_owned();
        assert_eq!(compila(&anna, &pagina, cattivo, &altri).testata("location"), luogo);
        assert_eq!(compila(&anna, &pagina, "Altro oggetto", &altri).stato, 422);
        assert_eq!(casa.conta("registrazioni"), 1);
        for strada in [luogo.as_str(), "/registro"] {
            let html = anna.apri(strada).html;
            assert!(html.contains("0000001") && html.contains("&#60;script&#62;"), "{html}");
            assert!(!html.contains("<script>alert") && !html.contains("<img"), "{html}");
        }
        let mostrata = anna.apri(&luogo).html;
        assert!(mostrata.contains("7/A del 01/02/2026") && mostrata.contains("Anna Verdi"), "{mostrata}");
        let file = anna.apri(&format!("{luogo}/documenti/1"));
        assert_eq!((file.stato, file.html.as_str()), (200, "il testo"));
        assert!(file.testata("content-disposition").starts_with("attachment") && file.testata("content-security-policy").contains("sandbox"));
        assert_eq!(anna.apri(&format!("{luogo}/documenti/2")).stato, 404);
        assert_eq!(anna.apri("/ricerca?q=1").testata("location"), luogo);
        let trovata = anna.apri("/ricerca?q=alert");
        assert!(trovata.stato == 200 && trovata.html.contains("1 registrazione") && trovata.html.contains("0000001"), "{}", trovata.html);
        assert!(!trovata.html.contains("<script>alert"), "{}", trovata.html);
        assert!(anna.apri("/ricerca?q=inesistente").html.contains("Nessun risultato"));
    }

    fn a_refused_form_keeps_what_was_typed_and_its_files(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let rifiutata = registra(&anna, "entrata", "", &[("file:principale", "il testo"), ("parte-0-cognome", "D'Angelo \"x\"")]);
        assert_eq!(rifiutata.stato, 422);
        for parte in ["href=\"#oggetto\"", "id=\"errore-oggetto\"", "D&#39;Angelo", "principale.txt", "Nessun numero è stato usato", "Errore: Nuova"] {
            assert!(rifiutata.html.contains(parte), "{parte} is not in {}", rifiutata.html);
        }
        let tenuto = rifiutata.campo("tenuto").replace("&#39;", "'");
        assert_eq!(casa.conta("registrazioni"), 0);
        let falso = tenuto.replace(&tenuto[11..75], &"ab".repeat(32));
        // A kept file that cannot be taken again must not be left out in silence.
        let senza = compila(&anna, &rifiutata, "Istanza", &[("tenuto", &falso)]);
        assert!(senza.stato == 422 && senza.html.contains("aggiungili di nuovo"), "{}", senza.html);
        let fatta = compila(&anna, &rifiutata, "Istanza", &[("tenuto", &tenuto)]);
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        assert_eq!(anna.apri(&format!("{}/documenti/1", fatta.testata("location"))).html, "il testo");
        assert_eq!(casa.conta("documenti_registrati"), 1);
        for (nome, valore, errore) in [
            ("voce", "", "errore-voce"), ("ufficio", "", "errore-ufficio"), ("parte-0-nome", "", "errore-parte-0-nome"),
            ("parte-0-cf", "RSSMRA80A01H501X", "errore-parte-0-cf"), ("mittente-data", "32/1/26", "errore-mittente-data"),
        ] {
            let no = registra(&anna, "entrata", "Istanza", &[(nome, valore)]);
            assert!(no.stato == 422 && no.html.contains(errore), "{nome}: {}", no.html);
        }
        assert_eq!(registra(&anna, "uscita", "Senza documento", &[]).stato, 422);
    }

    fn what_a_role_may_not_see_does_not_exist(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        assumi(casa, "rita", Ruolo::Revisore);
        assumi(casa, "ugo", Ruolo::Addetto);
        assumi(casa, "ada", Ruolo::Amministratore);
        assumi(casa, "carlo", Ruolo::ResponsabileConservazione);
        assumi(casa, "rosa", Ruolo::Rsp);
        let anna = Cliente::dentro(&server, "anna");
        let luogo = registra(&anna, "entrata", "Istanza", &[("file:principale", "x")]).testata("location").to_owned();
        let riservata = registra(&anna, "entrata", "Segreta", &[("riservato", "1")]).testata("location").to_owned();
        let file = format!("{luogo}/documenti/1");
        // Who, then what they find: register, registration, its file, the riservata, a new entrata, a new uscita.
        for (nome, attesi) in [
            ("anna", [200, 200, 200, 200, 200, 200]),
            ("rita", [200, 200, 200, 404, 404, 404]),
            ("ugo", [404, 200, 200, 200, 404, 200]),
            ("ada", [404, 404, 404, 404, 404, 404]),
        ] {
            let chi = Cliente::dentro(&server, nome);
            let strade = ["/registro", &luogo, &file, &riservata, "/registrazioni/nuova", "/registrazioni/nuova?flusso=uscita"];
            let stati: Vec<u16> = strade.iter().map(|s| chi.apri(s).stato).collect();
            assert_eq!(stati, attesi, "{nome}");
        }
        let anteprima = format!("{file}/anteprima");
        let segnatura = format!("{riservata}/segnatura.xml");
        // Who, then what they find: fascicoli, a new one, conservazione, the file inside the page, a file of the riservata.
        for (nome, attesi) in [
            ("anna", [200, 200, 404, 200]),
            ("rita", [404, 404, 200, 200]),
            ("ugo", [200, 200, 404, 200]),
            ("ada", [404, 404, 200, 404]),
            ("carlo", [200, 404, 200, 200]),
            ("rosa", [200, 200, 200, 200]),
        ] {
            let chi = Cliente::dentro(&server, nome);
            let stati: Vec<u16> = ["/fascicoli", "/fascicoli/nuovo", "/conservazione", &anteprima].iter().map(|s| chi.apri(s).stato).collect();
            assert_eq!(stati, attesi, "{nome}");
            let modulo = chi.apri("/benvenuto").campo("modulo");
            let scritture = [
                ("/fascicoli".to_owned(), "chiave=k&voce=VI.3&tipo=affare&oggetto="),
                (format!("{luogo}/fascicoli"), "codice="),
                (format!("{luogo}/classificazione"), "voce="),
            ];
            let agisce = attesi[1] == 200;
            for (strada, corpo) in scritture {
                let stato = chi.modulo_semplice(&strada, &format!("modulo={modulo}&{corpo}")).stato;
                assert_eq!(stato, if agisce { 422 } else { 404 }, "{nome} {strada}");
            }
            let menu = chi.apri("/benvenuto").html;
            assert_eq!(menu.contains("href=\"/fascicoli\""), attesi[0] == 200, "{nome}");
            assert_eq!(menu.contains("href=\"/conservazione\""), attesi[2] == 200, "{nome}");
            for nascosta in [&segnatura, &format!("{riservata}/pacchetto.xml"), &format!("{riservata}/ricevute/x")] {
                assert_eq!(chi.apri(nascosta).stato, 404, "{nome} {nascosta}");
            }
        }
        let ada = Cliente::dentro(&server, "ada");
        let modulo = ada.apri("/benvenuto").campo("modulo");
        let campi = [("modulo", modulo.as_str()), ("flusso", "uscita"), ("chiave", "k"), ("oggetto", "x")];
        assert_eq!(ada.modulo("/registrazioni", &campi).stato, 404);
        assert_eq!(ada.apri(&luogo).html, ada.apri("/registrazioni/niente").html);
    }

    fn the_mail_is_protocolled_one_message_after_the_other(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        assumi(casa, "ugo", Ruolo::Addetto);
        for nome in ["01-cittadina-istanza-permesso", "09-impresa-solo-testo-iso-8859-1"] {
            arriva(casa, nome);
        }
        let (anna, ugo) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "ugo"));
        let elenco = anna.apri("/da-protocollare").html;
        assert!(elenco.contains("2 messaggi, dal più vecchio"), "{elenco}");
        let primo = elenco.split("href=\"/da-protocollare/").nth(1).unwrap().split('"').next().unwrap();
        let strada = format!("/da-protocollare/{primo}");
        for nascosta in ["/da-protocollare", &strada, &format!("{strada}/allegati/1")] {
            assert_eq!(ugo.apri(nascosta).stato, 404, "{nascosta}");
        }
        let pagina = anna.apri(&strada);
        for parte in ["Elena Tarsi", "istanza-permesso-di-costruire.pdf.p7m", "Istanza di permesso di costruire"] {
            assert!(pagina.html.contains(parte), "{parte} is not in {}", pagina.html);
        }
        assert_eq!(anna.apri(&format!("{strada}/allegati/1")).stato, 200);
        let (modulo, chiave) = (pagina.campo("modulo"), pagina.campo("chiave"));
        let corpo = |modulo: &str, ufficio: &str| {
            format!("modulo={modulo}&chiave={chiave}&mittente=Elena+Tarsi&oggetto=Istanza&voce=VI.3&ufficio={ufficio}")
        };
        let protocollo = format!("{strada}/protocollo");
        assert_eq!(anna.modulo_semplice(&protocollo, &corpo("altro", "EDIL")).stato, 403);
        assert_eq!(ugo.modulo_semplice(&protocollo, &corpo(&modulo, "EDIL")).stato, 404);
        let rifiutata = anna.modulo_semplice(&protocollo, &corpo(&modulo, ""));
        assert!(rifiutata.stato == 422 && rifiutata.html.contains("errore-ufficio"), "{}", rifiutata.html);
        assert_eq!(casa.conta("registrazioni"), 0);
        let fatta = anna.modulo_semplice(&protocollo, &corpo(&modulo, "EDIL"));
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        let prossimo = anna.apri(fatta.testata("location")).html;
        assert!(prossimo.contains("n. 0000001") && !prossimo.contains(&protocollo), "{prossimo}");
        assert_eq!(anna.modulo_semplice(&protocollo, &corpo(&modulo, "EDIL")).stato, 303);
        assert_eq!(casa.conta("registrazioni"), 1);
        assert!(anna.apri(&strada).testata("location").starts_with("/registrazioni/"));
        assert!(anna.apri("/da-protocollare").html.contains("1 messaggio, dal più vecchio"));
    }

    fn every_answer_says_what_a_browser_may_load(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        for strada in ["/entra", "/", "/registro", "/registrazioni/nuova", "/niente", "/registrazioni/x", "/ricerca?q=x", "/risorse/x/niente",
            "/fascicoli", "/fascicoli/nuovo"] {
            let pagina = anna.apri(strada);
            let csp = pagina.testata("content-security-policy");
            assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'self'") && !csp.contains("unsafe"), "{strada}: {csp}");
            assert_eq!((pagina.testata("x-content-type-options"), pagina.testata("referrer-policy")), ("nosniff", "same-origin"), "{strada}");
            for cattivo in [" style=", "<style", " onclick", "http://", "https://"] {
                assert!(!pagina.html.contains(cattivo), "{strada} has {cattivo}");
            }
        }
        for strada in ["/niente", "/registrazioni/x"] {
            let pagina = anna.apri(strada);
            assert!(pagina.stato == 404 && pagina.html.contains("Pagina non trovata"), "{strada}");
        }
    }
}

/// Puts a sample message into the mailbox of the house and takes it out again.
pub fn arriva(casa: &Casa, nome: &str) {
    arriva_creduto(casa, nome, &Fiduce::default());
}

/// The same, with these authorities trusted.
pub fn arriva_creduto(casa: &Casa, nome: &str, fiduce: &Fiduce) {
    let casella = casella(casa);
    let fixture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/posta").join(format!("{nome}.eml"));
    let tabulario::pec::Posta::Maildir(maildir) = &casella.posta else { panic!("a Maildir") };
    std::fs::copy(fixture, maildir.join("new").join(nome)).unwrap();
    let officina = pec::Officina { db: &casa.db, deposito: &casa.deposito, fiduce };
    while pec::ricevi(&officina, &casella, 50).unwrap() > 0 {}
}

/// The mailbox of the house, opened at the first time.
pub fn casella(casa: &Casa) -> pec::Casella {
    if let Some(presente) = casa.db.leggi(pec::caselle).unwrap().pop() {
        return presente;
    }
    let maildir = casa.dir.path().join("maildir");
    for cartella in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(maildir.join(cartella)).unwrap();
    }
    let apri = |op: &mut tabulario::storage::Operazione<'_>| {
        Ok::<_, Rotto>(pec::aggiungi_casella(op, casa.aoo.pec.clone(), &maildir)?)
    };
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), apri).unwrap()
}

/// The files below a folder.
fn walk(cartella: &std::path::Path) -> Vec<std::path::PathBuf> {
    let voci: Vec<_> = std::fs::read_dir(cartella).unwrap().map(|v| v.unwrap().path()).collect();
    let (cartelle, mut file): (Vec<_>, Vec<_>) = voci.into_iter().partition(|p| p.is_dir());
    file.extend(cartelle.iter().flat_map(|c| walk(c)));
    file
}
