//! The return messages of both generations: written, valid, read back.

use super::{Schema, UFFICIALE, condivisi, fixtures};
use std::fs;
use tabulario::segnatura::{
    Dialetto, Identificatore, Lettura, Registrazione, Ricevuto, Ritorno, Tipo, allegato6, circolare60, leggi,
};

fn linea(linea: &str) -> Identificatore {
    linea.parse().unwrap()
}

fn registrazione() -> Registrazione {
    let identificatore = linea("p_xx/AXP0001/PG/2026-11-22/45");
    let prima = Some(linea("r_xxx/AXR0001/R1/2026-11-18/400001"));
    Registrazione {
        identificatore,
        ricevuto: Ricevuto::Registrato { identificatore: linea("c_x999/AX99Z01/PG/2026-11-22/123"), prima },
    }
}

/// One of each kind, and one about a message that nobody registered.
pub fn tutti() -> impl Iterator<Item = Ritorno> {
    let Registrazione { identificatore, ricevuto } = registrazione();
    let motivo = "L'impronta di «parere.pdf» è diversa & il file <B> manca";
    [
        Ritorno::Conferma(registrazione()),
        Ritorno::Aggiornamento(registrazione()),
        Ritorno::Eccezione { identificatore: Some(identificatore.clone()), ricevuto, motivo: motivo.parse().unwrap() },
        Ritorno::Eccezione {
            identificatore: None,
            ricevuto: Ricevuto::Descritto("Messaggio del 20 novembre".parse().unwrap()),
            motivo: motivo.parse().unwrap(),
        },
        Ritorno::Annullamento {
            identificatore,
            motivo: "Registrato due volte".parse().unwrap(),
            provvedimento: "Determinazione n. 7 del 23/11/2026".parse().unwrap(),
        },
    ]
    .into_iter()
}

fn controlla(ritorno: &Ritorno, dialetto: Dialetto, xml: &str) -> Lettura {
    let lettura = leggi(xml.as_bytes());
    assert_eq!((lettura.tipo, lettura.dialetto, lettura.valida), (Some(ritorno.tipo()), Some(dialetto), true), "{xml}");
    assert_eq!(lettura.rilievi, Vec::<String>::new(), "{xml}");
    let (riferito, motivo) = match ritorno {
        Ritorno::Conferma(_) | Ritorno::Aggiornamento(_) => ("c_x999/AX99Z01/PG/2026-11-22/0000123", None),
        Ritorno::Eccezione { identificatore: Some(_), motivo, .. } => {
            ("c_x999/AX99Z01/PG/2026-11-22/0000123", Some(motivo))
        }
        Ritorno::Eccezione { motivo, .. } => ("Messaggio del 20 novembre", Some(motivo)),
        Ritorno::Annullamento { motivo, .. } => ("p_xx/AXP0001/PG/2026-11-22/0000045", Some(motivo)),
    };
    assert_eq!(lettura.si_riferisce_a().as_deref(), Some(riferito));
    assert_eq!(lettura.motivo.as_deref(), motivo.map(|m| m.as_str()));
    lettura
}

#[test]
fn every_return_message_is_valid_and_read_back_in_both_generations() {
    let ufficiale = condivisi(UFFICIALE).map(|f| Schema::new(&[("u.xsd", &fs::read_to_string(f).unwrap())]).unwrap());
    for ritorno in tutti() {
        let xml = circolare60::ritorno(&ritorno);
        circolare60::schema().unwrap().valida(xml.as_bytes()).unwrap();
        ufficiale.iter().for_each(|u| u.valida(xml.as_bytes()).unwrap());
        let vecchia = controlla(&ritorno, Dialetto::Circolare60, &xml);
        let xml = allegato6::ritorno(&ritorno);
        allegato6::schema().unwrap().valida(xml.as_bytes()).unwrap();
        let nuova = controlla(&ritorno, Dialetto::Tre, &xml);
        assert_eq!(vecchia.identificatore, nuova.identificatore);
        assert_eq!(vecchia.provvedimento, nuova.provvedimento);
    }
}

#[test]
fn what_came_is_named_by_its_segnatura_if_that_says_enough() {
    let di = |caso: &str| Ricevuto::di(&leggi(&fs::read(fixtures().join(caso)).unwrap()));
    let Some(Ricevuto::Registrato { identificatore, prima }) = di("3.0.0.xml") else { panic!() };
    assert_eq!(identificatore, linea("c_x998/AX98B01/PG/2026-11-20/12345"));
    assert_eq!(prima, Some(linea("r_xxx/AXR0001/PG/2026-11-18/400001")));
    let Some(Ricevuto::Descritto(testo)) = di("28-2001.xml") else { panic!("the register is missing there") };
    assert!(testo.as_str().contains("//2"), "{testo}");
    assert_eq!(di("non-xml.xml"), None);
}

#[test]
fn every_message_has_the_name_of_its_file() {
    for (nome, tipo) in
        [("Segnatura.xml", Tipo::Segnatura), ("CONFERMA.XML", Tipo::Conferma), (" eccezione.xml", Tipo::Eccezione)]
    {
        assert_eq!(Tipo::da_file(nome), Some(tipo));
    }
    assert_eq!((Tipo::da_file("Segnatura.xml.p7m"), Tipo::Annullamento.file()), (None, "Annullamento.xml"));
}
