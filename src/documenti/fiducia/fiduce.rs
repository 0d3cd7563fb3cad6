//! The authorities of a verification, and the versions they are made of.

use super::gestori::{self, MASSIMO_INSIEME_BYTE};
use super::versione::{self, Versione, versioni_correnti};
use crate::documenti::{Deposito, Errore};
use crate::firma::{self, Fiducia};
use crate::storage::Conn;
use crate::valori::{Impronta, Istante, Territorio};

/// Whom signatures are trusted from.
#[derive(Debug, Clone, Default)]
pub struct Fiduce {
    /// For the signatures of documents.
    pub firme: Fiducia,
    /// For the signatures of PEC providers.
    pub gestori: Fiducia,
    /// The kept lists among `firme`.
    pub liste: Vec<ListaInUso>,
    /// The kept set among `gestori`.
    pub insieme_gestori: Option<Impronta>,
}

/// A kept list that is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListaInUso {
    /// Whose it is.
    pub territorio: Territorio,
    /// Its number.
    pub sequenza: u64,
    /// By when another takes its place.
    pub prossima: Option<Istante>,
    /// SHA-256 of its bytes.
    pub impronta: Impronta,
}

impl Fiduce {
    /// The versions that it is made of, as [`fiduce_da`] takes them: lists by territory, then the set of the providers.
    /// Certificates of the folder `fiducia/` are no version.
    #[must_use]
    pub fn versioni(&self) -> Vec<Impronta> {
        self.liste.iter().map(|l| l.impronta).chain(self.insieme_gestori).collect()
    }

    /// What must be said of a judgement at `istante` by these lists. One that should have been replaced is used all the same: what
    /// it says of the past holds (TS 119 615 clause 4.2).
    pub fn rilievi(&self, istante: Istante) -> impl Iterator<Item = String> {
        self.liste.iter().filter_map(move |l| {
            let prossima = l.prossima.filter(|prossima| *prossima < istante)?;
            Some(format!(
                "La lista di fiducia di {} n. {} doveva essere sostituita entro il {}: l'esito si basa su quello che diceva.",
                l.territorio,
                l.sequenza,
                prossima.leggibile()
            ))
        })
    }

    fn aggiungi(&mut self, versione: &Versione, deposito: &Deposito) -> Result<(), Errore> {
        let lista = versione.apri(deposito)?;
        self.firme.aggiungi_lista(&lista).map_err(|e| rovinata(versione.to_string(), &e))?;
        self.liste.push(ListaInUso {
            territorio: versione.territorio.clone(),
            sequenza: versione.sequenza,
            prossima: versione.prossima,
            impronta: versione.impronta,
        });
        Ok(())
    }

    fn aggiungi_gestori(&mut self, impronta: Impronta, deposito: &Deposito) -> Result<(), Errore> {
        let pem = deposito.leggi(&impronta, MASSIMO_INSIEME_BYTE)?;
        self.gestori.aggiungi_certificati(&pem).map_err(|e| rovinata("certificati PEC".to_owned(), &e))?;
        self.insieme_gestori = Some(impronta);
        Ok(())
    }
}

fn rovinata(lista: String, causa: &firma::Errore) -> Errore {
    Errore::ListaRovinata { lista, causa: causa.to_string() }
}

/// `base` with the versions that are in force: the newest list of each territory and the newest set of the providers.
///
/// # Errors
/// If the store does not hold one of them as it was; trust is not to be guessed.
pub fn fiduce_correnti(conn: &mut Conn, deposito: &Deposito, base: &Fiduce) -> Result<Fiduce, Errore> {
    let mut fiduce = base.clone();
    // The list of the lists has no services of its own.
    for versione in versioni_correnti(conn)?.iter().filter(|v| !v.territorio.e_unione()) {
        fiduce.aggiungi(versione, deposito)?;
    }
    if let Some(insieme) = gestori::ultima(conn)? {
        fiduce.aggiungi_gestori(insieme.impronta, deposito)?;
    }
    Ok(fiduce)
}

/// `base` with these versions, whatever is in force now: to judge as it was judged then.
///
/// # Errors
/// A version that was never kept; the store.
pub fn fiduce_da(conn: &mut Conn, deposito: &Deposito, base: &Fiduce, versioni: &[Impronta]) -> Result<Fiduce, Errore> {
    let mut fiduce = base.clone();
    for impronta in versioni {
        if let Some(versione) = versione::con_impronta(conn, impronta)? {
            fiduce.aggiungi(&versione, deposito)?;
        } else if let Some(insieme) = gestori::con_impronta(conn, impronta)? {
            fiduce.aggiungi_gestori(insieme.impronta, deposito)?;
        } else {
            return Err(Errore::VersioneSconosciuta(*impronta));
        }
    }
    Ok(fiduce)
}
