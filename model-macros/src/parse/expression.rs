//! Expressions: layer calls, names, data, and the operators between them. What other languages write instead is `foreign`'s.

use proc_macro2::{Delimiter, Ident, Span, TokenTree};
use serde_json::Value;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Lit, Token, bracketed, parenthesized, token};

use super::foreign;
use super::{ErrorAt, control_word, found, identifier, is_punct, joint, separated};
use crate::diagnostics::{self, Diagnostics};
use crate::syntax::{Argument, Expr, ExprKind, Operator, Range, Subscript, is_constant_like};

/// How deeply expressions may be nested.
pub const DEPTH: usize = 64;

/// Why an expression does not end where it should: what other languages have, and this one has not.
pub fn after_expression(input: ParseStream<'_>, before: &Expr, expected: &str) -> syn::Error {
    let found = input.cursor().token_tree().map_or_else(|| "the end".to_owned(), |(token, _)| found(&token));
    let is_name = matches!(before.kind, ExprKind::Name(_));
    let message = match input.cursor().token_tree() {
        Some((TokenTree::Punct(sign), _)) => match sign.as_char() {
            '+' | '-' | '*' | '/' if joint(input).ends_with('=') => diagnostics::compound(&joint(input)),
            '+' | '-' | '*' | '/' | '%' | '@' | '^' | '&' | '|' | '<' | '>' | '?' | '!' => diagnostics::operator(&joint(input)),
            '.' => diagnostics::syntax("a name", "`.`", "everything is a layer's call: `Layer(..)(x)`"),
            _ => diagnostics::syntax(expected, &found, "end every statement but the last with `;`"),
        },
        Some((TokenTree::Group(group), _)) if group.delimiter() == Delimiter::Brace && is_name => {
            diagnostics::syntax("`(`", &found, "a layer's arguments stand in parentheses: `Dense(units = 10)(x)`")
        }
        Some((TokenTree::Ident(word), _)) if word == "if" || word == "else" => diagnostics::control(&word.to_string()),
        _ => diagnostics::syntax(expected, &found, "end every statement but the last with `;`"),
    };
    input.error_at(message)
}

/// The operators, those that bind least first.
const LEVELS: [&[Operator]; 5] = [
    &[Operator::Or],
    &[Operator::And],
    &[Operator::Equal, Operator::Unequal, Operator::LessOrEqual, Operator::GreaterOrEqual, Operator::Less, Operator::Greater],
    &[Operator::Add, Operator::Subtract],
    &[Operator::Multiply, Operator::Divide, Operator::Remainder],
];

/// An expression with all of its operators. What is said of it and costs no more than itself is noted.
pub fn expression(input: ParseStream<'_>, depth: usize, notes: &mut Diagnostics) -> syn::Result<Expr> {
    binary(input, depth, 0, notes)
}

/// An expression of operators that bind as tightly as those of a level, or more so.
fn binary(input: ParseStream<'_>, depth: usize, least: usize, notes: &mut Diagnostics) -> syn::Result<Expr> {
    let mut left = unary(input, depth, notes)?;
    loop {
        foreign::comments(input, notes)?;
        if let Some((level, operator)) = next_operator(input).filter(|(level, _)| *level >= least) {
            operator.sign().chars().try_for_each(|_| input.parse::<TokenTree>().map(drop))?;
            let right = binary(input, depth, level.saturating_add(1), notes)?;
            let range = Range { start: left.range.start, end: right.range.end };
            left = built(ExprKind::Binary(operator, Box::new(left), Box::new(right)), range)?;
        } else if let Some((level, word, range)) = foreign::operator(input, least)? {
            let right = binary(input, depth, level.saturating_add(1), notes)?;
            left = foreign::combined(word, range, left, right, notes)?;
        } else {
            return Ok(left);
        }
    }
}

/// The operator that is next, and its level.
fn next_operator(input: ParseStream<'_>) -> Option<(usize, Operator)> {
    let sign = joint(input);
    if sign.is_empty() {
        return None;
    }
    let levels = LEVELS.iter().enumerate();
    levels.flat_map(|(level, operators)| operators.iter().map(move |operator| (level, *operator))).find(|(_, operator)| {
        // `-` may stand before a negative number, `&` and `|` before nothing that there is.
        sign.strip_prefix(operator.sign()).is_some_and(|rest| rest.chars().all(|c| c == '-' || c == '!'))
    })
}

