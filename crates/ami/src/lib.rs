//! The manager protocol: messages, framing, classes, actions, events.
