//! The timestamps of an XML signature and what they prove (ETSI EN 319 132-1 clauses 5.3 and 5.5.2).
//!
//! As in the other formats the last archive timestamp is judged first, and what a valid one covers is judged at its time.

use super::esame::Caso;
use super::proprieta::{TIPO_FIRMATE, TUTTI_GLI_OGGETTI};
use crate::firma::archivio::chiamata;
use crate::firma::certificato::Certificato;
use crate::firma::esame::{Firmato, opponibile};
use crate::firma::giudizio::Giudizio;
use crate::firma::marca::{self, Gettone, Ostacolo};
use crate::firma::rapporto::{Indicazione, MarcaTemporale, Marcato};
use crate::firma::revoca::Revoche;
use crate::firma::xml::DS;
use crate::firma::xml::canonica::{Forma, Insieme};
use crate::firma::xml::riferimento;
use crate::valori::Istante;
use uppsala::NodeId;

/// Archive timestamps of one signature that are judged.
const MAX_ARCHIVIAZIONI: usize = 8;
/// Bytes that are put together for one archive timestamp.
const MAX_ARCHIVIATO_BYTE: usize = 64 * 1024 * 1024;

/// Before version 1.4.1 the parts were others, and since then whoever stamps may name them one by one.
const ALTRA_FORMA: Ostacolo =
    Ostacolo { indicazione: Indicazione::Indeterminate, frase: "È di una forma che non viene verificata." };
const INCOMPLETA: Ostacolo = Ostacolo {
    indicazione: Indicazione::Indeterminate,
    frase: "L'impronta di quello che copre non è stata calcolata.",
};

/// What the timestamps of a signature prove.
pub(super) struct Prove {
    /// All of them, those of the signature first.
    pub(super) marche: Vec<MarcaTemporale>,
    /// The earliest instant at which the signature is known to have existed.
    pub(super) istante: Istante,
}

