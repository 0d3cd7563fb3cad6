//! A multipart request part by part, with a limit on what may come between one piece of a part and the next: preambles and headers
//! without end would fill the memory, since they are kept until their end is seen.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use futures_util::{StreamExt, TryStreamExt};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Most bytes that may arrive before a part gives its next piece.
const MASSIMO_MUTO: usize = 1024 * 1024;

/// The parts of a request, as they arrive.
pub(super) struct Parti {
    parti: Multipart,
    muti: Arc<AtomicUsize>,
}

/// A part.
pub(super) struct Parte {
    campo: Field,
    muti: Arc<AtomicUsize>,
}

impl Parti {
    /// The next part.
    pub(super) async fn prossima(&mut self) -> Result<Option<Parte>, MultipartError> {
        let campo = self.parti.try_next().await?;
        self.muti.store(0, Relaxed);
        Ok(campo.map(|campo| Parte { campo, muti: Arc::clone(&self.muti) }))
    }
}

impl Parte {
    /// Its name; empty if it has none.
    pub(super) fn nome(&self) -> String {
        self.campo.name().unwrap_or("").to_owned()
    }

    /// The name of its file, if it is one.
    pub(super) fn file(&self) -> Option<String> {
        self.campo.content_disposition().and_then(|d| d.get_filename()).map(str::to_owned)
    }

    /// Its next bytes.
    pub(super) async fn pezzo(&mut self) -> Option<Result<Bytes, MultipartError>> {
        let pezzo = self.campo.next().await;
        self.muti.store(0, Relaxed);
        pezzo
    }
}

impl FromRequest for Parti {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(richiesta: &HttpRequest, carico: &mut Payload) -> Self::Future {
        let muti = Arc::new(AtomicUsize::new(0));
        let (contatore, testate) = (Arc::clone(&muti), richiesta.headers().clone());
        let corpo = web::Payload::from_request(richiesta, carico);
        Box::pin(async move {
            let misurato = corpo.await?.map(move |pezzo| {
                let pezzo = pezzo?;
                let visti = contatore.fetch_add(pezzo.len(), Relaxed).saturating_add(pezzo.len());
                if visti > MASSIMO_MUTO { Err(PayloadError::Overflow) } else { Ok(pezzo) }
            });
            Ok(Self { parti: Multipart::new(&testate, misurato), muti })
        })
    }
}
