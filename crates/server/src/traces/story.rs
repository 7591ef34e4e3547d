//! The story of each trace: made of events and of what actions do, told in lines and spans.
//!
//! The span of an action is the root, the call that it makes a part of it, and the legs are parts of the
//! call, or of the leg that dials them. An action that changes calls is a part of each of those.

use super::leg::Leg;
use super::line::{Line, Origin, What};
use super::span::{Kind, Span, SpanId, SpanIds};
use super::subject::{Subject, subjects};
use jiff::Timestamp;
use manager::{Traced, TracedAction};
use model::{ChannelId, ChannelSnapshot, Event, Mark, Record, TraceId};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Actions that may be under way; further ones have no span.
const ACTIONS: usize = 4096;

/// What is under way, and what has been found out of it.
#[derive(Debug)]
pub(super) struct Story {
    ids: SpanIds,
    /// Actions that have not been answered, by their own trace.
    actions: HashMap<TraceId, Action>,
    calls: HashMap<TraceId, Call>,
    legs: HashMap<ChannelId, Leg>,
    /// Legs by uniqueid and by name in lower case.
    names: HashMap<String, ChannelId>,
    /// Legs that have ended since the last settling, and before it.
    ended: [Vec<ChannelId>; 2],
    lines: Vec<Line>,
    spans: Vec<Span>,
}

/// An action under way.
#[derive(Debug)]
struct Action {
    told: Arc<TracedAction>,
    origin: Arc<Origin>,
    /// Its span in each trace that it belongs to.
    spans: Vec<Span>,
}

/// A call: the legs of one trace, while there are any.
#[derive(Debug)]
struct Call {
    span: Span,
    origin: Option<Arc<Origin>>,
    legs: usize,
}

/// An event, and how it was told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Happened<'a> {
    pub(super) record: &'a Record,
    /// Its name, if it is told to anybody.
    pub(super) name: Option<&'static str>,
    pub(super) place: Mark,
}

