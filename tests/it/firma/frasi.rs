//! The sentences that a clerk reads, all of them in `frasi.txt`: a line for the case, a line for what is said.

use super::busta::{COUNTERSIGNATURE, Firmatario, Mano, attributo, busta};
use super::{DOCUMENTO, ca, istante, verifica_byte};
use serde_json::{Value, json};
use tabulario::firma::{Firma, MarcaTemporale, Rapporto};

const ATTESE: &str = include_str!("frasi.txt");
const NON_CONTROLLATA: &str = "La revoca dei certificati non è stata controllata.";

const AUTORITA_NON_CONTROLLATE: &str = "La revoca delle autorità intermedie della catena non è stata controllata.";

/// A signature that passes in every way, with these fields instead of its own.
fn firma(campi: Value) -> Firma {
    let mut firma = json!({
        "layer": 0, "indication": "TOTAL-PASSED", "subIndication": null, "level": "CAdES-BES", "digestAlgorithm": "SHA-256",
        "signatureAlgorithm": "RSA-PKCS1-v1_5", "issuer": "CN=CA Esempio, O=Esempio S.p.A., C=IT",
        "signer": { "commonName": "MARIO ROSSI", "serialNumber": "TINIT-RSSMRA80A01H501U", "taxCode": "RSSMRA80A01H501U",
                    "organization": null, "country": "IT" },
        "signingTime": "2026-11-20T07:31:00Z", "timestamps": [], "qualified": true, "qualifiedDevice": true,
        "counterSignatures": [], "findings": []
    });
    for (nome, valore) in campi.as_object().unwrap() {
        firma[nome] = valore.clone();
    }
    serde_json::from_value(firma).unwrap()
}

/// A signer who is called so.
fn chi(nome: Option<&str>, organizzazione: Option<&str>, sigillo: bool) -> Value {
    json!({ "commonName": nome, "serialNumber": null, "taxCode": null, "organization": organizzazione, "country": "IT", "seal": sigillo })
}

fn buone() -> Vec<(&'static str, Value)> {
    let provata = "2026-11-19T10:15:30Z";
    let marca = |esito: &str| json!([{ "time": provata, "tsa": "TSA Esempio", "indication": esito }]);
    let marca_ignota =
        || json!([{ "time": provata, "tsa": "TSA Esempio", "indication": "TOTAL-PASSED", "revocationChecked": false }]);
    let ente = || chi(Some("Comune di Borgo Esempio"), Some("COMUNE DI BORGO ESEMPIO"), true);
    vec![
        ("qualificata", json!({})),
        ("revoca non controllata", json!({ "findings": [NON_CONTROLLATA] })),
        ("revoca di un'autorità non controllata", json!({ "findings": [AUTORITA_NON_CONTROLLATE] })),
        (
            "sospeso e riattivato",
            json!({ "findings": ["Il certificato del firmatario era stato sospeso dal 01/10/2026 02:00:00; il 19/11/2026 01:00:00 non lo era più."] }),
        ),
        ("con marca temporale", json!({ "timestamps": marca("TOTAL-PASSED"), "bestSignatureTime": provata })),
        ("con una marca temporale non accertata", json!({ "timestamps": marca("INDETERMINATE") })),
        ("con marca temporale, revoca della sola marca non controllata", json!({ "timestamps": marca_ignota() })),
        (
            "con marca temporale, nessuna revoca controllata",
            json!({ "timestamps": marca_ignota(), "findings": [NON_CONTROLLATA] }),
        ),
        (
            "con una marca temporale non valida, revoca non controllata",
            json!({ "timestamps": marca("TOTAL-FAILED"), "findings": [NON_CONTROLLATA] }),
        ),
        ("certificato qualificato senza dispositivo", json!({ "qualifiedDevice": false })),
        ("certificato che si dichiara qualificato, senza lista di fiducia", json!({ "qualifiedDevice": null })),
        ("non qualificata", json!({ "qualified": false, "qualifiedDevice": null })),
        ("non si sa se qualificata", json!({ "qualified": null, "qualifiedDevice": null })),
        ("senza ora dichiarata", json!({ "signingTime": null })),
        (
            "persona di un'organizzazione",
            json!({ "signer": chi(Some("Anna Bianchi"), Some("Comune di Borgo Esempio"), false) }),
        ),
        ("organizzazione assente", json!({ "signer": chi(Some("Anna Bianchi"), Some("NON PRESENTE"), false) })),
        ("certificato senza nome", json!({ "signer": chi(None, None, false) })),
        ("certificato con la sola organizzazione", json!({ "signer": chi(None, Some("Esempio S.r.l."), false) })),
        ("sigillo qualificato", json!({ "signer": ente() })),
        (
            "sigillo con marca temporale",
            json!({ "signer": ente(), "timestamps": marca("TOTAL-PASSED"), "bestSignatureTime": provata }),
        ),
        (
            "sigillo con certificato qualificato senza dispositivo",
            json!({ "signer": ente(), "qualifiedDevice": false }),
        ),
        ("sigillo che si dichiara qualificato", json!({ "signer": ente(), "qualifiedDevice": null })),
        ("sigillo non qualificato", json!({ "signer": ente(), "qualified": false, "qualifiedDevice": null })),
        (
            "sigillo, e non si sa se qualificato",
            json!({ "signer": ente(), "qualified": null, "qualifiedDevice": null }),
        ),
    ]
}

