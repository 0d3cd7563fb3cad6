//! *Recupero* (DPR 445/2000 art. 63 c. 5): the pair of emergency number and ordinary number, which stays for ever.

use super::atto::verificabile;
use super::riga::{Contenuto, Riga, fuori};
use super::trascrizione::{risolvi, trascritta};
use super::{Emergenza, Errore};
use crate::audit::{self, Carico};
use crate::registro::{Flusso, Nuova};
use crate::storage::schema::{
    recuperi_emergenza, registrazioni, registrazioni_emergenza as tabella, trascrizioni_emergenza,
};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::{self, Ufficio};
use crate::valori::{
    AooId, CodicePostazione, EmergenzaId, Istante, NumeroProtocollo, RegistrazioneId, Rifiuto, TrascrizioneId, nuovo_id,
};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::max;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};

pub(super) const ATTO: &str = "registrazione-emergenza";
pub(super) const ATTO_CONCLUSO: &str = "recupero-emergenza";

/// An emergency number and what it became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlazione {
    /// The emergenza.
    pub emergenza: EmergenzaId,
    /// The post.
    pub postazione: CodicePostazione,
    /// Year of the emergency number.
    pub anno: i32,
    /// The emergency number.
    pub numero: NumeroProtocollo,
    /// When it was registered by hand.
    pub quando: Istante,
    /// The ordinary registration, its year and number; none of a number that was annulled on paper.
    pub registrazione: Option<(RegistrazioneId, i32, NumeroProtocollo)>,
    /// Why it was annulled on paper.
    pub annullata: Option<String>,
}

impl Correlazione {
    /// The emergency number as people write it: `PE1/2026/0000003`.
    #[must_use]
    pub fn leggibile(&self) -> String {
        format!("{}/{}/{}", self.postazione, self.anno, self.numero)
    }
}

/// The next row of a post, ready to be registered.
#[derive(Debug)]
pub struct Pronta {
    id: TrascrizioneId,
    anno: i32,
    riga: Riga,
    /// What the register takes, and the office it goes to; none of an annulled number.
    pub da_registrare: Option<(Nuova, Ufficio)>,
}

/// The next row of a post that has no ordinary number; none if all have.
///
/// # Errors
/// `PostazioneEstranea`, `NonRipristinata`, `Salto`, `Riga`.
pub fn prossima(
    conn: &mut Conn,
    emergenza: &Emergenza,
    (aoo, ora): (AooId, Istante),
    postazione: &CodicePostazione,
) -> Result<Option<Pronta>, Errore> {
    emergenza.ha(postazione)?;
    if emergenza.fine.is_none() {
        return Err(Errore::NonRipristinata);
    }
    let prima: Option<(String, i32, i64, String)> = trascrizioni_emergenza::table
        .filter(trascrizioni_emergenza::emergenza_id.eq(emergenza.id.to_string()))
        .filter(trascrizioni_emergenza::postazione.eq(postazione.as_str()))
        .order((trascrizioni_emergenza::anno, trascrizioni_emergenza::numero))
        .select((
            trascrizioni_emergenza::id,
            trascrizioni_emergenza::anno,
            trascrizioni_emergenza::numero,
            trascrizioni_emergenza::campi,
        ))
        .first(conn)
        .optional()?;
    let Some((id, anno, numero, campi)) = prima else { return Ok(None) };
    let t = trascritta((&id, anno, numero), &campi)?;
    let precedente = ultima(conn, aoo, postazione, anno)?;
    let atteso = precedente.map_or(1, |(ultimo, _)| ultimo + 1);
    if numero != atteso {
        let atteso = NumeroProtocollo::new(atteso)?;
        return Err(Errore::Salto { postazione: postazione.to_string(), anno, atteso, trovato: t.numero });
    }
    let no = |causa| Errore::Riga { numero: t.numero, causa };
    let riga = t.riga.leggi().map_err(no)?;
    // A row that was written since the obstacles were looked for.
    if precedente.is_some_and(|(_, quando)| riga.quando < quando) {
        return Err(no("data e ora vengono prima di quelle del numero che lo precede".to_owned()));
    }
    fuori(emergenza, &riga, ora).map_or(Ok(()), |causa| Err(no(causa)))?;
    let risolta = risolvi(conn, emergenza, aoo, &riga)?.map_err(no)?;
    let da_registrare = match (&riga.contenuto, risolta) {
        (Contenuto::Documento(scritto), Some((ufficio, voce))) => {
            let nuova = Nuova {
                flusso: scritto.flusso,
                oggetto: scritto.oggetto.clone(),
                mezzo: scritto.mezzo,
                corrispondenti: vec![scritto.corrispondente.clone()],
                // Terms run from the emergency entry.
                arrivo: (scritto.flusso == Flusso::Entrata).then_some(riga.quando),
                protocollo_mittente: scritto.protocollo_mittente.clone(),
                voce,
                tipologia: None,
                data_documento: None,
                riservato: false,
                risponde_a: None,
                documenti: Vec::new(),
            };
            Some((nuova, ufficio))
        }
        _ => None,
    };
    Ok(Some(Pronta { id: t.id, anno, riga, da_registrare }))
}

