//! `group show channels`.

use super::{Command, Outcome, counted};
use crate::node::Node;
use model::{Command as Order, GroupSeat, Reply};
use regex::Regex;
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[Command {
    words: "group show channels",
    synopsis: "Display active channels with group(s)",
    usage: "Usage: group show channels [pattern]\n       Lists the groups that channels are in, by GROUP(); with a pattern, a regular\n       expression, those whose names it matches.\n",
    run: |node, arguments| Box::pin(list(node, arguments)),
}];

async fn list(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let pattern = match arguments {
        [] => None,
        [pattern] => match Regex::new(pattern) {
            Ok(pattern) => Some(pattern),
            Err(_) => return Outcome::Failed(format!("{pattern} is no regular expression\n")),
        },
        _ => return Outcome::Usage,
    };
    let Reply::Groups(seats) = node.ask(Order::Groups).await else {
        return Outcome::Failed(String::new());
    };
    Outcome::Output(listed(&seats, pattern.as_ref()))
}

fn listed(seats: &[GroupSeat], pattern: Option<&Regex>) -> String {
    let mut text = line("Channel", "Group", "Category");
    let mut count = 0;
    let meant = |seat: &&GroupSeat| pattern.is_none_or(|known| known.is_match(&seat.group));
    for seat in seats.iter().filter(meant) {
        let category = match &*seat.category {
            "" => "(default)",
            named => named,
        };
        text.push_str(&line(&seat.channel, &seat.group, category));
        count += 1;
    }
    let _ = writeln!(text, "{}", counted(count, "active channel"));
    text
}

fn line(channel: &str, group: &str, category: &str) -> String {
    format!("{channel:<25}  {group:<20}  {category:<20}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_whole() {
        let seat = |group: &str, category: &str| GroupSeat {
            channel: "Local/1@x-00000001;1".into(),
            group: group.into(),
            category: category.into(),
        };
        let seats = [seat("two words", "trunk lines"), seat("b", "")];
        let first = "Local/1@x-00000001;1       two words             trunk lines         \n";
        let second = "Local/1@x-00000001;1       b                     (default)           \n";
        let head = line("Channel", "Group", "Category");
        assert_eq!(
            listed(&seats, None),
            format!("{head}{first}{second}2 active channels\n")
        );
        let pattern = Regex::new("^b").ok();
        assert_eq!(
            listed(&seats, pattern.as_ref()),
            format!("{head}{second}1 active channel\n")
        );
    }
}
