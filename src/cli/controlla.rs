//! `tabulario controlla`: the full check, as an auditor would make it, also while the server runs.

use super::ambiente::{cartella_documenti, cartella_punte};
use super::{Dove, Errore, avanzamento};
use crate::audit::{self, Atto, Differenza, Genere, Periodo};
use crate::config::Configurazione;
use crate::documenti::{self, Deposito};
use crate::registro::ripristino;
use crate::storage::{self, Db};
use crate::valori::Impronta;
use crate::{conservazione, istanze, pec, registro, scrivania, titolario, utenti};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::HashMap;
use std::io::Write;

/// Files looked at between two reads of the database.
const BLOCCO_FILE: i64 = 500;

/// Controlla catena degli eventi, registro, guardie e deposito, anche mentre il server lavora.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Scrive il risultato in JSON.
    #[arg(long)]
    json: bool,
    /// Primo giorno da controllare, come 2026-01-31.
    #[arg(long, value_name = "GIORNO")]
    dal: Option<NaiveDate>,
    /// Ultimo giorno da controllare.
    #[arg(long, value_name = "GIORNO")]
    al: Option<NaiveDate>,
}

/// What was found.
#[derive(Serialize)]
pub(super) struct Risultato {
    /// True if nothing differs.
    pub ok: bool,
    checked: Controllati,
    differences: Vec<DifferenzaJson>,
}

#[derive(Serialize)]
struct Controllati {
    eventi: u64,
    registrazioni: u64,
    file: u64,
}

#[derive(Serialize)]
struct DifferenzaJson {
    kind: &'static str,
    aoo: Option<String>,
    anno: Option<i32>,
    numero: Option<String>,
    sha256: Option<String>,
    detail: String,
}

/// The acts of all modules.
fn atti() -> Vec<Atto> {
    [
        utenti::ATTI,
        documenti::ATTI,
        titolario::ATTI,
        registro::ATTI,
        registro::rubrica::ATTI,
        registro::ipa::ATTI,
        registro::gruppo::ATTI,
        registro::emergenza::ATTI,
        scrivania::ATTI,
        pec::ATTI,
        pec::regole::ATTI,
        pec::ritorno::ATTI,
        istanze::ATTI,
        conservazione::ATTI,
        documenti::fiducia::ATTI,
    ]
    .concat()
}

pub(super) fn esegui(dove: &Dove, args: &Args, out: &mut dyn Write) -> Result<bool, Errore> {
    if let (Some(dal), Some(al)) = (args.dal, args.al)
        && dal > al
    {
        return Err(Errore::PeriodoRovescio(dal, al));
    }
    let risultato = controlla(&dove.configura()?, Periodo { dal: args.dal, al: args.al })?;
    stampa(&risultato, args.json, out)?;
    Ok(risultato.ok)
}

/// The whole check.
pub(super) fn controlla(config: &Configurazione, periodo: Periodo) -> Result<Risultato, Errore> {
    let db = Db::apri_per_controllo(config.database.clone(), config.orologio())?;
    let cartella = cartella_punte(&config.dir);
    // Read before the chain: what is written meanwhile is in the chain already.
    let apparte = audit::leggi_punte(&cartella).map_err(Errore::file(&cartella))?;
    let apparte = db.leggi(|conn| ripristino::non_riconosciute(conn, apparte))?;
    let totale = db.leggi(audit::punte)?.iter().map(|p| p.posizione).sum::<i64>();
    let barra = avanzamento::barra("eventi", u64::try_from(totale).unwrap_or(0));
    let (eventi, mut differenze) = audit::verifica(&db, &atti(), periodo, &apparte, &mut |n| barra.inc(n))?;
    barra.finish_and_clear();
    for guardia in db.leggi(storage::guardie_mancanti)? {
        let testo =
            format!("la guardia «{guardia}» manca o non è più la nostra: il database non rifiuterebbe le modifiche");
        differenze.push(Differenza::new(Genere::Row, None, testo));
    }
    let (registrazioni, buchi) = db.leggi(registro::buchi)?;
    differenze.extend(buchi);
    let deposito = Deposito::esistente(cartella_documenti(&config.dir));
    let file = controlla_file(&db, &deposito, periodo, &mut differenze)?;
    Ok(Risultato {
        ok: differenze.is_empty(),
        checked: Controllati { eventi, registrazioni, file },
        differences: racconta(&db, differenze)?,
    })
}

