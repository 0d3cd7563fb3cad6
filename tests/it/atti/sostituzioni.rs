//! Who stands in for whom: for oneself by anybody, for others by who may.

use super::{Banco, NESSUNO, altrove, chi, persona};
use crate::casa::{Casa, chiama_json, su_entrambi};
use chrono::Days;
use serde_json::{Value, json};
use tabulario::utenti::{Ruolo, sostituzione};

fn fra(casa: &Casa, giorni: u64) -> String {
    (casa.db.orologio().adesso().giorno() + Days::new(giorni)).to_string()
}

su_entrambi! {
    fn one_names_who_stands_in_for_oneself_and_the_rsp_for_anybody(casa) {
        let banco = Banco::nuovo(casa);
        let (mario, anna) = (chi(casa, "mario", Ruolo::Addetto), chi(casa, "anna", Ruolo::Addetto));
        let (rosa, bruno) = (chi(casa, "rosa", Ruolo::Rsp), altrove(casa));
        let corpo = |titolare: Value, sostituto: &str| {
            json!({ "titolare": titolare, "sostituto": sostituto, "dal": fra(casa, 0), "al": fra(casa, 5), "motivo": "Ferie" })
        };
        let sua = corpo(Value::Null, "anna");
        banco.di_persona("/sostituzioni", &sua);
        // Of others only for who may, and nobody in their own favour.
        banco.assente(&mario, "/sostituzioni", &corpo(json!("rosa"), "anna"));
        banco.campi(&rosa, "/sostituzioni", &corpo(json!("mario"), "rosa"), &["/sostituto"]);
        banco.campi(&mario, "/sostituzioni", &corpo(Value::Null, "mario"), &["/sostituto"]);
        // Nobody of another AOO, told apart from nobody at all by nothing.
        for chi in ["bruno", "nessuno"] {
            banco.campi(&mario, "/sostituzioni", &corpo(Value::Null, chi), &["/sostituto"]);
            banco.campi(&rosa, "/sostituzioni", &corpo(json!(chi), "anna"), &["/titolare"]);
        }
        let detto = |chi: &str| {
            let rifiuto = chiama_json(&format!("{}/api/v1/sostituzioni", banco.server.url), &rosa, &corpo(json!(chi), "anna").to_string());
            rifiuto.json()["detail"].as_str().unwrap().replace(chi, "…")
        };
        assert_eq!(detto("bruno"), detto("nessuno"));
        assert_eq!(detto("BRUNO"), detto("NESSUNO"), "nor by how the name is written");
        let mut passata = sua.clone();
        passata["al"] = json!("+10000-01-01");
        banco.campi(&mario, "/sostituzioni", &passata, &["/al"]);
        passata["al"] = json!("2026-01-01");
        banco.campi(&mario, "/sostituzioni", &passata, &["/al"]);
        banco.campi(&mario, "/sostituzioni", &json!({ "dal": "oggi" }), &["/sostituto", "/dal", "/al", "/motivo"]);
        assert_eq!(casa.conta("sostituzioni"), 0);
        let fatta = banco.fatto(&mario, "/sostituzioni", &sua);
        assert_eq!((&fatta["titolare"]["nomeUtente"], &fatta["sostituto"]["nomeUtente"], &fatta["al"]), (&json!("mario"), &json!("anna"), &json!(fra(casa, 5))));
        banco.autore("sostituzione", "mario");
        assert_eq!(banco.fatto(&mario, "/sostituzioni", &corpo(json!("Mario"), "anna"))["id"], fatta["id"], "the same said twice is one act");
        let ora = casa.db.orologio().adesso();
        let puo = || casa.db.leggi(|conn| sostituzione::disponibili(conn, persona(casa, "anna").id, casa.aoo.id, ora)).unwrap().len();
        assert_eq!((puo(), casa.conta("sostituzioni")), (1, 1));
        let altra = banco.fatto(&rosa, "/sostituzioni", &corpo(json!("anna"), "mario"));
        let quante = |gettone: &str| banco.legge(gettone, "/sostituzioni")["risultati"].as_array().unwrap().len();
        assert_eq!([&rosa, &casa.gettone, &mario, &anna, &bruno].map(|g| quante(g)), [2, 2, 2, 2, 0]);
        let strada = |s: &Value| format!("/sostituzioni/{}/revoca", s["id"].as_str().unwrap());
        banco.di_persona(&strada(&fatta), &json!({}));
        // The sostituto does not end it, nor does anybody elsewhere.
        for (gettone, strada) in [(&anna, strada(&fatta)), (&bruno, strada(&fatta)), (&rosa, format!("/sostituzioni/{NESSUNO}/revoca"))] {
            banco.assente(gettone, &strada, &json!({}));
        }
        assert_eq!(casa.conta("revoche_sostituzioni"), 0);
        for _ in 0..2 {
            assert!(banco.fatto(&mario, &strada(&fatta), &json!({}))["revocata"].is_string());
        }
        banco.autore("revoca-sostituzione", "mario");
        assert_eq!((puo(), casa.conta("revoche_sostituzioni")), (0, 1), "one that was ended stays so");
        banco.fatto(&rosa, &strada(&altra), &json!({}));
        banco.integra();
    }

    fn nobody_stands_in_for_whom_they_gave_what_they_would_act_with(casa) {
        let banco = Banco::nuovo(casa);
        let ugo = chi(casa, "ugo", Ruolo::Amministratore);
        let (rosa, anna) = (chi(casa, "rosa", Ruolo::Rsp), chi(casa, "anna", Ruolo::ResponsabileUfficio));
        chi(casa, "elio", Ruolo::Addetto);
        let nomina = |sostituto: &str| json!({ "sostituto": sostituto, "dal": fra(casa, 1), "al": fra(casa, 5), "motivo": "Ferie" });
        banco.fatto(&ugo, "/persone/anna/ruoli", &json!({ "ufficio": "EDIL", "ruolo": "operatore" }));
        banco.campi(&anna, "/sostituzioni", &nomina("ugo"), &["/sostituto"]);
        let mut da_altri = nomina("ugo");
        da_altri["titolare"] = json!("anna");
        banco.campi(&rosa, "/sostituzioni", &da_altri, &["/sostituto"]);
        assert_eq!(casa.conta("sostituzioni"), 0);
        // Somebody else may; and ugo, once the role that he gave is no more.
        banco.fatto(&anna, "/sostituzioni", &nomina("elio"));
        banco.fatto(&rosa, "/sostituzioni", &json!({ "titolare": "elio", "sostituto": "ugo", "dal": fra(casa, 1), "al": fra(casa, 2), "motivo": "Ferie" }));
        banco.fatto(&ugo, "/persone/anna/ruoli-tolti", &json!({ "ufficio": "EDIL", "ruolo": "operatore" }));
        // An office put below the titolare's is the same.
        banco.fatto(&ugo, "/uffici", &json!({ "codice": "PERS", "denominazione": "Personale" }));
        banco.fatto(&ugo, "/uffici/PERS/spostamento", &json!({ "sotto": "EDIL" }));
        banco.campi(&anna, "/sostituzioni", &nomina("ugo"), &["/sostituto"]);
        banco.fatto(&ugo, "/uffici/PERS/spostamento", &json!({ "sotto": null }));
        let futura = banco.fatto(&anna, "/sostituzioni", &nomina("ugo"));
        // Nor is it put there before the first day comes.
        banco.conflitto(&ugo, "/uffici/PERS/spostamento", &json!({ "sotto": "EDIL" }), "ruolo-a-se");
        banco.fatto(&anna, &format!("/sostituzioni/{}/revoca", futura["id"].as_str().unwrap()), &json!({}));
        banco.fatto(&ugo, "/uffici/PERS/spostamento", &json!({ "sotto": "EDIL" }));
        banco.integra();
    }

    fn there_are_so_many_and_no_more_and_the_list_goes_on(casa) {
        let banco = Banco::nuovo(casa);
        let (mario, rosa) = (chi(casa, "mario", Ruolo::Addetto), chi(casa, "rosa", Ruolo::Rsp));
        let anna = chi(casa, "anna", Ruolo::Addetto);
        let (sua, suo) = (persona(casa, "anna"), persona(casa, "mario"));
        casa.db.scrivi(casa.aoo.id, &tabulario::valori::Attore::Sistema("comando"), |op| {
            for n in 0..sostituzione::MASSIME {
                let periodo = (op.ora, tabulario::valori::Istante::new(op.ora.date_time() + chrono::Duration::days(n + 1)));
                sostituzione::registra(op, &suo, &sua, periodo, &"Ferie".parse()?)?;
            }
            Ok::<_, crate::casa::Rotto>(())
        }).unwrap();
        let altra = json!({ "sostituto": "anna", "dal": fra(casa, 0), "al": fra(casa, 90), "motivo": "Ferie" });
        banco.conflitto(&mario, "/sostituzioni", &altra, "troppe-sostituzioni");
        banco.fatto(&anna, "/sostituzioni", &json!({ "sostituto": "mario", "dal": fra(casa, 0), "al": fra(casa, 90), "motivo": "Ferie" }));
        for gettone in [&mario, &rosa, &casa.gettone] {
            let (mut strada, mut ids) = ("/sostituzioni".to_owned(), Vec::new());
            loop {
                let pagina = banco.legge(gettone, &strada);
                ids.extend(pagina["risultati"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned()));
                let Some(cursore) = pagina["cursore"].as_str() else { break };
                strada = format!("/sostituzioni?cursore={cursore}");
            }
            assert!(ids.windows(2).all(|w| w[0] > w[1]) && ids.len() == 51, "{}", ids.len());
        }
        let ultima = banco.legge(&mario, "/sostituzioni")["risultati"][1]["id"].as_str().unwrap().to_owned();
        banco.fatto(&mario, &format!("/sostituzioni/{ultima}/revoca"), &json!({}));
        banco.fatto(&mario, "/sostituzioni", &altra);
    }

    fn nobody_gets_at_documents_through_whom_they_stand_in_for(casa) {
        let banco = Banco::nuovo(casa);
        let ugo = chi(casa, "ugo", Ruolo::Amministratore);
        let anna = chi(casa, "anna", Ruolo::ResponsabileUfficio);
        banco.fatto(&ugo, "/uffici", &json!({ "codice": "PERS", "denominazione": "Personale" }));
        // Also before the first day comes.
        let sostituto = json!({ "sostituto": "ugo", "dal": fra(casa, 3), "al": fra(casa, 5), "motivo": "Ferie" });
        let futura = banco.fatto(&anna, "/sostituzioni", &sostituto);
        let rsp = json!({ "ufficio": "EDIL", "ruolo": "rsp" });
        banco.conflitto(&ugo, "/persone/anna/ruoli", &rsp, "ruolo-a-se");
        let corre = json!({ "sostituto": "ugo", "dal": fra(casa, 0), "al": fra(casa, 5), "motivo": "Malattia" });
        let corrente = banco.fatto(&anna, "/sostituzioni", &corre);
        // What stands below EDIL is seen by who answers for it, and so by who acts for them.
        let sotto = json!({ "sotto": "EDIL" });
        banco.conflitto(&ugo, "/uffici/PERS/spostamento", &sotto, "ruolo-a-se");
        assert_eq!((casa.conta("variazioni_uffici"), banco.legge(&ugo, "/uffici")["risultati"].as_array().unwrap().len()), (0, 2));
        // An application learns neither why somebody is away nor who works where.
        let elenco = banco.legge(&casa.gettone, "/sostituzioni");
        assert_eq!((&elenco["risultati"][0]["motivo"], &elenco["risultati"][1]["motivo"]), (&Value::Null, &Value::Null));
        let uffici = banco.legge(&casa.gettone, "/uffici");
        assert!(uffici["risultati"].as_array().unwrap().iter().all(|u| u["persone"] == json!([])), "{uffici}");
        for fatta in [futura, corrente] {
            banco.fatto(&anna, &format!("/sostituzioni/{}/revoca", fatta["id"].as_str().unwrap()), &json!({}));
        }
        banco.fatto(&ugo, "/uffici/PERS/spostamento", &sotto);
        banco.fatto(&ugo, "/persone/anna/ruoli", &rsp);
    }
}
