//! Graphs to code. What is emitted is meant to be read: absolute paths, the user's names as fields, one statement a call.
//!
//! A model becomes a struct with one field a layer. What belongs to it, the structs of its blocks, its gradients, its tape, stands beside it
//! under names that start with the model's: not in a module, since a module in a function's body does not see the body's items, and a
//! nested model may be one of them.
//! `unit` emits what models and blocks have in common, `pass` the statements of forward and backward, `api`, `typed` and `records` what
//! users call, `network` what training and the rest of the library call.

mod api;
pub mod companion;
pub mod constants;
pub mod fallback;
mod fields;
mod network;
pub mod outline;
mod pass;
mod records;
mod sizes;
mod typed;
mod unit;
mod visits;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model_graph::graph::{Kind, LayerNode};
use model_graph::plan::Plans;
use model_graph::{Graph, config};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

use crate::lower::{LoweredModel, write_inside};
use crate::syntax::{Constant, Model, View};
use api::Header;
use fields::{Fields, Places};
use unit::Unit;

/// What is known of models while an invocation is expanded.
pub struct Expansion<'p> {
    /// The names that are taken.
    taken: HashSet<String>,
    /// Where the layers of models lie, by the models' names.
    places: HashMap<String, Places>,
    /// Where the constants of the code around stand first.
    constants: &'p constants::Places<'p>,
    /// Where the functions stand first that weights name.
    functions: &'p constants::Places<'p>,
}

