//! `tabulario importa fiducia`: brings trusted lists, from files or from the network, and the certificates of PEC providers.

use super::ambiente::Ambiente;
use super::{Dove, Errore};
use crate::config::Fiducia as Sezione;
use crate::documenti;
use crate::documenti::Deposito;
use crate::documenti::fiducia::{
    Candidata, Esame, Esito, EsitoGestori, Iniziali, MASSIMA_LISTA_BYTE, Regole, Rete, Rifiuto, Sorgente, conserva,
    conserva_gestori, esamina,
};
use crate::firma;
use crate::valori::{Attore, Impronta, Istante, Territorio};
use serde::Serialize;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Importa le liste di fiducia (LOTL e liste nazionali) o, con --pec, i certificati dei gestori PEC.
///
/// Senza file scarica la lista delle liste della Commissione europea e, da dove dice lei, quelle dei paesi configurati. Una lista si
/// conserva solo se è firmata da chi la lista delle liste dice; la lista delle liste, da uno dei firmatari pubblicati in Gazzetta.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Liste in XML, file o indirizzi: la LOTL, le sue liste pivot, quelle nazionali (se mancano, si scaricano).
    #[arg(value_name = "FILE|URL")]
    liste: Vec<String>,
    /// Paesi di cui si vuole la lista, come IT,DE (predefinito: fiducia.paesi della configurazione).
    #[arg(long, value_name = "PAESI", value_delimiter = ',', conflicts_with = "pec")]
    paesi: Vec<String>,
    /// Certificati di chi può firmare la LOTL, al posto di quelli della configurazione: un file o una cartella.
    #[arg(long, value_name = "PEM|CARTELLA", conflicts_with = "pec")]
    firmatari: Option<PathBuf>,
    /// Certificati dei gestori PEC o di chi li emette, al posto di quelli importati prima: un file o una cartella.
    #[arg(long, value_name = "FILE|CARTELLA", conflicts_with = "liste")]
    pec: Option<PathBuf>,
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
}

/// What became of one list, or of the set of the providers.
#[derive(Default, Serialize)]
struct Riga {
    source: String,
    outcome: &'static str,
    reason: Option<String>,
    territory: Option<String>,
    sequence: Option<u64>,
    issued: Option<Istante>,
    #[serde(rename = "nextUpdate")]
    next_update: Option<Istante>,
    services: Option<usize>,
    certificates: Option<usize>,
    signer: Option<String>,
    sha256: Option<Impronta>,
    added: Vec<String>,
    withdrawn: Vec<String>,
    /// Of a list: whether anybody is trusted by it, its territory being among those of the configuration.
    used: Option<bool>,
}

const ACCETTATA: &str = "accepted";
const ACCETTABILE: &str = "would-accept";
const PRESENTE: &str = "present";
const RIFIUTATA: &str = "refused";

pub(super) fn esegui(dove: &Dove, args: &Args, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    let deposito = ambiente.deposito()?;
    let results = match &args.pec {
        Some(percorso) => vec![gestori(&ambiente, &deposito, percorso, args.anteprima)?],
        None => liste(&ambiente, &deposito, args)?,
    };
    if !args.anteprima {
        ambiente.scrivi_punte()?;
    }
    let risultato = Risultato { ok: results.iter().all(|r| r.outcome != RIFIUTATA), results };
    if args.json {
        let testo = serde_json::to_string_pretty(&risultato).map_err(|e| Errore::Uscita(e.into()))?;
        writeln!(out, "{testo}")?;
    } else {
        racconta(&risultato, out)?;
    }
    Ok(risultato.ok)
}

fn liste(ambiente: &Ambiente, deposito: &Deposito, args: &Args) -> Result<Vec<Riga>, Errore> {
    let regole = regole(&ambiente.config.fiducia, args)?;
    let portate = args.liste.iter().map(|l| Sorgente::scritta(l)).collect();
    // What is being done, for a person who waits; a closed stderr stops nothing.
    let mut avanza = |che: &str| {
        let _ = writeln!(io::stderr(), "Leggo {che} …");
    };
    let esami = esamina((&ambiente.db, deposito), &regole, portate, &mut avanza)?;
    esami.into_iter().map(|esame| riga(ambiente, deposito, esame, args.anteprima)).collect()
}

fn regole(sezione: &Sezione, args: &Args) -> Result<Regole, Errore> {
    let paesi = match args.paesi.as_slice() {
        [] => sezione.paesi.clone(),
        scritti => scritti.iter().map(|p| p.parse()).collect::<Result<Vec<Territorio>, _>>()?,
    };
    let iniziali = match &args.firmatari {
        None => Iniziali::Impronte(sezione.firmatari.clone()),
        Some(percorso) => Iniziali::Certificati(firmatari(percorso)?),
    };
    let rete = Rete::new(&sezione.proxy, sezione.attesa()).map_err(|e| Errore::Uso(e.to_string()))?;
    Ok(Regole { iniziali, lotl: sezione.lotl.clone(), paesi, rete: Some(rete) })
}

fn firmatari(percorso: &Path) -> Result<Vec<Vec<u8>>, Errore> {
    let mut tutti = Vec::new();
    for (nome, byte) in file_di(percorso)? {
        let letti = firma::certificati(&byte).map_err(|e| Errore::Uso(format!("{nome}: {e}")))?;
        tutti.extend(letti.into_iter().map(|c| c.der));
    }
    if tutti.is_empty() {
        return Err(Errore::Uso(format!("{}: {}", percorso.display(), Rifiuto::CartellaVuota)));
    }
    Ok(tutti)
}

