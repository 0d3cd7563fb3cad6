//! The tree of parts of a message (RFC 2046), as ranges of its bytes.
//!
//! Written here rather than taken from `mail-parser`, whose own tree of a hostile message takes fifty times the memory of the
//! message and whose nested messages overflow the stack when dropped. This reader goes through the lines once, keeps a bounded
//! number of parts, and leaves attached messages closed. The ranges are exact: the signature of the provider is over them.

use super::campi::Campi;
use super::limiti::{MASSIMA_INTESTAZIONE_BYTE, MASSIMA_PROFONDITA, MASSIME_PARTI};
use std::ops::Range;

/// One part: the message itself is the first.
#[derive(Debug)]
pub struct Parte {
    /// The multipart that holds it.
    pub genitore: Option<usize>,
    /// Header fields.
    pub campi: Campi,
    /// Its body, still encoded, without the line break that belongs to the boundary.
    pub corpo: Range<usize>,
    /// Headers and body: what a signature is over.
    pub intera: Range<usize>,
    /// True if it is a multipart in which parts were found.
    pub contenitore: bool,
}

/// What is wrong with the structure of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difetto {
    /// A multipart was never closed.
    NonChiuso,
    /// A multipart whose boundary appears nowhere: its text is taken as one part.
    SenzaParti,
    /// A line among the headers is no header: the body starts there.
    RigaEstranea,
    /// A header block longer than the limit.
    IntestazioneLunga,
    /// More parts than the limit.
    TroppeParti,
    /// Multiparts nested deeper than the limit: the innermost are taken as one part.
    TroppoProfondo,
}

impl Difetto {
    /// What a clerk should know.
    pub fn frase(self) -> String {
        match self {
            Self::NonChiuso => "Il messaggio è incompleto: una parte non è chiusa come dovrebbe.".to_owned(),
            Self::SenzaParti => "Una parte composta non contiene parti: il suo testo è preso com'è.".to_owned(),
            Self::RigaEstranea => "Fra le intestazioni c'è una riga che non è un'intestazione.".to_owned(),
            Self::IntestazioneLunga => {
                format!("Le intestazioni superano {} KiB: ne è letto solo l'inizio.", MASSIMA_INTESTAZIONE_BYTE / 1024)
            }
            Self::TroppeParti => format!("Il messaggio ha più di {MASSIME_PARTI} parti: sono lette solo le prime."),
            Self::TroppoProfondo => {
                format!(
                    "Le parti del messaggio sono annidate oltre {MASSIMA_PROFONDITA} livelli: le più interne non sono aperte."
                )
            }
        }
    }
}

/// Reads the structure: at least one part, and each defect once.
pub fn leggi(dati: &[u8]) -> (Vec<Parte>, Vec<Difetto>) {
    let mut lettore = Lettore { dati, parti: Vec::new(), aperti: Vec::new(), difetti: Vec::new() };
    let mut qui = lettore.parte(inizio(dati));
    while let Some(confine) = lettore.prossimo_confine(qui) {
        lettore.chiudi(confine.aperto, &confine);
        if confine.finale {
            lettore.aperti.truncate(confine.aperto);
            qui = confine.dopo;
        } else if lettore.parti.len() >= MASSIME_PARTI {
            lettore.difetto(Difetto::TroppeParti);
            break;
        } else {
            qui = lettore.parte(confine.dopo);
        }
    }
    lettore.concludi();
    (lettore.parti, lettore.difetti)
}

struct Lettore<'a> {
    dati: &'a [u8],
    parti: Vec<Parte>,
    aperti: Vec<Aperto>,
    difetti: Vec<Difetto>,
}

/// A multipart whose end has not been seen.
struct Aperto {
    parte: usize,
    confine: Vec<u8>,
    /// The part of it that is being read.
    figlia: Option<usize>,
}

/// A boundary line of one of the open multiparts.
struct Confine {
    aperto: usize,
    finale: bool,
    /// Where the line break before it begins.
    prima: usize,
    dopo: usize,
}

