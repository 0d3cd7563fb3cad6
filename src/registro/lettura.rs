//! The register read back, through the eyes of whoever asks.

use super::acquisizione::{Acquisita, Riga as RigaAcquisita};
use super::carico::raggruppa;
use super::righe::{RigaCorrispondente, RigaDocumento, RigaRegistrazione};
use super::riservatezza::{self, riservata};
use super::{
    Annullamento, Corrispondente, DatoAnnullato, DatoVariato, Errore, Flusso, Mezzo, ProtocolloMittente,
    RuoloDocumento, annullamento, dato, uscita, variazione,
};
use crate::segnatura::{Identificatore, NomeParte, Parte};
use crate::storage::schema::{
    acquisizioni, corrispondenti, documenti_registrati, fascicolazioni, file, registrazioni, segnature, visibilita,
};
use crate::storage::{self, Conn};
use crate::utenti::visibilita::{Concesse, Vista};
use crate::valori::{FascicoloId, Impronta, Istante, NomeFile, NumeroProtocollo, Oggetto, RegistrazioneId, Testo};
use chrono::NaiveDate;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// A file of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentoRegistrato {
    /// Main document or attachment.
    pub ruolo: RuoloDocumento,
    /// SHA-256 of its bytes.
    pub impronta: Impronta,
    /// Its name.
    pub nome: NomeFile,
    /// What it is, in words.
    pub descrizione: Option<Testo>,
    /// What it looks like.
    pub media_type: String,
    /// Its length in bytes.
    pub dimensione: i64,
    /// The act by which it was added, if it was not there when the registration was made.
    pub acquisita: Option<Acquisita>,
}

/// An entry of the register.
#[derive(Debug, Clone)]
pub struct Registrazione {
    /// Its id.
    pub id: RegistrazioneId,
    /// Its year.
    pub anno: i32,
    /// Its number.
    pub numero: NumeroProtocollo,
    /// When it was made.
    pub istante: Istante,
    /// Direction.
    pub flusso: Flusso,
    /// Subject.
    pub oggetto: Oggetto,
    /// How it travelled.
    pub mezzo: Mezzo,
    /// Parties, in order.
    pub corrispondenti: Vec<Corrispondente>,
    /// The *presentazione*, if it is not the instant of registration.
    pub arrivo: Option<Istante>,
    /// The sender's own number.
    pub protocollo_mittente: Option<ProtocolloMittente>,
    /// Kind of document.
    pub tipologia: Option<Testo>,
    /// The date of the main document.
    pub data_documento: Option<NaiveDate>,
    /// True if only some may see it.
    pub riservato: bool,
    /// What it answers.
    pub risponde_a: Option<RegistrazioneId>,
    /// The line of segnatura.
    pub segnatura: Identificatore,
    /// Files, the main one first, then those that were added later.
    pub documenti: Vec<DocumentoRegistrato>,
    /// Its annulment, if it was annulled: it keeps its number and its place.
    pub annullamento: Option<Annullamento>,
    /// The data that were annulled, oldest first; the values above are those in force.
    pub dati_annullati: Vec<DatoAnnullato>,
    /// The changeable data that were changed, oldest first; the values above are those in force.
    pub dati_variati: Vec<DatoVariato>,
}

impl Registrazione {
    /// True if a value that was annulled is not for whoever reads: neither is a paper made before that holds it.
    #[must_use]
    pub fn ha_nascosti(&self) -> bool {
        self.dati_annullati.iter().any(|d| d.prima.is_none())
    }
}

type Boxed<'a> = registrazioni::BoxedQuery<'a, <Conn as Connection>::Backend>;

/// The rows that may be seen: the start of every query of the register.
pub fn vede(vista: &Vista) -> Boxed<'static> {
    let dell_aoo = registrazioni::table.filter(registrazioni::aoo_id.eq(vista.aoo().to_string())).into_boxed();
    // Looked up for each row that is met: an office may have been granted hundreds of thousands.
    let concessa = exists(
        visibilita::table
            .filter(visibilita::ufficio_id.eq_any(vista.uffici()).and(visibilita::oggetto_id.eq(registrazioni::id))),
    );
    let concessa = concessa.or(registrazioni::id.eq_any(vista.visioni()));
    match vista {
        Vista::Intera(_) => dell_aoo,
        Vista::SenzaRiservati(..) => dell_aoo.filter(not(riservata()).or(concessa)),
        Vista::Uffici(..) => dell_aoo.filter(concessa),
    }
}

