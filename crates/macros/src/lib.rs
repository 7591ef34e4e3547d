//! The derives behind the declarations of actions, events and settings.

mod action;
mod declare;
mod event;
mod settings;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// An action of the manager; see `action.rs` for the attributes.
#[proc_macro_derive(Action, attributes(action))]
pub fn action(input: TokenStream) -> TokenStream {
    derived(action::derive(&parse_macro_input!(input as DeriveInput)))
}

/// An event of the manager; see `event.rs` for the attributes.
#[proc_macro_derive(Event, attributes(event))]
pub fn event(input: TokenStream) -> TokenStream {
    derived(event::derive_event(&parse_macro_input!(
        input as DeriveInput
    )))
}

/// Headers that several events share; see `event.rs` for the attributes.
#[proc_macro_derive(Block, attributes(event))]
pub fn block(input: TokenStream) -> TokenStream {
    derived(event::derive_block(&parse_macro_input!(
        input as DeriveInput
    )))
}

/// The options of a section; see `conf::Settings` for the attributes.
#[proc_macro_derive(Settings, attributes(setting))]
pub fn settings(input: TokenStream) -> TokenStream {
    derived(settings::derive(&parse_macro_input!(input as DeriveInput)))
}

fn derived(result: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    result.unwrap_or_else(syn::Error::into_compile_error).into()
}
