//! A font: what its glyphs measure, which were used, and what of it goes into the file.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;
use subsetter::GlyphRemapper;
use ttf_parser::Face;

/// The two weights of the font of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stile {
    /// Running text.
    Normale,
    /// Titles.
    Grassetto,
}

impl Stile {
    /// Name of the resource in a page.
    pub(super) fn risorsa(self) -> &'static str {
        match self {
            Self::Normale => "N",
            Self::Grassetto => "G",
        }
    }

    fn file(self) -> (&'static str, &'static [u8]) {
        match self {
            Self::Normale => ("DejaVuSansCondensed", dejavu::sans_condensed::regular()),
            Self::Grassetto => ("DejaVuSansCondensed-Bold", dejavu::sans_condensed::bold()),
        }
    }
}

/// What stands for a character that the font does not have.
const IGNOTO: char = '\u{fffd}';
/// Code points that are looked up by their place: Latin with every accent of Europe.
const VICINI: usize = 0x250;
/// Characters of one section of the map to Unicode: the format allows no more.
const SEZIONE: usize = 100;

/// A glyph as it is in the file: its place in the cut font and its width in thousandths of the size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glifo {
    pub codice: u16,
    pub larghezza: u16,
}

/// A font in use.
pub(super) struct Carattere {
    nome: &'static str,
    bytes: &'static [u8],
    viso: Face<'static>,
    /// Those of western letters, by code point.
    vicini: Vec<Option<Glifo>>,
    /// The others.
    lontani: HashMap<char, Glifo>,
    usati: GlyphRemapper,
    /// What each glyph used means and how wide it is, in the order of their codes; the first is the missing glyph.
    ordine: Vec<(char, u16)>,
}

/// The parts of a font that go into a file.
pub(super) struct Parti {
    pub nome: String,
    pub programma: Vec<u8>,
    pub larghezze: String,
    pub unicode: String,
    pub presenti: Vec<u8>,
    pub riquadro: String,
    pub ascendente: i32,
    pub discendente: i32,
    pub maiuscola: i32,
}

impl Carattere {
    pub(super) fn new(stile: Stile) -> io::Result<Self> {
        let (nome, bytes) = stile.file();
        let viso = Face::parse(bytes, 0).map_err(io::Error::other)?;
        let mancante = (IGNOTO, mille(&viso, viso.glyph_hor_advance(ttf_parser::GlyphId(0)).unwrap_or(0).into()));
        let ordine = vec![(mancante.0, u16::try_from(mancante.1).unwrap_or(0))];
        let (vicini, lontani) = (vec![None; VICINI], HashMap::new());
        Ok(Self { nome, bytes, viso, vicini, lontani, usati: GlyphRemapper::new(), ordine })
    }

    /// The glyph of a character; from now on it is in the file.
    pub(super) fn glifo(&mut self, c: char) -> Glifo {
        let posto = usize::try_from(u32::from(c)).unwrap_or(usize::MAX);
        let noto = self.vicini.get(posto).copied().unwrap_or_else(|| self.lontani.get(&c).copied());
        if let Some(glifo) = noto {
            return glifo;
        }
        let (vero, trovato) = match self.viso.glyph_index(c) {
            Some(trovato) => (c, trovato),
            None => (IGNOTO, self.viso.glyph_index(IGNOTO).unwrap_or_default()),
        };
        let avanza = self.viso.glyph_hor_advance(trovato).unwrap_or(0);
        let codice = self.usati.remap(trovato.0);
        let larghezza = u16::try_from(mille(&self.viso, avanza.into())).unwrap_or(0);
        if usize::from(codice) == self.ordine.len() {
            self.ordine.push((vero, larghezza));
        }
        let glifo = Glifo { codice, larghezza };
        match self.vicini.get_mut(posto) {
            Some(vicino) => *vicino = Some(glifo),
            None => _ = self.lontani.insert(c, glifo),
        }
        glifo
    }

