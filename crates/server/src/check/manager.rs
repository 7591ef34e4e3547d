//! What is to be said of manager.conf: who gets in from where, and what they may do then.

use super::{Report, Weight, addresses, place};
use conf::Config;
use manager::{Secret, Settings, User};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A secret with fewer characters can be guessed.
const SHORTEST: usize = 12;

/// Judges it.
pub(super) struct Judge<'a> {
    pub(super) report: &'a mut Report,
    pub(super) config: &'a Config,
    pub(super) settings: &'a Settings,
    /// Whether the manager is reached from other machines over HTTP.
    pub(super) open_web: bool,
}

impl Judge<'_> {
    pub(super) fn judge(&mut self) {
        let general = &self.settings.general;
        if !general.enabled {
            return self.add(
                Weight::Advice,
                "general",
                "the manager is off",
                "write `enabled = yes` if it shall answer",
            );
        }
        let (plain, secure) = (general.addresses(), general.tls_addresses());
        for (weight, message, remedy) in addresses::findings(&plain, &secure, "TLS") {
            self.add(weight, "general", &message, &remedy);
        }
        let mut all = plain.iter().chain(&secure);
        let open = self.open_web || all.any(|at| !at.ip().is_loopback());
        let users: Vec<_> = self.settings.users().cloned().collect();
        for user in &users {
            self.judge_user(user, open);
        }
        self.judge_repeated(&users);
    }

    fn judge_user(&mut self, user: &User, open: bool) {
        let name = &user.name;
        match &user.secret {
            None => self.add(Weight::Advice, name, "it has no secret, so nobody logs in", "write one, or remove it"),
            Some(Secret::Hashed(_)) => self.add(
                Weight::Advice,
                name,
                "its secret is a hash: it logs in over TLS or from this machine, and without Challenge or HTTP digest",
                "nothing, if its clients do so",
            ),
            Some(Secret::Plain(secret)) if secret.eq_ignore_ascii_case(name) => {
                self.add(Weight::Danger, name, "its secret is its name", "choose a random one");
            }
            Some(Secret::Plain(secret)) if secret.chars().count() < SHORTEST => {
                let message = format!("its secret has fewer than {SHORTEST} characters");
                // What the account may do is what a guess is worth.
                let weight = if user.write.is_empty() && user.read.is_empty() {
                    Weight::Advice
                } else if open {
                    Weight::Danger
                } else {
                    Weight::Weakness
                };
                self.add(weight, name, &message, "choose a longer one at random");
            }
            Some(Secret::Plain(_)) => {}
        }
        if user.write.contains(ami::Classes::ALL) {
            let weight = if open {
                Weight::Weakness
            } else {
                Weight::Advice
            };
            self.add(
                weight,
                name,
                "it may do everything (`write = all`)",
                "name the classes it needs",
            );
        }
        if open && user.acls.is_empty() {
            let message = "it may come from anywhere";
            self.add(
                Weight::Weakness,
                name,
                message,
                "write `deny = 0.0.0.0/0.0.0.0,::/0` and permit where it comes from",
            );
        }
    }

    fn judge_repeated(&mut self, users: &[Arc<User>]) {
        let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for user in users {
            if let Some(secret) = user.plain_secret() {
                owners.entry(secret).or_default().push(&user.name);
            }
        }
        for owners in owners.values().filter(|owners| owners.len() > 1) {
            let message = format!("{} have the same secret", owners.join(", "));
            self.add(Weight::Weakness, owners[0], &message, "give each its own");
        }
    }

    fn add(&mut self, weight: Weight, section: &str, message: &str, remedy: &str) {
        let at = place(self.config, "manager.conf", section);
        self.report
            .add(weight, format!("{at}: [{section}] {message} ({remedy})"));
    }
}
