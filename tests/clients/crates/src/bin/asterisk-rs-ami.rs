//! asterisk-rs-ami: an action a type, an event a variant. It reconnects by itself.
use std::time::Duration;

use asterisk_rs_ami::action::{CoreShowChannelsAction, OriginateAction};
use asterisk_rs_ami::{AmiClient, AmiError, AmiEvent};
use asterisk_rs_core::config::{ConnectionState, ReconnectPolicy};
use asterisk_rs_core::event::EventReceive;
use foreign_clients::{Account, Client, Event, Seen, Told, serve};

struct Program {
    account: Account,
    ami: Option<AmiClient>,
    seen: Seen,
}

fn seen(event: &AmiEvent) -> Event {
    let mut kept = Event {
        name: event.event_name().to_owned(),
        ..Event::default()
    };
    kept.channel = event.channel().unwrap_or_default().to_owned();
    match event {
        AmiEvent::OriginateResponse { response, .. } => kept.response = response.clone(),
        // Events that it has no variant for, or others with less in them, it gives as headers.
        AmiEvent::Unknown { headers, .. } => {
            kept.channel = headers.get("Channel").cloned().unwrap_or_default();
        }
        AmiEvent::Malformed { headers, .. } => {
            kept.channel = headers.get("Channel").cloned().unwrap_or_default();
        }
        _ => {}
    }
    kept
}

impl Program {
    async fn connect(&self, secret: &str, challenge: bool) -> Result<AmiClient, AmiError> {
        let policy =
            ReconnectPolicy::exponential(Duration::from_millis(200), Duration::from_secs(1));
        AmiClient::builder()
            .host(&self.account.host)
            .port(self.account.port)
            .credentials(&self.account.user, secret)
            .reconnect(policy)
            .require_challenge(challenge)
            .build()
            .await
    }

    fn ami(&self) -> Result<&AmiClient, &'static str> {
        self.ami.as_ref().ok_or("not connected")
    }

    async fn ping(&self) -> Told {
        Ok(vec![
            self.ami()?
                .ping()
                .await?
                .get("Ping")
                .unwrap_or_default()
                .to_owned(),
        ])
    }
}

impl Client for Program {
    async fn step(&mut self, name: &str, word: &str) -> Told {
        match name {
            "login" => {
                let ami = self.connect(&self.account.secret, false).await?;
                let (mut events, keep) = (ami.subscribe(), self.seen.clone());
                tokio::spawn(async move {
                    while let EventReceive::Event(event) = events.recv().await {
                        keep.add(seen(&event));
                    }
                });
                self.ami = Some(ami);
                Ok(vec![])
            }
            "ping" => self.ping().await,
            "command" => {
                // Lines of the old form are `output`; of repeated headers it keeps the last.
                let answer = self.ami()?.command(word).await?;
                Ok(vec![answer.get("Output").unwrap_or_default().to_owned()])
            }
            "list" => {
                let list = self.ami()?.send_collecting(&CoreShowChannelsAction).await?;
                let items = list
                    .events
                    .iter()
                    .filter(|event| event.event_name() == "CoreShowChannel");
                Ok(items.map(|event| seen(event).channel).collect())
            }
            "watch" => {
                self.seen.clear();
                Ok(vec![])
            }
            "events" => self.seen.of_a_call(word).await,
            "originate" => {
                self.seen.clear();
                let call = OriginateAction::new(word)
                    .context("lab")
                    .extension("wait")
                    .priority(1);
                self.ami()?.originate(call.async_originate(true)).await?;
                self.seen.outcome().await
            }
            "wrong-secret" => {
                let told = self.connect(&self.account.wrong, false).await;
                Ok(vec![
                    told.err()
                        .map(|error| error.to_string())
                        .unwrap_or_default(),
                ])
            }
            "reconnect" => {
                self.seen.until(|event| event.name == "FullyBooted").await?;
                let state = self.ami()?.connection_state();
                if !matches!(state, ConnectionState::Connected) {
                    return Err(format!("{state:?}").into());
                }
                self.ping().await
            }
            "challenge" => {
                self.ami = Some(self.connect(&self.account.secret, true).await?);
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
