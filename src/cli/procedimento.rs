//! `tabulario procedimento`.

use super::{Dove, Errore};
use crate::valori::{Attore, CodiceAoo, CodiceProcedimento, CodiceUfficio, CodiceVoce, Denominazione, Testo};
use crate::{istanze, utenti};
use std::io::Write;

/// Procedimenti di cui il portale riceve le istanze.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Apre un procedimento alle istanze dei cittadini: da qui il portale è acceso.
    Apri(Apri),
    /// Chiude un procedimento: le istanze già arrivate restano.
    Chiudi(Chiudi),
    /// Elenca i procedimenti aperti.
    Elenca,
}

#[derive(clap::Args)]
pub(super) struct Apri {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Codice del procedimento, che sta nell'indirizzo della pagina: come accesso-civico.
    #[arg(long, value_name = "CODICE")]
    codice: String,
    /// Nome del procedimento, come lo leggono i cittadini.
    #[arg(long, value_name = "NOME")]
    nome: String,
    /// A chi è rivolto e che cosa serve.
    #[arg(long, value_name = "TESTO")]
    descrizione: String,
    /// Voce di titolario delle istanze.
    #[arg(long, value_name = "VOCE")]
    voce: String,
    /// Ufficio responsabile.
    #[arg(long, value_name = "CODICE")]
    ufficio: String,
    /// Termine in giorni dalla presentazione.
    #[arg(long, value_name = "GIORNI", default_value_t = 30)]
    giorni: u32,
    /// Se manca qualcosa il termine si interrompe, e riparte da capo con l'integrazione.
    #[arg(long)]
    interrompibile: bool,
}

#[derive(clap::Args)]
pub(super) struct Chiudi {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Codice del procedimento.
    #[arg(long, value_name = "CODICE")]
    codice: String,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    let (db, io) = (&ambiente.db, Attore::Sistema("comando"));
    match comando {
        Comando::Elenca => {
            for (p, aoo) in db.leggi(istanze::aperti)? {
                writeln!(out, "{}\t{}\t{} giorni\t{aoo}", p.codice, p.denominazione, p.giorni)?;
            }
        }
        Comando::Chiudi(c) => {
            let (aoo, codice): (CodiceAoo, CodiceProcedimento) = (c.aoo.parse()?, c.codice.parse()?);
            let aoo = db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
            db.scrivi(aoo.id, &io, |op| istanze::chiudi(op, &codice))?;
            writeln!(out, "Procedimento {codice} chiuso.")?;
        }
        Comando::Apri(a) => {
            let (aoo, codice): (CodiceAoo, CodiceProcedimento) = (a.aoo.parse()?, a.codice.parse()?);
            let (nome, descrizione): (Denominazione, Testo) = (a.nome.parse()?, a.descrizione.parse()?);
            let (voce, ufficio): (CodiceVoce, CodiceUfficio) = (a.voce.parse()?, a.ufficio.parse()?);
            let aoo = db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
            let aperto = db.scrivi(aoo.id, &io, |op| {
                let ufficio = utenti::ufficio_per_codice(op.conn, aoo.id, &ufficio)?;
                istanze::apri(op, codice, (nome, descrizione), voce, &ufficio, (a.giorni, a.interrompibile))
            })?;
            writeln!(out, "Procedimento {0} aperto: la sua pagina è /servizi/{0}", aperto.codice)?;
        }
    }
    ambiente.scrivi_punte()?;
    Ok(true)
}
