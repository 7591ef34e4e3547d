//! Phones register, refresh, go; strangers do not get in.

use crate::lab::{Lab, Phone};
use model::{ContactState, SecurityKind, Signal};

#[tokio::test]
async fn a_phone_registers_refreshes_and_goes() {
    let mut lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    let answer = alice.register("alice-secret", 1, 300).await;
    assert_eq!(answer.status(), Some(200), "{}", answer.text);
    assert!(
        answer
            .header("Contact")
            .unwrap()
            .starts_with(&format!("{};expires=300", alice.contact())),
        "{}",
        answer.text
    );
    let challenge = lab.security().await;
    assert_eq!(
        (challenge.service, &*challenge.account),
        (model::Service::Pjsip, "alice")
    );
    assert_eq!(
        challenge.kind,
        SecurityKind::ChallengeSent {
            challenge: "".into()
        }
    );
    assert_eq!(&*challenge.session, alice.call_id);
    assert_eq!(
        (challenge.local.socket, challenge.remote.socket.port()),
        (lab.address, alice.port())
    );
    assert_eq!(
        lab.security().await.kind,
        SecurityKind::SuccessfulAuth {
            using_password: true
        }
    );
    let Signal::Contact(fact) = lab.signal().await else {
        panic!()
    };
    assert_eq!(
        (fact.state, fact.usable, &*fact.endpoint),
        (ContactState::NonQualified, 1, "alice")
    );

    let contact = lab.sip.contacts().remove(0);
    assert_eq!(
        (&*contact.user_agent, &*contact.call_id, &*contact.via_host),
        ("phone", alice.call_id.as_str(), "127.0.0.1")
    );
    assert_eq!(contact.via_port, alice.port());
    assert!(contact.id.starts_with("alice;@") && contact.id.len() == 39);

    assert_eq!(
        alice.register("alice-secret", 3, 300).await.status(),
        Some(200)
    );
    let Signal::Contact(fact) = lab.signal().await else {
        panic!()
    };
    assert_eq!((fact.state, fact.usable), (ContactState::Updated, 1));
    let answer = alice.register("alice-secret", 5, 0).await;
    assert_eq!(
        (answer.status(), answer.header("Contact")),
        (Some(200), None)
    );
    let Signal::Contact(fact) = lab.signal().await else {
        panic!()
    };
    assert_eq!((fact.state, fact.usable), (ContactState::Removed, 0));
    assert!(lab.sip.contacts().is_empty());
}

#[tokio::test]
async fn a_wrong_password_is_told_and_challenged_again() {
    let mut lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    assert_eq!(alice.register("wrong", 1, 300).await.status(), Some(401));
    assert!(matches!(
        lab.security().await.kind,
        SecurityKind::ChallengeSent { .. }
    ));
    let SecurityKind::ChallengeResponseFailed {
        challenge,
        response,
    } = lab.security().await.kind
    else {
        panic!()
    };
    assert!(challenge.contains('/') && response.len() == 32);
    assert!(lab.sip.contacts().is_empty());
}

#[tokio::test]
async fn a_stranger_is_asked_as_everybody_is() {
    let mut lab = Lab::start().await;
    let mut mallory = Phone::new("mallory", &lab).await;
    assert_eq!(mallory.register("x", 1, 300).await.status(), Some(401));
    let told = lab.security().await;
    assert_eq!(
        (told.kind, &*told.account),
        (SecurityKind::InvalidAccountId, "mallory")
    );
}

#[tokio::test]
async fn contacts_expire() {
    let text = crate::lab::PHONES.replace(
        "remove_existing=yes\n",
        "remove_existing=yes\nminimum_expiration=1\n",
    );
    let mut lab = Lab::with(&text).await;
    let mut alice = Phone::new("alice", &lab).await;
    assert_eq!(
        alice.register("alice-secret", 1, 1).await.status(),
        Some(200)
    );
    let Signal::Contact(fact) = lab.signal().await else {
        panic!()
    };
    assert_eq!(fact.state, ContactState::NonQualified);
    let Signal::Contact(fact) = lab.signal().await else {
        panic!()
    };
    assert_eq!((fact.state, fact.usable), (ContactState::Removed, 0));
}

#[tokio::test]
async fn options_are_answered_and_oddities_refused() {
    let lab = Lab::start().await;
    let mut phone = Phone::new("anybody", &lab).await;
    let uri = "sip:127.0.0.1";
    phone.send(&phone.request("OPTIONS", uri, 1, "", "")).await;
    let answer = phone.status(200).await;
    assert!(answer.header("Allow").unwrap().contains("INVITE"));
    assert_eq!(answer.header("Server"), Some("lab"));
    assert!(answer.header("To").unwrap().contains(";tag="));
    phone.send(&phone.request("EXPLODE", uri, 2, "", "")).await;
    phone.status(501).await;
    phone
        .send(
            &phone
                .request("OPTIONS", uri, 3, "", "")
                .replacen("SIP/2.0", "SIP/3.0", 1),
        )
        .await;
    phone.status(505).await;
    phone.send(&phone.request("BYE", uri, 4, "", "")).await;
    phone.status(481).await;
}

#[tokio::test]
async fn what_expires_comes_with_a_stream_too() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let lab = Lab::start().await;
    let phone = Phone::new("anybody", &lab).await;
    let mut stream = tokio::net::TcpStream::connect(lab.tcp).await.unwrap();
    let request = phone
        .request("OPTIONS", "sip:127.0.0.1", 1, "", "")
        .replace("SIP/2.0/UDP", "SIP/2.0/TCP");
    // In two parts, with a keep-alive before.
    stream
        .write_all(format!("\r\n\r\n{}", &request[..40]).as_bytes())
        .await
        .unwrap();
    stream.flush().await.unwrap();
    stream.write_all(&request.as_bytes()[40..]).await.unwrap();
    let mut bytes = vec![0; 4096];
    let length = tokio::time::timeout(std::time::Duration::from_secs(5), stream.read(&mut bytes))
        .await
        .unwrap()
        .unwrap();
    assert!(String::from_utf8_lossy(&bytes[..length]).starts_with("SIP/2.0 200 OK\r\n"));
}
