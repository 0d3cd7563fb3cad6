//! What is in a stretch of the chain: counted first, then read again row by row, in chunks. It does not change any more.

use super::modello::{Allegato, Modifica, Parte, Sommario, Voce};
use crate::audit::{Merkle, ORIGINE};
use crate::registro::righe::{RigaCorrispondente, RigaDocumento, RigaRegistrazione};
use crate::registro::valore::{Campo, Valore};
use crate::registro::{Errore, Flusso, RuoloCorrispondente, RuoloDocumento, acquisizione, annullamento, carico, dato};
use crate::registro::{carico::raggruppa, riservatezza, variazione};
use crate::storage::schema::{
    acquisizioni, annullamenti, corrispondenti, dati_annullati, dati_variati, documenti_registrati, eventi,
    registrazioni, riservatezze,
};
use crate::storage::{self, Conn, Db};
use crate::utenti::{self, Aoo};
use crate::valori::{Attore, Istante, NumeroProtocollo, Rifiuto};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use std::collections::HashMap;

/// Links read at a time: one snapshot each, so that writers never wait.
const BLOCCO: i64 = 1_000;
/// Acts that change a registration.
const MODIFICHE: [&str; 5] = [annullamento::ATTO, dato::ATTO, riservatezza::ATTO, acquisizione::ATTO, variazione::ATTO];

/// Places of the first and the last link.
pub(super) type Tratto = (i64, i64);

/// The last link after `dopo` whose act came before `confine`; `dopo` if there is none. A clock that went back may have left later
/// instants in between.
pub(super) fn ultimo_prima(db: &Db, aoo: &Aoo, dopo: i64, confine: Istante) -> Result<i64, Errore> {
    let (mut letti, mut ultimo) = (dopo, dopo);
    loop {
        let blocco: Vec<(i64, NaiveDateTime)> = db.leggi(|conn| {
            eventi::table
                .filter(eventi::aoo_id.eq(aoo.id.to_string()).and(eventi::posizione.gt(letti)))
                .order(eventi::posizione)
                .limit(BLOCCO)
                .select((eventi::posizione, eventi::istante))
                .load(conn)
                .map_err(Errore::from)
        })?;
        let Some((fine, _)) = blocco.last() else { return Ok(ultimo) };
        letti = *fine;
        match blocco.iter().rev().find(|(_, istante)| Istante::from_utc(*istante) < confine) {
            Some((posizione, _)) => ultimo = *posizione,
            None if db.leggi(|conn| ancora(conn, aoo, letti, confine))? => {}
            None => return Ok(ultimo),
        }
    }
}

/// True if after a link there is still a registration, or a change of one, from before `confine`: a clock that was ahead may have
/// left any number of links in front of it.
fn ancora(conn: &mut Conn, aoo: &Aoo, letti: i64, confine: Istante) -> Result<bool, Errore> {
    macro_rules! ultima {
        ($tabella:ident, $id:ident, $atto:expr) => {
            $tabella::table
                .inner_join(eventi::table.on(eventi::oggetto_id.eq($tabella::$id).and(eventi::tipo.eq($atto))))
                .filter($tabella::aoo_id.eq(aoo.id.to_string()).and(eventi::aoo_id.eq(aoo.id.to_string())))
                .filter($tabella::istante.lt(confine.utc()))
                .order($tabella::istante.desc())
                .select(eventi::posizione)
                .first::<i64>(conn)
                .optional()?
        };
    }
    let ultime = [
        ultima!(registrazioni, id, carico::ATTO),
        ultima!(annullamenti, registrazione_id, annullamento::ATTO),
        ultima!(dati_annullati, id, dato::ATTO),
        ultima!(riservatezze, id, riservatezza::ATTO),
        ultima!(dati_variati, id, variazione::ATTO),
        ultima!(acquisizioni, id, acquisizione::ATTO),
    ];
    Ok(ultime.into_iter().flatten().any(|posizione| posizione > letti))
}

