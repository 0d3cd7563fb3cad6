//! What need not be registered: the list proposes, a person decides, the message stays where it can be found and comes back.

use crate::casa::{comando, su_entrambi};
use crate::pagine::arriva;
use crate::pagine::cliente::{Cliente, assumi};
use crate::posta;
use tabulario::utenti::Ruolo;

su_entrambi! {
    fn the_rsp_keeps_the_list_and_others_read_it(casa) {
        let server = casa.server();
        for (nome, ruolo) in [("rosa", Ruolo::Rsp), ("anna", Ruolo::Operatore), ("marta", Ruolo::Addetto)] {
            assumi(casa, nome, ruolo);
        }
        let (rosa, anna) = (Cliente::dentro(&server, "rosa"), Cliente::dentro(&server, "anna"));
        let strada = "/registro/esclusi";
        let pagina = rosa.apri(strada);
        for genere in ["Gazzette ufficiali", "Bollettini ufficiali", "Notiziari", "Note di ricezione", "Materiali statistici", "Atti preparatori interni",
            "Giornali", "Riviste", "Libri", "Materiali pubblicitari", "Inviti a manifestazioni"] {
            assert!(pagina.html.contains(genere), "{genere}");
        }
        let cambia = |chi: &Cliente<'_>, altro: &str| {
            let modulo = chi.apri(strada).campo("modulo");
            chi.modulo_semplice(strada, &format!("modulo={modulo}&genere={altro}"))
        };
        assert_eq!(cambia(&rosa, "Cataloghi+dei+fornitori").stato, 303);
        assert_eq!(cambia(&rosa, "Libri&ritira=1").stato, 303);
        let html = anna.apri(strada).html;
        assert!(html.contains("Cataloghi dei fornitori") && !html.contains("Libri") && !html.contains("<form action=\"/registro"), "{html}");
        for cattivo in ["", "cataloghi+dei+FORNITORI", "Libri&ritira=1", "a%E2%80%AEb"] {
            assert_eq!(cambia(&rosa, cattivo).stato, 422, "{cattivo}");
        }
        assert_eq!(cambia(&anna, "Libri").stato, 404);
        assert_eq!(Cliente::dentro(&server, "marta").apri(strada).stato, 404);
        assert_eq!(casa.conta("generi_esclusi"), 2);
        assert_eq!(cambia(&rosa, "Libri").stato, 303, "a kind of the law comes back");
        assert!(comando(casa, &["controlla"]).status.success());
        assert!(casa.sql("DELETE FROM generi_esclusi").is_err());
    }

    fn an_ordinary_mail_is_left_out_by_a_person_and_comes_back(casa) {
        let server = casa.server();
        for (nome, ruolo) in [("anna", Ruolo::Operatore), ("marta", Ruolo::Addetto)] {
            assumi(casa, nome, ruolo);
        }
        arriva(casa, "08-posta-ordinaria-pubblicita");
        let (anna, marta) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "marta"));
        let messaggio = || posta::messaggi(casa, &server.url).pop().unwrap();
        let id = messaggio()["id"].clone();
        let strada = format!("/da-protocollare/{}", id.as_str().unwrap());
        let manda = |chi: &Cliente<'_>, atto: &str, altro: &str| {
            let modulo = chi.apri("/fascicoli").campo("modulo");
            chi.modulo_semplice(&format!("{strada}/{atto}"), &format!("modulo={modulo}{altro}"))
        };
        assert_eq!(manda(&marta, "esclusione", "&genere=Materiali+pubblicitari").stato, 404);
        assert_eq!(manda(&marta, "ripristino", "").stato, 404);
        assert_eq!(marta.apri("/non-protocollati").stato, 404);
        for (altro, frase) in [("", "Scegli il genere"), ("&genere=Inventato", "non è tra quelli esclusi"), ("&motivo=a%00b", "controllo")] {
            let rifiutata = manda(&anna, "esclusione", altro);
            assert!(rifiutata.stato == 422 && rifiutata.html.contains(frase), "{altro}: {}", rifiutata.html);
        }
        assert_eq!(manda(&anna, "ripristino", "").stato, 409);
        assert_eq!(casa.conta("esclusioni"), 0);
        assert_eq!(manda(&anna, "esclusione", "&genere=Materiali+pubblicitari").stato, 303);
        assert_eq!(manda(&anna, "esclusione", "&motivo=Ancora").stato, 409);
        assert_eq!(messaggio()["stato"], "non-protocollato");
        assert!(anna.apri("/da-protocollare").html.contains("Tutto protocollato"));
        let esclusi = anna.apri("/non-protocollati").html;
        assert!(esclusi.contains("Materiali pubblicitari") && esclusi.contains("Anna Verdi") && esclusi.contains("Ripristina"), "{esclusi}");
        // It is looked at there, and gets no number before it comes back.
        let pagina = anna.apri(&strada);
        assert!(pagina.stato == 200 && pagina.html.contains("Non protocollato") && !pagina.html.contains("Protocolla e passa"), "{}", pagina.html);
        let (stato, rifiuto) = posta::protocolla(casa, &server.url, &id, "k");
        assert_eq!((stato, rifiuto["type"].as_str()), (409, Some("urn:tabulario:da-ripristinare")));
        assert_eq!(manda(&anna, "ripristino", "").stato, 303);
        assert_eq!(messaggio()["stato"], "da-protocollare");
        assert_eq!(manda(&anna, "esclusione", "&motivo=Pubblicità+senza+seguito".replace('à', "%C3%A0").as_str()).stato, 303);
        assert_eq!(manda(&anna, "ripristino", "").stato, 303);
        assert_eq!(posta::protocolla(casa, &server.url, &id, "k2").0, 201);
        assert_eq!(manda(&anna, "esclusione", "&motivo=Tardi").stato, 409);
        assert_eq!((casa.conta("esclusioni"), casa.conta("ripristini")), (2, 2));
        assert!(comando(casa, &["controlla"]).status.success());
        for sql in ["UPDATE esclusioni SET motivo = 'x', genere = NULL", "DELETE FROM ripristini"] {
            assert!(casa.sql(sql).is_err(), "{sql}");
        }
    }

    fn a_pec_is_always_registered_but_not_twice(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        for nome in ["01-cittadina-istanza-permesso", "15-doppione-in-altra-casella"] {
            arriva(casa, nome);
        }
        let anna = Cliente::dentro(&server, "anna");
        let id = |n: usize| posta::messaggi(casa, &server.url)[n]["id"].clone();
        let escludi = |n: usize| {
            let modulo = anna.apri("/fascicoli").campo("modulo");
            let strada = format!("/da-protocollare/{}", id(n).as_str().unwrap());
            anna.modulo_semplice(&format!("{strada}/esclusione"), &format!("modulo={modulo}&motivo=Non+serve"))
        };
        for n in [0, 1] {
            let rifiutata = escludi(n);
            assert!(rifiutata.stato == 422 && rifiutata.html.contains("art. 40-bis"), "{}", rifiutata.html);
        }
        assert_eq!(posta::protocolla(casa, &server.url, &id(0), "k").0, 201);
        assert_eq!(escludi(1).stato, 303, "the copy of a PEC that has a number");
        assert_eq!(casa.conta("esclusioni"), 1);
    }
}
