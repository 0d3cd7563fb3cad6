//! The manifest of an ASiC-E (EN 319 162-1 annex A.4): which files a CMS signature covers, and with which digests.
//!
//! ```text
//! ASiCManifest: SigReference(URI), DataObjectReference(URI) { ds:DigestMethod(Algorithm), ds:DigestValue }+
//! ```

use super::contenitore::{Contenitore, Voce};
use crate::firma::giudizio::Giudizio;
use crate::firma::rapporto::Sottoindicazione;
use crate::firma::xml::albero::{Albero, decodifica};
use crate::firma::xml::{DS, digesto};

const ASIC: &str = "http://uri.etsi.org/02918/v1.2.1#";
/// Files that one manifest may name.
const MAX_RIFERIMENTI: usize = 1_000;

/// A manifest, and the file that holds it.
pub struct Manifesto<'a> {
    /// What the signature signs.
    pub voce: &'a Voce,
    riferimenti: Vec<Riferimento>,
    eccedono: bool,
}

struct Riferimento {
    indirizzo: String,
    algoritmo: String,
    impronta: Option<Vec<u8>>,
}

impl<'a> Manifesto<'a> {
    /// The manifest that names this signature file.
    pub fn di(contenitore: &'a Contenitore, firma: &Voce) -> Option<Self> {
        let manifesti =
            contenitore.voci.iter().filter(|v| v.nome.starts_with("META-INF/") && v.e_xml() && !v.e_firma());
        manifesti.filter_map(|voce| leggi(contenitore, voce, firma)).next()
    }

    /// The names of the files that it covers.
    pub fn nomi(&self, contenitore: &Contenitore) -> Vec<String> {
        let voci = self.riferimenti.iter().filter_map(|r| contenitore.con_indirizzo(&r.indirizzo));
        voci.map(|v| v.nome.clone()).collect()
    }

    /// Every file must be there, and be the one that was signed.
    pub fn confronta(&self, contenitore: &Contenitore, giudizio: &mut Giudizio) {
        for r in &self.riferimenti {
            let nome: String = r.indirizzo.chars().filter(|c| !c.is_control()).take(80).collect();
            let (Some(atteso), digesto) = (&r.impronta, digesto(&r.algoritmo)) else {
                let frase = format!("L'impronta di «{nome}» nel manifesto del contenitore non è leggibile.");
                giudizio.fallita(Sottoindicazione::FormatFailure, frase);
                continue;
            };
            match (contenitore.con_indirizzo(&r.indirizzo), digesto) {
                (None, _) => giudizio.incerta(
                    Sottoindicazione::SignedDataNotFound,
                    format!("Il file firmato «{nome}» non è più nel contenitore."),
                ),
                (_, None) => giudizio.incerta(
                    Sottoindicazione::CryptoConstraintsFailure,
                    format!("L'impronta di «{nome}» usa un algoritmo che non è fra quelli accettati."),
                ),
                (Some(voce), Some(digesto)) if digesto.di(&voce.byte) == *atteso => {}
                _ => giudizio.fallita(
                    Sottoindicazione::HashFailure,
                    format!("Il file «{nome}» non è quello firmato: la sua impronta è diversa."),
                ),
            }
        }
        if self.riferimenti.is_empty() {
            giudizio
                .incerta(Sottoindicazione::SignedDataNotFound, "Il manifesto del contenitore non nomina nessun file.");
        }
        if self.eccedono {
            let frase =
                format!("Il manifesto nomina più di {MAX_RIFERIMENTI} file: gli altri non sono stati verificati.");
            giudizio.incerta(Sottoindicazione::Generic, frase);
        }
    }
}

fn leggi<'a>(contenitore: &Contenitore, voce: &'a Voce, firma: &Voce) -> Option<Manifesto<'a>> {
    let testo = decodifica(&voce.byte).ok()?;
    let albero = Albero::leggi(&testo).ok()?;
    let radice = albero.elementi().next().filter(|n| albero.e(*n, ASIC, "ASiCManifest"))?;
    let di_chi = albero.attributo(albero.unico(radice, ASIC, "SigReference")?, "URI")?;
    if contenitore.con_indirizzo(di_chi)?.nome != firma.nome {
        return None;
    }
    let mut nodi = albero.figli_con(radice, ASIC, "DataObjectReference");
    let riferimenti = nodi.by_ref().take(MAX_RIFERIMENTI).map(|nodo| {
        let metodo = albero.unico(nodo, DS, "DigestMethod").and_then(|n| albero.attributo(n, "Algorithm"));
        Riferimento {
            indirizzo: albero.attributo(nodo, "URI").unwrap_or_default().to_owned(),
            algoritmo: metodo.unwrap_or_default().to_owned(),
            impronta: albero.unico(nodo, DS, "DigestValue").and_then(|n| albero.base64(n)),
        }
    });
    let riferimenti = riferimenti.collect();
    let eccedono = nodi.next().is_some();
    Some(Manifesto { voce, riferimenti, eccedono })
}
