//! Which generation of clients is spoken to.

use std::fmt;
use std::str::FromStr;

/// The protocol as one release spoke it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// As release 1.8 spoke it: manager 1.1.
    V1_8,
    /// As release 22 speaks it: manager 11.
    #[default]
    V22,
}

impl Dialect {
    /// The version of the protocol, told in the banner and in CoreSettings.
    pub fn version(self) -> &'static str {
        match self {
            Self::V1_8 => "1.1",
            Self::V22 => crate::VERSION,
        }
    }

    /// The first line of a connection, with its line end.
    pub fn banner(self) -> &'static str {
        match self {
            Self::V1_8 => "Asterisk Call Manager/1.1\r\n",
            Self::V22 => crate::BANNER,
        }
    }

    /// The release, for clients that look it up to know what they talk to; `own` is ours.
    pub fn release(self, own: &str) -> &str {
        match self {
            Self::V1_8 => "1.8.32",
            Self::V22 => own,
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1_8 => "1.8",
            Self::V22 => "22",
        })
    }
}

impl FromStr for Dialect {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "1.8" => Ok(Self::V1_8),
            "22" => Ok(Self::V22),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_is_read_as_it_is_written() {
        for dialect in [Dialect::V1_8, Dialect::V22] {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
            assert!(
                dialect
                    .banner()
                    .ends_with(&format!("/{}\r\n", dialect.version()))
            );
        }
        assert_eq!("1.4".parse::<Dialect>(), Err(()));
    }
}
