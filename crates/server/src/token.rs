//! `switchroom token`: a token for the JSON faces, and what makes it good.

use jiff::civil::Date;
use std::io::{self, Write as _};

/// Makes a token and prints it, with the section for http.conf.
///
/// # Errors
/// When a name cannot stand in http.conf, or the system has no entropy.
pub(crate) fn run(account: &str, name: &str, expires: Option<Date>) -> Result<(), String> {
    for text in [account, name] {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
        if text.is_empty() || !text.chars().all(plain) {
            return Err(format!(
                "`{text}` is no name: letters, digits and -_.@ only"
            ));
        }
    }
    let mut entropy = [0; 32];
    getrandom::fill(&mut entropy).map_err(|error| format!("the system has no entropy: {error}"))?;
    let made = web::token::make(name, account, expires, entropy);
    writeln!(
        io::stdout(),
        "{}\n\n; For http.conf; the token itself is not kept.\n{}",
        made.token,
        made.section
    )
    .map_err(|error| error.to_string())
}
