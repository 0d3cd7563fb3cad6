//! The authorities of a verification, and the versions they are made of.

use super::gestori::{self, MASSIMO_INSIEME_BYTE};
use super::revoche::{self, DatoConservato};
use super::versione::{Versione, versioni_correnti};
use crate::documenti::{Deposito, Errore};
use crate::firma::{self, DatoRevoca, Fiducia};
use crate::storage::Conn;
use crate::valori::{Impronta, Istante, Territorio};
use std::collections::BTreeMap;
use std::fmt::Display;

/// Revocation data that are held in memory, as [`revoche::FUORI`] says; there is a limit on their bytes too.
const MASSIMI_DATI_REVOCA: usize = 2_000;

/// Whom signatures are trusted from, and what is known of revocation.
#[derive(Debug, Clone, Default)]
pub struct Fiduce {
    /// For the signatures of documents.
    pub firme: Fiducia,
    /// For the signatures of PEC providers.
    pub gestori: Fiducia,
    /// The kept lists among `firme`.
    pub liste: Vec<ListaInUso>,
    /// The kept revocation data among `firme`, by their SHA-256.
    pub revoche: BTreeMap<Impronta, DatoRevoca>,
    /// Revocation data that are kept and not used, since memory has a limit.
    pub revoche_fuori: usize,
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
        Ok(())
    }

    /// One that was read before is not read again.
    fn aggiungi_revoca(
        &mut self,
        conservato: &DatoConservato,
        deposito: &Deposito,
        prima: &Self,
    ) -> Result<(), Errore> {
        let dato = match prima.revoche.get(&conservato.impronta) {
            Some(dato) => dato.clone(),
            None => conservato.apri(deposito)?,
        };
        match self.firme.aggiungi_revoca(dato.clone()) {
            Ok(()) => drop(self.revoche.insert(conservato.impronta, dato)),
            Err(_) => self.revoche_fuori += 1,
        }
        Ok(())
    }
}

fn rovinata(lista: String, causa: &firma::Errore) -> Errore {
    Errore::ListaRovinata { lista, causa: causa.to_string() }
}

/// `base` with the versions that are in force at `ora`: the newest list of each of these territories, the newest set of the providers, the
/// newest revocation data of each series; of these, what is in `prima` is taken from there.
///
/// # Errors
/// Those of the database. What the store does not hold as it was is left out and told ([`Fiduce::illeggibili`]): the register and the mail
/// go on, with verdicts that can only be worse.
pub(super) fn fiduce_correnti(
    conn: &mut Conn,
    deposito: &Deposito,
    (base, paesi): (&Fiduce, &[Territorio]),
    prima: &Fiduce,
    ora: Istante,
) -> Result<Fiduce, Errore> {
    let mut fiduce = base.clone();
    // The list of the lists has no services of its own.
    for versione in versioni_correnti(conn)?.iter().filter(|v| !v.territorio.e_unione() && v.voluta(paesi)) {
        let esito = fiduce.aggiungi(versione, deposito);
        fiduce.o_senza(versione, esito)?;
    }
    if let Some(insieme) = gestori::ultima(conn)? {
        let esito = fiduce.aggiungi_gestori(insieme.impronta, deposito);
        fiduce.o_senza("i certificati dei gestori di PEC", esito)?;
    }
    let dati = revoche::in_ordine(revoche::correnti(conn)?, ora);
    fiduce.revoche_fuori = dati.len().saturating_sub(MASSIMI_DATI_REVOCA);
    for dato in dati.iter().take(MASSIMI_DATI_REVOCA) {
        let esito = fiduce.aggiungi_revoca(dato, deposito, prima);
        fiduce.o_senza(dato, esito)?;
    }
    Ok(fiduce)
}