impl Story {
    pub(super) fn new(ids: SpanIds) -> Self {
        Self {
            ids,
            actions: HashMap::new(),
            calls: HashMap::new(),
            legs: HashMap::new(),
            names: HashMap::new(),
            ended: [Vec::new(), Vec::new()],
            lines: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// An action that makes a call was accepted; it has to be known before the events of its call.
    pub(super) fn begin_call(&mut self, action: &TracedAction) {
        self.begin(action, vec![(action.trace, None)]);
    }

    /// An action that changes calls was accepted; they have to be known before it.
    pub(super) fn begin_change(&mut self, action: &TracedAction) {
        let mut traces = BTreeMap::new();
        for name in &action.about {
            for leg in self.named(name) {
                let trace = leg.channel.trace.id;
                traces.insert(trace, self.calls.get(&trace).map(|call| call.span.id));
            }
        }
        if traces.is_empty() {
            traces.insert(action.trace, None);
        }
        self.begin(action, traces.into_iter().collect());
    }

    /// The legs of this name or uniqueid, or in the bridge of this uniqueid.
    fn named(&self, name: &str) -> Vec<&Leg> {
        match self.names.get(&name.to_lowercase()) {
            Some(id) => self.legs.get(id).into_iter().collect(),
            None => {
                let legs = self.legs.values();
                legs.filter(|leg| leg.channel.bridge.as_deref() == Some(name))
                    .collect()
            }
        }
    }

    fn begin(&mut self, action: &TracedAction, traces: Vec<(TraceId, Option<SpanId>)>) {
        let told = Arc::new(action.clone());
        let mut spans = Vec::new();
        for (trace, parent) in traces {
            let name = format!("AMI {}", action.name);
            let ids = (trace, self.ids.next());
            let mut span = Span::begin(ids, parent, name, Kind::Server, action.at);
            span.say("ami.action", action.name);
            span.say("ami.action_id", &action.id);
            span.say("ami.user", &action.account);
            span.say("ami.session", &action.session);
            span.say("ami.about", &action.about.join(","));
            span.say("client.address", &action.from.to_string());
            spans.push(span);
            self.lines.push(Line {
                at: action.at,
                trace,
                what: What::Action(Arc::clone(&told)),
            });
        }
        if self.actions.len() < ACTIONS {
            let origin = Arc::new(Origin {
                action_id: action.id.clone(),
                user: Arc::clone(&action.account),
            });
            let action = Action {
                told,
                origin,
                spans,
            };
            self.actions.insert(action.told.trace, action);
        }
    }

    /// Something became of an action.
    pub(super) fn answer(&mut self, traced: &Traced) {
        let Traced::Answered {
            trace,
            at,
            failed,
            answer,
        } = traced
        else {
            return;
        };
        let Some(action) = self.actions.remove(trace) else {
            return;
        };
        for mut span in action.spans {
            self.lines.push(Line {
                at: *at,
                trace: span.trace,
                what: What::Answer(Arc::clone(&action.told), answer.clone()),
            });
            span.say("ami.answer", answer);
            span.error = failed.then(|| answer.clone());
            self.spans.push(span.ended(*at));
        }
    }

    /// Something happened.
    pub(super) fn happen(&mut self, happened: Happened<'_>) {
        let Happened { record, .. } = happened;
        for subject in subjects(&record.event) {
            let (trace, channel) = match subject {
                Subject::Channel(channel) => {
                    self.meet(channel);
                    (channel.trace.id, Some(Arc::clone(channel)))
                }
                Subject::Uniqueid(uniqueid) => match self.named(uniqueid).first() {
                    Some(leg) => (leg.channel.trace.id, Some(Arc::clone(&leg.channel))),
                    None => continue,
                },
                Subject::Trace(trace) => (trace, None),
            };
            let Some(name) = happened.name else {
                continue;
            };
            self.lines.push(Line {
                at: record.at,
                trace,
                what: What::Event {
                    name,
                    place: happened.place,
                    channel,
                    origin: self.calls.get(&trace).and_then(|call| call.origin.clone()),
                },
            });
        }
        self.note(record.at, &record.event);
    }

    /// Knows a channel from now on, if it does not already, and how it is.
    fn meet(&mut self, channel: &Arc<ChannelSnapshot>) {
        if let Some(leg) = self.legs.get_mut(&channel.id) {
            leg.channel = Arc::clone(channel);
            return;
        }
        let leg_id = self.ids.next();
        let trace = channel.trace.id;
        let call = match self.calls.get_mut(&trace) {
            Some(call) => call,
            None => {
                let call = Call::new(channel, self.ids.next(), self.actions.get(&trace));
                self.calls.entry(trace).or_insert(call)
            }
        };
        call.legs += 1;
        let leg = Leg::new(channel, leg_id, call.span.id);
        for name in [&channel.uniqueid, &channel.name] {
            self.names.insert(name.to_lowercase(), channel.id);
        }
        self.legs.insert(channel.id, leg);
    }

    fn note(&mut self, at: Timestamp, event: &Event) {
        if let Event::DialBegin {
            caller,
            dest,
            dial_string,
        } = event
        {
            let by = caller.as_ref().and_then(|caller| self.legs.get(&caller.id));
            let by = by.and_then(|leg| leg.span.as_ref()).map(|span| span.id);
            if let Some(leg) = self.legs.get_mut(&dest.id) {
                leg.dialled(by, at, dial_string);
            }
        } else if let Event::Newstate { channel }
        | Event::BridgeEnter { channel, .. }
        | Event::BridgeLeave { channel, .. }
        | Event::DialState { dest: channel, .. }
        | Event::DialEnd { dest: channel, .. } = event
        {
            if let Some(leg) = self.legs.get_mut(&channel.id) {
                leg.note(at, event);
            }
        } else if let Event::Hangup { channel } = event {
            self.hang_up(channel.id, at);
        }
    }

    fn hang_up(&mut self, id: ChannelId, at: Timestamp) {
        let Some(span) = self.legs.get_mut(&id).and_then(|leg| leg.hang_up(at)) else {
            return;
        };
        let trace = span.trace;
        self.spans.push(span);
        self.ended[0].push(id);
        if let Some(call) = self.calls.get_mut(&trace) {
            call.legs -= 1;
            call.span.end = at;
        }
    }

    /// All that came together has been given: what has ended is forgotten, a little later than it ended,
    /// for what is still told of it.
    pub(super) fn settle(&mut self) {
        let over = self.calls.extract_if(|_, call| call.legs == 0);
        let over = over.map(|(_, call)| {
            let end = call.span.end;
            call.span.ended(end)
        });
        self.spans.extend(over);
        self.ended.swap(0, 1);
        for id in std::mem::take(&mut self.ended[0]) {
            if let Some(leg) = self.legs.remove(&id) {
                self.forget_names(&leg.channel);
            }
        }
    }

    fn forget_names(&mut self, channel: &ChannelSnapshot) {
        for name in [&channel.uniqueid, &channel.name] {
            let name = name.to_lowercase();
            if self.names.get(&name) == Some(&channel.id) {
                self.names.remove(&name);
            }
        }
    }

    /// Events are lost: what is under way may have ended. Gives how many spans that costs.
    pub(super) fn forget(&mut self) -> usize {
        let lost = self.legs.len() + self.calls.len();
        self.legs.clear();
        self.calls.clear();
        self.names.clear();
        self.ended = [Vec::new(), Vec::new()];
        lost
    }

    /// What there is to tell, in the order it happened.
    pub(super) fn told(&mut self) -> (Vec<Line>, Vec<Span>) {
        self.lines.sort_by_key(|line| line.at);
        (
            std::mem::take(&mut self.lines),
            std::mem::take(&mut self.spans),
        )
    }
}

impl Call {
    /// The call that a channel is the first of.
    fn new(channel: &ChannelSnapshot, id: SpanId, action: Option<&Action>) -> Self {
        let trace = channel.trace.id;
        let parent = action
            .and_then(|action| action.spans.first())
            .map(|span| span.id);
        let mut span = Span::begin(
            (trace, id),
            parent,
            "call".to_owned(),
            Kind::Internal,
            channel.created,
        );
        span.say("call.linkedid", &channel.linkedid);
        span.say("call.channel", &channel.name);
        let origin = action.map(|action| Arc::clone(&action.origin));
        if let Some(origin) = &origin {
            span.say("ami.action_id", &origin.action_id);
            span.say("ami.user", &origin.user);
        }
        Self {
            span,
            origin,
            legs: 0,
        }
    }
}

#[cfg(test)]
mod tests;