/// True if there is such a registration and it may be seen.
///
/// # Errors
/// Those of the database.
pub fn visibile(conn: &mut Conn, vista: &Vista, id: RegistrazioneId) -> Result<bool, Errore> {
    let righe: i64 = vede(vista).filter(registrazioni::id.eq(id.to_string())).count().get_result(conn)?;
    Ok(righe > 0)
}

/// Those of these registrations that may be seen, by id.
///
/// # Errors
/// Those of the database.
pub fn visibili(conn: &mut Conn, vista: &Vista, ids: &[RegistrazioneId]) -> Result<HashSet<String>, Errore> {
    let testuali: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let viste = vede(vista).filter(registrazioni::id.eq_any(testuali)).select(registrazioni::id);
    Ok(viste.load(conn)?.into_iter().collect())
}

/// The registration with this id.
///
/// # Errors
/// `Sconosciuta` if there is none or it may not be seen.
pub fn per_id(conn: &mut Conn, vista: &Vista, id: RegistrazioneId) -> Result<Registrazione, Errore> {
    let righe =
        vede(vista).filter(registrazioni::id.eq(id.to_string())).select(RigaRegistrazione::as_select()).load(conn)?;
    completa(conn, vista, righe)?.pop().ok_or(Errore::Sconosciuta)
}

/// Those of these registrations that may be seen, in the order in which they are asked.
///
/// # Errors
/// Those of the database.
pub fn per_ids(conn: &mut Conn, vista: &Vista, ids: &[RegistrazioneId]) -> Result<Vec<Registrazione>, Errore> {
    let testuali: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let righe =
        vede(vista).filter(registrazioni::id.eq_any(testuali)).select(RigaRegistrazione::as_select()).load(conn)?;
    let mut trovate = completa(conn, vista, righe)?;
    trovate.sort_by_key(|r| ids.iter().position(|id| *id == r.id));
    Ok(trovate)
}

/// The registration of a year with this number.
///
/// # Errors
/// Those of the database.
pub fn per_numero(
    conn: &mut Conn,
    vista: &Vista,
    anno: i32,
    numero: NumeroProtocollo,
) -> Result<Option<Registrazione>, Errore> {
    let righe = vede(vista)
        .filter(registrazioni::anno.eq(anno).and(registrazioni::numero.eq(numero.valore())))
        .select(RigaRegistrazione::as_select())
        .load(conn)?;
    Ok(completa(conn, vista, righe)?.pop())
}

/// The registrations of a year with these numbers, in the order of the numbers.
///
/// # Errors
/// Those of the database.
pub fn per_numeri(
    conn: &mut Conn,
    vista: &Vista,
    anno: i32,
    numeri: &[NumeroProtocollo],
) -> Result<Vec<Registrazione>, Errore> {
    let numeri: Vec<i64> = numeri.iter().map(|n| n.valore()).collect();
    let righe = vede(vista)
        .filter(registrazioni::anno.eq(anno).and(registrazioni::numero.eq_any(numeri)))
        .order(registrazioni::numero)
        .select(RigaRegistrazione::as_select())
        .load(conn)?;
    completa(conn, vista, righe)
}

/// The newest registrations before `prima` (the id of the last one of the page before), at most `quante`.
///
/// # Errors
/// Those of the database.
pub fn ultime(
    conn: &mut Conn,
    vista: &Vista,
    prima: Option<RegistrazioneId>,
    quante: i64,
) -> Result<Vec<Registrazione>, Errore> {
    let mut query = vede(vista).order(registrazioni::id.desc()).limit(quante).select(RigaRegistrazione::as_select());
    if let Vista::Uffici(_, concesse) = vista {
        query = query.filter(registrazioni::id.eq_any(ultime_concesse(conn, concesse, prima, quante)?));
    } else if let Some(id) = prima {
        query = query.filter(registrazioni::id.lt(id.to_string()));
    }
    let righe = query.load(conn)?;
    completa(conn, vista, righe)
}

/// What the register shows of an entry.
#[derive(Debug, Clone)]
pub enum VoceRegistro {
    /// All of it, to who may see it.
    Aperta(Box<Registrazione>),
    /// That there is one, to who sees the register but not what is riservato to others.
    Riservata {
        /// Its year.
        anno: i32,
        /// Its number.
        numero: NumeroProtocollo,
        /// When it was made.
        istante: Istante,
        /// Direction.
        flusso: Flusso,
    },
}