impl<'p> Expansion<'p> {
    /// An invocation that declares models of these names, beside those that companions have brought.
    pub fn new<'n>(
        names: impl Iterator<Item = &'n Ident>,
        known: &HashMap<String, LoweredModel>,
        constants: &'p constants::Places<'p>,
        functions: &'p constants::Places<'p>,
    ) -> Self {
        let mut expansion = Self { taken: HashSet::new(), places: HashMap::new(), constants, functions };
        names.for_each(|name| take(name, &mut expansion.taken));
        for (name, lowered) in known {
            let mut places: Places =
                lowered.flat.layers.iter().map(|layer| (layer.name().to_owned(), layer.name().to_owned())).collect();
            places.extend(lowered.fields.clone().unwrap_or_default());
            expansion.places.insert(name.clone(), places);
        }
        expansion
    }

    /// The code of a model. Those that it holds have been emitted before.
    pub fn model(&mut self, model: &Model, lowered: &LoweredModel) -> TokenStream {
        let Model { attributes, visibility, name, .. } = model;
        let header = Header { attributes, visibility, name, base: None };
        let places = fields::places(&lowered.graph, &lowered.flat, &self.places);
        let code = self.emit(header, lowered, Fields::of_model(&lowered.graph, &lowered.flat), &places);
        self.places.insert(name.to_string(), places);
        code
    }

    /// The code of a view. What it looks into has been emitted before.
    pub fn view(&mut self, view: &View, lowered: &LoweredModel) -> TokenStream {
        let View { attributes, visibility, name, base, .. } = view;
        let header = Header { attributes, visibility, name, base: Some(base) };
        let Some((paths, whole)) = lowered.view.as_ref().zip(self.places.get(&base.to_string())) else {
            return TokenStream::new();
        };
        let place = |path: &String| whole.get(path).cloned().unwrap_or_else(|| path.replace('/', "."));
        // Behind the model's layers stand those that compute masks here alone.
        let own = lowered.flat.layers.iter().skip(paths.len()).map(|_| None);
        let fields: Vec<Option<String>> = paths.iter().map(place).map(Some).chain(own).collect();
        let names = lowered.flat.layers.iter().map(|layer| layer.name().to_owned());
        let places = names.zip(&fields).filter_map(|(name, field)| Some((name, format!("base.{}", field.as_ref()?)))).collect();
        let code = self.emit(header, lowered, Fields::of_view(name, &lowered.flat, &fields), &places);
        self.places.insert(name.to_string(), places);
        code
    }

    fn emit(&mut self, header: Header<'_>, lowered: &LoweredModel, fields: Fields, places: &Places) -> TokenStream {
        let (graph, Header { visibility, name, .. }) = (&lowered.graph, header);
        let mut blocks: Vec<(Arc<Graph>, Ident)> = Vec::new();
        collect_blocks(name, graph, &mut blocks, &mut self.taken);
        let mut masked: Vec<(Arc<Graph>, Ident)> = Vec::new();
        collect_masked(name, graph, &mut masked, &mut self.taken);
        let mut plans = Plans::default();
        let views: Vec<Moved> = masked
            .iter()
            .map(|(graph, name)| Moved::new(self.masked_view(Header { name, ..header }, graph, &masked, &mut plans)))
            .collect();
        let names = graph.names();
        let functions = self.functions;
        let shared = unit::Shared { visibility, blocks: &blocks, names: &names, masked: &masked, functions };
        let units = blocks.iter().map(|(graph, name)| {
            let (plan, fields) = (plans.of_block(graph), Fields::of_block(graph));
            Unit::new(graph, plan, name, fields, shared)
        });
        let units: Vec<Unit<'_>> = units.collect();
        let beside = units.iter().map(|unit| Moved::new(unit.emit_block()));
        let root = Unit::new(graph, plans.of(graph), name, fields, shared);
        let text = config::to_json(&lowered.flat);
        let configuration = raw_string(&text);
        let [support, tape] = [root.emit_support(), root.emit_tape()].map(Moved::new);
        let api = Moved::new(api::emit(header, lowered, &root, (&text, &configuration)));
        let records = [records::of_inputs(header, &root), records::of_outputs(header, &root)];
        let companion =
            Moved::new(companion::of_model(name, visibility, (&text, &configuration), &write_inside(lowered, places)));
        let code = quote! {
            #api
            #support
            #tape
            #(#records)*
            #(#beside)*
            #(#views)*
            #companion
        };
        constants::of_model(name, &lowered.flat, self.constants, code)
    }

    /// The view that a model is called through where it is called with masks: nobody else sees it.
    fn masked_view(
        &self,
        Header { visibility, name, .. }: Header<'_>,
        graph: &Arc<Graph>,
        masked: &[(Arc<Graph>, Ident)],
        plans: &mut Plans,
    ) -> TokenStream {
        let base = identifier(&graph.name, Span::call_site());
        let header = Header { attributes: &TokenStream::new(), visibility, name, base: Some(&base) };
        let whole = self.places.get(&graph.name);
        let place = |layer: &LayerNode| whole.and_then(|whole| whole.get(layer.name()).cloned());
        let fields: Vec<Option<String>> = graph.layers.iter().map(place).collect();
        let names = graph.names();
        let shared = unit::Shared { visibility, blocks: &[], names: &names, masked, functions: self.functions };
        let root = Unit::new(graph, plans.of(graph), name, Fields::of_view(name, graph, &fields), shared);
        let [support, tape] = [root.emit_support(), root.emit_tape()].map(Moved::new);
        let view = Moved::new(api::masked_view(header, &root));
        quote!(#view #support #tape)
    }
}

/// Tokens on their way into others: they are moved there, once, where quoting would copy them.
pub struct Moved(Cell<TokenStream>);

impl Moved {
    /// Tokens that are to be moved.
    pub const fn new(tokens: TokenStream) -> Self {
        Self(Cell::new(tokens))
    }
}

impl ToTokens for Moved {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend([self.0.take()]);
    }
}

