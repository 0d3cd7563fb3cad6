//! What other AOO answer: joined to what they were sent, whichever comes first; what is forged is joined to nothing.

use super::*;
use crate::casa::{comando, su_entrambi};
use tabulario::segnatura::{Registrazione as DaLoro, Ricevuto, Ritorno as Messaggio60, circolare60};
use tabulario::utenti::visibilita::Vista;

const LORO: &str = "p_x998/AX98Z02/PROT/2026-11-18/0045999";

fn risposta(casa: &Casa, id: RegistrazioneId, quale: fn(DaLoro) -> Messaggio60) -> String {
    let ricevuto = Ricevuto::Registrato { identificatore: letta(casa, id).segnatura, prima: None };
    circolare60::ritorno(&quale(DaLoro { identificatore: linea(LORO), ricevuto }))
}

fn eccezione(r: DaLoro) -> Messaggio60 {
    let motivo = "La firma non è valida".parse().unwrap();
    Messaggio60::Eccezione { identificatore: None, ricevuto: r.ricevuto, motivo }
}

fn arriva_risposta(casa: &Casa, da: &str, numero: i32, nome: &str, xml: &str) {
    arriva(casa, da, numero, &[&file(casa, nome, xml)]);
    let casella = casa.db.leggi(pec::caselle).unwrap().remove(0);
    ricevi(casa, &casella);
}

