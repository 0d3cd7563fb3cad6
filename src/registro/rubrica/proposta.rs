//! *Proposta*: a second source says another thing. Nothing changes until a person takes it or leaves it.

use super::{Errore, Fonte, Indirizzo, Provenienza, Recapito, Soggetto, parole, recapito, soggetto, unione};
use crate::audit::{self, Carico};
use crate::segnatura::{NomeParte, Parte};
use crate::storage::schema::{decisioni_proposte, proposte_rubrica};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::valori::{AooId, Istante, PropostaRubricaId, RecapitoId, Rifiuto, SoggettoId};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

pub(super) const ATTO: &str = "proposta-rubrica";
pub(super) const ATTO_DECISIONE: &str = "decisione-proposta";

/// Proposals read for each soggetto that is wanted: a source that says everything anew makes a few of them.
const PER_SOGGETTO: i64 = 9;

/// One thing that a source says of a soggetto, and that the rubrica does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differenza {
    /// Which: `nome`, `cognome`, `denominazione`, `codice-fiscale`, `codice-ipa`, `codice-aoo`, `pec`, `email`, `posta`.
    pub dato: &'static str,
    /// What the rubrica says, if it says anything.
    pub attuale: Option<String>,
    /// The address that it would replace.
    pub recapito: Option<RecapitoId>,
    /// What the source says.
    pub valore: String,
}

/// A difference that waits for a person.
#[derive(Debug, Clone)]
pub struct Proposta {
    /// Its id.
    pub id: PropostaRubricaId,
    /// Of whom.
    pub soggetto: SoggettoId,
    /// What.
    pub differenza: Differenza,
    /// Who says it.
    pub provenienza: Provenienza,
}

/// What becomes of a proposta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decisione {
    /// The rubrica says it from now on.
    Aggiorna,
    /// The rubrica stays as it is.
    Lascia,
}

/// What a source says of a soggetto and the rubrica does not. What the source leaves out says nothing; names are compared without
/// case and accents.
#[must_use]
pub fn differenze(s: &Soggetto, parte: &Parte, indirizzi: &[Indirizzo]) -> Vec<Differenza> {
    let mut trovate = Vec::new();
    let mut confronta = |dato: &'static str, attuale: Option<String>, valore: Option<String>| {
        let Some(valore) = valore else { return };
        if attuale.as_ref().is_none_or(|a| parole::intera(a) != parole::intera(&valore)) {
            trovate.push(Differenza { dato, attuale, recapito: None, valore });
        }
    };
    let testo = |v: &dyn ToString| v.to_string();
    match (&s.parte.nome, &parte.nome) {
        (NomeParte::Denominazione(a), NomeParte::Denominazione(b)) => {
            confronta("denominazione", Some(testo(a)), Some(testo(b)));
        }
        (NomeParte::Persona { nome: n1, cognome: c1 }, NomeParte::Persona { nome: n2, cognome: c2 }) => {
            confronta("cognome", Some(testo(c1)), Some(testo(c2)));
            confronta("nome", Some(testo(n1)), Some(testo(n2)));
        }
        _ => {}
    }
    let (a, b) = (&s.parte, parte);
    confronta(
        "codice-fiscale",
        a.codice_fiscale.as_ref().map(|v| testo(v)),
        b.codice_fiscale.as_ref().map(|v| testo(v)),
    );
    confronta("codice-ipa", a.codice_ipa.as_ref().map(|v| testo(v)), b.codice_ipa.as_ref().map(|v| testo(v)));
    confronta("codice-aoo", a.codice_aoo.as_ref().map(|v| testo(v)), b.codice_aoo.as_ref().map(|v| testo(v)));
    for i in indirizzi.iter().filter(|i| !s.ha(i)) {
        let suo: Option<&Recapito> = s.recapiti.iter().rev().find(|r| r.indirizzo.tipo() == i.tipo());
        trovate.push(Differenza {
            dato: i.tipo(),
            attuale: suo.map(|r| r.indirizzo.valore().to_owned()),
            recapito: suo.map(|r| r.id),
            valore: i.valore().to_owned(),
        });
    }
    trovate
}

