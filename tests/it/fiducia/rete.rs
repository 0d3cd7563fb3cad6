//! What servers may do to whoever fetches from them.

use super::finto::{Finto, Risposta};
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use tabulario::config::Proxy;
use tabulario::documenti::fiducia::{Rete, RifiutoRete};

/// Enough for an answer of this same machine; short where the answer never comes.
fn rete(attesa: Duration) -> Rete {
    Rete::new(&Proxy::Nessuno, attesa).unwrap()
}

const MASSIMO: u64 = 1024 * 1024;

#[test]
fn what_is_fetched_is_bounded_and_refusals_say_why() {
    let finto = Finto::avvia(vec![
        ("/lista", Risposta::Corpo(b"lista".to_vec())),
        ("/una-volta", Risposta::Rinvio("/lista".to_owned())),
        ("/sempre", Risposta::Rinvio("/sempre".to_owned())),
        ("/senza-fine", Risposta::SenzaFine),
        ("/guasta", Risposta::Stato(503)),
        ("/grande", Risposta::Corpo(vec![b'x'; 1024 * 1024 + 1])),
        ("/giusta", Risposta::Corpo(vec![b'x'; 1024 * 1024])),
    ]);
    let rete = rete(Duration::from_secs(60));
    let prendi = |dove: &str| rete.scarica(&format!("{}{dove}", finto.indirizzo), MASSIMO);
    assert_eq!(prendi("/lista"), Ok(b"lista".to_vec()));
    assert_eq!(prendi("/una-volta"), Ok(b"lista".to_vec()));
    assert_eq!(prendi("/giusta").unwrap().len(), 1024 * 1024);
    assert_eq!(prendi("/sempre"), Err(RifiutoRete::Rinvii));
    assert_eq!(prendi("/senza-fine"), Err(RifiutoRete::TroppoGrande(1)));
    assert_eq!(prendi("/grande"), Err(RifiutoRete::TroppoGrande(1)));
    assert_eq!(prendi("/manca"), Err(RifiutoRete::Stato(404)));
    assert_eq!(prendi("/guasta"), Err(RifiutoRete::Stato(503)));
}

#[test]
fn a_server_that_does_not_send_is_given_up() {
    let finto = Finto::avvia(vec![("/lenta", Risposta::Lenta), ("/muta", Risposta::Muta)]);
    let rete = rete(Duration::from_millis(300));
    for dove in ["/lenta", "/muta"] {
        assert_eq!(rete.scarica(&format!("{}{dove}", finto.indirizzo), MASSIMO), Err(RifiutoRete::Tempo), "{dove}");
    }
    let chiusa = crate::casa::libera();
    let esito = rete.scarica(&format!("http://127.0.0.1:{chiusa}/"), MASSIMO);
    assert!(matches!(esito, Err(RifiutoRete::Irraggiungibile(_))), "{esito:?}");
}

#[test]
fn only_addresses_of_the_web_are_fetched() {
    let rete = rete(Duration::from_secs(60));
    for url in ["file:///etc/passwd", "ftp://liste.example/", "http://u:segreta@liste.example/", "lista", ""] {
        assert_eq!(rete.scarica(url, MASSIMO), Err(RifiutoRete::Indirizzo), "{url}");
    }
}

#[test]
fn a_proxy_of_the_configuration_is_gone_through() {
    let finto = Finto::avvia(vec![("/lista", Risposta::Corpo(b"dal proxy".to_vec()))]);
    let rete = Rete::new(&Proxy::Indirizzo(finto.indirizzo.clone()), Duration::from_secs(60)).unwrap();
    assert_eq!(rete.scarica("http://liste.example/lista", MASSIMO), Ok(b"dal proxy".to_vec()));
}

/// A server whose certificate nobody of the system knows.
#[test]
fn the_certificate_of_a_server_is_verified() {
    let chiavi = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/chiavi");
    let pem = |nome: &str| std::fs::read(chiavi.join(nome)).unwrap();
    let certificato = tabulario::firma::certificati(&pem("gestore-pec.pem")).unwrap().remove(0).der;
    let chiave = x509_parser::pem::parse_x509_pem(&pem("gestore-pec.key.pem")).unwrap().1.contents;
    let fornitore = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(fornitore)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificato.into()], rustls::pki_types::PrivatePkcs8KeyDer::from(chiave).into())
        .unwrap();
    let ascolto = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let porta = ascolto.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut presa, _) = ascolto.accept().unwrap();
        let mut tls = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        let _ = rustls::Stream::new(&mut tls, &mut presa).read(&mut [0; 1]);
    });
    let esito = rete(Duration::from_secs(60)).scarica(&format!("https://127.0.0.1:{porta}/"), MASSIMO);
    assert!(matches!(esito, Err(RifiutoRete::Tls(_))), "{esito:?}");
}
