//! What the demonstration did, counted from what is in the register and not from what it meant to do.

use super::comune::Comune;
use crate::audit::Periodo;
use crate::cli::ambiente::Ambiente;
use crate::cli::{Errore, controlla};
use crate::conservazione::sacer;
use crate::registro::{self, Flusso, Registrazione};
use crate::ricerca::{self, Domanda, Indice};
use crate::segnatura::{circolare60, xsd};
use crate::utenti::visibilita::Vista;
use crate::{conservazione, documenti, pec};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Instant;

/// Registrations read at a time.
const BLOCCO: i64 = 500;

/// The summary of `demo --once`.
#[derive(Serialize)]
pub(super) struct Riepilogo {
    messages: u64,
    registered: u64,
    signatures: BTreeMap<String, u64>,
    segnature_valid: u64,
    indexed: u64,
    packages_valid: u64,
    audit: &'static str,
    seconds: f64,
}

impl Riepilogo {
    /// True if the check of chain, register and store found nothing.
    pub(super) fn sano(&self) -> bool {
        self.audit == "ok"
    }

    /// The summary for a person.
    pub(super) fn racconta(&self, di: &mut dyn FnMut(&str)) {
        let firme: Vec<String> = self.signatures.iter().map(|(esito, n)| format!("{n} {esito}")).collect();
        di(&format!("\nMessaggi ricevuti:      {}", self.messages));
        di(&format!("Registrazioni:          {}", self.registered));
        di(&format!("Firme:                  {}", firme.join(", ")));
        di(&format!("Segnature valide:       {}", self.segnature_valid));
        di(&format!("Trovate per numero:     {}", self.indexed));
        di(&format!("Pacchetti validi:       {}", self.packages_valid));
        di(&format!(
            "Catena degli eventi:    {}",
            if self.sano() { "integra" } else { "ROTTA: vedi `tabulario controlla`" }
        ));
        di(&format!("Tempo:                  {:.1} s", self.seconds));
    }
}

/// Counts what is there.
pub(super) fn componi(ambiente: &Ambiente, comune: &Comune, inizio: Instant) -> Result<Riepilogo, Errore> {
    let (db, vista) = (&ambiente.db, Vista::Intera(comune.aoo.id));
    let mut file = Vec::new();
    let indice = ambiente.indice();
    let (mut registered, mut indexed, mut segnature_valid, mut prima) = (0, 0, 0, None);
    loop {
        let blocco = db.leggi(|conn| registro::ultime(conn, &vista, prima, BLOCCO))?;
        let Some(ultima) = blocco.last() else { break };
        prima = Some(ultima.id);
        for r in &blocco {
            registered += 1;
            indexed += u64::from(trovata(&indice, ambiente, &vista, r)?);
            file.extend(r.documenti.iter().map(|d| d.impronta.to_string()));
            if r.flusso == Flusso::Uscita {
                let xml = db.leggi(|conn| registro::segnatura_xml(conn, &vista, r.id))?;
                segnature_valid += u64::from(circolare60::schema().is_ok_and(|s| s.valida(xml.as_bytes()).is_ok()));
            }
        }
    }
    file.sort();
    file.dedup();
    let mut signatures = BTreeMap::new();
    for pezzo in file.chunks(500) {
        for rapporto in db.leggi(|conn| documenti::rapporti_di(conn, comune.aoo.id, pezzo))?.into_values() {
            for indicazione in firmatari(&rapporto.json) {
                *signatures.entry(indicazione).or_insert(0) += 1;
            }
        }
    }
    let esito = controlla::controlla(&ambiente.config, Periodo::default())?;
    Ok(Riepilogo {
        messages: db.leggi(|conn| pec::conta_messaggi(conn, comune.aoo.id))?,
        registered,
        signatures,
        segnature_valid,
        indexed,
        packages_valid: pacchetti_validi(ambiente, &vista)?,
        audit: if esito.ok { "ok" } else { "broken" },
        seconds: (inizio.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
    })
}

/// True if the search finds a registration by its number.
fn trovata(indice: &Indice, ambiente: &Ambiente, vista: &Vista, r: &Registrazione) -> Result<bool, Errore> {
    let domanda = Domanda::leggi(&format!("n:{}/{}", r.numero, r.anno), r.istante.giorno())?;
    let trovate = ricerca::cerca(indice, &ambiente.db, vista, &domanda, None)?;
    Ok(trovate.risultati.iter().any(|t| t.registrazione.id == r.id))
}

/// The packages whose index, as it is stored, obeys the schema.
fn pacchetti_validi(ambiente: &Ambiente, vista: &Vista) -> Result<u64, Errore> {
    let deposito = ambiente.deposito()?;
    let massimo = u64::try_from(xsd::MASSIMO_BYTE).unwrap_or(u64::MAX);
    let (mut validi, mut prima) = (0, None);
    loop {
        let blocco = ambiente
            .db
            .leggi(|conn| conservazione::elenco(conn, vista, &conservazione::Stato::TUTTI, prima, BLOCCO))?;
        let Some(ultimo) = blocco.last() else { return Ok(validi) };
        prima = Some(ultimo.registrazione);
        for (_, indice) in blocco.into_iter().filter_map(|v| v.pacchetto) {
            let xml = deposito.leggi(&indice, massimo)?;
            validi += u64::from(sacer::schema().is_ok_and(|s| s.valida(&xml).is_ok()));
        }
    }
}

/// The indication of each signer of a file.
fn firmatari(json: &str) -> Vec<String> {
    let rapporto: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    let firme = rapporto.get("signatures").and_then(|f| f.as_array()).cloned().unwrap_or_default();
    firme.iter().filter_map(|f| f.get("indication")?.as_str().map(str::to_owned)).collect()
}
