//! The signed file and its timestamp in one MIME container, in the encodings that are met.

use super::busta::{Firmatario, Mano, busta_di, tlv};
use super::marca::{TIME_STAMPING, certificato, gettone};
use super::{DOCUMENTO, ca, verifica_byte};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tabulario::firma::{Formato, Indicazione, Rapporto, Sottoindicazione};

/// Base64 in lines.
fn in_base64(byte: &[u8]) -> Vec<u8> {
    let cifre = STANDARD.encode(byte);
    cifre.as_bytes().chunks(64).flat_map(|riga| [riga, b"\r\n"].concat()).collect()
}

fn parte(tipo: &str, codifica: Option<&str>, corpo: &[u8]) -> Vec<u8> {
    let codifica = codifica.map(|c| format!("Content-Transfer-Encoding: {c}\r\n")).unwrap_or_default();
    [format!("Content-Type: {tipo}; name=\"a\"\r\n{codifica}\r\n").as_bytes(), corpo].concat()
}

fn firmata(codifica: Option<&str>, corpo: &[u8]) -> Vec<u8> {
    parte("application/pkcs7-mime", codifica, corpo)
}

fn marcata(codifica: Option<&str>, corpo: &[u8]) -> Vec<u8> {
    parte("application/timestamp-reply", codifica, corpo)
}

fn contenitore(parti: &[Vec<u8>]) -> Vec<u8> {
    let mut byte = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=\"confine =\"\r\n\r\n".to_vec();
    for parte in parti {
        byte.extend([b"--confine =\r\n", parte.as_slice(), b"\r\n"].concat());
    }
    byte.extend(b"--confine =--\r\n");
    byte
}

fn marca(marcato: &[u8]) -> Vec<u8> {
    gettone(&certificato(TIME_STAMPING), marcato, "20210601120000Z")
}

/// A signature of somebody whose certificate ended in 2022.
fn p7m() -> Vec<u8> {
    let scaduto = Mano::delle_fixture("lombri-scaduto");
    busta_di(&scaduto, DOCUMENTO, &Firmatario::buono(&scaduto, DOCUMENTO))
}

fn giudicato(parti: &[Vec<u8>]) -> (Rapporto, Vec<u8>) {
    let (rapporto, estratto) = verifica_byte(&contenitore(parti), &ca());
    assert_eq!((rapporto.format, rapporto.layers[0].as_str()), (Formato::M7m, "M7M"));
    (rapporto, estratto)
}

#[test]
fn the_token_is_over_the_signed_file_and_dates_its_signatures() {
    let (p7m, testo) = (p7m(), in_base64(&p7m()));
    // The last end of line belongs to the boundary.
    let testo = testo.strip_suffix(b"\r\n").unwrap();
    let risposta = tlv(0x30, &[tlv(0x30, &tlv(2, &[0])), marca(&p7m)].concat());
    let check = |parti: [Vec<u8>; 2], strati: &[&str]| {
        let (rapporto, estratto) = giudicato(&parti);
        assert_eq!(
            (rapporto.indication, estratto.as_slice()),
            (Some(Indicazione::TotalPassed), DOCUMENTO),
            "{rapporto:#?}"
        );
        assert_eq!(rapporto.layers, strati);
        assert_eq!(rapporto.signatures[0].best_signature_time, Some("2021-06-01T12:00:00Z".parse().unwrap()));
        assert_eq!(rapporto.timestamps.len(), 1);
    };
    let (solo, con_base64) = (["M7M", "CAdES"], ["M7M", "base64", "CAdES"]);
    check([firmata(Some("binary"), &p7m), marcata(Some("binary"), &marca(&p7m))], &solo);
    check([firmata(None, &p7m), marcata(None, &risposta)], &solo);
    check([firmata(Some("base64"), testo), marcata(Some("Base64"), &in_base64(&risposta))], &solo);
    check([marcata(Some("base64"), &in_base64(&marca(&p7m))), firmata(Some("8bit"), &p7m)], &solo);
    // Base64 that says it is binary, stamped as it stands or decoded.
    check([firmata(Some("binary"), testo), marcata(Some("binary"), &in_base64(&marca(testo)))], &con_base64);
    check([firmata(Some("binary"), testo), marcata(Some("binary"), &in_base64(&marca(&p7m)))], &con_base64);
    check([firmata(Some("base64"), testo), marcata(Some("base64"), &in_base64(&marca(testo)))], &solo);
}

