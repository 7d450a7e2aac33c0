//! Expressions: layer calls, names, data, and the operators between them.

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenTree};
use serde_json::Value;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Lit, Token, bracketed, parenthesized, token};

use super::{ErrorAt, control_word, fault, found, identifier, is_punct, separated, word};
use crate::diagnostics;
use crate::syntax::{Argument, Expr, ExprKind, Operator, Range, is_constant_like};

/// How deeply expressions may be nested.
pub const DEPTH: usize = 64;

/// Why an expression does not end where it should: what other languages have, and this one has not.
pub fn after_expression(input: ParseStream<'_>, before: &Expr, expected: &str) -> syn::Error {
    let found = input.cursor().token_tree().map_or_else(|| "the end".to_owned(), |(token, _)| found(&token));
    let last = if let ExprKind::Name(name) = &before.kind { Some(name.to_string()) } else { None };
    let message = match input.cursor().token_tree() {
        Some((TokenTree::Punct(sign), _)) => match (sign.as_char(), last) {
            ('.', last) => return member(input, before, last),
            (':', Some(last)) if input.peek(Token![::]) => return member(input, before, Some(last)),
            (':', None) if input.peek(Token![::]) => diagnostics::operator("::"),
            ('+' | '-' | '*' | '/', _) if joint(input).ends_with('=') => diagnostics::compound(&joint(input)),
            ('+' | '-' | '*' | '/', _) => diagnostics::operator(&joint(input)),
            ('!', Some(name)) => diagnostics::macro_call(&name),
            ('%' | '@' | '^' | '&' | '|' | '<' | '>' | '?' | '!', _) => diagnostics::operator(&joint(input)),
            ('#', _) => diagnostics::comment(),
            _ => diagnostics::syntax(expected, &found, "end every statement but the last with `;`"),
        },
        Some((TokenTree::Group(group), _)) if group.delimiter() == Delimiter::Brace && last.is_some() => {
            diagnostics::syntax("`(`", &found, "a layer's arguments stand in parentheses: `Dense(units = 10)(x)`")
        }
        Some((TokenTree::Ident(word), _)) if word == "as" || word == "if" || word == "else" => {
            diagnostics::control(&word.to_string())
        }
        _ => diagnostics::syntax(expected, &found, "end every statement but the last with `;`"),
    };
    input.error_at(message)
}

/// The sign that the next tokens make together: `>>`.
fn joint(input: ParseStream<'_>) -> String {
    let (mut sign, mut cursor) = (String::new(), input.cursor());
    while let Some((punct, next)) = cursor.punct() {
        sign.push(punct.as_char());
        cursor = next;
        if punct.spacing() == Spacing::Alone {
            break;
        }
    }
    sign
}

/// `keras.layers.Dense`, `x.shape`, `Dense::new`: there are no members.
fn member(input: ParseStream<'_>, before: &Expr, base: Option<String>) -> syn::Error {
    let fork = input.fork();
    let mut path = base.into_iter().collect::<Vec<_>>();
    let mut end = before.range.end;
    while fork.peek(Token![.]) || fork.peek(Token![::]) {
        let _ = if fork.peek(Token![.]) { fork.parse::<Token![.]>().map(drop) } else { fork.parse::<Token![::]>().map(drop) };
        let Ok(name) = fork.parse::<Ident>() else { break };
        end = name.span();
        path.push(name.unraw().to_string());
    }
    let is_type = |name: &String| name.chars().next().is_some_and(char::is_uppercase);
    let layer = path.iter().find(|name| is_type(name)).cloned();
    let last = path.last().cloned().unwrap_or_default();
    let message = match layer {
        Some(layer) if path.len() > 1 => diagnostics::qualified(&layer),
        _ => diagnostics::member(&last),
    };
    let span = if path.len() > 1 && matches!(before.kind, ExprKind::Name(_)) {
        before.range.start.join(end).unwrap_or(end)
    } else {
        end
    };
    syn::Error::new(span, message)
}

