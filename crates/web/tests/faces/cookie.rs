//! The faces with a cookie: what the recordings http-* show, and what they do not.

use crate::client::Client;
use crate::house::{House, MANAGER, VALUES};
use model::DeviceState;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_session_lasts_from_login_to_logoff() {
    let house = House::new(MANAGER);
    let served = house.serve("servername = Asterisk/22.8.0");
    let mut client = Client::connect(served.address(false)).await;
    let login = client
        .get("/rawman?action=login&username=quiet&secret=quiet-secret&actionid=1")
        .await;
    assert_eq!(
        login.body,
        "Response: Success\r\nActionID: 1\r\nMessage: Authentication accepted\r\n\r\n"
    );
    let names: Vec<_> = login
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "Server",
            "Date",
            "Cache-Control",
            "Content-Type",
            "Set-Cookie",
            "Pragma",
            "Content-Length"
        ]
    );
    assert_eq!(login.header("Server"), Some("Asterisk/22.8.0"));
    let ping = client.get("/RAWMAN/?Action=Ping&ActionID=2").await;
    assert!(
        ping.body
            .starts_with("Response: Success\r\nActionID: 2\r\nPing: Pong\r\n")
    );
    assert_eq!(ping.header("Set-Cookie"), login.header("Set-Cookie"));
    let logoff = client.get("/rawman?action=logoff&actionid=4").await;
    assert_eq!(
        logoff.body,
        "Response: Goodbye\r\nActionID: 4\r\nMessage: Thanks for all the fish.\r\n\r\n"
    );
    let after = client.get("/rawman?action=ping&actionid=5").await;
    assert_eq!(
        after.body,
        "Response: Error\r\nActionID: 5\r\nMessage: Permission denied\r\n\r\n"
    );
    assert_ne!(after.header("Set-Cookie"), login.header("Set-Cookie"));
}

#[tokio::test]
async fn a_cookie_is_long_random_and_kept_from_scripts() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    let first = client.get("/rawman").await;
    assert_eq!(
        first.body,
        "Response: Error\r\nMessage: Missing action in request\r\n\r\n"
    );
    let set = first.header("Set-Cookie").unwrap();
    let (id, rest) = set.split_once("; ").unwrap();
    assert_eq!(id.len(), "mansession_id=\"\"".len() + 32);
    assert_eq!(rest, "Version=1; Max-Age=60; HttpOnly; SameSite=Strict");
    client.cookie = None;
    let second = client.get("/rawman").await;
    assert_ne!(second.header("Set-Cookie"), first.header("Set-Cookie"));
    client.cookie = Some("mansession_id=\"00000000000000000000000000000000\"".into());
    let invented = client.get("/rawman?action=ping").await;
    assert!(invented.body.contains("Permission denied"));
}

#[tokio::test]
async fn a_long_list_is_put_in_words_where_nobody_waits() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    client
        .get("/rawman?action=login&username=admin&secret=admin-secret")
        .await;
    let left = || house.left.load(Ordering::Relaxed);
    assert_eq!(left(), 0, "a short answer is written at once");
    for (face, begin, end) in [
        ("rawman", "Key: ", "\r\n"),
        ("mxml", " key='", "'"),
        ("manager", "<td>Key</td><td>", "<"),
    ] {
        let before = left();
        let answer = client.get(&format!("/{face}?action=DBGetTree")).await;
        let keys = answer.body.split(begin).skip(1);
        let keys: Vec<_> = keys.filter_map(|rest| rest.split(end).next()).collect();
        let wanted: Vec<_> = (0..VALUES)
            .map(|number| format!("/n/{number:04}"))
            .collect();
        assert_eq!(keys, wanted, "{face}");
        assert!(
            left() >= before + 2,
            "{face}: it is made and written by others"
        );
    }
    let answer = client
        .post("/actions/DBGetTree", "application/json", "")
        .await;
    let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let told = told["events"].as_array().unwrap();
    assert_eq!(told.len(), VALUES + 1);
    assert_eq!(told[VALUES]["Event"], "DBGetTreeComplete");
}

