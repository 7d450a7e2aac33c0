//! Tokens to syntax. A fault costs its statement or item, not the rest: reading goes on behind the next `;` or `}`.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use serde_json::Value;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Lit, Token, braced, bracketed, parenthesized, token};

use crate::diagnostics::{self, Diagnostics};
use crate::syntax::{Argument, Block, Body, Expr, ExprKind, Let, Model, Operator, Outputs, Port, Program, Range, TypeExpr};

/// How deeply expressions may be nested.
const DEPTH: usize = 64;

/// Reads an invocation; what cannot be read is noted.
pub fn parse(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Program {
    let mut program = Program::default();
    let result = Parser::parse2(
        |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(error) = item(input, &mut program, diagnostics) {
                    report(&error, diagnostics);
                    skip_item(input);
                }
            }
            Ok(())
        },
        tokens,
    );
    if let Err(error) = result {
        report(&error, diagnostics);
    }
    program
}

/// `syn` marks places; the message is one of ours where we made it, and reworded where `syn` did.
fn report(error: &syn::Error, diagnostics: &mut Diagnostics) {
    let message = error.to_string();
    let message = if message.contains("\nhelp: ") {
        message
    } else {
        format!("{message}\nhelp: models read `model Name(x: [784]) -> [10] {{ .. }}`")
    };
    diagnostics.error(error.span(), message);
}

fn fault<T>(input: ParseStream<'_>, expected: &str, help: &str) -> syn::Result<T> {
    let found = input.cursor().token_tree().map_or_else(|| "the end".to_owned(), |(token, _)| found(&token));
    Err(input.error_at(diagnostics::syntax(expected, &found, help)))
}

trait ErrorAt {
    fn error_at(&self, message: String) -> syn::Error;
}

impl ErrorAt for ParseStream<'_> {
    /// An error at the next token alone, or at the end of what surrounds it.
    fn error_at(&self, message: String) -> syn::Error {
        let span = self.cursor().token_tree().map_or_else(|| self.span(), |(token, _)| first_span(&token));
        syn::Error::new(span, message)
    }
}

fn first_span(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) => group.span_open(),
        other => other.span(),
    }
}

fn found(token: &TokenTree) -> String {
    match token {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Parenthesis => "`(`".to_owned(),
            Delimiter::Bracket => "`[`".to_owned(),
            Delimiter::Brace => "`{`".to_owned(),
            Delimiter::None => "an expression".to_owned(),
        },
        other => format!("`{other}`"),
    }
}

/// Passes over the rest of an item, its body included.
fn skip_item(input: ParseStream<'_>) {
    while let Some((token, _)) = input.cursor().token_tree() {
        let is_next = ["model", "fn", "pub"].iter().any(|word| token.to_string() == *word);
        if is_next || input.parse::<TokenTree>().is_err() {
            return;
        }
        if matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace) {
            return;
        }
    }
}

