//! The sections of http.conf, for whoever shows or writes down what can be configured.

use crate::settings::General;
use conf::{Declaration, Help};

/// All of them.
pub const HELP: [Help; 5] = [
    Help::of::<General>("http.conf", "[general]"),
    section(
        "[mimetypes]",
        "The content types of static files.",
        &[option(
            "EXTENSION",
            "The content type of files with this extension.",
        )],
    ),
    section(
        "[post_mappings]",
        "Folders that take files posted as multipart/form-data, up to 64 MiB a request. Who posts them has a \
         session with a cookie and may write the class `config`.",
        &[option(
            "PATH",
            "The whole path of the folder that takes what is posted to this path.",
        )],
    ),
    section(
        "[/path], type = restriction",
        "Who may ask for paths that begin so. Each section that fits must allow it.",
        &[
            option(
                "permit",
                "An address, or several with a mask or a number of bits, that may. The last rule that fits decides.",
            ),
            option("deny", "The same of those that may not."),
            option("acl", "The names of lists in acl.conf."),
        ],
    ),
    section(
        "[name], type = token",
        "What a program shows in place of a secret; `switchroom token ACCOUNT` makes one and prints its section.",
        &[
            option("account", "The account that it stands for."),
            option("hash", "The SHA-256 of the token, in hexadecimal digits."),
            option(
                "expires",
                "The last day it is good, as YYYY-MM-DD; for ever if not said.",
            ),
        ],
    ),
];

const fn section(
    section: &'static str,
    text: &'static str,
    options: &'static [Declaration],
) -> Help {
    Help {
        file: "http.conf",
        section,
        text,
        options,
    }
}

const fn option(name: &'static str, help: &'static str) -> Declaration {
    Declaration {
        name,
        aliases: &[],
        default: None,
        help,
    }
}
