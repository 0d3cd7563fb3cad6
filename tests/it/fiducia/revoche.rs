//! Revocation data brought, judged, kept, fetched, used.

use super::finto::{Finto, Risposta};
use super::{con_liste, fixture, giudica};
use crate::casa::{Casa, comando as programma, su_entrambi};
use crate::firma::busta::{Firmatario, Mano, busta, tlv};
use crate::firma::note::{autorita, del_punto, di_ca, emesso, lunga, numero, punto};
use crate::firma::revoca::{DOPO, lista, risposta, risposta_intera};
use crate::guardie::attacca;
use std::sync::Arc;
use std::time::Duration;
use tabulario::config::Proxy;
use tabulario::documenti::fiducia::revoche::{
    Candidata, DatoConservato, Esame, Esito, Quali, conserva, correnti, esamina,
};
use tabulario::documenti::fiducia::{Custodia, Rete, Sorgente};
use tabulario::documenti::{self, Errore, Fiduce};
use tabulario::firma::{self, Indicazione, MASSIMO_DATO_REVOCA_BYTE, Prova, Rapporto, Sottoindicazione};
use tabulario::storage::Db;
use tabulario::valori::{Attore, Impronta};

const OGGI: &str = "20261119000000Z";
const QUANDO: &str = "2026-11-16T09:00:00Z";
const NON_REVOCATO: &str = "non risultava revocato";
const IGNOTA: &str = "La revoca dei certificati non è stata controllata.";

fn crl(nome: &str) -> Vec<u8> {
    fixture(&format!("revoche/{nome}.pem"))
}

/// What is judged of each that was brought.
fn guarda(casa: &Casa, db: &Db, portate: &[(&str, Vec<u8>)]) -> Vec<Esame> {
    let fiduce = Custodia::new(Fiduce::default(), &["IT".parse().unwrap()]).correnti(db, &casa.deposito).unwrap();
    let mut sorgenti =
        portate.iter().map(|(nome, byte)| Ok(Sorgente::Byte { nome: (*nome).to_owned(), byte: byte.clone() }));
    raccogli(db, &fiduce, None, Quali::Portate(&mut sorgenti))
}

fn raccogli(db: &Db, fiduce: &Fiduce, rete: Option<&Rete>, quali: Quali<'_, Errore>) -> Vec<Esame> {
    let mut esami = Vec::new();
    let mut tratta = |esame: Esame| {
        esami.push(esame);
        Ok(())
    };
    esamina(db, (&fiduce.firme, rete), quali, &mut |_| {}, &mut tratta).unwrap();
    esami
}

/// Judges and keeps one.
fn porta(casa: &Casa, db: &Db, nome: &str, byte: Vec<u8>) -> Result<Option<DatoConservato>, String> {
    tieni(casa, db, guarda(casa, db, &[(nome, byte)]).remove(0))
}

fn tieni(casa: &Casa, db: &Db, esame: Esame) -> Result<Option<DatoConservato>, String> {
    match esame.esito {
        Ok(Esito::Nuova(c)) => Ok(Some(conserva(db, &casa.deposito, &Attore::Sistema("comando"), &c).unwrap())),
        Ok(Esito::Presente) => Ok(None),
        Err(rifiuto) => Err(rifiuto.to_string()),
    }
}

/// One of our signed documents, as the register judges it.
fn prova_di(casa: &Casa, fiduce: &Fiduce) -> Prova {
    let riposto = casa.deposito.riponi(&mut fixture("firma/rsa-der.pdf.p7m").as_slice(), u64::MAX).unwrap();
    let nome = "rsa-der.pdf.p7m".parse().unwrap();
    documenti::verifica(&casa.deposito, &riposto, &nome, fiduce, QUANDO.parse().unwrap()).unwrap().unwrap()
}

fn dice(rapporto: &Rapporto, frase: &str) -> bool {
    rapporto.signatures[0].findings.iter().any(|f| f.contains(frase))
}

