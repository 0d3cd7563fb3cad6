//! `/preferenze`: what a person decides for themselves: their password, who stands in for them, for whom they act.

use super::chi::Chi;
use super::formato;
use super::guscio::{Guscio, rendi};
use super::{Errata, Pagine};
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::sostituzione;
use crate::utenti::{self, Incaricato, Parola, Persona};
use crate::valori::{AooId, Attore, Istante};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Substitutions that are shown, the newest.
const MASSIME: i64 = 200;

/// Somebody to choose.
pub(super) struct Scelta {
    pub(super) nome_utente: String,
    pub(super) nome: String,
}

struct SostituzioneVista {
    id: String,
    titolare: String,
    sostituto: String,
    periodo: String,
    motivo: String,
    /// Word of its state, and the kind of it.
    stato: &'static str,
    esito: &'static str,
    /// This person may end it.
    revocabile: bool,
    /// This person may act by it now.
    operabile: bool,
}

/// What was typed about a substitution.
#[derive(Default, Deserialize)]
pub(super) struct Scritta {
    #[serde(default)]
    pub(super) modulo: String,
    /// User name of who is away; empty for oneself.
    #[serde(default)]
    pub(super) titolare: String,
    #[serde(default)]
    pub(super) sostituto: String,
    #[serde(default)]
    pub(super) dal: String,
    #[serde(default)]
    pub(super) al: String,
    #[serde(default)]
    pub(super) motivo: String,
}

/// What was refused: the field, and why.
pub(super) type Errori = Vec<(&'static str, String)>;

#[derive(Template)]
#[template(path = "preferenze.html")]
struct Pagina {
    guscio: Guscio,
    fatto: &'static str,
    errori: Errori,
    /// Acts for another: only the way back is offered.
    per_conto: bool,
    /// May record for anybody.
    per_tutti: bool,
    io: String,
    persone: Vec<Scelta>,
    sostituzioni: Vec<SostituzioneVista>,
    scritta: Scritta,
}

impl Pagina {
    fn errore(&self, campo: &str) -> Option<&str> {
        self.errori.iter().find(|(c, _)| *c == campo).map(|(_, testo)| testo.as_str())
    }
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct Filtro {
    #[serde(default)]
    fatto: String,
}

/// The form that changes the password.
#[derive(Deserialize)]
pub(super) struct Cambio {
    modulo: String,
    attuale: String,
    nuova: String,
    ripetuta: String,
}

pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    let fatto = match filtro.fatto.as_str() {
        "password" => "Password cambiata. Le altre sessioni che avevi aperte sono finite.",
        "sostituzione" => "Sostituzione registrata.",
        "revoca" => "Sostituzione revocata: da adesso non vale più.",
        _ => "",
    };
    pagina(&stato, &chi, fatto, Vec::new(), Scritta::default()).await
}

/// The page, with what was refused of a form.
pub(super) async fn pagina(
    stato: &Stato,
    chi: &Chi,
    fatto: &'static str,
    errori: Errori,
    scritta: Scritta,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Sostituzioni, Permesso::Legge)?;
    let per_conto = chi.sessione.per_conto.is_some();
    let per_tutti = !per_conto && chi.permesso(Azione::Sostituzioni) >= Permesso::Agisce;
    let (io, aoo, ora) = (chi.sessione.persona.clone(), chi.aoo.id, stato.db.orologio().adesso());
    let guscio = Guscio::new(chi, "/preferenze");
    let nome = io.nome_utente.clone();
    let (persone, sostituzioni) =
        stato.blocca(move |stato| stato.db.leggi(|conn| leggi(conn, &io, aoo, ora, (per_conto, per_tutti)))).await?;
    let codice = if errori.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let pagina = Pagina { guscio, fatto, errori, per_conto, per_tutti, io: nome, persone, sostituzioni, scritta };
    Ok(rendi(codice, &pagina)?)
}

