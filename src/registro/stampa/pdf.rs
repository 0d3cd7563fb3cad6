//! A PDF/A-1b file, written page by page.

use super::oggetti::{Oggetti, righe, risorse};
use super::{Grigio, Pagina, Stile};
use crate::valori::Istante;
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use std::mem;

/// Points in a millimetre.
pub const PUNTI_PER_MM: f32 = 72.0 / 25.4;

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

    /// A page of these millimetres.
    #[must_use]
    pub fn mm(larghezza: f32, altezza: f32) -> Self {
        Self { larghezza: larghezza * PUNTI_PER_MM, altezza: altezza * PUNTI_PER_MM }
    }
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
const CATALOGO: u32 = 1;
const RADICE: u32 = 2;
const NORMALE: u32 = 3;
const GRASSETTO: u32 = 4;
const TOTALE: u32 = 5;
const METADATI: u32 = 6;
const RISORSE: u32 = 7;
const FISSI: u32 = 7;

/// Pages under one node of the tree: an array may hold at most 8191 things (PDF 1.4, annex C).
const PAGINE_PER_NODO: usize = 500;
/// Size of the number of all pages.
const CORPO_TOTALE: f32 = 7.0;

/// A file that is being written.
pub struct Pdf<W: Write> {
    oggetti: Oggetti<W>,
    formato: Formato,
    pagina: Pagina,
    /// Whoever prints it must not make it fit.
    naturale: bool,
    /// The page has something on it.
    aperta: bool,
    pagine: usize,
    /// The nodes of the tree of pages, each with its pages.
    nodi: Vec<(u32, Vec<u32>)>,
}

impl<W: Write> Pdf<W> {
    /// Begins a file whose pages are all of this size.
    ///
    /// # Errors
    /// Those of `fuori`.
    pub fn new(fuori: W, formato: Formato) -> io::Result<Self> {
        let pagina = Pagina::new(formato.altezza)?;
        let mut oggetti = Oggetti::new(fuori, 0, FISSI + 1);
        // Four bytes above 127 tell whoever carries the file that it is not text.
        oggetti.manda(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")?;
        Ok(Self { oggetti, formato, pagina, naturale: false, aperta: false, pagine: 0, nodi: Vec::new() })
    }

    /// The same, asking to be printed as large as it is.
    #[must_use]
    pub fn a_grandezza_naturale(self) -> Self {
        Self { naturale: true, ..self }
    }

    /// Closes the page, if one is open, and opens the next.
    ///
    /// # Errors
    /// Those of `fuori`.
    pub fn nuova_pagina(&mut self) -> io::Result<()> {
        self.chiudi_pagina()?;
        self.aperta = true;
        self.pagine += 1;
        self.pagina.inizia();
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
        let contenuto = self.oggetti.riserva();
        self.oggetti.flusso(contenuto, "", &disegno)?;
        self.pagina.disegno = disegno;
        self.pagina.disegno.clear();
        if self.nodi.last().is_none_or(|(_, pagine)| pagine.len() == PAGINE_PER_NODO) {
            let nodo = self.oggetti.riserva();
            self.nodi.push((nodo, Vec::new()));
        }
        let pagina = self.oggetti.riserva();
        let Formato { larghezza, altezza } = self.formato;
        if let Some((nodo, pagine)) = self.nodi.last_mut() {
            pagine.push(pagina);
            let testo = format!(
                "<< /Type /Page /Parent {nodo} 0 R /MediaBox [0 0 {larghezza} {altezza}] /Resources {RISORSE} 0 R \
                 /Contents {contenuto} 0 R >>"
            );
            self.oggetti.oggetto(pagina, &testo)?;
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
        let Self { mut oggetti, pagina, pagine, nodi, naturale, .. } = self;
        let stampa = if naturale { " /PrintScaling /None" } else { "" };
        let [normale, grassetto] = &pagina.caratteri;
        oggetti.carattere(NORMALE, &normale.parti()?)?;
        oggetti.carattere(GRASSETTO, &grassetto.parti()?)?;
        let comuni = risorse(NORMALE, GRASSETTO);
        oggetti.oggetto(RISORSE, &format!("<< {comuni} /XObject << /T {TOTALE} 0 R >> >>"))?;
        for (nodo, pagine) in &nodi {
            let figli = rimandi(pagine.iter());
            let quante = pagine.len();
            let testo = format!("<< /Type /Pages /Parent {RADICE} 0 R /Kids [{figli}] /Count {quante} >>");
            oggetti.oggetto(*nodo, &testo)?;
        }
        let figli = rimandi(nodi.iter().map(|(nodo, _)| nodo));
        oggetti.oggetto(RADICE, &format!("<< /Type /Pages /Kids [{figli}] /Count {pagine} >>"))?;
        // Metadata stay readable to whoever opens the file with anything.
        let metadati = metadati(titolo);
        oggetti.grezzo(METADATI, " /Type /Metadata /Subtype /XML", metadati.as_bytes())?;
        oggetti.oggetto(
            CATALOGO,
            &format!(
                "<< /Type /Catalog /Pages {RADICE} 0 R /Metadata {METADATI} 0 R /Lang (it-IT) /ViewerPreferences << \
                 /DisplayDocTitle true{stampa} >> >>"
            ),
        )?;
        indice(&mut oggetti, titolo)?;
        oggetti.finisci()
    }

    /// The number of all pages, drawn by each of them.
    fn totale(&mut self) -> io::Result<()> {
        self.pagina.disegno.extend_from_slice(b"/C cs\n");
        let altezza = mem::replace(&mut self.pagina.altezza, 0.0);
        let pagine = self.pagine.to_string();
        self.pagina.scrivi((0.0, 0.0), Stile::Normale, CORPO_TOTALE, Grigio::Scuro, &pagine);
        self.pagina.altezza = altezza;
        let disegno = mem::take(&mut self.pagina.disegno);
        let testa = format!(
            " /Type /XObject /Subtype /Form /BBox [0 -3 60 10] /Resources << {} >>",
            risorse(NORMALE, GRASSETTO)
        );
        self.oggetti.flusso(TOTALE, &testa, &disegno)
    }
}

/// The table that says where each object is.
fn indice<W: Write>(oggetti: &mut Oggetti<W>, titolo: &Titolo) -> io::Result<()> {
    let inizio = oggetti.scritti();
    let righe = righe(&oggetti.posti()?);
    let quanti = oggetti.prossimo();
    oggetti.manda(format!("xref\n0 {quanti}\n0000000000 65535 f \n{righe}").as_bytes())?;
    let id = Sha256::digest(format!("{} {}", titolo.identificativo, titolo.istante).as_bytes());
    let id = hex::encode_upper(id.get(..16).unwrap_or_default());
    let coda =
        format!("trailer\n<< /Size {quanti} /Root {CATALOGO} 0 R /ID [<{id}> <{id}>] >>\nstartxref\n{inizio}\n%%EOF\n");
    oggetti.manda(coda.as_bytes())
}

fn rimandi<'a>(oggetti: impl Iterator<Item = &'a u32>) -> String {
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
