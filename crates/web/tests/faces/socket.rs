//! The stream as a WebSocket, with actions.

use crate::house::{House, MANAGER, Served};
use futures_util::{SinkExt as _, StreamExt as _};
use model::DeviceState;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest as _};
use tokio_tungstenite::{WebSocketStream, client_async};

struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    async fn open(
        served: &Served,
        query: &str,
        headers: &[(&'static str, &'static str)],
    ) -> Result<Self, tungstenite::Error> {
        let address = served.address(false);
        let mut request = format!("ws://{address}/ws{query}").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(address).await.unwrap();
        client_async(request, stream)
            .await
            .map(|(socket, _)| Self(socket))
    }

    async fn say(&mut self, value: Value) {
        self.0.send(Message::text(value.to_string())).await.unwrap();
    }

    async fn next(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.0.next().await.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// The next message of this type.
    async fn await_type(&mut self, kind: &str) -> Value {
        loop {
            let value = self.next().await;
            if value["type"] == kind {
                return value;
            }
        }
    }
}

const ADMIN: &[(&str, &str)] = &[("Authorization", "Basic YWRtaW46YWRtaW4tc2VjcmV0")];

#[tokio::test]
async fn actions_go_in_and_answers_and_events_come_out() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut socket = Socket::open(&served, "", &[]).await.unwrap();
    socket.say(json!({"Action": "Ping"})).await;
    assert_eq!(
        socket.next().await["response"]["Message"],
        "Permission denied"
    );
    let login =
        json!({"Action": "Login", "Username": "admin", "Secret": "admin-secret", "ActionID": "in"});
    socket.say(login).await;
    let answer = socket.await_type("response").await;
    assert_eq!(answer["response"]["ActionID"], "in");
    assert_eq!(answer["events"][0]["Event"], "FullyBooted");
    socket.await_type("mark").await;
    socket.say(json!([{"Action": "Ping", "ActionID": 1}, {"Action": "CoreShowChannels", "ActionID": 2}])).await;
    assert_eq!(
        socket.await_type("response").await["response"]["ActionID"],
        "1"
    );
    let list = socket.await_type("response").await;
    assert_eq!(list["events"][0]["ListItems"], 0);
    house.knock("Knock");
    loop {
        let told = socket.await_type("events").await;
        if told["events"]
            .as_array()
            .unwrap()
            .iter()
            .any(|event| event["UserEvent"] == "Knock")
        {
            break;
        }
    }
    socket.say(json!({"Action": "Logoff"})).await;
    assert_eq!(
        socket.await_type("response").await["response"]["Response"],
        "Goodbye"
    );
    assert_eq!(socket.await_type("end").await["reason"], "logged off");
}

#[tokio::test]
async fn what_is_no_action_is_answered_and_harms_nothing() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut socket = Socket::open(&served, "", ADMIN).await.unwrap();
    for bad in ["", "{", "[1]", "{\"a\":{}}", "null"] {
        socket.0.send(Message::text(bad)).await.unwrap();
        assert_eq!(
            socket.await_type("response").await["response"]["Response"],
            "Error",
            "{bad}"
        );
    }
    socket.0.send(Message::binary(vec![0; 4])).await.unwrap();
    assert_eq!(
        socket.await_type("response").await["response"]["Message"],
        "Text only"
    );
    socket.say(json!({"Action": "Ping"})).await;
    assert_eq!(
        socket.await_type("response").await["response"]["Ping"],
        "Pong"
    );
    let many = json!(vec![json!({"Action": "Ping"}); 257]);
    socket.say(many).await;
    assert_eq!(
        socket.await_type("response").await["response"]["Message"],
        "Too many actions at a time"
    );
    socket
        .say(json!(vec![json!({"Action": "Ping"}); 256]))
        .await;
    for _ in 0..256 {
        let answer = socket.await_type("response").await;
        assert_eq!(answer["response"]["Ping"], "Pong");
    }
    let huge = "x".repeat(200_000);
    let _ = socket.0.send(Message::text(huge)).await;
    // It is closed; the bytes it did not read may have broken it off.
    while let Some(Ok(_)) = socket.0.next().await {}
}

