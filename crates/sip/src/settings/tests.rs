//! What pjsip.conf says.

use super::identify::HeaderMatch;
use super::*;
use media::Format;

fn read(text: &str) -> (Settings, Vec<String>) {
    let config = conf::load(
        &conf::Memory::default().with("pjsip.conf", text),
        "pjsip.conf",
    )
    .unwrap();
    let mut diagnostics = Vec::new();
    let settings = Settings::read(&config, &mut diagnostics);
    (
        settings,
        diagnostics.iter().map(ToString::to_string).collect(),
    )
}

const PHONES: &str = "\
[global]
type = global
user_agent = lab
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:5070
[phone](!)
type = endpoint
context = phones
disallow = all
allow = ulaw,alaw
[aor](!)
type = aor
max_contacts = 2
remove_existing = yes
[alice](phone)
auth = alice
aors = alice
callerid = \"Alice\" <101>
set_var = A=1
[alice]
type = auth
auth_type = userpass
username = alice
password = secret
[alice](aor)
[carol](phone)
aors = carol
[carol](aor)
contact = sip:carol@127.0.0.1:7000
qualify_frequency = 30
[carol]
type = identify
endpoint = carol
match = 10.0.0.0/8, 127.0.0.9
match_header = X-Lab-Phone: carol
";

#[test]
fn objects_of_different_kinds_share_a_name() {
    let (settings, complaints) = read(PHONES);
    assert_eq!(complaints, [""; 0]);
    assert_eq!(settings.global.user_agent, "lab");
    assert_eq!(
        settings.listens(),
        [(model::Transport::Udp, "127.0.0.1:5070".parse().unwrap())]
    );
    let alice = &settings.endpoints["alice"];
    assert_eq!((&*alice.context, &*alice.language), ("phones", "en"));
    assert_eq!(alice.formats, [Format::Ulaw, Format::Alaw]);
    assert_eq!(alice.caller, Some(model::Party::parse("\"Alice\" <101>")));
    assert_eq!(alice.variables, [("A".into(), "1".into())]);
    assert_eq!(settings.auths["alice"].username, "alice");
    assert!(settings.auths["alice"].is_usable());
    assert_eq!(settings.aors["alice"].max_contacts, 2);
    assert_eq!(settings.endpoint_of("carol").unwrap().name, "carol".into());
    assert_eq!(
        settings.aors["carol"].contacts,
        ["sip:carol@127.0.0.1:7000".into()]
    );
    let identify = &settings.identifies[0];
    assert!(
        identify.matches("10.1.1.1".parse().unwrap())
            && identify.matches("127.0.0.9".parse().unwrap())
    );
    assert_eq!(
        identify.headers,
        [HeaderMatch {
            name: "X-Lab-Phone".into(),
            value: "carol".into()
        }]
    );
    assert_eq!(settings.endpoints().len(), 2);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let (settings, complaints) = read(
        "[a]\ncontext = x\n[b]\ntype = thing\n[c]\ntype = endpoint\naors = nowhere\nwebrtc = yes\nwherefore = 1\n\
         allow = opus\n[t]\ntype = transport\nprotocol = carrier-pigeon\n[u]\ntype = transport\n",
    );
    assert_eq!(
        complaints,
        [
            "pjsip.conf:1: [a] has no type and is ignored (add `type = endpoint` or what else it is)",
            "pjsip.conf:3: `type = thing` is no kind of object we have; [b] is ignored (write transport, endpoint, aor, auth, identify, registration, resource_list or global)",
            "pjsip.conf:8: `webrtc` is not built yet (it has no effect)",
            "pjsip.conf:9: unknown option `wherefore` (it has no effect; remove it)",
            "pjsip.conf:10: the format `opus` is not built yet (use ulaw or alaw)",
            "pjsip.conf:13: `protocol = carrier-pigeon` is not udp or tcp (the line is ignored until it is corrected)",
            "pjsip.conf:14: [u] has no `bind` and listens on 127.0.0.1 only (add `bind = 0.0.0.0` to be reached from elsewhere)",
            "pjsip.conf:5: `c` names the aor `nowhere`, which is not there (add a section [nowhere] with type = aor)",
        ]
    );
    assert_eq!(settings.listens().len(), 1);
}

#[test]
fn formats_are_allowed_in_order() {
    let formats = |text: &str| {
        read(&format!("[a]\ntype = endpoint\n{text}")).0.endpoints["a"]
            .formats
            .clone()
    };
    assert_eq!(formats(""), []);
    assert_eq!(
        formats("allow = alaw\nallow = ulaw\n"),
        [Format::Alaw, Format::Ulaw]
    );
    assert_eq!(formats("allow = all\ndisallow = ulaw\n"), [Format::Alaw]);
    assert_eq!(
        formats("allow = all\ndisallow = all\nallow = alaw\n"),
        [Format::Alaw]
    );
    assert_eq!(formats("allow = all\nallow = !all,ulaw\n"), [Format::Ulaw]);
}

#[test]
fn a_list_of_nothing_is_no_list() {
    let (settings, complaints) = read(
        "[a]\ntype = resource_list\nevent = weather\nlist_item = 1\n[b]\ntype = resource_list\nevent = presence\n\
         [c]\ntype = resource_list\nevent = dialog\nlist_item = 1,2\nlist_item = 3\n",
    );
    assert_eq!(
        complaints,
        [
            "pjsip.conf:1: [a] lists no event we have: `weather` (write `event = presence`, `dialog` or `message-summary`)",
            "pjsip.conf:5: [b] lists 0 resources and is ignored (give it 1 to 200 with `list_item`)",
        ]
    );
    let names: Vec<_> = settings.lists.keys().map(|name| &**name).collect();
    assert_eq!(names, ["c"]);
    assert_eq!(settings.lists["c"].items.len(), 3);
}
