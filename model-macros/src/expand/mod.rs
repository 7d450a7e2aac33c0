//! Graphs to code. What is emitted is meant to be read: absolute paths, the user's names as fields, one statement a call.
//!
//! A model becomes a struct with one field a layer. What belongs to it, the structs of its blocks, its gradients, its tape, stands beside it
//! under names that start with the model's: not in a module, since a module in a function's body does not see the body's items, and a
//! nested model may be one of them.
//! `unit` emits what models and blocks have in common, `pass` the statements of forward and backward, `api` what users call.

mod api;
pub mod companion;
pub mod fallback;
mod fields;
pub mod outline;
mod pass;
mod unit;

use std::collections::HashSet;
use std::sync::Arc;

use model_graph::graph::Kind;
use model_graph::{Graph, config};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use crate::lower::LoweredModel;
use crate::syntax::{Constant, Model};
use fields::Fields;
use unit::Unit;

/// The names that are taken in an invocation.
pub type Taken = HashSet<String>;

/// The code of a model.
pub fn model(model: &Model, lowered: &LoweredModel, taken: &mut Taken) -> TokenStream {
    emit(model, lowered, taken).unwrap_or_else(|| fallback::model(model))
}

/// A constant, for the code around the invocation too.
pub fn constant(constant: &Constant) -> TokenStream {
    let Constant { attributes, visibility, tokens, .. } = constant;
    quote!(#attributes #visibility #tokens)
}

fn emit(model: &Model, lowered: &LoweredModel, taken: &mut Taken) -> Option<TokenStream> {
    let (graph, visibility) = (&lowered.graph, &model.visibility);
    let mut blocks: Vec<(Arc<Graph>, Ident)> = Vec::new();
    collect_blocks(&model.name, graph, &mut blocks, taken);
    let units = blocks.iter().map(|(graph, name)| Unit::new(graph, name, Fields::of_block(graph), visibility, &blocks));
    let units = units.collect::<Option<Vec<Unit<'_>>>>()?;
    let beside = units.iter().map(Unit::emit_block);
    let root = Unit::new(graph, &model.name, Fields::of_model(graph, &lowered.flat), visibility, &blocks)?;
    let configuration = config::to_json(&lowered.flat);
    let (support, tape) = (root.emit_support(), root.emit_tape());
    let api = api::emit(model, lowered, &root, &configuration);
    let records = [("Inputs", "input", &graph.inputs), ("Outputs", "output", &graph.outputs)]
        .map(|(name, what, ports)| (ports.len() > 1).then(|| api::record(model, &root.beside(name), what, ports, graph)));
    let companion = companion::of_model(&model.name, visibility, &configuration);
    Some(quote! {
        #api
        #support
        #tape
        #(#records)*
        #(#beside)*
        #companion
    })
}

/// An identifier, raw where it would be a keyword.
fn identifier(name: &str, span: Span) -> Ident {
    match name {
        "self" | "Self" | "super" | "crate" | "_" | "" => format_ident!("{name}_", span = span), // these cannot be raw
        _ if syn::parse_str::<Ident>(name).is_ok() => Ident::new(name, span),
        _ => Ident::new_raw(name, span),
    }
}

/// A string as one reads it: `r#"{"units": 4}"#`.
fn raw_string(text: &str) -> Literal {
    let longest = text.split('"').map(|behind| behind.chars().take_while(|&c| c == '#').count() + 1).max().unwrap_or(1);
    let hashes = "#".repeat(longest);
    let is_plain = !text.contains(['"', '\\', '\n', '\r']);
    let raw = format!("r{hashes}\"{text}\"{hashes}");
    let is_raw = !is_plain && !text.contains('\r');
    is_raw.then(|| raw.parse().ok()).flatten().unwrap_or_else(|| Literal::string(text))
}

/// What the names of the structs beside a model's or a block's end with.
const BESIDE: [&str; 8] = ["", "Gradients", "Kept", "Transient", "Workspace", "Tape", "Inputs", "Outputs"];

/// The names that a model takes.
pub fn take(model: &Ident, taken: &mut Taken) {
    taken.extend(BESIDE.map(|what| format!("{model}{what}")));
}

/// The distinct block graphs below a graph, each with the name of its struct: the model's and the block's in one, numbered where there are
/// several.
fn collect_blocks(model: &Ident, graph: &Graph, blocks: &mut Vec<(Arc<Graph>, Ident)>, taken: &mut Taken) {
    for layer in &graph.layers {
        let Kind::Block(block) = &layer.kind else { continue };
        if layer.built.is_none() || blocks.iter().any(|(known, _)| Arc::ptr_eq(known, block)) {
            continue;
        }
        collect_blocks(model, block, blocks, taken);
        let base = format_ident!("{}{}", model, camel_case(&block.name));
        let numbered = |count| if count == 1 { base.clone() } else { format_ident!("{}{}", base, count) };
        let is_free = |name: &Ident| BESIDE.iter().all(|what| !taken.contains(&format!("{name}{what}")));
        let name = (1_usize..).map(numbered).find(is_free).unwrap_or_else(|| base.clone());
        take(&name, taken);
        blocks.push((block.clone(), name));
    }
}

fn camel_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect::<String>()
    };
    name.split('_').map(capital).collect()
}
