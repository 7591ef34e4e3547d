//! Actions that may be sent again: the first is done, a repeat is told what came of it.

use super::{Doing, Session};
use crate::retries::{Claim, HEADER, Outcoming, Retries, Ticket};
use crate::{Answer, Audit, Log, Output, Request, Retold};
use ami::action::Declaration;
use ami::{Message, response};
use model::{Now, Token, TraceId};

const LONG: &str = "IdempotencyKey is longer than 128 bytes";
const OTHER: &str = "IdempotencyKey was used for another request";
const FULL: &str = "Too many IdempotencyKeys; wait until earlier ones are forgotten";
const TOO_LONG: &str = "The request was done before; its answer is too long to be told again";
const LOST: &str = "The request was begun before; what came of it is not known";

/// Who waits for the answer to an action, besides its client.
#[derive(Debug)]
pub(crate) struct Owed {
    token: Token,
    /// Those who send the action again.
    ticket: Option<Ticket>,
    /// The audit log.
    audit: Option<Audit>,
    /// Who traces calls.
    pub(super) trace: Option<TraceId>,
}

impl Owed {
    pub(super) fn new(token: Token) -> Self {
        Self {
            token,
            ticket: None,
            audit: None,
            trace: None,
        }
    }
}

/// Whether an action is to be done.
pub(super) enum Retry {
    /// It is; this key must be given back if it is not.
    No(Option<String>),
    /// It was done before, or cannot be.
    Yes,
}

impl Session {
    /// Looks whether the action was sent before, and if so answers.
    pub(super) fn retry(
        &mut self,
        now: Now,
        token: Token,
        declaration: Option<&Declaration>,
        message: &Message,
    ) -> Retry {
        let key = message.first(HEADER).filter(|key| !key.is_empty());
        let changes = declaration.is_some_and(|declaration| !declaration.reads);
        let (Some(key), true, Some(user)) = (key, changes, self.account()) else {
            return Retry::No(None);
        };
        let id = message.action_id();
        if key.len() > Retries::KEY {
            self.answer(token, [response::error(id, LONG)]);
            return Retry::Yes;
        }
        match self
            .node
            .retries
            .claim(now.since_start, &user.name, key, message)
        {
            Claim::First(ticket) => {
                self.owed = Some(Box::new(Owed {
                    ticket: Some(ticket),
                    ..Owed::new(token)
                }));
                return Retry::No(Some(key.to_owned()));
            }
            Claim::Repeat(outcome) => self.ask_outcome(token, id, outcome),
            Claim::Other => self.answer(token, [response::error(id, OTHER)]),
            Claim::Full => self.answer(token, [response::error(id, FULL)]),
        }
        Retry::Yes
    }

    /// Nothing was done for the key: it can be used again.
    pub(super) fn unclaim(&mut self, key: Option<&str>) {
        self.owed = None;
        if let (Some(key), Some(user)) = (key, self.account()) {
            self.node.retries.unclaim(&user.name, key);
        }
    }

    /// Tells those who wait for the answer to this action.
    pub(super) fn settle(&mut self, token: Token, messages: &[Message]) {
        if let Some(owed) = self.owed.take_if(|owed| owed.token == token) {
            let Owed { ticket, audit, .. } = *owed;
            if let Some(ticket) = ticket {
                ticket.settle(messages.to_vec());
            }
            if let (Some(audit), Some(answer)) = (audit, messages.first()) {
                self.put(Output::Log(Log::Audit(audit.ended(answer).into())));
            }
        }
    }

    /// What comes of the action is to be written down, if it changes something.
    pub(super) fn audit_outcome(
        &mut self,
        token: Token,
        declaration: Option<&Declaration>,
        message: &Message,
    ) {
        let changes = declaration.is_some_and(|declaration| !declaration.reads);
        let Some(audit) = self
            .audit(message.action().unwrap_or_default())
            .filter(|_| changes)
        else {
            return;
        };
        let audit = Some(audit.of(declaration, message));
        let owed = self.owed.get_or_insert_with(|| Box::new(Owed::new(token)));
        owed.audit = audit;
    }

    /// The beginning of an entry, if there is an audit log.
    pub(crate) fn audit(&self, action: &str) -> Option<Audit> {
        let account = self.account_name().map_or("", |name| name);
        let wanted = self.node.settings.general.audit_log.is_some();
        wanted.then(|| Audit::new(&self.peer, account, action))
    }

    /// Writes down something whose outcome is known.
    pub(crate) fn audited(&mut self, action: &str, account: Option<&str>, outcome: &str) {
        if let Some(mut audit) = self.audit(action) {
            if let Some(account) = account {
                audit.account = account.chars().take(128).collect();
            }
            outcome.clone_into(&mut audit.outcome);
            self.put(Output::Log(Log::Audit(audit.into())));
        }
    }

    /// Whether somebody waits for the answer to the action under way, even if its client is gone: the
    /// question it asked is to be answered, with [`Input::Answer`](crate::Input::Answer).
    pub fn owes(&self) -> bool {
        self.owed.is_some() && matches!(self.doing, Some(Doing::Asked(_)))
    }

    fn ask_outcome(&mut self, token: Token, id: &str, outcome: Outcoming) {
        let id = id.to_owned();
        self.doing = Some(Doing::Repeats { token, id });
        self.put(Output::Ask(Request::Outcome(outcome)));
    }

    /// The first answer again, by the name of the repeat.
    pub(super) fn retold(&mut self, token: Token, id: &str, answer: &Answer) {
        let told = if let Answer::Retold(told) = answer {
            Some(told)
        } else {
            None // the node ends
        };
        let messages = match told {
            Some(Retold::Answer(messages)) => {
                let again = messages.iter().map(|message| message.with_action_id(id));
                again.collect()
            }
            Some(Retold::TooLong) => vec![response::error(id, TOO_LONG)],
            Some(Retold::Lost) => vec![response::error(id, LOST)],
            None => vec![response::error(id, response::text::SHUTTING_DOWN)],
        };
        self.answer(token, messages);
    }
}
