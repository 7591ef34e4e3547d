//! Ringing, Progress and Proceeding: tell the caller how the call goes.

use super::{Application, Step};
use crate::happening::Progress;

pub(super) const RINGING: Application = Application {
    name: "Ringing",
    synopsis: "Indicate ringing tone.",
    arguments: "",
    options: &[],
    start: |switch, id, _| {
        switch.indicate(id, Progress::Ringing);
        Step::Done
    },
};

pub(super) const PROGRESS: Application = Application {
    name: "Progress",
    synopsis: "Indicate progress.",
    arguments: "",
    options: &[],
    start: |switch, id, _| {
        switch.indicate(id, Progress::EarlyMedia);
        Step::Done
    },
};

pub(super) const PROCEEDING: Application = Application {
    name: "Proceeding",
    synopsis: "Indicate proceeding.",
    arguments: "",
    options: &[],
    start: |switch, id, _| {
        switch.indicate(id, Progress::Proceeding);
        Step::Done
    },
};
