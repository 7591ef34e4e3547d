//! extensions.conf, made into a dialplan. A line that cannot be used is reported and left out.

use conf::{Config, Diagnostic, Entry, Place, Section};

use crate::{
    dialplan::{Dialplan, General, Hint, Include, Priority},
    expand::{FunctionError, Scope, called_functions, expand},
    functions,
    line::{self, Exten, Step},
    pattern::Pattern,
    timing::Timing,
};

/// What the switch can do, so that a dialplan asking for more is told so when it is loaded.
pub trait Known {
    /// Whether there is an application of this name; case does not matter.
    fn application(&self, name: &str) -> bool;
    /// Whether there is a function of this name, besides those of [`functions`].
    fn function(&self, name: &str) -> bool;
}

impl Dialplan {
    /// Reads extensions.conf, with everything in it that is doubtful or left out.
    pub fn read(config: &Config, known: &dyn Known) -> (Self, Vec<Diagnostic>) {
        let mut reader = Reader {
            plan: Self::default(),
            diagnostics: Vec::new(),
            known,
            last: Last::default(),
        };
        for section in config.concrete() {
            match section.name.as_str() {
                "general" => reader.general(section),
                "globals" => reader.globals(section),
                _ => reader.context(section),
            }
        }
        reader.warn_of_missing_includes(config);
        (reader.plan, reader.diagnostics)
    }
}

struct Reader<'a> {
    plan: Dialplan,
    diagnostics: Vec<Diagnostic>,
    known: &'a dyn Known,
    last: Last,
}

/// What the next `same` and `n` of a context go on from.
#[derive(Default)]
struct Last {
    exten: Option<(Pattern, crate::dialplan::Caller)>,
    priority: Option<u32>,
}

/// Why a line is left out, and what to do.
struct Bad {
    message: String,
    remedy: &'static str,
}

impl Bad {
    fn new(message: impl Into<String>, remedy: &'static str) -> Self {
        Self {
            message: message.into(),
            remedy,
        }
    }
}

/// Applications that dialplans of old use, and what to use instead.
const RETIRED: [(&str, &str); 6] = [
    ("Macro", "use Gosub"),
    ("MacroExclusive", "use Gosub"),
    ("MacroIf", "use GosubIf"),
    ("MacroExit", "use Return"),
    ("SetVar", "use Set"),
    (
        "Stasis",
        "use the manager's actions: there is no REST interface",
    ),
];

const PRIORITY_REMEDY: &str = "write a number, n or s after a first number, or a label from above";
const EXTEN_REMEDY: &str = "write `exten => name,priority,Application(arguments)`";

