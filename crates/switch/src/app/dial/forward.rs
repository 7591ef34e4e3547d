//! Who is called asks that somebody else be called instead: the dial follows, unless it is not to.

use super::{Dial, Stage, line};
use crate::Switch;
use crate::app::Step;
use crate::hangup::dial_status;
use crate::happening::Progress;
use model::{Cause, ChannelId, DialStatus};
use std::sync::Arc;

impl Dial {
    pub(super) fn on_forwarded(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        from: ChannelId,
        exten: &Arc<str>,
    ) -> Step {
        let Stage::Calling(calling) = &mut self.stage else {
            return Step::Wait(self);
        };
        if calling.lines.iter().all(|line| line.id != from) {
            return Step::Wait(self);
        }
        let options = &self.request.options;
        let left = switch.channels.get(&id).map_or(0, |caller| caller.forwards);
        if options.stays || left == 0 {
            tracing::info!(%exten, left, "Dial: the call is not forwarded");
            if let Some(caller) = switch.channels.get_mut(&id) {
                caller.cause = Some(Cause::USER_BUSY);
            }
            switch.tell_dial_end(Some(id), from, DialStatus::Busy);
            switch.release(from);
            return self.on_end(switch, id, from, DialStatus::Busy);
        }
        if options.waits_when_forwarded {
            calling.until = None;
        }
        let to = ("Local".to_owned(), switch.forward_place(from, exten));
        let made = line::make(switch, id, &to, options);
        if let Ok(made) = &made {
            switch.redirect_from(id, made.id());
        }
        switch.record_dial(from, Progress::Ended(DialStatus::Cancel));
        let (status, forward) = (DialStatus::Cancel, Some(Arc::clone(exten)));
        switch.tell_forward(Some(id), from, status, forward);
        switch.release(from);
        let begun = made.and_then(|made| line::begin(switch, id, made, options, false));
        match begun {
            Ok(line) => {
                calling.lines.retain(|line| line.id != from);
                calling.lines.push(line);
                switch.touched.insert(id);
                Step::Wait(self)
            }
            Err(cause) => self.on_end(switch, id, from, dial_status(cause)),
        }
    }
}

impl Switch {
    /// Where a call goes on that is forwarded: in FORWARD_CONTEXT, or where calls of who forwards it
    /// begin.
    fn forward_place(&self, from: ChannelId, exten: &str) -> String {
        let Some(line) = self.channels.get(&from) else {
            return exten.to_owned();
        };
        let named = line.variables.value("FORWARD_CONTEXT");
        let named = named.filter(|context| !context.is_empty());
        let (_, device) = line.device().split_once('/').unwrap_or_default();
        let endpoint = self.config.endpoints.get(device);
        let own = endpoint.map_or(&line.context, |endpoint| &endpoint.context);
        format!("{exten}@{}", named.unwrap_or(own))
    }

    /// A call is redirected from where the caller is.
    fn redirect_from(&mut self, id: ChannelId, line: ChannelId) {
        let dialled = self
            .channels
            .get(&id)
            .map(|caller| Arc::clone(&caller.exten));
        if let Some(channel) = self.channels.get_mut(&line) {
            let redirecting = &mut channel.memory.redirecting;
            redirecting.from.party.number = dialled;
            redirecting.count += 1;
        }
    }
}
