//! The pages of answers.

use super::*;
use crate::casa::su_entrambi;
use crate::pagine::cliente::{Cliente, Pagina, assumi};
use tabulario::utenti::Ruolo;

fn manda_modulo(chi: &Cliente<'_>, strada: &str, corpo: &str) -> Pagina {
    let modulo = chi.apri("/registro").campo("modulo");
    chi.modulo_semplice(strada, &format!("modulo={modulo}&{corpo}"))
}

su_entrambi! {
    fn a_clerk_sees_who_asks_for_a_conferma_and_sends_it(casa) {
        let casella = casella(casa, &["02"]);
        ricevi(casa, &casella);
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Rsp);
        let anna = Cliente::dentro(&server, "anna");
        let m = messaggi(casa)[0].id;
        assert!(anna.apri(&format!("/da-protocollare/{m}")).html.contains("chiede conferma di ricezione"));
        let id = protocolla(casa, m);
        let pagina = anna.apri(&format!("/registrazioni/{id}"));
        assert!(pagina.html.contains("Da mandare") && pagina.html.contains(PROVINCIA), "{}", pagina.html);
        let mandata = manda_modulo(&anna, &format!("/registrazioni/{id}/ritorni"), "genere=conferma");
        assert_eq!(mandata.stato, 303, "{}", mandata.html);
        let pagina = anna.apri(&format!("/registrazioni/{id}"));
        assert!(!pagina.html.contains("Da mandare") && pagina.html.contains("In coda"), "{}", pagina.html);
        let ancora = manda_modulo(&anna, &format!("/registrazioni/{id}/ritorni"), "genere=conferma");
        assert_eq!((ancora.stato, ancora.html.contains("già mandata")), (409, true));
        let senza = manda_modulo(&anna, &format!("/registrazioni/{id}/ritorni"), "genere=eccezione&motivo=+");
        assert_eq!((senza.stato, senza.html.contains("Scrivi il motivo")), (422, true));
    }

    fn the_rsp_switches_and_chooses_dialects(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Rsp);
        let anna = Cliente::dentro(&server, "anna");
        let accesa = manda_modulo(&anna, "/interoperabilita/automatici", "genere=conferma&accendi=1");
        assert_eq!(accesa.stato, 303, "{}", accesa.html);
        assert!(anna.apri("/interoperabilita").html.contains("<strong>acceso</strong>"));
        let sbagliata = manda_modulo(&anna, "/interoperabilita", "ipa=p_x998&aoo=&dialetto=latino");
        assert_eq!((sbagliata.stato, sbagliata.html.contains("Scrivi il codice dell&#39;AOO")), (422, true), "{}", sbagliata.html);
        let scelta = manda_modulo(&anna, "/interoperabilita", "ipa=p_x998&aoo=AX98Z02&dialetto=nessuno");
        assert_eq!(scelta.stato, 303, "{}", scelta.html);
        assert!(anna.apri("/interoperabilita").html.contains("p_x998/AX98Z02"));
    }
}
