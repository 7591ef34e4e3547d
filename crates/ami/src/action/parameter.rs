//! How headers become values.

use crate::Message;
use std::fmt;

/// How a header is read; for documentation and schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As it is.
    Text,
    /// A whole number.
    Number,
    /// `yes`, `true`, `y`, `t`, `1` or `on` in any case; anything else is no.
    Flag,
    /// Every header of the name counts.
    List,
    /// Every header there is, whatever its name.
    Others,
}

/// A type that a parameter can have.
pub trait Parameter: Sized {
    /// How it is read.
    const KIND: Kind;

    /// Reads it; `None` if it is not there, empty, or no such value.
    fn read(message: &Message, name: &str) -> Option<Self>;
}

impl Parameter for String {
    const KIND: Kind = Kind::Text;

    fn read(message: &Message, name: &str) -> Option<Self> {
        message
            .first(name)
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
    }
}

impl Parameter for i64 {
    const KIND: Kind = Kind::Number;

    fn read(message: &Message, name: &str) -> Option<Self> {
        whole_number(message.first(name)?)
    }
}

/// Digits at the beginning count, whatever follows them; `None` if there are none, or too many.
pub fn whole_number(value: &str) -> Option<i64> {
    let sign = usize::from(value.starts_with(['-', '+']));
    let digits = value[sign..].bytes().take_while(u8::is_ascii_digit).count();
    value[..sign + digits].parse().ok()
}

/// A whole number as C writes them: `0x10` and `020` are 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CNumber(pub i64);

impl Parameter for CNumber {
    const KIND: Kind = Kind::Number;

    fn read(message: &Message, name: &str) -> Option<Self> {
        let value = message.first(name)?;
        let unsigned = value.trim_start_matches(['-', '+']);
        let sign = &value[..value.len() - unsigned.len()];
        let (digits, radix) = match unsigned.as_bytes() {
            [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit() => (&unsigned[2..], 16),
            [b'0', ..] => (unsigned, 8),
            _ => (unsigned, 10),
        };
        let end = digits.find(|c: char| !c.is_digit(radix));
        let digits = &digits[..end.unwrap_or(digits.len())];
        i64::from_str_radix(&format!("{sign}{digits}"), radix)
            .ok()
            .map(Self)
    }
}

impl Parameter for bool {
    const KIND: Kind = Kind::Flag;

    fn read(message: &Message, name: &str) -> Option<Self> {
        let value = message.first(name)?.to_ascii_lowercase();
        Some(matches!(
            value.as_str(),
            "yes" | "true" | "y" | "t" | "1" | "on"
        ))
    }
}

impl<T: Parameter> Parameter for Option<T> {
    const KIND: Kind = T::KIND;

    fn read(message: &Message, name: &str) -> Option<Self> {
        Some(T::read(message, name))
    }
}

impl Parameter for Vec<String> {
    const KIND: Kind = Kind::List;

    fn read(message: &Message, name: &str) -> Option<Self> {
        Some(message.all(name).map(str::to_owned).collect())
    }
}

/// All headers of the action but `Action`, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others(pub Vec<(String, String)>);

impl Parameter for Others {
    const KIND: Kind = Kind::Others;

    fn read(message: &Message, _name: &str) -> Option<Self> {
        let others = message
            .iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("Action"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some(Self(others.collect()))
    }
}

/// A text that is never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Parameter for Secret {
    const KIND: Kind = Kind::Text;

    fn read(message: &Message, name: &str) -> Option<Self> {
        String::read(message, name).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Parameter>(value: &str) -> Option<T> {
        T::read(&Message::new().with("X", value), "x")
    }

    #[test]
    fn values_are_read_leniently() {
        assert_eq!(read::<i64>("12abc"), Some(12));
        assert_eq!(read::<i64>("-3"), Some(-3));
        assert_eq!(read::<i64>("abc"), None);
        assert_eq!(read::<i64>("99999999999999999999"), None);
        for (written, number) in [
            ("0x1F", 31),
            ("010", 8),
            ("09", 0),
            ("0xg", 0),
            ("-1", -1),
            ("7s", 7),
        ] {
            assert_eq!(read::<CNumber>(written), Some(CNumber(number)), "{written}");
        }
        for none in ["", "x", "--1", "+", "99999999999999999999"] {
            assert_eq!(read::<CNumber>(none), None, "{none}");
        }
        assert_eq!(read::<bool>("Yes"), Some(true));
        assert_eq!(read::<bool>("2"), Some(false));
        assert_eq!(read::<String>(""), None);
        assert_eq!(read::<Option<String>>(""), Some(None));
        assert_eq!(read::<Vec<String>>(""), Some(vec![String::new()]));
    }
}
