//! The HTTP faces of the manager.