/// The last link that says what time it is: of a person, an application or a step that somebody set going, or of a register, which
/// is only made while the clock is believed. What works by itself would repeat a wrong clock.
pub(super) fn testimone(conn: &mut Conn, aoo: &Aoo) -> Result<Option<Istante>, Errore> {
    let da_se = ["avvio", "pec", "conservazione", "metronomo"].map(|passo| Attore::Sistema(passo).to_string());
    let istante: Option<NaiveDateTime> = eventi::table
        .filter(eventi::aoo_id.eq(aoo.id.to_string()).and(eventi::attore.ne_all(da_se)))
        .order(eventi::posizione.desc())
        .select(eventi::istante)
        .first(conn)
        .optional()?;
    Ok(istante.map(Istante::from_utc))
}

/// The day of the first registration or change after a link.
pub(super) fn che_segue(conn: &mut Conn, aoo: &Aoo, dopo: i64) -> Result<Option<chrono::NaiveDate>, Errore> {
    let istante: Option<NaiveDateTime> = eventi::table
        .filter(eventi::aoo_id.eq(aoo.id.to_string()).and(eventi::posizione.gt(dopo)))
        .filter(eventi::tipo.eq_any([carico::ATTO].iter().chain(&MODIFICHE)))
        .order(eventi::posizione)
        .select(eventi::istante)
        .first(conn)
        .optional()?;
    Ok(istante.map(|i| Istante::from_utc(i).giorno()))
}

/// What a stretch holds.
pub(super) fn conta(db: &Db, aoo: &Aoo, (da, a): Tratto) -> Result<Sommario, Errore> {
    let mut merkle = Merkle::default();
    let mut sommario = Sommario {
        numeri: None,
        istanti: None,
        registrazioni: 0,
        modifiche: 0,
        posizioni: (da, a),
        anello: String::new(),
        radice: String::new(),
    };
    let mut estremi: Option<(String, String)> = None;
    let mut letti = da - 1;
    loop {
        type Riga = (i64, String, String, String);
        let blocco: Vec<Riga> = db.leggi(|conn| {
            del_tratto(aoo, letti, a)
                .order(eventi::posizione)
                .limit(BLOCCO)
                .select((eventi::posizione, eventi::tipo, eventi::oggetto_id, eventi::anello))
                .load(conn)
                .map_err(Errore::from)
        })?;
        let Some((ultimo, ..)) = blocco.last() else { break };
        letti = *ultimo;
        for (_, tipo, id, anello) in blocco {
            merkle.aggiungi(&hex::decode(&anello).map_err(|e| storage::Errore::riga("eventi", e))?);
            if tipo == carico::ATTO {
                sommario.registrazioni += 1;
                estremi = Some((estremi.map_or_else(|| id.clone(), |(prima, _)| prima), id));
            } else if MODIFICHE.contains(&tipo.as_str()) {
                sommario.modifiche += 1;
            }
            sommario.anello = anello;
        }
    }
    if let Some((prima, ultima)) = estremi {
        let ((prima, dalle), (ultima, alle)) =
            db.leggi(|conn| Ok::<_, Errore>((numero(conn, &prima)?, numero(conn, &ultima)?)))?;
        (sommario.numeri, sommario.istanti) = (Some((prima, ultima)), Some((dalle, alle)));
    }
    if sommario.anello.is_empty() {
        sommario.anello = db.leggi(|conn| anello(conn, aoo, a))?;
    }
    sommario.radice = hex::encode(merkle.radice());
    Ok(sommario)
}

type Boxed<'a> = eventi::BoxedQuery<'a, <Conn as Connection>::Backend>;

fn del_tratto(aoo: &Aoo, dopo: i64, a: i64) -> Boxed<'static> {
    eventi::table
        .filter(eventi::aoo_id.eq(aoo.id.to_string()))
        .filter(eventi::posizione.gt(dopo).and(eventi::posizione.le(a)))
        .into_boxed()
}

fn numero(conn: &mut Conn, id: &str) -> Result<(NumeroProtocollo, Istante), Errore> {
    let (numero, istante): (i64, NaiveDateTime) = registrazioni::table
        .filter(registrazioni::id.eq(id))
        .select((registrazioni::numero, registrazioni::istante))
        .first(conn)?;
    let numero = NumeroProtocollo::new(numero).map_err(no)?;
    Ok((numero, Istante::from_utc(istante)))
}

