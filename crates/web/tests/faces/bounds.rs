//! What clients cannot do to us, nor to each other.

use crate::client::Client;
use crate::house::{House, MANAGER};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than anything here should take.
const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_handshake_that_does_not_come_is_not_waited_for() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let house = House::new(MANAGER);
    let served = house.serve("");
    let pem = made.cert.pem() + &made.signing_key.serialize_pem();
    std::fs::write(served.folder.path().join("http.pem"), pem).unwrap();
    served.renew("tlsenable = yes\ntlsbindaddr = 127.0.0.1:0\ntlscertfile = http.pem\nsession_inactivity = 100\nsessionlimit = 2");
    let mut silent = TcpStream::connect(served.address(true)).await.unwrap();
    let mut plain = Client::connect(served.address(true)).await;
    plain.write(b"GET / HTTP/1.1\r\n\r\n").await;
    let mut rest = Vec::new();
    // Both are gone, and their places free again.
    let _ = timeout(LONG, silent.read_to_end(&mut rest)).await.unwrap();
    assert_eq!(rest, b"");
    while plain.line().await.is_some() {}
    let mut client = Client::connect(served.address(false)).await;
    assert_eq!(client.get("/rawman").await.status, 200);
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_given_up_and_holds_nobody_up() {
    let house = House::new(MANAGER);
    let served = house.serve("session_inactivity = 200\nsessionlimit = 2");
    let mut stuck = Client::connect(served.address(false)).await;
    let basic = "Authorization: Basic YWRtaW46YWRtaW4tc2VjcmV0";
    stuck
        .write(format!("GET /events HTTP/1.1\r\nHost: x\r\n{basic}\r\n\r\n").as_bytes())
        .await;
    assert_eq!(stuck.head().await.status, 200);
    let mut reader = Client::connect(served.address(false)).await;
    reader
        .write(format!("GET /events HTTP/1.1\r\nHost: x\r\n{basic}\r\n\r\n").as_bytes())
        .await;
    assert_eq!(reader.head().await.status, 200);
    let large = "x".repeat(10_000);
    for _ in 0..2_000 {
        house.knock(&large);
    }
    house.knock("Last");
    let last = async { while !reader.line().await.unwrap().contains("\"Last\"") {} };
    timeout(LONG, last).await.unwrap();
    // Long after it was given up its bytes are read: they end before the last event.
    let mut told = String::new();
    let given_up = async {
        // There is room for one more when it is.
        loop {
            let mut third = Client::connect(served.address(false)).await;
            third.write(b"GET /none HTTP/1.1\r\nHost: x\r\n\r\n").await;
            if third.line().await.is_some() {
                break;
            }
        }
    };
    timeout(LONG, given_up).await.unwrap();
    let rest = async {
        while let Some(line) = stuck.line().await {
            told = line;
        }
    };
    timeout(LONG, rest).await.unwrap();
    assert!(!told.contains("\"Last\""));
}

#[tokio::test]
async fn guests_make_room_for_guests_and_not_for_members() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut member = Client::connect(served.address(false)).await;
    member
        .get("/rawman?action=login&username=quiet&secret=quiet-secret")
        .await;
    let mut first = Client::connect(served.address(false)).await;
    first.get("/rawman?action=challenge&authtype=md5").await;
    let first_cookie = first.cookie.clone();
    let mut crowd = Client::connect(served.address(false)).await;
    for _ in 0..600 {
        crowd.cookie = None;
        crowd.get("/rawman").await;
    }
    first.get("/rawman").await;
    assert_ne!(first.cookie, first_cookie);
    assert!(
        member
            .get("/rawman?action=ping")
            .await
            .body
            .contains("Pong")
    );
}

#[tokio::test]
async fn one_address_may_have_its_share_only() {
    let house = House::new(MANAGER);
    let served = house.serve("sessionlimit_per_address = 1");
    let mut first = Client::connect(served.address(false)).await;
    assert_eq!(first.get("/rawman").await.status, 200);
    let mut second = Client::connect(served.address(false)).await;
    assert!(second.is_closed().await);
}

#[tokio::test]
async fn ending_ends_all() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    client
        .get("/rawman?action=login&username=single&secret=single-secret")
        .await;
    let cookie = client.cookie.clone().unwrap();
    let mut waiting = Client::connect(served.address(false)).await;
    waiting
        .write(
            format!("GET /rawman?action=WaitEvent HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n")
                .as_bytes(),
        )
        .await;
    let mut stream = Client::connect(served.address(false)).await;
    stream
        .write(format!("GET /events HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n").as_bytes())
        .await;
    assert_eq!(stream.head().await.status, 200);
    served.faces.close();
    let over = async {
        while stream.line().await.is_some() {}
        while waiting.line().await.is_some() {}
        client.is_closed().await;
    };
    timeout(LONG, over).await.unwrap();
    assert!(
        TcpStream::connect(
            served
                .faces
                .places()
                .first()
                .map_or(([127, 0, 0, 1], 1).into(), |at| at.address)
        )
        .await
        .is_err()
    );
}