/// A file, or the certificates of a folder by name; never a private key that lies beside.
fn file_di(percorso: &Path) -> Result<Vec<(String, Vec<u8>)>, Errore> {
    let mut percorsi = vec![percorso.to_owned()];
    if percorso.is_dir() {
        let voci = std::fs::read_dir(percorso).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        percorsi = voci.map_err(Errore::file(percorso))?.into_iter().map(|v| v.path()).collect();
        percorsi.retain(|p| {
            let nome = p.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
            !nome.ends_with(".key.pem") && [".pem", ".crt", ".cer", ".der"].iter().any(|e| nome.ends_with(e))
        });
        percorsi.sort();
    }
    let leggi = |p: PathBuf| {
        let mut byte = Vec::new();
        let letto = File::open(&p).and_then(|f| f.take(MASSIMA_LISTA_BYTE).read_to_end(&mut byte));
        letto.map_err(Errore::file(&p))?;
        Ok((Sorgente::File(p).nome(), byte))
    };
    percorsi.into_iter().map(leggi).collect()
}

fn gestori(ambiente: &Ambiente, deposito: &Deposito, percorso: &Path, anteprima: bool) -> Result<Riga, Errore> {
    let source = Sorgente::File(percorso.to_owned()).nome();
    let insieme = match EsitoGestori::esamina(&ambiente.db, deposito, &source, &file_di(percorso)?)? {
        Ok(insieme) => insieme,
        Err((source, rifiuto)) => {
            return Ok(Riga { source, outcome: RIFIUTATA, reason: Some(rifiuto.to_string()), ..Riga::default() });
        }
    };
    let outcome = match (insieme.cambia(), anteprima) {
        (false, _) => PRESENTE,
        (true, true) => ACCETTABILE,
        (true, false) => {
            conserva_gestori(&ambiente.db, deposito, &Attore::Sistema("comando"), &insieme)?;
            ACCETTATA
        }
    };
    let EsitoGestori { certificati, aggiunti, tolti, .. } = insieme;
    Ok(Riga { source, outcome, certificates: Some(certificati), added: aggiunti, withdrawn: tolti, ..Riga::default() })
}

/// Keeps what may be kept, unless it is only looked at, and says what became of it.
fn riga(ambiente: &Ambiente, deposito: &Deposito, esame: Esame, anteprima: bool) -> Result<Riga, Errore> {
    let Esame { provenienza, territorio, sequenza, esito } = esame;
    let paesi = &ambiente.config.fiducia.paesi;
    let vuota = Riga {
        source: provenienza,
        used: territorio.as_ref().map(|t| t.e_unione() || paesi.contains(t)),
        territory: territorio.map(|t| t.to_string()),
        sequence: sequenza,
        ..Riga::default()
    };
    let rifiutata =
        |rifiuto: Rifiuto, vuota: Riga| Riga { outcome: RIFIUTATA, reason: Some(rifiuto.to_string()), ..vuota };
    match esito {
        Err(rifiuto) => Ok(rifiutata(rifiuto, vuota)),
        Ok(Esito::Presente) => Ok(Riga { outcome: PRESENTE, ..vuota }),
        Ok(Esito::Nuova(candidata)) if anteprima => Ok(descritta(&candidata, ACCETTABILE, vuota)),
        Ok(Esito::Nuova(candidata)) => {
            match conserva(&ambiente.db, deposito, &Attore::Sistema("comando"), &candidata) {
                Ok(versione) => Ok(Riga { sha256: Some(versione.impronta), ..descritta(&candidata, ACCETTATA, vuota) }),
                Err(documenti::Errore::Fiducia(rifiuto)) => Ok(rifiutata(rifiuto, vuota)),
                Err(e) => Err(e.into()),
            }
        }
    }
}

fn descritta(candidata: &Candidata, outcome: &'static str, vuota: Riga) -> Riga {
    let lista = candidata.lista.lista();
    Riga {
        outcome,
        issued: Some(lista.emessa),
        next_update: lista.prossima,
        services: Some(lista.servizi.len()),
        signer: Some(candidata.lista.firmatario().to_owned()),
        added: candidata.variazioni.aggiunti.clone(),
        withdrawn: candidata.variazioni.tolti.clone(),
        ..vuota
    }
}

fn racconta(risultato: &Risultato, out: &mut dyn Write) -> io::Result<()> {
    for r in &risultato.results {
        let che = match (&r.territory, r.sequence) {
            (Some(t), Some(n)) => format!("{t} n. {n} ({})", r.source),
            (Some(t), None) => format!("{t} ({})", r.source),
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
        if let (Some(firmatario), Some(servizi)) = (&r.signer, r.services) {
            let entro = r
                .next_update
                .map_or_else(|| "senza scadenza".to_owned(), |p| format!("da sostituire entro il {}", p.leggibile()));
            writeln!(out, "  firmata da {firmatario}, {servizi} servizi, {entro}")?;
        }
        if let (Some(false), Some(paese), None) = (r.used, &r.territory, &r.reason) {
            writeln!(out, "  non si usa: {paese} non è fra i paesi della configurazione (fiducia.paesi)")?;
        }
        if let Some(quanti) = r.certificates {
            writeln!(out, "  certificati: {quanti}")?;
        }
        r.added.iter().try_for_each(|s| writeln!(out, "  + {s}"))?;
        r.withdrawn.iter().try_for_each(|s| writeln!(out, "  - {s}"))?;
    }
    Ok(())
}
