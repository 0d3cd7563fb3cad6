//! *Visioni concesse*: the RSP gives and takes back on the page of the registration; who was given one finds it, and sees why.

use super::cliente::{Cliente, assumi, assumi_in, tributi};
use super::registrazione::per_api;
use crate::casa::{Casa, entrata, su_entrambi};
use chrono::Days;
use tabulario::utenti::Ruolo;

fn segreta(casa: &Casa, url: &str) -> String {
    let mut chiesta = entrata("Segnalazione del vicino");
    (chiesta["riservato"], chiesta["ufficio"]) = (true.into(), "TRIB".into());
    per_api(casa, url, &chiesta, &[("atto.txt", b"segreto")])
}

/// A day to come, as people write it.
fn fra(casa: &Casa, giorni: u64) -> String {
    (casa.db.orologio().adesso().giorno() + Days::new(giorni)).format("%d/%m/%Y").to_string()
}

su_entrambi! {
    fn the_rsp_gives_it_and_takes_it_back(casa) {
        let server = casa.server();
        tributi(casa);
        for (nome, ruolo) in [("rosa", Ruolo::Rsp), ("luca", Ruolo::Addetto), ("rita", Ruolo::Revisore), ("ugo", Ruolo::Amministratore)] {
            assumi(casa, nome, ruolo);
        }
        let id = segreta(casa, &server.url);
        let (strada, fino) = (format!("/registrazioni/{id}"), fra(casa, 4));
        let [rosa, luca, rita] = ["rosa", "luca", "rita"].map(|nome| Cliente::dentro(&server, nome));
        let pagina = rosa.apri(&strada);
        assert!(pagina.html.contains("Visioni concesse") && pagina.html.contains("Nessuna in vigore."), "{}", pagina.html);
        assert!(pagina.html.contains("value=\"luca\"") && !pagina.html.contains("value=\"ugo\"") && !pagina.html.contains("value=\"rosa\""), "{}", pagina.html);
        let modulo = pagina.campo("modulo");
        let concedi = |campi: [&str; 3]| {
            let campi = [("modulo", modulo.as_str()), ("persona", campi[0]), ("fino", campi[1]), ("perche", campi[2])];
            rosa.modulo_semplice(&format!("{strada}/visioni"), &campi.map(|(n, v)| format!("{n}={}", v.replace(' ', "+").replace('/', "%2F"))).join("&"))
        };
        for (campi, detto) in [
            (["", fino.as_str(), "Accesso"], "Manca la persona"),
            (["luca", "mai", "Accesso"], "Ultimo giorno: scrivi giorno, mese e anno"),
            (["luca", fino.as_str(), " "], "Scrivi il motivo"),
            (["luca", "01/01/2020", "Accesso"], "è già passato"),
            (["rosa", fino.as_str(), "Accesso"], "Non puoi concedere una visione a te"),
            (["ugo", fino.as_str(), "Accesso"], "che non vede documenti"),
            (["nessuno", fino.as_str(), "Accesso"], "non ha ruoli in questa AOO"),
        ] {
            let rifiutata = concedi(campi);
            assert!(rifiutata.stato == 422 && rifiutata.html.contains(detto), "{detto}: {} {}", rifiutata.stato, rifiutata.html);
            assert!(rifiutata.html.contains(&format!("name=\"fino\" value=\"{}\"", campi[1])), "what was typed stays: {}", rifiutata.html);
        }
        assert_eq!((casa.conta("visioni"), luca.apri(&strada).stato, rita.apri(&strada).stato), (0, 404, 404));
        for nome in ["luca", "rita"] {
            let data = concedi([nome, &fino, "Accesso agli atti"]);
            assert_eq!((data.stato, data.testata("location")), (303, strada.as_str()), "{}", data.html);
        }
        // Found, seen, and nothing to be done with it.
        for (chi, elenco) in [(&luca, "/scrivania"), (&rita, "/registro")] {
            let trovata = chi.apri(elenco).html;
            assert!(trovata.contains("Visioni concesse") && trovata.contains(&format!("href=\"{strada}\"")), "{trovata}");
            let vista = chi.apri(&strada).html;
            assert!(vista.contains(&format!("La vedi fino al {fino} per visione concessa da Anna Verdi. Motivo: Accesso agli atti")), "{vista}");
            assert!(vista.contains("Segnalazione del vicino"), "{vista}");
            for offerta in ["Fascicola</summary>", "Proponi annullamento", "Collega a un'altra", "Visioni concesse", "Concessa la visione"] {
                assert!(!vista.contains(offerta), "{offerta}: {vista}");
            }
            assert_eq!(chi.apri(&format!("{strada}/documenti/1")).stato, 200);
            let sua = chi.apri("/preferenze").campo("modulo");
            for (atto, campi) in [("classificazione", "voce=VI.3"), ("proposte", "cosa=tutta&motivo=Doppia"), ("visioni", "persona=luca&perche=x")] {
                assert_eq!(chi.modulo_semplice(&format!("{strada}/{atto}"), &format!("modulo={sua}&{campi}")).stato, 404, "{atto}");
            }
        }
        let dopo = rosa.apri(&strada).html;
        assert!(dopo.contains("Concessa la visione a Anna Verdi fino al"), "{dopo}");
        let togli = format!("{strada}/visioni/{}/revoca", dopo.split("/visioni/").nth(1).unwrap().split('/').next().unwrap());
        let rifiutata = rosa.modulo_semplice(&togli, &format!("modulo={modulo}&perche="));
        assert!(rifiutata.stato == 422 && rifiutata.html.contains("Scrivi il motivo"), "{}", rifiutata.html);
        assert_eq!(rosa.modulo_semplice(&togli, &format!("modulo={modulo}&perche=Accesso+concluso")).stato, 303);
        assert_eq!((rita.apri(&strada).stato, luca.apri(&strada).stato), (404, 200), "the last given is the first in the list");
        assert!(!rita.apri("/registro").html.contains("Visioni concesse"));
        assert!(rosa.apri(&strada).html.contains("Revocata la visione a Anna Verdi: Accesso concluso"));
    }

    fn who_stands_in_sees_what_the_titolare_was_given_while_acting_for_them(casa) {
        let server = casa.server();
        let tributi = tributi(casa);
        assumi(casa, "rosa", Ruolo::Rsp);
        assumi(casa, "luca", Ruolo::Addetto);
        assumi_in(casa, "mara", Ruolo::Revisore, &tributi);
        let id = segreta(casa, &server.url);
        let strada = format!("/registrazioni/{id}");
        let [rosa, luca, mara] = ["rosa", "luca", "mara"].map(|nome| Cliente::dentro(&server, nome));
        let data = |giorni| fra(casa, giorni).replace('/', "%2F");
        let modulo = rosa.apri(&strada).campo("modulo");
        let concessa = rosa.modulo_semplice(&format!("{strada}/visioni"), &format!("modulo={modulo}&persona=luca&fino={}&perche=Accesso", data(3)));
        assert_eq!(concessa.stato, 303, "{}", concessa.html);
        let sua = luca.apri("/preferenze").campo("modulo");
        let corpo = format!("modulo={sua}&sostituto=mara&dal={}&al={}&motivo=Ferie", data(0), data(2));
        assert_eq!(luca.modulo_semplice("/sostituzioni", &corpo).stato, 303);
        assert_eq!(mara.apri(&strada).stato, 404, "not while she is herself");
        let pagina = mara.apri("/preferenze");
        let sostituzione = pagina.campo("sostituzione");
        let corpo = format!("modulo={}&sostituzione={sostituzione}", pagina.campo("modulo"));
        assert_eq!(mara.modulo_semplice("/sessione/per-conto", &corpo).stato, 303);
        let vista = mara.apri(&strada);
        assert!(vista.stato == 200 && vista.html.contains("per visione concessa da Anna Verdi"), "{}", vista.html);
    }
}
