//! ASiC: a ZIP of documents with their signatures (ETSI EN 319 162-1): ASiC-S holds one document, ASiC-E any number of them, named by
//! a manifest or by the XML signatures themselves.
//!
//! Every signature and timestamp of the container is judged by the formats that own them; what is judged here is which files they cover.

pub mod contenitore;
mod manifesto;

use super::catena::Contesto;
use super::difetto::separa;
use super::documento::Somma;
use super::esame::peggiora;
use super::giudizio::Giudizio;
use super::rapporto::{Firma, Formato, MarcaTemporale};
use super::strato::Visita;
use super::xades;
use super::xml::riferimento::Fuori;
use contenitore::{Contenitore, Voce};
use manifesto::Manifesto;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;

/// Signature files, and timestamp files, of one container that are judged.
const MAX_FILE_DI_FIRMA: usize = 64;

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
pub fn esamina(contesto: &Contesto<'_>, contenitore: &Contenitore, strato: usize) -> io::Result<Esame> {
    let mut esame = Esame::default();
    let (da_giudicare, oltre) = {
        let tutte: Vec<&Voce> = contenitore.voci.iter().filter(|v| v.e_firma() || v.e_marca()).collect();
        (tutte.iter().take(MAX_FILE_DI_FIRMA).copied().collect::<Vec<_>>(), tutte.len() > MAX_FILE_DI_FIRMA)
    };
    for voce in da_giudicare {
        if voce.e_xml() {
            esame.xades(contesto, contenitore, voce, strato);
        } else {
            esame.cms(contesto, contenitore, voce, strato)?;
        }
    }
    if oltre {
        let frase = format!(
            "Nel contenitore ci sono più di {MAX_FILE_DI_FIRMA} file di firma: gli altri non sono stati verificati."
        );
        esame.rilievi.push(frase);
    }
    if !esame.firme.is_empty() {
        let scoperti = contenitore.documenti().filter(|d| !esame.coperti.contains(&d.nome));
        let nomi: Vec<String> = scoperti.take(5).map(|d| format!("«{}»", d.nome_leggibile())).collect();
        if !nomi.is_empty() {
            esame
                .rilievi
                .push(format!("Nessuna firma copre {}: possono essere stati aggiunti da chiunque.", nomi.join(", ")));
        }
    }
    Ok(esame)
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
    fn cms(
        &mut self,
        contesto: &Contesto<'_>,
        contenitore: &Contenitore,
        voce: &Voce,
        strato: usize,
    ) -> io::Result<()> {
        let mut giudizio = Giudizio::new();
        let manifesto = Manifesto::di(contenitore, voce);
        let unico = contenitore.unico_documento().filter(|_| contenitore.formato == Formato::AsicS);
        let firmato = match (&manifesto, unico) {
            (Some(manifesto), _) => Some(manifesto.voce),
            (None, unico) => unico,
        };
        let mut nel_vuoto = io::sink();
        let mut byte = firmato.map(|f| f.byte.as_slice());
        let mut visita = Visita::new(contesto, byte.as_mut().map(|b| -> &mut dyn io::Read { b }), &mut nel_vuoto);
        let letto = visita.scendi(&mut voce.byte.as_slice(), 0, Somma::Qui);
        // A slice cannot fail as a disk does.
        let _ = separa(letto)?;
        match &manifesto {
            Some(manifesto) => {
                manifesto.confronta(contenitore, &mut giudizio);
                self.coperti.extend(manifesto.nomi(contenitore));
            }
            None => self.coperti.extend(firmato.map(|f| f.nome.clone())),
        }
        let (mut firme, marche) = (visita.firme, visita.marche);
        if firme.is_empty() && marche.is_empty() {
            firme.push(vec![super::strato::illeggibile(
                strato,
                super::difetto::Difetto("non contiene una busta di firma"),
            )]);
        }
        for mut firma in firme.into_iter().flatten() {
            firma.layer = strato;
            peggiora(&mut firma, |propria| propria.unisci(&giudizio));
            self.firme.push(firma);
        }
        for mut marca in marche {
            marca.indication = marca.indication.max(giudizio.indicazione);
            self.marche.push(marca);
        }
        self.rilievi.extend(visita.rilievi.into_iter().filter(|_| voce.e_marca()));
        Ok(())
    }
}
