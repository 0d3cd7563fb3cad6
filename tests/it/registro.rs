//! A number is for ever (law 1 of the house).

mod orologio;
mod ripristino;

use crate::casa::{Casa, su_entrambi};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::sync::Mutex;
use tabulario::documenti::Riposto;
use tabulario::registro::{
    self, Corrispondente, Documento, Errore, Flusso, Mezzo, Nuova, ProtocolloMittente, Registrata, RuoloCorrispondente,
    RuoloDocumento,
};
use tabulario::scrivania;
use tabulario::segnatura::{NomeParte, Parte, TipoParte};
use tabulario::storage::Db;
use tabulario::valori::{Attore, Istante};

fn mittente() -> Corrispondente {
    let nome = NomeParte::Persona { nome: "Maria".parse().unwrap(), cognome: "Bianchi".parse().unwrap() };
    let parte = Parte {
        tipo: TipoParte::PersonaFisica,
        nome,
        codice_fiscale: None,
        codice_ipa: None,
        codice_aoo: None,
        codice_uo: None,
        pec: None,
    };
    Corrispondente { ruolo: RuoloCorrispondente::Mittente, parte, per_conoscenza: false }
}

fn riposto(casa: &Casa, bytes: &[u8]) -> Riposto {
    casa.deposito.riponi(&mut &bytes[..], 1_000).unwrap()
}

fn entrata(casa: &Casa, oggetto: &str) -> Nuova {
    let documento = Documento {
        ruolo: RuoloDocumento::Principale,
        riposto: riposto(casa, oggetto.as_bytes()),
        nome: "atto.txt".parse().unwrap(),
        descrizione: None,
    };
    Nuova {
        flusso: Flusso::Entrata,
        oggetto: oggetto.parse().unwrap(),
        mezzo: Mezzo::Pec,
        corrispondenti: vec![mittente()],
        arrivo: None,
        protocollo_mittente: None,
        voce: casa.voce.clone(),
        tipologia: None,
        data_documento: None,
        riservato: false,
        risponde_a: None,
        documenti: vec![documento],
    }
}

fn protocolla(casa: &Casa, db: &Db, nuova: &Nuova) -> Result<Registrata, scrivania::Errore> {
    db.scrivi(casa.aoo.id, &Attore::Sistema("demo"), |op| {
        scrivania::protocolla(op, &casa.aoo, &casa.vista(), nuova, Some(&casa.ufficio))
    })
}

