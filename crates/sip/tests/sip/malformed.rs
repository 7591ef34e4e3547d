//! A thousand messages that are none, and SIP is as well as before.

use crate::lab::{Lab, Phone};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// A message with something wrong with it.
fn broken(phone: &Phone, numbers: &mut Numbers, sequence: u32) -> Vec<u8> {
    let methods = [
        "INVITE", "REGISTER", "OPTIONS", "BYE", "CANCEL", "ACK", "MESSAGE", "INFO", "NOTIFY",
    ];
    let method = methods[numbers.below(methods.len())];
    let body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n";
    let mut bytes = phone
        .request(
            method,
            "sip:x@127.0.0.1",
            sequence,
            "Content-Type: application/sdp\r\n",
            body,
        )
        .into_bytes();
    match numbers.below(8) {
        0 => bytes.truncate(numbers.below(bytes.len())),
        1 => {
            bytes = (0..numbers.below(2_000))
                .map(|_| numbers.below(256) as u8)
                .collect()
        }
        2 => {
            let text = String::from_utf8(bytes).unwrap();
            let lines: Vec<&str> = text.split("\r\n").collect();
            let without = numbers.below(lines.len());
            let kept = lines
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != without)
                .map(|(_, line)| *line);
            bytes = kept.collect::<Vec<_>>().join("\r\n").into_bytes();
        }
        3 => {
            let text = String::from_utf8(bytes).unwrap();
            let lengths = ["-1", "99999999999999999999", "", "abc", "65536", "1e3"];
            let length = lengths[numbers.below(lengths.len())];
            bytes = text
                .replace(
                    &format!("Content-Length: {}", body.len()),
                    &format!("Content-Length: {length}"),
                )
                .into_bytes();
        }
        4 => {
            let text = String::from_utf8(bytes).unwrap();
            bytes = text
                .replace("Via: SIP/2.0/UDP", "Via: ;;;=,,\"<>")
                .into_bytes();
        }
        5 => bytes
            .splice(0..0, std::iter::repeat_n(b'A', numbers.below(20_000)))
            .for_each(drop),
        _ => {
            for _ in 0..=numbers.below(20) {
                let at = numbers.below(bytes.len());
                bytes[at] = numbers.below(256) as u8;
            }
        }
    }
    bytes
}

#[tokio::test]
async fn a_thousand_broken_messages_do_no_harm() {
    let mut lab = Lab::start().await;
    tokio::spawn(async move { while lab.told.recv().await.is_some() {} });
    let (address, tcp, sip) = (lab.address, lab.tcp, lab.sip.clone());
    let lab = Lab {
        sip,
        told: tokio::sync::mpsc::channel(1).1,
        address,
        tcp,
    };
    let mut phone = Phone::new("mallory", &lab).await;
    let mut numbers = Numbers(0x5eed);
    for sequence in 1..=1_000 {
        let bytes = broken(&phone, &mut numbers, sequence);
        // What is longer than a datagram goes by stream only.
        let _sent = phone.socket.send_to(&bytes, lab.address).await;
        if sequence % 4 == 0 {
            let mut stream = TcpStream::connect(lab.tcp).await.unwrap();
            let _written = stream.write_all(&bytes).await;
        }
        if sequence % 100 == 0 {
            tokio::task::yield_now().await;
        }
    }
    phone.call_id = "afterwards".to_owned();
    phone
        .send(&phone.request("OPTIONS", "sip:127.0.0.1", 5_000, "", ""))
        .await;
    let answer = phone
        .expect(|message| message.header("Call-ID") == Some("afterwards"))
        .await;
    assert_eq!(answer.status(), Some(200));
    let mut stream = TcpStream::connect(lab.tcp).await.unwrap();
    let request = phone
        .request("OPTIONS", "sip:127.0.0.1", 5_001, "", "")
        .replace("SIP/2.0/UDP", "SIP/2.0/TCP");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = vec![0; 4_096];
    let length = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut bytes))
        .await
        .unwrap()
        .unwrap();
    assert!(bytes[..length].starts_with(b"SIP/2.0 200 OK\r\n"));
}