/// Writes what a row became, in the transaction that registers it; the row waits no more.
///
/// # Errors
/// Those of the database: the same number is not written twice.
pub fn correla(
    op: &mut Operazione<'_>,
    emergenza: &Emergenza,
    postazione: &CodicePostazione,
    pronta: &Pronta,
    registrazione: Option<RegistrazioneId>,
) -> Result<(), Errore> {
    let riga = RigaCorrelazione {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        emergenza_id: emergenza.id.to_string(),
        postazione: postazione.to_string(),
        anno: pronta.anno,
        numero: pronta.riga.numero.valore(),
        quando: pronta.riga.quando.utc(),
        registrazione_id: registrazione.map(|id| id.to_string()),
        annullata: match &pronta.riga.contenuto {
            Contenuto::Annullata(motivo) => Some(motivo.to_string()),
            Contenuto::Documento(_) => None,
        },
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    diesel::delete(trascrizioni_emergenza::table.filter(trascrizioni_emergenza::id.eq(pronta.id.to_string())))
        .execute(op.conn)?;
    audit::annota(op, ATTO, "registrazione-emergenza", &riga.id, &riga.carico())?;
    Ok(())
}

/// Records that all rows of a post have their number, with the total of each day (art. 63 c. 3); again, it changes nothing.
///
/// # Errors
/// Those of the database.
pub fn concludi(op: &mut Operazione<'_>, emergenza: &Emergenza, postazione: &CodicePostazione) -> Result<(), Errore> {
    if emergenza.recuperate.contains(postazione) {
        return Ok(());
    }
    let totali = totali(op.conn, emergenza, postazione)?;
    let totali: Vec<String> = totali.iter().map(|(giorno, quante)| format!("{giorno}={quante}")).collect();
    let attore = op.attore.clone();
    let riga = RigaRecupero {
        id: nuovo_id().to_string(),
        emergenza_id: emergenza.id.to_string(),
        postazione: postazione.to_string(),
        totali: totali.join(","),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(recuperi_emergenza::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO_CONCLUSO, "recupero-emergenza", &riga.id, &riga.carico())?;
    Ok(())
}

/// The last emergency number of a post in a year that has its pair, and its instant.
pub(super) fn ultima(
    conn: &mut Conn,
    aoo: AooId,
    postazione: &CodicePostazione,
    anno: i32,
) -> Result<Option<(i64, Istante)>, Errore> {
    let (numero, quando): (Option<i64>, Option<NaiveDateTime>) = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()).and(tabella::postazione.eq(postazione.as_str())))
        .filter(tabella::anno.eq(anno))
        .select((max(tabella::numero), max(tabella::quando)))
        .first(conn)?;
    Ok(numero.zip(quando.map(Istante::from_utc)))
}

/// The last number that a post gave in an emergenza, as far as it was written; zero if none was.
///
/// # Errors
/// Those of the database.
pub fn ultimo_numero(conn: &mut Conn, emergenza: &Emergenza, postazione: &CodicePostazione) -> Result<i64, Errore> {
    let attesa: Option<(i32, i64)> = trascrizioni_emergenza::table
        .filter(trascrizioni_emergenza::emergenza_id.eq(emergenza.id.to_string()))
        .filter(trascrizioni_emergenza::postazione.eq(postazione.as_str()))
        .order((trascrizioni_emergenza::anno.desc(), trascrizioni_emergenza::numero.desc()))
        .select((trascrizioni_emergenza::anno, trascrizioni_emergenza::numero))
        .first(conn)
        .optional()?;
    let fatta: Option<(i32, i64)> = tabella::table
        .filter(tabella::emergenza_id.eq(emergenza.id.to_string()).and(tabella::postazione.eq(postazione.as_str())))
        .order((tabella::anno.desc(), tabella::numero.desc()))
        .select((tabella::anno, tabella::numero))
        .first(conn)
        .optional()?;
    Ok(attesa.max(fatta).map_or(0, |(_, numero)| numero))
}

/// How many numbers a post gave on each day, of those that have their pair: the annulled ones too.
///
/// # Errors
/// Those of the database.
pub fn totali(
    conn: &mut Conn,
    emergenza: &Emergenza,
    postazione: &CodicePostazione,
) -> Result<BTreeMap<NaiveDate, u32>, Errore> {
    let istanti: Vec<NaiveDateTime> = tabella::table
        .filter(tabella::emergenza_id.eq(emergenza.id.to_string()).and(tabella::postazione.eq(postazione.as_str())))
        .select(tabella::quando)
        .load(conn)?;
    let mut totali = BTreeMap::new();
    for istante in istanti {
        *totali.entry(Istante::from_utc(istante).giorno()).or_default() += 1;
    }
    Ok(totali)
}