/// Every sub-indication as the verification says it, with the finding that explains it.
const MOTIVI: [(&str, &str, &str, &str); 15] = [
    (
        "FORMAT_FAILURE, dopo la firma",
        "TOTAL-FAILED",
        "FORMAT_FAILURE",
        "Il documento è stato modificato dopo questa firma, che non lo ammette: è cambiato il contenuto della pagina 1.",
    ),
    (
        "HASH_FAILURE",
        "TOTAL-FAILED",
        "HASH_FAILURE",
        "Il documento non è quello firmato: la sua impronta è diversa da quella nella firma.",
    ),
    (
        "SIG_CRYPTO_FAILURE",
        "TOTAL-FAILED",
        "SIG_CRYPTO_FAILURE",
        "La firma non corrisponde: il valore non è stato prodotto con la chiave del firmatario su questi dati.",
    ),
    (
        "NO_CERTIFICATE_CHAIN_FOUND, servizio ritirato",
        "INDETERMINATE",
        "NO_CERTIFICATE_CHAIN_FOUND",
        "Il servizio «Firme» di «Esempio S.p.A.» non era riconosciuto il 20/11/2026 12:00:00: dal 01/03/2024 00:00:00 il suo stato era «withdrawn».",
    ),
    (
        "CHAIN_CONSTRAINTS_FAILURE",
        "INDETERMINATE",
        "CHAIN_CONSTRAINTS_FAILURE",
        "Il certificato del firmatario non è rilasciato per firmare.",
    ),
    (
        "CERTIFICATE_CHAIN_GENERAL_FAILURE",
        "INDETERMINATE",
        "CERTIFICATE_CHAIN_GENERAL_FAILURE",
        "La ricerca della catena di certificati è stata fermata perché troppo lunga.",
    ),
    (
        "SIG_CONSTRAINTS_FAILURE",
        "INDETERMINATE",
        "SIG_CONSTRAINTS_FAILURE",
        "La firma copre solo una parte del documento: resta fuori l'elemento «Nota».",
    ),
    (
        "CRYPTO_CONSTRAINTS_FAILURE",
        "INDETERMINATE",
        "CRYPTO_CONSTRAINTS_FAILURE",
        "L'algoritmo di impronta della firma non è fra quelli accettati.",
    ),
    (
        "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
        "INDETERMINATE",
        "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
        "La firma usa l'impronta SHA-1, che non è considerata sicura dopo il 31/12/2013: niente prova che la firma esistesse prima.",
    ),
    (
        "OUT_OF_BOUNDS_NO_POE",
        "INDETERMINATE",
        "OUT_OF_BOUNDS_NO_POE",
        "Il certificato del firmatario è scaduto il 01/01/2023 00:59:59 e niente prova che la firma esistesse prima.",
    ),
    (
        "TRY_LATER",
        "INDETERMINATE",
        "TRY_LATER",
        "Il certificato del firmatario risulta sospeso dal 01/10/2026 02:00:00, e niente prova che la firma esistesse prima né che la sospensione sia finita.",
    ),
    (
        "REVOKED_NO_POE",
        "INDETERMINATE",
        "REVOKED_NO_POE",
        "Il certificato del firmatario risulta revocato dal 01/10/2026 02:00:00 e niente prova che la firma esistesse prima.",
    ),
    (
        "REVOKED_CA_NO_POE",
        "INDETERMINATE",
        "REVOKED_CA_NO_POE",
        "Il certificato di un'autorità della catena risulta revocato dal 01/10/2026 02:00:00.",
    ),
    (
        "SIGNED_DATA_NOT_FOUND",
        "INDETERMINATE",
        "SIGNED_DATA_NOT_FOUND",
        "La firma è separata dal documento, che non è stato indicato: non si può sapere se corrisponde.",
    ),
    ("GENERIC", "INDETERMINATE", "GENERIC", "Le firme del file sono troppe per essere verificate tutte."),
];

