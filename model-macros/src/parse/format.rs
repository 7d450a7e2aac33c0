//! `format!("conv{stage}_{}", i + 1)`: a string made of what is known while compiling, as in Rust.

use proc_macro2::{Ident, Span};
use syn::parse::ParseStream;
use syn::{LitStr, Token, parenthesized};

use super::expression::{argument, built};
use super::separated;
use crate::diagnostics::{self, Diagnostics};
use crate::syntax::{Argument, Expr, ExprKind, Range};

/// A part of the string.
enum Part {
    Text(String),
    /// What stands between braces: a name, a number, or nothing.
    Place(String),
}

/// What stands behind `format!`.
pub fn format(input: ParseStream<'_>, name: &Ident, depth: usize, notes: &mut Diagnostics) -> syn::Result<Expr> {
    let content;
    let paren = parenthesized!(content in input);
    let range = Range { start: name.span(), end: paren.span.close() };
    let text: LitStr = content.parse().map_err(|_| syn::Error::new(name.span(), diagnostics::format_string()))?;
    let mut values = Vec::new();
    if !content.is_empty() {
        content.parse::<Token![,]>()?;
        values = separated(&content, notes, |input, notes| argument(input, depth.saturating_add(1), notes))?;
    }
    let span = text.span();
    let refuse = |message| syn::Error::new(span, message);
    let parts = parts(&text.value()).ok_or_else(|| refuse(diagnostics::format_string()))?;
    let mut places = Places { values, next: 0, used: Vec::new(), span };
    let mut made = Vec::new();
    for part in parts {
        made.push(match part {
            Part::Text(text) => built(ExprKind::Literal(text.into()), span.into())?,
            Part::Place(place) => places.value(&place).ok_or_else(|| refuse(diagnostics::format_place(&place)))?,
        });
    }
    let unused = (0..places.values.len()).find(|i| !places.used.contains(i)).and_then(|i| places.values.get(i));
    if let Some(unused) = unused {
        return Err(syn::Error::new(unused.value.range.start, diagnostics::format_value_unused()));
    }
    built(ExprKind::Format(made), range)
}

/// What the places of a string stand for.
struct Places {
    values: Vec<Argument>,
    next: usize,
    used: Vec<usize>,
    span: Span,
}

impl Places {
    /// `{}` is the next value, `{1}` the second, `{name}` that of this name, or what the name is bound to.
    fn value(&mut self, place: &str) -> Option<Expr> {
        let number = if place.is_empty() { Some(self.next) } else { place.parse().ok() };
        self.next = self.next.saturating_add(place.is_empty().into());
        let is_named = |argument: &Argument| argument.name.as_ref().is_some_and(|name| name == place);
        let found = number.or_else(|| self.values.iter().position(is_named));
        if let Some(found) = found {
            self.used.push(found);
            return self.values.get(found).map(|argument| argument.value.clone());
        }
        let mut name: Ident = syn::parse_str(place).ok()?;
        name.set_span(self.span);
        built(ExprKind::Name(name), self.span.into()).ok()
    }
}

/// The parts of a string; nothing where its braces do not match.
fn parts(text: &str) -> Option<Vec<Part>> {
    let (mut parts, mut plain) = (Vec::new(), String::new());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, behind) = rest.split_at(at);
        plain.push_str(before);
        let brace = behind.chars().next()?;
        rest = behind.get(1..)?;
        if let Some(behind) = rest.strip_prefix(brace) {
            plain.push(brace);
            rest = behind;
            continue;
        }
        let (place, behind) = rest.split_once('}').filter(|_| brace == '{')?;
        parts.push(Part::Text(std::mem::take(&mut plain)));
        parts.push(Part::Place(place.trim().to_owned()));
        rest = behind;
    }
    plain.push_str(rest);
    parts.push(Part::Text(plain));
    Some(parts)
}
