//! A package goes to the outbox folder: index and files, written aside, synced, then renamed.

use super::versamento::{self, Pronto};
use super::{Errore, Passo, registri};
use crate::documenti::{self, Deposito};
use crate::storage::Db;
use crate::valori::{AooId, Attore, Impronta};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Name of the index in a package.
const INDICE: &str = "indice.xml";
/// What stands before the name of a folder that is still being written.
const PARZIALE: &str = ".parziale-";
/// Bytes copied at a time.
const BLOCCO: usize = 64 * 1024;

/// What is delivered: the name of its folder, its index and its other files.
pub(super) struct Collo {
    pub chiave: String,
    pub indice: Impronta,
    pub file: Vec<(String, Impronta)>,
}

/// Where packages go, inside the outbox folder `uscita`.
#[must_use]
pub fn cartella(uscita: &Path) -> PathBuf {
    uscita.join("conservazione")
}

/// Delivers the oldest package of an AOO that waits, into `uscita/conservazione/<chiave>`: registers first, which have a term.
///
/// A package is either there whole, under its name, or not at all; what was there already is recognised, not written again. One
/// whose files are not the right ones any more is set aside with the reason and does not stop the others.
///
/// # Errors
/// Those of the database and of the outbox folder; then the same step can be repeated.
pub fn consegna(db: &Db, deposito: &Deposito, uscita: &Path, aoo: AooId) -> Result<Passo, Errore> {
    let io = Attore::Sistema("conservazione");
    if let Some((chiusura, collo)) = db.leggi(|conn| registri::da_consegnare(conn, aoo))? {
        let esito = prova(deposito, uscita, &collo)?;
        db.scrivi(aoo, &io, |op| registri::concludi(op, &chiusura, esito.as_ref().map_err(String::as_str).copied()))?;
        return Ok(Passo::Fatto);
    }
    let Some(Pronto { registrazione, collo }) = db.leggi(|conn| versamento::da_consegnare(conn, aoo))? else {
        return Ok(Passo::Niente);
    };
    let esito = prova(deposito, uscita, &collo)?;
    db.scrivi(aoo, &io, |op| versamento::concludi(op, registrazione, esito.as_ref().map_err(String::as_str).copied()))?;
    Ok(Passo::Fatto)
}

/// The inner error is the sentence for the person who has to look.
fn prova(deposito: &Deposito, uscita: &Path, collo: &Collo) -> Result<Result<(), String>, Errore> {
    match deponi(deposito, &cartella(uscita), collo) {
        Ok(()) => Ok(Ok(())),
        Err(
            e @ (Errore::FileAlterato(_)
            | Errore::CartellaOccupata(_)
            | Errore::Documenti(documenti::Errore::Assente(_))),
        ) => {
            tracing::warn!(pacchetto = collo.chiave, motivo = %e, "package not delivered");
            Ok(Err(e.to_string()))
        }
        Err(e) => Err(e),
    }
}

fn deponi(deposito: &Deposito, dove: &Path, pronto: &Collo) -> Result<(), Errore> {
    let finale = dove.join(&pronto.chiave);
    let file = || pronto.file.iter().map(|(nome, i)| (nome.as_str(), i)).chain([(INDICE, &pronto.indice)]);
    if finale.exists() {
        // Killed after the rename: what is there was whole.
        let tutti = file().all(|(nome, impronta)| stesso(&finale.join(nome), impronta));
        return if tutti { Ok(()) } else { Err(Errore::CartellaOccupata(finale)) };
    }
    let parziale = dove.join(format!("{PARZIALE}{}", pronto.chiave));
    let disco = |causa| Errore::Uscita { dove: parziale.clone(), causa };
    if parziale.exists() {
        fs::remove_dir_all(&parziale).map_err(disco)?;
    }
    fs::create_dir_all(&parziale).map_err(disco)?;
    for (nome, impronta) in file() {
        let copiata = copia(deposito.apri(impronta)?, &parziale.join(nome)).map_err(disco)?;
        if copiata != *impronta {
            fs::remove_dir_all(&parziale).map_err(disco)?;
            return Err(Errore::FileAlterato(impronta.to_string()));
        }
    }
    sincronizza(&parziale).map_err(disco)?;
    fs::rename(&parziale, &finale).map_err(disco)?;
    for sopra in finale.ancestors().skip(1).take(3) {
        sincronizza(sopra).map_err(disco)?;
    }
    Ok(())
}

/// Copies and syncs a file; says what was copied.
fn copia(mut da: File, a: &Path) -> io::Result<Impronta> {
    let mut verso = File::create_new(a)?;
    let mut hasher = Sha256::new();
    let mut blocco = vec![0; BLOCCO];
    loop {
        let letti = da.read(&mut blocco)?;
        let pezzo = blocco.get(..letti).unwrap_or_default();
        if pezzo.is_empty() {
            break;
        }
        hasher.update(pezzo);
        verso.write_all(pezzo)?;
    }
    verso.sync_all()?;
    Ok(Impronta::from_sha256(hasher))
}

fn stesso(file: &Path, impronta: &Impronta) -> bool {
    let mut hasher = Sha256::new();
    let letto = File::open(file).and_then(|mut f| io::copy(&mut f, &mut hasher));
    letto.is_ok() && Impronta::from_sha256(hasher) == *impronta
}

fn sincronizza(cartella: &Path) -> io::Result<()> {
    File::open(cartella)?.sync_all()
}
