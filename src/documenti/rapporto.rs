//! What the signatures of a stored file say, and what that rests on (*prova*). The first verdict stays: a later one stands beside it.
//!
//! Verdicts are of an AOO: of the same file another one judges by its own arrival, and is told nothing of this one's.

use super::{Deposito, Errore, Fiduce, Riposto};
use crate::audit::{self, Carico};
use crate::firma::{self, Formato, Prova, Rapporto};
use crate::storage::schema::verifiche;
use crate::storage::{self, Conn, Db, Operazione};
use crate::valori::{AooId, Impronta, Istante, NomeFile, VerificaId};
use diesel::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::io::Read;

pub(super) const ATTO: &str = "verifica";

/// Endings of names that promise a signature.
const FIRMATI: &[&str] = &["p7m", "p7s", "m7m", "tsd", "tsr", "tst", "asics", "asice"];

/// Verdicts of one file for one AOO: beyond them no other is kept.
const MASSIME: usize = 50;

/// A verdict as it was kept.
#[derive(Debug, Clone)]
pub struct RapportoConservato {
    /// Its id.
    pub id: VerificaId,
    /// The worst of the signatures, in the words of ETSI EN 319 102-1; absent if there are none.
    pub indicazione: Option<String>,
    /// The whole report, JSON of `tabulario verifica`.
    pub json: String,
    /// The instant it was judged at.
    pub istante: Istante,
    /// When it was given. By whom stands in the chain: the file may have come to somebody else first.
    pub eseguita: Istante,
}

impl RapportoConservato {
    /// The report, read back; `None` if another version of the program wrote it in other words.
    #[must_use]
    pub fn rapporto(&self) -> Option<Rapporto> {
        serde_json::from_str(&self.json).ok()
    }
}

/// Verifies a stored file, if it is signed. `istante` is when its certificates must be valid: the earliest opposable one.
///
/// # Errors
/// If the store cannot be read. Nothing that is inside the file is an error.
pub fn verifica(
    deposito: &Deposito,
    riposto: &Riposto,
    nome: &NomeFile,
    fiduce: &Fiduce,
    istante: Istante,
) -> Result<Option<Prova>, Errore> {
    if !puo_essere_firmato(riposto, nome) {
        return Ok(None);
    }
    verifica_letto(&mut deposito.apri(&riposto.impronta)?, riposto, nome, fiduce, istante)
}

/// Verifies a file whose bytes the caller has, as [`verifica`] does one that is in the store: one that is still on its way there.
///
/// # Errors
/// Those of whom the bytes are read from.
pub fn verifica_letto(
    bytes: &mut dyn Read,
    riposto: &Riposto,
    nome: &NomeFile,
    fiduce: &Fiduce,
    istante: Istante,
) -> Result<Option<Prova>, Errore> {
    if !puo_essere_firmato(riposto, nome) {
        return Ok(None);
    }
    let prova = esamina(bytes, &riposto.impronta, nome.estensione(), fiduce, istante)?;
    Ok(Some(prova).filter(|p| p.report.format != Formato::Nessuno))
}

fn puo_essere_firmato(riposto: &Riposto, nome: &NomeFile) -> bool {
    matches!(riposto.media_type, "application/pkcs7-mime" | "application/pdf" | "application/xml")
        || FIRMATI.contains(&nome.estensione().as_str())
}

/// Verifies a file again, at the instant of its first verdict and with what is trusted now.
///
/// # Errors
/// If the store cannot be read.
pub fn riverifica(
    deposito: &Deposito,
    impronta: &Impronta,
    prima: &PrimaVerifica,
    fiduce: &Fiduce,
) -> Result<Prova, Errore> {
    esamina(&mut deposito.apri(impronta)?, impronta, prima.estensione.clone(), fiduce, prima.istante)
}

/// Of the name only the ending is looked at, and only that is kept: the same file may have come under another name to somebody else.
fn esamina(
    bytes: &mut dyn Read,
    impronta: &Impronta,
    estensione: String,
    fiduce: &Fiduce,
    istante: Istante,
) -> Result<Prova, Errore> {
    let nome = format!("documento.{estensione}");
    let mut prova = firma::prova(bytes, *impronta, &nome, &fiduce.firme, istante).map_err(Errore::Disco)?;
    prova.report.findings.extend(fiduce.rilievi(istante));
    Ok(prova)
}

/// By what a file is verified again.
#[derive(Debug, Clone)]
pub struct PrimaVerifica {
    istante: Istante,
    estensione: String,
}

