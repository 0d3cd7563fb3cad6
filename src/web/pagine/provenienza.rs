//! Where a request comes from: the peer, or what a trusted proxy says of it.

use actix_web::HttpRequest;
use std::net::{IpAddr, Ipv6Addr};

/// The address of the caller. Of `X-Forwarded-For` only the last entry counts, the one our own proxy wrote, and only if the peer is
/// one of `fidati`.
pub(super) fn indirizzo(http: &HttpRequest, fidati: &[IpAddr]) -> Option<IpAddr> {
    let vicino = http.peer_addr()?.ip();
    if !fidati.contains(&vicino) {
        return Some(rete(vicino));
    }
    let inoltrati = http.headers().get_all("X-Forwarded-For").filter_map(|v| v.to_str().ok());
    let ultimo = inoltrati.last().and_then(|v| v.rsplit(',').next()).and_then(|v| v.trim().parse().ok());
    Some(rete(ultimo.unwrap_or(vicino)))
}

/// Who has one IPv6 address has the whole /64 around it; an IPv4 address inside IPv6 is itself.
fn rete(indirizzo: IpAddr) -> IpAddr {
    match indirizzo.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
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
        assert_eq!(chiedi("2001:db8:1:2:3:4:5:6", &[proxy]), "2001:db8:1:2::");
        assert_eq!(chiedi("::ffff:192.0.2.1", &[proxy]), "192.0.2.1");
    }
}
