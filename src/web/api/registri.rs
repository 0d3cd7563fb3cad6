//! `/registri`: the registers of days and years, and their two forms.

use super::documenti::pezzi;
use super::gettone::{Chiamante, Legge, Registro};
use crate::conservazione;
use crate::documenti::Deposito;
use crate::registro::chiusura::{self, Chiusura, Periodo, SEMPRE};
use crate::storage::Conn;
use crate::utenti::Aoo;
use crate::utenti::visibilita::Vista;
use crate::valori::{ChiusuraId, Impronta, Istante, NumeroProtocollo, Rifiuto};
use crate::web::{Problema, Stato};
use actix_web::body::SizedStream;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Rows in one page.
const PAGINA: i64 = 100;

/// What is asked of the list.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Filtro {
    /// `giorno` (the default) or `anno`.
    periodo: Option<String>,
    /// Only the registers of this year.
    anno: Option<i32>,
    /// As given by the page before.
    cursore: Option<String>,
}

/// A register.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RegistroJson {
    #[schema(value_type = String, format = "uuid")]
    id: String,
    #[schema(example = "c_x999-AX99Z01-PG-RG-2026-11-22-0000326")]
    identificativo: String,
    #[schema(example = "PG")]
    registro: String,
    /// `giorno` or `anno`.
    periodo: &'static str,
    /// The day; null for a year.
    #[schema(value_type = Option<String>, format = "date")]
    giorno: Option<NaiveDate>,
    anno: i32,
    /// Its number within the year.
    #[schema(value_type = String, example = "0000326")]
    progressivo: NumeroProtocollo,
    /// First number; null if nothing was registered.
    #[schema(value_type = Option<String>)]
    prima: Option<NumeroProtocollo>,
    /// Last number.
    #[schema(value_type = Option<String>)]
    ultima: Option<NumeroProtocollo>,
    registrazioni: u64,
    /// Changes and annulments, also of registrations of other days.
    modifiche: u64,
    /// Places of the first and of the last link of the chain that is in it.
    posizioni: [i64; 2],
    /// The last of those links.
    anello: String,
    /// Root of the Merkle tree over them (RFC 9162).
    radice: String,
    #[schema(value_type = String)]
    pdf: Impronta,
    #[schema(value_type = String)]
    xml: Impronta,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    /// `preparato`, `consegnato`, `da-correggere`; null if it has not set out for the conservator.
    versamento: Option<&'static str>,
    /// Why a person has to look.
    motivo: Option<String>,
}

/// A page of the list.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RegistriJson {
    risultati: Vec<RegistroJson>,
    cursore: Option<String>,
}

fn json(aoo: &Aoo, c: Chiusura, v: Option<conservazione::VersamentoRegistro>) -> RegistroJson {
    let giorno = match c.periodo {
        Periodo::Giorno(giorno) => Some(giorno),
        Periodo::Anno(_) => None,
    };
    RegistroJson {
        id: c.id.to_string(),
        identificativo: c.identificativo(aoo),
        periodo: c.periodo.as_str(),
        giorno,
        anno: c.periodo.anno(),
        progressivo: c.progressivo,
        prima: c.sommario.numeri.map(|(prima, _)| prima),
        ultima: c.sommario.numeri.map(|(_, ultima)| ultima),
        registrazioni: c.sommario.registrazioni,
        modifiche: c.sommario.modifiche,
        posizioni: [c.sommario.posizioni.0, c.sommario.posizioni.1],
        registro: c.registro,
        anello: c.sommario.anello,
        radice: c.sommario.radice,
        pdf: c.pdf,
        xml: c.xml,
        istante: c.istante,
        versamento: v.as_ref().map(|v| v.stato.as_str()),
        motivo: v.and_then(|v| v.motivo),
    }
}

/// The registers of the AOO, the newest first.
#[utoipa::path(get, path = "/api/v1/registri", tag = "registri", params(Filtro),
    responses((status = 200, body = RegistriJson), (status = 400), (status = 401), (status = 404)))]