/// The link at a place: what a day without acts ends with.
fn anello(conn: &mut Conn, aoo: &Aoo, posizione: i64) -> Result<String, Errore> {
    let anello: Option<String> = eventi::table
        .filter(eventi::aoo_id.eq(aoo.id.to_string()).and(eventi::posizione.eq(posizione)))
        .select(eventi::anello)
        .first(conn)
        .optional()?;
    Ok(anello.unwrap_or_else(|| ORIGINE.to_owned()))
}

/// Calls `scrivi` with each registration of a stretch, in order.
pub(super) fn voci(
    db: &Db,
    aoo: &Aoo,
    (da, a): Tratto,
    mut scrivi: impl FnMut(&Voce) -> Result<(), Errore>,
) -> Result<(), Errore> {
    let mut letti = da - 1;
    loop {
        let (ultimo, voci) = db.leggi(|conn| {
            let blocco: Vec<(i64, String)> = del_tratto(aoo, letti, a)
                .filter(eventi::tipo.eq(carico::ATTO))
                .order(eventi::posizione)
                .limit(BLOCCO)
                .select((eventi::posizione, eventi::oggetto_id))
                .load(conn)?;
            let ultimo = blocco.last().map(|(posizione, _)| *posizione);
            let ids: Vec<String> = blocco.into_iter().map(|(_, id)| id).collect();
            Ok::<_, Errore>((ultimo, completa(conn, aoo, &ids, a)?))
        })?;
        let Some(ultimo) = ultimo else { return Ok(()) };
        letti = ultimo;
        voci.iter().try_for_each(&mut scrivi)?;
    }
}

/// The rows of registrations as they were made; which of them were annulled up to a link.
fn completa(conn: &mut Conn, aoo: &Aoo, ids: &[String], a: i64) -> Result<Vec<Voce>, Errore> {
    let righe: Vec<RigaRegistrazione> =
        registrazioni::table.filter(registrazioni::id.eq_any(ids)).select(RigaRegistrazione::as_select()).load(conn)?;
    let mut righe: HashMap<String, RigaRegistrazione> = righe.into_iter().map(|r| (r.id.clone(), r)).collect();
    let mut parti = raggruppa(
        corrispondenti::table
            .filter(corrispondenti::registrazione_id.eq_any(ids))
            .order((corrispondenti::registrazione_id, corrispondenti::posizione))
            .select(RigaCorrispondente::as_select())
            .load(conn)?,
        |c: &RigaCorrispondente| c.registrazione_id.clone(),
    );
    let mut file = raggruppa(
        documenti_registrati::table
            .filter(documenti_registrati::registrazione_id.eq_any(ids))
            .order((documenti_registrati::registrazione_id, documenti_registrati::posizione))
            .select(RigaDocumento::as_select())
            .load(conn)?,
        |d: &RigaDocumento| d.registrazione_id.clone(),
    );
    let annullate: Vec<(String, i32, i64)> = annullamenti::table
        .inner_join(eventi::table.on(eventi::oggetto_id.eq(annullamenti::registrazione_id)))
        .filter(eventi::tipo.eq(annullamento::ATTO).and(eventi::posizione.le(a)))
        .filter(eventi::aoo_id.eq(aoo.id.to_string()))
        .filter(annullamenti::registrazione_id.eq_any(ids))
        .select((annullamenti::registrazione_id, annullamenti::anno, annullamenti::numero))
        .load(conn)?;
    let mut annullate: HashMap<String, String> =
        annullate.into_iter().map(|(id, anno, numero)| (id, format!("provvedimento n. {numero}/{anno}"))).collect();
    ids.iter()
        .map(|id| {
            let riga = righe.remove(id).ok_or_else(|| {
                storage::Errore::riga("registrazioni", format!("manca la riga {id}, che la catena nomina"))
            })?;
            let (parti, file) = (parti.remove(id).unwrap_or_default(), file.remove(id).unwrap_or_default());
            Ok(voce(riga, parti, file, annullate.remove(id)).map_err(no)?)
        })
        .collect()
}

