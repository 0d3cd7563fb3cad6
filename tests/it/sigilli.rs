//! The seal of an AOO, from the command that gives it one to the segnatura 3.0.0 that everybody gets, always the same.

use crate::casa::{Casa, Risposta, comando, entrata, leggi, registra, su_entrambi, uscita};
use crate::pagine::cliente::{Cliente, assumi};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;
use tabulario::firma::{Fiducia, Indicazione, verifica};
use tabulario::segnatura::allegato6;
use tabulario::utenti::Ruolo;
use tabulario::utenti::visibilita::Vista;
use tabulario::valori::{Attore, RegistrazioneId};

fn fixture(nome: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/chiavi").join(nome)
}

/// A file of the installation that only its owner reads.
fn riservato(casa: &Casa, nome: &str, byte: &[u8]) -> PathBuf {
    let file = casa.dir.path().join(nome);
    fs::write(&file, byte).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    file
}

fn configura(casa: &Casa, p12: &Path, parola: &str) -> Output {
    let segreto = riservato(casa, "parola", parola.as_bytes());
    let (p12, segreto) = (p12.to_str().unwrap(), segreto.to_str().unwrap());
    comando(casa, &["aoo", "sigillo", "--aoo", "AX99Z01", "--p12", p12, "--segreto-file", segreto])
}

/// Gives the AOO the seal of a fixture.
fn sigilla_con(casa: &Casa, nome: &str) -> String {
    let esito = configura(casa, &riservato(casa, "sigillo.p12", &fs::read(fixture(nome)).unwrap()), "prova");
    assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stderr));
    String::from_utf8(esito.stdout).unwrap()
}

fn chiedi(url: &str, gettone: &str, fatta: &Value) -> Risposta {
    leggi(&format!("{url}/api/v1/registrazioni/{}/segnatura?dialetto=3.0.0", fatta["id"].as_str().unwrap()), gettone)
}

su_entrambi! {
    fn a_sealed_segnatura_is_made_once_and_stays_the_same(casa) {
        let server = casa.server();
        let fatta = registra(&server.url, &casa.gettone, "u", &uscita("Permesso <rilasciato> & firmato"), b"x").unwrap().json();
        let senza = chiedi(&server.url, &casa.gettone, &fatta);
        assert_eq!((senza.stato, &senza.json()["type"]), (409, &json!("urn:tabulario:sigillo-non-configurato")));
        assert!(senza.json()["detail"].as_str().unwrap().contains("AX99Z01"));
        // The counter goes on.
        let altra = registra(&server.url, &casa.gettone, "u2", &uscita("Altro permesso"), b"x").unwrap();
        assert_eq!(altra.stato, 201);
        let detto = sigilla_con(casa, "comune-rsa.p12");
        assert!(detto.contains("Comune di Borgo Esempio") && !detto.contains("non è qualificato"), "{detto}");
        let prima = chiedi(&server.url, &casa.gettone, &fatta);
        assert_eq!((prima.stato, prima.tipo.as_str()), (200, "application/xml; charset=utf-8"));
        allegato6::schema().unwrap().valida(&prima.corpo).unwrap();
        let mut fiducia = Fiducia::vuota();
        fiducia.aggiungi_certificati(&fs::read(fixture("ca-firma.pem")).unwrap()).unwrap();
        let adesso = casa.db.orologio().adesso();
        let rapporto = verifica(&mut &*prima.corpo, None, Some("Segnatura.xml"), &fiducia, adesso, &mut std::io::sink()).unwrap();
        assert_eq!(rapporto.indication, Some(Indicazione::TotalPassed), "{rapporto:#?}");
        let testo = String::from_utf8(prima.corpo.clone()).unwrap();
        assert!(testo.contains("<NumeroRegistrazione>0000001</NumeroRegistrazione>") && testo.contains("Rossi &amp; Figli &lt;srl&gt;"), "{testo}");
        // Another seal changes nothing of what was sealed.
        sigilla_con(casa, "comune-p256.p12");
        assert_eq!(chiedi(&server.url, &casa.gettone, &fatta).corpo, prima.corpo);
        let con_p256 = chiedi(&server.url, &casa.gettone, &altra.json());
        assert!(String::from_utf8(con_p256.corpo).unwrap().contains("ecdsa-sha256"));
        assert_eq!(casa.conta("sigillature"), 2);
        let esito = comando(casa, &["controlla", "--json"]);
        assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stdout));
        casa.sql("UPDATE segnature SET xml = 'altro' WHERE dialetto = '3.0.0'").unwrap_err();
    }

    fn sixteen_that_ask_together_get_the_same_bytes(casa) {
        let server = casa.server();
        let fatta = registra(&server.url, &casa.gettone, "u", &uscita("Permesso"), b"x").unwrap().json();
        // With P-256 no two seals are alike.
        sigilla_con(casa, "comune-p256.p12");
        let id: RegistrazioneId = fatta["id"].as_str().unwrap().parse().unwrap();
        let vista = Vista::Intera(casa.aoo.id);
        let chiede = || tabulario::registro::segnatura_sigillata(&casa.db, &Attore::Sistema("comando"), &vista, id).unwrap();
        let tutte: Vec<String> = std::thread::scope(|ambito| {
            let fili: Vec<_> = (0..16).map(|_| ambito.spawn(chiede)).collect();
            fili.into_iter().map(|f| f.join().unwrap()).collect()
        });
        assert!(tutte.iter().all(|x| *x == tutte[0]));
        assert_eq!(casa.conta("sigillature"), 1);
    }

    fn only_an_uscita_has_one_and_a_seal_that_is_gone_stops_that_alone(casa) {
        let server = casa.server();
        let entrata = registra(&server.url, &casa.gettone, "e", &entrata("Istanza"), b"x").unwrap().json();
        let niente = chiedi(&server.url, &casa.gettone, &entrata);
        assert_eq!((niente.stato, &niente.json()["type"]), (404, &json!("urn:tabulario:segnatura-non-prevista")));
        let fatta = registra(&server.url, &casa.gettone, "u", &uscita("Permesso"), b"x").unwrap().json();
        sigilla_con(casa, "comune-rsa.p12");
        // Another key in the same file, then none.
        riservato(casa, "sigillo.p12", &fs::read(fixture("comune-p256.p12")).unwrap());
        let cambiato = chiedi(&server.url, &casa.gettone, &fatta);
        assert_eq!((cambiato.stato, &cambiato.json()["type"]), (409, &json!("urn:tabulario:sigillo-inservibile")));
        fs::remove_file(casa.dir.path().join("sigillo.p12")).unwrap();
        let sparito = chiedi(&server.url, &casa.gettone, &fatta);
        assert_eq!((sparito.stato, &sparito.json()["type"]), (409, &json!("urn:tabulario:sigillo-inservibile")));
        assert!(!String::from_utf8(sparito.corpo).unwrap().contains("sigillo.p12"), "no path of ours goes outside");
        assert_eq!(registra(&server.url, &casa.gettone, "u2", &uscita("Altro"), b"x").unwrap().stato, 201);
    }
}

