//! What other languages write in expressions. It is noted at its token, and read for what it means, so that nothing more is said of it.

mod statements;

use proc_macro2::{Delimiter, Ident, Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Lit, Token, braced, bracketed, token};

use super::expression::{argument, built, expression};
use super::format::format;
use super::{fault, is_punct, joint, separated, word};
use crate::diagnostics::{self, Diagnostics};
use crate::syntax::{Expr, ExprKind, Operator, Range};
use crate::words::{self, Call, Given, Place, Word};
pub use statements::*;

/// Passes over Python's comments, `# ..` to the end of the line.
pub fn comments(input: ParseStream<'_>, notes: &mut Diagnostics) -> syn::Result<()> {
    while input.peek(Token![#]) && !input.peek2(token::Bracket) && !input.peek2(Token![!]) {
        let sign = input.parse::<Token![#]>()?.spans[0];
        notes.error(sign, diagnostics::comment());
        while input.cursor().token_tree().is_some_and(|(token, _)| token.span().start().line == sign.start().line) {
            input.parse::<TokenTree>()?;
        }
    }
    Ok(())
}

/// An operator of another language that binds as tightly as those of a level here, or more so, and its own.
pub fn operator(input: ParseStream<'_>, least: usize) -> syn::Result<Option<(usize, &'static Word, Range)>> {
    let Some(name) = operator_name(input) else { return Ok(None) };
    let Some(found) = words::operator(&name) else { return Ok(None) };
    let Place::Operator(level, _) = found.place else { return Ok(None) };
    if level < least {
        return Ok(None);
    }
    let signs = if name.starts_with(char::is_alphabetic) { name.split(' ').count() } else { name.chars().count() };
    let behind = input.fork();
    for _ in 0..signs {
        behind.parse::<TokenTree>()?;
    }
    if behind.is_empty() || behind.peek(Token![;]) {
        return Ok(None); // `n++;`
    }
    let mut range = Range::from(input.span());
    for _ in 0..signs {
        range.end = input.parse::<TokenTree>()?.span();
    }
    Ok(Some((level, found, range)))
}

/// The sign, or the words, that the next tokens make.
fn operator_name(input: ParseStream<'_>) -> Option<String> {
    let Some(first) = word(input) else {
        // A sign may stand before the sign of a negative number.
        let sign = joint(input);
        return Some(sign.trim_end_matches('-')).filter(|sign| !sign.is_empty()).map(str::to_owned);
    };
    let second = input.cursor().ident().and_then(|(_, rest)| rest.ident()).map(|(word, _)| word.to_string());
    let pair = format!("{first} {}", second.unwrap_or_default());
    Some(if words::operator(&pair).is_some() { pair } else { first })
}

/// Two operands of an operator of another language.
pub fn combined(found: &Word, range: Range, left: Expr, right: Expr, notes: &mut Diagnostics) -> syn::Result<Expr> {
    let help = found.help(&operands(&[("a", &left), ("b", &right)]));
    notes.error(range, diagnostics::foreign_operator(found.name(), &help));
    let whole = Range { start: left.range.start, end: right.range.end };
    match found.place {
        Place::Operator(_, Some(same)) => built(ExprKind::Binary(same, Box::new(left), Box::new(right)), whole),
        _ => built(ExprKind::Foreign(vec![left, right]), whole),
    }
}

fn operands(named: &[(&str, &Expr)]) -> Call {
    let given = |(name, expr): &(&str, &Expr)| Given {
        name: Some((*name).to_owned()),
        text: words::text(expr),
        value: words::value_of(expr),
        shape: None,
    };
    Call { arguments: named.iter().map(given).collect(), tensors: None }
}

/// A sign or word of another language before a value: `not x`, `&x`, `&mut x`.
pub fn prefix(input: ParseStream<'_>) -> syn::Result<Option<(&'static Word, Span)>> {
    let is_before_value = input.peek2(syn::Ident) || input.peek2(Lit) || input.peek2(token::Paren) || input.peek2(token::Bracket);
    let name = match word(input) {
        Some(word) => Some(word).filter(|_| is_before_value && !input.peek2(Token![as])),
        None => joint(input).chars().next().map(String::from),
    };
    let Some(found) = name.and_then(|name| words::prefix(&name)) else { return Ok(None) };
    let sign = input.parse::<TokenTree>()?.span();
    while input.peek(Token![mut]) || input.peek(Token![&]) || input.peek(Token![*]) {
        input.parse::<TokenTree>()?;
    }
    Ok(Some((found, sign)))
}

/// A value behind such a sign, which says what it means here.
pub fn prefixed(found: &Word, sign: Span, value: Expr, notes: &mut Diagnostics) -> syn::Result<Expr> {
    let help = found.help(&operands(&[("b", &value)]));
    notes.error(sign, diagnostics::foreign_sign(found.name(), &help));
    let range = Range { start: sign, end: value.range.end };
    if found.line.starts_with('!') { built(ExprKind::Not(Box::new(value)), range) } else { Ok(Expr { range, ..value }) }
}

/// What may stand behind a value elsewhere: `.name`, `::name`, `?`, `!(..)`, `as f32`, `{ units: 64 }`. Whether something did.
pub fn goes_on(input: ParseStream<'_>, value: &mut Expr, depth: usize, notes: &mut Diagnostics) -> syn::Result<bool> {
    let start = value.range.start;
    if input.peek(Token![.]) && !input.peek(Token![..]) || input.peek(Token![::]) {
        return member(input, value, notes);
    }
    if input.peek(Token![?]) {
        notes.error(input.parse::<Token![?]>()?.span, diagnostics::question());
        return Ok(true);
    }
    if input.peek(Token![as]) {
        notes.error(input.parse::<Token![as]>()?.span, diagnostics::control("as"));
        input.parse::<TokenTree>()?;
        return Ok(true);
    }
    let ExprKind::Name(name) = &value.kind else { return Ok(false) };
    if input.peek(Token![!]) && (input.peek2(token::Paren) || input.peek2(token::Bracket) || input.peek2(token::Brace)) {
        let name = name.clone();
        input.parse::<Token![!]>()?;
        *value = macro_call(input, &name, depth, notes)?;
        return Ok(true);
    }
    let opens = input.cursor().group(Delimiter::Brace).map(|(inside, ..)| inside);
    let is_field = |inside: syn::buffer::Cursor<'_>| {
        inside.ident().and_then(|(_, rest)| rest.punct()).is_some_and(|(sign, _)| sign.as_char() == ':')
    };
    if !opens.is_some_and(is_field) {
        return Ok(false);
    }
    let content;
    let brace = braced!(content in input);
    let mut silent = Diagnostics::default(); // the colons are part of what is said
    let arguments = separated(&content, &mut silent, |input, notes| argument(input, depth.saturating_add(1), notes))?;
    let range = Range { start, end: brace.span.close() };
    let made = built(ExprKind::Call(Box::new(value.clone()), arguments), range)?;
    notes.error(brace.span.open(), diagnostics::braces(&words::text(&made)));
    *value = made;
    Ok(true)
}

/// `.name`, `::name`, `.0`
fn member(input: ParseStream<'_>, value: &mut Expr, notes: &mut Diagnostics) -> syn::Result<bool> {
    let is_path = input.peek(Token![::]);
    let _ = if is_path { input.parse::<Token![::]>().map(drop) } else { input.parse::<Token![.]>().map(drop) };
    let start = value.range.start;
    if input.peek(Lit) {
        let end = input.parse::<TokenTree>()?.span();
        notes.error(end, diagnostics::tuple_member(&words::text(value)));
        *value = built(ExprKind::Foreign(vec![value.clone()]), Range { start, end })?;
        return Ok(true);
    }
    if is_path && input.peek(Token![<]) {
        notes.error(input.span(), diagnostics::generics());
        while !input.is_empty() && !input.peek(Token![>]) && !input.peek(token::Paren) {
            input.parse::<TokenTree>()?;
        }
        if input.peek(Token![>]) {
            input.parse::<Token![>]>()?;
        }
        *value = built(ExprKind::Foreign(Vec::new()), value.range)?;
        return Ok(true);
    }
    // Half-written: the next statement follows.
    let is_statement = input.peek(Token![let]) || input.peek(Token![for]) || input.peek(Token![if]) || input.peek(Token![return]);
    if is_statement || !input.peek(syn::Ident::peek_any) {
        return fault(input, "a name", "everything is a layer's call: `Layer(..)(x)`");
    }
    let name = input.call(Ident::parse_any)?.unraw();
    let range = Range { start, end: name.span() };
    *value = built(ExprKind::Member(Box::new(value.clone()), name), range)?;
    Ok(true)
}

/// `format!(..)` is a string, `vec![a, b]` a list; other macros are nothing.
fn macro_call(input: ParseStream<'_>, name: &Ident, depth: usize, notes: &mut Diagnostics) -> syn::Result<Expr> {
    if name == "format" && input.peek(token::Paren) {
        return format(input, name, depth, notes);
    }
    if name == "vec" && input.peek(token::Bracket) {
        let content;
        let bracket = bracketed!(content in input);
        let items = separated(&content, notes, |input, notes| expression(input, depth.saturating_add(1), notes))?;
        let list = built(ExprKind::List(items), Range { start: name.span(), end: bracket.span.close() })?;
        notes.error(name.span(), diagnostics::list_macro(&words::text(&list)));
        return Ok(list);
    }
    notes.error(name.span(), diagnostics::macro_call(&name.to_string()));
    let end = input.parse::<TokenTree>()?.span();
    built(ExprKind::Foreign(Vec::new()), Range { start: name.span(), end })
}

/// `from..to` where no loop is.
pub fn range(input: ParseStream<'_>, from: Expr, depth: usize, notes: &mut Diagnostics) -> syn::Result<Expr> {
    let start = from.range.start;
    let dots = input.parse::<Token![..]>()?.spans[0];
    if is_punct(input, '=') {
        input.parse::<Token![=]>()?;
    }
    if input.is_empty() || input.peek(Token![,]) {
        notes.error(dots, diagnostics::index());
        return built(ExprKind::Foreign(vec![from]), Range { start, end: dots });
    }
    let to = expression(input, depth, notes)?;
    notes.error(dots, diagnostics::stray_range(&words::text(&from), &words::text(&to)));
    let end = to.range.end;
    built(ExprKind::Foreign(vec![from, to]), Range { start, end })
}

/// `name: value` among arguments.
pub fn colon(input: ParseStream<'_>, name: &Ident, notes: &mut Diagnostics) -> syn::Result<()> {
    let sign = input.parse::<Token![:]>()?.spans[0];
    let next = input.cursor().token_tree().map(|(token, _)| token.to_string()).filter(|text| text.len() < 20);
    let value = next.unwrap_or_else(|| "..".to_owned());
    notes.error(sign, diagnostics::syntax("`=`", "`:`", &format!("an argument reads `{name} = {value}`")));
    Ok(())
}

/// Whether Python's `lambda` stands there, and not a name.
pub fn is_lambda(input: ParseStream<'_>) -> bool {
    word(input).is_some_and(|word| word == "lambda") && (input.peek2(syn::Ident) || input.peek2(Token![:]))
}

/// `self` and its like, which are names elsewhere.
pub fn object(input: ParseStream<'_>) -> syn::Result<Option<Expr>> {
    if !word(input).is_some_and(|word| ["self", "super"].contains(&word.as_str())) {
        return Ok(None);
    }
    let name = input.call(Ident::parse_any)?;
    let range = name.span().into();
    built(ExprKind::Name(name), range).map(Some)
}

/// `x++` is `x = x + 1`.
pub fn step(input: ParseStream<'_>, value: &Expr, notes: &mut Diagnostics) -> syn::Result<Option<Expr>> {
    let sign = joint(input);
    let operator = match sign.as_str() {
        "++" => Operator::Add,
        "--" => Operator::Subtract,
        _ => return Ok(None),
    };
    let fork = input.fork();
    let range = Range { start: fork.parse::<TokenTree>()?.span(), end: fork.parse::<TokenTree>()?.span() };
    if !(fork.is_empty() || fork.peek(Token![;])) {
        return Ok(None);
    }
    input.parse::<TokenTree>()?;
    input.parse::<TokenTree>()?;
    notes.error(range, diagnostics::foreign_operator(&sign, &diagnostics::counted(&words::text(value), operator.sign())));
    let one = built(ExprKind::Literal(1.into()), range)?;
    let whole = Range { start: value.range.start, end: range.end };
    built(ExprKind::Binary(operator, Box::new(value.clone()), Box::new(one)), whole).map(Some)
}
