//! The door: `GET /entra`, `POST /entra`, `POST /esci`.

use super::chi::{BISCOTTO, Chi};
use super::guscio::rendi;
use super::{Errata, Pagine, risorse};
use crate::utenti::{self, sessione};
use crate::valori::{Attore, Istante};
use crate::web::{Problema, Stato};
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Longest user name that is looked up, in bytes.
const MASSIMO_NOME: usize = 200;

#[derive(Template)]
#[template(path = "entra.html")]
struct Pagina<'a> {
    risorse: &'a str,
    utente: &'a str,
    dopo: &'a str,
    avviso: String,
    errore: &'a str,
}

/// Where to go afterwards, and when the session before this one ended.
#[derive(Deserialize)]
pub(super) struct Provenienza {
    dopo: Option<String>,
    scaduta: Option<String>,
}

/// What is typed at the door.
#[derive(Deserialize)]
pub(super) struct Credenziali {
    utente: String,
    password: String,
    #[serde(default)]
    dopo: String,
}

/// What is sent by the button that leaves.
#[derive(Deserialize)]
pub(super) struct Uscita {
    modulo: String,
}

/// The door.
pub(super) async fn porta(provenienza: web::Query<Provenienza>) -> Result<HttpResponse, Errata> {
    let scaduta = provenienza.scaduta.as_deref().and_then(|s| s.parse::<Istante>().ok());
    let avviso = scaduta
        .map(|il| format!("La sessione è finita il {}: rientra per continuare.", il.leggibile()))
        .unwrap_or_default();
    let dopo = provenienza.dopo.as_deref().unwrap_or("/");
    let pagina = Pagina { risorse: &risorse::PREFISSO, utente: "", dopo: locale(dopo), avviso, errore: "" };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

/// Opens, or says why not: the same words and the same work for a name that does not exist.
pub(super) async fn entra(
    stato: web::Data<Stato>,
    pagine: web::Data<Pagine>,
    http: HttpRequest,
    credenziali: web::Form<Credenziali>,
) -> Result<HttpResponse, Errata> {
    dallo_stesso_sito(&http)?;
    let Credenziali { utente, password, dopo } = credenziali.into_inner();
    let nome = utente.trim().to_lowercase();
    let ora = stato.db.orologio().adesso();
    let no = |stato, errore| {
        let pagina =
            Pagina { risorse: &risorse::PREFISSO, utente: &utente, dopo: locale(&dopo), avviso: String::new(), errore };
        Ok(rendi(stato, &pagina)?)
    };
    let da_qui = pagine.ammette(&pagine.per_indirizzo, &http, ora);
    if nome.len() > MASSIMO_NOME || !da_qui || !pagine.per_utente.ammette(nome.clone(), ora) {
        return no(StatusCode::TOO_MANY_REQUESTS, "Troppi tentativi: riprova fra 15 minuti.");
    }
    let (finta, cercato) = (pagine.parola_finta.clone(), nome.clone());
    match stato.blocca(move |stato| apri(stato, &finta, &cercato, &password)).await? {
        Esito::Aperta(gettone) => {
            pagine.per_utente.dimentica(&nome);
            let biscotto = biscotto(gettone).finish();
            Ok(HttpResponse::SeeOther().cookie(biscotto).insert_header((header::LOCATION, locale(&dopo))).finish())
        }
        Esito::SenzaRuolo => {
            no(StatusCode::UNPROCESSABLE_ENTITY, "Il tuo utente non ha ancora un ruolo: chiedilo all'amministratore.")
        }
        Esito::Errate => no(StatusCode::UNPROCESSABLE_ENTITY, "Nome utente o password non corretti."),
    }
}

enum Esito {
    Aperta(String),
    SenzaRuolo,
    Errate,
}

fn apri(stato: &Stato, finta: &str, nome: &str, password: &str) -> Result<Esito, Problema> {
    let trovata = stato.db.leggi(|conn| {
        let Some(persona) = utenti::utente_per_nome(conn, nome)? else { return Ok::<_, Problema>(None) };
        Ok(utenti::parola_di(conn, persona.id)?.map(|protetta| (persona, protetta)))
    })?;
    let protetta = trovata.as_ref().map_or(finta, |(_, protetta)| protetta.as_str());
    let giusta = utenti::verifica_parola(password, protetta);
    let Some((persona, _)) = trovata.filter(|_| giusta) else { return Ok(Esito::Errate) };
    // The same words: who is kept out learns nothing from a right password.
    if stato.db.leggi(|conn| utenti::escluso(conn, persona.id))? {
        return Ok(Esito::Errate);
    }
    let aoo = stato.db.leggi(|conn| {
        for aoo in utenti::tutte_le_aoo(conn)? {
            if !utenti::ruoli_di(conn, persona.id, aoo.id)?.is_empty() {
                return Ok::<_, Problema>(Some(aoo));
            }
        }
        Ok(None)
    })?;
    let Some(aoo) = aoo else { return Ok(Esito::SenzaRuolo) };
    let gettone = stato.db.scrivi(aoo.id, &Attore::Utente(persona.id), |op| sessione::crea(op, persona.id))?;
    Ok(Esito::Aperta(gettone))
}

/// Closes the session and takes the cookie back.
pub(super) async fn esci(stato: web::Data<Stato>, chi: Chi, form: web::Form<Uscita>) -> Result<HttpResponse, Errata> {
    chi.modulo(&form.modulo)?;
    let chiudi =
        move |stato: &Stato| Ok(stato.db.scrivi(chi.aoo.id, &chi.attore(), |op| sessione::chiudi(op, &chi.gettone))?);
    stato.blocca(chiudi).await?;
    let mut biscotto = biscotto(String::new()).finish();
    biscotto.make_removal();
    Ok(HttpResponse::SeeOther().cookie(biscotto).insert_header((header::LOCATION, "/entra")).finish())
}

fn biscotto(gettone: String) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(BISCOTTO, gettone).path("/").secure(true).http_only(true).same_site(SameSite::Lax)
}

/// Where there is no session whose token a form could carry: browsers say where a form comes from (Fetch Metadata).
pub(super) fn dallo_stesso_sito(http: &HttpRequest) -> Result<(), Errata> {
    match http.headers().get("Sec-Fetch-Site").map(header::HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(Errata::ModuloEstraneo),
    }
}

/// An address of ours, or the first page.
fn locale(dopo: &str) -> &str {
    let buono = dopo.starts_with('/')
        && !dopo.starts_with("//")
        && dopo.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
        && !dopo.starts_with("/entra");
    if buono { dopo } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::locale;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for cattivo in
            ["", "//altro.example", "/\\altro.example", "https://altro.example", "/a\r\nb", "altro", "/entra"]
        {
            assert_eq!(locale(cattivo), "/", "{cattivo:?}");
        }
        assert_eq!(locale("/registro?prima=1"), "/registro?prima=1");
    }
}
