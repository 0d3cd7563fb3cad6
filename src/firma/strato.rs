//! The walk through the layers of a file, from the outermost wrapping to the document.
//!
//! Every layer is a reader over the one outside it, so nothing is held whole: the document flows out while the digests
//! of all the envelopes round it are computed, and each envelope is judged when its content has passed.

mod marcato;

use super::algoritmo::Digesto;
use super::archivio::Intorno;
use super::asic::contenitore::{self, Letto, MAX_ASIC_BYTE};
use super::ber::Raccolta;
use super::catena::{Contesto, Uso};
use super::certificato::Certificato;
use super::cms::{Busta, Impronte, MAX_CAPSULA_BYTE, MAX_RESTO_BYTE, MAX_REVOCHE_BYTE, Resto, Somme, Staccato};
use super::difetto::{Difetto, separa};
use super::documento::{Documento, Raccolto, Somma, copia, riempi};
use super::esame::{Firmato, Oggetto, esamina, senza_firmatario};
use super::genere::{ANTEPRIMA_BYTE, Genere, genere};
use super::giudizio::Giudizio;
use super::involucro::{Armatura, Base64};
use super::m7m::MAX_M7M_BYTE;
use super::oid;
use super::pades::{MAX_PDF_BYTE, verifica_pdf};
use super::rapporto::{Contenuto, Firma, Formato, MarcaTemporale, Sottoindicazione};
use super::revoca::Revoche;
use super::tsd::Tsd;
use super::xml::albero::MAX_XML_BYTE;
use super::xml::riferimento::Fuori;
use super::{asic, ber, xades};
use crate::valori::Impronta;
use std::io::{self, Read, Write};

/// Layers that are opened; what is deeper is left closed, with a finding.
pub const MAX_STRATI: usize = 16;
/// Containers one inside the other that are opened; each is held in memory.
const MAX_CONTENITORI: usize = 3;
/// Signers of one envelope that are judged.
const MAX_FIRMATARI: usize = 256;
/// Certificates of one envelope that are looked at.
const MAX_CERTIFICATI: usize = 512;

/// What the walk finds.
pub struct Visita<'a> {
    contesto: Contesto<'a>,
    estratto: &'a mut dyn Write,
    /// The document of a detached signature, until it is used.
    pub staccato: Option<&'a mut dyn Read>,
    /// The outermost format met.
    pub formato: Option<Formato>,
    /// The signers of every signed layer.
    pub firme: Vec<Vec<Firma>>,
    /// Tokens over the file itself.
    pub marche: Vec<MarcaTemporale>,
    /// The document.
    pub contenuto: Option<Contenuto>,
    /// The document just copied, while the layer round it has not finished its digest.
    da_sommare: Option<Documento>,
    /// The names of the layers.
    pub strati: Vec<String>,
    /// Findings on the file.
    pub rilievi: Vec<String>,
    /// The wrapping itself says that something signed is inside.
    pub dichiarato: bool,
    /// There is something that cannot be opened.
    pub cifrato: bool,
    /// The document is not XML but speaks of XML signatures.
    pub resti_xml: bool,
    /// How many containers were opened.
    contenitori: usize,
}

impl<'a> Visita<'a> {
    /// Nothing seen yet.
    pub fn new(contesto: Contesto<'a>, staccato: Option<&'a mut dyn Read>, estratto: &'a mut dyn Write) -> Self {
        Self {
            contesto,
            estratto,
            staccato,
            formato: None,
            firme: Vec::new(),
            marche: Vec::new(),
            contenuto: None,
            da_sommare: None,
            strati: Vec::new(),
            rilievi: Vec::new(),
            dichiarato: false,
            cifrato: false,
            resti_xml: false,
            contenitori: 0,
        }
    }

