//! A file of the IPA put beside what is in force, and brought in.

use super::lettore::File;
use super::versione::{self, Nuova};
use super::{Errore, Genere, Rilievo, VoceIpa, importazione, indice, voce};
use crate::storage::{Conn, Operazione};
use crate::utenti;
use crate::valori::{ImportazioneIpaId, Impronta};
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};

/// Entries that one file may close however many there are.
const CHIUSURE_SENZA_DUBBIO: usize = 20;

/// One out of so many may be closed: a file that closes more looks cut off.
const PARTE_CHIUDIBILE: usize = 5;

/// A file that was read.
#[derive(Debug)]
pub struct Letto {
    /// Of which entries it speaks.
    pub genere: Genere,
    /// Its digest.
    pub impronta: Impronta,
    /// How many rows it has.
    pub righe: usize,
    /// Rows that cannot be used: what they speak of stays as it was.
    pub rifiutate: Vec<Rilievo>,
    /// Values that were left out of rows that can.
    pub rilievi: Vec<Rilievo>,
    voci: Vec<VoceIpa>,
    /// What the rows that cannot be used speak of, as far as that can be read.
    nominate: HashSet<String>,
}

/// How many entries become what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bilancio {
    /// Were never there, or are there again.
    pub nuove: usize,
    /// Say something else.
    pub cambiate: usize,
    /// Are there no more.
    pub chiuse: usize,
    /// Say the same.
    pub uguali: usize,
}

/// A file put beside what is in force.
#[derive(Debug)]
pub struct Esame {
    /// What would become of the entries.
    pub bilancio: Bilancio,
    /// The day of the data if this very file was brought in last: nothing is to do.
    pub gia_importato: Option<NaiveDate>,
    presenti: HashMap<String, (i64, VoceIpa)>,
}

/// Reads a file.
///
/// # Errors
/// If the file as a whole cannot be used.
pub fn leggi(byte: &[u8]) -> Result<Letto, Errore> {
    let mut file = File::apri(byte)?;
    let genere = voce::genere(&file)?;
    let colonna = match genere {
        Genere::Amministrazione => "Codice_IPA",
        Genere::Aoo => "Codice_uni_aoo",
        Genere::Uo => "Codice_uni_uo",
    };
    let mut letto = Letto {
        genere,
        impronta: Impronta::of(byte),
        righe: 0,
        rifiutate: Vec::new(),
        rilievi: Vec::new(),
        voci: Vec::new(),
        nominate: HashSet::new(),
    };
    let mut linee: HashMap<String, usize> = HashMap::new();
    while let Some(riga) = file.prossima()? {
        letto.righe += 1;
        match voce::leggi(&file, &riga, genere, &mut letto.rilievi) {
            Ok(voce) => {
                let chiave = voce.chiave();
                if let Some(prima) = linee.get(&chiave) {
                    let causa = format!("il codice {} è già alla riga {prima}: vale quella", voce.codice());
                    letto.rifiutate.push(Rilievo { linea: riga.linea, colonna: colonna.to_owned(), causa });
                } else {
                    linee.insert(chiave, riga.linea);
                    letto.voci.push(voce);
                }
            }
            Err(rilievo) => {
                letto.nominate.insert(file.valore(&riga, colonna).to_lowercase());
                letto.rifiutate.push(rilievo);
            }
        }
    }
    if letto.voci.is_empty() {
        let causa = match letto.rifiutate.first() {
            Some(r) => format!("nessuna riga si può usare; la prima: riga {}, {}: {}", r.linea, r.colonna, r.causa),
            None => "dopo i nomi delle colonne non c'è nessuna riga".to_owned(),
        };
        return Err(Errore::File { linea: 1, colonna: String::new(), causa });
    }
    Ok(letto)
}

