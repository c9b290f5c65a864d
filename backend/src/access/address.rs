//! Where a request comes from: the peer, or what a proxy that is trusted says of whom it speaks for.

use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderMap, HeaderName},
    web,
};
use serde::{Deserialize, Serialize};

use crate::{app::App, network::Network};

/// The header in which the proxies in front say whom they speak for. Only one of them: a proxy minds the one that
/// it knows, and passes on whatever a client writes into the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyHeader {
    /// `X-Forwarded-For`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The address of whoever sent the request.
pub(super) fn of(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let config = request.app_data::<web::Data<App>>().map(|app| &app.config);
    Some(config.map_or(peer, |config| {
        behind(peer, &config.trusted_proxies, config.trusted_proxy_header, request.headers())
    }))
}

/// Who is behind the trusted proxies: each adds at the right end whom it heard from, so the first from the right that
/// is no trusted proxy is the last that somebody trustworthy has seen. What stands further left anybody may have
/// written.
fn behind(peer: IpAddr, trusted: &[Network], header: ProxyHeader, headers: &HeaderMap) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut nearest = peer;
    if !is_trusted(peer) {
        return nearest;
    }
    for hop in hops(header, headers).into_iter().rev() {
        // A proxy that does not say: it is as far as we can see.
        let Some(address) = hop else { break };
        nearest = address;
        if !is_trusted(address) {
            break;
        }
    }
    nearest
}

/// The hops that the header lists, in its order; `None` for one without an address.
fn hops(header: ProxyHeader, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let (name, read): (HeaderName, fn(&str) -> Option<IpAddr>) = match header {
        ProxyHeader::XForwardedFor => (HeaderName::from_static("x-forwarded-for"), node),
        ProxyHeader::Forwarded => (header::FORWARDED, forwarded_for),
    };
    // A header that is no text must not vanish: what stands left of it would move to the right.
    let lines = headers.get_all(name).map(|line| line.to_str().unwrap_or("unknown"));
    lines.flat_map(|line| line.split(',').map(read)).collect()
}

/// The address of one element of `Forwarded`: `for=192.0.2.60;proto=http;by=203.0.113.43`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut addresses = element.split(';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| node(value))
    });
    let first = addresses.next()??;
    // Twice in one element is no RFC 7239, and nobody can say which one the proxy wrote.
    addresses.next().is_none().then_some(first)
}

