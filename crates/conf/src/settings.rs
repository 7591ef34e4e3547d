//! Settings declared once: what `derive(Settings)` writes, and what it calls.

use crate::value::{Field, Value};
use crate::{Diagnostic, Entry, Section};

/// The options of a section, as a struct. Derived:
///
/// ```
/// use conf::{Entry, List, Millis, Settings};
///
/// /// A manager account.
/// #[derive(Settings)]
/// struct Account {
///     /// The password; without one nobody logs in.
///     secret: Option<String>,
///     /// The classes of events it may hear.
///     read: List<String>,
///     /// How long a write may take, in milliseconds.
///     #[setting(name = "writetimeout", default = "100")]
///     write_timeout: Millis,
///     /// The TCP port.
///     #[setting(alias = "bindport", default = "5038", min = 1024, max = 65535)]
///     port: u16,
///     /// The addresses it may come from, in order.
///     #[setting(entries, name = "permit", alias = "deny")]
///     rules: Vec<Entry>,
///     /// The filters of its events, with their criteria in the name.
///     #[setting(entries, name = "eventfilter*")]
///     filters: Vec<Entry>,
/// }
/// ```
///
/// An option is named as its field unless `name` says otherwise, and may have aliases. A name
/// that ends with `*` stands for all that begin so and are not declared otherwise; `*` alone
/// takes all the rest. `entries` keeps them as they are written. A field marked `part` has settings of its
/// own, which stand among the others. `min` and `max` bound a number.
/// Without `default` a field is its type's default. The doc comments are the
/// help shown to users. The derive gives the struct `Default` too: what an empty section means.
pub trait Settings: Default {
    /// What the section is for.
    const HELP: &'static str;
    /// The options in the order of the fields.
    const DECLARATIONS: &'static [Declaration];

    /// Takes the fields from a reader, whose declarations from `first` on are these.
    fn take(reader: &mut Reader<'_>, first: usize) -> Self;

    /// Reads a section. Unknown options and values that do not read are told of and ignored.
    fn read(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Self {
        Self::take(
            &mut Reader::new(section, Self::DECLARATIONS, diagnostics),
            0,
        )
    }
}

/// The documentation of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Its name; with `*` at the end the beginning of names.
    pub name: &'static str,
    /// Its other names.
    pub aliases: &'static [&'static str],
    /// Its value when it is not given, as it would be written.
    pub default: Option<&'static str>,
    /// What it does.
    pub help: &'static str,
}

/// Declarations in a row; `N` is how many there are.
#[allow(
    clippy::indexing_slicing,
    reason = "computed at compile time, where nothing else can be done"
)]
pub const fn joined<const N: usize>(parts: &[&[Declaration]]) -> [Declaration; N] {
    let none = Declaration {
        name: "",
        aliases: &[],
        default: None,
        help: "",
    };
    let (mut all, mut next, mut part) = ([none; N], 0, 0);
    while part < parts.len() {
        let mut at = 0;
        while at < parts[part].len() {
            all[next] = parts[part][at];
            (next, at) = (next + 1, at + 1);
        }
        part += 1;
    }
    all
}

/// The documentation of a section: for whoever shows or writes down what can be configured.
#[derive(Clone, Copy, Debug)]
pub struct Help {
    /// The file it stands in.
    pub file: &'static str,
    /// The section: its name in brackets, or what tells it.
    pub section: &'static str,
    /// What it is for.
    pub text: &'static str,
    /// Its options.
    pub options: &'static [Declaration],
}

impl Help {
    /// That of settings, in a section of a file.
    pub const fn of<S: Settings>(file: &'static str, section: &'static str) -> Self {
        Self {
            file,
            section,
            text: S::HELP,
            options: S::DECLARATIONS,
        }
    }
}

impl Declaration {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    fn is_named(&self, key: &str) -> bool {
        self.names().any(|name| name.eq_ignore_ascii_case(key))
    }

