//! The manager over HTTP.
//!
//! | Path | What |
//! |---|---|
//! | `/rawman` `/manager` `/mxml` | one action a request, as text, HTML or XML; a cookie is the session |
//! | `/arawman` `/amanager` `/amxml` | the same with HTTP digest |
//! | `/actions/NAME` | one action as JSON |
//! | `/events` | what happens, as Server-Sent Events |
//! | `/ws` | actions and events as a WebSocket |
//! | `/snapshot` | the state at one place in the order of events |
//! | `/panel/` | a live page for people |
//! | `/openapi.json` `/asyncapi.json` | all of these, described for programs |
//! | `/static/…` | files, if `enable_static` |
//! | a path of `[post_mappings]` | takes files into a folder |
//! | `/httpstatus` | what is served where, if `enable_status` |
//!
//! All of them drive the same [`manager::Session`] as TCP does: `driver.rs` takes its questions to
//! their owners and events from the hub, through [`Exchange`], which is what is needed of the node.
//! [`Faces`] listens, as http.conf ([`Settings`]) says.

mod ami_face;
mod answer;
mod answering;
mod body;
mod caller;
mod certificate;
mod cipher;
mod cookie;
mod digest;
mod digest_login;
mod driver;
mod exchange;
mod figures;
mod files;
mod help;
mod idle;
mod json;
mod json_face;
mod json_faces;
mod listener;
mod origin;
mod page;
mod panel;
mod parameters;
pub mod schema;
mod session;
mod sessions;
mod settings;
mod show;
pub mod socket;
mod stream;
mod tls;
pub mod token;
mod unread;
mod upload;
mod web;

pub use certificate::shown as certificate;
pub use digest::Algorithm;
pub use exchange::{Events, Exchange, Figures, Place, Promise, Reader, Work};
pub use help::HELP;
pub use listener::{At, Faces, Failure};
pub use settings::{General, Redirect, Restriction, Settings};
pub use tls::{Made, Tls, TlsError};
pub use token::Tokens;
pub use upload::Mapping;
pub use web::missing;
