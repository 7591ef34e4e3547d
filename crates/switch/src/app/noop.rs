//! NoOp: nothing but what is told of it.

use super::{Application, Step};

pub(super) const NO_OP: Application = Application {
    name: "NoOp",
    synopsis: "Do Nothing (No Operation).",
    arguments: "[text]",
    options: &[],
    start: |_, _, _| Step::Done,
};