fn voce(
    r: RigaRegistrazione,
    parti: Vec<RigaCorrispondente>,
    file: Vec<RigaDocumento>,
    annullata: Option<String>,
) -> Result<Voce, Rifiuto> {
    let flusso: Flusso = r.flusso.parse()?;
    Ok(Voce {
        numero: NumeroProtocollo::new(r.numero)?,
        istante: Istante::from_utc(r.istante),
        flusso: flusso.as_str(),
        oggetto: r.oggetto,
        mezzo: r.mezzo,
        corrispondenti: parti.into_iter().map(parte).collect::<Result<_, _>>()?,
        arrivo: r.arrivo.map(Istante::from_utc),
        protocollo_mittente: r.protocollo_mittente_numero.map(|n| (n, r.protocollo_mittente_data)),
        documenti: file.into_iter().map(allegato).collect::<Result<_, _>>()?,
        riservata: r.riservato,
        annullata,
    })
}

fn parte(c: RigaCorrispondente) -> Result<Parte, Rifiuto> {
    let ruolo: RuoloCorrispondente = c.ruolo.parse()?;
    let denominazione = match (c.denominazione, c.nome, c.cognome) {
        (None, Some(nome), Some(cognome)) => format!("{nome} {cognome}"),
        (denominazione, ..) => denominazione.unwrap_or_default(),
    };
    Ok(Parte {
        ruolo: ruolo.as_str(),
        per_conoscenza: c.per_conoscenza,
        denominazione,
        codice_fiscale: c.codice_fiscale,
        codice_ipa: c.codice_ipa,
        pec: c.pec,
    })
}

fn allegato(d: RigaDocumento) -> Result<Allegato, Rifiuto> {
    let ruolo: RuoloDocumento = d.ruolo.parse()?;
    Ok(Allegato { ruolo: ruolo.as_str(), nome: d.nome, impronta: d.sha256.parse()? })
}

/// Calls `scrivi` with each change of a stretch, in order.
pub(super) fn modifiche(
    db: &Db,
    aoo: &Aoo,
    (da, a): Tratto,
    mut scrivi: impl FnMut(&Modifica) -> Result<(), Errore>,
) -> Result<(), Errore> {
    let mut letti = da - 1;
    loop {
        let (ultimo, fatte) = db.leggi(|conn| {
            let blocco: Vec<Evento> = del_tratto(aoo, letti, a)
                .filter(eventi::tipo.eq_any(MODIFICHE))
                .order(eventi::posizione)
                .limit(BLOCCO)
                .select(Evento::as_select())
                .load(conn)?;
            let fatte = blocco.iter().map(|e| modifica(conn, e)).collect::<Result<Vec<_>, Errore>>()?;
            Ok::<_, Errore>((blocco.last().map(|e| e.posizione), fatte))
        })?;
        let Some(ultimo) = ultimo else { return Ok(()) };
        letti = ultimo;
        fatte.iter().try_for_each(&mut scrivi)?;
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = eventi)]
struct Evento {
    posizione: i64,
    tipo: String,
    oggetto_id: String,
    attore: String,
    istante: NaiveDateTime,
}

