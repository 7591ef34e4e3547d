//! A SIP under test with what stands around it, and a scripted phone.

use md5::{Digest, Md5};
use model::{Cause, ChannelId, Instruction, NewCall, Signal};
use sip::{Handle, Settings, Told};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Nothing awaited takes longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// SIP, media and the switch's side of the table.
pub(crate) struct Lab {
    pub(crate) sip: Handle,
    pub(crate) told: mpsc::Receiver<Told>,
    pub(crate) address: SocketAddr,
    pub(crate) tcp: SocketAddr,
}

pub(crate) const PHONES: &str = "\
[global]\ntype=global\nuser_agent=lab\n\
[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:0\n\
[tcp]\ntype=transport\nprotocol=tcp\nbind=127.0.0.1:0\n\
[phone](!)\ntype=endpoint\ncontext=phones\ndisallow=all\nallow=ulaw,alaw\nrtp_symmetric=yes\n\
[aor](!)\ntype=aor\nmax_contacts=2\nremove_existing=yes\n\
[alice](phone)\nauth=alice\naors=alice\ncallerid=\"Alice\" <101>\n\
[alice]\ntype=auth\nauth_type=userpass\nusername=alice\npassword=alice-secret\n\
[alice](aor)\n\
[dave](phone)\naors=dave\ncallerid=\"Dave\" <104>\n\
[dave](aor)\n\
[dave]\ntype=identify\nendpoint=dave\nmatch_header=X-Lab-Phone: dave\n";

pub(crate) fn settings(text: &str) -> Settings {
    let config = conf::load(
        &conf::Memory::default().with("pjsip.conf", text),
        "pjsip.conf",
    )
    .unwrap();
    let mut diagnostics = Vec::new();
    let settings = Settings::read(&config, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    settings
}

impl Lab {
    pub(crate) async fn start() -> Self {
        Self::with(PHONES).await
    }

    pub(crate) async fn with(text: &str) -> Self {
        Self::with_room(text, 1_024).await
    }

    /// A lab where this much may be told before anybody listens.
    pub(crate) async fn with_room(text: &str, room: usize) -> Self {
        let media = media::start(
            media::Settings {
                ports: 20_000..=40_000,
                ..media::Settings::default()
            },
            |_| {},
        )
        .unwrap();
        let (sender, told) = mpsc::channel(room);
        let sip = sip::start(settings(text), &[], media, sender)
            .await
            .unwrap();
        let listens = sip.listens();
        let of = |wanted| {
            listens
                .iter()
                .find(|(transport, _)| *transport == wanted)
                .map(|(_, address)| *address)
        };
        let address = of(model::Transport::Udp).unwrap();
        let tcp = of(model::Transport::Tcp).unwrap_or(address);
        Self {
            sip,
            told,
            address,
            tcp,
        }
    }

    /// The next thing told.
    pub(crate) async fn told(&mut self) -> Told {
        timeout(PATIENCE, self.told.recv())
            .await
            .expect("nothing is told")
            .expect("SIP has ended")
    }

    /// The next signal; events are passed over.
    pub(crate) async fn signal(&mut self) -> Signal {
        loop {
            if let Told::Signal(signal) = self.told().await {
                return signal;
            }
        }
    }

    /// The kind of the next security event; signals are passed over.
    pub(crate) async fn security(&mut self) -> model::Security {
        loop {
            if let Told::Notice(model::Event::Security(security)) = self.told().await {
                return (*security).clone();
            }
        }
    }

    pub(crate) fn instruct(&self, instruction: Instruction) {
        self.sip.instruct(instruction);
    }

    /// A call that came in has a channel.
    pub(crate) fn accept(&self, call: &NewCall, channel: ChannelId) {
        let token = call.token;
        self.instruct(Instruction::Accept { token, channel });
    }

    pub(crate) fn hang_up(&self, channel: ChannelId, cause: Option<Cause>) {
        self.instruct(Instruction::HangUp { channel, cause });
    }
}

/// What is told of a far end that hangs up before anything was heard.
pub(crate) fn hung_up(channel: ChannelId, cause: Cause, status: Option<&str>) -> Signal {
    Signal::HungUp {
        channel,
        cause: Some(cause),
        tech_cause: status.map(Into::into),
        quality: None,
    }
}

/// What is told when a channel is gone of which nothing was heard.
pub(crate) fn released(channel: ChannelId, status: Option<&str>) -> Signal {
    Signal::Released {
        channel,
        tech_cause: status.map(Into::into),
        quality: None,
    }
}

/// A phone on a socket of its own. It says what it is told to, word by word.
pub(crate) struct Phone {
    pub(crate) socket: UdpSocket,
    pub(crate) server: SocketAddr,
    pub(crate) name: &'static str,
    pub(crate) call_id: String,
    /// Messages that came while another was awaited.
    early: VecDeque<Message>,
}

/// A message as a phone reads it.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) text: String,
}

impl Message {
    pub(crate) fn start(&self) -> &str {
        self.text.lines().next().unwrap()
    }

