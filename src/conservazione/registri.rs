//! The registers on their way to the conservator: the *registro giornaliero* by the next working day (LLGG 3.1.6).
//!
//! A register is a unit of its own: the PDF/A is its document, the XML an attachment. Its package is an act like those of the
//! registrations; which files it has is said by the register itself. What cannot be packed waits until another agreement is in
//! force.

use super::consegna::Collo;
use super::sacer::{Chiave, Componente, DatoSpecifico, Documento, UnitaDocumentaria, Versatore};
use super::versamento::Stato;
use super::{Conservatore, Errore, Mappa, sacer};
use crate::audit::{self, Carico};
use crate::documenti::{self, Deposito, Riposto};
use crate::registro::chiusura::{self, Chiusura, Periodo};
use crate::segnatura::xsd;
use crate::storage::schema::{chiusure, pacchetti_registri as pacchetti, versamenti_registri as versamenti};
use crate::storage::{self, Conn, Db, Operazione};
use crate::utenti::Aoo;
use crate::valori::{AooId, Attore, Calendario, ChiusuraId, Impronta, Istante, Rifiuto, nuovo_id};
use chrono::{Datelike, NaiveDate, Weekday};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "pacchetto-registro";

/// What `RiferimentoTemporale` is.
const DATA_DI_REGISTRAZIONE: &str = "DATA_DI_REGISTRAZIONE";
/// The files of a package.
const PDF: &str = "c1.pdf";
const XML: &str = "c2.xml";

/// How far a register has come.
#[derive(Debug, Clone)]
pub struct VersamentoRegistro {
    /// How far.
    pub stato: Stato,
    /// Since when.
    pub istante: Istante,
    /// Why a person has to look.
    pub motivo: Option<String>,
}

/// The day by which a register is deposited: the next working day. Saturday is one where the office works.
#[must_use]
pub fn entro(calendario: &Calendario, sabato_lavorativo: bool, giorno: NaiveDate) -> NaiveDate {
    let mut entro = calendario.scadenza(giorno, 1);
    while entro.weekday() == Weekday::Sat && !sabato_lavorativo {
        entro = calendario.scadenza(entro, 1);
    }
    entro
}

/// How far these registers have come, by id; one that has not set out is not there.
///
/// # Errors
/// Those of the database.
pub fn versamenti_dei_registri(
    conn: &mut Conn,
    ids: &[ChiusuraId],
) -> Result<HashMap<ChiusuraId, VersamentoRegistro>, Errore> {
    let testuali: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let righe: Vec<(String, String, chrono::NaiveDateTime, Option<String>)> = versamenti::table
        .filter(versamenti::chiusura_id.eq_any(testuali))
        .select((versamenti::chiusura_id, versamenti::stato, versamenti::istante, versamenti::motivo))
        .load(conn)?;
    righe
        .into_iter()
        .map(|(id, stato, istante, motivo)| {
            let id = id.parse().map_err(no)?;
            Ok((id, VersamentoRegistro { stato: stato.parse()?, istante: Istante::from_utc(istante), motivo }))
        })
        .collect()
}

/// The register behind a package, for whoever finds one of its files missing or altered: its AOO.
///
/// # Errors
/// Those of the database.
pub fn chiusura_del_pacchetto(conn: &mut Conn, id: &str) -> Result<Option<AooId>, Errore> {
    let aoo: Option<String> =
        pacchetti::table.filter(pacchetti::id.eq(id)).select(pacchetti::aoo_id).first(conn).optional()?;
    Ok(aoo.map(|aoo| aoo.parse()).transpose().map_err(no)?)
}

