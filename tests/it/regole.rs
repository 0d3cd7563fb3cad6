//! Rules over mail: what they may do without a person, what they may not, and what they say they did.

use crate::casa::{Casa, Rotto, Servizio, comando, su_entrambi};
use crate::posta;
use std::fs;
use std::path::PathBuf;
use tabulario::pec::regole::{self, Azione, CondizioneSegnatura, Condizioni, Contenuto, Genere, Modo, Regola};
use tabulario::pec::{self, Casella, Messaggio, Passo, Stato};
use tabulario::registro;
use tabulario::registro::rubrica::{self, Fonte, Indirizzo};
use tabulario::segnatura::{NomeParte, Parte, TipoParte};
use tabulario::storage::Operazione;
use tabulario::utenti::visibilita::Vista;
use tabulario::valori::{AooId, Attore, RegolaId};

const IO: Attore = Attore::Sistema("comando");

/// An empty mailbox of the house.
pub fn vuota(casa: &Casa) -> Casella {
    posta::casella(casa, &["nessuno"])
}

/// A message as it lies in the mailbox, with this name.
fn scrivi(casa: &Casa, nome: &str, eml: &[u8]) {
    fs::write(casa.dir.path().join("posta/new").join(nome), eml).unwrap();
}

fn fixture(nome: &str) -> Vec<u8> {
    let cartella: PathBuf = posta::fixtures().join("posta");
    let mut voci = fs::read_dir(cartella).unwrap().map(|v| v.unwrap().path());
    let file = voci.find(|f| {
        f.extension().is_some_and(|e| e == "eml") && f.file_name().unwrap().to_str().unwrap().starts_with(nome)
    });
    fs::read(file.unwrap()).unwrap()
}

/// Ordinary mail of somebody.
fn ordinaria(da: &str, oggetto: &str, n: usize) -> Vec<u8> {
    format!(
        "From: {da}\r\nTo: protocollo@comune.example\r\nSubject: {oggetto}\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\n\
         Message-ID: <m{n}@posta.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nMessaggio {n}.\r\n"
    )
    .into_bytes()
}

pub fn scrivi_ordinaria(casa: &Casa, n: usize, da: &str, oggetto: &str) {
    scrivi(casa, &format!("o{n}"), &ordinaria(da, oggetto, n));
}

/// A rule that registers what is of this kind.
pub fn protocolla(nome: &str, genere: Genere) -> Contenuto {
    Contenuto {
        nome: nome.parse().unwrap(),
        ordine: 10,
        condizioni: Condizioni { genere: Some(genere), ..Condizioni::default() },
        azione: Azione::Protocolla,
        modo: Modo::Fa,
        voce: Some("VI.3".parse().unwrap()),
        ufficio: Some("EDIL".parse().unwrap()),
        conoscenza: Vec::new(),
        fascicolo: None,
        tipologia: Some("Istanza".parse().unwrap()),
        riservato: false,
    }
}

pub fn scarta(nome: &str, mittente: &str) -> Contenuto {
    let condizioni = Condizioni {
        genere: Some(Genere::Ordinaria),
        mittente: Some(mittente.parse().unwrap()),
        ..Condizioni::default()
    };
    let azione = Azione::Scarta { motivo: "Pubblicità".parse().unwrap(), giorni: 30 };
    let resto = protocolla(nome, Genere::Ordinaria);
    Contenuto { condizioni, azione, voce: None, ufficio: None, tipologia: None, ordine: 5, ..resto }
}

