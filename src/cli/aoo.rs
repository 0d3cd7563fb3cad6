//! `tabulario aoo`.

use super::ambiente::Ambiente;
use super::{Dove, Errore};
use crate::firma::sigillo::Titolare;
use crate::registro::orologio::{self, Andamento};
use crate::registro::{self, ChiaveAperta};
use crate::utenti;
use crate::valori::{AooId, Attore, CodiceAoo, CodiceIpa, CodiceRegistro, Denominazione, IndirizzoMail, Testo};
use std::io::Write;
use std::path::PathBuf;

/// Enti e aree organizzative omogenee.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Crea un'AOO, e il suo ente se non c'è ancora.
    Crea(Crea),
    /// Elenca le AOO.
    Elenca,
    /// Dice se l'orologio del server può datare la prossima registrazione, e conferma che è giusto.
    Orologio(Orologio),
    /// Dice con quale sigillo l'AOO sigilla le segnature 3.0.0, o glielo dà.
    Sigillo(Sigillo),
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

#[derive(clap::Args)]
pub(super) struct Sigillo {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// File PKCS#12 (.p12, .pfx) con la chiave del sigillo; si ricorda dov'è.
    #[arg(long, value_name = "FILE", requires = "segreto_file")]
    p12: Option<PathBuf>,
    /// File con la password del file PKCS#12, su una riga; si ricorda dov'è, non che cosa contiene.
    #[arg(long, value_name = "FILE", requires = "p12")]
    segreto_file: Option<PathBuf>,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    match comando {
        Comando::Orologio(args) => return orologio(&ambiente, &args, out),
        Comando::Sigillo(args) => return sigillo(&ambiente, &args, out),
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

/// Says which seal the AOO has, after giving it one if that was asked; true if it has one.
fn sigillo(ambiente: &Ambiente, args: &Sigillo, out: &mut dyn Write) -> Result<bool, Errore> {
    let (db, codice): (_, CodiceAoo) = (&ambiente.db, args.aoo.parse()?);
    let aoo = db.leggi(|conn| utenti::aoo_per_codice(conn, &codice))?;
    if let (Some(p12), Some(segreto)) = (&args.p12, &args.segreto_file) {
        let aperta = ChiaveAperta::apri(p12, segreto)?;
        aperta.titolare()?;
        db.scrivi(aoo.id, &Attore::Sistema("comando"), |op| registro::configura_sigillo(op, &aperta))?;
        ambiente.scrivi_punte()?;
    }
    let Some(sigillo) = db.leggi(|conn| registro::sigillo(conn, aoo.id))? else {
        writeln!(
            out,
            "L'AOO {codice} non ha un sigillo: le segnature 3.0.0 non escono, quelle della Circolare 60/2013 sì."
        )?;
        return Ok(false);
    };
    let Titolare { nome, organizzazione, emittente, dal, al, .. } = sigillo.titolare()?;
    writeln!(out, "L'AOO {codice} sigilla con «{nome}» ({}).", organizzazione.as_deref().unwrap_or("senza ente"))?;
    writeln!(out, "Emesso da {emittente}; vale dal {} al {}.", dal.leggibile(), al.leggibile())?;
    writeln!(out, "Chiave in {}, password in {}.", sigillo.p12_file, sigillo.segreto_file)?;
    if let Some(mancanza) = sigillo.titolare()?.mancanza() {
        writeln!(out, "{mancanza}")?;
    }
    Ok(true)
}
