//! What an account may do does not depend on the way it comes: every action, by accounts of every
//! kind, on every face.

use crate::client::{Client, digest};
use crate::house::House;
use ami::Classes;
use ami::action::{Action, Declaration};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};

const MANAGER: &str = "
[general]
enabled = yes
webenabled = yes
[all]
secret = s
dialect = 1.8
write = all
[some]
secret = s
dialect = 1.8
write = call,reporting
[none]
secret = s
dialect = 1.8
";

const ACCOUNTS: [(&str, Classes); 3] = [
    ("all", Classes::ALL),
    ("some", Classes::CALL.union(Classes::REPORTING)),
    ("none", Classes::NONE),
];

/// The actions, but for those that end the session.
fn actions() -> impl Iterator<Item = &'static Declaration> {
    let ends = |action: &&Declaration| ["Login", "Logoff", "Challenge"].contains(&action.name);
    Action::DECLARATIONS
        .iter()
        .filter(move |action| !ends(action))
}

fn is_denied(text: &str) -> bool {
    text.contains("Permission denied")
}

/// Calls `denied` for each action and holds its answer to what the account's classes say.
async fn enumerate<F: AsyncFnMut(&'static str) -> bool>(write: Classes, way: &str, mut denied: F) {
    for action in actions() {
        let permitted = write.permits(action.classes);
        assert_eq!(
            denied(action.name).await,
            !permitted,
            "{} by {way}",
            action.name
        );
    }
}

#[tokio::test]
async fn rights_are_the_same_with_a_cookie() {
    let served = House::new(MANAGER).serve("");
    for (account, write) in ACCOUNTS {
        let mut client = Client::connect(served.address(false)).await;
        client
            .get(&format!("/rawman?action=login&username={account}&secret=s"))
            .await;
        enumerate(write, "cookie", async |name| {
            let answer = client
                .get(&format!("/rawman?action={name}&timeout=0"))
                .await;
            is_denied(&answer.body)
        })
        .await;
    }
    let mut guest = Client::connect(served.address(false)).await;
    for action in actions() {
        let answer = guest.get(&format!("/mxml?action={}", action.name)).await;
        assert!(is_denied(&answer.body), "{} by a guest", action.name);
    }
}

#[tokio::test]
async fn rights_are_the_same_with_a_digest() {
    let served = House::new(MANAGER).serve("");
    for (account, write) in ACCOUNTS {
        let mut client = Client::connect(served.address(false)).await;
        let asked = client.get("/arawman").await;
        let mut count = 0;
        enumerate(write, "digest", async |name| {
            count += 1;
            let target = format!("/arawman?action={name}&timeout=0");
            let answer = digest(&asked, account, "s", &target, count);
            is_denied(&client.get_with(&target, &answer).await.body)
        })
        .await;
    }
}

#[tokio::test]
async fn rights_are_the_same_as_json() {
    let token = web::token::make("t", "some", None, [3; 32]);
    let served = House::new(MANAGER).serve(&token.section);
    let mut client = Client::connect(served.address(false)).await;
    for (account, write) in ACCOUNTS {
        let way = match account {
            "some" => format!("Bearer {}", token.token),
            "all" => "Basic YWxsOnM=".to_owned(),
            _ => "Basic bm9uZTpz".to_owned(),
        };
        enumerate(write, "JSON", async |name| {
            let head = format!(
                "POST /actions/{name} HTTP/1.1\r\nHost: x\r\nAuthorization: {way}\r\n\
                 Content-Type: application/json\r\nContent-Length: 13\r\n"
            );
            let answer = client.send(&head, "{\"Timeout\":0}").await;
            assert_eq!(is_denied(&answer.body), answer.status == 403);
            answer.status == 403
        })
        .await;
    }
}

#[tokio::test]
async fn rights_are_the_same_on_a_websocket() {
    let served = House::new(MANAGER).serve("");
    for (account, write) in ACCOUNTS {
        let mut socket = Socket::open(served.address(false)).await;
        socket
            .ask(json!({"Action": "Login", "Username": account, "Secret": "s"}))
            .await;
        enumerate(write, "WebSocket", async |name| {
            let answer = socket.ask(json!({"Action": name, "Timeout": 0})).await;
            is_denied(&answer.to_string())
        })
        .await;
    }
}

struct Socket(tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>);

impl Socket {
    async fn open(address: SocketAddr) -> Self {
        let request = format!("ws://{address}/ws").into_client_request().unwrap();
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        Self(client_async(request, stream).await.unwrap().0)
    }

    /// Says something and gives the response to it.
    async fn ask(&mut self, value: Value) -> Value {
        self.0.send(Message::text(value.to_string())).await.unwrap();
        loop {
            let Message::Text(text) = self.0.next().await.unwrap().unwrap() else {
                continue;
            };
            let told: Value = serde_json::from_str(&text).unwrap();
            if told["type"] == "response" {
                return told;
            }
        }
    }
}
