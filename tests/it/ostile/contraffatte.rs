//! What pretends, with every rule switched on: kept, reported, never registered by a rule; the good ones in between are.

use crate::casa::busta::{ESTRANEO, GESTORE, busta, daticert, originale, pec};
use crate::casa::{Casa, comando, leggi, su_entrambi, uscita};
use crate::pagine::cliente::{Cliente, assumi, assumi_in, tributi};
use crate::pagine::registrazione::{fixture, per_api, spedita};
use crate::{posta, regole};
use std::fs;
use std::path::PathBuf;
use tabulario::pec::regole::GENERI;
use tabulario::pec::{Casella, Posta, StatoInvio};
use tabulario::utenti::Ruolo;

/// The send that receipts of the fixtures speak of.
const INVIO: &str = "uscita-di-esempio-1@pec.comune.borgoesempio.example";

fn ricevuta(n: usize, tipo: &str, msgid: &str, firmatario: &str) -> Vec<u8> {
    let testate = format!(
        "Subject: CONSEGNA {n}\r\nX-Ricevuta: {tipo}\r\nX-Riferimento-Message-ID: <{msgid}>\r\nMessage-ID: <ricevuta-{n}@pec.gestore.example>\r\n\
         Date: Mon, 16 Nov 2026 11:00:05 +0100\r\n"
    );
    let dati = daticert(
        tipo,
        n,
        "protocollo@pec.comune.borgoesempio.example",
        "Risposta",
        "<consegna>x@pec.example</consegna>",
    );
    busta(&testate, &dati.replace(&format!("originale-{n}@example"), msgid), None, firmatario)
}

/// The mailbox of the house, and where messages are put into it.
fn cassetta(casa: &Casa) -> (Casella, PathBuf) {
    let casella = crate::pagine::casella(casa);
    let Posta::Maildir(maildir) = &casella.posta else { panic!("a Maildir") };
    let nuovi = maildir.join("new");
    (casella, nuovi)
}

/// Messages in a row, and a word of what is found in each; none in those that are sound.
pub fn casi() -> Vec<(Vec<u8>, Option<&'static str>)> {
    let da = "ditta@pec.example";
    let buona = |n: usize| pec(n, da, &format!("Buona {n}"), &originale(da, &format!("Buona {n}"), &[]), GESTORE);
    let altro_tipo =
        String::from_utf8(buona(4)).unwrap().replace("X-Trasporto: posta-certificata", "X-Ricevuta: avvenuta-consegna");
    vec![
        (buona(1), None),
        (ricevuta(2, "avvenuta-consegna", INVIO, ESTRANEO), Some("non si può confermare")),
        (pec(3, da, "Altri", &originale("altri@pec.example", "Altri", &[]), GESTORE), Some("Il mittente certificato")),
        (altro_tipo.into_bytes(), Some("indicano tipi diversi")),
        (pec(5, da, "Gestore ignoto", &originale(da, "Gestore ignoto", &[]), ESTRANEO), Some("non si può confermare")),
        (buona(6), None),
        (b"From: a@b.it\r\nSubject: Nullo\r\nMessage-ID: <nullo@b>\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\n\r\ncor\0po".to_vec(), Some("byte nulli")),
        (String::from_utf8(buona(8)).unwrap().replace("Si trasmette.", "Si paga qui.").into_bytes(), Some("alterata")),
        (ricevuta(9, "accettazione", "mai-partito@example", GESTORE), None),
        (buona(10), None),
    ]
}

