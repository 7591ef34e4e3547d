//! Set and MSet: give variables and functions values. ClearHash forgets those of a HASH.

use super::{Application, Call, Step};
use crate::Switch;
use crate::scope::ChannelScope;
use model::ChannelId;

pub(super) const SET: Application = Application {
    name: "Set",
    synopsis: "Set channel variable or function value.",
    arguments: "name=value",
    options: &[],
    start,
};

pub(super) const MSET: Application = Application {
    name: "MSet",
    synopsis: "Set channel variable(s) or function value(s).",
    arguments: "name1=value1[,name2=value2[,...]]",
    options: &[],
    start: |switch, id, call| {
        for pair in call.arguments() {
            assign(switch, id, &pair);
        }
        Step::Done
    },
};

pub(super) const CLEAR_HASH: Application = Application {
    name: "ClearHash",
    synopsis: "Clear the keys from a specified hashname.",
    arguments: "hashname",
    options: &[],
    start: |switch, id, call| {
        let mut scope = ChannelScope::new(switch, id);
        for variable in dialplan::functions::hash_variables(&mut scope, call.data.trim()) {
            switch.forget_variable(id, &variable);
        }
        Step::Done
    },
};

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    assign(switch, id, &call.data);
    Step::Done
}

fn assign(switch: &mut Switch, id: ChannelId, text: &str) {
    let mut scope = ChannelScope::new(switch, id);
    let Some((name, value)) = text.split_once('=') else {
        return scope.warn(format_args!("Set: there is no '=' in '{text}'"));
    };
    let name = name.trim();
    if let Err(error) = scope.assign(name, value) {
        scope.warn(format_args!("Set: {name} is not set: {error}"));
    }
}
