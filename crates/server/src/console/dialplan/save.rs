//! `dialplan save`: the dialplan in use becomes what is written.

use super::{Outcome, ask, unavailable};
use crate::node::Node;
use manager::{Answer, FileFault, FileRequest};
use model::{DialplanCommand, DialplanReply};
use std::path::Path;
use std::sync::Arc;

/// The file it is read from.
const FILE: &str = "extensions.conf";

pub(super) async fn save(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let name = match arguments {
        [] => FILE,
        [name] => name,
        _ => return Outcome::Usage,
    };
    if !is_dialplans(name) {
        return Outcome::Failed(format!(
            "Failed to save the dialplan into '{name}': it must be named extensions….conf\n"
        ));
    }
    let text = match ask(node, DialplanCommand::Print).await {
        Some(DialplanReply::Text(text)) => text,
        Some(DialplanReply::Protected) => {
            return Outcome::Failed(format!(
                "I can't save dialplan now, see '{FILE}' example file.\n\
                 It needs static = yes and writeprotect = no in [general].\n"
            ));
        }
        Some(DialplanReply::Invalid(why)) => {
            return Outcome::Failed(format!("The dialplan cannot be saved: {why}\n"));
        }
        Some(_) | None => return unavailable(),
    };
    let request = FileRequest::Save {
        name: name.to_owned(),
        text: text.to_string(),
    };
    let Answer::Files(saved) = node.answer_files(request).await else {
        return unavailable();
    };
    match saved {
        Ok(_) => Outcome::Output(format!("Dialplan successfully saved into '{name}'\n")),
        Err(fault) => {
            let why = match fault {
                FileFault::Restricted => "it is outside of the configuration folder",
                FileFault::Name => "its name is no file's",
                FileFault::Missing => "its folder is not there",
                FileFault::Invalid | FileFault::System(_) | FileFault::Refused(_) => {
                    "it cannot be written"
                }
            };
            Outcome::Failed(format!(
                "Failed to save the dialplan into '{name}': {why}\n"
            ))
        }
    }
}

/// Whether a file of this name may hold a dialplan: no other part's file is overwritten.
fn is_dialplans(name: &str) -> bool {
    let file = Path::new(name).file_name().unwrap_or_default();
    let file = file.to_string_lossy();
    file.starts_with("extensions") && file.ends_with(".conf")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_dialplans_are_written() {
        assert!(is_dialplans(FILE) && is_dialplans("/etc/asterisk/extensions_saved.conf"));
        assert!(!is_dialplans("manager.conf"));
        assert!(!is_dialplans("extensions") && !is_dialplans(""));
    }
}
