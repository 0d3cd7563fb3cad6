//! *Firma*: is this file signed, by whom, and does the signature hold (CAD art. 24; Regulation (EU) 910/2014).
//!
//! It owns the formats of signature: CAdES (CMS SignedData, RFC 5652 and ETSI EN 319 122) in BER or DER, wrapped in base64
//! or PEM, nested, with their timestamps and revocation data; timestamp tokens, TSD and M7M; PAdES; XAdES (XML signatures with
//! the signer's properties, ETSI EN 319 132); ASiC. The verdict uses the words of ETSI EN 319 102-1.
//!
//! [`sigillo`] makes one: the seal of a body over an XML document.
//!
//! It is pure: bytes, anchors and instant in, a [`Rapporto`] out. It never looks at the clock, the network or the disk. The
//! document flows to the sink it is given; only a PDF, whose signatures point into it, is held too, up to a limit. Whatever the
//! bytes, the answer is a report.

mod algoritmo;
mod archivio;
mod asic;
mod asn1;
mod ber;
mod catena;
mod certificato;
mod chiave;
mod cms;
mod difetto;
mod documento;
mod esame;
mod ess;
mod fiducia;
mod firmatario;
mod frase;
mod genere;
mod giudizio;
mod ignoto;
mod involucro;
mod m7m;
mod marca;
mod oid;
mod pades;
mod prova;
mod qualifica;
mod rapporto;
mod revoca;
mod robustezza;
pub mod sigillo;
mod strato;
mod tempo;
mod tsd;
mod xades;
mod xml;

/// What a PDF is made of, for whoever makes a copy of one: nothing is judged here.
pub mod pdf {
    pub use super::difetto::Difetto;
    pub use super::pades::{Cardine, Dizionario, Id, Oggetto, Pagina, Pdf, Revisione, albero, campi, ha_firme};
}

pub use fiducia::{
    Citata, Criteri, Criterio, Errore, Fiducia, Firmatari, Genere, Identita, Lista, ListaAccettata, Modo, Periodo,
    Puntatore, Qualifica, RifiutoLista, Servizio, certificati,
};
pub use prova::{Inservibile, MAX_PROVA_BYTE, Prova};
pub use rapporto::{
    Contenuto, Firma, Firmatario, Formato, Indicazione, MarcaTemporale, Marcato, Rapporto, Sottoindicazione,
};
pub use revoca::{
    Accettato, Autorita, DatoRevoca, Domanda, GenereRevoca, MASSIMO_DATO_REVOCA_BYTE, RifiutoRevoca, domande,
};

use crate::valori::{Impronta, Istante};
use catena::Contesto;
use std::io::{self, Read, Write};
use strato::Visita;

/// Verifies a file and copies its innermost document to `estratto`.
///
/// * `contenuto`: the document of a detached signature (or the one that a bare timestamp token stamps);
/// * `nome`: the name of the file: one that ends in `.p7m` or `.p7s` claims to be signed, and fails if it is not;
/// * `fiducia`: the anchors; without any the best answer is `INDETERMINATE` with `NO_CERTIFICATE_CHAIN_FOUND`;
/// * `istante`: when the certificates must be valid.
///
/// When `content` of the report is `None`, what was written to `estratto` is not a whole document and must be thrown away.
///
/// # Errors
/// Only when a source cannot be read or `estratto` cannot be written: nothing that is inside the file is an error.
pub fn verifica(
    firmato: &mut dyn Read,
    contenuto: Option<&mut dyn Read>,
    nome: Option<&str>,
    fiducia: &Fiducia,
    istante: Istante,
    estratto: &mut dyn Write,
) -> io::Result<Rapporto> {
    let contesto = Contesto::new(fiducia, istante);
    esamina(firmato, contenuto, nome, contesto, estratto)
}

/// Verifies a file as [`verifica`] does and keeps what the verdict rests on. `impronta` is that of the file, whole.
///
/// # Errors
/// Only when the source cannot be read.
pub fn prova(
    firmato: &mut dyn Read,
    impronta: Impronta,
    nome: &str,
    fiducia: &Fiducia,
    istante: Istante,
) -> io::Result<Prova> {
    let contesto = Contesto::new(fiducia, istante);
    let traccia = contesto.traccia();
    let rapporto = esamina(firmato, None, Some(nome), contesto, &mut io::sink())?;
    let traccia = traccia.borrow();
    Ok(Prova::new(impronta, nome.to_owned(), istante, rapporto, &traccia))
}

/// The chains of certificates that are found while a file is verified, each from who signed to an anchor (DER).
///
/// # Errors
/// Only when the source cannot be read.
pub fn catene(firmato: &mut dyn Read, fiducia: &Fiducia, istante: Istante) -> io::Result<Vec<Vec<Vec<u8>>>> {
    let contesto = Contesto::new(fiducia, istante);
    let traccia = contesto.traccia();
    esamina(firmato, None, None, contesto, &mut io::sink())?;
    let catene = traccia.borrow().catene.clone();
    Ok(catene)
}

fn esamina(
    firmato: &mut dyn Read,
    contenuto: Option<&mut dyn Read>,
    nome: Option<&str>,
    contesto: Contesto<'_>,
    estratto: &mut dyn Write,
) -> io::Result<Rapporto> {
    let mut visita = Visita::new(contesto, contenuto.map(|c| -> &mut dyn Read { c }), estratto);
    visita.scendi(firmato, 0, documento::Somma::Qui)?;
    Ok(rapporto(visita, nome))
}

fn rapporto(mut visita: Visita<'_>, nome: Option<&str>) -> Rapporto {
    let senza_firme = visita.firme.is_empty() && visita.marche.is_empty();
    if senza_firme && !visita.cifrato {
        if visita.dichiarato || nome.is_some_and(promette_firma) {
            visita.firme.push(vec![strato::illeggibile(0, difetto::Difetto("non contiene una busta di firma"))]);
            visita.formato = Some(Formato::Cades);
        } else if visita.resti_xml && nome.is_some_and(|n| n.to_lowercase().ends_with(".xml")) {
            visita.firme.push(vec![strato::illeggibile(0, difetto::Difetto("non è XML ben formato"))]);
            visita.formato = Some(Formato::Xades);
        } else {
            visita.rilievi.push("Il file non contiene firme riconosciute.".to_owned());
        }
    }
    if visita.staccato.is_some() {
        visita
            .rilievi
            .push("Il documento indicato a parte non è stato usato: la firma contiene già il suo.".to_owned());
    }
    let signatures = visita.firme.concat();
    let indication = signatures.iter().map(peggiore).chain(visita.marche.iter().map(|marca| marca.indication)).max();
    Rapporto {
        format: visita.formato.unwrap_or(Formato::Nessuno),
        indication,
        signatures,
        timestamps: visita.marche,
        content: visita.contenuto,
        layers: visita.strati,
        findings: visita.rilievi,
    }
}

/// The worst of a signature and of the signatures over it.
fn peggiore(firma: &Firma) -> Indicazione {
    firma.counter_signatures.iter().map(peggiore).fold(firma.indication, Indicazione::max)
}

/// Whether a file with this name should be a CMS signature.
fn promette_firma(nome: &str) -> bool {
    let minuscolo = nome.to_lowercase();
    [".p7m", ".p7s"].iter().any(|estensione| minuscolo.ends_with(estensione))
}
