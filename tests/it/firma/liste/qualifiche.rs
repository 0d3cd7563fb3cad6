//! What a list says of the certificates of a service, over what they say themselves.

use super::super::busta::{Mano, oid};
use super::{cambiato, con_lista, fixture};
use std::sync::Arc;
use tabulario::firma::{Criteri, Criterio, Indicazione, Lista, Modo, Periodo, Qualifica, Servizio};

const TIPO: &str = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";
const QUALIFICATA: &str = "Firma elettronica qualificata";
const SENZA_DISPOSITIVO: &str = "ma non in un dispositivo qualificato";
const NON_QUALIFICATO: &str = "Il certificato non è qualificato";

fn uso(nome: &str, valore: bool) -> Criterio {
    Criterio::Uso(vec![(nome.to_owned(), valore)])
}

/// Our list, whose service has these qualifiers for the certificates that meet the criteria.
fn con(qualifiche: &[(&[&str], Modo, &[Criterio])], informazioni: &'static [&'static str]) -> impl FnOnce(&mut Lista) {
    let qualifiche: Vec<Qualifica> = qualifiche
        .iter()
        .map(|(nomi, modo, voci)| Qualifica {
            qualificatori: nomi.iter().map(|n| (*n).to_owned()).collect(),
            criteri: Criteri { modo: *modo, voci: voci.to_vec() },
        })
        .collect();
    move |lista: &mut Lista| {
        for servizio in &mut lista.servizi {
            let Some(ultimo) = servizio.ultimo() else { continue };
            let informazioni = informazioni.iter().map(|i| (*i).to_owned()).collect();
            let storia = vec![Periodo { informazioni, qualifiche: qualifiche.clone(), ..ultimo.clone() }];
            let nuovo = Servizio::new(
                servizio.prestatore.clone(),
                servizio.nome.clone(),
                TIPO,
                servizio.certificati.clone(),
                storia,
            );
            *servizio = Arc::new(nuovo);
        }
    }
}

fn check(
    certificato: &[u8],
    qualifiche: &[(&[&str], Modo, &[Criterio])],
    informazioni: &'static [&'static str],
    qualificata: bool,
    frase: &str,
) {
    let firma = con_lista(con(qualifiche, informazioni), certificato);
    let attesa = (Indicazione::TotalPassed, Some(qualificata));
    assert_eq!((firma.indication, firma.qualified), attesa, "{qualifiche:?}: {firma:#?}");
    assert!(firma.findings.join(" ").contains(frase), "{qualifiche:?} {frase}: {:?}", firma.findings);
}

const FIRME: &[&str] = &["ForeSignatures"];
const TUTTO: &[&str] = &["ForeSignatures", "ForeSeals"];

#[test]
fn a_list_has_the_last_word_on_its_certificates() {
    let tarsi = Mano::delle_fixture("tarsi-rsa").certificato;
    let suo: &[Criterio] = &[uso("nonRepudiation", true)];
    let uno = |nome: &'static str, qualificata: bool, frase: &str| {
        check(&tarsi, &[(&[nome], Modo::Tutti, suo)], FIRME, qualificata, frase);
    };
    check(&tarsi, &[], FIRME, true, QUALIFICATA);
    uno("QCQSCDStatusAsInCert", true, QUALIFICATA);
    uno("QCWithQSCD", true, QUALIFICATA);
    uno("QCStatement", true, QUALIFICATA);
    for nome in ["QCNoQSCD", "QCNoSSCD"] {
        uno(nome, true, SENZA_DISPOSITIVO);
    }
    uno("NotQualified", false, "(lo dice la lista di fiducia)");
    uno("QCForWSA", false, NON_QUALIFICATO);
    // For seals, of a service that the list has for signatures only, or for both.
    uno("QCForESeal", false, NON_QUALIFICATO);
    uno("QCForLegalPerson", false, NON_QUALIFICATO);
    check(&tarsi, &[(&["QCForESeal"], Modo::Tutti, suo)], TUTTO, true, "Sigillo elettronico qualificato");
    // Contradictions.
    check(&tarsi, &[(&["QCStatement", "NotQualified"], Modo::Tutti, suo)], FIRME, false, "non si sanno applicare");
    check(
        &tarsi,
        &[(&["QCWithQSCD"], Modo::Tutti, suo), (&["QCNoQSCD"], Modo::Tutti, suo)],
        FIRME,
        false,
        "non si sanno",
    );
    // A certificate that says nothing of itself (the statement of another number) and one that denies the device.
    let muto = cambiato(&oid("0.4.0.1862.1.1"), &oid("0.4.0.1862.1.9"));
    check(&muto, &[], FIRME, false, NON_QUALIFICATO);
    check(&muto, &[(&["QCStatement", "QCForESig"], Modo::Tutti, suo)], FIRME, true, "(lo dice la lista di fiducia)");
    let senza = cambiato(&oid("0.4.0.1862.1.4"), &oid("0.4.0.1862.1.9"));
    check(&senza, &[], FIRME, true, SENZA_DISPOSITIVO);
    for nome in ["QCWithSSCD", "QCWithQSCD", "QCQSCDManagedOnBehalf"] {
        check(&senza, &[(&[nome], Modo::Tutti, suo)], FIRME, true, QUALIFICATA);
    }
}