/// Those of these differences that were not proposed before by this source, or were taken since: what somebody left stays left.
pub(super) fn nuove(
    conn: &mut Conn,
    soggetto: SoggettoId,
    fonte: Fonte,
    differenze: Vec<Differenza>,
) -> Result<Vec<Differenza>, Errore> {
    let righe: Vec<Riga> = proposte_rubrica::table
        .filter(proposte_rubrica::soggetto_id.eq(soggetto.to_string()))
        .filter(proposte_rubrica::fonte.eq(fonte.as_str()))
        .select(Riga::as_select())
        .load(conn)?;
    let prese = decise(conn, &righe, &["aggiornata"])?;
    let gia = |d: &Differenza| righe.iter().any(|r| !prese.contains(&r.id) && r.dato == d.dato && r.valore == d.valore);
    Ok(differenze.into_iter().filter(|d| !gia(d)).collect())
}

/// Proposes what a source says of a soggetto; how many proposals are new.
///
/// # Errors
/// `Sconosciuto` or `Unito` as for any act on a soggetto.
pub fn proponi(
    op: &mut Operazione<'_>,
    id: SoggettoId,
    parte: &Parte,
    indirizzi: &[Indirizzo],
    fonte: Fonte,
) -> Result<usize, Errore> {
    let attuale = soggetto::modificabile(op.conn, op.aoo, id)?;
    let trovate = nuove(op.conn, id, fonte, differenze(&attuale, parte, indirizzi))?;
    let provenienza = Provenienza::adesso(op, fonte)?;
    for d in &trovate {
        let riga = Riga {
            id: PropostaRubricaId::new().to_string(),
            aoo_id: op.aoo.to_string(),
            soggetto_id: id.to_string(),
            recapito_id: d.recapito.map(|r| r.to_string()),
            dato: d.dato.to_owned(),
            valore: d.valore.clone(),
            fonte: fonte.as_str().to_owned(),
            autore: provenienza.autore.clone(),
            istante: op.ora.utc(),
        };
        diesel::insert_into(proposte_rubrica::table).values(&riga).execute(op.conn)?;
        audit::annota(op, ATTO, "proposta", &riga.id, &riga.carico())?;
    }
    Ok(trovate.len())
}

