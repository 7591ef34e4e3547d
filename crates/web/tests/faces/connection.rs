//! Connections: their bounds, TLS, what is served beside the manager.

use crate::client::Client;
use crate::house::{House, MANAGER};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

#[tokio::test]
async fn connections_over_the_limit_are_closed_without_a_byte() {
    let house = House::new(MANAGER);
    let served = house.serve("sessionlimit = 2");
    let mut first = Client::connect(served.address(false)).await;
    let mut second = Client::connect(served.address(false)).await;
    assert_eq!(first.get("/rawman").await.status, 200);
    assert_eq!(second.get("/rawman").await.status, 200);
    let mut third = Client::connect(served.address(false)).await;
    assert!(third.is_closed().await);
    first
        .write(b"GET /rawman HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await;
    assert_eq!(first.head().await.header("Connection"), Some("close"));
    assert!(!first.is_closed().await, "there was the body");
    let mut fourth = Client::connect(served.address(false)).await;
    assert_eq!(fourth.get("/rawman").await.status, 200);
}

#[tokio::test]
async fn what_is_too_much_is_refused() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let form = "application/x-www-form-urlencoded";
    let mut client = Client::connect(served.address(false)).await;
    let fits = format!("action=ping&x={}", "y".repeat(40_900));
    assert_eq!(client.post("/rawman", form, &fits).await.status, 200);
    client
        .write(b"POST /rawman HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        .await;
    assert_eq!(client.head().await.status, 413);
    let mut client = Client::connect(served.address(false)).await;
    let chunk = format!("A000\r\n{}\r\n", "x".repeat(0xa000));
    let head = "POST /rawman HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n";
    client
        .write(format!("{head}{chunk}{chunk}0\r\n\r\n").as_bytes())
        .await;
    assert_eq!(client.head().await.status, 413);
    let mut client = Client::connect(served.address(false)).await;
    let many = "X: y\r\n".repeat(200);
    client
        .write(format!("GET /rawman HTTP/1.1\r\nHost: x\r\n{many}\r\n").as_bytes())
        .await;
    assert_eq!(client.head().await.status, 413);
    let mut client = Client::connect(served.address(false)).await;
    let long = format!(
        "GET /rawman?x={} HTTP/1.1\r\nHost: x\r\n\r\n",
        "y".repeat(100_000)
    );
    client.write(long.as_bytes()).await;
    assert_eq!(client.head().await.status, 400);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_a_page() {
    let house = House::new(MANAGER);
    let served = house.serve("servername = S");
    let head = |headers: &str| format!("POST /rawman HTTP/1.1\r\n{headers}\r\n\r\n");
    let headers = "X: y\r\n".repeat(101);
    let long = "y".repeat(20_000);
    for (request, status, text) in [
        (
            "NONSENSE\r\n\r\n".into(),
            "400 Bad Request",
            "Invalid Request",
        ),
        (head("no colon"), "400 Bad Request", "Invalid Request"),
        (
            head("Content-Length: -1"),
            "400 Bad Request",
            "Invalid Content-Length in request!",
        ),
        (
            head("Transfer-Encoding: gzip"),
            "501 Unimplemented",
            "Unsupported Transfer-Encoding.",
        ),
        (
            head(&headers),
            "413 Request Entity Too Large",
            "Too many headers",
        ),
        (
            format!("GET /{long}"),
            "400 Bad Request",
            "Request line too long",
        ),
        (
            head(&format!("X: {long}")),
            "400 Bad Request",
            "Header line too long",
        ),
    ] {
        let mut stream = TcpStream::connect(served.address(false)).await.unwrap();
        // What came before is answered before.
        let requests = format!("GET /none HTTP/1.1\r\n\r\n{request}");
        stream.write_all(requests.as_bytes()).await.unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        let (first, refusal) = heard.split_once("</html>\r\n").unwrap();
        assert!(first.starts_with("HTTP/1.1 404 Not Found\r\n"));
        let (head, page) = refusal.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\nServer: S\r\nDate: ")));
        let rest = format!(
            "Cache-Control: no-cache, no-store\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {}",
            page.len()
        );
        assert!(head.ends_with(&rest), "{head}");
        assert!(page.contains(&format!("<title>{status}</title>")), "{page}");
        assert!(page.contains(&format!("<p>{text}</p>")), "{page}");
    }
}

#[tokio::test]
async fn who_stands_still_is_given_up() {
    let house = House::new(MANAGER);
    let served = house.serve("session_keep_alive = 50\nsession_inactivity = 50");
    let mut idle = Client::connect(served.address(false)).await;
    assert_eq!(idle.get("/rawman").await.status, 200);
    assert!(idle.is_closed().await);
    let mut half = Client::connect(served.address(false)).await;
    half.write(b"GET /rawman HTTP/1.1\r\n").await;
    assert_eq!(half.head().await.status, 400);
    assert!(!half.is_closed().await, "the page says Timeout");
    let mut body = Client::connect(served.address(false)).await;
    body.write(b"POST /rawman HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\naction")
        .await;
    assert_eq!(body.head().await.status, 400);
    let mut page = Vec::new();
    while let Some(line) = body.line().await {
        page.push(line);
    }
    assert!(page.contains(&"<p>Error parsing request body</p>".to_owned()));
    assert_eq!(page.last().map(String::as_str), Some("</body></html>"));
}

/// Each patience is its own: neither ends for the other, nor begins anew when the library looks.
#[tokio::test]
async fn who_stands_still_is_given_up_in_time() {
    let soon = Duration::from_secs(5);
    let house = House::new(MANAGER);
    let served = house.serve("session_inactivity = 300");
    let mut half = Client::connect(served.address(false)).await;
    half.write(b"GET /rawman HTTP/1.1\r\n").await;
    assert_eq!(timeout(soon, half.head()).await.unwrap().status, 400);
    let mut half = Client::connect(served.address(false)).await;
    half.get("/rawman").await;
    half.write(b"GET /rawman HTTP/1.1\r\n").await;
    assert_eq!(timeout(soon, half.head()).await.unwrap().status, 400);
    let served = house.serve("session_keep_alive = 300");
    let mut idle = Client::connect(served.address(false)).await;
    idle.get("/rawman").await;
    assert!(timeout(soon, idle.is_closed()).await.unwrap());
}

#[tokio::test]
async fn keep_alive_may_be_off() {
    let house = House::new(MANAGER);
    let served = house.serve("session_keep_alive = 0");
    let mut client = Client::connect(served.address(false)).await;
    let answer = client.get("/rawman").await;
    assert_eq!(answer.header("Connection"), Some("close"));
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn every_byte_to_a_client_is_counted() {
    let house = House::new(MANAGER);
    let served = house.serve("session_keep_alive = 0");
    let mut stream = TcpStream::connect(served.address(false)).await.unwrap();
    let request = b"GET /manager?action=ping HTTP/1.1\r\nHost: x\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard).await.unwrap();
    let counted = house.sent.load(Ordering::Relaxed);
    assert_eq!(counted, heard.len());
}

#[tokio::test]
async fn requests_may_be_pipelined() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    let one = "GET /none HTTP/1.1\r\nHost: x\r\n\r\n";
    client.write(one.repeat(3).as_bytes()).await;
    let mut statuses = 0;
    while statuses < 3 {
        let line = client.line().await.unwrap();
        statuses += usize::from(line.starts_with("HTTP/1.1 404 "));
    }
}

#[tokio::test]
async fn files_redirects_and_restrictions_hold_in_any_spelling() {
    let house = House::new(MANAGER);
    let served = house.serve(
        "enable_static = yes\nredirect = /old /static/page.html\n[/mxml]\ntype = restriction\ndeny = 127.0.0.1",
    );
    let folder = served.folder.path().join("static-http");
    std::fs::create_dir_all(folder.join("private")).unwrap();
    std::fs::write(folder.join("page.html"), "page").unwrap();
    std::fs::write(folder.join("private/p.txt"), "private").unwrap();
    std::fs::write(served.folder.path().join("secret"), "secret").unwrap();
    let mut client = Client::connect(served.address(false)).await;
    let page = client.get("/static/page.html").await;
    assert_eq!((page.status, page.body.as_str()), (200, "page"));
    assert_eq!(page.header("Content-Length"), Some("4"));
    let moved = client.get("/OLD").await;
    assert_eq!(
        (moved.status, moved.header("Location")),
        (302, Some("/static/page.html"))
    );
    for target in [
        "/static/%2e%2e/secret",
        "/static/../secret",
        "/STATIC/..%2Fsecret",
    ] {
        let mut client = Client::connect(served.address(false)).await;
        let refused = client.get(target).await;
        assert_eq!(
            (refused.status, refused.header("Connection")),
            (403, Some("close")),
            "{target}"
        );
    }
    for target in ["/mxml", "/MXML", "/%6dxml/", "/mxml/x", "//mxml", "/./mxml"] {
        let mut client = Client::connect(served.address(false)).await;
        assert_eq!(client.get(target).await.status, 403, "{target}");
    }
    assert_eq!(client.get("/rawman").await.status, 200);
    let mut client = Client::connect(served.address(false)).await;
    client
        .get("/rawman?action=login&username=quiet&secret=quiet-secret")
        .await;
    assert_eq!(client.get("/static/private/p.txt").await.status, 200);
    client.cookie = None;
    assert_eq!(client.get("/static/private/p.txt").await.status, 403);
}

#[tokio::test]
async fn a_reload_changes_what_is_served_and_keeps_connections_and_sessions() {
    let house = House::new(MANAGER);
    let served = house.serve("");
    let mut client = Client::connect(served.address(false)).await;
    let login = "/rawman?action=login&username=quiet&secret=quiet-secret";
    assert!(client.get(login).await.body.contains("accepted"));
    assert_eq!(client.get("/httpstatus").await.status, 404);
    served.renew(
        "prefix = new\nservername = Mine\nenable_status = yes\nenable_static = yes\nenable_panel = no\n\
         digest_algorithms = sha-256\nredirect = /a /b\n[/new/mxml]\ntype = restriction\ndeny = 127.0.0.1",
    );
    let ping = client.get("/new/rawman?action=ping").await;
    assert!(ping.body.contains("Pong"));
    assert_eq!(ping.header("Server"), Some("Mine"));
    assert_eq!(client.get("/rawman?action=ping").await.status, 404);
    assert_eq!(client.get("/new/httpstatus").await.status, 200);
    assert_eq!(client.get("/new/panel/").await.status, 404);
    assert_eq!(client.get("/a").await.header("Location"), Some("/b"));
    let asked = client.get("/new/arawman?action=ping").await;
    let way = asked.header("WWW-Authenticate").unwrap();
    assert!(way.contains("algorithm=SHA-256"), "{way}");
    assert_eq!(client.get("/new/mxml?action=ping").await.status, 403);
    served.renew("sessionlimit = 1\nsession_keep_alive = 0");
    let mut first = Client::connect(served.address(false)).await;
    let only = first.get("/rawman?action=ping").await;
    assert_eq!(only.header("Connection"), Some("close"));
    let text = served.faces.status(None);
    assert!(text.contains("/panel/... => Live page"), "{text}");
}

#[tokio::test]
async fn a_prefix_is_before_everything() {
    let house = House::new(MANAGER);
    let served = house.serve("prefix = Ast\nenable_status = yes");
    let mut client = Client::connect(served.address(false)).await;
    assert_eq!(client.get("/rawman").await.status, 404);
    assert_eq!(client.get("/ast/rawman").await.status, 200);
    assert_eq!(client.get("/asterisk/rawman").await.status, 404);
    let status = client.get("/AST/httpstatus?a=%3Cscript%3E").await;
    assert!(status.body.contains("&lt;script&gt;"));
    assert!(
        !status
            .body
            .contains(client.cookie.as_ref().unwrap().split('"').nth(1).unwrap())
    );
}

#[tokio::test]
async fn the_live_page_is_served_and_may_do_nothing_but_talk_to_us() {
    let house = House::new(MANAGER);
    let served = house.serve("prefix = ast\npanel_at_root = yes");
    let mut client = Client::connect(served.address(false)).await;
    for from in ["/ast/", "/ast/panel"] {
        let moved = client.get(from).await;
        assert_eq!(
            (moved.status, moved.header("Location")),
            (302, Some("/ast/panel/")),
            "{from}"
        );
    }
    let page = client.get("/ast/panel/").await;
    assert_eq!(page.status, 200);
    assert!(
        page.header("Content-Security-Policy")
            .unwrap()
            .starts_with("default-src 'none'")
    );
    for name in ["panel.js", "panel.css", "icon.svg"] {
        assert!(page.body.contains(&format!("\"{name}\"")), "{name}");
        assert_eq!(
            client.get(&format!("/ast/panel/{name}")).await.status,
            200,
            "{name}"
        );
    }
    let tag = format!("If-None-Match: {}", page.header("ETag").unwrap());
    assert_eq!(client.get_with("/ast/panel/", &tag).await.status, 304);
    assert_eq!(client.get("/ast/panel/none").await.status, 404);
    served.renew("enable_panel = no");
    assert_eq!(client.get("/panel/").await.status, 404);
}

/// Connects with trust in this certificate alone.
async fn secured(
    pem: &str,
    address: std::net::SocketAddr,
) -> std::io::Result<Client<tokio_rustls::client::TlsStream<TcpStream>>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    Ok(Client::on(
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await?,
    ))
}

#[tokio::test]
async fn certificates_are_renewed_without_a_session_noticing() {
    let pem = || {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        made.cert.pem() + &made.signing_key.serialize_pem()
    };
    let (old, new) = (pem(), pem());
    let house = House::new(MANAGER);
    let served = house.serve("");
    std::fs::write(served.folder.path().join("http.pem"), &old).unwrap();
    let lines = "tlsenable = yes\ntlsbindaddr = 127.0.0.1:0\ntlscertfile = http.pem";
    served.renew(lines);
    let address = served.address(true);
    let mut client = secured(&old, address).await.unwrap();
    let login = client
        .get("/rawman?action=login&username=quiet&secret=quiet-secret")
        .await;
    assert!(login.header("Set-Cookie").unwrap().ends_with("; Secure"));
    std::fs::write(served.folder.path().join("http.pem"), &new).unwrap();
    served.renew(lines);
    assert_eq!(served.address(true), address);
    assert!(
        client
            .get("/rawman?action=ping")
            .await
            .body
            .contains("Pong")
    );
    assert!(secured(&old, address).await.is_err());
    let mut renewed = secured(&new, address).await.unwrap();
    renewed.cookie = client.cookie.clone();
    assert!(
        renewed
            .get("/rawman?action=ping")
            .await
            .body
            .contains("Pong")
    );
}
