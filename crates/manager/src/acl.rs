//! Access lists: which addresses an account may come from (ami-server.md 6.2).

use ipnet::IpNet;
use std::net::IpAddr;

/// Rules in order: the last that matches decides; if none does, the address is allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acl {
    rules: Vec<Rule>,
}

/// A rule that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRule(pub String);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    allows: bool,
    /// `None` matches every address.
    net: Option<IpNet>,
}

impl Acl {
    /// Adds `permit = list` (`allows`) or `deny = list`: addresses, each with `/mask` or `/bits`,
    /// separated by commas; a `!` before one turns its sense round.
    pub fn add(&mut self, allows: bool, list: &str) -> Result<(), BadRule> {
        for item in list.split(',').map(str::trim) {
            let (allows, address) = match item.strip_prefix('!') {
                Some(address) => (!allows, address.trim()),
                None => (allows, item),
            };
            let net = net(address).ok_or_else(|| BadRule(item.to_owned()))?;
            self.rules.push(Rule {
                allows,
                net: Some(net),
            });
        }
        Ok(())
    }

    /// From here on nobody is allowed: a list that is named and not known denies.
    pub fn deny_all(&mut self) {
        self.rules.push(Rule {
            allows: false,
            net: None,
        });
    }

    /// The rules in order: whether each allows, and whom it means.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (bool, String)> {
        self.rules.iter().map(|rule| {
            let net = rule
                .net
                .map(|net| format!("{}/{}", net.addr(), net.netmask()));
            (rule.allows, net.unwrap_or_else(|| "everybody".to_owned()))
        })
    }

    /// Whether an address is allowed. IPv4 rules concern IPv4 addresses alone, written as such or
    /// mapped into IPv6, and IPv6 rules the others.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let matching = |rule: &&Rule| rule.net.is_none_or(|net| net.contains(&address));
        let last = self.rules.iter().rev().find(matching);
        last.is_none_or(|rule| rule.allows)
    }
}

fn net(text: &str) -> Option<IpNet> {
    let (address, mask) = match text.split_once('/') {
        Some((address, mask)) => (address, Some(mask)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let bits = match mask {
        None => return Some(address.into()),
        Some(mask) => match mask.parse::<u8>() {
            Ok(bits) => bits,
            Err(_) => ipnet::ip_mask_to_prefix(mask.parse().ok()?).ok()?,
        },
    };
    IpNet::new(address, bits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acl(rules: &[(bool, &str)]) -> Acl {
        let mut acl = Acl::default();
        for (allows, list) in rules {
            acl.add(*allows, list).unwrap();
        }
        acl
    }

    fn allows(acl: &Acl, address: &str) -> bool {
        acl.allows(address.parse().unwrap())
    }

    #[test]
    fn the_last_matching_rule_decides() {
        let fenced = acl(&[(false, "0.0.0.0/0.0.0.0"), (true, "10.1.2.0/255.255.255.0")]);
        assert!(!allows(&fenced, "127.0.0.1"));
        assert!(allows(&fenced, "10.1.2.3"));
        assert!(allows(&fenced, "::ffff:10.1.2.3"));
        assert!(!allows(&fenced, "::ffff:10.1.3.3"));
        assert!(allows(&fenced, "2001:db8::1"));
        assert!(allows(&Acl::default(), "127.0.0.1"));
    }

    #[test]
    fn bits_masks_and_single_addresses_are_read() {
        let one = acl(&[
            (false, "0.0.0.0/0, ::/0"),
            (true, "192.0.2.7,2001:db8::/32"),
        ]);
        assert!(allows(&one, "192.0.2.7"));
        assert!(!allows(&one, "192.0.2.8"));
        assert!(allows(&one, "2001:db8::1"));
        assert!(!allows(&one, "2001:db9::1"));
        let inverted = acl(&[(false, "0.0.0.0/0"), (false, "!127.0.0.1/32")]);
        assert!(allows(&inverted, "127.0.0.1"));
        for bad in ["", "host", "1.2.3.4/33", "1.2.3.4/255.0.255.0", "1.2.3.4/x"] {
            assert!(Acl::default().add(true, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_unknown_list_denies() {
        let mut acl = acl(&[(true, "127.0.0.1")]);
        acl.deny_all();
        assert!(!allows(&acl, "127.0.0.1"));
    }
}
