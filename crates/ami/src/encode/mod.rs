//! How messages are written: one file for each form.

pub mod raw;
