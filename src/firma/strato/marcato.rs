//! Layers that are a timestamp and what it stamps: a bare token, a TSD, an M7M. The token is judged first, so that a valid one dates
//! the signatures in what it stamps.

use super::super::ber::{self, Raccolta};
use super::super::cms::{Busta, Impronte, Staccato};
use super::super::difetto::{Difetto, separa};
use super::super::documento::Somma;
use super::super::esame::Firmato;
use super::super::m7m::{self, MAX_M7M_BYTE};
use super::super::marca::{Gettone, esamina_gettone, somme_marcabili};
use super::super::rapporto::{Formato, Indicazione};
use super::super::tsd::Tsd;
use super::{Visita, illeggibile, svuota};
use std::io::{self, Read};

/// What a bare token or a TSD stamps is held up to here, so that the token dates the signatures in it; what is longer flows, and they
/// are judged at the instant of the caller.
const MAX_MARCATO_BYTE: usize = 32 * 1024 * 1024;

impl Visita<'_> {
    /// A bare token; the document it stamps may have been given apart.
    pub(super) fn gettone(&mut self, busta: Busta<'_>, livello: usize) -> io::Result<()> {
        self.formato.get_or_insert(Formato::Tst);
        self.strati.push("TST".to_owned());
        let gettone = match separa(Gettone::leggi(busta))? {
            Ok(gettone) => gettone,
            Err(difetto) => {
                self.firme.push(vec![illeggibile(self.firme.len(), difetto)]);
                return Ok(());
            }
        };
        self.annota_avanzo(gettone.avanzo());
        let mut somme = somme_marcabili();
        let Some(sorgente) = self.staccato.take() else {
            let (marca, frase) = esamina_gettone(&self.contesto, &gettone, None, &[]);
            self.marche.push(marca);
            self.rilievi.push(frase);
            return Ok(());
        };
        let mut staccato = Staccato { sorgente, somme: &mut somme, tenuto: Raccolta::new(0) };
        let (tenuto, intero) = tieni(&mut staccato)?;
        if !intero {
            self.annota_troppo_lungo(&tenuto);
            self.scendi(&mut tenuto.as_slice().chain(&mut staccato), livello + 1, Somma::Fuori)?;
            svuota(&mut staccato)?;
        }
        let impronte = somme.concludi();
        if !intero {
            self.fissa_contenuto(&impronte);
        }
        let prima = self.contesto.all_istante(self.contesto.istante);
        let (marca, frase) = esamina_gettone(&self.contesto, &gettone, Some(Firmato::Passato(&impronte)), &[]);
        if let (Indicazione::TotalPassed, Some(time)) = (marca.indication, marca.time) {
            self.contesto = self.contesto.all_istante(time.min(self.contesto.istante));
        }
        self.marche.push(marca);
        self.rilievi.push(frase);
        if intero {
            self.scendi(&mut tenuto.as_slice(), livello + 1, Somma::Qui)?;
        }
        self.contesto = prima;
        Ok(())
    }

    /// A signed file and the token that stamps it, which proves that its signatures existed.
    pub(super) fn m7m(&mut self, r: &mut dyn Read, livello: usize) -> io::Result<()> {
        self.formato.get_or_insert(Formato::M7m);
        self.strati.push("M7M".to_owned());
        let mut byte = Vec::new();
        let Ok(_) = separa(r.take(ber::conta(MAX_M7M_BYTE) + 1).read_to_end(&mut byte))? else { return Ok(()) };
        if byte.len() > MAX_M7M_BYTE {
            self.troppo_grande(Formato::M7m, true);
            return Ok(());
        }
        let m7m = match m7m::leggi(&byte) {
            Ok(m7m) => m7m,
            Err(difetto) => {
                self.firme.push(vec![illeggibile(self.firme.len(), difetto)]);
                return Ok(());
            }
        };
        drop(byte);
        self.annota_avanzo(ber::conta(m7m.estranei));
        let concorda = |byte: &&Vec<u8>| m7m.gettone.impronta().is_some_and(|(d, impronta)| d.di(byte) == impronta);
        let marcato = m7m.marcabili.iter().find(concorda).or_else(|| m7m.marcabili.first());
        let marcato = marcato.map(|byte| Firmato::Byte(byte));
        let (marca, frase) = esamina_gettone(&self.contesto, &m7m.gettone, marcato, &[]);
        if let (Indicazione::TotalPassed, Some(time)) = (marca.indication, marca.time) {
            self.contesto = self.contesto.all_istante(time.min(self.contesto.istante));
        }
        self.marche.push(marca);
        self.rilievi.push(frase);
        let mut firmato = m7m.marcabili.first().map(Vec::as_slice).unwrap_or_default();
        self.scendi(&mut firmato, livello + 1, Somma::Qui)
    }

    pub(super) fn tsd(&mut self, aperto: io::Result<Tsd<'_>>, livello: usize) -> io::Result<()> {
        self.formato.get_or_insert(Formato::Tsd);
        self.strati.push("TSD".to_owned());
        let mut tsd = match separa(aperto)? {
            Ok(tsd) => tsd,
            Err(difetto) => {
                self.firme.push(vec![illeggibile(self.firme.len(), difetto)]);
                return Ok(());
            }
        };
        let (tenuto, intero) = tieni(&mut tsd)?;
        if !intero {
            self.annota_troppo_lungo(&tenuto);
            self.scendi(&mut tenuto.as_slice().chain(&mut tsd), livello + 1, Somma::Fuori)?;
            svuota(&mut tsd)?;
        }
        let impronte = tsd.somme.concludi();
        if !intero && tsd.contenuto_intero() {
            self.fissa_contenuto(&impronte);
        }
        let prima = self.contesto.all_istante(self.contesto.istante);
        let prove = separa(tsd.chiudi())?;
        if let Ok(prove) = &prove {
            self.annota_avanzo(prove.avanzo);
            let marcate = tsd.con_metadati.map(|mut somme| somme.concludi());
            self.marche_di_tsd(&prove.gettoni, marcate.as_ref().unwrap_or(&impronte));
        }
        if intero {
            self.scendi(&mut tenuto.as_slice(), livello + 1, Somma::Qui)?;
        }
        self.contesto = prima;
        if let Err(difetto) = prove {
            self.firme.push(vec![illeggibile(self.firme.len(), difetto)]);
        }
        Ok(())
    }

    /// The first token stamps the content, each of the others what holds the one before. The last is judged first: what a valid one
    /// covers is judged at its time, and so is the content that follows.
    fn marche_di_tsd(&mut self, gettoni: &[(Vec<u8>, Vec<u8>)], contenuto: &Impronte) {
        let (mut marche, mut frasi) = (Vec::new(), Vec::new());
        let mut allora = self.contesto.istante;
        for (i, (byte, _)) in gettoni.iter().enumerate().rev() {
            let precedente = i.checked_sub(1).and_then(|prima| gettoni.get(prima));
            let marcato = precedente.map_or(Firmato::Passato(contenuto), |(_, prova)| Firmato::Byte(prova));
            let Ok(gettone) = Gettone::da_byte(byte) else {
                self.firme.push(vec![illeggibile(self.firme.len(), Difetto("una marca temporale è rotta"))]);
                allora = self.contesto.istante;
                continue;
            };
            let (marca, frase) = esamina_gettone(&self.contesto.all_istante(allora), &gettone, Some(marcato), &[]);
            let provato = marca.time.filter(|_| marca.indication == Indicazione::TotalPassed);
            allora = provato.map_or(self.contesto.istante, |time| time.min(allora));
            marche.push(marca);
            frasi.push(frase);
        }
        self.contesto = self.contesto.all_istante(allora);
        self.marche.extend(marche.into_iter().rev());
        self.rilievi.extend(frasi.into_iter().rev());
    }

    fn annota_troppo_lungo(&mut self, tenuto: &[u8]) {
        if tenuto.len() > MAX_MARCATO_BYTE {
            let mib = MAX_MARCATO_BYTE / (1024 * 1024);
            self.rilievi.push(format!(
                "Quello che è marcato supera {mib} MiB: la marca temporale non è stata usata per datare le firme che contiene."
            ));
        }
    }
}

/// The beginning of what a token stamps, and whether it is all of it: then the token is judged first, and dates what is inside.
fn tieni(r: &mut dyn Read) -> io::Result<(Vec<u8>, bool)> {
    let mut tenuto = Vec::new();
    let letto = separa(r.take(ber::conta(MAX_MARCATO_BYTE) + 1).read_to_end(&mut tenuto))?;
    let intero = letto.is_ok() && tenuto.len() <= MAX_MARCATO_BYTE;
    Ok((tenuto, intero))
}
