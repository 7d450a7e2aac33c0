//! Everything the macro says about what is wrong. No other module words a message, but `model_graph::message`, which words those about layers,
//! arguments and shapes. The words are in the files beside, by what they are about.

mod blocks;
mod calls;
mod layers;
mod modules;
mod names;
mod ports;
mod syntax;
mod values;
mod views;
mod words;

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;

use crate::syntax::Range;
pub use blocks::*;
pub use calls::*;
pub use layers::*;
pub use modules::*;
pub use names::*;
pub use ports::*;
pub use syntax::*;
pub use values::*;
pub use views::*;
pub use words::*;

/// The errors and warnings of one run, in the order of discovery.
#[derive(Debug, Default)]
pub struct Diagnostics(Vec<(Range, String)>, Vec<(Range, String)>);

impl Diagnostics {
    /// Notes an error; the same one at the same place is noted once.
    pub fn error(&mut self, range: impl Into<Range>, message: impl ToString) {
        note(&mut self.0, range.into(), message.to_string());
    }

    /// Notes a warning; the same one at the same place is noted once.
    pub fn warning(&mut self, range: impl Into<Range>, message: &str) {
        note(&mut self.1, range.into(), message.to_owned());
    }

    /// How many errors there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Of the errors from the `first`-th on, keeps that one, at another place.
    pub fn gather(&mut self, first: usize, range: impl Into<Range>) {
        self.0.truncate(first.saturating_add(1));
        if let Some((place, _)) = self.0.get_mut(first) {
            *place = range.into();
        }
    }

    /// Puts the errors into the order of their places.
    pub fn sort(&mut self) {
        self.0.sort_by_key(|(range, _)| (range.start.start().line, range.start.start().column));
    }

    /// The errors as `compile_error!` items at their places, and the warnings.
    pub fn into_tokens(mut self) -> TokenStream {
        self.sort();
        let errors = self.0.into_iter().flat_map(|(range, message)| compile_error(range, &message));
        errors.chain(self.1.into_iter().flat_map(|(range, message)| warning(range, &message))).collect()
    }

    /// The places and messages, those of warnings behind, for tests.
    #[cfg(test)]
    pub fn reports(&self) -> Vec<(Range, String)> {
        self.0.iter().chain(&self.1).cloned().collect()
    }
}

/// Adds a message, unless it is there at the same place.
fn note(messages: &mut Vec<(Range, String)>, range: Range, message: String) {
    let place = |range: &Range| format!("{:?}", range.start);
    if !messages.iter().any(|(other, text)| *text == message && place(other) == place(&range)) {
        messages.push((range, message));
    }
}

/// `::core::compile_error! { "message" }`: its first token has the span that the message starts at, its last the one that it ends at.
fn compile_error(range: Range, message: &str) -> TokenStream {
    let punct = |c, spacing, span| {
        let mut punct = Punct::new(c, spacing);
        punct.set_span(span);
        TokenTree::Punct(punct)
    };
    let Range { start, end } = range;
    let mut text = Literal::string(message);
    text.set_span(end);
    let mut group = Group::new(Delimiter::Brace, TokenTree::Literal(text).into());
    group.set_span(end);
    TokenStream::from_iter([
        punct(':', Spacing::Joint, start),
        punct(':', Spacing::Alone, start),
        TokenTree::Ident(Ident::new("core", start)),
        punct(':', Spacing::Joint, start),
        punct(':', Spacing::Alone, start),
        TokenTree::Ident(Ident::new("compile_error", start)),
        punct('!', Spacing::Alone, start),
        TokenTree::Group(group),
    ])
}

/// A macro has no warnings of its own on stable Rust: this uses, at its place, what is deprecated with the message.
fn warning(range: Range, message: &str) -> TokenStream {
    let place = Ident::new("mask", range.start);
    quote! {
        const _: () = {
            #[deprecated(note = #message)]
            #[allow(non_upper_case_globals)]
            const mask: () = ();
            #place
        };
    }
}

/// A message with where it stands behind its first line.
pub fn within(message: &str, context: &[String]) -> String {
    let (first, rest) = message.split_once('\n').unwrap_or((message, ""));
    let lines = std::iter::once(first).chain(context.iter().rev().map(String::as_str));
    lines.chain((!rest.is_empty()).then_some(rest)).collect::<Vec<_>>().join("\n")
}

/// A text that is not too long to be read.
pub fn cut(text: &str) -> String {
    const LONGEST: usize = 200;
    let short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() { format!("{short} ..") } else { short }
}

/// A span for messages about what is missing.
pub fn call_site() -> Span {
    Span::call_site()
}
