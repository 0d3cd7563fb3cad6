//! Trusted lists: ours with its history, those of `../shared/corpus/tsl`, and what becomes of both when somebody changes them.

mod qualifiche;

use super::busta::{Firmatario, Mano, busta_di, figli, oid, tlv};
use super::corpus::{Riga, cartella, righe};
use super::{DOCUMENTO, ca, fixtures, verifica_byte};
use std::path::PathBuf;
use tabulario::firma::{
    Fiducia, Firmatari, Genere, Indicazione, Lista, MarcaTemporale, Periodo, Rapporto, RifiutoLista, Servizio,
    Sottoindicazione, verifica,
};
use tabulario::valori::{Impronta, Istante};

fn istante(testo: &str) -> Istante {
    testo.parse().unwrap()
}

fn fixture(nome: &str) -> Vec<u8> {
    std::fs::read(fixtures().join("fiducia").join(nome)).unwrap()
}

/// Judges one of our signed documents with our list, at an instant.
fn giudica(documento: &str, lista: &[u8], quando: &str) -> Rapporto {
    let accettata = Lista::leggi(lista).unwrap().accetta(Firmatari::Chiunque, istante("2026-11-20T12:00:00Z")).unwrap();
    let mut fiducia = Fiducia::vuota();
    assert!(fiducia.aggiungi_lista(&accettata).unwrap() > 0);
    let byte = std::fs::read(fixtures().join(documento)).unwrap();
    verifica(&mut byte.as_slice(), None, Some(documento), &fiducia, istante(quando), &mut std::io::sink()).unwrap()
}

#[test]
fn the_status_of_the_service_at_the_instant_decides() {
    let lista = fixture("lista-v6.xml");
    let check = |documento: &str, quando: &str, indicazione: Indicazione, qualificata: bool, parola: &str| {
        let firma = giudica(documento, &lista, quando).signatures.remove(0);
        assert_eq!(
            (firma.indication, firma.qualified),
            (indicazione, Some(qualificata)),
            "{documento} {quando}: {firma:#?}"
        );
        assert!(firma.findings.join(" ").contains(parola), "{documento} {quando}: {:?}", firma.findings);
        if indicazione == Indicazione::Indeterminate {
            assert_eq!(firma.sub_indication, Some(Sottoindicazione::NoCertificateChainFound));
        }
    };
    let (valida, incerta) = (Indicazione::TotalPassed, Indicazione::Indeterminate);
    for documento in ["xades/fattura.xml", "firma/rsa-der.pdf.p7m"] {
        // Accredited from 2020, suspended in 2023, granted since 2024.
        check(documento, "2026-11-16T09:00:00Z", valida, true, "Firma elettronica qualificata");
        check(documento, "2024-01-01T00:00:00Z", valida, true, "Firma elettronica qualificata");
        check(documento, "2023-06-01T00:00:00Z", incerta, true, "withdrawn");
        check(documento, "2022-06-01T00:00:00Z", valida, true, "Firma elettronica qualificata");
        check(documento, "2020-06-01T00:00:00Z", incerta, true, "non era ancora nella lista");
    }
    check("firma/non-qualificato.txt.p7m", "2026-11-16T09:00:00Z", valida, false, "Il certificato non è qualificato");
    // A service that does something else is no authority for signatures.
    check("firma/ca-estranea.txt.p7m", "2026-11-16T09:00:00Z", incerta, true, "Nessuna catena");
}

/// With our list, changed by `come`, one of our signed documents under another certificate of the same key.
fn con_lista(come: impl FnOnce(&mut Lista), certificato: &[u8]) -> tabulario::firma::Firma {
    let mut lista = Lista::leggi(&fixture("lista-v6.xml")).unwrap();
    come(&mut lista);
    let mut fiducia = Fiducia::vuota();
    fiducia.aggiungi_lista(&lista.accetta(Firmatari::Chiunque, istante("2026-11-20T12:00:00Z")).unwrap()).unwrap();
    let mano = Mano::delle_fixture("tarsi-rsa").con_certificato(certificato.to_vec());
    let byte = busta_di(&mano, DOCUMENTO, &Firmatario::buono(&mano, DOCUMENTO));
    verifica_byte(&byte, &fiducia).0.signatures.remove(0)
}

/// A certificate that says another thing of the same length in its signed part.
fn cambiato(da: &[u8], a: &[u8]) -> Vec<u8> {
    let intero = Mano::delle_fixture("tarsi-rsa").certificato;
    let [mut tbs, algoritmo, _] = figli(&intero).try_into().unwrap();
    let dove = tbs.windows(da.len()).position(|pezzo| pezzo == da).unwrap();
    tbs.splice(dove..dove + da.len(), a.iter().copied());
    let valore = tlv(3, &[vec![0], Mano::delle_fixture("ca-firma").firma(&tbs)].concat());
    tlv(0x30, &[tbs, algoritmo, valore].concat())
}

