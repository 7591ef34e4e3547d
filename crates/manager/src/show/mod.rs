//! What the console shows of the manager (ami-server.md 11): actions and events from their
//! declarations, accounts and options as they are configured. Lines end in line feeds.

mod account;
mod action;
mod event;
mod rights;

pub use account::{settings, user, users};
pub use action::{command, commands};
pub use event::{event, events};
pub use rights::explanation;

/// A part of a longer description: its title in brackets, then its text.
fn section(title: &str, text: &str) -> String {
    format!("[{title}]\n{text}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_listed_in_two_columns_that_fit_a_screen() {
        let text = commands();
        let mut lines = text.lines();
        let widest = ami::action::Action::DECLARATIONS
            .iter()
            .map(|action| action.name.len())
            .max();
        let indent = widest.unwrap() + 4;
        let heading = lines.next().unwrap();
        assert!(
            heading.starts_with("  Action ") && heading[indent..].starts_with("Synopsis"),
            "{heading}"
        );
        assert!(lines.next().unwrap().starts_with("  ------ "));
        assert!(
            lines
                .clone()
                .any(|line| line.starts_with("  Ping ") && line.ends_with("Keepalive command."))
        );
        assert!(lines.all(|line| line.len() <= 80));
    }

    #[test]
    fn an_action_is_described_by_its_declaration() {
        let text = command("hangup").unwrap();
        for part in [
            "[Synopsis]\nHangup channel.\n\n",
            "[Description]\nEnds calls.\n\n",
            "[Syntax]\nAction: Hangup\n[ActionID:] <value>\nChannel: <value>\n[Cause:] <value>\n\n",
            "[Privilege]\nsystem,call,all\n\n",
            "[List Responses]\nEnds with ChannelsHungupListComplete.\n",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert_eq!(command("nonsense"), None);
    }

    #[test]
    fn events_are_listed_and_described() {
        let text = events();
        assert!(
            text.split_whitespace().any(|word| word == "Hangup"),
            "{text}"
        );
        assert!(text.ends_with(" events registered.\n"));
        let hangup = event("hangup").unwrap();
        assert!(
            hangup.contains("[Syntax]\nEvent: Hangup\nPrivilege: call,all\nChannel: <value>\n"),
            "{hangup}"
        );
        assert_eq!(event("nonsense"), None);
    }
}
