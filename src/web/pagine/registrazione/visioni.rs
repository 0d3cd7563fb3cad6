//! *Visioni concesse*: whom the RSP gave the sight of a registration, and by which one somebody looks at it.

use super::Filtro;
use super::atti::{Agire, agisci};
use crate::registro;
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso, vede_documenti};
use crate::utenti::visibilita::Vista;
use crate::utenti::visione::{self, Visione};
use crate::utenti::{self, Errore};
use crate::valori::{AooId, Istante, RegistrazioneId, Rifiuto, Testo, UtenteId, VisioneId};
use crate::web::pagine::campi::frase;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::preferenze::{self, Scelta};
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// One that is in force.
pub(super) struct Data {
    pub(super) id: String,
    pub(super) a_chi: String,
    pub(super) fino: String,
    pub(super) motivo: String,
    pub(super) autore: String,
    pub(super) dal: String,
    pub(super) istante: String,
}

/// What the RSP is shown of them.
pub(super) struct Visioni {
    pub(super) date: Vec<Data>,
    pub(super) persone: Vec<Scelta>,
    pub(super) scritta: Scritta,
}

/// What was typed to give one.
#[derive(Default, Clone, Deserialize)]
pub(in crate::web::pagine) struct Scritta {
    #[serde(default)]
    modulo: String,
    #[serde(default)]
    pub(super) persona: String,
    #[serde(default)]
    pub(super) fino: String,
    #[serde(default)]
    pub(super) perche: String,
}

/// What was typed to take one back.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Revoca {
    modulo: String,
    #[serde(default)]
    perche: String,
}

/// By which sight somebody looks at a registration that they would not see otherwise.
pub(super) struct InVisione {
    pub(super) fino: String,
    pub(super) autore: String,
    pub(super) motivo: String,
}

impl Visioni {
    pub(super) fn leggi(
        conn: &mut Conn,
        (aoo, io): (AooId, UtenteId),
        id: RegistrazioneId,
        ora: Istante,
        scritta: Scritta,
    ) -> Result<Self, Problema> {
        let date = visione::su(conn, id, aoo, ora)?.into_iter().map(data).collect();
        let puo_guardare = |i: &utenti::Incaricato| i.persona.id != io && vede_documenti([i.ruolo]);
        Ok(Self { date, persone: preferenze::persone(conn, aoo, ora, puo_guardare)?, scritta })
    }
}

fn data(v: Visione) -> Data {
    Data {
        id: v.id.to_string(),
        a_chi: v.persona.nome_e_cognome(),
        fino: formato::data(v.ultimo_giorno()),
        motivo: v.motivo.to_string(),
        dal: v.istante.leggibile(),
        istante: v.istante.roma(),
        autore: v.autore,
    }
}

impl InVisione {
    /// Nothing for who sees it anyway.
    pub(super) fn leggi(
        conn: &mut Conn,
        vista: &Vista,
        chi: UtenteId,
        (id, ora): (RegistrazioneId, Istante),
    ) -> Result<Option<Self>, Problema> {
        if !vista.visioni().contains(&id.to_string()) || registro::visibile(conn, &vista.clone().per_agire(), id)? {
            return Ok(None);
        }
        let date = visione::di_persona(conn, chi, vista.aoo(), ora)?;
        let ultima = date.into_iter().filter(|v| v.registrazione == id).max_by_key(|v| v.al);
        Ok(ultima.map(|v| Self {
            fino: formato::data(v.ultimo_giorno()),
            autore: v.autore,
            motivo: v.motivo.to_string(),
        }))
    }
}

/// `POST /registrazioni/{id}/visioni`.
pub(in crate::web::pagine) async fn concedi(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Scritta>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Visioni, Permesso::Agisce)?;
    let scritta = form.into_inner();
    let modulo = scritta.modulo.clone();
    let qui = Filtro { visione: scritta.clone(), ..Filtro::default() };
    let oggi = stato.db.orologio().adesso().giorno();
    let agire = Agire { modulo: &modulo, campo: "visione", scritto: String::new(), qui };
    agisci(&stato, &chi, &id, agire, move |op, _, id| {
        let no = |testo: &str| Problema::campo("/visione", testo);
        if scritta.persona.trim().is_empty() {
            return Err(no("Manca la persona: sceglila dall'elenco."));
        }
        let fino =
            formato::leggi_data(&scritta.fino, oggi).map_err(|e| no(&format!("Ultimo giorno: {}.", e.regola)))?;
        let motivo = motivo(&scritta.perche).map_err(|testo| no(&testo))?;
        let ignota = || Errore::SenzaRuolo(scritta.persona.clone());
        let persona = utenti::utente_dell_aoo(op.conn, op.aoo, &scritta.persona)?.ok_or_else(ignota);
        let esito = persona.and_then(|p| visione::concedi(op, id, &p, fino, &motivo)).map(drop);
        esito.map_err(|e| match e {
            Errore::SenzaRuolo(_)
            | Errore::VisioneASe
            | Errore::VisioneSenzaDocumenti(_)
            | Errore::VisionePassata
            | Errore::TroppeVisioni => no(&frase(&format!("{e}."))),
            altro => altro.into(),
        })
    })
    .await
}

/// `POST /registrazioni/{id}/visioni/{visione}/revoca`.
pub(in crate::web::pagine) async fn revoca(
    stato: web::Data<Stato>,
    chi: Chi,
    dove: web::Path<(String, String)>,
    form: web::Form<Revoca>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Visioni, Permesso::Agisce)?;
    let (id, quale) = dove.into_inner();
    let quale: VisioneId = quale.parse().map_err(|_| Problema::non_trovato())?;
    let Revoca { modulo, perche } = form.into_inner();
    let agire = Agire { modulo: &modulo, campo: "revoca", scritto: quale.to_string(), qui: Filtro::default() };
    agisci(&stato, &chi, &id, agire, move |op, _, id| {
        let motivo = motivo(&perche).map_err(|testo| Problema::campo("/revoca", testo))?;
        Ok(visione::revoca(op, id, quale, &motivo)?)
    })
    .await
}

fn motivo(perche: &str) -> Result<Testo, String> {
    if perche.trim().is_empty() {
        return Err("Scrivi il motivo: resta nella storia della registrazione.".to_owned());
    }
    perche.parse().map_err(|e: Rifiuto| frase(&format!("{e}.")))
}

/// What happened, in sentences: only for who decides about it.
pub(super) fn frasi(v: &Visione) -> Vec<(String, &'static str, String)> {
    let (id, chi) = (v.id.to_string(), v.persona.nome_e_cognome());
    let fino = formato::data(v.ultimo_giorno());
    let mut frasi = vec![(id.clone(), "visione", format!("Concessa la visione a {chi} fino al {fino}: {}", v.motivo))];
    if let Some(r) = &v.revoca {
        frasi.push((id, "revoca-visione", format!("Revocata la visione a {chi}: {}", r.motivo)));
    }
    frasi
}
