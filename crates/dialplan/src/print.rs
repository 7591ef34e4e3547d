//! The dialplan as text: an extensions.conf that means the same.

use crate::{Caller, Context, Dialplan, Extension, Priority};
use std::fmt::{self, Display, Write as _};

impl Dialplan {
    /// An extensions.conf that means this dialplan. Comments, templates and included files, which it
    /// knows nothing of, are not in it. Whether it does mean the same is for who reads it back.
    pub fn print(&self) -> String {
        let mut text = String::from("[general]\n");
        let general = [
            ("static", self.general.is_static),
            ("writeprotect", self.general.write_protect),
            ("autofallthrough", self.general.autofallthrough),
            ("clearglobalvars", self.general.clear_global_vars),
        ];
        for (name, value) in general {
            let _ = writeln!(text, "{name} = {}", if value { "yes" } else { "no" });
        }
        if !self.globals.is_empty() {
            text.push_str("\n[globals]\n");
        }
        for (name, value) in &self.globals {
            let _ = writeln!(text, "{name} => {}", Plain(value));
        }
        for context in self.contexts() {
            print_context(context, &mut text);
        }
        text
    }
}

fn print_context(context: &Context, text: &mut String) {
    let _ = writeln!(text, "\n[{}]", context.name);
    for include in &context.includes {
        let _ = writeln!(text, "include => {}", Plain(&include.text));
    }
    for pattern in &context.ignored {
        let _ = writeln!(text, "ignorepat => {}", Plain(pattern.as_str()));
    }
    for extension in &context.extensions {
        print_extension(extension, text);
    }
}

fn print_extension(extension: &Extension, text: &mut String) {
    let mut name = extension.pattern.as_str().to_owned();
    match &extension.caller {
        Caller::Matching(pattern) => {
            let _ = write!(name, "/{}", pattern.as_str());
        }
        Caller::Unknown => name.push('/'),
        Caller::Anyone => {}
    }
    let name = Plain(&name);
    if let Some(hint) = &extension.hint {
        let _ = writeln!(text, "exten => {name},hint,{}", Plain(&hint.text));
    }
    for Priority {
        number,
        label,
        app,
        args,
        ..
    } in &extension.priorities
    {
        let label = label.as_ref().map(|label| format!("({label})"));
        let label = label.unwrap_or_default();
        let (app, args) = (Plain(app), Plain(args));
        let _ = writeln!(text, "exten => {name},{number}{label},{app}({args})");
    }
}

/// A text in which semicolons begin no comment.
struct Plain<'a>(&'a str);

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.split(';').enumerate().try_for_each(|(index, part)| {
            f.write_str(if index > 0 { "\\;" } else { "" })?;
            f.write_str(part)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use conf::Memory;

    struct Anything;

    impl crate::Known for Anything {
        fn application(&self, _: &str) -> bool {
            true
        }

        fn function(&self, _: &str) -> bool {
            true
        }
    }

    fn read(text: &str) -> Dialplan {
        let source = Memory::default().with("extensions.conf", text);
        let config = conf::load(&source, "extensions.conf").unwrap();
        Dialplan::read(&config, &Anything).0
    }

    #[test]
    fn what_is_printed_reads_as_it_is_meant() {
        let plan = read(
            "\
[general]
static=yes
clearglobalvars=yes
[globals]
TRUNK=PJSIP/out
[base](!)
exten => 0,1,Goto(a,1) ; the operator
[lab](base)
include => other,9:00-17:00,mon-fri,*,*
ignorepat => 9
exten => _1X/_55.,1(begin),Dial(${TRUNK}/${EXTEN},20,tT)
 same => n,Set(A=x\\;y)
 same => n(end),Hangup
exten => 7/,1,NoOp()
exten => 7,hint,PJSIP/seven
[other]
",
        );
        let printed = plan.print();
        assert_eq!(read(&printed).print(), printed);
        for line in [
            "static = yes",
            "TRUNK => PJSIP/out",
            "include => other,9:00-17:00,mon-fri,*,*",
            "ignorepat => 9",
            "exten => _1X/_55.,1(begin),Dial(${TRUNK}/${EXTEN},20,tT)",
            "exten => _1X/_55.,2,Set(A=x\\;y)",
            "exten => _1X/_55.,3(end),Hangup()",
            "exten => 7/,1,NoOp()",
            "exten => 7,hint,PJSIP/seven",
            "exten => 0,1,Goto(a,1)",
            "[other]",
        ] {
            assert!(
                printed.lines().any(|known| known == line),
                "{line}\n{printed}"
            );
        }
    }
}
