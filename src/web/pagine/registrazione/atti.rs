//! What may still change of a registration: its voce, its fascicoli.

use super::{Filtro, mostra_con};
use crate::registro;
use crate::storage::{Conn, Operazione};
use crate::titolario::{self, CodiceFascicolo, Fascicolo};
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::visibilita::Vista;
use crate::valori::{CodiceVoce, FascicoloId, RegistrazioneId, Rifiuto};
use crate::web::pagine::Errata;
use crate::web::pagine::campi::frase;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::nuova::Scelta;
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use serde::Deserialize;

/// The fields beside which a refusal stands.
const SUOI: [&str; 12] = [
    "indirizzo",
    "codice",
    "voce",
    "perche",
    "collega",
    "scansione",
    "visione",
    "revoca",
    "variazione",
    "annotazione",
    "ricevuta",
    "motivo-ritorno",
];

/// Fascicoli to choose from: those of the same voce first, then the newest; any other is named by its code.
const MASSIMO_SCELTE: usize = 100;

/// The acts that this person may do here.
pub(super) struct Atti {
    pub(super) voci: Vec<Scelta>,
    pub(super) fascicoli: Vec<Scelta>,
    pub(super) rifiuto: Option<Rifiutato>,
}

/// What was refused, and what had been typed.
pub(super) struct Rifiutato {
    pub(super) campo: &'static str,
    pub(super) testo: String,
    pub(super) scritto: String,
    pub(super) stato: StatusCode,
}

/// What came with a form: the token of its session, the field its refusal stands at, what was typed there.
pub(super) struct Agire<'a> {
    pub(super) modulo: &'a str,
    pub(super) campo: &'static str,
    pub(super) scritto: String,
    /// What the page shows again.
    pub(super) qui: Filtro,
}

impl Atti {
    pub(super) fn leggi(
        conn: &mut Conn,
        vista: &Vista,
        voce: Option<&CodiceVoce>,
        rifiuto: Option<Rifiutato>,
    ) -> Result<Self, Problema> {
        let scelta = |f: &Fascicolo| Scelta { valore: f.id.to_string(), testo: format!("{} {}", f.codice, f.oggetto) };
        let quanti = i64::try_from(MASSIMO_SCELTE).unwrap_or(i64::MAX);
        let mut fascicoli = titolario::fascicoli(conn, vista, None, quanti)?;
        fascicoli.sort_by_key(|f| Some(&f.codice.voce) != voce);
        let (voci, _) = crate::web::pagine::nuova::scelte(conn, vista.aoo())?;
        Ok(Self { voci, fascicoli: fascicoli.iter().map(scelta).collect(), rifiuto })
    }

    /// What is said above the page: a refusal that may have no form here any more. The others stand at their fields.
    pub(super) fn in_testa(&self) -> Option<&Rifiutato> {
        self.rifiuto.as_ref().filter(|r| !SUOI.contains(&r.campo))
    }

    /// What was refused in a field.
    pub(super) fn errore(&self, campo: &str) -> Option<&Rifiutato> {
        self.rifiuto.as_ref().filter(|r| r.campo == campo)
    }
}

/// The form that files.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Fascicola {
    modulo: String,
    #[serde(default)]
    fascicolo: String,
    #[serde(default)]
    codice: String,
}

/// The form that changes the voce.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Classifica {
    modulo: String,
    #[serde(default)]
    voce: String,
}

/// `POST /registrazioni/{id}/fascicoli`.
pub(in crate::web::pagine) async fn fascicola(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Fascicola>,
) -> Result<HttpResponse, Errata> {
    let form = form.into_inner();
    let (modulo, scritto) = (form.modulo.clone(), form.codice.clone());
    agisci(
        &stato,
        &chi,
        &id,
        Agire { modulo: &modulo, campo: "codice", scritto, qui: Filtro::default() },
        move |op, vista, id| {
            let fascicolo = scelto(op.conn, vista, id, &form)?;
            Ok(titolario::fascicola(op, id, &fascicolo)?)
        },
    )
    .await
}

