//! The canonical text of a registration: made from its rows when it is registered and again when the chain is verified.

use super::righe::{RigaCorrispondente, RigaDocumento, RigaRegistrazione};
use crate::audit::Carico;
use crate::storage::schema::{corrispondenti, documenti_registrati, registrazioni, segnature};
use crate::storage::{self, Conn};
use crate::valori::{Impronta, Istante};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "registrazione";

pub(super) fn carico(
    r: &RigaRegistrazione,
    corrispondenti: &[RigaCorrispondente],
    documenti: &[RigaDocumento],
    segnature: &[(String, String)],
) -> Carico {
    let mut carico = Carico::new(ATTO, 1)
        .campo("id", &r.id)
        .campo("aoo", &r.aoo_id)
        .campo("registro", &r.registro)
        .campo("anno", r.anno)
        .campo("numero", r.numero)
        .campo("istante", Istante::from_utc(r.istante))
        .campo("flusso", &r.flusso)
        .campo("oggetto", &r.oggetto)
        .campo("mezzo", &r.mezzo)
        .forse("arrivo", r.arrivo.map(Istante::from_utc))
        .forse("protocollo_mittente_numero", r.protocollo_mittente_numero.as_ref())
        .forse("protocollo_mittente_data", r.protocollo_mittente_data)
        .forse("tipologia", r.tipologia.as_ref())
        .campo("riservato", r.riservato)
        .forse("risponde_a", r.risponde_a.as_ref())
        .campo("segnatura", &r.segnatura)
        .forse("data_documento", r.data_documento);
    for c in corrispondenti {
        carico = carico
            .campo("corrispondente", c.posizione)
            .campo("ruolo", &c.ruolo)
            .campo("per_conoscenza", c.per_conoscenza)
            .campo("tipo", &c.tipo)
            .forse("denominazione", c.denominazione.as_ref())
            .forse("nome", c.nome.as_ref())
            .forse("cognome", c.cognome.as_ref())
            .forse("codice_fiscale", c.codice_fiscale.as_ref())
            .forse("codice_ipa", c.codice_ipa.as_ref())
            .forse("codice_aoo", c.codice_aoo.as_ref())
            .forse("codice_uo", c.codice_uo.as_ref())
            .forse("pec", c.pec.as_ref());
    }
    for d in documenti {
        carico = carico
            .campo("documento", d.posizione)
            .campo("ruolo", &d.ruolo)
            .campo("sha256", &d.sha256)
            .campo("nome", &d.nome)
            .forse("descrizione", d.descrizione.as_ref());
    }
    for (dialetto, xml) in segnature {
        carico = carico.campo("segnatura_xml", format_args!("{dialetto} {}", Impronta::of(xml.as_bytes())));
    }
    carico
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(registrazioni::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<RigaRegistrazione> =
        registrazioni::table.filter(registrazioni::id.eq_any(ids)).select(RigaRegistrazione::as_select()).load(conn)?;
    let mut corr = raggruppa(
        corrispondenti::table
            .filter(corrispondenti::registrazione_id.eq_any(ids))
            .order((corrispondenti::registrazione_id, corrispondenti::posizione))
            .select(RigaCorrispondente::as_select())
            .load(conn)?,
        |c: &RigaCorrispondente| c.registrazione_id.clone(),
    );
    let mut docs = raggruppa(
        documenti_registrati::table
            .filter(documenti_registrati::registrazione_id.eq_any(ids))
            .order((documenti_registrati::registrazione_id, documenti_registrati::posizione))
            .select(RigaDocumento::as_select())
            .load(conn)?,
        |d: &RigaDocumento| d.registrazione_id.clone(),
    );
    // A 3.0.0 segnatura is made later, on request: it is an act of its own and not part of this text.
    let xml: Vec<(String, String, String)> = segnature::table
        .filter(segnature::registrazione_id.eq_any(ids).and(segnature::dialetto.eq(super::uscita::DIALETTO)))
        .select((segnature::registrazione_id, segnature::dialetto, segnature::xml))
        .load(conn)?;
    let mut xml = raggruppa(xml, |(id, ..)| id.clone());
    let carichi = righe.into_iter().map(|r| {
        let (corr, docs) = (corr.remove(&r.id).unwrap_or_default(), docs.remove(&r.id).unwrap_or_default());
        let xml: Vec<_> = xml.remove(&r.id).unwrap_or_default().into_iter().map(|(_, d, x)| (d, x)).collect();
        let carico = carico(&r, &corr, &docs, &xml);
        (r.id, carico)
    });
    Ok(carichi.collect())
}

/// Rows by the registration they belong to, each group in the order of the rows.
pub(super) fn raggruppa<T>(righe: Vec<T>, chiave: impl Fn(&T) -> String) -> HashMap<String, Vec<T>> {
    let mut gruppi: HashMap<String, Vec<T>> = HashMap::new();
    for riga in righe {
        gruppi.entry(chiave(&riga)).or_default().push(riga);
    }
    gruppi
}