/// The oldest register that has no package; one that could not be packed counts again under another agreement.
pub(super) fn da_preparare(conn: &mut Conn, conservatore: &Conservatore) -> Result<Option<Chiusura>, Errore> {
    let questo = conservatore.id.to_string();
    let id: Option<String> = chiusure::table
        .left_join(versamenti::table.on(versamenti::chiusura_id.eq(chiusure::id)))
        .filter(chiusure::aoo_id.eq(conservatore.aoo.to_string()))
        .filter(versamenti::chiusura_id.nullable().is_null().or(
            versamenti::pacchetto_id.nullable().is_null().and(versamenti::conservatore_id.nullable().ne(Some(questo))),
        ))
        .order(chiusure::id)
        .select(chiusure::id)
        .first(conn)
        .optional()?;
    let Some(id) = id else { return Ok(None) };
    Ok(chiusura::chiusura(conn, conservatore.aoo, id.parse().map_err(no)?)?)
}

/// Builds the package of a register, or says why there can be none.
pub(super) fn prepara(
    db: &Db,
    deposito: &Deposito,
    conservatore: &Conservatore,
    aoo: &Aoo,
    chiusura: &Chiusura,
) -> Result<(), Errore> {
    let responsabili = db.leggi(|conn| chiusura::responsabili(conn, aoo, chiusura.istante))?;
    let indice = match componi(&conservatore.mappa()?, aoo, chiusura, &responsabili) {
        Ok(unita) => valido(&sacer::indice(&unita))?,
        Err(motivo) => Err(motivo),
    };
    let massimo = u64::try_from(xsd::MASSIMO_BYTE).unwrap_or(u64::MAX);
    let indice = match indice {
        Ok(testo) => Ok(deposito.riponi(&mut testo.as_bytes(), massimo)?),
        Err(motivo) => Err(motivo),
    };
    db.scrivi(aoo.id, &Attore::Sistema("conservazione"), |op| {
        // Another node may have been quicker.
        if da_preparare(op.conn, conservatore)?.is_none_or(|altra| altra.id != chiusura.id) {
            return Ok(());
        }
        annota(op, conservatore, (chiusura.id, chiusura.identificativo(aoo)), &indice)
    })
}

/// The inner error is the sentence for the person who has to look.
fn valido(indice: &str) -> Result<Result<String, String>, Errore> {
    Ok(match sacer::schema()?.valida(indice.as_bytes()) {
        Ok(()) => Ok(indice.to_owned()),
        Err(difetti) => {
            let difetti = difetti.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            Err(format!("errore del programma: il pacchetto non è valido ({difetti})"))
        }
    })
}

fn annota(
    op: &mut Operazione<'_>,
    conservatore: &Conservatore,
    (chiusura, chiave): (ChiusuraId, String),
    indice: &Result<Riposto, String>,
) -> Result<(), Errore> {
    let pacchetto = match indice {
        Ok(indice) => {
            let riga = Riga {
                id: nuovo_id().to_string(),
                aoo_id: op.aoo.to_string(),
                chiusura_id: chiusura.to_string(),
                conservatore_id: conservatore.id.to_string(),
                chiave,
                indice_sha256: indice.impronta.to_string(),
                istante: op.ora.utc(),
            };
            documenti::registra(op, indice)?;
            documenti::uso(op, &indice.impronta, ATTO, &riga.id)?;
            diesel::insert_into(pacchetti::table).values(&riga).execute(op.conn)?;
            audit::annota(op, ATTO, ATTO, &riga.id, &riga.carico())?;
            Some(riga.id)
        }
        Err(_) => None,
    };
    let stato = if pacchetto.is_some() { Stato::Preparato } else { Stato::DaCorreggere };
    let valori = (
        versamenti::conservatore_id.eq(conservatore.id.to_string()),
        versamenti::pacchetto_id.eq(pacchetto),
        versamenti::stato.eq(stato.as_str()),
        versamenti::motivo.eq(indice.as_ref().err()),
        versamenti::istante.eq(op.ora.utc()),
    );
    let riga = versamenti::table.filter(versamenti::chiusura_id.eq(chiusura.to_string()));
    if diesel::update(riga).set(valori.clone()).execute(op.conn)? == 0 {
        let chi = (versamenti::chiusura_id.eq(chiusura.to_string()), versamenti::aoo_id.eq(op.aoo.to_string()));
        diesel::insert_into(versamenti::table).values((chi, valori)).execute(op.conn)?;
    }
    Ok(())
}

