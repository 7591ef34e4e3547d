//! asterisk-ami: packets in, packets out; a list is one answer. A connection is made anew by hand.
use asterisk_ami::{AmiConnection, Packet, Tag, find_tag};
use foreign_clients::{Account, Client, Event, Seen, Told, serve};

struct Program {
    account: Account,
    ami: Option<AmiConnection>,
    seen: Seen,
}

fn value(packet: &Packet, name: &str) -> String {
    find_tag(packet, name).cloned().unwrap_or_default()
}

fn packet(tags: &[(&str, &str)]) -> Packet {
    tags.iter()
        .map(|(key, value)| Tag::from(key, value))
        .collect()
}

impl Program {
    async fn connect(&self, secret: &str) -> Result<(AmiConnection, String), std::io::Error> {
        let ami = AmiConnection::connect((self.account.host.as_str(), self.account.port)).await?;
        let mut events = ami.events();
        let seen = self.seen.clone();
        tokio::spawn(async move {
            while let Ok(Some(event)) = events.recv().await {
                let (name, channel) = (value(&event, "Event"), value(&event, "Channel"));
                let response = value(&event, "Response");
                seen.add(Event {
                    name,
                    channel,
                    response,
                });
            }
        });
        let user = self.account.user.as_str();
        // It holds 32 events for a reader; this class is the call alone.
        let login = packet(&[
            ("Action", "Login"),
            ("Username", user),
            ("Secret", secret),
            ("Events", "call"),
        ]);
        let answer = ami.send(login).await.unwrap_or_default();
        let message = answer
            .first()
            .map(|packet| value(packet, "Message"))
            .unwrap_or_default();
        Ok((ami, message))
    }

    async fn login(&mut self) -> Told {
        let (ami, message) = self.connect(&self.account.secret).await?;
        self.ami = Some(ami);
        if message == "Authentication accepted" {
            Ok(vec![])
        } else {
            Err(message.into())
        }
    }

    async fn send(&self, tags: &[(&str, &str)]) -> Result<Vec<Packet>, &'static str> {
        let ami = self.ami.as_ref().ok_or("not connected")?;
        ami.send(packet(tags)).await.ok_or("no answer")
    }

    async fn ping(&self) -> Told {
        let answer = self.send(&[("Action", "Ping")]).await?;
        Ok(vec![value(answer.first().ok_or("closed")?, "Ping")])
    }
}

impl Client for Program {
    async fn step(&mut self, name: &str, word: &str) -> Told {
        match name {
            "login" => self.login().await,
            "ping" => self.ping().await,
            "command" => {
                let answer = self
                    .send(&[("Action", "Command"), ("Command", word)])
                    .await?;
                let lines = answer[0].iter().filter(|tag| tag.key == "Output");
                Ok(lines.map(|tag| tag.value.clone()).collect())
            }
            "list" => {
                let answer = self
                    .send(&[("Action", "CoreShowChannels"), ("ActionID", "list")])
                    .await?;
                let items = answer
                    .iter()
                    .filter(|item| value(item, "Event") == "CoreShowChannel");
                Ok(items.map(|item| value(item, "Channel")).collect())
            }
            "watch" => {
                self.seen.clear();
                Ok(vec![])
            }
            "events" => self.seen.of_a_call(word).await,
            "originate" => {
                self.seen.clear();
                let place = [
                    ("Context", "lab"),
                    ("Exten", "wait"),
                    ("Priority", "1"),
                    ("Async", "true"),
                ];
                let call = [&[("Action", "Originate"), ("Channel", word)], &place[..]].concat();
                self.send(&call).await?;
                self.seen.outcome().await
            }
            "wrong-secret" => Ok(vec![self.connect(&self.account.wrong).await?.1]),
            "reconnect" => {
                self.login().await?;
                self.ping().await
            }
            _ => Err("no such step".into()),
        }
    }
}

#[tokio::main]
async fn main() {
    let account = Account::from_environment();
    serve(Program {
        account,
        ami: None,
        seen: Seen::default(),
    })
    .await;
}
