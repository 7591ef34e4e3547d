//! The dialplan: contexts, extensions and priorities, and every question asked of them.

use std::{collections::HashMap, sync::Arc};

use conf::Place;
use jiff::Zoned;
use serde::{Deserialize, Serialize};

use crate::{
    edit::Fault,
    pattern::{Answer, Pattern, Question},
    timing::Timing,
};

/// A whole dialplan. A reload makes another one; calls in progress may keep theirs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Dialplan {
    /// The settings of `[general]`.
    pub general: General,
    /// The variables of `[globals]`, in the order of the file.
    pub globals: Vec<(String, String)>,
    contexts: Vec<Context>,
    #[serde(skip_serializing)]
    by_name: HashMap<String, usize>,
}

/// A dialplan as it is written down.
#[derive(Deserialize)]
struct Written {
    general: General,
    globals: Vec<(String, String)>,
    contexts: Vec<Context>,
}

impl From<Written> for Dialplan {
    fn from(written: Written) -> Self {
        let names = written.contexts.iter().enumerate();
        Self {
            general: written.general,
            globals: written.globals,
            by_name: names
                .map(|(index, context)| (context.name.to_string(), index))
                .collect(),
            contexts: written.contexts,
        }
    }
}

/// The settings of `[general]` in extensions.conf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct General {
    /// The console may not write the file back unless `static` is set and this is not.
    pub write_protect: bool,
    /// See `write_protect`.
    pub is_static: bool,
    /// A call that runs out of priorities is hung up; otherwise it waits for a new extension.
    pub autofallthrough: bool,
    /// A reload forgets the global variables it does not set.
    pub clear_global_vars: bool,
}

impl Default for General {
    fn default() -> Self {
        Self {
            write_protect: false,
            is_static: false,
            autofallthrough: true,
            clear_global_vars: false,
        }
    }
}

/// A context.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Context {
    /// Its name.
    pub name: Arc<str>,
    /// Its extensions, in the order in which they are searched.
    pub extensions: Vec<Extension>,
    /// The contexts searched after this one, in order.
    pub includes: Vec<Include>,
    /// Digits after which a dial tone goes on.
    pub ignored: Vec<Pattern>,
}

/// `include => context[,times]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Include {
    /// The context to search.
    pub context: String,
    /// The line as written, times and all.
    pub text: String,
    /// When it is to be searched; none means always.
    pub timing: Option<Timing>,
}

/// An extension for the callers it is meant for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Extension {
    /// Its name or pattern.
    pub pattern: Pattern,
    /// Who may call it.
    pub caller: Caller,
    /// Its priorities, by number.
    pub priorities: Vec<Priority>,
    /// Its hint.
    pub hint: Option<Hint>,
}

/// The caller identification an extension asks for (`exten => 100/5551234,…`). Extensions for
/// certain callers are searched before those for everybody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Caller {
    /// This number or pattern.
    Matching(Pattern),
    /// Callers without a number.
    Unknown,
    /// Everybody.
    Anyone,
}

/// A priority: one step of an extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priority {
    /// Its number, from 1.
    pub number: u32,
    /// Its label.
    pub label: Option<String>,
    /// The application's name as written.
    pub app: String,
    /// Its arguments, variables not yet expanded.
    pub args: String,
    /// The context it stands in, which may be one that was included.
    pub context: Arc<str>,
    /// Where it is written.
    pub at: Place,
}

/// What an extension watches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// The whole text: devices, presence after a comma, and a name in parentheses.
    pub text: String,
    /// Where it is written.
    pub at: Place,
}

impl Hint {
    /// What is watched, without the name.
    pub fn watched(&self) -> &str {
        self.parts().0
    }

    /// Whose it is, `PJSIP/bob(Bob)`: for display.
    pub fn name(&self) -> Option<&str> {
        self.parts().1
    }

    fn parts(&self) -> (&str, Option<&str>) {
        let named = self
            .text
            .strip_suffix(')')
            .and_then(|text| text.split_once('('));
        match named {
            Some((watched, name)) if !name.contains(['(', '{', '}']) => (watched, Some(name)),
            Some(_) | None => (&self.text, None),
        }
    }