/// What a file would do.
///
/// # Errors
/// `PiuVecchi`, `Futura`.
pub fn esamina(conn: &mut Conn, letto: &Letto, dati_al: NaiveDate, oggi: NaiveDate) -> Result<Esame, Errore> {
    if dati_al > oggi {
        return Err(Errore::Futura(dati_al.format("%d/%m/%Y").to_string()));
    }
    let ultima = importazione::ultime(conn)?.into_iter().find(|u| u.genere == letto.genere);
    let mut bilancio = Bilancio::default();
    if let Some(ultima) = ultima {
        if ultima.impronta == letto.impronta {
            bilancio.uguali = letto.voci.len();
            return Ok(Esame { bilancio, gia_importato: Some(ultima.dati_al), presenti: HashMap::new() });
        }
        if dati_al < ultima.dati_al {
            let giorno = |g: NaiveDate| g.format("%d/%m/%Y").to_string();
            return Err(Errore::PiuVecchi { file: giorno(dati_al), presenti: giorno(ultima.dati_al) });
        }
    }
    let presenti = versione::in_vigore(conn, letto.genere)?;
    for voce in &letto.voci {
        match presenti.get(&voce.chiave()) {
            None => bilancio.nuove += 1,
            Some((_, prima)) if prima == voce => bilancio.uguali += 1,
            Some(_) => bilancio.cambiate += 1,
        }
    }
    bilancio.chiuse = chiuse(letto, &presenti).len();
    Ok(Esame { bilancio, gia_importato: None, presenti })
}

/// What is in force and the file does not speak of.
fn chiuse<'a>(letto: &Letto, presenti: &'a HashMap<String, (i64, VoceIpa)>) -> Vec<&'a (i64, VoceIpa)> {
    let nel_file: HashSet<String> = letto.voci.iter().map(VoceIpa::chiave).collect();
    let mut chiuse: Vec<_> = presenti
        .iter()
        .filter(|(chiave, _)| !nel_file.contains(*chiave) && !letto.nominate.contains(*chiave))
        .map(|(_, voce)| voce)
        .collect();
    chiuse.sort_by_key(|(numero, _)| *numero);
    chiuse
}

/// Brings a file in. One that was brought in last writes nothing.
///
/// # Errors
/// `PiuVecchi`, `Futura`; `TroppeChiusure`, unless `accetta_chiusure` is there.
pub fn importa(
    op: &mut Operazione<'_>,
    letto: &Letto,
    dati_al: NaiveDate,
    accetta_chiusure: Option<()>,
) -> Result<Esame, Errore> {
    let esame = esamina(op.conn, letto, dati_al, op.ora.giorno())?;
    if esame.gia_importato.is_some() {
        return Ok(esame);
    }
    let presenti = esame.presenti.len();
    let troppe = esame.bilancio.chiuse > CHIUSURE_SENZA_DUBBIO && esame.bilancio.chiuse * PARTE_CHIUDIBILE > presenti;
    if troppe && accetta_chiusure.is_none() {
        return Err(Errore::TroppeChiusure { chiuse: esame.bilancio.chiuse, presenti });
    }
    let (mut nuove, mut vecchie) = (Vec::new(), Vec::new());
    let mut numero = versione::prossimo(op.conn)?;
    let mut aggiungi = |voce, cessata| {
        nuove.push(Nuova { numero, voce, cessata });
        numero += 1;
    };
    for voce in &letto.voci {
        match esame.presenti.get(&voce.chiave()) {
            Some((_, prima)) if prima == voce => continue,
            Some(prima) => vecchie.push(prima),
            None => {}
        }
        aggiungi(voce, false);
    }
    for chiusa in chiuse(letto, &esame.presenti) {
        aggiungi(&chiusa.1, true);
        vecchie.push(chiusa);
    }
    let id = ImportazioneIpaId::new();
    let quante = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let attore = op.attore.clone();
    let riga = importazione::Riga {
        id: id.to_string(),
        genere: letto.genere.as_str().to_owned(),
        dati_al,
        sha256: letto.impronta.to_string(),
        righe: quante(letto.righe),
        nuove: quante(esame.bilancio.nuove),
        cambiate: quante(esame.bilancio.cambiate),
        chiuse: quante(esame.bilancio.chiuse),
        rifiutate: quante(letto.rifiutate.len()),
        versioni_sha256: versione::sha256(&nuove, id),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    importazione::scrivi(op, &riga)?;
    versione::scrivi(op, &nuove, id)?;
    indice::togli(op, vecchie.into_iter().map(|(numero, voce)| (*numero, voce)))?;
    indice::metti(op, nuove.iter().filter(|n| !n.cessata).map(|n| (n.numero, n.voce)))?;
    Ok(esame)
}
