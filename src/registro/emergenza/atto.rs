//! What the RSP decides: the authorisation, its extensions, the restoration, the reopening.

use super::Errore;
use crate::audit::{self, Carico};
use crate::storage::schema::{
    emergenze as tabella, proroghe_emergenza, recuperi_emergenza, riaperture_emergenza, ripristini_emergenza,
};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::valori::{AooId, CodicePostazione, CodiceUfficio, EmergenzaId, Istante, Rifiuto, Testo, nuovo_id};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use std::collections::HashMap;
use std::str::FromStr;

pub(super) const ATTO: &str = "emergenza";
pub(super) const ATTO_PROROGA: &str = "proroga-emergenza";
pub(super) const ATTO_RIPRISTINO: &str = "ripristino-emergenza";
pub(super) const ATTO_RIAPERTURA: &str = "riapertura-emergenza";

/// How long the authorisation alone lasts (DPR 445/2000 art. 63 c. 2).
const PRIMA_DURATA: TimeDelta = TimeDelta::hours(24);

/// How long one extension lasts at most (same).
const MASSIMA_PROROGA: TimeDelta = TimeDelta::days(7);

/// Most posts of one emergenza.
pub(super) const MASSIME_POSTAZIONI: usize = 20;

/// Most offices that are named; beyond it they are all.
pub(super) const MASSIMI_UFFICI: usize = 200;

/// Acts that are read, the newest ones.
const MASSIME: i64 = 200;

/// An extension of an emergenza.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proroga {
    /// Why it still lasts.
    pub causa: Testo,
    /// The act that says so.
    pub provvedimento: Testo,
    /// Until when.
    pub fino: Istante,
    /// Who recorded it, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

/// An emergenza, with what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emergenza {
    /// Its id.
    pub id: EmergenzaId,
    /// Why the system cannot be used.
    pub causa: Testo,
    /// The act that authorises it.
    pub provvedimento: Testo,
    /// Since when.
    pub inizio: Istante,
    /// The posts that register by hand.
    pub postazioni: Vec<CodicePostazione>,
    /// The offices for which they do; none means all.
    pub uffici: Vec<CodiceUfficio>,
    /// Who recorded it, as people call them.
    pub autore: String,
    /// When it was recorded.
    pub istante: Istante,
    /// Its extensions, oldest first.
    pub proroghe: Vec<Proroga>,
    /// When the system worked again.
    pub fine: Option<Istante>,
    /// When ordinary registration was reopened before the recupero, and why.
    pub riaperta: Option<(Istante, Testo)>,
    /// The posts whose recupero is complete.
    pub recuperate: Vec<CodicePostazione>,
}

impl Emergenza {
    /// Until when it is authorised.
    #[must_use]
    pub fn autorizzata_fino(&self) -> Istante {
        let prima = Istante::new(self.inizio.date_time() + PRIMA_DURATA);
        self.proroghe.iter().map(|p| p.fino).fold(prima, Istante::max)
    }

    /// The posts that still have to be recovered.
    #[must_use]
    pub fn mancanti(&self) -> Vec<&CodicePostazione> {
        self.postazioni.iter().filter(|p| !self.recuperate.contains(p)).collect()
    }

    /// True if what arrives for this office has to wait.
    #[must_use]
    pub fn ferma(&self, ufficio: &CodiceUfficio) -> bool {
        let riguarda = self.uffici.is_empty() || self.uffici.contains(ufficio);
        riguarda && self.riaperta.is_none() && !self.mancanti().is_empty()
    }

    pub(super) fn ha(&self, postazione: &CodicePostazione) -> Result<(), Errore> {
        let c_e = self.postazioni.contains(postazione);
        if c_e { Ok(()) } else { Err(Errore::PostazioneEstranea(postazione.to_string())) }
    }
}

/// What the RSP authorises.
#[derive(Debug, Clone)]
pub struct Nuova {
    /// Why the system cannot be used.
    pub causa: Testo,
    /// The act that authorises it: its number and date, or its words.
    pub provvedimento: Testo,
    /// Since when; it may be recorded afterwards.
    pub inizio: Istante,
    /// The posts.
    pub postazioni: Vec<CodicePostazione>,
    /// The offices; none means all.
    pub uffici: Vec<CodiceUfficio>,
}

