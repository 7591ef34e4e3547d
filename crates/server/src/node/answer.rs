//! The way from a session's question to its owner.

use super::Node;
use super::reload::outcome;
use crate::console;
use crate::store::Busy;
use crate::switch_task::{Answered, Ended};
use manager::{Answer, ConsoleReport, FileRequest, Request};
use model::{Command, Seq};
use std::sync::Arc;

impl Node {
    /// Takes a session's question to its owner; with the number of the last event before it.
    pub(crate) async fn answer(self: Arc<Self>, request: Request) -> (Seq, Answer) {
        let nowhere = Seq(0);
        match request {
            Request::Switch(command) => match self.switch.ask(command).await {
                Ok(Answered { at, reply }) => (at, Answer::Switch(reply)),
                Err(Ended) => (nowhere, Answer::Unavailable),
            },
            // What is asked now is answered after all that was told before.
            Request::Settle => match self.switch.ask(Command::Counts).await {
                Ok(Answered { at, .. }) => (at, Answer::Settled),
                Err(Ended) => (nowhere, Answer::Unavailable),
            },
            Request::Console(line) => {
                let console::Answer { done, output } = console::run(&self, &line).await;
                (
                    nowhere,
                    Answer::Console(ConsoleReport {
                        success: done,
                        output,
                    }),
                )
            }
            Request::Contacts => (nowhere, Answer::Contacts(self.sip.contacts())),
            Request::Files(request) => (nowhere, self.answer_files(request).await),
            Request::Sip(query) => (nowhere, self.answer_sip(query).await),
            Request::Mailboxes(query) => (nowhere, self.answer_mailboxes(query).await),
            Request::Reload(name) => {
                let done = self.reload(name.as_deref()).await;
                (nowhere, Answer::Reloaded(outcome(&done)))
            }
            Request::RotateLog => (nowhere, Answer::Rotated(self.rotate_log().await)),
            Request::Module(name) => {
                let found = self.configured().configuration.modules.find(&name);
                (nowhere, Answer::Module(found.is_some()))
            }
            Request::Outcome(outcome) => (nowhere, Answer::Retold(outcome.await)),
            Request::Verify { hash, secret } => {
                let verified = tokio::task::spawn_blocking(move || manager::verify(&hash, &secret));
                (
                    nowhere,
                    verified.await.map_or(Answer::Unavailable, Answer::Verified),
                )
            }
            // The session's own to answer.
            Request::Admit(_) | Request::Resume(_) => (nowhere, Answer::Unavailable),
        }
    }

    /// A change of files may ask for a reload.
    pub(crate) async fn answer_files(self: &Arc<Self>, request: FileRequest) -> Answer {
        let reload = match &request {
            FileRequest::Update(update) => update.reload.clone(),
            FileRequest::Read { .. } | FileRequest::Create { .. } | FileRequest::Save { .. } => {
                None
            }
        };
        match self.files.ask(request).await {
            Ok(answer) => {
                if let (Ok(_), Some(name)) = (&answer, reload) {
                    // After the answer; what becomes of it is told as an event and in the log.
                    let node = Arc::clone(self);
                    tokio::spawn(async move { node.reload(Some(&name)).await });
                }
                Answer::Files(answer)
            }
            Err(Busy) => Answer::Unavailable,
        }
    }
}
