//! `tabulario conservatore`.

use super::ambiente::Ambiente;
use super::{Dove, Errore};
use crate::conservazione::{self, Accordo, FileSegreto, Mappa, Stato};
use crate::registro;
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Aoo};
use crate::valori::{Attore, CodiceAoo, NumeroProtocollo, RegistrazioneId};
use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// Registrations read at a time.
const BLOCCO: i64 = 500;

/// Conservatori a cui si versano le registrazioni.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Aggiunge il conservatore di un'AOO, al posto di quello che c'era.
    ///
    /// Per ora i pacchetti non partono per la rete: si depositano nella cartella uscita/conservazione, dentro la cartella dei dati.
    Aggiungi(Aggiungi),
    /// Elenca i conservatori in vigore.
    Elenca,
    /// Scrive una mappa di esempio, da completare con quanto concordato con il conservatore.
    Mappa,
    /// Rimette in cammino le registrazioni da correggere di un'AOO, o una sola.
    Riprova(Riprova),
}

#[derive(clap::Args)]
pub(super) struct Aggiungi {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Tipo di conservatore: sacer.
    #[arg(long, value_name = "TIPO")]
    tipo: String,
    /// Indirizzo dei servizi del conservatore, come https://conservatore.example (servirà quando i pacchetti partiranno per la rete).
    #[arg(long, value_name = "URL")]
    url: String,
    /// File con la password del versatore, su una riga; si ricorda dov'è, non che cosa contiene.
    #[arg(long, value_name = "FILE")]
    segreto_file: PathBuf,
    /// File TOML con i nomi concordati con il conservatore; «tabulario conservatore mappa» ne scrive uno di esempio.
    #[arg(long, value_name = "FILE")]
    mappa: PathBuf,
}

#[derive(clap::Args)]
pub(super) struct Riprova {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Anno della registrazione.
    #[arg(long, value_name = "ANNO", requires = "numero")]
    anno: Option<i32>,
    /// Numero della registrazione.
    #[arg(long, value_name = "NUMERO", requires = "anno")]
    numero: Option<String>,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    if matches!(comando, Comando::Mappa) {
        write!(out, "{}", conservazione::PREDEFINITA)?;
        return Ok(true);
    }
    let ambiente = dove.apri()?;
    match comando {
        Comando::Mappa => {}
        Comando::Elenca => elenca(&ambiente, out)?,
        Comando::Aggiungi(a) => aggiungi(&ambiente, &a, out)?,
        Comando::Riprova(r) => riprova(&ambiente, &r, out)?,
    }
    ambiente.scrivi_punte()?;
    Ok(true)
}

fn aoo(ambiente: &Ambiente, codice: &str) -> Result<Aoo, Errore> {
    let codice: CodiceAoo = codice.parse()?;
    Ok(ambiente.db.leggi(|conn| utenti::aoo_per_codice(conn, &codice))?)
}

fn elenca(ambiente: &Ambiente, out: &mut dyn Write) -> Result<(), Errore> {
    let (conservatori, aoo) =
        ambiente.db.leggi(|conn| Ok::<_, Errore>((conservazione::conservatori(conn)?, utenti::tutte_le_aoo(conn)?)))?;
    let codici: HashMap<_, _> = aoo.iter().map(|a| (a.id, &a.codice)).collect();
    for c in conservatori {
        let Some(codice) = codici.get(&c.aoo) else { continue };
        writeln!(out, "{codice}\t{}\t{}\t{}\t{}", c.tipo.as_str(), c.url, c.segreto_file, c.dal.leggibile())?;
    }
    Ok(())
}

fn aggiungi(ambiente: &Ambiente, a: &Aggiungi, out: &mut dyn Write) -> Result<(), Errore> {
    let (tipo, url) = (a.tipo.parse()?, a.url.parse()?);
    let mappa = fs::read_to_string(&a.mappa).map_err(Errore::file(&a.mappa))?;
    let accordo =
        Accordo { tipo, url, segreto: FileSegreto::controlla(&a.segreto_file)?, mappa: Mappa::leggi(&mappa)? };
    let aoo = aoo(ambiente, &a.aoo)?;
    let cambio = ambiente.db.scrivi(aoo.id, &Attore::Sistema("comando"), |op| {
        let prima = conservazione::conservatore(op.conn, aoo.id)?;
        conservazione::aggiungi(op, &aoo, &accordo)?;
        Ok::<_, Errore>(prima.is_some())
    })?;
    writeln!(out, "Conservatore aggiunto: si versano le registrazioni dell'AOO {}.", aoo.codice)?;
    if cambio {
        writeln!(out, "Prende il posto di quello che c'era; i pacchetti già fatti restano come sono.")?;
    }
    let cartella = conservazione::cartella(&ambiente.uscita());
    writeln!(
        out,
        "Per ora i pacchetti si depositano in {}: la consegna per la rete arriva con una versione prossima.",
        cartella.display()
    )?;
    Ok(())
}

fn riprova(ambiente: &Ambiente, r: &Riprova, out: &mut dyn Write) -> Result<(), Errore> {
    let aoo = aoo(ambiente, &r.aoo)?;
    let vista = Vista::Intera(aoo.id);
    if let (Some(anno), Some(numero)) = (r.anno, &r.numero) {
        let numero: NumeroProtocollo = numero.parse()?;
        let trovata = ambiente.db.leggi(|conn| registro::per_numero(conn, &vista, anno, numero))?;
        let trovata = trovata.ok_or(registro::Errore::Sconosciuta)?;
        match una(ambiente, &vista, trovata.id)? {
            Stato::DaPreparare => {
                writeln!(out, "La {numero}/{anno} è di nuovo in cammino: si prepara il suo pacchetto.")?
            }
            _ => writeln!(out, "La {numero}/{anno} è di nuovo in cammino: si consegna lo stesso pacchetto.")?,
        }
        return Ok(());
    }
    let (mut quante, mut dopo) = (0_u64, None);
    loop {
        let blocco = ambiente.db.leggi(|conn| conservazione::tutte_da_correggere(conn, &vista, dopo, BLOCCO))?;
        let Some(ultima) = blocco.last() else { break };
        dopo = Some(*ultima);
        for id in blocco {
            match una(ambiente, &vista, id) {
                Ok(_) => quante += 1,
                // Somebody else was quicker.
                Err(Errore::Conservazione(conservazione::Errore::NonDaCorreggere)) => {}
                Err(e) => return Err(e),
            }
        }
    }
    match quante {
        0 => writeln!(out, "Nessuna registrazione da correggere.")?,
        1 => writeln!(out, "1 registrazione di nuovo in cammino.")?,
        n => writeln!(out, "{n} registrazioni di nuovo in cammino.")?,
    }
    Ok(())
}

fn una(ambiente: &Ambiente, vista: &Vista, id: RegistrazioneId) -> Result<Stato, Errore> {
    let attore = Attore::Sistema("comando");
    Ok(ambiente.db.scrivi(vista.aoo(), &attore, |op| conservazione::riprova(op, vista, id))?)
}
