//! `/rubrica/ipa/{genere}/{codice}`: an entry of the IPA, with what was said of it before; and how entries look in lists.

use super::permesso;
use crate::registro::ipa::{self, Genere, InVigore, Versione, VoceIpa};
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

/// An entry in a list.
pub(in crate::web::pagine) struct VoceVista {
    pub(in crate::web::pagine) strada: String,
    pub(in crate::web::pagine) nome: String,
    pub(in crate::web::pagine) genere: &'static str,
    pub(in crate::web::pagine) codici: String,
    pub(in crate::web::pagine) pec: String,
    pub(in crate::web::pagine) fonte: String,
}

#[derive(Template)]
#[template(path = "rubrica-ipa.html")]
struct Pagina {
    guscio: Guscio,
    nome: String,
    genere: &'static str,
    cessata: bool,
    versioni: Vec<VersioneVista>,
}

/// What was said from a day on.
struct VersioneVista {
    nome: String,
    codici: String,
    recapiti: Vec<String>,
    sede: String,
    cessata: bool,
    dati_al: String,
    importata: String,
}

/// The name of a kind.
fn nome_genere(genere: Genere) -> &'static str {
    match genere {
        Genere::Amministrazione => "Amministrazione",
        Genere::Aoo => "AOO",
        Genere::Uo => "Ufficio (UO)",
    }
}

/// The codes of an entry, with their names.
pub(in crate::web::pagine) fn codici(voce: &VoceIpa) -> String {
    let ipa = Some(format!("IPA {}", voce.codice_ipa));
    let aoo = voce.codice_aoo.as_ref().map(|c| format!("AOO {c}"));
    let uo = voce.codice_uo.as_ref().map(|c| format!("UO {c}"));
    [ipa, aoo, uo].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

pub(in crate::web::pagine) fn vista(v: &InVigore) -> VoceVista {
    VoceVista {
        strada: format!("{}/{}", v.voce.genere.as_str(), v.voce.codice()),
        nome: v.voce.nome(),
        genere: nome_genere(v.voce.genere),
        codici: codici(&v.voce),
        pec: v.voce.pec().map(ToString::to_string).unwrap_or_default(),
        fonte: v.fonte(),
    }
}

pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chi,
    voce: web::Path<(String, String)>,
) -> Result<HttpResponse, Errata> {
    permesso(&chi)?;
    let (genere, codice) = voce.into_inner();
    let genere: Genere = genere.parse().map_err(|_| Problema::non_trovato())?;
    let leggi = move |stato: &Stato| Ok(stato.db.leggi(|conn| ipa::storia(conn, genere, &codice))?);
    let storia = stato.blocca(leggi).await?;
    let ultima = storia.first().ok_or_else(Problema::non_trovato)?;
    let pagina = Pagina {
        guscio: Guscio::new(&chi, "/rubrica"),
        nome: ultima.voce.nome(),
        genere: nome_genere(genere),
        cessata: ultima.cessata,
        versioni: storia.iter().map(versione).collect(),
    };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

fn versione(v: &Versione) -> VersioneVista {
    let recapito = |i: &crate::registro::rubrica::Indirizzo| format!("{} ({})", i.valore(), super::nome_recapito(i));
    VersioneVista {
        nome: v.voce.nome(),
        codici: codici(&v.voce),
        recapiti: v.voce.recapiti.iter().map(recapito).collect(),
        sede: v.voce.sede.as_ref().map(ToString::to_string).unwrap_or_default(),
        cessata: v.cessata,
        dati_al: formato::data(v.dati_al),
        importata: format!("{} da {}", formato::data(v.istante.giorno()), v.autore),
    }
}
