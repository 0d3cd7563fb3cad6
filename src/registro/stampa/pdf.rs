//! A PDF/A-1b file, written page by page.

use super::carattere::{Carattere, Parti};
use super::{Grigio, Pagina, Stile};
use crate::valori::Istante;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use std::mem;

/// Size of a page, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Formato {
    /// How wide.
    pub larghezza: f32,
    /// How high.
    pub altezza: f32,
}

impl Formato {
    /// A4, the long side across.
    pub const A4_ORIZZONTALE: Self = Self { larghezza: 842.0, altezza: 595.0 };
}

/// What the file says of itself.
#[derive(Debug, Clone)]
pub struct Titolo {
    /// Its title.
    pub titolo: String,
    /// The body that made it.
    pub autore: String,
    /// What tells it from any other.
    pub identificativo: String,
    /// When it was made.
    pub istante: Istante,
}

/// Objects whose numbers are known from the start.
const CATALOGO: usize = 1;
const RADICE: usize = 2;
const NORMALE: usize = 3;
const GRASSETTO: usize = 4;
const TOTALE: usize = 5;
const METADATI: usize = 6;
const RISORSE: usize = 7;
const FISSI: usize = 7;

/// Pages under one node of the tree: an array may hold at most 8191 things (PDF 1.4, annex C).
const PAGINE_PER_NODO: usize = 500;
/// Size of the number of all pages.
const CORPO_TOTALE: f32 = 7.0;
/// Light: a register of a year is thousands of pages, and the wait is what people notice.
const COMPRESSIONE: Compression = Compression::new(3);

/// A file that is being written.
pub struct Pdf<W: Write> {
    fuori: W,
    scritti: u64,
    /// Where each object is; nothing for those that are still to be written.
    posti: Vec<Option<u64>>,
    formato: Formato,
    pagina: Pagina,
    /// The page has something on it.
    aperta: bool,
    pagine: usize,
    /// The nodes of the tree of pages, each with its pages.
    nodi: Vec<(usize, Vec<usize>)>,
}

