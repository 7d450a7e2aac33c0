//! `functional_model!`: the shell of the procedural macro. `program` does the work, on `proc_macro2`'s tokens.
//!
//! The way through: `parse` (tokens to syntax) -> `lower` (syntax to graph; `model-graph` infers and plans) -> `expand` (graph to code).
//! `parse` never emits and `expand` never validates; what is wrong goes to `diagnostics`, which alone makes messages.

mod diagnostics;
mod expand;
mod lower;
mod parse;
mod program;
mod syntax;
#[cfg(test)]
mod tests;

/// Declares models and blocks; see the crate `functional-model` for the language.
#[proc_macro]
pub fn functional_model(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    program::expand(input.into()).into()
}
