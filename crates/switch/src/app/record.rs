//! ForkCDR, ResetCDR, NoCDR: the dialplan's say in call records.

use super::{Application, Step};
use crate::cdr::Fork;

pub(super) const FORK_CDR: Application = Application {
    name: "ForkCDR",
    synopsis: "Forks the current Call Data Record for this channel.",
    arguments: "[options]",
    options: &[
        (
            "a",
            "If the call is answered, the new record is so from now on.",
        ),
        ("e", "The records so far are complete."),
        (
            "r",
            "The new record begins now; it is answered from now on if the call is.",
        ),
        (
            "v",
            "What is noted in the record so far is not in the new one.",
        ),
    ],
    start: |switch, id, call| {
        let options = FORK_CDR.options(&call.data);
        let has = |letter| options.has(letter);
        let fork = Fork {
            ends: has('e'),
            begins_anew: has('r'),
            answers_anew: has('a'),
            forgets: has('v'),
        };
        switch.fork_record(id, fork);
        Step::Done
    },
};

pub(super) const RESET_CDR: Application = Application {
    name: "ResetCDR",
    synopsis: "Resets the Call Data Record.",
    arguments: "[options]",
    options: &[("v", "Keep what the dialplan has noted in it.")],
    start: |switch, id, call| {
        switch.reset_record(id);
        if !RESET_CDR.options(&call.data).has('v') {
            switch.forget_notes(id);
        }
        Step::Done
    },
};

pub(super) const NO_CDR: Application = Application {
    name: "NoCDR",
    synopsis: "Tell the switch to not maintain a CDR for this channel.",
    arguments: "",
    options: &[],
    start: |switch, id, _| {
        switch.want_record(id, false);
        Step::Done
    },
};
