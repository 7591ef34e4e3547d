//! `bridge show`, `bridge destroy`, `bridge kick`: the bridges there are.

use super::super::Outcome;
use crate::node::Node;
use jiff::Timestamp;
use model::{BridgeSnapshot, ChannelSnapshot, Command as Order, Refusal, Reply};
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) async fn all(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Outcome::Usage;
    }
    let Reply::Bridges(bridges) = node.ask(Order::Bridges { kind: None }).await else {
        return Outcome::Failed(String::new());
    };
    Outcome::Output(table(&bridges, Timestamp::now()))
}

fn table(bridges: &[Arc<BridgeSnapshot>], now: Timestamp) -> String {
    let row = |cells: [&str; 5]| {
        let [id, count, kind, technology, lasts] = cells;
        format!("{id:<36} {count:>5} {kind:<15} {technology:<15} {lasts}\n")
    };
    let mut text = row(["Bridge-ID", "Chans", "Type", "Technology", "Duration"]);
    for bridge in bridges {
        text += &row([
            &bridge.uniqueid,
            &bridge.channels.to_string(),
            &bridge.kind,
            &bridge.technology,
            &lasts(bridge, now),
        ]);
    }
    text
}

pub(super) async fn one(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [id] = arguments else {
        return Outcome::Usage;
    };
    let bridge = id.as_str().into();
    let Reply::Bridge { bridge, channels } = node.ask(Order::BridgeInfo { bridge }).await else {
        return not_found(id);
    };
    Outcome::Output(whole(&bridge, &channels, Timestamp::now()))
}

fn whole(bridge: &BridgeSnapshot, channels: &[Arc<ChannelSnapshot>], now: Timestamp) -> String {
    let text = |text: &Option<Arc<str>>| text.clone().unwrap_or_default();
    let mut whole = format!(
        "Id: {}\nType: {}\nTechnology: {}\nCreator: {}\nName: {}\nNum-Channels: {}\nDuration: {}\n",
        bridge.uniqueid,
        bridge.kind,
        bridge.technology,
        text(&bridge.creator),
        text(&bridge.name),
        bridge.channels,
        lasts(bridge, now),
    );
    for channel in channels {
        let _ = writeln!(whole, "Channel: {}", channel.name);
    }
    whole
}

/// Hours, minutes and seconds since it was made.
fn lasts(bridge: &BridgeSnapshot, now: Timestamp) -> String {
    let seconds = now.duration_since(bridge.created).as_secs().max(0);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    format!("{:02}:{:02}:{seconds:02}", minutes / 60, minutes % 60)
}

pub(super) async fn destroy(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [id] = arguments else {
        return Outcome::Usage;
    };
    let bridge = id.as_str().into();
    if node.ask(Order::BridgeDestroy { bridge }).await != Reply::Done {
        return not_found(id);
    }
    Outcome::Output(format!("Destroying bridge '{id}'\n"))
}

pub(super) async fn kick(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [id, name] = arguments else {
        return Outcome::Usage;
    };
    let order = Order::BridgeKick {
        bridge: Some(id.as_str().into()),
        channel: name.as_str().into(),
    };
    let reply = node.ask(order).await;
    if reply == Reply::Refused(Refusal::NoSuchBridge) {
        return not_found(id);
    }
    if reply != Reply::Done {
        return Outcome::Failed(format!("Channel '{name}' not found in bridge '{id}'\n"));
    }
    Outcome::Output(format!("Kicking channel '{name}' from bridge '{id}'\n"))
}

fn not_found(id: &str) -> Outcome {
    Outcome::Failed(format!("Bridge '{id}' not found\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bridges_are_rows_or_told_whole() {
        let bridge = BridgeSnapshot {
            id: model::BridgeId(1),
            uniqueid: "0b9c7e6e-3a54-4c58-9a3b-1d9f5b2f6a10".into(),
            kind: "basic".into(),
            technology: "simple_bridge".into(),
            creator: None,
            name: Some("lounge".into()),
            created: Timestamp::UNIX_EPOCH,
            channels: 2,
        };
        let now = Timestamp::from_second(3_725).unwrap();
        let shown = whole(&bridge, &[], now);
        assert!(shown.starts_with("Id: 0b9c7e6e-3a54-4c58-9a3b-1d9f5b2f6a10\nType: basic\n"));
        assert!(shown.ends_with("Name: lounge\nNum-Channels: 2\nDuration: 01:02:05\n"));
        assert_eq!(
            table(&[bridge.into()], now),
            "Bridge-ID                            Chans Type            Technology      Duration\n\
             0b9c7e6e-3a54-4c58-9a3b-1d9f5b2f6a10     2 basic           simple_bridge   01:02:05\n"
        );
    }
}
