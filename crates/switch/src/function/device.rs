//! States of devices and extensions: DEVICE_STATE, EXTENSION_STATE, HINT.

use super::{Function, error};
use dialplan::functions::Declaration;
use model::{DeviceState, ExtensionState};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "DEVICE_STATE",
            synopsis: "Get or Set a device state.",
            syntax: "DEVICE_STATE(device)",
            description: "One of UNKNOWN, NOT_INUSE, INUSE, BUSY, INVALID, UNAVAILABLE, RINGING, RINGINUSE \
                          and ONHOLD. Devices called `Custom:…` can be set.",
        },
        open: true,
        read: Some(|scope, device| Ok(scope.switch.device_state(device.trim()).text().to_owned())),
        write: Some(|scope, device, value| {
            let device = device.trim();
            if device.strip_prefix("Custom:").is_none_or(str::is_empty) {
                return error("only devices called Custom: can be set");
            }
            let Some(state) = DeviceState::parse(value) else {
                return error(format!("'{value}' is no state"));
            };
            scope.switch.set_custom_device(device, state);
            Ok(())
        }),
    },
    Function {
        declaration: Declaration {
            name: "EXTENSION_STATE",
            synopsis: "Get an extension's state.",
            syntax: "EXTENSION_STATE(extension[@context])",
            description: "One of UNKNOWN, NOT_INUSE, INUSE, BUSY, UNAVAILABLE, RINGING, RINGINUSE, ONHOLD \
                          and HOLDINUSE; the context is default if not said.",
        },
        open: true,
        read: Some(|scope, args| {
            let (exten, context) = place(args, "default");
            let state = scope
                .switch
                .hint_state(context, exten)
                .map(|(_, state)| state);
            Ok(text(state.unwrap_or(ExtensionState::Deactivated)).to_owned())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "HINT",
            synopsis: "Get the devices set for a dialplan hint.",
            syntax: "HINT(extension[@context][,options])",
            description: "The context is the channel's own if not said. Options: n (the hint's name instead \
                          of its devices).",
        },
        open: true,
        read: Some(|scope, args| {
            let own = super::channel_of(scope)
                .map(|channel| channel.context.to_string())
                .unwrap_or_default();
            let (args, options) = args.split_once(',').unwrap_or((args, ""));
            let (exten, context) = place(args, &own);
            let Some(hint) = scope.switch.hint(context, exten) else {
                return Ok(String::new());
            };
            Ok(match options.contains('n') {
                true => hint.name().unwrap_or_default().to_owned(),
                false => hint.devices().collect::<Vec<_>>().join("&"),
            })
        }),
        write: None,
    },
];

fn place<'a>(text: &'a str, default: &'a str) -> (&'a str, &'a str) {
    let (exten, context) = text.trim().split_once('@').unwrap_or((text.trim(), ""));
    (exten, if context.is_empty() { default } else { context })
}

fn text(state: ExtensionState) -> &'static str {
    match state {
        ExtensionState::Removed | ExtensionState::Deactivated => "UNKNOWN",
        ExtensionState::Idle => "NOT_INUSE",
        ExtensionState::InUse => "INUSE",
        ExtensionState::Busy => "BUSY",
        ExtensionState::Unavailable => "UNAVAILABLE",
        ExtensionState::Ringing => "RINGING",
        ExtensionState::InUseRinging => "RINGINUSE",
        ExtensionState::Hold => "ONHOLD",
        ExtensionState::InUseHold => "HOLDINUSE",
    }
}
