//! *Applicazione*: another program that calls the API for one AOO, with a token: its own, or a person's.

use super::{Errore, Permessi, PermessoGettone, accesso, persona, sostituzione};
use crate::audit::{self, Carico};
use crate::storage::schema::{applicazioni, revoche};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, ApplicazioneId, Attore, CodiceUfficio, CodiceVoce, Denominazione, UtenteId};
use base64::Engine as _;
use diesel::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

pub(super) const ATTO: &str = "applicazione";
pub(super) const ATTO_REVOCA: &str = "revoca-applicazione";

/// What stands before the random part of a token, so that one left in a log or a repository is recognised.
const PREFISSO: &str = "tab_";

/// An application that may call the API.
#[derive(Debug, Clone)]
pub struct Applicazione {
    /// Its id.
    pub id: ApplicazioneId,
    /// The AOO it works for.
    pub aoo: AooId,
    /// The voce its registrations take when they name none.
    pub voce: Option<CodiceVoce>,
    /// The office its entrate go to when they name none.
    pub ufficio: Option<CodiceUfficio>,
    /// The only calls it may make; without a list, all of them, those still to come too.
    pub permessi: Option<Permessi>,
    /// Whose token it is: then it does and sees what this person may. Without, it is the application's own, for the whole AOO.
    pub persona: Option<UtenteId>,
}

impl Applicazione {
    /// The author of what is done with its token.
    #[must_use]
    pub fn attore(&self) -> Attore {
        match self.persona {
            Some(persona) => Attore::ConApplicazione { persona, applicazione: self.id },
            None => Attore::Applicazione(self.id),
        }
    }

    /// True if it may make this call.
    #[must_use]
    pub fn puo(&self, permesso: PermessoGettone) -> bool {
        self.permessi.as_ref().is_none_or(|p| p.hanno(permesso))
    }
}

/// Creates an application of the operation's AOO, which may make every call, and its token, which is told once and kept only as its SHA-256.
///
/// # Errors
/// Those of the database.
pub fn crea(
    op: &mut Operazione<'_>,
    nome: &Denominazione,
    voce: Option<CodiceVoce>,
    ufficio: Option<CodiceUfficio>,
) -> Result<(Applicazione, String), Errore> {
    let aoo = op.aoo;
    let nuova = Applicazione { id: ApplicazioneId::new(), aoo, voce, ufficio, permessi: None, persona: None };
    let gettone = scrivi(op, nome, &nuova)?;
    Ok((nuova, gettone))
}

/// Writes a new application of the operation's AOO, and gives its token.
///
/// # Errors
/// `SenzaRuolo` if it is for a person who has no role in the AOO, or is kept out; those of the database.
pub fn scrivi(op: &mut Operazione<'_>, nome: &Denominazione, nuova: &Applicazione) -> Result<String, Errore> {
    if let Some(chi) = nuova.persona
        && !sostituzione::presente(op.conn, chi, op.aoo)?
    {
        return Err(Errore::SenzaRuolo(persona::per_id(op.conn, chi)?.map(|p| p.nome_utente).unwrap_or_default()));
    }
    let segreto = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    let gettone = format!("{PREFISSO}{segreto}");
    let riga = Riga {
        id: nuova.id.to_string(),
        aoo_id: op.aoo.to_string(),
        nome: nome.to_string(),
        gettone_sha256: impronta(&gettone),
        voce: nuova.voce.as_ref().map(ToString::to_string),
        ufficio: nuova.ufficio.as_ref().map(ToString::to_string),
        creata: op.ora.utc(),
        permessi: nuova.permessi.as_ref().map(ToString::to_string),
        persona_id: nuova.persona.map(|p| p.to_string()),
    };
    diesel::insert_into(applicazioni::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "applicazione", nuova.id, &riga.carico())?;
    Ok(gettone)
}

/// Takes the token of an application away, for ever.
///
/// # Errors
/// If it was taken away before.
pub fn revoca(op: &mut Operazione<'_>, id: ApplicazioneId) -> Result<(), Errore> {
    let testo = id.to_string();
    let presente: i64 = revoche::table.filter(revoche::applicazione_id.eq(&testo)).count().get_result(op.conn)?;
    if presente > 0 {
        return Err(Errore::GiaPresente { che: "la revoca dell'applicazione", nome: testo });
    }
    diesel::insert_into(revoche::table)
        .values((revoche::applicazione_id.eq(&testo), revoche::istante.eq(op.ora.utc())))
        .execute(op.conn)?;
    audit::annota(op, ATTO_REVOCA, "applicazione", id, &carico_revoca(&testo))?;
    Ok(())
}

/// The application whose token this is.
///
/// # Errors
/// `GettoneSconosciuto` for any other text, and for the token of a person who was kept out since.
pub fn per_gettone(conn: &mut Conn, gettone: &str) -> Result<Applicazione, Errore> {
    let riga: Option<Riga> = applicazioni::table
        .filter(applicazioni::gettone_sha256.eq(impronta(gettone)))
        .filter(diesel::dsl::not(applicazioni::id.eq_any(revoche::table.select(revoche::applicazione_id))))
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    let trovata = riga.ok_or(Errore::GettoneSconosciuto)?.valore()?;
    match trovata.persona {
        Some(chi) if accesso::escluso_dopo(conn, chi, &trovata.id.to_string())? => Err(Errore::GettoneSconosciuto),
        _ => Ok(trovata),
    }
}

fn impronta(gettone: &str) -> String {
    hex::encode(Sha256::digest(gettone.as_bytes()))
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = applicazioni, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    nome: String,
    gettone_sha256: String,
    voce: Option<String>,
    ufficio: Option<String>,
    creata: chrono::NaiveDateTime,
    permessi: Option<String>,
    persona_id: Option<String>,
}

impl Riga {
    fn valore(self) -> Result<Applicazione, storage::Errore> {
        let no = |e| storage::Errore::riga("applicazioni", e);
        Ok(Applicazione {
            id: self.id.parse().map_err(no)?,
            aoo: self.aoo_id.parse().map_err(no)?,
            voce: self.voce.map(|v| v.parse()).transpose().map_err(no)?,
            ufficio: self.ufficio.map(|u| u.parse()).transpose().map_err(no)?,
            permessi: self.permessi.map(|p| p.parse()).transpose().map_err(no)?,
            persona: self.persona_id.map(|p| p.parse()).transpose().map_err(no)?,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("nome", &self.nome)
            .campo("gettone_sha256", &self.gettone_sha256)
            .forse("voce", self.voce.as_ref())
            .forse("ufficio", self.ufficio.as_ref())
            .forse("permessi", self.permessi.as_ref())
            .forse("persona", self.persona_id.as_ref())
    }
}

fn carico_revoca(id: &str) -> Carico {
    Carico::new(ATTO_REVOCA, 1).campo("applicazione", id)
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(applicazioni::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        applicazioni::table.filter(applicazioni::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn conta_revoche(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(revoche::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_revoca(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<String> =
        revoche::table.filter(revoche::applicazione_id.eq_any(ids)).select(revoche::applicazione_id).load(conn)?;
    Ok(righe.into_iter().map(|id| (id.clone(), carico_revoca(&id))).collect())
}