su_entrambi! {
    fn sixteen_threads_get_every_number_once(casa) {
        let (fili, ciascuno) = (16_usize, 12_usize);
        let numeri = Mutex::new(Vec::new());
        std::thread::scope(|s| {
            for filo in 0..fili {
                let numeri = &numeri;
                s.spawn(move || {
                    for i in 0..ciascuno {
                        let fatta = protocolla(casa, &casa.db, &entrata(casa, &format!("Atto {filo}-{i}"))).unwrap();
                        numeri.lock().unwrap().push((fatta.numero.valore(), fatta.istante));
                    }
                });
            }
        });
        let mut numeri = numeri.into_inner().unwrap();
        numeri.sort();
        let attesi: Vec<i64> = (1..=(fili * ciascuno) as i64).collect();
        assert_eq!(numeri.iter().map(|(n, _)| *n).collect::<Vec<_>>(), attesi);
        assert!(numeri.windows(2).all(|w| w[0].1 <= w[1].1), "an instant went back");
        assert!(casa.db.leggi(registro::buchi).unwrap().1.is_empty());
    }

    fn a_refusal_uses_no_number(casa) {
        assert_eq!(protocolla(casa, &casa.db, &entrata(casa, "Prima")).unwrap().numero.valore(), 1);
        let senza = Nuova { corrispondenti: Vec::new(), ..entrata(casa, "Senza mittente") };
        let futura = Nuova { arrivo: Some("2199-01-01T00:00:00Z".parse().unwrap()), ..entrata(casa, "Dal futuro") };
        let mut doppia = entrata(casa, "Due principali");
        doppia.documenti.push(doppia.documenti[0].clone());
        let domani = ProtocolloMittente { numero: "12".parse().unwrap(), data: NaiveDate::from_ymd_opt(2199, 1, 1) };
        let precoce = Nuova { protocollo_mittente: Some(domani), ..entrata(casa, "Protocollata domani") };
        let senza_file = Nuova { mezzo: Mezzo::Pec, documenti: Vec::new(), ..entrata(casa, "PEC senza file") };
        for nuova in [senza, futura, doppia, precoce, senza_file] {
            assert!(protocolla(casa, &casa.db, &nuova).is_err(), "{}", nuova.oggetto);
        }
        // Refused after the number was taken: the savepoint takes it back.
        let esito: Result<(), Errore> = casa.db.scrivi(casa.aoo.id, &Attore::Sistema("demo"), |op| {
            registro::registra(op, &casa.aoo, &casa.vista(), &entrata(casa, "Ritirata"))?;
            Err(Errore::Principale)
        });
        assert!(esito.is_err());
        assert_eq!(protocolla(casa, &casa.db, &entrata(casa, "Seconda")).unwrap().numero.valore(), 2);
        assert_eq!(casa.conta("registrazioni"), 2);
    }

    fn a_panic_inside_an_operation_leaves_the_others_alone(casa) {
        let esito: Result<(), Errore> = casa.db.scrivi(casa.aoo.id, &Attore::Sistema("demo"), |op| {
            registro::registra(op, &casa.aoo, &casa.vista(), &entrata(casa, "Persa"))?;
            panic!("on purpose: this operation dies after it took a number");
        });
        assert!(esito.is_err());
        assert_eq!(protocolla(casa, &casa.db, &entrata(casa, "Viva")).unwrap().numero.valore(), 1);
    }

    fn an_operation_inside_another_is_refused_not_awaited(casa) {
        let esito: Result<(), Errore> = casa.db.scrivi(casa.aoo.id, &Attore::Sistema("demo"), |_| {
            casa.db.scrivi(casa.aoo.id, &Attore::Sistema("demo"), |_| Ok(()))
        });
        assert!(matches!(esito, Err(Errore::Storage(tabulario::storage::Errore::Annidata))), "{esito:?}");
    }

    fn the_year_in_rome_starts_the_numbers_again(casa) {
        let casi = [
            ("2026-12-31T22:59:50Z", 2026, 1),
            ("2026-12-31T22:59:55Z", 2026, 2),
            ("2026-12-31T23:00:00Z", 2027, 1),
            ("2027-01-01T10:00:00Z", 2027, 2),
        ];
        for (istante, anno, numero) in casi {
            let fatta = protocolla(casa, &casa.con_orologio(istante), &entrata(casa, "Fine anno")).unwrap();
            assert_eq!((fatta.anno, fatta.numero.valore()), (anno, numero), "{istante}");
        }
        assert!(casa.db.leggi(registro::buchi).unwrap().1.is_empty());
    }

    fn a_clock_that_went_back_gives_no_number(casa) {
        let nuova = entrata(casa, "Oggi");
        let prima = protocolla(casa, &casa.con_orologio("2027-03-01T09:00:00Z"), &nuova).unwrap();
        let esito = protocolla(casa, &casa.con_orologio("2027-03-01T08:00:00Z"), &nuova);
        assert!(matches!(&esito, Err(scrivania::Errore::Registro(Errore::OrologioIndietro { ultima, .. })) if *ultima == prima.istante));
        // The year before is closed for good.
        let esito = protocolla(casa, &casa.con_orologio("2026-12-31T08:00:00Z"), &nuova);
        assert!(matches!(esito, Err(scrivania::Errore::Registro(Errore::OrologioIndietro { .. }))));
        assert_eq!(protocolla(casa, &casa.con_orologio("2027-03-01T10:00:00Z"), &nuova).unwrap().numero.valore(), 2);
    }

    fn both_nights_of_the_clock_are_crossed_in_order(casa) {
        // Between the two an office works: a clock that leaps half a year is not believed.
        let notti = [
            "2026-10-25T00:30:00Z", "2026-10-25T00:58:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z",
            "2027-01-10T09:00:00Z", "2027-03-28T00:58:00Z", "2027-03-28T01:00:00Z",
        ];
        let istanti: Vec<Istante> = notti
            .iter()
            .map(|t| protocolla(casa, &casa.con_orologio(t), &entrata(casa, "Notte")).unwrap().istante)
            .collect();
        let giorni: BTreeSet<String> = istanti.iter().map(|i| i.giorno().to_string()).collect();
        assert_eq!(giorni.into_iter().collect::<Vec<_>>(), ["2026-10-25", "2027-01-10", "2027-03-28"]);
        assert!(istanti.windows(2).all(|w| w[0] < w[1]));
        assert_eq!(casa.conta("registrazioni"), 7);
        let ore: Vec<String> = istanti.iter().map(|i| i.roma()).map(|o| format!("{} {}", &o[11..16], &o[23..])).collect();
        let attese = ["02:30 +02:00", "02:58 +02:00", "02:00 +01:00", "02:30 +01:00", "10:00 +01:00", "01:58 +01:00", "03:00 +02:00"];
        assert_eq!(ore, attese, "the hour that comes twice is told apart by its offset");
    }
}
