//! The objects of a PDF (ISO 32000-2 clause 7.3), read strictly from bytes: what is not written as the standard says is a
//! defect, never repaired, because two readers that repair in two ways show two documents under one signature.

use super::super::difetto::{Difetto, TRONCO};

/// Arrays and dictionaries inside each other; real files stay below ten.
const MAX_PROFONDITA: usize = 64;
/// Values inside one object: a page tree or a table of names with a million entries.
pub const MAX_VALORI: usize = 1_000_000;
/// The longest name; the standard asks for 127.
const MAX_NOME_BYTE: usize = 4096;

/// Number and generation of an indirect object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id {
    /// Object number.
    pub numero: u32,
    /// Generation.
    pub generazione: u32,
}

/// One object.
#[derive(Debug, Clone, PartialEq)]
pub enum Oggetto {
    /// `null`, and what is not there.
    Nullo,
    /// `true` or `false`.
    Logico(bool),
    /// An integer.
    Intero(i64),
    /// A real number, as written.
    Reale(Vec<u8>),
    /// A name, decoded, without its `/`.
    Nome(Vec<u8>),
    /// A string, decoded, and where it stands with its delimiters.
    Stringa(Vec<u8>, Tratto),
    /// An array.
    Elenco(Vec<Oggetto>),
    /// A dictionary.
    Dizionario(Dizionario),
    /// A stream: its dictionary and where its data begin.
    Flusso(Dizionario, usize),
    /// An indirect reference.
    Rinvio(Id),
}

/// First byte and the one after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tratto {
    /// The first byte.
    pub inizio: usize,
    /// The byte after the last.
    pub fine: usize,
}

/// Names and values, in the order in which they are written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dizionario(Vec<(Vec<u8>, Oggetto)>);

static NULLO: Oggetto = Oggetto::Nullo;

impl Dizionario {
    /// The value with this name, as it is written; null if there is none.
    pub fn campo(&self, nome: &[u8]) -> &Oggetto {
        self.0.iter().find(|(n, _)| n == nome).map_or(&NULLO, |(_, valore)| valore)
    }

    /// Whether there is a value with this name.
    pub fn ha(&self, nome: &[u8]) -> bool {
        *self.campo(nome) != Oggetto::Nullo
    }

    /// Names and values.
    pub fn campi(&self) -> impl Iterator<Item = (&[u8], &Oggetto)> {
        self.0.iter().map(|(nome, valore)| (nome.as_slice(), valore))
    }

    /// Whether the value with this name is this name.
    pub fn dice(&self, nome: &[u8], valore: &[u8]) -> bool {
        matches!(self.campo(nome), Oggetto::Nome(n) if n == valore)
    }
}

impl Oggetto {
    /// The dictionary that this is, or that a stream has.
    pub fn dizionario(&self) -> Option<&Dizionario> {
        match self {
            Self::Dizionario(dizionario) | Self::Flusso(dizionario, _) => Some(dizionario),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn elenco(&self) -> Option<&[Self]> {
        match self {
            Self::Elenco(elenco) => Some(elenco),
            _ => None,
        }
    }

    /// The name.
    pub fn nome(&self) -> Option<&[u8]> {
        match self {
            Self::Nome(nome) => Some(nome),
            _ => None,
        }
    }

    /// The integer.
    pub fn intero(&self) -> Option<i64> {
        match self {
            Self::Intero(intero) => Some(*intero),
            _ => None,
        }
    }

    /// An integer that counts or places something.
    pub fn misura(&self) -> Option<usize> {
        self.intero().and_then(|n| usize::try_from(n).ok())
    }

    /// What an indirect reference refers to.
    pub fn rinvio(&self) -> Option<Id> {
        match self {
            Self::Rinvio(id) => Some(*id),
            _ => None,
        }
    }
}

/// Reads objects one after the other.
pub struct Lettore<'a> {
    byte: &'a [u8],
    /// The next byte.
    pub qui: usize,
    /// Values that may still be read.
    pub restano: usize,
}

impl<'a> Lettore<'a> {
    /// Starts at `qui`, and reads at most `restano` values.
    pub fn new(byte: &'a [u8], qui: usize, restano: usize) -> Self {
        Self { byte, qui, restano: restano.min(MAX_VALORI) }
    }

