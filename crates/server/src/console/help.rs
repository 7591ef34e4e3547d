//! Help: what can be asked, from the declarations themselves.

use super::{Command, Outcome, all, find, shared};

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "help",
        synopsis: "List commands, or tell more of one",
        usage: "Usage: help [command]\n       The same as 'core show help'.\n",
        run: |_, arguments| Box::pin(async { help(arguments) }),
    },
    Command {
        words: "core show help",
        synopsis: "List commands, or tell more of one",
        usage: "Usage: core show help [command]\n       Without a command, lists all; with the first words of some, lists those;\n       with a whole one, tells how it is written.\n",
        run: |_, arguments| Box::pin(async { help(arguments) }),
    },
];

fn help(topic: &[String]) -> Outcome {
    if let Some((command, taken)) = find(topic)
        && taken == topic.len()
    {
        return Outcome::Output(command.usage.to_owned());
    }
    let mut found: Vec<_> = all()
        .filter(|command| shared(command, topic) == topic.len())
        .collect();
    if found.is_empty() {
        return Outcome::Output(format!("No such command '{}'.\n", topic.join(" ")));
    }
    found.sort_by_key(|command| command.words);
    let lines = found
        .iter()
        .map(|command| format!("{:>30} -- {}\n", command.words, command.synopsis));
    Outcome::Output(lines.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(topic: &[&str]) -> String {
        let topic: Vec<_> = topic.iter().map(|&word| word.to_owned()).collect();
        match help(&topic) {
            Outcome::Output(text) | Outcome::Failed(text) => text,
            Outcome::Usage => "usage".to_owned(),
        }
    }

    #[test]
    fn help_lists_or_explains() {
        assert!(told(&[]).contains("core show version -- "));
        assert!(
            told(&["core", "show"])
                .lines()
                .all(|line| line.contains("core show "))
        );
        assert!(told(&["core", "show", "channel"]).starts_with("Usage: core show channel "));
        assert_eq!(told(&["sing"]), "No such command 'sing'.\n");
    }
}
