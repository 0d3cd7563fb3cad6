//! The objects of a file, written one after the other, and where each of them is: for a file that begins here, and for one that goes on
//! from where it ended.

use super::carattere::Parti;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Light: a register of a year is thousands of pages, and the wait is what people notice.
const COMPRESSIONE: Compression = Compression::new(3);

/// Where an object is, and which generation of its number it is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Posto {
    /// The byte; nothing while it is still to be written.
    pub byte: Option<u64>,
    pub generazione: u32,
}

/// A file that is being written.
pub(super) struct Oggetti<W: Write> {
    fuori: W,
    /// Bytes of the whole file so far.
    scritti: u64,
    prossimo: u32,
    posti: BTreeMap<u32, Posto>,
}

impl<W: Write> Oggetti<W> {
    /// Goes on after `scritti` bytes with objects numbered from `prossimo`.
    pub fn new(fuori: W, scritti: u64, prossimo: u32) -> Self {
        Self { fuori, scritti, prossimo, posti: BTreeMap::new() }
    }

    /// A number for an object that will be written.
    pub fn riserva(&mut self) -> u32 {
        let numero = self.prossimo;
        self.prossimo += 1;
        self.posti.insert(numero, Posto::default());
        numero
    }

    /// How many bytes there are.
    pub fn scritti(&self) -> u64 {
        self.scritti
    }

    /// One more than the greatest number.
    pub fn prossimo(&self) -> u32 {
        self.prossimo
    }

    /// The objects written here, in the order of their numbers.
    ///
    /// # Errors
    /// If one that was promised was not written: a mistake of ours.
    pub fn posti(&self) -> io::Result<Vec<(u32, u64, u32)>> {
        let manca = || io::Error::other("un oggetto del PDF non è stato scritto");
        self.posti.iter().map(|(n, p)| Ok((*n, p.byte.ok_or_else(manca)?, p.generazione))).collect()
    }

    fn apri(&mut self, numero: u32, generazione: u32) -> io::Result<()> {
        self.posti.insert(numero, Posto { byte: Some(self.scritti), generazione });
        self.manda(format!("{numero} {generazione} obj\n").as_bytes())
    }

    /// What comes next is this object.
    pub fn segna(&mut self, numero: u32) {
        self.posti.insert(numero, Posto { byte: Some(self.scritti), generazione: 0 });
    }

    pub fn oggetto(&mut self, numero: u32, testo: &str) -> io::Result<()> {
        self.rifatto((numero, 0), testo.as_bytes())
    }

    /// An object in the place of one that is already in the file.
    pub fn rifatto(&mut self, (numero, generazione): (u32, u32), byte: &[u8]) -> io::Result<()> {
        self.apri(numero, generazione)?;
        self.manda(byte)?;
        self.manda(b"\nendobj\n")
    }

    pub fn flusso(&mut self, numero: u32, testa: &str, bytes: &[u8]) -> io::Result<()> {
        let mut stretto = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 4 + 64), COMPRESSIONE);
        stretto.write_all(bytes)?;
        self.grezzo(numero, &format!(" /Filter /FlateDecode{testa}"), &stretto.finish()?)
    }

    /// A stream as it is.
    pub fn grezzo(&mut self, numero: u32, testa: &str, bytes: &[u8]) -> io::Result<()> {
        self.apri(numero, 0)?;
        self.manda(format!("<< /Length {}{testa} >>\nstream\n", bytes.len()).as_bytes())?;
        self.manda(bytes)?;
        self.manda(b"\nendstream\nendobj\n")
    }

    /// A font, cut down to what was used.
    pub fn carattere(&mut self, numero: u32, parti: &Parti) -> io::Result<()> {
        let [programma, presenti, unicode, descrizione, discendente] = [(); 5].map(|()| self.riserva());
        let nome = &parti.nome;
        self.flusso(programma, &format!(" /Length1 {}", parti.programma.len()), &parti.programma)?;
        self.flusso(presenti, "", &parti.presenti)?;
        self.flusso(unicode, "", parti.unicode.as_bytes())?;
        let Parti { riquadro, ascendente, discendente: sotto, maiuscola, larghezze, .. } = parti;
        self.oggetto(
            descrizione,
            &format!(
                "<< /Type /FontDescriptor /FontName /{nome} /Flags 4 /FontBBox [{riquadro}] /ItalicAngle 0 /Ascent {ascendente} \
                 /Descent {sotto} /CapHeight {maiuscola} /StemV 80 /FontFile2 {programma} 0 R /CIDSet {presenti} 0 R >>"
            ),
        )?;
        self.oggetto(
            discendente,
            &format!(
                "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{nome} /CIDSystemInfo << /Registry (Adobe) /Ordering \
                 (Identity) /Supplement 0 >> /FontDescriptor {descrizione} 0 R /DW 0 /W [0 [{larghezze}]] /CIDToGIDMap \
                 /Identity >>"
            ),
        )?;
        self.oggetto(
            numero,
            &format!(
                "<< /Type /Font /Subtype /Type0 /BaseFont /{nome} /Encoding /Identity-H /DescendantFonts [{discendente} 0 R] \
                 /ToUnicode {unicode} 0 R >>"
            ),
        )
    }

    pub fn manda(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.fuori.write_all(bytes)?;
        self.scritti += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Gives the sink back.
    pub fn finisci(mut self) -> io::Result<W> {
        self.fuori.flush()?;
        Ok(self.fuori)
    }
}

/// The rows that say where these objects are (ISO 32000-1 clause 7.5.4).
pub(super) fn righe(posti: &[(u32, u64, u32)]) -> String {
    posti.iter().map(|(_, byte, generazione)| format!("{byte:010} {generazione:05} n \n")).collect()
}

/// Fonts and colours, for every page and for what pages draw.
pub(super) fn risorse(normale: u32, grassetto: u32) -> String {
    let (n, g) = (super::Stile::Normale.risorsa(), super::Stile::Grassetto.risorsa());
    format!(
        "/Font << /{n} {normale} 0 R /{g} {grassetto} 0 R >> /ColorSpace << /C [/CalGray << /WhitePoint [1 1 1] \
         /Gamma 2.2 >>] >>"
    )
}