impl<W: Write> Pdf<W> {
    /// Begins a file whose pages are all of this size.
    ///
    /// # Errors
    /// Those of `fuori`.
    pub fn new(fuori: W, formato: Formato) -> io::Result<Self> {
        let caratteri = [Carattere::new(Stile::Normale)?, Carattere::new(Stile::Grassetto)?];
        let pagina = Pagina { altezza: formato.altezza, caratteri, disegno: Vec::new() };
        let posti = vec![None; FISSI];
        let mut pdf = Self { fuori, scritti: 0, posti, formato, pagina, aperta: false, pagine: 0, nodi: Vec::new() };
        // Four bytes above 127 tell whoever carries the file that it is not text.
        pdf.manda(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")?;
        Ok(pdf)
    }

    /// Closes the page, if one is open, and opens the next.
    ///
    /// # Errors
    /// Those of `fuori`.
    pub fn nuova_pagina(&mut self) -> io::Result<()> {
        self.chiudi_pagina()?;
        self.aperta = true;
        self.pagine += 1;
        self.pagina.disegno.extend_from_slice(b"/C cs /C CS\n");
        Ok(())
    }

    /// The page that is open.
    pub fn pagina(&mut self) -> &mut Pagina {
        &mut self.pagina
    }

    /// How many pages there are, with the open one.
    #[must_use]
    pub fn pagine(&self) -> usize {
        self.pagine
    }

    fn chiudi_pagina(&mut self) -> io::Result<()> {
        if !mem::take(&mut self.aperta) {
            return Ok(());
        }
        let disegno = mem::take(&mut self.pagina.disegno);
        let contenuto = self.riserva();
        self.flusso(contenuto, "", &disegno)?;
        self.pagina.disegno = disegno;
        self.pagina.disegno.clear();
        if self.nodi.last().is_none_or(|(_, pagine)| pagine.len() == PAGINE_PER_NODO) {
            let nodo = self.riserva();
            self.nodi.push((nodo, Vec::new()));
        }
        let pagina = self.riserva();
        let Formato { larghezza, altezza } = self.formato;
        if let Some((nodo, pagine)) = self.nodi.last_mut() {
            pagine.push(pagina);
            let testo = format!(
                "<< /Type /Page /Parent {nodo} 0 R /MediaBox [0 0 {larghezza} {altezza}] /Resources {RISORSE} 0 R \
                 /Contents {contenuto} 0 R >>"
            );
            self.oggetto(pagina, &testo)?;
        }
        Ok(())
    }

    /// Writes what is left and gives the sink back.
    ///
    /// # Errors
    /// Those of `fuori`.
    pub fn finisci(mut self, titolo: &Titolo) -> io::Result<W> {
        self.chiudi_pagina()?;
        self.totale()?;
        let caratteri = [(NORMALE, Stile::Normale), (GRASSETTO, Stile::Grassetto)];
        for (numero, stile) in caratteri {
            let [normale, grassetto] = &self.pagina.caratteri;
            let carattere = if stile == Stile::Normale { normale } else { grassetto };
            let parti = carattere.parti()?;
            self.carattere(numero, &parti)?;
        }
        self.oggetto(RISORSE, &format!("<< {} /XObject << /T {TOTALE} 0 R >> >>", risorse()))?;
        let nodi = mem::take(&mut self.nodi);
        for (nodo, pagine) in &nodi {
            let figli = rimandi(pagine.iter());
            let quante = pagine.len();
            let testo = format!("<< /Type /Pages /Parent {RADICE} 0 R /Kids [{figli}] /Count {quante} >>");
            self.oggetto(*nodo, &testo)?;
        }
        let figli = rimandi(nodi.iter().map(|(nodo, _)| nodo));
        let pagine = self.pagine;
        self.oggetto(RADICE, &format!("<< /Type /Pages /Kids [{figli}] /Count {pagine} >>"))?;
        // Metadata stay readable to whoever opens the file with anything.
        let metadati = metadati(titolo);
        let testa = format!("<< /Type /Metadata /Subtype /XML /Length {} >>\nstream\n", metadati.len());
        self.apri(METADATI)?;
        self.manda(testa.as_bytes())?;
        self.manda(metadati.as_bytes())?;
        self.manda(b"\nendstream\nendobj\n")?;
        self.oggetto(
            CATALOGO,
            &format!(
                "<< /Type /Catalog /Pages {RADICE} 0 R /Metadata {METADATI} 0 R /Lang (it-IT) /ViewerPreferences << \
                 /DisplayDocTitle true >> >>"
            ),
        )?;
        self.indice(titolo)?;
        self.fuori.flush()?;
        Ok(self.fuori)
    }

    /// The number of all pages, drawn by each of them.
    fn totale(&mut self) -> io::Result<()> {
        self.pagina.disegno.extend_from_slice(b"/C cs\n");
        let altezza = mem::replace(&mut self.pagina.altezza, 0.0);
        let pagine = self.pagine.to_string();
        self.pagina.scrivi((0.0, 0.0), Stile::Normale, CORPO_TOTALE, Grigio::Scuro, &pagine);
        self.pagina.altezza = altezza;
        let disegno = mem::take(&mut self.pagina.disegno);
        let testa = format!(" /Type /XObject /Subtype /Form /BBox [0 -3 60 10] /Resources << {} >>", risorse());
        self.flusso(TOTALE, &testa, &disegno)
    }

    fn carattere(&mut self, numero: usize, parti: &Parti) -> io::Result<()> {
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

    /// The table that says where each object is.
    fn indice(&mut self, titolo: &Titolo) -> io::Result<()> {
        let inizio = self.scritti;
        let oggetti = self.posti.len() + 1;
        self.manda(format!("xref\n0 {oggetti}\n0000000000 65535 f \n").as_bytes())?;
        for posto in mem::take(&mut self.posti) {
            let posto = posto.ok_or_else(|| io::Error::other("un oggetto del PDF non è stato scritto"))?;
            self.manda(format!("{posto:010} 00000 n \n").as_bytes())?;
        }
        let id = Sha256::digest(format!("{} {}", titolo.identificativo, titolo.istante).as_bytes());
        let id = hex::encode_upper(id.get(..16).unwrap_or_default());
        let coda = format!(
            "trailer\n<< /Size {oggetti} /Root {CATALOGO} 0 R /ID [<{id}> <{id}>] >>\nstartxref\n{inizio}\n%%EOF\n"
        );
        self.manda(coda.as_bytes())
    }

    fn riserva(&mut self) -> usize {
        self.posti.push(None);
        self.posti.len()
    }

    fn apri(&mut self, numero: usize) -> io::Result<()> {
        let qui = self.scritti;
        if let Some(posto) = numero.checked_sub(1).and_then(|n| self.posti.get_mut(n)) {
            *posto = Some(qui);
        }
        self.manda(format!("{numero} 0 obj\n").as_bytes())
    }

    fn oggetto(&mut self, numero: usize, testo: &str) -> io::Result<()> {
        self.apri(numero)?;
        self.manda(testo.as_bytes())?;
        self.manda(b"\nendobj\n")
    }

    fn flusso(&mut self, numero: usize, testa: &str, bytes: &[u8]) -> io::Result<()> {
        let mut stretto = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 4 + 64), COMPRESSIONE);
        stretto.write_all(bytes)?;
        let stretto = stretto.finish()?;
        self.apri(numero)?;
        self.manda(format!("<< /Filter /FlateDecode /Length {}{testa} >>\nstream\n", stretto.len()).as_bytes())?;
        self.manda(&stretto)?;
        self.manda(b"\nendstream\nendobj\n")
    }

