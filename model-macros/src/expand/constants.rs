//! Constants of the code around the invocation: what the compiler is to check of them, and where they stand in what is emitted.

use model_graph::Graph;
use model_graph::dim::Dim;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::sizes;
use crate::krate::KRATE;
use crate::lower::{Check, Must, handed_on};
use crate::syntax::Range;

/// What is emitted of a model, with the constants in its sizes read from the model, which takes them from the code around, each once: what
/// is wrong with one is said once, where the user wrote it first.
pub fn of_model(model: &Ident, graph: &Graph, places: &Places<'_>, tokens: TokenStream) -> TokenStream {
    let names = graph.constants();
    if names.is_empty() {
        return tokens;
    }
    let constants = names.iter().map(|name| {
        let (own, given, value) = (format_ident!("{}", handed_on(name)), given(name), places.path(name));
        quote! {
            #[doc(hidden)]
            #[allow(dead_code)]
            pub const #own: usize = { const #given: usize = #value; #KRATE::constants::size(#given) };
        }
    });
    let tokens = replaced(tokens, &|name| of(model, name));
    quote!(#tokens impl #model { #(#constants)* })
}

/// What a constant of the code around is called by where its type is asked for.
fn given(name: &str) -> Ident {
    format_ident!("__{}", handed_on(name))
}

/// The path that reads a constant from a model.
pub fn of(model: &Ident, name: &str) -> TokenStream {
    // As the numbers in formulas, it has no place in the user's code.
    let [model, own] = [model.to_string(), handed_on(name)].map(|word| format_ident!("{word}", span = Span::mixed_site()));
    quote!(#model::#own)
}

/// Where the user wrote the constants first.
pub struct Places<'l>(pub &'l [(String, Range)]);

impl Places<'_> {
    /// The path of a constant, at its place.
    pub fn path(&self, name: &str) -> TokenStream {
        let Some((_, Range { start, end })) = self.0.iter().find(|(known, _)| known == name) else { return sizes::path(name) };
        let tokens: Vec<TokenTree> = sizes::path(name).into_iter().collect();
        let last = tokens.len().saturating_sub(1);
        let at = |(i, mut token): (usize, TokenTree)| {
            token.set_span(if i == last { *end } else { *start });
            token
        };
        tokens.into_iter().enumerate().map(at).collect()
    }
}

/// Tokens in whose formulas constants are told where they are read from.
pub fn replaced(tokens: TokenStream, read: &dyn Fn(&str) -> TokenStream) -> TokenStream {
    let mut output = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == sizes::CONSTANT => {
                let mut path = Vec::new();
                while tokens.next_if(|token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ':')).is_some() {
                    tokens.next(); // the second colon
                    path.extend(tokens.next().map(|part| part.to_string()));
                }
                output.extend(read(&path.join("::")));
            }
            TokenTree::Group(group) => {
                let (delimiter, span, inside) = (group.delimiter(), group.span(), group.stream());
                drop(group); // its tokens are moved where nobody else has them
                let mut group = Group::new(delimiter, replaced(inside, read));
                group.set_span(span);
                output.push(TokenTree::Group(group));
            }
            other => output.push(other),
        }
    }
    output.into_iter().collect()
}

/// The checks that the compiler makes, each with its message at the place that it is about. Of those that have constants in common it makes
/// one after the other: the first that fails explains the others.
pub fn checks(checks: &[Check], places: &Places<'_>) -> TokenStream {
    let names = |check: &Check| {
        let mut names = Vec::new();
        let mut collect = |name: &str| names.push(name.to_owned());
        check.size.visit_names(&mut collect);
        if let Must::Equal(other) = &check.must {
            other.visit_names(&mut collect);
        }
        names
    };
    let mut groups: Vec<(Vec<String>, Vec<usize>)> = Vec::new();
    for (i, check) in checks.iter().enumerate() {
        let names = names(check);
        let (mut joined, apart): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(known, _)| known.iter().any(|name| names.contains(name)));
        joined.push((names, vec![i]));
        groups = apart;
        groups.push(joined.into_iter().fold(Default::default(), |(mut names, mut all), (more, members)| {
            names.extend(more);
            all.extend(members);
            (names, all)
        }));
    }
    let items = groups.into_iter().map(|(mut names, mut members)| {
        members.sort_unstable();
        names.sort_unstable();
        names.dedup();
        let calls = members.into_iter().map(|i| check(&checks[i]));
        let constants = names.iter().map(|name| {
            let (given, value) = (given(name), places.path(name));
            quote!(const #given: usize = #value;)
        });
        let calls = replaced(quote!(#(#calls)*), &|name| given(name).into_token_stream());
        quote!(#[allow(clippy::all, clippy::pedantic)] const _: () = { #(#constants)* #calls };)
    });
    quote!(#(#items)*)
}

fn check(Check { range: Range { start, end }, size, must, message }: &Check) -> TokenStream {
    let (headline, rest) = message.split_at(message.find('\n').unwrap_or(message.len()));
    let told = |size: &Dim| (format!("{headline}: `{size}` is "), sizes::signed(size));
    let (function, arguments) = match must {
        Must::BeAtLeast(least) => {
            let (before, found) = told(size);
            (format_ident!("check_size", span = *start), quote!(#found, #least, [#before, #rest]))
        }
        Must::Equal(equal) => {
            // A number is what the other should be.
            let (size, equal) = if size.known().is_some() { (equal, size) } else { (size, equal) };
            let (before, found) = told(size);
            let (expected, is_number) = (sizes::signed(equal), equal.known().is_some());
            let between = if is_number { ", not ".to_owned() } else { format!(", `{equal}` is ") };
            (format_ident!("check_equal", span = *start), quote!([#found, #expected], [#before, #between, #rest]))
        }
    };
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(*end);
    let krate = KRATE.at(*start);
    quote_spanned!(*start=> #krate::constants::#function #arguments;)
}

/// What stands before and behind a size that follows from constants; no string of JSON has a quote in it.
const SIZE: (&str, &str) = (r#"{"size":""#, r#""}"#);

/// A text of JSON with the values of constants where sizes follow from them, as an expression, a `String`; nothing where none do.
pub fn joined(text: &str) -> Option<TokenStream> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(SIZE.0) {
        let (size, behind) = behind.split_once(SIZE.1)?;
        let (before, size) = (super::raw_string(before), sizes::factor(&size.parse::<Dim>().ok()?));
        parts.push(quote!(#before, &::std::string::ToString::to_string(&#size)));
        rest = behind;
    }
    if parts.is_empty() {
        return None;
    }
    let last = super::raw_string(rest);
    Some(quote!([#(#parts),*, #last].concat()))
}
