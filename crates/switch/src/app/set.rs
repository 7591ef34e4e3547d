//! Set: gives a variable or a function a value.

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

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    match call.data.split_once('=') {
        Some((name, value)) => {
            let name = name.trim();
            if let Err(error) = ChannelScope::new(switch, id).assign(name, value) {
                tracing::warn!(variable = name, %error, "Set: not set");
            }
        }
        None => tracing::warn!(data = call.data, "Set: there is no '=' in it"),
    }
    Step::Done
}