    /// Goes into a layer. Recursive, but never deeper than [`MAX_STRATI`]. Only failures of source and sink are errors.
    pub fn scendi(&mut self, r: &mut dyn Read, livello: usize, somma: Somma) -> io::Result<()> {
        let mut anteprima = vec![0; ANTEPRIMA_BYTE];
        let Ok(n) = separa(riempi(r, &mut anteprima))? else { return Ok(()) };
        anteprima.truncate(n);
        let genere = genere(&anteprima);
        let mut tutto = anteprima.as_slice().chain(r);
        if livello >= MAX_STRATI && genere != Genere::Documento {
            let frase = format!("Le buste sono più di {MAX_STRATI}: quelle più interne non sono state aperte.");
            self.non_verificata(None, &frase);
            return self.documento(&mut tutto, somma);
        }
        match genere {
            Genere::Base64 => self.involucro("base64", Armatura::Nessuna, &mut tutto, livello),
            Genere::Pem => self.involucro("PEM", Armatura::Pem, &mut tutto, livello),
            Genere::Busta => self.busta(Busta::apri(&mut tutto), livello),
            Genere::RispostaMarca => self.busta(Busta::apri_risposta(&mut tutto), livello),
            Genere::Tsd => self.tsd(Tsd::apri(&mut tutto), livello),
            Genere::Mime => self.involucro("MIME", Armatura::Mime, &mut tutto, livello),
            Genere::M7m if livello == 0 => self.m7m(&mut tutto, livello),
            Genere::Cifrato => {
                self.cifrato = true;
                self.rilievi.push("Il file è cifrato: non si può sapere se dentro c'è una firma.".to_owned());
                svuota(&mut tutto)
            }
            Genere::Zip => self.zip(&mut tutto, livello, somma),
            Genere::M7m | Genere::Documento => self.documento(&mut tutto, somma),
        }
    }

    fn involucro(&mut self, nome: &str, armatura: Armatura, r: &mut dyn Read, livello: usize) -> io::Result<()> {
        self.strati.push(nome.to_owned());
        self.dichiarato = true;
        let Ok(mut lettore) = separa(Base64::apri(r, armatura))? else { return Ok(()) };
        self.scendi(&mut lettore, livello + 1, Somma::Qui)?;
        svuota(&mut lettore)?;
        if let Ok(avanzo) = separa(lettore.avanzo())? {
            self.annota_avanzo(avanzo);
        }
        Ok(())
    }

    fn busta(&mut self, aperta: io::Result<Busta<'_>>, livello: usize) -> io::Result<()> {
        let mut busta = match separa(aperta)? {
            Ok(busta) => busta,
            Err(difetto) => {
                self.strato_firmato("CAdES", Formato::Cades, vec![illeggibile(self.firme.len(), difetto)]);
                return Ok(());
            }
        };
        if busta.tipo == oid::TST_INFO {
            return self.gettone(busta, livello);
        }
        let formato = self.formato;
        let strato = self.strato_firmato("CAdES", Formato::Cades, Vec::new());
        let attaccato = busta.ha_contenuto();
        let (mut noto, mut staccato) = (attaccato, None);
        let tenibili = MAX_CAPSULA_BYTE.checked_shr(u32::try_from(strato).unwrap_or(u32::MAX)).unwrap_or(0);
        busta.tieni_al_massimo(tenibili);
        if attaccato {
            self.scendi(&mut busta, livello + 1, Somma::Fuori)?;
            svuota(&mut busta)?;
            noto = busta.contenuto_intero();
        } else if let Some(sorgente) = self.staccato.take() {
            noto = true;
            staccato = self.scendi_staccato(sorgente, &mut busta.somme, livello, tenibili)?;
        }
        let impronte = busta.somme.concludi();
        if noto {
            self.fissa_contenuto(&impronte);
        } else {
            self.da_sommare = None;
        }
        let tipo = busta.tipo;
        let firme = match separa(busta.chiudi())? {
            Err(difetto) => vec![illeggibile(strato, difetto)],
            Ok(resto) if !attaccato && resto.firmatari.is_empty() && resto.difetto_firmatari.is_none() => {
                self.formato = formato;
                self.firme.truncate(strato);
                self.rilievi.push("Il file contiene solo certificati, nessun documento e nessuna firma.".to_owned());
                return Ok(());
            }
            Ok(resto) => {
                self.annota_avanzo(resto.avanzo);
                let firmato = if noto { Firmato::Passato(&impronte) } else { Firmato::Ignoto };
                let uso = Uso::Firma;
                let intorno = Intorno::new(&resto, staccato.as_deref());
                let oggetto = Oggetto {
                    tipo: Some(tipo),
                    firmato,
                    certificati: &[],
                    revoche: &[],
                    intorno: Some(&intorno),
                    strato,
                    uso,
                };
                giudica(&self.contesto, &oggetto, &resto, &[], &mut self.rilievi)
            }
        };
        if let Some(posto) = self.firme.get_mut(strato) {
            *posto = firme;
        }
        Ok(())
    }

