//! `#[layer(..)]`: the declaration of a layer of the user's own. The way through is the macro's: `parse` (tokens to what is declared) ->
//! `describe` (that to a signature, checked) -> `emit` (the signature to code).

mod describe;
mod emit;
pub mod own;
mod parse;

use model_graph::custom::Signature;
use proc_macro2::TokenStream;

use crate::diagnostics::{self, Diagnostics};
use crate::krate;
use crate::parse::too_deep_group;
use parse::Declared;

/// Expands `#[layer(arguments)] item`.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let expanded = declare(arguments, item, &mut diagnostics);
    let mut output = diagnostics.into_tokens();
    output.extend(expanded);
    output
}

/// What a declaration becomes; what is wrong with it is noted.
fn declare(arguments: TokenStream, item: TokenStream, diagnostics: &mut Diagnostics) -> TokenStream {
    match read(arguments, item.clone(), diagnostics) {
        Some((declared, signature)) => emit::emit(&declared, &signature, diagnostics.count() == 0),
        None => item,
    }
}

/// What is declared, and its signature; what is wrong with it is noted.
pub fn read(arguments: TokenStream, item: TokenStream, diagnostics: &mut Diagnostics) -> Option<(Declared, Signature)> {
    if let Some(place) = too_deep_group(&arguments).or_else(|| too_deep_group(&item)) {
        diagnostics.error(place, diagnostics::too_deep());
        return None;
    }
    let options = parse::options(arguments, diagnostics);
    krate::set(options.library.as_ref().and_then(|path| path.parse().ok()));
    let declared = parse::item(item, diagnostics)?;
    own::declare(&declared.item.ident.to_string());
    let signature = describe::signature(&options, &declared, diagnostics);
    Some((declared, signature))
}
