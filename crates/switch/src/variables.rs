//! Channel and global variables. The newest comes first, as it is told and inherited.

use std::sync::Arc;

/// A list of variables. A name may carry marks of inheritance: `_NAME` goes to the channels
/// dialled, `__NAME` to theirs too. Lookups leave the marks out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables(Vec<(Arc<str>, Arc<str>)>);

impl Variables {
    /// Sets one; an empty value is kept, as the reference does for channel variables.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.hide(name, value);
    }

    /// Sets one that hides the one of this name there may be, until it is removed.
    pub(crate) fn hide(&mut self, name: &str, value: &str) {
        self.0.insert(0, (name.into(), value.into()));
    }

    /// Removes the newest of this name; one that it hid comes back.
    pub(crate) fn remove(&mut self, name: &str) {
        let newest = self
            .0
            .iter()
            .position(|(known, _)| plain(known) == plain(name));
        if let Some(newest) = newest {
            self.0.remove(newest);
        }
    }

    /// Appends one that another channel gave.
    pub(crate) fn append(&mut self, name: &str, value: &str) {
        self.0.retain(|(known, _)| plain(known) != plain(name));
        self.0.push((name.into(), value.into()));
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Arc<str>> {
        self.0
            .iter()
            .find(|(known, _)| plain(known) == name)
            .map(|(_, value)| value)
    }

    /// The value behind so many that hide it.
    pub(crate) fn hidden(&self, name: &str, hiding: usize) -> Option<&Arc<str>> {
        let mut all = self.0.iter().filter(|(known, _)| plain(known) == name);
        all.nth(hiding).map(|(_, value)| value)
    }

    /// All, newest first, under their plain names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Arc<str>)> {
        self.0.iter().map(|(name, value)| (plain(name), value))
    }

    /// All as they were set, marks included.
    pub(crate) fn marked(&self) -> Vec<(Arc<str>, Arc<str>)> {
        self.0.clone()
    }

    /// What a channel dialled from here gets: `_A` as `A`, `__A` as it is.
    pub(crate) fn inherited(&self) -> Vec<(Arc<str>, Arc<str>)> {
        let heir = |name: &Arc<str>| match name.strip_prefix('_') {
            Some(rest) if rest.starts_with('_') => Some(Arc::clone(name)),
            Some(rest) => Some(rest.into()),
            None => None,
        };
        self.0
            .iter()
            .filter_map(|(name, value)| Some((heir(name)?, Arc::clone(value))))
            .collect()
    }

    /// Takes over the configured globals; others stay.
    pub(crate) fn renew<'a>(&mut self, configured: impl Iterator<Item = (&'a str, &'a str)>) {
        for (name, value) in configured {
            self.set(name, value);
        }
    }
}

fn plain(name: &str) -> &str {
    let once = name.strip_prefix('_').unwrap_or(name);
    once.strip_prefix('_').unwrap_or(once)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_decide_what_is_inherited() {
        let mut variables = Variables::default();
        variables.set("PLAIN", "1");
        variables.set("_ONCE", "2");
        variables.set("__EVER", "3");
        assert_eq!(variables.value("ONCE").map(AsRef::as_ref), Some("2"));
        let names: Vec<_> = variables
            .inherited()
            .iter()
            .map(|(name, _)| name.to_string())
            .collect();
        assert_eq!(names, ["__EVER", "ONCE"]);
        variables.set("EVER", "4");
        assert!(
            variables
                .inherited()
                .iter()
                .all(|(name, _)| &**name != "EVER")
        );
    }
}
