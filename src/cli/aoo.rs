//! `tabulario aoo`.

use super::ambiente::Ambiente;
use super::{Dove, Errore};
use crate::registro::orologio::{self, Andamento};
use crate::utenti;
use crate::valori::{AooId, Attore, CodiceAoo, CodiceIpa, CodiceRegistro, Denominazione, IndirizzoMail, Testo};
use std::io::Write;

/// Enti e aree organizzative omogenee.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Crea un'AOO, e il suo ente se non c'è ancora.
    Crea(Crea),
    /// Elenca le AOO.
    Elenca,
    /// Dice se l'orologio del server può datare la prossima registrazione, e conferma che è giusto.
    Orologio(Orologio),
}

#[derive(clap::Args)]
pub(super) struct Crea {
    /// Codice IPA dell'ente, come c_x999.
    #[arg(long, value_name = "IPA")]
    ente: String,
    /// Denominazione dell'ente (serve se l'ente è nuovo).
    #[arg(long, value_name = "NOME")]
    nome_ente: Option<String>,
    /// Codice dell'AOO, come AX99Z01.
    #[arg(long, value_name = "CODICE")]
    codice: String,
    /// Denominazione dell'AOO.
    #[arg(long, value_name = "NOME")]
    nome: String,
    /// Codice del registro; PROVA fa un'AOO di prova, i cui numeri non hanno valore.
    #[arg(long, default_value = "PG", hide_default_value = true, value_name = "CODICE")]
    registro: String,
    /// Indirizzo PEC dell'AOO.
    #[arg(long, value_name = "INDIRIZZO")]
    pec: String,
}

#[derive(clap::Args)]
pub(super) struct Orologio {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Conferma che l'ora del server è giusta, per questo motivo: l'ha deciso il responsabile del protocollo.
    #[arg(long, value_name = "MOTIVO")]
    conferma: Option<String>,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    match comando {
        Comando::Orologio(args) => return orologio(&ambiente, &args, out),
        Comando::Elenca => {
            for a in ambiente.db.leggi(utenti::tutte_le_aoo)? {
                writeln!(
                    out,
                    "{}/{}\t{}\t{}\t{}\t{}",
                    a.ente_ipa, a.codice, a.registro, a.ente, a.denominazione, a.pec
                )?;
            }
        }
        Comando::Crea(c) => {
            let ipa: CodiceIpa = c.ente.parse()?;
            let nome_ente: Option<Denominazione> = c.nome_ente.map(|n| n.parse()).transpose()?;
            let (codice, nome): (CodiceAoo, Denominazione) = (c.codice.parse()?, c.nome.parse()?);
            let (registro, pec): (CodiceRegistro, IndirizzoMail) = (c.registro.parse()?, c.pec.parse()?);
            ambiente.db.scrivi(AooId::INSTALLAZIONE, &Attore::Sistema("comando"), |op| {
                let ente = match (utenti::ente_per_ipa(op.conn, &ipa)?, nome_ente) {
                    (Some(ente), _) => ente,
                    (None, Some(nome)) => utenti::crea_ente(op, ipa, nome)?,
                    (None, None) => {
                        let testo = format!("l'ente {ipa} è nuovo: serve anche --nome-ente");
                        return Err(Errore::Uso(testo));
                    }
                };
                Ok(utenti::crea_aoo(op, &ente, codice.clone(), nome, registro, pec)?)
            })?;
            writeln!(out, "AOO {codice} creata.")?;
        }
    }
    ambiente.scrivi_punte()?;
    Ok(true)
}

/// Says how the clock is, after confirming it if that was asked; true if the next registration can be dated.
fn orologio(ambiente: &Ambiente, args: &Orologio, out: &mut dyn Write) -> Result<bool, Errore> {
    let (db, codice): (_, CodiceAoo) = (&ambiente.db, args.aoo.parse()?);
    let aoo = db.leggi(|conn| utenti::aoo_per_codice(conn, &codice))?;
    if let Some(motivo) = &args.conferma {
        let motivo: Testo = motivo.parse()?;
        db.scrivi(aoo.id, &Attore::Sistema("comando"), |op| orologio::conferma(op, &aoo, &motivo))?;
        ambiente.scrivi_punte()?;
    }
    let ora = db.orologio().adesso();
    let andamento = db.leggi(|conn| orologio::andamento(conn, &aoo, ora))?;
    let frase = match andamento {
        Andamento::Regolare => "può datare la prossima registrazione".to_owned(),
        Andamento::Indietro(ultima) => format!("è indietro rispetto all'ultima registrazione ({})", ultima.leggibile()),
        Andamento::Avanti(ultima) => {
            let giorni = orologio::SALTO_MASSIMO.num_days();
            format!("è avanti di oltre {giorni} giorni rispetto all'ultima registrazione ({})", ultima.leggibile())
        }
    };
    writeln!(out, "L'orologio del server ({}) {frase}.", ora.leggibile())?;
    Ok(andamento == Andamento::Regolare)
}