#[test]
fn who_administers_sees_the_seal_on_its_page() {
    let casa = Casa::sqlite();
    assumi(&casa, "ada", Ruolo::Amministratore);
    let server = casa.server();
    let ada = Cliente::dentro(&server, "ada");
    let pagina = || ada.apri("/amministrazione/fiducia").html;
    assert!(pagina().contains("Nessun sigillo: le segnature 3.0.0 non escono"));
    sigilla_con(&casa, "comune-non-qualificato.p12");
    let con = pagina();
    for parte in ["Sigillo Comune di Borgo Esempio", "vale fino al 01/01/2060", "non è fatto per i sigilli"] {
        assert!(con.contains(parte), "{parte} is not in {con}");
    }
    assert!(!con.contains("sigillo.p12"));
}

#[test]
fn the_command_says_which_seal_there_is_and_what_is_wrong_with_one() {
    let casa = Casa::sqlite();
    let mostra = || comando(&casa, &["aoo", "sigillo", "--aoo", "AX99Z01"]);
    let niente = mostra();
    assert_eq!(niente.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&niente.stdout).contains("non ha un sigillo"));
    let buono = riservato(&casa, "buono.p12", &fs::read(fixture("comune-rsa.p12")).unwrap());
    let no = |p12: &Path, parola: &str, attesa: &str| {
        let esito = configura(&casa, p12, parola);
        let errore = String::from_utf8_lossy(&esito.stderr).into_owned();
        assert!(esito.status.code() == Some(2) && errore.contains(attesa) && !errore.contains("sbagliata"), "{errore}");
    };
    no(&buono, "sbagliata", "password");
    no(&riservato(&casa, "vuoto.p12", b""), "prova", "PKCS#12");
    no(&casa.dir.path().join("manca.p12"), "prova", "non si trova");
    let aperto = riservato(&casa, "aperto.p12", &fs::read(&buono).unwrap());
    fs::set_permissions(&aperto, fs::Permissions::from_mode(0o644)).unwrap();
    no(&aperto, "prova", "chmod o-rwx");
    assert_eq!(casa.conta("sigilli"), 0);
    let detto = sigilla_con(&casa, "comune-non-qualificato.p12");
    assert!(detto.contains("non è fatto per i sigilli") && !detto.contains("prova\n"), "{detto}");
    sigilla_con(&casa, "comune-non-qualificato.p12");
    assert_eq!(casa.conta("sigilli"), 1);
    assert_eq!(String::from_utf8(mostra().stdout).unwrap(), detto);
}