#[test]
fn a_token_of_something_else_fails_and_proves_nothing() {
    for altro in [DOCUMENTO, b"altro"] {
        let (rapporto, estratto) = giudicato(&[firmata(None, &p7m()), marcata(None, &marca(altro))]);
        assert_eq!(rapporto.timestamps[0].indication, Indicazione::TotalFailed, "{:?}", rapporto.findings);
        assert_eq!(rapporto.indication, Some(Indicazione::TotalFailed));
        assert_eq!(rapporto.signatures[0].sub_indication, Some(Sottoindicazione::OutOfBoundsNoPoe));
        assert_eq!(estratto, DOCUMENTO);
    }
}

#[test]
fn what_is_not_one_signed_file_and_one_token_fails() {
    let (p7m, marca) = (firmata(None, &p7m()), marcata(None, &marca(&p7m())));
    let check = |byte: &[u8], perche: &str| {
        let (rapporto, _) = verifica_byte(byte, &ca());
        assert_eq!((rapporto.format, rapporto.indication), (Formato::M7m, Some(Indicazione::TotalFailed)), "{perche}");
        let rilievi = rapporto.signatures[0].findings.join(" ");
        assert!(rilievi.contains(perche), "{perche}: {rilievi}");
    };
    let due = contenitore(&[p7m.clone(), marca.clone()]);
    check(&contenitore(&[p7m.clone(), marca.clone(), marca.clone()]), "esattamente due parti");
    check(&contenitore(std::slice::from_ref(&p7m)), "esattamente due parti");
    check(&contenitore(&[p7m.clone(), p7m.clone()]), "nessuna delle due parti");
    check(&contenitore(&[marca.clone(), marca]), "due marche temporali");
    let codificata = parte("application/timestamp-reply", Some("quoted-printable"), b"=30");
    check(&contenitore(&[p7m.clone(), codificata]), "codifica che non è ammessa");
    check(&contenitore(&[p7m, marcata(Some("base64"), b"?")]), "dovrebbe essere base64");
    check(&due[..due.len() - 20], "finisce prima");
    // Cut anywhere it never passes.
    for taglio in (80..due.len() - 3).step_by(61) {
        assert_ne!(verifica_byte(&due[..taglio], &ca()).0.indication, Some(Indicazione::TotalPassed), "{taglio}");
    }
}

#[test]
fn a_container_has_exactly_one_boundary() {
    let buono = contenitore(&[firmata(None, &p7m()), marcata(None, &marca(&p7m()))]);
    let testo = b"boundary=\"confine =\"";
    let dove = buono.windows(testo.len()).position(|pezzo| pezzo == testo).unwrap();
    let con = |nuovo: &str| {
        let byte = [&buono[..dove], nuovo.as_bytes(), &buono[dove + testo.len()..]].concat();
        verifica_byte(&byte, &ca()).0
    };
    for ammesso in
        ["boundary=\"confine =\"", "Boundary=\"confine =\"; charset=a", "xboundary=b; boundary=\"confine =\""]
    {
        assert_eq!(con(ammesso).indication, Some(Indicazione::TotalPassed), "{ammesso}");
    }
    let doppio = "boundary=\"confine =\"; boundary=b";
    for rifiutato in ["xboundary=\"confine =\"", doppio, "boundary=\"confine =\"b", "a=\"; boundary=confine =\""] {
        let rapporto = con(rifiutato);
        assert_eq!(rapporto.indication, Some(Indicazione::TotalFailed), "{rifiutato}");
        let rilievi = rapporto.signatures[0].findings.join(" ");
        assert!(rilievi.contains("come sono separate"), "{rifiutato}: {rilievi}");
    }
}