/// A page of the register as a whole, for who reads it as such: as [`ultime`], with the riservate of others in their places, of which
/// only number, time and flow are told (DESIGN.md, section 6). Nothing but the place in the register chooses what is in it: a page that
/// filters by anything else would tell of them by leaving them in or out. Also says where the next page begins, if there is one.
///
/// # Errors
/// Those of the database.
pub fn pagina_di_registro(
    conn: &mut Conn,
    vista: &Vista,
    prima: Option<RegistrazioneId>,
    quante: i64,
) -> Result<(Vec<VoceRegistro>, Option<RegistrazioneId>), Errore> {
    // Who sees only what was granted to an office does not read the register.
    let intera = if let Vista::Uffici(..) = vista { vista.clone() } else { Vista::Intera(vista.aoo()) };
    let mut tutte = ultime(conn, &intera, prima, quante.saturating_add(1))?;
    let altre = i64::try_from(tutte.len()).is_ok_and(|n| n > quante);
    if altre {
        tutte.pop();
    }
    let cursore = tutte.last().filter(|_| altre).map(|r| r.id);
    let ids: Vec<RegistrazioneId> = tutte.iter().map(|r| r.id).collect();
    // Read again through their own eyes: also an annulled value may be hidden from them.
    let viste = per_ids(conn, vista, &ids)?;
    let mut viste: HashMap<String, Registrazione> = viste.into_iter().map(|r| (r.id.to_string(), r)).collect();
    let voce = |r: Registrazione| match viste.remove(&r.id.to_string()) {
        Some(vista) => VoceRegistro::Aperta(Box::new(vista)),
        None => VoceRegistro::Riservata { anno: r.anno, numero: r.numero, istante: r.istante, flusso: r.flusso },
    };
    Ok((tutte.into_iter().map(voce).collect(), cursore))
}

/// The ids of the newest registrations that were granted, more than enough for a page: those that the person was given to look at, and
/// those of the offices, read office by office from their grants, which stand in this order, since an office that was granted few would be
/// looked for through the whole register.
fn ultime_concesse(
    conn: &mut Conn,
    concesse: &Concesse,
    prima: Option<RegistrazioneId>,
    quante: i64,
) -> Result<Vec<String>, Errore> {
    let date = concesse.visioni.iter().filter(|id| prima.is_none_or(|p| **id < p));
    let mut ids: Vec<String> = date.map(ToString::to_string).collect();
    for ufficio in &concesse.uffici {
        let mut query = visibilita::table
            .inner_join(registrazioni::table.on(registrazioni::id.eq(visibilita::oggetto_id)))
            .filter(visibilita::ufficio_id.eq(ufficio.to_string()))
            .order(visibilita::oggetto_id.desc())
            .limit(quante)
            .select(visibilita::oggetto_id)
            .into_boxed();
        if let Some(id) = prima {
            query = query.filter(visibilita::oggetto_id.lt(id.to_string()));
        }
        ids.extend(query.load::<String>(conn)?);
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    ids.truncate(usize::try_from(quante).unwrap_or(0));
    Ok(ids)
}

/// The registrations that answer this one, oldest first.
///
/// # Errors
/// Those of the database.
pub fn risposte(conn: &mut Conn, vista: &Vista, a: RegistrazioneId) -> Result<Vec<Registrazione>, Errore> {
    let righe = vede(vista)
        .filter(registrazioni::risponde_a.eq(a.to_string()))
        .order(registrazioni::id)
        .select(RigaRegistrazione::as_select())
        .load(conn)?;
    completa(conn, vista, righe)
}

/// The registrations filed in a fascicolo after `dopo`, oldest first, at most `quante`.
///
/// # Errors
/// Those of the database.
pub fn nel_fascicolo(
    conn: &mut Conn,
    vista: &Vista,
    fascicolo: FascicoloId,
    dopo: Option<RegistrazioneId>,
    quante: i64,
) -> Result<Vec<Registrazione>, Errore> {
    let righe = fascicolate(vista, fascicolo)
        .filter(registrazioni::id.gt(dopo.map(|id| id.to_string()).unwrap_or_default()))
        .order(registrazioni::id)
        .limit(quante)
        .select(RigaRegistrazione::as_select())
        .load(conn)?;
    completa(conn, vista, righe)
}

/// How many registrations are filed in a fascicolo.
///
/// # Errors
/// Those of the database.
pub fn quante_nel_fascicolo(conn: &mut Conn, vista: &Vista, fascicolo: FascicoloId) -> Result<usize, Errore> {
    let quante: i64 = fascicolate(vista, fascicolo).count().get_result(conn)?;
    Ok(usize::try_from(quante).unwrap_or(0))
}

fn fascicolate(vista: &Vista, fascicolo: FascicoloId) -> Boxed<'static> {
    let dentro = fascicolazioni::table
        .filter(fascicolazioni::fascicolo_id.eq(fascicolo.to_string()))
        .select(fascicolazioni::registrazione_id);
    vede(vista).filter(registrazioni::id.eq_any(dentro))
}