/// An expression, unless it is too deep to be walked through.
pub fn built(kind: ExprKind, range: Range) -> syn::Result<Expr> {
    let highest = |items: &[Expr]| items.iter().map(|item| item.height).max().unwrap_or(0);
    let below = match &kind {
        ExprKind::Name(_) | ExprKind::Path(_) | ExprKind::Literal(_) | ExprKind::Unread(_) | ExprKind::Operation(_) => 0,
        ExprKind::Subscript(base, subscripts) => {
            subscripts.iter().flat_map(Subscript::parts).map(|part| part.height).fold(base.height, usize::max)
        }
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Format(items) | ExprKind::Foreign(items) => highest(items),
        ExprKind::Call(callee, arguments) => {
            arguments.iter().map(|argument| argument.value.height).fold(callee.height, usize::max)
        }
        ExprKind::Binary(_, left, right) | ExprKind::Index(left, right) => left.height.max(right.height),
        ExprKind::Negative(value) | ExprKind::Not(value) | ExprKind::Member(value, _) => value.height,
        ExprKind::If(_) => DEPTH, // stands where no expression is around it
    };
    if below >= DEPTH {
        return Err(syn::Error::new(range.start, diagnostics::too_deep()));
    }
    Ok(Expr { kind, range, height: below + 1 })
}

fn check_depth(input: ParseStream<'_>, depth: usize) -> syn::Result<()> {
    if depth > DEPTH { Err(input.error_at(diagnostics::too_deep())) } else { Ok(()) }
}

fn unary(input: ParseStream<'_>, depth: usize, notes: &mut Diagnostics) -> syn::Result<Expr> {
    check_depth(input, depth)?;
    let (start, kind): (Span, fn(Box<Expr>) -> ExprKind) = if input.peek(Token![-]) {
        (input.parse::<Token![-]>()?.spans[0], ExprKind::Negative)
    } else if input.peek(Token![!]) {
        (input.parse::<Token![!]>()?.spans[0], ExprKind::Not)
    } else if let Some((word, sign)) = foreign::prefix(input)? {
        let value = unary(input, depth + 1, notes)?;
        return foreign::prefixed(word, sign, value, notes);
    } else {
        return power(input, depth, notes);
    };
    let value = unary(input, depth + 1, notes)?;
    let range = Range { start, end: value.range.end };
    built(kind(Box::new(value)), range)
}

/// `base ** exponent`, which binds tighter than the sign before it, as in Python.
fn power(input: ParseStream<'_>, depth: usize, notes: &mut Diagnostics) -> syn::Result<Expr> {
    let base = call(input, depth, notes)?;
    if joint(input).trim_end_matches('-') != Operator::Power.sign() {
        return Ok(base);
    }
    Operator::Power.sign().chars().try_for_each(|_| input.parse::<TokenTree>().map(drop))?;
    let exponent = unary(input, depth + 1, notes)?;
    let range = Range { start: base.range.start, end: exponent.range.end };
    built(ExprKind::Binary(Operator::Power, Box::new(base), Box::new(exponent)), range)
}

/// `callee(arguments)`, `list[position]`
fn call(input: ParseStream<'_>, depth: usize, notes: &mut Diagnostics) -> syn::Result<Expr> {
    let mut callee = primary(input, depth, notes)?;
    loop {
        let content;
        if input.peek(token::Paren) {
            let paren = parenthesized!(content in input);
            let arguments = separated(&content, notes, |input, notes| argument(input, depth + 1, notes))?;
            let range = Range { start: callee.range.start, end: paren.span.close() };
            callee = built(ExprKind::Call(Box::new(callee), arguments), range)?;
        } else if input.peek(token::Bracket) {
            let bracket = bracketed!(content in input);
            let range = Range { start: callee.range.start, end: bracket.span.close() };
            let fault = |_| syn::Error::new(bracket.span.open(), diagnostics::index());
            let mut subscripts = subscripts(&content, depth + 1, notes).map_err(fault)?;
            let one = if subscripts.len() == 1 { subscripts.pop() } else { None };
            let kind = match one {
                Some(Subscript::At(position)) => ExprKind::Index(Box::new(callee), Box::new(position)),
                other => {
                    subscripts.extend(other);
                    ExprKind::Subscript(Box::new(callee), subscripts)
                }
            };
            callee = built(kind, range)?;
        } else if !foreign::goes_on(input, &mut callee, depth, notes)? {
            return Ok(callee);
        }
    }
}

