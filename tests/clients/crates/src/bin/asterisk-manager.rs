//! asterisk-manager: typed actions, a stream of events, and a stream that never ends over restarts.
use std::collections::HashMap;
use std::time::Duration;

use asterisk_manager::resilient::{ResilientMetrics, ResilientOptions, infinite_events_stream};
use asterisk_manager::{AmiAction, AmiError, AmiEvent, AmiResponse, Manager, ManagerOptions};
use foreign_clients::{Account, Client, Event, Seen, Told, serve};
use tokio_stream::StreamExt;

struct Program {
    account: Account,
    ami: Option<Manager>,
    seen: Seen,
    metrics: ResilientMetrics,
}

fn seen(event: AmiEvent) -> Event {
    let (name, channel, response) = match event {
        AmiEvent::Newchannel(data) => ("Newchannel".into(), data.channel, String::new()),
        AmiEvent::Hangup(data) => ("Hangup".into(), data.channel, String::new()),
        AmiEvent::UnknownEvent {
            event_type,
            mut fields,
        } => {
            let mut take = |name| fields.remove(name).unwrap_or_default();
            (event_type, take("Channel"), take("Response"))
        }
        AmiEvent::PeerStatus(_) => ("PeerStatus".into(), String::new(), String::new()),
        AmiEvent::InternalConnectionLost { .. } => ("-lost".into(), String::new(), String::new()),
    };
    Event {
        name,
        channel,
        response,
    }
}

impl Program {
    fn options(&self, secret: &str) -> ManagerOptions {
        ManagerOptions {
            port: self.account.port,
            host: self.account.host.clone(),
            username: self.account.user.clone(),
            password: secret.to_owned(),
            events: true,
        }
    }

    async fn login(&mut self) -> Told {
        let mut ami = Manager::new();
        ami.connect_and_login(self.options(&self.account.secret))
            .await?;
        self.ami = Some(ami);
        Ok(vec![])
    }

    /// Events come over a connection of their own, which is made again when lost.
    async fn watch(&self) -> Told {
        let options = ResilientOptions {
            manager_options: self.options(&self.account.secret),
            metrics: Some(self.metrics.clone()),
            ..ResilientOptions::default()
        };
        let events = infinite_events_stream(options).await?;
        let keep = self.seen.clone();
        tokio::spawn(async move {
            tokio::pin!(events);
            while let Some(Ok(event)) = events.next().await {
                keep.add(seen(event));
            }
        });
        Ok(vec![])
    }

    async fn send(&self, action: AmiAction) -> Result<AmiResponse, AmiError> {
        self.ami
            .as_ref()
            .ok_or(AmiError::NotConnected)?
            .send_action(action)
            .await
    }

    async fn custom(&self, name: &str, params: &[(&str, &str)]) -> Result<AmiResponse, AmiError> {
        let params = params
            .iter()
            .map(|(key, value)| (key.to_string(), value.to_string()));
        let params: HashMap<_, _> = params.collect();
        self.send(AmiAction::Custom {
            action: name.into(),
            params,
            action_id: None,
        })
        .await
    }

    async fn ping(&self) -> Told {
        let answer = self.send(AmiAction::Ping { action_id: None }).await?;
        Ok(vec![
            answer.fields["Ping"].as_str().unwrap_or_default().into(),
        ])
    }
}

impl Client for Program {
    async fn step(&mut self, name: &str, word: &str) -> Told {
        match name {
            "login" => {
                self.watch().await?;
                self.login().await
            }
            "ping" => self.ping().await,
            "command" => {
                let answer = self
                    .send(AmiAction::Command {
                        command: word.into(),
                        action_id: None,
                    })
                    .await?;
                Ok(answer.command_output.unwrap_or_default())
            }
            "list" => {
                let answer = self.custom("CoreShowChannels", &[]).await?;
                let items = answer.fields["CollectedEvents"]
                    .as_array()
                    .ok_or("no list")?;
                let text = |item: &serde_json::Value, name: &str| {
                    item.get(name)
                        .and_then(|value| value.as_str())
                        .unwrap_or_default()
                        .to_owned()
                };
                let items = items
                    .iter()
                    .filter(|item| text(item, "Event") == "CoreShowChannel");
                Ok(items.map(|item| text(item, "Channel")).collect())
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
                self.custom("Originate", &[&[("Channel", word)], &place[..]].concat())
                    .await?;
                self.seen.outcome().await
            }
            "wrong-secret" => {
                let told = Manager::new()
                    .connect_and_login(self.options(&self.account.wrong))
                    .await;
                Ok(vec![
                    told.err()
                        .map(|error| error.to_string())
                        .unwrap_or_default(),
                ])
            }
            "reconnect" => {
                // The stream of events is made again by itself; it counts how often.
                let again = async {
                    while self.metrics.snapshot().1 == 0 {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                };
                tokio::time::timeout(Duration::from_secs(20), again).await?;
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
    let metrics = ResilientMetrics::new();
    serve(Program {
        metrics,
        account,
        ami: None,
        seen: Seen::default(),
    })
    .await;
}
