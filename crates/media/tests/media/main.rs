//! Media against real sockets, with phones that send and receive by hand.

mod phone;
mod relay;
mod report;
mod sound;
