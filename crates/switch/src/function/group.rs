//! Counting channels by groups: GROUP, GROUP_COUNT, GROUP_MATCH_COUNT, GROUP_LIST.

use super::{Function, channel_mut, channel_of, error};
use crate::Switch;
use crate::memory::Memory;
use crate::scope::ChannelScope;
use dialplan::functions::Declaration;
use model::GroupSeat;
use std::sync::Arc;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "GROUP",
            synopsis: "Gets or sets the channel group.",
            syntax: "GROUP([category])",
            description: "A channel is in one group of each category.",
        },
        open: true,
        read: Some(|scope, category| {
            let groups = &channel_of(scope)?.memory.groups;
            let found = groups.iter().find(|(known, _)| &**known == category.trim());
            Ok(super::or_empty(found.map(|(_, group)| group)))
        }),
        write: Some(|scope, category, value| {
            join(&mut channel_mut(scope)?.memory, category, value);
            Ok(())
        }),
    },
    Function {
        declaration: Declaration {
            name: "GROUP_COUNT",
            synopsis: "Counts the number of channels in the specified group.",
            syntax: "GROUP_COUNT([groupname][@category])",
            description: "The channel's own group if none is named.",
        },
        open: true,
        read: Some(|scope, args| {
            let (group, category) = args.trim().split_once('@').unwrap_or((args.trim(), ""));
            let own = channel_of(scope).ok().and_then(|channel| {
                let mut groups = channel.memory.groups.iter();
                groups
                    .find(|(known, _)| &**known == category)
                    .map(|(_, group)| Arc::clone(group))
            });
            let group = if group.is_empty() {
                own
            } else {
                Some(group.into())
            };
            Ok(count(scope, |known, name| {
                known == category && Some(name) == group.as_deref()
            })
            .to_string())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "GROUP_MATCH_COUNT",
            synopsis: "Counts the number of channels in the groups matching the specified pattern.",
            syntax: "GROUP_MATCH_COUNT(groupmatch[@category])",
            description: "Both are regular expressions; all categories if none is said.",
        },
        open: true,
        read: Some(|scope, args| {
            let (group, category) = args.trim().split_once('@').unwrap_or((args.trim(), ""));
            let group = dialplan::regular_expression(group).or_else(error)?;
            let category = dialplan::regular_expression(category).or_else(error)?;
            let matching =
                |known: &str, name: &str| category.is_match(known) && group.is_match(name);
            Ok(count(scope, matching).to_string())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "GROUP_LIST",
            synopsis: "Gets a list of the groups set on a channel.",
            syntax: "GROUP_LIST()",
            description: "Separated by blanks, with the category after an `@` where there is one.",
        },
        open: true,
        read: Some(|scope, _| {
            let groups = channel_of(scope)?.memory.groups.iter();
            let names = groups.map(|(category, group)| match &**category {
                "" => group.to_string(),
                category => format!("{group}@{category}"),
            });
            Ok(names.collect::<Vec<_>>().join(" "))
        }),
        write: None,
    },
];

/// Puts a channel into a group, `group[@category]`, and out of the one it was in of that category.
pub(crate) fn join(memory: &mut Memory, category: &str, value: &str) {
    let (group, category) = match value.trim().split_once('@') {
        Some((group, own)) => (group, own),
        None => (value.trim(), category.trim()),
    };
    memory.groups.retain(|(known, _)| &**known != category);
    if !group.is_empty() {
        memory.groups.push((category.into(), group.into()));
    }
}

impl Switch {
    /// Which channels are in which groups.
    pub(crate) fn groups(&self) -> Vec<GroupSeat> {
        let seats = self.channels.values().flat_map(|channel| {
            let groups = channel.memory.groups.iter();
            groups.map(|(category, group)| GroupSeat {
                channel: Arc::clone(&channel.name),
                group: Arc::clone(group),
                category: Arc::clone(category),
            })
        });
        seats.collect()
    }
}

/// How many channels are in a group like this.
fn count(scope: &ChannelScope<'_>, is_meant: impl Fn(&str, &str) -> bool) -> usize {
    let channels = scope
        .switch
        .channels
        .values()
        .filter(|channel| !channel.is_ending());
    let counted = channels.filter(|channel| {
        let mut groups = channel.memory.groups.iter();
        groups.any(|(category, group)| is_meant(category, group))
    });
    counted.count()
}
