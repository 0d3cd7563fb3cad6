//! *Predisposto*: a registration that is being prepared. It holds no number, is no act, and leaves nothing behind when it is
//! registered or thrown away; its files are in the store already.

use super::{Errore, Flusso, RuoloDocumento};
use crate::storage::schema::predisposti as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{Attore, Impronta, Istante, NomeFile, PredispostoId, UfficioId};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// Predisposti that one person may have.
const MASSIMI: i64 = 500;

/// Predisposti that are shown.
const MASSIMO_ELENCO: i64 = 200;

/// A file of a predisposto, in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePredisposto {
    /// What it will be to the registration.
    pub ruolo: RuoloDocumento,
    /// Its bytes.
    pub impronta: Impronta,
    /// Its name.
    pub nome: NomeFile,
}

/// What is put away: the form as it was typed, whether it could be registered or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preparata {
    /// Its id; whoever writes chooses it, so that a form sent twice is put away once.
    pub id: PredispostoId,
    /// Its direction.
    pub flusso: Flusso,
    /// The office that will write or will get it, which sees it too.
    pub ufficio: Option<UfficioId>,
    /// Only the author, that office and the RSP see it.
    pub riservato: bool,
    /// The fields by name.
    pub campi: BTreeMap<String, String>,
    /// The files.
    pub file: Vec<FilePredisposto>,
}

/// A predisposto.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predisposto {
    /// What was put away.
    pub preparata: Preparata,
    /// Name of who wrote it first.
    pub autore: String,
    /// How many times it was put away: who changes it says which one they read.
    pub versione: i64,
    /// When it was put away last.
    pub salvato: Istante,
}

/// Puts a predisposto away, or changes it; `letta` is the version that the writer read, 0 for a new one. Gives the new version.
///
/// # Errors
/// `PredispostoSconosciuto` if it may not be seen, `PredispostoCambiato` if another version was put away in the meantime,
/// `PredispostoSparito` if it was registered or thrown away, `TroppiPredisposti`.
pub fn predisponi(op: &mut Operazione<'_>, vista: &Vista, preparata: &Preparata, letta: i64) -> Result<i64, Errore> {
    let autore = op.attore.per_chi().to_string();
    let versione = letta.saturating_add(1);
    let riga = Riga {
        id: preparata.id.to_string(),
        aoo_id: op.aoo.to_string(),
        autore,
        ufficio_id: preparata.ufficio.map(|u| u.to_string()),
        flusso: preparata.flusso.as_str().to_owned(),
        riservato: preparata.riservato,
        campi: serde_json::to_string(&preparata.campi).map_err(illeggibile)?,
        file: scritti(&preparata.file)?,
        versione,
        salvato: op.ora.utc(),
    };
    let presente: Option<Riga> = tabella::table.find(&riga.id).select(Riga::as_select()).first(op.conn).optional()?;
    let Some(presente) = presente else {
        if letta > 0 {
            return Err(Errore::PredispostoSparito);
        }
        let miei = tabella::aoo_id.eq(&riga.aoo_id).and(tabella::autore.eq(&riga.autore));
        if tabella::table.filter(miei).count().get_result::<i64>(op.conn)? >= MASSIMI {
            return Err(Errore::TroppiPredisposti(MASSIMI));
        }
        diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
        return Ok(versione);
    };
    if !presente.si_vede(vista, &riga.autore) {
        return Err(Errore::PredispostoSconosciuto);
    }
    // The same form sent twice.
    if (&presente.campi, &presente.file) == (&riga.campi, &riga.file) {
        return Ok(presente.versione);
    }
    if presente.versione != letta {
        return Err(Errore::PredispostoCambiato);
    }
    let riga = Riga { autore: presente.autore, ..riga };
    diesel::update(tabella::table.find(&riga.id)).set(&riga).execute(op.conn)?;
    Ok(versione)
}

/// That a predisposto is still the one that was read.
///
/// # Errors
/// `PredispostoSparito` if it is not there or may not be seen, `PredispostoCambiato` if `letta` is not its last version.
pub fn predisposto_letto(op: &mut Operazione<'_>, vista: &Vista, id: PredispostoId, letta: i64) -> Result<(), Errore> {
    let io = op.attore.per_chi();
    match predisposto(op.conn, vista, &io, id) {
        Ok(p) if p.versione == letta => Ok(()),
        Ok(_) => Err(Errore::PredispostoCambiato),
        Err(Errore::PredispostoSconosciuto) => Err(Errore::PredispostoSparito),
        Err(altro) => Err(altro),
    }
}