#[test]
fn an_authority_of_two_services_counts_by_the_one_for_the_use() {
    let tarsi = Mano::delle_fixture("tarsi-rsa").certificato;
    let per = |che: &'static str| {
        move |lista: &mut Lista| {
            let vero = &lista.servizi[0];
            let storia = vec![Periodo { informazioni: vec![che.to_owned()], ..vero.ultimo().unwrap().clone() }];
            let tipo = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";
            let altro = Servizio::new("P".to_owned(), che.to_owned(), tipo, vero.certificati.clone(), storia);
            lista.servizi.insert(0, std::sync::Arc::new(altro));
        }
    };
    let check = |come: &dyn Fn(&mut Lista), certificato: &[u8], qualificata: bool, frase: &str| {
        let firma = con_lista(come, certificato);
        assert_eq!((firma.indication, firma.qualified), (Indicazione::TotalPassed, Some(qualificata)), "{firma:#?}");
        assert!(firma.findings.join(" ").contains(frase), "{frase}: {:?}", firma.findings);
    };
    let (firme, sigilli) = ("Firma elettronica qualificata", "Sigillo elettronico qualificato");
    check(&per("ForeSeals"), &tarsi, true, firme);
    check(&|_| {}, &tarsi, true, firme);
    // A certificate for seals, and one for a web site: `QcType` ends in 1 for signatures.
    let tipo = |quale: u8| cambiato(&oid("0.4.0.1862.1.6.1"), &oid(&format!("0.4.0.1862.1.6.{quale}")));
    check(&per("ForeSeals"), &tipo(2), true, sigilli);
    check(&|_| {}, &tipo(2), false, "Il certificato non è qualificato");
    check(&|_| {}, &tipo(3), false, "Il certificato non è qualificato");
}

#[test]
fn a_signature_that_does_not_pass_is_not_called_qualified() {
    // It passes, and the PDF was changed after it; the one that follows says both.
    let lista = fixture("lista-v6.xml");
    for (documento, qualificata) in [("pades/firmato.pdf", true), ("pades/modificato-dopo.pdf", false)] {
        let firma = giudica(documento, &lista, "2026-11-16T09:00:00Z").signatures.remove(0);
        let rilievi = firma.findings.join(" ");
        assert_eq!(rilievi.contains("Firma elettronica qualificata"), qualificata, "{documento}: {rilievi}");
        assert_eq!(rilievi.contains("Il certificato è qualificato"), !qualificata, "{documento}: {rilievi}");
    }
    let firma =
        giudica("firma/staccata.txt.p7s", &fixture("lista-v6.xml"), "2026-11-16T09:00:00Z").signatures.remove(0);
    assert_eq!((firma.indication, firma.qualified), (Indicazione::Indeterminate, Some(true)));
    let rilievi = firma.findings.join(" ");
    assert!(rilievi.contains("Il certificato è qualificato") && !rilievi.contains("Firma elettronica"), "{rilievi}");
}

#[test]
fn a_list_is_believed_only_with_its_one_signature_whole() {
    let buona = String::from_utf8(fixture("lista-v6.xml")).unwrap();
    let adesso = istante("2026-11-20T12:00:00Z");
    let check = |testo: &str, atteso: &str| {
        let esito = Lista::leggi(testo.as_bytes()).and_then(|lista| lista.accetta(Firmatari::Chiunque, adesso));
        let rifiuto = esito.expect_err(atteso).to_string();
        assert!(rifiuto.contains(atteso), "{rifiuto}");
    };
    let (prima, firma) = buona.split_once("<ds:Signature ").unwrap();
    let (firma, fine) = firma.split_once("</ds:Signature>").unwrap();
    let firma = format!("<ds:Signature {firma}</ds:Signature>");
    check(&format!("{prima}{fine}"), "non è firmata");
    check(&format!("{prima}{firma}{firma}{fine}"), "ha 2 firme");
    check(&buona.replace("granted", "withdrawn"), "non è quella che è stata firmata");
    check(&buona.replace("<TSLSequenceNumber>6<", "<TSLSequenceNumber>7<"), "non è quella che è stata firmata");
    check(&buona.replace("<TSLVersionIdentifier>6<", "<TSLVersionIdentifier>4<"), "versione 4");
    check(&buona.replace("</SchemeInformation>", ""), "ben formato");
    check("<TrustServiceStatusList/>", "TrustServiceStatusList");
    check(&format!("{prima}<Altro>{firma}</Altro>{fine}"), "non è dentro la lista");
    let uno = firma.find("<ds:SignatureValue").unwrap() + 60;
    let altra = if &firma[uno..=uno] == "A" { "B" } else { "A" };
    check(&format!("{prima}{}{altra}{}{fine}", &firma[..uno], &firma[uno + 1..]), "non è del certificato");
    // Signed as it should be, but over a part only.
    check(&String::from_utf8(fixture("lista-parziale.xml")).unwrap(), "non copre tutta la lista");
    // Too old, at the instant of the judgement.
    let lista = Lista::leggi(buona.as_bytes()).unwrap();
    let tardi = lista.clone().accetta(Firmatari::Chiunque, istante("2027-06-01T00:00:00Z")).unwrap_err();
    assert!(matches!(tardi, RifiutoLista::Scaduta(_)), "{tardi}");
    // By somebody, but not by who was expected.
    let accettata = lista.clone().accetta(Firmatari::Chiunque, adesso).unwrap();
    let suo = vec![accettata.certificato().to_vec()];
    assert!(lista.clone().accetta(Firmatari::Solo(&suo), adesso).is_ok());
    let estraneo = lista.accetta(Firmatari::Solo(&[]), adesso).unwrap_err();
    assert_eq!(estraneo, RifiutoLista::Firmatario("TEST - non valida - CA Gestori PEC".to_owned()));
}

