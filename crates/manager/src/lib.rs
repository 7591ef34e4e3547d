//! The manager's server side: sessions, accounts, handlers.
//!
//! [`Session`] is one client as a pure value: actions, events and answers go in, messages, questions
//! and notices come out. [`Connection`] puts it on a stream of bytes. The shell that owns the socket
//! is described in both. What an action does stands in `handler/`, in files named as those that
//! declare the actions.

mod acl;
mod audit;
mod budget;
mod connection;
mod filter;
mod gate;
mod general;
mod handler;
mod lag;
mod listing;
mod login;
mod mask;
mod missed;
mod node;
mod outgoing;
mod peer;
mod pieces;
mod record;
mod request;
mod retries;
mod rules;
mod secret;
mod session;
mod settings;
pub mod show;
mod tally;
mod throttle;
mod tls;
mod traced;
mod uri;
mod user;

pub use acl::{Acl, BadRule};
pub use audit::Audit;
pub use budget::Budget;
pub use connection::{Connection, Effect};
pub use filter::{BadFilter, Filter, Filters};
pub use general::{Bind, General, Spoken};
pub use lag::OnLag;
pub use listing::Listing;
pub use mask::Mask;
pub use missed::{Missed, Resumed, Why};
pub use node::Node;
pub use peer::{Certificate, Log, Peer};
pub use record::{Kept, Memory, Recalled, Rendered, Style, Told};
pub use request::{
    Answer, ConsoleReport, FileFault, FileReply, FileRequest, FileUpdate, ReloadOutcome, Request,
};
pub use retries::{Outcoming, Retries, Told as Retold};
pub use rules::{Explanation, Rules, explain};
pub use secret::{BadHash, Secret, hash, verify};
pub use session::{Carrier, Close, Input, Output, Piece, Pieces, Session};
pub use settings::{Files, HELP, Settings};
pub use tally::Tally;
pub use throttle::Throttle;
pub use tls::TlsSettings;
pub use traced::{Traced, TracedAction};
pub use user::{Account, User};
