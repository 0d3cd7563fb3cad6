//! Messages of the Sistema di Interscambio and of SEND, from the mailbox to a number; and those who pretend.

use crate::casa::busta::{ESTRANEO, GESTORE, originale, pec};
use crate::casa::{condivisi, leggi, su_entrambi};
use crate::pagine::cliente::{Cliente, assumi};
use crate::posta::{casella, fixtures, messaggi, protocolla, ricevi};
use serde_json::{Value, json};
use std::fs;
use tabulario::firma::Fiducia;
use tabulario::pec::busta::{self, servizio::NomeServizio};
use tabulario::utenti::Ruolo;

const FATTURA: &str = "<?xml version=\"1.0\"?><p:FatturaElettronica versione=\"FPA12\" xmlns:p=\"http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2\">\
    <FatturaElettronicaHeader><CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567890</IdCodice></IdFiscaleIVA>\
    <Anagrafica><Denominazione>Ditta Rossi S.r.l.</Denominazione></Anagrafica></DatiAnagrafici></CedentePrestatore></FatturaElettronicaHeader>\
    <FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa><Data>2026-11-10</Data>\
    <Numero>12/PA</Numero><ImportoTotaleDocumento>1220.00</ImportoTotaleDocumento></DatiGeneraliDocumento></DatiGenerali></FatturaElettronicaBody></p:FatturaElettronica>";

const METADATI: &str = "<n:MetadatiInvioFile xmlns:n=\"http://www.fatturapa.gov.it/sdi/messaggi/v1.0\"><IdentificativoSdI>7339338</IdentificativoSdI>\
    <NomeFile>IT01234567890_00012.xml</NomeFile><CodiceDestinatario>AAAAAA</CodiceDestinatario><Formato>FPA12</Formato></n:MetadatiInvioFile>";

const SDI: &str = "sdi03@pec.fatturapa.it";

const AVVISO: &str = "SEND - Nuova notifica da Comune di Prova - ABCD-EFGH-IJKL-202611-M-1";

fn fattura(mittente: &str) -> Vec<u8> {
    let file: [(&str, &[u8]); 2] =
        [("IT01234567890_00012_MT_001.xml", METADATI.as_bytes()), ("IT01234567890_00012.xml", FATTURA.as_bytes())];
    originale(mittente, "Invio File 7339338", &file)
}

/// An invoice as the service sends it.
pub fn del_sdi() -> Vec<u8> {
    pec(1, SDI, "Invio File 7339338", &fattura(SDI), GESTORE)
}

su_entrambi! {
    fn what_the_services_send_is_told_apart_from_what_pretends_to_be_theirs(casa) {
        let casella = casella(casa, &["nessuna"]);
        let avviso = |da: &str| originale(da, AVVISO, &[]);
        let (send, altri) = ("avviso@certificata.notifichedigitali.it", "ditta@pec.example");
        for (n, eml) in [
            del_sdi(),
            pec(2, altri, "Copia della fattura", &fattura(altri), GESTORE),
            pec(3, SDI, "Invio File 7339338", &fattura(SDI), ESTRANEO),
            fattura(SDI),
            pec(5, send, AVVISO, &avviso(send), GESTORE),
            avviso(send),
        ].into_iter().enumerate() {
            fs::write(casa.dir.path().join(format!("posta/new/{n}")), eml).unwrap();
            assert_eq!(ricevi(casa, &casella), 1);
        }
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let arrivati = messaggi(casa, &server.url);
        let attesi = [
            (true, "Sistema di Interscambio, mittente certificato", None),
            (false, "non confermato", Some("non viene da un suo indirizzo certificato")),
            (false, "non confermato", Some("la firma del gestore non")),
            (false, "non confermato", Some("non viene da un suo indirizzo certificato")),
            (true, "SEND, servizio notifiche digitali, mittente certificato", None),
            (false, "non confermato", Some("Non aprire i collegamenti")),
        ];
        assert_eq!(arrivati.len(), attesi.len());
        for (m, (confermato, detto, rilievo)) in arrivati.iter().zip(attesi) {
            let pagina = anna.apri(&format!("/da-protocollare/{}", m["id"].as_str().unwrap())).html;
            assert!(pagina.contains(detto), "{detto}: {m}");
            let rilievi = m["findings"].to_string();
            assert_eq!(rilievo.is_some(), !confermato);
            assert!(rilievo.is_none_or(|r| rilievi.contains(r)), "{rilievi}");
            let contiene: &[&str] = if pagina.contains("IUN") {
                &["ABCD-EFGH-IJKL-202611-M-1", "Comune di Prova"]
            } else {
                &["Ditta Rossi S.r.l. (IT01234567890)", "fattura n. 12/PA del 10/11/2026, 1.220,00 EUR", "7339338"]
            };
            assert!(contiene.iter().all(|c| pagina.contains(c)), "{pagina}");
        }
        // What comes from the service proposes what it is; what pretends proposes what it wrote.
        let registrate: Vec<Value> = arrivati.iter().take(2).enumerate().map(|(i, m)| {
            let (stato, fatta) = protocolla(casa, &server.url, &m["id"], &i.to_string());
            assert_eq!(stato, 201, "{fatta}");
            leggi(&format!("{}/api/v1/registrazioni/{}", server.url, fatta["id"].as_str().unwrap()), &casa.gettone).json()
        }).collect();
        assert_eq!(registrate[0]["oggetto"], "Fattura elettronica n. 12/PA del 10/11/2026, Ditta Rossi S.r.l.");
        assert_eq!((&registrate[0]["mezzo"], &registrate[1]["mezzo"]), (&json!("sdi"), &json!("pec")));
        assert_eq!(registrate[1]["oggetto"], "Invio File 7339338");
    }
}

