//! Bodies: bindings, assignments, loops, choices, and the result at their end.

use proc_macro2::{Delimiter, Ident, Span, TokenTree};
use syn::buffer::Cursor;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Token, braced, parenthesized, token};

use super::expression::{DEPTH, after_expression, expression};
use super::{ErrorAt, between, control_word, fault, foreign, identifier, is_new_line, is_punct, report, separated};
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
    let mut says_semicolon = true;
    while !content.is_empty() {
        let start = content.cursor();
        if let Err(error) = statement(&content, &mut body, &mut says_semicolon, diagnostics) {
            report(&error, diagnostics);
            body.is_broken = true;
            skip_statement(&content, start.span());
            body.statements.push(unread(start, content.cursor()));
        }
    }
    Ok(body)
}

/// Passes over the rest of a statement: to its `;`, or to a line that stands no deeper than it, as where blocks are made by indenting.
fn skip_statement(input: ParseStream<'_>, start: Span) {
    while !input.is_empty() && !starts_statement(input, start) {
        let token = input.parse::<TokenTree>();
        let ends = matches!(&token, Ok(TokenTree::Punct(punct)) if punct.as_char() == ';');
        if ends || token.is_err() || input.peek(Token![let]) {
            return;
        }
    }
}

/// Whether the next token starts a line and a statement.
fn starts_statement(input: ParseStream<'_>, start: Span) -> bool {
    is_new_line(input, start) && !input.peek(Token![as]) && !input.peek(Token![else])
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
                if ["let", "mut", "for", "const", "static", "fn", "def", "func", "function"].iter().any(|word| is(before, word))
                    || assigns
                    || has_member
                {
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

fn statement(
    input: ParseStream<'_>,
    body: &mut Body,
    says_semicolon: &mut bool,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    foreign::comments(input, diagnostics)?;
    foreign::documentation(input, diagnostics)?;
    if input.is_empty() {
        return Ok(());
    }
    let start = input.span();
    let mut ending = Ending { start, says_semicolon };
    if input.peek(Token![let]) || foreign::is_binding(input) {
        body.statements.push(Statement::Let(binding(input, &mut ending, diagnostics)?));
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
        return compound_assignment(input, value, operator, body, &mut ending, diagnostics);
    }
    if let (ExprKind::Name(name), Some(stepped)) = (&value.kind, foreign::step(input, &value, diagnostics)?) {
        body.statements.push(Statement::Assign(Assign { names: vec![name.clone()], value: stepped }));
        return Ok(());
    }
    foreign::annotation(input, &value, diagnostics)?;
    if is_punct(input, '=') {
        return assignment(input, value, body, &mut ending, diagnostics);
    }
    if input.is_empty() {
        body.result = Some(value);
        return Ok(());
    }
    let is_choice = matches!(value.kind, ExprKind::If(_));
    let semicolon = match input.peek(Token![;]) {
        true => Some(input.parse::<Token![;]>()?.span),
        false if is_choice => None,
        false => {
            ending.missing(input, &value, "`;` or the end of the body", diagnostics)?;
            Some(value.range.end)
        }
    };
    body.statements.push(Statement::Expr(value, semicolon));
    Ok(())
}

/// How a statement ends.
struct Ending<'b> {
    /// Where it starts.
    start: Span,
    /// Whether it is to be said that a semicolon is missing: once in a body, for all of its lines.
    says_semicolon: &'b mut bool,
}

impl Ending<'_> {
    /// A semicolon that is forgotten before the next statement is said, and all is well otherwise; anything else is a fault.
    fn missing(
        &mut self,
        input: ParseStream<'_>,
        value: &Expr,
        expected: &str,
        diagnostics: &mut Diagnostics,
    ) -> syn::Result<()> {
        let error = after_expression(input, value, expected);
        if !input.peek(Token![let]) && !starts_statement(input, self.start) {
            return Err(error);
        }
        if std::mem::take(self.says_semicolon) {
            report(&error, diagnostics);
        }
        Ok(())
    }
}

