//! Where a request comes from: the peer, or what a trusted proxy says of it.

use actix_web::HttpRequest;
use std::net::IpAddr;

/// The address of the caller. Of `X-Forwarded-For` only the last entry counts, the one our own proxy wrote, and only if the peer is
/// one of `fidati`.
pub(super) fn indirizzo(http: &HttpRequest, fidati: &[IpAddr]) -> Option<IpAddr> {
    let vicino = http.peer_addr()?.ip();
    if !fidati.contains(&vicino) {
        return Some(vicino);
    }
    let inoltrati = http.headers().get_all("X-Forwarded-For").filter_map(|v| v.to_str().ok());
    let ultimo = inoltrati.last().and_then(|v| v.rsplit(',').next()).and_then(|v| v.trim().parse().ok());
    Some(ultimo.unwrap_or(vicino))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_its_own_word() {
        let proxy: IpAddr = "127.0.0.1".parse().unwrap();
        let chiedi = |inoltrato: &str, fidati: &[IpAddr]| {
            let http = TestRequest::default()
                .peer_addr((proxy, 1).into())
                .insert_header(("X-Forwarded-For", inoltrato))
                .to_http_request();
            indirizzo(&http, fidati).unwrap().to_string()
        };
        assert_eq!(chiedi("192.0.2.1, 198.51.100.7", &[proxy]), "198.51.100.7");
        assert_eq!(chiedi("198.51.100.7", &[]), "127.0.0.1");
        assert_eq!(chiedi("chissà", &[proxy]), "127.0.0.1");
    }
}
