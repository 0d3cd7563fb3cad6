//! `/regole`: the RSP writes a rule, looks at what it would have done and switches it on; a rule that did something is named.

use super::cliente::{Cliente, assumi};
use crate::casa::{comando, su_entrambi};
use crate::posta;
use crate::regole::{accesa, automatica, lavora, protocolla, scarta, scrivi_ordinaria, vuota};
use tabulario::pec::regole::Genere;
use tabulario::utenti::Ruolo;

su_entrambi! {
    fn the_rsp_writes_looks_and_switches_and_others_read(casa) {
        let casella = vuota(casa);
        scrivi_ordinaria(casa, 1, "Scuola <segreteria@scuola.example>", "Gita <b>scolastica</b>");
        posta::ricevi(casa, &casella);
        let server = casa.server();
        for (nome, ruolo) in [("rosa", Ruolo::Rsp), ("anna", Ruolo::Operatore), ("marta", Ruolo::Addetto)] {
            assumi(casa, nome, ruolo);
        }
        let [rosa, anna, marta] = ["rosa", "anna", "marta"].map(|nome| Cliente::dentro(&server, nome));
        let vuote = rosa.apri("/regole");
        assert!(vuote.html.contains("Nessuna regola") && vuote.html.contains("posta certificata: <strong>spenta"), "{}", vuote.html);
        assert_eq!(marta.apri("/regole").stato, 404);
        let modulo = rosa.apri("/regole/nuova").campo("modulo");
        let manda = |strada: &str, altro: &str| rosa.modulo_semplice(strada, &format!("modulo={modulo}{altro}"));
        // What is refused stays in the form, at its field.
        let male = manda("/regole", "&nome=Scuole&ordine=dieci&cosa=fa-scarta&mittente=%40&motivo=&giorni=30");
        assert_eq!(male.stato, 422);
        for frase in ["errore-ordine", "errore-mittente", "errore-motivo", "value=\"Scuole\"", "value=\"fa-scarta\" selected"] {
            assert!(male.html.contains(frase), "{frase}: {}", male.html);
        }
        let pec = manda("/regole", "&nome=Via&ordine=1&cosa=fa-scarta&mittente=a%40b.example&genere=posta-certificata&motivo=No&giorni=30");
        assert!(pec.stato == 422 && pec.html.contains("art. 40-bis"), "{}", pec.html);
        let buona = "&nome=Scuole+%3Ci%3E&ordine=10&cosa=fa-protocolla&mittente=%40scuola.example&voce=VI.3&ufficio=EDIL";
        let scritta = manda("/regole", buona);
        assert_eq!(scritta.stato, 303, "{}", scritta.html);
        let strada = scritta.testata("location").to_owned();
        let pagina = rosa.apri(&strada).html;
        assert!(pagina.contains("<strong>Spenta") && pagina.contains("Si accende dopo avere guardato") && !pagina.contains("<i>"), "{pagina}");
        assert_eq!(manda(&format!("{strada}/stato"), "&accendi=1").stato, 409);
        assert_eq!(manda(&format!("{strada}/anteprima"), "").stato, 303);
        let pagina = rosa.apri(&strada).html;
        assert!(pagina.contains("Messaggi guardati: 1.") && pagina.contains("solo proposto: 1") && pagina.contains("senza una persona è spenta"), "{pagina}");
        assert!(!pagina.contains("<b>scolastica"), "{pagina}");
        assert_eq!(manda("/regole/generi", "&genere=ordinaria&accendi=1").stato, 303);
        assert!(rosa.apri(&strada).html.contains("protocollato: 1"));
        assert_eq!(manda(&format!("{strada}/stato"), "&accendi=1").stato, 303);
        // Who only reads is shown neither messages nor buttons.
        let letta = anna.apri(&strada).html;
        assert!(letta.contains("<strong>Accesa") && !letta.contains("Gita") && !letta.contains("Spegni"), "{letta}");
        let di_anna = anna.apri("/fascicoli").campo("modulo");
        for azione in ["", "/stato", "/anteprima"] {
            assert_eq!(anna.modulo_semplice(&format!("{strada}{azione}"), &format!("modulo={di_anna}")).stato, 404);
        }
        // The next version is off, and whoever started from an older one is told.
        let nuova = format!("{buona}&parole=gita&versione=1");
        assert!(rosa.apri(&format!("{strada}?modifica=1")).html.contains("Scrivi la versione 2"));
        assert_eq!(manda(&strada, &nuova).stato, 303);
        assert_eq!(manda(&strada, &nuova).stato, 409);
        let pagina = rosa.apri(&strada).html;
        assert!(pagina.contains("<strong>Spenta") && pagina.contains("Versioni precedenti"), "{pagina}");
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn what_a_rule_did_names_it_and_what_it_proposes_fills_the_form(casa) {
        let casella = vuota(casa);
        automatica(casa, Genere::Ordinaria);
        accesa(casa, &scarta("Toner", "@toner.example"));
        let mut scuole = protocolla("Scuole", Genere::Ordinaria);
        scuole.condizioni.mittente = Some("@scuola.example".parse().unwrap());
        accesa(casa, &scuole);
        let mut proposta = protocolla("Proposta", Genere::Ordinaria);
        proposta.condizioni.mittente = Some("@altro.example".parse().unwrap());
        proposta.modo = tabulario::pec::regole::Modo::Propone;
        accesa(casa, &proposta);
        for (n, da) in ["o@toner.example", "s@scuola.example", "a@altro.example"].into_iter().enumerate() {
            scrivi_ordinaria(casa, n, da, "Prova");
        }
        posta::ricevi(casa, &casella);
        lavora(casa);
        let server = casa.server();
        assumi(casa, "rosa", Ruolo::Rsp);
        let rosa = Cliente::dentro(&server, "rosa");
        let id = |stato: &str| {
            let messaggi = posta::messaggi(casa, &server.url);
            let trovato = messaggi.into_iter().find(|m| m["stato"] == stato).unwrap_or_else(|| panic!("no {stato}"));
            trovato["id"].as_str().unwrap().to_owned()
        };
        let fatta = rosa.apri(&format!("/da-protocollare/{}", id("protocollato")));
        let pagina = rosa.apri(fatta.testata("location")).html;
        assert!(pagina.contains("Registrato dalla regola «Scuole» (versione 1)"), "{pagina}");
        let cestino = rosa.apri("/non-protocollati?cestino=1").html;
        for frase in ["Cestino delle regole", "regola «Toner» (versione 1)", "Pubblicità", "si conserva almeno fino al", "Ripristina"] {
            assert!(cestino.contains(frase), "{frase}: {cestino}");
        }
        let aspetta = rosa.apri(&format!("/da-protocollare/{}", id("da-protocollare"))).html;
        assert!(aspetta.contains("Regola «Proposta» (versione 1): propone di protocollarlo"), "{aspetta}");
        assert!(aspetta.contains("value=\"VI.3\" selected") && aspetta.contains("value=\"EDIL\" selected"), "{aspetta}");
        let scartato = rosa.apri(&format!("/da-protocollare/{}", id("non-protocollato"))).html;
        assert!(scartato.contains("si conserva almeno fino al"), "{scartato}");
    }
}