/// Every file that the database knows: is it there, and are its bytes those of its name?
fn controlla_file(
    db: &Db,
    deposito: &Deposito,
    periodo: Periodo,
    differenze: &mut Vec<Differenza>,
) -> Result<u64, Errore> {
    let quanti = db.leggi(documenti::conta)?;
    let barra = avanzamento::barra("file", u64::try_from(quanti).unwrap_or(0));
    let (mut dopo, mut letti) = (String::new(), 0);
    loop {
        let blocco = db.leggi(|conn| documenti::elenco(conn, &dopo, BLOCCO_FILE))?;
        let Some(ultimo) = blocco.last() else { break };
        dopo = ultimo.impronta.to_string();
        for file in blocco.iter().filter(|f| periodo.contiene(f.creato)) {
            letti += 1;
            let (genere, testo) = match deposito.integro(&file.impronta) {
                Ok(true) => continue,
                Ok(false) => (Genere::FileAltered, "il file nel deposito non è più quello registrato"),
                Err(documenti::Errore::Assente(_)) => (Genere::FileMissing, "il file non è nel deposito"),
                Err(e) => return Err(e.into()),
            };
            segnala(db, genere, testo, file.impronta, differenze)?;
        }
        barra.inc(u64::try_from(blocco.len()).unwrap_or(0));
    }
    barra.finish_and_clear();
    Ok(letti)
}

/// One difference for each registration that uses the file.
fn segnala(
    db: &Db,
    genere: Genere,
    testo: &str,
    impronta: Impronta,
    differenze: &mut Vec<Differenza>,
) -> Result<(), Errore> {
    let sha256 = Some(impronta.to_string());
    let usano = db.leggi(|conn| registro::usano(conn, &impronta))?;
    if usano.is_empty() {
        differenze.push(Differenza { sha256: sha256.clone(), ..indiretta(db, genere, testo, &impronta)? });
    }
    for (aoo, anno, numero) in usano {
        let registrazione = Some((anno, numero));
        differenze.push(Differenza {
            registrazione,
            sha256: sha256.clone(),
            ..Differenza::new(genere, Some(aoo), testo)
        });
    }
    Ok(())
}

/// A file that no registration has among its documents: what has it instead, and the registration behind that.
fn indiretta(db: &Db, genere: Genere, testo: &str, impronta: &Impronta) -> Result<Differenza, Errore> {
    db.leggi(|conn| {
        let uso = documenti::usi(conn, impronta)?.into_iter().next();
        let (tipo, id) = uso.map(|u| (u.oggetto_tipo, u.oggetto_id)).unwrap_or_default();
        let (che, dietro) = match tipo.as_str() {
            "pacchetto" => (" (pacchetto di versamento)", conservazione::registrazione_del_pacchetto(conn, &id)?),
            "invio" => (" (messaggio in partenza)", pec::registrazione_dell_invio(conn, &id)?),
            "provvedimento" => (" (provvedimento di annullamento)", registro::aoo_di(conn, &id)?.map(|aoo| (aoo, id))),
            "chiusura" => {
                let aoo = registro::chiusura::aoo_della_chiusura(conn, &id)?;
                (" (registro giornaliero o annuale)", aoo.map(|aoo| (aoo, id)))
            }
            "pacchetto-registro" => {
                let aoo = conservazione::chiusura_del_pacchetto(conn, &id)?;
                (" (pacchetto di versamento di un registro)", aoo.map(|aoo| (aoo, id)))
            }
            "messaggio" => (" (messaggio arrivato)", None),
            "istanza" => (" (istanza senza numero)", None),
            "lista-fiducia" => (" (lista di fiducia)", None),
            "certificati-gestori" => (" (certificati dei gestori PEC)", None),
            "dato-revoca" => (" (dati di revoca)", None),
            _ => ("", None),
        };
        let (aoo, oggetto_id) = dietro.unzip();
        Ok(Differenza { oggetto_id, ..Differenza::new(genere, aoo, format!("{testo}{che}")) })
    })
}

