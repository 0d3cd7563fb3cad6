//! `importa revoche --ocsp`: OpenSSL answers about the certificates of who signed a file.

use crate::casa::{Casa, comando, libera, segreto};
use crate::firma::busta::{Firmatario, Mano, busta, tlv};
use crate::firma::note::{autorita, emesso, estensione};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;
use tabulario::config::Proxy;
use tabulario::documenti::Fiduce;
use tabulario::documenti::fiducia::{Custodia, Rete, RifiutoRete};
use tabulario::firma::{self, Domanda, Indicazione, Rapporto};

const DOCUMENTO: &[u8] = b"Si dispone.\n";

/// `authorityInfoAccess` with one address of who answers.
fn risponde(uri: &str) -> Vec<u8> {
    let ocsp = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01];
    let accesso = tlv(0x30, &[ocsp.to_vec(), tlv(0x86, uri.as_bytes())].concat());
    estensione("1.3.6.1.5.5.7.1.1", &tlv(0x30, &accesso))
}

/// A document signed by somebody about whom is answered at this port.
fn firmato(dove: &Path, nome: &str, emittente: &Mano, seriale: u8, porta: u16) -> PathBuf {
    let indirizzo = risponde(&format!("http://127.0.0.1:{porta}/ocsp"));
    let chi = emesso(emittente, Mano::delle_fixture("tarsi-rsa"), seriale, "Prova", &[indirizzo]);
    let firmatario = Firmatario::buono(&chi, DOCUMENTO);
    let byte = busta(Some(&tlv(4, DOCUMENTO)), &[chi.certificato.as_slice()], &[firmatario.scrivi()]);
    let file = dove.join(nome);
    std::fs::write(&file, byte).unwrap();
    file
}

/// `openssl ocsp` for our authority: certificate 80 is good, 81 was taken back yesterday.
struct Risponditore {
    figlio: Child,
    /// Open as long as it writes there.
    _detto: BufReader<ChildStdout>,
}

impl Risponditore {
    fn avvia(dir: &Path, porta: u16) -> Self {
        let indice = dir.join("index.txt");
        let ieri = tabulario::storage::Orologio::sistema().adesso().utc() - chrono::TimeDelta::days(1);
        let righe = format!(
            "V\t400101000000Z\t\t50\tunknown\t/CN=Prova\nR\t400101000000Z\t{}\t51\tunknown\t/CN=Prova\n",
            ieri.format("%y%m%d%H%M%SZ")
        );
        std::fs::write(&indice, righe).unwrap();
        std::fs::write(dir.join("index.txt.attr"), "unique_subject = no\n").unwrap();
        let chiavi = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/chiavi");
        let (ca, chiave) = (chiavi.join("ca-firma.pem"), chiavi.join("ca-firma.key.pem"));
        let mut figlio = Command::new("openssl")
            .args(["ocsp", "-port", &porta.to_string(), "-nmin", "60", "-ignore_err", "-index"])
            .arg(indice)
            .arg("-CA")
            .arg(&ca)
            .arg("-rsigner")
            .arg(&ca)
            .arg("-rkey")
            .arg(&chiave)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It says when it listens; whoever connects without asking anything would keep it waiting for ever.
        let mut detto = BufReader::new(figlio.stdout.take().unwrap());
        let mut riga = String::new();
        while !riga.starts_with("ACCEPT") {
            riga.clear();
            assert_ne!(detto.read_line(&mut riga).unwrap(), 0, "openssl ocsp does not listen");
        }
        Self { figlio, _detto: detto }
    }
}

impl Drop for Risponditore {
    fn drop(&mut self) {
        let _ = self.figlio.kill();
        let _ = self.figlio.wait();
    }
}