#[test]
fn criteria_choose_the_certificates() {
    let tarsi = Mano::delle_fixture("tarsi-rsa").certificato;
    let scelto = |modo: Modo, voci: &[Criterio], si: bool| {
        let frase = if si { NON_QUALIFICATO } else { QUALIFICATA };
        check(&tarsi, &[(&["NotQualified"], modo, voci)], FIRME, !si, frase);
    };
    let oscuro = |modo: Modo, voci: &[Criterio]| {
        check(&tarsi, &[(&["QCWithQSCD"], modo, voci)], FIRME, false, "non si sanno applicare");
    };
    let (si, no) = (uso("nonRepudiation", true), uso("digitalSignature", true));
    let ha = |oid: &str| Criterio::Attributi(vec![oid.to_owned()]);
    scelto(Modo::Tutti, &[si.clone(), ha("2.5.4.5")], true);
    scelto(Modo::Tutti, &[si.clone(), no.clone()], false);
    scelto(Modo::Almeno1, &[si.clone(), no.clone()], true);
    scelto(Modo::Almeno1, &[no.clone(), ha("2.5.4.97")], false);
    scelto(Modo::Nessuno, std::slice::from_ref(&no), true);
    scelto(Modo::Nessuno, &[no.clone(), si.clone()], false);
    scelto(Modo::Tutti, &[uso("digitalSignature", false)], true);
    scelto(Modo::Tutti, &[Criterio::Politiche(vec!["1.2.3".to_owned()])], false);
    scelto(Modo::Tutti, &[Criterio::Scopi(vec!["1.2.3".to_owned()])], false);
    let dentro = |modo: Modo, voci: Vec<Criterio>| Criterio::Lista(Criteri { modo, voci });
    scelto(Modo::Tutti, &[si.clone(), dentro(Modo::Nessuno, vec![no.clone()])], true);
    scelto(Modo::Tutti, &[si.clone(), dentro(Modo::Tutti, vec![no.clone()])], false);
    // What is not known decides only if the rest does not.
    scelto(Modo::Tutti, &[Criterio::Ignoto, no.clone()], false);
    scelto(Modo::Almeno1, &[Criterio::Ignoto, si.clone()], true);
    scelto(Modo::Nessuno, &[Criterio::Ignoto, si.clone()], false);
    oscuro(Modo::Tutti, &[Criterio::Ignoto, si]);
    oscuro(Modo::Almeno1, &[Criterio::Ignoto, no.clone()]);
    oscuro(Modo::Nessuno, &[Criterio::Ignoto, no]);
    oscuro(Modo::Tutti, &[uso("altro", true)]);
}

/// Changes one thing in the text of our list, whose signature nobody asks here, and reads its first service that has a history.
fn primo(da: &str, a: &str) -> Option<Arc<Servizio>> {
    let testo = String::from_utf8(fixture("lista-v6.xml")).unwrap();
    assert!(testo.contains(da), "{da}");
    let lista = Lista::leggi(testo.replacen(da, a, 1).as_bytes()).unwrap();
    lista.servizi.into_iter().find(|s| s.storia().len() > 1)
}

#[test]
fn a_service_of_which_one_state_cannot_be_read_is_not_taken() {
    let intero = primo("granted", "granted").unwrap();
    for periodo in intero.storia() {
        let scritto = format!("<StatusStartingTime>{}", periodo.dal.to_string().replace(".000Z", "Z"));
        assert!(primo(&scritto, "<StatusStartingTime>ieri ").is_none(), "{scritto}");
        assert!(primo(&scritto, &scritto).is_some());
    }
}

#[test]
fn what_is_critical_and_unknown_qualifies_nothing() {
    let con = |estensione: &str| {
        let servizio = primo("<ServiceInformationExtensions>", &format!("<ServiceInformationExtensions>{estensione}"));
        servizio.unwrap().ultimo().unwrap().qualifiche.clone()
    };
    let ignota =
        [Qualifica { qualificatori: Vec::new(), criteri: Criteri { modo: Modo::Tutti, voci: vec![Criterio::Ignoto] } }];
    assert_eq!(con("<Extension Critical='false'><Altro/></Extension>"), []);
    assert_eq!(con("<Extension Critical='true'><TakenOverBy/></Extension>"), []);
    for critica in [
        "<Extension Critical='true'><Altro/></Extension>",
        "<Extension Critical='1'><TakenOverBy/><Altro/></Extension>",
    ] {
        assert_eq!(con(critica), ignota, "{critica}");
    }
}
