//! Mailboxes on disk, in the reference server's layout, so that an existing spool is read:
//! `voicemail/CONTEXT/NUMBER/FOLDER/msgNNNN.txt`, with the sound beside it.

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use model::MessageCounts;
use std::io;
use std::path::Path;

/// Where messages are that were not listened to.
const INBOX: &str = "INBOX";
/// Likewise, if they are urgent.
const URGENT: &str = "Urgent";
/// Where they are once they were listened to.
const OLD: &str = "Old";

/// Whether a text can be the name of a mailbox or of its context: of one folder, that is.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |letter: char| !letter.is_control() && !matches!(letter, '/' | '\\' | '@' | ',');
    !text.is_empty() && text.len() <= 80 && !text.starts_with('.') && text.chars().all(plain)
}

/// How many messages wait in a mailbox: none if there is no such.
///
/// # Errors
/// When the folders are there and cannot be read.
pub(super) fn counts(spool: &Path, context: &str, mailbox: &str) -> io::Result<MessageCounts> {
    if !is_name(context) || !is_name(mailbox) {
        return Ok(MessageCounts::default());
    }
    let Some(folders) = open(spool, &["voicemail", context, mailbox])? else {
        return Ok(MessageCounts::default());
    };
    Ok(MessageCounts {
        urgent: messages(&folders, URGENT)?,
        new: messages(&folders, INBOX)?,
        old: messages(&folders, OLD)?,
    })
}

/// A folder within the spool, whatever links say.
fn open(spool: &Path, names: &[&str]) -> io::Result<Option<Dir>> {
    let mut dir = match Dir::open_ambient_dir(spool, ambient_authority()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        dir => dir?,
    };
    for name in names {
        dir = match dir.open_dir(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            dir => dir?,
        };
    }
    Ok(Some(dir))
}

/// How many messages are in a folder.
fn messages(folders: &Dir, name: &str) -> io::Result<u32> {
    let entries = match folders.read_dir(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut count = 0;
    for entry in entries {
        if is_message(&entry?.file_name().to_string_lossy()) {
            count += 1;
        }
    }
    Ok(count)
}

/// `msgNNNN.txt` describes one.
fn is_message(name: &str) -> bool {
    let number = name
        .strip_prefix("msg")
        .and_then(|rest| rest.strip_suffix(".txt"));
    number
        .is_some_and(|number| number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn messages_are_counted_by_their_folders() {
        let spool = tempfile::tempdir().unwrap();
        let mailbox = spool.path().join("voicemail/default/100");
        for name in [
            "INBOX/msg0000.txt",
            "INBOX/msg0000.wav",
            "INBOX/msg0001.txt",
            "Old/msg0000.txt",
            "Urgent/msg0000.txt",
        ] {
            let path = mailbox.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        fs::write(mailbox.join("INBOX/.lock"), "").unwrap();
        fs::write(mailbox.join("INBOX/msg000x.txt"), "").unwrap();
        let counts = |mailbox| super::counts(spool.path(), "default", mailbox).unwrap();
        assert_eq!(
            counts("100"),
            MessageCounts {
                urgent: 1,
                new: 2,
                old: 1
            }
        );
        assert_eq!(counts("101"), MessageCounts::default());
        let nowhere = super::counts(Path::new("/nonexistent"), "default", "100").unwrap();
        assert_eq!(nowhere, MessageCounts::default());
    }

    #[test]
    fn nothing_outside_the_spool_is_looked_into() {
        let outer = tempfile::tempdir().unwrap();
        let spool = outer.path().join("spool");
        fs::create_dir_all(outer.path().join("100/INBOX")).unwrap();
        fs::write(outer.path().join("100/INBOX/msg0000.txt"), "").unwrap();
        fs::create_dir_all(spool.join("voicemail/default")).unwrap();
        std::os::unix::fs::symlink(
            outer.path().join("100"),
            spool.join("voicemail/default/100"),
        )
        .unwrap();
        std::os::unix::fs::symlink(outer.path(), spool.join("voicemail/link")).unwrap();
        for (context, mailbox) in [
            ("default", "100"),
            ("link", "100"),
            ("default", "../../../100"),
            ("..", "100"),
            ("default", ""),
            ("default", "."),
        ] {
            let counted = counts(&spool, context, mailbox).unwrap_or_default();
            assert_eq!(counted, MessageCounts::default(), "{mailbox}@{context}");
        }
    }
}