fn item(input: ParseStream<'_>, program: &mut Program, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    if input.peek(Token![@]) {
        program.known.push(known(input)?);
        return Ok(());
    }
    let attributes = input.call(syn::Attribute::parse_outer)?;
    let start = input.cursor();
    let visibility: syn::Visibility = input.parse()?;
    if input.peek(Token![fn]) {
        program.blocks.push(block(input, diagnostics)?);
        return Ok(());
    }
    if !input.cursor().ident().is_some_and(|(word, _)| word == "model") {
        let help = "models read `model Name(x: [784]) -> [10] { .. }`, blocks `fn name(x) { .. }`";
        return fault(input, "`model` or `fn`", help);
    }
    let _ = start;
    input.parse::<Ident>()?;
    let name = identifier(input, "the model's name", "models read `model Name(x: [784]) -> [10] { .. }`")?;
    let inputs = ports(input, "the inputs in parentheses", "write `(x: [784])` behind the model's name")?;
    let outputs = if input.peek(Token![->]) { Some(outputs(input)?) } else { None };
    let body = body(input, diagnostics)?;
    let (attributes, visibility) = (quote::quote!(#(#attributes)*), quote::quote!(#visibility));
    program.models.push(Model { attributes, visibility, name, inputs, outputs, body });
    Ok(())
}

/// `@with Name { "configuration" }`: what a companion has brought.
fn known(input: ParseStream<'_>) -> syn::Result<(String, String)> {
    input.parse::<Token![@]>()?;
    input.parse::<Ident>()?;
    let name: Ident = input.parse()?;
    let content;
    braced!(content in input);
    let configuration: syn::LitStr = content.parse()?;
    Ok((name.to_string(), configuration.value()))
}

fn identifier(input: ParseStream<'_>, expected: &str, help: &str) -> syn::Result<Ident> {
    if input.peek(syn::Ident) { input.parse() } else { fault(input, expected, help) }
}

/// `(name: [sizes], ..)`
fn ports(input: ParseStream<'_>, expected: &str, help: &str) -> syn::Result<Vec<Port>> {
    if !input.peek(token::Paren) {
        return fault(input, expected, help);
    }
    let content;
    parenthesized!(content in input);
    separated(&content, port)
}

fn port(input: ParseStream<'_>) -> syn::Result<Port> {
    let help = "a name and its shape read `x: [784]`";
    let name = identifier(input, "a name", help)?;
    if !input.peek(Token![:]) {
        return fault(input, "`:` and a shape", help);
    }
    input.parse::<Token![:]>()?;
    Ok(Port { name, ty: type_expr(input)? })
}

fn type_expr(input: ParseStream<'_>) -> syn::Result<TypeExpr> {
    let dtype: Option<Ident> = if input.peek(syn::Ident) { Some(input.parse()?) } else { None };
    if !input.peek(token::Bracket) {
        return fault(input, "a shape in brackets", "a shape reads `[32, 32, 3]`, without the batch");
    }
    let content;
    let bracket = bracketed!(content in input);
    let start = dtype.as_ref().map_or(bracket.span.open(), Ident::span);
    let dims = separated(&content, |input| expression(input, 0))?;
    Ok(TypeExpr { dtype, dims, range: Range { start, end: bracket.span.close() } })
}

fn outputs(input: ParseStream<'_>) -> syn::Result<Outputs> {
    input.parse::<Token![->]>()?;
    if input.peek(token::Paren) {
        let content;
        let paren = parenthesized!(content in input);
        let range = Range { start: paren.span.open(), end: paren.span.close() };
        return Ok(Outputs::Named(separated(&content, port)?, range));
    }
    type_expr(input).map(Outputs::One)
}

fn block(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Block> {
    let help = "blocks read `fn name(x, filters) { .. }`";
    input.parse::<Token![fn]>()?;
    let name = identifier(input, "the block's name", help)?;
    if !input.peek(token::Paren) {
        return fault(input, "the parameters in parentheses", help);
    }
    let content;
    parenthesized!(content in input);
    let parameters = separated(&content, |input| identifier(input, "a parameter's name", help))?;
    Ok(Block { name, parameters, body: body(input, diagnostics)? })
}

/// `a, b, c` with an optional comma behind the last.
fn separated<T>(input: ParseStream<'_>, item: impl Fn(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<Vec<T>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        items.push(item(input)?);
        if input.is_empty() {
            break;
        }
        if !input.peek(Token![,]) {
            return fault(input, "`,` or the end of the list", "separate them with commas");
        }
        input.parse::<Token![,]>()?;
    }
    Ok(items)
}

fn body(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Body> {
    if !input.peek(token::Brace) {
        return fault(input, "a body in braces", "the layers stand in `{ .. }`");
    }
    let content;
    let brace = braced!(content in input);
    let mut body = Body { statements: Vec::new(), result: None, end: brace.span.close(), is_broken: false };
    while !content.is_empty() {
        if let Err(error) = statement(&content, &mut body) {
            report(&error, diagnostics);
            body.is_broken = true;
            skip_statement(&content);
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

fn statement(input: ParseStream<'_>, body: &mut Body) -> syn::Result<()> {
    if input.peek(Token![let]) {
        body.statements.push(binding(input)?);
        return Ok(());
    }
    let value = expression(input, 0)?;
    if input.peek(Token![=]) {
        return fault(input, "`;`", "a new binding reads `let x = ..;`");
    }
    if input.is_empty() {
        body.result = Some(value);
        return Ok(());
    }
    if !input.peek(Token![;]) {
        return fault(input, "`;` or the end of the body", "end every statement but the last with `;`");
    }
    input.parse::<Token![;]>()?;
    body.statements.push(Let { names: Vec::new(), value });
    Ok(())
}

fn binding(input: ParseStream<'_>) -> syn::Result<Let> {
    let help = "a binding reads `let x = Dense(64)(x);`";
    input.parse::<Token![let]>()?;
    let names = if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        separated(&content, |input| identifier(input, "a name", "several names read `let (a, b) = ..;`"))?
    } else {
        vec![identifier(input, "a name", help)?]
    };
    if !input.peek(Token![=]) {
        return fault(input, "`=`", help);
    }
    input.parse::<Token![=]>()?;
    let value = expression(input, 0)?;
    if !input.peek(Token![;]) {
        return fault(input, "`;`", "end every binding with `;`");
    }
    input.parse::<Token![;]>()?;
    Ok(Let { names, value })
}

/// Sums and differences of products.
fn expression(input: ParseStream<'_>, depth: usize) -> syn::Result<Expr> {
    binary(input, depth, product, &[('+', Operator::Add), ('-', Operator::Subtract)])
}

fn product(input: ParseStream<'_>, depth: usize) -> syn::Result<Expr> {
    binary(input, depth, unary, &[('*', Operator::Multiply), ('/', Operator::Divide)])
}

fn binary(
    input: ParseStream<'_>,
    depth: usize,
    operand: fn(ParseStream<'_>, usize) -> syn::Result<Expr>,
    operators: &[(char, Operator)],
) -> syn::Result<Expr> {
    let mut left = operand(input, depth)?;
    let mut links = depth;
    while let Some((punct, _)) = input.cursor().punct() {
        let Some((_, operator)) = operators.iter().find(|(sign, _)| *sign == punct.as_char()) else { break };
        links += 1;
        check_depth(input, links)?;
        input.parse::<TokenTree>()?;
        let right = operand(input, depth)?;
        let range = Range { start: left.range.start, end: right.range.end };
        left = Expr { kind: ExprKind::Binary(*operator, Box::new(left), Box::new(right)), range };
    }
    Ok(left)
}

fn check_depth(input: ParseStream<'_>, depth: usize) -> syn::Result<()> {
    if depth > DEPTH { Err(input.error_at(diagnostics::too_deep())) } else { Ok(()) }
}

fn unary(input: ParseStream<'_>, depth: usize) -> syn::Result<Expr> {
    check_depth(input, depth)?;
    if !input.peek(Token![-]) {
        return call(input, depth);
    }
    let start = input.parse::<Token![-]>()?.spans[0];
    let value = unary(input, depth + 1)?;
    let range = Range { start, end: value.range.end };
    Ok(Expr { kind: ExprKind::Negative(Box::new(value)), range })
}

fn call(input: ParseStream<'_>, depth: usize) -> syn::Result<Expr> {
    let mut callee = primary(input, depth)?;
    let mut links = depth;
    while input.peek(token::Paren) {
        links += 1;
        check_depth(input, links)?;
        let content;
        let paren = parenthesized!(content in input);
        let arguments = separated(&content, |input| argument(input, depth + 1))?;
        let range = Range { start: callee.range.start, end: paren.span.close() };
        callee = Expr { kind: ExprKind::Call(Box::new(callee), arguments), range };
    }
    Ok(callee)
}

fn argument(input: ParseStream<'_>, depth: usize) -> syn::Result<Argument> {
    let name = if input.peek(syn::Ident) && input.peek2(Token![=]) {
        let name: Ident = input.parse()?;
        input.parse::<Token![=]>()?;
        Some(name)
    } else {
        None
    };
    Ok(Argument { name, value: expression(input, depth)? })
}

fn primary(input: ParseStream<'_>, depth: usize) -> syn::Result<Expr> {
    check_depth(input, depth)?;
    if input.peek(token::Paren) {
        let content;
        let paren = parenthesized!(content in input);
        let range = Range { start: paren.span.open(), end: paren.span.close() };
        let mut items = separated(&content, |input| expression(input, depth + 1))?;
        return Ok(match items.len() {
            1 => Expr { range, ..items.remove(0) },
            _ => Expr { kind: ExprKind::Tuple(items), range },
        });
    }
    if input.peek(token::Bracket) {
        let content;
        let bracket = bracketed!(content in input);
        let range = Range { start: bracket.span.open(), end: bracket.span.close() };
        return Ok(Expr { kind: ExprKind::List(separated(&content, |input| expression(input, depth + 1))?), range });
    }
    if input.peek(Lit) {
        return literal(input);
    }
    if let Some((TokenTree::Group(group), _)) = input.cursor().token_tree()
        && group.delimiter() == Delimiter::None
    {
        return transparent(input, &group, depth);
    }
    let help = "expressions are made of layer calls, names, numbers, strings and lists";
    let name = identifier(input, "an expression", help)?;
    let range = name.span().into();
    let kind = if name == "None" { ExprKind::Literal(Value::Null) } else { ExprKind::Name(name) };
    Ok(Expr { kind, range })
}

/// What another macro has substituted stands in a group without delimiters.
fn transparent(input: ParseStream<'_>, group: &proc_macro2::Group, depth: usize) -> syn::Result<Expr> {
    input.parse::<TokenTree>()?;
    Parser::parse2(|inner: ParseStream<'_>| expression(inner, depth + 1), group.stream())
}

fn literal(input: ParseStream<'_>) -> syn::Result<Expr> {
    let literal = Lit::parse(input)?;
    let (span, help) = (literal.span(), "literals are whole numbers, decimal numbers, strings, `true` and `false`");
    let value = match &literal {
        Lit::Str(text) => Some(Value::from(text.value())),
        Lit::Bool(value) => Some(Value::from(value.value)),
        Lit::Int(number) if number.suffix().is_empty() => number.base10_parse::<i64>().ok().map(Value::from),
        Lit::Float(number) if number.suffix().is_empty() => number.base10_parse::<f64>().ok().map(Value::from),
        _ => None,
    };
    let found = || quote::quote!(#literal).to_string();
    let fault = || syn::Error::new(span, diagnostics::syntax("a number or a string", &format!("`{}`", found()), help));
    Ok(Expr { kind: ExprKind::Literal(value.ok_or_else(fault)?), range: span.into() })
}
