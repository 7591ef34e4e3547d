//! How values are written, and how often an option may have one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// A type that an option may have.
pub trait Value: Sized {
    /// Reads a value; the error says what is expected, such as `a number from 0 to 255`.
    fn read(text: &str) -> Result<Self, String>;

    /// What is expected instead of a text that reads all the same, to be warned of.
    fn doubt(_text: &str) -> Option<String> {
        None
    }
}

/// A field of settings: a value, an optional one, or every one given (`Vec`).
pub trait Field: Sized {
    /// The type of a single value.
    type Item: Value;

    /// Makes the field of the values in their order, if they are enough for it.
    fn collect(items: Vec<Self::Item>) -> Option<Self>;
}

impl<T: Value> Field for T {
    type Item = T;

    /// The last one counts.
    fn collect(mut items: Vec<T>) -> Option<T> {
        items.pop()
    }
}

impl<T: Value> Field for Option<T> {
    type Item = T;

    fn collect(mut items: Vec<T>) -> Option<Self> {
        items.pop().map(Some)
    }
}

impl<T: Value> Field for Vec<T> {
    type Item = T;

    fn collect(items: Vec<T>) -> Option<Self> {
        (!items.is_empty()).then_some(items)
    }
}

/// Values separated by commas, such as `call,agent`; blanks around them do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A number of seconds, possibly with a fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(pub Duration);

/// A whole number of milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub Duration);

/// Whether a text means yes: `yes true y t 1 on` in any case do (`ami-server.md` section 6).
pub fn is_yes(text: &str) -> bool {
    is_among(text, &["yes", "true", "y", "t", "1", "on"])
}

fn is_among(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Anything that does not mean yes is no, with a doubt about words that do not mean no either.
impl Value for bool {
    fn read(text: &str) -> Result<Self, String> {
        Ok(is_yes(text))
    }

    fn doubt(text: &str) -> Option<String> {
        let known = is_yes(text) || is_among(text, &["no", "false", "n", "f", "0", "off"]);
        (!known).then(|| "yes or no".to_owned())
    }
}

impl Value for String {
    fn read(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}

impl Value for PathBuf {
    fn read(text: &str) -> Result<Self, String> {
        Ok(text.into())
    }
}

impl<T: Value> Value for List<T> {
    fn read(text: &str) -> Result<Self, String> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts.map(T::read).collect::<Result<_, _>>().map(Self)
    }
}

impl Value for Seconds {
    fn read(text: &str) -> Result<Self, String> {
        let seconds = text
            .parse()
            .ok()
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        seconds
            .map(Self)
            .ok_or_else(|| "a number of seconds".to_owned())
    }
}

impl Value for Millis {
    fn read(text: &str) -> Result<Self, String> {
        let millis = text.parse().map(Duration::from_millis);
        millis
            .map(Self)
            .map_err(|_| "a number of milliseconds".to_owned())
    }
}

/// Implements [`Value`] for types that have `FromStr`, each with the words for what is expected:
/// `conf::value_from_str!(Strategy => "ringall, linear or rrmemory");`
#[macro_export]
macro_rules! value_from_str {
    ($($type:ty => $expected:expr),+ $(,)?) => {$(
        impl $crate::Value for $type {
            fn read(text: &str) -> ::core::result::Result<Self, ::std::string::String> {
                text.parse().map_err(|_| ::std::string::String::from($expected))
            }
        }
    )+};
}

value_from_str! {
    IpAddr => "an IP address",
    Ipv4Addr => "an IPv4 address",
    Ipv6Addr => "an IPv6 address",
    SocketAddr => "an IP address with a port",
    f64 => "a number",
}

macro_rules! integers {
    ($($type:ty)+) => {
        value_from_str! {
            $($type => format!("a number from {} to {}", <$type>::MIN, <$type>::MAX)),+
        }
    };
}

integers!(u8 u16 u32 u64 usize i8 i16 i32 i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_is_as_the_reference_has_it() {
        for text in ["yes", "TRUE", "y", "t", "1", "On"] {
            assert_eq!((bool::read(text), bool::doubt(text)), (Ok(true), None));
        }
        for text in ["no", "False", "n", "f", "0", "off"] {
            assert_eq!((bool::read(text), bool::doubt(text)), (Ok(false), None));
        }
        assert_eq!(bool::read("maybe"), Ok(false));
        assert!(bool::doubt("maybe").is_some());
    }

    #[test]
    fn numbers_keep_to_their_range() {
        assert_eq!(u16::read("5038"), Ok(5038));
        assert_eq!(
            u16::read("70000"),
            Err("a number from 0 to 65535".to_owned())
        );
        assert_eq!(i8::read("-1"), Ok(-1));
        assert_eq!(
            Seconds::read("0.3"),
            Ok(Seconds(Duration::from_millis(300)))
        );
        assert!(Seconds::read("-1").is_err() && Seconds::read("NaN").is_err());
        assert_eq!(Millis::read("100"), Ok(Millis(Duration::from_millis(100))));
        assert!(Millis::read("1s").is_err());
    }

    #[test]
    fn lists_and_addresses() {
        let list = List::<String>::read("call, agent,,").unwrap();
        assert_eq!(list.0, ["call", "agent"]);
        assert!(List::<u8>::read("1,x").is_err());
        assert_eq!(IpAddr::read("::1"), Ok(Ipv6Addr::LOCALHOST.into()));
        assert!(SocketAddr::read("127.0.0.1").is_err());
    }
}
