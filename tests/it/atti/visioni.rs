//! The sight of one registration, given to a person until a day and taken back: to look, and nothing else.

use super::{Banco, NESSUNO, altrove, chi, persona};
use crate::casa::{Casa, Rotto, Server, entrata, leggi, registra, su_entrambi};
use crate::guardie::attacca;
use crate::pagine::cliente::tributi;
use crate::permessi_api::{affida, assunta};
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use tabulario::registro;
use tabulario::storage::Operazione;
use tabulario::utenti::visibilita::{self, Vista};
use tabulario::utenti::{self, Errore, Ruolo, visione};
use tabulario::valori::{Attore, Istante, RegistrazioneId};

fn fra(casa: &Casa, giorni: u64) -> NaiveDate {
    casa.db.orologio().adesso().giorno() + Days::new(giorni)
}

/// A riservata of an office where nobody of these works, with its file.
fn segreta(casa: &Casa, server: &Server, chiave: &str) -> (String, String) {
    let mut chiesta = entrata("Segnalazione");
    (chiesta["riservato"], chiesta["ufficio"]) = (true.into(), "TRIB".into());
    let fatta = registra(&server.url, &casa.gettone, chiave, &chiesta, chiave.as_bytes()).unwrap();
    assert_eq!(fatta.stato, 201, "{}", fatta.json());
    let fatta = fatta.json();
    (fatta["id"].as_str().unwrap().to_owned(), fatta["documenti"][0]["sha256"].as_str().unwrap().to_owned())
}

fn corpo(casa: &Casa, persona: &str, motivo: &str) -> Value {
    json!({ "persona": persona, "fino": fra(casa, 5), "motivo": motivo })
}

/// Every way to come at a registration: 200 or the count of the lists that name it.
fn vede(server: &Server, gettone: &str, (id, sha256): &(String, String)) -> Vec<usize> {
    let apri = |strada: &str| leggi(&format!("{}/api/v1{strada}", server.url), gettone);
    let una = apri(&format!("/registrazioni/{id}"));
    let quante = |strada: &str, campo: &str| {
        let json = apri(strada).json();
        let trovate = json[campo].as_array().into_iter().flatten();
        trovate.filter(|r| r["id"] == id.as_str() || r["oggetto"]["id"] == id.as_str()).count()
    };
    let numero = if una.stato == 200 { una.json()["numero"].as_str().unwrap().to_owned() } else { "1".to_owned() };
    let cercate = apri("/ricerca?q=Segnalazione").json();
    vec![
        usize::from(una.stato == 200),
        usize::from(apri(&format!("/documenti/{sha256}")).stato == 200),
        quante("/registrazioni", "risultati"),
        quante(&format!("/registrazioni?numero={numero}"), "risultati"),
        quante("/ricerca?q=Segnalazione", "risultati"),
        usize::try_from(cercate["totale"].as_u64().unwrap()).unwrap(),
    ]
}

