//! The faces with HTTP digest.

use crate::client::{Client, digest};
use crate::house::{House, MANAGER};

#[tokio::test]
async fn who_proves_to_know_the_secret_is_let_in() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    for (target, found) in [
        (
            "/arawman?action=ping&actionid=1",
            "ActionID: 1\r\nPing: Pong",
        ),
        ("/amxml?action=ping&actionid=2", "actionid='2' ping='Pong'"),
        (
            "/amanager?action=ping&actionid=3",
            "<td>ActionID</td><td>3</td>",
        ),
    ] {
        let asked = client.get(target).await;
        assert_eq!((asked.status, asked.body.contains("<p></p>")), (401, true));
        let answer = digest(&asked, "admin", "admin-secret", target, 1);
        let answered = client.get_with(target, &answer).await;
        assert_eq!(answered.status, 200, "{answered:?}");
        assert!(answered.body.contains(found), "{}", answered.body);
        assert_eq!(answered.header("Set-Cookie"), None);
        assert_eq!(answered.header("Pragma"), None);
    }
}

#[tokio::test]
async fn pages_of_other_sites_cannot_use_the_login_of_a_browser() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let target = "/arawman?action=ping";
    for (site, status) in [("cross-site", 403), ("same-origin", 200), ("none", 200)] {
        let mut client = Client::connect(served.address(false)).await;
        let asked = client.get(target).await;
        let proof = digest(&asked, "admin", "admin-secret", target, 1);
        let headers = format!("{proof}\r\nSec-Fetch-Site: {site}");
        assert_eq!(
            client.get_with(target, &headers).await.status,
            status,
            "{site}"
        );
    }
    // A link to the page itself is no harm.
    let mut client = Client::connect(served.address(false)).await;
    let linked = client
        .get_with("/amanager", "Sec-Fetch-Site: cross-site")
        .await;
    assert_eq!(linked.status, 401);
}

#[tokio::test]
async fn nobody_else_is() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    let target = "/arawman?action=ping";
    let asked = client.get(target).await;
    for (user, secret) in [
        ("admin", "wrong"),
        ("nobody", "x"),
        ("open", ""),
        ("open", "(null)"),
    ] {
        let refused = client
            .get_with(target, &digest(&asked, user, secret, target, 1))
            .await;
        assert_eq!(refused.status, 401, "{user}");
    }
    let log = house.log.lock().unwrap().join("\n");
    assert!(
        log.contains("127.0.0.1 failed to authenticate as 'admin'"),
        "{log}"
    );
    assert!(log.contains("nonexistent user 'nobody'"), "{log}");
    let elsewhere = digest(&asked, "admin", "admin-secret", "/arawman?action=logoff", 1);
    assert_eq!(client.get_with(target, &elsewhere).await.status, 401);
    let fenced = digest(&asked, "fenced", "fenced-secret", target, 1);
    assert_eq!(client.get_with(target, &fenced).await.status, 403);
}

#[tokio::test]
async fn a_nonce_is_ours_and_each_count_of_it_good_for_once() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    let target = "/arawman?action=ping";
    let mut asked = client.get(target).await;
    let first = digest(&asked, "admin", "admin-secret", target, 1);
    assert_eq!(client.get_with(target, &first).await.status, 200);
    let replayed = client.get_with(target, &first).await;
    assert_eq!(replayed.status, 401);
    assert!(
        replayed
            .header("WWW-Authenticate")
            .unwrap()
            .ends_with(", stale=true")
    );
    // The new nonce goes on with the session; so does the old one with a higher count.
    let third = digest(&asked, "admin", "admin-secret", target, 3);
    assert_eq!(client.get_with(target, &third).await.status, 200);
    let renewed = digest(&replayed, "admin", "admin-secret", target, 1);
    assert_eq!(client.get_with(target, &renewed).await.status, 200);
    for (_, value) in &mut asked.headers {
        *value = value.replace("nonce=\"", "nonce=\"5d35327f");
    }
    let invented = digest(&asked, "admin", "admin-secret", target, 1);
    assert_eq!(client.get_with(target, &invented).await.status, 401);
    // A nonce is no cookie.
    let nonce = replayed
        .header("WWW-Authenticate")
        .unwrap()
        .split('"')
        .nth(3)
        .unwrap()
        .to_owned();
    client.cookie = Some(format!("mansession_id=\"{nonce}\""));
    assert!(
        client
            .get("/rawman?action=ping")
            .await
            .body
            .contains("Permission denied")
    );
}

#[tokio::test]
async fn the_session_of_a_nonce_is_for_its_account_alone() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    let target = "/arawman?action=command&command=core+show+version";
    let asked = client.get(target).await;
    let own = digest(&asked, "admin", "admin-secret", target, 1);
    assert_eq!(client.get_with(target, &own).await.status, 200);
    // Used with a count that fits, and with one that was used already.
    for count in [2, 1] {
        let other = digest(&asked, "single", "single-secret", target, count);
        let refused = client.get_with(target, &other).await;
        assert_eq!(refused.status, 401);
        assert!(
            !refused
                .header("WWW-Authenticate")
                .unwrap()
                .contains("stale")
        );
        // What they are offered is a session of their own.
        let other = digest(&refused, "single", "single-secret", target, 1);
        let answer = client.get_with(target, &other).await;
        assert!(answer.body.contains("Permission denied"), "{}", answer.body);
    }
    let fenced = digest(&asked, "fenced", "fenced-secret", target, 3);
    assert_eq!(client.get_with(target, &fenced).await.status, 401);
    let own = digest(&asked, "admin", "admin-secret", target, 2);
    assert_eq!(client.get_with(target, &own).await.status, 200);
}

#[tokio::test]
async fn an_account_with_one_session_keeps_it() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let target = "/arawman?action=ping";
    for _ in 0..3 {
        let mut client = Client::connect(served.address(false)).await;
        let asked = client.get(target).await;
        let answer = digest(&asked, "single", "single-secret", target, 1);
        assert_eq!(client.get_with(target, &answer).await.status, 200);
    }
    let mut other = Client::connect(served.address(false)).await;
    let login = other
        .get("/rawman?action=login&username=single&secret=single-secret")
        .await;
    assert!(login.body.contains("Login Already In Use"));
}

#[tokio::test]
async fn algorithms_are_offered_as_configured() {
    let house = House::new(MANAGER);
    let served = house.serve("digest_algorithms = sha-256,md5");
    let mut client = Client::connect(served.address(false)).await;
    let asked = client.get("/arawman?action=ping").await;
    let offered: Vec<_> = asked
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"))
        .collect();
    assert_eq!(offered.len(), 2);
    assert!(offered[0].1.starts_with("Digest algorithm=SHA-256, "));
    assert!(offered[1].1.starts_with("Digest algorithm=MD5, "));
}
