//! Who did what, as it is told to the audit log.

use crate::client::{Client, node};
use manager::{Answer, Close, Input, Log};
use model::{Reply, Seq};

const ACCOUNTS: &str = "[general]\nauditlog = audit.jsonl\n[a]\nsecret = a-secret\nread = all\nwrite = all\n\
                        deny = Hangup\n";

fn entries(client: &Client) -> Vec<String> {
    let told = |log: &Log| {
        let Log::Audit(audit) = log else {
            return None;
        };
        let about: Vec<_> = audit
            .about
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let (account, action) = (&audit.account, &audit.action);
        Some(format!(
            "{account} {action} [{}] {}",
            about.join(" "),
            audit.outcome
        ))
    };
    client.logs.iter().filter_map(told).collect()
}

#[test]
fn logins_changes_refusals_and_ends_are_written_down_without_secrets() {
    let mut client = Client::connect(node(ACCOUNTS, "", ""));
    client.login("a");
    client.send("Action: Ping\n\n");
    let setvar =
        "Action: Setvar\nChannel: PJSIP/1-1\nVariable: PIN\nValue: 4711-secret\nActionID: 7\n\n";
    client.ask_switch(setvar, Reply::Done);
    client.requests.clear();
    let originate = "Action: Originate\nChannel: PJSIP/1\nContext: a\nExten: 1\nPriority: 1\n\
                     Variable: PASS=a-secret,X(a-secret)=2\nData: a-secret\n\n";
    client.ask_switch(originate, Reply::Done);
    client.requests.clear();
    client.send("Action: Command\nCommand: database put a b a-secret\n\n");
    client.handle(Input::Answer {
        at: Seq(0),
        answer: Answer::Unavailable,
    });
    client.send("Action: Hangup\nChannel: PJSIP/1-1\n\n");
    client.handle(Input::End(Close::Disconnected));
    assert_eq!(
        entries(&client),
        [
            "a Login [] Success",
            "a Setvar [Variable=PIN Channel=PJSIP/1-1] Success: Variable Set",
            "a Originate [Channel=PJSIP/1 Exten=1 Context=a Variable=PASS,X] \
             Success: Originate successfully queued",
            "a Command [Command=database put] Error: Asterisk is shutting down",
            "a Hangup [Channel=PJSIP/1-1] Permission denied",
            "a Logoff [] disconnected",
        ]
    );
    let all = format!("{:?}", client.logs);
    assert!(!all.contains("secret"), "{all}");
}

#[test]
fn refused_logins_are_written_down_with_their_reason() {
    let mut client = Client::connect(node(ACCOUNTS, "", ""));
    client.send("Action: Login\nUsername: a\nSecret: wrong\n\n");
    let mut other = Client::connect(node(ACCOUNTS, "", ""));
    other.send("Action: Login\nUsername: nobody\nSecret: wrong\n\n");
    assert_eq!(
        entries(&client),
        ["a Login [] refused: the secret was wrong"]
    );
    assert_eq!(
        entries(&other),
        ["nobody Login [] refused: there is no such account"]
    );
}

#[test]
fn without_an_audit_log_nothing_is_gathered() {
    let mut client = Client::of("admin");
    client.send("Action: UserEvent\nUserEvent: x\n\n");
    assert!(entries(&client).is_empty());
}
