//! The kinds of objects, and the options of each that are known and not built.

use conf::{Diagnostic, Entry, Section};

/// What a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Global,
    Transport,
    Endpoint,
    Aor,
    Auth,
    Identify,
    Registration,
    ResourceList,
}

impl Kind {
    /// What a section says it is.
    pub(crate) fn of(section: &Section) -> Result<Self, Diagnostic> {
        let complain =
            |message: String, remedy: &str| Err(Diagnostic::error(&section.at, message, remedy));
        match section.last("type") {
            Some("global") => Ok(Self::Global),
            Some("transport") => Ok(Self::Transport),
            Some("endpoint") => Ok(Self::Endpoint),
            Some("aor") => Ok(Self::Aor),
            Some("auth") => Ok(Self::Auth),
            Some("identify") => Ok(Self::Identify),
            Some("registration") => Ok(Self::Registration),
            Some("resource_list") => Ok(Self::ResourceList),
            Some(other) => complain(
                format!(
                    "`type = {other}` is no kind of object we have; [{}] is ignored",
                    section.name
                ),
                "write transport, endpoint, aor, auth, identify, registration, resource_list or global",
            ),
            None => complain(
                format!("[{}] has no type and is ignored", section.name),
                "add `type = endpoint` or what else it is",
            ),
        }
    }
}

/// Tells of entries no option of ours took.
pub(crate) fn tell_unused(rest: &[Entry], known: &[&str], diagnostics: &mut Vec<Diagnostic>) {
    for entry in rest {
        let name = &entry.key;
        let diagnostic = if known.iter().any(|known| entry.is(known)) {
            Diagnostic::warning(
                &entry.at,
                format!("`{name}` is not built yet"),
                "it has no effect",
            )
        } else {
            Diagnostic::warning(
                &entry.at,
                format!("unknown option `{name}`"),
                "it has no effect; remove it",
            )
        };
        // A line of a template is read again by every section that inherits it.
        if !diagnostics.contains(&diagnostic) {
            diagnostics.push(diagnostic);
        }
    }
}
