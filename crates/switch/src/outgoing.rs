//! Calling somebody: the channels a Dial or an Originate makes, whatever their technology.

use crate::channel::{Descent, Dialer, NewChannel, Technology};
use crate::local::LocalResource;
use crate::{Output, Switch};
use model::{Cause, ChannelId, ChannelState, Event, Instruction};
use std::sync::Arc;

/// A channel made to call somebody, not yet dialled.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) id: ChannelId,
    resource: Arc<str>,
    /// The formats to offer; empty for the endpoint's own.
    pub(crate) formats: Vec<Arc<str>>,
}

impl Switch {
    /// Makes the channel that is to call `technology/resource`, or says why there is none.
    pub(crate) fn make_outgoing(
        &mut self,
        technology: &str,
        resource: &str,
        descent: Descent,
        uniqueids: [Option<Arc<str>>; 2],
    ) -> Result<Outgoing, Cause> {
        if self.is_full() {
            return Err(Cause::SWITCH_CONGESTION);
        }
        if self.has_taken(&uniqueids) {
            tracing::warn!(?uniqueids, "No channel is made: its id is in use already");
            return Err(Cause::INTERWORKING);
        }
        let id = match technology.to_ascii_lowercase().as_str() {
            "local" => self.make_local(&LocalResource::parse(resource), descent, uniqueids),
            "pjsip" => self.make_pjsip(resource, descent, uniqueids)?,
            _ => return Err(Cause::CHAN_NOT_IMPLEMENTED),
        };
        Ok(Outgoing {
            id,
            resource: resource.into(),
            formats: Vec::new(),
        })
    }

    /// Whether a channel goes by one of these already, or both would go by the same.
    fn has_taken(&self, uniqueids: &[Option<Arc<str>>; 2]) -> bool {
        let [one, two] = uniqueids;
        let mut wanted = uniqueids.iter().flatten();
        (one.is_some() && one == two)
            || wanted.any(|uniqueid| self.directory.with_uniqueid(uniqueid).is_some())
    }

    /// Dials the channel. False if there is nothing to dial after all.
    pub(crate) fn call(&mut self, outgoing: &Outgoing, dialer: Dialer) -> bool {
        let id = outgoing.id;
        let Some(channel) = self.channels.get_mut(&id) else {
            return false;
        };
        channel.dialer = Some(dialer);
        let Technology::External { call_id, .. } = &channel.technology else {
            return self.call_local(id);
        };
        let instruction = Instruction::Dial {
            channel: id,
            resource: Arc::clone(&outgoing.resource),
            caller: channel.connected.clone(),
            withheld: channel.memory.connected.is_withheld(&channel.connected),
            call_id: Arc::clone(call_id),
            formats: outgoing.formats.clone(),
            referral: Self::referral_of(channel),
        };
        self.put(Output::Instruct(instruction));
        true
    }

    /// Lets go of a channel that could not be dialled after all.
    pub(crate) fn give_up_call(&mut self, id: ChannelId) {
        if let Some(two) = self.other_half(id) {
            self.release_quietly(two);
        }
        self.release(id);
    }

    /// Tells that the dialling began, and lets a Local channel's other half begin.
    pub(crate) fn begin_dial(&mut self, outgoing: &Outgoing, caller: Option<ChannelId>) {
        if let Some(caller) = caller {
            self.record_dial_begin(caller, outgoing.id);
        }
        let caller = caller.and_then(|caller| self.snapshot(caller));
        if let Some(dest) = self.snapshot(outgoing.id) {
            self.tell(Event::DialBegin {
                caller,
                dest,
                dial_string: Arc::clone(&outgoing.resource),
            });
        }
        self.run_local(outgoing.id);
    }

    /// Marks a channel as being dialled by an application, for those who list channels.
    pub(crate) fn mark_outgoing(&mut self, id: ChannelId, application: &'static str) {
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.outgoing = Some(application);
            channel.application = application.into();
            channel.data = "(Outgoing Line)".into();
        }
        self.publish(id);
    }

    fn make_pjsip(
        &mut self,
        resource: &str,
        descent: Descent,
        [uniqueid, _]: [Option<Arc<str>>; 2],
    ) -> Result<ChannelId, Cause> {
        let name = resource.split('/').next().unwrap_or_default();
        let config = Arc::clone(&self.config);
        let endpoint = config
            .endpoints
            .get(name)
            .ok_or(Cause::NO_ROUTE_DESTINATION)?;
        if !resource.contains('/') && !self.devices.can_be_called(name) {
            return Err(Cause::NO_ROUTE_DESTINATION);
        }
        let call_id = self.new_uuid();
        let name = self.new_channel_name("PJSIP", name);
        let id = self.make_channel(NewChannel {
            name,
            technology: Technology::External {
                name: "PJSIP".into(),
                call_id,
                dialog: None,
                leg: None,
            },
            state: ChannelState::Down,
            uniqueid,
            descent,
            caller: endpoint.caller.clone().unwrap_or_default(),
            language: Arc::clone(&endpoint.language),
            account: Arc::clone(&endpoint.account),
            context: Arc::clone(&endpoint.context),
            exten: "s".into(),
        });
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.memory.take_over(endpoint);
        }
        for (name, value) in &endpoint.variables {
            self.set_variable(id, name, value);
        }
        Ok(id)
    }
}