/// Takes a proposta or leaves it. What it says comes into the rubrica with its source.
///
/// # Errors
/// `GiaDecisa`; what the new datum is refused for.
pub fn decidi(
    op: &mut Operazione<'_>,
    soggetto: SoggettoId,
    id: PropostaRubricaId,
    decisione: Decisione,
) -> Result<(), Errore> {
    let riga: Option<Riga> = proposte_rubrica::table
        .filter(proposte_rubrica::id.eq(id.to_string()).and(proposte_rubrica::aoo_id.eq(op.aoo.to_string())))
        .select(Riga::as_select())
        .first(op.conn)
        .optional()?;
    let riga = riga.ok_or(Errore::Sconosciuto)?;
    let radice = unione::radice(op.conn, riga.soggetto_id.parse()?)?;
    if radice != soggetto {
        return Err(Errore::Sconosciuto);
    }
    if !decise(op.conn, std::slice::from_ref(&riga), &["aggiornata", "lasciata"])?.is_empty() {
        return Err(Errore::GiaDecisa);
    }
    let attore = op.attore.clone();
    let presa = Decisa {
        proposta_id: riga.id.clone(),
        esito: if decisione == Decisione::Aggiorna { "aggiornata" } else { "lasciata" }.to_owned(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(decisioni_proposte::table).values(&presa).execute(op.conn)?;
    audit::annota(op, ATTO_DECISIONE, "proposta", &riga.id, &presa.carico())?;
    if decisione == Decisione::Aggiorna { applica(op, radice, &riga) } else { Ok(()) }
}

/// The datum of a proposta becomes one of the rubrica.
fn applica(op: &mut Operazione<'_>, id: SoggettoId, riga: &Riga) -> Result<(), Errore> {
    let fonte: Fonte = riga.fonte.parse()?;
    let attuale = soggetto::modificabile(op.conn, op.aoo, id)?;
    if Indirizzo::TIPI.contains(&riga.dato.as_str()) {
        let indirizzo = Indirizzo::leggi(&riga.dato, &riga.valore)?;
        let vecchio = attuale.recapiti.iter().find(|r| Some(r.id.to_string()) == riga.recapito_id);
        if let Some(vecchio) = vecchio {
            recapito::ritira(op, id, vecchio.id)?;
        }
        if !attuale.ha(&indirizzo) {
            recapito::aggiungi(op, id, &indirizzo, fonte)?;
        }
        return Ok(());
    }
    let mut parte = attuale.parte;
    match (riga.dato.as_str(), &mut parte.nome) {
        ("denominazione", NomeParte::Denominazione(d)) => *d = riga.valore.parse()?,
        ("nome", NomeParte::Persona { nome, .. }) => *nome = riga.valore.parse()?,
        ("cognome", NomeParte::Persona { cognome, .. }) => *cognome = riga.valore.parse()?,
        ("codice-fiscale", _) => parte.codice_fiscale = Some(riga.valore.parse()?),
        ("codice-ipa", _) => parte.codice_ipa = Some(riga.valore.parse()?),
        ("codice-aoo", _) => parte.codice_aoo = Some(riga.valore.parse()?),
        _ => return Err(Errore::DatoEstraneo),
    }
    soggetto::cambia(op, id, &parte, fonte)
}

/// The proposals of a soggetto, and of who was merged into it, that wait for a decision, oldest first.
///
/// # Errors
/// `Sconosciuto` if there is none such in this AOO.
pub fn proposte(conn: &mut Conn, aoo: AooId, id: SoggettoId) -> Result<Vec<Proposta>, Errore> {
    let attuale = soggetto::per_id(conn, aoo, id)?;
    let membri: Vec<String> = unione::rami(conn, &[id.to_string()])?.into_iter().map(|(_, membro)| membro).collect();
    let righe: Vec<Riga> = proposte_rubrica::table
        .filter(proposte_rubrica::soggetto_id.eq_any(membri))
        .order(proposte_rubrica::id)
        .select(Riga::as_select())
        .load(conn)?;
    let decise = decise(conn, &righe, &["aggiornata", "lasciata"])?;
    let aperte = righe.into_iter().filter(|r| !decise.contains(&r.id));
    aperte.map(|r| r.leggi(&attuale).map_err(|e| storage::Errore::riga("proposte_rubrica", e).into())).collect()
}

/// The soggetti of an AOO with proposals that wait, at most `quanti`, those that wait longest first.
///
/// # Errors
/// Those of the database.
pub fn con_proposte(conn: &mut Conn, aoo: AooId, quanti: i64) -> Result<Vec<Soggetto>, Errore> {
    let righe: Vec<(String, Option<String>)> = proposte_rubrica::table
        .left_join(decisioni_proposte::table.on(decisioni_proposte::proposta_id.eq(proposte_rubrica::id)))
        .filter(proposte_rubrica::aoo_id.eq(aoo.to_string()).and(decisioni_proposte::proposta_id.is_null()))
        .order(proposte_rubrica::id)
        .limit(quanti.saturating_mul(PER_SOGGETTO))
        .select((proposte_rubrica::soggetto_id, decisioni_proposte::proposta_id.nullable()))
        .load(conn)?;
    let nominati: Vec<String> = righe.into_iter().map(|(id, _)| id).collect();
    let uniti = unione::tenuti(conn, &nominati)?;
    let mut ids: Vec<String> = Vec::new();
    for id in nominati {
        let radice = match uniti.get(&id) {
            Some(tenuto) => unione::radice(conn, *tenuto)?.to_string(),
            None => id,
        };
        if !ids.contains(&radice) {
            ids.push(radice);
        }
    }
    ids.truncate(usize::try_from(quanti).unwrap_or(usize::MAX));
    soggetto::per_ids(conn, aoo, &ids)
}

/// Those of these rows that were decided in one of these ways.
fn decise(conn: &mut Conn, righe: &[Riga], esiti: &[&str]) -> Result<HashSet<String>, Errore> {
    let ids: Vec<&str> = righe.iter().map(|r| r.id.as_str()).collect();
    let trovate: Vec<String> = decisioni_proposte::table
        .filter(decisioni_proposte::proposta_id.eq_any(ids).and(decisioni_proposte::esito.eq_any(esiti)))
        .select(decisioni_proposte::proposta_id)
        .load(conn)?;
    Ok(trovate.into_iter().collect())
}

/// The data that may be proposed.
const DATI: [&str; 9] =
    ["nome", "cognome", "denominazione", "codice-fiscale", "codice-ipa", "codice-aoo", "pec", "email", "posta"];

/// What a soggetto says of a datum that is no address.
fn attuale(s: &Soggetto, dato: &str) -> Option<String> {
    match (dato, &s.parte.nome) {
        ("denominazione", NomeParte::Denominazione(d)) => Some(d.to_string()),
        ("nome", NomeParte::Persona { nome, .. }) => Some(nome.to_string()),
        ("cognome", NomeParte::Persona { cognome, .. }) => Some(cognome.to_string()),
        ("codice-fiscale", _) => s.parte.codice_fiscale.as_ref().map(ToString::to_string),
        ("codice-ipa", _) => s.parte.codice_ipa.as_ref().map(ToString::to_string),
        ("codice-aoo", _) => s.parte.codice_aoo.as_ref().map(ToString::to_string),
        _ => None,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = proposte_rubrica, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    soggetto_id: String,
    recapito_id: Option<String>,
    dato: String,
    valore: String,
    fonte: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn leggi(self, s: &Soggetto) -> Result<Proposta, Rifiuto> {
        let suo = s.recapiti.iter().find(|r| Some(r.id.to_string()) == self.recapito_id);
        let dato = DATI.into_iter().find(|d| *d == self.dato);
        Ok(Proposta {
            id: self.id.parse()?,
            soggetto: self.soggetto_id.parse()?,
            differenza: Differenza {
                dato: dato.ok_or_else(|| Rifiuto::new("dato", format!("vale uno di: {}", DATI.join(", "))))?,
                attuale: suo.map(|r| r.indirizzo.valore().to_owned()).or_else(|| attuale(s, &self.dato)),
                recapito: suo.map(|r| r.id),
                valore: self.valore,
            },
            provenienza: Provenienza {
                fonte: self.fonte.parse()?,
                autore: self.autore,
                istante: Istante::from_utc(self.istante),
            },
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("soggetto", &self.soggetto_id)
            .forse("recapito", self.recapito_id.as_ref())
            .campo("dato", &self.dato)
            .campo("valore", &self.valore)
            .campo("fonte", &self.fonte)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = decisioni_proposte)]
struct Decisa {
    proposta_id: String,
    esito: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Decisa {
    fn carico(&self) -> Carico {
        Carico::new(ATTO_DECISIONE, 1)
            .campo("proposta", &self.proposta_id)
            .campo("esito", &self.esito)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(proposte_rubrica::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        proposte_rubrica::table.filter(proposte_rubrica::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn conta_decisioni(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(decisioni_proposte::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_decisioni(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Decisa> = decisioni_proposte::table
        .filter(decisioni_proposte::proposta_id.eq_any(ids))
        .select(Decisa::as_select())
        .load(conn)?;
    Ok(righe.into_iter().map(|r| (r.proposta_id.clone(), r.carico())).collect())
}