#[tokio::test]
async fn each_form_tells_the_same() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    let login = client
        .get("/mxml?action=login&username=quiet&secret=quiet-secret")
        .await;
    assert_eq!(login.header("Content-Type"), Some("text/xml"));
    assert_eq!(
        login.body,
        "<ajax-response>\n<response type='object' id='unknown'><generic response='Success' \
         message='Authentication accepted' /></response>\n</ajax-response>\n"
    );
    let list = client
        .get("/mxml?action=CoreShowChannels&actionid=3&ajaxdest=%3Cx&ajaxobjtype=calls")
        .await;
    assert_eq!(
        list.body,
        "<ajax-response>\n<response type='object' id='&lt;x'><calls response='Success' actionid='3' \
         eventlist='start' message='Channels will follow' /></response>\n\
         <response type='object' id='&lt;x'><calls event='CoreShowChannelsComplete' actionid='3' \
         eventlist='Complete' listitems='0' /></response>\n</ajax-response>\n"
    );
    let page = client.get("/manager?action=ping&actionid=2").await;
    assert_eq!(page.header("Content-Type"), Some("text/html"));
    assert_eq!(page.header("X-Frame-Options"), Some("SAMEORIGIN"));
    assert!(page.body.contains("<tr><td>ActionID</td><td>2</td></tr>\n"));
    assert!(page.body.contains("<option value=\"CoreShowChannels\">"));
    let denied = client.get("/mxml?action=nothing%20such&actionid=5").await;
    assert!(
        denied
            .body
            .contains("message='Invalid/unknown command: nothing such. Use Action:")
    );
}

#[tokio::test]
async fn a_posted_form_counts_and_nothing_else_of_a_post() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    let form = "application/x-www-form-urlencoded; charset=UTF-8";
    let login = client
        .post(
            "/rawman",
            form,
            "action=login&username=quiet&secret=quiet-secret",
        )
        .await;
    assert!(login.body.contains("accepted"));
    let query = client.post("/rawman?action=ping", form, "").await;
    assert!(query.body.contains("Missing action in request"));
    let other = client.post("/rawman", "text/plain", "action=ping").await;
    assert!(other.body.contains("Missing action in request"));
}

#[tokio::test]
async fn what_is_not_served_is_refused_as_known() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    for method in ["PUT", "DELETE", "OPTIONS", "PATCH", "BREW"] {
        let refused = client
            .send(&format!("{method} /rawman HTTP/1.1\r\nHost: x\r\n"), "")
            .await;
        assert_eq!(refused.status, 501, "{method}");
        assert!(
            refused
                .body
                .contains("<p>Attempt to use unimplemented / unsupported method</p>")
        );
    }
    for target in [
        "/",
        "/nothing",
        "/rawman/deeper?action=ping",
        "/static/x",
        "/httpstatus",
    ] {
        assert_eq!(client.get(target).await.status, 404, "{target}");
    }
    let head = client
        .send("HEAD /rawman?action=ping HTTP/1.1\r\nHost: x\r\n", "")
        .await;
    assert_eq!(head.status, 200);
    assert_eq!(head.header("Content-Length"), Some("47"));
    assert!(head.header("Set-Cookie").is_some());
    // The connection has lived through all of it.
    assert_eq!(
        client
            .get("/rawman?actionid=a%0d%0aFoo:%20bar")
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn the_manager_is_served_if_it_is_enabled() {
    let house = House::new("[general]\nenabled = yes\n");
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    assert_eq!(client.get("/rawman?action=ping").await.status, 404);
    house.configure(MANAGER);
    assert_eq!(client.get("/rawman?action=ping").await.status, 200);
}

#[tokio::test]
async fn wait_event_tells_what_happened_since() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    client
        .get("/rawman?action=login&username=onlyuser&secret=onlyuser-secret")
        .await;
    house.knock("Before");
    let told = client
        .get("/rawman?action=WaitEvent&timeout=5&actionid=w")
        .await;
    assert_eq!(
        told.body,
        "Response: Success\r\nActionID: w\r\nMessage: Waiting for Event completed.\r\n\r\n\
         Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: Before\r\nColour: red\r\n\r\n\
         Event: WaitEventComplete\r\nActionID: w\r\n\r\n"
    );
    let cookie = client.cookie.clone();
    let address = served.address(false);
    let waiting =
        tokio::spawn(async move { client.get("/mxml?action=WaitEvent&timeout=30").await });
    // The session answers others meanwhile.
    let mut other = Client::connect(address).await;
    other.cookie = cookie;
    assert!(other.get("/rawman?action=ping").await.body.contains("Pong"));
    house.knock("Later");
    assert!(waiting.await.unwrap().body.contains("userevent='Later'"));
    let began = Instant::now();
    let nothing = other.get("/rawman?action=WaitEvent&timeout=0").await;
    assert_eq!(nothing.body.matches("Event: ").count(), 1);
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn wait_event_tells_all_there_is_however_often_it_is_read() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    client
        .get("/rawman?action=login&username=onlyuser&secret=onlyuser-secret")
        .await;
    // None of these is for the account; a read has fewer.
    for _ in 0..250 {
        house.device("PJSIP/1", DeviceState::InUse);
    }
    (0..250).for_each(|_| house.knock("Mine"));
    let wait = "/rawman?action=WaitEvent&timeout=0";
    let told = client.get(wait).await.body;
    assert_eq!(told.matches("Event: UserEvent").count(), 250);
    // As many as are told at a time, and then the rest.
    (0..1_150).for_each(|_| house.knock("Mine"));
    let mut rest = 1_150;
    for _ in 0..2 {
        rest -= client
            .get(wait)
            .await
            .body
            .matches("Event: UserEvent")
            .count();
    }
    assert_eq!(rest, 0);
}

