//! Which commands make or change calls.

use crate::{Command, HangupTarget};
use std::sync::Arc;

impl Command {
    /// What the command is to change, as it names it: channels, or a bridge. `None` if it changes no
    /// call; nothing in it if it makes a call, or names none.
    pub fn changes(&self) -> Option<Vec<&Arc<str>>> {
        Some(match self {
            Self::Originate(_) => Vec::new(),
            Self::Hangup { target, .. } => match target {
                HangupTarget::Channel(channel) => vec![channel],
                HangupTarget::Matching(_) => Vec::new(),
            },
            Self::Redirect { first, second } => {
                let both = std::iter::once(first).chain(second);
                both.map(|one| &one.channel).collect()
            }
            Self::Bridge { first, second, .. } => vec![first, second],
            Self::Setvar { variable, .. } => vec![variable.channel.as_ref()?],
            Self::Advise {
                channel,
                advice: Some(_),
                ..
            } => channel.iter().collect(),
            Self::BridgeDestroy { bridge } => vec![bridge],
            Self::BlindTransfer { channel, .. }
            | Self::AttendedTransfer { channel, .. }
            | Self::CancelAttendedTransfer { channel }
            | Self::AbsoluteTimeout { channel, .. }
            | Self::BridgeKick { channel, .. }
            | Self::OptimizeAway { channel }
            | Self::SendText { channel, .. }
            | Self::PlayDigit { channel, .. }
            | Self::PlayMf { channel, .. }
            | Self::ControlPlayback { channel, .. }
            | Self::MuteAudio { channel, .. } => vec![channel],
            Self::Advise { advice: None, .. }
            | Self::Channels
            | Self::Snapshot
            | Self::Status { .. }
            | Self::Getvar(_)
            | Self::ExtensionState { .. }
            | Self::States(_)
            | Self::Bridges { .. }
            | Self::BridgeInfo { .. }
            | Self::BridgeTechnologies
            | Self::SuspendTechnology { .. }
            | Self::ChannelMap { .. }
            | Self::CallRecords { .. }
            | Self::Groups
            | Self::Counts
            | Self::Database(_)
            | Self::Dialplan(_)
            | Self::FindExtension(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VariableRequest;

    #[test]
    fn who_changes_a_call_names_it() {
        let setvar = |channel: Option<&str>| Command::Setvar {
            variable: VariableRequest {
                channel: channel.map(Arc::from),
                name: "X".into(),
            },
            value: "1".into(),
        };
        assert_eq!(setvar(Some("1.1")).changes(), Some(vec![&"1.1".into()]));
        assert_eq!(setvar(None).changes(), None);
        assert_eq!(Command::Channels.changes(), None);
        let target = HangupTarget::Matching("^PJSIP".into());
        let all = Command::Hangup {
            target,
            cause: None,
        };
        assert_eq!(all.changes(), Some(Vec::new()));
    }
}
