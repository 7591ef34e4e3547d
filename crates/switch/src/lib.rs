//! The call core: channels, bridges, the dialplan at work.
