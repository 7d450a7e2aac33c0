//! Every message has a case in `tests/ui`: the texts in the modules that word messages are looked for in what the cases give.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::messages::reports;
use crate::diagnostics::Diagnostics;
use crate::{layer, module};

/// Texts that no program leads to: companions are written by the macro, and objects of configurations stand in files.
const UNREACHABLE: [&str; 3] = [
    "build both crates with the same version of functional-model",
    "what `{name}` declares cannot be read",
    "`{class}` has a `{argument}` with `{key}` {}, expected {expected}",
];

/// The string literals of a file that are sentences, line by line; attributes, and so documentation, left out.
fn sentences(tokens: TokenStream, found: &mut Vec<String>) {
    let mut after_hash = false;
    for token in tokens {
        let is_attribute = after_hash;
        after_hash = match &token {
            TokenTree::Punct(sign) => sign.as_char() == '#' || after_hash && sign.as_char() == '!',
            _ => false,
        };
        match token {
            TokenTree::Group(group) if !is_attribute => sentences(group.stream(), found),
            TokenTree::Literal(literal) => {
                let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) else { continue };
                let lines: Vec<String> = text.value().lines().map(|line| line.trim_start_matches("help: ").to_owned()).collect();
                found.extend(
                    lines.into_iter().filter(|line| line.split_whitespace().count() >= 3 && line.contains(char::is_alphabetic)),
                );
            }
            TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// Whether a message has a sentence's words, in their order, with anything in its gaps.
fn says(message: &str, sentence: &str) -> bool {
    let mut rest = message;
    let unescaped = sentence.replace("{{", "\u{1}").replace("}}", "\u{2}");
    unescaped.split('{').enumerate().all(|(i, part)| {
        let words = if i == 0 { part } else { part.split_once('}').map_or("", |(_, words)| words) };
        let words = words.replace('\u{1}', "{").replace('\u{2}', "}");
        let found = rest.find(&words);
        rest = found.map_or("", |at| &rest[at + words.len()..]);
        found.is_some()
    })
}

/// The tokens of every invocation in a file.
pub fn invocations(tokens: TokenStream, found: &mut Vec<TokenStream>) {
    let mut before = String::new();
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            if before == "functional_model!" { found.push(group.stream()) } else { invocations(group.stream(), found) }
        }
        match &token {
            TokenTree::Punct(sign) if sign.as_char() == '!' => before.push('!'),
            other => before = other.to_string(),
        }
    }
}

/// Every layer of one's own among items: what stands in its attribute, and the struct without it.
pub fn layers_of(items: Vec<syn::Item>) -> Vec<(TokenStream, TokenStream)> {
    let parts = items.into_iter().filter_map(|item| {
        let (syn::Item::Struct(syn::ItemStruct { ref attrs, .. })
        | syn::Item::Enum(syn::ItemEnum { ref attrs, .. })
        | syn::Item::Fn(syn::ItemFn { ref attrs, .. })) = item
        else {
            return None;
        };
        let attribute = attrs.iter().find(|attribute| attribute.path().is_ident("layer"))?;
        let arguments = attribute.meta.require_list().map(|list| list.tokens.clone()).unwrap_or_default();
        let rest = item.to_token_stream().to_string().replacen(&attribute.to_token_stream().to_string(), "", 1);
        Some((arguments, rest.parse().unwrap()))
    });
    parts.collect()
}

/// The messages about items that derive `Module`.
fn modules(items: Vec<syn::Item>, messages: &mut Vec<String>) {
    for item in items {
        let (syn::Item::Struct(syn::ItemStruct { ref attrs, .. }) | syn::Item::Enum(syn::ItemEnum { ref attrs, .. })) = item
        else {
            continue;
        };
        let derives = |attribute: &syn::Attribute| {
            attribute.path().is_ident("derive") && attribute.meta.to_token_stream().to_string().contains("Module")
        };
        if attrs.iter().any(derives) {
            let mut diagnostics = Diagnostics::default();
            module::expand(item.to_token_stream(), &mut diagnostics);
            messages.extend(diagnostics.reports().iter().map(|(_, message)| message.clone()));
        }
    }
}

/// What the companion of a model brings that layers have as a part: one with a layer of one's own.
const INNER: &str = r#"{"class_name": "Sequential", "config": {"name": "inner", "layers": [
    {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 8]}},
    {"class_name": "Same", "registered_name": "Custom>Same", "config": {"name": "same"}}]}}"#;

/// The messages about layers, and what the sound ones' companions would bring.
pub fn layers(declared: Vec<(TokenStream, TokenStream)>, messages: &mut Vec<String>) -> TokenStream {
    let mut brought = TokenStream::new();
    for (arguments, item) in declared {
        let mut diagnostics = Diagnostics::default();
        let read = layer::read(arguments, &[("Inner".to_owned(), INNER.to_owned())], item, &mut diagnostics);
        messages.extend(diagnostics.reports().iter().map(|(_, message)| message.clone()));
        if let (Ok(Some((declared, signature))), 0) = (read, diagnostics.count()) {
            let (name, text) = (&declared.item.ident, signature.to_json().to_string());
            brought.extend(quote!(@with #name { layer #text }));
        }
    }
    brought
}

#[test]
fn every_message_has_a_case() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/ui");
    let mut messages = Vec::new();
    let layers_in = |text: &str| layers_of(syn::parse_file(text).unwrap().items);
    let shared = layers(layers_in(include_str!("../../../tests/layers/mod.rs")), &mut messages);
    for file in fs::read_dir(cases).unwrap().flat_map(|rule| fs::read_dir(rule.unwrap().path()).unwrap()) {
        let path = file.unwrap().path();
        // What the compiler finds out after the macro, it says for us.
        let printed = path.extension().filter(|extension| *extension == "stderr").map(|_| fs::read_to_string(&path).unwrap());
        messages.extend(printed.filter(|printed| printed.contains("evaluation panicked: ")));
        if path.extension().is_some_and(|extension| extension == "rs") {
            let (text, mut found) = (fs::read_to_string(&path).unwrap(), Vec::new());
            invocations(TokenStream::from_str(&text).unwrap(), &mut found);
            let uses_layers = text.contains("layer");
            if text.contains("Module") {
                modules(syn::parse_file(&text).unwrap().items, &mut messages);
            }
            let own = if uses_layers { layers(layers_in(&text), &mut messages) } else { TokenStream::new() };
            let shared = uses_layers.then_some(&shared);
            let found = found.into_iter().map(|invocation| quote!(#own #shared #invocation));
            messages.extend(found.flat_map(reports).map(|(_, message)| message));
        }
    }
    let mut words = Vec::new();
    for folder in ["src/diagnostics", "../model-graph/src/message"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for file in fs::read_dir(folder).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            sentences(TokenStream::from_str(&text).unwrap(), &mut words);
        }
    }
    words.retain(|sentence| !UNREACHABLE.contains(&sentence.as_str()));
    let unsaid: Vec<&String> = words.iter().filter(|sentence| !messages.iter().any(|message| says(message, sentence))).collect();
    assert!(unsaid.is_empty(), "no case in tests/ui says any of these:\n{unsaid:#?}");
    assert!(words.len() > 100, "only {} sentences found", words.len());
}