fn opera<T>(casa: &Casa, f: impl FnOnce(&mut Operazione<'_>) -> Result<T, pec::Errore>) -> Result<T, pec::Errore> {
    casa.db.scrivi(casa.aoo.id, &IO, f)
}

pub fn crea(casa: &Casa, c: &Contenuto) -> RegolaId {
    opera(casa, |op| regole::crea(op, c)).unwrap()
}

/// Written, looked at and switched on.
pub fn accesa(casa: &Casa, c: &Contenuto) -> RegolaId {
    let id = crea(casa, c);
    regole::guarda(&casa.db, &IO, &casa.vista(), id).unwrap();
    opera(casa, |op| regole::accendi(op, id)).unwrap();
    id
}

/// One that was looked at, and is off.
pub fn guardata(casa: &Casa) -> String {
    let id = crea(casa, &protocolla("Prova", Genere::PostaCertificata));
    regole::guarda(&casa.db, &IO, &casa.vista(), id).unwrap();
    id.to_string()
}

pub fn automatica(casa: &Casa, genere: Genere) {
    opera(casa, |op| regole::cambia_automatico(op, genere, true)).unwrap();
}

pub fn lavora(casa: &Casa) {
    while regole::applica(&casa.db).unwrap() == Passo::Fatto {}
}

fn tutti(casa: &Casa) -> Vec<Messaggio> {
    casa.db.leggi(|conn| pec::messaggi(conn, &casa.vista(), None, 1_000)).unwrap()
}

/// Why the first rule that speaks of a message leaves it to a person.
fn perche(casa: &Casa, m: &Messaggio) -> Option<String> {
    let proposti = casa.db.leggi(|conn| regole::proposti(conn, casa.aoo.id, m)).unwrap();
    proposti.into_iter().next().and_then(|p| p.perche)
}

fn una(casa: &Casa, id: RegolaId) -> Regola {
    casa.db.leggi(|conn| regole::regola(conn, casa.aoo.id, id)).unwrap()
}

su_entrambi! {
    fn a_rule_registers_only_when_it_was_looked_at_switched_on_and_its_kind_allowed(casa) {
        let casella = vuota(casa);
        let arriva = |n: usize| {
            scrivi(casa, &format!("m{n}"), &ordinaria("Scuola <segreteria@scuola.example>", "Gita", n));
            assert_eq!(posta::ricevi(casa, &casella), 1);
            lavora(casa);
            tutti(casa).pop().unwrap()
        };
        arriva(1);
        let id = crea(casa, &protocolla("Scuole", Genere::Ordinaria));
        assert!(matches!(opera(casa, |op| regole::accendi(op, id)), Err(pec::Errore::SenzaAnteprima)));
        regole::guarda(&casa.db, &IO, &casa.vista(), id).unwrap();
        let vista = una(casa, id).anteprima.unwrap();
        assert_eq!((vista.guardati, vista.trovati), (1, 1));
        opera(casa, |op| regole::accendi(op, id)).unwrap();
        // On, but nobody said that ordinary mail may be registered without a person.
        let m = arriva(2);
        assert_eq!(m.stato, Stato::DaProtocollare);
        assert!(perche(casa, &m).unwrap().contains("senza una persona è spenta"));
        automatica(casa, Genere::Ordinaria);
        let m = arriva(3);
        assert_eq!(m.stato, Stato::Protocollato);
        let fatta = m.registrazione.unwrap();
        let r = casa.db.leggi(|conn| registro::per_id(conn, &casa.vista(), fatta)).unwrap();
        assert_eq!(r.tipologia.unwrap().as_str(), "Istanza");
        let firma = casa.db.leggi(|conn| regole::della_registrazione(conn, fatta)).unwrap().unwrap();
        assert_eq!(firma.to_string(), "regola «Scuole» (versione 1)");
        // What lay there before, and what was left to a person, stays theirs.
        assert_eq!(casa.conta("registrazioni"), 1);
        // A new version is off, and wants to be looked at itself.
        let mut nuova = protocolla("Scuole", Genere::Ordinaria);
        nuova.condizioni.parole = Some("gita".parse().unwrap());
        assert!(matches!(opera(casa, |op| regole::cambia(op, id, 7, &nuova)), Err(pec::Errore::RegolaCambiata(1))));
        opera(casa, |op| regole::cambia(op, id, 1, &nuova)).unwrap();
        assert_eq!((una(casa, id).versione, una(casa, id).accesa), (2, None));
        assert!(matches!(opera(casa, |op| regole::accendi(op, id)), Err(pec::Errore::SenzaAnteprima)));
        assert_eq!(arriva(4).stato, Stato::DaProtocollare);
        regole::guarda(&casa.db, &IO, &casa.vista(), id).unwrap();
        opera(casa, |op| regole::accendi(op, id)).unwrap();
        assert_eq!(arriva(5).stato, Stato::Protocollato);
        opera(casa, |op| regole::spegni(op, id)).unwrap();
        assert_eq!(arriva(6).stato, Stato::DaProtocollare);
        assert_eq!(casa.conta("coda_regole"), 0);
        // The chain names the rule; the rows cannot be changed.
        assert!(comando(casa, &["controlla"]).status.success());
        for sql in ["UPDATE regole SET nome = 'x'", "DELETE FROM stati_regole", "DELETE FROM atti_regole", "UPDATE generi_automatici SET acceso = NULL"] {
            assert!(casa.sql(sql).is_err(), "{sql}");
        }
    }

    fn what_was_odd_to_read_is_never_touched_by_a_rule_and_the_queue_goes_on(casa) {
        let casella = vuota(casa);
        for genere in regole::GENERI {
            automatica(casa, genere);
            accesa(casa, &protocolla(genere.as_str(), genere));
        }
        let mut attesi = 0;
        let mut metti = |nome: &str, eml: &[u8]| {
            scrivi(casa, nome, eml);
            attesi += 1;
        };
        // Sound ones among those that are not, so that it is seen that the queue goes on.
        metti("01-buona", &fixture("01"));
        metti("02-firma-guasta", &fixture("03"));
        metti("03-mime", &fixture("07"));
        let testo = String::from_utf8_lossy(&fixture("01")).into_owned();
        metti("04-altro-mittente", testo.replace("From: Elena Tarsi <elena.tarsi@", "From: Elena Tarsi <un.altra@").as_bytes());
        metti("05-doppia", &fixture("15"));
        let finta = "From: posta-certificata@gestore.finto.example\r\nSubject: CONSEGNA: Prot. 1\r\nX-Ricevuta: avvenuta-consegna\r\n\
             X-Riferimento-Message-ID: <x@y>\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\nMessage-ID: <f@finto>\r\n\r\nRicevuta.\r\n";
        metti("06-ricevuta-finta", finta.as_bytes());
        let aperta = "From: a@b.example\r\nSubject: Aperta\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\nMessage-ID: <u@b>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nmai chiusa\r\n";
        metti("07-confine-aperto", aperta.as_bytes());
        let base64 = "From: a@b.example\r\nSubject: Base64\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\nMessage-ID: <g@b>\r\nMIME-Version: 1.0\r\n\
             Content-Type: application/pdf; name=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0x!!!!§§\r\n";
        metti("08-base64", base64.as_bytes());
        let mut annidato = String::from("From: a@b.example\r\nSubject: Annidato\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\nMessage-ID: <n@b>\r\nMIME-Version: 1.0\r\n");
        for i in 0..2_000 {
            annidato.push_str(&format!("Content-Type: multipart/mixed; boundary=\"b{i}\"\r\n\r\n--b{i}\r\n"));
        }
        metti("09-annidato", annidato.as_bytes());
        metti("10-impresa", &fixture("09"));
        metti("11-ordinaria", &ordinaria("Tizio <t@posta.example>", "Saluti", 11));
        assert_eq!(posta::ricevi(casa, &casella), attesi);
        lavora(casa);
        let (fatti, fermi): (Vec<_>, Vec<_>) = tutti(casa).into_iter().partition(|m| m.stato == Stato::Protocollato);
        let mut oggetti: Vec<&str> = fatti.iter().map(|m| m.oggetto.as_str()).collect();
        oggetti.sort_unstable();
        assert_eq!(oggetti.len(), 3, "{oggetti:?}");
        assert!(oggetti[0].starts_with("Disponibilità") && oggetti[1].starts_with("Istanza") && oggetti[2] == "Saluti", "{oggetti:?}");
        assert_eq!(fatti.len() + fermi.len(), attesi);
        for m in &fermi {
            assert_eq!(m.stato, Stato::DaProtocollare, "{}: {}", m.genere, m.oggetto);
            let ricevuta = m.si_dice_ricevuta();
            assert_eq!(perche(casa, m).is_none(), ricevuta, "{}: {:?}", m.oggetto, perche(casa, m));
        }
        let di = |oggetto: &str| fermi.iter().find(|m| m.oggetto.contains(oggetto)).map(|m| perche(casa, m).unwrap_or_default()).unwrap();
        assert!(di("asseverata").contains("non è valida"), "{}", di("asseverata"));
        assert!(di("Annidato").contains("nel leggerlo è stato trovato"), "{}", di("Annidato"));
        assert_eq!(casa.conta("coda_regole"), 0);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn ordinary_mail_goes_to_a_bin_that_is_seen_and_comes_back_and_a_pec_never_does(casa) {
        let casella = vuota(casa);
        let mut pec_scartata = scarta("Tutto via", "@toner.example");
        for genere in [None, Some(Genere::PostaCertificata)] {
            pec_scartata.condizioni.genere = genere;
            let rifiuto = opera(casa, |op| regole::crea(op, &pec_scartata)).unwrap_err().to_string();
            assert!(rifiuto.contains("art. 40-bis"), "{rifiuto}");
        }
        accesa(casa, &scarta("Toner", "@toner.example"));
        accesa(casa, &scarta("Noto", "noto@pec.imprese.example"));
        let noto = |op: &mut Operazione<'_>| {
            let parte = Parte { tipo: TipoParte::PersonaGiuridica, nome: NomeParte::Denominazione("Noto S.r.l.".parse()?), codice_fiscale: None,
                codice_ipa: None, codice_aoo: None, pec: None, codice_uo: None };
            Ok::<_, Rotto>(rubrica::crea(op, &parte, &[Indirizzo::Pec("Noto@PEC.imprese.example".parse()?)], Fonte::Scritto)?)
        };
        casa.db.scrivi(casa.aoo.id, &IO, noto).unwrap();
        scrivi(casa, "toner", &ordinaria("Toner <offerte@toner.example>", "Metà prezzo", 1));
        scrivi(casa, "noto", &ordinaria("Noto <noto@pec.imprese.example>", "Offerta", 2));
        // Nor what the IPA knows.
        crate::ipa::importa_tutto(casa);
        accesa(casa, &scarta("Monte", "@pec.monteesempio.example"));
        scrivi(casa, "monte", &ordinaria("Comune <protocollo@pec.monteesempio.example>", "Invito", 3));
        assert_eq!(posta::ricevi(casa, &casella), 3);
        lavora(casa);
        let scartati = casa.db.leggi(|conn| pec::non_protocollati(conn, &casa.vista(), 10)).unwrap();
        assert_eq!(scartati.len(), 1);
        let esclusione = scartati[0].esclusione.clone().unwrap();
        assert_eq!((esclusione.motivo.as_str(), esclusione.autore.as_str()), ("Pubblicità", "Tabulario, regola «Toner» (versione 1)"));
        let cestino = casa.db.leggi(|conn| regole::scartati(conn, &[&esclusione.id])).unwrap();
        let atteso = casa.db.orologio().adesso().giorno() + chrono::Days::new(30);
        assert!((0..=1).contains(&(atteso - cestino[&esclusione.id].fino_al).num_days()));
        let fermo = tutti(casa).into_iter().find(|m| m.oggetto == "Offerta").unwrap();
        assert!(perche(casa, &fermo).unwrap().contains("domicilio digitale"), "{:?}", perche(casa, &fermo));
        let invito = tutti(casa).into_iter().find(|m| m.oggetto == "Invito").unwrap();
        assert!(perche(casa, &invito).unwrap().contains("nell'IPA"), "{:?}", perche(casa, &invito));
        // It comes back, and no rule takes it away again.
        opera(casa, |op| pec::ripristina(op, &Vista::Intera(op.aoo), scartati[0].id)).unwrap();
        lavora(casa);
        let tornato = casa.db.leggi(|conn| pec::messaggio(conn, &casa.vista(), scartati[0].id)).unwrap();
        assert_eq!(tornato.stato, Stato::DaProtocollare);
        assert!(perche(casa, &tornato).unwrap().contains("lasciato a una persona"));
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn the_first_rule_wins_and_proposals_add_up(casa) {
        let casella = vuota(casa);
        automatica(casa, Genere::Ordinaria);
        let mut riservata = protocolla("Riservate", Genere::Ordinaria);
        riservata.azione = Azione::Compila;
        riservata.modo = Modo::Propone;
        riservata.riservato = true;
        riservata.ordine = 30;
        let mut tardi = protocolla("Tardi", Genere::Ordinaria);
        tardi.ordine = 20;
        tardi.tipologia = Some("Altro".parse().unwrap());
        for c in [&riservata, &tardi, &protocolla("Prima", Genere::Ordinaria)] {
            accesa(casa, c);
        }
        scrivi(casa, "m", &ordinaria("Tizio <t@posta.example>", "Saluti", 1));
        posta::ricevi(casa, &casella);
        lavora(casa);
        let fatta = tutti(casa)[0].registrazione.unwrap();
        let r = casa.db.leggi(|conn| registro::per_id(conn, &casa.vista(), fatta)).unwrap();
        assert_eq!((r.tipologia.unwrap().as_str(), r.riservato), ("Istanza", true));
        assert_eq!(casa.db.leggi(|conn| regole::della_registrazione(conn, fatta)).unwrap().unwrap().nome, "Prima");
    }

    fn a_rule_that_cannot_act_says_so_and_holds_up_nobody(casa) {
        let casella = vuota(casa);
        automatica(casa, Genere::Ordinaria);
        let chiuso = |op: &mut Operazione<'_>| Ok::<_, Rotto>(tabulario::utenti::crea_ufficio(op, "CHIUSO".parse()?, "Chiuso".parse()?, None)?);
        let ufficio = casa.db.scrivi(casa.aoo.id, &IO, chiuso).unwrap();
        let mut rotta = protocolla("Rotta", Genere::Ordinaria);
        rotta.ufficio = Some("CHIUSO".parse().unwrap());
        rotta.condizioni.parole = Some("rotta".parse().unwrap());
        rotta.ordine = 1;
        accesa(casa, &rotta);
        accesa(casa, &protocolla("Buona", Genere::Ordinaria));
        let chiudi = |op: &mut Operazione<'_>| Ok::<_, Rotto>(tabulario::utenti::chiudi_ufficio(op, &ufficio)?);
        casa.db.scrivi(casa.aoo.id, &IO, chiudi).unwrap();
        scrivi(casa, "1", &ordinaria("Tizio <t@posta.example>", "Strada rotta", 1));
        scrivi(casa, "2", &ordinaria("Tizio <t@posta.example>", "Saluti", 2));
        posta::ricevi(casa, &casella);
        lavora(casa);
        let (fermi, fatti): (Vec<_>, Vec<_>) = tutti(casa).into_iter().partition(|m| m.registrazione.is_none());
        assert_eq!((fatti.len(), fermi.len(), casa.conta("registrazioni"), casa.conta("coda_regole")), (1, 1, 1, 1));
        assert!(perche(casa, &fermi[0]).unwrap().contains("non ci è riuscita"), "{:?}", perche(casa, &fermi[0]));
    }

    fn killed_while_rules_work_nothing_is_done_twice_or_forgotten(casa) {
        const QUANTI: usize = 60;
        drop(vuota(casa));
        automatica(casa, Genere::Ordinaria);
        accesa(casa, &protocolla("Tutte", Genere::Ordinaria));
        accesa(casa, &scarta("Toner", "@toner.example"));
        for n in 0..QUANTI {
            let da = if n % 3 == 0 { "o@toner.example" } else { "t@posta.example" };
            scrivi(casa, &format!("m{n}"), &ordinaria(da, &format!("Numero {n}"), n));
        }
        let fatti = || usize::try_from(casa.conta("atti_regole")).unwrap();
        for volta in 1..=4 {
            let servizio = Servizio::avvia(casa);
            while fatti() < QUANTI * volta / 5 {
                std::thread::park_timeout(std::time::Duration::from_millis(5));
            }
            servizio.uccidi();
        }
        let servizio = Servizio::avvia(casa);
        while fatti() < QUANTI || casa.conta("coda_regole") > 0 {
            std::thread::park_timeout(std::time::Duration::from_millis(5));
        }
        servizio.uccidi();
        assert_eq!((fatti(), casa.conta("registrazioni"), casa.conta("esclusioni")), (QUANTI, 40, 20));
        assert!(comando(casa, &["controlla"]).status.success());
    }
}

su_entrambi! {
    fn what_a_rule_may_not_say_is_refused_at_its_field(casa) {
        let buona = || protocolla("Regola", Genere::Ordinaria);
        let campo = |c: &Contenuto| match opera(casa, |op| regole::crea(op, c)) {
            Err(pec::Errore::RegolaSbagliata { campo, .. }) => campo,
            altro => panic!("{altro:?}"),
        };
        assert_eq!(campo(&Contenuto { condizioni: Condizioni::default(), ..buona() }), "condizioni");
        assert_eq!(campo(&Contenuto { voce: None, ..buona() }), "voce");
        assert_eq!(campo(&Contenuto { voce: Some("IX.9".parse().unwrap()), ..buona() }), "voce");
        assert_eq!(campo(&Contenuto { ufficio: Some("NULLA".parse().unwrap()), ..buona() }), "ufficio");
        assert_eq!(campo(&Contenuto { conoscenza: vec!["NULLA".parse().unwrap()], ..buona() }), "conoscenza");
        assert_eq!(campo(&Contenuto { fascicolo: Some("2026/VI.3/77".parse().unwrap()), ..buona() }), "fascicolo");
        assert_eq!(campo(&Contenuto { ordine: 0, ..buona() }), "ordine");
        assert_eq!(campo(&Contenuto { azione: Azione::Compila, ..buona() }), "modo");
        assert_eq!(campo(&Contenuto { azione: Azione::Scarta { motivo: "x".parse().unwrap(), giorni: 0 }, ..buona() }), "giorni");
        assert_eq!(campo(&Contenuto { azione: Azione::Scarta { motivo: "x".parse().unwrap(), giorni: 9 }, ..buona() }), "azione");
        for parola in ["assente", "presente", "senza-rilievi", "60-2013"] {
            assert_eq!(parola.parse::<CondizioneSegnatura>().unwrap().as_str(), parola);
        }
        // Another AOO's rule is no rule.
        let id = crea(casa, &buona());
        assert!(matches!(casa.db.leggi(|conn| regole::regola(conn, AooId::new(), id)), Err(pec::Errore::RegolaSconosciuta)));
    }
}
