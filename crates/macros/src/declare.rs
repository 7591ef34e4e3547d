//! What the derives share: documentation, names, fields.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitStr, meta::ParseNestedMeta};

/// The doc comment, its lines joined.
pub(crate) fn documentation(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| attribute.meta.require_name_value().ok())
        .filter_map(|meta| syn::parse2::<LitStr>(meta.value.to_token_stream()).ok())
        .map(|line| line.value().trim().to_owned())
        .collect();
    lines.join("\n")
}

/// The documentation, which a declaration must have: it is shown to users.
pub(crate) fn required_documentation(attributes: &[Attribute], of: &Ident) -> syn::Result<String> {
    let text = documentation(attributes);
    if text.is_empty() {
        return Err(syn::Error::new(of.span(), "a declaration is documented"));
    }
    Ok(text)
}

/// A field's name as a header: `exten_name` is `ExtenName`; the word `id` is `ID`.
pub(crate) fn header_name(field: &Ident) -> String {
    let words = field.to_string();
    let words = words.trim_start_matches("r#").split('_');
    words
        .map(|word| match word {
            "id" => "ID".to_owned(),
            _ => {
                let (first, rest) = word.split_at(word.len().min(1));
                first.to_ascii_uppercase() + rest
            }
        })
        .collect()
}

/// The value of `key = "text"`.
pub(crate) fn text(meta: &ParseNestedMeta<'_>) -> syn::Result<String> {
    Ok(meta.value()?.parse::<LitStr>()?.value())
}

/// The expression of `classes(system, call)`.
pub(crate) fn classes(meta: &ParseNestedMeta<'_>) -> syn::Result<TokenStream> {
    let mut classes = quote!(crate::Classes::NONE);
    meta.parse_nested_meta(|class| {
        let label = class.path.require_ident()?;
        let constant = Ident::new(&label.to_string().to_ascii_uppercase(), label.span());
        classes = quote!(#classes.union(crate::Classes::#constant));
        Ok(())
    })?;
    Ok(classes)
}

/// The fields by name; none of a struct without.
pub(crate) fn fields(input: &DeriveInput) -> syn::Result<Vec<&syn::Field>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields.named.iter().collect()),
            Fields::Unit => Ok(Vec::new()),
            Fields::Unnamed(_) => Err(refused(input)),
        },
        Data::Enum(_) | Data::Union(_) => Err(refused(input)),
    }
}

fn refused(input: &DeriveInput) -> syn::Error {
    syn::Error::new(
        input.ident.span(),
        "a declaration is a struct with named fields",
    )
}