/// What stands in brackets behind a value: places, `None`, slices as in Python or Rust, and `...`.
fn subscripts(input: ParseStream<'_>, depth: usize, notes: &mut Diagnostics) -> syn::Result<Vec<Subscript>> {
    let mut found = Vec::new();
    loop {
        found.push(subscript(input, depth, notes)?);
        if input.is_empty() {
            return Ok(found);
        }
        input.parse::<Token![,]>()?;
        if input.is_empty() {
            return Ok(found);
        }
    }
}

fn subscript(input: ParseStream<'_>, depth: usize, notes: &mut Diagnostics) -> syn::Result<Subscript> {
    if input.peek(Token![...]) {
        input.parse::<Token![...]>()?;
        return Ok(Subscript::Rest);
    }
    let is_end = |input: ParseStream<'_>| input.is_empty() || input.peek(Token![,]) || is_punct(input, ':');
    let mut ends = [None, None, None];
    if !input.peek(Token![..]) && !is_end(input) {
        let place = expression(input, depth, notes)?;
        if !input.peek(Token![..]) && !is_punct(input, ':') {
            return Ok(Subscript::At(place));
        }
        ends[0] = Some(place);
    }
    if input.peek(Token![..]) {
        input.parse::<Token![..]>()?;
        if !is_end(input) {
            ends[1] = Some(expression(input, depth, notes)?);
        }
        return Ok(Subscript::Slice(Box::new(ends)));
    }
    if !is_punct(input, ':') {
        return Err(input.error("nothing is taken")); // of which the caller says what stands in brackets
    }
    for end in ends.iter_mut().skip(1) {
        if !is_punct(input, ':') {
            break;
        }
        input.parse::<TokenTree>()?;
        if !is_end(input) {
            *end = Some(expression(input, depth, notes)?);
        }
    }
    Ok(Subscript::Slice(Box::new(ends)))
}

/// An expression in a list: it ends with a comma or with the list.
fn item_expression(input: ParseStream<'_>, depth: usize, notes: &mut Diagnostics) -> syn::Result<Expr> {
    let value = expression(input, depth, notes)?;
    if input.peek(Token![..]) {
        return foreign::range(input, value, depth, notes);
    }
    let is_odd = match input.cursor().token_tree() {
        Some((TokenTree::Punct(sign), _)) => sign.as_char() != ',',
        Some((TokenTree::Group(_), _)) => true,
        Some((TokenTree::Ident(_), _)) => control_word(input).is_some(),
        Some((TokenTree::Literal(_), _)) | None => false,
    };
    if is_odd { Err(after_expression(input, &value, "`,` or the end of the list")) } else { Ok(value) }
}

/// `value`, or `name = value`
pub fn argument(input: ParseStream<'_>, depth: usize, notes: &mut Diagnostics) -> syn::Result<Argument> {
    foreign::comments(input, notes)?;
    let is_named = input.peek(syn::Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]);
    let is_colon = input.peek(syn::Ident) && input.peek2(Token![:]) && !input.peek2(Token![::]);
    if !is_named && !is_colon {
        return Ok(Argument { name: None, value: item_expression(input, depth, notes)? });
    }
    let name: Ident = input.parse()?;
    if is_colon {
        foreign::colon(input, &name, notes)?;
    } else {
        input.parse::<Token![=]>()?;
    }
    Ok(Argument { name: Some(name.unraw()), value: item_expression(input, depth, notes)? })
}