#[test]
fn who_answers_is_asked_about_who_signed_a_file() {
    let casa = Casa::sqlite();
    let dir = casa.dir.path();
    let firme = dir.join("fiducia/firme");
    std::fs::create_dir_all(&firme).unwrap();
    let ca = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/chiavi/ca-firma.pem");
    std::fs::copy(ca, firme.join("ca-firma.pem")).unwrap();
    let porta = libera();
    let _risponditore = Risponditore::avvia(dir, porta);
    let buono = firmato(dir, "buono.p7m", &autorita(), 0x50, porta);
    let ritirato = firmato(dir, "ritirato.p7m", &autorita(), 0x51, porta);
    let estraneo = firmato(dir, "estraneo.p7m", &Mano::delle_fixture("ca-estranea"), 0x50, porta);
    let importa = |file: &[&Path], altri: &[&str]| {
        let mut argomenti = vec!["importa", "revoche"];
        file.iter().for_each(|f| argomenti.extend(["--ocsp", f.to_str().unwrap()]));
        argomenti.extend(altri);
        let esito = comando(&casa, &argomenti);
        let testo = [esito.stdout, esito.stderr].concat();
        (esito.status.code(), String::from_utf8(testo).unwrap())
    };
    // An address of this machine, out of a certificate, is not followed unless it is said.
    let (codice, detto) = importa(&[&buono], &[]);
    assert!(codice == Some(1) && detto.contains("fiducia.indirizzi_privati"), "{detto}");
    std::fs::write(dir.join("tabulario.toml"), "[fiducia]\nproxy = \"nessuno\"\nindirizzi_privati = true\n").unwrap();
    // Nobody is asked about whom nobody trusts, nor about what nobody signed.
    let semplice = segreto(&casa);
    for file in [&estraneo, &semplice] {
        let (codice, detto) = importa(&[file], &[]);
        assert!(codice == Some(2) && detto.contains("chi risponde del suo stato"), "{detto}");
    }
    let (codice, detto) = importa(&[&buono, &ritirato], &["--anteprima"]);
    assert!(codice == Some(0) && detto.matches("si può conservare").count() == 2, "{detto}");
    assert_eq!(casa.conta("dati_revoca"), 0);
    let (codice, detto) = importa(&[&buono, &ritirato], &[]);
    assert!(codice == Some(0) && detto.matches(": conservata.").count() == 2, "{detto}");
    assert!(detto.contains("Risposta OCSP di TEST - non valida - CA Tabulario"), "{detto}");

    let giudica = |file: &Path| -> Rapporto {
        let mut cartella = Fiduce::default();
        cartella.firme.aggiungi_certificati(&std::fs::read(firme.join("ca-firma.pem")).unwrap()).unwrap();
        let fiduce = Custodia::new(cartella, &["IT".parse().unwrap()]).correnti(&casa.db, &casa.deposito).unwrap();
        let mut byte = std::fs::File::open(file).unwrap();
        firma::verifica(&mut byte, None, None, &fiduce.firme, casa.db.orologio().adesso(), &mut std::io::sink())
            .unwrap()
    };
    let rapporto = giudica(&buono);
    assert_eq!(rapporto.indication, Some(Indicazione::TotalPassed), "{rapporto:#?}");
    assert!(rapporto.signatures[0].findings.iter().any(|f| f.contains("non risultava revocato")), "{rapporto:#?}");
    let rapporto = giudica(&ritirato);
    assert_ne!(rapporto.indication, Some(Indicazione::TotalPassed), "{rapporto:#?}");
}

/// A redirect, an error, silence: each is a sentence, and nothing is followed.
#[test]
fn who_does_not_answer_is_told() {
    use super::finto::{Finto, Risposta};
    let finto = Finto::avvia(vec![
        ("/altrove", Risposta::Rinvio("http://127.0.0.1:1/".to_owned())),
        ("/guasto", Risposta::Stato(500)),
        ("/senza-fine", Risposta::SenzaFine),
        ("/lenta", Risposta::Lenta),
    ]);
    let rete = Rete::new(&Proxy::Nessuno, Duration::from_secs(2)).unwrap();
    let chiedi = |strada: &str| {
        let domanda = Domanda { indirizzo: format!("{}{strada}", finto.indirizzo), byte: b"0".to_vec() };
        rete.chiedi(&domanda, 1024).unwrap_err()
    };
    assert!(matches!(chiedi("/altrove"), RifiutoRete::Stato(300..=399)));
    assert_eq!(chiedi("/guasto"), RifiutoRete::Stato(500));
    assert_eq!(chiedi("/senza-fine"), RifiutoRete::TroppoGrande(1));
    assert_eq!(chiedi("/lenta"), RifiutoRete::Tempo);
    let solo = Rete::solo_pubblica(&Proxy::Nessuno, Duration::from_secs(2)).unwrap();
    let domanda = Domanda { indirizzo: format!("{}/guasto", finto.indirizzo), byte: Vec::new() };
    assert_eq!(solo.chiedi(&domanda, 1024), Err(RifiutoRete::Interno));
}
