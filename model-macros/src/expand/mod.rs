//! Graphs to code. What is emitted is meant to be read: absolute paths, the user's names as fields, one statement a call.
//!
//! A model becomes a struct with one field a layer, and a module with what belongs to it: the structs of its blocks, gradients, tapes.
//! `unit` emits what models and blocks have in common, `pass` the statements of forward and backward, `api` what users call.

mod api;
pub mod companion;
pub mod fallback;
mod fields;
mod pass;
mod unit;

use std::sync::Arc;

use model_graph::Graph;
use model_graph::graph::Kind;
use model_graph::names::snake_case;
use model_graph::plan::Plan;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::lower::LoweredModel;
use crate::syntax::Model;
use fields::Fields;
use unit::Unit;

/// The code of a model.
pub fn model(model: &Model, lowered: &LoweredModel) -> TokenStream {
    let Some(plan) = Plan::new(&lowered.graph) else { return fallback::model(model) };
    let module = module_name(model);
    let mut blocks: Vec<(Arc<Graph>, Ident)> = Vec::new();
    collect_blocks(&lowered.graph, &mut blocks);
    let inside: Vec<TokenStream> = blocks
        .iter()
        .filter_map(|(graph, name)| Some(Unit::block(graph, Plan::new(graph)?, name, &blocks).emit_block()))
        .collect();
    let fields = Fields::of_model(&lowered.graph, &lowered.flat);
    let root = Unit::model(&lowered.graph, plan, &model.name, &module, fields, &blocks);
    let support = root.emit_support();
    let about =
        format!("What belongs to [`{}`](super::{}): its blocks, its gradients, and what it runs with.", model.name, model.name);
    let visibility = &model.visibility;
    let api = api::emit(model, lowered, &root);
    let records = [
        ("Inputs", "One value for each input, by name.", &lowered.graph.inputs),
        ("Outputs", "One value for each output, by name.", &lowered.graph.outputs),
    ]
    .map(|(name, about, ports)| (ports.len() > 1).then(|| api::record(name, about, ports, &lowered.graph)));
    let companion = companion::declare(model, &lowered.flat);
    quote! {
        #api
        #[doc = #about]
        #visibility mod #module {
            #support
            #(#inside)*
            #(#records)*
        }
        #companion
    }
}

/// The module of a model: its name in snake case.
fn module_name(model: &Model) -> Ident {
    identifier(&snake_case(&model.name.to_string()), model.name.span())
}

/// An identifier, raw where it would be a keyword.
fn identifier(name: &str, span: Span) -> Ident {
    syn::parse_str::<Ident>(name).map_or_else(|_| Ident::new_raw(name, span), |_| Ident::new(name, span))
}

/// The distinct block graphs below a graph, each with the name of its struct.
fn collect_blocks(graph: &Graph, blocks: &mut Vec<(Arc<Graph>, Ident)>) {
    for layer in &graph.layers {
        let Kind::Block(block) = &layer.kind else { continue };
        if layer.built.is_none() || blocks.iter().any(|(known, _)| Arc::ptr_eq(known, block)) {
            continue;
        }
        collect_blocks(block, blocks);
        let base = camel_case(&block.name);
        let count = blocks.iter().filter(|(known, _)| known.name == block.name).count();
        let name = if count == 0 { format_ident!("{base}") } else { format_ident!("{base}{}", count + 1) };
        blocks.push((block.clone(), name));
    }
}

fn camel_case(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    let camel: String = words.map(|word| word[..1].to_uppercase() + &word[1..]).collect();
    match camel.as_str() {
        "Gradients" | "Kept" | "Transient" | "Workspace" | "Tape" | "" => format!("{camel}Block"),
        _ => camel,
    }
}