/// A constant, for the code around the invocation too. One whose value has faults, which have been said, has some value all the same:
/// the compiler would say them again.
pub fn constant(constant: &Constant, is_sound: bool) -> TokenStream {
    let Constant { attributes, visibility, name, ty, tokens, .. } = constant;
    // What is said of a value may leave it a number here, and nothing in Rust: `+ 1`.
    if is_sound && syn::parse2::<syn::ItemConst>(tokens.clone()).is_ok() {
        return quote!(#attributes #visibility #tokens);
    }
    let value = match ty.to_string().as_str() {
        "bool" => quote!(false),
        "f32" | "f64" => quote!(0.0),
        text if text.contains("str") => quote!(""),
        _ => quote!(0),
    };
    quote!(#attributes #visibility const #name: #ty = #value;)
}

/// An identifier, raw where it would be a keyword.
pub fn identifier(name: &str, span: Span) -> Ident {
    match name {
        "self" | "Self" | "super" | "crate" | "_" | "" => format_ident!("{name}_", span = span), // these cannot be raw
        // No keyword has a digit, as most names of fields have.
        _ if name.contains(|c: char| c.is_ascii_digit()) => Ident::new(name, span),
        _ if syn::parse_str::<Ident>(name).is_ok() => Ident::new(name, span),
        _ => Ident::new_raw(name, span),
    }
}

/// A string as one reads it: `r#"{"units": 4}"#`.
pub fn raw_string(text: &str) -> Literal {
    let behind = |quoted: &str| quoted.bytes().take_while(|&byte| byte == b'#').count() + 1;
    // Texts are long, and few have the sign.
    let longest = if text.contains('#') { text.split('"').map(behind).max().unwrap_or(1) } else { 1 };
    let hashes = "#".repeat(longest);
    let is_plain = !text.contains(['"', '\\', '\n', '\r']);
    let raw = format!("r{hashes}\"{text}\"{hashes}");
    let is_raw = !is_plain && !text.contains('\r');
    is_raw.then(|| raw.parse().ok()).flatten().unwrap_or_else(|| Literal::string(text))
}

/// What the names of the structs beside a model's or a block's end with.
const BESIDE: [&str; 8] = ["", "Gradients", "Kept", "Transient", "Workspace", "Tape", "Inputs", "Outputs"];

/// The names that a model takes.
fn take(model: &Ident, taken: &mut HashSet<String>) {
    taken.extend(BESIDE.map(|what| format!("{model}{what}")));
}

/// The distinct block graphs below a graph, each with the name of its struct: the model's and the block's in one, numbered where there are
/// several.
fn collect_blocks(model: &Ident, graph: &Graph, blocks: &mut Vec<(Arc<Graph>, Ident)>, taken: &mut HashSet<String>) {
    for layer in &graph.layers {
        let Kind::Block(block) = &layer.kind else { continue };
        if layer.built.is_none() || blocks.iter().any(|(known, _)| Arc::ptr_eq(known, block)) {
            continue;
        }
        collect_blocks(model, block, blocks, taken);
        let name = free(&format_ident!("{}{}", model, camel_case(&block.name)), taken);
        blocks.push((block.clone(), name));
    }
}

/// The models below a graph that are called with masks, those in them included, each with the name of the view that it is called through.
fn collect_masked(model: &Ident, graph: &Graph, masked: &mut Vec<(Arc<Graph>, Ident)>, taken: &mut HashSet<String>) {
    for layer in graph.layers.iter().filter(|layer| layer.built.is_some()) {
        match &layer.kind {
            Kind::Layer(_) => {}
            Kind::Block(block) => collect_masked(model, block, masked, taken),
            Kind::Model(inner) if inner.masked_inputs.is_empty() || masked.iter().any(|(known, _)| known == inner) => {}
            Kind::Model(inner) => {
                collect_masked(model, inner, masked, taken);
                let name = free(&format_ident!("{}{}Masked", model, inner.name), taken);
                masked.push((inner.clone(), name));
            }
        }
    }
}

/// A name for a struct with others beside it, numbered where it is taken.
fn free(base: &Ident, taken: &mut HashSet<String>) -> Ident {
    let numbered = |count| if count == 1 { base.clone() } else { format_ident!("{}{}", base, count) };
    let is_free = |name: &Ident| BESIDE.iter().all(|what| !taken.contains(&format!("{name}{what}")));
    let name = (1_usize..).map(numbered).find(is_free).unwrap_or_else(|| base.clone());
    take(&name, taken);
    name
}

fn camel_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect::<String>()
    };
    name.split('_').map(capital).collect()
}
