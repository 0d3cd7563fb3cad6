//! What stands in `/Contents`, judged over the bytes that the signature covers (ISO 32000-2 table 260, ETSI EN 319 142-1).

use super::super::algoritmo::Digesto;
use super::super::asn1::{elemento, scrivi};
use super::super::ber::{INTEGER, OCTET_STRING, OID, SEQUENCE};
use super::super::catena::{Contesto, Uso};
use super::super::certificato::Certificato;
use super::super::cms::{Busta, Impronte, Somme};
use super::super::difetto::{Difetto, separa};
use super::super::esame::{Firmato, Oggetto, esamina as esamina_firma, peggiora, senza_firmatario};
use super::super::giudizio::Giudizio;
use super::super::marca::{Gettone, esamina_con, somme_marcabili};
use super::super::oid;
use super::super::rapporto::{Firma, MarcaTemporale, Sottoindicazione};
use super::super::revoca::Revoche;
use super::super::strato::giudica;
use std::io::{self, Read as _};

/// The longest content inside an envelope that should have none, or a digest.
const MAX_INTERNO_BYTE: u64 = 64 * 1024;

/// What is judged.
pub struct Valore<'a> {
    /// `SubFilter`: how `contents` is to be read.
    pub sottofiltro: &'a [u8],
    /// The signature.
    pub contents: &'a [u8],
    /// What it covers.
    pub coperti: [&'a [u8]; 2],
    /// Certificates beside the signature, for `adbe.x509.rsa_sha1`.
    pub cert: &'a [Vec<u8>],
    /// Certificates of the DSS.
    pub altri: &'a [Vec<u8>],
    /// Revocation data of the DSS.
    pub revoche: &'a Revoche<'a>,
    /// Which signed layer of the file.
    pub strato: usize,
}

/// What came out.
pub enum Esito {
    /// Signers: one, if all is as it should be.
    Firme(Vec<Firma>),
    /// A document timestamp, and the sentence about it.
    Marca(MarcaTemporale, String),
}

/// Judges a signature value.
pub fn esamina(contesto: &Contesto<'_>, valore: &Valore<'_>, rilievi: &mut Vec<String>) -> Esito {
    let esito = match valore.sottofiltro {
        b"adbe.x509.rsa_sha1" => pkcs1(contesto, valore).map(|firma| Esito::Firme(vec![firma])),
        b"ETSI.RFC3161" => separa(marca(contesto, valore)).unwrap_or(Err(ILLEGGIBILE)),
        _ => separa(cms(contesto, valore, rilievi)).unwrap_or(Err(ILLEGGIBILE)).map(Esito::Firme),
    };
    esito.unwrap_or_else(|difetto| Esito::Firme(vec![super::super::strato::illeggibile(valore.strato, difetto)]))
}

const ILLEGGIBILE: Difetto = Difetto("il contenuto della firma non è leggibile");

/// `adbe.pkcs7.detached`, `ETSI.CAdES.detached`, `adbe.pkcs7.sha1`, and what says something else but is a CMS.
fn cms(contesto: &Contesto<'_>, valore: &Valore<'_>, rilievi: &mut Vec<String>) -> io::Result<Vec<Firma>> {
    let mut sorgente = valore.contents;
    let mut busta = Busta::apri(&mut sorgente)?;
    let tipo = busta.tipo;
    let mut difetto = None;
    let impronte = if busta.ha_contenuto() {
        let mut interno = Vec::new();
        busta.by_ref().take(MAX_INTERNO_BYTE).read_to_end(&mut interno)?;
        io::copy(&mut busta, &mut io::sink())?;
        if valore.sottofiltro == b"adbe.pkcs7.sha1" {
            // The envelope signs the digest, and the digest is of the document.
            let impronte = impronte(Somme::di(&[Digesto::Sha1]), valore.coperti);
            if impronte.con(Digesto::Sha1) != Some(interno.as_slice()) {
                let frase = "Il documento non è quello firmato: la sua impronta è diversa da quella nella firma.";
                difetto = Some((Sottoindicazione::HashFailure, frase));
            }
            busta.somme.concludi()
        } else {
            let frase = "La firma contiene un documento suo, mentre dovrebbe firmare il PDF in cui si trova.";
            difetto = Some((Sottoindicazione::FormatFailure, frase));
            impronte(somme_marcabili(), valore.coperti)
        }
    } else {
        impronte(std::mem::take(&mut busta.somme), valore.coperti)
    };
    let resto = busta.chiudi()?;
    let firmato = match valore.sottofiltro {
        b"adbe.pkcs7.sha1" => Firmato::Impronta(&impronte, Digesto::Sha1),
        _ => Firmato::Passato(&impronte),
    };
    let oggetto = Oggetto {
        tipo: Some(tipo),
        firmato,
        intorno: None,
        certificati: &[],
        revoche: &[valore.revoche],
        strato: valore.strato,
        uso: Uso::Firma,
    };
    let mut firme = giudica(contesto, &oggetto, &resto, valore.altri, rilievi);
    for firma in &mut firme {
        peggiora(firma, |giudizio| {
            if let Some((motivo, frase)) = difetto {
                giudizio.fallita(motivo, frase);
            }
        });
    }
    Ok(firme)
}