pub(super) async fn elenca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Registro>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Problema> {
    let Filtro { periodo, anno, cursore } = filtro.into_inner();
    let periodo = match periodo.as_deref() {
        None | Some("giorno") => "giorno",
        Some("anno") => "anno",
        Some(_) => return Err(Problema::illeggibile("periodo vale giorno oppure anno".to_owned())),
    };
    let illeggibile = |che: &str| Problema::illeggibile(format!("{che} non si legge"));
    let (primo, ultimo) = SEMPRE;
    let estremo = |mese, giorno| {
        anno.map(|a| NaiveDate::from_ymd_opt(a, mese, giorno).ok_or_else(|| illeggibile("anno"))).transpose()
    };
    let dal = estremo(1, 1)?.unwrap_or(primo).clamp(primo, ultimo);
    let mut al = estremo(12, 31)?.unwrap_or(ultimo).clamp(primo, ultimo);
    if let Some(cursore) = cursore {
        let giorno: NaiveDate = cursore.parse().map_err(|_| illeggibile("cursore"))?;
        al = giorno.pred_opt().ok_or_else(|| illeggibile("cursore"))?.clamp(primo, al);
    }
    let leggi = move |stato: &Stato| {
        stato.db.leggi(|conn| {
            let aoo = crate::utenti::aoo(conn, chi.0.aoo)?;
            let trovate = chiusura::chiusure(conn, aoo.id, periodo, (dal, al), PAGINA)?;
            let ids: Vec<ChiusuraId> = trovate.iter().map(|c| c.id).collect();
            let mut versamenti = conservazione::versamenti_dei_registri(conn, &ids)?;
            let piena = i64::try_from(trovate.len()).is_ok_and(|n| n == PAGINA);
            let cursore = trovate.last().filter(|_| piena).map(|c| c.periodo.ultimo().to_string());
            let risultati = trovate.into_iter().map(|c| {
                let v = versamenti.remove(&c.id);
                json(&aoo, c, v)
            });
            Ok::<_, Problema>(RegistriJson { risultati: risultati.collect(), cursore })
        })
    };
    Ok(HttpResponse::Ok().json(stato.blocca(leggi).await?))
}

/// One form of a register: `pdf` (PDF/A) or `xml`. Not for whoever may not see something that it holds.
#[utoipa::path(get, path = "/api/v1/registri/{chiusura}/{forma}", tag = "registri",
    params(("chiusura" = String, Path, description = "Id of the register"),
        ("forma" = String, Path, description = "`pdf` or `xml`")),
    responses((status = 200, description = "The bytes", content_type = "application/pdf"), (status = 401), (status = 404)))]
pub(super) async fn scarica(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Registro>,
    quale: web::Path<(String, String)>,
) -> Result<HttpResponse, Problema> {
    let (id, forma) = quale.into_inner();
    stato
        .blocca(move |stato| {
            let vista = chi.vista();
            stato
                .db
                .leggi(|conn| trova(conn, &vista, &id, &forma))
                .and_then(|form| Ok((form.apri(&stato.deposito)?, form)))
        })
        .await
        .map(|((file, byte), forma)| forma.risposta(file, byte))
}

/// A form of a register that may be opened.
pub(in crate::web) struct Forma {
    impronta: Impronta,
    nome: String,
    media_type: &'static str,
}

/// The form of a register that is asked for, if whoever has this sight may open it.
pub(in crate::web) fn trova(conn: &mut Conn, vista: &Vista, id: &str, forma: &str) -> Result<Forma, Problema> {
    let id: ChiusuraId = id.parse().map_err(|_: Rifiuto| Problema::non_trovato())?;
    let chiusura = chiusura::chiusura(conn, vista.aoo(), id)?.ok_or_else(Problema::non_trovato)?;
    let (impronta, media_type) = match forma {
        "pdf" => (chiusura.pdf, "application/pdf"),
        "xml" => (chiusura.xml, "application/xml"),
        _ => return Err(Problema::non_trovato()),
    };
    if !chiusura::apribile(conn, vista, &chiusura)? {
        return Err(Problema::non_trovato());
    }
    let aoo = crate::utenti::aoo(conn, vista.aoo())?;
    Ok(Forma { impronta, nome: format!("{}.{forma}", chiusura.identificativo(&aoo)), media_type })
}

impl Forma {
    /// Opens the file; says how long it is.
    pub(in crate::web) fn apri(&self, deposito: &Deposito) -> Result<(std::fs::File, u64), Problema> {
        let file = deposito.apri(&self.impronta)?;
        let byte = file.metadata().map_err(Problema::interno)?.len();
        Ok((file, byte))
    }

    /// The file as an answer, with its name.
    pub(in crate::web) fn risposta(&self, file: std::fs::File, byte: u64) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, self.media_type))
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.nome)))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
            .body(SizedStream::new(byte, pezzi(file)))
    }
}