#[test]
fn a_list_gives_no_trust_to_a_namesake() {
    let rapporto = giudica("firma/rsa-der.pdf.p7m", &fixture("lista-omonima.xml"), "2026-11-16T09:00:00Z");
    assert_eq!(rapporto.signatures[0].sub_indication, Some(Sottoindicazione::NoCertificateChainFound));
    let mut fiducia = ca();
    let prima = fiducia.quante();
    let lista = Lista::leggi(&fixture("lista-omonima.xml")).unwrap();
    let accettata = lista.accetta(Firmatari::Chiunque, istante("2026-11-20T12:00:00Z")).unwrap();
    assert_eq!(fiducia.aggiungi_lista(&accettata), Ok(1));
    assert_eq!(fiducia.quante(), prima + 1);
}

mod vere {
    use super::*;

    fn liste() -> Option<(PathBuf, Vec<Riga>)> {
        let cartella = cartella("tsl")?;
        let righe: Vec<Riga> = righe(&cartella);
        Some((cartella, righe))
    }

    fn leggi(cartella: &std::path::Path, nome: &str) -> Lista {
        Lista::leggi(&std::fs::read(cartella.join(nome)).unwrap()).unwrap_or_else(|errore| panic!("{nome}: {errore}"))
    }

    #[test]
    fn real_lists_say_what_is_expected() {
        let Some((cartella, righe)) = liste() else {
            println!("firma: ../shared/corpus is not there, real trusted lists were not tried");
            return;
        };
        let (mut giudicate, mut certificati) = (0, 0);
        for riga in &righe {
            let nome = &riga["file"];
            let byte = std::fs::read(cartella.join(nome)).unwrap();
            if riga["what"] != "TSL/LOTL XML" {
                let mut fiducia = Fiducia::vuota();
                // A CRL is no certificate, and is not taken for one.
                assert_eq!(fiducia.aggiungi_certificati(&byte).is_ok(), riga["what"] != "CRL", "{nome}");
                certificati += 1;
                continue;
            }
            giudicate += 1;
            let Ok(lista) = Lista::leggi(&byte) else {
                assert_eq!(riga["expect"], "MALFORMED", "{nome}");
                continue;
            };
            let ca_qc = || lista.servizi.iter().filter(|s| s.genere == Genere::CertificatiQualificati);
            let garantite = ca_qc().filter(|s| s.ultimo().is_some_and(|p| p.stato == "granted")).count();
            let tsa = lista.servizi.iter().filter(|s| s.genere == Genere::MarcheQualificate).count();
            let letti = [
                ("version", lista.versione.to_string()),
                ("sequence", lista.sequenza.to_string()),
                ("type", lista.tipo.clone()),
                ("territory", lista.territorio.clone()),
                ("tsps", lista.prestatori.to_string()),
                ("services", lista.servizi.len().to_string()),
                ("ca_qc", ca_qc().count().to_string()),
                ("ca_qc_granted", garantite.to_string()),
                ("tsa_qtst", tsa.to_string()),
                ("pointers", lista.puntatori.len().to_string()),
            ];
            for (colonna, letto) in letti {
                assert_eq!(letto, riga[colonna], "{colonna} di {nome}");
            }
            assert_eq!(lista.emessa, istante(&riga["issue"]), "{nome}");
            assert_eq!(lista.prossima, Some(istante(&riga["next_update"])), "{nome}");
            // Those of the Italian list, counted in its text.
            if nome.contains("TSL_IT") {
                let stati = lista.servizi.iter().flat_map(|s| s.storia());
                assert_eq!(stati.map(|p| p.qualifiche.len()).sum::<usize>(), 54, "{nome}");
            }
            let prossima = lista.prossima.unwrap();
            let esito = lista.clone().accetta(Firmatari::Chiunque, prossima);
            match riga["expect"].as_str() {
                "VALID" => {
                    let accettata = esito.unwrap_or_else(|errore| panic!("{nome}: {errore}"));
                    assert_eq!(Impronta::of(accettata.certificato()).to_string(), riga["signer_cert_sha256"], "{nome}");
                    let dopo = Istante::new(prossima.date_time() + chrono::TimeDelta::seconds(1));
                    assert!(
                        matches!(lista.accetta(Firmatari::Chiunque, dopo), Err(RifiutoLista::Scaduta(_))),
                        "{nome}"
                    );
                }
                "UNSIGNED" => assert_eq!(esito.unwrap_err(), RifiutoLista::NonFirmata, "{nome}"),
                _ if riga["n_signatures"] != "1" => {
                    assert_eq!(esito.unwrap_err(), RifiutoLista::TroppeFirme(2), "{nome}")
                }
                _ => assert!(matches!(esito, Err(RifiutoLista::Firma(_))), "{nome}"),
            }
        }
        println!("firma: {giudicate} real lists and {certificati} certificates and CRLs judged");
        assert!(giudicate > 0, "no list of the corpus was judged");
    }

