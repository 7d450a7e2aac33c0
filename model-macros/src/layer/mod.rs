//! `#[layer(..)]`: the declaration of a layer of the user's own. The way through is the macro's: `parse` (tokens to what is declared) ->
//! `describe` (that to a signature, checked) -> `emit` (the signature to code).

mod describe;
mod emit;
pub mod own;
mod parse;
mod parts;

use model_graph::custom::Signature;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::LitStr;
use syn::ext::IdentExt;

use crate::diagnostics::{self, Diagnostics};
use crate::expand::companion;
use crate::krate::{self, KRATE};
use crate::parse::too_deep_group;
use parse::Declared;

/// Expands `#[layer(arguments)] item`.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand_with(Vec::new(), arguments, item)
}

/// Expands what companions have brought: `@with Model { "configuration" "inside" } .. { arguments } { item }`.
pub fn go_on(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let mut models = Vec::new();
    loop {
        match (tokens.next(), tokens.next(), tokens.next(), tokens.next()) {
            (Some(TokenTree::Punct(_)), Some(_), Some(TokenTree::Ident(model)), Some(TokenTree::Group(content))) => {
                let text = content.stream().into_iter().next().and_then(|text| syn::parse2::<LitStr>(text.into()).ok());
                models.push((model, content.clone(), text.map(|text| text.value()).unwrap_or_default()));
            }
            (Some(TokenTree::Group(arguments)), Some(TokenTree::Group(item)), ..) => {
                return expand_with(models, arguments.stream(), item.stream());
            }
            _ => return TokenStream::new(),
        }
    }
}

/// Expands a declaration with the models that companions have brought, or asks for the next one.
fn expand_with(models: Vec<(Ident, Group, String)>, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let known: Vec<(String, String)> = models.iter().map(|(model, _, text)| (model.unraw().to_string(), text.clone())).collect();
    let expanded = match read(arguments.clone(), &known, item.clone(), &mut diagnostics) {
        Ok(Some((declared, signature))) => emit::emit(&declared, &signature, diagnostics.count() == 0),
        Ok(None) => item,
        Err(missing) => {
            let models = models.iter().map(|(model, content, _)| quote!(@with #model #content));
            let called = companion::called(&missing);
            return quote!(#called! { (@continue [#KRATE::__layer] { #(#models)* { #arguments } { #item } }) });
        }
    };
    let mut output = diagnostics.into_tokens();
    output.extend(expanded);
    output
}

/// What is declared, and its signature; what is wrong with it is noted.
///
/// # Errors
/// The first model that is a part and not known yet.
pub fn read(
    arguments: TokenStream,
    models: &parts::Models,
    item: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Result<Option<(Declared, Signature)>, Ident> {
    if let Some(place) = too_deep_group(&arguments).or_else(|| too_deep_group(&item)) {
        diagnostics.error(place, diagnostics::too_deep());
        return Ok(None);
    }
    let options = parse::options(arguments, diagnostics);
    krate::set(options.library.as_ref().and_then(|path| path.parse().ok()));
    if let Some(missing) = parts::missing(&options.parts, models) {
        return Err(missing.clone());
    }
    let Some(declared) = parse::item(item, diagnostics) else { return Ok(None) };
    own::declare(&declared.item.ident.to_string());
    let signature = describe::signature(&options, models, &declared, diagnostics);
    Ok(Some((declared, signature)))
}
