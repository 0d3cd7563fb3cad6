//! Trusted lists brought, judged, kept, used: ours, and those of `../shared/corpus/tsl` at an instant when they were in force.

mod comando;
pub mod finto;
mod ocsp;
mod rete;
mod revoche;
mod vere;

use crate::casa::{Casa, comando as programma, su_entrambi};
use crate::guardie::attacca;
use finto::{Finto, Risposta};
use std::time::Duration;
use tabulario::config::Proxy;
use tabulario::documenti::fiducia::{
    Custodia, Esame, Esito, EsitoGestori, Iniziali, Regole, Rete, Sorgente, Versione, conserva, conserva_gestori,
    esamina, versioni, versioni_gestori,
};
use tabulario::documenti::{self, Deposito, Errore, Fiduce, Riposto};
use tabulario::firma::{Indicazione, Rapporto};
use tabulario::storage::Db;
use tabulario::valori::{Attore, Impronta};

/// When our lists are in force.
const ADESSO: &str = "2026-11-20T12:00:00Z";

pub fn fixture(nome: &str) -> Vec<u8> {
    let radice = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    std::fs::read(radice.join(nome)).unwrap_or_else(|e| panic!("{nome}: {e}"))
}

/// A fixture as somebody would send it.
fn portata(nome: &str) -> Sorgente {
    Sorgente::Byte { nome: nome.to_owned(), byte: fixture(&format!("fiducia/{nome}")) }
}

/// A fixture with one text in the place of another.
fn ritoccata(nome: &str, da: &str, a: &str) -> Sorgente {
    let testo = String::from_utf8(fixture(&format!("fiducia/{nome}"))).unwrap();
    assert!(testo.contains(da), "{da}");
    Sorgente::Byte { nome: nome.to_owned(), byte: testo.replace(da, a).into_bytes() }
}

fn certificato(nome: &str) -> Vec<u8> {
    tabulario::firma::certificati(&fixture(&format!("chiavi/{nome}.pem"))).unwrap().remove(0).der
}

/// Our list of the lists is first signed by `primo`; nothing is fetched.
fn regole(primo: &str, paesi: &[&str]) -> Regole {
    Regole {
        iniziali: Iniziali::Impronte(vec![Impronta::of(&certificato(primo))]),
        lotl: "http://liste.example/lotl.xml".to_owned(),
        paesi: paesi.iter().map(|p| p.parse().unwrap()).collect(),
        rete: None,
    }
}

fn guarda(db: &Db, deposito: &Deposito, regole: &Regole, portate: Vec<Sorgente>) -> Vec<Esame> {
    esamina((db, deposito), regole, portate, &mut |_| {}).unwrap()
}

/// Judges, keeps what may be kept, and says what became of each.
fn importa(
    db: &Db,
    deposito: &Deposito,
    regole: &Regole,
    portate: Vec<Sorgente>,
) -> Vec<Result<Option<Versione>, String>> {
    let tieni = |esame: Esame| match esame.esito {
        Ok(Esito::Nuova(c)) => Ok(Some(conserva(db, deposito, &Attore::Sistema("comando"), &c).unwrap())),
        Ok(Esito::Presente) => Ok(None),
        Err(rifiuto) => Err(rifiuto.to_string()),
    };
    guarda(db, deposito, regole, portate).into_iter().map(tieni).collect()
}

/// The house with our list of the lists and the sixth Italian list.
fn con_liste(casa: &Casa) -> (Db, Vec<Versione>) {
    let db = casa.con_orologio(ADESSO);
    let portate = ["lotl.xml", "lotl-pivot.xml", "lista-v6.xml"].map(portata).to_vec();
    let esiti = importa(&db, &casa.deposito, &regole("ca-estranea", &["IT"]), portate);
    let conservate = esiti.into_iter().map(|e| e.unwrap().unwrap()).collect();
    (db, conservate)
}

/// What is said of one of our signed documents.
fn giudica(casa: &Casa, fiduce: &Fiduce, quando: &str) -> Rapporto {
    let riposto: Riposto = casa.deposito.riponi(&mut fixture("firma/rsa-der.pdf.p7m").as_slice(), u64::MAX).unwrap();
    let nome = "rsa-der.pdf.p7m".parse().unwrap();
    documenti::verifica(&casa.deposito, &riposto, &nome, fiduce, quando.parse().unwrap()).unwrap().unwrap().report
}

