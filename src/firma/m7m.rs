//! M7M, the container in which a signed file and its timestamp travelled in Italy before TSD: a MIME `multipart/mixed` (RFC 2046
//! section 5.1) of two parts, the `.p7m` and a token or a response (RFC 3161).
//!
//! This is no reader of mail: whatever is not exactly that is refused. Real files say `binary` of parts that are base64 text, and stamp
//! that text; so the timestamp may be over either form, which are the same document.

use super::asn1::elemento;
use super::ber::SEQUENCE;
use super::difetto::Difetto;
use super::marca::Gettone;
use super::xml::albero::base64;

/// The largest file held in memory.
pub const MAX_M7M_BYTE: usize = 32 * 1024 * 1024;
/// The longest header, of the file or of a part.
const MAX_TESTATA_BYTE: usize = 16 * 1024;
/// Lines of one header.
const MAX_RIGHE: usize = 100;
/// The longest boundary (RFC 2046 section 5.1.1).
const MAX_CONFINE_BYTE: usize = 70;

/// A container, read.
pub struct M7m {
    /// The signed file as it may have been stamped; first without the encoding that its part says it has.
    pub marcabili: Vec<Vec<u8>>,
    /// The timestamp.
    pub gettone: Gettone,
    /// Foreign bytes before the first part and after the last.
    pub estranei: usize,
}

/// The fields of a header: name and value.
type Campi = Vec<(String, String)>;

/// A part: its body, and the body decoded if it is base64.
struct Parte<'a> {
    dichiarata_base64: bool,
    corpo: &'a [u8],
    decodificata: Option<Vec<u8>>,
}

/// Reads a container.
pub fn leggi(byte: &[u8]) -> Result<M7m, Difetto> {
    let (testata, corpo) = testata(byte)?;
    let tipo = campo(&testata, "content-type").ok_or(Difetto("non dice di che tipo è"))?;
    let confine = confine(tipo).ok_or(Difetto("non dice come sono separate le sue parti"))?;
    let (parti, estranei) = dividi(corpo, confine)?;
    let [prima, seconda] = *parti.as_slice() else {
        return Err(Difetto("non ha esattamente due parti, il file firmato e la marca temporale"));
    };
    let (prima, seconda) = (Parte::leggi(prima)?, Parte::leggi(seconda)?);
    let (firmato, gettone) = match (prima.gettone(), seconda.gettone()) {
        (None, Some(gettone)) => (prima, gettone),
        (Some(gettone), None) => (seconda, gettone),
        (None, None) => return Err(Difetto("nessuna delle due parti è una marca temporale leggibile")),
        (Some(_), Some(_)) => return Err(Difetto("contiene due marche temporali e nessun file firmato")),
    };
    let Parte { dichiarata_base64, corpo, decodificata } = firmato;
    let mut marcabili = vec![corpo.to_vec()];
    if let Some(decodificata) = decodificata {
        marcabili.insert(usize::from(!dichiarata_base64), decodificata);
    }
    Ok(M7m { marcabili, gettone, estranei })
}

impl<'a> Parte<'a> {
    fn leggi(byte: &'a [u8]) -> Result<Self, Difetto> {
        let (testata, corpo) = testata(byte)?;
        let codifica = campo(&testata, "content-transfer-encoding").unwrap_or("binary").trim().to_ascii_lowercase();
        let dichiarata_base64 = match codifica.as_str() {
            "base64" => true,
            "binary" | "8bit" | "7bit" => false,
            _ => return Err(Difetto("una parte ha una codifica che non è ammessa")),
        };
        let decodificata = std::str::from_utf8(corpo).ok().filter(|t| !t.trim().is_empty()).and_then(base64);
        if dichiarata_base64 && decodificata.is_none() {
            return Err(Difetto("una parte dovrebbe essere base64 e non lo è"));
        }
        Ok(Self { dichiarata_base64, corpo, decodificata })
    }

    /// The token that it is, or that the response that it is holds.
    fn gettone(&self) -> Option<Gettone> {
        let byte = self.decodificata.as_deref().unwrap_or(self.corpo);
        if let Ok(gettone) = Gettone::da_byte(byte) {
            return Some(gettone).filter(Gettone::e_una_marca);
        }
        // TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
        let parti = elemento(byte).ok()?.figli().ok()?;
        let [stato, gettone] = *parti.as_slice() else { return None };
        let gettone = Gettone::da_byte(gettone.intero).ok().filter(|_| stato.tag == SEQUENCE)?;
        Some(gettone).filter(Gettone::e_una_marca)
    }
}

/// The fields of a header, names in small letters and folded lines joined, and what follows the empty line that ends it.
fn testata(byte: &[u8]) -> Result<(Campi, &[u8]), Difetto> {
    const STORTA: Difetto = Difetto("un'intestazione MIME non è scritta come dovrebbe");
    let (mut campi, mut resto) = (Campi::new(), byte);
    for _ in 0..MAX_RIGHE {
        let fine = resto.iter().take(MAX_TESTATA_BYTE).position(|b| *b == b'\n').ok_or(STORTA)?;
        let (riga, dopo) = resto.split_at_checked(fine + 1).ok_or(STORTA)?;
        resto = dopo;
        let riga = std::str::from_utf8(riga).map_err(|_| STORTA)?.trim_end_matches(['\r', '\n']);
        if riga.is_empty() {
            return Ok((campi, resto));
        }
        if riga.starts_with([' ', '\t']) {
            campi.last_mut().ok_or(STORTA)?.1.push_str(riga);
            continue;
        }
        let (nome, valore) = riga.split_once(':').ok_or(STORTA)?;
        let nome = nome.trim().to_ascii_lowercase();
        if campi.iter().any(|(n, _)| *n == nome) {
            return Err(Difetto("un'intestazione MIME dice due volte la stessa cosa"));
        }
        campi.push((nome, valore.trim().to_owned()));
    }
    Err(STORTA)
}

