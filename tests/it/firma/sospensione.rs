//! Who was suspended, and is or is no more; who answers and was itself taken back; what is not known of the authorities in between.

use super::busta::{Firmatario, Mano, attributo, busta, figli, oid, tlv};
use super::note::{autorita, check, con, critica, di_ca, emesso, estensione, firma_di, giudica, ricalcola};
use super::revoca::{DOPO, PRIMA, data, firmato, lista, risposta, risposta_con, risposta_intera};
use super::{DOCUMENTO, ca, istante, verifica_byte};
use tabulario::firma::{Autorita, DatoRevoca, Fiducia, Firma, RifiutoRevoca, Sottoindicazione};

const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
const SOSPESO: u8 = 6;
const CHIAVE_COMPROMESSA: u8 = 1;
const NON_PIU: u8 = 8;

/// A list of October, long ended, and one of yesterday, in force. The judgement is of 20 November.
const OTTOBRE: (&str, &str) = ("20261005000000Z", "20261006000000Z");
const IERI: (&str, &str) = ("20261119000000Z", DOPO);

const TRY_LATER: Option<Sottoindicazione> = Some(Sottoindicazione::TryLater);
const REVOCATA: Option<Sottoindicazione> = Some(Sottoindicazione::RevokedNoPoe);
const NON_REVOCATO: &str = "non risultava revocato";
const IGNOTA: &str = "La revoca dei certificati non è stata controllata.";

fn tarsi() -> Mano {
    Mano::delle_fixture("tarsi-rsa")
}

/// A list that says of each why.
fn motivata((dal, al): (&str, &str), voci: &[(&Mano, &str, u8)], estensioni: &[Vec<u8>]) -> Vec<u8> {
    let senza: Vec<(&Mano, &str)> = voci.iter().map(|(chi, quando, _)| (*chi, *quando)).collect();
    let mut campi = figli(&figli(&lista(&autorita(), dal, al, &senza, estensioni))[0]);
    if !voci.is_empty() {
        let con_motivo = |(voce, (_, _, motivo)): (&Vec<u8>, &(&Mano, &str, u8))| {
            let motivo = tlv(0x30, &estensione("2.5.29.21", &tlv(0x0a, &[*motivo])));
            tlv(0x30, &[figli(voce).concat(), motivo].concat())
        };
        campi[5] = tlv(0x30, &figli(&campi[5]).iter().zip(voci).flat_map(con_motivo).collect::<Vec<u8>>());
    }
    firmato(&autorita(), tlv(0x30, &campi.concat()), b"")
}

fn sospesa(quando: (&str, &str), dal: &str) -> Vec<u8> {
    motivata(quando, &[(&tarsi(), dal, SOSPESO)], &[])
}

/// An answer about Tarsi, with the reason if she is not good.
fn detta(dal: &str, contro: Option<(&str, u8)>) -> Vec<u8> {
    let stato = contro.map_or_else(
        || tlv(0x80, b""),
        |(da, motivo)| tlv(0xa1, &[data(da), tlv(0xa0, &tlv(0x0a, &[motivo]))].concat()),
    );
    risposta_intera(&risposta_con(&autorita(), &tarsi(), (dal, None), stato, &[]))
}

fn con_queste(dati: &[&[u8]]) -> Firma {
    giudica(&con(dati), None)
}

#[test]
fn a_suspension_lasts_until_newer_evidence_says_that_it_ended() {
    let pulita = lista(&autorita(), IERI.0, IERI.1, &[], &[]);
    let sola = con_queste(&[&sospesa(OTTOBRE, PRIMA)]);
    check(&sola, TRY_LATER, "risulta sospeso dal 01/10/2026");
    for nuova in [&pulita, &detta("20261120110000Z", None)] {
        let finita = con_queste(&[&sospesa(OTTOBRE, PRIMA), nuova]);
        check(&finita, None, "era stato sospeso dal 01/10/2026");
        assert!(finita.frase(istante()).ends_with("; ma il certificato era stato sospeso e poi riattivato."));
    }
    check(&con_queste(&[&detta("20261005000000Z", Some((PRIMA, SOSPESO))), &pulita]), None, "era stato sospeso");
    // The other way round.
    let vecchia = lista(&autorita(), OTTOBRE.0, OTTOBRE.1, &[], &[]);
    check(&con_queste(&[&vecchia, &sospesa(IERI, PRIMA)]), TRY_LATER, "sospeso");
    check(&con_queste(&[&pulita, &detta("20261120110000Z", Some((PRIMA, SOSPESO)))]), TRY_LATER, "sospeso");
    // Suspended after the signature, or of a date that says that an older suspension had ended.
    check(&con_queste(&[&sospesa(IERI, DOPO)]), None, NON_REVOCATO);
    check(&con_queste(&[&sospesa(OTTOBRE, PRIMA), &sospesa(IERI, DOPO)]), None, "era stato sospeso");
    // The same is computed again from the prova.
    let fiducia = con(&[&sospesa(OTTOBRE, PRIMA), &detta("20261120110000Z", None)]);
    check(&ricalcola(&firma_di(&tarsi(), None), &fiducia).1.signatures[0], None, "era stato sospeso");
}