su_entrambi! {
    fn a_list_is_kept_with_who_vouches_for_it(casa) {
        let (db, conservate) = con_liste(casa);
        let [capo, italiana] = conservate.try_into().unwrap();
        assert_eq!((capo.territorio.as_str(), capo.sequenza, capo.garante.clone()), ("EU", 12, None));
        assert_eq!(capo.pivot, [Impronta::of(&fixture("fiducia/lotl-pivot.xml"))]);
        assert_eq!((italiana.territorio.as_str(), italiana.sequenza, italiana.versione), ("IT", 6, 6));
        assert_eq!(italiana.garante.as_ref(), Some(&capo.id));
        assert_eq!(italiana.impronta, Impronta::of(&fixture("fiducia/lista-v6.xml")));
        assert_eq!(italiana.firmatario_sha256, Impronta::of(&certificato("ca-gestori")));
        assert_eq!((italiana.provenienza.as_str(), italiana.servizi), ("lista-v6.xml", 2));
        assert!(casa.deposito.integro(&italiana.impronta).unwrap());
        // The same lists again: nothing happens, and nothing is doubled.
        let portate = ["lotl.xml", "lotl-pivot.xml", "lista-v6.xml"].map(portata).to_vec();
        let ancora = importa(&db, &casa.deposito, &regole("ca-estranea", &["IT"]), portate);
        assert_eq!(ancora, [Ok(None), Ok(None)]);
        assert_eq!(casa.conta("liste_fiducia"), 2);
        // The next one needs no list of the lists beside: the kept one vouches.
        let settima = importa(&db, &casa.deposito, &regole("ca-estranea", &["IT"]), vec![portata("lista-n7.xml")]);
        assert_eq!(settima[0].as_ref().unwrap().as_ref().unwrap().garante.as_ref(), Some(&capo.id));
        let tutte = db.leggi(versioni).unwrap();
        let chi: Vec<_> = tutte.iter().map(Versione::to_string).collect();
        assert_eq!(chi, ["EU n. 12", "IT n. 7", "IT n. 6"]);
        let prova = programma(casa, &["controlla"]);
        assert!(prova.status.success(), "{}", String::from_utf8_lossy(&prova.stdout));
        attacca(casa, 5);
    }

    fn a_verdict_follows_the_list_in_force_and_can_be_given_again_as_it_was(casa) {
        let custodia = Custodia::new(Fiduce::default(), &["IT".parse().unwrap()]);
        let prima = custodia.correnti(&casa.db, &casa.deposito).unwrap();
        assert_eq!(giudica(casa, &prima, "2026-11-16T09:00:00Z").indication, Some(Indicazione::Indeterminate));
        // Imported while others go on working: no restart.
        let (db, conservate) = con_liste(casa);
        let sesta = custodia.correnti(&casa.db, &casa.deposito).unwrap();
        let rapporto = giudica(casa, &sesta, "2026-11-16T09:00:00Z");
        assert_eq!((rapporto.indication, rapporto.signatures[0].qualified), (Some(Indicazione::TotalPassed), Some(true)));
        assert_eq!(sesta.liste[0].impronta, conservate[1].impronta);
        assert!(std::sync::Arc::ptr_eq(&sesta, &custodia.correnti(&casa.db, &casa.deposito).unwrap()), "read once");
        importa(&db, &casa.deposito, &regole("ca-estranea", &["IT"]), vec![portata("lista-n7.xml")]);
        let settima = custodia.correnti(&casa.db, &casa.deposito).unwrap();
        let rapporto = giudica(casa, &settima, "2026-11-16T09:00:00Z");
        assert_eq!(rapporto.indication, Some(Indicazione::Indeterminate), "withdrawn on the tenth");
    }

    fn a_list_that_the_store_lost_stops_nobody_and_can_be_replaced(casa) {
        let (db, conservate) = con_liste(casa);
        let nome = conservate[1].impronta.to_string();
        let file = casa.documenti().join(&nome[..2]).join(&nome[2..4]).join(&nome);
        let apparte = casa.dir.path().join("apparte");
        std::fs::rename(&file, &apparte).unwrap();
        let custodia = Custodia::new(Fiduce::default(), &["IT".parse().unwrap()]);
        let senza = custodia.correnti(&casa.db, &casa.deposito).unwrap();
        assert_eq!((senza.liste.len(), senza.illeggibili.len()), (0, 1));
        let rapporto = giudica(casa, &senza, "2026-11-16T09:00:00Z");
        assert_eq!(rapporto.indication, Some(Indicazione::Indeterminate));
        assert!(rapporto.findings.iter().any(|f| f.contains("IT n. 6")), "{:?}", rapporto.findings);
        // Put back, it counts at once.
        std::fs::rename(&apparte, &file).unwrap();
        let con = custodia.correnti(&casa.db, &casa.deposito).unwrap();
        assert_eq!(giudica(casa, &con, "2026-11-16T09:00:00Z").indication, Some(Indicazione::TotalPassed));
        // Lost for good, and the list of the lists with it: those that follow take their place.
        for versione in &conservate {
            let nome = versione.impronta.to_string();
            std::fs::remove_file(casa.documenti().join(&nome[..2]).join(&nome[2..4]).join(&nome)).unwrap();
        }
        let sola = importa(&db, &casa.deposito, &regole("ca-estranea", &["IT"]), vec![portata("lista-n7.xml")]);
        assert!(sola[0].is_err(), "nobody vouches for it");
        let portate = ["lotl.xml", "lotl-pivot.xml", "lista-n7.xml"].map(portata).to_vec();
        let esiti = importa(&db, &casa.deposito, &regole("ca-estranea", &["IT"]), portate);
        assert_eq!(esiti[0], Ok(None), "the list of the lists is the one that is known");
        assert!(matches!(&esiti[1], Ok(Some(v)) if v.sequenza == 7), "{esiti:?}");
    }

    fn a_list_that_should_have_been_replaced_is_used_and_it_is_said(casa) {
        con_liste(casa);
        let fiduce = Custodia::new(Fiduce::default(), &["IT".parse().unwrap()]).correnti(&casa.db, &casa.deposito).unwrap();
        let frase = "La lista di fiducia di IT n. 6 doveva essere sostituita entro il 01/05/2027";
        for (quando, detto) in [("2026-11-16T09:00:00Z", false), ("2027-05-01T00:00:00Z", false), ("2027-05-02T00:00:00Z", true)] {
            let rapporto = giudica(casa, &fiduce, quando);
            assert_eq!(rapporto.findings.iter().any(|f| f.contains(frase)), detto, "{quando}: {:?}", rapporto.findings);
            assert_eq!(rapporto.indication, Some(Indicazione::TotalPassed), "{quando}");
        }
    }

    fn what_may_not_be_believed_is_refused_and_does_not_stop_the_others(casa) {
        let db = casa.con_orologio(ADESSO);
        let firmata = String::from_utf8(fixture("fiducia/lista-v6.xml")).unwrap();
        let (prima, firma) = firmata.split_once("<ds:Signature ").unwrap();
        let (firma, fine) = firma.split_once("</ds:Signature>").unwrap();
        let firma = format!("<ds:Signature {firma}</ds:Signature>");
        let di = |testo: String| Sorgente::Byte { nome: "data.xml".to_owned(), byte: testo.into_bytes() };
        let check = |cattiva: Sorgente, paesi: &[&str], atteso: &str| {
            let portate = vec![cattiva, portata("lotl.xml"), portata("lotl-pivot.xml")];
            let esami = guarda(&db, &casa.deposito, &regole("ca-estranea", paesi), portate);
            let rifiuti: Vec<String> = esami.iter().filter_map(|e| e.esito.as_ref().err()).map(ToString::to_string).collect();
            assert!(rifiuti.len() == 1 && rifiuti[0].contains(atteso), "{atteso}: {esami:?}");
            assert!(esami.iter().any(|e| matches!(&e.esito, Ok(Esito::Nuova(_)))), "the list of the lists goes on");
        };
        check(di(format!("{prima}{fine}")), &["IT"], "non è firmata");
        check(di(format!("{prima}{firma}{firma}{fine}")), &["IT"], "ha 2 firme");
        check(ritoccata("lista-v6.xml", "granted", "withdrawn"), &["IT"], "non è quella che è stata firmata");
        check(di("non una lista".to_owned()), &["IT"], "non è leggibile");
        check(ritoccata("lista-v6.xml", "Identifier>6<", "Identifier>4<"), &["IT"], "versione 4");
        check(portata("lista-estranea.xml"), &["IT"], "CA Estranea», che non è fra chi può firmarla");
        check(portata("lista-de.xml"), &["IT"], "è la lista di DE, mentre qui serve: IT");
        check(ritoccata("lista-v6.xml", "Territory>IT<", "Territory>ES<"), &["IT", "ES"], "non dice chi può firmare quella di ES");
        check(ritoccata("lista-v6.xml", "Number>6<", "Number>18446744073709551615<"), &["IT"], "fuori misura");
        let grande = Sorgente::Byte { nome: "grande.xml".to_owned(), byte: vec![b' '; 16 * 1024 * 1024 + 1] };
        check(grande, &["IT"], "supera il limite di 16 MiB");
        check(Sorgente::File("/non/esiste.xml".into()), &["IT"], "non si legge");
        check(Sorgente::Url("http://liste.example/".to_owned()), &["IT"], "indirizzo");
        assert_eq!(casa.conta("liste_fiducia"), 0, "who looks writes nothing");
    }

    fn the_list_of_the_lists_is_refused_like_any_other(casa) {
        let db = casa.con_orologio(ADESSO);
        let check = |db: &Db, primo: &str, portate: Vec<Sorgente>, atteso: &str| {
            let esami = guarda(db, &casa.deposito, &regole(primo, &["IT"]), portate);
            let rifiuto = esami[0].esito.as_ref().expect_err(atteso).to_string();
            assert!(rifiuto.contains(atteso), "{rifiuto}");
        };
        let pivot = || portata("lotl-pivot.xml");
        check(&db, "ca-estranea", vec![portata("lotl.xml")], "Vellini», che non è fra chi può firmarla");
        check(&db, "orsello-p256", vec![portata("lotl.xml"), pivot()], "CA Estranea», che non è fra chi può firmarla");
        check(&db, "ca-estranea", vec![ritoccata("lotl.xml", "Territory>EU<", "Territory>IT<"), pivot()], "è la lista di IT, mentre qui serve: EU");
        check(&db, "ca-estranea", vec![portata("lotl.xml"), ritoccata("lotl-pivot.xml", "Number>10<", "Number>11<")], "non è quella che è stata firmata");
        check(&db, "ca-estranea", vec![portata("lista-v6.xml")], "manca una lista delle liste (LOTL) in vigore");
        let tardi = casa.con_orologio("2027-05-02T00:00:00Z");
        check(&tardi, "ca-estranea", vec![portata("lotl.xml"), pivot()], "è scaduta");
        // With a pinned signer of its own it needs no pivot.
        assert!(matches!(guarda(&db, &casa.deposito, &regole("vellini-rsa", &["IT"]), vec![portata("lotl.xml")])[0].esito, Ok(Esito::Nuova(_))));
    }

    fn nobody_is_trusted_by_the_list_of_a_territory_that_is_not_wanted(casa) {
        let (db, _) = con_liste(casa);
        importa(&db, &casa.deposito, &regole("ca-estranea", &["DE"]), vec![portata("lista-de.xml")]).remove(0).unwrap();
        let con = |paesi: &[&str]| {
            let paesi: Vec<_> = paesi.iter().map(|p| p.parse().unwrap()).collect();
            let fiduce = Custodia::new(Fiduce::default(), &paesi).correnti(&casa.db, &casa.deposito).unwrap();
            let chi: Vec<String> = fiduce.liste.iter().map(|l| l.territorio.to_string()).collect();
            (chi.join(" "), giudica(casa, &fiduce, "2026-11-16T09:00:00Z").indication)
        };
        assert_eq!(con(&["IT", "DE"]), ("DE IT".to_owned(), Some(Indicazione::TotalPassed)));
        assert_eq!(con(&["IT"]), ("IT".to_owned(), Some(Indicazione::TotalPassed)));
        for senza in [&["DE"][..], &[], &["EU"]] {
            assert_eq!(con(senza).1, Some(Indicazione::Indeterminate), "{senza:?}");
        }
    }

    fn a_list_never_goes_back(casa) {
        let (db, _) = con_liste(casa);
        let regole = regole("ca-estranea", &["IT", "DE"]);
        let uno = |db: &Db, nome: &str| importa(db, &casa.deposito, &regole, vec![portata(nome)]).remove(0);
        let stessa = uno(&db, "lista-omonima.xml").unwrap_err();
        assert!(stessa.contains("stesso numero (6)") && stessa.contains("contenuto diverso"), "{stessa}");
        uno(&db, "lista-n7.xml").unwrap();
        let vecchia = uno(&db, "lista-v6.xml").unwrap_err();
        assert!(vecchia.contains("n. 6, più vecchia della n. 7"), "{vecchia}");
        // Past its next update while the list of the lists is in force.
        let dicembre = casa.con_orologio("2026-12-15T00:00:00Z");
        assert!(uno(&dicembre, "lista-de.xml").unwrap_err().contains("è scaduta"));
        assert!(uno(&db, "lista-de.xml").unwrap().is_some());
        // A list of the lists that is past its own vouches for nobody.
        let maggio = casa.con_orologio("2027-05-02T00:00:00Z");
        assert!(uno(&maggio, "lista-n7.xml").unwrap_err().contains("manca una lista delle liste"));
    }

    fn a_kill_between_bytes_and_row_is_mended_by_doing_it_again(casa) {
        let db = casa.con_orologio(ADESSO);
        // What a kill leaves behind: bytes that no row speaks of.
        for nome in ["lotl.xml", "lista-v6.xml"] {
            casa.deposito.riponi(&mut fixture(&format!("fiducia/{nome}")).as_slice(), u64::MAX).unwrap();
        }
        let portate = || ["lotl.xml", "lista-v6.xml"].map(portata).to_vec();
        let regole = regole("vellini-rsa", &["IT"]);
        let esami = guarda(&db, &casa.deposito, &regole, portate());
        let candidate: Vec<_> = esami.into_iter().map(|e| match e.esito { Ok(Esito::Nuova(c)) => c, altro => panic!("{altro:?}") }).collect();
        let io = Attore::Sistema("comando");
        let prima: Vec<_> = candidate.iter().map(|c| conserva(&db, &casa.deposito, &io, c).unwrap()).collect();
        // A kill after the commit, before anybody was told: the same list finds its row.
        let seconda: Vec<_> = candidate.iter().map(|c| conserva(&db, &casa.deposito, &io, c).unwrap()).collect();
        assert_eq!(prima, seconda);
        assert_eq!((casa.conta("liste_fiducia"), casa.conta("usi_file")), (2, 2));
        // Somebody else brought another one meanwhile.
        let altra = guarda(&db, &casa.deposito, &regole, vec![portata("lista-n7.xml")]).remove(0);
        importa(&db, &casa.deposito, &regole, vec![portata("lista-n7.xml")]);
        let Ok(Esito::Nuova(_)) = altra.esito else { panic!("{altra:?}") };
        let vecchia = candidate.last().unwrap();
        let tardi = conserva(&db, &casa.deposito, &io, vecchia).unwrap_err();
        assert!(matches!(tardi, Errore::Fiducia(_)), "{tardi}");
    }

    fn lists_are_fetched_from_where_the_list_of_the_lists_says(casa) {
        let db = casa.con_orologio(ADESSO);
        let luogo = |nome: &'static str| Risposta::Corpo(fixture(&format!("fiducia/{nome}")));
        let finto = Finto::avvia(vec![
            ("/lotl.xml", luogo("lotl.xml")), ("/lista-v6.xml", luogo("lista-v6.xml")), ("/lista-de.xml", luogo("lista-de.xml")),
        ]);
        let proxy = Proxy::Indirizzo(finto.indirizzo.clone());
        let rete = Rete::new(&proxy, Duration::from_secs(60)).unwrap();
        let paesi = ["IT", "DE", "AT", "FR", "ES"];
        let regole = Regole { rete: Some(rete), ..regole("vellini-rsa", &paesi) };
        let mut letti = Vec::new();
        let esami = esamina((&db, &casa.deposito), &regole, Vec::new(), &mut |che| letti.push(che.to_owned())).unwrap();
        let esiti: Vec<(String, String)> = esami.into_iter().map(|e| {
            let esito = e.esito.map_or_else(|r| r.to_string(), |e| match e { Esito::Nuova(_) => "nuova".to_owned(), Esito::Presente => "presente".to_owned() });
            (e.territorio.map(|t| t.to_string()).unwrap_or_default(), esito)
        }).collect();
        let atteso = [
            ("EU", "nuova"), ("IT", "nuova"), ("DE", "nuova"),
            ("AT", "la lista delle liste non dice dove si trova quella di AT: dai il file"),
            ("DE", "è la lista di DE, mentre qui serve: FR"),
            ("ES", "la lista delle liste non dice dove si trova quella di ES: dai il file"),
        ];
        assert_eq!(esiti, atteso.map(|(t, e)| (t.to_owned(), e.to_owned())));
        assert_eq!(letti.len(), 4, "{letti:?}");
        // A list that was brought is not fetched, and a server that fails is said.
        let finto = Finto::avvia(vec![("/lotl.xml", luogo("lotl.xml")), ("/lista-de.xml", Risposta::Stato(500))]);
        let rete = Rete::new(&Proxy::Indirizzo(finto.indirizzo.clone()), Duration::from_secs(60)).unwrap();
        let regole = Regole { rete: Some(rete), paesi: vec!["IT".parse().unwrap(), "DE".parse().unwrap()], ..regole };
        let esiti = importa(&db, &casa.deposito, &regole, vec![portata("lotl.xml"), portata("lista-v6.xml")]);
        assert!(esiti[0].is_ok() && esiti[1].is_ok(), "{esiti:?}");
        assert!(esiti[2].as_ref().unwrap_err().contains("stato 500"), "{esiti:?}");
    }

    fn the_certificates_of_providers_are_a_set_of_their_own(casa) {
        let db = casa.con_orologio(ADESSO);
        let porta = |file: &[&str]| {
            let file: Vec<_> = file.iter().map(|f| ((*f).to_owned(), fixture(&format!("chiavi/{f}")))).collect();
            EsitoGestori::esamina(&db, &casa.deposito, "gestori", &file).unwrap()
        };
        let io = Attore::Sistema("comando");
        let prima = porta(&["ca-gestori.pem"]).unwrap();
        assert_eq!((prima.aggiunti.len(), prima.tolti.len(), prima.certificati), (1, 0, 1));
        let uno = conserva_gestori(&db, &casa.deposito, &io, &prima).unwrap();
        assert_eq!(conserva_gestori(&db, &casa.deposito, &io, &prima).unwrap(), uno);
        let custodia = Custodia::new(Fiduce::default(), &["IT".parse().unwrap()]);
        let fiduce = custodia.correnti(&casa.db, &casa.deposito).unwrap();
        assert_eq!((fiduce.gestori.quante(), fiduce.firme.quante()), (1, 0));
        // The order of the files and a certificate given twice change nothing.
        let due = porta(&["ca-estranea.pem", "ca-gestori.pem", "ca-estranea.pem"]).unwrap();
        assert_eq!((due.aggiunti.as_slice(), due.certificati), (&["TEST - non valida - CA Estranea".to_owned()][..], 2));
        let due = conserva_gestori(&db, &casa.deposito, &io, &due).unwrap();
        assert!(!porta(&["ca-gestori.pem", "ca-estranea.pem"]).unwrap().cambia());
        assert_eq!(custodia.correnti(&casa.db, &casa.deposito).unwrap().gestori.quante(), 2);
        // A set takes the place of the one before.
        let solo = porta(&["ca-estranea.pem"]).unwrap();
        assert_eq!(solo.tolti, ["TEST - non valida - CA Gestori PEC"]);
        conserva_gestori(&db, &casa.deposito, &io, &solo).unwrap();
        let impronte: Vec<_> = db.leggi(versioni_gestori).unwrap().into_iter().map(|v| v.impronta).collect();
        assert_eq!((impronte.len(), impronte[1], impronte[2]), (3, due.impronta, uno.impronta));
        let (file, rifiuto) = porta(&["ca-gestori.pem", "README.md"]).unwrap_err();
        assert!(file == "README.md" && rifiuto.to_string().contains("non contiene certificati"), "{file}: {rifiuto}");
        assert!(porta(&[]).is_err());
        assert!(programma(casa, &["controlla"]).status.success());
        attacca(casa, 5);
    }
}
