//! RaiseException: sends the call to its `e` extension.

use super::{Application, Step};

pub(super) const RAISE_EXCEPTION: Application = Application {
    name: "RaiseException",
    synopsis: "Handle an exceptional condition.",
    arguments: "reason",
    options: &[],
    start: |switch, id, call| match switch.go_exception(id, &call.data) {
        Step::Goto(place) => Step::Goto(place),
        Step::Hangup | Step::Done | Step::Wait(_) | Step::Call(..) => {
            tracing::warn!("RaiseException: there is no extension 'e', the call ends");
            Step::Hangup
        }
    },
};