#[test]
fn the_newest_word_counts_wherever_it_stands() {
    let pulita = |quando: (&str, &str)| lista(&autorita(), quando.0, quando.1, &[], &[]);
    let dentro = |lista: &[u8], fuori: &[u8]| {
        let mut firmatario = Firmatario::buono(&tarsi(), DOCUMENTO);
        let valori = tlv(0x30, &tlv(0xa0, &tlv(0x30, lista)));
        firmatario.non_firmati.push(attributo("1.2.840.113549.1.9.16.2.24", &valori));
        let byte = busta(Some(&tlv(4, DOCUMENTO)), &[&tarsi().certificato], &[firmatario.scrivi()]);
        verifica_byte(&byte, &con(&[fuori])).0.signatures.remove(0)
    };
    check(&dentro(&sospesa(OTTOBRE, PRIMA), &pulita(IERI)), None, "era stato sospeso");
    check(&dentro(&pulita(IERI), &sospesa(OTTOBRE, PRIMA)), None, "era stato sospeso");
    check(&dentro(&pulita(OTTOBRE), &sospesa(IERI, PRIMA)), TRY_LATER, "sospeso");
    check(&dentro(&sospesa(IERI, PRIMA), &pulita(OTTOBRE)), TRY_LATER, "sospeso");
}

#[test]
fn a_revocation_stays_and_what_says_nothing_ends_no_suspension() {
    let pulita = lista(&autorita(), IERI.0, IERI.1, &[], &[]);
    let revocata = motivata(OTTOBRE, &[(&tarsi(), PRIMA, CHIAVE_COMPROMESSA)], &[]);
    check(&con_queste(&[&revocata, &pulita]), REVOCATA, "revocato dal 01/10/2026");
    let senza_motivo = lista(&autorita(), OTTOBRE.0, OTTOBRE.1, &[(&tarsi(), PRIMA)], &[]);
    check(&con_queste(&[&senza_motivo, &pulita]), REVOCATA, "revocato");
    let detta_revocata = detta("20261005000000Z", Some((PRIMA, CHIAVE_COMPROMESSA)));
    check(&con_queste(&[&detta_revocata, &pulita]), REVOCATA, "revocato");
    let sospesa = sospesa(OTTOBRE, PRIMA);
    let delta = |motivo: Option<u8>| {
        let voci = motivo.map(|motivo| (tarsi(), motivo));
        let voci: Vec<_> = voci.iter().map(|(chi, motivo)| (chi, PRIMA, *motivo)).collect();
        motivata(("20261120110000Z", DOPO), &voci, &[critica("2.5.29.27", &tlv(2, &[1]))])
    };
    let estranea = lista(&Mano::delle_fixture("omonima"), IERI.0, IERI.1, &[], &[]);
    // Taken back for good later: the suspension never ended.
    let poi = motivata(IERI, &[(&tarsi(), "20261120220000Z", CHIAVE_COMPROMESSA)], &[]);
    for niente in [delta(None), estranea, poi] {
        check(&con_queste(&[&sospesa, &niente]), TRY_LATER, "sospeso");
    }
    // `removeFromCRL` ends it, and says nothing of how things stand; older than the suspension it ends nothing.
    check(&con_queste(&[&sospesa, &delta(Some(NON_PIU))]), None, IGNOTA);
    check(&con_queste(&[&revocata, &delta(Some(NON_PIU))]), REVOCATA, "revocato");
    let di_prima = motivata(("20261002000000Z", OTTOBRE.1), &[(&tarsi(), PRIMA, NON_PIU)], &[]);
    check(&con_queste(&[&sospesa, &di_prima]), TRY_LATER, "sospeso");
}

/// Somebody charged with answering, perhaps one of whom nobody need ask.
fn incaricato(altre: &[Vec<u8>]) -> Mano {
    let uso = estensione("2.5.29.37", &tlv(0x30, &oid(OCSP_SIGNING)));
    emesso(&autorita(), Mano::delle_fixture("vellini-rsa"), 70, "Risponde", &[vec![uso], altre.to_vec()].concat())
}

