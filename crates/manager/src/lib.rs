//! The manager's server side: sessions, accounts, handlers.