/// What the numbers of an emergenza became, post by post, in order.
///
/// # Errors
/// Those of the database.
pub fn correlazioni(conn: &mut Conn, emergenza: &Emergenza) -> Result<Vec<Correlazione>, Errore> {
    let righe: Vec<(RigaCorrelazione, Option<(i32, i64)>)> = tabella::table
        .left_join(registrazioni::table.on(tabella::registrazione_id.eq(registrazioni::id.nullable())))
        .filter(tabella::emergenza_id.eq(emergenza.id.to_string()))
        .order((tabella::postazione, tabella::anno, tabella::numero))
        .select((RigaCorrelazione::as_select(), (registrazioni::anno, registrazioni::numero).nullable()))
        .load(conn)?;
    righe.into_iter().map(|(riga, numero)| Ok(riga.valore(numero)?)).collect()
}

/// The emergency number of a registration, which the caller may see.
///
/// # Errors
/// Those of the database.
pub fn correlazione_di(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Option<Correlazione>, Errore> {
    let riga: Option<(RigaCorrelazione, (i32, i64))> = tabella::table
        .inner_join(registrazioni::table.on(tabella::registrazione_id.eq(registrazioni::id.nullable())))
        .filter(tabella::registrazione_id.eq(registrazione.to_string()))
        .select((RigaCorrelazione::as_select(), (registrazioni::anno, registrazioni::numero)))
        .first(conn)
        .optional()?;
    riga.map(|(riga, numero)| Ok(riga.valore(Some(numero))?)).transpose()
}

/// The emergency numbers of these registrations, as people write them, by id; of those that have one.
///
/// # Errors
/// Those of the database.
pub fn numeri_di(conn: &mut Conn, registrazioni: &[String]) -> Result<HashMap<String, String>, storage::Errore> {
    let righe: Vec<RigaCorrelazione> = tabella::table
        .filter(tabella::registrazione_id.eq_any(registrazioni))
        .select(RigaCorrelazione::as_select())
        .load(conn)?;
    let numero = |riga: RigaCorrelazione| {
        let di = riga.registrazione_id.clone()?;
        Some(riga.valore(None).map(|c| (di, c.leggibile())))
    };
    righe.into_iter().filter_map(numero).collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct RigaCorrelazione {
    id: String,
    aoo_id: String,
    emergenza_id: String,
    postazione: String,
    anno: i32,
    numero: i64,
    quando: NaiveDateTime,
    registrazione_id: Option<String>,
    annullata: Option<String>,
}

impl RigaCorrelazione {
    fn valore(self, ordinario: Option<(i32, i64)>) -> Result<Correlazione, storage::Errore> {
        let no = |e: Rifiuto| storage::Errore::riga("registrazioni_emergenza", e);
        let id: Option<RegistrazioneId> = self.registrazione_id.map(|id| id.parse()).transpose().map_err(no)?;
        let registrazione = match id.zip(ordinario) {
            Some((id, (anno, numero))) => Some((id, anno, NumeroProtocollo::new(numero).map_err(no)?)),
            None => None,
        };
        Ok(Correlazione {
            emergenza: self.emergenza_id.parse().map_err(no)?,
            postazione: self.postazione.parse().map_err(no)?,
            anno: self.anno,
            numero: NumeroProtocollo::new(self.numero).map_err(no)?,
            quando: Istante::from_utc(self.quando),
            registrazione,
            annullata: self.annullata,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("emergenza", &self.emergenza_id)
            .campo("postazione", &self.postazione)
            .campo("anno", self.anno)
            .campo("numero", self.numero)
            .campo("quando", Istante::from_utc(self.quando))
            .forse("registrazione", self.registrazione_id.as_ref())
            .forse("annullata", self.annullata.as_ref())
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = recuperi_emergenza)]
struct RigaRecupero {
    id: String,
    emergenza_id: String,
    postazione: String,
    totali: String,
    autore: String,
    istante: NaiveDateTime,
}

impl RigaRecupero {
    fn carico(&self) -> Carico {
        Carico::new(ATTO_CONCLUSO, 1)
            .campo("id", &self.id)
            .campo("emergenza", &self.emergenza_id)
            .campo("postazione", &self.postazione)
            .campo("totali", &self.totali)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

verificabile!(conta, ricalcola, tabella, id, RigaCorrelazione);
verificabile!(conta_conclusi, ricalcola_conclusi, recuperi_emergenza, id, RigaRecupero);
