//! One action as JSON, by everybody who may ask so.

use crate::client::{Client, Response};
use crate::house::{House, MANAGER};
use serde_json::{Value, json};

const JSON: &str = "application/json";

fn value(response: &Response) -> Value {
    assert_eq!(response.header("Content-Type"), Some(JSON));
    serde_json::from_str(&response.body).unwrap()
}

fn posted(target: &str, headers: &str) -> String {
    format!("POST {target} HTTP/1.1\r\nHost: x\r\n{headers}\r\nContent-Length: 0\r\n")
}

#[tokio::test]
async fn a_session_may_begin_here_and_go_on_anywhere() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    let nobody = client.post("/actions/Ping", JSON, "{}").await;
    assert_eq!(nobody.status, 401);
    assert_eq!(nobody.header("Set-Cookie"), None);
    let wrong = client
        .post(
            "/actions/Login",
            JSON,
            r#"{"Username":"quiet","Secret":"x"}"#,
        )
        .await;
    assert_eq!(wrong.status, 401);
    let login = r#"{"Username":"quiet","Secret":"quiet-secret","ActionID":7}"#;
    let login = client.post("/actions/login", JSON, login).await;
    assert_eq!(login.status, 200);
    assert_eq!(
        value(&login),
        json!({"response": {"Response": "Success", "ActionID": "7", "Message": "Authentication accepted"}, "events": []})
    );
    let list = client.post("/actions/CoreShowChannels", JSON, "").await;
    assert_eq!(
        value(&list)["events"],
        json!([{"Event": "CoreShowChannelsComplete", "EventList": "Complete", "ListItems": 0}])
    );
    assert!(
        client
            .get("/rawman?action=ping")
            .await
            .body
            .contains("Pong")
    );
    let unknown = client.post("/actions/Nonsense", JSON, "").await;
    assert_eq!(unknown.status, 404);
    let bad = client.post("/actions/Events", JSON, "").await;
    assert_eq!(
        (bad.status, value(&bad)["response"]["Message"].as_str()),
        (422, Some("Invalid event mask"))
    );
}

#[tokio::test]
async fn basic_and_tokens_name_the_same_accounts() {
    let house = House::new(MANAGER);
    let token = web::token::make("t", "open", None, [9; 32]);
    let served = house.serve(&token.section);
    let mut client = Client::connect(served.address(false)).await;
    let ping = "/actions/Ping";
    for (header, status) in [
        (
            "Authorization: Basic cXVpZXQ6cXVpZXQtc2VjcmV0".to_owned(),
            200,
        ),
        ("Authorization: Basic cXVpZXQ6d3Jvbmc=".to_owned(), 401),
        ("Authorization: Basic !".to_owned(), 401),
        (format!("Authorization: Bearer {}", token.token), 200),
        ("Authorization: Bearer swt_invented".to_owned(), 401),
        ("Authorization: Digest x".to_owned(), 401),
    ] {
        let answer = client.send(&posted(ping, &header), "").await;
        assert_eq!(answer.status, status, "{header}");
        assert_eq!(answer.header("Set-Cookie"), None);
    }
    // The account of the token may read and not act.
    let bearer = format!("Authorization: Bearer {}", token.token);
    let denied = client
        .send(&posted("/actions/CoreStatus", &bearer), "")
        .await;
    assert_eq!(denied.status, 403);
    assert_eq!(value(&denied)["response"]["Message"], "Permission denied");
    let asked = client.send(&posted(ping, "X: y"), "").await;
    let ways = asked
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"));
    assert_eq!(ways.count(), 2);
}

#[tokio::test]
async fn what_an_action_tells_is_told() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    let waiting = "Authorization: Basic b25seXVzZXI6b25seXVzZXItc2VjcmV0";
    client
        .get("/rawman?action=login&username=onlyuser&secret=onlyuser-secret")
        .await;
    let mut other = Client::connect(served.address(false)).await;
    let head = format!(
        "POST /actions/UserEvent HTTP/1.1\r\nHost: x\r\n{waiting}\r\n\
         Content-Type: application/json\r\nContent-Length: 20\r\n"
    );
    let sent = other.send(&head, "{\"UserEvent\":\"Mine\"}").await;
    assert_eq!(sent.status, 200, "{sent:?}");
    let told = client.get("/rawman?action=WaitEvent&timeout=5").await;
    assert!(told.body.contains("UserEvent: Mine"), "{}", told.body);
}

#[tokio::test]
async fn only_our_own_pages_and_those_named_may_ask() {
    let house = House::new(MANAGER);
    let served = house.serve("cors_origins = https://board.example");
    let mut client = Client::connect(served.address(false)).await;
    let ping = |origin: &str| posted("/actions/Ping", &format!("Origin: {origin}"));
    assert_eq!(client.send(&ping("http://x"), "").await.status, 401);
    let board = client.send(&ping("https://board.example"), "").await;
    assert_eq!(board.status, 401);
    assert_eq!(
        board.header("Access-Control-Allow-Origin"),
        Some("https://board.example")
    );
    let question = "OPTIONS /actions/Ping HTTP/1.1\r\nHost: x\r\nOrigin: https://board.example\r\n";
    let answer = client.send(question, "").await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("Access-Control-Allow-Methods").is_some());
    let evil = client.send(&ping("https://evil.example"), "").await;
    assert_eq!(evil.status, 403);
    assert_eq!(evil.header("Access-Control-Allow-Origin"), None);
}

#[tokio::test]
async fn what_is_no_action_is_refused() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    client
        .post(
            "/actions/Login",
            JSON,
            r#"{"Username":"quiet","Secret":"quiet-secret"}"#,
        )
        .await;
    let get = client.get("/actions/Ping").await;
    assert_eq!((get.status, get.header("Allow")), (405, Some("POST")));
    assert_eq!(
        client
            .post("/actions/Ping", "text/plain", "{}")
            .await
            .status,
        415
    );
    assert_eq!(client.post("/actions/Ping", JSON, "[").await.status, 400);
    let forged = client
        .post("/actions/Ping", JSON, r#"{"ActionID":"1\r\nEvent: x"}"#)
        .await;
    assert_eq!(forged.status, 400);
    assert_eq!(client.get("/actions/a%20b").await.status, 404);
}

#[tokio::test]
async fn what_has_an_end_may_be_asked_for_by_its_head() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    for (target, status) in [
        ("/openapi.json", 200),
        ("/asyncapi.json", 200),
        ("/events", 405),
    ] {
        let head = format!("HEAD {target} HTTP/1.1\r\nHost: x\r\n");
        assert_eq!(client.send(&head, "").await.status, status, "{target}");
    }
}
