//! `core show channels`, `core show channel`, `channel request hangup`.

use super::{Command, Outcome, counted};
use crate::node::Node;
use model::{ChannelSnapshot, Command as Order, HangupTarget, Reply, StatusItem};
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "core show channels",
        synopsis: "Display information on channels",
        usage: "Usage: core show channels [concise|verbose|count]\n       Lists the channels there are. 'concise' parts the fields with '!' for programs\n       to read, 'verbose' tells more of each, 'count' tells how many there are.\n",
        run: |node, arguments| Box::pin(list(node, arguments)),
    },
    Command {
        words: "core show channel",
        synopsis: "Display information on a specific channel",
        usage: "Usage: core show channel <channel>\n       Tells all there is to know of one channel.\n",
        run: |node, arguments| Box::pin(one(node, arguments)),
    },
    Command {
        words: "channel request hangup",
        synopsis: "Request a hangup on a given channel",
        usage: "Usage: channel request hangup <channel>|<all>\n       Ends the call of one channel, or all calls.\n",
        run: |node, arguments| Box::pin(hang_up(node, arguments)),
    },
];

async fn list(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let layout: Option<Layout> = match arguments[..] {
        [] => Some(BRIEF),
        ["concise"] => Some(CONCISE),
        ["verbose"] => Some(VERBOSE),
        ["count"] => None,
        _ => return Outcome::Usage,
    };
    let items = match statuses(node, None).await {
        Ok(items) => items,
        Err(failure) => return failure,
    };
    let Reply::Counts { calls, .. } = node.ask(Order::Counts).await else {
        return Outcome::Failed(String::new());
    };
    let mut text = String::new();
    if let Some(layout) = layout {
        text.push_str(layout.heading);
        text.extend(items.iter().map(layout.line));
        if layout.heading.is_empty() {
            return Outcome::Output(text);
        }
    }
    // A call is what shares a linkedid: however many channels it takes.
    let linked: std::collections::BTreeSet<_> =
        items.iter().map(|item| &item.channel.linkedid).collect();
    let _ = writeln!(text, "{}", counted(items.len(), "active channel"));
    let _ = writeln!(text, "{}", counted(linked.len(), "active call"));
    let _ = writeln!(text, "{} processed", counted(calls, "call"));
    Outcome::Output(text)
}

/// How the list is laid out.
struct Layout {
    heading: &'static str,
    line: fn(&StatusItem) -> String,
}

const BRIEF: Layout = Layout {
    heading: "Channel              Location             State   Application(Data)             \n",
    line: |item| {
        let channel = &item.channel;
        let location = if channel.context.is_empty() || channel.exten.is_empty() {
            "(None)".to_owned()
        } else {
            format!("{}@{}:{}", channel.exten, channel.context, channel.priority)
        };
        let application = if channel.application.is_empty() {
            "(None)".to_owned()
        } else {
            format!("{}({})", channel.application, channel.data)
        };
        let state = channel.state.text();
        format!(
            "{:<20.20} {location:<20.20} {state:<7.7} {application:<30.30}\n",
            channel.name
        )
    },
};

const CONCISE: Layout = Layout {
    heading: "",
    line: |item| {
        let channel = &item.channel;
        let fields = [
            channel.name.to_string(),
            channel.context.to_string(),
            channel.exten.to_string(),
            channel.priority.to_string(),
            channel.state.text().to_owned(),
            none_if_empty(&channel.application).to_owned(),
            channel.data.to_string(),
            number(channel).to_owned(),
            channel.account.to_string(),
            String::new(),  // the peer's account code
            "3".to_owned(), // billed as documentation, the default
            item.seconds.to_string(),
            channel.bridge.as_deref().unwrap_or_default().to_owned(),
            channel.uniqueid.to_string(),
        ];
        fields.join("!") + "\n"
    },
};

const VERBOSE: Layout = Layout {
    heading: "Channel              Context              Extension        Prio State   Application  Data                      CallerID        Duration Accountcode PeerAccount BridgeID            \n",
    line: |item| {
        let channel = &item.channel;
        format!(
            "{:<20.20} {:<20.20} {:<16.16} {:>4} {:<7.7} {:<12.12} {:<25.25} {:<15.15} {:>8} {:<11.11} {:<11.11} {:<20.20}\n",
            channel.name,
            channel.context,
            channel.exten,
            channel.priority,
            channel.state.text(),
            none_if_empty(&channel.application),
            none_if_empty(&channel.data),
            number(channel),
            clock(item.seconds),
            channel.account,
            "",
            channel.bridge.as_deref().unwrap_or_default(),
        )
    },
};

