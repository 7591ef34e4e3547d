//! Subroutines that an application has a channel run for it: Dial's `b`, `B` and `U`.

use crate::Switch;
use crate::app::goto::place;
use crate::channel::Frame;
use crate::happening::Happening;
use crate::place::Place;
use model::ChannelId;
use std::sync::Arc;

impl Switch {
    /// Begins `[[context^]exten^]priority[(arg^…)]` on a channel; who asked for it is told when it
    /// is over. False if there is no such place.
    pub(crate) fn start_subroutine(
        &mut self,
        on: ChannelId,
        text: &str,
        reports_to: ChannelId,
    ) -> bool {
        let text = text.replace('^', ",");
        let (label, arguments) = dialplan::called(&text);
        let target = place(self, on, label).filter(|place| self.is_place(on, place));
        let Some(target) = target else {
            tracing::warn!(place = label, "There is no such subroutine");
            return false;
        };
        let Some(channel) = self.channels.get(&on) else {
            return false;
        };
        let back = Place {
            context: Arc::clone(&channel.context),
            exten: Arc::clone(&channel.exten),
            priority: channel.priority,
        };
        // There is no such priority: it returns to where it is over.
        let nowhere = Place {
            priority: 0,
            ..target.clone()
        };
        if !self.enter_subroutine(on, nowhere, &dialplan::arguments(arguments)) {
            return false;
        }
        self.go(on, target);
        if let Some(channel) = self.channels.get_mut(&on) {
            channel.run.push(Frame::Subroutine { reports_to, back });
        }
        self.ready.push_back(on);
        true
    }

    /// The subroutine a channel runs has come to its end: it is where it was before.
    pub(crate) fn finish_subroutine(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let Some(Frame::Subroutine { reports_to, back }) = channel.run.pop() else {
            return;
        };
        if let Some(application) = channel.outgoing {
            channel.application = application.into();
            channel.data = "(Outgoing Line)".into();
        }
        self.go(id, back);
        self.happen(
            reports_to,
            Happening::Subroutine {
                of: id,
                completed: true,
            },
        );
    }

    /// A channel ends: who waits for its subroutines is told.
    pub(crate) fn abandon_subroutines(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let waiting: Vec<_> = channel
            .run
            .iter()
            .filter_map(|frame| match frame {
                Frame::Subroutine { reports_to, .. } => Some(*reports_to),
                Frame::Dialplan
                | Frame::HangupExtension
                | Frame::Application(_)
                | Frame::Interlude(_) => None,
            })
            .collect();
        for reports_to in waiting.into_iter().filter(|waiting| *waiting != id) {
            self.happen(
                reports_to,
                Happening::Subroutine {
                    of: id,
                    completed: false,
                },
            );
        }
    }
}
