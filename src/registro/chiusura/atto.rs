//! The act: a register is closed. Its files are in the store; the row says which, and what they hold.

use super::modello::{Frontespizio, Periodo, Sommario, identificativo};
use crate::audit::{self, Carico};
use crate::documenti::{self, Riposto};
use crate::registro::Errore;
use crate::registro::riservatezza::RISERVATA;
use crate::storage::schema::{chiusure as tabella, registrazioni};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::Aoo;
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, ChiusuraId, Impronta, Istante, NumeroProtocollo, Rifiuto};
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use std::collections::HashMap;

pub(in crate::registro) const ATTO: &str = "chiusura-registro";

/// What uses the files of a register.
const USO: &str = "chiusura";

/// The register of a day or of a year, closed.
#[derive(Debug, Clone)]
pub struct Chiusura {
    /// Its id.
    pub id: ChiusuraId,
    /// Code of the register.
    pub registro: String,
    /// The day, or the year.
    pub periodo: Periodo,
    /// Its number within the year.
    pub progressivo: NumeroProtocollo,
    /// What it holds.
    pub sommario: Sommario,
    /// SHA-256 of the PDF/A.
    pub pdf: Impronta,
    /// SHA-256 of the XML.
    pub xml: Impronta,
    /// When it was made.
    pub istante: Istante,
}

impl Chiusura {
    /// *Identificativo univoco e persistente*, which is also the name of the files.
    #[must_use]
    pub fn identificativo(&self, aoo: &Aoo) -> String {
        let chi = [aoo.ente_ipa.as_str(), aoo.codice.as_str(), &self.registro];
        identificativo(chi, self.periodo, self.progressivo)
    }
}

/// Writes the act; the files are already in the store.
pub(super) fn scrivi(
    op: &mut Operazione<'_>,
    aoo: &Aoo,
    f: &Frontespizio,
    [pdf, xml]: [&Riposto; 2],
) -> Result<(), Errore> {
    let id = ChiusuraId::new();
    for riposto in [pdf, xml] {
        documenti::registra(op, riposto)?;
        documenti::uso(op, &riposto.impronta, USO, id)?;
    }
    let (periodo, sommario) = (f.periodo, &f.sommario);
    let conto = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let riga = Riga {
        id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        registro: aoo.registro.to_string(),
        periodo: periodo.as_str().to_owned(),
        ultimo_giorno: periodo.ultimo(),
        anno: periodo.anno(),
        progressivo: f.progressivo.valore(),
        prima: sommario.numeri.map(|(prima, _)| prima.valore()),
        ultima: sommario.numeri.map(|(_, ultima)| ultima.valore()),
        dalle: sommario.istanti.map(|(dalle, _)| dalle.utc()),
        alle: sommario.istanti.map(|(_, alle)| alle.utc()),
        registrazioni: conto(sommario.registrazioni),
        modifiche: conto(sommario.modifiche),
        da_posizione: sommario.posizioni.0,
        a_posizione: sommario.posizioni.1,
        anello: sommario.anello.clone(),
        radice: sommario.radice.clone(),
        pdf_sha256: pdf.impronta.to_string(),
        xml_sha256: xml.impronta.to_string(),
        // As the files say it.
        istante: f.chiusura.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "chiusura", id, &riga.carico())?;
    Ok(())
}

/// The last register of this kind that was closed.
pub(super) fn ultima(conn: &mut Conn, aoo: &Aoo, periodo: &str) -> Result<Option<Chiusura>, Errore> {
    let riga: Option<Riga> = tabella::table
        .filter(tabella::aoo_id.eq(aoo.id.to_string()).and(tabella::registro.eq(aoo.registro.as_str())))
        .filter(tabella::periodo.eq(periodo))
        .order(tabella::ultimo_giorno.desc())
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    Ok(riga.map(Riga::valore).transpose()?)
}

/// The first daily register of a year.
pub(super) fn prima_dell_anno(conn: &mut Conn, aoo: &Aoo, anno: i32) -> Result<Option<Chiusura>, Errore> {
    let riga: Option<Riga> = tabella::table
        .filter(tabella::aoo_id.eq(aoo.id.to_string()).and(tabella::registro.eq(aoo.registro.as_str())))
        .filter(tabella::periodo.eq("giorno").and(tabella::anno.eq(anno)))
        .order(tabella::ultimo_giorno)
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    Ok(riga.map(Riga::valore).transpose()?)
}

