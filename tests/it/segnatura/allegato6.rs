//! What we write by Allegato 6: sealed, valid for our schema and for the official one, and read back as it was meant.

use super::ritorno::tutti;
use super::sigillo::{ISTANTE, chiave};
use super::{
    UFFICIALE_PEC, cancellazioni, condivisi, confronta_schemi, fixtures, mutanti, uscita, uscita_minima, xml_in,
};
use std::fs;
use std::path::Path;
use tabulario::firma::sigillo;
use tabulario::segnatura::xsd::Schema;
use tabulario::segnatura::{Dialetto, Errore, Ruolo, Sigillo, Tipo, TipoParte, Uscita, allegato6, leggi};

/// Sealed with the RSA key of the fixtures, whose values are always the same.
fn sigillata(uscita: &Uscita) -> String {
    sigillo::apponi(&allegato6::segnatura(uscita).unwrap(), &chiave("comune-rsa"), ISTANTE.parse().unwrap()).unwrap()
}

/// The official schema, by the name of its files.
fn ufficiale() -> Option<Schema> {
    let nomi = ["pec_message.xsd", "segnatura_protocollo.xsd", "import_schemas/xmldsig-core-schema.xsd"];
    let file = nomi.map(|n| condivisi(&format!("{UFFICIALE_PEC}/{n}"))).into_iter().collect::<Option<Vec<_>>>()?;
    let testi: Vec<_> = file.iter().map(|f| fs::read_to_string(f).unwrap()).collect();
    let coppie: Vec<_> = nomi.iter().zip(&testi).map(|(n, t)| (n.rsplit('/').next().unwrap(), t.as_str())).collect();
    Some(Schema::new(&coppie).unwrap())
}

#[test]
fn what_we_write_is_the_snapshot_and_valid() {
    let xml = sigillata(&uscita());
    let file = fixtures().join("3.0.0-sigillata.xml");
    assert_eq!(xml, fs::read_to_string(file).unwrap());
    allegato6::schema().unwrap().valida(xml.as_bytes()).unwrap();
    let mut minima = uscita_minima();
    assert_eq!(allegato6::segnatura(&minima), Err(Errore::SenzaClassifica));
    minima.classifica = uscita().classifica.map(|c| tabulario::segnatura::Classifica { denominazione: None, ..c });
    allegato6::schema().unwrap().valida(sigillata(&minima).as_bytes()).unwrap();
    minima.destinatari.clear();
    assert_eq!(allegato6::segnatura(&minima), Err(Errore::SenzaDestinatario));
}

#[test]
fn without_its_seal_it_is_not_valid() {
    let nuda = allegato6::segnatura(&uscita()).unwrap();
    assert!(allegato6::schema().unwrap().valida(nuda.as_bytes()).is_err());
    assert!(!leggi(nuda.as_bytes()).valida);
}

#[test]
fn what_we_write_is_read_back_as_it_was_meant() {
    let uscita = uscita();
    let lettura = leggi(sigillata(&uscita).as_bytes());
    assert_eq!((lettura.tipo, lettura.dialetto, lettura.valida), (Some(Tipo::Segnatura), Some(Dialetto::Tre), true));
    assert_eq!(lettura.sigillo, Some(Sigillo::Indeterminato));
    assert_eq!(lettura.rilievi, ["Il sigillo della segnatura c'è, ma non è stato verificato."]);
    assert_eq!(lettura.identificatore.as_ref().and_then(|i| i.valori()), Some(uscita.identificatore.clone()));
    assert_eq!(lettura.ora.as_deref(), Some("08:42:07"));
    assert_eq!(lettura.oggetto.as_deref(), Some("Parere sul regolamento n. 5 & sull'allegato <B> è favorevole"));
    assert_eq!(lettura.classifiche[0].livelli, ["VI", "3", "1"]);
    assert_eq!(lettura.si_riferisce_a().as_deref(), Some("p_xx/AXP0001/PG/2026-11-20/0000045"));
    assert!(lettura.riservato);
    let mittente = lettura.mittente.clone().unwrap();
    assert_eq!(mittente.denominazione.as_deref(), Some("Comune di Borgo Inventato"));
    assert_eq!(mittente.aoo.as_deref(), Some("Protocollo generale"));
    assert_eq!(mittente.indirizzo.as_deref(), Some("protocollo@pec.borgoinventato.example"));
    let destinatari: Vec<_> = lettura
        .destinatari
        .iter()
        .map(|d| (d.soggetto.nome().unwrap(), d.per_conoscenza, d.conferma_richiesta))
        .collect();
    let attesi = [
        ("Maria D'Invenzione", true, false),
        ("Provincia Fittizia", false, true),
        ("Ugo Badile", false, false),
        ("Scavi & Figli <S.r.l.>", false, true),
        ("Gemeinde Erfunden", true, false),
    ];
    assert_eq!(destinatari, attesi);
    let documenti: Vec<_> = lettura.documenti.iter().map(|d| (d.nome.as_deref(), d.ruolo, d.sha256())).collect();
    let attesi: Vec<_> = std::iter::once((&uscita.principale, Ruolo::Principale))
        .chain(uscita.allegati.iter().map(|a| (a, Ruolo::Allegato)))
        .map(|(d, ruolo)| (Some(d.nome.as_str()), ruolo, Some(d.impronta)))
        .collect();
    assert_eq!(documenti, attesi);
}

#[test]
fn a_body_without_ipa_code_is_a_person_in_law_and_nothing_is_made_up() {
    let mut ignota = uscita();
    ignota.destinatari.retain(|d| d.parte.tipo == TipoParte::Amministrazione);
    let parte = &mut ignota.destinatari[0].parte;
    (parte.codice_ipa, parte.codice_aoo) = (None, None);
    let xml = sigillata(&ignota);
    assert!(xml.contains("<PersonaGiuridica>") && !xml.contains("<CodiceIPAAmministrazione/>"), "{xml}");
    allegato6::schema().unwrap().valida(xml.as_bytes()).unwrap();
}

/// Ours and the official schema say the same of our fixtures, of what we write, of the shared samples, and of all that can be
/// made wrong with them.
#[test]
fn our_schema_says_what_the_official_one_says() {
    let Some(ufficiale) = ufficiale() else { return };
    let nostro = allegato6::schema().unwrap();
    let valida = |xml: &String| nostro.valida(xml.as_bytes()).is_ok();
    let in_cartella = |cartella: &Path| {
        let file = xml_in(cartella).into_iter().filter_map(|(_, xml)| String::from_utf8(xml).ok());
        file.collect::<Vec<String>>()
    };
    let semi: Vec<String> = in_cartella(&fixtures()).into_iter().filter(valida).collect();
    let campioni = condivisi("specs/samples-synthetic/segnatura-2021").unwrap();
    let altri: Vec<String> =
        in_cartella(&campioni).into_iter().chain(tutti().map(|r| allegato6::ritorno(&r))).collect();
    assert!(altri.iter().all(valida));
    let mut da_provare: Vec<String> = semi.iter().flat_map(|xml| mutanti(xml)).collect();
    da_provare.extend(altri.iter().flat_map(|xml| cancellazioni(xml)));
    da_provare.extend(semi.into_iter().chain(altri));
    let (validi, invalidi) = confronta_schemi("3.0.0", &da_provare, nostro, &ufficiale);
    assert!(validi > 50 && invalidi > 1000, "{validi} {invalidi}");
}