/// Takes a predisposto away, because it is being registered or nobody wants it any more.
///
/// # Errors
/// Those of [`predisposto_letto`].
pub fn togli_predisposto(op: &mut Operazione<'_>, vista: &Vista, id: PredispostoId, letta: i64) -> Result<(), Errore> {
    predisposto_letto(op, vista, id, letta)?;
    diesel::delete(tabella::table.find(id.to_string())).execute(op.conn)?;
    Ok(())
}

/// One predisposto.
///
/// # Errors
/// `PredispostoSconosciuto`.
pub fn predisposto(conn: &mut Conn, vista: &Vista, io: &Attore, id: PredispostoId) -> Result<Predisposto, Errore> {
    let riga: Option<Riga> = tabella::table.find(id.to_string()).select(Riga::as_select()).first(conn).optional()?;
    let riga = riga.filter(|r| r.si_vede(vista, &io.per_chi().to_string()));
    riga.ok_or(Errore::PredispostoSconosciuto)?.predisposto(conn)
}

/// The predisposti that somebody may see, the last put away first, two hundred at most: their own, those of their offices and,
/// for who sees the whole AOO, those of everybody.
///
/// # Errors
/// Those of the database.
pub fn predisposti(conn: &mut Conn, vista: &Vista, io: &Attore) -> Result<Vec<Predisposto>, Errore> {
    let della_aoo = tabella::table.filter(tabella::aoo_id.eq(vista.aoo().to_string()));
    let mio = tabella::autore.eq(io.per_chi().to_string());
    let degli_uffici = tabella::ufficio_id.eq_any(vista.uffici()).assume_not_null();
    let query = match vista {
        Vista::Intera(_) => della_aoo.into_boxed(),
        Vista::SenzaRiservati(..) => {
            della_aoo.filter(mio.or(degli_uffici).or(tabella::riservato.eq(false))).into_boxed()
        }
        Vista::Uffici(..) => della_aoo.filter(mio.or(degli_uffici)).into_boxed(),
    };
    let righe: Vec<Riga> = query
        .order((tabella::salvato.desc(), tabella::id.desc()))
        .limit(MASSIMO_ELENCO)
        .select(Riga::as_select())
        .load(conn)?;
    righe.into_iter().map(|r| r.predisposto(conn)).collect()
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tabella, treat_none_as_null = true)]
struct Riga {
    id: String,
    aoo_id: String,
    autore: String,
    ufficio_id: Option<String>,
    flusso: String,
    riservato: bool,
    campi: String,
    file: String,
    versione: i64,
    salvato: chrono::NaiveDateTime,
}

impl Riga {
    /// The rule that [`predisposti`] gives the database.
    fn si_vede(&self, vista: &Vista, io: &str) -> bool {
        let dell_ufficio = self.ufficio_id.as_ref().is_some_and(|u| vista.uffici().contains(u));
        let di_tutti = match vista {
            Vista::Intera(_) => true,
            Vista::SenzaRiservati(..) => !self.riservato,
            Vista::Uffici(..) => false,
        };
        self.aoo_id == vista.aoo().to_string() && (self.autore == io || dell_ufficio || di_tutti)
    }

    fn predisposto(self, conn: &mut Conn) -> Result<Predisposto, Errore> {
        let attore: Attore = self.autore.parse().map_err(illeggibile)?;
        let file: Vec<(String, String, String)> = serde_json::from_str(&self.file).map_err(illeggibile)?;
        let letto = |(ruolo, impronta, nome): (String, String, String)| {
            Ok::<_, Errore>(FilePredisposto {
                ruolo: ruolo.parse().map_err(illeggibile)?,
                impronta: impronta.parse().map_err(illeggibile)?,
                nome: nome.parse().map_err(illeggibile)?,
            })
        };
        Ok(Predisposto {
            preparata: Preparata {
                id: self.id.parse().map_err(illeggibile)?,
                flusso: self.flusso.parse().map_err(illeggibile)?,
                ufficio: self.ufficio_id.map(|u| u.parse()).transpose().map_err(illeggibile)?,
                riservato: self.riservato,
                campi: serde_json::from_str(&self.campi).map_err(illeggibile)?,
                file: file.into_iter().map(letto).collect::<Result<_, _>>()?,
            },
            autore: utenti::nome_autore(conn, &attore)?,
            versione: self.versione,
            salvato: Istante::from_utc(self.salvato),
        })
    }
}

fn illeggibile(causa: impl std::fmt::Display) -> Errore {
    storage::Errore::riga("predisposti", causa).into()
}

fn scritti(file: &[FilePredisposto]) -> Result<String, Errore> {
    let righe: Vec<_> = file.iter().map(|f| (f.ruolo.as_str(), f.impronta.to_string(), f.nome.as_str())).collect();
    serde_json::to_string(&righe).map_err(illeggibile)
}
