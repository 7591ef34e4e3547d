//! `core show applications`, `core show functions`: what the dialplan may use.

use super::{Command, Outcome};
use std::fmt::Write as _;
use switch::app::{self, Application};
use switch::function::{self, Description};

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "core show applications",
        synopsis: "Shows registered dialplan applications",
        usage: "Usage: core show applications [{like|describing} <text>]\n       Lists the applications: all, those whose name has the text in it, or those whose\n       description has all these words in it.\n",
        run: |_, arguments| Box::pin(async { applications(arguments) }),
    },
    Command {
        words: "core show application",
        synopsis: "Describe a specific dialplan application",
        usage: "Usage: core show application <application> [<application> [...]]\n       Tells what an application does and how it is written.\n",
        run: |_, arguments| Box::pin(async { application(arguments) }),
    },
    Command {
        words: "core show functions",
        synopsis: "Shows registered dialplan functions",
        usage: "Usage: core show functions [like <text>]\n       Lists the functions: all, or those whose name has the text in it.\n",
        run: |_, arguments| Box::pin(async { functions(arguments) }),
    },
    Command {
        words: "core show function",
        synopsis: "Describe a specific dialplan function",
        usage: "Usage: core show function <function>\n       Tells what a function does and how it is written.\n",
        run: |_, arguments| Box::pin(async { function(arguments) }),
    },
    Command {
        words: "core show switches",
        synopsis: "Show alternative switches",
        usage: "Usage: core show switches\n       Lists what else extensions could be looked up with: there is nothing, `switch` is not supported.\n",
        run: |_, _| {
            let none = "There are no registered alternative switches\n".to_owned();
            Box::pin(async { Outcome::Output(none) })
        },
    },
];

fn applications(arguments: &[String]) -> Outcome {
    let Some(is_meant) = chosen(arguments) else {
        return Outcome::Usage;
    };
    let mut text = match arguments {
        [] => "    -= Registered Asterisk Applications =-\n".to_owned(),
        _ => "    -= Matching Asterisk Applications =-\n".to_owned(),
    };
    let mut count = 0;
    let found = app::ALL
        .iter()
        .filter(|known| is_meant(known.name, known.synopsis));
    for known in found {
        count += 1;
        let _ = writeln!(text, "  {:>20}: {}", known.name, known.synopsis);
    }
    let word = if arguments.is_empty() {
        "Registered"
    } else {
        "Matching"
    };
    let _ = writeln!(text, "    -= {count} Applications {word} =-");
    Outcome::Output(text)
}

type Choice = Box<dyn Fn(&str, &str) -> bool>;

/// Whether a name and a description are what is asked for.
fn chosen(arguments: &[String]) -> Option<Choice> {
    match arguments {
        [] => Some(Box::new(|_, _| true)),
        [like, text] if like == "like" => {
            let text = text.to_lowercase();
            Some(Box::new(move |name, _| name.to_lowercase().contains(&text)))
        }
        [describing, words @ ..] if describing == "describing" && !words.is_empty() => {
            let words: Vec<_> = words.iter().map(|word| word.to_lowercase()).collect();
            Some(Box::new(move |_, description| {
                let description = description.to_lowercase();
                words.iter().all(|word| description.contains(word))
            }))
        }
        _ => None,
    }
}

fn application(arguments: &[String]) -> Outcome {
    if arguments.is_empty() {
        return Outcome::Usage;
    }
    let found: Vec<_> = arguments
        .iter()
        .filter_map(|name| app::find(name))
        .collect();
    if found.is_empty() {
        return Outcome::Failed("Your application(s) is (are) not registered\n".to_owned());
    }
    Outcome::Output(found.into_iter().map(described).collect())
}

