//! The macro in-process: what it emits, what it says, and that nothing makes it panic.

mod any_input;
mod coverage;
mod golden;
mod limits;
mod memory;
mod messages;
mod mutations;
mod outline;
mod source;
mod words;

use proc_macro2::TokenStream;

use crate::program;

/// The toy ResNet of the Keras guide.
pub const TOY_RESNET: &str = include_str!("toy_resnet.txt");

/// The expansion of an invocation, formatted.
pub fn expand(source: &str) -> String {
    let tokens: TokenStream = source.parse().unwrap();
    let expanded = program::expand(tokens);
    prettyplease::unparse(&syn::parse2(expanded).unwrap())
}
