//! Figures of calls, of endpoints and of our registrations, all under the names of res_prometheus.

use super::Page;
use crate::node::Node;
use model::{
    BridgeSnapshot, ChannelList, ChannelSnapshot, Command, Contact, ContactState, RegistryStatus,
    Reply, SipQuery, SipReply,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Of calls; gives the channels there are.
pub(super) async fn calls(node: &Arc<Node>, page: &mut Page) -> ChannelList {
    let mut there = ChannelList::default();
    if let Reply::Counts { calls, .. } = node.ask(Command::Counts).await {
        page.about("asterisk_calls_sum", "counter", "Calls since the start");
        page.value("asterisk_calls_sum", &[], calls);
    }
    if let Reply::Channels(channels) = node.ask(Command::Channels).await {
        let linked: std::collections::BTreeSet<_> =
            channels.iter().map(|channel| &channel.linkedid).collect();
        page.gauge("asterisk_calls_count", "Calls now", linked.len());
        page.gauge("asterisk_channels_count", "Channels now", channels.len());
        let now = node.clock.now().utc;
        page.about(
            "asterisk_channels_state",
            "gauge",
            "The state of each channel, by number",
        );
        for channel in channels.iter() {
            page.value(
                "asterisk_channels_state",
                &of_channel(channel),
                channel.state.number(),
            );
        }
        page.about(
            "asterisk_channels_duration_seconds",
            "gauge",
            "How long each channel is there",
        );
        for channel in channels.iter() {
            let seconds = now.as_second() - channel.created.as_second();
            page.value(
                "asterisk_channels_duration_seconds",
                &of_channel(channel),
                seconds,
            );
        }
        there = channels;
    }
    if let Reply::Bridges(bridges) = node.ask(Command::Bridges { kind: None }).await {
        page.gauge("asterisk_bridges_count", "Bridges now", bridges.len());
        page.about(
            "asterisk_bridges_channels_count",
            "gauge",
            "The channels in each bridge",
        );
        for bridge in &bridges {
            page.value(
                "asterisk_bridges_channels_count",
                &of_bridge(bridge),
                bridge.channels,
            );
        }
    }
    there
}

fn of_channel(channel: &ChannelSnapshot) -> [(&'static str, &str); 3] {
    let technology = channel.name.split('/').next().unwrap_or_default();
    [
        ("name", &channel.name),
        ("id", &channel.uniqueid),
        ("type", technology),
    ]
}

fn of_bridge(bridge: &BridgeSnapshot) -> [(&'static str, &str); 3] {
    [
        ("id", &bridge.uniqueid),
        ("tech", &bridge.technology),
        ("subclass", &bridge.kind),
    ]
}

/// Of endpoints; `channels` are those there are.
pub(super) fn endpoints(node: &Node, channels: &ChannelList, page: &mut Page) {
    let SipReply::Endpoints(endpoints) = node.sip.ask(SipQuery::EndpointsWhole) else {
        return;
    };
    let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
    for channel in channels.iter() {
        let device = channel
            .name
            .rsplit_once('-')
            .map_or("", |(device, _)| device);
        *calls.entry(device).or_default() += 1;
    }
    let devices: Vec<_> = endpoints
        .iter()
        .map(|one| format!("PJSIP/{}", one.endpoint.name))
        .collect();
    let labels = |at: usize| {
        let (device, one) = (&*devices[at], &*endpoints[at].endpoint.name);
        [("id", device), ("tech", "PJSIP"), ("resource", one)]
    };
    page.gauge(
        "asterisk_endpoints_count",
        "Endpoints configured",
        endpoints.len(),
    );
    page.about(
        "asterisk_endpoints_state",
        "gauge",
        "Whether each endpoint can be called: 1 offline, 2 online",
    );
    for (at, endpoint) in endpoints.iter().enumerate() {
        let usable = |contact: &Contact| contact.state != ContactState::Unreachable;
        let online = endpoint.contacts.iter().any(usable);
        page.value(
            "asterisk_endpoints_state",
            &labels(at),
            1 + u8::from(online),
        );
    }
    page.about(
        "asterisk_endpoints_channels_count",
        "gauge",
        "The channels of each endpoint",
    );
    for (at, device) in devices.iter().enumerate() {
        let count = calls.get(&**device).copied().unwrap_or_default();
        page.value("asterisk_endpoints_channels_count", &labels(at), count);
    }
}

/// Of our registrations elsewhere.
pub(super) fn registrations(node: &Node, page: &mut Page) {
    let SipReply::Registry(registrations) = node.sip.ask(SipQuery::Registry) else {
        return;
    };
    page.about(
        "asterisk_pjsip_outbound_registration_status",
        "gauge",
        "Whether each registration of ours holds: 1 if it does",
    );
    for registration in &registrations {
        let labels = [
            ("username", &*registration.client_uri),
            ("domain", &*registration.server_uri),
            ("channel_type", "PJSIP"),
        ];
        page.value(
            "asterisk_pjsip_outbound_registration_status",
            &labels,
            u8::from(registration.status == RegistryStatus::Registered),
        );
    }
}