impl Lettore<'_> {
    fn difetto(&mut self, difetto: Difetto) {
        if !self.difetti.contains(&difetto) {
            self.difetti.push(difetto);
        }
    }

    /// Reads the headers of a part and opens it if it is a multipart; returns where its body begins.
    fn parte(&mut self, inizio: usize) -> usize {
        let corpo = self.fine_intestazioni(inizio);
        if corpo - inizio > MASSIMA_INTESTAZIONE_BYTE {
            self.difetto(Difetto::IntestazioneLunga);
        }
        let campi = Campi::leggi(self.dati.get(inizio..corpo).unwrap_or_default());
        let indice = self.parti.len();
        let genitore = self.aperti.last().map(|a| a.parte);
        let campi = if genitore.is_some() { campi.di_parte() } else { campi };
        if let Some(aperto) = self.aperti.last_mut() {
            aperto.figlia = Some(indice);
        }
        if let Some(confine) = campi.confine.as_deref().filter(|_| campi.tipo.starts_with("multipart/")) {
            if self.aperti.len() < MASSIMA_PROFONDITA {
                self.aperti.push(Aperto { parte: indice, confine: confine.as_bytes().to_vec(), figlia: None });
            } else {
                self.difetto(Difetto::TroppoProfondo);
            }
        }
        let fine = self.dati.len();
        self.parti.push(Parte { genitore, campi, corpo: corpo..fine, intera: inizio..fine, contenitore: false });
        corpo
    }

    /// Where the body begins: behind the empty line, or at the first line that cannot be a header.
    fn fine_intestazioni(&mut self, inizio: usize) -> usize {
        let mut qui = inizio;
        loop {
            let riga = riga(self.dati, qui);
            let dopo = qui + riga.len();
            match riga {
                [] | [b'\n'] | [b'\r', b'\n'] => return dopo,
                [b' ' | b'\t', ..] => {}
                _ if self.confine_in(riga).is_some() => return qui,
                _ if !sembra_intestazione(riga) => {
                    self.difetto(Difetto::RigaEstranea);
                    return qui;
                }
                _ => {}
            }
            qui = dopo;
        }
    }

    fn prossimo_confine(&self, da: usize) -> Option<Confine> {
        let mut qui = da;
        while qui < self.dati.len() {
            let riga = riga(self.dati, qui);
            if let Some((aperto, finale)) = self.confine_in(riga) {
                return Some(Confine { aperto, finale, prima: senza_a_capo(self.dati, qui), dopo: qui + riga.len() });
            }
            qui += riga.len();
        }
        None
    }

    /// Which open multipart this line separates, and whether it closes it; the innermost first.
    fn confine_in(&self, riga: &[u8]) -> Option<(usize, bool)> {
        let testo = riga.strip_prefix(b"--")?.trim_ascii_end();
        self.aperti.iter().enumerate().rev().find_map(|(i, aperto)| {
            match testo.strip_prefix(aperto.confine.as_slice()) {
                Some([]) => Some((i, false)),
                Some(b"--") => Some((i, true)),
                _ => None,
            }
        })
    }

    /// A boundary of the open multipart `fino` ends its current child, and whatever was still open inside.
    fn chiudi(&mut self, fino: usize, confine: &Confine) {
        for interno in self.aperti.split_off((fino + 1).min(self.aperti.len())) {
            self.difetto(Difetto::NonChiuso);
            self.chiudi_figlia(interno.figlia, confine.prima);
            self.segna(interno.parte, interno.figlia.is_some());
        }
        let (parte, figlia) = self.aperti.last_mut().map_or((None, None), |a| (Some(a.parte), a.figlia.take()));
        self.chiudi_figlia(figlia, confine.prima);
        if let Some(parte) = parte.and_then(|p| self.parti.get_mut(p)) {
            parte.contenitore = true;
        }
    }

    fn chiudi_figlia(&mut self, figlia: Option<usize>, fine: usize) {
        if let Some(parte) = figlia.and_then(|f| self.parti.get_mut(f)) {
            parte.corpo.end = fine.max(parte.corpo.start);
            parte.intera.end = fine.max(parte.corpo.start);
        }
    }

    fn segna(&mut self, parte: usize, piena: bool) {
        if let Some(parte) = self.parti.get_mut(parte) {
            parte.contenitore |= piena;
        }
    }

    /// At the end of the message: what is still open lacks its end, or has no parts at all.
    fn concludi(&mut self) {
        if !self.aperti.is_empty() && !self.difetti.contains(&Difetto::TroppeParti) {
            self.difetto(Difetto::NonChiuso);
        }
        let vuota = |p: &Parte| p.campi.tipo.starts_with("multipart/") && !p.contenitore;
        if self.parti.iter().any(vuota) {
            self.difetto(Difetto::SenzaParti);
        }
    }
}

/// Behind what is no header: a byte order mark, or the first line `From x` of a mailbox file.
fn inizio(dati: &[u8]) -> usize {
    match dati {
        [0xEF, 0xBB, 0xBF, ..] => 3,
        _ if dati.starts_with(b"From ") => riga(dati, 0).len(),
        _ => 0,
    }
}

/// The line that begins at `da`, with its line break.
fn riga(dati: &[u8], da: usize) -> &[u8] {
    dati.get(da..).and_then(|r| r.split_inclusive(|b| *b == b'\n').next()).unwrap_or_default()
}

