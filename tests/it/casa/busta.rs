//! Envelopes that a test needs and no fixture is: whatever certified data, signed with whatever key of the fixtures.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The provider that everybody here trusts.
pub const GESTORE: &str = "gestore-pec";

/// One that nobody knows.
pub const ESTRANEO: &str = "finto-ca-estranea";

/// An envelope or receipt: `testate` with line ends, the certified data, the message inside, who signs.
pub fn busta(testate: &str, daticert: &str, postacert: Option<&[u8]>, firmatario: &str) -> Vec<u8> {
    let mut parte = format!(
        "Content-Type: multipart/mixed; boundary=misto\r\n\r\n--misto\r\nContent-Type: text/plain\r\n\r\nMessaggio di posta certificata.\r\n\
         --misto\r\nContent-Type: application/xml; name=daticert.xml\r\nContent-Disposition: attachment; filename=daticert.xml\r\n\r\n{daticert}\r\n"
    )
    .into_bytes();
    if let Some(eml) = postacert {
        parte.extend(b"--misto\r\nContent-Type: message/rfc822; name=postacert.eml\r\nContent-Disposition: attachment; filename=postacert.eml\r\n\r\n");
        parte.extend(eml);
        parte.extend(b"\r\n");
    }
    parte.extend(b"--misto--");
    let firma = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, firma(&parte, firmatario));
    let mut eml = format!(
        "{testate}From: posta-certificata@pec.gestore.example\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=firmato\r\n\r\n--firmato\r\n"
    )
    .into_bytes();
    eml.extend(parte);
    eml.extend(
        b"\r\n--firmato\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    );
    for riga in firma.as_bytes().chunks(76) {
        eml.extend(riga);
        eml.extend(b"\r\n");
    }
    eml.extend(b"--firmato--\r\n");
    eml
}

/// A certified message of this sender.
pub fn pec(n: usize, mittente: &str, oggetto: &str, postacert: &[u8], firmatario: &str) -> Vec<u8> {
    let testate = format!(
        "Subject: POSTA CERTIFICATA: {oggetto}\r\nX-Trasporto: posta-certificata\r\nMessage-ID: <busta-{n}@pec.gestore.example>\r\n\
         Date: Mon, 16 Nov 2026 11:00:05 +0100\r\nTo: protocollo@pec.comune.borgoesempio.example\r\n"
    );
    busta(&testate, &daticert("posta-certificata", n, mittente, oggetto, ""), Some(postacert), firmatario)
}

/// What a provider certifies; `altro` goes among the data.
pub fn daticert(tipo: &str, n: usize, mittente: &str, oggetto: &str, altro: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><postacert tipo=\"{tipo}\" errore=\"nessuno\"><intestazione><mittente>{mittente}</mittente>\
         <destinatari tipo=\"certificato\">protocollo@pec.comune.borgoesempio.example</destinatari><risposte>{mittente}</risposte>\
         <oggetto>{oggetto}</oggetto></intestazione><dati><gestore-emittente>Gestore</gestore-emittente>\
         <data zona=\"+0100\"><giorno>16/11/2026</giorno><ora>11:00:05</ora></data>\
         <identificativo>prova.{n}@pec.gestore.example</identificativo><msgid>&lt;originale-{n}@example&gt;</msgid>{altro}</dati></postacert>"
    )
}

/// A message with files, each with its name.
pub fn originale(mittente: &str, oggetto: &str, file: &[(&str, &[u8])]) -> Vec<u8> {
    let mut eml = format!(
        "From: {mittente}\r\nTo: protocollo@pec.comune.borgoesempio.example\r\nSubject: {oggetto}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=interno\r\n\r\n--interno\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSi trasmette.\r\n"
    )
    .into_bytes();
    for (nome, byte) in file {
        let testo = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, byte);
        eml.extend(format!("--interno\r\nContent-Type: application/octet-stream; name=\"{nome}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{testo}\r\n").bytes());
    }
    eml.extend(b"--interno--\r\n");
    eml
}

fn firma(parte: &[u8], firmatario: &str) -> Vec<u8> {
    let chiavi = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/chiavi");
    let mut comando = Command::new("openssl");
    comando.args(["cms", "-sign", "-binary", "-md", "sha256", "-outform", "DER", "-signer"]);
    comando
        .arg(chiavi.join(format!("{firmatario}.pem")))
        .arg("-inkey")
        .arg(chiavi.join(format!("{firmatario}.key.pem")));
    let mut figlio = comando
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("openssl is there");
    figlio.stdin.take().unwrap().write_all(parte).unwrap();
    let fatta = figlio.wait_with_output().unwrap();
    assert!(fatta.status.success());
    fatta.stdout
}