/// The values of the package, or the sentence that says why there can be none.
fn componi(mappa: &Mappa, aoo: &Aoo, c: &Chiusura, responsabili: &[String]) -> Result<UnitaDocumentaria, String> {
    let (tipi, sezione) = match c.periodo {
        Periodo::Giorno(_) => (&mappa.registro_giornaliero, "registro_giornaliero"),
        Periodo::Anno(_) => (&mappa.registro_annuale, "registro_annuale"),
    };
    let tipi = tipi.as_ref().ok_or_else(|| {
        format!(
            "la mappa del conservatore non ha la sezione [{sezione}]: aggiungila e registra di nuovo il conservatore"
        )
    })?;
    let nome = c.identificativo(aoo);
    let componente = |id: &str, formato: &str, impronta: Impronta| Componente {
        id: id.to_owned(),
        tipo: mappa.documento.componente.clone(),
        nome: format!("{nome}.{}", formato.to_lowercase()),
        formato: formato.to_owned(),
        impronta,
        riferimento_temporale: c.istante,
        descrizione_riferimento: DATA_DI_REGISTRAZIONE,
    };
    let documento = |tipo: &str, componente| Documento {
        tipo: tipo.to_owned(),
        descrizione: None,
        struttura: mappa.documento.struttura.clone(),
        componente,
    };
    let titolo = format!("{} {}", c.periodo.nome(), c.periodo.leggibile());
    Ok(UnitaDocumentaria {
        versione: mappa.versione.clone(),
        versatore: Versatore {
            ambiente: mappa.ambiente.clone(),
            ente: mappa.ente.clone().unwrap_or_else(|| aoo.ente_ipa.to_string()),
            struttura: mappa.struttura.clone().unwrap_or_else(|| aoo.codice.to_string()),
            utente: mappa.utente.clone(),
        },
        chiave: Chiave { numero: c.progressivo, anno: c.periodo.anno(), registro: tipi.registro.clone() },
        tipologia: tipi.unita_documentaria.clone(),
        tipo_conservazione: mappa.tipo_conservazione.as_str(),
        classifica: None,
        fascicolo: None,
        fascicoli_secondari: Vec::new(),
        oggetto: format!("{titolo}, registro {}", c.registro),
        data: c.periodo.ultimo(),
        versione_dati_specifici: mappa.dati_specifici.clone(),
        dati_specifici: dati_specifici(aoo, c, responsabili),
        collegamenti: Vec::new(),
        principale: documento(&tipi.principale, componente(PDF, "PDF", c.pdf)),
        allegati: vec![documento(&tipi.allegato, componente(XML, "XML", c.xml))],
        annotazioni: Vec::new(),
    })
}

fn dati_specifici(aoo: &Aoo, c: &Chiusura, responsabili: &[String]) -> Vec<DatoSpecifico> {
    let s = &c.sommario;
    let dato = |nome, valore| DatoSpecifico { nome, valore };
    let numeri = s.numeri.map(|(prima, ultima)| (prima.to_string(), ultima.to_string())).unwrap_or_default();
    let istanti = s.istanti.map(|(dalle, alle)| (dalle.roma(), alle.roma())).unwrap_or_default();
    vec![
        dato("Identificativo", c.identificativo(aoo)),
        dato("CodiceRegistro", c.registro.clone()),
        dato("NumeroIniziale", numeri.0),
        dato("NumeroFinale", numeri.1),
        dato("DataInizioRegistrazioni", istanti.0),
        dato("DataFineRegistrazioni", istanti.1),
        dato("DataChiusura", c.istante.roma()),
        dato("Originatore", aoo.ente.to_string()),
        dato("Responsabile", responsabili.join("; ")),
        dato("Operatore", "Tabulario".to_owned()),
        dato("NumeroDocumentiRegistrati", s.registrazioni.to_string()),
        dato("NumeroModifiche", s.modifiche.to_string()),
        dato("UltimoAnello", s.anello.clone()),
        dato("RadiceMerkle", s.radice.clone()),
    ]
}

