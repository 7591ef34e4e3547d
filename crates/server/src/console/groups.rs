//! `group show channels`.

use super::{Command, Outcome, counted};
use crate::node::Node;
use model::{Command as Order, Reply, StatusItem};
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
    let order = Order::Status {
        channel: None,
        variables: vec!["GROUP_LIST()".into()],
        all_variables: false,
    };
    let Reply::Status(statuses) = node.ask(order).await else {
        return Outcome::Failed(String::new());
    };
    let mut text = line("Channel", "Group", "Category");
    let mut count = 0;
    for item in statuses.into_items() {
        for (group, category) in groups(&item) {
            if pattern.as_ref().is_none_or(|known| known.is_match(group)) {
                text.push_str(&line(&item.channel.name, group, category));
                count += 1;
            }
        }
    }
    let _ = writeln!(text, "{}", counted(count, "active channel"));
    Outcome::Output(text)
}

/// Those a channel is in, with their categories, as GROUP_LIST tells them.
fn groups(item: &StatusItem) -> impl Iterator<Item = (&str, &str)> {
    let told = item.variables.iter().flat_map(|(_, list)| list.split(' '));
    let named = told.filter(|group| !group.is_empty());
    named.map(|group| group.split_once('@').unwrap_or((group, "(default)")))
}

fn line(channel: &str, group: &str, category: &str) -> String {
    format!("{channel:<25}  {group:<20}  {category:<20}\n")
}
