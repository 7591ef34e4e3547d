//! The hint that holds for an extension: a pattern's says `${EXTEN}` for whatever was asked for.

use crate::Switch;
use crate::variables::Variables;
use dialplan::{FunctionError, Hint, Scope, expand};

impl Switch {
    /// The hint of an extension, its variables replaced.
    pub(crate) fn hint(&self, context: &str, exten: &str) -> Option<Hint> {
        let found = self
            .config
            .dialplan
            .hint(context, exten, &self.local_time())?;
        let mut place = Place {
            context,
            exten,
            globals: &self.globals,
        };
        Some(Hint {
            text: expand(&found.text, &mut place),
            at: found.at.clone(),
        })
    }
}

/// What a hint's text may speak of.
struct Place<'a> {
    context: &'a str,
    exten: &'a str,
    globals: &'a Variables,
}

impl Scope for Place<'_> {
    fn variable(&mut self, name: &str) -> Option<String> {
        match name {
            "EXTEN" => Some(self.exten.to_owned()),
            "CONTEXT" => Some(self.context.to_owned()),
            name => self.globals.value(name).map(ToString::to_string),
        }
    }

    /// Functions are about channels, and there is none.
    fn function(&mut self, _name: &str, _args: &str) -> Option<Result<String, FunctionError>> {
        None
    }
}