/// The first verdict of the AOO on a file.
///
/// # Errors
/// `MaiVerificato` if there is none, `TroppeVerifiche` if there are so many that no other is kept.
pub fn prima_verifica(conn: &mut Conn, aoo: AooId, impronta: &Impronta) -> Result<PrimaVerifica, Errore> {
    let sue = verifiche_del_file(conn, aoo, &impronta.to_string())?;
    let prima = sue.first().ok_or(Errore::MaiVerificato)?;
    if sue.len() >= MASSIME {
        return Err(Errore::TroppeVerifiche(MASSIME));
    }
    let prova = Prova::leggi(&testo_della_prova(conn, aoo, impronta, prima.id)?).ok();
    let estensione = prova.and_then(|p| p.name.rsplit_once('.').map(|(_, e)| e.to_owned())).unwrap_or_default();
    Ok(PrimaVerifica { istante: prima.istante, estensione })
}

/// Keeps the first verdict of the AOO on a file; if there is one already, nothing.
///
/// # Errors
/// Those of the database.
pub fn conserva_rapporto(op: &mut Operazione<'_>, prova: &Prova) -> Result<(), Errore> {
    // Two operations of one AOO are never at work together.
    let presenti: i64 = verifiche::table
        .filter(verifiche::aoo_id.eq(op.aoo.to_string()))
        .filter(verifiche::sha256.eq(prova.sha256.to_string()))
        .count()
        .get_result(op.conn)?;
    if presenti == 0 { scrivi(op, prova) } else { Ok(()) }
}

/// Keeps a verdict beside those that are there, unless the last one says the same and rests on the same.
///
/// # Errors
/// Those of the database.
pub fn aggiungi_rapporto(op: &mut Operazione<'_>, prova: &Prova) -> Result<(), Errore> {
    let ultima: Option<String> = verifiche::table
        .filter(verifiche::aoo_id.eq(op.aoo.to_string()))
        .filter(verifiche::sha256.eq(prova.sha256.to_string()))
        .order(verifiche::id.desc())
        .select(verifiche::prova)
        .first(op.conn)
        .optional()?;
    let uguale = ultima.and_then(|testo| Prova::leggi(&testo).ok()).is_some_and(|ultima| ultima == *prova);
    if uguale { Ok(()) } else { scrivi(op, prova) }
}

fn scrivi(op: &mut Operazione<'_>, prova: &Prova) -> Result<(), Errore> {
    let id = VerificaId::new();
    let testo = |testo: Result<String, serde_json::Error>| testo.map_err(|e| Errore::Disco(e.into()));
    let riga = Riga {
        id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        sha256: prova.sha256.to_string(),
        eseguita: op.ora.utc(),
        istante: prova.instant.utc(),
        indicazione: prova.report.indication.map(|i| i.as_str().to_owned()),
        rapporto: testo(serde_json::to_string(&prova.report))?,
        prova: testo(prova.scrivi())?,
    };
    diesel::insert_into(verifiche::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "verifica", id, &riga.carico())?;
    Ok(())
}

/// The first verdicts of the AOO on these files, by SHA-256; a file that is not signed has none.
///
/// # Errors
/// Those of the database, or a row that is no verdict.
pub fn rapporti_di(
    conn: &mut Conn,
    aoo: AooId,
    file: &[String],
) -> Result<HashMap<String, RapportoConservato>, Errore> {
    // The reports are long, so first only which of them.
    let tutte: Vec<(String, String)> = verifiche::table
        .filter(verifiche::aoo_id.eq(aoo.to_string()))
        .filter(verifiche::sha256.eq_any(file))
        .order(verifiche::id.desc())
        .select((verifiche::sha256, verifiche::id))
        .load(conn)?;
    let prime: HashMap<String, String> = tutte.into_iter().collect();
    let righe = verifiche::table
        .filter(verifiche::id.eq_any(prime.values()))
        .select((verifiche::sha256, RigaLetta::as_select()))
        .load::<(String, RigaLetta)>(conn)?;
    righe.into_iter().map(|(sha256, riga)| Ok((sha256, riga.try_into()?))).collect()
}

/// The verdicts of the AOO on these files, by SHA-256, the first one first; a file that is not signed has none.
///
/// # Errors
/// Those of the database, or a row that is no verdict.
pub fn verifiche_di(
    conn: &mut Conn,
    aoo: AooId,
    file: &[String],
) -> Result<HashMap<String, Vec<RapportoConservato>>, Errore> {
    let mut tutte = HashMap::new();
    for sha256 in file {
        let sue = verifiche_del_file(conn, aoo, sha256)?;
        if !sue.is_empty() {
            tutte.insert(sha256.clone(), sue);
        }
    }
    Ok(tutte)
}