su_entrambi! {
    fn what_is_forged_is_registered_by_no_rule_and_the_good_ones_are(casa) {
        let server = casa.server();
        let id = per_api(casa, &server.url, &uscita("Risposta"), &[("risposta.txt", b"testo")]);
        spedita(casa, &id);
        let (casella, nuovi) = cassetta(casa);
        for genere in GENERI {
            regole::automatica(casa, genere);
            regole::accesa(casa, &regole::protocolla(genere.as_str(), genere));
        }
        let casi = casi();
        for (n, (eml, _)) in casi.iter().enumerate() {
            fs::write(nuovi.join(format!("{n:02}")), eml).unwrap();
        }
        assert_eq!(posta::ricevi(casa, &casella), casi.len());
        regole::lavora(casa);
        let arrivati = posta::messaggi(casa, &server.url);
        let arrivati: Vec<_> = arrivati.iter().rev().take(casi.len()).rev().collect();
        for (m, (_, rilievo)) in arrivati.iter().zip(&casi) {
            let trovati = m["findings"].to_string();
            assert!(rilievo.is_none_or(|r| trovati.contains(r)), "{rilievo:?}: {trovati}");
            let buona = rilievo.is_none() && m["kind"] == "posta-certificata";
            assert_eq!(m["stato"] == "protocollato", buona, "{m}");
        }
        assert_eq!(casa.conta("registrazioni"), 4, "ours, and the three good ones");
        // The forged delivery proves nothing.
        let invii = casa.db.leggi(|conn| tabulario::pec::invii(conn, &casa.vista(), Some(id.parse().unwrap()))).unwrap();
        assert!(invii.iter().all(|i| i.stato == StatoInvio::Inviato), "{invii:?}");
        assert_eq!(casa.conta("coda_regole"), 0);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn receipts_are_documents_of_their_registration_and_those_of_nothing_are_seen(casa) {
        let server = casa.server();
        let mut chiesta = uscita("Risposta");
        chiesta["ufficio"] = "EDIL".into();
        let id = per_api(casa, &server.url, &chiesta, &[("risposta.pdf.p7m", &fixture("firma/rsa-ber.pdf.p7m"))]);
        spedita(casa, &id);
        let (casella, nuovi) = cassetta(casa);
        for (n, eml) in [
            ricevuta(1, "accettazione", INVIO, GESTORE),
            ricevuta(2, "presa-in-carico", INVIO, GESTORE),
            ricevuta(3, "avvenuta-consegna", INVIO, GESTORE),
            ricevuta(4, "avvenuta-consegna", INVIO, ESTRANEO),
            ricevuta(5, "avvenuta-consegna", "mai-partito@example", GESTORE),
        ].iter().enumerate() {
            fs::write(nuovi.join(n.to_string()), eml).unwrap();
        }
        assert_eq!(posta::ricevi(casa, &casella), 5);
        let letta = leggi(&format!("{}/api/v1/registrazioni/{id}", server.url), &casa.gettone).json();
        let ricevute = letta["ricevute"].as_array().unwrap();
        let tipi: Vec<_> = ricevute.iter().map(|r| (r["tipo"].as_str().unwrap(), r["provata"].as_bool().unwrap())).collect();
        assert_eq!(tipi, [("accettazione", true), ("presa-in-carico", true), ("avvenuta-consegna", true), ("avvenuta-consegna", false)]);
        assert!(ricevute.iter().all(|r| r["destinatario"].as_str().unwrap().contains('@') && r["istante"].is_string()));
        assumi(casa, "anna", Ruolo::Operatore);
        assumi_in(casa, "bruno", Ruolo::Addetto, &tributi(casa));
        let (anna, bruno) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "bruno"));
        let pagina = anna.apri(&format!("/registrazioni/{id}")).html;
        for (r, nome) in ricevute.iter().zip(["Accettazione", "Presa in carico", "Avvenuta consegna", "non fa prova"]) {
            let strada = format!("/registrazioni/{id}/ricevute/{}", r["id"].as_str().unwrap());
            assert!(pagina.contains(&strada) && pagina.contains(nome), "{nome}: {pagina}");
            let eml = anna.apri(&strada);
            assert!(eml.stato == 200 && eml.html.contains("X-Ricevuta"), "{nome}");
            assert_eq!(bruno.apri(&strada).stato, 404, "{nome}");
            let intera = leggi(&format!("{}/api/v1/documenti/{}", server.url, r["sha256"].as_str().unwrap()), &casa.gettone);
            assert_eq!(intera.stato, 200);
        }
        let orfane = anna.apri("/ricevute").html;
        assert!(orfane.contains("non è partito da questo protocollo") && orfane.contains("non fa prova di nessun invio"), "{orfane}");
        assert_eq!(orfane.matches("href=\"/ricevute/").count(), 2, "{orfane}");
        let sua = orfane.split("href=\"").find(|p| p.starts_with("/ricevute/")).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!((anna.apri(&sua).stato, bruno.apri(&sua).stato), (200, 404));
        assert_eq!(bruno.apri("/ricevute").html.matches("href=\"/ricevute/").count(), 0);
        assert_eq!(anna.apri(&format!("/ricevute/{}", ricevute[0]["id"].as_str().unwrap())).stato, 404, "that one has a send");
        let metriche = String::from_utf8(leggi(&format!("{}/metriche", server.url), "").corpo).unwrap();
        assert!(metriche.contains("tabulario_ricevute_senza_invio 2"), "{metriche}");
    }
}
