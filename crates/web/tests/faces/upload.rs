//! Files posted into a folder.

use crate::client::{Client, Response};
use crate::house::{House, Served};

const MANAGER: &str = "
[general]
enabled = yes
webenabled = yes
[admin]
secret = x
write = config
[clerk]
secret = x
write = call
";

const FORM: &str = "multipart/form-data; boundary=edge";

fn part(name: &str, content: &str) -> String {
    format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n{content}\r\n"
    )
}

async fn client(served: &Served, account: &str) -> Client {
    let mut client = Client::connect(served.address(false)).await;
    let login = format!("/rawman?action=login&username={account}&secret=x");
    assert!(client.get(&login).await.body.contains("accepted"));
    client
}

async fn post(client: &mut Client, parts: &str) -> Response {
    client
        .post("/Sounds", FORM, &format!("{parts}--edge--\r\n"))
        .await
}

fn served(house: &std::sync::Arc<House>) -> Served {
    let served = house.serve("");
    let folder = served.folder.path().join("sounds");
    std::fs::create_dir(&folder).unwrap();
    served.renew(&format!("[post_mappings]\nsounds = {}", folder.display()));
    served
}

fn files(served: &Served) -> Vec<String> {
    let entries = std::fs::read_dir(served.folder.path().join("sounds")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[tokio::test]
async fn who_may_write_the_configuration_posts_files() {
    let house = House::new(MANAGER);
    let served = served(&house);
    let mut admin = client(&served, "admin").await;
    let field = "--edge\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n";
    let parts = [field, &part("a.wav", "one\r\ntwo"), &part("b", "")].concat();
    let done = post(&mut admin, &parts).await;
    assert_eq!(done.status, 200);
    assert!(
        done.body
            .contains("<h1>OK</h1>\r\n<p>File successfully uploaded.</p>")
    );
    assert_eq!(files(&served), ["a.wav", "b"]);
    let written = std::fs::read_to_string(served.folder.path().join("sounds/a.wav"));
    assert_eq!(written.unwrap(), "one\r\ntwo");
    let log = house.log.lock().unwrap().join("\n");
    assert!(log.contains("admin Upload [(\"Filename\"") && log.contains("sounds/a.wav"));
}

#[tokio::test]
async fn nobody_else_does() {
    let house = House::new(MANAGER);
    let served = served(&house);
    let mut clerk = client(&served, "clerk").await;
    let mut nobody = Client::connect(served.address(false)).await;
    for client in [&mut clerk, &mut nobody] {
        let refused = post(client, &part("a", "x")).await;
        assert_eq!(refused.status, 401);
        assert_eq!(refused.header("Connection"), Some("close"));
        assert!(
            refused
                .body
                .contains("<p>You are not authorized to make this request.</p>")
        );
    }
    let mut admin = client(&served, "admin").await;
    assert_eq!(admin.get("/sounds").await.status, 501);
    let foreign =
        "POST /sounds HTTP/1.1\r\nHost: x\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\n";
    assert_eq!(admin.send(foreign, "").await.status, 403);
    assert_eq!(files(&served), [""; 0]);
}

#[tokio::test]
async fn what_is_no_file_for_the_folder_is_refused_and_leaves_nothing() {
    let house = House::new(MANAGER);
    let served = served(&house);
    for (kind, body) in [
        (FORM, "--edge--\r\n".to_owned()),
        (FORM, "no form".to_owned()),
        (FORM, part("cut", "x")),
        (FORM, part("..", "x") + "--edge--\r\n"),
        (FORM, part(".hidden", "x") + "--edge--\r\n"),
        ("multipart/form-data", part("a", "x") + "--edge--\r\n"),
        ("application/x-www-form-urlencoded", "a=b".to_owned()),
    ] {
        let mut admin = client(&served, "admin").await;
        let refused = admin.post("/sounds", kind, &body).await;
        assert_eq!(refused.status, 400, "{body}");
        assert!(
            refused
                .body
                .contains("<p>There was an error parsing the request.</p>")
        );
    }
    let mut admin = client(&served, "admin").await;
    let many: String = (0..17)
        .map(|index| part(&format!("f{index}"), ""))
        .collect();
    assert_eq!(post(&mut admin, &many).await.status, 413);
    let mut admin = client(&served, "admin").await;
    let huge = format!(
        "POST /sounds HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 99999999999\r\n"
    );
    assert_eq!(admin.send(&huge, "").await.status, 413);
    // Those of the many that came first are there; no part of a file is.
    assert_eq!(files(&served).len(), 16);
    assert!(files(&served).iter().all(|name| name.starts_with('f')));
}

#[tokio::test]
async fn a_path_in_a_name_does_not_count_and_a_missing_folder_is_told() {
    let house = House::new(MANAGER);
    let served = served(&house);
    let mut admin = client(&served, "admin").await;
    let parts = part("../../outside", "x");
    assert_eq!(post(&mut admin, &parts).await.status, 200);
    assert_eq!(files(&served), ["outside"]);
    assert!(!served.folder.path().join("outside").exists());
    std::fs::remove_dir_all(served.folder.path().join("sounds")).unwrap();
    assert_eq!(post(&mut admin, &parts).await.status, 500);
}
