//! Answers about a registration: those of other AOO, those that were sent, those that are owed or may be sent.

use super::atti::Rifiutato;
use super::invii::{InvioVisto, visto};
use super::{Filtro, mostra_con};
use crate::pec::ritorno::{self, Dovuto, Genere, Possibili, Ritorno, RitornoRicevuto};
use crate::registro::{self, Registrazione};
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, RegistrazioneId, Rifiuto, Testo};
use crate::web::pagine::Errata;
use crate::web::pagine::campi::frase;
use crate::web::pagine::chi::Chi;
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use serde::Deserialize;

/// An answer of another AOO.
pub(super) struct RicevutoVisto {
    pub(super) messaggio: String,
    pub(super) che: String,
    pub(super) mittente: String,
    pub(super) motivo: Option<String>,
    pub(super) istante: String,
    pub(super) leggibile: String,
    pub(super) grave: bool,
}

/// An answer that was sent.
pub(super) struct MandatoVisto {
    pub(super) id: String,
    pub(super) che: &'static str,
    pub(super) autore: String,
    pub(super) leggibile: String,
    pub(super) testo: String,
    pub(super) invii: Vec<InvioVisto>,
    pub(super) rispedibile: bool,
}

/// An answer that is owed.
pub(super) struct DovutoVisto {
    pub(super) genere: &'static str,
    pub(super) che: &'static str,
    pub(super) destinatario: String,
    pub(super) motivo: Option<String>,
    pub(super) da_solo: bool,
    pub(super) guasto: Option<String>,
}

/// All of them.
pub(super) struct Ritorni {
    pub(super) ricevuti: Vec<RicevutoVisto>,
    pub(super) mandati: Vec<MandatoVisto>,
    pub(super) dovuti: Vec<DovutoVisto>,
    pub(super) possibili: Possibili,
    /// Whoever looks may send.
    pub(super) manda: bool,
}

impl Ritorni {
    pub(super) fn leggi(conn: &mut Conn, vista: &Vista, r: &Registrazione, ora: Istante) -> Result<Self, Problema> {
        let mandati = ritorno::ritorni(conn, vista, r.id)?;
        let dovuti = ritorno::dovuti(conn, vista, r.id)?;
        let possibili = ritorno::possibili(conn, vista, r, (&dovuti, &mandati))?;
        let ricevuti = ritorno::ricevuti(conn, vista, r.id)?;
        Ok(Self {
            ricevuti: ricevuti.iter().filter(|r| !r.doppione).map(ricevuto).collect(),
            mandati: mandati.iter().map(|m| mandato(m, ora)).collect(),
            dovuti: dovuti.iter().map(dovuto).collect(),
            possibili,
            manda: false,
        })
    }

    /// True if there is nothing to show.
    pub(super) fn vuoti(&self) -> bool {
        let libero = self.manda && self.possibili != Possibili::default();
        self.ricevuti.is_empty() && self.mandati.is_empty() && self.dovuti.is_empty() && !libero
    }
}

fn ricevuto(r: &RitornoRicevuto) -> RicevutoVisto {
    let suo = r.suo.as_deref().unwrap_or("senza identificatore");
    let che = match r.genere.as_str() {
        "conferma" => format!("Registrata da loro: {suo}"),
        "aggiornamento" => format!("Registrazione aggiornata da loro: {suo}"),
        "annullamento" => format!("Registrazione annullata da loro: {suo}"),
        _ => "Non possono trattarla: notifica di eccezione".to_owned(),
    };
    RicevutoVisto {
        messaggio: r.messaggio.to_string(),
        che,
        mittente: r.mittente.clone(),
        motivo: r.motivo.clone(),
        istante: r.istante.roma(),
        leggibile: r.istante.leggibile(),
        grave: matches!(r.genere.as_str(), "eccezione" | "annullamento"),
    }
}

fn mandato(m: &Ritorno, ora: Istante) -> MandatoVisto {
    MandatoVisto {
        id: m.id.to_string(),
        che: m.genere.nome(),
        autore: m.autore.clone(),
        leggibile: m.istante.leggibile(),
        testo: m.testo.clone(),
        invii: m.invii.iter().map(|i| visto(i, ora)).collect(),
        rispedibile: m.invii.last().is_some_and(|i| i.fallito() || i.in_ritardo(ora)),
    }
}

fn dovuto(d: &Dovuto) -> DovutoVisto {
    DovutoVisto {
        genere: d.genere.as_str(),
        che: d.genere.nome(),
        destinatario: d.destinatario.to_string(),
        motivo: d.motivo.clone(),
        da_solo: d.da_solo,
        guasto: d.guasto.clone(),
    }
}

/// The form that answers.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Manda {
    modulo: String,
    #[serde(default)]
    genere: String,
    #[serde(default)]
    motivo: String,
    /// The answer that is sent again, if it is one that was.
    rispedisci: Option<String>,
}

/// `POST /registrazioni/{id}/ritorni`: sends an answer, and shows the page again.
pub(in crate::web::pagine) async fn manda(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Manda>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Uscita, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let (form, vista, attore) = (form.into_inner(), chi.vista(), chi.attore());
    let scritto = form.motivo.clone();
    let esito = stato.blocca(move |stato| {
        if !stato.db.leggi(|conn| registro::visibile(conn, &vista, id))? {
            return Err(Problema::non_trovato());
        }
        if let Some(quale) = &form.rispedisci {
            let quale = quale.parse().map_err(|_| Problema::non_trovato())?;
            let di_nuovo = stato.db.scrivi(vista.aoo(), &attore, |op| ritorno::rispedisci(op, &vista, id, quale));
            return Ok(di_nuovo?);
        }
        let no = |e: Rifiuto| Problema::campo("/motivo", e.to_string());
        let genere: Genere = form.genere.parse().map_err(no)?;
        let motivo: Option<Testo> =
            (!form.motivo.trim().is_empty()).then(|| form.motivo.parse()).transpose().map_err(no)?;
        Ok(ritorno::manda(&stato.db, &attore, &vista, id, (genere, motivo.as_ref()))?)
    });
    let (campo, codice, testo) = match esito.await {
        Ok(()) => {
            let luogo = format!("/registrazioni/{id}#ritorni");
            return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish());
        }
        Err(problema) => match problema.status_code() {
            codice @ StatusCode::UNPROCESSABLE_ENTITY => ("motivo-ritorno", codice, problema.to_string()),
            codice @ StatusCode::CONFLICT => ("conflitto", codice, problema.to_string()),
            _ => return Err(problema.into()),
        },
    };
    let rifiuto = Rifiutato { campo, testo: frase(&testo), scritto, stato: codice };
    mostra_con(&stato, &chi, id, Filtro::default(), Some(rifiuto)).await
}