/// The XML of the segnatura, 60/2013, as it was written at registration.
///
/// # Errors
/// `Sconosciuta` if the registration may not be seen, or a value that it holds was annulled and is riservato, `SegnaturaNonPrevista` if it has none.
pub fn segnatura_xml(conn: &mut Conn, vista: &Vista, id: RegistrazioneId) -> Result<String, Errore> {
    let registrazione = per_id(conn, vista, id)?;
    if registrazione.ha_nascosti() {
        return Err(Errore::Sconosciuta);
    }
    let xml: Option<String> = segnature::table
        .filter(segnature::registrazione_id.eq(id.to_string()).and(segnature::dialetto.eq(uscita::DIALETTO)))
        .select(segnature::xml)
        .first(conn)
        .optional()?;
    xml.ok_or(Errore::SegnaturaNonPrevista(registrazione.numero))
}

/// The line of segnatura of a registration, whoever may see it: for whoever writes a reference to it.
///
/// # Errors
/// `Sconosciuta` if there is none.
pub fn identificatore(conn: &mut Conn, id: RegistrazioneId) -> Result<Identificatore, Errore> {
    let linea: Option<String> = registrazioni::table
        .filter(registrazioni::id.eq(id.to_string()))
        .select(registrazioni::segnatura)
        .first(conn)
        .optional()?;
    let linea = linea.ok_or(Errore::Sconosciuta)?;
    Ok(linea.parse().map_err(|e| storage::Errore::riga("registrazioni", e))?)
}

/// Adds parties, files and annulments to rows, in a few queries for all of them: the one place where the values in force are
/// derived.
fn completa(conn: &mut Conn, vista: &Vista, righe: Vec<RigaRegistrazione>) -> Result<Vec<Registrazione>, Errore> {
    let ids: Vec<&str> = righe.iter().map(|r| r.id.as_str()).collect();
    let mut parti = raggruppa(
        corrispondenti::table
            .filter(corrispondenti::registrazione_id.eq_any(&ids))
            .order((corrispondenti::registrazione_id, corrispondenti::posizione))
            .select(RigaCorrispondente::as_select())
            .load(conn)?,
        |c: &RigaCorrispondente| c.registrazione_id.clone(),
    );
    let file: Vec<(RigaDocumento, String, i64)> = documenti_registrati::table
        .inner_join(file::table.on(file::sha256.eq(documenti_registrati::sha256)))
        .filter(documenti_registrati::registrazione_id.eq_any(&ids))
        .order((documenti_registrati::registrazione_id, documenti_registrati::posizione))
        .select((RigaDocumento::as_select(), file::media_type, file::dimensione))
        .load(conn)?;
    let mut file = raggruppa(file, |(d, ..)| d.registrazione_id.clone());
    let scansioni: Vec<(RigaAcquisita, String, i64)> = acquisizioni::table
        .inner_join(file::table.on(file::sha256.eq(acquisizioni::sha256)))
        .filter(acquisizioni::registrazione_id.eq_any(&ids))
        .order(acquisizioni::id)
        .select((RigaAcquisita::as_select(), file::media_type, file::dimensione))
        .load(conn)?;
    let mut scansioni = raggruppa(scansioni, |(a, ..)| a.registrazione_id.clone());
    let mut annullamenti = annullamento::di(conn, &ids)?;
    let mut dati = dato::di(conn, &ids)?;
    let con_riservati = dati.values().flatten().any(|d| d.riservato);
    let svelate = if con_riservati { dato::svelate(conn, vista, &ids)? } else { HashSet::new() };
    let riservate = riservatezza::di(conn, &ids)?;
    let mut variati = variazione::di(conn, &ids)?;
    righe
        .into_iter()
        .map(|r| {
            let (parti, file) = (parti.remove(&r.id).unwrap_or_default(), file.remove(&r.id).unwrap_or_default());
            let (annullamento, dati) = (annullamenti.remove(&r.id), dati.remove(&r.id).unwrap_or_default());
            let variati = variati.remove(&r.id).unwrap_or_default();
            let svelata = svelate.contains(&r.id);
            let riservato = riservate.get(&r.id).copied().unwrap_or(r.riservato);
            let letta = valore(r, parti, file, annullamento).map_err(|e| storage::Errore::riga("registrazioni", e))?;
            let mut registrazione = Registrazione { riservato, ..letta };
            for scansione in scansioni.remove(registrazione.id.to_string().as_str()).unwrap_or_default() {
                let scansione = acquisito(scansione).map_err(|e| storage::Errore::riga("acquisizioni", e))?;
                registrazione.documenti.push(scansione);
            }
            // After the scans, whose descriptions may have been changed too.
            variazione::applica(&mut registrazione, variati)?;
            dato::applica(&mut registrazione, dati, svelata)?;
            Ok(registrazione)
        })
        .collect()
}

