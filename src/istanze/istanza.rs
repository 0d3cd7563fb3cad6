//! An istanza as it was submitted: the act of the *presentazione*.

use super::{Errore, Presentazione};
use crate::audit::{self, Carico};
use crate::documenti::{self, Riposto, media_type};
use crate::storage::schema::{file, file_istanze, istanze, procedimenti, protocolli_istanze};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{Istante, IstanzaId, NomeFile, RegistrazioneId};
use diesel::prelude::*;
use std::collections::HashMap;
use std::str::FromStr;

pub(super) const ATTO: &str = "presentazione";

/// Which case of CAD art. 65 c. 1 the software can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sottoscrizione {
    /// A file bears a valid signature of whoever asks (lett. a); that it signs this request, and not something else, a person sees.
    Firmata,
    /// A file bears a valid signature of somebody else: the office looks for the power to sign.
    FirmataDaAltri,
    /// Nobody signed: the office asks for it, or finds another case of art. 65 in the files.
    DaRegolarizzare,
}

impl Sottoscrizione {
    /// The word of the database and of the chain.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Firmata => "firmata",
            Self::FirmataDaAltri => "firmata-da-altri",
            Self::DaRegolarizzare => "da-regolarizzare",
        }
    }
}

impl FromStr for Sottoscrizione {
    type Err = storage::Errore;
    fn from_str(testo: &str) -> Result<Self, storage::Errore> {
        [Self::Firmata, Self::FirmataDaAltri, Self::DaRegolarizzare]
            .into_iter()
            .find(|s| s.as_str() == testo)
            .ok_or_else(|| storage::Errore::riga("istanze", testo))
    }
}

/// What the register's page says of the istanza it came from.
#[derive(Debug, Clone)]
pub struct Istanza {
    /// Its id.
    pub id: IstanzaId,
    /// Name of the procedimento.
    pub procedimento: String,
    /// When it was submitted.
    pub presentata: Istante,
    /// Whether anybody signed it.
    pub sottoscrizione: Sottoscrizione,
}

/// Keeps an istanza and its files.
pub(super) fn conserva(
    op: &mut Operazione<'_>,
    p: &Presentazione,
    file: &[(Riposto, NomeFile)],
    sottoscrizione: Sottoscrizione,
) -> Result<IstanzaId, Errore> {
    let id = IstanzaId::new();
    let riga = Riga {
        id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        procedimento_id: p.procedimento.id.to_string(),
        codice_sha256: p.codice.sha256(),
        contenuto_sha256: p.contenuto().to_string(),
        presentata: p.presentata.utc(),
        nome: p.richiedente.nome.to_string(),
        cognome: p.richiedente.cognome.to_string(),
        codice_fiscale: p.richiedente.codice_fiscale.to_string(),
        indirizzo: p.richiedente.indirizzo.to_string(),
        oggetto: p.oggetto.to_string(),
        sottoscrizione: sottoscrizione.as_str().to_owned(),
    };
    diesel::insert_into(istanze::table).values(&riga).execute(op.conn)?;
    let mut righe = Vec::new();
    for ((riposto, nome), posizione) in file.iter().zip(1_i32..) {
        documenti::registra(op, riposto)?;
        documenti::uso(op, &riposto.impronta, "istanza", id)?;
        righe.push(RigaFile {
            istanza_id: riga.id.clone(),
            posizione,
            nome: nome.to_string(),
            sha256: riposto.impronta.to_string(),
        });
    }
    for r in &righe {
        diesel::insert_into(file_istanze::table).values(r).execute(op.conn)?;
    }
    audit::annota(op, ATTO, "istanza", id, &carico(&riga, &righe))?;
    Ok(id)
}