/// The fascicolo that was named by its code, else the one that was picked.
fn scelto(conn: &mut Conn, vista: &Vista, id: RegistrazioneId, form: &Fascicola) -> Result<Fascicolo, Problema> {
    let no = |testo: &str| Problema::campo("/codice", testo);
    let codice = form.codice.trim();
    if codice.is_empty() {
        let scelto: FascicoloId =
            form.fascicolo.parse().map_err(|_| no("Scegli un fascicolo dall'elenco, o scrivi il suo codice."))?;
        return Ok(titolario::fascicolo(conn, vista, scelto)?);
    }
    // `41` and `VI.3/41` are of the year and, if it is not said, of the voce of the registration.
    let r = registro::per_id(conn, vista, id)?;
    let testuale = id.to_string();
    let voce = titolario::correnti(conn, std::slice::from_ref(&testuale))?.remove(&testuale).map(|c| c.voce);
    let voce = voce.map(|v| v.to_string()).unwrap_or_default();
    let intero = match codice.matches('/').count() {
        0 => format!("{}/{voce}/{codice}", r.anno),
        1 => format!("{}/{codice}", r.anno),
        _ => codice.to_owned(),
    };
    let letto: CodiceFascicolo = intero.parse().map_err(|_| no("Scrivi il codice come 2026/VI.3/41, VI.3/41 o 41."))?;
    titolario::fascicolo_per_codice(conn, vista, &letto).map_err(|e| match e {
        titolario::Errore::FascicoloSconosciuto => {
            no(&format!("Il fascicolo {letto} non esiste o non è tra quelli che puoi vedere."))
        }
        altro => altro.into(),
    })
}

/// `POST /registrazioni/{id}/classificazione`.
pub(in crate::web::pagine) async fn classifica(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Classifica>,
) -> Result<HttpResponse, Errata> {
    let form = form.into_inner();
    let (modulo, scritto) = (form.modulo.clone(), form.voce.clone());
    agisci(
        &stato,
        &chi,
        &id,
        Agire { modulo: &modulo, campo: "voce", scritto, qui: Filtro::default() },
        move |op, _, id| {
            let codice = form.voce.parse().map_err(|_| Problema::campo("/voce", "Scegli la voce dall'elenco."))?;
            let voce = titolario::voce(op.conn, op.aoo, &codice)?;
            let testuale = id.to_string();
            let corrente = titolario::correnti(op.conn, std::slice::from_ref(&testuale))?.remove(&testuale);
            // Choosing what is there already is no act.
            if corrente.is_some_and(|c| c.voce == codice) {
                return Ok(());
            }
            Ok(titolario::classifica(op, id, &voce)?)
        },
    )
    .await
}

/// The form that changes who may see it.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Riserva {
    modulo: String,
    #[serde(default)]
    riservato: String,
    #[serde(default)]
    perche: String,
}

/// `POST /registrazioni/{id}/riservatezza`: the RSP decides who may see it, from now on.
pub(in crate::web::pagine) async fn riserva(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Riserva>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    let form = form.into_inner();
    let (modulo, scritto) = (form.modulo.clone(), form.perche.clone());
    agisci(
        &stato,
        &chi,
        &id,
        Agire { modulo: &modulo, campo: "perche", scritto, qui: Filtro::default() },
        move |op, vista, id| {
            let no = |testo: &str| Problema::campo("/perche", testo);
            if form.perche.trim().is_empty() {
                return Err(no("Scrivi il motivo: resta nella storia della registrazione."));
            }
            let motivo = form.perche.parse().map_err(|e: Rifiuto| no(&e.to_string()))?;
            Ok(registro::riserva(op, vista, id, form.riservato == "1", &motivo)?)
        },
    )
    .await
}

/// One act on a registration that may be seen, then its page again; what is refused is said in the page.
pub(super) async fn agisci(
    stato: &web::Data<Stato>,
    chi: &Chi,
    id: &str,
    Agire { modulo, campo, scritto, qui }: Agire<'_>,
    atto: impl FnOnce(&mut Operazione<'_>, &Vista, RegistrazioneId) -> Result<(), Problema> + Send + 'static,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Fascicoli, Permesso::Agisce)?;
    chi.modulo(modulo)?;
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let (vista, attore, aoo) = (chi.vista(), chi.attore(), chi.aoo.id);
    let esito = stato.blocca(move |stato| {
        stato.db.scrivi(aoo, &attore, |op| {
            if !registro::visibile(op.conn, &vista, id)? {
                return Err(Problema::non_trovato());
            }
            atto(op, &vista, id)?;
            // Some acts take it out of the sight of whoever does them.
            Ok(registro::visibile(op.conn, &vista, id)?)
        })
    });
    let (campo, stato_http, testo) = match esito.await {
        Ok(ancora) => {
            let luogo = if ancora { format!("/registrazioni/{id}") } else { format!("/scrivania?fatto={campo}") };
            return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish());
        }
        Err(problema) => match problema.status_code() {
            codice @ StatusCode::UNPROCESSABLE_ENTITY => (campo, codice, problema.to_string()),
            // Somebody else was first: the page as it is now, with what happened above it.
            codice @ StatusCode::CONFLICT => ("conflitto", codice, problema.to_string()),
            _ => return Err(problema.into()),
        },
    };
    let rifiuto = Rifiutato { campo, testo: frase(&testo), scritto, stato: stato_http };
    mostra_con(stato, chi, id, qui, Some(rifiuto)).await
}
