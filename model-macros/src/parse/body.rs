//! Bodies: bindings, assignments, loops, choices, and the result at their end.

use proc_macro2::{Delimiter, Ident, Span, TokenTree};
use syn::buffer::Cursor;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Token, braced, parenthesized, token};

use super::expression::{DEPTH, after_expression, expression};
use super::{ErrorAt, between, control_word, fault, identifier, is_punct, report, separated};
use crate::diagnostics::{self, Diagnostics};
use crate::syntax::{Assign, Body, Expr, ExprKind, For, If, Items, Let, Operator, Pattern, Range, Statement};

/// `{ .. }`
pub fn body(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Body> {
    if !input.peek(token::Brace) {
        return fault(input, "a body in braces", "the layers stand in `{ .. }`");
    }
    let content;
    let brace = braced!(content in input);
    let mut body = Body { statements: Vec::new(), result: None, end: brace.span.close(), is_broken: false };
    while !content.is_empty() {
        let start = content.cursor();
        if let Err(error) = statement(&content, &mut body, diagnostics) {
            report(&error, diagnostics);
            body.is_broken = true;
            skip_statement(&content);
            body.statements.push(unread(start, content.cursor()));
        }
    }
    Ok(body)
}

fn skip_statement(input: ParseStream<'_>) {
    while let Ok(token) = input.parse::<TokenTree>() {
        let starts_next = input.peek(Token![let]);
        if starts_next || matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ';') {
            return;
        }
    }
}

/// What stands for a statement that could not be read: all names that it may bind, to something that nothing more is said about.
fn unread(start: Cursor<'_>, end: Cursor<'_>) -> Statement {
    let (mut names, mut mentioned) = (Vec::new(), Vec::new());
    let tokens = between(start, end);
    bound_names(&tokens, &mut names);
    mentioned_names(&tokens, &mut mentioned);
    names.retain(|name| name != "_");
    let mutable = names.iter().map(|name| Some(name.span())).collect();
    let range = start.span().into();
    Statement::Let(Let { names, mutable, value: Expr { kind: ExprKind::Unread(mentioned), range, height: 0 } })
}

