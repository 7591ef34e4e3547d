//! Actions that make or change calls are told to who traces calls.

use crate::client::{Client, node};
use manager::{Log, Node, Request, Traced};
use model::{Command, Refusal, Reply};

const ACCOUNTS: &str = "[a]\nsecret = a-secret\nread = all\nwrite = all\n";
const ORIGINATE: &str = "Action: Originate\nChannel: PJSIP/1\nContext: a\nExten: 1\nPriority: 1\n\
                         Variable: PASS=b-secret\nAsync: true\nActionID: 7\n\n";

fn client(traces: bool) -> Client {
    let mut client = Client::connect(Node {
        traces,
        ..node(ACCOUNTS, "", "")
    });
    client.login("a");
    client
}

fn told(client: &Client) -> Vec<&Traced> {
    let traced = client.logs.iter().filter_map(|log| match log {
        Log::Traced(traced) => Some(traced),
        Log::Warning(_) | Log::Notice(_) | Log::Verbose(_) | Log::Audit(_) => None,
    });
    traced.collect()
}

#[test]
fn a_call_has_the_trace_of_its_action() {
    let mut client = client(true);
    client.ask_switch(ORIGINATE, Reply::Done);
    let Request::Switch(Command::Originate(order)) = &client.requests[0] else {
        panic!("{:?}", client.requests);
    };
    let [
        Traced::Accepted(action),
        Traced::Answered {
            trace,
            failed,
            answer,
            ..
        },
    ] = told(&client)[..]
    else {
        panic!("{:?}", told(&client));
    };
    assert_eq!((order.trace, action.trace), (Some(*trace), *trace));
    assert_eq!(
        (action.name, &*action.id, &*action.account),
        ("Originate", "7", "a")
    );
    assert_eq!(
        (*failed, &**answer),
        (false, "Success: Originate successfully queued")
    );
    assert!(!format!("{action:?}").contains("b-secret"));
}

#[test]
fn an_action_that_changes_a_call_names_it_and_one_that_asks_is_not_told() {
    let mut client = client(true);
    let redirect = "Action: Redirect\nChannel: PJSIP/1-1\nExten: 1\nContext: a\nPriority: 1\n\n";
    client.ask_switch(redirect, Reply::Refused(Refusal::NoSuchChannel));
    client.requests.clear();
    client.ask_switch(
        "Action: CoreShowChannels\n\n",
        Reply::Channels(model::ChannelList::default()),
    );
    let [
        Traced::Accepted(action),
        Traced::Answered { failed: true, .. },
    ] = told(&client)[..]
    else {
        panic!("{:?}", told(&client));
    };
    assert_eq!(action.about, ["PJSIP/1-1".into()]);
}

#[test]
fn where_nobody_traces_nothing_is_told() {
    let mut client = client(false);
    client.ask_switch(ORIGINATE, Reply::Done);
    assert!(told(&client).is_empty());
    assert!(
        matches!(&client.requests[0], Request::Switch(Command::Originate(order)) if order.trace.is_none())
    );
}
