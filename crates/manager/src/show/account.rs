//! `manager show users`, `manager show user X` and `manager show settings`.

use crate::{General, Settings, User};
use std::net::SocketAddr;

/// The names of all accounts.
pub fn users(settings: &Settings) -> String {
    let count = settings.users().len();
    if count == 0 {
        return "There are no manager users.\n".to_owned();
    }
    let names: String = settings
        .users()
        .map(|user| format!("{}\n", user.name))
        .collect();
    let line = "-".repeat(19);
    format!("\nusername\n--------\n{names}{line}\n{count} manager users configured.\n")
}

/// An account as it counts; its secret is not shown.
pub fn user(settings: &Settings, name: &str) -> String {
    let Some(user) = settings.user(name) else {
        return format!("There is no manager called {name}\n");
    };
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    let row = |label: &str, value: &str| format!("{label:>18}: {value}\n");
    let mut text = String::from("\n");
    text += &row("username", &user.name);
    text += &row(
        "secret",
        if user.secret.is_some() {
            "<Set>"
        } else {
            "(N/A)"
        },
    );
    text += &row("ACL", yes(!user.acls.is_empty()));
    text += &row("read perm", &user.read.granted());
    text += &row("write perm", &user.write.granted());
    text += &row("displayconnects", yes(user.display_connects));
    text += &row("allowmultiplelogin", yes(user.allow_multiple_login));
    text += &row("Variables", "");
    for (name, value) in &user.variables {
        text += &format!("                 {name} = {value}\n");
    }
    text + &acls(user)
}

fn acls(user: &User) -> String {
    let mut text = String::new();
    for (name, acl) in &user.acls {
        let name = name.as_deref().unwrap_or("(unnamed)");
        text += &format!("ACL: {name}\n{}\n", "-".repeat(45));
        for (number, (allows, net)) in acl.rules().enumerate() {
            let word = if allows { "allow" } else { " deny" };
            text += &format!("{number:3}: {word} - {net}\n");
        }
    }
    text
}

/// The options of the whole.
pub fn settings(general: &General) -> String {
    let yes = |yes: bool| if yes { "Yes" } else { "No" };
    let row = |label: &str, value: &str| format!("  {label:<25.25}  {value:<15.55}\n");
    let addresses = |list: Vec<SocketAddr>| {
        if list.is_empty() {
            return "Disabled".to_owned();
        }
        list.iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let key = general
        .tls
        .private_key
        .as_ref()
        .map(|path| path.display().to_string());
    let line = "-".repeat(16);
    let rows = [
        ("Manager (AMI):", yes(general.enabled).to_owned()),
        (
            "Web Manager (AMI/HTTP):",
            yes(general.web_enabled).to_owned(),
        ),
        ("TCP Bindaddress:", addresses(general.addresses())),
        ("HTTP Timeout (seconds):", general.http_timeout.to_string()),
        ("TLS Enable:", yes(general.tls.enabled).to_owned()),
        ("TLS Bindaddress:", addresses(general.tls_addresses())),
        (
            "TLS Certfile:",
            general.tls.certificate.display().to_string(),
        ),
        ("TLS Privatekey:", key.unwrap_or_default()),
        ("TLS Cipher:", text(&general.tls.ciphers)),
        (
            "Allow multiple login:",
            yes(general.allow_multiple_login).to_owned(),
        ),
        (
            "Display connects:",
            yes(general.display_connects).to_owned(),
        ),
        (
            "Timestamp events:",
            yes(general.timestamp_events).to_owned(),
        ),
        ("Channel vars:", general.channel_variables.0.join(",")),
        ("Disabled events:", general.disabled_events.0.join(",")),
        ("Debug:", yes(general.debug).to_owned()),
        ("Dialect:", general.dialect.0.to_string()),
    ];
    let rows: String = rows
        .iter()
        .map(|(label, value)| row(label, value))
        .collect();
    format!("\nGlobal Settings:\n{line}\n{rows}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Files;
    use conf::Memory;

    fn read(text: &str) -> Settings {
        let source = Memory::default().with("manager.conf", text);
        let config = conf::load(&source, "manager.conf").unwrap();
        let files = Files {
            manager: Some(&config),
            ..Files::default()
        };
        Settings::read(files, &mut Vec::new())
    }

    #[test]
    fn accounts_are_shown_as_they_count() {
        let none = read("[general]\n");
        assert_eq!(users(&none), "There are no manager users.\n");
        let one = read(
            "[admin]\nsecret = x\nread = call\nsetvar = A=1\ndeny = 0.0.0.0/0\npermit = 127.0.0.1\nacl = lan\n",
        );
        assert_eq!(
            users(&one),
            "\nusername\n--------\nadmin\n-------------------\n1 manager users configured.\n"
        );
        assert_eq!(
            user(&one, "ADMIN"),
            "\n          username: admin\n            secret: <Set>\n               ACL: yes\n         read perm: call\n        \
             write perm: <none>\n   displayconnects: yes\nallowmultiplelogin: yes\n         Variables: \n                 A = 1\n\
             ACL: (unnamed)\n---------------------------------------------\n  0:  deny - 0.0.0.0/0.0.0.0\n  \
             1: allow - 127.0.0.1/255.255.255.255\nACL: lan\n---------------------------------------------\n  0:  deny - everybody\n"
        );
        assert_eq!(user(&one, "x"), "There is no manager called x\n");
    }

    #[test]
    fn options_are_shown_as_they_count() {
        let text = settings(&read("[general]\nenabled = yes\nchannelvars = A,B\n").general);
        assert!(
            text.starts_with(
                "\nGlobal Settings:\n----------------\n  Manager (AMI):             Yes"
            ),
            "{text}"
        );
        assert!(
            text.contains("  TCP Bindaddress:           127.0.0.1:5038 \n"),
            "{text}"
        );
        assert!(
            text.contains("  TLS Bindaddress:           Disabled "),
            "{text}"
        );
        assert!(text.contains("  Channel vars:              A,B "), "{text}");
    }
}