/// An expression, or `if`, which stands nowhere but where a statement or a value begins.
fn value(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Expr> {
    if input.peek(Token![if]) {
        return choice(input, diagnostics, 0);
    }
    if let Some(word) = control_word(input) {
        return Err(input.error_at(diagnostics::control(&word)));
    }
    expression(input, 0, diagnostics)
}

/// `if condition { .. } else if condition { .. } else { .. }`
fn choice(input: ParseStream<'_>, diagnostics: &mut Diagnostics, depth: usize) -> syn::Result<Expr> {
    if depth > DEPTH {
        return Err(input.error_at(diagnostics::too_deep()));
    }
    let start = input.span();
    if input.peek(Token![if]) {
        input.parse::<Token![if]>()?; // `elif` has none
    }
    if input.peek(Token![let]) {
        return Err(input.error_at(diagnostics::control("let")));
    }
    let condition = condition(input, diagnostics)?;
    let then = body(input, diagnostics)?;
    let mut end = then.end;
    let mut otherwise = None;
    let is_elif = foreign::elif(input, diagnostics)?;
    if is_elif || input.peek(Token![else]) {
        if !is_elif {
            input.parse::<Token![else]>()?;
        }
        let body = if is_elif || input.peek(Token![if]) {
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

/// What is asked; `=` is meant to compare.
fn condition(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Expr> {
    let left = expression(input, 0, diagnostics)?;
    if !is_punct(input, '=') {
        return Ok(left);
    }
    let sign = input.parse::<Token![=]>()?.span;
    let right = expression(input, 0, diagnostics)?;
    foreign::compared(sign, left, right, diagnostics)
}

/// `for pattern in items { .. }`
fn repetition(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<For> {
    let help = "loops read `for filters in [64, 128] { .. }` or `for _ in 0..4 { .. }`";
    input.parse::<Token![for]>()?;
    let pattern = pattern(input, 0, diagnostics)?;
    if !input.peek(Token![in]) {
        return fault(input, "`in`", help);
    }
    input.parse::<Token![in]>()?;
    let first = foreign::items(input, diagnostics)?.map_or_else(|| expression(input, 0, diagnostics), Ok)?;
    let is_inclusive = input.peek(Token![..=]);
    let items = if is_inclusive || input.peek(Token![..]) {
        let _ = if is_inclusive { input.parse::<Token![..=]>().map(drop) } else { input.parse::<Token![..]>().map(drop) };
        Items::Range { from: first, to: expression(input, 0, diagnostics)?, is_inclusive }
    } else {
        Items::List(first)
    };
    if !input.peek(token::Brace) {
        return fault(input, "a body in braces", help);
    }
    Ok(For { pattern, items, body: body(input, diagnostics)? })
}

fn pattern(input: ParseStream<'_>, depth: usize, diagnostics: &mut Diagnostics) -> syn::Result<Pattern> {
    if depth > DEPTH {
        return Err(input.error_at(diagnostics::too_deep()));
    }
    if !input.peek(token::Paren) {
        return bound_name(input, "a loop's items are bound to a name, `for filters in [64, 128] { .. }`").map(Pattern::Name);
    }
    let content;
    let paren = parenthesized!(content in input);
    let range = Range { start: paren.span.open(), end: paren.span.close() };
    Ok(Pattern::Tuple(separated(&content, diagnostics, |input, notes| pattern(input, depth + 1, notes))?, range))
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
    ending: &mut Ending<'_>,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    let ExprKind::Name(name) = target.kind.clone() else {
        return fault(input, "`;`", "only a name can be assigned to, `x += ..;`");
    };
    input.parse::<syn::BinOp>()?;
    let right = bound_value(input, ending, diagnostics)?;
    let (range, height) = (Range { start: target.range.start, end: right.range.end }, right.height + 1);
    let kind = ExprKind::Binary(operator, Box::new(target), Box::new(right));
    let value = Expr { kind, range, height };
    body.statements.push(Statement::Assign(Assign { names: vec![name], value }));
    Ok(())
}

/// `x = value;`
fn assignment(
    input: ParseStream<'_>,
    target: Expr,
    body: &mut Body,
    ending: &mut Ending<'_>,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    if let Some(name) = foreign::field(&target, diagnostics) {
        input.parse::<Token![=]>()?;
        let value = bound_value(input, ending, diagnostics)?;
        let mutable = Some(name.span()).filter(|_| name != "_");
        body.statements.push(Statement::Let(Let { mutable: vec![mutable], names: vec![name], value }));
        return Ok(());
    }
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
    let value = bound_value(input, ending, diagnostics)?;
    body.statements.push(Statement::Assign(Assign { names, value }));
    Ok(())
}

fn binding(input: ParseStream<'_>, ending: &mut Ending<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Let> {
    let help = "a binding reads `let x = Dense(64)(x);`";
    if input.peek(Token![let]) {
        input.parse::<Token![let]>().map(drop)?
    } else {
        foreign::bind(input, diagnostics)?
    }
    let bound = if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        separated(&content, diagnostics, |input, _| binder(input, "several names read `let (a, b) = ..;`"))?
    } else {
        vec![binder(input, help)?]
    };
    let (names, mutable): (Vec<Ident>, Vec<Option<Span>>) = bound.into_iter().unzip();
    if input.peek(Token![:]) {
        diagnostics.error(input.span(), diagnostics::typed_binding());
        while !input.is_empty() && !input.peek(Token![=]) && !input.peek(Token![;]) {
            input.parse::<TokenTree>()?;
        }
    }
    if input.peek(Token![==]) {
        foreign::bound_by_comparison(input, &names, diagnostics)?;
    } else if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
    } else {
        return fault(input, "`=`", help);
    }
    Ok(Let { names, mutable, value: bound_value(input, ending, diagnostics)? })
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

/// `value;`
fn bound_value(input: ParseStream<'_>, ending: &mut Ending<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Expr> {
    let value = value(input, diagnostics)?;
    let value = foreign::ternary(input, value, diagnostics)?;
    if input.peek(Token![;]) {
        input.parse::<Token![;]>()?;
        return Ok(value);
    }
    ending.missing(input, &value, "`;`", diagnostics)?;
    Ok(value)
}
