//! Random: jumps sometimes.

use super::goto::jump;
use super::{Application, Step};

pub(super) const RANDOM: Application = Application {
    name: "Random",
    synopsis: "Conditionally branches, based upon a probability.",
    arguments: "[probability]:[[context,]extension,]priority",
    options: &[],
    start: |switch, id, call| {
        let Some((probability, label)) = call.data.split_once(':') else {
            tracing::warn!(data = call.data, "Random: there is no ':' in it");
            return Step::Done;
        };
        let Ok(percent) = probability.trim().parse::<u32>() else {
            tracing::warn!(data = call.data, "Random: the probability is no number");
            return Step::Done;
        };
        if switch.random.u32(1..=100) <= percent {
            jump(switch, id, label)
        } else {
            Step::Done
        }
    },
};
