//! The HTTP faces of the manager.

mod cipher;
mod tls;

pub use tls::{Made, Tls, TlsError};