/// The operators, those that bind least first.
const LEVELS: [&[Operator]; 5] = [
    &[Operator::Or],
    &[Operator::And],
    &[Operator::Equal, Operator::Unequal, Operator::LessOrEqual, Operator::GreaterOrEqual, Operator::Less, Operator::Greater],
    &[Operator::Add, Operator::Subtract],
    &[Operator::Multiply, Operator::Divide, Operator::Remainder],
];

/// An expression with all of its operators.
pub fn expression(input: ParseStream<'_>, depth: usize) -> syn::Result<Expr> {
    binary(input, depth, &LEVELS)
}

fn binary(input: ParseStream<'_>, depth: usize, levels: &[&[Operator]]) -> syn::Result<Expr> {
    let Some((level, tighter)) = levels.split_first() else { return unary(input, depth) };
    let mut left = binary(input, depth, tighter)?;
    while let Some(operator) = level.iter().copied().find(|operator| is_next(input, *operator)) {
        operator.sign().chars().try_for_each(|_| input.parse::<TokenTree>().map(drop))?;
        let right = binary(input, depth, tighter)?;
        let range = Range { start: left.range.start, end: right.range.end };
        left = built(ExprKind::Binary(operator, Box::new(left), Box::new(right)), range)?;
    }
    Ok(left)
}

/// Whether the next sign, as far as it is joined, is this operator's.
fn is_next(input: ParseStream<'_>, operator: Operator) -> bool {
    let sign = joint(input);
    // `-` may stand before a negative number, `&` and `|` before nothing that there is.
    sign == operator.sign() || sign.strip_prefix(operator.sign()).is_some_and(|rest| rest.chars().all(|c| c == '-' || c == '!'))
}

