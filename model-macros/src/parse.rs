//! Tokens to syntax. A fault costs its statement or item, not the rest: reading goes on behind the next `;` or `}`.

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};
use serde_json::Value;
use syn::buffer::Cursor;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Lit, Token, braced, bracketed, parenthesized, token};

use crate::diagnostics::{self, Diagnostics};
use crate::syntax::{Argument, Block, Body, Expr, ExprKind, Let, Model, Operator, Outputs, Port, Program, Range, TypeExpr};

/// How deeply expressions may be nested.
const DEPTH: usize = 64;

/// How deeply groups of tokens may be nested.
const GROUPS: usize = 128;

/// Reads an invocation; what cannot be read is noted.
pub fn parse(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Program {
    let mut program = Program::default();
    if let Some(place) = too_deep_group(&tokens) {
        diagnostics.error(place, diagnostics::too_deep());
        return program;
    }
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
    // What `syn` finds left over behind a fault has been passed over on purpose.
    if let Err(error) = result.as_ref()
        && diagnostics.count() == 0
    {
        report(error, diagnostics);
    }
    program
}

/// `syn` marks places; the message is one of ours where we made it, and reworded where `syn` did.
fn report(error: &syn::Error, diagnostics: &mut Diagnostics) {
    let message = error.to_string();
    let message = if message.contains("\nhelp: ") { message } else { diagnostics::other_syntax(&message) };
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
    if input.peek(Token![;]) {
        return input.parse::<Token![;]>().map(drop);
    }
    let attributes = input.call(syn::Attribute::parse_outer)?;
    let visibility: syn::Visibility = input.parse()?;
    if input.peek(Token![fn]) {
        return block(input, program, diagnostics);
    }
    if input.cursor().ident().is_none_or(|(word, _)| word != "model") {
        if let Some(word) = word(input).filter(|word| ["const", "use", "static", "type"].contains(&word.as_str())) {
            return Err(input.error_at(diagnostics::no_such_item(&word)));
        }
        let help = "models read `model Name(x: [784]) -> [10] { .. }`, blocks `fn name(x) { .. }`";
        return fault(input, "`model` or `fn`", help);
    }
    input.parse::<Ident>()?;
    let mut name = identifier(input, "the model's name", "models read `model Name(x: [784]) -> [10] { .. }`")?;
    if syn::parse_str::<Ident>(&name.to_string()).is_err() {
        diagnostics.error(name.span(), diagnostics::keyword(&name.to_string()));
        name = Ident::new_raw(&name.to_string(), name.span()); // as it was written: keywords are names in no other form
    }
    let (attributes, visibility) = (quote::quote!(#(#attributes)*), quote::quote!(#visibility));
    let body = Body::unread(name.span());
    let mut model = Model { attributes, visibility, name, inputs: Vec::new(), outputs: None, body, is_unread: true };
    let read = signature(input, &mut model, diagnostics);
    program.models.push(model);
    read
}

/// What stands behind a model's name. What has been read before a fault is kept.
fn signature(input: ParseStream<'_>, model: &mut Model, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    model.inputs = ports(input, "the inputs in parentheses", "write `(x: [784])` behind the model's name")?;
    model.outputs = if input.peek(Token![->]) { Some(outputs(input)?) } else { None };
    model.body = body(input, diagnostics)?;
    model.is_unread = false;
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

/// A name; `r#type` is `type`.
fn identifier(input: ParseStream<'_>, expected: &str, help: &str) -> syn::Result<Ident> {
    if input.peek(syn::Ident) { input.parse::<Ident>().map(|name| name.unraw()) } else { fault(input, expected, help) }
}

/// The next token, if it is a word.
fn word(input: ParseStream<'_>) -> Option<String> {
    input.cursor().ident().map(|(word, _)| word.to_string())
}

fn is_punct(input: ParseStream<'_>, sign: char) -> bool {
    input.cursor().punct().is_some_and(|(punct, _)| punct.as_char() == sign)
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
    let dtype: Option<Ident> = if input.peek(syn::Ident) && input.peek2(token::Bracket) { Some(input.parse()?) } else { None };
    if !input.peek(token::Bracket) {
        return fault(input, "a shape in brackets", "a shape reads `[32, 32, 3]`, without the batch");
    }
    let content;
    let bracket = bracketed!(content in input);
    let start = dtype.as_ref().map_or(bracket.span.open(), Ident::span);
    if content.peek(Lit) && content.peek2(Token![;]) {
        let message = "a shape lists every size, with commas: `[28, 28]`";
        content.parse::<TokenTree>()?;
        return fault(&content, "`,`", message);
    }
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

fn block(input: ParseStream<'_>, program: &mut Program, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    input.parse::<Token![fn]>()?;
    let name = identifier(input, "the block's name", BLOCK_HELP)?;
    let body = Body::unread(name.span());
    let mut block = Block { name, parameters: Vec::new(), body, is_unread: true };
    let read = block_signature(input, &mut block, diagnostics);
    program.blocks.push(block);
    read
}

const BLOCK_HELP: &str = "blocks read `fn name(x, filters) { .. }`";

fn block_signature(input: ParseStream<'_>, block: &mut Block, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    if !input.peek(token::Paren) {
        return fault(input, "the parameters in parentheses", BLOCK_HELP);
    }
    let content;
    parenthesized!(content in input);
    block.parameters = separated(&content, |input| {
        let name = identifier(input, "a parameter's name", BLOCK_HELP)?;
        if input.peek(Token![:]) { Err(input.error_at(diagnostics::typed_parameter(&name.to_string()))) } else { Ok(name) }
    })?;
    if input.peek(Token![->]) {
        return Err(input.error_at(diagnostics::typed_block()));
    }
    block.body = body(input, diagnostics)?;
    block.is_unread = false;
    Ok(())
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
fn unread(start: Cursor<'_>, end: Cursor<'_>) -> Let {
    let mut tokens = Vec::new();
    let mut cursor = start;
    while cursor != end {
        let Some((token, next)) = cursor.token_tree() else { break };
        tokens.push(token);
        cursor = next;
    }
    let mut names = Vec::new();
    bound_names(&tokens, &mut names);
    let range = start.span().into();
    Let { names, value: Expr { kind: ExprKind::Unread, range, height: 0 }, semicolon: None }
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
                if ["let", "mut", "for", "const", "static"].iter().any(|word| is(before, word)) || assigns {
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

fn statement(input: ParseStream<'_>, body: &mut Body, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    if input.peek(Token![let]) {
        body.statements.push(binding(input, diagnostics)?);
        return Ok(());
    }
    if input.peek(Token![;]) {
        input.parse::<Token![;]>()?;
        return Ok(());
    }
    if input.peek(Token![return]) {
        diagnostics.error(input.span(), diagnostics::returned());
        input.parse::<Token![return]>()?;
    }
    if let Some(word) = word(input).filter(|word| diagnostics::is_control_word(word)) {
        return Err(input.error_at(diagnostics::control(&word)));
    }
    let value = expression(input, 0)?;
    if is_punct(input, '=') {
        return assignment(input, value, body, diagnostics);
    }
    if input.is_empty() {
        body.result = Some(value);
        return Ok(());
    }
    if !input.peek(Token![;]) {
        return Err(after_expression(input, &value, "`;` or the end of the body"));
    }
    let semicolon = Some(input.parse::<Token![;]>()?.span);
    body.statements.push(Let { names: Vec::new(), value, semicolon });
    Ok(())
}

/// `x = value;`, as in Python: it is told to be a `let`, and read as one.
fn assignment(input: ParseStream<'_>, target: Expr, body: &mut Body, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    let names = match target.kind {
        ExprKind::Name(name) => vec![name],
        ExprKind::Tuple(items) => {
            items.into_iter().filter_map(|item| if let ExprKind::Name(name) = item.kind { Some(name) } else { None }).collect()
        }
        _ => Vec::new(),
    };
    let texts: Vec<String> = names.iter().map(ToString::to_string).collect();
    if texts.is_empty() {
        return fault(input, "`;`", "only a name can be bound, `let x = ..;`");
    }
    diagnostics.error(target.range, diagnostics::without_let(&texts));
    input.parse::<Token![=]>()?;
    let (value, semicolon) = bound_value(input, diagnostics)?;
    body.statements.push(Let { names, value, semicolon });
    Ok(())
}

fn binding(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Let> {
    let help = "a binding reads `let x = Dense(64)(x);`";
    input.parse::<Token![let]>()?;
    if input.peek(Token![mut]) {
        diagnostics.error(input.span(), diagnostics::mutable());
        input.parse::<Token![mut]>()?;
    }
    let names = if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        separated(&content, |input| bound_name(input, "several names read `let (a, b) = ..;`"))?
    } else {
        vec![bound_name(input, help)?]
    };
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
    let (value, semicolon) = bound_value(input, diagnostics)?;
    Ok(Let { names, value, semicolon })
}

/// A name, or `_` for what is not needed.
fn bound_name(input: ParseStream<'_>, help: &str) -> syn::Result<Ident> {
    if !input.peek(Token![_]) {
        return identifier(input, "a name", help);
    }
    Ok(Ident::new("_", input.parse::<Token![_]>()?.span))
}

/// `value;`; where the semicolon is forgotten before the next `let`, that is said and all is well otherwise.
fn bound_value(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<(Expr, Option<Span>)> {
    if let Some(word) = word(input).filter(|word| diagnostics::is_control_word(word)) {
        return Err(input.error_at(diagnostics::control(&word)));
    }
    let value = expression(input, 0)?;
    if input.peek(Token![;]) {
        let semicolon = input.parse::<Token![;]>()?.span;
        return Ok((value, Some(semicolon)));
    }
    let error = after_expression(input, &value, "`;`");
    if !input.peek(Token![let]) {
        return Err(error);
    }
    report(&error, diagnostics);
    Ok((value, None))
}

/// Why an expression does not end where it should: what other languages have, and this one has not.
fn after_expression(input: ParseStream<'_>, before: &Expr, expected: &str) -> syn::Error {
    let found = input.cursor().token_tree().map_or_else(|| "the end".to_owned(), |(token, _)| found(&token));
    let last = if let ExprKind::Name(name) = &before.kind { Some(name.to_string()) } else { None };
    let message = match input.cursor().token_tree() {
        Some((TokenTree::Punct(sign), _)) => match (sign.as_char(), last) {
            ('.', last) => return member(input, before, last),
            (':', Some(last)) if input.peek(Token![::]) => return member(input, before, Some(last)),
            (':', None) if input.peek(Token![::]) => diagnostics::operator("::"),
            ('+' | '-' | '*' | '/', Some(name)) => diagnostics::compound(&format!("{sign}="), &name),
            ('=', _) if input.peek(Token![==]) => diagnostics::operator("=="),
            ('!', Some(name)) => diagnostics::macro_call(&name),
            ('%' | '@' | '^' | '&' | '|' | '<' | '>' | '?' | '!', _) => diagnostics::operator(&joint(input)),
            ('#', _) => diagnostics::comment(),
            _ => diagnostics::syntax(expected, &found, "end every statement but the last with `;`"),
        },
        Some((TokenTree::Group(group), _)) if group.delimiter() == Delimiter::Bracket => diagnostics::index(),
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
    while let Some((punct, _)) = input.cursor().punct() {
        let Some((_, operator)) = operators.iter().find(|(sign, _)| *sign == punct.as_char()) else { break };
        let is_compound = input.peek(Token![+=]) || input.peek(Token![-=]) || input.peek(Token![*=]) || input.peek(Token![/=]);
        if is_compound || input.peek(Token![->]) {
            break;
        }
        input.parse::<TokenTree>()?;
        let right = operand(input, depth)?;
        let range = Range { start: left.range.start, end: right.range.end };
        left = built(ExprKind::Binary(*operator, Box::new(left), Box::new(right)), range)?;
    }
    Ok(left)
}

/// An expression, unless it is too deep to be walked through.
fn built(kind: ExprKind, range: Range) -> syn::Result<Expr> {
    let highest = |items: &[Expr]| items.iter().map(|item| item.height).max().unwrap_or(0);
    let below = match &kind {
        ExprKind::Name(_) | ExprKind::Literal(_) | ExprKind::Unread => 0,
        ExprKind::List(items) | ExprKind::Tuple(items) => highest(items),
        ExprKind::Call(callee, arguments) => {
            arguments.iter().map(|argument| argument.value.height).fold(callee.height, usize::max)
        }
        ExprKind::Binary(_, left, right) => left.height.max(right.height),
        ExprKind::Negative(value) => value.height,
    };
    if below >= DEPTH {
        return Err(syn::Error::new(range.start, diagnostics::too_deep()));
    }
    Ok(Expr { kind, range, height: below + 1 })
}

/// The first group that is nested too deeply for `syn` to walk through.
fn too_deep_group(tokens: &TokenStream) -> Option<Span> {
    let mut open = vec![tokens.clone().into_iter()];
    while let Some(last) = open.last_mut() {
        match last.next() {
            Some(TokenTree::Group(group)) if open.len() >= GROUPS => return Some(group.span_open()),
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
            Some(_) => {}
            None => drop(open.pop()),
        }
    }
    None
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
    built(ExprKind::Negative(Box::new(value)), range)
}

fn call(input: ParseStream<'_>, depth: usize) -> syn::Result<Expr> {
    let mut callee = primary(input, depth)?;
    while input.peek(token::Paren) {
        let content;
        let paren = parenthesized!(content in input);
        let arguments = separated(&content, |input| argument(input, depth + 1))?;
        let range = Range { start: callee.range.start, end: paren.span.close() };
        callee = built(ExprKind::Call(Box::new(callee), arguments), range)?;
    }
    Ok(callee)
}

/// An expression in a list: it ends with a comma or with the list.
fn item_expression(input: ParseStream<'_>, depth: usize) -> syn::Result<Expr> {
    let value = expression(input, depth)?;
    let is_odd = match input.cursor().token_tree() {
        Some((TokenTree::Punct(sign), _)) => sign.as_char() != ',',
        Some((TokenTree::Group(_), _)) => true,
        Some((TokenTree::Ident(word), _)) => diagnostics::is_control_word(&word.to_string()),
        Some((TokenTree::Literal(_), _)) | None => false,
    };
    if is_odd { Err(after_expression(input, &value, "`,` or the end of the list")) } else { Ok(value) }
}

fn argument(input: ParseStream<'_>, depth: usize) -> syn::Result<Argument> {
    let name = if input.peek(syn::Ident) && input.peek2(Token![=]) {
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
        let mut items = separated(&content, |input| item_expression(input, depth + 1))?;
        return match items.len() {
            1 => Ok(Expr { range, ..items.remove(0) }),
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
    if is_punct(input, '|') || word(input).is_some_and(|word| word == "lambda") {
        return Err(input.error_at(diagnostics::closure()));
    }
    if let Some(word) = word(input).filter(|word| diagnostics::is_control_word(word)) {
        return Err(input.error_at(diagnostics::control(&word)));
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
