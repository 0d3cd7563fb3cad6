//! The signature of a trusted list (TS 119 612 clause 5.7.1): exactly one, enveloped, over the whole list.

use super::RifiutoLista;
use crate::firma::certificato::Certificato;
use crate::firma::chiave::Esito as EsitoValore;
use crate::firma::xml::albero::Albero;
use crate::firma::xml::busta::{Busta, firme};
use crate::firma::xml::riferimento::{Esito, Fuori, Riscontro, segui};
use uppsala::NodeId;

/// Who signed.
#[derive(Debug, Clone)]
pub struct Sigillo {
    /// The certificate.
    pub der: Vec<u8>,
    /// Its subject.
    pub nome: String,
}

/// Finds who signed the list, or why nobody can be said to.
pub fn leggi(albero: &Albero<'_>, radice: NodeId) -> Result<Sigillo, RifiutoLista> {
    let tutte: Vec<NodeId> = firme(albero).collect();
    let firma = match *tutte.as_slice() {
        [] => return Err(RifiutoLista::NonFirmata),
        [firma] => firma,
        _ => return Err(RifiutoLista::TroppeFirme(tutte.len())),
    };
    if albero.doc.parent(firma) != Some(radice) {
        return Err(RifiutoLista::Firma("non è dentro la lista"));
    }
    let busta = Busta::leggi(albero, firma).map_err(RifiutoLista::Firma)?;
    let riscontri: Vec<Riscontro> = busta.riferimenti.iter().map(|r| segui(albero, firma, *r, Fuori::Niente)).collect();
    if riscontri.iter().any(|r| r.esito != Esito::Concorda) {
        return Err(RifiutoLista::Firma("la lista non è quella che è stata firmata"));
    }
    let intera = |r: &Riscontro| {
        r.copre.as_ref().is_some_and(|copre| {
            let cima = copre.dentro == [albero.doc.root()] || copre.dentro == [radice];
            cima && copre.esclusi.iter().all(|escluso| *escluso == firma)
        })
    };
    if !riscontri.iter().any(intera) {
        return Err(RifiutoLista::Firma("non copre tutta la lista"));
    }
    let firmabile = busta.firmabile(albero).map_err(RifiutoLista::Firma)?;
    let (Some(metodo), Some(valore)) = (busta.metodo, busta.valore()) else {
        return Err(RifiutoLista::Firma("usa un algoritmo che non è fra quelli accettati"));
    };
    let impronta = metodo.da_firmare(&firmabile);
    let certificati = busta.certificati.iter().filter_map(|der| Certificato::leggi(der));
    let mut suoi = certificati.filter(|certificato| {
        certificato.chiave().is_some_and(|k| k.verifica(metodo, &impronta, &valore) == EsitoValore::Valida)
    });
    let certificato = suoi.next().ok_or(RifiutoLista::Firma("non è del certificato che contiene"))?;
    let soggetto = certificato.firmatario();
    let nome = soggetto.common_name.or(soggetto.organization).unwrap_or_else(|| "senza nome".to_owned());
    Ok(Sigillo { der: certificato.der.to_vec(), nome })
}