/// The registers of an AOO that end on these days (of [`SEMPRE`](super::SEMPRE)), the newest first, at most `quante`: those of days, or
/// those of years.
///
/// # Errors
/// Those of the database.
pub fn chiusure(
    conn: &mut Conn,
    aoo: AooId,
    periodo: &str,
    (dal, al): (NaiveDate, NaiveDate),
    quante: i64,
) -> Result<Vec<Chiusura>, Errore> {
    let righe: Vec<Riga> = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()).and(tabella::periodo.eq(periodo)))
        .filter(tabella::ultimo_giorno.between(dal, al))
        .order((tabella::ultimo_giorno.desc(), tabella::id.desc()))
        .limit(quante)
        .select(Riga::as_select())
        .load(conn)?;
    Ok(righe.into_iter().map(Riga::valore).collect::<Result<_, _>>()?)
}

/// A register of an AOO.
///
/// # Errors
/// Those of the database.
pub fn chiusura(conn: &mut Conn, aoo: AooId, id: ChiusuraId) -> Result<Option<Chiusura>, Errore> {
    let riga: Option<Riga> = tabella::table
        .filter(tabella::id.eq(id.to_string()).and(tabella::aoo_id.eq(aoo.to_string())))
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    Ok(riga.map(Riga::valore).transpose()?)
}

/// The AOO of a register, for whoever finds one of its files missing or altered.
///
/// # Errors
/// Those of the database.
pub fn aoo_della_chiusura(conn: &mut Conn, id: &str) -> Result<Option<AooId>, Errore> {
    let aoo: Option<String> =
        tabella::table.filter(tabella::id.eq(id)).select(tabella::aoo_id).first(conn).optional()?;
    Ok(aoo.map(|aoo| aoo.parse()).transpose().map_err(|e: Rifiuto| storage::Errore::riga("chiusure", e))?)
}

/// The legal day of the first registration of an AOO: from it on, every day has its register.
///
/// # Errors
/// Those of the database.
pub fn giorno_della_prima(conn: &mut Conn, aoo: &Aoo) -> Result<Option<NaiveDate>, Errore> {
    let istante: Option<chrono::NaiveDateTime> = registrazioni::table
        .filter(registrazioni::aoo_id.eq(aoo.id.to_string()))
        .filter(registrazioni::registro.eq(aoo.registro.as_str()))
        .order((registrazioni::anno, registrazioni::numero))
        .select(registrazioni::istante)
        .first(conn)
        .optional()?;
    Ok(istante.map(|i| Istante::from_utc(i).giorno()))
}

/// True if something was registered on a legal day.
///
/// # Errors
/// Those of the database.
pub fn registrato(conn: &mut Conn, aoo: &Aoo, giorno: NaiveDate) -> Result<bool, Errore> {
    let del_giorno = registrazioni::table
        .filter(registrazioni::aoo_id.eq(aoo.id.to_string()).and(registrazioni::registro.eq(aoo.registro.as_str())))
        .filter(registrazioni::istante.ge(Istante::inizio(giorno).utc()))
        .filter(registrazioni::istante.lt(Istante::fine(giorno).utc()));
    Ok(diesel::select(diesel::dsl::exists(del_giorno)).get_result(conn)?)
}

#[derive(QueryableByName)]
struct Nascosta {
    #[diesel(sql_type = Bool)]
    nascosta: bool,
}