/// A document signed by somebody whose certificate names where its lists lie, verified and kept.
fn verificata(casa: &Casa, db: &Db, fiduce: &Fiduce, catena: &[&Mano]) {
    let firmatario = Firmatario::buono(catena[0], b"Si dispone.\n");
    let certificati: Vec<&[u8]> = catena.iter().map(|m| m.certificato.as_slice()).collect();
    let byte = busta(Some(&tlv(4, b"Si dispone.\n")), &certificati, &[firmatario.scrivi()]);
    let riposto = casa.deposito.riponi(&mut byte.as_slice(), u64::MAX).unwrap();
    let nome = "atto.p7m".parse().unwrap();
    let prova = documenti::verifica(&casa.deposito, &riposto, &nome, fiduce, QUANDO.parse().unwrap()).unwrap().unwrap();
    let scrivi = |op: &mut tabulario::storage::Operazione<'_>| {
        documenti::registra(op, &riposto)?;
        documenti::conserva_rapporto(op, &prova)
    };
    db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), scrivi).unwrap();
}

su_entrambi! {
    fn a_list_counts_from_the_moment_it_is_kept_and_the_verdict_stays_what_it_was(casa) {
        let (db, _) = con_liste(casa);
        let custodia = Custodia::new(Fiduce::default(), &["IT".parse().unwrap()]);
        let ignota = prova_di(casa, &custodia.correnti(&casa.db, &casa.deposito).unwrap());
        assert!(dice(&ignota.report, IGNOTA), "{:#?}", ignota.report);
        let una = porta(casa, &db, "ca-firma-1.pem", crl("ca-firma-1")).unwrap().unwrap();
        assert_eq!((una.emittente.as_str(), una.numero.as_deref(), una.voci), ("TEST - non valida - CA Tabulario", Some("01"), 1));
        assert_eq!(una.emittente_sha256, Impronta::of(&autorita().certificato));
        assert_eq!(una.prossima.map(|p| p.to_string()).as_deref(), Some("2026-11-26T00:00:00.000Z"));
        assert!(casa.deposito.integro(&una.impronta).unwrap());
        // No restart: the same custody gives them.
        let con_una = custodia.correnti(&casa.db, &casa.deposito).unwrap();
        let buona = prova_di(casa, &con_una);
        assert_eq!(buona.report.indication, Some(Indicazione::TotalPassed));
        assert!(dice(&buona.report, NON_REVOCATO), "{:#?}", buona.report);
        assert!(Arc::ptr_eq(&con_una, &custodia.correnti(&casa.db, &casa.deposito).unwrap()), "read once");
        assert_eq!(porta(casa, &db, "di-nuovo.pem", crl("ca-firma-1")), Ok(None), "the same again is nothing new");
        // The next one says that the signer had been taken back.
        porta(casa, &db, "ca-firma-2.pem", crl("ca-firma-2")).unwrap().unwrap();
        let con_due = custodia.correnti(&casa.db, &casa.deposito).unwrap();
        let cattiva = prova_di(casa, &con_due);
        assert_eq!(cattiva.report.signatures[0].sub_indication, Some(Sottoindicazione::RevokedNoPoe));
        assert!(dice(&cattiva.report, "revocato dal 01/11/2026"), "{:#?}", cattiva.report);
        assert_eq!((con_due.revoche.len(), casa.conta("dati_revoca")), (1, 2), "of a series the last one is used");
        // Each verdict is computed again from its prova, whatever is in force now, or nothing.
        for fatta in [&ignota, &buona, &cattiva] {
            let letta = Prova::leggi(&fatta.scrivi().unwrap()).unwrap();
            let sola = letta.fiducia(fatta.sha256).unwrap();
            let byte = fixture("firma/rsa-der.pdf.p7m");
            let ancora = firma::verifica(&mut &*byte, None, Some(&letta.name), &sola, letta.instant, &mut std::io::sink()).unwrap();
            assert!(letta.conferma(&ancora), "{ancora:#?}");
        }
        assert!(programma(casa, &["controlla"]).status.success());
        attacca(casa, 5);
    }

    fn what_may_not_be_kept_is_refused_with_its_reason(casa) {
        let (db, _) = con_liste(casa);
        let tarsi = Mano::delle_fixture("tarsi-rsa");
        let di = |estensioni: &[Vec<u8>]| lista(&autorita(), OGGI, DOPO, &[], estensioni);
        let check = |byte: Vec<u8>, atteso: &str| {
            let rifiuto = porta(casa, &db, "revoche", byte).expect_err(atteso);
            assert!(rifiuto.contains(atteso), "{rifiuto}");
        };
        check(crl("omonima"), "porta il nome di «CN=TEST - non valida - CA Tabulario, O=Tabulario - prova, C=IT» ma non è firmata con la sua chiave");
        check(crl("ca-firma-scaduta"), "è scaduta: doveva essere sostituita entro il 08/01/2026");
        check(di(&[del_punto("http://ca.example/1.crl"), crate::firma::note::critica("2.5.29.27", &tlv(2, &[1]))]), "delta CRL");
        check(di(&[crate::firma::note::critica("2.5.29.28", &tlv(0x30, &tlv(0x84, &[0xff])))]), "indiretta");
        let intera = di(&[]);
        check(intera[..intera.len() - 10].to_vec(), "non è una lista di revoca (CRL) né una risposta OCSP");
        check(fixture("chiavi/ca-firma.pem"), "serve una lista in DER o PEM");
        let massimo = usize::try_from(MASSIMO_DATO_REVOCA_BYTE).unwrap();
        check(vec![0x30; massimo + 1], "supera il limite di 48 MiB");
        let altrui = Mano::delle_fixture("ca-estranea");
        check(risposta_intera(&risposta(&altrui, &tarsi, OGGI, None, &[])), "non è firmata con la sua chiave");
        assert_eq!(casa.conta("dati_revoca"), 0, "who looks writes nothing");
        // Without trusted lists nobody's word counts.
        let senza = Fiduce::default();
        let mut una = std::iter::once(Ok(Sorgente::Byte { nome: "x".to_owned(), byte: crl("ca-firma-1") }));
        let esame = raccogli(&db, &senza, None, Quali::Portate(&mut una)).remove(0);
        assert!(esame.esito.unwrap_err().to_string().contains("non è fra le autorità riconosciute"));
        let file = Sorgente::File("/non/esiste.crl".into());
        let mut due = [file, Sorgente::Url("http://ca.example/1.crl".to_owned())].into_iter().map(Ok);
        let rifiuti: Vec<String> = raccogli(&db, &senza, None, Quali::Portate(&mut due)).into_iter().map(|e| e.esito.unwrap_err().to_string()).collect();
        assert!(rifiuti[0].contains("non si legge") && rifiuti[1].contains("indirizzo"), "without a network nothing is fetched: {rifiuti:?}");
    }

    fn revocations_never_go_back(casa) {
        let (db, _) = con_liste(casa);
        porta(casa, &db, "due", crl("ca-firma-2")).unwrap().unwrap();
        let vecchia = porta(casa, &db, "uno", crl("ca-firma-1")).unwrap_err();
        assert!(vecchia.contains("è del 19/11/2026") && vecchia.contains("più recente, del 20/11/2026"), "{vecchia}");
        let stessa = porta(casa, &db, "altra", lista(&autorita(), "20261120010000Z", DOPO, &[], &[numero(2)])).unwrap_err();
        assert!(stessa.contains("stesso numero (2)") && stessa.contains("contenuto diverso"), "{stessa}");
        // A greater number with an older date, and a newer date with a smaller number.
        let storta = porta(casa, &db, "storta", lista(&autorita(), OGGI, DOPO, &[], &[numero(9)])).unwrap_err();
        assert!(storta.contains("più recente"), "{storta}");
        let storta = porta(casa, &db, "storta", lista(&autorita(), "20261120010000Z", DOPO, &[], &[numero(1)])).unwrap_err();
        assert!(storta.contains("più recente"), "{storta}");
        // A list of one point, and an answer, are series of their own.
        let parte = |n: u8, dal: &str| lista(&autorita(), dal, DOPO, &[], &[del_punto("http://ca.example/1.crl"), numero(n)]);
        porta(casa, &db, "parte", parte(1, OGGI)).unwrap().unwrap();
        porta(casa, &db, "parte", parte(2, "20261120000000Z")).unwrap().unwrap();
        assert!(porta(casa, &db, "parte", parte(1, OGGI)).unwrap_err().contains("più recente"));
        let tarsi = Mano::delle_fixture("tarsi-rsa");
        let detta = |dal: &str| risposta_intera(&risposta(&autorita(), &tarsi, dal, None, &[]));
        porta(casa, &db, "ocsp", detta("20261120000000Z")).unwrap().unwrap();
        assert!(porta(casa, &db, "ocsp", detta(OGGI)).unwrap_err().contains("più recente"));
        porta(casa, &db, "ocsp", detta("20261120100000Z")).unwrap().unwrap();
        assert_eq!(db.leggi(correnti).unwrap().len(), 3);
    }

    fn a_kill_between_bytes_and_row_is_mended_and_a_newer_one_wins(casa) {
        let (db, _) = con_liste(casa);
        let candidata = |nome: &str| -> Box<Candidata> {
            match guarda(casa, &db, &[(nome, crl(nome))]).remove(0).esito { Ok(Esito::Nuova(c)) => c, altro => panic!("{altro:?}") }
        };
        let (prima, seconda) = (candidata("ca-firma-1"), candidata("ca-firma-2"));
        // What a kill leaves behind: bytes that no row speaks of.
        casa.deposito.riponi(&mut prima.dato.der(), u64::MAX).unwrap();
        let io = Attore::Sistema("comando");
        let una = conserva(&db, &casa.deposito, &io, &prima).unwrap();
        // A kill after the commit, before anybody was told: the same finds its row.
        assert_eq!(conserva(&db, &casa.deposito, &io, &prima).unwrap(), una);
        conserva(&db, &casa.deposito, &io, &seconda).unwrap();
        // Somebody else brought a newer one meanwhile.
        let tardi = conserva(&db, &casa.deposito, &io, &prima).unwrap_err();
        assert!(matches!(tardi, Errore::Fiducia(_)), "{tardi}");
        assert_eq!(casa.conta("dati_revoca"), 2);
    }

    fn data_that_the_store_lost_stop_nobody_and_count_again_when_put_back(casa) {
        let (db, _) = con_liste(casa);
        let conservata = porta(casa, &db, "lunga", lunga(1_000, &[], &[numero(1)])).unwrap().unwrap();
        let nome = conservata.impronta.to_string();
        let file = casa.documenti().join(&nome[..2]).join(&nome[2..4]).join(&nome);
        let apparte = casa.dir.path().join("apparte");
        std::fs::rename(&file, &apparte).unwrap();
        let custodia = Custodia::new(Fiduce::default(), &["IT".parse().unwrap()]);
        let senza = custodia.correnti(&casa.db, &casa.deposito).unwrap();
        assert_eq!((senza.revoche.len(), senza.illeggibili.len()), (0, 1));
        let rapporto = giudica(casa, &senza, QUANDO);
        assert!(dice(&rapporto, IGNOTA) && rapporto.findings.iter().any(|f| f.contains("dati di revoca di TEST")), "{rapporto:#?}");
        std::fs::rename(&apparte, &file).unwrap();
        let con = custodia.correnti(&casa.db, &casa.deposito).unwrap();
        assert!(dice(&giudica(casa, &con, QUANDO), NON_REVOCATO));
    }

    fn lists_are_fetched_from_where_trusted_certificates_say(casa) {
        let (db, _) = con_liste(casa);
        let fiduce = Custodia::new(Fiduce::default(), &["IT".parse().unwrap()]).correnti(&casa.db, &casa.deposito).unwrap();
        let chiave = || Mano::delle_fixture("tarsi-rsa");
        let nel = |seriale: u8, strada: &str| emesso(&autorita(), chiave(), seriale, "Prova", &[punto(&format!("http://ca.example/{strada}"))]);
        let ldap = emesso(&autorita(), chiave(), 98, "Prova", &[punto("ldap://ca.example/cn=ca")]);
        let file = emesso(&autorita(), chiave(), 99, "Prova", &[punto("file:///etc/passwd")]);
        for mano in [&nel(90, "1.crl"), &nel(91, "2.crl"), &nel(92, "lenta"), &nel(93, "a-file"), &nel(94, "manca"), &nel(95, "a-casa"), &ldap, &file] {
            verificata(casa, &db, &fiduce, &[mano]);
        }
        // An authority below one that is trusted has lists of its own.
        let sotto = emesso(&autorita(), Mano::delle_fixture("vellini-rsa"), 96, "Sotto", &[di_ca()]);
        let foglia = emesso(&sotto, chiave(), 97, "Foglia", &[punto("http://sotto.example/sotto.crl")]);
        verificata(casa, &db, &fiduce, &[&foglia, &sotto]);
        // A document of somebody whom nobody trusts: its addresses are not followed.
        let finta = emesso(&Mano::delle_fixture("ca-estranea"), chiave(), 90, "Finta", &[punto("http://ca.example/spia")]);
        verificata(casa, &db, &fiduce, &[&finta]);
        let di_sotto = {
            let intera = lista(&autorita(), OGGI, DOPO, &[], &[numero(1)]);
            let mut campi = crate::firma::busta::figli(&crate::firma::busta::figli(&intera)[0]);
            campi[2] = crate::firma::busta::figli(&crate::firma::busta::figli(&sotto.certificato)[0])[5].clone();
            crate::firma::revoca::firmato(&sotto, tlv(0x30, &campi.concat()), b"")
        };
        let finto = Finto::avvia(vec![
            ("/1.crl", Risposta::Corpo(lista(&autorita(), OGGI, DOPO, &[], &[del_punto("http://ca.example/1.crl")]))),
            ("/2.crl", Risposta::Corpo(crl("ca-firma-2"))),
            ("/sotto.crl", Risposta::Corpo(di_sotto)),
            ("/lenta", Risposta::Lenta),
            ("/a-file", Risposta::Rinvio("file:///etc/passwd".to_owned())),
            ("/a-casa", Risposta::Rinvio("http://169.254.169.254/latest/meta-data".to_owned())),
            ("/spia", Risposta::Corpo(crl("ca-firma-1"))),
        ]);
        let rete = Rete::solo_pubblica(&Proxy::Indirizzo(finto.indirizzo.clone()), Duration::from_secs(2)).unwrap();
        let esiti: Vec<(String, String)> = raccogli(&db, &fiduce, Some(&rete), Quali::Pubblicate).into_iter().map(|esame| {
            let da = esame.provenienza.clone();
            (da, tieni(casa, &db, esame).map_or_else(|rifiuto| rifiuto, |_| "conservata".to_owned()))
        }).collect();
        let attesi = [
            ("http://ca.example/1.crl", "conservata"), ("http://ca.example/2.crl", "conservata"),
            ("http://ca.example/a-casa", "l'indirizzo è di questa macchina o di una rete interna"),
            ("http://ca.example/a-file", "l'indirizzo non va bene"),
            ("http://ca.example/lenta", "non ha mandato tutto entro il tempo"),
            ("http://ca.example/manca", "stato 404"), ("http://sotto.example/sotto.crl", "conservata"),
        ];
        assert_eq!(esiti.len(), attesi.len(), "{esiti:?}");
        for ((da, detto), (url, atteso)) in esiti.iter().zip(attesi) {
            assert!(da == url && detto.contains(atteso), "{da}: {detto}");
        }
        assert_eq!(casa.conta("dati_revoca"), 3);
        // Asked again, those that never came go first.
        let primo = raccogli(&db, &fiduce, Some(&rete), Quali::Pubblicate).remove(0).provenienza;
        assert_eq!(primo, "http://ca.example/a-casa");
        assert!(programma(casa, &["controlla"]).status.success());
    }
}

/// Not even by a name, and not through a redirect.
#[test]
fn an_address_of_a_certificate_does_not_lead_home() {
    use tabulario::documenti::fiducia::RifiutoRete;
    let finto = Finto::avvia(vec![("/1.crl", Risposta::Corpo(b"segreto".to_vec()))]);
    let rete = Rete::solo_pubblica(&Proxy::Nessuno, Duration::from_secs(60)).unwrap();
    let porta = finto.indirizzo.rsplit(':').next().unwrap();
    for casa in
        ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "localhost.localdomain"]
    {
        let url = format!("http://{casa}:{porta}/1.crl");
        let esito = rete.scarica(&url, 1024);
        // A name that this machine does not know is not reached at all.
        assert!(matches!(esito, Err(RifiutoRete::Interno | RifiutoRete::Irraggiungibile(_))), "{casa}: {esito:?}");
    }
    let voluta = Rete::new(&Proxy::Nessuno, Duration::from_secs(60)).unwrap();
    assert_eq!(voluta.scarica(&format!("{}/1.crl", finto.indirizzo), 1024), Ok(b"segreto".to_vec()));
}