    fn is_beginning_of(&self, key: &str) -> bool {
        let mut beginnings = self.names().filter_map(|name| name.strip_suffix('*'));
        beginnings.any(|beginning| {
            let start = key.as_bytes().get(..beginning.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(beginning.as_bytes()))
        })
    }
}

/// Reads the fields of settings from a section.
pub struct Reader<'a> {
    /// The entries, each with the index of its declaration.
    entries: Vec<(usize, &'a Entry)>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    /// Finds each entry's declaration and warns of entries that have none.
    pub fn new(
        section: &'a Section,
        declarations: &[Declaration],
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        let mut reader = Self {
            entries: Vec::new(),
            diagnostics,
        };
        for entry in &section.entries {
            let key = &entry.key;
            let exact = declarations
                .iter()
                .position(|declaration| declaration.is_named(key));
            let found = exact.or_else(|| {
                declarations
                    .iter()
                    .position(|declaration| declaration.is_beginning_of(key))
            });
            match found {
                Some(index) => reader.entries.push((index, entry)),
                None => reader.warn(
                    entry,
                    format!("unknown option `{key}`"),
                    remedy(key, declarations),
                ),
            }
        }
        reader
    }

    /// The field of a declaration.
    pub fn field<F: Field>(&mut self, index: usize, default: F) -> F {
        self.field_within(index, default, |_| true, "")
    }

    /// The field of a declaration whose values must be within a range, told in words.
    pub fn field_within<F: Field>(
        &mut self,
        index: usize,
        default: F,
        within: impl Fn(&F::Item) -> bool,
        range: &str,
    ) -> F {
        let mut items = Vec::new();
        for entry in self.entries(index) {
            let item = F::Item::read(&entry.value);
            match item {
                Ok(item) if within(&item) => items.push(item),
                Ok(_) => self.misread(&entry, range),
                Err(expected) => self.misread(&entry, &expected),
            }
            if let Some(expected) = F::Item::doubt(&entry.value) {
                let message = format!("`{} = {}` is taken as no", entry.key, entry.value);
                self.warn(&entry, message, format!("write {expected}"));
            }
        }
        F::collect(items).unwrap_or(default)
    }

    /// The entries of a declaration, as they are written.
    pub fn entries(&self, index: usize) -> Vec<Entry> {
        let own = self.entries.iter().filter(|(owner, _)| *owner == index);
        own.map(|(_, entry)| (*entry).clone()).collect()
    }

    fn misread(&mut self, entry: &Entry, expected: &str) {
        let message = format!("`{} = {}` is not {expected}", entry.key, entry.value);
        self.warn(
            entry,
            message,
            "the line is ignored until it is corrected".to_owned(),
        );
    }

    /// Warns once: a line of a template is read again by every section that inherits it.
    fn warn(&mut self, entry: &Entry, message: String, remedy: String) {
        let diagnostic = Diagnostic::warning(&entry.at, message, remedy);
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }
}

/// The default that a declaration writes as text.
///
/// # Panics
/// When the text does not read as the field's type: a mistake in the declaration, which any
/// construction of the settings shows.
#[allow(clippy::panic)]
pub fn default_value<F: Field>(text: &str) -> F {
    let item = F::Item::read(text);
    match item.map(|item| F::collect(vec![item])) {
        Ok(Some(field)) => field,
        Ok(None) | Err(_) => panic!("the default `{text}` does not read"),
    }
}

/// The known name that is most like an unknown one, if any is.
fn remedy(key: &str, declarations: &[Declaration]) -> String {
    let key = key.to_ascii_lowercase();
    let names = declarations.iter().flat_map(Declaration::names);
    let likeness = names.map(|name| (strsim::jaro_winkler(&key, &name.to_ascii_lowercase()), name));
    match likeness.max_by(|one, other| one.0.total_cmp(&other.0)) {
        Some((likeness, name)) if likeness > 0.85 => format!("did you mean `{name}`?"),
        Some(_) | None => "it has no effect; remove it".to_owned(),
    }
}