fn valore(
    r: RigaRegistrazione,
    parti: Vec<RigaCorrispondente>,
    file: Vec<(RigaDocumento, String, i64)>,
    annullamento: Option<Annullamento>,
) -> Result<Registrazione, crate::valori::Rifiuto> {
    let protocollo_mittente = match r.protocollo_mittente_numero {
        Some(numero) => Some(ProtocolloMittente { numero: numero.parse()?, data: r.protocollo_mittente_data }),
        None => None,
    };
    Ok(Registrazione {
        id: r.id.parse()?,
        anno: r.anno,
        numero: NumeroProtocollo::new(r.numero)?,
        istante: Istante::from_utc(r.istante),
        flusso: r.flusso.parse()?,
        oggetto: r.oggetto.parse()?,
        mezzo: r.mezzo.parse()?,
        corrispondenti: parti.into_iter().map(corrispondente).collect::<Result<_, _>>()?,
        arrivo: r.arrivo.map(Istante::from_utc),
        protocollo_mittente,
        tipologia: r.tipologia.map(|t| t.parse()).transpose()?,
        data_documento: r.data_documento,
        riservato: r.riservato,
        risponde_a: r.risponde_a.map(|t| t.parse()).transpose()?,
        segnatura: r.segnatura.parse()?,
        documenti: file.into_iter().map(documento).collect::<Result<_, _>>()?,
        annullamento,
        dati_annullati: Vec::new(),
        dati_variati: Vec::new(),
    })
}

pub(super) fn corrispondente(c: RigaCorrispondente) -> Result<Corrispondente, crate::valori::Rifiuto> {
    let nome = match (c.denominazione, c.nome, c.cognome) {
        (None, Some(nome), Some(cognome)) => NomeParte::Persona { nome: nome.parse()?, cognome: cognome.parse()? },
        (denominazione, ..) => NomeParte::Denominazione(denominazione.unwrap_or_default().parse()?),
    };
    let parte = Parte {
        tipo: c.tipo.parse()?,
        nome,
        codice_fiscale: c.codice_fiscale.map(|t| t.parse()).transpose()?,
        codice_ipa: c.codice_ipa.map(|t| t.parse()).transpose()?,
        codice_aoo: c.codice_aoo.map(|t| t.parse()).transpose()?,
        codice_uo: c.codice_uo.map(|t| t.parse()).transpose()?,
        pec: c.pec.map(|t| t.parse()).transpose()?,
    };
    Ok(Corrispondente { ruolo: c.ruolo.parse()?, parte, per_conoscenza: c.per_conoscenza })
}

fn documento(
    (d, media_type, dimensione): (RigaDocumento, String, i64),
) -> Result<DocumentoRegistrato, crate::valori::Rifiuto> {
    Ok(DocumentoRegistrato {
        ruolo: d.ruolo.parse()?,
        impronta: d.sha256.parse()?,
        nome: d.nome.parse()?,
        descrizione: d.descrizione.map(|t| t.parse()).transpose()?,
        media_type,
        dimensione,
        acquisita: None,
    })
}

/// A file that came later, after those that were there.
fn acquisito(
    (a, media_type, dimensione): (RigaAcquisita, String, i64),
) -> Result<DocumentoRegistrato, crate::valori::Rifiuto> {
    Ok(DocumentoRegistrato {
        ruolo: a.ruolo.parse()?,
        impronta: a.sha256.parse()?,
        nome: a.nome.parse()?,
        acquisita: Some(a.acquisita()?),
        descrizione: a.descrizione.map(|t| t.parse()).transpose()?,
        media_type,
        dimensione,
    })
}
