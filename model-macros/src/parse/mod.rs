//! Tokens to syntax. A fault costs its statement or item, not the rest: reading goes on behind the next `;` or `}`.

mod body;
mod expression;
mod foreign;
mod format;
mod item;

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};
use syn::Token;
use syn::buffer::Cursor;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};

use crate::diagnostics::{self, Diagnostics};
use crate::syntax::Program;
use crate::words;

/// How deeply groups of tokens may be nested.
const GROUPS: usize = 128;

/// Reads an invocation; what cannot be read is noted.
pub fn parse(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Program {
    let mut program = Program::default();
    if let Some(place) = too_deep_group(&tokens) {
        diagnostics.error(place, diagnostics::too_deep());
        return program;
    }
    let end = tokens.clone().into_iter().last().map_or_else(Span::call_site, |token| last_span(&token));
    let result = Parser::parse2(
        |input: ParseStream<'_>| {
            items(input, end, &mut program, diagnostics);
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

/// Reads all items that there are. What is missing behind the last token is missing there, not in the whole invocation.
fn items(input: ParseStream<'_>, end: Span, program: &mut Program, diagnostics: &mut Diagnostics) {
    let is_everywhere = |span: Span| format!("{span:?}") == format!("{:?}", Span::call_site());
    while !input.is_empty() {
        let (start, before) = (input.span(), input.cursor());
        if let Err(error) = item::item(input, program, diagnostics) {
            let is_behind = input.is_empty() && is_everywhere(error.span());
            report(&if is_behind { syn::Error::new(end, error) } else { error }, diagnostics);
            if input.cursor() == before && input.parse::<TokenTree>().is_err() {
                return;
            }
            skip_item(input, start);
        }
    }
}

/// `syn` marks places; the message is one of ours where we made it, and reworded where `syn` did.
pub fn report(error: &syn::Error, diagnostics: &mut Diagnostics) {
    let message = error.to_string();
    let message = if message.contains("\nhelp: ") { message } else { diagnostics::other_syntax(&message) };
    diagnostics.error(error.span(), message);
}

pub fn fault<T>(input: ParseStream<'_>, expected: &str, help: &str) -> syn::Result<T> {
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

fn last_span(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) => group.span_close(),
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

/// Whether the next token starts a line, behind that of the start of something and no deeper.
fn is_new_line(input: ParseStream<'_>, start: Span) -> bool {
    let (next, start) = (input.span().start(), start.start());
    input.peek(syn::Ident::peek_any) && next.line > start.line && next.column <= start.column
}

/// Passes over the rest of an item, its body included.
fn skip_item(input: ParseStream<'_>, start: Span) {
    while let Some((token, _)) = input.cursor().token_tree() {
        let is_next = ["model", "fn", "pub", "const"].iter().any(|word| token.to_string() == *word) || is_new_line(input, start);
        if is_next || input.parse::<TokenTree>().is_err() {
            return;
        }
        let is_body = matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        if is_body || matches!(&token, TokenTree::Punct(sign) if sign.as_char() == ';') {
            return;
        }
    }
}

/// A name; `r#type` is `type`.
fn identifier(input: ParseStream<'_>, expected: &str, help: &str) -> syn::Result<Ident> {
    if input.peek(syn::Ident) { input.parse::<Ident>().map(|name| name.unraw()) } else { fault(input, expected, help) }
}

/// The next token, if it is a word.
fn word(input: ParseStream<'_>) -> Option<String> {
    input.cursor().ident().map(|(word, _)| word.to_string())
}

/// The next token, if it is a word that other languages steer with, and not the user's own name: Rust knows no `class`.
fn control_word(input: ParseStream<'_>) -> Option<String> {
    let word = word(input).filter(|word| word != "let" && words::keyword(word).is_some())?;
    let is_reserved = syn::parse_str::<Ident>(&word).is_err();
    let (_, behind) = input.cursor().token_tree()?;
    let is_alone = behind.eof() || behind.punct().is_some_and(|(sign, _)| sign.as_char() == ';');
    let goes_on = match behind.token_tree() {
        Some((TokenTree::Ident(_) | TokenTree::Literal(_), _)) => true,
        Some((TokenTree::Group(group), rest)) => {
            group.delimiter() == Delimiter::Brace || rest.group(Delimiter::Brace).is_some() && !rest.eof()
        }
        Some((TokenTree::Punct(sign), _)) => sign.as_char() == ':' && sign.spacing() == Spacing::Alone,
        None => false,
    };
    (is_reserved || goes_on || is_alone && word == "pass").then_some(word)
}

fn is_punct(input: ParseStream<'_>, sign: char) -> bool {
    input.cursor().punct().is_some_and(|(punct, _)| punct.as_char() == sign)
}

/// The tokens between two places.
fn between(start: Cursor<'_>, end: Cursor<'_>) -> Vec<TokenTree> {
    let mut tokens = Vec::new();
    let mut cursor = start;
    while cursor != end {
        let Some((token, next)) = cursor.token_tree() else { break };
        tokens.push(token);
        cursor = next;
    }
    tokens
}

/// `a, b, c` with an optional comma behind the last.
fn separated<T>(
    input: ParseStream<'_>,
    notes: &mut Diagnostics,
    mut item: impl FnMut(ParseStream<'_>, &mut Diagnostics) -> syn::Result<T>,
) -> syn::Result<Vec<T>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        items.push(item(input, notes)?);
        if input.is_empty() {
            break;
        }
        if !input.peek(Token![,]) {
            return fault(input, "`,` or the end of the list", "separate them with commas");
        }
        input.parse::<Token![,]>()?;
        foreign::comments(input, notes)?;
    }
    Ok(items)
}

/// The sign that the next tokens make together: `>>`.
fn joint(input: ParseStream<'_>) -> String {
    let (mut sign, mut cursor) = (String::new(), input.cursor());
    while let Some((punct, next)) = cursor.punct().filter(|(punct, _)| !matches!(punct.as_char(), ';' | ',')) {
        sign.push(punct.as_char());
        cursor = next;
        if punct.spacing() == Spacing::Alone && !touches(punct.span(), next.span()) {
            break;
        }
    }
    sign
}

/// Whether nothing stands between two tokens: those that a companion has carried are not joint any more.
fn touches(first: Span, second: Span) -> bool {
    let (start, end) = (first.start(), first.end());
    start != end && end == second.start() && first.file() == second.file()
}

/// The first group that is nested too deeply for `syn` to walk through.
pub fn too_deep_group(tokens: &TokenStream) -> Option<Span> {
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