    fn manda(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.fuori.write_all(bytes)?;
        self.scritti += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

/// Fonts and colours, for every page and for the number of all pages (which must not name itself).
fn risorse() -> String {
    let (n, g) = (Stile::Normale.risorsa(), Stile::Grassetto.risorsa());
    format!(
        "/Font << /{n} {NORMALE} 0 R /{g} {GRASSETTO} 0 R >> /ColorSpace << /C [/CalGray << /WhitePoint [1 1 1] \
         /Gamma 2.2 >>] >>"
    )
}

fn rimandi<'a>(oggetti: impl Iterator<Item = &'a usize>) -> String {
    oggetti.map(|n| format!("{n} 0 R")).collect::<Vec<_>>().join(" ")
}

/// The metadata in XMP, where PDF/A says what it is.
fn metadati(titolo: &Titolo) -> String {
    let Titolo { titolo: nome, autore, identificativo, istante } = titolo;
    let [nome, autore, identificativo] = [nome, autore, identificativo].map(|t| quick_xml::escape::escape(t.as_str()));
    let quando = istante.roma();
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n<rdf:RDF \
         xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n<rdf:Description rdf:about=\"\" \
         xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n<pdfaid:part>1</pdfaid:part>\n<pdfaid:conformance>B</pdfaid:conformance>\n\
         </rdf:Description>\n<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
         <dc:format>application/pdf</dc:format>\n<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{nome}</rdf:li></rdf:Alt></dc:title>\n\
         <dc:creator><rdf:Seq><rdf:li>{autore}</rdf:li></rdf:Seq></dc:creator>\n\
         <dc:identifier>{identificativo}</dc:identifier>\n</rdf:Description>\n<rdf:Description rdf:about=\"\" \
         xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n<xmp:CreatorTool>Tabulario</xmp:CreatorTool>\n\
         <xmp:CreateDate>{quando}</xmp:CreateDate>\n<xmp:ModifyDate>{quando}</xmp:ModifyDate>\n</rdf:Description>\n</rdf:RDF>\n\
         </x:xmpmeta>\n<?xpacket end=\"w\"?>"
    )
}
