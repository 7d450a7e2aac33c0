//! Companions: the hidden macro that carries a model's configuration to the models that call it, and the request for one.

use model_graph::{Graph, config};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::syntax::Model;

/// Asks a model's companion for its configuration, and to go on with this invocation then.
pub fn fetch(model: &Ident, tokens: &TokenStream) -> TokenStream {
    quote!(#model! { (@continue [::functional_model::functional_model] { #tokens }) })
}

/// The companion of a model, under the model's own name.
pub fn declare(model: &Model, flat: &Graph) -> TokenStream {
    let name = &model.name;
    let hidden = format_ident!("__{name}_graph");
    let configuration = config::to_json(flat);
    let (export, visibility) = if model.visibility.to_string() == "pub" {
        (quote!(#[macro_export]), quote!(pub))
    } else if model.visibility.is_empty() {
        (TokenStream::new(), quote!(pub(self)))
    } else {
        (TokenStream::new(), model.visibility.clone())
    };
    quote! {
        #[doc(hidden)]
        #export
        macro_rules! #hidden {
            ((@continue [$($callback:tt)*] { $($rest:tt)* })) => {
                $($callback)*! { @with #name { #configuration } $($rest)* }
            };
        }
        #[doc(hidden)]
        #[allow(unused_imports)]
        #visibility use #hidden as #name;
    }
}
