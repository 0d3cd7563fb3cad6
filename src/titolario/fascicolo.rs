//! *Fascicolo*: the documents of one affair, opened under a voce and numbered within it, year by year (DPR 445/2000 art. 64
//! c.4; LLGG 2020 par. 3.3.1).

use super::{Errore, Voce};
use crate::audit::{self, Carico};
use crate::storage::schema::{contatori_fascicoli, fascicoli, visibilita};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::valori::{CodiceVoce, FascicoloId, Istante, Oggetto, Rifiuto};
use diesel::prelude::*;
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

pub(super) const ATTO: &str = "apertura-fascicolo";

/// What holds the documents of a fascicolo together (LLGG 2020, Allegato 5: `TipologiaFascicolo`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TipoFascicolo {
    /// One affair: what does not end with a formal act.
    #[default]
    Affare,
    /// An activity that repeats itself.
    Attivita,
    /// A natural person.
    PersonaFisica,
    /// A legal person.
    PersonaGiuridica,
    /// An administrative procedure (L. 241/1990).
    Procedimento,
}

impl TipoFascicolo {
    /// All of them, in the order of the norm's list.
    pub const TUTTI: [Self; 5] =
        [Self::Affare, Self::Attivita, Self::PersonaFisica, Self::PersonaGiuridica, Self::Procedimento];

    /// The word of the API, of the database and of the chain.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Affare => "affare",
            Self::Attivita => "attivita",
            Self::PersonaFisica => "persona-fisica",
            Self::PersonaGiuridica => "persona-giuridica",
            Self::Procedimento => "procedimento",
        }
    }
}

impl FromStr for TipoFascicolo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        Self::TUTTI.into_iter().find(|t| t.as_str() == testo).ok_or_else(|| {
            let parole = Self::TUTTI.map(Self::as_str).join(", ");
            Rifiuto::new("tipo di fascicolo", format!("vale uno di: {parole}"))
        })
    }
}

/// A fascicolo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fascicolo {
    /// Its id.
    pub id: FascicoloId,
    /// Its code.
    pub codice: CodiceFascicolo,
    /// What it is about.
    pub oggetto: Oggetto,
    /// What holds it together.
    pub tipo: TipoFascicolo,
    /// When it was opened.
    pub aperto: Istante,
}

/// Year, voce and number of a fascicolo, shown as `2026/VI.3/41`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodiceFascicolo {
    /// Legal year of its opening.
    pub anno: i32,
    /// The voce it was opened under.
    pub voce: CodiceVoce,
    /// Its number under that voce in that year, from 1, without gaps.
    pub numero: i64,
}

impl fmt::Display for CodiceFascicolo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.anno, self.voce, self.numero)
    }
}

impl FromStr for CodiceFascicolo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = || Rifiuto::new("codice di fascicolo", "servono anno, voce e numero, come 2026/VI.3/41");
        let mut parti = testo.trim().split('/');
        let (Some(anno), Some(voce), Some(numero), None) = (parti.next(), parti.next(), parti.next(), parti.next())
        else {
            return Err(no());
        };
        let (Ok(anno), Ok(numero)) = (anno.trim().parse(), numero.trim().parse()) else { return Err(no()) };
        Ok(Self { anno, voce: voce.parse()?, numero })
    }
}

/// Opens a fascicolo under a voce of the operation's AOO, with the next number of that voce and year.
///
/// # Errors
/// Those of the database.
pub fn apri(op: &mut Operazione<'_>, voce: &Voce, oggetto: Oggetto, tipo: TipoFascicolo) -> Result<Fascicolo, Errore> {
    let anno = op.ora.anno();
    let codice = CodiceFascicolo { anno, voce: voce.codice.clone(), numero: prossimo(op, &voce.codice, anno)? };
    let nuovo = Fascicolo { id: FascicoloId::new(), codice, oggetto, tipo, aperto: op.ora };
    let riga = Riga {
        id: nuovo.id.to_string(),
        aoo_id: op.aoo.to_string(),
        voce_id: voce.id.to_string(),
        voce: voce.codice.to_string(),
        anno,
        numero: nuovo.codice.numero,
        oggetto: nuovo.oggetto.to_string(),
        tipo: tipo.as_str().to_owned(),
        aperto: op.ora.utc(),
    };
    diesel::insert_into(fascicoli::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "fascicolo", nuovo.id, &riga.carico())?;
    Ok(nuovo)
}

/// The fascicolo with this id.
///
/// # Errors
/// `FascicoloSconosciuto` if there is none or it may not be seen.
pub fn fascicolo(conn: &mut Conn, vista: &Vista, id: FascicoloId) -> Result<Fascicolo, Errore> {
    let riga: Option<Riga> =
        vede(vista).filter(fascicoli::id.eq(id.to_string())).select(Riga::as_select()).first(conn).optional()?;
    Ok(riga.ok_or(Errore::FascicoloSconosciuto)?.valore()?)
}