/// The end of the line before `qui`, without its line break, which belongs to the boundary (RFC 2046 5.1.1): also where that line is the
/// last boundary of a multipart inside.
fn senza_a_capo(dati: &[u8], qui: usize) -> usize {
    let prima = dati.get(..qui).unwrap_or_default();
    prima.strip_suffix(b"\r\n").or_else(|| prima.strip_suffix(b"\n")).unwrap_or(prima).len()
}

/// A name of printable characters, then a colon (RFC 5322 2.2).
fn sembra_intestazione(riga: &[u8]) -> bool {
    let nome = riga.iter().position(|b| *b == b':').and_then(|p| riga.get(..p));
    nome.is_some_and(|n| n.trim_ascii_end().iter().all(u8::is_ascii_graphic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpi(testo: &str) -> (Vec<&str>, Vec<Difetto>) {
        let (parti, difetti) = leggi(testo.as_bytes());
        let foglie = parti.iter().filter(|p| !p.contenitore);
        (foglie.map(|p| testo.get(p.corpo.clone()).unwrap()).collect(), difetti)
    }

    #[test]
    fn parts_end_before_the_line_break_of_their_boundary() {
        let due = "A: b\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nprologo\r\n--x\r\n\r\nuno\r\n\r\n--x \r\nB: c\r\n\r\ndue\r\n--x--\r\nepilogo";
        assert_eq!(corpi(due), (vec!["uno\r\n", "due"], vec![]));
        assert_eq!(corpi(&due.replace("\r\n", "\n")), (vec!["uno\n", "due"], vec![]));
        assert_eq!(corpi("A: b\r\n\r\nsolo"), (vec!["solo"], vec![]));
        assert_eq!(corpi(""), (vec![""], vec![]));
    }

    #[test]
    fn nested_parts_and_similar_boundaries_are_told_apart() {
        let testo = "Content-Type: multipart/mixed; boundary=\"x\"\n\n--x\nContent-Type: multipart/alternative; boundary=\"x-1\"\n\n\
                     --x-1\n\nuno\n--x-1\n\ndue\n--x-1--\n--x\n\ntre\n--x--\n";
        assert_eq!(corpi(testo), (vec!["uno", "due", "tre"], vec![]));
        let aperto = testo.replace("--x-1--\n", "");
        assert_eq!(corpi(&aperto), (vec!["uno", "due", "tre"], vec![Difetto::NonChiuso]));
    }

    /// What is signed ends there: one byte more and the signature of the provider does not hold.
    #[test]
    fn a_part_that_ends_with_a_multipart_ends_before_the_line_break_too() {
        let testo = "Content-Type: multipart/signed; boundary=y\r\n\r\n--y\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nuno\r\n--x--\r\n--y\r\n\r\ndue\r\n--y--\r\n";
        let (parti, _) = leggi(testo.as_bytes());
        assert!(testo.get(parti[1].intera.clone()).unwrap().ends_with("uno\r\n--x--"));
        let (parti, _) = leggi(testo.replace("--x--\r\n", "--x--\r\n\r\n").as_bytes());
        assert_eq!(parti[1].intera.len() - 2, leggi(testo.as_bytes()).0[1].intera.len());
    }

    #[test]
    fn what_is_broken_is_said_and_read_as_far_as_it_goes() {
        let testa = "Content-Type: multipart/mixed; boundary=x\n\n";
        assert_eq!(corpi(&format!("{testa}--x\n\nuno")), (vec!["uno"], vec![Difetto::NonChiuso]));
        assert_eq!(corpi(&format!("{testa}niente")), (vec!["niente"], vec![Difetto::NonChiuso, Difetto::SenzaParti]));
        assert_eq!(corpi("A: b\nriga estranea\nC: d\n"), (vec!["riga estranea\nC: d\n"], vec![Difetto::RigaEstranea]));
        assert_eq!(corpi(&format!("{testa}--x\n--x\n\ndue\n--x--")), (vec!["", "due"], vec![]));
    }

    #[test]
    fn parts_and_depth_are_bounded() {
        let molte = format!("Content-Type: multipart/mixed; boundary=x\n\n{}", "--x\n\na\n".repeat(10_000));
        let (parti, difetti) = leggi(molte.as_bytes());
        assert_eq!((parti.len(), difetti), (MASSIME_PARTI, vec![Difetto::TroppeParti]));
        let mut profondo = String::new();
        for i in 0..100 {
            profondo.push_str(&format!("Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n"));
        }
        let (parti, difetti) = leggi(profondo.as_bytes());
        assert_eq!(parti.len(), MASSIMA_PROFONDITA + 1);
        assert!(difetti.contains(&Difetto::TroppoProfondo));
    }
}
