//! `tabulario ufficio`.

use super::{Dove, Errore};
use crate::istanze;
use crate::storage::{Conn, Operazione};
use crate::utenti::{self, Ufficio};
use crate::valori::{AooId, Attore, CodiceAoo, CodiceUfficio, Denominazione};
use std::io::Write;

/// Uffici di un'AOO.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Crea un ufficio.
    Crea(Crea),
    /// Elenca gli uffici di un'AOO: codice, denominazione, ufficio da cui dipende.
    Elenca(Elenca),
    /// Cambia il nome di un ufficio; quello che è già scritto tiene il nome di allora.
    Rinomina(Rinomina),
    /// Mette un ufficio sotto un altro, o in cima.
    Sposta(Sposta),
    /// Chiude un ufficio per sempre: non riceve più documenti né ruoli.
    Chiudi(Quale),
}

#[derive(clap::Args)]
pub(super) struct Quale {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Codice dell'ufficio.
    #[arg(long, value_name = "CODICE")]
    codice: String,
}

#[derive(clap::Args)]
pub(super) struct Crea {
    #[command(flatten)]
    quale: Quale,
    /// Denominazione dell'ufficio.
    #[arg(long, value_name = "NOME")]
    nome: String,
    /// Codice dell'ufficio da cui dipende.
    #[arg(long, value_name = "CODICE")]
    sotto: Option<String>,
}

#[derive(clap::Args)]
pub(super) struct Rinomina {
    #[command(flatten)]
    quale: Quale,
    /// La nuova denominazione.
    #[arg(long, value_name = "NOME")]
    nome: String,
}

#[derive(clap::Args)]
pub(super) struct Sposta {
    #[command(flatten)]
    quale: Quale,
    /// Codice dell'ufficio da cui dipende d'ora in poi.
    #[arg(long, value_name = "CODICE", required_unless_present = "in_cima", conflicts_with = "in_cima")]
    sotto: Option<String>,
    /// Non dipende più da nessun ufficio.
    #[arg(long)]
    in_cima: bool,
}

#[derive(clap::Args)]
pub(super) struct Elenca {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Elenca anche gli uffici chiusi.
    #[arg(long)]
    tutti: bool,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    let db = &ambiente.db;
    // One act on an open office, in the AOO that is named.
    let cambia = |quale: &Quale, f: &dyn Fn(&mut Operazione<'_>, &Ufficio) -> Result<(), Errore>| {
        let (aoo, codice): (CodiceAoo, CodiceUfficio) = (quale.aoo.parse()?, quale.codice.parse()?);
        let aoo = db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
        db.scrivi(aoo.id, &Attore::Sistema("comando"), |op| {
            let ufficio = utenti::ufficio_per_codice(op.conn, aoo.id, &codice)?;
            f(op, &ufficio)
        })
    };
    match comando {
        Comando::Elenca(e) => elenca(&e.aoo.parse()?, e.tutti, db, out)?,
        Comando::Crea(c) => {
            let (aoo, codice): (CodiceAoo, CodiceUfficio) = (c.quale.aoo.parse()?, c.quale.codice.parse()?);
            let nome: Denominazione = c.nome.parse()?;
            let aoo = db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
            let nuovo = db.scrivi(aoo.id, &Attore::Sistema("comando"), |op| {
                let padre = sopra(op.conn, aoo.id, c.sotto.as_deref())?;
                Ok::<_, Errore>(utenti::crea_ufficio(op, codice, nome, padre.as_ref())?)
            })?;
            writeln!(out, "Ufficio {} creato.", nuovo.codice)?;
        }
        Comando::Rinomina(r) => {
            let nome: Denominazione = r.nome.parse()?;
            cambia(&r.quale, &|op, ufficio| Ok(utenti::rinomina_ufficio(op, ufficio, &nome)?))?;
            writeln!(out, "Ufficio {}: d'ora in poi si chiama {nome}.", r.quale.codice)?;
        }
        Comando::Sposta(s) => {
            cambia(&s.quale, &|op, ufficio| {
                let padre = sopra(op.conn, op.aoo, s.sotto.as_deref())?;
                Ok(utenti::sposta_ufficio(op, ufficio, padre.as_ref())?)
            })?;
            writeln!(out, "Ufficio {} spostato.", s.quale.codice)?;
        }
        Comando::Chiudi(q) => {
            cambia(&q, &|op, ufficio| Ok(istanze::chiudi_ufficio(op, ufficio)?))?;
            writeln!(out, "Ufficio {} chiuso.", q.codice)?;
        }
    }
    ambiente.scrivi_punte()?;
    Ok(true)
}

fn elenca(aoo: &CodiceAoo, chiusi: bool, db: &crate::storage::Db, out: &mut dyn Write) -> Result<(), Errore> {
    let uffici = db.leggi(|conn| {
        let aoo = utenti::aoo_per_codice(conn, aoo)?;
        utenti::tutti_gli_uffici(conn, aoo.id)
    })?;
    for u in uffici.iter().filter(|u| chiusi || u.chiuso.is_none()) {
        let padre = uffici.iter().find(|p| Some(p.id) == u.padre).map_or("", |p| p.codice.as_str());
        let chiuso = u.chiuso.map(|il| format!("\tchiuso dal {}", il.leggibile())).unwrap_or_default();
        writeln!(out, "{}\t{}\t{padre}{chiuso}", u.codice, u.denominazione)?;
    }
    Ok(())
}

fn sopra(conn: &mut Conn, aoo: AooId, codice: Option<&str>) -> Result<Option<Ufficio>, Errore> {
    let Some(codice) = codice else { return Ok(None) };
    Ok(Some(utenti::ufficio_per_codice(conn, aoo, &codice.parse()?)?))
}