/// The fascicolo with this code.
///
/// # Errors
/// `FascicoloSconosciuto` if there is none or it may not be seen.
pub fn per_codice(conn: &mut Conn, vista: &Vista, codice: &CodiceFascicolo) -> Result<Fascicolo, Errore> {
    let riga: Option<Riga> = vede(vista)
        .filter(fascicoli::voce.eq(codice.voce.to_string()))
        .filter(fascicoli::anno.eq(codice.anno).and(fascicoli::numero.eq(codice.numero)))
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    Ok(riga.ok_or(Errore::FascicoloSconosciuto)?.valore()?)
}

/// The newest fascicoli before `prima` (the id of the last one of the page before), at most `quanti`.
///
/// # Errors
/// Those of the database.
pub fn fascicoli(
    conn: &mut Conn,
    vista: &Vista,
    prima: Option<FascicoloId>,
    quanti: i64,
) -> Result<Vec<Fascicolo>, Errore> {
    let mut query = vede(vista);
    if let Some(id) = prima {
        query = query.filter(fascicoli::id.lt(id.to_string()));
    }
    let righe: Vec<Riga> = query.order(fascicoli::id.desc()).limit(quanti).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(Riga::valore).collect::<Result<_, _>>()?)
}

/// Those of these fascicoli that may be seen, by id.
///
/// # Errors
/// Those of the database.
pub fn tra(conn: &mut Conn, vista: &Vista, ids: &[String]) -> Result<HashMap<String, Fascicolo>, Errore> {
    let righe: Vec<Riga> =
        vede(vista).filter(fascicoli::id.eq_any(ids.to_vec())).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| Ok((r.id.clone(), r.valore()?))).collect::<Result<_, storage::Errore>>()?)
}

type Boxed<'a> = fascicoli::BoxedQuery<'a, <Conn as Connection>::Backend>;

/// The rows that may be seen. A fascicolo is not riservato: what is riservato are documents in it.
fn vede(vista: &Vista) -> Boxed<'static> {
    let dell_aoo = fascicoli::table.filter(fascicoli::aoo_id.eq(vista.aoo().to_string())).into_boxed();
    match vista {
        Vista::Intera(_) | Vista::SenzaRiservati(..) => dell_aoo,
        Vista::Uffici(..) => {
            let concessi =
                visibilita::table.filter(visibilita::ufficio_id.eq_any(vista.uffici())).select(visibilita::oggetto_id);
            dell_aoo.filter(fascicoli::id.eq_any(concessi))
        }
    }
}

/// The next number, under the AOO's lock.
fn prossimo(op: &mut Operazione<'_>, voce: &CodiceVoce, anno: i32) -> Result<i64, Errore> {
    let aoo = op.aoo.to_string();
    let questo = contatori_fascicoli::aoo_id
        .eq(&aoo)
        .and(contatori_fascicoli::voce.eq(voce.as_str()))
        .and(contatori_fascicoli::anno.eq(anno));
    let salito: Option<i64> = diesel::update(contatori_fascicoli::table)
        .filter(questo)
        .set(contatori_fascicoli::ultimo.eq(contatori_fascicoli::ultimo + 1))
        .returning(contatori_fascicoli::ultimo)
        .get_result(op.conn)
        .optional()?;
    if let Some(numero) = salito {
        return Ok(numero);
    }
    let primo = diesel::insert_into(contatori_fascicoli::table)
        .values((
            contatori_fascicoli::aoo_id.eq(&aoo),
            contatori_fascicoli::voce.eq(voce.as_str()),
            contatori_fascicoli::anno.eq(anno),
            contatori_fascicoli::ultimo.eq(1),
        ))
        .returning(contatori_fascicoli::ultimo)
        .get_result(op.conn)?;
    Ok(primo)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = fascicoli)]
struct Riga {
    id: String,
    aoo_id: String,
    voce_id: String,
    voce: String,
    anno: i32,
    numero: i64,
    oggetto: String,
    tipo: String,
    aperto: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self) -> Result<Fascicolo, storage::Errore> {
        let no = |e| storage::Errore::riga("fascicoli", e);
        Ok(Fascicolo {
            id: self.id.parse().map_err(no)?,
            codice: CodiceFascicolo { anno: self.anno, voce: self.voce.parse().map_err(no)?, numero: self.numero },
            oggetto: self.oggetto.parse().map_err(no)?,
            tipo: self.tipo.parse().map_err(no)?,
            aperto: Istante::from_utc(self.aperto),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("voce_id", &self.voce_id)
            .campo("voce", &self.voce)
            .campo("anno", self.anno)
            .campo("numero", self.numero)
            .campo("oggetto", &self.oggetto)
            .campo("tipo", &self.tipo)
            .campo("aperto", Istante::from_utc(self.aperto))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(fascicoli::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = fascicoli::table.filter(fascicoli::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
