//! `/salute` (the process lives), `/pronto` (it can work), `/metriche`.

use super::{Problema, Stato, misure};
use crate::documenti::fiducia;
use crate::{audit, documenti, istanze, pec};
use actix_web::{HttpResponse, web};

pub(super) fn rotte(cfg: &mut web::ServiceConfig) {
    cfg.route("/salute", web::get().to(salute));
    cfg.route("/pronto", web::get().to(pronto));
    cfg.route("/metriche", web::get().to(metriche));
}

async fn salute() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "stato": "vivo", "versione": env!("CARGO_PKG_VERSION") }))
}

/// 200 only when what had to be prepared is there and the database answers.
async fn pronto(stato: web::Data<Stato>) -> Result<HttpResponse, Problema> {
    let prova = |stato: &Stato| stato.db.leggi(audit::punte).map_err(Problema::from);
    let risponde = stato.e_pronto() && stato.blocca(prova).await.is_ok();
    let mut risposta = if risponde { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    Ok(risposta.json(serde_json::json!({ "pronto": risponde })))
}

async fn metriche(stato: web::Data<Stato>) -> Result<HttpResponse, Problema> {
    let (eventi, file, attesa, liste, caselle) = stato
        .blocca(|stato| {
            stato.db.leggi(|conn| {
                let eventi = audit::punte(conn)?.iter().map(|p| p.posizione).sum::<i64>();
                let mut liste = fiducia::versioni_correnti(conn)?;
                liste.retain(|v| v.voluta(&stato.fiducia.paesi));
                let caselle = misure::caselle(
                    &pec::contatti(conn, pec::Verso::Arrivo)?,
                    &pec::contatti(conn, pec::Verso::Partenza)?,
                    pec::in_sospeso(conn, stato.db.orologio().adesso())?,
                ) + misure::ricevute(pec::conta_orfane(conn)?).as_str();
                Ok::<_, Problema>((eventi, documenti::conta(conn)?, istanze::in_attesa(conn)?, liste, caselle))
            })
        })
        .await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(stato.misure.testo(eventi, file, attesa) + &misure::liste(&liste) + &caselle))
}