    /// Everything from the next byte on.
    pub fn resto(&self) -> &'a [u8] {
        self.byte.get(self.qui..).unwrap_or_default()
    }

    /// Passes over blanks and comments (clause 7.2.3).
    pub fn spazi(&mut self) {
        while let Some(byte) = self.resto().first() {
            match byte {
                b'%' => self.qui += self.resto().iter().take_while(|b| !matches!(b, b'\r' | b'\n')).count(),
                b if bianco(*b) => self.qui += 1,
                _ => break,
            }
        }
    }

    /// Passes over a word that must stand here and end here.
    pub fn parola(&mut self, parola: &[u8]) -> bool {
        self.spazi();
        let c_e = self.resto().strip_prefix(parola).is_some_and(|dopo| dopo.first().is_none_or(|b| !regolare(*b)));
        if c_e {
            self.qui += parola.len();
        }
        c_e
    }

    /// An unsigned integer.
    pub fn misura(&mut self) -> Option<usize> {
        self.spazi();
        let prima = self.qui;
        let cifre = self.regolari();
        let numero = cifre.iter().all(u8::is_ascii_digit).then(|| std::str::from_utf8(cifre).ok()?.parse().ok());
        if numero.flatten().is_none() {
            self.qui = prima;
        }
        numero.flatten()
    }

    /// The head of an indirect object, `12 0 obj`.
    pub fn testa(&mut self) -> Option<Id> {
        let numero = self.misura()?.try_into().ok()?;
        let generazione = self.misura()?.try_into().ok()?;
        self.parola(b"obj").then_some(Id { numero, generazione })
    }

    /// An indirect object with its head; a stream is left at its first byte.
    pub fn indiretto(&mut self) -> Result<(Id, Oggetto), Difetto> {
        let id = self.testa().ok_or(Difetto("un oggetto non è dove la struttura del PDF dice"))?;
        let oggetto = self.oggetto(0)?;
        let Oggetto::Dizionario(dizionario) = oggetto else { return Ok((id, oggetto)) };
        if !self.parola(b"stream") {
            return Ok((id, Oggetto::Dizionario(dizionario)));
        }
        match self.resto() {
            [b'\r', b'\n', ..] => self.qui += 2,
            [b'\n' | b'\r', ..] => self.qui += 1,
            _ => return Err(Difetto("un flusso di dati non comincia come dovrebbe")),
        }
        Ok((id, Oggetto::Flusso(dizionario, self.qui)))
    }

    /// Any direct object. Recursive, but never deeper than [`MAX_PROFONDITA`].
    pub fn oggetto(&mut self, livello: usize) -> Result<Oggetto, Difetto> {
        self.restano = self.restano.checked_sub(1).ok_or(Difetto("il PDF contiene troppi dati da confrontare"))?;
        if livello > MAX_PROFONDITA {
            return Err(Difetto("il PDF ha troppi livelli annidati"));
        }
        self.spazi();
        match *self.resto() {
            [] => Err(TRONCO),
            [b'/', ..] => self.nome().map(Oggetto::Nome),
            [b'(', ..] => self.stringa(),
            [b'<', b'<', ..] => self.dizionario(livello).map(Oggetto::Dizionario),
            [b'<', ..] => self.esadecimale(),
            [b'[', ..] => self.elenco(livello),
            [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => self.numero(),
            _ => self.parola_chiave(),
        }
    }

    fn parola_chiave(&mut self) -> Result<Oggetto, Difetto> {
        match self.regolari() {
            b"null" => Ok(Oggetto::Nullo),
            b"true" => Ok(Oggetto::Logico(true)),
            b"false" => Ok(Oggetto::Logico(false)),
            _ => Err(Difetto("il PDF contiene una parola che non è prevista")),
        }
    }

    /// A number, or a reference: `12 0 R`.
    fn numero(&mut self) -> Result<Oggetto, Difetto> {
        let prima = self.qui;
        if let (Some(numero), Some(generazione)) = (self.misura(), self.misura())
            && self.parola(b"R")
            && let (Ok(numero), Ok(generazione)) = (numero.try_into(), generazione.try_into())
        {
            return Ok(Oggetto::Rinvio(Id { numero, generazione }));
        }
        self.qui = prima;
        let cifre = self.regolari();
        let testo = std::str::from_utf8(cifre).unwrap_or_default();
        match testo.parse() {
            Ok(intero) => Ok(Oggetto::Intero(intero)),
            Err(_) if cifre.iter().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.')) => {
                Ok(Oggetto::Reale(cifre.to_vec()))
            }
            Err(_) => Err(Difetto("il PDF contiene un numero che non è un numero")),
        }
    }

