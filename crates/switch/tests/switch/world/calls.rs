//! Calls that phones make.

use super::{World, lines};
use model::{ChannelId, NewCall, Party, Signal, Token};
use switch::Input;

impl World {
    /// A phone calls; gives the channel, if the call is taken.
    pub(crate) fn dial(&mut self, name: &'static str, exten: &str) -> Option<ChannelId> {
        self.dial_as(name, exten, Party::default(), false)
    }

    /// The same; the phone says who calls, and whether that may be shown.
    pub(crate) fn dial_as(
        &mut self,
        name: &'static str,
        exten: &str,
        caller: Party,
        withheld: bool,
    ) -> Option<ChannelId> {
        self.call_in(name, |call| NewCall {
            caller,
            withheld,
            exten: exten.into(),
            ..call
        })
    }

    /// A phone calls to take the place of another call.
    pub(crate) fn replace(&mut self, name: &'static str, replaced: ChannelId) -> Option<ChannelId> {
        let replaces = Some(replaced);
        self.call_in(name, |call| NewCall { replaces, ..call })
    }

    fn call_in(
        &mut self,
        name: &'static str,
        call: impl FnOnce(NewCall) -> NewCall,
    ) -> Option<ChannelId> {
        self.tokens += 1;
        let token = Token(self.tokens);
        self.calls.insert(token, name.to_owned());
        self.give(Input::Signal(Signal::NewCall(call(NewCall {
            token,
            endpoint: name.into(),
            caller: Party::default(),
            withheld: false,
            exten: "s".into(),
            replaces: None,
            call_id: format!("call-{}", self.tokens).into(),
            dialog: lines::dialog(name),
            variables: vec![("SIPDOMAIN".into(), "192.0.2.1".into())],
        }))));
        self.taken.get(&token).copied()
    }
}