    /// The devices, whose states are combined; a pattern's may hold variables.
    pub fn devices(&self) -> impl Iterator<Item = &str> {
        let devices = self.watched().split(',').next().unwrap_or_default();
        devices
            .split('&')
            .map(str::trim)
            .filter(|device| !device.is_empty())
    }

    /// The presence provider.
    pub fn presence(&self) -> Option<&str> {
        self.watched()
            .split_once(',')
            .map(|(_, presence)| presence.trim())
            .filter(|presence| !presence.is_empty())
    }
}

impl Caller {
    /// Whether a caller with this number is meant; an empty number is none.
    pub fn admits(&self, number: &str) -> bool {
        match self {
            Self::Anyone => true,
            Self::Unknown => number.is_empty(),
            Self::Matching(pattern) => pattern.matches(number),
        }
    }
}

impl Dialplan {
    /// All contexts, in the order of the file.
    pub fn contexts(&self) -> &[Context] {
        &self.contexts
    }

    /// A context by name.
    pub fn context(&self, name: &str) -> Option<&Context> {
        self.by_name
            .get(name)
            .and_then(|&index| self.contexts.get(index))
    }

    /// The priority a call runs at this place. The caller's number is empty if unknown.
    ///
    /// An extension that matches but lacks the priority does not hide a later one that has it;
    /// included contexts come after the context's own extensions.
    pub fn find(
        &self,
        context: &str,
        exten: &str,
        priority: u32,
        caller: &str,
        now: &Zoned,
    ) -> Option<&Priority> {
        self.search(context, now, &mut |context| {
            context
                .matching(exten, caller)
                .find_map(|extension| extension.priority(priority))
        })
    }

    /// Whether there is such a priority.
    pub fn exists(
        &self,
        context: &str,
        exten: &str,
        priority: u32,
        caller: &str,
        now: &Zoned,
    ) -> bool {
        self.find(context, exten, priority, caller, now).is_some()
    }

    /// Whether these digits are an extension or the beginning of one.
    pub fn can_match(&self, context: &str, digits: &str, caller: &str, now: &Zoned) -> bool {
        self.ask(context, digits, Question::CanMatch, caller, now)
    }

    /// Whether more digits could make another extension, so that it pays to wait for them.
    pub fn match_more(&self, context: &str, digits: &str, caller: &str, now: &Zoned) -> bool {
        self.ask(context, digits, Question::MatchMore, caller, now)
    }

    /// The number of a labelled priority.
    pub fn label(
        &self,
        context: &str,
        exten: &str,
        label: &str,
        caller: &str,
        now: &Zoned,
    ) -> Option<u32> {
        self.search(context, now, &mut |context| {
            context
                .matching(exten, caller)
                .find_map(|extension| extension.labelled(label))
        })
    }

    /// The hint of an extension.
    pub fn hint(&self, context: &str, exten: &str, now: &Zoned) -> Option<&Hint> {
        self.search(context, now, &mut |context| {
            let mut extensions = context.extensions.iter();
            extensions.find_map(|extension| {
                extension
                    .hint
                    .as_ref()
                    .filter(|_| extension.pattern.matches(exten))
            })
        })
    }

    /// All hints, each with its context and extension; patterns are among them.
    pub fn hints(&self) -> impl Iterator<Item = (&Context, &Extension, &Hint)> {
        self.contexts.iter().flat_map(|context| {
            let extensions = context.extensions.iter();
            extensions
                .filter_map(move |extension| Some((context, extension, extension.hint.as_ref()?)))
        })
    }

    /// Whether the dial tone goes on after these digits.
    pub fn ignores(&self, context: &str, digits: &str) -> bool {
        self.context(context).is_some_and(|context| {
            context
                .ignored
                .iter()
                .any(|pattern| pattern.matches(digits))
        })
    }

