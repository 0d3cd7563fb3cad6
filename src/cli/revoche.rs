//! `tabulario importa revoche`: brings what says which certificates were taken back, from files or from where the authorities publish it.

use super::ambiente::Ambiente;
use super::{Dove, Errore};
use crate::config::Fiducia as Sezione;
use crate::documenti;
use crate::documenti::fiducia::revoche::{
    Esame, Esito, FUORI, NESSUN_INDIRIZZO, Quali, conserva, esamina, numero_leggibile,
};
use crate::documenti::fiducia::{Custodia, Rete, RifiutoRete, Sorgente};
use crate::documenti::{Deposito, Fiduce};
use crate::firma::{self, Autorita, GenereRevoca, catene};
use crate::valori::{Attore, Impronta, Istante};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Importa i dati di revoca dei certificati: liste (CRL) e risposte OCSP.
///
/// Senza file scarica le liste da dove le pubblicano le autorità riconosciute e quelle delle firme già verificate. Un dato si conserva solo
/// se è completo, in vigore, firmato da un'autorità riconosciuta, e più recente di quello che c'è. Da adesso le firme che arrivano, e quelle
/// verificate di nuovo, si giudicano anche con questi dati; durante una verifica non si scarica mai niente.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Liste di revoca (PEM o DER) e risposte OCSP (DER): file, cartelle che ne contengono, indirizzi (se mancano, si scaricano).
    #[arg(value_name = "FILE|CARTELLA|URL")]
    dati: Vec<String>,
    /// File firmato: chiede ai risponditori OCSP che cosa sanno dei certificati di chi l'ha firmato (si può ripetere).
    #[arg(long, value_name = "FILE", conflicts_with = "dati")]
    ocsp: Vec<PathBuf>,
    /// Mostra che cosa cambierebbe, senza conservare niente.
    #[arg(long)]
    anteprima: bool,
    /// Scrive il risultato in JSON.
    #[arg(long)]
    json: bool,
}

/// What became of all that was brought.
#[derive(Serialize)]
struct Risultato {
    ok: bool,
    results: Vec<Riga>,
    /// Kept and not used, since memory has a limit.
    #[serde(rename = "leftOut")]
    left_out: usize,
}

/// What became of one list or answer.
#[derive(Default, Serialize)]
struct Riga {
    source: String,
    outcome: &'static str,
    reason: Option<String>,
    kind: Option<GenereRevoca>,
    issuer: Option<String>,
    number: Option<String>,
    #[serde(rename = "thisUpdate")]
    this_update: Option<Istante>,
    #[serde(rename = "nextUpdate")]
    next_update: Option<Istante>,
    entries: Option<usize>,
    sha256: Option<Impronta>,
}

/// Said when nobody can be asked.
const NESSUN_RISPONDITORE: &str = "Nessun certificato di chi ha firmato, con una catena che porti a un'autorità riconosciuta, dice chi \
     risponde del suo stato (OCSP) a un indirizzo http o https.";

const ACCETTATA: &str = "accepted";
const ACCETTABILE: &str = "would-accept";
const PRESENTE: &str = "present";
const RIFIUTATA: &str = "refused";

pub(super) fn esegui(dove: &Dove, args: &Args, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    let deposito = ambiente.deposito()?;
    let custodia = Custodia::new(ambiente.fiduce()?, &ambiente.config.fiducia.paesi);
    let fiduce = custodia.correnti(&ambiente.db, &deposito)?;
    let rete = rete(&ambiente.config.fiducia).map_err(|e| Errore::Uso(e.to_string()))?;
    // What is being done, for a person who waits; a closed stderr stops nothing.
    let mut avanza = |che: &str| {
        let _ = writeln!(io::stderr(), "Leggo {che} …");
    };
    let mut results = Vec::new();
    let portate =
        if args.ocsp.is_empty() { sorgenti(&args.dati)? } else { domande_su(&ambiente, &args.ocsp, &fiduce)? };
    let mut portate = portate.into_iter().map(Ok);
    let quali =
        if args.dati.is_empty() && args.ocsp.is_empty() { Quali::Pubblicate } else { Quali::Portate(&mut portate) };
    let mut tratta = |esame: Esame| {
        results.push(riga(&ambiente, &deposito, esame, args.anteprima)?);
        Ok::<_, Errore>(())
    };
    esamina(&ambiente.db, (&fiduce.firme, Some(&rete)), quali, &mut avanza, &mut tratta)?;
    if !args.anteprima {
        ambiente.scrivi_punte()?;
    }
    if results.is_empty() {
        return Err(Errore::Uso(NESSUN_INDIRIZZO.to_owned()));
    }
    let left_out = custodia.correnti(&ambiente.db, &deposito)?.revoche_fuori;
    let risultato = Risultato { ok: results.iter().all(|r| r.outcome != RIFIUTATA), results, left_out };
    if args.json {
        let testo = serde_json::to_string_pretty(&risultato).map_err(|e| Errore::Uscita(e.into()))?;
        writeln!(out, "{testo}")?;
    } else {
        racconta(&risultato, out)?;
    }
    Ok(risultato.ok)
}

