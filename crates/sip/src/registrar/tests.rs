//! Contacts come, are refreshed and go.

use super::*;

fn settings(text: &str) -> Settings {
    let text = format!("[a]\ntype=endpoint\naors=a\n[a]\ntype=aor\n{text}");
    let config = conf::load(&conf::Memory::default().with("p", text), "p").unwrap();
    Settings::read(&config, &mut Vec::new())
}

fn wisher(call_id: &str, sequence: u32) -> Wisher {
    Wisher {
        endpoint: "a".into(),
        user_agent: "phone".into(),
        call_id: call_id.into(),
        sequence,
        via_host: "h".into(),
        via_port: 1,
        path: "".into(),
        flow: None,
    }
}

fn wish(uri: &str, seconds: u64) -> Wish {
    Wish {
        uri: uri.into(),
        lifetime: Duration::from_secs(seconds),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// The states and counts of facts.
fn told(facts: &[ContactFact]) -> Vec<(&str, &str, usize)> {
    facts
        .iter()
        .map(|fact| (&*fact.uri, fact.state.text(), fact.usable))
        .collect()
}

#[test]
fn contacts_come_are_refreshed_and_go() {
    let (registrar, settings) = (Registrar::default(), settings("max_contacts=2"));
    let aor = &settings.aors["a"];
    assert_eq!(told(&registrar.configure(&settings)), []);
    let facts = registrar
        .register(aor, &wisher("1", 1), &[wish("sip:x", 60)], at(0))
        .unwrap();
    assert_eq!(told(&facts), [("sip:x", "NonQualified", 1)]);
    let facts = registrar
        .register(aor, &wisher("1", 2), &[wish("sip:x", 60)], at(30))
        .unwrap();
    assert_eq!(told(&facts), [("sip:x", "Updated", 1)]);
    assert_eq!(registrar.next_expiry(), Some(at(90)));
    assert_eq!(told(&registrar.expire(at(89))), []);
    assert_eq!(told(&registrar.expire(at(90))), [("sip:x", "Removed", 0)]);
    registrar
        .register(aor, &wisher("1", 3), &[wish("sip:x", 60)], at(100))
        .unwrap();
    let facts = registrar
        .register(aor, &wisher("1", 4), &[wish("sip:x", 0)], at(101))
        .unwrap();
    assert_eq!(told(&facts), [("sip:x", "Removed", 0)]);
    assert!(registrar.all().is_empty());
}

#[test]
fn the_id_of_a_contact_is_its_own() {
    let (registrar, settings) = (Registrar::default(), settings("max_contacts=2"));
    registrar
        .register(
            &settings.aors["a"],
            &wisher("1", 1),
            &[wish("sip:x", 60)],
            at(0),
        )
        .unwrap();
    assert_eq!(
        &*registrar.all()[0].contact.id,
        "a;@ae54bb32e2fb3bc6a80b69edee8d1c6e"
            .replace("ae54bb32e2fb3bc6a80b69edee8d1c6e", &hash("sip:x"))
    );
}

#[test]
fn there_are_no_more_than_may_be() {
    let (registrar, strict) = (Registrar::default(), settings("max_contacts=1"));
    let (one, two) = ([wish("sip:x", 60)], [wish("sip:y", 60)]);
    registrar
        .register(&strict.aors["a"], &wisher("1", 1), &one, at(0))
        .unwrap();
    assert_eq!(
        registrar.register(&strict.aors["a"], &wisher("2", 1), &two, at(1)),
        Err(Refusal::TooMany)
    );
    let loose = settings("max_contacts=1\nremove_existing=yes");
    let facts = registrar
        .register(&loose.aors["a"], &wisher("2", 1), &two, at(1))
        .unwrap();
    assert_eq!(
        told(&facts),
        [("sip:y", "NonQualified", 1), ("sip:x", "Removed", 1)]
    );
    let none = settings("");
    assert_eq!(
        registrar.register(&none.aors["a"], &wisher("3", 1), &one, at(1)),
        Err(Refusal::TooMany)
    );
}

#[test]
fn an_older_register_changes_nothing() {
    let (registrar, settings) = (Registrar::default(), settings("max_contacts=1"));
    let aor = &settings.aors["a"];
    registrar
        .register(aor, &wisher("1", 5), &[wish("sip:x", 60)], at(0))
        .unwrap();
    assert_eq!(
        registrar.register(aor, &wisher("1", 4), &[wish("sip:x", 0)], at(1)),
        Err(Refusal::OutOfOrder)
    );
    assert_eq!(registrar.bindings("a").len(), 1);
}

#[test]
fn configured_contacts_follow_the_configuration() {
    let registrar = Registrar::default();
    assert_eq!(
        told(&registrar.configure(&settings("contact=sip:x,sip:y"))),
        [("sip:x", "NonQualified", 2), ("sip:y", "NonQualified", 2)]
    );
    assert_eq!(
        told(&registrar.configure(&settings("contact=sip:y"))),
        [("sip:x", "Removed", 1)]
    );
    let id = registrar.all()[0].contact.id.clone();
    let fact = registrar.qualified("a", &id, None).unwrap();
    assert_eq!(told(&[fact]), [("sip:y", "Unreachable", 0)]);
    assert_eq!(registrar.qualified("a", &id, None), None);
    let fact = registrar
        .qualified("a", &id, Some(Duration::from_millis(2)))
        .unwrap();
    assert_eq!(told(&[fact]), [("sip:y", "Reachable", 1)]);
}
