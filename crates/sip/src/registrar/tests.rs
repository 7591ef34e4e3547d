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
        sequence: Some(sequence),
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

/// What the database would hold after these changes.
fn keep(database: &mut BTreeMap<Arc<str>, Arc<str>>, registrar: &Registrar) {
    for (path, value) in registrar.take_unkept() {
        match value {
            Some(value) => database.insert(path, value),
            None => database.remove(&path),
        };
    }
}

#[test]
fn what_registered_is_kept_and_forgotten_when_it_goes() {
    let (registrar, settings) = (
        Registrar::default(),
        settings("max_contacts=2\ncontact=sip:c"),
    );
    let (aor, mut database) = (&settings.aors["a"], BTreeMap::new());
    let now = steady::now();
    let register = |uri: &str, sequence, seconds| {
        let wishes = [wish(uri, seconds)];
        let done = registrar.register(aor, &wisher("1", sequence), &wishes, now);
        done.unwrap();
    };
    registrar.configure(&settings);
    assert_eq!(registrar.take_unkept(), []);
    register("sip:x", 1, 60);
    register("sip:y", 2, 90);
    keep(&mut database, &registrar);
    let path = |uri: &str| format!("/registrar/contact/a;@{}", hash(uri));
    let ends = now.as_second() + 60;
    assert_eq!(
        *database[&*path("sip:x")],
        format!(
            "{{\"via_addr\":\"h\",\"qualify_timeout\":\"3.000000\",\"call_id\":\"1\",\"reg_server\":\"\",\
             \"prune_on_boot\":\"no\",\"path\":\"\",\"endpoint\":\"a\",\"via_port\":\"1\",\
             \"authenticate_qualify\":\"no\",\"uri\":\"sip:x\",\"qualify_frequency\":\"0\",\
             \"user_agent\":\"phone\",\"expiration_time\":\"{ends}\",\"outbound_proxy\":\"\"}}"
        )
    );
    register("sip:x", 3, 0);
    keep(&mut database, &registrar);
    assert_eq!(
        database.keys().map(|path| &**path).collect::<Vec<_>>(),
        [path("sip:y")]
    );
    registrar.expire(Timestamp::MAX);
    keep(&mut database, &registrar);
    assert!(database.is_empty());
}

#[test]
fn what_was_kept_is_taken_over_if_it_still_counts() {
    let (before, settings) = (Registrar::default(), settings("max_contacts=9"));
    let (aor, mut database) = (&settings.aors["a"], BTreeMap::new());
    let now = steady::now();
    let wishes = [wish("sip:x", 600), wish("sip:late", 100)];
    before.register(aor, &wisher("1", 1), &wishes, now).unwrap();
    keep(&mut database, &before);
    let x = database
        .values()
        .find(|text| text.contains("sip:x"))
        .cloned();
    let x = x.unwrap();
    let altered = |from: &str, to: &str| x.replace(from, to);
    let contact = |uri: &str| Arc::from(format!("/registrar/contact/a;@{}", hash(uri)));
    database.insert(
        contact("sip:t"),
        altered("boot\":\"no", "boot\":\"yes")
            .replace("sip:x", "sip:t")
            .into(),
    );
    database.insert(
        contact("sip:b"),
        altered("endpoint\":\"a", "endpoint\":\"b")
            .replace("sip:x", "sip:b")
            .into(),
    );
    database.insert(contact("sip:n"), "no JSON".into());
    database.insert(contact("sip:other"), x.clone());

    let after = Registrar::default();
    after.configure(&settings);
    let kept: Vec<_> = database.clone().into_iter().collect();
    let start = at(1_000);
    let later = now.saturating_add(Duration::from_secs(200)).unwrap();
    let facts = after.restore(&settings, &kept, later, start);
    assert_eq!(told(&facts), [("sip:x", "NonQualified", 1)]);
    let ends = after.next_expiry().unwrap().duration_since(start).as_secs();
    assert!((398..=400).contains(&ends), "{ends}");
    keep(&mut database, &after);
    assert_eq!(database.into_values().collect::<Vec<_>>(), [x]);
    // The phone is as it was, and its numbers may have begun anew.
    let facts = after
        .register(aor, &wisher("1", 1), &wishes[..1], start)
        .unwrap();
    assert_eq!(told(&facts), [("sip:x", "Updated", 1)]);
}
