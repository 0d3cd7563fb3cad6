//! Real signatures that nobody on this project made, in `../shared/corpus/cades` (see its PROVENANCE.md).

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use tabulario::firma::{Fiducia, Indicazione, Rapporto, verifica};
use tabulario::valori::Istante;

/// Rows that are not judged here, and why.
pub const FUORI: [(&str, &str); 3] = [
    ("dss__C-E-ERS-detached.p7s", "the companion lacks the final `!` of the content that was signed"),
    ("dss__C-E-ERS-detached-invalid.p7s", "the same"),
    ("dss__C-E-ERS-detached_renewed_hashtree_invalid.p7s", "the same"),
];

/// One row of `expected.tsv`, by column.
pub type Riga = HashMap<String, String>;

/// The folder of one kind of real files, if they are there.
pub fn cartella(genere: &str) -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the shared files are is asked of the environment by tests alone"
    )]
    let condivisi = std::env::var_os("TABULARIO_CONDIVISI").map(PathBuf::from);
    let condivisi = condivisi.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    Some(condivisi.join("corpus").join(genere)).filter(|cartella| cartella.is_dir())
}

/// The rows of its `expected.tsv`.
pub fn righe(cartella: &Path) -> Vec<Riga> {
    let testo = std::fs::read_to_string(cartella.join("expected.tsv")).unwrap();
    let mut righe = testo.lines().map(|riga| riga.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let colonne = righe.next().unwrap();
    righe.map(|valori| colonne.iter().cloned().zip(valori).collect()).collect()
}

pub fn verifica_riga(cartella: &Path, riga: &Riga, fiducia: &Fiducia, istante: Istante) -> Rapporto {
    let nome = &riga["file"];
    let staccato = &riga["detached_content"];
    let mut staccato =
        (!staccato.is_empty() && !staccato.starts_with('(')).then(|| File::open(cartella.join(staccato)).unwrap());
    let mut file = File::open(cartella.join(nome)).unwrap();
    let staccato = staccato.as_mut().map(|c| -> &mut dyn Read { c });
    verifica(&mut file, staccato, Some(nome), fiducia, istante, &mut io::sink()).unwrap()
}

#[test]
fn real_signatures_are_judged_as_expected() {
    let Some(cartella) = cartella("cades") else {
        println!("firma: ../shared/corpus is not there, real signatures were not tried");
        return;
    };
    let mut giudicate = 0;
    for riga in righe(&cartella) {
        let nome = &riga["file"];
        let attesa = riga["expect"].as_str();
        let di_firma = riga["kind"] == "signedData" || riga["kind"].starts_with("M7M") || attesa == "MALFORMED";
        if FUORI.iter().any(|(fuori, _)| fuori == nome) || !di_firma {
            continue;
        }
        let rapporto = verifica_riga(&cartella, &riga, &Fiducia::vuota(), "2026-11-22T12:00:00Z".parse().unwrap());
        let esito = rapporto.indication;
        match attesa {
            "VALID" | "INDETERMINATE" | "TST VALID" => assert_eq!(esito, Some(Indicazione::Indeterminate), "{nome}"),
            _ => assert_eq!(esito, Some(Indicazione::TotalFailed), "{nome}"),
        }
        let impronta = [&riga["innermost_sha256"], &riga["content_sha256"]].into_iter().find(|s| !s.is_empty());
        if let Some(impronta) = impronta {
            let contenuto = rapporto.content.as_ref().map(|c| c.sha256.to_string());
            assert_eq!(contenuto.as_ref(), Some(impronta), "{nome}");
        }
        if attesa == "VALID" {
            let firmatari = rapporto.signatures.iter().filter(|f| f.layer == 0 && f.signer.is_some()).count();
            assert_eq!(firmatari.to_string(), riga["n_signers"], "{nome}");
        }
        giudicate += 1;
    }
    println!("firma: {giudicate} real files judged");
    assert!(giudicate > 0, "no file of the corpus was judged");
}

/// Some files carry the certificate of their issuer: taken as anchor, at the time of the signature, they must pass.
#[test]
fn real_signatures_pass_with_the_anchor_that_they_carry() {
    let Some(cartella) = cartella("cades") else { return };
    let mut passate = 0;
    for riga in righe(&cartella) {
        if riga["expect"] != "VALID" || riga["n_signers"] != "1" || FUORI.iter().any(|(f, _)| *f == riga["file"]) {
            continue;
        }
        let Ok(istante) = riga["signing_time"].parse::<Istante>() else { continue };
        let mut fiducia = Fiducia::vuota();
        for certificato in certificati_di_ca(&std::fs::read(cartella.join(&riga["file"])).unwrap()) {
            // What looks like a certificate inside arbitrary bytes may not be one.
            let _ = fiducia.aggiungi_certificati(certificato);
        }
        let rapporto = verifica_riga(&cartella, &riga, &fiducia, istante);
        let firma = rapporto.signatures.iter().find(|f| f.signer.is_some()).unwrap();
        assert_ne!(firma.indication, Indicazione::TotalFailed, "{}", riga["file"]);
        passate += usize::from(firma.indication == Indicazione::TotalPassed);
    }
    println!("firma: {passate} real signatures passed with the anchors that they carry");
    assert!(passate > 5, "only {passate} real signatures passed");
}

/// Every token of a TSD stamps what it should, the ones after the first included: with the certificates that they carry as anchors they pass.
#[test]
fn real_timestamped_documents_pass_with_the_certificates_that_they_carry() {
    let Some(cartella) = cartella("cades") else { return };
    let mut passate = 0;
    for riga in righe(&cartella).into_iter().filter(|riga| riga["expect"] == "TSD VALID") {
        let mut fiducia = Fiducia::vuota();
        let byte = std::fs::read(cartella.join(&riga["file"])).unwrap();
        for certificato in certificati(&byte) {
            let _ = fiducia.aggiungi_certificati(certificato);
        }
        let istante = riga["timestamps"].split(' ').next().unwrap().parse().unwrap();
        let rapporto = verifica_riga(&cartella, &riga, &fiducia, istante);
        let attese = riga["timestamps"].split("; ").count();
        let buone = rapporto.timestamps.iter().filter(|m| m.indication == Indicazione::TotalPassed).count();
        assert_eq!((rapporto.timestamps.len(), buone), (attese, attese), "{}: {:?}", riga["file"], rapporto.findings);
        passate += buone;
    }
    assert!(passate >= 5, "only {passate} timestamps passed");
}

/// Every certificate with basicConstraints CA that stands in a file as plain DER.
fn certificati_di_ca(byte: &[u8]) -> Vec<&[u8]> {
    let di_ca = |der: &&[u8]| x509_parser::parse_x509_certificate(der).is_ok_and(|(_, c)| c.is_ca());
    certificati(byte).into_iter().filter(di_ca).collect()
}

/// Every certificate that stands in a file as plain DER.
pub fn certificati(byte: &[u8]) -> Vec<&[u8]> {
    let inizi = (0..byte.len().saturating_sub(4)).filter(|i| byte[*i..].starts_with(&[0x30, 0x82]));
    let elementi = inizi.filter_map(|i| {
        let lunghezza = 4 + usize::from(byte[i + 2]) * 256 + usize::from(byte[i + 3]);
        byte.get(i..i + lunghezza)
    });
    elementi.filter(|der| x509_parser::parse_x509_certificate(der).is_ok_and(|(resto, _)| resto.is_empty())).collect()
}
