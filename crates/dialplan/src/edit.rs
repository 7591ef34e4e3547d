//! Changes of a dialplan while it is in use. They last until extensions.conf is read again.

use conf::Place;

use crate::{
    dialplan::{Context, Dialplan, Hint, Include, Priority},
    line,
    pattern::Pattern,
    timing::Timing,
};

/// Why a change is not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no such context.
    NoContext,
    /// There is nothing like it in the context.
    Missing,
    /// There is one already.
    Exists,
    /// It cannot be understood, for this reason.
    Invalid(String),
}

/// What is to be added to an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStep {
    /// The number of the priority; a hint has none.
    pub number: Option<u32>,
    /// Its label.
    pub label: Option<String>,
    /// The application; of a hint, what it watches.
    pub app: String,
    /// Its arguments.
    pub args: String,
}

impl Dialplan {
    /// Adds a priority or a hint to `exten[/caller]`. The context is made if there is none.
    pub fn add_step(
        &mut self,
        context: &str,
        exten: &str,
        step: NewStep,
        replace: bool,
    ) -> Result<(), Fault> {
        let (name, caller) = match exten.trim().split_once('/') {
            Some((name, caller)) => (name, Some(caller)),
            None => (exten.trim(), None),
        };
        let invalid = |why: &str| Fault::Invalid(why.to_owned());
        let pattern = Pattern::parse(name).map_err(invalid)?;
        let caller = line::caller(caller).map_err(invalid)?;
        if context.is_empty() || step.app.is_empty() || step.number == Some(0) {
            return Err(invalid("it needs a context, a priority and an application"));
        }
        let context = self.context_mut(context);
        let registrar = context.name.clone();
        let extension = context.extension_mut(pattern, caller);
        let Some(number) = step.number else {
            let hint = Hint {
                text: step.app,
                at: here(),
            };
            if extension.hint.is_some() && !replace {
                return Err(Fault::Exists);
            }
            extension.hint = Some(hint);
            return Ok(());
        };
        if replace {
            extension
                .priorities
                .retain(|priority| priority.number != number);
        }
        let priority = Priority {
            number,
            label: step.label,
            app: step.app,
            args: step.args,
            context: registrar,
            at: here(),
        };
        extension.add(priority).map_err(|_| Fault::Exists)
    }

    /// Removes a priority of `exten[/caller]` as it is written, the hint where that has no number, or the
    /// whole extension.
    pub fn remove_steps(
        &mut self,
        context: &str,
        exten: &str,
        number: Option<Option<u32>>,
    ) -> Result<(), Fault> {
        let (name, caller) = match exten.trim().split_once('/') {
            Some((name, caller)) => (name, Some(caller)),
            None => (exten.trim(), None),
        };
        let caller = line::caller(caller).map_err(|why| Fault::Invalid(why.to_owned()))?;
        let context = self.known(context)?;
        let extensions = &mut context.extensions;
        let found = extensions
            .iter()
            .position(|known| known.pattern.as_str() == name && known.caller == caller)
            .ok_or(Fault::Missing)?;
        let Some(number) = number else {
            extensions.remove(found);
            return Ok(());
        };
        let extension = &mut extensions[found];
        let priorities = &mut extension.priorities;
        match number {
            None => drop(extension.hint.take().ok_or(Fault::Missing)?),
            Some(number) => removed(priorities, |priority| priority.number == number)?,
        }
        if extension.priorities.is_empty() && extension.hint.is_none() {
            extensions.remove(found);
        }
        Ok(())
    }

    /// Includes `context[,times]` in a context, which is made if there is none.
    pub fn add_include(&mut self, context: &str, text: &str) -> Result<(), Fault> {
        let (name, timing) = match text.split_once([',', '|']) {
            None => (text.trim(), None),
            Some((name, times)) => (
                name.trim(),
                Some(Timing::parse(times).map_err(Fault::Invalid)?),
            ),
        };
        if name.is_empty() {
            return Err(Fault::Invalid("an include without a context".to_owned()));
        }
        let context = self.context_mut(context);
        if context.includes.iter().any(|known| known.text == text) {
            return Err(Fault::Exists);
        }
        context.includes.push(Include {
            context: name.to_owned(),
            text: text.to_owned(),
            timing,
        });
        Ok(())
    }

    /// Ends an include, as it is written.
    pub fn remove_include(&mut self, context: &str, text: &str) -> Result<(), Fault> {
        removed(&mut self.known(context)?.includes, |include| {
            include.text == text
        })
    }

    /// Lets the dial tone go on after these digits.
    pub fn add_ignored(&mut self, context: &str, pattern: &str) -> Result<(), Fault> {
        let pattern = Pattern::parse(pattern).map_err(|why| Fault::Invalid(why.to_owned()))?;
        let context = self.known(context)?;
        if context.ignored.contains(&pattern) {
            return Err(Fault::Exists);
        }
        context.ignored.push(pattern);
        Ok(())
    }

    /// Ends that, as it is written.
    pub fn remove_ignored(&mut self, context: &str, pattern: &str) -> Result<(), Fault> {
        let ignored = &mut self.known(context)?.ignored;
        removed(ignored, |known| known.as_str() == pattern)
    }