/// `192.0.2.43`, `192.0.2.43:4711`, `2001:db8::17`, `[2001:db8::17]:4711`, or one of these in quotes.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let address = if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        is_port.then(|| address.parse::<std::net::Ipv6Addr>().ok()).flatten().map(IpAddr::V6)
    } else if let Some((address, port)) = text.split_once(':').filter(|(_, port)| !port.contains(':')) {
        is_port(port).then(|| address.parse::<std::net::Ipv4Addr>().ok()).flatten().map(IpAddr::V4)
    } else {
        text.parse().ok()
    };
    address.map(|address| address.to_canonical())
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    use super::{ProxyHeader, behind};

    fn client(peer: &str, header: ProxyHeader, lines: &[(&str, &[u8])]) -> String {
        let trusted = ["10.0.0.0/8", "127.0.0.1", "2001:db8:1::/48"].map(|network| network.parse().unwrap());
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_bytes(value).unwrap());
        }
        behind(peer.parse().unwrap(), &trusted, header, &headers).to_string()
    }

    /// Peer, `X-Forwarded-For` lines, who it is.
    const X_FORWARDED_FOR: &[(&str, &[&str], &str)] = &[
        // Nobody in between, or nobody who is trusted.
        ("203.0.113.9", &[], "203.0.113.9"),
        ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
        ("203.0.113.9", &["10.0.0.1"], "203.0.113.9"),
        ("11.0.0.1", &["198.51.100.1"], "11.0.0.1"),
        ("2001:db8:2::1", &["198.51.100.1"], "2001:db8:2::1"),
        // One proxy.
        ("10.0.0.1", &[], "10.0.0.1"),
        ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
        ("2001:db8:1::1", &["2001:db8:ffff::7"], "2001:db8:ffff::7"),
        ("10.0.0.1", &[" 198.51.100.1 "], "198.51.100.1"),
        ("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", &["[2001:db8:ffff::7]:4711"], "2001:db8:ffff::7"),
        ("10.0.0.1", &["[2001:db8:ffff::7]"], "2001:db8:ffff::7"),
        ("10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
        // What the client wrote itself stands left, and does not count.
        ("10.0.0.1", &["192.0.2.66, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", &["10.0.0.66, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", &["192.0.2.66", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", &["nonsense, 198.51.100.1"], "198.51.100.1"),
        // Several proxies.
        ("10.0.0.1", &["198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", &["198.51.100.1, 10.0.0.3, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", &["198.51.100.1", "10.0.0.3", "10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", &["192.0.2.66, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        // Nobody but proxies: the first of them.
        ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        // One that does not say: as far as can be seen.
        ("10.0.0.1", &["unknown"], "10.0.0.1"),
        ("10.0.0.1", &["198.51.100.1, unknown"], "10.0.0.1"),
        ("10.0.0.1", &["198.51.100.1, unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", &[""], "10.0.0.1"),
        ("10.0.0.1", &["198.51.100.1,"], "10.0.0.1"),
        ("10.0.0.1", &["198.51.100.1, 1.2.3"], "10.0.0.1"),
        ("10.0.0.1", &["198.51.100.1, 192.0.2.1:port"], "10.0.0.1"),
        ("10.0.0.1", &["198.51.100.1, 192.0.2.1:99999"], "10.0.0.1"),
    ];

    #[test]
    fn the_first_from_the_right_that_is_no_proxy_is_the_client() {
        for (peer, lines, expected) in X_FORWARDED_FOR {
            let lines: Vec<(&str, &[u8])> =
                lines.iter().map(|line| ("x-forwarded-for", line.as_bytes())).collect();
            assert_eq!(client(peer, ProxyHeader::XForwardedFor, &lines), *expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_has_it() {
        for (line, expected) in [
            ("for=198.51.100.1", "198.51.100.1"),
            ("For=\"198.51.100.1\"", "198.51.100.1"),
            ("proto=https;for=198.51.100.1;by=10.0.0.1", "198.51.100.1"),
            ("for=\"[2001:db8:ffff::7]:4711\"", "2001:db8:ffff::7"),
            ("for=192.0.2.66, for=198.51.100.1", "198.51.100.1"),
            ("for=198.51.100.1, for=10.0.0.2;proto=http", "198.51.100.1"),
            ("for=198.51.100.1, for=_hidden", "10.0.0.1"),
            ("for=198.51.100.1, for=unknown", "10.0.0.1"),
            ("for=198.51.100.1, proto=http", "10.0.0.1"),
            ("for=198.51.100.1;for=192.0.2.66", "10.0.0.1"),
            ("198.51.100.1", "10.0.0.1"),
        ] {
            let lines: &[(&str, &[u8])] = &[("forwarded", line.as_bytes())];
            assert_eq!(client("10.0.0.1", ProxyHeader::Forwarded, lines), expected, "{line}");
        }
    }

    #[test]
    fn the_other_header_is_the_clients_own() {
        let both: &[(&str, &[u8])] =
            &[("forwarded", b"for=192.0.2.66"), ("x-forwarded-for", b"198.51.100.1")];
        assert_eq!(client("10.0.0.1", ProxyHeader::XForwardedFor, both), "198.51.100.1");
        assert_eq!(client("10.0.0.1", ProxyHeader::Forwarded, both), "192.0.2.66");
        assert_eq!(client("10.0.0.1", ProxyHeader::XForwardedFor, &both[..1]), "10.0.0.1");
    }

    #[test]
    fn a_line_that_is_no_text_hides_what_stands_left_of_it() {
        let lines: &[(&str, &[u8])] = &[("x-forwarded-for", b"192.0.2.66"), ("x-forwarded-for", b"\xff\xfe")];
        assert_eq!(client("10.0.0.1", ProxyHeader::XForwardedFor, lines), "10.0.0.1");
    }
}