    /// The list of the lists says who signs ours, and a pivot who signs it.
    #[test]
    fn real_lists_are_signed_by_whom_the_list_of_the_lists_says() {
        let Some((cartella, _)) = liste() else { return };
        let lotl = leggi(&cartella, "dss__https___ec_europa_eu_tools_lotl_eu_lotl_xml");
        let adesso = istante("2023-11-01T00:00:00Z");
        let pivot = leggi(&cartella, "dss__eu-lotl-pivot-300.xml");
        let iniziali = vec![pivot.clone().accetta(Firmatari::Chiunque, pivot.emessa).unwrap().certificato().to_vec()];
        let diretta = lotl.clone().accetta(Firmatari::Solo(&iniziali), adesso);
        assert!(matches!(diretta, Err(RifiutoLista::Firmatario(_))), "the signer came with the pivot");
        let da_nessuno = lotl.clone().accetta_dopo_pivot([pivot.clone()], Firmatari::Solo(&[]), adesso);
        assert!(matches!(da_nessuno, Err(RifiutoLista::Firmatario(_))));
        let impronte = [Impronta::of(&iniziali[0])];
        let lotl = lotl.accetta_dopo_pivot([pivot], Firmatari::Impronte(&impronte), adesso).unwrap();
        let italiani = lotl.firmatari_di("IT");
        assert_eq!(italiani.len(), 4);
        let italiana = leggi(&cartella, "dss__https___eidas_agid_gov_it_TL_TSL_IT_xml");
        assert!(italiana.clone().accetta(Firmatari::Solo(&italiani), adesso).is_ok());
        let altrui = italiana.accetta(Firmatari::Solo(&lotl.firmatari_di("LI")), adesso).unwrap_err();
        assert!(matches!(altrui, RifiutoLista::Firmatario(_)), "{altrui}");
    }

    /// Italian signatures of the corpus against the Italian list, when they were made.
    #[test]
    fn real_italian_signatures_find_their_service_in_the_real_list() {
        let Some((cartella_liste, _)) = liste() else { return };
        let lista = leggi(&cartella_liste, "dss__https___eidas_agid_gov_it_TL_TSL_IT_xml");
        let quando = lista.emessa;
        let mut fiducia = Fiducia::vuota();
        fiducia.aggiungi_lista(&lista.accetta(Firmatari::Chiunque, quando).unwrap()).unwrap();
        let cades = cartella("cades").unwrap();
        let (mut valide, mut qualificate, mut marche) = (0, 0, 0);
        for riga in righe(&cades).iter().filter(|riga| riga["expect"] == "VALID") {
            let Ok(quando) = riga["signing_time"].parse::<Istante>() else { continue };
            let byte = std::fs::read(cades.join(&riga["file"])).unwrap();
            let rapporto = verifica(&mut byte.as_slice(), None, None, &fiducia, quando, &mut std::io::sink()).unwrap();
            for firma in &rapporto.signatures {
                valide += usize::from(firma.indication == Indicazione::TotalPassed);
                qualificate +=
                    usize::from(firma.indication == Indicazione::TotalPassed && firma.qualified == Some(true));
                let buona = |m: &&MarcaTemporale| m.indication == Indicazione::TotalPassed;
                marche += firma.timestamps.iter().filter(buona).count();
            }
        }
        println!(
            "firma: {valide} real signatures, {qualificate} qualified, and {marche} timestamps pass with the Italian list"
        );
        assert!(qualificate > 0, "no real signature is qualified");
    }
}
