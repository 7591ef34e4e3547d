//! What SIP would know of a phone's calls.

use model::{Dialog, SoundAddresses};
use std::sync::Arc;

/// A call with this phone.
pub(crate) fn dialog(name: &str) -> Arc<Dialog> {
    Arc::new(Dialog {
        local_uri: "sip:600@192.0.2.9".into(),
        remote_uri: format!("sip:{name}@192.0.2.9").into(),
        local_tag: "ours".into(),
        remote_tag: "theirs".into(),
        target_uri: format!("sip:{name}@192.0.2.1").into(),
        request_uri: "sip:600@192.0.2.9".into(),
        local_address: ([192, 0, 2, 9], 5060).into(),
        remote_address: ([192, 0, 2, 1], 5060).into(),
        aor: Arc::default(),
        contact: Arc::default(),
    })
}

/// Where its sound goes.
pub(crate) fn addresses() -> SoundAddresses {
    SoundAddresses {
        local: ([192, 0, 2, 9], 10_000).into(),
        remote: ([192, 0, 2, 1], 4000).into(),
    }
}
