//! *Versione*: what the IPA said of an entry from an import on: a row for ever.

use super::importazione;
use super::{Errore, Genere, VoceIpa};
use crate::audit::Carico;
use crate::registro::rubrica::Indirizzo;
use crate::storage::schema::{importazioni_ipa, versioni_ipa};
use crate::storage::{self, Comando, Conn, Operazione, Valore};
use crate::valori::{ImportazioneIpaId, Istante, Rifiuto};
use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Rows read or written at once.
const BLOCCO: i64 = 5_000;

/// An entry as it is in force.
#[derive(Debug, Clone)]
pub struct InVigore {
    /// What the IPA says.
    pub voce: VoceIpa,
    /// The date of the newest data of its kind.
    pub dati_al: NaiveDate,
}

impl InVigore {
    /// Where it comes from, for people.
    #[must_use]
    pub fn fonte(&self) -> String {
        format!("IPA, dati del {}", self.dati_al.format("%d/%m/%Y"))
    }
}

/// What the IPA said of an entry, and from when on.
#[derive(Debug, Clone)]
pub struct Versione {
    /// What it said, or what it said last.
    pub voce: VoceIpa,
    /// True if from then on it is there no more.
    pub cessata: bool,
    /// The date of the data that said so.
    pub dati_al: NaiveDate,
    /// Who imported them.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

impl Versione {
    /// Where it comes from, for people.
    #[must_use]
    pub fn fonte(&self) -> String {
        format!("IPA, dati del {}", self.dati_al.format("%d/%m/%Y"))
    }
}

/// The entry that is in force under a code.
///
/// # Errors
/// `Sconosciuta` if there is none.
pub fn per_codice(conn: &mut Conn, genere: Genere, codice: &str) -> Result<InVigore, Errore> {
    let riga: Option<Riga> = versioni_ipa::table
        .filter(versioni_ipa::genere.eq(genere.as_str()).and(versioni_ipa::chiave.eq(codice.trim().to_lowercase())))
        .order(versioni_ipa::numero.desc())
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    let riga = riga.filter(|r| !r.cessata).ok_or(Errore::Sconosciuta)?;
    completa(conn, vec![riga])?.pop().ok_or(Errore::Sconosciuta)
}

/// All that was ever said under a code, newest first.
///
/// # Errors
/// `Sconosciuta` if nothing was.
pub fn storia(conn: &mut Conn, genere: Genere, codice: &str) -> Result<Vec<Versione>, Errore> {
    type Importata = (Riga, NaiveDate, String, chrono::NaiveDateTime);
    let righe: Vec<Importata> = versioni_ipa::table
        .inner_join(importazioni_ipa::table.on(importazioni_ipa::id.eq(versioni_ipa::importazione_id)))
        .filter(versioni_ipa::genere.eq(genere.as_str()).and(versioni_ipa::chiave.eq(codice.trim().to_lowercase())))
        .order(versioni_ipa::numero.desc())
        .select((Riga::as_select(), importazioni_ipa::dati_al, importazioni_ipa::autore, importazioni_ipa::istante))
        .load(conn)?;
    if righe.is_empty() {
        return Err(Errore::Sconosciuta);
    }
    let versione = |(riga, dati_al, autore, istante): Importata| {
        let cessata = riga.cessata;
        Ok(Versione { voce: riga.voce()?, cessata, dati_al, autore, istante: Istante::from_utc(istante) })
    };
    righe.into_iter().map(versione).collect()
}

/// The entries with these numbers, in this order.
pub(super) fn per_numeri(conn: &mut Conn, numeri: &[i64]) -> Result<Vec<InVigore>, Errore> {
    let righe: Vec<Riga> =
        versioni_ipa::table.filter(versioni_ipa::numero.eq_any(numeri)).select(Riga::as_select()).load(conn)?;
    let mut righe: HashMap<i64, Riga> = righe.into_iter().map(|r| (r.numero, r)).collect();
    let in_ordine = numeri.iter().filter_map(|n| righe.remove(n)).collect();
    completa(conn, in_ordine)
}

/// With the date of the newest data, and for who has no domicilio digitale that of who stands above.
fn completa(conn: &mut Conn, righe: Vec<Riga>) -> Result<Vec<InVigore>, Errore> {
    let ultime = importazione::ultime(conn)?;
    let mut complete = Vec::with_capacity(righe.len());
    for riga in righe {
        let mut voce = riga.voce()?;
        if voce.pec().is_none() {
            voce.recapiti.splice(0..0, sopra(conn, &voce)?);
        }
        let dati_al = ultime.iter().find(|u| u.genere == voce.genere).map(|u| u.dati_al).unwrap_or_default();
        complete.push(InVigore { voce, dati_al });
    }
    Ok(complete)
}

/// The domicilio digitale of the AOO of a UO, or of the amministrazione.
fn sopra(conn: &mut Conn, voce: &VoceIpa) -> Result<Option<Indirizzo>, Errore> {
    let mut dove = Vec::new();
    if voce.genere == Genere::Uo {
        dove.extend(voce.codice_aoo.as_ref().map(|c| (Genere::Aoo, c.as_str().to_lowercase())));
    }
    if voce.genere != Genere::Amministrazione {
        dove.push((Genere::Amministrazione, voce.codice_ipa.as_str().to_lowercase()));
    }
    for (genere, chiave) in dove {
        let riga: Option<Riga> = versioni_ipa::table
            .filter(versioni_ipa::genere.eq(genere.as_str()).and(versioni_ipa::chiave.eq(chiave)))
            .order(versioni_ipa::numero.desc())
            .select(Riga::as_select())
            .first(conn)
            .optional()?;
        let Some(riga) = riga.filter(|r| !r.cessata) else { continue };
        if let Some(pec) = riga.voce()?.pec() {
            return Ok(Some(Indirizzo::Pec(pec.clone())));
        }
    }
    Ok(None)
}

/// All that is in force of a kind, by its key.
pub(super) fn in_vigore(conn: &mut Conn, genere: Genere) -> Result<HashMap<String, (i64, VoceIpa)>, Errore> {
    let mut tutte = HashMap::new();
    let mut dopo = 0;
    loop {
        let righe: Vec<Riga> = versioni_ipa::table
            .filter(versioni_ipa::genere.eq(genere.as_str()).and(versioni_ipa::numero.gt(dopo)))
            .order(versioni_ipa::numero)
            .limit(BLOCCO)
            .select(Riga::as_select())
            .load(conn)?;
        let Some(ultima) = righe.last() else { return Ok(tutte) };
        dopo = ultima.numero;
        for riga in righe {
            if riga.cessata {
                tutte.remove(&riga.chiave);
            } else {
                tutte.insert(riga.chiave.clone(), (riga.numero, riga.voce()?));
            }
        }
    }
}

/// What an import writes: the number of each version, the entry, whether it is there no more.
pub(super) struct Nuova<'a> {
    pub(super) numero: i64,
    pub(super) voce: &'a VoceIpa,
    pub(super) cessata: bool,
}

