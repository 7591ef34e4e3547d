//! The derives behind the declarations of actions, events and settings.
