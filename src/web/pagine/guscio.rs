//! The frame of every page for staff: header, menu, footer.

use super::chi::Chi;
use super::{formato, risorse};
use crate::registro::emergenza::Emergenza;
use crate::utenti::Ruolo;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{AooId, CodicePostazione, CodiceUfficio, Istante};
use crate::web::Problema;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

/// An entry of the menu.
pub(super) struct Voce {
    pub(super) href: &'static str,
    pub(super) testo: &'static str,
    pub(super) icona: &'static str,
    pub(super) attiva: bool,
}

/// What everybody has to know, above every page: an emergenza, a copy that was put back.
pub(super) struct Striscia {
    pub(super) nome: &'static str,
    pub(super) testo: String,
    /// Its page, for who may see it.
    pub(super) href: Option<String>,
}

/// What the frame shows.
pub(super) struct Guscio {
    pub(super) risorse: &'static str,
    pub(super) ente: String,
    pub(super) aoo: String,
    pub(super) aoo_id: AooId,
    pub(super) persona: String,
    pub(super) ruoli: String,
    /// For whom the person acts, if not for themselves.
    pub(super) per_conto: Option<String>,
    pub(super) allarmi: Vec<Striscia>,
    pub(super) menu: Vec<Voce>,
    pub(super) modulo: String,
    pub(super) cerca: bool,
    pub(super) versione: &'static str,
}

/// Address, text, icon, what one must be able to do there.
type Riga = (&'static str, &'static str, &'static str, Azione, Permesso);

/// The entries, in the order of the policy.
const MENU: [Riga; 17] = [
    ("/da-protocollare", "Da protocollare", "it-mail", Azione::Entrata, Permesso::Agisce),
    ("/registrazioni/nuova?flusso=entrata", "Nuova entrata", "it-inbox", Azione::Entrata, Permesso::Agisce),
    ("/scrivania", "Scrivania", "it-inbox", Azione::Scrivania, Permesso::Agisce),
    ("/registrazioni/nuova?flusso=uscita", "Nuova uscita", "it-upload", Azione::Uscita, Permesso::Agisce),
    ("/registrazioni/nuova?flusso=interna", "Nuova interna", "it-files", Azione::Uscita, Permesso::Agisce),
    ("/predisposti", "Predisposti", "it-pencil", Azione::Uscita, Permesso::Agisce),
    ("/spedizioni", "Spedizioni", "it-upload", Azione::Uscita, Permesso::Legge),
    ("/rubrica", "Rubrica", "it-user", Azione::Uscita, Permesso::Agisce),
    ("/fascicoli", "Fascicoli", "it-folder", Azione::Fascicoli, Permesso::Legge),
    ("/registro", "Registro", "it-list", Azione::Registro, Permesso::Legge),
    ("/registro/giornalieri", "Registro giornaliero", "it-calendar", Azione::Registro, Permesso::Legge),
    ("/annullamenti", "Annullamenti", "it-ban", Azione::Registro, Permesso::Legge),
    ("/conservazione", "Conservazione", "it-box", Azione::Conservazione, Permesso::Legge),
    ("/caselle", "Caselle", "it-mail", Azione::Caselle, Permesso::Legge),
    ("/amministrazione/organigramma", "Organigramma", "it-pa", Azione::Amministrazione, Permesso::Legge),
    ("/amministrazione/fiducia", "Fiducia", "it-locked", Azione::Amministrazione, Permesso::Legge),
    ("/preferenze", "Preferenze", "it-settings", Azione::Sostituzioni, Permesso::Legge),
];

impl Guscio {
    /// The frame around the page at `qui`.
    pub(super) fn new(chi: &Chi, qui: &str) -> Self {
        let voce = |(href, testo, icona, ..): Riga| Voce { href, testo, icona, attiva: href == qui };
        Self {
            risorse: &risorse::PREFISSO,
            ente: chi.aoo.ente.to_string(),
            aoo_id: chi.aoo.id,
            aoo: chi.aoo.denominazione.to_string(),
            persona: chi.sessione.persona.nome_e_cognome(),
            per_conto: chi.sessione.per_conto.as_ref().map(|s| s.titolare.nome_e_cognome()),
            ruoli: nomi_ruoli(chi),
            allarmi: allarmi(chi),
            menu: permesse(chi).map(voce).collect(),
            modulo: chi.sessione.modulo.clone(),
            cerca: chi.permesso(Azione::Ricerca) >= Permesso::Legge,
            versione: env!("CARGO_PKG_VERSION"),
        }
    }
}

fn allarmi(chi: &Chi) -> Vec<Striscia> {
    let legge = chi.permesso(Azione::Registro) >= Permesso::Legge;
    let copia = chi.copia.then(|| Striscia {
        nome: "Copia ripristinata",
        testo:
            "Il database è una copia più vecchia di quello che era in uso: non si scrive finché il responsabile del \
                protocollo non la riconosce."
                .to_owned(),
        href: legge.then(|| "/registro/copia".to_owned()),
    });
    let striscia = |e: &Emergenza| Striscia {
        nome: "Emergenza",
        testo: detta(e, chi.ora),
        href: legge.then(|| format!("/registro/emergenza/{}", e.id)),
    };
    copia.into_iter().chain(chi.emergenze.iter().map(striscia)).collect()
}

/// An emergenza as everybody has to know it: since when and for how long, or what has to be recovered; and who waits.
fn detta(e: &Emergenza, ora: Istante) -> String {
    let uffici: Vec<&str> = e.uffici.iter().map(CodiceUfficio::as_str).collect();
    let chi = if uffici.is_empty() { "tutti gli uffici".to_owned() } else { uffici.join(", ") };
    let inizio = formato::minuto(e.inizio);
    if e.fine.is_some() {
        let mancanti: Vec<&str> = e.mancanti().into_iter().map(CodicePostazione::as_str).collect();
        let mancanti = mancanti.join(", ");
        return format!(
            "Emergenza del {inizio}: da recuperare {mancanti}. Le registrazioni per {chi} aspettano il recupero."
        );
    }
    let fino = e.autorizzata_fino();
    let quanto = match fino > ora {
        true => format!("autorizzato fino al {} ({})", formato::minuto(fino), formato::mancano(fino.dopo(ora))),
        false => format!("l'autorizzazione è finita il {}: serve una proroga", formato::minuto(fino)),
    };
    format!("Registro di emergenza attivo dal {inizio}, {quanto}. Per {chi} si registra a mano.")
}

/// The first page this person may see.
pub(super) fn prima_pagina(chi: &Chi) -> &'static str {
    permesse(chi).next().map_or("/benvenuto", |(href, ..)| href)
}

