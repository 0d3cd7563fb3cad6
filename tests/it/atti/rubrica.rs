//! The rubrica is changed by who registers; what a source proposes, and that two are one, is said by a person.

use super::{Banco, NESSUNO, altrove, chi};
use crate::casa::su_entrambi;
use serde_json::{Value, json};
use tabulario::registro::rubrica::{self, Fonte, Indirizzo};
use tabulario::segnatura::{NomeParte, Parte, TipoParte};
use tabulario::utenti::Ruolo;
use tabulario::valori::{Attore, SoggettoId};

fn id(json: &Value) -> &str {
    json["id"].as_str().unwrap()
}

su_entrambi! {
    fn data_and_addresses_change_and_stay_in_the_history(casa) {
        let banco = Banco::nuovo(casa);
        let (anna, vera, bruno) = (chi(casa, "anna", Ruolo::Operatore), chi(casa, "vera", Ruolo::Revisore), altrove(casa));
        let rossi = json!({ "tipo": "persona-giuridica", "denominazione": "Rossi srl", "codiceFiscale": "12345678903" });
        let creato = banco.fatto(&casa.gettone, "/rubrica", &rossi);
        let strada = format!("/rubrica/{}", id(&creato));
        let (dati, recapiti) = (format!("{strada}/dati"), format!("{strada}/recapiti"));
        let nuovi = json!({ "tipo": "persona-giuridica", "denominazione": "Rossi Costruzioni srl", "codiceFiscale": "12345678903", "fonte": "inipec" });
        let pec = json!({ "tipo": "pec", "valore": "rossi@pec.example" });
        for (strada, corpo) in [(&dati, &nuovi), (&recapiti, &pec)] {
            banco.assente(&vera, strada, corpo);
            banco.assente(&bruno, strada, corpo);
            banco.assente(&anna, &strada.replace(id(&creato), NESSUNO), corpo);
        }
        banco.campi(&anna, &dati, &json!({ "tipo": "ditta", "recapiti": [] }), &["/recapiti", "/tipo", "/denominazione"]);
        banco.campi(&anna, &recapiti, &json!({ "tipo": "pec", "valore": "senza chiocciola" }), &["/valore"]);
        banco.campi(&anna, &recapiti, &json!({ "tipo": "fax", "valore": "1" }), &["/tipo"]);
        assert_eq!(banco.righe(["soggetti", "recapiti"]), [1, 0]);
        for _ in 0..2 {
            let cambiato = banco.fatto(&anna, &dati, &nuovi);
            assert_eq!((&cambiato["denominazione"], &cambiato["fonte"], &cambiato["prima"][0]["denominazione"]), (&json!("Rossi Costruzioni srl"), &json!("inipec"), &json!("Rossi srl")));
        }
        banco.autore("soggetto", "anna");
        assert_eq!(casa.conta("soggetti"), 2, "the same said again is no act");
        banco.fatto(&casa.gettone, "/rubrica", &json!({ "tipo": "persona-giuridica", "denominazione": "Verdi srl", "codiceFiscale": "00000000000" }));
        let mut di_altri = nuovi.clone();
        di_altri["codiceFiscale"] = json!("00000000000");
        banco.conflitto(&anna, &dati, &di_altri, "gia-in-rubrica");
        let con_pec = banco.fatto(&anna, &recapiti, &pec);
        assert_eq!(con_pec["recapiti"][0]["valore"], "rossi@pec.example");
        banco.autore("recapito", "anna");
        banco.conflitto(&anna, &recapiti, &json!({ "tipo": "pec", "valore": "ROSSI@pec.example" }), "recapito-presente");
        let ritiro = format!("{recapiti}/{}/ritiro", id(&con_pec["recapiti"][0]));
        for (gettone, strada) in [(&vera, ritiro.as_str()), (&bruno, &ritiro), (&anna, &format!("{recapiti}/{NESSUNO}/ritiro"))] {
            banco.assente(gettone, strada, &json!({}));
        }
        assert!(banco.fatto(&anna, &ritiro, &json!({}))["recapiti"][0]["al"].is_string());
        banco.autore("ritiro-recapito", "anna");
        banco.conflitto(&anna, &ritiro, &json!({}), "gia-ritirato");
        assert_eq!(banco.righe(["soggetti", "recapiti", "ritiri_recapiti"]), [3, 1, 1]);
        // A program that registers writes here too, and is named.
        banco.fatto(&casa.gettone, &recapiti, &json!({ "tipo": "posta", "valore": "Via Garibaldi 12, Borgo Esempio" }));
        assert!(banco.legge(&anna, &strada)["recapiti"][0]["autore"].as_str().unwrap().starts_with("applicazione "));
        banco.integra();
    }

    fn a_person_takes_what_a_source_says_and_joins_what_is_one(casa) {
        let banco = Banco::nuovo(casa);
        let (anna, vera, bruno) = (chi(casa, "anna", Ruolo::Operatore), chi(casa, "vera", Ruolo::Revisore), altrove(casa));
        let crea = |nome: &str| banco.fatto(&casa.gettone, "/rubrica", &json!({ "tipo": "persona-giuridica", "denominazione": nome }));
        let (rossi, altro) = (crea("Rossi srl"), crea("Rossi e figli"));
        let strada = format!("/rubrica/{}", id(&rossi));
        let soggetto: SoggettoId = id(&rossi).parse().unwrap();
        let parte = Parte {
            tipo: TipoParte::PersonaGiuridica,
            nome: NomeParte::Denominazione("Rossi srl".parse().unwrap()),
            codice_fiscale: "12345678903".parse().ok(),
            codice_ipa: None,
            codice_aoo: None,
            codice_uo: None,
            pec: None,
        };
        let pec = Indirizzo::leggi("pec", "rossi@pec.example").unwrap();
        casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| rubrica::proponi(op, soggetto, &parte, &[pec], Fonte::Inipec)).unwrap();
        let proposte = banco.legge(&anna, &strada)["proposte"].clone();
        assert_eq!((&proposte[0]["dato"], &proposte[1]["valore"], &proposte[1]["fonte"]), (&json!("codice-fiscale"), &json!("rossi@pec.example"), &json!("inipec")));
        let in_attesa = || banco.legge(&anna, "/rubrica?proposte=true")["risultati"].as_array().unwrap().len();
        assert_eq!((in_attesa(), banco.legge(&bruno, "/rubrica?proposte=true")["risultati"].as_array().unwrap().len()), (1, 0));
        let decisione = |n: usize| format!("{strada}/proposte/{}/decisione", id(&proposte[n]));
        let aggiorna = json!({ "decisione": "aggiorna" });
        banco.di_persona(&decisione(0), &aggiorna);
        for (gettone, strada) in [(&vera, decisione(0)), (&bruno, decisione(0)), (&anna, format!("{strada}/proposte/{NESSUNO}/decisione")), (&anna, decisione(0).replace(id(&rossi), id(&altro)))] {
            banco.assente(gettone, &strada, &aggiorna);
        }
        banco.campi(&anna, &decisione(0), &json!({ "decisione": "forse" }), &["/decisione"]);
        assert_eq!(casa.conta("decisioni_proposte"), 0);
        assert_eq!(banco.fatto(&anna, &decisione(0), &aggiorna)["codiceFiscale"], "12345678903");
        banco.autore("decisione-proposta", "anna");
        banco.conflitto(&anna, &decisione(0), &aggiorna, "gia-decisa");
        let lasciata = banco.fatto(&anna, &decisione(1), &json!({ "decisione": "lascia" }));
        assert_eq!((&lasciata["recapiti"], &lasciata["proposte"]), (&json!([]), &json!([])));
        assert_eq!((casa.conta("decisioni_proposte"), in_attesa()), (2, 0));
        let (unioni, questo) = (format!("{strada}/unioni"), json!({ "altro": id(&altro) }));
        banco.di_persona(&unioni, &questo);
        for gettone in [&vera, &bruno] {
            banco.assente(gettone, &unioni, &questo);
        }
        banco.campi(&anna, &unioni, &json!({ "altro": NESSUNO }), &["/altro"]);
        banco.campi(&anna, &unioni, &json!({ "altro": id(&rossi) }), &["/altro"]);
        banco.campi(&anna, &unioni, &json!({}), &["/altro"]);
        assert_eq!(casa.conta("unioni_soggetti"), 0);
        let unito = banco.fatto(&anna, &unioni, &questo);
        banco.autore("unione-soggetti", "anna");
        banco.conflitto(&anna, &unioni, &questo, "unito");
        assert_eq!(banco.legge(&anna, &format!("/rubrica/{}", id(&altro)))["unitoA"], rossi["id"]);
        let scioglimento = format!("{unioni}/{}/scioglimento", id(&unito["unioni"][0]));
        banco.di_persona(&scioglimento, &json!({}));
        for (gettone, strada) in [(&vera, scioglimento.as_str()), (&bruno, &scioglimento), (&anna, &format!("{unioni}/{NESSUNO}/scioglimento"))] {
            banco.assente(gettone, strada, &json!({}));
        }
        assert_eq!(banco.fatto(&anna, &scioglimento, &json!({}))["unioni"], json!([]));
        banco.autore("scioglimento-unione", "anna");
        banco.conflitto(&anna, &scioglimento, &json!({}), "gia-sciolta");
        assert_eq!(banco.righe(["unioni_soggetti", "scioglimenti_unioni"]), [1, 1]);
        banco.integra();
    }
}