/// The number after the last one. The lane of the installation is held.
pub(super) fn prossimo(conn: &mut Conn) -> Result<i64, Errore> {
    let ultimo: Option<i64> = versioni_ipa::table.select(diesel::dsl::max(versioni_ipa::numero)).first(conn)?;
    Ok(ultimo.unwrap_or(0) + 1)
}

/// The digest of these versions, in their order.
pub(super) fn sha256(nuove: &[Nuova<'_>], importazione: ImportazioneIpaId) -> String {
    let mut sha256 = Sha256::new();
    for nuova in nuove {
        sha256.update(Riga::new(nuova, importazione).carico().as_str());
    }
    hex::encode(sha256.finalize())
}

/// The same, from the rows.
pub(super) fn sha256_delle_righe(conn: &mut Conn, importazione: &str) -> Result<String, storage::Errore> {
    let (mut sha256, mut dopo) = (Sha256::new(), 0);
    loop {
        let righe: Vec<Riga> = versioni_ipa::table
            .filter(versioni_ipa::importazione_id.eq(importazione).and(versioni_ipa::numero.gt(dopo)))
            .order(versioni_ipa::numero)
            .limit(BLOCCO)
            .select(Riga::as_select())
            .load(conn)?;
        let Some(ultima) = righe.last() else { return Ok(hex::encode(sha256.finalize())) };
        dopo = ultima.numero;
        for riga in &righe {
            sha256.update(riga.carico().as_str());
        }
    }
}

/// Writes them, thousands with one statement: one by one they would take minutes.
pub(super) fn scrivi(
    op: &mut Operazione<'_>,
    nuove: &[Nuova<'_>],
    importazione: ImportazioneIpaId,
) -> Result<(), Errore> {
    for blocco in nuove.chunks(usize::try_from(BLOCCO).unwrap_or(1)) {
        let righe: Vec<serde_json::Value> = blocco.iter().map(|n| Riga::new(n, importazione).json()).collect();
        let righe = serde_json::Value::Array(righe).to_string();
        let valori = vec![Valore::Testo(&righe)];
        match op.conn {
            Conn::Sqlite(c) => Comando::<()>::new(SCRIVI_SQLITE, valori).execute(c)?,
            Conn::Postgres(c) => Comando::<()>::new(SCRIVI_POSTGRES, valori).execute(c)?,
        };
    }
    Ok(())
}

const SCRIVI_SQLITE: &str = "INSERT INTO versioni_ipa (numero, importazione_id, genere, chiave, codice_ipa, codice_aoo, \
    codice_uo, denominazione, ente, codice_fiscale, recapiti, sede, cessata) SELECT value->>'numero', \
    value->>'importazione_id', value->>'genere', value->>'chiave', value->>'codice_ipa', value->>'codice_aoo', \
    value->>'codice_uo', value->>'denominazione', value->>'ente', value->>'codice_fiscale', value->>'recapiti', \
    value->>'sede', value->>'cessata' FROM json_each(?)";

const SCRIVI_POSTGRES: &str =
    "INSERT INTO versioni_ipa SELECT * FROM json_populate_recordset(NULL::versioni_ipa, ?::json)";

#[derive(Queryable, Selectable)]
#[diesel(table_name = versioni_ipa)]
struct Riga {
    numero: i64,
    importazione_id: String,
    genere: String,
    chiave: String,
    codice_ipa: String,
    codice_aoo: Option<String>,
    codice_uo: Option<String>,
    denominazione: String,
    ente: Option<String>,
    codice_fiscale: Option<String>,
    recapiti: String,
    sede: Option<String>,
    cessata: bool,
}

impl Riga {
    fn new(nuova: &Nuova<'_>, importazione: ImportazioneIpaId) -> Self {
        let voce = nuova.voce;
        // Addresses of mail have no blanks.
        let recapiti: Vec<String> = voce.recapiti.iter().map(|i| format!("{}:{}", i.tipo(), i.valore())).collect();
        Self {
            numero: nuova.numero,
            importazione_id: importazione.to_string(),
            genere: voce.genere.as_str().to_owned(),
            chiave: voce.chiave(),
            codice_ipa: voce.codice_ipa.to_string(),
            codice_aoo: voce.codice_aoo.as_ref().map(ToString::to_string),
            codice_uo: voce.codice_uo.as_ref().map(ToString::to_string),
            denominazione: voce.denominazione.to_string(),
            ente: voce.ente.as_ref().map(ToString::to_string),
            codice_fiscale: voce.codice_fiscale.as_ref().map(ToString::to_string),
            recapiti: recapiti.join(" "),
            sede: voce.sede.as_ref().map(ToString::to_string),
            cessata: nuova.cessata,
        }
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "numero": self.numero,
            "importazione_id": self.importazione_id,
            "genere": self.genere,
            "chiave": self.chiave,
            "codice_ipa": self.codice_ipa,
            "codice_aoo": self.codice_aoo,
            "codice_uo": self.codice_uo,
            "denominazione": self.denominazione,
            "ente": self.ente,
            "codice_fiscale": self.codice_fiscale,
            "recapiti": self.recapiti,
            "sede": self.sede,
            "cessata": self.cessata,
        })
    }

    fn voce(self) -> Result<VoceIpa, Errore> {
        self.leggi().map_err(|e| storage::Errore::riga("versioni_ipa", e).into())
    }

    fn leggi(self) -> Result<VoceIpa, Rifiuto> {
        let recapito = |testo: &str| {
            let (tipo, valore) = testo.split_once(':').unwrap_or(("", testo));
            Indirizzo::leggi(tipo, valore)
        };
        Ok(VoceIpa {
            genere: self.genere.parse()?,
            codice_ipa: self.codice_ipa.parse()?,
            codice_aoo: self.codice_aoo.map(|t| t.parse()).transpose()?,
            codice_uo: self.codice_uo.map(|t| t.parse()).transpose()?,
            denominazione: self.denominazione.parse()?,
            ente: self.ente.map(|t| t.parse()).transpose()?,
            codice_fiscale: self.codice_fiscale.map(|t| t.parse()).transpose()?,
            recapiti: self.recapiti.split_whitespace().map(recapito).collect::<Result<_, _>>()?,
            sede: self.sede.map(|t| t.parse()).transpose()?,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new("versione-ipa", 1)
            .campo("numero", self.numero)
            .campo("importazione", &self.importazione_id)
            .campo("genere", &self.genere)
            .campo("chiave", &self.chiave)
            .campo("codice_ipa", &self.codice_ipa)
            .forse("codice_aoo", self.codice_aoo.as_ref())
            .forse("codice_uo", self.codice_uo.as_ref())
            .campo("denominazione", &self.denominazione)
            .forse("ente", self.ente.as_ref())
            .forse("codice_fiscale", self.codice_fiscale.as_ref())
            .campo("recapiti", &self.recapiti)
            .forse("sede", self.sede.as_ref())
            .campo("cessata", self.cessata)
    }
}
