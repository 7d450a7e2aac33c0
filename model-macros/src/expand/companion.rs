//! Companions: the hidden macro that carries a model's configuration to the models that call it, and the request for one.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::raw_string;
use crate::syntax::Model;

/// Asks a model's companion for its configuration, and to go on with this invocation then.
pub fn fetch(model: &Ident, tokens: &TokenStream) -> TokenStream {
    quote!(#model! { (@continue [::functional_model::functional_model] { #tokens }) })
}

/// The companion of a model that has faults: it carries nothing, so that models that call it say nothing of it.
pub fn of_nothing(model: &Model) -> TokenStream {
    declare(model, "")
}

/// The companion of a model, under the model's own name.
pub fn declare(model: &Model, configuration: &str) -> TokenStream {
    let (name, visibility) = (&model.name, &model.visibility);
    let (hidden, configuration) = (hidden_name(name, configuration), raw_string(configuration));
    let is_public = visibility.to_string() == "pub";
    // In a function's body the macro is exported all the same: a public model may be meant for other crates.
    let export = is_public.then(|| quote!(#[macro_export] #[allow(non_local_definitions)]));
    quote! {
        #[doc(hidden)]
        #[allow(unused_macros)]
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

/// A name of its own for every model: exported macros share one namespace in their crate, whatever modules and functions they stand in.
fn hidden_name(name: &Ident, configuration: &str) -> Ident {
    let (span, place) = (name.span(), name.span().start());
    let text = format!("{}:{}:{} {configuration}", span.file(), place.line, place.column);
    let prime = 0x0100_0000_01b3; // FNV-1a, the same on every machine
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(prime));
    format_ident!("__{}_{}", name, format!("{:08x}", hash >> 32))
}