/// What one act changed. Few acts change anything: each is read by itself.
fn modifica(conn: &mut Conn, e: &Evento) -> Result<Modifica, Errore> {
    let id = e.oggetto_id.as_str();
    let mut m = Modifica {
        tipo: MODIFICHE.into_iter().find(|t| *t == e.tipo).unwrap_or_default(),
        istante: Istante::from_utc(e.istante),
        numero: NumeroProtocollo::new(1).map_err(no)?,
        anno: 0,
        autore: String::new(),
        provvedimento: None,
        campo: None,
        valore: None,
        motivo: None,
        impronta: None,
    };
    let registrazione = match m.tipo {
        annullamento::ATTO => annullata(conn, id, &mut m)?,
        dato::ATTO => rettificata(conn, id, &mut m)?,
        riservatezza::ATTO => {
            let (registrazione, riservato, motivo): (String, bool, String) = riservatezze::table
                .filter(riservatezze::id.eq(id))
                .select((riservatezze::registrazione_id, riservatezze::riservato, riservatezze::motivo))
                .first(conn)?;
            let attore = e.attore.parse().map_err(no)?;
            m.autore = utenti::nome_autore(conn, &attore)?;
            (m.valore, m.motivo) = (Some(if riservato { "riservata" } else { "aperta" }.to_owned()), Some(motivo));
            registrazione
        }
        variazione::ATTO => variata(conn, id, &mut m)?,
        _ => {
            let (registrazione, nome, sha256, autore): (String, String, String, String) = acquisizioni::table
                .filter(acquisizioni::id.eq(id))
                .select((
                    acquisizioni::registrazione_id,
                    acquisizioni::nome,
                    acquisizioni::sha256,
                    acquisizioni::autore,
                ))
                .first(conn)?;
            (m.valore, m.impronta, m.autore) = (Some(nome), Some(sha256.parse().map_err(no)?), autore);
            registrazione
        }
    };
    let (numero, anno): (i64, i32) = registrazioni::table
        .filter(registrazioni::id.eq(&registrazione))
        .select((registrazioni::numero, registrazioni::anno))
        .first(conn)?;
    (m.numero, m.anno) = (NumeroProtocollo::new(numero).map_err(no)?, anno);
    Ok(m)
}

fn annullata(conn: &mut Conn, registrazione: &str, m: &mut Modifica) -> Result<String, Errore> {
    let (anno, numero, motivo, autore, sha256): (i32, i64, String, String, Option<String>) = annullamenti::table
        .filter(annullamenti::registrazione_id.eq(registrazione))
        .select((
            annullamenti::anno,
            annullamenti::numero,
            annullamenti::motivo,
            annullamenti::autore,
            annullamenti::sha256,
        ))
        .first(conn)?;
    m.provvedimento = Some(format!("provvedimento n. {numero}/{anno}"));
    (m.motivo, m.autore) = (Some(motivo), autore);
    m.impronta = sha256.map(|s| s.parse()).transpose().map_err(no)?;
    Ok(registrazione.to_owned())
}

fn rettificata(conn: &mut Conn, id: &str, m: &mut Modifica) -> Result<String, Errore> {
    type Riga = (String, String, Option<String>, i32, i64, String, String, String);
    let (registrazione, campo, valore, anno, numero, motivo, autore, sha256): Riga = dati_annullati::table
        .filter(dati_annullati::id.eq(id))
        .select((
            dati_annullati::registrazione_id,
            dati_annullati::campo,
            dati_annullati::valore,
            dati_annullati::anno,
            dati_annullati::numero,
            dati_annullati::motivo,
            dati_annullati::autore,
            dati_annullati::sha256,
        ))
        .first(conn)?;
    let campo: Campo = campo.parse().map_err(no)?;
    m.provvedimento = Some(format!("provvedimento n. {numero}/{anno}"));
    (m.campo, m.valore) = (Some(campo.nome().to_owned()), Some(Valore::leggi(campo, valore.as_deref())?.leggibile()));
    (m.motivo, m.autore, m.impronta) = (Some(motivo), autore, Some(sha256.parse().map_err(no)?));
    Ok(registrazione)
}

/// The value of a changeable datum: before, then after.
fn variata(conn: &mut Conn, id: &str, m: &mut Modifica) -> Result<String, Errore> {
    let riga = variazione::una(conn, id)?;
    let v = riga.valore().map_err(no)?;
    let o_niente = |testo: Option<String>| testo.unwrap_or_else(|| "(niente)".to_owned());
    m.campo = Some(v.dopo.nome());
    m.valore = Some(format!("{} (prima: {})", o_niente(v.dopo.testo()), o_niente(v.prima.testo())));
    (m.motivo, m.autore) = (v.motivo.map(|t| t.to_string()), v.autore);
    Ok(riga.registrazione().to_owned())
}

fn no(e: Rifiuto) -> storage::Errore {
    storage::Errore::riga("registro", e)
}
