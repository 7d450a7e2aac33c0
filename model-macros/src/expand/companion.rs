//! Companions: the hidden macros that carry models and blocks to the invocations that call them, and the request for one.

use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::fallback;
use super::pass::mentions;
use super::{identifier, raw_string};
use crate::diagnostics;
use crate::krate::KRATE;
use crate::syntax::{Block, Brought, Program};

/// Asks a companion for what it carries, and to go on with this invocation then. What stands for the models if there is no such companion
/// comes by a glob import, which gives way to the models themselves, so that only that it is missing is said: by the compiler in its
/// words, and by a check of ours with what to do. The check asks for a constant, which gives way too where the invocation goes on.
pub fn fetch(name: &Ident, tokens: &TokenStream, program: &Program) -> TokenStream {
    let (module, found) = (hidden_name(name, &tokens.to_string()), hidden_name(name, &format!("found {tokens}")));
    let (answers, rest) = (answers(program), unanswered(tokens.clone()));
    let message = diagnostics::declared_nowhere(&name.to_string());
    let called = called(name);
    let check = quote_spanned!(name.span()=> #[allow(clippy::assertions_on_constants)] const _: () = ::core::assert!(#found, "{}", #message););
    let stand_ins = program.models.iter().filter(|model| !model.is_unread).map(fallback::stand_in);
    quote! {
        #[doc(hidden)]
        #[allow(non_snake_case, non_upper_case_globals, unused, missing_docs)]
        mod #module {
            pub(crate) const #found: bool = false;
            #(#stand_ins)*
        }
        #[doc(hidden)]
        #[allow(unused_imports)]
        pub(crate) use #module::*;
        #answers
        #check
        #called! { (@continue [#KRATE::functional_model] { @found #found #rest }) }
    }
}

/// The name of the companion of a model, layer or block, which keywords are raw as.
pub fn called(name: &Ident) -> Ident {
    identifier(&name.unraw().to_string(), name.span())
}

/// The answers to the checks for what companions have brought.
pub fn answers(program: &Program) -> TokenStream {
    let found = &program.found;
    quote!(#(#[doc(hidden)] #[allow(dead_code, non_upper_case_globals, missing_docs)] const #found: bool = true;)*)
}

/// The tokens of an invocation without `@found name`, which is answered once.
fn unanswered(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let starts = |i: usize| {
        let is_at = matches!(tokens.get(i), Some(TokenTree::Punct(sign)) if sign.as_char() == '@');
        is_at && matches!(tokens.get(i + 1), Some(TokenTree::Ident(word)) if word == "found")
    };
    let is_of_it = |i: usize| (0..3).any(|before| i.checked_sub(before).is_some_and(starts));
    tokens.iter().enumerate().filter(|(i, _)| !is_of_it(*i)).map(|(_, token)| token.clone()).collect()
}

/// The companion of a model that has faults: it carries nothing, so that models that call it say nothing of it.
pub fn of_nothing(name: &Ident, visibility: &TokenStream) -> TokenStream {
    declare(name, visibility, &quote!("" ""), "")
}

/// The companion of a model: its configuration, as text and as a literal, and what views of it need to know.
pub fn of_model(name: &Ident, visibility: &TokenStream, (text, literal): (&str, &Literal), inside: &str) -> TokenStream {
    let inside = raw_string(inside);
    declare(name, visibility, &quote!(#literal #inside), text)
}

/// The companion of a layer of the user's own: its signature.
pub fn of_layer(name: &Ident, visibility: &TokenStream, signature: &Literal, text: &str) -> TokenStream {
    declare(name, visibility, &quote!(layer #signature), text)
}

/// The companion of a block that is seen elsewhere: its source, and that of the blocks and constants it uses, wherever those are declared.
pub fn of_block(block: &Block, program: &Program) -> Option<TokenStream> {
    if block.visibility.is_empty() || block.is_unread {
        return None;
    }
    let mut used: Vec<&Block> = vec![block];
    let mut next = 0;
    while let Some(user) = used.get(next).copied() {
        let more = program.blocks.iter().filter(|other| mentions(&user.tokens, &other.name.to_string()));
        let more: Vec<&Block> = more.filter(|other| !used.iter().any(|known| known.name == other.name)).collect();
        used.extend(more);
        next += 1;
    }
    let is_used = |name: &Ident| used.iter().any(|block| mentions(&block.tokens, &name.to_string()));
    let brought = program.known.iter().filter(|known| matches!(known.what, Brought::Block(_)) && is_used(&known.name));
    let brought = brought.map(|known| &known.tokens);
    let blocks = used.iter().map(|block| &block.tokens);
    let constants = program.constants.iter().filter(|constant| constant.is_read()).map(|constant| &constant.tokens);
    let content = quote!(#(@with #brought)* #(#constants)* #(#blocks)*);
    Some(declare(&block.name, &block.visibility, &content, &content.to_string()))
}

/// The companion of a model or block, under its own name; `text` tells it from others of this name.
fn declare(name: &Ident, visibility: &TokenStream, content: &TokenStream, text: &str) -> TokenStream {
    let hidden = hidden_name(name, text);
    let name = called(name);
    let is_public = visibility.to_string() == "pub";
    // In a function's body the macro is exported all the same: a public model may be meant for other crates.
    let export = is_public.then(|| quote!(#[macro_export] #[allow(non_local_definitions)]));
    quote! {
        #[doc(hidden)]
        #[allow(unused_macros)]
        #export
        macro_rules! #hidden {
            ((@continue [$($callback:tt)*] { $($rest:tt)* })) => {
                $($callback)*! { @with #name { #content } $($rest)* }
            };
        }
        #[doc(hidden)]
        #[allow(unused_imports)]
        #visibility use #hidden as #name;
    }
}

/// A name of its own for every companion: exported macros share one namespace in their crate, whatever modules and functions they stand in.
fn hidden_name(name: &Ident, configuration: &str) -> Ident {
    let (span, place) = (name.span(), name.span().start());
    let text = format!("{}:{}:{} {configuration}", span.file(), place.line, place.column);
    let prime = 0x0100_0000_01b3; // FNV-1a, the same on every machine
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(prime));
    format_ident!("__{}_{}", name, format!("{:08x}", hash >> 32))
}
