//! `switchroom passwd`: the hash of a secret, for manager.conf.

use std::io::{self, IsTerminal as _, Write as _};

/// Reads a secret (twice, unseen, from a terminal; else a line of standard input) and prints its
/// argon2id hash.
///
/// # Errors
/// When the two differ, it is empty, or the terminal fails.
pub(crate) fn run() -> Result<(), String> {
    let secret = if io::stdin().is_terminal() {
        type_twice()?
    } else {
        line()?
    };
    if secret.is_empty() {
        return Err("an empty secret lets everybody in".to_owned());
    }
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| format!("the system has no entropy: {error}"))?;
    let hash = manager::hash(&secret, salt).ok_or("the secret cannot be hashed")?;
    writeln!(io::stdout(), "{hash}").map_err(|error| error.to_string())
}

fn line() -> Result<String, String> {
    let mut line = String::new();
    io::stdin()
        .read_line(&mut line)
        .map_err(|error| error.to_string())?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn type_twice() -> Result<String, String> {
    let _unseen = Unseen::begin()?;
    let ask = |prompt: &str| {
        let _ = write!(io::stderr(), "{prompt}: ");
        let typed = line();
        let _ = writeln!(io::stderr());
        typed
    };
    let (first, second) = (ask("Secret")?, ask("Again")?);
    if first == second {
        Ok(first)
    } else {
        Err("the two are not the same".to_owned())
    }
}

/// A terminal that does not show what is typed, until this is dropped.
struct Unseen(nix::sys::termios::Termios);

impl Unseen {
    fn begin() -> Result<Self, String> {
        use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
        let failed = |error: nix::Error| format!("the terminal cannot be used: {error}");
        let before = tcgetattr(io::stdin()).map_err(failed)?;
        let mut unseen = before.clone();
        unseen.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(io::stdin(), SetArg::TCSANOW, &unseen).map_err(failed)?;
        Ok(Self(before))
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        use nix::sys::termios::{SetArg, tcsetattr};
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &self.0);
    }
}