impl Reader<'_> {
    fn general(&mut self, section: &Section) {
        let flag = |key, default| section.flag(key).unwrap_or(default);
        let default = General::default();
        self.plan.general = General {
            write_protect: flag("writeprotect", default.write_protect),
            is_static: flag("static", default.is_static),
            autofallthrough: flag("autofallthrough", default.autofallthrough),
            clear_global_vars: flag("clearglobalvars", default.clear_global_vars),
        };
        for entry in &section.entries {
            let key = entry.key.to_ascii_lowercase();
            match key.as_str() {
                "writeprotect" | "static" | "autofallthrough" | "clearglobalvars" => {}
                "extenpatternmatchnew" | "userscontext" => {
                    self.warn(
                        &entry.at,
                        format!("`{key}` has no effect"),
                        "remove the line",
                    );
                }
                _ => self.warn(
                    &entry.at,
                    format!("unknown option `{key}`"),
                    "remove the line or correct its name",
                ),
            }
        }
    }

    fn globals(&mut self, section: &Section) {
        for entry in &section.entries {
            let value = self.with_globals(&entry.value);
            let globals = &mut self.plan.globals;
            match globals.iter_mut().find(|(name, _)| *name == entry.key) {
                Some((_, old)) => *old = value,
                None => globals.push((entry.key.clone(), value)),
            }
        }
    }

    fn context(&mut self, section: &Section) {
        self.last = Last::default();
        self.plan.context_mut(&section.name);
        for entry in &section.entries {
            if let Err(bad) = self.entry(&section.name, entry) {
                self.diagnostics
                    .push(Diagnostic::error(&entry.at, bad.message, bad.remedy));
            }
        }
    }

    fn entry(&mut self, context: &str, entry: &Entry) -> Result<(), Bad> {
        match entry.key.to_ascii_lowercase().as_str() {
            "exten" => self.exten(context, entry),
            "same" => self.step(context, &entry.value, &entry.at),
            "include" => self.include(context, &entry.value),
            "ignorepat" => self.ignore(context, &entry.value),
            "switch" | "lswitch" | "eswitch" => Err(Bad::new(
                "switch statements are not supported",
                "include a context, or Dial the other system",
            )),
            key => Err(Bad::new(
                format!("unknown statement `{key}` in context {context}"),
                "use exten, same, include or ignorepat",
            )),
        }
    }

    fn exten(&mut self, context: &str, entry: &Entry) -> Result<(), Bad> {
        let exten =
            Exten::parse(&entry.value).map_err(|message| Bad::new(message, EXTEN_REMEDY))?;
        let name = self.with_globals(exten.name);
        let pattern = Pattern::parse(&name)
            .map_err(|why| Bad::new(format!("'{name}' is {why}"), EXTEN_REMEDY))?;
        let caller = exten.caller.map(|caller| self.with_globals(caller));
        let caller = line::caller(caller.as_deref()).map_err(|why| {
            Bad::new(
                format!("the caller of '{name}' is {why}"),
                "write a number or pattern after the slash",
            )
        })?;
        self.last.exten = Some((pattern, caller));
        self.step(context, exten.step, &entry.at)
    }

    /// Adds a priority or hint to the extension named last.
    fn step(&mut self, context: &str, text: &str, at: &Place) -> Result<(), Bad> {
        let step = Step::parse(text).map_err(|message| Bad::new(message, EXTEN_REMEDY))?;
        let (pattern, caller) = self
            .last
            .exten
            .clone()
            .ok_or_else(|| Bad::new("`same` without an extension before it", EXTEN_REMEDY))?;
        let name = pattern.as_str().to_owned();
        let context = self.plan.context_mut(context);
        let registrar = context.name.clone();
        match step {
            Step::Hint(hint) => {
                let extension = context.extension_mut(pattern, caller);
                if extension.hint.is_some() {
                    return Err(Bad::new(
                        format!("{name} has a hint already"),
                        "join the devices with `&`",
                    ));
                }
                extension.hint = Some(Hint {
                    text: hint.to_owned(),
                    at: at.clone(),
                });
            }
            Step::Priority {
                number,
                label,
                app,
                args,
            } => {
                let number = number
                    .resolve(self.last.priority, |label| {
                        context.extension_as(&pattern, &caller)?.labelled(label)
                    })
                    .map_err(|why| Bad::new(format!("in '{text}': {why}"), PRIORITY_REMEDY))?;
                self.last.priority = Some(number);
                let extension = context.extension_mut(pattern, caller);
                let doubled = label.filter(|label| extension.labelled(label).is_some());
                let priority = Priority {
                    number,
                    label: label.filter(|_| doubled.is_none()).map(str::to_owned),
                    app: app.to_owned(),
                    args: args.to_owned(),
                    context: registrar,
                    at: at.clone(),
                };
                extension.add(priority).map_err(|taken| {
                    Bad::new(
                        format!("{name} has a priority {} already", taken.number),
                        "give it another number, or n",
                    )
                })?;
                if let Some(label) = doubled {
                    self.warn(
                        at,
                        format!("{name} has a label '{label}' already"),
                        "choose another label",
                    );
                }
                self.warn_of_unknown(app, args, at);
            }
        }
        Ok(())
    }

    fn include(&mut self, context: &str, value: &str) -> Result<(), Bad> {
        let text = self.with_globals(value);
        let (name, timing) = match text.split_once([',', '|']) {
            None => (text.trim(), None),
            Some((name, times)) => {
                let timing = Timing::parse(times).map_err(|why| {
                    Bad::new(
                        why,
                        "write times,weekdays,days,months, as in `9:00-17:00,mon-fri,*,*`",
                    )
                })?;
                (name.trim(), Some(timing))
            }
        };
        if name.is_empty() {
            return Err(Bad::new(
                "an include without a context",
                "name the context to include",
            ));
        }
        let include = Include {
            context: name.to_owned(),
            text: text.clone(),
            timing,
        };
        let includes = &mut self.plan.context_mut(context).includes;
        if includes.iter().any(|known| known.text == include.text) {
            return Err(Bad::new(
                format!("{text} is included already"),
                "remove the line",
            ));
        }
        includes.push(include);
        Ok(())
    }

    fn ignore(&mut self, context: &str, value: &str) -> Result<(), Bad> {
        let value = self.with_globals(value);
        let pattern = Pattern::parse(&value)
            .map_err(|why| Bad::new(format!("'{value}' is {why}"), "write digits or a pattern"))?;
        self.plan.context_mut(context).ignored.push(pattern);
        Ok(())
    }

    fn warn_of_unknown(&mut self, app: &str, args: &str, at: &Place) {
        if !self.known.application(app) {
            let retired = RETIRED
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(app));
            let remedy = retired.map_or("a call that comes here is hung up", |(_, remedy)| remedy);
            self.warn(at, format!("there is no application {app}"), remedy);
        }
        let written = Some(app).filter(|app| app.eq_ignore_ascii_case("Set"));
        let written = written.and_then(|_| written_function(args));
        for name in called_functions(args).chain(written) {
            if functions::find(name).is_none() && !self.known.function(name) {
                self.warn(
                    at,
                    format!("there is no function {name}"),
                    "it has no value and takes none",
                );
            }
        }
    }

    fn warn_of_missing_includes(&mut self, config: &Config) {
        for section in config.concrete() {
            for entry in section.all("include") {
                let text = self.with_globals(&entry.value);
                let name = text.split([',', '|']).next().unwrap_or_default().trim();
                let in_context = section.name != "general" && section.name != "globals";
                if in_context && !name.is_empty() && self.plan.context(name).is_none() {
                    let message = format!(
                        "context {} includes {name}, which does not exist",
                        section.name
                    );
                    self.warn(&entry.at, message, "add the context or remove the line");
                }
            }
        }
    }

    fn warn(&mut self, at: &Place, message: impl Into<String>, remedy: &str) {
        self.diagnostics
            .push(Diagnostic::warning(at, message, remedy));
    }

    /// Names and values may use the global variables set so far.
    fn with_globals(&self, text: &str) -> String {
        if text.contains('$') {
            expand(text, &mut Globals(&self.plan.globals))
        } else {
            text.to_owned()
        }
    }
}

/// The name of the function that `NAME(…)=value` writes.
fn written_function(args: &str) -> Option<&str> {
    let (target, _) = args.split_once('=')?;
    let (name, _) = target.split_once('(')?;
    let name = name.trim();
    let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (is_name && !name.is_empty()).then_some(name)
}

struct Globals<'a>(&'a [(String, String)]);

impl Scope for Globals<'_> {
    fn variable(&mut self, name: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    }

    fn function(&mut self, _name: &str, _args: &str) -> Option<Result<String, FunctionError>> {
        None
    }
}