/// Records that the register of emergenza is authorised, or gives the act that says the same and is not over: a form sent twice is
/// one act. Who may is up to the caller (the RSP).
///
/// # Errors
/// `InizioFuturo`, `Postazioni`, `Uffici`; an office that is not there.
pub fn autorizza(op: &mut Operazione<'_>, nuova: &Nuova) -> Result<EmergenzaId, Errore> {
    if nuova.inizio > op.ora {
        return Err(Errore::InizioFuturo(nuova.inizio));
    }
    let doppia = nuova.postazioni.iter().enumerate().any(|(i, p)| nuova.postazioni.iter().skip(i + 1).any(|q| p == q));
    if nuova.postazioni.is_empty() || nuova.postazioni.len() > MASSIME_POSTAZIONI || doppia {
        return Err(Errore::Postazioni);
    }
    if nuova.uffici.len() > MASSIMI_UFFICI {
        return Err(Errore::Uffici);
    }
    for codice in &nuova.uffici {
        utenti::ufficio_per_codice(op.conn, op.aoo, codice)?;
    }
    let uguale = |e: &Emergenza| {
        e.fine.is_none()
            && (&e.causa, &e.provvedimento, e.inizio) == (&nuova.causa, &nuova.provvedimento, nuova.inizio)
            && (&e.postazioni, &e.uffici) == (&nuova.postazioni, &nuova.uffici)
    };
    if let Some(fatta) = emergenze(op.conn, op.aoo)?.into_iter().find(uguale) {
        return Ok(fatta.id);
    }
    let id = EmergenzaId::new();
    let attore = op.attore.clone();
    let riga = RigaEmergenza {
        id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        causa: nuova.causa.to_string(),
        provvedimento: nuova.provvedimento.to_string(),
        inizio: nuova.inizio.utc(),
        postazioni: unisci(&nuova.postazioni),
        quante: i64::try_from(nuova.postazioni.len()).unwrap_or(i64::MAX),
        uffici: (!nuova.uffici.is_empty()).then(|| unisci(&nuova.uffici)),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "emergenza", id, &riga.carico())?;
    Ok(id)
}

/// Extends an emergenza, if need be afterwards; the same end said twice is one act.
///
/// # Errors
/// `Sconosciuta`, `GiaRipristinata`, `ProrogaInutile`, `ProrogaLunga`.
pub fn proroga(
    op: &mut Operazione<'_>,
    id: EmergenzaId,
    (causa, provvedimento): (&Testo, &Testo),
    fino: Istante,
) -> Result<(), Errore> {
    let questa = emergenza(op.conn, op.aoo, id)?;
    if questa.proroghe.iter().any(|p| (p.fino, &p.causa, &p.provvedimento) == (fino, causa, provvedimento)) {
        return Ok(());
    }
    if let Some(fine) = questa.fine {
        return Err(Errore::GiaRipristinata(fine));
    }
    let ora_fino = questa.autorizzata_fino();
    if fino <= ora_fino {
        return Err(Errore::ProrogaInutile(ora_fino));
    }
    if fino.dopo(ora_fino) > MASSIMA_PROROGA {
        return Err(Errore::ProrogaLunga(Istante::new(ora_fino.date_time() + MASSIMA_PROROGA)));
    }
    let attore = op.attore.clone();
    let riga = RigaProroga {
        id: nuovo_id().to_string(),
        emergenza_id: id.to_string(),
        causa: causa.to_string(),
        provvedimento: provvedimento.to_string(),
        fino: fino.utc(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(proroghe_emergenza::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO_PROROGA, "emergenza", &riga.id, &riga.carico())?;
    Ok(())
}

/// Records when the system worked again; the same said twice is one act.
///
/// # Errors
/// `Sconosciuta`, `GiaRipristinata`, `RipristinoFuori`, `OltreAutorizzazione`.
pub fn ripristina(op: &mut Operazione<'_>, id: EmergenzaId, fine: Istante) -> Result<(), Errore> {
    let questa = emergenza(op.conn, op.aoo, id)?;
    match questa.fine {
        Some(stessa) if stessa == fine => return Ok(()),
        Some(altra) => return Err(Errore::GiaRipristinata(altra)),
        None => {}
    }
    if fine <= questa.inizio || fine > op.ora {
        return Err(Errore::RipristinoFuori(questa.inizio));
    }
    if fine > questa.autorizzata_fino() {
        return Err(Errore::OltreAutorizzazione(questa.autorizzata_fino()));
    }
    let attore = op.attore.clone();
    let riga = RigaRipristino {
        emergenza_id: id.to_string(),
        fine: fine.utc(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(ripristini_emergenza::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO_RIPRISTINO, "emergenza", id, &riga.carico())?;
    Ok(())
}

/// Lets ordinary registration go on before the recupero.
///
/// # Errors
/// `Sconosciuta`; `GiaAperta` if nothing waits.
pub fn riapri(op: &mut Operazione<'_>, id: EmergenzaId, motivo: &Testo) -> Result<(), Errore> {
    let questa = emergenza(op.conn, op.aoo, id)?;
    if questa.riaperta.is_some() || questa.mancanti().is_empty() {
        return Err(Errore::GiaAperta);
    }
    let attore = op.attore.clone();
    let riga = RigaRiapertura {
        emergenza_id: id.to_string(),
        motivo: motivo.to_string(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(riaperture_emergenza::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO_RIAPERTURA, "emergenza", id, &riga.carico())?;
    Ok(())
}

/// The emergenze of an AOO, newest first.
///
/// # Errors
/// Those of the database.
pub fn emergenze(conn: &mut Conn, aoo: AooId) -> Result<Vec<Emergenza>, storage::Errore> {
    let righe = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()))
        .order(tabella::id.desc())
        .limit(MASSIME)
        .select(RigaEmergenza::as_select())
        .load(conn)?;
    righe.into_iter().map(|r| completa(conn, r)).collect()
}

/// The emergenza with this id.
///
/// # Errors
/// `Sconosciuta` if the AOO has none such.
pub fn emergenza(conn: &mut Conn, aoo: AooId, id: EmergenzaId) -> Result<Emergenza, Errore> {
    let riga = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()).and(tabella::id.eq(id.to_string())))
        .select(RigaEmergenza::as_select())
        .first(conn)
        .optional()?;
    Ok(completa(conn, riga.ok_or(Errore::Sconosciuta)?)?)
}

/// The emergenze for which something waits: neither recovered nor reopened; oldest first.
///
/// # Errors
/// Those of the database.
pub fn aperte(conn: &mut Conn, aoo: AooId) -> Result<Vec<Emergenza>, storage::Errore> {
    let riaperte = riaperture_emergenza::table.filter(riaperture_emergenza::emergenza_id.eq(tabella::id));
    let fatte = recuperi_emergenza::table.filter(recuperi_emergenza::emergenza_id.eq(tabella::id)).count();
    let aperte: Vec<RigaEmergenza> = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()))
        .filter(not(exists(riaperte)))
        .filter(tabella::quante.nullable().gt(fatte.single_value()))
        .order(tabella::id)
        .select(RigaEmergenza::as_select())
        .load(conn)?;
    aperte.into_iter().map(|riga| completa(conn, riga)).collect()
}

