//! ForkCDR, ResetCDR, NoCDR: the dialplan's say in call records.

use super::{Application, Step};

pub(super) const FORK_CDR: Application = Application {
    name: "ForkCDR",
    synopsis: "Forks the current Call Data Record for this channel.",
    arguments: "",
    options: &[],
    start: |switch, id, _| {
        switch.fork_record(id);
        Step::Done
    },
};

pub(super) const RESET_CDR: Application = Application {
    name: "ResetCDR",
    synopsis: "Resets the Call Data Record.",
    arguments: "",
    options: &[],
    start: |switch, id, _| {
        switch.reset_record(id);
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
