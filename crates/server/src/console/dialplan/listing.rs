//! How the dialplan is listed on the console.

use super::super::counted;
use model::{DialplanContext, DialplanExtension, DialplanStep};
use std::fmt::Write as _;

#[derive(Default)]
pub(super) struct Listing {
    text: String,
    extensions: usize,
    priorities: usize,
}

impl Listing {
    pub(super) fn of(contexts: &[DialplanContext]) -> String {
        let mut listing = Self::default();
        for context in contexts {
            listing.context(context);
        }
        listing.end(contexts.len())
    }

    fn context(&mut self, context: &DialplanContext) {
        let _ = writeln!(
            self.text,
            "[ Context '{}' created by 'pbx_config' ]",
            context.name
        );
        for extension in &context.extensions {
            self.extension(extension);
        }
        for include in &context.includes {
            self.line("  Include =>", &format!("'{include}'"), "pbx_config");
        }
        for pattern in &context.ignored {
            self.line("  Ignore pattern =>", &format!("'{pattern}'"), "pbx_config");
        }
        self.text.push('\n');
    }

    fn extension(&mut self, extension: &DialplanExtension) {
        self.extensions += 1;
        let mut left = match &extension.caller {
            Some(caller) => format!("  '{}' (CID match '{caller}') =>", extension.name),
            None => format!("  '{}' =>", extension.name),
        };
        for step in &extension.steps {
            self.priorities += 1;
            if let Some(label) = step.label.as_ref().filter(|_| left.is_empty()) {
                left = format!("     [{label}]");
            }
            self.line(&left, &written(step), &step.at);
            left.clear();
        }
    }

    fn line(&mut self, left: &str, middle: &str, right: &str) {
        let _ = writeln!(self.text, "{left:<17} {middle:<45} [{right}]");
    }

    fn end(mut self, contexts: usize) -> String {
        let priorities = match self.priorities {
            1 => "1 priority".to_owned(),
            number => format!("{number} priorities"),
        };
        let extensions = counted(self.extensions, "extension");
        let contexts = counted(contexts, "context");
        let _ = writeln!(
            self.text,
            "-= {extensions} ({priorities}) in {contexts}. =-"
        );
        self.text
    }
}

fn written(step: &DialplanStep) -> String {
    match step.number {
        Some(number) => format!("{number}. {}({})", step.application, step.data),
        None => format!("hint: {}", step.application),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(
        number: Option<u32>,
        label: Option<&str>,
        application: &str,
        line: u32,
    ) -> DialplanStep {
        DialplanStep {
            number,
            label: label.map(Into::into),
            application: application.into(),
            data: "16".into(),
            at: format!("extensions.conf:{line}").into(),
        }
    }

    #[test]
    fn contexts_extensions_and_includes_are_listed() {
        let extension = DialplanExtension {
            name: "1".into(),
            caller: None,
            steps: vec![
                step(None, None, "PJSIP/x", 2),
                step(Some(1), None, "Wait", 3),
                step(Some(2), Some("end"), "Hangup", 4),
            ],
        };
        let context = DialplanContext {
            name: "a".into(),
            extensions: vec![extension],
            includes: vec!["b".into()],
            ignored: Vec::new(),
        };
        let all = Listing::of(&[context]);
        let lines: Vec<_> = all.lines().collect();
        assert_eq!(lines[0], "[ Context 'a' created by 'pbx_config' ]");
        assert_eq!(
            lines[1],
            "  '1' =>          hint: PJSIP/x                                 [extensions.conf:2]"
        );
        assert_eq!(
            lines[3],
            "     [end]        2. Hangup(16)                                 [extensions.conf:4]"
        );
        assert!(all.contains("  Include =>      'b' "));
        assert_eq!(
            lines.last(),
            Some(&"-= 1 extension (3 priorities) in 1 context. =-")
        );
    }
}
