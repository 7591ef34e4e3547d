//! Alice, bob and carol: alice has called bob and asks carol.

use super::{Phone, World};
use model::{ChannelId, Command, Event, Reply};
use std::time::Duration;

pub(crate) const DIALPLAN: &str = "
[phones]
exten => keys,1,Dial(PJSIP/bob,20,Tg)
 same => n,UserEvent(After,Is: ${BRIDGEPEER})
exten => called,1,Dial(PJSIP/bob,20,t)
exten => 85,1,Dial(PJSIP/carol,60)
exten => 86,1,UserEvent(Sent,Is: ${SIPTRANSFER})
 same => n,Dial(PJSIP/alice,3)
exten => 87,1,Answer()
 same => n,Wait(60)
exten => 89,1,Wait(3)
 same => n,Answer()
 same => n,Wait(60)
exten => 88,1,Answer()
 same => n,Wait(60)
";

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) struct Three {
    pub(crate) world: World,
    pub(crate) alice: ChannelId,
    pub(crate) bob: ChannelId,
    pub(crate) carol: ChannelId,
}

impl Three {
    /// Alice talks with bob and asks carol, who has answered; then alice presses keys.
    pub(crate) fn asked(keys: &str) -> Self {
        let (mut world, alice) = World::calling(DIALPLAN, "keys", Phone::Answers(seconds(1)));
        world.phone("carol", Phone::Answers(seconds(1)));
        world.run(seconds(2));
        world.press(alice, "*285");
        world.run(seconds(2));
        let (bob, carol) = (world.line("bob"), world.line("carol"));
        world.press(alice, keys);
        Self {
            world,
            alice,
            bob,
            carol,
        }
    }

    /// The name of a channel by how it begins.
    pub(crate) fn name(&self, begins: &str) -> std::sync::Arc<str> {
        let told = self.world.events.iter().rev();
        let mut names = told.filter_map(|record| match &record.event {
            Event::BridgeEnter { channel, .. } => Some(channel.name.clone()),
            _ => None,
        });
        names.find(|name| name.starts_with(begins)).unwrap()
    }

    /// The bridge where somebody sits, and how many do.
    pub(crate) fn bridge(&mut self) -> (std::sync::Arc<str>, String, usize) {
        let Reply::Bridges(bridges) = self.world.ask(Command::Bridges { kind: None }) else {
            panic!("bridges")
        };
        let most = bridges.iter().max_by_key(|bridge| bridge.channels).unwrap();
        let technology = most.technology.to_string();
        (most.uniqueid.clone(), technology, most.channels)
    }
}

/// What of these is told from a place on, with names as they begin.
pub(crate) fn told_since(world: &World, before: usize) -> Vec<String> {
    let short = |name: &str| {
        name.rsplit_once('-')
            .map_or("", |(short, _)| short)
            .to_owned()
    };
    let half = |name: &str| {
        format!(
            "{}{}",
            short(name),
            name.rsplit_once(';')
                .map_or("", |_| &name[name.len() - 2..])
        )
    };
    let told = world.events[before..].iter();
    let told = told.filter_map(|record| match &record.event {
        Event::Newchannel { channel } => Some(format!("new {}", half(&channel.name))),
        Event::LocalBridge { exten, .. } => Some(format!("pair {exten}")),
        Event::BlindTransfer {
            transferee,
            bridge,
            external,
            ..
        } => {
            let channels = bridge.as_ref().unwrap().channels;
            Some(format!(
                "blind {channels} {} {external}",
                transferee.is_some()
            ))
        }
        Event::AttendedTransfer {
            transferee,
            target,
            external,
            ..
        } => {
            let are = [transferee, target].map(Option::is_some);
            Some(format!("attended {are:?} {external}"))
        }
        Event::BridgeMerge { to, from } => Some(format!("merge {} {}", to.channels, from.channels)),
        Event::BridgeEnter {
            bridge,
            channel,
            swap,
        } => {
            let swap = if swap.is_some() { " swap" } else { "" };
            Some(format!(
                "enter {} {}{swap}",
                bridge.channels,
                half(&channel.name)
            ))
        }
        Event::BridgeLeave { bridge, channel } => {
            Some(format!("leave {} {}", bridge.channels, half(&channel.name)))
        }
        Event::BridgeDestroy { .. } => Some("destroy".to_owned()),
        Event::MusicOnHoldStart { channel, .. } => Some(format!("waits {}", half(&channel.name))),
        Event::MusicOnHoldStop { channel } => Some(format!("talks {}", half(&channel.name))),
        Event::VarSet {
            channel: Some(channel),
            variable,
            value,
        } if &**variable == "BLINDTRANSFER" => {
            let values: Vec<_> = value.split(',').map(half).collect();
            Some(format!("by {}: {}", half(&channel.name), values.join(",")))
        }
        Event::Hangup { channel } => Some(format!("over {}", half(&channel.name))),
        _ => None,
    });
    told.collect()
}
