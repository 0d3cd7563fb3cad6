//! *Archiviazione*: timestamps over a signature with its evidence, which keep it provable when certificates expire and
//! algorithms age (ETSI EN 319 122-1 clause 5.5.3; second form: TS 101 733 clause 6.4.1, RFC 5126 section 6.4.1).
//!
//! The last one is judged at the instant of the judgement; what a valid one covers is known to have existed at its time, and is
//! judged then: earlier archive timestamps, timestamps of the signature, the signature itself (EN 319 102-1 clause 5.6.2.3).

mod forma;

use super::catena::Contesto;
use super::certificato::Certificato;
use super::difetto::Difetto;
use super::esame::{Firmato, Oggetto, opponibile};
use super::firmatario::{CampiFirmatario, InfoFirmatario};
use super::giudizio::Giudizio;
use super::marca::{self, Gettone, NON_DATO, Ostacolo};
use super::oid;
use super::rapporto::{Indicazione, MarcaTemporale, Marcato};
use crate::valori::Istante;
use der::oid::ObjectIdentifier;
pub use forma::Intorno;
use forma::{Copertura, Forma};

/// Archive timestamps of one signature that are judged.
const MAX_ARCHIVIAZIONI: usize = 16;
/// Those that are read, to judge the newest.
const MAX_ARCHIVIAZIONI_LETTE: usize = 512;
/// Timestamps of each other kind of one signature that are judged.
const MAX_MARCHE: usize = 64;

/// What the timestamps of a signature prove.
pub struct Prove {
    /// All of them: those of the signature, those for the archive, those of the content.
    pub marche: Vec<MarcaTemporale>,
    /// The earliest instant at which the signature is known to have existed.
    pub istante: Istante,
}

/// Everything that is known of one signer while its timestamps are judged.
pub struct Caso<'a> {
    /// At what instant and with what anchors.
    pub contesto: &'a Contesto<'a>,
    /// What was signed, and round what.
    pub oggetto: &'a Oggetto<'a>,
    /// The signer as it is written.
    pub campi: &'a CampiFirmatario,
    /// The same, told apart.
    pub info: &'a InfoFirmatario<'a>,
    /// Certificates added to the signature.
    pub aggiunti: &'a [Certificato<'a>],
}

/// An archive timestamp, read.
struct Archiviazione {
    /// Its place among the unsigned attributes, and among the values of its own.
    posto: (usize, usize),
    tipo: ObjectIdentifier,
    letto: Result<Gettone, Difetto>,
    istante: Option<Istante>,
}

