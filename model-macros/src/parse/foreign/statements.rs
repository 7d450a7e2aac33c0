//! What other languages write where statements stand: `var x = ..`, `x: int = ..`, `elif`, `x if a else b`, `for i in (0..4).rev()`.

use proc_macro2::{Delimiter, Ident, Span, TokenTree};
use syn::parse::ParseStream;
use syn::{LitStr, Token, parenthesized, token};

use super::built;
use crate::diagnostics::{self, Diagnostics};
use crate::parse::expression::expression;
use crate::parse::{is_punct, word};
use crate::syntax::{Body, Expr, ExprKind, If, Operator, Range};
use crate::words;

/// Passes over what Python documents with: `"""..."""` are three strings here.
pub fn documentation(input: ParseStream<'_>, notes: &mut Diagnostics) -> syn::Result<()> {
    if !(input.peek(LitStr) && input.peek2(LitStr)) {
        return Ok(());
    }
    notes.error(input.span(), diagnostics::documentation());
    while input.peek(LitStr) {
        input.parse::<LitStr>()?;
    }
    Ok(())
}

/// Whether a binding of another language's starts there: `var x`.
pub fn is_binding(input: ParseStream<'_>) -> bool {
    let is_other = word(input).is_some_and(|word| ["var", "val", "auto", "mut"].contains(&word.as_str()));
    is_other && input.peek2(syn::Ident)
}

/// The word that such a binding starts with.
pub fn bind(input: ParseStream<'_>, notes: &mut Diagnostics) -> syn::Result<()> {
    let place = input.span();
    let found = word(input).unwrap_or_default();
    input.parse::<TokenTree>()?;
    let name = word(input).unwrap_or_else(|| "x".to_owned());
    notes.error(place, diagnostics::foreign_binding(&found, &name));
    Ok(())
}

/// `let x == value`
pub fn bound_by_comparison(input: ParseStream<'_>, names: &[Ident], notes: &mut Diagnostics) -> syn::Result<()> {
    let sign = input.parse::<Token![==]>()?.spans;
    let name = names.first().map_or_else(|| "x".to_owned(), ToString::to_string);
    notes.error(Range { start: sign[0], end: sign[1] }, diagnostics::compared_binding(&name));
    Ok(())
}

/// What stands between a name and `=` elsewhere: a type, or the `:` of `:=`.
pub fn annotation(input: ParseStream<'_>, target: &Expr, notes: &mut Diagnostics) -> syn::Result<()> {
    let ExprKind::Name(name) = &target.kind else { return Ok(()) };
    if !input.peek(Token![:]) || input.peek(Token![::]) {
        return Ok(());
    }
    let fork = input.fork();
    let line = input.span().start().line;
    while !fork.is_empty() && !fork.peek(Token![=]) && !fork.peek(Token![;]) && fork.span().start().line == line {
        fork.parse::<TokenTree>()?;
    }
    if !fork.peek(Token![=]) {
        return Ok(());
    }
    let sign = input.span();
    let is_type = !input.peek2(Token![=]);
    while !input.peek(Token![=]) {
        input.parse::<TokenTree>()?;
    }
    notes.error(sign, if is_type { diagnostics::typed_binding() } else { diagnostics::foreign_binding(":=", &name.to_string()) });
    Ok(())
}

/// `self.name = ..`: the name that is meant.
pub fn field(target: &Expr, notes: &mut Diagnostics) -> Option<Ident> {
    let ExprKind::Member(base, name) = &target.kind else { return None };
    words::is_self(base).then(|| {
        notes.error(base.range, diagnostics::field(&name.to_string()));
        name.clone()
    })
}

/// `elif` and its like, for `else if`.
pub fn elif(input: ParseStream<'_>, notes: &mut Diagnostics) -> syn::Result<bool> {
    let found = word(input).filter(|word| ["elif", "elseif", "elsif"].contains(&word.as_str()));
    let Some(found) = found else { return Ok(false) };
    notes.error(input.span(), diagnostics::control(&found));
    input.parse::<TokenTree>()?;
    Ok(true)
}

/// `if a = b`
pub fn compared(sign: Span, left: Expr, right: Expr, notes: &mut Diagnostics) -> syn::Result<Expr> {
    let range = Range { start: left.range.start, end: right.range.end };
    notes.error(sign, diagnostics::assigned_condition(&words::text(&left), &words::text(&right)));
    built(ExprKind::Binary(Operator::Equal, Box::new(left), Box::new(right)), range)
}