    fn known(&mut self, context: &str) -> Result<&mut Context, Fault> {
        if self.context(context).is_none() {
            return Err(Fault::NoContext);
        }
        Ok(self.context_mut(context))
    }
}

fn removed<T>(list: &mut Vec<T>, is_meant: impl Fn(&T) -> bool) -> Result<(), Fault> {
    let found = list.iter().position(is_meant).ok_or(Fault::Missing)?;
    list.remove(found);
    Ok(())
}

/// Where such changes are said to be written.
fn here() -> Place {
    Place {
        file: "pbx_config".into(),
        line: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Zoned;

    fn now() -> Zoned {
        "2026-11-24T12:30:15+00:00[UTC]".parse().unwrap()
    }

    fn step(number: Option<u32>, app: &str) -> NewStep {
        NewStep {
            number,
            label: None,
            app: app.to_owned(),
            args: "x".to_owned(),
        }
    }

    fn app(
        plan: &Dialplan,
        context: &str,
        exten: &str,
        number: u32,
        caller: &str,
    ) -> Option<String> {
        let found = plan.find(context, exten, number, caller, &now())?;
        Some(format!("{}({})", found.app, found.args))
    }

    #[test]
    fn extensions_come_and_go() {
        let mut plan = Dialplan::default();
        let mut add = |exten: &str, number, app: &str, replace| {
            plan.add_step("a", exten, step(number, app), replace)
        };
        assert_eq!(add("_1X", Some(1), "NoOp", false), Ok(()));
        assert_eq!(add("12", Some(1), "Wait", false), Ok(()));
        assert_eq!(add("12/55", Some(1), "Busy", false), Ok(()));
        assert_eq!(add("12", Some(1), "Echo", false), Err(Fault::Exists));
        assert_eq!(add("12", Some(1), "Echo", true), Ok(()));
        assert_eq!(add("12", None, "PJSIP/x", false), Ok(()));
        assert!(matches!(
            add("_[", Some(1), "Echo", false),
            Err(Fault::Invalid(_))
        ));
        assert!(matches!(
            add("1", Some(0), "Echo", false),
            Err(Fault::Invalid(_))
        ));
        assert_eq!(app(&plan, "a", "12", 1, "").as_deref(), Some("Echo(x)"));
        assert_eq!(app(&plan, "a", "12", 1, "55").as_deref(), Some("Busy(x)"));
        assert_eq!(app(&plan, "a", "13", 1, "").as_deref(), Some("NoOp(x)"));
        let mut remove = |exten: &str, number| plan.remove_steps("a", exten, Some(number));
        assert_eq!(remove("12", Some(2)), Err(Fault::Missing));
        assert_eq!(remove("12", None), Ok(()));
        assert_eq!(remove("12", None), Err(Fault::Missing));
        assert_eq!(remove("12/55", Some(1)), Ok(()));
        assert_eq!(plan.remove_steps("a", "12", None), Ok(()));
        assert_eq!(plan.remove_steps("a", "12", None), Err(Fault::Missing));
        assert_eq!(plan.remove_steps("b", "12", None), Err(Fault::NoContext));
        assert_eq!(app(&plan, "a", "12", 1, "").as_deref(), Some("NoOp(x)"));
    }

    #[test]
    fn includes_patterns_and_contexts_come_and_go() {
        let mut plan = Dialplan::default();
        plan.add_step("a", "s", step(Some(1), "NoOp"), false)
            .unwrap();
        plan.add_step("b", "t", step(Some(1), "NoOp"), false)
            .unwrap();
        plan.add_step("c", "u", step(Some(1), "NoOp"), false)
            .unwrap();
        assert_eq!(plan.add_include("a", "b"), Ok(()));
        assert_eq!(plan.add_include("a", "c,*,wed"), Ok(()));
        assert_eq!(plan.add_include("a", "b"), Err(Fault::Exists));
        assert_eq!(plan.add_include("new", "b"), Ok(()));
        assert!(plan.context("new").is_some());
        assert!(matches!(
            plan.add_include("a", "b,99"),
            Err(Fault::Invalid(_))
        ));
        assert!(plan.exists("a", "t", 1, "", &now()));
        assert!(!plan.exists("a", "u", 1, "", &now()));
        assert_eq!(plan.add_ignored("a", "9"), Ok(()));
        assert!(plan.ignores("a", "9"));
        assert_eq!(plan.remove_ignored("a", "9"), Ok(()));
        assert_eq!(plan.remove_ignored("a", "9"), Err(Fault::Missing));
        assert_eq!(plan.remove_context("b"), Ok(()));
        assert_eq!(plan.remove_context("b"), Err(Fault::NoContext));
        assert!(!plan.exists("a", "t", 1, "", &now()));
        assert!(plan.exists("c", "u", 1, "", &now()));
        assert_eq!(plan.remove_include("a", "b"), Ok(()));
        assert_eq!(plan.remove_include("a", "b"), Err(Fault::Missing));
    }
}