/// The istanza that became this registration, if it is one.
///
/// # Errors
/// Those of the database.
pub fn per_registrazione(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Option<Istanza>, Errore> {
    let trovata: Option<(Riga, String)> = istanze::table
        .inner_join(protocolli_istanze::table.on(protocolli_istanze::istanza_id.eq(istanze::id)))
        .inner_join(procedimenti::table.on(procedimenti::id.eq(istanze::procedimento_id)))
        .filter(protocolli_istanze::registrazione_id.eq(registrazione.to_string()))
        .select((Riga::as_select(), procedimenti::denominazione))
        .first(conn)
        .optional()?;
    let istanza = |(riga, procedimento): (Riga, String)| {
        Ok(Istanza {
            id: riga.id.parse().map_err(|e| storage::Errore::riga("istanze", e))?,
            procedimento,
            presentata: Istante::from_utc(riga.presentata),
            sottoscrizione: riga.sottoscrizione.parse()?,
        })
    };
    trovata.map(istanza).transpose()
}

/// The files of an istanza, what it says first.
pub(super) fn file_di(conn: &mut Conn, istanza: &str) -> Result<Vec<(Riposto, NomeFile)>, Errore> {
    let righe: Vec<(String, String, i64)> = file_istanze::table
        .inner_join(file::table.on(file::sha256.eq(file_istanze::sha256)))
        .filter(file_istanze::istanza_id.eq(istanza))
        .order(file_istanze::posizione)
        .select((file_istanze::sha256, file_istanze::nome, file::dimensione))
        .load(conn)?;
    let no = |e| storage::Errore::riga("file_istanze", e);
    let riposto = |(sha256, nome, dimensione): (String, String, i64)| {
        let riposto = Riposto {
            impronta: sha256.parse().map_err(no)?,
            dimensione: u64::try_from(dimensione).unwrap_or(0),
            // Its row is there already: the media type is not written again.
            media_type: media_type(&[]),
        };
        Ok((riposto, nome.parse().map_err(no)?))
    };
    righe.into_iter().map(riposto).collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = istanze)]
pub(super) struct Riga {
    pub id: String,
    pub aoo_id: String,
    pub procedimento_id: String,
    pub codice_sha256: String,
    pub contenuto_sha256: String,
    pub presentata: chrono::NaiveDateTime,
    pub nome: String,
    pub cognome: String,
    pub codice_fiscale: String,
    pub indirizzo: String,
    pub oggetto: String,
    pub sottoscrizione: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = file_istanze)]
struct RigaFile {
    istanza_id: String,
    posizione: i32,
    nome: String,
    sha256: String,
}

fn carico(r: &Riga, file: &[RigaFile]) -> Carico {
    let carico = Carico::new(ATTO, 1)
        .campo("id", &r.id)
        .campo("aoo", &r.aoo_id)
        .campo("procedimento", &r.procedimento_id)
        .campo("codice", &r.codice_sha256)
        .campo("contenuto", &r.contenuto_sha256)
        .campo("presentata", Istante::from_utc(r.presentata))
        .campo("nome", &r.nome)
        .campo("cognome", &r.cognome)
        .campo("codice_fiscale", &r.codice_fiscale)
        .campo("indirizzo", &r.indirizzo)
        .campo("oggetto", &r.oggetto)
        .campo("sottoscrizione", &r.sottoscrizione);
    file.iter().fold(carico, |c, f| c.campo("file", format_args!("{} {} {}", f.posizione, f.sha256, f.nome)))
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(istanze::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = istanze::table.filter(istanze::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    let file: Vec<RigaFile> = file_istanze::table
        .filter(file_istanze::istanza_id.eq_any(ids))
        .order((file_istanze::istanza_id, file_istanze::posizione))
        .select(RigaFile::as_select())
        .load(conn)?;
    let mut per_istanza: HashMap<String, Vec<RigaFile>> = HashMap::new();
    for f in file {
        per_istanza.entry(f.istanza_id.clone()).or_default().push(f);
    }
    let rifai = |r: Riga| {
        let carico = carico(&r, per_istanza.get(&r.id).map(Vec::as_slice).unwrap_or_default());
        (r.id, carico)
    };
    Ok(righe.into_iter().map(rifai).collect())
}