#[tokio::test]
async fn pages_of_others_and_no_handshakes_are_refused() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let evil = Socket::open(&served, "", &[("Origin", "https://evil.example")]).await;
    assert!(matches!(evil, Err(tungstenite::Error::Http(answer)) if answer.status() == 403));
    let wrong = Socket::open(&served, "", &[("Authorization", "Bearer swt_none")]).await;
    assert!(matches!(wrong, Err(tungstenite::Error::Http(answer)) if answer.status() == 401));
    let mut client = crate::client::Client::connect(served.address(false)).await;
    assert_eq!(client.get("/ws").await.status, 400);
}

/// Applies what a reader is told to what it knows, and gives where it is.
fn apply(state: &mut BTreeMap<String, String>, told: &Value) -> Option<String> {
    if told["type"] == "snapshot" {
        state.clear();
    }
    for event in told["events"].as_array().into_iter().flatten() {
        if event["Event"] == "DeviceStateChange" {
            let text = |name: &str| event[name].as_str().unwrap().to_owned();
            state.insert(text("Device"), text("State"));
        }
    }
    told["at"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn who_was_cut_off_ends_with_the_state_of_who_stayed() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    house.device("PJSIP/alice", DeviceState::NotInUse);
    let mut stayed = Socket::open(&served, "?snapshot=yes", ADMIN).await.unwrap();
    let mut cut = Socket::open(&served, "?snapshot=yes", ADMIN).await.unwrap();
    let (mut whole, mut mine) = (BTreeMap::new(), BTreeMap::new());
    apply(&mut whole, &stayed.await_type("snapshot").await);
    let mut at = apply(&mut mine, &cut.await_type("snapshot").await);
    house.device("PJSIP/alice", DeviceState::Ringing);
    while mine["PJSIP/alice"] != "RINGING" {
        at = apply(&mut mine, &cut.next().await).or(at);
    }
    drop(cut);
    house.device("PJSIP/bob", DeviceState::InUse);
    house.device("PJSIP/alice", DeviceState::InUse);
    let query = format!("?after={}", at.unwrap());
    let mut resumed = Socket::open(&served, &query, ADMIN).await.unwrap();
    house.device("PJSIP/alice", DeviceState::NotInUse);
    house.device("end", DeviceState::Unknown);
    while !whole.contains_key("end") {
        apply(&mut whole, &stayed.next().await);
    }
    while !mine.contains_key("end") {
        let told = resumed.next().await;
        assert_ne!(told["type"], "gap");
        apply(&mut mine, &told);
    }
    assert_eq!(mine, whole);
    assert_eq!(mine["PJSIP/bob"], "INUSE");
}

#[tokio::test]
async fn a_reader_may_begin_anew_where_it_is() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    house.device("PJSIP/alice", DeviceState::NotInUse);
    let mut socket = Socket::open(&served, "", ADMIN).await.unwrap();
    socket.await_type("mark").await;
    socket
        .say(json!({"type": "begin", "snapshot": "yes"}))
        .await;
    let snapshot = socket.await_type("snapshot").await;
    assert_eq!(snapshot["events"][0]["Device"], "PJSIP/alice");
}

#[tokio::test]
async fn a_message_that_is_too_large_is_told_so() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut socket = Socket::open(&served, "", ADMIN).await.unwrap();
    socket
        .say(json!({"Action": "Ping", "X": "y".repeat(70_000)}))
        .await;
    let told = socket.await_type("response").await;
    assert_eq!(told["response"]["Message"], "Message too large");
    loop {
        if let Message::Close(frame) = socket.0.next().await.unwrap().unwrap() {
            assert_eq!(frame.unwrap().code, CloseCode::Size);
            return;
        }
    }
}
