//! What is wrong in the dialplan is logged with the place.

use crate::world::World;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const DIALPLAN: &str = "
[phones]
exten => wrong,1,Set(LEN(x)=1)
 same => n,Set(nothing)
 same => n,Set(X=$[1 / 0])
";

/// The messages that are logged.
#[derive(Clone, Default)]
struct Messages(Arc<Mutex<Vec<String>>>);

impl Subscriber for Messages {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl Visit for Messages {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0.lock().unwrap().push(format!("{value:?}"));
        }
    }
}

#[test]
fn what_cannot_be_set_is_logged_with_its_place() {
    let messages = Messages::default();
    tracing::subscriber::with_default(messages.clone(), || {
        let mut world = World::new(1, DIALPLAN);
        world.dial("alice", "wrong").unwrap();
        world.finish();
    });
    assert_eq!(
        *messages.0.lock().unwrap(),
        [
            "At phones,wrong,1: Set: LEN(x) is not set: LEN cannot be set",
            "At phones,wrong,2: Set: there is no '=' in 'nothing'",
            "At phones,wrong,3: the expression '1 / 0' divides by zero",
        ]
    );
}
