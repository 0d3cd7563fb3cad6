//! How many segnature are made in a second on one core: `cargo bench --bench segnatura`.
//!
//! Circolare 60/2013 built and validated; 3.0.0 built, sealed with RSA-2048 and validated; that one read and its seal judged. Each figure
//! is the best of five rounds. Against another program: `benches/sigillo.py`.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};
use tabulario::firma::Fiducia;
use tabulario::firma::sigillo::{ChiaveSigillo, apponi};
use tabulario::pec::busta::interoperabilita;
use tabulario::segnatura::{
    Classifica, Destinatario, Documento, Mittente, NomeParte, Parte, Sigillo, TipoParte, Uscita, allegato6, circolare60,
};
use tabulario::valori::{Impronta, Istante};

const CHIAVI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/chiavi");
/// How long one round lasts.
const TURNO: Duration = Duration::from_secs(1);

/// An ordinary uscita: three recipients, three files.
fn uscita() -> Uscita {
    let nome = |n: &str| NomeParte::Denominazione(n.parse().unwrap());
    let parte = |tipo, n: &str| Parte {
        tipo,
        nome: nome(n),
        codice_fiscale: None,
        codice_ipa: None,
        codice_aoo: None,
        codice_uo: None,
        pec: Some("posta@pec.example.it".parse().unwrap()),
    };
    let destinatari = [
        parte(TipoParte::Amministrazione, "Provincia Fittizia"),
        parte(TipoParte::PersonaGiuridica, "Scavi Finti S.r.l."),
        parte(TipoParte::PersonaFisica, "Ugo Badile"),
    ];
    let file = |n: &str| Documento {
        nome: n.parse().unwrap(),
        tipo_mime: Some("application/pdf".to_owned()),
        impronta: Impronta::of(n.as_bytes()),
        descrizione: None,
    };
    Uscita {
        identificatore: "c_x999/AX99Z01/PG/2026-11-22/0000123".parse().unwrap(),
        istante: istante(),
        mittente: Mittente {
            amministrazione: "Comune di Borgo Esempio".parse().unwrap(),
            aoo: "Protocollo generale".parse().unwrap(),
            pec: "protocollo@pec.comune.borgoesempio.example".parse().unwrap(),
            ufficio: None,
            indirizzo: None,
        },
        destinatari: destinatari
            .map(|parte| Destinatario { parte, per_conoscenza: false, conferma_ricezione: false })
            .into(),
        riservato: false,
        oggetto: "Parere sul regolamento per la manutenzione della viabilità provinciale".parse().unwrap(),
        classifica: Some(Classifica {
            voce: "VI.3".parse().unwrap(),
            denominazione: Some("Edilizia".parse().unwrap()),
        }),
        riferimenti: Vec::new(),
        principale: file("parere.pdf"),
        allegati: vec![file("pianta.pdf"), file("elenco.pdf")],
    }
}

fn istante() -> Istante {
    "2026-11-22T07:42:07Z".parse().unwrap()
}

fn misura(che: &str, mut una: impl FnMut()) {
    una();
    let turno = || {
        let (inizio, mut quante) = (Instant::now(), 0_u32);
        while inizio.elapsed() < TURNO {
            una();
            quante += 1;
        }
        f64::from(quante) / inizio.elapsed().as_secs_f64()
    };
    let migliore = std::iter::repeat_with(turno).take(5).fold(0.0, f64::max);
    println!("{che}: {migliore:.0} al secondo");
}

fn main() {
    let (uscita, schema) = (uscita(), circolare60::schema().unwrap());
    misura("60/2013 scritta e valida", || {
        let xml = circolare60::segnatura(black_box(&uscita)).unwrap();
        schema.valida(xml.as_bytes()).unwrap();
    });
    let p12 = std::fs::read(format!("{CHIAVI}/comune-rsa.p12")).unwrap();
    let (chiave, schema) = (ChiaveSigillo::apri(&p12, "prova").unwrap(), allegato6::schema().unwrap());
    let sigilla = || apponi(&allegato6::segnatura(black_box(&uscita)).unwrap(), &chiave, istante()).unwrap();
    misura("3.0.0 scritta, sigillata e valida", || schema.valida(sigilla().as_bytes()).unwrap());
    let (xml, mut fiducia) = (sigilla(), Fiducia::vuota());
    fiducia.aggiungi_certificati(&std::fs::read(format!("{CHIAVI}/ca-firma.pem")).unwrap()).unwrap();
    misura("3.0.0 letta, valida, sigillo giudicato", || {
        let lettura = interoperabilita::leggi(black_box(xml.as_bytes()), &fiducia, istante());
        assert!(lettura.valida && lettura.sigillo == Some(Sigillo::Valido));
    });
}
