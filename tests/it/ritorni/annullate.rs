//! Who was told of a registration is told when it is annulled, or when what was told changes.

use super::*;
use crate::casa::{chiama_json, comando, su_entrambi};
use tabulario::registro::Flusso;
use tabulario::segnatura::{Tipo, leggi};

fn annulla(casa: &Casa, id: RegistrazioneId, corpo: &str) {
    let server = casa.server();
    let fatta = chiama_json(&format!("{}/api/v1/registrazioni/{id}/annullamento", server.url), &casa.gettone, corpo);
    assert_eq!(fatta.stato, 201, "{}", String::from_utf8_lossy(&fatta.corpo));
}

const INTERA: &str = r#"{ "motivo": "Registrata due volte" }"#;

su_entrambi! {
    fn an_aoo_that_had_a_conferma_is_told_of_the_annulment_and_what_was_owed_is_owed_no_more(casa) {
        let id = confermabile(casa);
        accendi(casa, Genere::Conferma);
        manda(casa, id, Genere::Conferma, None).unwrap();
        annulla(casa, id, INTERA);
        passi(casa);
        let mandati = mandati(casa, id);
        assert_eq!(mandati.iter().map(|m| m.genere).collect::<Vec<_>>(), [Genere::Conferma, Genere::Annullamento]);
        let xml = leggi(mandati[1].xml.as_ref().unwrap().as_bytes());
        assert!(xml.valida && xml.tipo == Some(Tipo::Annullamento), "{xml:?}");
        assert!(xml.provvedimento.unwrap().contains("n. 1/") && xml.motivo.as_deref() == Some("Registrata due volte"));
        assert_eq!(partiti(casa).len(), 2, "both leave, in their order");
        passi(casa);
        assert_eq!(super::mandati(casa, id).len(), 2, "told once");
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn what_was_never_confirmed_owes_nothing_when_it_is_annulled(casa) {
        let id = confermabile(casa);
        annulla(casa, id, INTERA);
        passi(casa);
        assert_eq!((dovuti(casa, id), mandati(casa, id).len()), (Vec::new(), 0));
        assert_eq!(da_protocollare(casa), 1, "the message waits again");
        let di_nuovo = protocolla(casa, messaggi(casa)[0].id);
        assert_eq!(dovuti(casa, di_nuovo).len(), 1, "and is owed its conferma");
    }

    fn an_uscita_annulled_tells_the_aoo_that_had_it_and_prepares_an_uscita_for_the_others(casa) {
        vuota(casa);
        let id = spedita(casa);
        invia(casa, id);
        partiti(casa);
        annulla(casa, id, INTERA);
        passi(casa);
        let dovuti = dovuti(casa, id);
        assert_eq!(dovuti.len(), 1, "{dovuti:?}");
        assert_eq!((dovuti[0].genere, dovuti[0].destinatario.as_str()), (Genere::Annullamento, PROVINCIA));
        assert!(!dovuti[0].da_solo, "prepared, until the switch is on");
        let leggi_predisposti = || casa.db.leggi(|conn| registro::predisposti(conn, &casa.vista(), &io(), &[Flusso::Uscita])).unwrap();
        let predisposti = leggi_predisposti();
        assert_eq!(predisposti.len(), 1);
        let preparata = &predisposti[0].preparata;
        assert_eq!(preparata.campi["parte-0-cognome"], "Rossi srl");
        assert_eq!((preparata.campi["parte-1-cognome"].as_str(), preparata.campi["parte-1-nome"].as_str()), ("Tarsi", "Elena"));
        let testo = casa.deposito.leggi(&preparata.file[0].impronta, 100_000).unwrap();
        assert!(String::from_utf8(testo).unwrap().contains("Registrata due volte"));
        manda(casa, id, Genere::Annullamento, None).unwrap();
        passi(casa);
        assert_eq!((mandati(casa, id).len(), leggi_predisposti().len()), (1, 1));
        assert_eq!(partiti(casa).len(), 3, "it is not held back as the registration is");
    }

    fn an_uscita_that_never_left_tells_nobody_on_the_net(casa) {
        vuota(casa);
        let id = spedita(casa);
        invia(casa, id);
        annulla(casa, id, INTERA);
        passi(casa);
        assert_eq!((dovuti(casa, id), partiti(casa).len()), (Vec::new(), 0));
    }

    fn a_conferma_is_brought_up_to_date_when_the_sender_s_number_changes(casa) {
        let id = confermabile(casa);
        manda(casa, id, Genere::Conferma, None).unwrap();
        annulla(casa, id, r#"{ "motivo": "Refuso", "dato": { "campo": "oggetto", "valore": "Altro oggetto" } }"#);
        passi(casa);
        assert_eq!(dovuti(casa, id), [], "a conferma tells no subject");
        let dato = r#"{ "motivo": "Refuso", "dato": { "campo": "protocolloMittente", "valore": { "numero": "45128", "data": "2026-11-17" } } }"#;
        annulla(casa, id, dato);
        passi(casa);
        assert_eq!(dovuti(casa, id)[0].genere, Genere::Aggiornamento);
        manda(casa, id, Genere::Aggiornamento, None).unwrap();
        let aggiornamento = mandati(casa, id).pop().unwrap();
        let xml = leggi(aggiornamento.xml.as_ref().unwrap().as_bytes());
        assert!(xml.valida && xml.tipo == Some(Tipo::Aggiornamento));
        assert_eq!(xml.si_riferisce_a().as_deref(), Some("p_x998/AX98Z02/PROT/2026-11-17/0045128"));
    }
}
