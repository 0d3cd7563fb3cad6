//! What is answered: once, in the dialect of whoever asked, and never in the way of a registration.

use super::*;
use crate::casa::{Rotto, Servizio, comando, su_entrambi};
use std::collections::BTreeSet;
use std::sync::Arc;
use tabulario::pec::StatoInvio;
use tabulario::pec::ritorno::DialettoScritto;
use tabulario::segnatura::{Dialetto, Tipo, leggi};
use tabulario::storage::Operazione;
use tabulario::utenti::{self, Ruolo};

su_entrambi! {
    fn a_message_that_asks_for_it_owes_a_conferma_that_a_person_sends_once(casa) {
        let id = confermabile(casa);
        let dovuti_prima = dovuti(casa, id);
        assert_eq!(dovuti_prima.len(), 1, "{dovuti_prima:?}");
        assert_eq!((dovuti_prima[0].genere, dovuti_prima[0].destinatario.as_str()), (Genere::Conferma, PROVINCIA));
        assert!(!dovuti_prima[0].da_solo, "off until somebody switches it on");
        passi(casa);
        assert_eq!((dovuti(casa, id).len(), mandati(casa, id).len()), (1, 0), "nothing leaves by itself");
        manda(casa, id, Genere::Conferma, None).unwrap();
        assert!(manda(casa, id, Genere::Conferma, None).is_err(), "once");
        let mandati = mandati(casa, id);
        assert_eq!((mandati.len(), dovuti(casa, id).len(), mandati[0].invii.len()), (1, 0, 1));
        let xml = leggi(mandati[0].xml.as_ref().unwrap().as_bytes());
        assert_eq!((xml.tipo, xml.dialetto, xml.valida), (Some(Tipo::Conferma), Some(Dialetto::Circolare60), true));
        assert_eq!(xml.si_riferisce_a().as_deref(), Some("p_x998/AX98Z02/PROT/2026-11-17/0045127"));
        assert_eq!(xml.identificatore.unwrap().linea(), letta(casa, id).segnatura.to_string());
        let partiti = partiti(casa);
        assert_eq!(partiti.len(), 1);
        assert!(partiti[0].contains("Conferma.xml") && !partiti[0].contains("Segnatura.xml"), "{}", partiti[0]);
        assert!(partiti[0].contains(&format!("To: {PROVINCIA}")) && partiti[0].contains("Auto-Submitted"), "{}", partiti[0]);
        assert_eq!(super::mandati(casa, id)[0].invii[0].stato, StatoInvio::Inviato);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn conferme_that_leave_by_themselves_leave_once_whoever_looks(casa) {
        let id = confermabile(casa);
        accendi(casa, Genere::Conferma);
        passi(casa);
        assert_eq!(mandati(casa, id).len(), 0, "what was owed before waits for a person");
        arriva(casa, PROVINCIA, 1, &["segnatura:1"]);
        ricevi(casa, &casa.db.leggi(pec::caselle).unwrap()[0]);
        let altra = protocolla(casa, messaggi(casa)[1].id);
        assert!(dovuti(casa, altra)[0].da_solo);
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| passi(casa));
            }
        });
        assert_eq!((mandati(casa, altra).len(), dovuti(casa, altra).iter().filter(|d| d.genere == Genere::Conferma).count()), (1, 0));
        assert_eq!(mandati(casa, altra)[0].autore, "Tabulario (ritorni)");
        assert_eq!(partiti(casa).len(), 1);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn killed_between_the_registration_and_its_conferma_it_is_owed_not_lost_and_not_doubled(casa) {
        let casella = vuota(casa);
        accendi(casa, Genere::Conferma);
        const QUANTE: i32 = 8;
        for n in 1..=QUANTE {
            arriva(casa, PROVINCIA, n, &[&format!("segnatura:{n}")]);
        }
        ricevi(casa, &casella);
        let registrate: Vec<_> = messaggi(casa).iter().map(|m| protocolla(casa, m.id)).collect();
        for volta in 1..=3_i64 {
            let servizio = Servizio::avvia(casa);
            // Work decides when, not time.
            while casa.conta("ritorni") < volta * 2 {
                std::thread::park_timeout(std::time::Duration::from_millis(1));
            }
            servizio.uccidi();
        }
        passi(casa);
        let mut nomi = BTreeSet::new();
        for id in registrate {
            let mandati = mandati(casa, id);
            assert_eq!((mandati.len(), mandati[0].invii.len()), (1, 1));
            nomi.insert(mandati[0].invii[0].message_id.clone());
        }
        assert_eq!((nomi.len(), casa.conta("ritorni"), casa.conta("invii")), (8, 8, 8));
        assert_eq!(partiti(casa).len(), 8);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn files_that_did_not_come_owe_an_eccezione_with_its_reason_which_a_person_sends(casa) {
        let casella = vuota(casa);
        accendi(casa, Genere::Conferma);
        arriva(casa, PROVINCIA, 3, &["segnatura:3"]);
        ricevi(casa, &casella);
        let id = protocolla(casa, messaggi(casa)[0].id);
        passi(casa);
        let dovuti = dovuti(casa, id);
        assert_eq!(dovuti.len(), 1, "the conferma left, the eccezione waits: {dovuti:?}");
        assert!(dovuti[0].genere == Genere::Eccezione && !dovuti[0].da_solo);
        assert!(dovuti[0].motivo.as_ref().unwrap().contains("planimetria.pdf"), "{dovuti:?}");
        manda(casa, id, Genere::Eccezione, None).unwrap();
        let eccezione = mandati(casa, id).pop().unwrap();
        let xml = leggi(eccezione.xml.as_ref().unwrap().as_bytes());
        assert!(xml.valida && xml.tipo == Some(Tipo::Eccezione) && xml.motivo.unwrap().contains("planimetria.pdf"));
    }

    fn a_person_sends_an_eccezione_only_with_a_reason(casa) {
        let id = confermabile(casa);
        assert!(matches!(manda(casa, id, Genere::Eccezione, None), Err(pec::Errore::SenzaMotivo)));
        manda(casa, id, Genere::Eccezione, Some("Manca l'allegato B")).unwrap();
        assert!(mandati(casa, id)[0].testo.contains("Manca l'allegato B"));
        assert!(matches!(manda(casa, id, Genere::Ricevuta, None), Err(pec::Errore::RitornoNonPrevisto(_))), "it is an AOO");
    }

    fn an_answer_is_written_in_the_dialect_chosen_for_its_aoo(casa) {
        let casella = vuota(casa);
        accendi(casa, Genere::Conferma);
        let scegli = |dialetto| {
            let scrivi = |op: &mut Operazione<'_>| {
                ritorno::scrivi_corrispondente(op, (&"p_x998".parse().unwrap(), &"AX98Z02".parse().unwrap()), dialetto)
            };
            casa.db.scrivi(casa.aoo.id, &io(), scrivi)
        };
        scegli(DialettoScritto::Tre).unwrap();
        assert!(matches!(scegli(DialettoScritto::Tre), Err(pec::Errore::DialettoUguale)));
        arriva(casa, PROVINCIA, 4, &["segnatura:4"]);
        ricevi(casa, &casella);
        let id = protocolla(casa, messaggi(casa)[0].id);
        passi(casa);
        let conferma = mandati(casa, id).remove(0);
        let xml = leggi(conferma.xml.as_ref().unwrap().as_bytes());
        assert_eq!((xml.tipo, xml.dialetto, xml.valida), (Some(Tipo::Conferma), Some(Dialetto::Tre), true), "{xml:?}");
        scegli(DialettoScritto::Circolare60).unwrap();
        manda(casa, id, Genere::Eccezione, None).unwrap();
        assert_eq!(mandati(casa, id)[1].dialetto.as_deref(), Some("60-2013"));
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn the_segnatura_of_a_send_is_in_the_dialect_chosen_for_its_aoo(casa) {
        vuota(casa);
        let scrivi = |op: &mut Operazione<'_>| {
            let codici = (&"p_x998".parse().unwrap(), &"AX98Z02".parse().unwrap());
            ritorno::scrivi_corrispondente(op, codici, DialettoScritto::Nessuno)
        };
        casa.db.scrivi(casa.aoo.id, &io(), scrivi).unwrap();
        let id = spedita(casa);
        invia(casa, id);
        for lettera in partiti(casa) {
            let a_provincia = lettera.contains(&format!("To: {PROVINCIA}"));
            assert_eq!(lettera.contains("Segnatura.xml"), !a_provincia, "{lettera}");
        }
    }

    fn a_private_sender_gets_the_receipt_of_art_18_bis_with_one_key_or_by_itself(casa) {
        casa.db.scrivi(casa.aoo.id, &io(), |op| {
            let chi = utenti::crea_senza_parola(op, "capo", "Lucia".parse()?, "Verdi".parse()?)?;
            Ok::<_, Rotto>(utenti::affida(op, &chi, &casa.ufficio, Ruolo::ResponsabileUfficio)?)
        }).unwrap();
        let casella = casella(casa, &["01", "08", "09"]);
        ricevi(casa, &casella);
        let id = protocolla(casa, messaggi(casa)[0].id);
        assert!(dovuti(casa, id).is_empty(), "it is offered, nobody has to send it");
        assert!(matches!(manda(casa, id, Genere::Conferma, None), Err(pec::Errore::RitornoNonPrevisto(_))), "no AOO");
        manda(casa, id, Genere::Ricevuta, None).unwrap();
        assert!(manda(casa, id, Genere::Ricevuta, None).is_err(), "once");
        let (ricevuta, r) = (mandati(casa, id).remove(0), letta(casa, id));
        for parola in [r.numero.to_string().as_str(), r.oggetto.as_str(), "Sportello edilizia", "Lucia Verdi", "18-bis"] {
            assert!(ricevuta.testo.contains(parola), "{parola}: {}", ricevuta.testo);
        }
        assert!(ricevuta.xml.is_none() && ricevuta.destinatario == "elena.tarsi@pec.cittadini.example");
        accendi(casa, Genere::Ricevuta);
        let [ordinaria, altra] = [1, 2].map(|n| protocolla(casa, messaggi(casa)[n].id));
        passi(casa);
        assert_eq!(mandati(casa, altra).len(), 1, "{:?}", dovuti(casa, altra));
        assert!(mandati(casa, ordinaria).is_empty() && !dovuti(casa, ordinaria)[0].da_solo, "ordinary mail waits for a person");
        assert_eq!(partiti(casa).len(), 2);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn two_machines_that_acknowledge_each_other_stop(casa) {
        let casella = vuota(casa);
        accendi(casa, Genere::Ricevuta);
        let nota = file(casa, "nota.txt", "una nota");
        for n in 1..=12 {
            arriva(casa, "macchina@pec.example", n, &[&nota]);
        }
        ricevi(casa, &casella);
        for m in messaggi(casa) {
            protocolla(casa, m.id);
            passi(casa);
        }
        assert_eq!((casa.conta("ritorni"), casa.conta("ritorni_dovuti")), (10, 2), "the others wait for a person");
    }

    fn an_answer_that_did_not_arrive_is_sent_again_with_the_same_words(casa) {
        let id = confermabile(casa);
        manda(casa, id, Genere::Conferma, None).unwrap();
        partiti(casa);
        let prima = mandati(casa, id).remove(0);
        let rispedisci = |db: &Arc<tabulario::storage::Db>| {
            db.scrivi(casa.aoo.id, &io(), |op| ritorno::rispedisci(op, &casa.vista(), id, prima.id))
        };
        assert!(rispedisci(&casa.db).is_err(), "it may still arrive");
        let domani = casa.db.orologio().adesso().date_time() + chrono::TimeDelta::hours(25);
        let domani = Arc::new(casa.con_orologio(&domani.to_rfc3339()));
        rispedisci(&domani).unwrap();
        let poi = mandati(casa, id).remove(0);
        assert_eq!((poi.invii.len(), poi.invii[1].rispedisce, &poi.xml), (2, Some(prima.invii[0].id), &prima.xml));
        assert!(comando(casa, &["controlla"]).status.success());
    }
}