fn campo<'t>(testata: &'t [(String, String)], nome: &str) -> Option<&'t str> {
    testata.iter().find(|(n, _)| n == nome).map(|(_, valore)| valore.as_str())
}

/// The one `boundary` of a `multipart` type. None of the characters that it may have parts the fields.
fn confine(tipo: &str) -> Option<&str> {
    let mut campi = tipo.split(';');
    if !campi.next()?.to_ascii_lowercase().starts_with("multipart/") {
        return None;
    }
    let campi = campi.filter_map(|campo| campo.split_once('='));
    let mut confini = campi.filter(|(nome, _)| nome.trim().eq_ignore_ascii_case("boundary"));
    let (Some((_, valore)), None) = (confini.next(), confini.next()) else { return None };
    let valore = valore.trim();
    let confine = match valore.strip_prefix('"') {
        Some(fra_virgolette) => fra_virgolette.strip_suffix('"').filter(|confine| !confine.contains('"'))?,
        None => valore.split_whitespace().next().filter(|_| !valore.contains('"'))?,
    };
    (1..=MAX_CONFINE_BYTE).contains(&confine.len()).then_some(confine)
}

/// The parts between the lines `--boundary`, up to `--boundary--`; and how many bytes that are not blanks stand outside of them.
fn dividi<'a>(corpo: &'a [u8], confine: &str) -> Result<(Vec<&'a [u8]>, usize), Difetto> {
    let (mut parti, mut inizio, mut posto) = (Vec::new(), None, 0);
    let estranei = |byte: &[u8]| byte.iter().filter(|b| !b.is_ascii_whitespace()).count();
    let mut fuori = 0;
    for riga in corpo.split_inclusive(|b| *b == b'\n') {
        let fine = posto;
        posto += riga.len();
        let segno = riga.strip_prefix(b"--").and_then(|r| r.strip_prefix(confine.as_bytes()));
        let chiude = match segno.map(<[u8]>::trim_ascii) {
            Some(b"") => false,
            Some(b"--") => true,
            _ => continue,
        };
        match inizio {
            // The end of line before the boundary belongs to the boundary.
            Some(inizio) => {
                let parte = corpo.get(inizio..fine).unwrap_or_default();
                let parte = parte.strip_suffix(b"\n").unwrap_or(parte);
                parti.push(parte.strip_suffix(b"\r").unwrap_or(parte));
            }
            None => fuori += estranei(corpo.get(..fine).unwrap_or_default()),
        }
        inizio = Some(posto);
        if chiude {
            fuori += estranei(corpo.get(posto..).unwrap_or_default());
            return Ok((parti, fuori));
        }
        if parti.len() > 2 {
            return Ok((parti, fuori));
        }
    }
    Err(Difetto("finisce prima che siano finite le sue parti"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_cut_as_mime_says() {
        let check = |corpo: &str, atteso: Option<(&[&str], usize)>| {
            let trovato = dividi(corpo.as_bytes(), "x").ok();
            let atteso = atteso.map(|(parti, n)| (parti.iter().map(|p| p.as_bytes()).collect::<Vec<_>>(), n));
            assert_eq!(trovato, atteso, "{corpo:?}");
        };
        check("--x\r\na\r\n--x\r\nb\r\n--x--\r\n", Some((&["a", "b"], 0)));
        check("--x\na\n\n--x  \nb\r\n--x--", Some((&["a\n", "b"], 0)));
        check("ab\n--x\n--xa\n--x--\ncde\n", Some((&["--xa"], 5)));
        check("--x\na --x\n--x--", Some((&["a --x"], 0)));
        check("--x\na\n--x\nb\n", None);
        check("a\n--x-\n", None);
        check("", None);
    }

    #[test]
    fn boundaries_are_read() {
        let check = |tipo: &str, atteso: Option<&str>| assert_eq!(confine(tipo), atteso, "{tipo}");
        check("multipart/mixed; boundary=\"a b\"; x=y", Some("a b"));
        check("Multipart/Mixed; Boundary=ab;x=y", Some("ab"));
        check("multipart/mixed", None);
        check("text/plain; boundary=ab", None);
        check("multipart/mixed; boundary=\"\"", None);
        check("multipart/mixed; boundary=\"ab", None);
        check(&format!("multipart/mixed; boundary={}", "a".repeat(71)), None);
    }

    #[test]
    fn headers_say_each_thing_once() {
        let check = |testo: &str, atteso: Option<(&str, &str)>| {
            let letta = testata(testo.as_bytes()).ok();
            let letta = letta.map(|(campi, resto)| (campo(&campi, "a").unwrap_or("").to_owned(), resto.to_vec()));
            assert_eq!(letta, atteso.map(|(a, b)| (a.to_owned(), b.as_bytes().to_vec())), "{testo:?}");
        };
        check("A: b\r\n c\r\n\r\ncorpo", Some(("b c", "corpo")));
        check("\ncorpo", Some(("", "corpo")));
        check("A: b\nA: c\n\ncorpo", None);
        check("A: b\n", None);
        check("corpo\n\n", None);
        check(" a\n\n", None);
        check(&format!("A: {}\n\n", "b".repeat(MAX_TESTATA_BYTE)), None);
        check(&"A1: b\n".repeat(MAX_RIGHE + 1), None);
    }
}
