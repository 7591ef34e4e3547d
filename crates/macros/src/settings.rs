//! `derive(Settings)`: the options of a section from a documented struct.
//!
//! Its attributes stand in the documentation of `conf::Settings`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, DeriveInput, Expr, Ident, Type};

use crate::declare;

/// The implementations of `conf::Settings` and `Default`.
pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let fields = declare::fields(input)?;
    let options = fields
        .into_iter()
        .map(Setting::parse)
        .collect::<syn::Result<Vec<_>>>()?;
    let help = declare::required_documentation(&input.attrs, &input.ident)?;
    let name = &input.ident;
    let declarations = options.iter().map(Setting::declarations);
    let counts: Vec<_> = options.iter().map(Setting::count).collect();
    let defaults = options.iter().map(Setting::default_field);
    let fields = options.iter().enumerate().map(|(index, option)| {
        let before = counts.iter().take(index);
        option.read_field(&quote!(first #(+ #before)*))
    });
    Ok(quote! {
        impl ::core::default::Default for #name {
            fn default() -> Self {
                Self { #(#defaults),* }
            }
        }

        impl ::conf::Settings for #name {
            const HELP: &'static str = #help;
            const DECLARATIONS: &'static [::conf::Declaration] =
                &::conf::joined::<{ 0 #(+ #counts)* }>(&[#(#declarations),*]);

            fn take(reader: &mut ::conf::Reader<'_>, first: usize) -> Self {
                let default = <Self as ::core::default::Default>::default();
                Self { #(#fields),* }
            }
        }
    })
}

/// A field and what its attributes say.
struct Setting {
    field: Ident,
    name: String,
    aliases: Vec<String>,
    default: Option<String>,
    min: Option<Expr>,
    max: Option<Expr>,
    entries: bool,
    /// The type of a part that has settings of its own.
    part: Option<Type>,
    help: String,
}

impl Setting {
    fn parse(field: &syn::Field) -> syn::Result<Self> {
        let Some(ident) = field.ident.clone() else {
            return Err(syn::Error::new_spanned(field, "a setting has a name"));
        };
        let mut setting = Self {
            name: ident.to_string().trim_start_matches("r#").to_owned(),
            help: declare::required_documentation(&field.attrs, &ident)?,
            field: ident,
            aliases: Vec::new(),
            default: None,
            min: None,
            max: None,
            entries: false,
            part: None,
        };
        let attributes = field
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("setting"));
        for attribute in attributes {
            setting.attribute(attribute, &field.ty)?;
        }
        Ok(setting)
    }

    fn attribute(&mut self, attribute: &Attribute, of: &Type) -> syn::Result<()> {
        attribute.parse_nested_meta(|meta| {
            let word = meta.path.require_ident()?.to_string();
            match word.as_str() {
                "name" => self.name = declare::text(&meta)?,
                "alias" => self.aliases.push(declare::text(&meta)?),
                "default" => self.default = Some(declare::text(&meta)?),
                "min" => self.min = Some(meta.value()?.parse()?),
                "max" => self.max = Some(meta.value()?.parse()?),
                "entries" => self.entries = true,
                "part" => self.part = Some(of.clone()),
                _ => return Err(meta.error("not an attribute of a setting")),
            }
            let described = self.default.is_some() || self.min.is_some() || self.max.is_some();
            if self.entries && described {
                return Err(meta.error("entries have no default and no range"));
            }
            Ok(())
        })
    }

    /// What it declares, as a slice.
    fn declarations(&self) -> TokenStream {
        if let Some(part) = &self.part {
            return quote!(<#part as ::conf::Settings>::DECLARATIONS);
        }
        let Self {
            name,
            aliases,
            help,
            ..
        } = self;
        let default = match &self.default {
            Some(text) => quote!(::core::option::Option::Some(#text)),
            None => quote!(::core::option::Option::None),
        };
        quote! {
            &[::conf::Declaration {
                name: #name,
                aliases: &[#(#aliases),*],
                default: #default,
                help: #help,
            }]
        }
    }

    /// How many that are.
    fn count(&self) -> TokenStream {
        match &self.part {
            Some(part) => quote!(<#part as ::conf::Settings>::DECLARATIONS.len()),
            None => quote!(1),
        }
    }

    fn default_field(&self) -> TokenStream {
        let field = &self.field;
        match &self.default {
            Some(text) => quote!(#field: ::conf::default_value(#text)),
            None => quote!(#field: ::core::default::Default::default()),
        }
    }

    /// Reads it; `index` is that of its first declaration.
    fn read_field(&self, index: &TokenStream) -> TokenStream {
        let field = &self.field;
        if let Some(part) = &self.part {
            return quote!(#field: <#part as ::conf::Settings>::take(reader, #index));
        }
        if self.entries {
            return quote!(#field: reader.entries(#index));
        }
        let (within, words) = match (&self.min, &self.max) {
            (None, None) => return quote!(#field: reader.field(#index, default.#field)),
            (Some(min), None) => (
                quote!(*item >= #min),
                format!("a number from {} on", text(min)),
            ),
            (None, Some(max)) => (
                quote!(*item <= #max),
                format!("a number up to {}", text(max)),
            ),
            (Some(min), Some(max)) => (
                quote!((#min..=#max).contains(item)),
                format!("a number from {} to {}", text(min), text(max)),
            ),
        };
        quote!(#field: reader.field_within(#index, default.#field, |item| #within, #words))
    }
}

/// A bound as it is written.
fn text(bound: &Expr) -> String {
    bound.to_token_stream().to_string().replace("- ", "-")
}