fn permesse(chi: &Chi) -> impl Iterator<Item = Riga> {
    MENU.into_iter().filter(|(.., azione, almeno)| chi.permesso(*azione) >= *almeno)
}

fn nomi_ruoli(chi: &Chi) -> String {
    let mut nomi: Vec<&str> = Vec::new();
    for nome in chi.ruoli.iter().map(|(r, _)| nome_ruolo(*r)) {
        if !nomi.contains(&nome) {
            nomi.push(nome);
        }
    }
    nomi.join(", ")
}

/// A role, as people call it.
pub(super) fn nome_ruolo(ruolo: Ruolo) -> &'static str {
    match ruolo {
        Ruolo::Operatore => "Operatore di protocollo",
        Ruolo::Rsp => "Responsabile del protocollo",
        Ruolo::Addetto => "Addetto di ufficio",
        Ruolo::ResponsabileUfficio => "Responsabile di ufficio",
        Ruolo::ResponsabileConservazione => "Responsabile della conservazione",
        Ruolo::Amministratore => "Amministratore",
        Ruolo::Revisore => "Revisore",
    }
}

/// A page as an answer; nothing that a clerk saw stays in a cache.
pub(super) fn rendi(stato: StatusCode, pagina: &impl Template) -> Result<HttpResponse, Problema> {
    let html = pagina.render().map_err(Problema::interno)?;
    Ok(HttpResponse::build(stato)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html))
}
