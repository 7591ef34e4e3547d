//! `manager explain`: whether an account may use an action, and why.

use crate::{Settings, User, explain};
use ami::Message;
use model::Now;

/// The explanation, and what else keeps the account from coming in at all.
pub fn explanation(settings: &Settings, user: &User, message: &Message, now: Now) -> String {
    let told = explain(user, message, now);
    let action = message.action().unwrap_or_default();
    let verdict = if told.permitted { "may" } else { "may not" };
    let mut text = format!("{} {verdict} use {action}: {}.\n", user.name, told.reason);
    if !told.by.is_empty() {
        text += &format!("  {}: {}\n", told.at, told.by);
    }
    if !settings.general.enabled {
        text += "  The manager is not enabled: nobody comes in.\n";
    }
    if user.secret.is_none() && user.certificates.is_empty() {
        text += "  The account has no secret: nobody logs in to it.\n";
    }
    text
}
