//! asterisk.conf `entityid`: what tells a server from all others, in the form of a MAC address.

use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Where the system tells of its network cards (sysfs(5)).
const CARDS: &str = "/sys/class/net";

/// Six pairs of hexadecimal digits, `00:11:22:33:44:55`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntityId(pub(crate) Arc<str>);

impl conf::Value for EntityId {
    fn read(text: &str) -> Result<Self, String> {
        let is_pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit());
        if text.split(':').count() == 6 && text.split(':').all(is_pair) {
            Ok(Self(text.into()))
        } else {
            Err("the form of a MAC address, 00:11:22:33:44:55".to_owned())
        }
    }
}

/// The address of the first network card that has one; none where the system tells of none.
pub(crate) fn of_card() -> Option<EntityId> {
    of_card_in(Path::new(CARDS))
}

fn of_card_in(cards: &Path) -> Option<EntityId> {
    let mut names: Vec<_> = fs::read_dir(cards).ok()?.flatten().collect();
    names.sort_by_key(fs::DirEntry::file_name);
    names.iter().find_map(|card| {
        let address = fs::read_to_string(card.path().join("address")).ok()?;
        let id = <EntityId as conf::Value>::read(address.trim()).ok()?;
        (*id.0 != *"00:00:00:00:00:00").then_some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use conf::Value as _;

    #[test]
    fn it_has_the_form_of_a_mac_address() {
        let id = EntityId::read("00:11:22:33:aA:55").unwrap();
        assert_eq!(&*id.0, "00:11:22:33:aA:55");
        for wrong in [
            "",
            "00:11:22:33:44",
            "00:11:22:33:44:5",
            "00:11:22:33:44:xy",
        ] {
            EntityId::read(wrong).unwrap_err();
        }
    }

    #[test]
    fn the_first_card_with_an_address_names_the_server() {
        let folder = tempfile::tempdir().unwrap();
        for (card, address) in [
            ("lo", "00:00:00:00:00:00\n"),
            ("wlan0", "00:11:22:33:44:66\n"),
            ("eth0", "00:11:22:33:44:55\n"),
            ("ib0", "80:00:00:00:fe:80:00:00\n"),
        ] {
            fs::create_dir(folder.path().join(card)).unwrap();
            fs::write(folder.path().join(card).join("address"), address).unwrap();
        }
        let id = of_card_in(folder.path()).unwrap();
        assert_eq!(&*id.0, "00:11:22:33:44:55");
        assert_eq!(of_card_in(&folder.path().join("none")), None);
    }
}
