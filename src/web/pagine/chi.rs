//! Who is at the screen: the person of the session, what they may do and what they see.

use super::Errata;
use crate::registro::emergenza::{self, Emergenza};
use crate::storage::Conn;
use crate::utenti::politica::{self, Azione, Permesso};
use crate::utenti::sessione::{self, Sessione};
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Aoo, Errore, Ruolo};
use crate::valori::{Attore, Istante, UfficioId};
use crate::web::{Problema, Stato};
use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The cookie of the session. The prefix makes browsers refuse one set by another host or without `Secure`.
pub(super) const BISCOTTO: &str = "__Host-tabulario";

/// Who asks for a page.
pub(super) struct Chi {
    pub(super) sessione: Sessione,
    pub(super) aoo: Aoo,
    /// The roles they act with: their own, or those of the person they act for.
    pub(super) ruoli: Vec<(Ruolo, UfficioId)>,
    vista: Vista,
    pub(super) gettone: String,
    /// The emergenze for which something waits: every page says so.
    pub(super) emergenze: Vec<Emergenza>,
    /// The database is an older copy that nobody recognised: nothing is written.
    pub(super) copia: bool,
    /// When they asked.
    pub(super) ora: Istante,
}

impl Chi {
    pub(super) fn attore(&self) -> Attore {
        self.sessione.attore()
    }

    pub(super) fn vista(&self) -> Vista {
        self.vista.clone()
    }

    /// The offices where this person has a role, once each.
    pub(super) fn uffici(&self) -> Vec<UfficioId> {
        let mut uffici: Vec<UfficioId> = Vec::new();
        for (_, ufficio) in &self.ruoli {
            if !uffici.contains(ufficio) {
                uffici.push(*ufficio);
            }
        }
        uffici
    }

    /// The most that one of the roles may do.
    pub(super) fn permesso(&self, azione: Azione) -> Permesso {
        let permessi = self.ruoli.iter().map(|(r, _)| politica::permesso(*r, azione));
        permessi.max().unwrap_or(Permesso::Niente)
    }

    /// Refuses as if the page did not exist.
    pub(super) fn serve(&self, azione: Azione, almeno: Permesso) -> Result<(), Errata> {
        if self.permesso(azione) >= almeno { Ok(()) } else { Err(Problema::non_trovato().into()) }
    }

    /// Refuses a form of another session. Both sides are hashed, so that the time says nothing of where they differ.
    pub(super) fn modulo(&self, ricevuto: &str) -> Result<(), Errata> {
        let uguali = Sha256::digest(ricevuto) == Sha256::digest(&self.sessione.modulo);
        if uguali { Ok(()) } else { Err(Errata::ModuloEstraneo) }
    }
}

impl FromRequest for Chi {
    type Error = Errata;
    type Future = LocalBoxFuture<'static, Result<Self, Errata>>;

    fn from_request(richiesta: &HttpRequest, _: &mut Payload) -> Self::Future {
        let gettone = richiesta.cookie(BISCOTTO).map(|c| c.value().to_owned());
        let stato = richiesta.app_data::<web::Data<Stato>>().cloned();
        let guarda = richiesta.method().is_safe();
        let dopo = match richiesta.uri().path_and_query() {
            Some(p) if richiesta.method() == Method::GET => p.as_str().to_owned(),
            _ => "/".to_owned(),
        };
        Box::pin(async move {
            let (Some(gettone), Some(stato)) = (gettone, stato) else { return Err(alla_porta(&dopo, "")) };
            let trovato = stato.blocca(move |stato| Ok(trova(stato, gettone))).await?;
            // Who was only given to look at a thing does nothing to it.
            let trovato = trovato.map(|chi| if guarda { chi } else { Self { vista: chi.vista.per_agire(), ..chi } });
            trovato.map_err(|e| match e {
                Errore::SessioneScaduta(il) => alla_porta(&dopo, &il.to_string()),
                Errore::SessioneAssente => alla_porta(&dopo, ""),
                altro => altro.into(),
            })
        })
    }
}

fn alla_porta(dopo: &str, scaduta: &str) -> Errata {
    Errata::Entra(format!("/entra?dopo={}&scaduta={}", codifica(dopo), codifica(scaduta)))
}

fn trova(stato: &Stato, gettone: String) -> Result<Chi, Errore> {
    let ora = stato.db.orologio().adesso();
    let chi = stato.db.leggi(|conn: &mut Conn| {
        let sessione = sessione::per_gettone(conn, &gettone, ora)?;
        let aoo = utenti::aoo(conn, sessione.aoo)?;
        let ruoli = utenti::ruoli_di(conn, sessione.titolare().id, aoo.id)?;
        let vista = politica::vista_adesso(conn, aoo.id, (sessione.titolare().id, &ruoli), ora)?;
        let emergenze = emergenza::aperte(conn, aoo.id)?;
        Ok::<_, Errore>(Chi { copia: stato.db.e_ferma(aoo.id), sessione, aoo, ruoli, vista, gettone, emergenze, ora })
    })?;
    if chi.sessione.da_rinfrescare {
        stato.db.scrivi(chi.aoo.id, &chi.attore(), |op| sessione::vista(op, &chi.gettone))?;
    }
    Ok(chi)
}

/// A value inside the query of an address (RFC 3986).
fn codifica(valore: &str) -> String {
    let mut codificato = String::new();
    for b in valore.bytes() {
        if b.is_ascii_alphanumeric() || b"-._~/".contains(&b) {
            codificato.push(char::from(b));
        } else {
            // Writing to a String does not fail.
            let _ = write!(codificato, "%{b:02X}");
        }
    }
    codificato
}