    /// The document that was given apart; answers it, if it is not longer than `tenibili`.
    fn scendi_staccato(
        &mut self,
        sorgente: &mut dyn Read,
        somme: &mut Somme,
        livello: usize,
        tenibili: usize,
    ) -> io::Result<Option<Vec<u8>>> {
        let mut staccato = Staccato { sorgente, somme, tenuto: Raccolta::new(tenibili) };
        self.scendi(&mut staccato, livello + 1, Somma::Fuori)?;
        svuota(&mut staccato)?;
        Ok((!staccato.tenuto.eccede).then_some(staccato.tenuto.byte))
    }

    /// The document that has just passed is whole, and these are its digests.
    fn fissa_contenuto(&mut self, impronte: &Impronte) {
        let Some(documento) = self.da_sommare.take() else { return };
        self.contenuto = impronte.con(Digesto::Sha256).and_then(|sha256| contenuto(&documento, sha256));
    }

    fn documento(&mut self, r: &mut dyn Read, somma: Somma) -> io::Result<()> {
        let Some(mut documento) = self.copia_documento(r, somma)? else { return Ok(()) };
        self.resti_xml = documento.resti_xml;
        self.strati.extend(documento.strato.map(str::to_owned));
        match std::mem::take(&mut documento.raccolto) {
            Raccolto::Pdf(pdf) => self.pdf(&pdf),
            Raccolto::Xml(xml) if documento.firma_interna.is_some() => self.firme_xml(&xml)?,
            Raccolto::Troppo(formato) => self.troppo_grande(formato, documento.firma_interna.is_some()),
            Raccolto::Niente | Raccolto::Xml(_) => {
                match documento.firma_interna {
                    Some(formato) if documento.size > ber::conta(MAX_ASIC_BYTE) => self.troppo_grande(formato, true),
                    // As an office format keeps its own inside its ZIP.
                    Some(_) => {
                        self.non_verificata(None, "Il file ha dati di firma in un formato che non è verificato.")
                    }
                    None => {}
                }
            }
        }
        Ok(())
    }

    /// A ZIP: a signed container, whose only document is looked into, or a document like any other.
    fn zip(&mut self, r: &mut dyn Read, livello: usize, somma: Somma) -> io::Result<()> {
        let mut byte = Vec::new();
        let Ok(_) = separa(r.take(ber::conta(MAX_ASIC_BYTE) + 1).read_to_end(&mut byte))? else { return Ok(()) };
        if byte.len() > MAX_ASIC_BYTE {
            return self.documento(&mut byte.as_slice().chain(r), somma);
        }
        let strato = self.firme.len();
        if self.contenitori >= MAX_CONTENITORI {
            let frase = format!(
                "I contenitori sono uno dentro l'altro oltre {MAX_CONTENITORI}: gli altri non sono stati aperti."
            );
            self.non_verificata(None, &frase);
            return self.copia_documento(&mut byte.as_slice(), somma).map(|_| ());
        }
        match contenitore::leggi(&byte) {
            Letto::Altro => self.documento(&mut byte.as_slice(), somma),
            Letto::Rotto(perche) => {
                self.formato.get_or_insert(Formato::AsicE);
                self.firme.push(vec![illeggibile(strato, Difetto(perche))]);
                self.copia_documento(&mut byte.as_slice(), somma)?;
                Ok(())
            }
            Letto::Asic(contenitore) => {
                let esame = asic::esamina(&self.contesto, &contenitore, strato);
                let nome = if contenitore.formato == Formato::AsicS { "ASiC-S" } else { "ASiC-E" };
                self.formato.get_or_insert(contenitore.formato);
                self.strati.push(nome.to_owned());
                if !esame.firme.is_empty() {
                    self.firme.push(esame.firme);
                }
                self.marche.extend(esame.marche);
                self.rilievi.extend(esame.rilievi);
                if strato == self.firme.len() && self.marche.is_empty() {
                    self.rilievi
                        .push("Il contenitore dice di essere firmato (ASiC) e non contiene nessuna firma.".to_owned());
                }
                self.contenitori += 1;
                if contenitore.unico_documento().is_none() {
                    return self.copia_documento(&mut byte.as_slice(), somma).map(|_| ());
                }
                drop(byte);
                let unico = contenitore.in_unico_documento().unwrap_or_default();
                self.scendi(&mut unico.as_slice(), livello + 1, Somma::Qui)
            }
        }
    }

