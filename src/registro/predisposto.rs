//! *Predisposto*: a registration that is being prepared. It holds no number and is no act; registered or thrown away, nothing of it
//! stays but its id, so that no form that is still open brings it back. Its files are in the store, which forgets none.

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

/// Predisposti of others that are shown.
const MASSIMO_ALTRUI: i64 = 200;

/// Longest form that is put away, in bytes of JSON.
const MASSIMO_CAMPI: usize = 256 * 1024;

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
    /// Of the protocol office only the RSP sees it.
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
    /// Name of whose it is: who wrote it first, or for whom they acted.
    pub autore: String,
    /// How many times it was put away: who changes it says which one they read.
    pub versione: i64,
    /// When it was put away last.
    pub salvato: Istante,
}

/// Puts a predisposto away, or changes it; `letta` is the version that the writer read, 0 for a new one. Gives the new version.
///
/// # Errors
/// `PredispostoSconosciuto` for a new one whose id is somebody else's, `PredispostoCambiato` if another version was put away in the
/// meantime, `PredispostoSparito` if it was registered, thrown away or given to others, `TroppiPredisposti`, `PredispostoLungo`.
pub fn predisponi(op: &mut Operazione<'_>, vista: &Vista, preparata: &Preparata, letta: i64) -> Result<i64, Errore> {
    let autore = op.attore.per_chi().to_string();
    let campi = serde_json::to_string(&preparata.campi).map_err(illeggibile)?;
    if campi.len() > MASSIMO_CAMPI {
        return Err(Errore::PredispostoLungo(MASSIMO_CAMPI / 1024));
    }
    let versione = letta.saturating_add(1);
    let riga = Riga {
        id: preparata.id.to_string(),
        aoo_id: op.aoo.to_string(),
        autore,
        ufficio_id: preparata.ufficio.map(|u| u.to_string()),
        flusso: preparata.flusso.as_str().to_owned(),
        riservato: preparata.riservato,
        campi,
        file: scritti(&preparata.file)?,
        versione,
        consumato: false,
        salvato: op.ora.utc(),
    };
    let presente = trova(op.conn, preparata.id)?;
    let Some(presente) = presente else {
        if letta > 0 {
            return Err(Errore::PredispostoSparito);
        }
        let miei = tabella::aoo_id.eq(&riga.aoo_id).and(tabella::autore.eq(&riga.autore));
        if tabella::table.filter(miei.and(tabella::consumato.eq(false))).count().get_result::<i64>(op.conn)? >= MASSIMI
        {
            return Err(Errore::TroppiPredisposti(MASSIMI));
        }
        diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
        return Ok(versione);
    };
    if !presente.si_vede(vista, &riga.autore) {
        // Whoever had it open keeps what they typed on the page.
        return Err(if letta > 0 { Errore::PredispostoSparito } else { Errore::PredispostoSconosciuto });
    }
    if presente.consumato {
        return Err(Errore::PredispostoSparito);
    }
    // The same form sent twice.
    if (&presente.flusso, &presente.campi, &presente.file) == (&riga.flusso, &riga.campi, &riga.file) {
        return Ok(presente.versione);
    }
    if presente.versione != letta || presente.flusso != riga.flusso {
        return Err(Errore::PredispostoCambiato);
    }
    let riga = Riga { autore: presente.autore, ..riga };
    diesel::update(tabella::table.find(&riga.id)).set(&riga).execute(op.conn)?;
    Ok(versione)
}

/// A predisposto whose last version was read: it may be registered or thrown away.
pub struct PredispostoLetto(String);

/// That a form of this direction may be registered: if it was ever put away, it is the last version that was read (`letta`; 0 for a form
/// that nobody says was put away). Nothing for one that never was.
///
/// # Errors
/// `PredispostoSparito` if it was registered or thrown away, or may not be seen; `PredispostoCambiato` if `letta` is not its last
/// version.
pub fn predisposto_letto(
    op: &mut Operazione<'_>,
    vista: &Vista,
    (id, flusso): (PredispostoId, Flusso),
    letta: i64,
) -> Result<Option<PredispostoLetto>, Errore> {
    let Some(riga) = trova(op.conn, id)? else {
        return if letta > 0 { Err(Errore::PredispostoSparito) } else { Ok(None) };
    };
    if riga.consumato || !riga.si_vede(vista, &op.attore.per_chi().to_string()) {
        return Err(Errore::PredispostoSparito);
    }
    let lo_stesso = riga.versione == letta && riga.flusso == flusso.as_str();
    if lo_stesso { Ok(Some(PredispostoLetto(riga.id))) } else { Err(Errore::PredispostoCambiato) }
}

/// Takes a predisposto away, because it is being registered or nobody wants it any more.
///
/// # Errors
/// Those of the database.
pub fn togli_predisposto(op: &mut Operazione<'_>, letto: &PredispostoLetto) -> Result<(), Errore> {
    diesel::update(tabella::table.find(&letto.0))
        .set((tabella::consumato.eq(true), tabella::campi.eq("{}"), tabella::file.eq("[]")))
        .execute(op.conn)?;
    Ok(())
}

/// One predisposto.
///
/// # Errors
/// `PredispostoSconosciuto`.
pub fn predisposto(conn: &mut Conn, vista: &Vista, io: &Attore, id: PredispostoId) -> Result<Predisposto, Errore> {
    let riga = trova(conn, id)?.filter(|r| !r.consumato && r.si_vede(vista, &io.per_chi().to_string()));
    riga.ok_or(Errore::PredispostoSconosciuto)?.predisposto(conn)
}

fn trova(conn: &mut Conn, id: PredispostoId) -> Result<Option<Riga>, Errore> {
    Ok(tabella::table.find(id.to_string()).select(Riga::as_select()).first(conn).optional()?)
}

/// The predisposti of these directions that somebody may see, the last put away first: all their own, then those of their offices and,
/// for who sees the whole AOO, those of everybody, two hundred at most.
///
/// # Errors
/// Those of the database.
pub fn predisposti(conn: &mut Conn, vista: &Vista, io: &Attore, flussi: &[Flusso]) -> Result<Vec<Predisposto>, Errore> {
    let aperti = || {
        tabella::table
            .filter(tabella::aoo_id.eq(vista.aoo().to_string()).and(tabella::consumato.eq(false)))
            .filter(tabella::flusso.eq_any(flussi.iter().map(|f| f.as_str())))
            .order((tabella::salvato.desc(), tabella::id.desc()))
            .select(Riga::as_select())
    };
    let io = io.per_chi().to_string();
    let miei: Vec<Riga> = aperti().filter(tabella::autore.eq(&io)).limit(MASSIMI).load(conn)?;
    let altrui = aperti().filter(tabella::autore.ne(&io)).limit(MASSIMO_ALTRUI);
    let degli_uffici = tabella::ufficio_id.eq_any(vista.uffici()).assume_not_null();
    let altrui: Vec<Riga> = match vista {
        Vista::Intera(_) => altrui.load(conn)?,
        Vista::SenzaRiservati(..) => altrui.filter(degli_uffici.or(tabella::riservato.eq(false))).load(conn)?,
        Vista::Uffici(..) => altrui.filter(degli_uffici).load(conn)?,
    };
    miei.into_iter().chain(altrui).map(|r| r.predisposto(conn)).collect()
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tabella, treat_none_as_null = true, treat_none_as_default_value = false)]
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
    consumato: bool,
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