    pub(crate) fn status(&self) -> Option<u16> {
        self.start()
            .strip_prefix("SIP/2.0 ")?
            .split(' ')
            .next()?
            .parse()
            .ok()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let head = self.text.split("\r\n\r\n").next()?;
        head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn body(&self) -> &str {
        self.text
            .split_once("\r\n\r\n")
            .map_or("", |(_, body)| body)
    }

    /// An answer to this request, with more header lines and a body.
    pub(crate) fn answer(&self, status: &str, tag: &str, more: &str, body: &str) -> String {
        let mut to = self.header("To").unwrap().to_owned();
        if !to.contains(";tag=") && !status.starts_with("100") {
            to = format!("{to};tag={tag}");
        }
        format!(
            "SIP/2.0 {status}\r\nVia: {}\r\nFrom: {}\r\nTo: {to}\r\nCall-ID: {}\r\nCSeq: {}\r\n{more}Content-Length: {}\r\n\r\n{body}",
            self.header("Via").unwrap(),
            self.header("From").unwrap(),
            self.header("Call-ID").unwrap(),
            self.header("CSeq").unwrap(),
            body.len()
        )
    }
}

impl Phone {
    pub(crate) async fn new(name: &'static str, lab: &Lab) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let call_id = format!("{name}-{}", socket.local_addr().unwrap().port());
        Self {
            socket,
            server: lab.address,
            name,
            call_id,
            early: VecDeque::new(),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.socket.local_addr().unwrap().port()
    }

    pub(crate) fn contact(&self) -> String {
        format!("<sip:{}@127.0.0.1:{}>", self.name, self.port())
    }

    /// A request from this phone outside of a dialog.
    pub(crate) fn request(
        &self,
        method: &str,
        uri: &str,
        sequence: u32,
        more: &str,
        body: &str,
    ) -> String {
        let name = self.name;
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{};branch=z9hG4bK-{}-{sequence}-{method}\r\n\
             From: \"{name}\" <sip:{name}@127.0.0.1>;tag=tag-{name}\r\nTo: <{uri}>\r\nCall-ID: {}\r\nCSeq: {sequence} {method}\r\n\
             Max-Forwards: 70\r\nContact: {}\r\n{more}Content-Length: {}\r\n\r\n{body}",
            self.port(),
            self.call_id,
            self.call_id,
            self.contact(),
            body.len()
        )
    }

    pub(crate) async fn send(&self, text: &str) {
        self.socket
            .send_to(text.as_bytes(), self.server)
            .await
            .unwrap();
    }

    async fn receive(&self) -> Message {
        let mut bytes = [0; 8192];
        let received = timeout(PATIENCE, self.socket.recv_from(&mut bytes)).await;
        let (length, _) = received
            .unwrap_or_else(|_| panic!("{} hears nothing", self.name))
            .unwrap();
        Message {
            text: String::from_utf8(bytes[..length].to_vec()).unwrap(),
        }
    }

    /// The next message that fits; others are kept.
    pub(crate) async fn expect(&mut self, fits: impl Fn(&Message) -> bool) -> Message {
        if let Some(at) = self.early.iter().position(&fits) {
            return self.early.remove(at).unwrap();
        }
        loop {
            let message = self.receive().await;
            if fits(&message) {
                return message;
            }
            self.early.push_back(message);
        }
    }

    /// The next final answer with this status.
    pub(crate) async fn status(&mut self, status: u16) -> Message {
        let found = self
            .expect(|message| {
                message
                    .status()
                    .is_some_and(|found| found >= 200 || found == status)
            })
            .await;
        assert_eq!(found.status(), Some(status), "{}", found.text);
        found
    }

    /// The next message of this number and method: the answer to a request of the phone's.
    pub(crate) async fn replied(&mut self, sequence: &str) -> Message {
        self.expect(|message| message.header("CSeq") == Some(sequence))
            .await
    }

    /// The next request of this method.
    pub(crate) async fn asked(&mut self, method: &str) -> Message {
        self.expect(|message| message.start().starts_with(&format!("{method} ")))
            .await
    }

    /// The answer to a challenge.
    pub(crate) fn authorize(
        &self,
        challenge: &Message,
        method: &str,
        uri: &str,
        password: &str,
    ) -> String {
        let text = challenge.header("WWW-Authenticate").unwrap();
        let field = |name: &str| {
            text.split(&format!("{name}=\""))
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap()
                .to_owned()
        };
        let (realm, nonce) = (field("realm"), field("nonce"));
        let account = hash(&format!("{}:{realm}:{password}", self.name));
        let response = hash(&format!(
            "{account}:{nonce}:00000001:abc:auth:{}",
            hash(&format!("{method}:{uri}"))
        ));
        format!(
            "Authorization: Digest username=\"{}\",realm=\"{realm}\",nonce=\"{nonce}\",uri=\"{uri}\",response=\"{response}\",algorithm=MD5,qop=auth,nc=00000001,cnonce=\"abc\"\r\n",
            self.name
        )
    }

    /// Registers (or unregisters) with a password.
    pub(crate) async fn register(
        &mut self,
        password: &str,
        sequence: u32,
        expires: u32,
    ) -> Message {
        let uri = format!("sip:{}@127.0.0.1", self.name);
        let expires = format!("Expires: {expires}\r\nUser-Agent: phone\r\n");
        self.send(&self.request("REGISTER", &uri, sequence, &expires, ""))
            .await;
        let challenge = self.status(401).await;
        let more = format!(
            "{expires}{}",
            self.authorize(&challenge, "REGISTER", &uri, password)
        );
        self.send(&self.request("REGISTER", &uri, sequence + 1, &more, ""))
            .await;
        self.expect(|message| message.status().is_some_and(|status| status >= 200))
            .await
    }
}

fn hash(text: &str) -> String {
    Md5::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
