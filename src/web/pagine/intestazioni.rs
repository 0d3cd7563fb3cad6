//! What every answer tells the browser: only our own files, no script or style inside a page, no frame of others.

use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;

/// No source but ourselves; `data:` is for the small drawings and the icon font inside Bootstrap Italia's style sheet.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; \
                   connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

/// The headers of every answer that does not set its own.
pub(in crate::web) fn intestazioni() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, CSP))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "same-origin"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
}
