//! Whom the server runs as: started by root, it may become somebody with fewer rights.

use nix::unistd::{Gid, Group, Uid, User, initgroups, setgid, setuid};
use std::ffi::CString;

/// Why it cannot be somebody else.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UserError {
    #[error("there is no user {0}")]
    NoUser(String),
    #[error("there is no group {0}")]
    NoGroup(String),
    #[error("running as {whom} is refused: {error}")]
    Refused { whom: String, error: nix::Error },
}

/// Becomes this user and group for good. To be called before any thread starts, since each thread
/// has an identity of its own. Nothing happens if we are who we shall be.
pub(crate) fn become_user(user: Option<&str>, group: Option<&str>) -> Result<(), UserError> {
    let user = user.map(find_user).transpose()?;
    let group = match group {
        Some(name) => Some(find_group(name)?),
        None => user.as_ref().map(|user| user.gid),
    };
    let refused = |whom: String| move |error| UserError::Refused { whom, error };
    if let Some(user) = &user
        && user.uid != Uid::effective()
    {
        let name =
            CString::new(user.name.as_str()).map_err(|_| UserError::NoUser(user.name.clone()))?;
        let group = group.unwrap_or(user.gid);
        initgroups(&name, group).map_err(refused(user.name.clone()))?;
    }
    if let Some(group) = group.filter(|group| *group != Gid::effective()) {
        setgid(group).map_err(refused(format!("group {group}")))?;
    }
    if let Some(user) = user.filter(|user| user.uid != Uid::effective()) {
        setuid(user.uid).map_err(refused(user.name))?;
    }
    Ok(())
}

fn find_user(name: &str) -> Result<User, UserError> {
    let found = User::from_name(name).ok().flatten();
    found.ok_or_else(|| UserError::NoUser(name.to_owned()))
}

fn find_group(name: &str) -> Result<Gid, UserError> {
    let found = Group::from_name(name).ok().flatten();
    found
        .map(|group| group.gid)
        .ok_or_else(|| UserError::NoGroup(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_exist_is_told() {
        let error = become_user(Some("no-such-user"), None).unwrap_err();
        assert_eq!(error.to_string(), "there is no user no-such-user");
        let error = become_user(None, Some("no-such-group")).unwrap_err();
        assert_eq!(error.to_string(), "there is no group no-such-group");
    }

    #[test]
    fn being_oneself_needs_no_right() {
        let me = User::from_uid(Uid::effective()).unwrap().unwrap();
        become_user(Some(&me.name), None).unwrap();
    }
}
