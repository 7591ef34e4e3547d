//! Actions about configuration files, as clients see them: ami-server.md 10.27 to 10.32.

use crate::actions::action;
use crate::client::{ACCOUNTS, Client, crlf, node};
use conf::Memory;
use manager::{Answer, FileFault, FileReply, FileRequest, Request};
use std::sync::Arc;

const FILE: &str = "[general]\nenabled = yes\n[tpl](!)\nsecret = x\n[a](tpl)\nread = call\nb => \"q\\\"\n\
    [m]\n100 => 4321,Alice\n";

fn config() -> Answer {
    let source = Memory::default().with("f", FILE);
    Answer::Files(Ok(FileReply::Config(Arc::new(
        conf::load(&source, "f").unwrap(),
    ))))
}

fn fault(fault: FileFault) -> Answer {
    Answer::Files(Err(fault))
}

fn success(headers: &str) -> String {
    crlf(&format!("Response: Success\nActionID: 1\n{headers}\n"))
}

fn error(text: &str) -> String {
    crlf(&format!(
        "Response: Error\nActionID: 1\nMessage: {text}\n\n"
    ))
}

/// An account that may write `system` and not `config`.
fn operator() -> Client {
    let accounts = format!(
        "{ACCOUNTS}\n[operator]\nsecret = operator-secret\nread = all\nwrite = system,command\n"
    );
    let mut client = Client::connect(node(&accounts, "", ""));
    assert!(client.login("operator").contains("accepted"));
    client.requests.clear();
    client
}

#[test]
fn a_file_is_told_with_its_templates() {
    let told =
        Client::of("admin").ask(&action("GetConfig", "Filename: f\nCategory: A\n"), config());
    let lines = "Category-000000: a\nTemplates-000000: tpl\nLine-000000-000000: secret=x\n\
        Line-000000-000001: read=call\nLine-000000-000002: b=\"q\\\"\n";
    assert_eq!(told, success(lines));
    let told = Client::of("admin").ask(
        &action("GetConfig", "Filename: f\nFilter: TEMPLATES=restrict\n"),
        config(),
    );
    assert_eq!(
        told,
        success("Category-000000: tpl\nIsTemplate-000000: 1\nLine-000000-000000: secret=x\n")
    );
    let told = Client::of("admin").ask(
        &action("GetConfig", "Filename: f\nCategory: none\n"),
        config(),
    );
    assert_eq!(told, success("No categories found\n"));
    let told = Client::of("admin").ask(
        &action("GetConfigJSON", "Filename: f\nCategory: a\n"),
        config(),
    );
    let json = r#"JSON: {"a":{"templates":"tpl","secret":"x","read":"call","b":"\"q\\\""}}"#;
    assert_eq!(told, success(&format!("{json}\n")));
    let told = Client::of("admin").ask(
        &action("ListCategories", "Filename: f\nMatch: read=c\n"),
        config(),
    );
    assert_eq!(told, success("Category-000000: a\n"));
    let told = Client::of("admin").ask(
        &action("ListCategories", "Filename: f\nMatch: x=y\n"),
        config(),
    );
    assert_eq!(told, success("Error: no categories found\n"));
}

#[test]
fn secrets_are_shown_to_who_may_write_config() {
    let told = operator().ask(&action("GetConfig", "Filename: f\nCategory: a\n"), config());
    assert!(
        told.contains("secret=********\r\n") && told.contains("read=call\r\n"),
        "{told}"
    );
    let told = operator().ask(
        &action("GetConfigJSON", "Filename: f\nCategory: a\n"),
        config(),
    );
    assert!(told.contains(r#""secret":"********""#), "{told}");
    let told = operator().ask(
        &action("GetConfig", "Filename: voicemail.conf\nCategory: m\n"),
        config(),
    );
    assert!(told.contains("100=********,Alice\r\n"), "{told}");
    let denied = operator().send(&action("UpdateConfig", "SrcFilename: f\nDstFilename: f\n"));
    assert_eq!(denied, error("Permission denied"));
}

#[test]
fn what_a_file_does_not_say_is_told_in_the_words_of_the_action() {
    let told = |name: &str, answer| Client::of("admin").ask(&action(name, "Filename: f\n"), answer);
    let restricted = error("File requires escalated privileges");
    for name in ["GetConfig", "ListCategories"] {
        assert_eq!(
            told(name, fault(FileFault::Missing)),
            error("Config file not found")
        );
        assert_eq!(told(name, fault(FileFault::Restricted)), restricted);
        assert_eq!(
            told(name, fault(FileFault::Invalid)),
            error("Config file has invalid format")
        );
    }
    assert_eq!(told("GetConfigJSON", fault(FileFault::Missing)), restricted);
    let created = |answer| told("CreateConfig", answer);
    let text = "New configuration file created successfully";
    assert_eq!(
        created(Answer::Files(Ok(FileReply::Done))),
        success(&format!("Message: {text}\n"))
    );
    assert_eq!(
        created(fault(FileFault::System("File exists".into()))),
        error("File exists")
    );
    assert_eq!(created(fault(FileFault::Restricted)), restricted);
    assert_eq!(
        created(fault(FileFault::Name)),
        error("Filename is invalid")
    );
    for name in [
        "GetConfig",
        "GetConfigJSON",
        "ListCategories",
        "CreateConfig",
        "UpdateConfig",
    ] {
        assert_eq!(
            Client::of("admin").send(&action(name, "")),
            error("Filename not specified")
        );
    }
}

#[test]
fn a_change_is_asked_for_as_it_is_numbered() {
    let headers = "SrcFilename: a.conf\nDstFilename: b.conf\nReload: manager\nPreserveEffectiveContext: no\n\
        Action-000000: NewCat\nCat-000000: x\nOptions-000000: template\naction-000001: Append\nCat-000001: x\n\
        Var-000001: v\nValue-000001: >w\nMatch-000001: \nAction-000003: DelCat\nCat-000003: y\n";
    let mut client = Client::of("admin");
    let refused = fault(FileFault::Refused(conf::Refused::NoTemplate));
    assert_eq!(
        client.ask(&action("UpdateConfig", headers), refused),
        error("Template category not found")
    );
    let Request::Files(FileRequest::Update(update)) = &client.requests[0] else {
        panic!()
    };
    assert_eq!(
        (&*update.source, &*update.destination),
        ("a.conf", "b.conf")
    );
    assert_eq!(
        (update.preserve, update.reload.as_deref()),
        (false, Some("manager"))
    );
    // The list ends at the first number that is missing.
    assert_eq!(update.steps.len(), 2);
    assert_eq!(update.steps[0].options.as_deref(), Some("template"));
    assert_eq!(update.steps[1].value.as_deref(), Some(">w"));
    assert_eq!(update.steps[1].matching, None);

    for (header, expected) in [
        ("yes", Some("")),
        ("no", None),
        ("", None),
        ("res_pjsip", Some("res_pjsip")),
    ] {
        let mut client = Client::of("admin");
        let headers = format!("SrcFilename: a\nDstFilename: a\nReload: {header}\n");
        let told = client.ask(
            &action("UpdateConfig", &headers),
            Answer::Files(Ok(FileReply::Done)),
        );
        assert_eq!(told, success(""));
        let Request::Files(FileRequest::Update(update)) = &client.requests[0] else {
            panic!()
        };
        assert_eq!(
            (update.preserve, update.reload.as_deref()),
            (true, expected)
        );
    }
}
