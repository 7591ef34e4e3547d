//! Call records and the channel event log, as they are told.

use crate::actions::channel;
use crate::client::{Client, crlf, rendered};
use model::{AmaFlags, ChannelEvent, ChannelEventKind, Event};

fn logged(kind: ChannelEventKind, user_defined: &str, shown: bool) -> String {
    let entry = ChannelEvent {
        kind,
        user_defined: user_defined.into(),
        channel: channel("PJSIP/alice-00000000"),
        time: "1.500000".into(),
        ani: "101".into(),
        rdnis: "".into(),
        ama_flags: AmaFlags::Billing,
        peer_account: "bobs".into(),
        user_field: "mine".into(),
        peer: "PJSIP/bob-00000001".into(),
        extra: "{}".into(),
    };
    let entry = entry.into();
    Client::of("calls").hear(&[rendered(1, Event::Cel { entry, shown })])
}

#[test]
fn an_entry_of_the_log_is_told_to_who_hears_calls() {
    let told = logged(ChannelEventKind::BridgeEnter, "", false);
    let (beginning, end) = told.split_once("CallerIDani").unwrap();
    assert!(beginning.starts_with(&crlf(
        "Event: CEL\nPrivilege: call,all\nEventName: BRIDGE_ENTER\nAccountCode: "
    )));
    let wanted = "Channel: PJSIP/alice-00000000\nApplication: Wait\nAppData: 20\n\
                  EventTime: 1.500000\nAMAFlags: BILLING\nUniqueID: 1.0\nLinkedID: 1.0\n\
                  Userfield: mine\nPeer: PJSIP/bob-00000001\nPeerAccount: bobs\nExtra: {}\n\n";
    assert!(end.starts_with(": 101\r\n"), "{end}");
    assert!(end.ends_with(&crlf(wanted)), "{end}");
}

#[test]
fn what_the_dialplan_enters_is_told_by_its_name_or_as_such() {
    let own = ChannelEventKind::UserDefined;
    let told = logged(own, "mine", false);
    assert!(told.contains("EventName: mine\r\n"), "{told}");
    assert!(!told.contains("UserDefType"), "{told}");
    let told = logged(own, "mine", true);
    assert!(told.contains("EventName: USER_DEFINED\r\n"), "{told}");
    assert!(
        told.contains("UserDefType: mine\r\nExtra: {}\r\n"),
        "{told}"
    );
}
