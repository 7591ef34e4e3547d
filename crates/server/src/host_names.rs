//! Names of hosts in place of addresses to listen on (ami-server.md 6.1, 7): looked up when the file is
//! read, at the start and at each reload.

use conf::{Config, Diagnostic, Entry};
use manager::Bind;
use std::net::ToSocketAddrs as _;

/// The options that say where to listen.
const OPTIONS: [&str; 3] = ["bindaddr", "tlsbindaddr", "sslbindaddr"];

/// Writes addresses in place of names in `[general]`.
///
/// # Errors
/// When a name has no address: where it stands, and why.
pub(crate) fn look_up(config: &mut Config) -> Result<(), Diagnostic> {
    let sections = config.sections.iter_mut();
    let general = sections.filter(|section| section.name.eq_ignore_ascii_case("general"));
    let entries = general.flat_map(|section| &mut section.entries);
    for entry in entries.filter(|entry| OPTIONS.iter().any(|option| entry.is(option))) {
        let parts = entry
            .value
            .split(',')
            .map(|part| addresses(part.trim(), entry));
        entry.value = parts.collect::<Result<Vec<_>, _>>()?.join(",");
    }
    Ok(())
}

/// What one of several says, with addresses for a name. What cannot be a name is left to who reads it.
fn addresses(part: &str, entry: &Entry) -> Result<String, Diagnostic> {
    let (name, port) = part
        .split_once(':')
        .map_or((part, None), |(name, port)| (name, Some(port)));
    if part.parse::<Bind>().is_ok() || !is_name(name) {
        return Ok(part.to_owned());
    }
    let unknown = |why: String| {
        Diagnostic::error(
            &entry.at,
            format!(
                "`{} = {}`: {name} has no address: {why}",
                entry.key, entry.value
            ),
            "write an IP address, or a name of this machine that can be looked up",
        )
    };
    let found = (name, 0)
        .to_socket_addrs()
        .map_err(|error| unknown(error.to_string()))?;
    let mut ips: Vec<_> = found.map(|address| address.ip()).collect();
    ips.sort_unstable();
    ips.dedup();
    if ips.is_empty() {
        return Err(unknown("none was found".to_owned()));
    }
    let told = ips.iter().map(|ip| match (port, ip.is_ipv6()) {
        (None, _) => ip.to_string(),
        (Some(port), true) => format!("[{ip}]:{port}"),
        (Some(port), false) => format!("{ip}:{port}"),
    });
    Ok(told.collect::<Vec<_>>().join(","))
}

/// Whether a text can be the name of a host (RFC 1123): and is not an address with a slip in it.
fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    text.len() <= 253
        && text.bytes().all(allowed)
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked_up(line: &str) -> Result<String, String> {
        let text = format!("[general]\nenabled = yes\n{line}\n");
        let files = conf::Memory::default().with("http.conf", text);
        let mut config = conf::load(&files, "http.conf").unwrap();
        look_up(&mut config).map_err(|diagnostic| diagnostic.to_string())?;
        let entry = config.section("general").unwrap().entries.last().unwrap();
        Ok(entry.value.clone())
    }

    #[test]
    fn addresses_stay_as_they_are() {
        for text in [
            "127.0.0.1",
            "[::1]:80,::",
            "0.0.0.0:8088",
            "localhost",
            "1.2.3",
            "a b",
        ] {
            assert_eq!(
                looked_up(&format!("bindaddr = {text}")).unwrap(),
                text.replace(", ", ",")
            );
        }
        assert_eq!(
            looked_up("servername = localhost:1").unwrap(),
            "localhost:1"
        );
    }

    /// `localhost` with a port is looked up as any name is.
    #[test]
    fn a_name_is_its_addresses() {
        let told = looked_up("tlsbindaddr = 192.0.2.1, localhost:443").unwrap();
        let own = ["127.0.0.1:443", "[::1]:443"];
        let (first, rest) = told.split_once(',').unwrap();
        assert_eq!(first, "192.0.2.1");
        assert!(rest.split(',').all(|part| own.contains(&part)), "{rest}");
        assert!(rest.split(',').all(|part| part.parse::<Bind>().is_ok()));
    }

    #[test]
    fn a_name_without_address_is_told_with_its_line() {
        let told = looked_up("bindaddr = nobody.invalid").unwrap_err();
        assert!(
            told.starts_with(
                "http.conf:3: `bindaddr = nobody.invalid`: nobody.invalid has no address: "
            ),
            "{told}"
        );
        assert!(told.contains("write an IP address"));
    }
}
