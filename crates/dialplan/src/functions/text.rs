//! Functions of one text: its length, case, quotes, characters.

use super::{Args, Declaration, Function, error, fits, value_of};
use crate::regexp;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "LEN",
            synopsis: "Return the length of the string given.",
            syntax: "LEN(string)",
            description: "Counted in bytes.",
        },
        read: Some(|_, text| Ok(text.len().to_string())),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "TOUPPER",
            synopsis: "Convert string to all uppercase letters.",
            syntax: "TOUPPER(string)",
            description: "Letters beyond ASCII stay as they are.",
        },
        read: Some(|_, text| Ok(text.to_ascii_uppercase())),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "TOLOWER",
            synopsis: "Convert string to all lowercase letters.",
            syntax: "TOLOWER(string)",
            description: "Letters beyond ASCII stay as they are.",
        },
        read: Some(|_, text| Ok(text.to_ascii_lowercase())),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "TRIM",
            synopsis: "Trim both leading and trailing whitespace in a variable",
            syntax: "TRIM(varname)",
            description: "The variable is named, not expanded.",
        },
        read: Some(|world, name| Ok(value_of(world, name)?.trim().to_owned())),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "LTRIM",
            synopsis: "Trim leading whitespace in a variable",
            syntax: "LTRIM(varname)",
            description: "The variable is named, not expanded.",
        },
        read: Some(|world, name| Ok(value_of(world, name)?.trim_start().to_owned())),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "RTRIM",
            synopsis: "Trim trailing whitespace in a variable",
            syntax: "RTRIM(varname)",
            description: "The variable is named, not expanded.",
        },
        read: Some(|world, name| Ok(value_of(world, name)?.trim_end().to_owned())),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "QUOTE",
            synopsis: "Quotes a given string, escaping embedded quotes as necessary",
            syntax: "QUOTE(string)",
            description: "Double quotes and backslashes get a backslash before them.",
        },
        read: Some(|_, text| {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            Ok(format!("\"{escaped}\""))
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "CSV_QUOTE",
            synopsis: "Quotes a given string for use in a CSV file, escaping embedded quotes as necessary",
            syntax: "CSV_QUOTE(string)",
            description: "Double quotes are doubled.",
        },
        read: Some(|_, text| Ok(format!("\"{}\"", text.replace('"', "\"\"")))),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "PASSTHRU",
            synopsis: "Pass the given argument back as a value.",
            syntax: "PASSTHRU([string])",
            description: "For use where a function is asked for and a text is at hand.",
        },
        read: Some(|_, text| Ok(text.to_owned())),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "KEYPADHASH",
            synopsis: "Hash the letters in string into equivalent keypad numbers.",
            syntax: "KEYPADHASH(string)",
            description: "`1` stands for nothing; what is no letter and no digit is left out.",
        },
        read: Some(|_, text| Ok(text.chars().filter_map(key).collect())),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "FILTER",
            synopsis: "Filter the string to include only the allowed characters",
            syntax: "FILTER(allowed-chars,string)",
            description: "Ranges such as `a-z` are understood, and `\\n`, `\\r`, `\\t`, `\\xNN`; \
                          a dash or comma itself is written `\\x2D` or `\\x2C`.",
        },
        read: Some(|_, text| {
            let Some((allowed, text)) = text.split_once(',') else {
                return error("needs allowed characters and a text");
            };
            let allowed = ranges(allowed);
            let is_allowed = |c: &char| {
                allowed
                    .iter()
                    .any(|(first, last)| (first..=last).contains(&c))
            };
            Ok(text.chars().filter(is_allowed).collect())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "REGEX",
            synopsis: "Check string against a regular expression.",
            syntax: "REGEX(\"regular expression\" string)",
            description: "`1` if it is found in the text, else `0`. The expression is a POSIX \
                          extended one in double quotes.",
        },
        read: Some(|_, args| {
            let quoted = args.trim_start().strip_prefix('"');
            let Some((expression, text)) = quoted.and_then(|rest| rest.split_once('"')) else {
                return error("needs a regular expression in double quotes");
            };
            let text = text.strip_prefix([' ', ',']).unwrap_or(text);
            match regexp::compile(expression) {
                Ok(regex) => Ok(u8::from(regex.is_match(text)).to_string()),
                Err(why) => error(why),
            }
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "REPLACE",
            synopsis: "Replace a set of characters in a given string with another character.",
            syntax: "REPLACE(varname,find-chars[,replace-char])",
            description: "The characters are replaced by the other one, or removed if there is none. \
                          The variable is named, not expanded.",
        },
        read: Some(|world, args| {
            let args = Args::escaped(3, args);
            let find = unescaped(args.get(1));
            if args.get(0).is_empty() || find.is_empty() {
                return error("needs a variable and characters to find");
            }
            let by = unescaped(args.get(2)).chars().next();
            let replaced = |c: char| if find.contains(c) { by } else { Some(c) };
            Ok(value_of(world, args.get(0))?
                .chars()
                .filter_map(replaced)
                .collect())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "STRREPLACE",
            synopsis: "Replace instances of a substring within a string with another string.",
            syntax: "STRREPLACE(varname,find-string[,replace-string[,max-replacements]])",
            description: "All are replaced if no limit is given. The variable is named, not expanded.",
        },
        read: Some(|world, args| {
            let args = Args::up_to(4, args);
            let find = args.get(1);
            if args.get(0).is_empty() || find.is_empty() {
                return error("needs a variable and a text to find");
            }
            let most = args.get(3).trim().parse().unwrap_or(usize::MAX);
            let value = value_of(world, args.get(0))?;
            let found = value.matches(find).take(most).count();
            fits(value.len() + found * args.get(2).len())?;
            Ok(value.replacen(find, args.get(2), most))
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "STRBETWEEN",
            synopsis: "Inserts a substring between each character in a string.",
            syntax: "STRBETWEEN(varname,insert-string)",
            description: "The variable is named, not expanded.",
        },
        read: Some(|world, args| {
            let args = Args::up_to(2, args);
            let value = value_of(world, args.get(0))?;
            fits(value.len() * (1 + args.get(1).len()))?;
            let letters: Vec<_> = value.chars().map(String::from).collect();
            Ok(letters.join(args.get(1)))
        }),
        write: None,
    },
];

/// The digit a letter is on.
fn key(letter: char) -> Option<char> {
    const KEYS: [&str; 8] = ["ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"];
    let letter = letter.to_ascii_uppercase();
    let on = KEYS
        .iter()
        .zip('2'..)
        .find(|(letters, _)| letters.contains(letter));
    on.map(|(_, digit)| digit)
        .or(Some(letter).filter(char::is_ascii_digit))
}

/// Reads `\n`, `\r`, `\t`, `\0`, `\xNN`; any other character after a backslash is itself.
pub(super) fn unescaped(text: &str) -> String {
    escaped_chars(text).into_iter().map(|(c, _)| c).collect()
}

/// The characters of a text, and whether a backslash made them.
fn escaped_chars(text: &str) -> Vec<(char, bool)> {
    let mut chars = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let Some(next) = rest.chars().next().filter(|_| c == '\\') else {
            chars.push((c, false));
            continue;
        };
        rest = &rest[next.len_utf8()..];
        let code = rest
            .get(..2)
            .filter(|_| next == 'x')
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        let meant = match (next, code) {
            ('x', Some(code)) => {
                rest = &rest[2..];
                char::from(code)
            }
            ('n', _) => '\n',
            ('r', _) => '\r',
            ('t', _) => '\t',
            ('0', _) => '\0',
            (other, _) => other,
        };
        chars.push((meant, true));
    }
    chars
}

/// Reads `a-z0-9_`; a dash from a backslash makes no range.
fn ranges(text: &str) -> Vec<(char, char)> {
    let chars = escaped_chars(text);
    let mut ranges = Vec::new();
    let mut rest = chars.as_slice();
    loop {
        rest = match rest {
            [] => return ranges,
            [(first, _), ('-', false), (last, _), after @ ..] => {
                ranges.push((*first, *last));
                after
            }
            [(one, _), after @ ..] => {
                ranges.push((*one, *one));
                after
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;

    #[test]
    fn texts() {
        Sample::with("T= a b \nLIST=one&two").check(&[
            ("${LEN(abc)}", "3"),
            ("${LEN()}", "0"),
            ("${TOUPPER(abcä)}", "ABCä"),
            ("${TOLOWER(ABC)}", "abc"),
            ("<${TRIM(T)}>", "<a b>"),
            ("<${LTRIM(T)}>", "<a b >"),
            ("<${RTRIM(T)}>", "< a b>"),
            ("${QUOTE(a \"b\" \\)}", "\"a \\\"b\\\" \\\\\""),
            ("${CSV_QUOTE(a \"b\")}", "\"a \"\"b\"\"\""),
            ("${KEYPADHASH(Les-7)}", "5377"),
            ("${FILTER(0-9,a1b2)}", "12"),
            ("${FILTER(a-c\\x2D,abcd-e)}", "abc-"),
            ("${FILTER(0-9,1,2)}", "12"),
            ("${REGEX(\"^[0-9]+$\" 123)}", "1"),
            ("${REGEX(\"^[0-9]+$\" 12a)}", "0"),
            ("${REPLACE(LIST,&,-)}", "one-two"),
            ("${REPLACE(LIST,ow)}", "ne&t"),
            ("${STRREPLACE(LIST,o,00,1)}", "00ne&two"),
            ("${STRREPLACE(LIST,two)}", "one&"),
            ("${STRBETWEEN(T,.)}", " .a. .b. "),
        ]);
        Sample::default().check_failing(&[
            "${FILTER(x)}",
            "${REGEX(x)}",
            "${REGEX(\"(\" x)}",
            "${REPLACE(X)}",
        ]);
    }
}
