//! ASiC: a ZIP of documents with their signatures (ETSI EN 319 162-1): ASiC-S holds one document, ASiC-E any number of them, named by
//! a manifest or by the XML signatures themselves.
//!
//! Every signature and timestamp of the container is judged by the formats that own them; what is judged here is which files they cover.

pub mod contenitore;
mod manifesto;

use super::archivio::Intorno;
use super::catena::{Contesto, Uso};
use super::cms::Busta;
use super::difetto::{Difetto, separa};
use super::esame::{Firmato, Oggetto, peggiora, senza_firmatario};
use super::giudizio::Giudizio;
use super::marca::{Gettone, esamina_gettone};
use super::rapporto::{Firma, Formato, Indicazione, MarcaTemporale, Sottoindicazione};
use super::strato::{giudica, illeggibile};
use super::xml::riferimento::Fuori;
use super::{oid, xades};
use contenitore::{Contenitore, Voce};
use manifesto::Manifesto;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;

/// Signature files, and timestamp files, of one container that are judged.
const MAX_FILE_DI_FIRMA: usize = 64;
/// Files that nobody signed that are told by name.
const MAX_NOMINATI: usize = 5;

/// What the signatures of a container say.
#[derive(Default)]
pub struct Esame {
    /// The signers of all signature files.
    pub firme: Vec<Firma>,
    /// The timestamps over documents or manifests.
    pub marche: Vec<MarcaTemporale>,
    /// What a person should know of the container.
    pub rilievi: Vec<String>,
    /// The files that some signature or timestamp covers.
    coperti: BTreeSet<String>,
}

/// Judges every signature of a container.
pub fn esamina(contesto: &Contesto<'_>, contenitore: &Contenitore, strato: usize) -> Esame {
    let mut esame = Esame::default();
    let mut voci = contenitore.voci.iter().filter(|v| v.e_firma() || v.e_marca());
    for voce in voci.by_ref().take(MAX_FILE_DI_FIRMA) {
        if voce.e_xml() {
            esame.xades(contesto, contenitore, voce, strato);
        } else {
            esame.cms(contesto, contenitore, voce, strato);
        }
    }
    if voci.next().is_some() {
        let frase = format!("I file di firma sono più di {MAX_FILE_DI_FIRMA}: gli altri non sono stati verificati.");
        let mut giudizio = Giudizio::new();
        giudizio.incerta(Sottoindicazione::Generic, frase);
        esame.firme.push(senza_firmatario(strato, giudizio));
    }
    esame.cerca_scoperti(contenitore);
    esame
}

impl Esame {
    /// XML signatures name the files that they sign.
    fn xades(&mut self, contesto: &Contesto<'_>, contenitore: &Contenitore, voce: &Voce, strato: usize) {
        let nominati = RefCell::new(BTreeSet::new());
        let cerca = |indirizzo: &str| {
            // In an ASiC-S there is only one document to be signed, whatever it is called.
            let unico = || contenitore.unico_documento().filter(|_| contenitore.formato == Formato::AsicS);
            let trovata = contenitore.con_indirizzo(indirizzo).or_else(unico)?;
            nominati.borrow_mut().insert(trovata.nome.clone());
            Some(trovata.byte.as_slice())
        };
        let firme = xades::esamina(contesto, &voce.byte, Fuori::Nomi(&cerca), strato);
        self.firme.extend(firme);
        self.coperti.extend(nominati.into_inner());
    }