su_entrambi! {
    fn an_answer_is_joined_to_what_its_sender_was_sent_and_is_no_document(casa) {
        vuota(casa);
        let id = spedita(casa);
        invia(casa, id);
        arriva_risposta(casa, PROVINCIA, 1, "Conferma.xml", &risposta(casa, id, Messaggio60::Conferma));
        assert_eq!((stato_dell_ultimo(casa), da_protocollare(casa)), (Stato::Ritorno, 0));
        let ricevuti_ora = ricevuti(casa, id);
        assert_eq!((ricevuti_ora[0].genere.as_str(), ricevuti_ora[0].suo.as_deref()), ("conferma", Some(LORO)));
        arriva_risposta(casa, PROVINCIA, 2, "Conferma.xml", &risposta(casa, id, Messaggio60::Conferma));
        arriva_risposta(casa, PROVINCIA, 3, "Eccezione.xml", &risposta(casa, id, eccezione));
        let tutti: Vec<_> = ricevuti(casa, id).into_iter().map(|r| (r.genere, r.doppione)).collect();
        let attesi = [("conferma", false), ("conferma", true), ("eccezione", false)];
        assert_eq!(tutti, attesi.map(|(g, d)| (g.to_owned(), d)));
        let guai = casa.db.leggi(|conn| ritorno::corrispondenti(conn, casa.aoo.id)).unwrap();
        assert_eq!((guai[0].codice_ipa.as_str(), guai[0].codice_aoo.as_str()), ("p_x998", "AX98Z02"), "{guai:?}");
        assert_eq!(guai[0].guaio.as_ref().unwrap().motivo, "La firma non è valida");
        let m = messaggi(casa)[0].id;
        let esito = casa.db.scrivi(casa.aoo.id, &io(), |op| {
            pec::escludi(op, &casa.vista(), m, &pec::MotivoEsclusione::Scritto("no".parse().unwrap()))
        });
        assert!(matches!(esito, Err(pec::Errore::MessaggioDiRitorno)));
        // Who may not see the registration does not see what was answered.
        let altri = Vista::Uffici(casa.aoo.id, Vec::new().into());
        assert!(casa.db.leggi(|conn| pec::messaggio(conn, &altri, m)).is_err());
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn what_is_forged_or_brings_more_is_joined_to_nothing_and_looked_at_by_a_person(casa) {
        vuota(casa);
        let id = spedita(casa);
        invia(casa, id);
        let xml = risposta(casa, id, Messaggio60::Conferma);
        arriva_risposta(casa, "estraneo@pec.example", 1, "Conferma.xml", &xml);
        arriva_risposta(casa, PROVINCIA, -2, "Conferma.xml", &xml);
        let (conferma, altro) = (file(casa, "Conferma.xml", &xml), file(casa, "ricorso.txt", "Ricorso"));
        arriva(casa, PROVINCIA, 3, &[&conferma, &altro]);
        let mut di_altri = letta(casa, id).segnatura;
        di_altri.codice_aoo = "ALTRA".parse().unwrap();
        let ricevuto = Ricevuto::Registrato { identificatore: di_altri, prima: None };
        let estranea = Messaggio60::Conferma(DaLoro { identificatore: linea(LORO), ricevuto });
        arriva_risposta(casa, PROVINCIA, 4, "Conferma.xml", &circolare60::ritorno(&estranea));
        assert_eq!((messaggi(casa).len(), da_protocollare(casa)), (4, 4));
        assert!(messaggi(casa).iter().all(|m| m.ritorno.as_deref() == Some("conferma") && m.stato == Stato::DaProtocollare));
        assert_eq!(ricevuti(casa, id), []);
        // A person may register it.
        protocolla(casa, messaggi(casa)[0].id);
    }

    fn an_answer_that_comes_before_the_send_is_known_is_joined_when_it_is(casa) {
        vuota(casa);
        let id = spedita(casa);
        arriva_risposta(casa, PROVINCIA, 1, "Conferma.xml", &risposta(casa, id, Messaggio60::Conferma));
        assert_eq!((stato_dell_ultimo(casa), ricevuti(casa, id).len()), (Stato::DaProtocollare, 0));
        invia(casa, id);
        assert_eq!((stato_dell_ultimo(casa), ricevuti(casa, id).len()), (Stato::Ritorno, 1));
    }

    fn what_its_sender_annulled_is_shown_on_our_registration_of_it_whatever_the_order(casa) {
        let casella = vuota(casa);
        let annulla = |suo: &str| {
            circolare60::ritorno(&Messaggio60::Annullamento {
                identificatore: linea(suo),
                motivo: "Registrato due volte".parse().unwrap(),
                provvedimento: "Determinazione n. 7".parse().unwrap(),
            })
        };
        let loro = |n: u32| format!("p_x998/AX98Z02/PROT/2026-11-17/{n:07}");
        // Before we have registered it.
        arriva(casa, PROVINCIA, 5, &["segnatura:5"]);
        ricevi(casa, &casella);
        arriva_risposta(casa, PROVINCIA, 6, "Annullamento.xml", &annulla(&loro(5)));
        assert_eq!(da_protocollare(casa), 2);
        let id = protocolla(casa, messaggi(casa)[0].id);
        assert_eq!((da_protocollare(casa), ricevuti(casa, id)[0].genere.as_str()), (0, "annullamento"));
        // After it, and by a stranger.
        arriva(casa, PROVINCIA, 7, &["segnatura:7"]);
        ricevi(casa, &casella);
        let altra = protocolla(casa, messaggi(casa)[2].id);
        arriva_risposta(casa, "estraneo@pec.example", 8, "Annullamento.xml", &annulla(&loro(7)));
        assert_eq!(ricevuti(casa, altra), []);
        arriva_risposta(casa, PROVINCIA, 9, "Annullamento.xml", &annulla(&loro(7)));
        assert_eq!(ricevuti(casa, altra)[0].motivo.as_deref(), Some("Registrato due volte"));
        // Of what we sent them: they name the number that their conferma told, which comes after.
        let inviata = spedita(casa);
        invia(casa, inviata);
        arriva_risposta(casa, PROVINCIA, 10, "Annullamento.xml", &annulla(LORO));
        arriva_risposta(casa, PROVINCIA, 11, "Conferma.xml", &risposta(casa, inviata, Messaggio60::Conferma));
        let generi: Vec<_> = ricevuti(casa, inviata).into_iter().map(|r| r.genere).collect();
        assert_eq!(generi, ["annullamento", "conferma"]);
    }
}