    /// What goes into the file.
    pub(super) fn parti(&self) -> io::Result<Parti> {
        let programma = subsetter::subset(self.bytes, 0, &self.usati).map_err(io::Error::other)?;
        let misura = |v: i16| mille(&self.viso, v.into());
        let r = self.viso.global_bounding_box();
        let riquadro = [r.x_min, r.y_min, r.x_max, r.y_max].map(|v| misura(v).to_string()).join(" ");
        let larghezze: Vec<String> = self.ordine.iter().map(|(_, l)| l.to_string()).collect();
        Ok(Parti {
            nome: format!("{}+{}", self.sigla(), self.nome),
            programma,
            larghezze: larghezze.join(" "),
            unicode: self.unicode(),
            presenti: presenti(self.ordine.len()),
            riquadro,
            ascendente: misura(self.viso.ascender()),
            discendente: misura(self.viso.descender()),
            maiuscola: misura(self.viso.capital_height().unwrap_or_else(|| self.viso.ascender())),
        })
    }

    /// Six letters that say which cut of the font this is.
    fn sigla(&self) -> String {
        let mut somma = 17_u32;
        for (c, _) in &self.ordine {
            somma = somma.wrapping_mul(31).wrapping_add(u32::from(*c));
        }
        let mut sigla = String::new();
        for _ in 0..6 {
            sigla.push(char::from(b'A' + u8::try_from(somma % 26).unwrap_or(0)));
            somma /= 26;
        }
        sigla
    }

    /// The map from codes to characters, so that what is printed can be searched and copied.
    fn unicode(&self) -> String {
        let mut testo = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering \
             (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> \
             <FFFF>\nendcodespacerange\n",
        );
        let usati: Vec<(usize, char)> = self.ordine.iter().map(|(c, _)| *c).enumerate().skip(1).collect();
        // Writing to a String does not fail.
        for sezione in usati.chunks(SEZIONE) {
            let _ = writeln!(testo, "{} beginbfchar", sezione.len());
            for (codice, c) in sezione {
                let mut unita = [0; 2];
                let punti: String = c.encode_utf16(&mut unita).iter().map(|u| format!("{u:04X}")).collect();
                let _ = writeln!(testo, "<{codice:04X}> <{punti}>");
            }
            testo.push_str("endbfchar\n");
        }
        testo.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        testo
    }
}

/// A measure of the font in thousandths of its size.
fn mille(viso: &Face<'_>, valore: i32) -> i32 {
    let em = i32::from(viso.units_per_em()).max(1);
    (valore * 1000 + em / 2).div_euclid(em)
}

/// One bit per code, all of them set.
fn presenti(quanti: usize) -> Vec<u8> {
    let mut bit = vec![0xff; quanti / 8];
    let resto = u32::try_from(quanti % 8).unwrap_or(0);
    if resto > 0 {
        bit.push(!(0xff_u8 >> resto));
    }
    bit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_in_use_has_its_bit() {
        assert!(presenti(0).is_empty());
        assert_eq!(presenti(3), [0b1110_0000]);
        assert_eq!(presenti(8), [0xff]);
        assert_eq!(presenti(9), [0xff, 0b1000_0000]);
    }

    #[test]
    fn what_the_font_lacks_is_shown_as_unknown_and_the_rest_as_it_is() {
        let mut carattere = Carattere::new(Stile::Normale).unwrap();
        let (a, accentata) = (carattere.glifo('a'), carattere.glifo('à'));
        assert_ne!(a.codice, accentata.codice);
        assert!(a.larghezza > 300 && a.larghezza < 800, "{a:?}");
        let (cinese, altro) = (carattere.glifo('漢'), carattere.glifo('字'));
        assert_eq!(cinese.codice, altro.codice);
        assert!(cinese.codice != 0 && carattere.parti().unwrap().unicode.contains("<0061>"));
    }
}
