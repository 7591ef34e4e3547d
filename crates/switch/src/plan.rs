//! The dialplan as clients see and change it.
//!
//! A change makes a new dialplan for what comes; it lasts until extensions.conf is read again. A
//! configuration that brings the dialplan that was read last leaves the changes alone.

use crate::{Config, Switch};
use dialplan::{Caller, Context, Dialplan, Extension, Fault, NewStep};
use model::{
    DialplanChange, DialplanCommand, DialplanContext, DialplanExtension, DialplanReply,
    DialplanStep,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What it is read from.
const FILE: &str = "extensions.conf";

impl Switch {
    pub(crate) fn on_dialplan(&mut self, command: &DialplanCommand) -> DialplanReply {
        match command {
            DialplanCommand::Show { context, exten } => {
                show(&self.config.dialplan, context.as_deref(), exten.as_deref())
            }
            DialplanCommand::Globals => {
                let globals = self.globals.iter();
                let mut all: Vec<(Arc<str>, Arc<str>)> = globals
                    .map(|(name, value)| (name.into(), Arc::clone(value)))
                    .collect();
                all.sort();
                DialplanReply::Globals(all)
            }
            DialplanCommand::Print => print(&self.config.dialplan),
            DialplanCommand::Change(change) => self.change_dialplan(change),
        }
    }

    fn change_dialplan(&mut self, change: &DialplanChange) -> DialplanReply {
        let mut dialplan = Dialplan::clone(&self.config.dialplan);
        if let Err(fault) = apply(&mut dialplan, change) {
            return refused(fault);
        }
        let config = Config {
            dialplan: Arc::new(dialplan),
            ..Config::clone(&self.config)
        };
        self.config = Arc::new(config);
        self.renew_devices();
        DialplanReply::Changed
    }

    /// Takes over a configuration's dialplan, unless it is the one that was read last.
    pub(crate) fn take_dialplan(&mut self, config: Arc<Config>) -> Arc<Config> {
        if Arc::ptr_eq(&config.dialplan, &self.dialplan_read) {
            return Arc::new(Config {
                dialplan: Arc::clone(&self.config.dialplan),
                ..Config::clone(&config)
            });
        }
        self.dialplan_read = Arc::clone(&config.dialplan);
        if config.dialplan.general.clear_global_vars {
            self.globals = crate::variables::Variables::default();
        }
        let globals = config.dialplan.globals.iter();
        self.globals
            .renew(globals.map(|(name, value)| (name.as_str(), value.as_str())));
        config
    }
}

fn apply(dialplan: &mut Dialplan, change: &DialplanChange) -> Result<(), Fault> {
    match change {
        DialplanChange::AddExtension {
            context,
            exten,
            step,
            replace,
        } => {
            let new = NewStep {
                number: step.number,
                label: step.label.as_deref().map(str::to_owned),
                app: step.application.to_string(),
                args: step.data.to_string(),
            };
            dialplan.add_step(context, exten, new, *replace)
        }
        DialplanChange::RemoveExtension {
            context,
            exten,
            priority,
        } => dialplan.remove_steps(context, exten, *priority),
        DialplanChange::AddInclude { context, include } => dialplan.add_include(context, include),
        DialplanChange::RemoveInclude { context, include } => {
            dialplan.remove_include(context, include)
        }
        DialplanChange::AddIgnored { context, pattern } => dialplan.add_ignored(context, pattern),
        DialplanChange::RemoveIgnored { context, pattern } => {
            dialplan.remove_ignored(context, pattern)
        }
        DialplanChange::RemoveContext(name) => dialplan.remove_context(name),
    }
}

fn refused(fault: Fault) -> DialplanReply {
    match fault {
        Fault::NoContext => DialplanReply::NoContext,
        Fault::Missing => DialplanReply::NoExtension,
        Fault::Exists => DialplanReply::Exists,
        Fault::Invalid(why) => DialplanReply::Invalid(why.into()),
    }
}

/// The dialplan as a text that reads back as it is meant.
fn print(dialplan: &Dialplan) -> DialplanReply {
    if !dialplan.general.is_static || dialplan.general.write_protect {
        return DialplanReply::Protected;
    }
    let text = dialplan.print();
    let source = conf::Memory::default().with(FILE, &text);
    let Ok(config) = conf::load(&source, FILE) else {
        return DialplanReply::Invalid("what is in it cannot be written in a file".into());
    };
    let (read, _) = Dialplan::read(&config, &crate::app::Vocabulary);
    match first_difference(dialplan, &read) {
        None => DialplanReply::Text(text.into()),
        Some(place) => DialplanReply::Invalid(format!("{place} would not read back").into()),
    }
}

/// What two dialplans say otherwise first, but for where it is written.
fn first_difference(one: &Dialplan, other: &Dialplan) -> Option<String> {
    if one.general != other.general || one.globals != other.globals {
        return Some("[general] or [globals]".to_owned());
    }
    let mut others = other.contexts().iter();
    for context in one.contexts() {
        let is_same = others
            .next()
            .is_some_and(|other| meaning(context) == meaning(other));
        if !is_same {
            return Some(format!("context {}", context.name));
        }
    }
    others
        .next()
        .map(|context| format!("context {}", context.name))
}

/// A context without the places it is written at.
fn meaning(context: &Context) -> DialplanContext {
    let mut shown = shown_context(context, None);
    let extensions = shown.extensions.iter_mut();
    for step in extensions.flat_map(|extension| &mut extension.steps) {
        step.at = Arc::default();
    }
    shown
}

fn show(dialplan: &Dialplan, context: Option<&str>, exten: Option<&str>) -> DialplanReply {
    let wanted: Vec<&Context> = match context {
        None => dialplan.contexts().iter().collect(),
        Some(name) => match dialplan.context(name) {
            Some(context) => vec![context],
            None => return DialplanReply::NoContext,
        },
    };
    let mut shown = Vec::new();
    let mut seen = BTreeSet::new();
    for wanted in wanted {
        // A context that is asked for brings those it includes, if an extension is looked for.
        let mut waiting = vec![wanted];
        while let Some(context) = waiting.pop() {
            if !seen.insert(Arc::clone(&context.name)) {
                continue;
            }
            let mut found = shown_context(context, exten);
            if exten.is_some() {
                found.includes.clear();
                found.ignored.clear();
                let includes = context.includes.iter().rev();
                waiting.extend(includes.filter_map(|include| dialplan.context(&include.context)));
            }
            if exten.is_none() || !found.extensions.is_empty() {
                shown.push(found);
            }
        }
    }
    if exten.is_some() && shown.is_empty() {
        return DialplanReply::NoExtension;
    }
    DialplanReply::Contexts(shown)
}

fn shown_context(context: &Context, exten: Option<&str>) -> DialplanContext {
    let extensions = context.extensions.iter();
    let matching =
        extensions.filter(|known| exten.is_none_or(|exten| known.pattern.matches(exten)));
    DialplanContext {
        name: Arc::clone(&context.name),
        extensions: matching.map(shown_extension).collect(),
        includes: context
            .includes
            .iter()
            .map(|include| include.text.as_str().into())
            .collect(),
        ignored: context
            .ignored
            .iter()
            .map(|pattern| pattern.as_str().into())
            .collect(),
    }
}

fn shown_extension(extension: &Extension) -> DialplanExtension {
    let hint = extension.hint.iter().map(|hint| DialplanStep {
        number: None,
        label: None,
        application: hint.text.as_str().into(),
        data: Arc::default(),
        at: hint.at.to_string().into(),
    });
    let priorities = extension.priorities.iter().map(|priority| DialplanStep {
        number: Some(priority.number),
        label: priority.label.as_deref().map(Into::into),
        application: priority.app.as_str().into(),
        data: priority.args.as_str().into(),
        at: priority.at.to_string().into(),
    });
    DialplanExtension {
        name: extension.pattern.as_str().into(),
        caller: match &extension.caller {
            Caller::Matching(pattern) => Some(pattern.as_str().into()),
            Caller::Unknown => Some(Arc::default()),
            Caller::Anyone => None,
        },
        steps: hint.chain(priorities).collect(),
    }
}
