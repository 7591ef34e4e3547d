//! `Replaces`: the dialog whose place another takes (RFC 3891 §6.1).

use crate::calls::DialogKey;

/// What it says.
pub(crate) struct Replaces {
    /// The dialog, which is ours.
    pub(crate) dialog: DialogKey,
    /// Only while it has not been answered.
    pub(crate) early_only: bool,
}

impl Replaces {
    /// Reads `call-id;to-tag=…;from-tag=…`. Who replaces asks us as if we were the one asked in that dialog, so
    /// `to-tag` is ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let call_id = parts.next()?.to_owned();
        let (mut tag, mut early_only) = (None, false);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let name = name.trim();
            if name.eq_ignore_ascii_case("to-tag") {
                tag = Some(value.trim().to_owned());
            }
            early_only |= name.eq_ignore_ascii_case("early-only");
        }
        Some(Self {
            dialog: DialogKey { call_id, tag: tag? },
            early_only,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialog_to_replace_is_found_by_our_tag() {
        let read = |text| {
            let Replaces { dialog, early_only } = Replaces::parse(text)?;
            Some((dialog.call_id, dialog.tag, early_only))
        };
        let known = |early_only| Some(("a@b".to_owned(), "ours".to_owned(), early_only));
        assert_eq!(read("a@b;to-tag=ours;from-tag=theirs"), known(false));
        assert_eq!(
            read("a@b ; From-Tag=theirs;early-only; To-Tag = ours"),
            known(true)
        );
        assert_eq!(read("a@b;from-tag=theirs"), None);
    }
}