/// What can be asked about who signed these files: only of chains that end at somebody who is trusted, because anybody may write an
/// address into a certificate of their own.
fn domande_su(ambiente: &Ambiente, file: &[PathBuf], fiduce: &Fiduce) -> Result<Vec<Sorgente>, Errore> {
    let ora = ambiente.db.orologio().adesso();
    let mut autorita = Autorita::di(&fiduce.firme);
    let mut domande = BTreeSet::new();
    for percorso in file {
        let mut letto = File::open(percorso).map_err(Errore::file(percorso))?;
        let catene = catene(&mut letto, &fiduce.firme, ora).map_err(Errore::file(percorso))?;
        domande.extend(catene.iter().filter(|c| autorita.aggiungi_catena(c)).flat_map(|c| firma::domande(c)));
    }
    if domande.is_empty() {
        return Err(Errore::Uso(NESSUN_RISPONDITORE.to_owned()));
    }
    Ok(domande.into_iter().map(Sorgente::Domanda).collect())
}

/// The way to the network for addresses out of certificates.
fn rete(sezione: &Sezione) -> Result<Rete, RifiutoRete> {
    let via = if sezione.indirizzi_privati { Rete::new } else { Rete::solo_pubblica };
    via(&sezione.proxy, sezione.attesa())
}

/// Folders are opened, one level deep, by name.
fn sorgenti(dati: &[String]) -> Result<Vec<Sorgente>, Errore> {
    let mut sorgenti = Vec::new();
    for dato in dati {
        match Sorgente::scritta(dato) {
            Sorgente::File(percorso) if percorso.is_dir() => {
                sorgenti.extend(file_di(&percorso)?.into_iter().map(Sorgente::File));
            }
            sorgente => sorgenti.push(sorgente),
        }
    }
    Ok(sorgenti)
}

fn file_di(cartella: &Path) -> Result<Vec<PathBuf>, Errore> {
    let voci = std::fs::read_dir(cartella).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut file: Vec<PathBuf> = voci.map_err(Errore::file(cartella))?.into_iter().map(|v| v.path()).collect();
    file.retain(|f| {
        let nome = f.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
        [".crl", ".pem", ".der", ".ors", ".ocsp"].iter().any(|e| nome.ends_with(e)) && !nome.ends_with(".key.pem")
    });
    file.sort();
    if file.is_empty() {
        let dove = cartella.display();
        return Err(Errore::Uso(format!(
            "{dove}: la cartella non contiene dati di revoca (.crl, .pem, .der, .ors, .ocsp)"
        )));
    }
    Ok(file)
}

/// Keeps what may be kept, unless it is only looked at, and says what became of it.
fn riga(ambiente: &Ambiente, deposito: &Deposito, esame: Esame, anteprima: bool) -> Result<Riga, Errore> {
    let Esame { provenienza, dato, esito } = esame;
    let mut riga = Riga { source: provenienza, ..Riga::default() };
    if let Some(dato) = &dato {
        riga.kind = Some(dato.genere());
        riga.number = dato.numero().map(numero_leggibile);
        riga.this_update = Some(dato.emessa());
        riga.next_update = dato.prossima();
        riga.entries = Some(dato.voci());
        riga.sha256 = Some(dato.impronta());
    }
    let rifiutata = |motivo: String, riga: Riga| Riga { outcome: RIFIUTATA, reason: Some(motivo), ..riga };
    match esito {
        Err(rifiuto) => Ok(rifiutata(rifiuto.to_string(), riga)),
        Ok(Esito::Presente) => Ok(Riga { outcome: PRESENTE, ..riga }),
        Ok(Esito::Nuova(candidata)) => {
            riga.issuer = Some(candidata.accettato.emittente.clone());
            if anteprima {
                return Ok(Riga { outcome: ACCETTABILE, ..riga });
            }
            match conserva(&ambiente.db, deposito, &Attore::Sistema("comando"), &candidata) {
                Ok(_) => Ok(Riga { outcome: ACCETTATA, ..riga }),
                Err(documenti::Errore::Fiducia(rifiuto)) => Ok(rifiutata(rifiuto.to_string(), riga)),
                Err(e) => Err(e.into()),
            }
        }
    }
}

fn racconta(risultato: &Risultato, out: &mut dyn Write) -> io::Result<()> {
    for r in &risultato.results {
        let che = match (&r.issuer, r.kind) {
            (Some(chi), Some(GenereRevoca::Lista)) => format!("Revoche di {chi} ({})", r.source),
            (Some(chi), _) => format!("Risposta OCSP di {chi} ({})", r.source),
            (None, _) => r.source.clone(),
        };
        let esito = match r.outcome {
            ACCETTATA => "conservata",
            ACCETTABILE => "si può conservare",
            PRESENTE => "già conservata, niente da fare",
            _ => "RIFIUTATA",
        };
        match &r.reason {
            Some(motivo) => writeln!(out, "{che}: {esito}: {motivo}.")?,
            None => writeln!(out, "{che}: {esito}.")?,
        }
        if let (Some(emessa), Some(voci), None) = (r.this_update, r.entries, &r.reason) {
            let entro =
                r.next_update.map(|p| format!(", da sostituire entro il {}", p.leggibile())).unwrap_or_default();
            let numero = r.number.as_ref().map(|n| format!(" n. {n}")).unwrap_or_default();
            writeln!(out, "  emessa il {}{numero}, certificati: {voci}{entro}", emessa.leggibile())?;
        }
    }
    if risultato.left_out > 0 {
        writeln!(out, "Conservati e non in uso: {}. {FUORI}", risultato.left_out)?;
    }
    Ok(())
}