#[test]
fn messages_of_the_sdi_that_strangers_kept_are_read() {
    let Some(dove) = condivisi() else { return };
    for (file, tipo, identificativo, fornitore) in [
        ("oca10__POSTA_CERTIFICATA_Invio_File_7339338.eml", "fattura", Some("7339338"), Some("My Company")),
        ("oca10__POSTA_CERTIFICATA_Invio_File_7339338_broken_XML_.eml", "MT", Some("7339338"), None),
        ("oca16__POSTA_CERTIFICATA__Ricevuta_di_consegna_6782414.eml", "RC", Some("6782414"), None),
    ] {
        let eml = fs::read(dove.join("corpus/pec").join(file)).unwrap();
        let letta = busta::leggi(&eml, &Fiducia::vuota());
        let servizio = letta.servizio.unwrap();
        assert_eq!((servizio.nome, servizio.tipo.as_str()), (NomeServizio::Sdi, tipo), "{file}");
        assert_eq!(servizio.identificativo_sdi.as_deref(), identificativo, "{file}");
        assert_eq!(servizio.fornitore.and_then(|f| f.denominazione).as_deref(), fornitore, "{file}");
        assert!(!servizio.confermato && letta.findings.iter().any(|f| f.contains("Sistema di Interscambio")));
        assert_eq!(letta.findings.iter().any(|f| f.contains("ma non si legge")), tipo == "MT", "{:?}", letta.findings);
    }
    let mut lette = 0;
    for voce in fs::read_dir(dove.join("corpus/cades")).unwrap() {
        let file = voce.unwrap().path();
        let nome = file.file_name().unwrap().to_str().unwrap().to_owned();
        let Some((_, nome)) = nome.split_once("__").filter(|(_, n)| n.starts_with("IT") && n.ends_with(".xml.p7m"))
        else {
            continue;
        };
        let eml = originale("ditta@example.it", "Fattura", &[(nome, &fs::read(&file).unwrap())]);
        let letta = busta::leggi(&eml, &Fiducia::vuota());
        match letta.servizio {
            Some(s) if s.tipo == "fattura" => {
                assert!(
                    s.fatture.iter().all(|f| f.numero.is_some() && f.data.is_some()) && !s.fatture.is_empty(),
                    "{nome}: {s:?}"
                );
                assert!(s.fornitore.is_some(), "{nome}");
                lette += 1;
            }
            altro => println!("{nome}: {altro:?} {:?}", letta.findings),
        }
    }
    assert!(lette >= 3, "only {lette} signed invoices were read");
}

#[test]
fn the_fixtures_are_no_service_s() {
    for voce in fs::read_dir(fixtures().join("posta")).unwrap() {
        let file = voce.unwrap().path();
        if file.extension().is_some_and(|e| e == "eml") {
            assert_eq!(busta::leggi(&fs::read(&file).unwrap(), &Fiducia::vuota()).servizio, None, "{}", file.display());
        }
    }
}