/// The oldest package of a register that waits to be delivered.
pub(super) fn da_consegnare(conn: &mut Conn, aoo: AooId) -> Result<Option<(String, Collo)>, Errore> {
    let riga: Option<(String, String, String, String, String)> = versamenti::table
        .inner_join(pacchetti::table.on(pacchetti::id.nullable().eq(versamenti::pacchetto_id)))
        .inner_join(chiusure::table.on(chiusure::id.eq(versamenti::chiusura_id)))
        .filter(versamenti::aoo_id.eq(aoo.to_string()).and(versamenti::stato.eq(Stato::Preparato.as_str())))
        .order(versamenti::chiusura_id)
        .select((
            versamenti::chiusura_id,
            pacchetti::chiave,
            pacchetti::indice_sha256,
            chiusure::pdf_sha256,
            chiusure::xml_sha256,
        ))
        .first(conn)
        .optional()?;
    let Some((chiusura, chiave, indice, pdf, xml)) = riga else { return Ok(None) };
    let file = vec![(PDF.to_owned(), pdf.parse().map_err(no)?), (XML.to_owned(), xml.parse().map_err(no)?)];
    Ok(Some((chiusura, Collo { chiave, indice: indice.parse().map_err(no)?, file })))
}

/// The delivery of a register ended well, or with the reason why a person has to look. Whoever comes second changes nothing.
pub(super) fn concludi(op: &mut Operazione<'_>, chiusura: &str, esito: Result<(), &str>) -> Result<(), Errore> {
    let stato = if esito.is_ok() { Stato::Consegnato } else { Stato::DaCorreggere };
    diesel::update(versamenti::table)
        .filter(versamenti::chiusura_id.eq(chiusura).and(versamenti::stato.eq(Stato::Preparato.as_str())))
        .set((
            versamenti::stato.eq(stato.as_str()),
            versamenti::motivo.eq(esito.err()),
            versamenti::istante.eq(op.ora.utc()),
        ))
        .execute(op.conn)?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = pacchetti)]
struct Riga {
    id: String,
    aoo_id: String,
    chiusura_id: String,
    conservatore_id: String,
    chiave: String,
    indice_sha256: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("chiusura", &self.chiusura_id)
            .campo("conservatore", &self.conservatore_id)
            .campo("chiave", &self.chiave)
            .campo("indice", &self.indice_sha256)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(pacchetti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = pacchetti::table.filter(pacchetti::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

fn no(e: Rifiuto) -> storage::Errore {
    storage::Errore::riga("versamenti_registri", e)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_is_due_by_the_next_working_day() {
        let patrono = ["11-11", "12-08", "12-25", "12-26", "01-01", "01-06"].map(|f| f.parse().unwrap());
        let calendario = Calendario::new(patrono.to_vec());
        let check = |giorno: &str, sabato, atteso: &str| {
            let entro = entro(&calendario, sabato, giorno.parse().unwrap());
            assert_eq!(entro.to_string(), atteso, "{giorno}, Saturday {sabato}");
        };
        check("2026-11-23", false, "2026-11-24");
        check("2026-11-20", false, "2026-11-23");
        check("2026-11-20", true, "2026-11-21");
        check("2026-11-21", true, "2026-11-23");
        check("2026-11-10", false, "2026-11-12");
        check("2026-12-07", false, "2026-12-09");
        check("2026-12-24", false, "2026-12-28");
        check("2027-03-26", false, "2027-03-30");
    }
}
