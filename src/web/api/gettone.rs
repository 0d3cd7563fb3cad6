//! Who calls: the application named by the bearer token (RFC 6750), and whether its token is for this call.
//!
//! Every handler names what it asks of a token in its own signature (`Chiamante<Legge>`): there is no `Chiamante` without, so a
//! handler that forgot would not compile.

use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Applicazione, PermessoGettone};
use crate::valori::Attore;
use crate::web::{Problema, Stato};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use std::marker::PhantomData;

/// Longest token that is looked up.
const MASSIMO_GETTONE: usize = 200;

/// What a handler asks of a token.
pub(super) trait Richiesto {
    /// The permesso.
    const PERMESSO: PermessoGettone;
}

macro_rules! richiesti {
    ($($permesso:ident),+) => {$(
        #[doc = concat!("Asks for `PermessoGettone::", stringify!($permesso), "`.")]
        pub(super) struct $permesso;
        impl Richiesto for $permesso {
            const PERMESSO: PermessoGettone = PermessoGettone::$permesso;
        }
    )+};
}
richiesti!(Legge, Registra, Assegna, Classifica, Fascicola, Annulla, Spedisce);

/// The application that calls, whose token has the permesso `P`.
pub(super) struct Chiamante<P>(pub Applicazione, PhantomData<P>);

impl<P> Chiamante<P> {
    /// The application as the author of its acts.
    pub(super) fn attore(&self) -> Attore {
        Attore::Applicazione(self.0.id)
    }

    /// An application sees the whole of its AOO: what it may do with it is between it and its users.
    pub(super) fn vista(&self) -> Vista {
        Vista::Intera(self.0.aoo)
    }
}

impl<P: Richiesto> FromRequest for Chiamante<P> {
    type Error = Problema;
    type Future = LocalBoxFuture<'static, Result<Self, Problema>>;

    fn from_request(richiesta: &HttpRequest, _: &mut Payload) -> Self::Future {
        let intestazione = richiesta.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        let gettone = intestazione.and_then(|v| v.split_once(' ')).and_then(|(schema, gettone)| {
            let gettone = gettone.trim();
            (schema.eq_ignore_ascii_case("bearer") && gettone.len() <= MASSIMO_GETTONE).then(|| gettone.to_owned())
        });
        let stato = richiesta.app_data::<web::Data<Stato>>().cloned();
        Box::pin(async move {
            let (Some(gettone), Some(stato)) = (gettone, stato) else { return Err(Problema::non_autenticato()) };
            let trova = move |stato: &Stato| {
                stato.db.leggi(|conn| utenti::applicazione_per_gettone(conn, &gettone)).map_err(Problema::from)
            };
            let applicazione = stato.blocca(trova).await?;
            // Before anything is looked for: the answer says nothing of what is there.
            if applicazione.puo(P::PERMESSO) {
                Ok(Self(applicazione, PhantomData))
            } else {
                Err(Problema::permesso_mancante(P::PERMESSO))
            }
        })
    }
}
