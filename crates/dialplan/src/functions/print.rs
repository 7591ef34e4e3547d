//! SPRINTF: values in a format.

use super::{Declaration, Function, Outcome, error};

pub(super) const SPRINTF: Function = Function {
    declaration: Declaration {
        name: "SPRINTF",
        synopsis: "Format a variable according to a format string.",
        syntax: "SPRINTF(format,arg1[,arg2[,...][,argN]])",
        description: "`%s %d %i %u %x %X %o %c %f %e %%`, with the flags `-`, `0`, `+`, a width and a \
                      precision.",
    },
    read: Some(|_, args| {
        let args = crate::arguments(args);
        let Some((format, values)) = args.split_first() else {
            return error("needs a format");
        };
        printed(format, values)
    }),
    write: None,
};

/// Widths and precisions beyond this are an error.
const WIDEST: usize = 512;

/// What stands between a percent sign and its letter.
#[derive(Default)]
struct Layout {
    left: bool,
    zeros: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
}

fn printed(format: &str, values: &[String]) -> Outcome {
    let mut values = values.iter();
    let mut out = String::new();
    let mut rest = format;
    while let Some((before, code)) = rest.split_once('%') {
        out.push_str(before);
        let (layout, code) = Layout::parse(code)?;
        let Some(letter) = code.chars().next() else {
            return error("a '%' at the end");
        };
        rest = &code[letter.len_utf8()..];
        if letter == '%' {
            out.push('%');
            continue;
        }
        let Some(value) = values.next() else {
            return error("fewer values than the format asks for");
        };
        out.push_str(&layout.print(letter, value)?);
    }
    Ok(out + rest)
}

impl Layout {
    fn parse(code: &str) -> Outcome<(Self, &str)> {
        let mut layout = Self::default();
        let mut rest = code;
        while let Some(flag) = rest.chars().next().filter(|c| "-0+ #".contains(*c)) {
            layout.left |= flag == '-';
            layout.zeros |= flag == '0';
            layout.plus |= flag == '+';
            rest = &rest[1..];
        }
        (layout.width, rest) = size(rest)?;
        if let Some(after) = rest.strip_prefix('.') {
            let (precision, after) = size(after)?;
            layout.precision = Some(precision);
            rest = after;
        }
        Ok((layout, rest))
    }

    fn print(&self, letter: char, value: &str) -> Outcome {
        let text = match letter {
            's' => value
                .chars()
                .take(self.precision.unwrap_or(usize::MAX))
                .collect(),
            'c' => value.chars().take(1).collect(),
            'd' | 'i' | 'u' => self.signed(&whole(value)?.to_string()),
            'x' => format!("{:x}", whole(value)?),
            'X' => format!("{:X}", whole(value)?),
            'o' => format!("{:o}", whole(value)?),
            'f' => self.signed(&format!(
                "{:.*}",
                self.precision.unwrap_or(6),
                decimal(value)?
            )),
            'e' => self.signed(&format!(
                "{:.*e}",
                self.precision.unwrap_or(6),
                decimal(value)?
            )),
            other => return error(format!("'%{other}' is not understood")),
        };
        Ok(self.laid_out(text, !matches!(letter, 's' | 'c')))
    }

    fn signed(&self, number: &str) -> String {
        if self.plus && !number.starts_with('-') {
            format!("+{number}")
        } else {
            number.to_owned()
        }
    }

    fn laid_out(&self, text: String, is_number: bool) -> String {
        let width = self.width;
        match (self.left, self.zeros && is_number) {
            (true, _) => format!("{text:<width$}"),
            (false, false) => format!("{text:>width$}"),
            (false, true) => {
                let (sign, digits) = match text.strip_prefix(['-', '+']) {
                    Some(digits) => text.split_at(text.len() - digits.len()),
                    None => ("", text.as_str()),
                };
                let width = width.saturating_sub(sign.len());
                format!("{sign}{digits:0>width$}")
            }
        }
    }
}

/// Reads the number a text begins with; 0 if there is none.
fn size(text: &str) -> Outcome<(usize, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    match digits.parse() {
        Ok(size) if size <= WIDEST => Ok((size, rest)),
        Err(_) if digits.is_empty() => Ok((0, rest)),
        Ok(_) | Err(_) => error(format!("a width beyond {WIDEST}")),
    }
}

fn whole(value: &str) -> Outcome<i64> {
    value
        .trim()
        .parse()
        .or_else(|_| error(format!("'{value}' is no whole number")))
}

fn decimal(value: &str) -> Outcome<f64> {
    value
        .trim()
        .parse()
        .or_else(|_| error(format!("'{value}' is no number")))
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;

    #[test]
    fn printing() {
        Sample::default().check(&[
            ("${SPRINTF(%s-%d,a,7)}", "a-7"),
            ("<${SPRINTF(%5s,ab)}>", "<   ab>"),
            ("<${SPRINTF(%-5s|%.1s,ab,cd)}>", "<ab   |c>"),
            ("${SPRINTF(%05d %+d,-42,3)}", "-0042 +3"),
            ("${SPRINTF(%x %X %o %c,255,255,8,xyz)}", "ff FF 10 x"),
            ("${SPRINTF(%.2f%%,2.345)}", "2.35%"),
        ]);
        Sample::default().check_failing(&[
            "${SPRINTF(%d,x)}",
            "${SPRINTF(%s)}",
            "${SPRINTF(%9999s,x)}",
            "${SPRINTF(%)}",
            "${SPRINTF()}",
            "${SPRINTF(%n,1)}",
        ]);
    }
}