/// Puts names on ids: the code of the AOO, year and number of the registration.
fn racconta(db: &Db, differenze: Vec<Differenza>) -> Result<Vec<DifferenzaJson>, Errore> {
    let aoo = db.leggi(utenti::tutte_le_aoo)?;
    let codici: HashMap<_, _> = aoo.iter().map(|a| (a.id, a.codice.to_string())).collect();
    differenze
        .into_iter()
        .map(|d| {
            let registrazione = match (&d.registrazione, &d.oggetto_id) {
                (None, Some(id)) => db.leggi(|conn| registro::numero_di(conn, id))?,
                (trovata, _) => *trovata,
            };
            Ok(DifferenzaJson {
                kind: d.genere.as_str(),
                aoo: d.aoo.map(|id| codici.get(&id).cloned().unwrap_or_else(|| "installazione".to_owned())),
                anno: registrazione.map(|(anno, _)| anno),
                numero: registrazione.map(|(_, numero)| format!("{numero:07}")),
                sha256: d.sha256,
                detail: d.dettaglio,
            })
        })
        .collect()
}

/// What a kind of difference means, and what to do now.
fn spiega(genere: &str) -> &'static str {
    match genere {
        "chain" => {
            "un evento è stato tolto, spostato o riscritto da chi può scrivere nel database: quelli prima sono intatti. Conserva una \
             copia di tutto com'è, poi confronta con una copia di sicurezza fatta prima e con le punte tenute altrove."
        }
        "row" => {
            "le righe di un atto non sono più quelle scritte allora: la loro impronta, nella catena, è un'altra. Chi le ha cambiate ha \
             tolto le guardie del database. Conserva una copia di tutto com'è; i valori di allora sono in una copia di sicurezza fatta \
             dopo l'atto, e nella segnatura e nel pacchetto di versamento se ci sono."
        }
        "gap" => {
            "un numero che il registro aveva dato non c'è più: è stata tolta una registrazione, o ne è stata aggiunta una a mano. \
             Cercala in una copia di sicurezza e nella catena degli eventi, che la nomina."
        }
        "file-missing" => {
            "il deposito non ha più il file: riprendilo da una copia di sicurezza (il suo nome è la sua impronta SHA-256) e rimettilo \
             nella cartella documenti."
        }
        "file-altered" => {
            "i byte del file non sono quelli registrati: disco guasto, o qualcuno l'ha cambiato. Tieni da parte quello che c'è e \
             riprendi il file da una copia di sicurezza: è giusto quello la cui impronta SHA-256 è il suo nome."
        }
        _ => {
            "la catena non contiene la punta scritta a parte: sembra una copia più vecchia. Se il ripristino è voluto, il responsabile \
             del protocollo lo riconosce; se no, rimetti il database più recente."
        }
    }
}

fn stampa(r: &Risultato, json: bool, out: &mut dyn Write) -> Result<(), Errore> {
    if json {
        let testo = serde_json::to_string_pretty(r).map_err(|e| Errore::Uscita(e.into()))?;
        writeln!(out, "{testo}")?;
        return Ok(());
    }
    let Controllati { eventi, registrazioni, file } = r.checked;
    writeln!(out, "Controllati {eventi} eventi, {registrazioni} registrazioni, {file} file.")?;
    for d in &r.differences {
        let chi = match (&d.aoo, d.anno, &d.numero) {
            (Some(aoo), Some(anno), Some(numero)) => format!("{aoo} {numero}/{anno}: "),
            (Some(aoo), ..) => format!("{aoo}: "),
            _ => String::new(),
        };
        let file = d.sha256.as_ref().map(|s| format!(" ({s})")).unwrap_or_default();
        writeln!(out, "- [{}] {chi}{}{file}", d.kind, d.detail)?;
    }
    if let Some(prima) = r.differences.first() {
        writeln!(out, "La prima vuol dire che {}", spiega(prima.kind))?;
    }
    match r.differences.len() {
        0 => writeln!(out, "Tutto torna.")?,
        1 => writeln!(out, "Trovata 1 differenza.")?,
        n => writeln!(out, "Trovate {n} differenze.")?,
    }
    Ok(())
}
