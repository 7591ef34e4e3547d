//! The parts of the node that are configured and reloaded one by one, under the names of the
//! reference server's modules, so that clients and scripts that ask for those find them.

/// A part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// extensions.conf.
    Dialplan,
    /// cdr.conf and cdr_manager.conf.
    Cdr,
    /// manager.conf, users.conf, acl.conf.
    Manager,
    /// pjsip.conf.
    Sip,
    /// rtp.conf.
    Media,
    /// logger.conf.
    Log,
}

impl Part {
    /// All of them, in the order they are read: the switch takes from the others.
    pub(crate) const ALL: &[Self] = &[
        Self::Log,
        Self::Media,
        Self::Sip,
        Self::Manager,
        Self::Cdr,
        Self::Dialplan,
    ];
}

/// A name under which a part may be asked for.
pub(crate) struct Module {
    /// Without `.so`.
    pub(crate) name: &'static str,
    pub(crate) part: Part,
}

/// The names: of modules, and of the parts that are no module there.
const MODULES: &[Module] = &[
    Module {
        name: "pbx_config",
        part: Part::Dialplan,
    },
    Module {
        name: "extensions",
        part: Part::Dialplan,
    },
    Module {
        name: "cdr",
        part: Part::Cdr,
    },
    Module {
        name: "cdr_manager",
        part: Part::Cdr,
    },
    Module {
        name: "manager",
        part: Part::Manager,
    },
    Module {
        name: "acl",
        part: Part::Manager,
    },
    Module {
        name: "res_pjsip",
        part: Part::Sip,
    },
    Module {
        name: "chan_pjsip",
        part: Part::Sip,
    },
    Module {
        name: "res_rtp_asterisk",
        part: Part::Media,
    },
    Module {
        name: "rtp",
        part: Part::Media,
    },
    Module {
        name: "logger",
        part: Part::Log,
    },
];

/// The part of this name; `.so` at its end does not count.
pub(crate) fn part(name: &str) -> Option<Part> {
    let name = name.strip_suffix(".so").unwrap_or(name);
    let found = MODULES
        .iter()
        .find(|module| module.name.eq_ignore_ascii_case(name));
    found.map(|module| module.part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_by_the_names_of_modules() {
        assert_eq!(part("res_pjsip.so"), Some(Part::Sip));
        assert_eq!(part("Manager"), Some(Part::Manager));
        assert_eq!(part("nosuch"), None);
    }
}