    /// Copies the document out, and keeps what is known of it.
    fn copia_documento(&mut self, r: &mut dyn Read, somma: Somma) -> io::Result<Option<Documento>> {
        let Ok(mut documento) = separa(copia(r, self.estratto, somma))? else { return Ok(None) };
        let raccolto = std::mem::take(&mut documento.raccolto);
        match &documento.sha256 {
            Some(sha256) => self.contenuto = contenuto(&documento, sha256),
            None => self.da_sommare = Some(documento.clone()),
        }
        Ok(Some(Documento { raccolto, ..documento }))
    }

    /// The signatures inside an XML document, which may sign the document that was given apart.
    fn firme_xml(&mut self, xml: &[u8]) -> io::Result<()> {
        let mut separato = None;
        if self.staccato.is_some() && xades::chiede_contenuto(xml) {
            let mut byte = Vec::new();
            if let Some(sorgente) = self.staccato.take() {
                sorgente.take(ber::conta(MAX_XML_BYTE) + 1).read_to_end(&mut byte)?;
            }
            separato = Some(byte).filter(|byte| byte.len() <= MAX_XML_BYTE);
        }
        let firme = xades::esamina(
            &self.contesto,
            xml,
            separato.as_deref().map_or(Fuori::Niente, Fuori::Uno),
            self.firme.len(),
        );
        if !firme.is_empty() {
            self.formato.get_or_insert(Formato::Xades);
            self.firme.push(firme);
        }
        Ok(())
    }

    /// The signatures inside a PDF: a layer of their own, if there are any.
    fn pdf(&mut self, pdf: &[u8]) {
        let verifica = verifica_pdf(&self.contesto, pdf, self.firme.len());
        self.cifrato |= verifica.cifrato;
        self.rilievi.extend(verifica.rilievi);
        if !verifica.firme.is_empty() || !verifica.marche.is_empty() {
            self.formato.get_or_insert(Formato::Pades);
            self.firme.push(verifica.firme);
            self.marche.extend(verifica.marche);
        }
    }

    fn troppo_grande(&mut self, formato: Formato, firmato: bool) {
        let (nome, byte) = match formato {
            Formato::Pades => ("PDF", MAX_PDF_BYTE),
            Formato::Xades => ("documento XML", MAX_XML_BYTE),
            Formato::M7m => ("file M7M", MAX_M7M_BYTE),
            _ => ("contenitore", MAX_ASIC_BYTE),
        };
        let mib = byte / (1024 * 1024);
        if firmato {
            let frase = format!("Il {nome} supera {mib} MiB: le firme che contiene non sono state verificate.");
            self.non_verificata(Some(formato), &frase);
        } else if formato == Formato::Pades {
            let frase = format!("Il {nome} supera {mib} MiB: non sono state cercate firme nascoste al suo interno.");
            self.rilievi.push(frase);
        }
    }

    /// One more signed layer, named; answers its place among them.
    fn strato_firmato(&mut self, nome: &str, formato: Formato, firme: Vec<Firma>) -> usize {
        self.formato.get_or_insert(formato);
        self.strati.push(nome.to_owned());
        self.firme.push(firme);
        self.firme.len() - 1
    }