fn cattive() -> Vec<(&'static str, Value)> {
    let caso = |(nome, esito, motivo, rilievo): (&'static str, &str, &str, &str)| {
        (nome, json!({ "indication": esito, "subIndication": motivo, "findings": [rilievo] }))
    };
    let mut casi: Vec<_> = MOTIVI.into_iter().map(caso).collect();
    let sigillo = chi(Some("Comune di Borgo Esempio"), None, true);
    let di_sigillo = json!({ "indication": "TOTAL-FAILED", "subIndication": "HASH_FAILURE", "signer": sigillo });
    casi.push(("HASH_FAILURE di un sigillo", di_sigillo));
    let rilievo = "Il certificato del firmatario non è nel file: la firma non si può verificare.";
    let ignota = json!({ "indication": "INDETERMINATE", "subIndication": "NO_SIGNING_CERTIFICATE_FOUND", "signer": null, "findings": [rilievo] });
    casi.push(("NO_SIGNING_CERTIFICATE_FOUND", ignota));
    casi.push(("NO_CERTIFICATE_CHAIN_FOUND", json!({ "indication": "INDETERMINATE", "subIndication": "NO_CERTIFICATE_CHAIN_FOUND", "findings": ["Nessuna catena di certificati porta a un'autorità di fiducia fra quelle indicate."] })));
    casi.push(("senza motivo", json!({ "indication": "INDETERMINATE", "subIndication": null })));
    casi
}

fn scritte() -> String {
    let mut testo = String::new();
    let mut scrivi = |caso: &str, frase: &str| testo.push_str(&format!("{caso}\n    {frase}\n"));
    for (caso, campi) in buone().into_iter().chain(cattive()) {
        scrivi(caso, &firma(campi).frase(istante()));
    }
    // The same reasons when no finding came with them.
    for (caso, mut campi) in cattive() {
        campi["findings"] = json!([]);
        scrivi(&format!("{caso}, senza rilievi"), &firma(campi).frase(istante()));
    }
    for (caso, copre) in [("firma", "signature"), ("contenuto", "content"), ("archivio", "archive"), ("file", "file")] {
        for esito in ["TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"] {
            let marca =
                json!({ "time": "2026-11-19T10:15:30Z", "tsa": "TSA Esempio", "indication": esito, "covers": copre });
            let marca: MarcaTemporale = serde_json::from_value(marca).unwrap();
            scrivi(&format!("marca temporale ({caso}), {esito}"), &marca.frase());
        }
    }
    let ignota = json!({ "time": "2026-11-19T10:15:30Z", "tsa": "TSA Esempio", "indication": "TOTAL-PASSED",
        "covers": "file", "revocationChecked": false });
    let ignota: MarcaTemporale = serde_json::from_value(ignota).unwrap();
    scrivi("marca temporale (file), revoca non controllata", &ignota.frase());
    let illeggibile: MarcaTemporale =
        serde_json::from_value(json!({ "time": null, "tsa": null, "indication": "TOTAL-FAILED" })).unwrap();
    scrivi("marca temporale illeggibile", &illeggibile.frase());
    for frase in controfirmata().frasi(istante()) {
        scrivi("un documento con una controfirma", &frase);
    }
    testo
}

/// A document of ours, counter-signed.
fn controfirmata() -> Rapporto {
    let (mano, altra) = (Mano::delle_fixture("tarsi-rsa"), Mano::delle_fixture("vellini-rsa"));
    let mut firmatario = Firmatario::buono(&mano, DOCUMENTO);
    let impronta = super::attributi(&altra, &firmatario.valore).swap_remove(1);
    let controfirma = Firmatario::con_attributi(&altra, vec![impronta, super::busta::ess(&altra.certificato)]);
    firmatario.non_firmati = vec![attributo(COUNTERSIGNATURE, &controfirma.scrivi())];
    let certificati = [mano.certificato.as_slice(), &altra.certificato];
    let byte = busta(Some(&super::tlv(4, DOCUMENTO)), &certificati, &[firmatario.scrivi()]);
    verifica_byte(&byte, &ca()).0
}

#[test]
fn every_sentence_is_the_one_that_was_read_and_approved() {
    let scritte = scritte();
    for (scritta, attesa) in scritte.lines().zip(ATTESE.lines()) {
        assert_eq!(scritta, attesa);
    }
    assert_eq!(scritte.lines().count(), ATTESE.lines().count(), "{scritte}");
}

/// Reports kept before these fields existed are read still.
#[test]
fn an_old_report_has_its_sentence_too() {
    let mut vecchia = serde_json::to_value(firma(json!({}))).unwrap();
    for nuovo in ["bestSignatureTime", "qualifiedDevice"] {
        assert!(vecchia.as_object_mut().unwrap().remove(nuovo).is_some());
    }
    assert!(vecchia["signer"].as_object_mut().unwrap().remove("seal").is_some());
    let vecchia: Firma = serde_json::from_value(vecchia).unwrap();
    assert!(
        vecchia.frase(istante()).starts_with("Firmato da MARIO ROSSI il 20/11/2026 alle 08:31 (ora dichiarata) con")
    );
}