    fn nome(&mut self) -> Result<Vec<u8>, Difetto> {
        self.qui += 1;
        let mut scritto = self.regolari().iter();
        let mut nome = Vec::new();
        while let Some(byte) = scritto.next() {
            let decodificato = match *byte {
                b'#' => match (scritto.next().and_then(cifra), scritto.next().and_then(cifra)) {
                    (Some(alta), Some(bassa)) => alta << 4 | bassa,
                    _ => return Err(Difetto("il PDF contiene un nome scritto male")),
                },
                byte => byte,
            };
            nome.push(decodificato);
        }
        if nome.len() > MAX_NOME_BYTE { Err(Difetto("il PDF contiene un nome troppo lungo")) } else { Ok(nome) }
    }

    /// `(…)`, with balanced parentheses and escapes (clause 7.3.4.2).
    fn stringa(&mut self) -> Result<Oggetto, Difetto> {
        let inizio = self.qui;
        self.qui += 1;
        let (mut valore, mut aperte) = (Vec::new(), 1_usize);
        while aperte > 0 {
            let byte = self.prossimo()?;
            match byte {
                b'(' => aperte += 1,
                b')' => aperte -= 1,
                b'\\' => {
                    valore.extend(self.fuga()?);
                    continue;
                }
                _ => {}
            }
            if aperte > 0 {
                valore.push(byte);
            }
        }
        Ok(Oggetto::Stringa(valore, Tratto { inizio, fine: self.qui }))
    }

    /// What an escape means; a line broken by one means nothing.
    fn fuga(&mut self) -> Result<Option<u8>, Difetto> {
        let byte = match self.prossimo()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\r' if self.resto().first() == Some(&b'\n') => {
                self.qui += 1;
                return Ok(None);
            }
            b'\r' | b'\n' => return Ok(None),
            prima @ b'0'..=b'7' => {
                let altre = self.resto().iter().take(2).take_while(|b| matches!(b, b'0'..=b'7'));
                let (quante, numero) =
                    altre.fold((0, u32::from(prima - b'0')), |(q, n), b| (q + 1, n * 8 + u32::from(b - b'0')));
                self.qui += quante;
                u8::try_from(numero & 0xff).unwrap_or_default()
            }
            byte => byte,
        };
        Ok(Some(byte))
    }

    fn esadecimale(&mut self) -> Result<Oggetto, Difetto> {
        let inizio = self.qui;
        self.qui += 1;
        let (mut valore, mut alta) = (Vec::new(), None);
        loop {
            let byte = self.prossimo()?;
            match (cifra(&byte), alta) {
                (Some(cifra), None) => alta = Some(cifra),
                (Some(cifra), Some(prima)) => {
                    valore.push(prima << 4 | cifra);
                    alta = None;
                }
                (None, _) if byte == b'>' => break,
                (None, _) if bianco(byte) => {}
                (None, _) => return Err(Difetto("il PDF contiene una stringa esadecimale scritta male")),
            }
        }
        valore.extend(alta.map(|cifra| cifra << 4));
        Ok(Oggetto::Stringa(valore, Tratto { inizio, fine: self.qui }))
    }

    fn elenco(&mut self, livello: usize) -> Result<Oggetto, Difetto> {
        self.qui += 1;
        let mut elenco = Vec::new();
        loop {
            self.spazi();
            if self.resto().first() == Some(&b']') {
                self.qui += 1;
                return Ok(Oggetto::Elenco(elenco));
            }
            elenco.push(self.oggetto(livello + 1)?);
        }
    }

    /// A name written twice has no meaning (clause 7.3.7), and readers choose differently.
    fn dizionario(&mut self, livello: usize) -> Result<Dizionario, Difetto> {
        self.qui += 2;
        let mut campi = Vec::new();
        loop {
            self.spazi();
            match *self.resto() {
                [b'>', b'>', ..] => {
                    self.qui += 2;
                    let mut nomi: Vec<&[u8]> = campi.iter().map(|(nome, _): &(Vec<u8>, _)| nome.as_slice()).collect();
                    nomi.sort_unstable();
                    let doppio = nomi.windows(2).any(|due| due.first() == due.last());
                    return if doppio {
                        Err(Difetto("il PDF contiene due volte la stessa voce"))
                    } else {
                        Ok(Dizionario(campi))
                    };
                }
                [b'/', ..] => {
                    let nome = self.nome()?;
                    campi.push((nome, self.oggetto(livello + 1)?));
                }
                [] => return Err(TRONCO),
                _ => return Err(Difetto("il PDF contiene una voce senza nome")),
            }
        }
    }

    fn prossimo(&mut self) -> Result<u8, Difetto> {
        let byte = *self.resto().first().ok_or(TRONCO)?;
        self.qui += 1;
        Ok(byte)
    }

    /// The regular characters that follow.
    fn regolari(&mut self) -> &'a [u8] {
        let resto = self.resto();
        let quanti = resto.iter().take_while(|b| regolare(**b)).count();
        self.qui += quanti;
        resto.get(..quanti).unwrap_or_default()
    }
}

