//! Networks that addresses may come from: of API keys, and of the proxies in front.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An address with the length of its prefix, such as `10.0.0.0/8`. A plain address is a network of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network(IpNet);

impl Network {
    /// Whether the address is in it. An IPv4 address is the same when it is written as an IPv6 one.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const FORM: &str = "must be a network like 10.0.0.0/8 or 2001:db8::/32, or one address";
        let network = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address.to_canonical()),
            Err(_) => with_prefix(text).ok_or(FORM)?,
        };
        let whole = network.trunc();
        if whole != network {
            return Err(format!(
                "{network} is one address in a network: write {whole} or {}",
                network.addr()
            ));
        }
        match network.network() {
            IpAddr::V6(address) if network.prefix_len() >= 96 && address.to_ipv4_mapped().is_some() => {
                Err("write IPv4 networks as such, like 10.0.0.0/8".into())
            }
            IpAddr::V4(_) | IpAddr::V6(_) => Ok(Self(network)),
        }
    }
}

/// `10.0.0.0/8`. The address is read as everywhere: with no leading zeros, which some take for octal.
fn with_prefix(text: &str) -> Option<IpNet> {
    let (address, prefix) = text.split_once('/')?;
    let is_number = prefix.bytes().all(|byte| byte.is_ascii_digit());
    IpNet::new(address.parse().ok()?, prefix.parse().ok().filter(|_| is_number)?).ok()
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn a_network_holds_its_addresses_however_they_are_written() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("2001:db8::7", "2001:db8::7", "2001:db8::8"),
            ("0.0.0.0/0", "203.0.113.1", "2001:db8::1"),
            ("::/0", "2001:db8::1", "203.0.113.1"),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{inside} in {network}");
            assert!(!network.contains(outside.parse().unwrap()), "{outside} in {network}");
        }
    }

    #[test]
    fn what_could_mean_two_things_is_no_network() {
        for text in
            ["", "10", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "::ffff:10.0.0.0/104", "acme", "010.0.0.0/8"]
        {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        let message = "10.0.0.1/8".parse::<Network>().unwrap_err();
        assert!(message.contains("write 10.0.0.0/8 or 10.0.0.1"), "{message}");
    }
}
