//! The authorities of a verification, and the versions they are made of.

use super::gestori::{self, MASSIMO_INSIEME_BYTE};
use super::versione::{self, Versione, versioni_correnti};
use crate::documenti::{Deposito, Errore};
use crate::firma::{self, Fiducia};
use crate::storage::Conn;
use crate::valori::{Impronta, Istante, Territorio};
use std::fmt::Display;

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
    /// What is kept and cannot be read, and why: who is trusted by it is not, and no verdict is better for that.
    pub illeggibili: Vec<String>,
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
        let senza = self
            .illeggibili
            .iter()
            .map(|cosa| format!("L'esito è dato senza ciò che non si è potuto leggere: {cosa}."));
        senza.chain(self.liste.iter().filter_map(move |l| {
            let prossima = l.prossima.filter(|prossima| *prossima < istante)?;
            Some(format!(
                "La lista di fiducia di {} n. {} doveva essere sostituita entro il {}: l'esito si basa su quello che diceva.",
                l.territorio,
                l.sequenza,
                prossima.leggibile()
            ))
        }))
    }

    /// Goes on without something that the store does not give back as it was; nothing else is passed over.
    fn o_senza(&mut self, cosa: impl Display, esito: Result<(), Errore>) -> Result<(), Errore> {
        match esito {
            Err(
                causa @ (Errore::Assente(_)
                | Errore::Disco(_)
                | Errore::TroppoGrande { .. }
                | Errore::ListaRovinata { .. }),
            ) => {
                self.illeggibili.push(format!("{cosa} ({causa})"));
                Ok(())
            }
            altro => altro,
        }
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
/// Those of the database. What the store does not hold as it was is left out and told ([`Fiduce::illeggibili`]): the register and the mail
/// go on, with verdicts that can only be worse.
pub fn fiduce_correnti(conn: &mut Conn, deposito: &Deposito, base: &Fiduce) -> Result<Fiduce, Errore> {
    let mut fiduce = base.clone();
    // The list of the lists has no services of its own.
    for versione in versioni_correnti(conn)?.iter().filter(|v| !v.territorio.e_unione()) {
        let esito = fiduce.aggiungi(versione, deposito);
        fiduce.o_senza(versione, esito)?;
    }
    if let Some(insieme) = gestori::ultima(conn)? {
        let esito = fiduce.aggiungi_gestori(insieme.impronta, deposito);
        fiduce.o_senza("i certificati dei gestori di PEC", esito)?;
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
