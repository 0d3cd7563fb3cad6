//! Style, script, icons and fonts, embedded in the program: nothing comes from another host.
//!
//! Their address holds a digest of all of them, so that a browser may keep each for ever and still gets the new ones.

use super::Errata;
use crate::web::Problema;
use actix_web::http::header::{self, EntityTag, IfNoneMatch};
use actix_web::{HttpResponse, web};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// What `make assets` gathers; without it the pages work, unadorned.
#[derive(RustEmbed)]
#[folder = "src/web/assets/dist"]
#[allow_missing = true]
struct Dist;

/// Where the files are: `/risorse/<digest>`.
pub(super) static PREFISSO: LazyLock<String> = LazyLock::new(|| {
    let mut nomi: Vec<_> = Dist::iter().collect();
    nomi.sort();
    let mut hasher = Sha256::new();
    for nome in nomi {
        hasher.update(nome.as_bytes());
        if let Some(file) = Dist::get(&nome) {
            hasher.update(file.metadata.sha256_hash());
        }
    }
    let digest = hex::encode(hasher.finalize());
    format!("/risorse/{}", digest.get(..16).unwrap_or_default())
});

/// A file. The digest in the address is for the cache only: an old address gives the new file.
pub(super) async fn mostra(
    nome: web::Path<(String, String)>,
    noto: web::Header<IfNoneMatch>,
) -> Result<HttpResponse, Errata> {
    let file = Dist::get(&nome.1).ok_or_else(Problema::non_trovato)?;
    let etag = EntityTag::new_strong(hex::encode(file.metadata.sha256_hash()));
    let cache = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    let visto = match noto.into_inner() {
        IfNoneMatch::Any => true,
        IfNoneMatch::Items(visti) => visti.iter().any(|v| v.weak_eq(&etag)),
    };
    let mut risposta = if visto { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    risposta.insert_header(cache).insert_header((header::ETAG, etag.to_string()));
    if visto {
        return Ok(risposta.finish());
    }
    Ok(risposta.content_type(file.metadata.mimetype()).body(file.data.into_owned()))
}
