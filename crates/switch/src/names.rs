//! The names of new things: channel names, uniqueids, bridge ids.

use crate::Switch;
use std::sync::Arc;

/// Counts what names are made of.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) channels: u64,
    uniqueids: u64,
    bridges: u64,
    names: u32,
    locals: u32,
    plays: u64,
    runs: u64,
    pub(crate) optimizations: u64,
    /// Call records begun.
    records: u64,
    /// Calls that began to execute the dialplan.
    pub(crate) calls: u64,
}

impl Counters {
    /// The number of a new call record.
    pub(crate) fn next_record(&mut self) -> u64 {
        let count = self.records;
        self.records += 1;
        count
    }
}

impl Switch {
    /// `epoch.count`, behind the system name where there is one; not one that a client has given.
    pub(crate) fn new_uniqueid(&mut self) -> Arc<str> {
        let epoch = self.now.utc.as_second();
        loop {
            let count = self.counters.uniqueids;
            self.counters.uniqueids += 1;
            let uniqueid = match &self.config.system_name {
                Some(system) => format!("{system}-{epoch}.{count}"),
                None => format!("{epoch}.{count}"),
            };
            if self.directory.with_uniqueid(&uniqueid).is_none() {
                return uniqueid.into();
            }
        }
    }

    /// `PJSIP/alice-00000000`.
    pub(crate) fn new_channel_name(&mut self, technology: &str, resource: &str) -> Arc<str> {
        let count = self.counters.names;
        self.counters.names = count.wrapping_add(1);
        format!("{technology}/{resource}-{count:08x}").into()
    }

    /// `Local/exten@context-00000000`, without the `;1` or `;2` of its halves.
    pub(crate) fn new_local_name(&mut self, exten: &str, context: &str) -> String {
        let count = self.counters.locals;
        self.counters.locals = count.wrapping_add(1);
        format!("Local/{exten}@{context}-{count:08x}")
    }

    pub(crate) fn new_bridge_id(&mut self) -> model::BridgeId {
        self.counters.bridges += 1;
        model::BridgeId(self.counters.bridges)
    }

    pub(crate) fn new_play_id(&mut self) -> model::PlayId {
        self.counters.plays += 1;
        model::PlayId(self.counters.plays)
    }

    pub(crate) fn new_run_id(&mut self) -> model::RunId {
        self.counters.runs += 1;
        model::RunId(self.counters.runs)
    }

    pub(crate) fn new_trace(&mut self) -> model::TraceId {
        model::TraceId::new(self.random.u128(..))
    }

    /// A version 4 UUID, from the switch's own seeded generator.
    pub(crate) fn new_uuid(&mut self) -> Arc<str> {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes)
            .into_uuid()
            .hyphenated()
            .to_string()
            .into()
    }
}