fn described(known: &Application) -> String {
    let (name, synopsis, arguments) = (known.name, known.synopsis, known.arguments);
    let mut options = String::new();
    for (letter, meaning) in known.options {
        let _ = writeln!(options, "        {letter}: {meaning}");
    }
    let options = match options.as_str() {
        "" => "Not available\n".to_owned(),
        options => format!("options\n{options}"),
    };
    format!(
        "\n  -= Info about application '{name}' =- \n\n[Synopsis]\n{synopsis}\n\n\
         [Syntax]\n{name}({arguments})\n\n[Arguments]\n{options}\n"
    )
}

fn functions(arguments: &[String]) -> Outcome {
    let is_meant = match arguments {
        [] | [_, _] => chosen(arguments),
        _ => None,
    };
    let Some(is_meant) = is_meant else {
        return Outcome::Usage;
    };
    let (title, word) = match arguments {
        [] => ("Installed", "installed"),
        _ => ("Matching", "matching"),
    };
    let line = "-".repeat(80);
    let mut text = format!("{title} Custom Functions:\n{line}\n");
    let mut count = 0;
    for Description { declaration, .. } in function::all() {
        if is_meant(declaration.name, declaration.synopsis) {
            count += 1;
            let (name, syntax, synopsis) =
                (declaration.name, declaration.syntax, declaration.synopsis);
            let _ = writeln!(text, "{name:<20.20}  {syntax:<35.35}  {synopsis}");
        }
    }
    let _ = writeln!(text, "{count} {word} custom functions.");
    Outcome::Output(text)
}

fn function(arguments: &[String]) -> Outcome {
    let [name] = arguments else {
        return Outcome::Usage;
    };
    let all = function::all();
    let mut known = all.iter().map(|known| known.declaration);
    let Some(known) = known.find(|known| known.name.eq_ignore_ascii_case(name)) else {
        return Outcome::Failed("No function by that name registered.\n".to_owned());
    };
    Outcome::Output(format!(
        "\n  -= Info about Function '{}' =- \n\n[Synopsis]\n{}\n\n[Description]\n{}\n\n\
         [Syntax]\n{}\n\n",
        known.name, known.synopsis, known.description, known.syntax
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(run: fn(&[String]) -> Outcome, arguments: &[&str]) -> String {
        let arguments: Vec<_> = arguments
            .iter()
            .map(|&argument| argument.to_owned())
            .collect();
        match run(&arguments) {
            Outcome::Output(text) | Outcome::Failed(text) => text,
            Outcome::Usage => "usage".to_owned(),
        }
    }

    #[test]
    fn applications_are_listed_and_described() {
        let all = told(applications, &[]);
        assert!(all.starts_with("    -= Registered Asterisk Applications =-\n"));
        assert!(all.contains("                Answer: Answer a channel if ringing.\n"));
        let count = format!("    -= {} Applications Registered =-\n", app::ALL.len());
        assert!(all.ends_with(&count));
        assert!(told(applications, &["like", "gosub"]).contains("    -= 2 Applications Matching"));
        assert!(told(applications, &["describing", "conditional", "goto"]).contains("GotoIf"));
        assert_eq!(told(applications, &["like"]), "usage");
        let gosub = told(application, &["gosub"]);
        assert!(gosub.starts_with("\n  -= Info about application 'Gosub' =- \n\n[Synopsis]\n"));
        assert!(gosub.contains("[Syntax]\nGosub([[context,]exten,]priority"));
        assert_eq!(
            told(application, &["x"]),
            "Your application(s) is (are) not registered\n"
        );
    }

    #[test]
    fn functions_are_listed_and_described() {
        let all = told(functions, &[]);
        let line = "LEN                   LEN(string)                          Return the length of the string given.\n";
        assert!(all.contains(line), "{all}");
        assert!(told(functions, &["like", "db_key"]).ends_with("2 matching custom functions.\n"));
        assert_eq!(told(functions, &["x"]), "usage");
        assert!(told(function, &["len"]).contains("[Syntax]\nLEN(string)\n"));
        assert_eq!(
            told(function, &["x"]),
            "No function by that name registered.\n"
        );
    }
}
