//! Which places of the network may be reached at an address that somebody else wrote.
//!
//! An address out of a certificate must not lead to this machine, nor to what only its network reaches: a proxy, a printer, the
//! service where a cloud keeps its keys. What counts is the number that a name resolves to when the connection is made.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use url::{Host, Url};

/// Why a name was not connected to.
#[derive(Debug)]
pub(super) struct Interno;

impl fmt::Display for Interno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an address that is not public")
    }
}

impl std::error::Error for Interno {}

/// Resolves names to public addresses alone; the proxy of the configuration may lie anywhere.
#[derive(Debug, Default)]
pub(super) struct SoloPubblici(DefaultResolver);

impl Resolver for SoloPubblici {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let trovati = self.0.resolve(uri, config, timeout)?;
        if config.proxy().is_some_and(|proxy| proxy.uri() == uri) {
            return Ok(trovati);
        }
        let mut pubblici = self.empty();
        trovati.iter().filter(|luogo| pubblico(luogo.ip())).for_each(|luogo| pubblici.push(*luogo));
        if pubblici.is_empty() { Err(ureq::Error::Other(Box::new(Interno))) } else { Ok(pubblici) }
    }
}

/// Whether an address says by itself that it is not public. Through a proxy, which resolves names, nothing else can be seen.
pub(super) fn si_dice_interno(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => !pubblico(ip.into()),
        Some(Host::Ipv6(ip)) => !pubblico(ip.into()),
        Some(Host::Domain(nome)) => {
            let nome = nome.trim_end_matches('.').to_lowercase();
            !nome.contains('.') || [".localhost", ".local", ".internal", ".lan"].iter().any(|coda| nome.ends_with(coda))
        }
        None => true,
    }
}

/// Whether an address is of the public network (IANA registries of special-purpose addresses, RFC 6890).
pub(super) fn pubblico(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => pubblico_v4(ip),
        IpAddr::V6(ip) => pubblico_v6(ip),
    }
}

fn pubblico_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let riservato = match (a, b, c) {
        // This network, carriers' networks, protocol assignments, old relays, benchmarks, everything above multicast.
        (0, ..) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18..=19, _) | (224.., ..) => true,
        _ => ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation(),
    };
    !riservato
}

fn pubblico_v6(ip: Ipv6Addr) -> bool {
    let [a, b, .., g, h] = ip.segments();
    let v4 = |alto: u16, basso: u16| {
        let [a, b] = alto.to_be_bytes();
        let [c, d] = basso.to_be_bytes();
        pubblico_v4(Ipv4Addr::new(a, b, c, d))
    };
    if let Some(dentro) = ip.to_ipv4_mapped() {
        return pubblico_v4(dentro);
    }
    match (a, b) {
        // NAT64, which leads to the address at its end.
        (0x64, 0xff9b) => v4(g, h),
        // Documentation, and tunnels, which lead anywhere.
        (0x2001, 0xdb8) | (0x2001, 0..=0x1ff) | (0x2002, _) | (0x3fff, _) => false,
        // Only this is given out as public.
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_this_network_reaches_is_not_public() {
        let check = |ip: &str, atteso: bool| assert_eq!(pubblico(ip.parse().unwrap()), atteso, "{ip}");
        for ip in [
            "8.8.8.8",
            "193.204.114.232",
            "100.63.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "64:ff9b::808:808",
            "::ffff:8.8.8.8",
        ] {
            check(ip, true);
        }
        for ip in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::a00:1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
        ] {
            check(ip, false);
        }
    }

    #[test]
    fn an_address_that_names_this_machine_is_known_by_its_text() {
        let check = |url: &str, atteso: bool| assert_eq!(si_dice_interno(&url.parse().unwrap()), atteso, "{url}");
        for url in [
            "http://localhost/crl",
            "http://LOCALHOST./",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]/",
            "http://server/",
            "http://metadata.google.internal/",
            "http://stampante.local/",
            "http://10.0.0.1:8080/",
        ] {
            check(url, true);
        }
        check("http://crl.example.it/ca.crl", false);
        check("http://8.8.8.8/ca.crl", false);
    }
}