/// White space (clause 7.2.3, table 1).
pub fn bianco(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

fn regolare(byte: u8) -> bool {
    !bianco(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn cifra(byte: &u8) -> Option<u8> {
    char::from(*byte).to_digit(16).and_then(|n| u8::try_from(n).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leggi(testo: &str) -> Result<Oggetto, Difetto> {
        Lettore::new(testo.as_bytes(), 0, MAX_VALORI).oggetto(0)
    }

    #[test]
    fn objects_are_read_as_the_standard_says() {
        let check = |testo: &str, atteso: Oggetto| assert_eq!(leggi(testo), Ok(atteso), "{testo}");
        let stringa = |valore: &[u8], fine| Oggetto::Stringa(valore.to_vec(), Tratto { inizio: 0, fine });
        check("12", Oggetto::Intero(12));
        check("-7 ", Oggetto::Intero(-7));
        check("+.5", Oggetto::Reale(b"+.5".to_vec()));
        check("12 0 R", Oggetto::Rinvio(Id { numero: 12, generazione: 0 }));
        check("/Byte#52ange", Oggetto::Nome(b"ByteRange".to_vec()));
        check(r"(a\(b(c)\101\7\\)", stringa(b"a(b(c)A\x07\\", 17));
        check("(a\\\nb)", stringa(b"ab", 6));
        check("<48 6>", stringa(b"H`", 6));
        check(
            "[1 2 0 R % x\n true null]",
            Oggetto::Elenco(vec![
                Oggetto::Intero(1),
                Oggetto::Rinvio(Id { numero: 2, generazione: 0 }),
                Oggetto::Logico(true),
                Oggetto::Nullo,
            ]),
        );
        let dizionario = leggi("<</A 1/B<</C/D>>>>").unwrap();
        assert_eq!(dizionario.dizionario().unwrap().campo(b"A"), &Oggetto::Intero(1));
        assert!(!dizionario.dizionario().unwrap().ha(b"C"));
    }

    #[test]
    fn what_is_not_an_object_is_a_defect() {
        let annidato = "[".repeat(1000);
        for testo in ["", "<", "(a", "[1", "<</A", "<</A 1/A 2>>", "<zz>", "1x", "endobj", "/A#", "<<1 2>>", &annidato]
        {
            assert!(leggi(testo).is_err(), "{testo}");
        }
        let lungo = "[".to_owned() + &"1 ".repeat(MAX_VALORI) + "]";
        assert!(leggi(&lungo).is_err());
    }
}
