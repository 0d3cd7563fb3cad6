//! What is printed, for the pages and the API alike: labels, receipts, copies with the segnatura.

use super::{Problema, Stato};
use crate::documenti;
use crate::registro::{self, DocumentoRegistrato, Provenienza, Registrazione, SegnaturaLeggibile, etichetta};
use crate::scrivania;
use crate::utenti::visibilita::Vista;
use crate::valori::{NomeFile, NumeroProtocollo, RegistrazioneId};
use serde::Deserialize;

/// Labels that are printed at once.
const MASSIMO_ETICHETTE: usize = 500;

/// On what labels are printed.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
pub(super) struct Carta {
    /// `rotolo` (default: one page of 62 x 29 mm for each) or `foglio` (the A4 sheets of the configuration).
    #[serde(default)]
    pub su: String,
    /// The first free label of the first sheet, from 1 (default), row by row.
    #[serde(default)]
    pub posizione: String,
}

impl Carta {
    /// The labels as PDF.
    pub(super) fn stampa(&self, stato: &Stato, segnature: &[SegnaturaLeggibile]) -> Result<Vec<u8>, Problema> {
        let ora = stato.db.orologio().adesso();
        let fatte = match self.prima(stato)? {
            None => etichetta::rotolo(segnature, ora),
            Some(prima) => etichetta::fogli(stato.etichette.foglio, prima, segnature, ora),
        };
        fatte.map_err(|e| registro::Errore::Stampa(e).into())
    }

    /// The first label of the sheet, counted from 0; nothing for the roll.
    pub(super) fn prima(&self, stato: &Stato) -> Result<Option<u32>, Problema> {
        match self.su.as_str() {
            "" | "rotolo" => return Ok(None),
            "foglio" => {}
            _ => return Err(Problema::campo("/su", "vale rotolo oppure foglio")),
        }
        let quante = stato.etichette.foglio.quante();
        let posizione = if self.posizione.trim().is_empty() { Some(1) } else { self.posizione.trim().parse().ok() };
        let posizione = posizione.filter(|p: &u32| (1..=quante).contains(p));
        let no = || Problema::campo("/posizione", format!("scrivi un numero da 1 a {quante}: le etichette del foglio"));
        Ok(Some(posizione.ok_or_else(no)? - 1))
    }
}

/// Reads the numbers of a selection, each once, in order: `12`, `12-20`, `12-20, 25, 31`.
pub(super) fn leggi_numeri(testo: &str) -> Result<Vec<NumeroProtocollo>, Problema> {
    let no = || Problema::campo("/numeri", "scrivi numeri e intervalli, come 12-20, 25");
    let troppi = || Problema::campo("/numeri", format!("al massimo {MASSIMO_ETICHETTE} etichette per volta"));
    let mut numeri = Vec::new();
    for pezzo in testo.split([',', ';']).map(str::trim).filter(|p| !p.is_empty()) {
        let (da, a) = pezzo.split_once(['-', '–']).unwrap_or((pezzo, pezzo));
        let (da, a): (NumeroProtocollo, NumeroProtocollo) =
            (da.parse().map_err(|_| no())?, a.parse().map_err(|_| no())?);
        if a < da {
            return Err(no());
        }
        for n in da.valore()..=a.valore() {
            if numeri.len() >= MASSIMO_ETICHETTE {
                return Err(troppi());
            }
            numeri.push(NumeroProtocollo::new(n).map_err(|_| no())?);
        }
    }
    numeri.sort_unstable();
    numeri.dedup();
    if numeri.is_empty() { Err(no()) } else { Ok(numeri) }
}

/// The segnature of those of these numbers that may be seen.
pub(super) fn segnature(
    stato: &Stato,
    vista: &Vista,
    anno: i32,
    numeri: &[NumeroProtocollo],
) -> Result<Vec<SegnaturaLeggibile>, Problema> {
    stato.db.leggi(|conn| {
        let trovate = registro::per_numeri(conn, vista, anno, numeri)?;
        Ok(scrivania::segnature(conn, vista, &trovate)?)
    })
}

/// A copy of a file of a registration with the segnatura, and its name; `quale` finds the file.
pub(super) fn timbra(
    stato: &Stato,
    vista: &Vista,
    id: RegistrazioneId,
    quale: impl FnOnce(&Registrazione) -> Option<DocumentoRegistrato>,
) -> Result<(Vec<u8>, NomeFile), Problema> {
    let (documento, segnatura) = stato.db.leggi(|conn| {
        let r = registro::per_id(conn, vista, id)?;
        let documento = quale(&r).ok_or_else(Problema::non_trovato)?;
        Ok::<_, Problema>((documento, scrivania::segnatura(conn, vista, id)?))
    })?;
    let (byte, provenienza) = pdf(stato, &documento)?;
    let ora = stato.db.orologio().adesso();
    let copia = registro::timbra(&byte, provenienza, &segnatura, ora).map_err(registro::Errore::from)?;
    let nome = format!("copia-{}-{}.pdf", segnatura.anno, segnatura.numero);
    Ok((copia, NomeFile::da_arrivo(&nome, "copia.pdf")))
}

/// The PDF that a file is, or that is inside its signatures.
fn pdf(stato: &Stato, documento: &DocumentoRegistrato) -> Result<(Vec<u8>, Provenienza), Problema> {
    let massimo = registro::MASSIMO_TIMBRO_BYTE;
    let grande = || registro::Errore::from(registro::stampa::RifiutoCopia::Grande(massimo));
    if usize::try_from(documento.dimensione).map_or(true, |n| n > massimo) {
        return Err(grande().into());
    }
    if documento.media_type == "application/pdf" {
        let limite = u64::try_from(massimo).unwrap_or(u64::MAX);
        return Ok((stato.deposito.leggi(&documento.impronta, limite)?, Provenienza::Documento));
    }
    match documenti::contenuto(&stato.deposito, &documento.impronta, massimo)? {
        Some((byte, "application/pdf")) => Ok((byte, Provenienza::Busta)),
        _ => Err(registro::Errore::from(registro::stampa::RifiutoCopia::NonPdf).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_read_as_people_write_it() {
        let check = |testo: &str, attesi: &[i64]| {
            let letti: Vec<i64> = leggi_numeri(testo).unwrap().iter().map(|n| n.valore()).collect();
            assert_eq!(letti, attesi, "{testo:?}");
        };
        check("12", &[12]);
        check("12-14, 20;13 , 9–10", &[9, 10, 12, 13, 14, 20]);
        for cattivo in ["", " , ", "x", "14-12", "1-501", "0", "-3", "1-2-3", "1-999999999999", "1/2026"] {
            assert!(leggi_numeri(cattivo).is_err(), "{cattivo:?}");
        }
        assert_eq!(leggi_numeri("1-500").unwrap().len(), 500);
    }
}