#[test]
fn the_answer_of_somebody_who_was_taken_back_counts_for_nothing() {
    let esente = incaricato(&[estensione("1.3.6.1.5.5.7.48.1.5", &tlv(5, b""))]);
    let comune = incaricato(&[]);
    let contro =
        |chi: &Mano| risposta_intera(&risposta(chi, &tarsi(), "20261120110000Z", Some(PRIMA), &[&chi.certificato]));
    check(&con_queste(&[&contro(&comune)]), REVOCATA, "revocato");
    let lista_con = |chi: &Mano, quando: &str| lista(&autorita(), IERI.0, IERI.1, &[(chi, quando)], &[]);
    check(&con_queste(&[&contro(&comune), &lista_con(&comune, PRIMA)]), None, NON_REVOCATO);
    check(&con_queste(&[&contro(&esente), &lista_con(&esente, PRIMA)]), REVOCATA, "revocato");
    // Taken back after it had answered, or by somebody else.
    check(&con_queste(&[&contro(&comune), &lista_con(&comune, DOPO)]), REVOCATA, "revocato");
    let estranea = lista(&Mano::delle_fixture("omonima"), IERI.0, IERI.1, &[(&comune, PRIMA)], &[]);
    check(&con_queste(&[&contro(&comune), &estranea]), REVOCATA, "revocato");
    let sospeso = motivata(IERI, &[(&comune, PRIMA, SOSPESO)], &[]);
    check(&con_queste(&[&contro(&comune), &sospeso]), None, NON_REVOCATO);
    // A good answer of such a one is no reason to pass.
    let buona = risposta_intera(&risposta(&comune, &tarsi(), "20261120110000Z", None, &[&comune.certificato]));
    let vecchia = lista(&autorita(), OTTOBRE.0, OTTOBRE.1, &[(&comune, PRIMA)], &[]);
    check(&con_queste(&[&buona]), None, NON_REVOCATO);
    check(&con_queste(&[&buona, &vecchia]), None, IGNOTA);
    // In the file, and again from the prova, where of a long list only what was asked is kept.
    let lunga = super::note::lunga(20_000, &[(&comune, PRIMA)], &[]);
    let byte = firma_di(&tarsi(), None);
    check(&ricalcola(&byte, &con(&[&contro(&comune), &lunga])).1.signatures[0], None, NON_REVOCATO);
    // Nor is it taken in.
    let accetta = |fiducia: &Fiducia| {
        DatoRevoca::leggi(&buona).unwrap()[0]
            .accetta(&Autorita::di(fiducia), istante())
            .map(|accettato| accettato.emittente)
    };
    assert!(accetta(&ca()).is_ok());
    let rifiuto = accetta(&con(&[&vecchia])).unwrap_err();
    assert!(matches!(rifiuto, RifiutoRevoca::Rispondente(_)), "{rifiuto}");
}

#[test]
fn what_is_not_known_of_an_authority_in_between_is_said_and_breaks_nothing() {
    let sotto = emesso(&autorita(), Mano::delle_fixture("vellini-rsa"), 96, "Sotto", &[di_ca()]);
    let foglia = emesso(&sotto, tarsi(), 97, "Foglia", &[]);
    let firmatario = Firmatario::buono(&foglia, DOCUMENTO);
    let byte = busta(Some(&tlv(4, DOCUMENTO)), &[&foglia.certificato, &sotto.certificato], &[firmatario.scrivi()]);
    let giudica = |dati: &[&[u8]]| verifica_byte(&byte, &con(dati)).0.signatures.remove(0);
    let di_sotto = {
        let mut campi = figli(&figli(&lista(&autorita(), IERI.0, IERI.1, &[], &[]))[0]);
        campi[2] = figli(&figli(&sotto.certificato)[0])[5].clone();
        firmato(&sotto, tlv(0x30, &campi.concat()), b"")
    };
    let di_sopra = |voci: &[(&Mano, &str, u8)]| motivata(IERI, voci, &[]);
    let ignota = "La revoca delle autorità intermedie della catena non è stata controllata.";
    let dice = |firma: &Firma| firma.findings.iter().any(|f| f == ignota);
    let una = giudica(&[&di_sotto]);
    check(&una, None, ignota);
    let frase = una.frase(istante());
    assert!(frase.ends_with("; ma la revoca di un'autorità della sua catena non è stata controllata."), "{frase}");
    let nessuna = giudica(&[]);
    check(&nessuna, None, IGNOTA);
    assert!(dice(&nessuna) && nessuna.frase(istante()).contains("del certificato e di un'autorità della sua catena"));
    let tutte = giudica(&[&di_sotto, &di_sopra(&[])]);
    check(&tutte, None, NON_REVOCATO);
    assert!(!dice(&tutte), "{:?}", tutte.findings);
    check(
        &giudica(&[&di_sotto, &di_sopra(&[(&sotto, PRIMA, SOSPESO)])]),
        TRY_LATER,
        "autorità della catena risulta sospeso",
    );
    let revocata = Some(Sottoindicazione::RevokedCaNoPoe);
    check(&giudica(&[&di_sotto, &di_sopra(&[(&sotto, PRIMA, CHIAVE_COMPROMESSA)])]), revocata, "risulta revocato");
}