async fn one(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [name] = arguments else {
        return Outcome::Usage;
    };
    match statuses(node, Some(name)).await {
        Ok(items) => items.first().map_or_else(
            || not_known(name),
            |item| Outcome::Output(description(item)),
        ),
        Err(failure) => failure,
    }
}

fn description(item: &StatusItem) -> String {
    let channel = &item.channel;
    let or_none = |text: Option<&Arc<str>>| text.map_or("(N/A)", |text| text).to_owned();
    let seconds = item.seconds;
    let general = [
        ("Name", channel.name.to_string()),
        ("Type", channel.technology().to_owned()),
        ("UniqueID", channel.uniqueid.to_string()),
        ("LinkedID", channel.linkedid.to_string()),
        ("Caller ID", or_none(channel.caller.number.as_ref())),
        ("Caller ID Name", or_none(channel.caller.name.as_ref())),
        (
            "Connected Line ID",
            or_none(channel.connected.number.as_ref()),
        ),
        (
            "Connected Line ID Name",
            or_none(channel.connected.name.as_ref()),
        ),
        (
            "DNID Digits",
            if channel.dnid.is_empty() {
                "(N/A)".into()
            } else {
                channel.dnid.to_string()
            },
        ),
        ("Language", channel.language.to_string()),
        (
            "State",
            format!("{} ({})", channel.state.text(), channel.state.number()),
        ),
        ("NativeFormats", format!("({})", channel.format)),
        ("WriteFormat", channel.format.to_string()),
        ("ReadFormat", channel.format.to_string()),
        ("Time to Hangup", item.time_to_hangup.to_string()),
        (
            "Elapsed Time",
            format!("{}h{}m{}s", seconds / 3600, seconds / 60 % 60, seconds % 60),
        ),
        (
            "Bridge ID",
            channel
                .bridge
                .as_deref()
                .unwrap_or("(Not bridged)")
                .to_owned(),
        ),
    ];
    let pbx = [
        ("Context", channel.context.to_string()),
        ("Extension", channel.exten.to_string()),
        ("Priority", channel.priority.to_string()),
        ("Call Group", channel.call_groups.to_string()),
        ("Pickup Group", channel.pickup_groups.to_string()),
        ("Application", or_na(&channel.application)),
        ("Data", or_na(&channel.data)),
    ];
    let lines = |fields: &[(&str, String)]| -> String {
        fields
            .iter()
            .map(|(name, value)| format!("{name:>15}: {value}\n"))
            .collect()
    };
    let variables = item
        .variables
        .iter()
        .map(|(name, value)| format!("{name}={value}\n"));
    format!(
        " -- General --\n{} --   PBX   --\n{}      Variables:\n{}\n",
        lines(&general),
        lines(&pbx),
        variables.collect::<String>(),
    )
}

async fn hang_up(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [name] = arguments else {
        return Outcome::Usage;
    };
    let target = if name == "all" {
        HangupTarget::Matching("".into())
    } else {
        HangupTarget::Channel(name.as_str().into())
    };
    match (
        node.ask(Order::Hangup {
            target,
            cause: None,
        })
        .await,
        name.as_str(),
    ) {
        (Reply::HungUp(names), "all") => Outcome::Output(format!(
            "Requested Hangup on {}\n",
            counted(names.len(), "active channel")
        )),
        (Reply::HungUp(_) | Reply::Done, name) => {
            Outcome::Output(format!("Requested Hangup on channel '{name}'\n"))
        }
        (_, name) => not_known(name),
    }
}

/// One channel or all, with their variables if it is one.
async fn statuses(node: &Arc<Node>, channel: Option<&str>) -> Result<Vec<StatusItem>, Outcome> {
    let order = Order::Status {
        channel: channel.map(Arc::from),
        variables: Vec::new(),
        all_variables: channel.is_some(),
    };
    match (node.ask(order).await, channel) {
        (Reply::Status(statuses), _) => Ok(statuses.into_items().collect()),
        (_, Some(name)) => Err(not_known(name)),
        (_, None) => Err(Outcome::Failed(String::new())),
    }
}

fn not_known(name: &str) -> Outcome {
    Outcome::Output(format!("{name} is not a known channel\n"))
}

fn number(channel: &ChannelSnapshot) -> &str {
    channel.caller.number.as_deref().unwrap_or_default()
}

fn none_if_empty(text: &str) -> &str {
    if text.is_empty() { "(None)" } else { text }
}

fn or_na(text: &str) -> String {
    if text.is_empty() {
        "(N/A)".to_owned()
    } else {
        text.to_owned()
    }
}

fn clock(seconds: u64) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}