fn primary(input: ParseStream<'_>, depth: usize, notes: &mut Diagnostics) -> syn::Result<Expr> {
    check_depth(input, depth)?;
    foreign::comments(input, notes)?;
    if input.peek(token::Paren) {
        let content;
        let paren = parenthesized!(content in input);
        let range = Range { start: paren.span.open(), end: paren.span.close() };
        let last = content.cursor().token_stream().into_iter().last();
        let ends_with_comma = matches!(last, Some(TokenTree::Punct(sign)) if sign.as_char() == ',');
        let mut items = separated(&content, notes, |input, notes| item_expression(input, depth + 1, notes))?;
        return match items.len() {
            1 if !ends_with_comma => Ok(Expr { range, ..items.remove(0) }),
            _ => built(ExprKind::Tuple(items), range),
        };
    }
    if input.peek(token::Bracket) {
        let content;
        let bracket = bracketed!(content in input);
        let range = Range { start: bracket.span.open(), end: bracket.span.close() };
        let items = separated(&content, notes, |input, notes| item_expression(input, depth + 1, notes))?;
        return built(ExprKind::List(items), range);
    }
    if input.peek(Lit) {
        return literal(input);
    }
    if let Some((TokenTree::Group(group), _)) = input.cursor().token_tree()
        && group.delimiter() == Delimiter::None
    {
        return transparent(input, &group, depth, notes);
    }
    if is_punct(input, '|') || foreign::is_lambda(input) {
        return Err(input.error_at(diagnostics::closure()));
    }
    if let Some(word) = control_word(input) {
        return Err(input.error_at(diagnostics::control(&word)));
    }
    if let Some(operation) = operation(input) {
        let range = Range { start: operation.span(), end: operation.span() };
        return built(ExprKind::Operation(operation), range);
    }
    if let Some(path) = constant_path(input) {
        let range = Range { start: path[0].span(), end: path[path.len() - 1].span() };
        return built(ExprKind::Path(path), range);
    }
    if let Some(name) = foreign::object(input)? {
        return Ok(name);
    }
    let help = "expressions are made of layer calls, names, numbers, strings and lists";
    let name = identifier(input, "an expression", help)?;
    let range = name.span().into();
    built(if name == "None" { ExprKind::Literal(Value::Null) } else { ExprKind::Name(name) }, range)
}

/// `ops::mean`, if that stands there.
fn operation(input: ParseStream<'_>) -> Option<Ident> {
    let fork = input.fork();
    let is_operation = fork.parse::<Ident>().is_ok_and(|module| module == "ops") && fork.parse::<Token![::]>().is_ok();
    let name = if is_operation { fork.call(Ident::parse_any).ok() } else { None }; // `where` is a name, too
    let name = name.filter(|name| !is_constant_like(&name.to_string()))?;
    input.advance_to(&fork);
    Some(name.unraw())
}

/// `nets::WIDTH`, if that stands there.
fn constant_path(input: ParseStream<'_>) -> Option<Vec<Ident>> {
    let fork = input.fork();
    let path = fork.call(syn::Path::parse_mod_style).ok().filter(|path| path.leading_colon.is_none())?;
    let path: Vec<Ident> = path.segments.into_iter().map(|part| part.ident).collect();
    let is_constant = path.len() > 1 && is_constant_like(&path[path.len() - 1].to_string()) && !fork.peek(token::Paren);
    is_constant.then(|| input.advance_to(&fork))?;
    Some(path)
}

/// What another macro has substituted stands in a group without delimiters.
fn transparent(input: ParseStream<'_>, group: &proc_macro2::Group, depth: usize, notes: &mut Diagnostics) -> syn::Result<Expr> {
    input.parse::<TokenTree>()?;
    Parser::parse2(|inner: ParseStream<'_>| expression(inner, depth + 1, notes), group.stream())
}

fn literal(input: ParseStream<'_>) -> syn::Result<Expr> {
    let literal = Lit::parse(input)?;
    let span = literal.span();
    let value = match &literal {
        Lit::Str(text) => Some(Value::from(text.value())),
        Lit::Bool(value) => Some(Value::from(value.value)),
        Lit::Int(number) if number.suffix().is_empty() => number.base10_parse::<i64>().ok().map(Value::from),
        Lit::Float(number) if number.suffix().is_empty() => {
            number.base10_parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from)
        }
        _ => None,
    };
    let written = || quote::quote!(#literal).to_string();
    let repair = match &literal {
        Lit::Char(c) => format!("strings have double quotes: `\"{}\"`", c.value().escape_default()),
        Lit::Int(number) if !number.suffix().is_empty() => format!("write it without its type, `{}`", number.base10_digits()),
        Lit::Float(number) if !number.suffix().is_empty() => format!("write it without its type, `{}`", number.base10_digits()),
        Lit::Int(_) => "whole numbers are below 2^63".to_owned(),
        _ => "there are whole numbers, decimal numbers, strings, `true` and `false`".to_owned(),
    };
    let fault = || syn::Error::new(span, diagnostics::syntax("a number or a string", &format!("`{}`", written()), &repair));
    built(ExprKind::Literal(value.ok_or_else(fault)?), span.into())
}