impl Caso<'_> {
    /// Judges every timestamp of the signature; what they are is noted in `giudizio`.
    pub fn prove(&self, giudizio: &mut Giudizio) -> Prove {
        let marca = |tipo: Option<ObjectIdentifier>| {
            tipo.is_some_and(|tipo| tipo == oid::SIGNATURE_TIME_STAMP || oid::ARCHIVE_TIME_STAMP.contains(&tipo))
        };
        let del_contenuto = self.info.firmati.as_ref().is_some_and(|firmati| firmati.ha(oid::CONTENT_TIME_STAMP));
        if !del_contenuto && !self.info.non_firmati.tutti().any(|(_, tipo, _)| marca(tipo)) {
            return Prove { marche: Vec::new(), istante: self.contesto.istante };
        }
        let certificati = self.certificati();
        let (archivio, coperture) = self.archiviazioni(giudizio, &certificati);
        let mut marche = Vec::new();
        for (posto, attributo) in self.info.non_firmati.tutti().enumerate() {
            let (_, Some(oid::SIGNATURE_TIME_STAMP), valori) = attributo else { continue };
            for (i, gettone) in valori.iter().enumerate().take(MAX_MARCHE.saturating_sub(marche.len())) {
                let allora = self.contesto.all_istante(self.coperto(&coperture, (posto, i)));
                let marcato = Firmato::Byte(self.info.valore);
                let revoche = self.oggetto.revoche;
                marche.push(marca::esamina(giudizio, &allora, gettone.intero, marcato, &certificati, revoche));
            }
        }
        marche.extend(archivio);
        let istante = opponibile(self.contesto.istante, &marche);
        let firmati = self.info.firmati.iter().flat_map(|firmati| firmati.valori(oid::CONTENT_TIME_STAMP));
        for gettone in firmati.take(MAX_MARCHE) {
            // Whoever signed had it already: it is as old as the signature.
            let allora = self.contesto.all_istante(istante);
            let (marca, frase) = match Gettone::da_byte(gettone.intero) {
                Ok(letto) => {
                    let marcato = match self.oggetto.firmato {
                        Firmato::Ignoto => Err(NON_DATO),
                        noto => Ok(noto),
                    };
                    marca::esamina_con(&allora, &letto, marcato, &certificati, self.oggetto.revoche)
                }
                Err(difetto) => marca::illeggibile(difetto),
            };
            giudizio.nota(chiamata(&frase, "del contenuto, che non prova quando è stata fatta la firma,"));
            marche.push(MarcaTemporale { covers: Marcato::Content, ..marca });
        }
        Prove { marche, istante }
    }

    fn certificati(&self) -> Vec<Certificato<'_>> {
        let tutti = self.oggetto.certificati.iter().chain(self.aggiunti);
        tutti.filter_map(|c| Certificato::leggi(c.der)).collect()
    }

    /// The archive timestamps, the last one judged first; and what the valid ones cover.
    fn archiviazioni(
        &self,
        giudizio: &mut Giudizio,
        certificati: &[Certificato<'_>],
    ) -> (Vec<MarcaTemporale>, Vec<(Istante, Copertura)>) {
        let mut lette = self.lette();
        if lette.len() > MAX_ARCHIVIAZIONI {
            giudizio.nota("Ci sono altre marche temporali di archiviazione, che non sono state verificate.");
        }
        lette.sort_by_key(|a| std::cmp::Reverse(a.istante));
        lette.truncate(MAX_ARCHIVIAZIONI);
        let (mut marche, mut coperture) = (Vec::new(), Vec::new());
        for una in &lette {
            let allora = self.coperto(&coperture, una.posto);
            let (marca, frase) = self.archiviazione(una, allora, certificati, &mut coperture);
            giudizio.nota(chiamata(&frase, "di archiviazione"));
            marche.push(MarcaTemporale { covers: Marcato::Archive, ..marca });
        }
        marche.reverse();
        (marche, coperture)
    }

    fn archiviazione(
        &self,
        una: &Archiviazione,
        allora: Istante,
        certificati: &[Certificato<'_>],
        coperture: &mut Vec<(Istante, Copertura)>,
    ) -> (MarcaTemporale, String) {
        let gettone = match &una.letto {
            Ok(gettone) => gettone,
            Err(difetto) => return marca::illeggibile(*difetto),
        };
        let contesto = self.contesto.all_istante(allora);
        let forma = self.forma(una, gettone, allora);
        let marcato = forma.as_ref().map(|forma| Firmato::Passato(&forma.impronte)).map_err(|ostacolo| *ostacolo);
        let (marca, frase) = marca::esamina_con(&contesto, gettone, marcato, certificati, self.oggetto.revoche);
        if let (Indicazione::TotalPassed, Ok(Forma { copertura, .. }), Some(time)) =
            (marca.indication, forma, marca.time)
        {
            coperture.push((time.min(allora), copertura));
        }
        (marca, frase)
    }

    fn forma(&self, una: &Archiviazione, gettone: &Gettone, allora: Istante) -> Result<Forma, Ostacolo> {
        let [prima, seconda, terza] = oid::ARCHIVE_TIME_STAMP;
        match una.tipo {
            tipo if tipo == terza => forma::terza(self, gettone, allora),
            tipo if tipo == seconda => forma::seconda(self, gettone, &self.non_posteriori(una)),
            tipo if tipo == prima => Err(forma::PRIMA_FORMA),
            _ => Err(forma::PRIMA_FORMA),
        }
    }

    /// The unsigned attributes that were there when an archive timestamp was made: all but itself and the later ones of its kind.
    fn non_posteriori(&self, una: &Archiviazione) -> Vec<usize> {
        let tutti = self.info.non_firmati.tutti().enumerate();
        let presente = |(posto, (_, tipo, valori)): (usize, (&[u8], Option<ObjectIdentifier>, &[_]))| {
            let archivio = tipo.is_some_and(|tipo| oid::ARCHIVE_TIME_STAMP.contains(&tipo));
            let prima = |valore: &super::asn1::Elemento<'_>| {
                Gettone::da_byte(valore.intero).ok().and_then(|g| g.istante()) < una.istante
            };
            (!archivio || valori.iter().all(prima)).then_some(posto)
        };
        tutti.filter_map(presente).collect()
    }

    fn lette(&self) -> Vec<Archiviazione> {
        let mut lette = Vec::new();
        for (posto, (_, tipo, valori)) in self.info.non_firmati.tutti().enumerate() {
            let Some(tipo) = tipo.filter(|tipo| oid::ARCHIVE_TIME_STAMP.contains(tipo)) else { continue };
            for (i, valore) in valori.iter().enumerate().take(MAX_ARCHIVIAZIONI_LETTE.saturating_sub(lette.len())) {
                let letto = Gettone::da_byte(valore.intero);
                let istante = letto.as_ref().ok().and_then(Gettone::istante);
                lette.push(Archiviazione { posto: (posto, i), tipo, letto, istante });
            }
        }
        lette
    }

    /// The earliest instant at which a value of an unsigned attribute is known to have existed.
    fn coperto(&self, coperture: &[(Istante, Copertura)], posto: (usize, usize)) -> Istante {
        let sue = coperture.iter().filter(|(_, copertura)| copertura.contains(&posto));
        sue.map(|(istante, _)| *istante).fold(self.contesto.istante, Istante::min)
    }
}

/// The sentence about a timestamp, with what kind of timestamp it is.
pub fn chiamata(frase: &str, quale: &str) -> String {
    frase.replacen("Marca temporale", &format!("Marca temporale {quale}"), 1)
}