impl Caso<'_, '_, '_> {
    /// Judges the timestamps; what they are is noted in `giudizio`.
    pub(super) fn prove(
        &self,
        giudizio: &mut Giudizio,
        certificati: &[Certificato<'_>],
        revoche: &[&Revoche<'_>],
    ) -> Prove {
        let noto = self.contesto.istante;
        let Some(proprieta) = &self.proprieta else { return Prove { marche: Vec::new(), istante: noto } };
        let non_firmate = proprieta.tutte_le_aggiunte();
        let posto = |nodo: NodeId| non_firmate.iter().position(|n| *n == nodo).unwrap_or(0);
        let (mut archivio, mut provati): (Vec<MarcaTemporale>, Vec<(usize, Istante)>) = (Vec::new(), Vec::new());
        // What stands before a valid one existed at its time.
        let allora = |provati: &[(usize, Istante)], posto: usize| {
            let dopo = provati.iter().filter(|(suo, _)| *suo > posto);
            self.contesto.all_istante(dopo.map(|(_, istante)| *istante).fold(noto, Istante::min))
        };
        let mut archiviazioni: Vec<NodeId> = proprieta.aggiunte("ArchiveTimeStamp").collect();
        if archiviazioni.len() > MAX_ARCHIVIAZIONI {
            giudizio.nota("Ci sono altre marche temporali di archiviazione, che non sono state verificate.");
            archiviazioni.drain(..archiviazioni.len() - MAX_ARCHIVIAZIONI);
        }
        for nodo in archiviazioni.into_iter().rev() {
            let prima = non_firmate.get(..posto(nodo)).unwrap_or_default();
            let marcato = self.archiviato(nodo, prima);
            for byte in self.gettoni(nodo) {
                let (marca, frase) = match Gettone::da_byte(&byte) {
                    Ok(gettone) => {
                        let marcato = marcato.as_deref().map(Firmato::Byte).map_err(|ostacolo| *ostacolo);
                        marca::esamina_con(&allora(&provati, posto(nodo)), &gettone, marcato, certificati, revoche)
                    }
                    Err(difetto) => marca::illeggibile(difetto),
                };
                if let (Indicazione::TotalPassed, Some(time)) = (marca.indication, marca.time) {
                    provati.push((posto(nodo), time));
                }
                giudizio.nota(chiamata(&frase, "di archiviazione"));
                archivio.insert(0, MarcaTemporale { covers: Marcato::Archive, ..marca });
            }
        }
        let mut marche = Vec::new();
        for nodo in proprieta.aggiunte("SignatureTimeStamp") {
            let marcato = self.forma(nodo).and_then(|forma| self.canonico(self.busta.nodo_valore, &forma));
            let marcato = marcato.as_deref().map_or(Firmato::Ignoto, Firmato::Byte);
            let allora = allora(&provati, posto(nodo));
            for byte in self.gettoni(nodo) {
                marche.push(marca::esamina(giudizio, &allora, &byte, marcato, certificati, revoche));
            }
        }
        let con_riferimenti =
            ["SigAndRefsTimeStamp", "RefsOnlyTimeStamp"].map(|n| proprieta.aggiunte(n).next().is_some());
        if con_riferimenti.contains(&true) {
            giudizio.nota("Ci sono altre marche temporali (dei riferimenti), che non sono state verificate.");
        }
        marche.extend(archivio);
        let istante = opponibile(noto, &marche);
        let allora = self.contesto.all_istante(istante);
        for nodo in proprieta.marche_del_contenuto() {
            let marcato = self.contenuto_marcato(nodo);
            for byte in self.gettoni(nodo) {
                let (marca, frase) = match Gettone::da_byte(&byte) {
                    Ok(gettone) => {
                        let marcato = marcato.as_deref().map(Firmato::Byte).map_err(|ostacolo| *ostacolo);
                        marca::esamina_con(&allora, &gettone, marcato, certificati, revoche)
                    }
                    Err(difetto) => marca::illeggibile(difetto),
                };
                giudizio.nota(chiamata(&frase, "del contenuto, che non prova quando è stata fatta la firma,"));
                marche.push(MarcaTemporale { covers: Marcato::Content, ..marca });
            }
        }
        Prove { istante, marche }
    }

    /// What a timestamp of what was going to be signed stamps (clause 5.2.8): what every reference leads to but the one of the signed
    /// properties, which hold it; or what those lead to that it names.
    fn contenuto_marcato(&self, nodo: NodeId) -> Result<Vec<u8>, Ostacolo> {
        let albero = self.albero;
        let forma = self.forma(nodo).ok_or(INCOMPLETA)?;
        let delle_proprieta =
            |n: &NodeId| albero.attributo(*n, "Type").is_some_and(|tipo| tipo.ends_with(TIPO_FIRMATE));
        let scelti: Vec<NodeId> = if albero.nome(nodo) == TUTTI_GLI_OGGETTI {
            self.busta.riferimenti.iter().copied().filter(|n| !delle_proprieta(n)).collect()
        } else {
            let nominati = albero.figli(nodo).filter(|n| albero.nome(*n) == "Include");
            let nominato = |n: NodeId| {
                let id = albero.attributo(n, "URI")?.strip_prefix('#')?;
                self.busta.riferimenti.iter().copied().find(|r| albero.attributo(*r, "Id") == Some(id))
            };
            nominati.map(nominato).collect::<Option<_>>().ok_or(INCOMPLETA)?
        };
        let mut byte = Vec::new();
        for riferimento in scelti {
            let coperto = riferimento::byte(albero, self.busta.nodo, riferimento, self.esterni, &forma);
            unisci(&mut byte, &coperto.ok_or(INCOMPLETA)?)?;
        }
        Ok(byte)
    }

    fn gettoni(&self, nodo: NodeId) -> Vec<Vec<u8>> {
        let gettoni = self.albero.figli(nodo).filter(|n| self.albero.nome(*n) == "EncapsulatedTimeStamp");
        gettoni.map(|gettone| self.albero.base64(gettone).unwrap_or_default()).collect()
    }

    /// The canonical form that a timestamp was made with; `None` if it is not one of the six.
    fn forma(&self, nodo: NodeId) -> Option<Forma> {
        let forma = self.albero.figlio(nodo, DS, "CanonicalizationMethod");
        forma.map_or(Some(Forma::implicita()), |n| Forma::leggi(self.albero, n))
    }

    fn canonico(&self, nodo: NodeId, forma: &Forma) -> Option<Vec<u8>> {
        Insieme::elemento(nodo, true).canonica(self.albero, forma).ok()
    }

    /// What an `ArchiveTimeStamp` of version 1.4.1 stamps (clause 5.5.2.2): what every reference leads to, `SignedInfo`, the value, `KeyInfo`,
    /// the unsigned properties before it, and the objects beside the one that holds the properties.
    fn archiviato(&self, nodo: NodeId, prima: &[NodeId]) -> Result<Vec<u8>, Ostacolo> {
        let albero = self.albero;
        let esplicita = albero.figli(nodo).any(|n| matches!(albero.nome(n), "Include" | "ReferenceInfo"));
        let proprieta = self.proprieta.as_ref().ok_or(INCOMPLETA)?;
        if esplicita || !proprieta.di_v141(nodo) {
            return Err(ALTRA_FORMA);
        }
        let forma = self.forma(nodo).ok_or(INCOMPLETA)?;
        let mut byte = Vec::new();
        for riferimento in &self.busta.riferimenti {
            let coperto = riferimento::byte(albero, self.busta.nodo, *riferimento, self.esterni, &forma);
            unisci(&mut byte, &coperto.ok_or(INCOMPLETA)?)?;
        }
        let oggetti = albero.figli_con(self.busta.nodo, DS, "Object");
        let oggetti = oggetti.filter(|oggetto| !albero.contiene(*oggetto, proprieta.nodo));
        let parti = [Some(self.busta.signed_info), Some(self.busta.nodo_valore), self.busta.key_info];
        for parte in parti.into_iter().flatten().chain(prima.iter().copied()).chain(oggetti) {
            unisci(&mut byte, &self.canonico(parte, &forma).ok_or(INCOMPLETA)?)?;
        }
        Ok(byte)
    }
}

/// Adds a part to what is stamped, up to the limit.
fn unisci(byte: &mut Vec<u8>, parte: &[u8]) -> Result<(), Ostacolo> {
    if byte.len().saturating_add(parte.len()) > MAX_ARCHIVIATO_BYTE {
        return Err(INCOMPLETA);
    }
    byte.extend_from_slice(parte);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_together_for_one_timestamp_has_a_limit() {
        let (mut byte, parte) = (Vec::new(), vec![0; MAX_ARCHIVIATO_BYTE / 2]);
        assert!(unisci(&mut byte, &parte).is_ok() && unisci(&mut byte, &parte).is_ok());
        assert_eq!(unisci(&mut byte, b"x").map_err(|o| o.indicazione), Err(Indicazione::Indeterminate));
        assert_eq!(byte.len(), MAX_ARCHIVIATO_BYTE);
    }
}
