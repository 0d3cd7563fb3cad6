//! `/rubrica`: people, companies and bodies with their addresses, the source and the date of each (UX.md 3.4).

mod gruppi;
pub(super) mod ipa;
mod modulo;
mod nuovo;
mod uno;

use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::{Errata, formato};
use crate::registro::ipa as indice_ipa;
use crate::registro::rubrica::{self, Fonte, Indirizzo, Provenienza, Recapito, Soggetto};
use crate::segnatura::TipoParte;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::SoggettoId;
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Rows of a page.
const PAGINA: i64 = 50;

pub(super) fn rotte(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/rubrica").route(web::get().to(elenco)).route(web::post().to(nuovo::crea)));
    cfg.route("/rubrica/nuovo", web::get().to(nuovo::nuovo));
    cfg.service(
        web::resource("/rubrica/gruppi").route(web::get().to(gruppi::elenco)).route(web::post().to(gruppi::crea)),
    );
    cfg.route("/rubrica/gruppi/{id}", web::get().to(gruppi::mostra));
    cfg.route("/rubrica/gruppi/{id}/membri", web::post().to(gruppi::aggiungi));
    cfg.route("/rubrica/gruppi/{id}/membri/{membro}/uscita", web::post().to(gruppi::togli));
    cfg.route("/rubrica/gruppi/{id}/chiusura", web::post().to(gruppi::chiudi));
    cfg.route("/rubrica/ipa/{genere}/{codice}", web::get().to(ipa::mostra));
    cfg.route("/rubrica/{id}", web::get().to(uno::mostra));
    cfg.route("/rubrica/{id}/modifica", web::get().to(nuovo::modifica));
    cfg.route("/rubrica/{id}/dati", web::post().to(nuovo::cambia));
    cfg.route("/rubrica/{id}/recapiti", web::post().to(uno::aggiungi));
    cfg.route("/rubrica/{id}/recapiti/{recapito}/ritiro", web::post().to(uno::ritira));
    cfg.route("/rubrica/{id}/proposte/{proposta}", web::post().to(uno::decidi));
    cfg.route("/rubrica/{id}/unioni", web::post().to(uno::unisci));
    cfg.route("/rubrica/{id}/unioni/{unione}/scioglimento", web::post().to(uno::sciogli));
}

struct Riga {
    id: String,
    nome: String,
    tipo: &'static str,
    codici: String,
    recapiti: Vec<RecapitoVisto>,
}

/// An address as the pages show it.
struct RecapitoVisto {
    id: String,
    tipo: &'static str,
    valore: String,
    fonte: String,
    dal: String,
    al: Option<String>,
}

#[derive(Template)]
#[template(path = "rubrica.html")]
struct Elenco {
    guscio: Guscio,
    testo: String,
    righe: Vec<Riga>,
    nell_ipa: Vec<ipa::VoceVista>,
    ipa_piena: bool,
    con_proposte: bool,
    solo_proposte: bool,
    corta: bool,
    piena: bool,
    prima: bool,
    cursore: Option<String>,
}

/// What is looked for, and where the page begins.
#[derive(Deserialize)]
struct Filtro {
    #[serde(default)]
    q: String,
    #[serde(default)]
    mostra: String,
    dopo: Option<String>,
}

