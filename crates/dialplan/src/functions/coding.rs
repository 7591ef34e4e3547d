//! Functions that write a text otherwise: BASE64, digests, percent signs.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use md5::{Digest as _, Md5};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha1::Sha1;

use super::{Declaration, Function, error};

/// All but the unreserved characters of RFC 2396, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Padding is written and not asked for.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "BASE64_ENCODE",
            synopsis: "Encode a string in base64",
            syntax: "BASE64_ENCODE(string)",
            description: "With padding.",
        },
        read: Some(|_, text| Ok(BASE64.encode(text))),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "BASE64_DECODE",
            synopsis: "Decode a base64 string",
            syntax: "BASE64_DECODE(base64_string)",
            description: "Bytes that are no text are replaced, and a NUL ends it.",
        },
        read: Some(|_, text| match BASE64.decode(text.trim()) {
            Ok(bytes) => Ok(as_text(&bytes)),
            Err(why) => error(why.to_string()),
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "MD5",
            synopsis: "Computes an MD5 digest.",
            syntax: "MD5(data)",
            description: "In hexadecimal digits.",
        },
        read: Some(|_, text| Ok(hexadecimal(&Md5::digest(text)))),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "SHA1",
            synopsis: "Computes a SHA1 digest.",
            syntax: "SHA1(data)",
            description: "In hexadecimal digits.",
        },
        read: Some(|_, text| Ok(hexadecimal(&Sha1::digest(text)))),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "URIENCODE",
            synopsis: "Encodes a string to URI-safe encoding according to RFC 2396.",
            syntax: "URIENCODE(data)",
            description: "All but the unreserved characters become `%NN`.",
        },
        read: Some(|_, text| Ok(utf8_percent_encode(text, RESERVED).to_string())),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "URIDECODE",
            synopsis: "Decodes a URI-encoded string according to RFC 2396.",
            syntax: "URIDECODE(data)",
            description: "Bytes that are no text are replaced, and a NUL ends it.",
        },
        read: Some(|_, text| Ok(as_text(&percent_decode_str(text).collect::<Vec<u8>>()))),
        write: None,
    },
];

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A variable holds no NUL: the text ends there.
fn as_text(bytes: &[u8]) -> String {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;

    #[test]
    fn codings() {
        Sample::default().check(&[
            ("${MD5(abc)}", "900150983cd24fb0d6963f7d28e17f72"),
            ("${SHA1(abc)}", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "${BASE64_ENCODE(any carnal pleas)}",
                "YW55IGNhcm5hbCBwbGVhcw==",
            ),
            (
                "${BASE64_DECODE(YW55IGNhcm5hbCBwbGVhcw==)}",
                "any carnal pleas",
            ),
            (
                "${BASE64_DECODE(YW55IGNhcm5hbCBwbGVhcw)}",
                "any carnal pleas",
            ),
            ("${BASE64_DECODE(YQBi)}", "a"),
            ("${URIENCODE(a b/ä?(~)'*)}", "a%20b%2F%C3%A4%3F(~)'*"),
            ("${URIDECODE(a%20b%2F%C3%A4%zz)}", "a b/ä%zz"),
        ]);
        Sample::default().check_failing(&["${BASE64_DECODE(a)}"]);
    }
}