su_entrambi! {
    fn it_shows_one_registration_in_every_list_until_it_is_taken_back(casa) {
        let banco = Banco::nuovo(casa);
        tributi(casa);
        let rosa = chi(casa, "rosa", Ruolo::Rsp);
        let (una, altra) = (segreta(casa, &banco.server, "una"), segreta(casa, &banco.server, "altra"));
        let strada = format!("/registrazioni/{}/visioni", una.0);
        let (niente, tutto) = (vec![0; 6], vec![1; 6]);
        let ruoli = [Ruolo::Operatore, Ruolo::Addetto, Ruolo::ResponsabileUfficio, Ruolo::ResponsabileConservazione, Ruolo::Revisore];
        for ruolo in ruoli {
            let gettone = chi(casa, ruolo.as_str(), ruolo);
            assert_eq!(vede(&banco.server, &gettone, &una), niente, "{ruolo:?}");
            let data = banco.fatto(&rosa, &strada, &corpo(casa, ruolo.as_str(), "Accesso agli atti"));
            assert_eq!((&data["persona"]["nomeUtente"], &data["fino"], &data["revoca"]), (&json!(ruolo.as_str()), &json!(fra(casa, 5)), &Value::Null));
            banco.autore("visione", "rosa");
            assert_eq!(vede(&banco.server, &gettone, &una), tutto, "{ruolo:?}");
            assert_eq!(vede(&banco.server, &gettone, &altra)[..3], [0, 0, 0], "{ruolo:?}");
            let nominata = |gettone: &str| {
                let eventi = leggi(&format!("{}/api/v1/eventi", banco.server.url), gettone).json();
                eventi["risultati"].as_array().map(|e| e.iter().any(|e| e["oggetto"]["id"] == una.0.as_str()))
            };
            // An operatore and an addetto have no feed.
            let feed = !matches!(ruolo, Ruolo::Operatore | Ruolo::Addetto);
            assert_eq!(nominata(&gettone), feed.then_some(true), "{ruolo:?}");
            let togli = format!("{strada}/{}/revoca", data["id"].as_str().unwrap());
            let tolta = banco.fatto(&rosa, &togli, &json!({ "motivo": "Accesso concluso" }));
            assert_eq!(tolta["revoca"]["motivo"], "Accesso concluso");
            banco.autore("revoca-visione", "rosa");
            assert_eq!(vede(&banco.server, &gettone, &una), niente, "{ruolo:?}");
            // What was taken back stays so, for the reason it was.
            assert_eq!(banco.fatto(&rosa, &togli, &json!({ "motivo": "Altro" }))["revoca"], tolta["revoca"]);
        }
        assert_eq!(banco.righe(["visioni", "revoche_visioni"]), [5, 5]);
        let tutte = banco.legge(&rosa, &strada);
        assert_eq!((tutte["risultati"].as_array().unwrap().len(), &tutte["cursore"]), (5, &Value::Null));
        assert_eq!(tutte["risultati"][0]["persona"]["nomeUtente"], "revisore", "the last given first");
        attacca(casa, 10);
        banco.integra();
    }

    fn it_is_over_when_its_last_day_in_rome_is(casa) {
        let banco = Banco::nuovo(casa);
        tributi(casa);
        let (rosa, rita) = (chi(casa, "rosa", Ruolo::Rsp), chi(casa, "rita", Ruolo::Revisore));
        let una = segreta(casa, &banco.server, "una");
        let data = banco.fatto(&rosa, &format!("/registrazioni/{}/visioni", una.0), &corpo(casa, "rita", "Ispezione"));
        let fine = Istante::fine(fra(casa, 5));
        let prima = Istante::new(fine.date_time() - chrono::Duration::minutes(10));
        let ancora = casa.server_alle(&prima.roma());
        assert_eq!(vede(&ancora, &rita, &una), vec![1; 6]);
        let dopo = casa.server_alle(&fine.roma());
        assert_eq!(vede(&dopo, &rita, &una), vec![0; 6]);
        let togli = format!("{}/api/v1/registrazioni/{}/visioni/{}/revoca", dopo.url, una.0, data["id"].as_str().unwrap());
        let tardi = crate::casa::chiama_json(&togli, &rosa, r#"{ "motivo": "Finita" }"#);
        assert_eq!((tardi.stato, &tardi.json()["type"]), (409, &json!("urn:tabulario:visione-finita")));
        assert_eq!(casa.conta("revoche_visioni"), 0);
    }

    fn who_is_given_to_look_does_nothing_else(casa) {
        let banco = Banco::nuovo(casa);
        tributi(casa);
        let rosa = chi(casa, "rosa", Ruolo::Rsp);
        let una = segreta(casa, &banco.server, "una");
        let (_, sua) = (0, registra(&banco.server.url, &casa.gettone, "sua", &entrata("Istanza"), b"sua").unwrap().json());
        let sua = sua["id"].as_str().unwrap();
        let strada = |atto: &str| format!("/registrazioni/{}/{atto}", una.0);
        for ruolo in [Ruolo::Operatore, Ruolo::ResponsabileUfficio] {
            let gettone = chi(casa, ruolo.as_str(), ruolo);
            banco.fatto(&rosa, &strada("visioni"), &corpo(casa, ruolo.as_str(), "Accesso agli atti"));
            assert_eq!(vede(&banco.server, &gettone, &una)[0], 1);
            for (atto, corpo) in [
                ("classificazione", json!({ "voce": "VI.3" })),
                ("assegnazioni", json!({ "ufficio": "EDIL" })),
                ("presa-in-carico", json!({ "ufficio": "EDIL" })),
                ("proposte", json!({ "motivo": "Doppia" })),
                ("collegamenti", json!({ "specie": "collegato-a", "registrazione": sua })),
                ("visioni", json!({ "persona": "rosa", "fino": fra(casa, 1), "motivo": "Prova" })),
            ] {
                banco.assente(&gettone, &strada(atto), &corpo);
            }
            // Nor does it come in by the other side.
            let legame = json!({ "specie": "collegato-a", "registrazione": una.0 });
            banco.assente(&gettone, &format!("/registrazioni/{sua}/collegamenti"), &legame);
        }
        assert_eq!(banco.righe(["collegamenti", "proposte_annullamento", "visioni"]), [0, 0, 2]);
    }

    fn it_is_given_by_the_rsp_to_somebody_else_who_may_see_documents(casa) {
        let banco = Banco::nuovo(casa);
        tributi(casa);
        let rosa = chi(casa, "rosa", Ruolo::Rsp);
        let (bruno, omar) = (altrove(casa), chi(casa, "omar", Ruolo::Operatore));
        let una = segreta(casa, &banco.server, "una");
        let strada = format!("/registrazioni/{}/visioni", una.0);
        let a = |nome: &str| corpo(casa, nome, "Accesso agli atti");
        for nome in ["ugo", "lia", "mario"] {
            chi(casa, nome, if nome == "ugo" { Ruolo::Amministratore } else { Ruolo::Addetto });
        }
        casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| Ok::<_, Rotto>(utenti::escludi(op, &persona(casa, "lia"))?)).unwrap();
        // Rosa stands in for Mario, from tomorrow.
        let rosa_per_mario = |op: &mut Operazione<'_>| {
            let periodo = (Istante::inizio(fra(casa, 1)), Istante::fine(fra(casa, 3)));
            Ok::<_, Rotto>(utenti::sostituzione::registra(op, &persona(casa, "mario"), &persona(casa, "rosa"), periodo, &"Ferie".parse()?)?)
        };
        casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), rosa_per_mario).unwrap();
        banco.di_persona(&strada, &a("omar"));
        for gettone in [&omar, &bruno] {
            banco.assente(gettone, &strada, &a("omar"));
        }
        assert_eq!(leggi(&format!("{}/api/v1{strada}", banco.server.url), &omar).stato, 404);
        // Oneself, whom one stands in for, who is kept out, who sees no documents, who is of another AOO, who is nobody.
        for nome in ["rosa", "mario", "lia", "ugo", "bruno", "nessuno"] {
            banco.campi(&rosa, &strada, &a(nome), &["/persona"]);
        }
        let detto = |nome: &str| banco.manda(&rosa, &strada, &a(nome)).json()["detail"].as_str().unwrap().replace(nome, "…");
        assert_eq!(detto("bruno"), detto("nessuno"));
        assert!(detto("ugo").contains("non vede documenti"), "{}", detto("ugo"));
        let ieri = json!({ "persona": "omar", "fino": casa.db.orologio().adesso().giorno() - Days::new(1), "motivo": "Prova" });
        banco.campi(&rosa, &strada, &ieri, &["/fino"]);
        banco.campi(&rosa, &strada, &json!({ "fino": "domani", "altro": 1 }), &["/altro", "/persona", "/fino", "/motivo"]);
        banco.campi(&rosa, &strada, &corpo(casa, "omar", &"a".repeat(4001)), &["/motivo"]);
        banco.assente(&rosa, &format!("/registrazioni/{NESSUNO}/visioni"), &a("omar"));
        assert_eq!(casa.conta("visioni"), 0);
        // The same said twice is one act; of today it lasts all day.
        let oggi = json!({ "persona": "Omar", "fino": fra(casa, 0), "motivo": "Accesso agli atti" });
        let prima = banco.fatto(&rosa, &strada, &oggi);
        assert_eq!(banco.fatto(&rosa, &strada, &oggi)["id"], prima["id"]);
        assert_eq!(casa.conta("visioni"), 1);
        let altra = segreta(casa, &banco.server, "altra");
        for togli in [
            format!("{strada}/{NESSUNO}/revoca"),
            format!("/registrazioni/{}/visioni/{}/revoca", altra.0, prima["id"].as_str().unwrap()),
        ] {
            banco.assente(&rosa, &togli, &json!({ "motivo": "Prova" }));
        }
        let togli = format!("{strada}/{}/revoca", prima["id"].as_str().unwrap());
        banco.di_persona(&togli, &json!({ "motivo": "Prova" }));
        banco.assente(&omar, &togli, &json!({ "motivo": "Prova" }));
        banco.campi(&rosa, &togli, &json!({}), &["/motivo"]);
        assert_eq!(casa.conta("revoche_visioni"), 0);
        // The feed names it to who gives it, and not to who looks at people and offices.
        let tipi = |gettone: &str| {
            let eventi = banco.legge(gettone, "/eventi")["risultati"].clone();
            eventi.as_array().unwrap().iter().filter(|e| e["tipo"] == "visione").count()
        };
        let rita = chi(casa, "rita", Ruolo::Revisore);
        assert_eq!([&rosa, &rita].map(|g| tipi(g)), [1, 0]);
        banco.integra();
    }

    fn it_follows_what_the_person_is(casa) {
        let banco = Banco::nuovo(casa);
        tributi(casa);
        let rosa = chi(casa, "rosa", Ruolo::Rsp);
        let (luca, gettone) = assunta(casa, "luca", Ruolo::Addetto, &casa.ufficio);
        let una = segreta(casa, &banco.server, "una");
        banco.fatto(&rosa, &format!("/registrazioni/{}/visioni", una.0), &corpo(casa, "luca", "Accesso agli atti"));
        let comando = |f: &dyn Fn(&mut Operazione<'_>) -> Result<(), Errore>| casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), f).unwrap();
        let stato = || leggi(&format!("{}/api/v1/registrazioni/{}", banco.server.url, una.0), &gettone).stato;
        assert_eq!(stato(), 200);
        affida(casa, casa.aoo.id, &luca, (&casa.ufficio, Ruolo::Amministratore));
        assert_eq!(stato(), 200);
        comando(&|op| utenti::togli_ruolo(op, &luca, &casa.ufficio, Ruolo::Addetto));
        assert_eq!(stato(), 404, "who only keeps the machines sees no document");
        comando(&|op| utenti::escludi(op, &luca));
        assert_eq!(stato(), 401);
    }

    fn too_many_at_once_are_refused(casa) {
        let banco = Banco::nuovo(casa);
        tributi(casa);
        let rosa = chi(casa, "rosa", Ruolo::Rsp);
        let (omar, _) = assunta(casa, "omar", Ruolo::Operatore, &casa.ufficio);
        let una = segreta(casa, &banco.server, "una");
        let (id, fino): (RegistrazioneId, _) = (una.0.parse().unwrap(), fra(casa, 2));
        casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| {
            for n in 0..visione::MASSIME {
                visione::concedi(op, id, &omar, fino, &format!("Accesso {n}").parse()?)?;
            }
            Ok::<_, Rotto>(())
        }).unwrap();
        let (di_lui, qui) = (segreta(casa, &banco.server, "altra").0, una.0.clone());
        chi(casa, "rita", Ruolo::Revisore);
        for (id, nome) in [(&di_lui, "omar"), (&qui, "rita")] {
            banco.conflitto(&rosa, &format!("/registrazioni/{id}/visioni"), &corpo(casa, nome, "Una in più"), "troppe-visioni");
        }
        // The list goes on, the last first, each once.
        let (mut strada, mut ids) = (format!("/registrazioni/{qui}/visioni"), Vec::new());
        loop {
            let pagina = banco.legge(&rosa, &strada);
            ids.extend(pagina["risultati"].as_array().unwrap().iter().map(|v| v["id"].as_str().unwrap().to_owned()));
            let Some(cursore) = pagina["cursore"].as_str() else { break };
            strada = format!("/registrazioni/{qui}/visioni?cursore={cursore}");
        }
        assert!(ids.windows(2).all(|w| w[0] > w[1]) && ids.len() == 200, "{}", ids.len());
        banco.fatto(&rosa, &format!("/registrazioni/{qui}/visioni/{}/revoca", ids[0]), &json!({ "motivo": "Una di meno" }));
        banco.fatto(&rosa, &format!("/registrazioni/{di_lui}/visioni"), &corpo(casa, "omar", "Una in più"));
    }

    fn the_newest_are_told_once_and_in_order_whoever_granted_them(casa) {
        let server = casa.server();
        let tributi = tributi(casa);
        let ids: Vec<RegistrazioneId> = (0..9).map(|n| segreta(casa, &server, &n.to_string()).0.parse().unwrap()).collect();
        casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| {
            [1, 4, 5].into_iter().try_for_each(|n| visibilita::concedi(op, ids[n], casa.ufficio.id, "prova"))
        }).unwrap();
        let suoi: Vec<_> = [0, 2, 4, 8].map(|n| ids[n]).into();
        for vista in [Vista::Uffici(casa.aoo.id, vec![casa.ufficio.id].into()), Vista::SenzaRiservati(casa.aoo.id, vec![casa.ufficio.id].into())] {
            let vista = vista.con_visioni(suoi.clone());
            for quante in [1, 2, 50] {
                let (mut viste, mut prima) = (Vec::new(), None);
                loop {
                    let pagina = casa.db.leggi(|conn| registro::ultime(conn, &vista, prima, quante)).unwrap();
                    let Some(ultima) = pagina.last() else { break };
                    prima = Some(ultima.id);
                    viste.extend(pagina.iter().map(|r| r.id));
                }
                assert_eq!(viste, [8, 5, 4, 2, 1, 0].map(|n| ids[n]), "{quante}");
            }
            let altrove = Vista::Uffici(tabulario::valori::AooId::new(), Vec::new().into()).con_visioni(suoi.clone());
            assert!(casa.db.leggi(|conn| registro::ultime(conn, &altrove, None, 50)).unwrap().is_empty());
        }
        assert!(tributi.id != casa.ufficio.id);
    }
}
