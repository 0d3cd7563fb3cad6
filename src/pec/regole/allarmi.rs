//! What keeps a rule from acting: anything that was odd when a message was read, or a sender who counts as a domicilio digitale.

use super::super::{Errore, Messaggio};
use super::condizioni::{self, Genere, senza_rilievi};
use crate::documenti;
use crate::registro;
use crate::storage::Conn;
use crate::storage::schema::{recapiti, ritiri_recapiti, soggetti};
use crate::valori::AooId;
use diesel::dsl::{not, sql};
use diesel::prelude::*;
use diesel::sql_types::Text;

const FALLITA: &str = "TOTAL-FAILED";

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allarmi {
    /// Why no rule may act on the message, in Italian; none if nothing was odd.
    pub rilievi: Vec<String>,
    /// Why it may not be left out.
    pub domicilio: Option<String>,
}

/// Looks at what was read of a message and of its files.
pub(super) fn di(conn: &mut Conn, aoo: AooId, m: &Messaggio) -> Result<Allarmi, Errore> {
    let mut rilievi = della_lettura(m);
    let impronte: Vec<String> = m.allegati.iter().map(|a| a.riposto.impronta.to_string()).collect();
    let rapporti = documenti::rapporti_di(conn, aoo, &impronte)?;
    for (allegato, impronta) in m.allegati.iter().zip(&impronte) {
        if rapporti.get(impronta).is_some_and(|r| r.indicazione.as_deref() == Some(FALLITA)) {
            rilievi.push(format!("una firma di «{}» non è valida", allegato.nome));
        }
    }
    Ok(Allarmi { rilievi, domicilio: domicilio(conn, aoo, m)? })
}

/// What the reading said. Pure.
fn della_lettura(m: &Messaggio) -> Vec<String> {
    let mut rilievi = Vec::new();
    if m.genere.parse() == Ok(Genere::PostaCertificata)
        && m.firma_gestore.as_deref() != Some(super::super::messaggio::PROVATA)
    {
        rilievi.push("la firma del gestore non è confermata".to_owned());
    }
    if let Some(primo) = m.rilievi().first() {
        rilievi.push(format!("nel leggerlo è stato trovato: {}", primo.trim_end_matches('.')));
    }
    if m.lettura.get("segnatura").is_some_and(|s| !s.is_null() && !senza_rilievi(s)) {
        rilievi.push("la sua segnatura ha dei rilievi".to_owned());
    }
    if m.doppione_di.is_some() {
        rilievi.push("lo stesso messaggio era già arrivato".to_owned());
    }
    rilievi
}

/// Whether it comes from a domicilio digitale: certified, or from an address that the rubrica or the IPA knows as one.
fn domicilio(conn: &mut Conn, aoo: AooId, m: &Messaggio) -> Result<Option<String>, Errore> {
    if m.genere.parse() == Ok(Genere::PostaCertificata) {
        return Ok(Some("arriva da un domicilio digitale e si protocolla sempre (CAD art. 40-bis)".to_owned()));
    }
    let Some(indirizzo) = condizioni::mittente(m) else { return Ok(None) };
    let noti: i64 = recapiti::table
        .inner_join(soggetti::table.on(soggetti::id.eq(recapiti::soggetto_id)))
        .filter(soggetti::aoo_id.eq(aoo.to_string()).and(recapiti::tipo.eq("pec")))
        .filter(sql::<Text>("lower(valore)").eq(indirizzo.as_str().to_lowercase()))
        .filter(not(recapiti::id.eq_any(ritiri_recapiti::table.select(ritiri_recapiti::recapito_id))))
        .count()
        .get_result(conn)?;
    if noti > 0 {
        return Ok(Some(format!("la rubrica conosce {indirizzo} come domicilio digitale (CAD art. 40-bis)")));
    }
    let ipa = !registro::ipa::per_indirizzo(conn, &indirizzo)?.is_empty();
    Ok(ipa.then(|| format!("{indirizzo} è il domicilio digitale di un'amministrazione, nell'IPA (CAD art. 40-bis)")))
}