    /// A CMS signature, or a timestamp, covers the manifest that names it; in an ASiC-S the only document.
    fn cms(&mut self, contesto: &Contesto<'_>, contenitore: &Contenitore, voce: &Voce, strato: usize) {
        let mut del_manifesto = Giudizio::new();
        let manifesto = Manifesto::di(contenitore, voce);
        let firmato = match &manifesto {
            Some(manifesto) => {
                manifesto.confronta(contenitore, &mut del_manifesto);
                self.coperti.extend(manifesto.nomi(contenitore));
                Some(manifesto.voce)
            }
            None => contenitore.unico_documento().filter(|_| contenitore.formato == Formato::AsicS),
        };
        self.coperti.extend(firmato.filter(|_| manifesto.is_none()).map(|f| f.nome.clone()));
        let firmato = firmato.map(|f| f.byte.as_slice());
        // A slice cannot fail as a disk does.
        let letto = separa(if voce.e_marca() {
            self.marca(contesto, voce, firmato, &del_manifesto)
        } else {
            self.firma(contesto, voce, firmato, strato, &del_manifesto)
        });
        if let Err(difetto) = letto.unwrap_or(Err(Difetto("non è leggibile"))) {
            self.firme.push(illeggibile(strato, difetto));
        }
    }

    fn firma(
        &mut self,
        contesto: &Contesto<'_>,
        voce: &Voce,
        firmato: Option<&[u8]>,
        strato: usize,
        del_manifesto: &Giudizio,
    ) -> io::Result<()> {
        let mut sorgente = voce.byte.as_slice();
        let mut busta = Busta::apri(&mut sorgente)?;
        if busta.ha_contenuto() {
            // It would hold for a document of its own, and nobody would see that it is another one.
            return Err(Difetto("contiene un documento suo, mentre deve firmare i file del contenitore").into());
        }
        firmato.into_iter().for_each(|byte| busta.somme.aggiungi(byte));
        let impronte = busta.somme.concludi();
        let tipo = Some(busta.tipo);
        let resto = busta.chiudi()?;
        let intorno = Some(&Intorno::new(&resto, firmato));
        let firmato = if firmato.is_some() { Firmato::Passato(&impronte) } else { Firmato::Ignoto };
        let oggetto = Oggetto { tipo, firmato, certificati: &[], revoche: &[], intorno, strato, uso: Uso::Firma };
        for mut firma in giudica(contesto, &oggetto, &resto, &[], &mut self.rilievi) {
            peggiora(&mut firma, |propria| propria.unisci(del_manifesto));
            self.firme.push(firma);
        }
        Ok(())
    }

    fn marca(
        &mut self,
        contesto: &Contesto<'_>,
        voce: &Voce,
        firmato: Option<&[u8]>,
        del_manifesto: &Giudizio,
    ) -> io::Result<()> {
        let mut sorgente = voce.byte.as_slice();
        let busta = Busta::apri(&mut sorgente)?;
        if busta.tipo != oid::TST_INFO {
            return Err(Difetto("dice di essere una marca temporale e non lo è").into());
        }
        let gettone = Gettone::leggi(busta)?;
        let (mut marca, frase) = esamina_gettone(contesto, &gettone, firmato.map(Firmato::Byte), &[]);
        marca.indication = marca.indication.max(del_manifesto.indicazione);
        self.marche.push(marca);
        self.rilievi.push(frase);
        self.rilievi.extend(del_manifesto.rilievi.iter().cloned());
        Ok(())
    }

    /// What nobody signed may have been put there by anybody, and a person sees it beside the rest.
    fn cerca_scoperti(&mut self, contenitore: &Contenitore) {
        let scoperti = contenitore.documenti().filter(|d| !self.coperti.contains(&d.nome));
        let nomi: Vec<String> = scoperti.take(MAX_NOMINATI).map(|d| format!("«{}»", d.nome_leggibile())).collect();
        if nomi.is_empty() {
            return;
        }
        let frase = format!("Nessuna firma copre {}: chiunque può averlo messo nel contenitore.", nomi.join(", "));
        for firma in &mut self.firme {
            peggiora(firma, |g| g.incerta(Sottoindicazione::SigConstraintsFailure, frase.clone()));
        }
        for marca in &mut self.marche {
            marca.indication = marca.indication.max(Indicazione::Indeterminate);
        }
        if self.firme.is_empty() && !self.marche.is_empty() {
            self.rilievi.push(frase);
        }
    }
}