    /// The context of this name, made if there is none.
    pub(crate) fn context_mut(&mut self, name: &str) -> &mut Context {
        let next = self.contexts.len();
        let index = *self.by_name.entry(name.to_owned()).or_insert(next);
        if index == next {
            self.contexts.push(Context::new(name));
        }
        &mut self.contexts[index]
    }

    /// Removes a context with all in it.
    pub fn remove_context(&mut self, name: &str) -> Result<(), Fault> {
        let index = self.by_name.remove(name).ok_or(Fault::NoContext)?;
        self.contexts.remove(index);
        for other in self.by_name.values_mut().filter(|other| **other > index) {
            *other -= 1;
        }
        Ok(())
    }

    fn ask(
        &self,
        context: &str,
        digits: &str,
        question: Question,
        caller: &str,
        now: &Zoned,
    ) -> bool {
        self.search(context, now, &mut |context| {
            let candidates = context
                .extensions
                .iter()
                .filter(|e| e.priority(1).is_some() && e.caller.admits(caller));
            candidates
                .map(|extension| extension.pattern.ask(digits, question))
                .find(|&answer| answer != Answer::No)
        })
        .is_some_and(|answer| match answer {
            Answer::Yes => true,
            Answer::Final => question != Question::MatchMore,
            Answer::No => false,
        })
    }

    /// Looks in a context and then in those it includes, depth first, in each once.
    fn search<'a, T>(
        &'a self,
        context: &str,
        now: &Zoned,
        look: &mut dyn FnMut(&'a Context) -> Option<T>,
    ) -> Option<T> {
        let mut seen = vec![false; self.contexts.len()];
        let mut waiting = vec![*self.by_name.get(context)?];
        while let Some(index) = waiting.pop() {
            if std::mem::replace(seen.get_mut(index)?, true) {
                continue;
            }
            let context = self.contexts.get(index)?;
            if let Some(found) = look(context) {
                return Some(found);
            }
            let open = context
                .includes
                .iter()
                .filter(|i| i.timing.as_ref().is_none_or(|timing| timing.holds(now)));
            waiting.extend(
                open.rev()
                    .filter_map(|include| self.by_name.get(&include.context)),
            );
        }
        None
    }
}

impl Context {
    fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            extensions: Vec::new(),
            includes: Vec::new(),
            ignored: Vec::new(),
        }
    }

    /// The extensions that match what was dialled, best first.
    pub fn matching(&self, exten: &str, caller: &str) -> impl Iterator<Item = &Extension> {
        let patterns = self
            .extensions
            .partition_point(|extension| !extension.pattern.is_pattern());
        let (names, patterns) = self.extensions.split_at(patterns);
        let first = names.partition_point(|extension| extension.pattern.is_name_before(exten));
        let names = names
            .iter()
            .skip(first)
            .take_while(move |extension| extension.pattern.matches(exten));
        let patterns = patterns
            .iter()
            .filter(move |extension| extension.pattern.matches(exten));
        names
            .chain(patterns)
            .filter(move |extension| extension.caller.admits(caller))
    }

    /// The extension written exactly so, for these callers, if there is one.
    pub(crate) fn extension_as(&self, pattern: &Pattern, caller: &Caller) -> Option<&Extension> {
        let index = self.place_of(pattern, caller).ok()?;
        Some(&self.extensions[index])
    }

    /// The same; made if there is none.
    pub(crate) fn extension_mut(&mut self, pattern: Pattern, caller: Caller) -> &mut Extension {
        let index = match self.place_of(&pattern, &caller) {
            Ok(index) => index,
            Err(index) => {
                self.extensions.insert(
                    index,
                    Extension {
                        pattern,
                        caller,
                        priorities: Vec::new(),
                        hint: None,
                    },
                );
                index
            }
        };
        &mut self.extensions[index]
    }

    /// Where it is among the extensions, or is to be put.
    fn place_of(&self, pattern: &Pattern, caller: &Caller) -> Result<usize, usize> {
        self.extensions
            .binary_search_by(|e| (&e.pattern, &e.caller).cmp(&(pattern, caller)))
    }
}