/// `value if condition else other`
pub fn ternary(input: ParseStream<'_>, value: Expr, notes: &mut Diagnostics) -> syn::Result<Expr> {
    let (fork, sign) = (input.fork(), input.span());
    let mut later = Diagnostics::default();
    if !fork.peek(Token![if]) {
        return Ok(value);
    }
    fork.parse::<Token![if]>()?;
    let is_whole = expression(&fork, 0, &mut later).is_ok() && fork.peek(Token![else]) && !fork.peek2(token::Brace);
    if !is_whole || sign.start().line > value.range.end.start().line {
        return Ok(value);
    }
    input.parse::<Token![if]>()?;
    let condition = expression(input, 0, notes)?;
    input.parse::<Token![else]>()?;
    let other = expression(input, 0, notes)?;
    notes.error(sign, diagnostics::ternary(&words::text(&condition), &words::text(&value), &words::text(&other)));
    let range = Range { start: value.range.start, end: other.range.end };
    let body = |result: Expr| Body { statements: Vec::new(), end: result.range.end, result: Some(result), is_broken: false };
    let kind = ExprKind::If(Box::new(If { condition, then: body(value), otherwise: Some(body(other)) }));
    Ok(Expr { kind, range, height: 1 })
}

/// `(from..to).rev()`, `(from..to).step_by(2)`
pub fn items(input: ParseStream<'_>, notes: &mut Diagnostics) -> syn::Result<Option<Expr>> {
    let Some((inside, _, behind)) = input.cursor().group(Delimiter::Parenthesis) else { return Ok(None) };
    let is_dot = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == '.');
    let has_range = inside.token_stream().into_iter().filter(is_dot).count() > 1;
    if !has_range || behind.punct().is_none_or(|(sign, _)| sign.as_char() != '.') {
        return Ok(None);
    }
    let content;
    let start = parenthesized!(content in input).span.open();
    let mut parts = vec![expression(&content, 0, notes)?];
    while is_punct(&content, '.') || is_punct(&content, '=') {
        content.parse::<TokenTree>()?;
    }
    parts.push(expression(&content, 0, notes)?);
    input.parse::<Token![.]>()?;
    let name: Ident = input.parse()?;
    let mut end = name.span();
    let mut step = None;
    if input.peek(token::Paren) {
        let content;
        end = parenthesized!(content in input).span.close();
        step = if content.is_empty() { None } else { Some(expression(&content, 0, notes)?) };
    }
    let texts: Vec<String> = parts.iter().chain(&step).map(words::text).collect();
    notes.error(name.span(), diagnostics::range_method(&name.to_string(), &texts));
    parts.extend(step);
    built(ExprKind::Foreign(parts), Range { start, end }).map(Some)
}

/// What a model or block starts with elsewhere: whether a model is meant, which names the shapes of what it takes.
pub fn item(input: ParseStream<'_>, notes: &mut Diagnostics) -> syn::Result<bool> {
    let (place, found) = (input.span(), word(input).unwrap_or_default());
    let name = input.cursor().ident().and_then(|(_, rest)| rest.ident());
    let parameters = name.as_ref().and_then(|(_, rest)| rest.group(Delimiter::Parenthesis));
    let name = name.map_or_else(|| "name".to_owned(), |(name, _)| name.to_string());
    let is_block = ["def", "func", "function"].contains(&found.as_str());
    if !is_block {
        return Err(syn::Error::new(place, diagnostics::foreign_item(&found, &name)));
    }
    let tokens: Vec<TokenTree> = parameters.iter().flat_map(|(inside, ..)| inside.token_stream()).collect();
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ':');
    let has_shapes = tokens.windows(2).any(|pair| is_colon(&pair[0]) && matches!(pair[1], TokenTree::Group(_)));
    let takes: proc_macro2::TokenStream = tokens.into_iter().collect();
    let takes = takes.to_string().replace(" ,", ",").replace(" :", ":");
    let message = diagnostics::foreign_function(&found, &name, &takes, has_shapes);
    if parameters.is_some_and(|(.., rest)| rest.punct().is_some_and(|(sign, _)| sign.as_char() == ':')) {
        return Err(syn::Error::new(place, message));
    }
    notes.error(place, message);
    Ok(has_shapes)
}

/// The `->` before outputs, or what is taken for it.
pub fn arrow(input: ParseStream<'_>, notes: &mut Diagnostics) -> syn::Result<bool> {
    if input.peek(Token![->]) {
        return input.parse::<Token![->]>().map(|_| true);
    }
    let is_colon = input.peek(Token![:]) && (input.peek2(token::Bracket) || input.peek2(token::Paren));
    if !is_colon && !input.peek(Token![=>]) {
        return Ok(false);
    }
    let mut place = Range::from(input.span());
    for _ in 0..if is_colon { 1 } else { 2 } {
        place.end = input.parse::<TokenTree>()?.span();
    }
    let shape = input.cursor().token_tree().map_or_else(|| "[10]".to_owned(), |(token, _)| token.to_string());
    notes.error(place, diagnostics::arrow(if is_colon { ":" } else { "=>" }, &shape));
    Ok(true)
}
