//! Who has a document, what they do with it, by when.

use crate::casa::{Casa, Rotto, Server, chiama, chiama_json, comando, entrata, leggi, registra, su_entrambi, uscita};
use crate::pagine::cliente::{assumi, assumi_in, tributi};
use diesel::RunQueryDsl;
use serde_json::{Value, json};
use tabulario::scrivania::{self, Addetto, Gruppo, Stato};
use tabulario::utenti::visibilita::Vista;
use tabulario::utenti::{self, Ruolo, Ufficio};
use tabulario::valori::{Attore, RegistrazioneId, UtenteId};

/// A registration over the API, and what is done with it there.
pub struct Una<'a> {
    pub url: &'a str,
    pub casa: &'a Casa,
    pub id: String,
}

impl<'a> Una<'a> {
    pub fn nuova(casa: &'a Casa, server: &'a Server, corpo: &Value) -> Self {
        let chiave = casa.conta("registrazioni").to_string();
        let fatta = registra(&server.url, &casa.gettone, &chiave, corpo, b"atto").unwrap();
        assert_eq!(fatta.stato, 201, "{}", fatta.json());
        Self { url: &server.url, casa, id: fatta.json()["id"].as_str().unwrap().to_owned() }
    }

    /// An act: status and answer.
    pub fn atto(&self, atto: &str, corpo: &Value) -> (u16, Value) {
        let strada = format!("{}/api/v1/registrazioni/{}/{atto}", self.url, self.id);
        let risposta = chiama_json(&strada, &self.casa.gettone, &corpo.to_string());
        (risposta.stato, risposta.json())
    }

    /// An act that must be done.
    fn fa(&self, atto: &str, corpo: &Value) -> Value {
        let (stato, json) = self.atto(atto, corpo);
        assert_eq!(stato, 201, "{atto} {corpo}: {json}");
        json
    }

