//! `#[derive(Event)]` and `#[derive(Block)]`: an event of the manager, and headers that several
//! events share, declared as structs.
//!
//! On an event: `#[event(name = "…", classes(…))]`. The name is the struct's unless said otherwise;
//! without classes it is told without `Privilege`, as an item of a list. On a field:
//! `name` of the header; or `block`, with or without `= "Prefix"`, if it is made of headers itself.
//! Headers are told in the order of the fields.

use crate::declare::{classes, documentation, fields, header_name, required_documentation, text};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Field};

/// The event, and its headers as a block.
pub(crate) fn derive_event(input: &DeriveInput) -> syn::Result<TokenStream> {
    let ident = &input.ident;
    let description = required_documentation(&input.attrs, ident)?;
    let mut name = ident.to_string();
    let mut event_classes = quote!(crate::Classes::NONE);
    for attribute in input.attrs.iter().filter(|a| a.path().is_ident("event")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("name") {
                name = text(&meta)?;
            } else if meta.path.is_ident("classes") {
                event_classes = classes(&meta)?;
            } else {
                return Err(meta.error("name or classes"));
            }
            Ok(())
        })?;
    }
    let block = derive_block(input)?;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        #block

        impl #generics crate::event::Event for #ident #arguments #bounds {
            const DECLARATION: crate::event::Declaration = crate::event::Declaration {
                name: #name,
                classes: #event_classes,
                description: #description,
                headers: <Self as crate::event::Block>::HEADERS,
            };
        }
    })
}

/// Headers that several events share.
pub(crate) fn derive_block(input: &DeriveInput) -> syn::Result<TokenStream> {
    let ident = &input.ident;
    let parts = fields(input)?
        .into_iter()
        .map(Part::read)
        .collect::<syn::Result<Vec<_>>>()?;
    let declarations = parts.iter().map(Part::declaration);
    let writes = parts.iter().map(Part::writing);
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        impl #generics crate::event::Block for #ident #arguments #bounds {
            const HEADERS: &'static [crate::event::Part] = &[#(#declarations),*];

            fn write(&self, prefix: &'static str, message: &mut crate::Message) {
                let _ = (prefix, &message);
                #(#writes)*
            }
        }
    })
}

struct Part<'a> {
    field: &'a Field,
    name: String,
    description: String,
    /// The prefix of its headers, if it is a block.
    block: Option<String>,
}

impl<'a> Part<'a> {
    fn read(field: &'a Field) -> syn::Result<Self> {
        let Some(ident) = &field.ident else {
            return Err(syn::Error::new_spanned(field, "a header has a name"));
        };
        let mut part = Self {
            field,
            name: header_name(ident),
            description: documentation(&field.attrs),
            block: None,
        };
        for attribute in field.attrs.iter().filter(|a| a.path().is_ident("event")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("name") {
                    part.name = text(&meta)?;
                } else if meta.path.is_ident("block") {
                    let prefixed = meta.input.peek(syn::Token![=]);
                    part.block = Some(if prefixed {
                        text(&meta)?
                    } else {
                        String::new()
                    });
                } else {
                    return Err(meta.error("name or block"));
                }
                Ok(())
            })?;
        }
        Ok(part)
    }

    fn declaration(&self) -> TokenStream {
        let Self {
            field,
            name,
            description,
            block,
        } = self;
        let kind = &field.ty;
        match block {
            Some(prefix) => quote! {
                crate::event::Part::Block {
                    prefix: #prefix,
                    headers: <#kind as crate::event::Block>::HEADERS,
                }
            },
            None => quote! {
                crate::event::Part::Header {
                    name: #name,
                    description: #description,
                    kind: <#kind as crate::event::Header>::KIND,
                }
            },
        }
    }

    fn writing(&self) -> TokenStream {
        let ident = &self.field.ident;
        let name = &self.name;
        match &self.block {
            Some(inner) if inner.is_empty() => {
                quote!(crate::event::Block::write(&self.#ident, prefix, message);)
            }
            Some(inner) => quote!(crate::event::Block::write(&self.#ident, #inner, message);),
            None => quote!(crate::event::Header::write(&self.#ident, prefix, #name, message);),
        }
    }
}