#[tokio::test]
async fn a_later_wait_displaces_the_earlier() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let address = served.address(false);
    let mut client = Client::connect(address).await;
    client
        .get("/rawman?action=login&username=onlyuser&secret=onlyuser-secret")
        .await;
    let mut other = Client::connect(address).await;
    other.cookie = client.cookie.clone();
    let cookie = client.cookie.clone().unwrap();
    client
        .write(
            format!("GET /rawman?action=WaitEvent HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n")
                .as_bytes(),
        )
        .await;
    // The second may come before the first; then it is the one that is displaced.
    other
        .write(
            format!("GET /mxml?action=WaitEvent HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n")
                .as_bytes(),
        )
        .await;
    let displaced = tokio::select! {
        first = client.head() => first,
        second = other.head() => second,
    };
    assert_eq!(displaced.status, 200);
    assert!(
        matches!(displaced.header("Content-Length"), Some("0" | "33")),
        "{displaced:?}"
    );
}

#[tokio::test]
async fn events_that_are_gone_are_told_of() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    client
        .get("/rawman?action=login&username=onlyuser&secret=onlyuser-secret")
        .await;
    (0..10).for_each(|_| house.knock("Lost"));
    house.knock("Kept");
    // SuccessfulAuth is the first.
    house.forget(11);
    let told = client
        .get("/rawman?action=WaitEvent&timeout=5")
        .await
        .text();
    assert!(told.contains("Event: EventGap\n"), "{told}");
    assert!(!told.contains("Lost"), "{told}");
}

#[tokio::test]
async fn a_challenge_is_answered_by_a_later_request() {
    use md5::Digest as _;
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    let asked = client.get("/rawman?action=challenge&authtype=md5").await;
    let challenge = asked.body.split("Challenge: ").nth(1).unwrap().trim();
    let hash = md5::Md5::digest(format!("{challenge}quiet-secret"));
    let key: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let login = format!("/rawman?action=login&authtype=md5&username=quiet&key={key}");
    assert!(client.get(&login).await.body.contains("accepted"));
    // To another session it proves nothing.
    let mut other = Client::connect(served.address(false)).await;
    assert!(
        other
            .get(&login)
            .await
            .body
            .contains("Authentication failed")
    );
}

#[tokio::test]
async fn a_session_nobody_asks_ends_and_its_cookie_is_worth_nothing() {
    let house = House::new(&MANAGER.replace("[admin]", "httptimeout = 1\n[admin]"));
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    let login = client
        .get("/rawman?action=login&username=quiet&secret=quiet-secret")
        .await;
    assert!(login.header("Set-Cookie").unwrap().contains("Max-Age=1;"));
    while !house.log.lock().unwrap().join("\n").contains("timed out") {
        tokio::task::yield_now().await;
    }
    let late = client.get("/rawman?action=ping").await;
    assert!(late.body.contains("Permission denied"));
    assert_ne!(late.header("Set-Cookie"), login.header("Set-Cookie"));
}

#[tokio::test]
async fn a_login_counts_whatever_way_it_came() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut first = Client::connect(served.address(false)).await;
    let target = "/rawman?action=login&username=single&secret=single-secret";
    assert!(first.get(target).await.body.contains("accepted"));
    let mut second = Client::connect(served.address(false)).await;
    assert!(
        second
            .get(target)
            .await
            .body
            .contains("Login Already In Use")
    );
    first.get("/rawman?action=logoff").await;
    assert!(second.get(target).await.body.contains("accepted"));
}

#[tokio::test]
async fn an_account_that_is_gone_is_logged_in_no_more() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    client
        .get("/rawman?action=login&username=quiet&secret=quiet-secret")
        .await;
    assert!(
        client
            .get("/rawman?action=ping")
            .await
            .body
            .contains("Pong")
    );
    house.configure("[general]\nenabled = yes\nwebenabled = yes\n");
    assert!(
        client
            .get("/rawman?action=ping")
            .await
            .body
            .contains("Permission denied")
    );
}