/// Refuses what is to be registered for an office while what was registered by hand for it has no ordinary number; what is of no office
/// waits where all offices do.
///
/// # Errors
/// `DaRecuperare`.
pub fn libero(conn: &mut Conn, aoo: AooId, ufficio: Option<&CodiceUfficio>) -> Result<(), Errore> {
    let ferma = |e: &Emergenza| ufficio.map_or(e.uffici.is_empty(), |ufficio| e.ferma(ufficio));
    let Some(ferma) = aperte(conn, aoo)?.into_iter().find(ferma) else { return Ok(()) };
    let postazioni: Vec<&str> = ferma.mancanti().into_iter().map(CodicePostazione::as_str).collect();
    Err(Errore::DaRecuperare { inizio: ferma.inizio, postazioni: postazioni.join(", ") })
}

fn unisci<T: ToString>(codici: &[T]) -> String {
    codici.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn dividi<T: FromStr<Err = Rifiuto>>(testo: &str) -> Result<Vec<T>, Rifiuto> {
    testo.split(',').map(str::parse).collect()
}

/// Adds to an emergenza what happened to it.
fn completa(conn: &mut Conn, riga: RigaEmergenza) -> Result<Emergenza, storage::Errore> {
    let no = |e: Rifiuto| storage::Errore::riga("emergenze", e);
    let proroghe: Vec<RigaProroga> = proroghe_emergenza::table
        .filter(proroghe_emergenza::emergenza_id.eq(&riga.id))
        .order(proroghe_emergenza::id)
        .select(RigaProroga::as_select())
        .load(conn)?;
    let fine: Option<NaiveDateTime> = ripristini_emergenza::table
        .filter(ripristini_emergenza::emergenza_id.eq(&riga.id))
        .select(ripristini_emergenza::fine)
        .first(conn)
        .optional()?;
    let riaperta: Option<(NaiveDateTime, String)> = riaperture_emergenza::table
        .filter(riaperture_emergenza::emergenza_id.eq(&riga.id))
        .select((riaperture_emergenza::istante, riaperture_emergenza::motivo))
        .first(conn)
        .optional()?;
    let recuperate: Vec<String> = recuperi_emergenza::table
        .filter(recuperi_emergenza::emergenza_id.eq(&riga.id))
        .order(recuperi_emergenza::id)
        .select(recuperi_emergenza::postazione)
        .load(conn)?;
    Ok(Emergenza {
        id: riga.id.parse().map_err(no)?,
        causa: riga.causa.parse().map_err(no)?,
        provvedimento: riga.provvedimento.parse().map_err(no)?,
        inizio: Istante::from_utc(riga.inizio),
        postazioni: dividi(&riga.postazioni).map_err(no)?,
        uffici: riga.uffici.as_deref().map(dividi).transpose().map_err(no)?.unwrap_or_default(),
        autore: riga.autore,
        istante: Istante::from_utc(riga.istante),
        proroghe: proroghe.iter().map(RigaProroga::valore).collect::<Result<_, _>>().map_err(no)?,
        fine: fine.map(Istante::from_utc),
        riaperta: riaperta.map(|(il, motivo)| Ok((Istante::from_utc(il), motivo.parse()?))).transpose().map_err(no)?,
        recuperate: recuperate.iter().map(|c| c.parse()).collect::<Result<_, _>>().map_err(no)?,
    })
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct RigaEmergenza {
    id: String,
    aoo_id: String,
    causa: String,
    provvedimento: String,
    inizio: NaiveDateTime,
    postazioni: String,
    quante: i64,
    uffici: Option<String>,
    autore: String,
    istante: NaiveDateTime,
}

impl RigaEmergenza {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("causa", &self.causa)
            .campo("provvedimento", &self.provvedimento)
            .campo("inizio", Istante::from_utc(self.inizio))
            .campo("postazioni", &self.postazioni)
            .campo("quante", self.quante)
            .forse("uffici", self.uffici.as_ref())
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = proroghe_emergenza)]
struct RigaProroga {
    id: String,
    emergenza_id: String,
    causa: String,
    provvedimento: String,
    fino: NaiveDateTime,
    autore: String,
    istante: NaiveDateTime,
}

impl RigaProroga {
    fn valore(&self) -> Result<Proroga, Rifiuto> {
        Ok(Proroga {
            causa: self.causa.parse()?,
            provvedimento: self.provvedimento.parse()?,
            fino: Istante::from_utc(self.fino),
            autore: self.autore.clone(),
            istante: Istante::from_utc(self.istante),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO_PROROGA, 1)
            .campo("id", &self.id)
            .campo("emergenza", &self.emergenza_id)
            .campo("causa", &self.causa)
            .campo("provvedimento", &self.provvedimento)
            .campo("fino", Istante::from_utc(self.fino))
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = ripristini_emergenza)]
struct RigaRipristino {
    emergenza_id: String,
    fine: NaiveDateTime,
    autore: String,
    istante: NaiveDateTime,
}

impl RigaRipristino {
    fn carico(&self) -> Carico {
        Carico::new(ATTO_RIPRISTINO, 1)
            .campo("emergenza", &self.emergenza_id)
            .campo("fine", Istante::from_utc(self.fine))
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = riaperture_emergenza)]
struct RigaRiapertura {
    emergenza_id: String,
    motivo: String,
    autore: String,
    istante: NaiveDateTime,
}

impl RigaRiapertura {
    fn carico(&self) -> Carico {
        Carico::new(ATTO_RIAPERTURA, 1)
            .campo("emergenza", &self.emergenza_id)
            .campo("motivo", &self.motivo)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

/// What the verifier of the chain asks of a table: how many rows, and the text of some.
macro_rules! verificabile {
    ($conta:ident, $ricalcola:ident, $tabella:ident, $chiave:ident, $riga:ident) => {
        pub(super) fn $conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
            Ok($tabella::table.count().get_result(conn)?)
        }

        pub(super) fn $ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
            let righe: Vec<$riga> =
                $tabella::table.filter($tabella::$chiave.eq_any(ids)).select($riga::as_select()).load(conn)?;
            Ok(righe.into_iter().map(|r| (r.$chiave.clone(), r.carico())).collect())
        }
    };
}
verificabile!(conta, ricalcola, tabella, id, RigaEmergenza);
verificabile!(conta_proroghe, ricalcola_proroghe, proroghe_emergenza, id, RigaProroga);
verificabile!(conta_ripristini, ricalcola_ripristini, ripristini_emergenza, emergenza_id, RigaRipristino);
verificabile!(conta_riaperture, ricalcola_riaperture, riaperture_emergenza, emergenza_id, RigaRiapertura);
pub(super) use verificabile;
