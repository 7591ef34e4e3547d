//! `dialplan show`, `dialplan reload`.

use super::{Command, Outcome, counted};
use crate::node::Node;
use dialplan::{Context, Dialplan, Extension};
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "dialplan show",
        synopsis: "Show dialplan",
        usage: "Usage: dialplan show [[exten@]context]\n       Shows the whole dialplan, one context, or what an extension matches there.\n",
        run: |node, arguments| {
            Box::pin(async { show(&node.configured().configuration.switch.dialplan, arguments) })
        },
    },
    Command {
        words: "dialplan reload",
        synopsis: "Reload extensions and *only* extensions",
        usage: "Usage: dialplan reload\n       Reads extensions.conf again. Calls in progress keep what they have.\n",
        run: |node, _| Box::pin(reload(node)),
    },
];

async fn reload(node: &Arc<Node>) -> Outcome {
    match node.reload(Some("pbx_config")).await {
        Ok(()) => Outcome::Output("Dialplan reloaded.\n".to_owned()),
        Err(reason) => Outcome::Failed(format!("{reason}\n")),
    }
}

/// What is to be shown.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    context: Option<&'a str>,
    exten: Option<&'a str>,
}

fn show(dialplan: &Dialplan, arguments: &[String]) -> Outcome {
    let wanted = match arguments {
        [] => Wanted {
            context: None,
            exten: None,
        },
        [one] => match one.rsplit_once('@') {
            Some((exten, context)) => Wanted {
                context: Some(context).filter(|context| !context.is_empty()),
                exten: Some(exten),
            },
            None => Wanted {
                context: Some(one),
                exten: None,
            },
        },
        _ => return Outcome::Usage,
    };
    if let Some(context) = wanted.context
        && dialplan.context(context).is_none()
    {
        return Outcome::Failed(format!("There is no existence of '{context}' context\n"));
    }
    let mut listing = Listing::default();
    for context in dialplan.contexts() {
        if wanted.context.is_none_or(|name| name == &*context.name) {
            listing.context(context, wanted.exten);
        }
    }
    match wanted.exten {
        Some(exten) if listing.extensions == 0 => {
            let place = wanted
                .context
                .map(|context| format!("@{context}"))
                .unwrap_or_default();
            Outcome::Failed(format!(
                "There is no existence of {exten}{place} extension\n"
            ))
        }
        Some(_) | None => Outcome::Output(listing.end()),
    }
}

#[derive(Default)]
struct Listing {
    text: String,
    contexts: usize,
    extensions: usize,
    priorities: usize,
}

impl Listing {
    fn context(&mut self, context: &Context, exten: Option<&str>) {
        let extensions: Vec<_> = context
            .extensions
            .iter()
            .filter(|extension| exten.is_none_or(|exten| extension.pattern.matches(exten)))
            .collect();
        if exten.is_some() && extensions.is_empty() {
            return;
        }
        self.contexts += 1;
        let _ = writeln!(
            self.text,
            "[ Context '{}' created by 'pbx_config' ]",
            context.name
        );
        for extension in extensions {
            self.extension(extension);
        }
        for include in &context.includes {
            self.line("  Include =>", &format!("'{}'", include.text), "pbx_config");
        }
        self.text.push('\n');
    }

    fn extension(&mut self, extension: &Extension) {
        self.extensions += 1;
        let mut left = format!("  '{}' =>", extension.pattern.as_str());
        if let Some(hint) = &extension.hint {
            self.priorities += 1;
            self.line(&left, &format!("hint: {}", hint.text), &hint.at.to_string());
            left.clear();
        }
        for priority in &extension.priorities {
            self.priorities += 1;
            if let Some(label) = priority.label.as_ref().filter(|_| left.is_empty()) {
                left = format!("     [{label}]");
            }
            let step = format!("{}. {}({})", priority.number, priority.app, priority.args);
            self.line(&left, &step, &priority.at.to_string());
            left.clear();
        }
    }

    fn line(&mut self, left: &str, middle: &str, right: &str) {
        let _ = writeln!(self.text, "{left:<17} {middle:<45} [{right}]");
    }

    fn end(mut self) -> String {
        let priorities = match self.priorities {
            1 => "1 priority".to_owned(),
            number => format!("{number} priorities"),
        };
        let extensions = counted(self.extensions, "extension");
        let contexts = counted(self.contexts, "context");
        let _ = writeln!(
            self.text,
            "-= {extensions} ({priorities}) in {contexts}. =-"
        );
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialplan::Known;

    struct All;
    impl Known for All {
        fn application(&self, _: &str) -> bool {
            true
        }
        fn function(&self, _: &str) -> bool {
            true
        }
    }

    fn shown(arguments: &[&str]) -> String {
        let text = "[a]\nexten => 1,hint,PJSIP/x\nexten => 1,1,Answer()\n same => n(end),Hangup(16)\nexten => _2X,1,NoOp()\ninclude => b\n[b]\nexten => s,1,NoOp()\n";
        let source = conf::Memory::default().with("extensions.conf", text);
        let config = conf::load(&source, "extensions.conf").unwrap();
        let (dialplan, _) = Dialplan::read(&config, &All);
        let arguments: Vec<_> = arguments
            .iter()
            .map(|&argument| argument.to_owned())
            .collect();
        match show(&dialplan, &arguments) {
            Outcome::Output(text) | Outcome::Failed(text) => text,
            Outcome::Usage => "usage".to_owned(),
        }
    }

    #[test]
    fn contexts_extensions_and_includes_are_shown() {
        let all = shown(&[]);
        let lines: Vec<_> = all.lines().collect();
        assert_eq!(lines[0], "[ Context 'a' created by 'pbx_config' ]");
        assert!(all.contains(
            "  '1' =>          hint: PJSIP/x                                 [extensions.conf:2]\n"
        ));
        assert!(all.contains(
            "     [end]        2. Hangup(16)                                 [extensions.conf:4]\n"
        ));
        assert!(all.contains("  Include =>      'b' "));
        assert_eq!(
            lines.last(),
            Some(&"-= 3 extensions (5 priorities) in 2 contexts. =-")
        );
    }

    #[test]
    fn one_context_or_what_an_extension_matches() {
        assert!(shown(&["b"]).ends_with("-= 1 extension (1 priority) in 1 context. =-\n"));
        assert!(shown(&["25@a"]).contains("'_2X' =>"));
        assert_eq!(shown(&["c"]), "There is no existence of 'c' context\n");
        assert_eq!(shown(&["9@a"]), "There is no existence of 9@a extension\n");
    }
}
