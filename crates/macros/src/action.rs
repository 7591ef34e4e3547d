//! `#[derive(Action)]`: an action of the manager, declared as a struct.
//!
//! On the struct: `#[action(name = "…", classes(…), closed(…), reads, synopsis = "…", complete = "…", dialect = …)]`. The
//! name is the struct's unless said otherwise; without classes everybody may, but for those without
//! one of `closed` where `openactions = no`; `reads` says that it changes nothing but the session;
//! `complete` names the event that ends its list; `dialect` the one `Dialect` that knows it, if not all do. On a field: `name` of the header; `missing`, the text of the error if
//! the header is not there or empty; `subject`, the `Subject` that it names for an account's rules, and
//! `unsaid` if the action is about one nevertheless when the header is not there. Fields are read in
//! the order they stand in.

use crate::declare::{classes, fields, header_name, required_documentation, text};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{DeriveInput, Field, Ident};

pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let ident = &input.ident;
    let description = required_documentation(&input.attrs, ident)?;
    let head = Head::read(input)?;
    let parameters = fields(input)?
        .into_iter()
        .map(Parameter::read)
        .collect::<syn::Result<Vec<_>>>()?;
    let Head {
        name,
        classes,
        closed,
        reads,
        synopsis,
        complete,
        dialect,
    } = head;
    let complete = option(complete.as_ref());
    let dialect = dialect.map_or_else(
        || quote!(None),
        |dialect| quote!(Some(crate::Dialect::#dialect)),
    );
    let declarations = parameters.iter().map(Parameter::declaration);
    let readings = parameters.iter().map(Parameter::reading);
    let message = if parameters.is_empty() {
        quote!(_message)
    } else {
        quote!(message)
    };
    Ok(quote! {
        impl crate::action::Declared for #ident {
            const DECLARATION: crate::action::Declaration = crate::action::Declaration {
                name: #name,
                classes: #classes,
                closed: #closed,
                reads: #reads,
                synopsis: #synopsis,
                description: #description,
                complete: #complete,
                dialect: #dialect,
                parameters: &[#(#declarations),*],
            };

            fn read(#message: &crate::Message) -> Result<Self, crate::action::BadAction> {
                Ok(Self { #(#readings),* })
            }
        }
    })
}

struct Head {
    name: String,
    classes: TokenStream,
    closed: TokenStream,
    reads: bool,
    synopsis: String,
    complete: Option<String>,
    dialect: Option<Ident>,
}

impl Head {
    fn read(input: &DeriveInput) -> syn::Result<Self> {
        let mut head = Self {
            name: input.ident.to_string(),
            classes: quote!(crate::Classes::NONE),
            closed: quote!(crate::Classes::NONE),
            reads: false,
            synopsis: String::new(),
            complete: None,
            dialect: None,
        };
        for attribute in input.attrs.iter().filter(|a| a.path().is_ident("action")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("name") {
                    head.name = text(&meta)?;
                } else if meta.path.is_ident("classes") {
                    head.classes = classes(&meta)?;
                } else if meta.path.is_ident("closed") {
                    head.closed = classes(&meta)?;
                } else if meta.path.is_ident("reads") {
                    head.reads = true;
                } else if meta.path.is_ident("synopsis") {
                    head.synopsis = text(&meta)?;
                } else if meta.path.is_ident("complete") {
                    head.complete = Some(text(&meta)?);
                } else if meta.path.is_ident("dialect") {
                    head.dialect = Some(meta.value()?.parse()?);
                } else {
                    return Err(
                        meta.error("name, classes, closed, reads, synopsis, complete or dialect")
                    );
                }
                Ok(())
            })?;
        }
        if head.synopsis.is_empty() {
            return Err(syn::Error::new(
                input.ident.span(),
                "an action has a synopsis",
            ));
        }
        Ok(head)
    }
}

struct Parameter<'a> {
    field: &'a Ident,
    kind: &'a syn::Type,
    name: String,
    description: String,
    missing: Option<String>,
    subject: Option<Ident>,
    unsaid: bool,
}

impl<'a> Parameter<'a> {
    fn read(field: &'a Field) -> syn::Result<Self> {
        let Some(ident) = &field.ident else {
            return Err(syn::Error::new_spanned(field, "a parameter has a name"));
        };
        let mut parameter = Self {
            field: ident,
            kind: &field.ty,
            name: header_name(ident),
            description: required_documentation(&field.attrs, ident)?,
            missing: None,
            subject: None,
            unsaid: false,
        };
        for attribute in field.attrs.iter().filter(|a| a.path().is_ident("action")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("name") {
                    parameter.name = text(&meta)?;
                } else if meta.path.is_ident("missing") {
                    parameter.missing = Some(text(&meta)?);
                } else if meta.path.is_ident("subject") {
                    parameter.subject = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("unsaid") {
                    parameter.unsaid = true;
                } else {
                    return Err(meta.error("name, missing, subject or unsaid"));
                }
                Ok(())
            })?;
        }
        Ok(parameter)
    }

    fn declaration(&self) -> TokenStream {
        let Self {
            name,
            description,
            kind,
            missing,
            subject,
            unsaid,
            ..
        } = self;
        let required = missing.is_some();
        let subject = subject.as_ref();
        let subject = option(
            subject
                .map(|name| quote!(crate::action::Subject::#name))
                .as_ref(),
        );
        quote! {
            crate::action::ParameterDeclaration {
                name: #name,
                description: #description,
                required: #required,
                kind: <#kind as crate::action::Parameter>::KIND,
                subject: #subject,
                unsaid: #unsaid,
            }
        }
    }

    fn reading(&self) -> TokenStream {
        let Self {
            field, kind, name, ..
        } = self;
        let read = quote!(<#kind as crate::action::Parameter>::read(message, #name));
        match &self.missing {
            Some(text) => quote!(#field: #read.ok_or(crate::action::BadAction(#text))?),
            None => quote!(#field: #read.unwrap_or_default()),
        }
    }
}

fn option(value: Option<&impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(Some(#value)),
        None => quote!(None),
    }
}