async fn elenco(stato: web::Data<Stato>, chi: Chi, filtro: web::Query<Filtro>) -> Result<HttpResponse, Errata> {
    permesso(&chi)?;
    let Filtro { q: testo, mostra, dopo } = filtro.into_inner();
    let solo_proposte = mostra == "proposte";
    let dopo: Option<SoggettoId> = dopo.map(|d| d.parse()).transpose().map_err(|_| Problema::non_trovato())?;
    let (aoo, cercato) = (chi.aoo.id, testo.trim().to_owned());
    let (mut trovati, nell_ipa, con_proposte) = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| {
                let con_proposte = !rubrica::con_proposte(conn, aoo, 1)?.is_empty();
                let trovati = if solo_proposte {
                    rubrica::con_proposte(conn, aoo, PAGINA)?
                } else if cercato.is_empty() {
                    rubrica::elenco(conn, aoo, dopo, PAGINA + 1)?
                } else {
                    rubrica::cerca(conn, aoo, &cercato)?
                };
                let nell_ipa = if solo_proposte { Vec::new() } else { indice_ipa::cerca(conn, &cercato)? };
                Ok::<_, Problema>((trovati, nell_ipa, con_proposte))
            })
        })
        .await?;
    let cerca = !testo.trim().is_empty();
    let altri = !cerca && !solo_proposte && i64::try_from(trovati.len()).is_ok_and(|n| n > PAGINA);
    if altri {
        trovati.pop();
    }
    let pagina = Elenco {
        guscio: Guscio::new(&chi, "/rubrica"),
        corta: cerca && testo.split_whitespace().all(|p| p.chars().count() < rubrica::MINIMO),
        piena: cerca && trovati.len() == rubrica::MASSIMO,
        cursore: trovati.last().filter(|_| altri).map(|s| s.id.to_string()),
        righe: trovati.iter().map(riga).collect(),
        ipa_piena: nell_ipa.len() == indice_ipa::MASSIMO,
        nell_ipa: nell_ipa.iter().map(ipa::vista).collect(),
        testo,
        con_proposte,
        solo_proposte,
        prima: dopo.is_none(),
    };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

/// Who may see the rubrica may also write in it.
fn permesso(chi: &Chi) -> Result<(), Errata> {
    chi.serve(Azione::Uscita, Permesso::Agisce)
}

fn riga(s: &Soggetto) -> Riga {
    Riga {
        id: s.id.to_string(),
        nome: s.nome(),
        tipo: nome_tipo(s.parte.tipo),
        codici: codici(s).iter().map(|(nome, codice)| format!("{nome} {codice}")).collect::<Vec<_>>().join(" · "),
        recapiti: s.recapiti.iter().map(recapito).collect(),
    }
}

/// The codes of a soggetto, with their names.
fn codici(s: &Soggetto) -> Vec<(&'static str, String)> {
    let p = &s.parte;
    let cf = p.codice_fiscale.as_ref().map(|c| ("CF", c.to_string()));
    let ipa = p.codice_ipa.as_ref().map(|c| ("IPA", c.to_string()));
    let aoo = p.codice_aoo.as_ref().map(|c| ("AOO", c.to_string()));
    [cf, ipa, aoo].into_iter().flatten().collect()
}

fn recapito(r: &Recapito) -> RecapitoVisto {
    RecapitoVisto {
        id: r.id.to_string(),
        tipo: nome_recapito(&r.indirizzo),
        valore: r.indirizzo.valore().to_owned(),
        fonte: fonte(&r.provenienza),
        dal: formato::data(r.provenienza.istante.giorno()),
        al: r.ritirato.as_ref().map(|(autore, il)| format!("{}, da {autore}", formato::data(il.giorno()))),
    }
}

/// The name of a kind of soggetto.
fn nome_tipo(tipo: TipoParte) -> &'static str {
    match tipo {
        TipoParte::PersonaFisica => "Persona",
        TipoParte::PersonaGiuridica => "Azienda o associazione",
        TipoParte::Amministrazione => "Pubblica amministrazione",
        TipoParte::AmministrazioneEstera => "Amministrazione estera",
    }
}

/// The name of a kind of address.
fn nome_recapito(indirizzo: &Indirizzo) -> &'static str {
    match indirizzo {
        Indirizzo::Pec(_) => "PEC",
        Indirizzo::Email(_) => "E-mail",
        Indirizzo::Posta(_) => "Posta",
    }
}

/// Where a datum comes from, for people.
pub(super) fn fonte(p: &Provenienza) -> String {
    match p.fonte {
        Fonte::Scritto => format!("scritto da {}", p.autore),
        altra => nome_fonte(altra).to_owned(),
    }
}

/// The name of a source.
fn nome_fonte(fonte: Fonte) -> &'static str {
    match fonte {
        Fonte::Ipa => "IPA",
        Fonte::Inipec => "INI-PEC",
        Fonte::Inad => "INAD",
        Fonte::PecRicevuta => "PEC ricevuta",
        Fonte::Scritto => "scritto a mano",
        Fonte::Csv => "file CSV",
    }
}
