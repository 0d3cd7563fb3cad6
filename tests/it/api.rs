//! The API as a stranger would use and abuse it (DESIGN.md 4).

use crate::casa::{Casa, Parte, Risposta, Server, chiama, condivisi, entrata, leggi, registra, su_entrambi, uscita};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tabulario::segnatura::{circolare60, xsd};

fn rifiuta(casa: &Casa, server: &Server, json: &Value, stato: u16, puntatore: &str) {
    let risposta = registra(&server.url, &casa.gettone, "rifiuto", json, b"x").unwrap();
    let corpo = risposta.json();
    assert_eq!((risposta.stato, risposta.tipo.as_str()), (stato, "application/problem+json"), "{json} gave {corpo}");
    assert!(corpo["type"].as_str().unwrap().starts_with("urn:tabulario:"));
    if !puntatore.is_empty() {
        let puntatori: Vec<_> =
            corpo["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert!(puntatori.contains(&puntatore), "{json} gave {puntatori:?}, not {puntatore}");
    }
}

fn con(campo: &str, valore: Value) -> Value {
    let mut json = entrata("Istanza");
    json[campo] = valore;
    json
}

su_entrambi! {
    fn a_registration_is_answered_and_read_back(casa) {
        let server = casa.server();
        let mut chiesta = entrata("Istanza di «permesso» <&> à");
        chiesta["arrivo"] = json!("2026-01-02T10:00:00+01:00");
        chiesta["protocolloMittente"] = json!({ "numero": "123/A", "data": "2026-01-01" });
        chiesta["documenti"][0]["sha256"] = json!(hex::encode(Sha256::digest(b"il testo")));
        let risposta = registra(&server.url, &casa.gettone, "uno", &chiesta, b"il testo").unwrap();
        let fatta = risposta.json();
        assert_eq!(risposta.stato, 201, "{fatta}");
        assert_eq!((&fatta["numero"], &fatta["aoo"], &fatta["registro"]), (&json!("0000001"), &json!("AX99Z01"), &json!("PG")));
        assert!(fatta["segnatura"].as_str().unwrap().starts_with("c_x999/AX99Z01/PG/"));
        let id = fatta["id"].as_str().unwrap();
        let letta = leggi(&format!("{}/api/v1/registrazioni/{id}", server.url), &casa.gettone).json();
        assert_eq!(letta, fatta);
        for campo in ["flusso", "oggetto", "mezzo", "protocolloMittente"] {
            assert_eq!(letta[campo], chiesta[campo], "{campo}");
        }
        assert_eq!(letta["arrivo"], "2026-01-02T10:00:00.000+01:00");
        assert_eq!((&letta["ufficio"], &letta["voce"]), (&json!("EDIL"), &json!("VI.3")));
        assert_eq!(letta["assegnazioni"][0]["titolo"], "competenza");
        let anno = fatta["anno"].as_i64().unwrap();
        for numero in ["1", "0000001"] {
            let elenco = leggi(&format!("{}/api/v1/registrazioni?anno={anno}&numero={numero}", server.url), &casa.gettone).json();
            assert_eq!(elenco["risultati"], json!([fatta]));
        }
        let sha256 = fatta["documenti"][0]["sha256"].as_str().unwrap();
        assert_eq!(leggi(&format!("{}/api/v1/documenti/{sha256}", server.url), &casa.gettone).corpo, b"il testo");
    }

    fn the_same_request_gets_the_first_answer_again(casa) {
        let server = casa.server();
        let prima = registra(&server.url, &casa.gettone, "k", &entrata("Istanza"), b"x").unwrap().json();
        let ancora = registra(&server.url, &casa.gettone, "k", &entrata("Istanza"), b"x").unwrap();
        assert_eq!((ancora.stato, ancora.json()), (201, prima));
        for altra in [
            registra(&server.url, &casa.gettone, "k", &entrata("Altra"), b"x"),
            registra(&server.url, &casa.gettone, "k", &entrata("Istanza"), b"altri byte"),
        ] {
            let altra = altra.unwrap();
            assert_eq!((altra.stato, &altra.json()["type"]), (422, &json!("urn:tabulario:chiave-riusata")));
        }
        assert_eq!(casa.conta("registrazioni"), 1);
        let testo = entrata("Senza chiave").to_string();
        let parti = [Parte { nome: "registrazione", file: None, bytes: testo.as_bytes() }];
        let senza = chiama("POST", &format!("{}/api/v1/registrazioni", server.url), &casa.gettone, None, Some(&parti)).unwrap();
        assert_eq!(senza.stato, 400);
    }

    fn what_is_wrong_is_refused_with_its_field_and_uses_no_number(casa) {
        let server = casa.server();
        let lungo = "a".repeat(1_000_000);
        let molti: Vec<Value> = (0..5_000)
            .map(|i| json!({ "ruolo": "mittente", "tipo": "persona-giuridica", "denominazione": format!("Ditta {i}") }))
            .collect();
        for (campo, valore, puntatore) in [
            ("flusso", json!("fuori"), "/flusso"),
            ("oggetto", json!(""), "/oggetto"),
            ("oggetto", json!(lungo), "/oggetto"),
            ("oggetto", json!("a\u{0}b"), "/oggetto"),
            ("oggetto", json!("fattura\u{202e}fdp.exe"), "/oggetto"),
            ("oggetto", json!(7), "/oggetto"),
            ("mezzo", json!("piccione"), "/mezzo"),
            ("corrispondenti", json!([]), "/corrispondenti"),
            ("corrispondenti", json!(molti), "/corrispondenti"),
            ("arrivo", json!("2026-02-30T00:00:00Z"), "/arrivo"),
            ("arrivo", json!("2199-01-01T00:00:00Z"), "/arrivo"),
            ("protocolloMittente", json!({ "numero": "1", "data": "2026-13-01" }), "/protocolloMittente/data"),
            ("voce", json!("XV.99"), "/voce"),
            ("ufficio", json!("NESSUNO"), "/ufficio"),
            ("riservato", json!("forse"), "/riservato"),
            ("rispondeA", json!("01a20113-bd15-70bc-a607-496733b59f69"), "/rispondeA"),
            ("documenti", json!([{ "parte": "altra", "ruolo": "principale" }]), "/documenti/0/parte"),
            ("documenti", json!([{ "parte": "doc", "ruolo": "allegato" }]), "/documenti"),
            ("documenti", json!([{ "parte": "doc", "ruolo": "principale", "sha256": "ab".repeat(32) }]), "/documenti/0/sha256"),
            ("documenti", json!([]), "/documenti"),
            ("numero", json!("0000007"), "/numero"),
            ("anno", json!(2020), "/anno"),
        ] {
            rifiuta(casa, &server, &con(campo, valore), 422, puntatore);
        }
        let cf = json!([{ "ruolo": "mittente", "tipo": "persona-fisica", "nome": "A", "cognome": "B", "codiceFiscale": "RSSMRA80A01H501X" }]);
        rifiuta(casa, &server, &con("corrispondenti", cf), 422, "/corrispondenti/0/codiceFiscale");
        let mut senza = uscita("Solo per conoscenza");
        senza["corrispondenti"][0]["perConoscenza"] = json!(true);
        rifiuta(casa, &server, &senza, 422, "/corrispondenti");
        assert_eq!(casa.conta("registrazioni"), 0);
        assert_eq!(registra(&server.url, &casa.gettone, "buona", &entrata("Buona"), b"x").unwrap().json()["numero"], "0000001");
    }

    fn nobody_is_written_to_twice(casa) {
        let server = casa.server();
        let mut chiesta = uscita("Risposta");
        let (primo, mut altro) = (chiesta["corrispondenti"][0].clone(), chiesta["corrispondenti"][0].clone());
        altro["perConoscenza"] = true.into();
        chiesta["corrispondenti"] = json!([primo, altro]);
        rifiuta(casa, &server, &chiesta, 422, "/corrispondenti/1");
        let rossi = |cf: Option<&str>| {
            let mut r = json!({ "ruolo": "destinatario", "tipo": "persona-fisica", "nome": "Mario", "cognome": "Rossi" });
            if let Some(cf) = cf {
                r["codiceFiscale"] = cf.into();
            }
            r
        };
        for (uno, altro, stato) in [
            (rossi(None), rossi(None), 422),
            (rossi(Some("RSSMRA80A01H501U")), rossi(None), 422),
            (rossi(Some("RSSMRA80A01H501U")), rossi(Some("RSSMRA80A01F205X")), 201),
        ] {
            chiesta["corrispondenti"] = json!([uno, altro]);
            let chiave = format!("{chiesta}").len().to_string();
            let r = registra(&server.url, &casa.gettone, &chiave, &chiesta, b"x").unwrap();
            assert_eq!(r.stato, stato, "{}", r.json());
        }
    }

    fn what_cannot_be_read_is_400_and_two_parts_with_one_name_are_refused(casa) {
        let server = casa.server();
        let url = format!("{}/api/v1/registrazioni", server.url);
        let manda = |parti: &[Parte<'_>]| chiama("POST", &url, &casa.gettone, Some("k"), Some(parti)).unwrap();
        let parte = |nome, file, bytes| Parte { nome, file, bytes };
        assert_eq!(manda(&[parte("registrazione", None, b"{ non json")]).stato, 400);
        assert_eq!(manda(&[parte("doc", Some("a.txt"), b"x")]).stato, 400);
        let testo = entrata("Due parti").to_string();
        let doppi = [testo.replacen('{', r#"{"oggetto":"Altro","#, 1), testo.replace(r#""ruolo":"principale""#, r#""ruolo":"allegato","ruolo":"principale""#)];
        let r = parte("registrazione", None, testo.as_bytes());
        let dove = |no: Risposta| (no.stato, no.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned());
        assert_eq!(dove(manda(&[r, parte("doc", Some("a"), b"x"), parte("doc", Some("b"), b"y")])), (422, "/doc".to_owned()));
        let r = parte("registrazione", None, testo.as_bytes());
        assert_eq!(dove(manda(&[r, parte("do/c", Some("../../etc/passwd"), b"x")])), (422, "/do~1c".to_owned()));
        // Of two members with one name nobody knows which is meant.
        for doppio in &doppi {
            let no = manda(&[parte("registrazione", None, doppio.as_bytes()), parte("doc", Some("a"), b"x")]);
            let detto = no.json()["detail"].as_str().unwrap().to_owned();
            assert!(no.stato == 400 && detto.contains("ha due volte il nome «"), "{doppio}: {detto}");
        }
        assert_eq!(chiama("POST", &url, &casa.gettone, Some("k"), None).unwrap().stato, 400);
        assert_eq!(casa.conta("registrazioni"), 0);
    }

    fn who_is_not_known_sees_nothing(casa) {
        let server = casa.server();
        let fatta = registra(&server.url, &casa.gettone, "k", &entrata("Istanza"), b"x").unwrap().json();
        let sha256 = fatta["documenti"][0]["sha256"].as_str().unwrap();
        let id = fatta["id"].as_str().unwrap();
        let strade = [
            "registrazioni".to_owned(),
            format!("registrazioni/{id}"),
            format!("registrazioni/{id}/segnatura"),
            format!("documenti/{sha256}"),
            "eventi".to_owned(),
        ];
        for gettone in ["", "tab_sbagliato", "x"] {
            for strada in &strade {
                assert_eq!(leggi(&format!("{}/api/v1/{strada}", server.url), gettone).stato, 401, "{strada}");
            }
            assert_eq!(registra(&server.url, gettone, "k", &entrata("Istanza"), b"x").unwrap().stato, 401);
        }
        for strada in ["registrazioni/niente", "registrazioni/01a20113-bd15-70bc-a607-496733b59f69", "documenti/ab", "altro"] {
            let risposta = leggi(&format!("{}/api/v1/{strada}", server.url), &casa.gettone);
            assert_eq!((risposta.stato, risposta.tipo.as_str()), (404, "application/problem+json"), "{strada}");
        }
        let ignota = leggi(&format!("{}/api/v1/documenti/{}", server.url, "ab".repeat(32)), &casa.gettone);
        assert_eq!(ignota.stato, 404);
    }

    fn an_uscita_carries_a_segnatura_that_is_valid_for_us_and_for_agid(casa) {
        let server = casa.server();
        let fatta = registra(&server.url, &casa.gettone, "u", &uscita("Permesso <rilasciato> & firmato"), b"x").unwrap().json();
        let url = format!("{}/api/v1/registrazioni/{}/segnatura", server.url, fatta["id"].as_str().unwrap());
        let xml = leggi(&format!("{url}?dialetto=60-2013"), &casa.gettone);
        assert_eq!((xml.stato, xml.tipo.as_str()), (200, "application/xml; charset=utf-8"));
        circolare60::schema().unwrap().valida(&xml.corpo).unwrap();
        let testo = String::from_utf8(xml.corpo.clone()).unwrap();
        assert!(testo.contains("<NumeroRegistrazione>0000001</NumeroRegistrazione>") && testo.contains("Rossi &amp; Figli &lt;srl&gt;"));
        if let Some(condivisi) = condivisi() {
            let file = condivisi.join("specs/01-segnatura/circolare-60-2013/segnatura_protocollo_circolare_60_2013.xsd");
            let ufficiale = std::fs::read_to_string(file).unwrap();
            xsd::Schema::new(&[("ufficiale.xsd", &ufficiale)]).unwrap().valida(&xml.corpo).unwrap();
        }
        assert_eq!(leggi(&format!("{url}?dialetto=3.0.0"), &casa.gettone).stato, 409);
        assert_eq!(leggi(&format!("{url}?dialetto=4"), &casa.gettone).stato, 400);
        let entrata = registra(&server.url, &casa.gettone, "e", &entrata("Istanza"), b"x").unwrap().json();
        let niente = leggi(&format!("{}/api/v1/registrazioni/{}/segnatura", server.url, entrata["id"].as_str().unwrap()), &casa.gettone);
        assert_eq!((niente.stato, &niente.json()["type"]), (404, &json!("urn:tabulario:segnatura-non-prevista")));
    }

    fn the_feed_tells_every_act_once_and_in_order(casa) {
        let server = casa.server();
        registra(&server.url, &casa.gettone, "k", &entrata("Istanza"), b"x").unwrap();
        let url = format!("{}/api/v1/eventi", server.url);
        let tutti = leggi(&url, &casa.gettone).json()["risultati"].as_array().unwrap().clone();
        let posizioni: Vec<i64> = tutti.iter().map(|e| e["posizione"].as_i64().unwrap()).collect();
        assert_eq!(posizioni, (1..=posizioni.len() as i64).collect::<Vec<_>>());
        let ultimi: Vec<_> = tutti.iter().rev().take(3).map(|e| e["tipo"].as_str().unwrap()).collect();
        assert_eq!(ultimi, ["assegnazione", "classificazione", "registrazione"]);
        assert!(tutti.iter().all(|e| e["aoo"] == "AX99Z01"));
        let dopo = leggi(&format!("{url}?dopo={}", posizioni.len() - 1), &casa.gettone).json();
        assert_eq!(dopo["risultati"], json!([tutti.last().unwrap()]));
        assert_eq!(leggi(&format!("{url}?dopo=x"), &casa.gettone).stato, 400);
    }
}

#[test]
fn the_description_names_every_road() {
    let casa = Casa::sqlite();
    let server = casa.server();
    let openapi = leggi(&format!("{}/api/v1/openapi.json", server.url), "").json();
    let strade: Vec<_> = openapi["paths"].as_object().unwrap().keys().collect();
    assert!(strade.len() >= 5 && strade.iter().all(|s| s.starts_with("/api/v1/")), "{strade:?}");
    let schema = &openapi["components"]["schemas"]["RegistrazioneRichiesta"]["properties"];
    assert!(schema["protocolloMittente"].is_object() && schema["rispondeA"].is_object(), "{schema:#}");
    let metriche = String::from_utf8(leggi(&format!("{}/metriche", server.url), "").corpo).unwrap();
    assert!(metriche.contains("tabulario_eventi"));
}