    /// The kind of the refusal of an act.
    fn no(&self, atto: &str, corpo: &Value) -> (u16, String) {
        let (stato, json) = self.atto(atto, corpo);
        let tipo = json["type"].as_str().unwrap_or_default().trim_start_matches("urn:tabulario:").to_owned();
        (stato, if stato == 422 { json["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned() } else { tipo })
    }

    pub fn registrazione(&self) -> RegistrazioneId {
        self.id.parse().unwrap()
    }

    /// The state of the last assignment.
    fn stato(&self) -> String {
        let json = leggi(&format!("{}/api/v1/registrazioni/{}", self.url, self.id), &self.casa.gettone).json();
        json["assegnazioni"].as_array().unwrap().last().unwrap()["stato"].as_str().unwrap().to_owned()
    }

    fn vista_da(&self, ufficio: &Ufficio) -> bool {
        let vista = Vista::Uffici(self.casa.aoo.id, vec![ufficio.id].into());
        self.casa.db.leggi(|conn| tabulario::registro::visibile(conn, &vista, self.registrazione())).unwrap()
    }
}

fn utente(casa: &Casa, nome: &str) -> UtenteId {
    casa.db.leggi(|conn| utenti::utente_per_nome(conn, nome)).unwrap().unwrap().id
}

/// What a person with one role finds in a group.
fn trova(casa: &Casa, chi: UtenteId, ruolo: (Ruolo, &Ufficio), gruppo: Gruppo) -> Vec<RegistrazioneId> {
    let (attore, ruoli, ora) = (Attore::Utente(chi), [(ruolo.0, ruolo.1.id)], casa.db.orologio().adesso());
    let vista = casa.db.leggi(|conn| utenti::politica::vista_adesso(conn, casa.aoo.id, (chi, &ruoli), ora)).unwrap();
    let chi = Addetto { attore: &attore, ruoli: &ruoli };
    casa.db
        .leggi(|conn| {
            let trovate = scrivania::elenco(conn, (&vista, &chi), (gruppo, ora), None, 100)?;
            assert_eq!(scrivania::quante(conn, &vista, &chi, (gruppo, ora))?, trovate.len());
            Ok::<_, Rotto>(trovate.into_iter().map(|p| p.registrazione).collect())
        })
        .unwrap()
}

/// The desks as they are kept are those that the acts tell of, and the chain is whole.
fn le_pratiche_sono_quelle_degli_atti(casa: &Casa) {
    #[derive(diesel::QueryableByName, PartialEq, Debug)]
    struct Riga {
        #[diesel(sql_type = diesel::sql_types::Text)]
        riga: String,
    }
    let sql = |sql: &str| -> Vec<String> {
        diesel::sql_query(sql).load::<Riga>(&mut casa.grezza()).unwrap().into_iter().map(|r| r.riga).collect()
    };
    let tenute = sql("SELECT assegnazione_id || ' ' || stato AS riga FROM pratiche ORDER BY assegnazione_id");
    let ids = sql("SELECT id AS riga FROM registrazioni ORDER BY id");
    let storie = casa.db.leggi(|conn| scrivania::di(conn, &ids)).unwrap();
    let mut attese: Vec<String> = Vec::new();
    for storia in storie.values() {
        let corrente = scrivania::corrente(storia).map(|a| a.id);
        attese.extend(storia.iter().filter_map(|a| {
            let stato = a.situazione.stato;
            let sua = match stato {
                Stato::DaPrendere | Stato::InCarico | Stato::Conclusa | Stato::DaLeggere => true,
                Stato::Rifiutata => Some(a.id) == corrente,
                Stato::Letta | Stato::Superata | Stato::Propria => false,
            };
            sua.then(|| format!("{} {}", a.id, stato.as_str()))
        }));
    }
    attese.sort();
    assert_eq!(tenute, attese);
    assert!(comando(casa, &["controlla"]).status.success());
}

su_entrambi! {
    fn a_document_goes_to_a_person_of_the_office_with_a_note_and_says_who_sent_it(casa) {
        let server = casa.server();
        let trib = tributi(casa);
        assumi(casa, "marta", Ruolo::Addetto);
        assumi_in(casa, "tea", Ruolo::Addetto, &trib);
        assumi(casa, "rita", Ruolo::Revisore);
        let una = Una::nuova(casa, &server, &entrata("Istanza"));
        let fatta = una.fa("assegnazioni", &json!({ "ufficio": "EDIL", "persona": "marta", "nota": "Urgente" }));
        let a = &fatta["assegnazioni"][1];
        assert_eq!((a["persona"].as_str(), a["nota"].as_str(), a["autore"].as_str(), a["stato"].as_str()),
            (Some("marta"), Some("Urgente"), Some("applicazione Prova"), Some("da-prendere")), "{fatta}");
        assert_eq!(fatta["assegnazioni"][0]["stato"], "superata");
        // What says nothing new is no act.
        for uguale in [json!({ "ufficio": "EDIL" }), json!({ "ufficio": "EDIL", "persona": "marta" })] {
            assert_eq!(una.fa("assegnazioni", &uguale)["assegnazioni"].as_array().unwrap().len(), 2, "{uguale}");
        }
        for (cattivo, dove) in [
            (json!({ "ufficio": "EDIL", "persona": "tea" }), "/persona"),
            (json!({ "ufficio": "EDIL", "persona": "rita" }), "/persona"),
            (json!({ "ufficio": "EDIL", "persona": "nessuno" }), "/persona"),
            (json!({ "ufficio": "EDIL", "nota": "" }), "/nota"),
            (json!({ "ufficio": "NIENTE" }), "/ufficio"),
            (json!({ "titolo": "competenza" }), "/ufficio"),
        ] {
            assert_eq!(una.no("assegnazioni", &cattivo), (422, dove.to_owned()), "{cattivo}");
        }
        comando(casa, &["utente", "escludi", "--nome-utente", "tea"]);
        assert_eq!(una.no("assegnazioni", &json!({ "ufficio": "TRIB", "persona": "tea" })).0, 422);
        le_pratiche_sono_quelle_degli_atti(casa);
    }

    fn one_holder_at_a_time_and_a_form_twice_is_one_act(casa) {
        let server = casa.server();
        let trib = tributi(casa);
        let una = Una::nuova(casa, &server, &entrata("Istanza"));
        let (edil, trib_json) = (json!({ "ufficio": "EDIL" }), json!({ "ufficio": "TRIB" }));
        assert_eq!(una.no("presa-in-carico", &trib_json), (409, "di-altro-ufficio".to_owned()));
        assert_eq!(una.no("conclusione", &json!({ "ufficio": "EDIL", "esito": "x" })), (409, "non-in-carico".to_owned()));
        for cattivo in [json!({}), json!([]), json!({ "ufficio": "EDIL", "altro": 1 }), json!({ "ufficio": "NIENTE" })] {
            assert_eq!(una.atto("presa-in-carico", &cattivo).0, 422, "{cattivo}");
        }
        for _ in 0..2 {
            let presa = una.fa("presa-in-carico", &edil);
            assert_eq!((presa["assegnazioni"][0]["stato"].as_str(), casa.conta("movimenti")), (Some("in-carico"), 1));
        }
        // A colleague comes second.
        assumi(casa, "marta", Ruolo::Addetto);
        let (io, ruoli) = (Attore::Utente(utente(casa, "marta")), [(Ruolo::Addetto, casa.ufficio.id)]);
        let addetto = Addetto { attore: &io, ruoli: &ruoli };
        let marta = |f: &dyn Fn(&mut tabulario::storage::Operazione<'_>) -> Result<(), scrivania::Errore>| {
            casa.db.scrivi(casa.aoo.id, &io, f)
        };
        let seconda = marta(&|op| scrivania::prendi_in_carico(op, &addetto, una.registrazione())).unwrap_err();
        assert!(seconda.to_string().contains("già in carico a applicazione Prova dal "), "{seconda}");
        una.fa("restituzione", &edil);
        marta(&|op| scrivania::prendi_in_carico(op, &addetto, una.registrazione())).unwrap();
        assert_eq!(una.no("presa-in-carico", &edil), (409, "gia-in-carico".to_owned()));
        marta(&|op| scrivania::concludi(op, &addetto, una.registrazione(), &"Rilasciato".parse().unwrap())).unwrap();
        assert_eq!((una.stato().as_str(), una.no("presa-in-carico", &edil).1.as_str()), ("conclusa", "gia-conclusa"));
        assert_eq!(trova(casa, utente(casa, "marta"), (Ruolo::Addetto, &casa.ufficio), Gruppo::Concluse).len(), 1);
        // Assigned again it is to be dealt with again, and who dealt with it goes on seeing it.
        una.fa("assegnazioni", &trib_json);
        assert!(una.vista_da(&trib) && una.vista_da(&casa.ufficio));
        le_pratiche_sono_quelle_degli_atti(casa);
    }

    fn what_is_refused_goes_back_to_the_protocol_office_and_out_of_sight(casa) {
        let server = casa.server();
        let trib = tributi(casa);
        for (nome, ruolo) in [("anna", Ruolo::Operatore), ("rosa", Ruolo::Rsp), ("marta", Ruolo::Addetto)] {
            assumi_in(casa, nome, ruolo, if nome == "marta" { &casa.ufficio } else { &trib });
        }
        let una = Una::nuova(casa, &server, &entrata("Istanza"));
        let mut segreta = entrata("Segreta");
        segreta["riservato"] = true.into();
        let segreta = Una::nuova(casa, &server, &segreta);
        for cattivo in [json!({ "ufficio": "EDIL" }), json!({ "ufficio": "EDIL", "motivo": " " })] {
            assert_eq!(una.no("rifiuto", &cattivo), (422, "/motivo".to_owned()));
        }
        for una in [&una, &segreta] {
            let rifiutata = una.fa("rifiuto", &json!({ "ufficio": "EDIL", "motivo": "Non è nostra" }));
            assert_eq!(rifiutata["assegnazioni"][0]["movimenti"][0]["testo"], "Non è nostra");
            assert!(!una.vista_da(&casa.ufficio), "who refused it sees it no more");
            assert_eq!(una.no("presa-in-carico", &json!({ "ufficio": "EDIL" })), (409, "gia-rifiutata".to_owned()));
        }
        let rifiutate = |nome: &str, ruolo, ufficio: &Ufficio| trova(casa, utente(casa, nome), (ruolo, ufficio), Gruppo::Rifiutate);
        assert_eq!(rifiutate("anna", Ruolo::Operatore, &trib), [una.registrazione()], "not what is riservato to others");
        assert_eq!(rifiutate("rosa", Ruolo::Rsp, &trib), [una.registrazione(), segreta.registrazione()]);
        assert!(rifiutate("marta", Ruolo::Addetto, &casa.ufficio).is_empty());
        segreta.fa("assegnazioni", &json!({ "ufficio": "TRIB" }));
        assert!(segreta.vista_da(&trib) && !segreta.vista_da(&casa.ufficio));
        assert_eq!(rifiutate("rosa", Ruolo::Rsp, &trib), [una.registrazione()]);
        // The same office may be asked again.
        una.fa("assegnazioni", &json!({ "ufficio": "EDIL" }));
        assert!(una.vista_da(&casa.ufficio) && una.stato() == "da-prendere");
        le_pratiche_sono_quelle_degli_atti(casa);
    }

    fn what_was_sent_by_mistake_leaves_the_sight_of_who_got_it(casa) {
        let server = casa.server();
        let trib = tributi(casa);
        let mandata = Una::nuova(casa, &server, &entrata("Mandata per errore"));
        mandata.fa("assegnazioni", &json!({ "ufficio": "TRIB" }));
        assert!(!mandata.vista_da(&casa.ufficio) && mandata.vista_da(&trib));
        let presa = Una::nuova(casa, &server, &entrata("Presa e passata"));
        presa.fa("presa-in-carico", &json!({ "ufficio": "EDIL" }));
        presa.fa("assegnazioni", &json!({ "ufficio": "TRIB" }));
        assert!(presa.vista_da(&casa.ufficio) && presa.vista_da(&trib));
        let nota = Una::nuova(casa, &server, &entrata("Anche per conoscenza"));
        nota.fa("assegnazioni", &json!({ "ufficio": "EDIL", "titolo": "conoscenza" }));
        nota.fa("assegnazioni", &json!({ "ufficio": "TRIB" }));
        assert!(nota.vista_da(&casa.ufficio));
        // An uscita is its office's own, whoever gets it after.
        let esce = Una::nuova(casa, &server, &{ let mut u = uscita("Risposta"); u["ufficio"] = "EDIL".into(); u });
        assert_eq!((esce.stato().as_str(), esce.no("presa-in-carico", &json!({ "ufficio": "EDIL" })).1.as_str()), ("propria", "uscita-propria"));
        esce.fa("assegnazioni", &json!({ "ufficio": "TRIB" }));
        assert!(esce.vista_da(&casa.ufficio) && esce.stato() == "da-prendere");
        let trovata = leggi(&format!("{}/api/v1/ricerca?q=errore", server.url), &casa.gettone).json();
        assert_eq!(trovata["totale"].as_u64(), Some(1), "{trovata}");
        le_pratiche_sono_quelle_degli_atti(casa);
    }

    fn the_desk_over_the_api_counts_what_it_lists(casa) {
        let server = casa.server();
        tributi(casa);
        let edil = json!({ "ufficio": "EDIL" });
        let tutte: Vec<Una<'_>> = (0..3).map(|i| Una::nuova(casa, &server, &entrata(&format!("Istanza {i}")))).collect();
        Una::nuova(casa, &server, &{ let mut u = uscita("Risposta"); u["ufficio"] = "EDIL".into(); u });
        tutte[1].fa("presa-in-carico", &edil);
        tutte[2].fa("termine", &json!({ "giorni": "3" }));
        tutte[0].fa("assegnazioni", &json!({ "ufficio": "TRIB", "titolo": "conoscenza" }));
        let chiedi = |resto: &str| leggi(&format!("{}/api/v1/scrivania?ufficio={resto}", server.url), &casa.gettone);
        let conteggi = |ufficio: &str| -> Vec<u64> {
            chiedi(ufficio).json()["conteggi"].as_array().unwrap().iter().map(|c| c["quante"].as_u64().unwrap()).collect()
        };
        // In scadenza, da prendere, in carico a me, all'ufficio, per conoscenza, concluse.
        assert_eq!((conteggi("EDIL"), conteggi("TRIB")), (vec![1, 1, 1, 0, 0, 0], vec![0, 0, 0, 0, 1, 0]));
        let da_prendere = chiedi("EDIL").json();
        assert_eq!(da_prendere["risultati"][0]["registrazione"], tutte[0].id.as_str(), "{da_prendere}");
        assert_eq!(chiedi("EDIL&gruppo=in-scadenza").json()["risultati"][0]["numero"], "0000003");
        assert_eq!(tutte[0].no("lettura", &edil), (409, "niente-da-leggere".to_owned()));
        for _ in 0..2 {
            tutte[0].fa("lettura", &json!({ "ufficio": "TRIB" }));
        }
        assert_eq!((conteggi("TRIB"), casa.conta("movimenti")), (vec![0; 6], 2));
        for (resto, stato) in [("", 400), ("NIENTE", 422), ("EDIL&gruppo=boh", 400), ("EDIL&cursore=x", 400)] {
            assert_eq!(chiedi(resto).stato, stato, "{resto}");
        }
        assert_eq!(chiama("GET", &format!("{}/api/v1/scrivania", server.url), &casa.gettone, None, None).unwrap().stato, 400);
        // What is annulled asks nothing more of anybody, and holds no office open.
        let aperte = || casa.db.leggi(|conn| scrivania::aperte(conn, casa.ufficio.id)).unwrap();
        assert_eq!(aperte(), 3);
        tutte[1].fa("annullamento", &json!({ "motivo": "Doppia" }));
        assert_eq!((aperte(), conteggi("EDIL")), (2, vec![1, 1, 0, 0, 0, 0]));
        assert_eq!(tutte[1].no("restituzione", &edil), (409, "annullata".to_owned()));
        tutte[2].fa("presa-in-carico", &edil);
        tutte[2].fa("conclusione", &json!({ "ufficio": "EDIL", "esito": "Fatto" }));
        assert_eq!((aperte(), conteggi("EDIL")), (1, vec![0, 1, 0, 0, 0, 1]));
    }

    fn a_page_of_the_desk_goes_on_where_the_one_before_ended(casa) {
        let server = casa.server();
        let tutte: Vec<Una<'_>> = (0..5).map(|i| Una::nuova(casa, &server, &entrata(&format!("Istanza {i}")))).collect();
        let (attore, ruoli) = (Attore::Sistema("comando"), [(Ruolo::Addetto, casa.ufficio.id)]);
        let (vista, chi) = (casa.vista(), Addetto { attore: &attore, ruoli: &ruoli });
        for (gruppo, inverso) in [(Gruppo::DaPrendere, false), (Gruppo::Concluse, true)] {
            let (mut viste, mut dopo) = (Vec::new(), None);
            loop {
                let ora = casa.db.orologio().adesso();
                let pagina = casa.db.leggi(|conn| scrivania::elenco(conn, (&vista, &chi), (gruppo, ora), dopo.as_ref(), 2)).unwrap();
                let Some(ultima) = pagina.last() else { break };
                dopo = Some(scrivania::Cursore::from(ultima).to_string().parse().unwrap());
                viste.extend(pagina.into_iter().map(|p| p.registrazione));
            }
            let mut attese: Vec<_> = tutte.iter().map(Una::registrazione).collect();
            if inverso {
                attese.reverse();
            }
            assert_eq!(viste, attese, "{gruppo:?}");
            for una in &tutte {
                una.atto("presa-in-carico", &json!({ "ufficio": "EDIL" }));
                una.atto("conclusione", &json!({ "ufficio": "EDIL", "esito": "Fatto" }));
            }
        }
    }

    fn a_term_is_given_stopped_and_runs_again_by_acts(casa) {
        let server = casa.server_alle("2030-11-22T09:00:00Z");
        let mut arrivata = entrata("Istanza");
        arrivata["arrivo"] = json!("2030-11-05T10:00:00+01:00");
        let una = Una::nuova(casa, &server, &arrivata);
        let edil = |resto: Value| { let mut r = resto; r["ufficio"] = "EDIL".into(); r };
        let motivo = json!({ "motivo": "Chiesta la planimetria" });
        assert_eq!(una.no("interruzione", &edil(motivo.clone())), (409, "senza-termine".to_owned()));
        for cattivo in [json!({}), json!({ "giorni": "0" }), json!({ "giorni": "731" }), json!({ "giorni": "x" }), json!({ "giorni": "3", "procedimento": "y" }), json!({ "procedimento": "niente" })] {
            assert_eq!(una.atto("termine", &cattivo).0, 422, "{cattivo}");
        }
        // Ninety days from the presentazione, whenever it was registered; given again, the newest counts.
        una.fa("termine", &json!({ "giorni": "300" }));
        let dato = una.fa("termine", &json!({ "giorni": "90" }));
        assert_eq!((dato["termine"]["scade"].as_str(), casa.conta("termini")), (Some("2031-02-03"), 2), "{dato}");
        una.fa("termine", &json!({ "giorni": "90" }));
        assert_eq!(casa.conta("termini"), 2);
        let sospendi = |fino: &str| edil(json!({ "motivo": "Chiesta la planimetria", "fino": fino }));
        for cattivo in [sospendi("2030-12-23"), sospendi("2030-11-22"), sospendi("domani"), edil(motivo.clone())] {
            assert_eq!(una.no("sospensione", &cattivo), (422, "/fino".to_owned()), "{cattivo}");
        }
        assert_eq!(una.no("interruzione", &edil(motivo.clone())), (409, "termine-non-interrompibile".to_owned()));
        assert_eq!(una.no("ripresa", &edil(motivo.clone())), (409, "termine-non-fermo".to_owned()));
        for _ in 0..2 {
            una.fa("sospensione", &sospendi("2030-12-12"));
        }
        assert_eq!((una.no("sospensione", &sospendi("2030-12-02")).1.as_str(), una.no("preavviso", &edil(motivo.clone())).1.as_str()), ("termine-fermo", "termine-fermo"));
        let fermo = leggi(&format!("{}/api/v1/registrazioni/{}", server.url, una.id), &casa.gettone).json();
        // Twenty days later is Sunday 23 February.
        assert_eq!(fermo["termine"]["scade"], "2031-02-24", "{fermo}");
        assert_eq!(una.no("ripresa", &edil(json!({ "motivo": "x", "giorno": "2030-11-23" }))), (422, "/giorno".to_owned()));
        let ripreso = una.fa("ripresa", &edil(json!({ "motivo": "Arrivata la planimetria" })));
        assert_eq!(ripreso["termine"]["scade"], "2031-02-03", "suspended and let run again on the same day");
        assert_eq!(una.no("sospensione", &sospendi("2030-11-27")), (409, "termine-gia-sospeso".to_owned()));
        assert_eq!(una.fa("preavviso", &edil(motivo))["termine"]["vicende"][2]["fino"], "2030-12-02");
        assert_eq!(casa.conta("vicende"), 3);
        let trovata = Una::nuova(casa, &server, &{ let mut u = uscita("Risposta"); u["ufficio"] = "EDIL".into(); u });
        assert_eq!(trovata.no("termine", &json!({ "giorni": "30" })), (409, "non-entrata".to_owned()));
        le_pratiche_sono_quelle_degli_atti(casa);
        for tabella in ["movimenti", "vicende", "termini"] {
            assert!(casa.conta(tabella) == 0 || casa.sql(&format!("DELETE FROM {tabella}")).is_err(), "{tabella}");
        }
    }

    fn a_term_given_again_runs_from_the_arrival_in_force_and_one_of_what_is_annulled_is_let_be(casa) {
        let server = casa.server_alle("2030-11-22T09:00:00Z");
        let mut arrivata = entrata("Istanza");
        arrivata["mezzo"] = json!("sportello");
        arrivata["arrivo"] = json!("2030-11-05T10:00:00+01:00");
        let una = Una::nuova(casa, &server, &arrivata);
        let novanta = json!({ "giorni": "90" });
        assert_eq!(una.fa("termine", &novanta)["termine"]["scade"], "2031-02-03");
        let dato = json!({ "campo": "arrivo", "valore": "2030-11-07T10:00:00+01:00" });
        let corretta = una.fa("annullamento", &json!({ "motivo": "Timbro letto male", "dato": dato }));
        assert_eq!(corretta["termine"]["scade"], "2031-02-05", "it moves with the arrival, whoever forgets to give it again");
        for _ in 0..2 {
            assert_eq!(una.fa("termine", &novanta)["termine"]["scade"], "2031-02-05");
        }
        assert_eq!(casa.conta("termini"), 2);
        una.fa("annullamento", &json!({ "motivo": "Doppia" }));
        assert_eq!(una.no("termine", &json!({ "giorni": "30" })), (409, "annullata".to_owned()));
        assert_eq!(una.no("preavviso", &json!({ "ufficio": "EDIL", "motivo": "x" })), (409, "annullata".to_owned()));
        assert_eq!((casa.conta("termini"), casa.conta("vicende")), (2, 0));
    }

    fn a_term_of_a_procedimento_that_says_so_is_interrupted(casa) {
        let server = casa.server();
        for (codice, altro) in [("scia", Some("--interrompibile")), ("accesso", None)] {
            let mut args = vec!["procedimento", "apri", "--aoo", "AX99Z01", "--codice", codice, "--nome", "SCIA", "--descrizione", "Chi vuole", "--voce", "VI.3", "--ufficio", "EDIL"];
            args.extend(altro);
            assert!(comando(casa, &args).status.success());
        }
        let una = Una::nuova(casa, &server, &entrata("Istanza"));
        let corpo = json!({ "ufficio": "EDIL", "motivo": "Manca la planimetria" });
        una.fa("termine", &json!({ "procedimento": "accesso" }));
        assert_eq!(una.no("interruzione", &corpo).1, "termine-non-interrompibile");
        una.fa("termine", &json!({ "procedimento": "scia" }));
        let ferma = una.fa("interruzione", &corpo);
        assert!(ferma["termine"]["scade"].is_null(), "{ferma}");
        let ripresa = una.fa("ripresa", &json!({ "ufficio": "EDIL", "motivo": "Arrivata" }));
        assert!(ripresa["termine"]["scade"].is_string(), "{ripresa}");
        le_pratiche_sono_quelle_degli_atti(casa);
    }

    fn who_is_not_known_does_nothing_on_a_desk(casa) {
        let server = casa.server();
        let una = Una::nuova(casa, &server, &entrata("Istanza"));
        let atti = ["assegnazioni", "presa-in-carico", "restituzione", "rifiuto", "conclusione", "lettura", "termine", "sospensione",
            "interruzione", "preavviso", "ripresa"];
        let corpo = json!({ "ufficio": "EDIL", "motivo": "x", "esito": "x", "fino": "2026-12-01", "giorni": "30" });
        for atto in atti {
            let strada = |id: &str| format!("{}/api/v1/registrazioni/{id}/{atto}", server.url);
            for gettone in ["", "tab_sbagliato"] {
                assert_eq!(chiama_json(&strada(&una.id), gettone, &corpo.to_string()).stato, 401, "{atto}");
            }
            let giusto = match atto {
                "assegnazioni" | "presa-in-carico" | "restituzione" | "lettura" => json!({ "ufficio": "EDIL" }),
                "conclusione" => json!({ "ufficio": "EDIL", "esito": "x" }),
                "termine" => json!({ "giorni": "30" }),
                "sospensione" => json!({ "ufficio": "EDIL", "motivo": "x", "fino": "2026-12-01" }),
                _ => json!({ "ufficio": "EDIL", "motivo": "x" }),
            };
            for ignota in ["niente", "0192f0e4-0000-7000-8000-000000000000"] {
                assert_eq!(chiama_json(&strada(ignota), &casa.gettone, &giusto.to_string()).stato, 404, "{atto} {ignota}");
            }
        }
        assert_eq!(leggi(&format!("{}/api/v1/scrivania?ufficio=EDIL", server.url), "").stato, 401);
        assert_eq!(casa.conta("movimenti") + casa.conta("vicende"), 0);
    }
}
