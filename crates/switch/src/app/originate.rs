//! Originate: calls somebody, who is connected to an extension or an application when they answer.

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::happening::Happening;
use crate::originate::Asker;
use model::{ChannelId, Destination, OriginateReason, Party};
use std::sync::Arc;

pub(super) const ORIGINATE: Application = Application {
    name: "Originate",
    synopsis: "Originate a call.",
    arguments: "tech_data,type,arg1[,arg2[,arg3[,timeout[,options]]]]",
    options: &[
        ("a", "Do not wait for the answer."),
        (
            "b",
            "Run a subroutine on the channel before it is dialled: b([[context^]exten^]priority[(args)]).",
        ),
        ("B", "The same on this channel, before anybody is called."),
        ("C", "The formats to talk in, best first: C(ulaw,alaw)."),
        ("c", "The number shown to the called party."),
        ("n", "The name shown to the called party."),
        (
            "v",
            "Variables of the new channel: v(name=value^name=value).",
        ),
    ],
    start,
};
const STATUS: &str = "ORIGINATE_STATUS";

/// Waits for a subroutine of its own, then for the answer.
#[derive(Debug)]
struct Originating(Stage);

#[derive(Debug)]
enum Stage {
    Preparing(Box<model::Originate>),
    Calling,
}

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let Some((order, before_calling)) = read(switch, id, call) else {
        tracing::warn!(
            data = call.data,
            "Originate: there must be technology/resource, `app` or `exten`, and where to"
        );
        switch.set_variable(id, STATUS, "FAILED");
        return Step::Done;
    };
    let waiting = Box::new(Originating(Stage::Preparing(Box::new(order))));
    match before_calling {
        Some(place) => Step::Call(waiting, place),
        None => waiting.call(switch, id),
    }
}

/// What is ordered, and the subroutine to run first.
fn read(switch: &Switch, id: ChannelId, call: &Call) -> Option<(model::Originate, Option<String>)> {
    let mut arguments = call.arguments().into_iter();
    let mut next = || arguments.next().unwrap_or_default();
    let channel = next();
    let (technology, resource) = channel.trim().split_once('/')?;
    let (kind, first, second, third) = (next(), next(), next(), next());
    let timeout = super::wait::seconds(&next()).filter(|time| !time.is_zero());
    let options = ORIGINATE.options(&next());
    let option = |letter| options.value(letter);
    let own = switch.channels.get(&id)?;
    let destination = match kind.trim().to_ascii_lowercase().as_str() {
        "app" => Destination::Application {
            application: first.trim().into(),
            data: second.into(),
        },
        "exten" => Destination::Extension(model::Extension {
            context: first.trim().into(),
            exten: if second.is_empty() {
                "s".into()
            } else {
                second.trim().into()
            },
            priority: if third.is_empty() {
                "1".into()
            } else {
                third.trim().into()
            },
        }),
        _ => return None,
    };
    let filled = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(Arc::from);
    let party = Party {
        number: filled(option('c')),
        name: filled(option('n')),
    };
    let order = model::Originate {
        timeout: timeout.unwrap_or(model::Originate::TIMEOUT),
        caller: Some(party).filter(|party| *party != Party::default()),
        account: Some(Arc::clone(&own.account)).filter(|account| !account.is_empty()),
        variables: variables(option('v').unwrap_or_default()),
        formats: model::names(option('C').unwrap_or_default()),
        before_dialling: filled(option('b')),
        asynchronous: option('a').is_some(),
        trace: Some(own.trace.id),
        ..model::Originate::new(technology, resource, destination)
    };
    let before_calling = option('B').filter(|place| !place.is_empty());
    Some((order, before_calling.map(str::to_owned)))
}

/// Reads `name=value^name=value`.
fn variables(text: &str) -> Vec<(Arc<str>, Arc<str>)> {
    let pairs = text.split('^').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.trim().into(), value.into()))
        .collect()
}

impl Originating {
    fn call(mut self: Box<Self>, switch: &mut Switch, id: ChannelId) -> Step {
        let Stage::Preparing(order) = std::mem::replace(&mut self.0, Stage::Calling) else {
            return Step::Wait(self);
        };
        if order.asynchronous {
            switch.begin_origination(*order, Asker::Nobody);
            switch.set_variable(id, STATUS, "SUCCESS");
            return Step::Done;
        }
        switch.begin_origination(*order, Asker::Application(id));
        Step::Wait(self)
    }
}

impl Waiting for Originating {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        match (&self.0, happening) {
            (_, Happening::HungUp) => Step::Hangup,
            (Stage::Preparing(_), Happening::Subroutine { .. }) => self.call(switch, id),
            (Stage::Calling, Happening::Originated(reason)) => {
                switch.set_variable(id, STATUS, status(*reason));
                Step::Done
            }
            _ => Step::Wait(self),
        }
    }
}

fn status(reason: OriginateReason) -> &'static str {
    match reason {
        OriginateReason::Failure | OriginateReason::Interrupted => "FAILED",
        OriginateReason::Hangup => "HANGUP",
        OriginateReason::NoAnswer => "RINGING",
        OriginateReason::Answered => "SUCCESS",
        OriginateReason::Busy => "BUSY",
        OriginateReason::Congestion => "CONGESTION",
    }
}