/// The people with such a role in the AOO now, who may enter, by name.
pub(super) fn persone(
    conn: &mut Conn,
    aoo: AooId,
    ora: Istante,
    tale: impl Fn(&Incaricato) -> bool,
) -> Result<Vec<Scelta>, Problema> {
    let incaricati = utenti::organigramma(conn, aoo, ora)?.into_iter().flat_map(|p| p.persone);
    let mut persone: Vec<Persona> = incaricati.filter(|i| !i.escluso && tale(i)).map(|i| i.persona).collect();
    persone
        .sort_by(|a, b| (a.cognome.as_str(), a.nome.as_str(), a.id).cmp(&(b.cognome.as_str(), b.nome.as_str(), b.id)));
    persone.dedup_by_key(|p| p.id);
    Ok(persone.into_iter().map(|p| Scelta { nome: p.nome_e_cognome(), nome_utente: p.nome_utente }).collect())
}

fn leggi(
    conn: &mut Conn,
    io: &Persona,
    aoo: AooId,
    ora: Istante,
    (per_conto, per_tutti): (bool, bool),
) -> Result<(Vec<Scelta>, Vec<SostituzioneVista>), Problema> {
    let persone = persone(conn, aoo, ora, |_| true)?;
    let disponibili: Vec<_> = sostituzione::disponibili(conn, io.id, aoo, ora)?.into_iter().map(|s| s.id).collect();
    let di = (!per_tutti).then_some(io.id);
    let viste = sostituzione::elenco(conn, aoo, di, None, MASSIME)?
        .into_iter()
        .map(|s| {
            let viva = s.revocata.is_none() && ora < s.al;
            let (stato, esito) = match (s.revocata, viva, s.dal <= ora) {
                (Some(_), ..) => ("Revocata", "cattiva"),
                (None, true, true) => ("In vigore", "buona"),
                (None, true, false) => ("Deve cominciare", "attesa"),
                (None, false, _) => ("Finita", "attesa"),
            };
            SostituzioneVista {
                revocabile: viva && !per_conto && (per_tutti || s.titolare.id == io.id),
                operabile: !per_conto && disponibili.contains(&s.id),
                periodo: format!("{} – {}", formato::data(s.dal.giorno()), formato::data(s.ultimo_giorno())),
                id: s.id.to_string(),
                titolare: s.titolare.nome_e_cognome(),
                sostituto: s.sostituto.nome_e_cognome(),
                motivo: s.motivo.to_string(),
                stato,
                esito,
            }
        })
        .collect();
    Ok((persone, viste))
}

/// `POST /preferenze/password`: the person's own, whomever they act for; their other sessions end.
pub(super) async fn cambia_parola(
    stato: web::Data<Stato>,
    pagine: web::Data<Pagine>,
    chi: Chi,
    form: web::Form<Cambio>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Sostituzioni, Permesso::Legge)?;
    chi.modulo(&form.modulo)?;
    let Cambio { attuale, nuova, ripetuta, .. } = form.into_inner();
    let no = |campo, testo: &str| pagina(&stato, &chi, "", vec![(campo, testo.to_owned())], Scritta::default());
    let nome = chi.sessione.persona.nome_utente.clone();
    if !pagine.per_utente.ammette(nome.clone(), stato.db.orologio().adesso()) {
        return Err(Problema::troppi("Troppi tentativi: riprova fra 15 minuti.", 900).into());
    }
    if nuova != ripetuta {
        return no("ripetuta", "Le due password nuove non sono uguali: riscrivile.").await;
    }
    let (io, gettone) = (chi.sessione.persona.clone(), chi.gettone.clone());
    let cambia = move |stato: &Stato| {
        let com_era = stato.db.leggi(|conn| utenti::parola_di(conn, io.id))?;
        if !com_era.is_some_and(|protetta| utenti::verifica_parola(&attuale, &protetta)) {
            return Ok(Err(("attuale", "La password attuale non è questa.".to_owned())));
        }
        let protetta = match Parola::nuova(&nuova) {
            Ok(parola) => parola.protetta()?,
            Err(e) => return Ok(Err(("nuova", e.to_string()))),
        };
        let attore = Attore::Utente(io.id);
        let cambiata = stato
            .db
            .scrivi(AooId::INSTALLAZIONE, &attore, |op| utenti::cambia_la_propria(op, &io, &protetta, &gettone));
        Ok(Ok(cambiata?))
    };
    match stato.blocca(cambia).await? {
        Ok(()) => {
            pagine.per_utente.dimentica(&nome);
            Ok(fatto("password"))
        }
        Err((campo, testo)) => no(campo, &testo).await,
    }
}

/// Back to the page, which says what was done.
pub(super) fn fatto(che: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/preferenze?fatto={che}"))).finish()
}
