//! The stream as Server-Sent Events, and snapshots.

use crate::client::Client;
use crate::house::{House, MANAGER, Served};
use model::DeviceState;
use serde_json::{Value, json};

/// A message of the stream.
#[derive(Debug, Default, PartialEq)]
struct Told {
    name: String,
    id: String,
    data: Value,
}

struct Stream {
    client: Client,
}

impl Stream {
    async fn open(served: &Served, target: &str, header: &str) -> Self {
        let mut client = Client::connect(served.address(false)).await;
        let head = format!(
            "GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46YWRtaW4tc2VjcmV0\r\n{header}\r\n"
        );
        client.write(head.as_bytes()).await;
        let response = client.head().await;
        assert_eq!(response.status, 200);
        assert_eq!(response.header("Content-Type"), Some("text/event-stream"));
        Self { client }
    }

    /// The next message; security events left out, which tell of this very login.
    async fn next(&mut self) -> Told {
        loop {
            let mut told = Told::default();
            loop {
                // Lines of chunks are between those of messages.
                let line = self.client.line().await.unwrap();
                match line.split_once(": ") {
                    Some(("id", id)) => told.id = id.to_owned(),
                    Some(("event", name)) => told.name = name.to_owned(),
                    Some(("data", data)) => {
                        told.data = serde_json::from_str(data).unwrap();
                        break;
                    }
                    _ => {}
                }
            }
            if told.data["Event"] != "SuccessfulAuth" {
                return told;
            }
        }
    }
}

#[tokio::test]
async fn events_are_told_as_they_happen_and_again_from_where_one_was() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut stream = Stream::open(&served, "/events", "").await;
    assert_eq!(stream.next().await.name, "mark");
    house.knock("One");
    house.knock("Two");
    let one = stream.next().await;
    assert_eq!(
        one.data,
        json!({"Event": "UserEvent", "Privilege": "user,all", "UserEvent": "One", "Colour": "red"})
    );
    assert_eq!(
        (
            one.name.as_str(),
            stream.next().await.data["UserEvent"].as_str()
        ),
        ("", Some("Two"))
    );
    drop(stream);
    house.knock("Three");
    let resumed = format!("Last-Event-ID: {}\r\n", one.id);
    let mut stream = Stream::open(&served, "/events", &resumed).await;
    for name in ["Two", "Three"] {
        assert_eq!(stream.next().await.data["UserEvent"], name);
    }
    let mut stream = Stream::open(&served, &format!("/events?after={}", one.id), "").await;
    assert_eq!(stream.next().await.data["UserEvent"], "Two");
}

#[tokio::test]
async fn what_cannot_be_told_again_is_told_of() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut stream = Stream::open(&served, "/events", "").await;
    let first = stream.next().await;
    house.device("PJSIP/alice", DeviceState::Ringing);
    for _ in 0..8 {
        house.knock("Lost");
    }
    house.forget(9);
    let resumed = format!("Last-Event-ID: {}\r\n", first.id);
    let mut late = Stream::open(&served, "/events", &resumed).await;
    let gap = late.next().await;
    assert_eq!(gap.name, "gap");
    assert!(gap.data["missed"].as_u64() > Some(0));
    let mut with_state = Stream::open(&served, "/events?snapshot=yes", &resumed).await;
    assert_eq!(with_state.next().await.name, "gap");
    let snapshot = with_state.next().await;
    assert_eq!(snapshot.name, "snapshot");
    assert_eq!(snapshot.data[0]["State"], "RINGING");
    // The mark of another run of the node.
    let mut stranger = Stream::open(&served, "/events", "Last-Event-ID: 17-4\r\n").await;
    assert_eq!(stranger.next().await.data, json!({"missed": null}));
}

#[tokio::test]
async fn a_snapshot_and_what_follows_are_without_gap_and_without_repeat() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    house.device("PJSIP/alice", DeviceState::NotInUse);
    house.device("PJSIP/bob", DeviceState::Unavailable);
    let mut stream = Stream::open(&served, "/events?snapshot=yes", "").await;
    let snapshot = stream.next().await;
    assert_eq!(snapshot.name, "snapshot");
    let devices: Vec<_> = snapshot
        .data
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["Device"].as_str().unwrap())
        .collect();
    assert_eq!(devices, ["PJSIP/alice", "PJSIP/bob"]);
    house.device("PJSIP/alice", DeviceState::InUse);
    assert_eq!(stream.next().await.data["State"], "INUSE");
    let mut client = Client::connect(served.address(false)).await;
    let whole = client
        .get_with("/snapshot", "Authorization: Basic YWRtaW46YWRtaW4tc2VjcmV0")
        .await;
    let whole: Value = serde_json::from_str(&whole.body).unwrap();
    assert_eq!(whole["events"][0]["State"], "INUSE");
    assert!(whole["at"].as_str().unwrap().contains('/'));
}

#[tokio::test]
async fn rights_masks_and_filters_hold_here_too() {
    let house =
        House::new(&MANAGER.replace("eventfilter = Event: UserEvent", "eventfilter = !bob"));
    let served = house.serve("");
    house.device("PJSIP/alice", DeviceState::NotInUse);
    house.device("PJSIP/bob", DeviceState::NotInUse);
    let mut client = Client::connect(served.address(false)).await;
    let target = "/snapshot";
    let quiet = client
        .get_with(target, "Authorization: Basic cXVpZXQ6cXVpZXQtc2VjcmV0")
        .await;
    assert!(quiet.body.ends_with("\"events\":[]}"), "{}", quiet.body);
    // onlyuser:onlyuser-secret
    let filtered = client
        .get_with(
            target,
            "Authorization: Basic b25seXVzZXI6b25seXVzZXItc2VjcmV0",
        )
        .await;
    assert!(
        filtered.body.contains("alice") && !filtered.body.contains("bob"),
        "{}",
        filtered.body
    );
    let mut stream = Stream::open(&served, "/events?events=user", "").await;
    assert_eq!(stream.next().await.name, "mark");
    // The mask holds from when it was set; that it is, shows in what is told.
    house.device("PJSIP/alice", DeviceState::InUse);
    house.knock("Only");
    assert_eq!(stream.next().await.data["UserEvent"], "Only");
}

#[tokio::test]
async fn a_stream_ends_with_the_session_it_belongs_to() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    // An account that may have one session: the stream is part of it.
    let login = client
        .get("/rawman?action=login&username=single&secret=single-secret")
        .await;
    assert!(login.body.contains("accepted"));
    let cookie = client.cookie.clone().unwrap();
    let mut stream = Client::connect(served.address(false)).await;
    stream
        .write(format!("GET /events HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n").as_bytes())
        .await;
    assert_eq!(stream.head().await.status, 200);
    client.get("/rawman?action=logoff").await;
    loop {
        let line = stream.line().await.unwrap();
        if line == "event: end" {
            break;
        }
    }
    assert_eq!(
        stream.line().await.unwrap(),
        "data: {\"reason\":\"logged off\"}"
    );
}