/// True if whoever has this sight may open the files: nothing of what they say is riservato today, or riservati are theirs to see.
///
/// # Errors
/// Those of the database.
pub fn apribile(conn: &mut Conn, vista: &Vista, c: &Chiusura) -> Result<bool, Errore> {
    match (vista, c.periodo) {
        (Vista::Intera(_), _) => return Ok(true),
        (Vista::SenzaRiservati(..), Periodo::Giorno(_)) => {}
        // No year is without riservati, and looking for them through all of it would take long.
        (Vista::SenzaRiservati(..), Periodo::Anno(_)) | (Vista::Uffici(..), _) => return Ok(false),
    }
    // Each parameter once, in order: the two databases number them differently.
    let sql = format!(
        "WITH toccati AS (SELECT e.oggetto_id FROM eventi e WHERE e.aoo_id = $1 AND e.posizione >= $2 AND e.posizione <= $3), \
         nominate AS (SELECT oggetto_id AS id FROM toccati \
         UNION SELECT d.registrazione_id FROM dati_annullati d JOIN toccati t ON t.oggetto_id = d.id \
         UNION SELECT v.registrazione_id FROM riservatezze v JOIN toccati t ON t.oggetto_id = v.id \
         UNION SELECT m.registrazione_id FROM dati_variati m JOIN toccati t ON t.oggetto_id = m.id \
         UNION SELECT a.registrazione_id FROM acquisizioni a JOIN toccati t ON t.oggetto_id = a.id) \
         SELECT EXISTS (SELECT 1 FROM nominate n JOIN registrazioni ON registrazioni.id = n.id WHERE {} OR EXISTS (SELECT 1 \
         FROM dati_annullati d WHERE d.registrazione_id = registrazioni.id AND d.riservato)) AS nascosta",
        RISERVATA
    );
    let trovata: Nascosta = diesel::sql_query(sql)
        .bind::<Text, _>(vista.aoo().to_string())
        .bind::<BigInt, _>(c.sommario.posizioni.0)
        .bind::<BigInt, _>(c.sommario.posizioni.1)
        .get_result(conn)?;
    Ok(!trovata.nascosta)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    aoo_id: String,
    registro: String,
    periodo: String,
    ultimo_giorno: NaiveDate,
    anno: i32,
    progressivo: i64,
    prima: Option<i64>,
    ultima: Option<i64>,
    dalle: Option<chrono::NaiveDateTime>,
    alle: Option<chrono::NaiveDateTime>,
    registrazioni: i64,
    modifiche: i64,
    da_posizione: i64,
    a_posizione: i64,
    anello: String,
    radice: String,
    pdf_sha256: String,
    xml_sha256: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self) -> Result<Chiusura, storage::Errore> {
        self.prova().map_err(|e| storage::Errore::riga("chiusure", e))
    }

    fn prova(self) -> Result<Chiusura, Rifiuto> {
        let numero = |n: i64| NumeroProtocollo::new(n);
        let numeri = self.prima.zip(self.ultima).map(|(p, u)| Ok((numero(p)?, numero(u)?))).transpose()?;
        let istanti = self.dalle.zip(self.alle).map(|(d, a)| (Istante::from_utc(d), Istante::from_utc(a)));
        let conto = |n: i64| u64::try_from(n).unwrap_or(0);
        let periodo =
            if self.periodo == "anno" { Periodo::Anno(self.anno) } else { Periodo::Giorno(self.ultimo_giorno) };
        Ok(Chiusura {
            id: self.id.parse()?,
            registro: self.registro,
            periodo,
            progressivo: numero(self.progressivo)?,
            sommario: Sommario {
                numeri,
                istanti,
                registrazioni: conto(self.registrazioni),
                modifiche: conto(self.modifiche),
                posizioni: (self.da_posizione, self.a_posizione),
                anello: self.anello,
                radice: self.radice,
            },
            pdf: self.pdf_sha256.parse()?,
            xml: self.xml_sha256.parse()?,
            istante: Istante::from_utc(self.istante),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("registro", &self.registro)
            .campo("periodo", &self.periodo)
            .campo("ultimo_giorno", self.ultimo_giorno)
            .campo("anno", self.anno)
            .campo("progressivo", self.progressivo)
            .forse("prima", self.prima)
            .forse("ultima", self.ultima)
            .forse("dalle", self.dalle.map(Istante::from_utc))
            .forse("alle", self.alle.map(Istante::from_utc))
            .campo("registrazioni", self.registrazioni)
            .campo("modifiche", self.modifiche)
            .campo("da_posizione", self.da_posizione)
            .campo("a_posizione", self.a_posizione)
            .campo("anello", &self.anello)
            .campo("radice", &self.radice)
            .campo("pdf", &self.pdf_sha256)
            .campo("xml", &self.xml_sha256)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(in crate::registro) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(in crate::registro) fn ricalcola(
    conn: &mut Conn,
    ids: &[String],
) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