    fn non_verificata(&mut self, formato: Option<Formato>, frase: &str) {
        self.formato = self.formato.or(formato);
        self.firme.push(vec![incerta(self.firme.len(), frase)]);
    }

    fn annota_avanzo(&mut self, avanzo: u64) {
        if avanzo > 0 {
            self.rilievi
                .push(format!("Dopo la fine della firma ci sono {avanzo} byte estranei, che non ne fanno parte."));
        }
    }
}

/// Judges every signer of an envelope. `altri` are certificates that stand elsewhere in the file; what is wrong with
/// certificates is told in `rilievi`.
pub fn giudica(
    contesto: &Contesto<'_>,
    comune: &Oggetto<'_>,
    resto: &Resto,
    altri: &[Vec<u8>],
    rilievi: &mut Vec<String>,
) -> Vec<Firma> {
    let strato = comune.strato;
    if resto.eccede {
        let frase = format!("Certificati e firme superano {MAX_RESTO_BYTE} byte: non sono stati verificati.");
        return vec![incerta(strato, &frase)];
    }
    let propri = resto.certificati.iter().take(MAX_CERTIFICATI);
    let letti: Vec<_> = propri.chain(altri).map(|c| Certificato::leggi(c)).collect();
    if letti.iter().any(Option::is_none) || resto.certificati.len() > MAX_CERTIFICATI {
        rilievi.push("Alcuni certificati contenuti nel file non sono stati letti.".to_owned());
    }
    let certificati: Vec<Certificato<'_>> = letti.into_iter().flatten().collect();
    if resto.revoche_eccedono {
        let frase = format!("I dati di revoca nel file superano {MAX_REVOCHE_BYTE} byte: non sono stati letti.");
        rilievi.push(frase);
    }
    let proprie = Revoche::di_busta(resto.revoche.iter().map(Vec::as_slice));
    let revoche: Vec<&Revoche<'_>> = std::iter::once(&proprie).chain(comune.revoche.iter().copied()).collect();
    let oggetto = Oggetto { certificati: &certificati, revoche: &revoche, ..*comune };
    let da_giudicare = resto.firmatari.iter().take(MAX_FIRMATARI);
    let mut firme: Vec<Firma> = da_giudicare.map(|ber| esamina(contesto, &oggetto, ber)).collect();
    if resto.firmatari.len() > MAX_FIRMATARI {
        let frase = format!("I firmatari sono più di {MAX_FIRMATARI}: gli altri non sono stati verificati.");
        firme.push(incerta(strato, &frase));
    }
    if let Some(difetto) = resto.difetto_firmatari {
        firme.push(illeggibile(strato, difetto));
    }
    if firme.is_empty() {
        let mut giudizio = Giudizio::new();
        giudizio.fallita(Sottoindicazione::FormatFailure, "La busta di firma non contiene nessuna firma.");
        firme.push(senza_firmatario(strato, giudizio));
    }
    firme
}

fn contenuto(documento: &Documento, sha256: &[u8]) -> Option<Contenuto> {
    let sha256: Impronta = hex::encode(sha256).parse().ok()?;
    Some(Contenuto { sha256, size: documento.size, media_type: documento.media_type.to_owned() })
}

/// The entry of something that should be a signature and cannot be read.
pub fn illeggibile(strato: usize, difetto: Difetto) -> Firma {
    let mut giudizio = Giudizio::new();
    let frase = format!("Il file dovrebbe essere firmato ma non è leggibile: {difetto}.");
    giudizio.fallita(Sottoindicazione::FormatFailure, frase);
    senza_firmatario(strato, giudizio)
}

fn incerta(strato: usize, frase: &str) -> Firma {
    let mut giudizio = Giudizio::new();
    giudizio.incerta(Sottoindicazione::Generic, frase);
    senza_firmatario(strato, giudizio)
}

/// Reads what the layer inside did not need, so that the layer outside can go on; defects are told by their owner.
fn svuota(r: &mut dyn Read) -> io::Result<()> {
    let mut buf = vec![0; 8192];
    while let Ok(1..) = separa(r.read(&mut buf))? {}
    Ok(())
}