/// A document timestamp.
fn marca(contesto: &Contesto<'_>, valore: &Valore<'_>) -> io::Result<Esito> {
    let mut sorgente = valore.contents;
    let busta = Busta::apri(&mut sorgente)?;
    if busta.tipo != oid::TST_INFO {
        return Err(Difetto("dice di essere una marca temporale e non lo è").into());
    }
    let gettone = Gettone::leggi(busta)?;
    let impronte = impronte(somme_marcabili(), valore.coperti);
    let altri: Vec<_> = valore.altri.iter().filter_map(|der| Certificato::leggi(der)).collect();
    let (marca, frase) = esamina_con(contesto, &gettone, Ok(Firmato::Passato(&impronte)), &altri, &[valore.revoche]);
    Ok(Esito::Marca(marca, frase))
}

/// `adbe.x509.rsa_sha1`: a bare RSA value (PKCS#1 v1.5 with SHA-1) in an OCTET STRING, and the certificates beside it. It is
/// judged as a CMS signer without attributes, which says the same things.
fn pkcs1(contesto: &Contesto<'_>, valore: &Valore<'_>) -> Result<Firma, Difetto> {
    let (ottetti, _) = super::super::asn1::leggi(valore.contents)?;
    if ottetti.tag != OCTET_STRING {
        return Err(ILLEGGIBILE);
    }
    let certificati: Vec<_> =
        valore.cert.iter().chain(valore.altri).filter_map(|der| Certificato::leggi(der)).collect();
    let Some(primo) = certificati.first().filter(|c| valore.cert.first().is_some_and(|der| der == c.der)) else {
        let mut giudizio = Giudizio::new();
        let frase = "Il certificato del firmatario non è nel file: la firma non si può verificare.";
        giudizio.incerta(Sottoindicazione::NoSigningCertificateFound, frase);
        return Ok(senza_firmatario(valore.strato, giudizio));
    };
    let impronte = impronte(Somme::di(&[Digesto::Sha1]), valore.coperti);
    let oggetto = Oggetto {
        tipo: Some(oid::DATA),
        firmato: Firmato::Passato(&impronte),
        intorno: None,
        certificati: &certificati,
        revoche: &[valore.revoche],
        strato: valore.strato,
        uso: Uso::Firma,
    };
    let algoritmo = |tipo: der::oid::ObjectIdentifier| scrivi(SEQUENCE, &scrivi(OID, tipo.as_bytes()));
    let campi = [
        scrivi(INTEGER, &[1]),
        scrivi(SEQUENCE, &emittente_e_seriale(primo.der)?),
        algoritmo(Digesto::Sha1.oid()),
        algoritmo(oid::RSA),
        scrivi(OCTET_STRING, ottetti.valore),
    ];
    let mut firma = esamina_firma(contesto, &oggetto, &scrivi(SEQUENCE, &campi.concat()));
    firma.level = Some("adbe.x509.rsa_sha1".to_owned());
    Ok(firma)
}

/// Issuer and serial number of a certificate, as a SignerInfo names it (RFC 5652 section 10.2.4).
fn emittente_e_seriale(certificato: &[u8]) -> Result<Vec<u8>, Difetto> {
    let parti = elemento(certificato)?.figli()?;
    let campi = parti.first().ok_or(ILLEGGIBILE)?.figli()?;
    // TBSCertificate ::= SEQUENCE { version [0] OPTIONAL, serialNumber INTEGER, signature, issuer Name, … }
    let mut campi = campi.iter().skip_while(|campo| campo.tag != INTEGER);
    let (seriale, _, emittente) = (campi.next(), campi.next(), campi.next());
    let (seriale, emittente) = seriale.zip(emittente).ok_or(ILLEGGIBILE)?;
    Ok([emittente.intero, seriale.intero].concat())
}

fn impronte(mut somme: Somme, coperti: [&[u8]; 2]) -> Impronte {
    coperti.iter().for_each(|tratto| somme.aggiungi(tratto));
    somme.concludi()
}