/// The names behind `let`, and before `=`.
fn bound_names(tokens: &[TokenTree], names: &mut Vec<Ident>) {
    let is = |token: Option<&TokenTree>, text: &str| token.is_some_and(|token| token.to_string() == text);
    for (i, token) in tokens.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| tokens.get(i));
        match token {
            TokenTree::Ident(name) => {
                let assigns =
                    tokens[i + 1..].iter().take(2).any(|token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == '='));
                // `list.append(x)` is meant to change the list.
                let has_member = i == 0 && is(tokens.get(1), ".");
                if ["let", "mut", "for", "const", "static"].iter().any(|word| is(before, word)) || assigns || has_member {
                    names.push(name.unraw());
                }
            }
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                if is(before, "let") || group.delimiter() == Delimiter::Parenthesis && i == 0 {
                    names.extend(
                        inner
                            .iter()
                            .filter_map(|token| if let TokenTree::Ident(name) = token { Some(name.unraw()) } else { None }),
                    );
                }
                if group.delimiter() == Delimiter::Brace {
                    bound_names(&inner, names);
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The names that are used: all but those that are bound, those of arguments, and words of the language.
fn mentioned_names(tokens: &[TokenTree], names: &mut Vec<Ident>) {
    let is = |token: Option<&TokenTree>, words: &[&str]| token.is_some_and(|token| words.contains(&token.to_string().as_str()));
    for (i, token) in tokens.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| tokens.get(i));
        match token {
            TokenTree::Ident(name) => {
                let is_bound = is(before, &["let", "mut", "for", "."]) || is(tokens.get(i + 1), &["="]);
                let is_word =
                    ["let", "mut", "for", "in", "if", "else", "return", "true", "false", "_"].iter().any(|word| name == word);
                if !is_bound && !is_word {
                    names.push(name.unraw());
                }
            }
            TokenTree::Group(group) if is(before, &["let"]) && group.delimiter() == Delimiter::Parenthesis => {}
            TokenTree::Group(group) => mentioned_names(&group.stream().into_iter().collect::<Vec<_>>(), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn statement(input: ParseStream<'_>, body: &mut Body, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    if input.peek(Token![let]) {
        body.statements.push(Statement::Let(binding(input, diagnostics)?));
        return Ok(());
    }
    if input.peek(Token![;]) {
        input.parse::<Token![;]>()?;
        return Ok(());
    }
    if input.peek(Token![for]) {
        body.statements.push(Statement::For(Box::new(repetition(input, diagnostics)?)));
        return Ok(());
    }
    if input.peek(Token![return]) {
        diagnostics.error(input.span(), diagnostics::returned());
        input.parse::<Token![return]>()?;
    }
    let value = value(input, diagnostics)?;
    if let Some(operator) = compound(input) {
        return compound_assignment(input, value, operator, body, diagnostics);
    }
    if is_punct(input, '=') {
        return assignment(input, value, body, diagnostics);
    }
    if input.is_empty() {
        body.result = Some(value);
        return Ok(());
    }
    let is_choice = matches!(value.kind, ExprKind::If(_));
    let semicolon = match input.peek(Token![;]) {
        true => Some(input.parse::<Token![;]>()?.span),
        false if is_choice => None,
        false => return Err(after_expression(input, &value, "`;` or the end of the body")),
    };
    body.statements.push(Statement::Expr(value, semicolon));
    Ok(())
}

/// An expression, or `if`, which stands nowhere but where a statement or a value begins.
fn value(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Expr> {
    if input.peek(Token![if]) {
        return choice(input, diagnostics, 0);
    }
    if let Some(word) = control_word(input) {
        return Err(input.error_at(diagnostics::control(&word)));
    }
    expression(input, 0)
}

/// `if condition { .. } else if condition { .. } else { .. }`
fn choice(input: ParseStream<'_>, diagnostics: &mut Diagnostics, depth: usize) -> syn::Result<Expr> {
    if depth > DEPTH {
        return Err(input.error_at(diagnostics::too_deep()));
    }
    let start = input.parse::<Token![if]>()?.span;
    if input.peek(Token![let]) {
        return Err(input.error_at(diagnostics::control("let")));
    }
    let condition = expression(input, 0)?;
    let then = body(input, diagnostics)?;
    let mut end = then.end;
    let mut otherwise = None;
    if input.peek(Token![else]) {
        input.parse::<Token![else]>()?;
        let body = if input.peek(Token![if]) {
            let value = choice(input, diagnostics, depth + 1)?;
            Body { statements: Vec::new(), end: value.range.end, result: Some(value), is_broken: false }
        } else {
            body(input, diagnostics)?
        };
        end = body.end;
        otherwise = Some(body);
    }
    let kind = ExprKind::If(Box::new(If { condition, then, otherwise }));
    Ok(Expr { kind, range: Range { start, end }, height: 1 })
}

/// `for pattern in items { .. }`
fn repetition(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<For> {
    let help = "loops read `for filters in [64, 128] { .. }` or `for _ in 0..4 { .. }`";
    input.parse::<Token![for]>()?;
    let pattern = pattern(input, 0)?;
    if !input.peek(Token![in]) {
        return fault(input, "`in`", help);
    }
    input.parse::<Token![in]>()?;
    let first = expression(input, 0)?;
    let is_inclusive = input.peek(Token![..=]);
    let items = if is_inclusive || input.peek(Token![..]) {
        let _ = if is_inclusive { input.parse::<Token![..=]>().map(drop) } else { input.parse::<Token![..]>().map(drop) };
        Items::Range { from: first, to: expression(input, 0)?, is_inclusive }
    } else {
        Items::List(first)
    };
    if !input.peek(token::Brace) {
        return fault(input, "a body in braces", help);
    }
    Ok(For { pattern, items, body: body(input, diagnostics)? })
}

fn pattern(input: ParseStream<'_>, depth: usize) -> syn::Result<Pattern> {
    if depth > DEPTH {
        return Err(input.error_at(diagnostics::too_deep()));
    }
    if !input.peek(token::Paren) {
        return bound_name(input, "a loop's items are bound to a name, `for filters in [64, 128] { .. }`").map(Pattern::Name);
    }
    let content;
    let paren = parenthesized!(content in input);
    let range = Range { start: paren.span.open(), end: paren.span.close() };
    Ok(Pattern::Tuple(separated(&content, |input| pattern(input, depth + 1))?, range))
}

/// The operator of `+=` and its like.
fn compound(input: ParseStream<'_>) -> Option<Operator> {
    if input.peek(Token![+=]) {
        Some(Operator::Add)
    } else if input.peek(Token![-=]) {
        Some(Operator::Subtract)
    } else if input.peek(Token![*=]) {
        Some(Operator::Multiply)
    } else if input.peek(Token![/=]) {
        Some(Operator::Divide)
    } else {
        None
    }
}

/// `x += value;` is `x = x + value;`
fn compound_assignment(
    input: ParseStream<'_>,
    target: Expr,
    operator: Operator,
    body: &mut Body,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    let ExprKind::Name(name) = target.kind.clone() else {
        return fault(input, "`;`", "only a name can be assigned to, `x += ..;`");
    };
    input.parse::<syn::BinOp>()?;
    let right = bound_value(input, diagnostics)?;
    let (range, height) = (Range { start: target.range.start, end: right.range.end }, right.height + 1);
    let kind = ExprKind::Binary(operator, Box::new(target), Box::new(right));
    let value = Expr { kind, range, height };
    body.statements.push(Statement::Assign(Assign { names: vec![name], value }));
    Ok(())
}

/// `x = value;`
fn assignment(input: ParseStream<'_>, target: Expr, body: &mut Body, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    let names = match target.kind {
        ExprKind::Name(name) => vec![name],
        ExprKind::Tuple(items) => {
            items.into_iter().filter_map(|item| if let ExprKind::Name(name) = item.kind { Some(name) } else { None }).collect()
        }
        _ => Vec::new(),
    };
    if names.is_empty() {
        return fault(input, "`;`", "only a name can be bound, `let x = ..;`");
    }
    input.parse::<Token![=]>()?;
    let value = bound_value(input, diagnostics)?;
    body.statements.push(Statement::Assign(Assign { names, value }));
    Ok(())
}

fn binding(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Let> {
    let help = "a binding reads `let x = Dense(64)(x);`";
    input.parse::<Token![let]>()?;
    let bound = if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        separated(&content, |input| binder(input, "several names read `let (a, b) = ..;`"))?
    } else {
        vec![binder(input, help)?]
    };
    let (names, mutable) = bound.into_iter().unzip();
    if input.peek(Token![:]) {
        diagnostics.error(input.span(), diagnostics::typed_binding());
        while !input.is_empty() && !input.peek(Token![=]) && !input.peek(Token![;]) {
            input.parse::<TokenTree>()?;
        }
    }
    if !input.peek(Token![=]) || input.peek(Token![==]) {
        return fault(input, "`=`", help);
    }
    input.parse::<Token![=]>()?;
    Ok(Let { names, mutable, value: bound_value(input, diagnostics)? })
}

/// A name that is bound, and `mut` if it may be assigned to, which `_` never is.
fn binder(input: ParseStream<'_>, help: &str) -> syn::Result<(Ident, Option<Span>)> {
    let mutable = if input.peek(Token![mut]) { Some(input.parse::<Token![mut]>()?.span) } else { None };
    let name = bound_name(input, help)?;
    let mutable = mutable.filter(|_| name != "_");
    Ok((name, mutable))
}

/// A name, or `_` for what is not needed.
fn bound_name(input: ParseStream<'_>, help: &str) -> syn::Result<Ident> {
    if !input.peek(Token![_]) {
        return identifier(input, "a name", help);
    }
    Ok(Ident::new("_", input.parse::<Token![_]>()?.span))
}

/// `value;`; where the semicolon is forgotten before the next `let`, that is said and all is well otherwise.
fn bound_value(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Expr> {
    let value = value(input, diagnostics)?;
    if input.peek(Token![;]) {
        input.parse::<Token![;]>()?;
        return Ok(value);
    }
    let error = after_expression(input, &value, "`;`");
    if !input.peek(Token![let]) {
        return Err(error);
    }
    report(&error, diagnostics);
    Ok(value)
}
