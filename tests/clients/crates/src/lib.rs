//! What the Rust programs share: a step a line in, a line a step out (see run.py).
use std::env::var;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::sync::Notify;

/// The values a step tells, or why it failed.
pub type Told = Result<Vec<String>, Box<dyn Error + Send + Sync>>;

/// A client: what it does for each step, with its own API.
pub trait Client {
    /// Does the step.
    fn step(&mut self, name: &str, word: &str) -> impl Future<Output = Told>;
}

/// Where to connect and as whom.
pub struct Account {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub secret: String,
    pub wrong: String,
}

impl Account {
    /// As the runner says.
    pub fn from_environment() -> Self {
        let secret = var("CLIENT_SECRET").unwrap();
        Self {
            host: var("CLIENT_HOST").unwrap(),
            port: var("CLIENT_PORT").unwrap().parse().unwrap(),
            user: var("CLIENT_USER").unwrap(),
            wrong: format!("not-{secret}"),
            secret,
        }
    }
}

/// The events a client told of so far, to be waited for.
#[derive(Clone, Default)]
pub struct Seen {
    events: Arc<Mutex<Vec<Event>>>,
    arrived: Arc<Notify>,
}

/// An event: its name and the values the steps look at.
#[derive(Clone, Default)]
pub struct Event {
    pub name: String,
    pub channel: String,
    pub response: String,
}

impl Seen {
    /// Keeps one.
    pub fn add(&self, event: Event) {
        self.events.lock().unwrap().push(event);
        self.arrived.notify_waiters();
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.events.lock().unwrap().clear();
    }

    /// All events up to the first that passes the test.
    pub async fn until(
        &self,
        test: impl Fn(&Event) -> bool,
    ) -> Result<Vec<Event>, Box<dyn Error + Send + Sync>> {
        let wait = async {
            loop {
                let next = self.arrived.notified();
                tokio::pin!(next);
                next.as_mut().enable();
                {
                    let events = self.events.lock().unwrap();
                    if let Some(index) = events.iter().position(&test) {
                        return events[..=index].to_vec();
                    }
                }
                next.await;
            }
        };
        Ok(tokio::time::timeout(Duration::from_secs(15), wait).await?)
    }

    /// What the step `events` tells: all up to the hangup of this channel.
    pub async fn of_a_call(&self, last: &str) -> Told {
        let events = self
            .until(|event| event.name == "Hangup" && event.channel == last)
            .await?;
        let told = |event: &Event| {
            let channel = if event.channel.is_empty() {
                "-"
            } else {
                &event.channel
            };
            format!("{} {channel}", event.name)
        };
        Ok(events.iter().map(told).collect())
    }

    /// What the step `originate` tells, once the client knows the outcome.
    pub async fn outcome(&self) -> Told {
        let events = self
            .until(|event| event.name == "OriginateResponse")
            .await?;
        let event = events.last().unwrap();
        Ok(vec![event.response.clone(), event.channel.clone()])
    }
}

/// Does the steps asked for until there are no more.
pub async fn serve(mut client: impl Client) {
    let mut lines = BufReader::new(stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let (name, word) = line.split_once('\t').unwrap_or((&line, ""));
        match client.step(name, word).await {
            Ok(values) => {
                let told: Vec<_> = std::iter::once(format!("ok {name}"))
                    .chain(values)
                    .collect();
                println!("{}", told.join("\t"));
            }
            Err(error) => println!("fail {name}: {}", error.to_string().replace('\n', " ")),
        }
    }
    std::process::exit(0);
}