fn verifiche_del_file(conn: &mut Conn, aoo: AooId, sha256: &str) -> Result<Vec<RapportoConservato>, Errore> {
    let righe: Vec<RigaLetta> = verifiche::table
        .filter(verifiche::aoo_id.eq(aoo.to_string()))
        .filter(verifiche::sha256.eq(sha256))
        .order(verifiche::id)
        .limit(i64::try_from(MASSIME).unwrap_or(i64::MAX))
        .select(RigaLetta::as_select())
        .load(conn)?;
    righe.into_iter().map(RapportoConservato::try_from).collect()
}

/// What a verdict of the AOO on a file rests on, as it was written then.
///
/// # Errors
/// `MaiVerificato` if the AOO has no such verdict on this file.
pub fn testo_della_prova(conn: &mut Conn, aoo: AooId, file: &Impronta, id: VerificaId) -> Result<String, Errore> {
    let testo = verifiche::table
        .filter(verifiche::aoo_id.eq(aoo.to_string()))
        .filter(verifiche::sha256.eq(file.to_string()))
        .filter(verifiche::id.eq(id.to_string()))
        .select(verifiche::prova)
        .first(conn)
        .optional()?;
    testo.ok_or(Errore::MaiVerificato)
}

/// Verdicts whose chains are looked at for where revocation lists are published: the last ones name every authority that still issues.
const MASSIME_CATENE: usize = 5_000;
/// Verdicts read in one go: a prova may be long.
const MASSIME_PROVE: i64 = 100;

/// The chains of the last verdicts of every AOO, each once, from who signed up to an anchor of then (DER). They say which authorities
/// issue, and name nobody outside of the program.
///
/// # Errors
/// Those of the database.
pub fn catene_verificate(db: &Db) -> Result<BTreeSet<Vec<Vec<u8>>>, Errore> {
    let (mut catene, mut lette, mut fino) = (BTreeSet::new(), 0, None::<String>);
    while lette < MASSIME_CATENE {
        let pezzo: Vec<(String, String)> = db.leggi(|conn| {
            let mut prove = verifiche::table.select((verifiche::id, verifiche::prova)).into_boxed();
            if let Some(fino) = &fino {
                prove = prove.filter(verifiche::id.lt(fino.clone()));
            }
            Ok::<_, Errore>(prove.order(verifiche::id.desc()).limit(MASSIME_PROVE).load(conn)?)
        })?;
        let Some((ultima, _)) = pezzo.last() else { break };
        (lette, fino) = (lette + pezzo.len(), Some(ultima.clone()));
        // One that another version of the program wrote names no address: others do.
        let prove = pezzo.iter().filter_map(|(_, testo)| Prova::leggi(testo).ok());
        catene.extend(prove.flat_map(|prova| prova.catene()));
    }
    Ok(catene)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = verifiche)]
struct RigaLetta {
    id: String,
    eseguita: chrono::NaiveDateTime,
    istante: chrono::NaiveDateTime,
    indicazione: Option<String>,
    rapporto: String,
}

impl TryFrom<RigaLetta> for RapportoConservato {
    type Error = Errore;
    fn try_from(riga: RigaLetta) -> Result<Self, Errore> {
        Ok(Self {
            id: riga.id.parse().map_err(|e| storage::Errore::riga("verifiche", e))?,
            indicazione: riga.indicazione,
            json: riga.rapporto,
            istante: Istante::from_utc(riga.istante),
            eseguita: Istante::from_utc(riga.eseguita),
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = verifiche, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    sha256: String,
    eseguita: chrono::NaiveDateTime,
    istante: chrono::NaiveDateTime,
    indicazione: Option<String>,
    rapporto: String,
    prova: String,
}

impl Riga {
    /// The two texts are long: their digests stand for them.
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("file", &self.sha256)
            .campo("eseguita", Istante::from_utc(self.eseguita))
            .campo("istante", Istante::from_utc(self.istante))
            .forse("indicazione", self.indicazione.as_deref())
            .campo("rapporto", Impronta::of(self.rapporto.as_bytes()))
            .campo("prova", Impronta::of(self.prova.as_bytes()))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(verifiche::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = verifiche::table.filter(verifiche::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
