//! The attachments of a message: every leaf that is not its text.

use super::albero::Parte;
use crate::valori::{Impronta, NomeFile};
use serde::Serialize;
use std::borrow::Cow;

/// A file that came with a message.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Allegato<'a> {
    /// Its name, cleaned; one made from its place and kind if it has none.
    pub name: NomeFile,
    /// Media type as declared, a claim of the sender: `application/pdf`.
    pub media_type: String,
    /// How many bytes.
    pub size: usize,
    /// SHA-256 of the bytes.
    pub sha256: Impronta,
    /// The bytes, decoded; borrowed from the message where they are in clear.
    #[serde(skip)]
    pub bytes: Cow<'a, [u8]>,
}

impl<'a> Allegato<'a> {
    pub(super) fn new(parte: &Parte, bytes: Cow<'a, [u8]>, numero: usize) -> Self {
        let tipo = parte.campi.tipo.clone();
        let ripiego = format!("allegato-{numero}{}", estensione(&tipo));
        let name = NomeFile::da_arrivo(parte.campi.nome.as_deref().unwrap_or(""), &ripiego);
        Self { name, media_type: tipo, size: bytes.len(), sha256: Impronta::of(&bytes), bytes }
    }

    /// True if it bears this name, whatever the case.
    #[must_use]
    pub fn si_chiama(&self, nome: &str) -> bool {
        self.name.as_str().eq_ignore_ascii_case(nome)
    }

    /// The same, with bytes of its own.
    pub(super) fn into_owned<'b>(self) -> Allegato<'b> {
        let Self { name, media_type, size, sha256, bytes } = self;
        Allegato { name, media_type, size, sha256, bytes: Cow::Owned(bytes.into_owned()) }
    }
}

/// What a nameless file is called by, so that a clerk can open it.
fn estensione(tipo: &str) -> &'static str {
    match tipo {
        "application/pdf" => ".pdf",
        "application/xml" | "text/xml" => ".xml",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => ".p7m",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => ".p7s",
        "application/zip" => ".zip",
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "message/rfc822" => ".eml",
        "text/html" => ".html",
        "text/plain" => ".txt",
        "text/calendar" => ".ics",
        _ => ".bin",
    }
}