/// An expression, unless it is too deep to be walked through.
fn built(kind: ExprKind, range: Range) -> syn::Result<Expr> {
    let highest = |items: &[Expr]| items.iter().map(|item| item.height).max().unwrap_or(0);
    let below = match &kind {
        ExprKind::Name(_) | ExprKind::Path(_) | ExprKind::Literal(_) | ExprKind::Unread(_) => 0,
        ExprKind::List(items) | ExprKind::Tuple(items) => highest(items),
        ExprKind::Call(callee, arguments) => {
            arguments.iter().map(|argument| argument.value.height).fold(callee.height, usize::max)
        }
        ExprKind::Binary(_, left, right) | ExprKind::Index(left, right) => left.height.max(right.height),
        ExprKind::Negative(value) | ExprKind::Not(value) => value.height,
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

fn unary(input: ParseStream<'_>, depth: usize) -> syn::Result<Expr> {
    check_depth(input, depth)?;
    let (start, kind): (Span, fn(Box<Expr>) -> ExprKind) = if input.peek(Token![-]) {
        (input.parse::<Token![-]>()?.spans[0], ExprKind::Negative)
    } else if input.peek(Token![!]) {
        (input.parse::<Token![!]>()?.spans[0], ExprKind::Not)
    } else {
        return call(input, depth);
    };
    let value = unary(input, depth + 1)?;
    let range = Range { start, end: value.range.end };
    built(kind(Box::new(value)), range)
}

/// `callee(arguments)`, `list[position]`
fn call(input: ParseStream<'_>, depth: usize) -> syn::Result<Expr> {
    let mut callee = primary(input, depth)?;
    loop {
        let content;
        if input.peek(token::Paren) {
            let paren = parenthesized!(content in input);
            let arguments = separated(&content, |input| argument(input, depth + 1))?;
            let range = Range { start: callee.range.start, end: paren.span.close() };
            callee = built(ExprKind::Call(Box::new(callee), arguments), range)?;
        } else if input.peek(token::Bracket) {
            let bracket = bracketed!(content in input);
            let range = Range { start: callee.range.start, end: bracket.span.close() };
            let position =
                expression(&content, depth + 1).map_err(|_| syn::Error::new(bracket.span.open(), diagnostics::index()))?;
            if !content.is_empty() {
                return Err(syn::Error::new(bracket.span.open(), diagnostics::index()));
            }
            callee = built(ExprKind::Index(Box::new(callee), Box::new(position)), range)?;
        } else {
            return Ok(callee);
        }
    }
}

/// An expression in a list: it ends with a comma or with the list.
fn item_expression(input: ParseStream<'_>, depth: usize) -> syn::Result<Expr> {
    let value = expression(input, depth)?;
    let is_odd = match input.cursor().token_tree() {
        Some((TokenTree::Punct(sign), _)) => sign.as_char() != ',',
        Some((TokenTree::Group(_), _)) => true,
        Some((TokenTree::Ident(_), _)) => control_word(input).is_some(),
        Some((TokenTree::Literal(_), _)) | None => false,
    };
    if is_odd { Err(after_expression(input, &value, "`,` or the end of the list")) } else { Ok(value) }
}

fn argument(input: ParseStream<'_>, depth: usize) -> syn::Result<Argument> {
    let name = if input.peek(syn::Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
        let name: Ident = input.parse()?;
        input.parse::<Token![=]>()?;
        Some(name.unraw())
    } else if input.peek(syn::Ident) && input.peek2(Token![:]) && !input.peek2(Token![::]) {
        let name: Ident = input.parse()?;
        return fault(input, "`=`", &format!("an argument reads `{name} = ..`"));
    } else {
        None
    };
    Ok(Argument { name, value: item_expression(input, depth)? })
}

fn primary(input: ParseStream<'_>, depth: usize) -> syn::Result<Expr> {
    check_depth(input, depth)?;
    if input.peek(token::Paren) {
        let content;
        let paren = parenthesized!(content in input);
        let range = Range { start: paren.span.open(), end: paren.span.close() };
        let last = content.cursor().token_stream().into_iter().last();
        let ends_with_comma = matches!(last, Some(TokenTree::Punct(sign)) if sign.as_char() == ',');
        let mut items = separated(&content, |input| item_expression(input, depth + 1))?;
        return match items.len() {
            1 if !ends_with_comma => Ok(Expr { range, ..items.remove(0) }),
            _ => built(ExprKind::Tuple(items), range),
        };
    }
    if input.peek(token::Bracket) {
        let content;
        let bracket = bracketed!(content in input);
        let range = Range { start: bracket.span.open(), end: bracket.span.close() };
        return built(ExprKind::List(separated(&content, |input| item_expression(input, depth + 1))?), range);
    }
    if input.peek(Lit) {
        return literal(input);
    }
    if let Some((TokenTree::Group(group), _)) = input.cursor().token_tree()
        && group.delimiter() == Delimiter::None
    {
        return transparent(input, &group, depth);
    }
    if input.peek(Token![&]) {
        return Err(input.error_at(diagnostics::borrowed()));
    }
    if is_punct(input, '#') {
        return Err(input.error_at(diagnostics::comment()));
    }
    let is_lambda = word(input).is_some_and(|word| word == "lambda") && (input.peek2(syn::Ident) || input.peek2(Token![:]));
    if is_punct(input, '|') || is_lambda {
        return Err(input.error_at(diagnostics::closure()));
    }
    if let Some(word) = control_word(input) {
        return Err(input.error_at(diagnostics::control(&word)));
    }
    if let Some(path) = constant_path(input) {
        let range = Range { start: path[0].span(), end: path[path.len() - 1].span() };
        return built(ExprKind::Path(path), range);
    }
    let help = "expressions are made of layer calls, names, numbers, strings and lists";
    let name = identifier(input, "an expression", help)?;
    let range = name.span().into();
    let kind = match name.to_string().as_str() {
        "None" => ExprKind::Literal(Value::Null),
        "True" | "False" => return Err(syn::Error::new(name.span(), diagnostics::python_bool(&name.to_string()))),
        _ => ExprKind::Name(name),
    };
    built(kind, range)
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
fn transparent(input: ParseStream<'_>, group: &proc_macro2::Group, depth: usize) -> syn::Result<Expr> {
    input.parse::<TokenTree>()?;
    Parser::parse2(|inner: ParseStream<'_>| expression(inner, depth + 1), group.stream())
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
