//! What models and blocks have in common: a struct of layers, the structs beside it, and the methods that run it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use model_graph::Graph;
use model_graph::argument::OwnFunction;
use model_graph::dim::Dim;
use model_graph::graph::{Kind, LayerId, LayerNode};
use model_graph::layer::WeightSpec;
use model_graph::layers::{AnyLayer, Declaration};
use model_graph::plan::{Capacity, Plan};
use model_graph::shape::{DType, Shape};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::constants::{Places, joined};
use super::fields::{Field, Fields};
use super::pass::Pass;
use super::{Moved, identifier, raw_string, sizes};
use crate::krate::KRATE;

/// Where a tape and what is beside it hold their slots.
const SLOTS: &str = "slots";

/// A model or a block that is being emitted.
pub struct Unit<'g> {
    /// Its graph.
    pub graph: &'g Graph,
    /// How it runs.
    pub plan: Arc<Plan>,
    /// Its fields.
    pub fields: Fields,
    /// Its struct; the names of the structs beside it start with this.
    name: Ident,
    /// For each block or model that is called, the first layer of its kind.
    first: HashMap<LayerId, LayerId>,
    shared: Shared<'g>,
}

/// What a model and its blocks have in common.
#[derive(Clone, Copy)]
pub struct Shared<'g> {
    /// The model's visibility.
    pub visibility: &'g TokenStream,
    /// The blocks with the names of their structs.
    pub blocks: &'g [(Arc<Graph>, Ident)],
    /// The names of the model's dimensions, in the order in which their sizes are handed on.
    pub names: &'g [String],
    /// The models that are called with masks, with the views that they are called through.
    pub masked: &'g [(Arc<Graph>, Ident)],
    /// Where the functions of the code around stand that weights name.
    pub functions: &'g Places<'g>,
}

impl<'g> Unit<'g> {
    /// A model or a block.
    pub fn new(graph: &'g Arc<Graph>, plan: Arc<Plan>, name: &Ident, fields: Fields, shared: Shared<'g>) -> Self {
        let view = |layer: LayerId| masked_view(shared.masked, &graph.layers[layer.0].kind);
        let first = first_of_kind(graph, &fields, &view);
        let fields = fields.through(view);
        Self { graph, plan, fields, name: name.clone(), first, shared }
    }

    /// The names of the model's dimensions.
    pub const fn names(&self) -> &'g [String] {
        self.shared.names
    }

    /// One of the structs beside this one, which `syntax::BESIDE` lists.
    pub fn beside(&self, what: &str) -> Ident {
        format_ident!("{}{}", self.name, what)
    }

    /// The type of a field.
    fn field_type(&self, layer: LayerId) -> TokenStream {
        match &self.graph.layers[layer.0].kind {
            Kind::Layer(layer) => {
                let class = class_type(layer);
                quote!(#KRATE::layer::Layer<#class>)
            }
            Kind::Model(model) => identifier(&model.name, Span::call_site()).into_token_stream(),
            Kind::Block(block) => self.block_type(block, "").into_token_stream(),
        }
    }

    fn block_type(&self, block: &Arc<Graph>, what: &str) -> Ident {
        let found = self.shared.blocks.iter().find(|(known, _)| Arc::ptr_eq(known, block));
        found.map_or_else(|| format_ident!("Block"), |(_, name)| format_ident!("{}{}", name, what))
    }

    /// The type of what a child has for a purpose: its gradients, its tape.
    fn child_type(&self, layer: LayerId, block_what: &str, model_what: &str) -> Option<TokenStream> {
        match &self.graph.layers[layer.0].kind {
            Kind::Layer(_) => None,
            Kind::Block(block) => Some(self.block_type(block, block_what).into_token_stream()),
            Kind::Model(_) => {
                let view = masked_view(self.shared.masked, &self.graph.layers[layer.0].kind);
                let model = view.map_or_else(|| self.field_type(layer), ToTokens::into_token_stream);
                let what = format_ident!("{model_what}");
                Some(quote!(<#model as #KRATE::network::Network>::#what))
            }
        }
    }

    /// The struct of a block, with its methods and the structs beside it.
    pub fn emit_block(&self) -> TokenStream {
        let (name, visibility, block) = (&self.name, self.shared.visibility, &self.graph.name);
        let about = format!(" The block `{block}`, for inputs of {}.", self.input_types());
        let [fields, construct] = [self.struct_fields(), self.construct()].map(Moved::new);
        let [methods, support] = [self.methods(), self.emit_support()].map(Moved::new);
        quote! {
            #[doc = #about]
            #[derive(::core::clone::Clone, ::core::fmt::Debug)]
            #visibility struct #name { #fields }

            #[allow(dead_code)]
            impl #name {
                fn new(seeds: &mut #KRATE::initialize::Seeds) -> Self { #construct }
                #methods
            }
            #support
        }
    }

    fn input_types(&self) -> String {
        let types: Vec<String> = self.graph.inputs.iter().map(|port| self.graph.ty(port.tensor).to_string()).collect();
        types.join(" and ")
    }

    /// The declarations of the fields.
    pub fn struct_fields(&self) -> TokenStream {
        let fields = self.fields.iter().map(|(id, Field { name, .. })| {
            let ty = self.field_type(id);
            let layer = &self.graph.layers[id.0];
            let about = match &layer.built {
                Some(inputs) => format!(
                    " `{}` of {}",
                    layer.kind.source(),
                    inputs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                ),
                None => format!(" {}", layer.kind.source()),
            };
            quote!(#[doc = #about] pub #name: #ty,)
        });
        fields.collect()
    }

    /// The expression that makes the struct, from `seeds`.
    pub fn construct(&self) -> TokenStream {
        let fields = self.fields.iter().map(|(id, Field { name, .. })| {
            let ty = self.field_type(id);
            let layer = &self.graph.layers[id.0];
            match &layer.kind {
                Kind::Layer(any) => {
                    let made = generated(layer, any, &self.knowing(layer, any, quote!(seeds)));
                    quote!(#name: #made,)
                }
                Kind::Model(_) if !layer.trainable => quote! {
                    #name: #KRATE::compiled::frozen(#ty::with_seeds(seeds)),
                },
                Kind::Model(_) => quote!(#name: #ty::with_seeds(seeds),),
                Kind::Block(_) => quote!(#name: #ty::new(seeds),),
            }
        });
        quote!(Self { #(#fields)* })
    }

    /// Seeds for a layer, which know the functions that it names.
    fn knowing(&self, layer: &LayerNode, any: &AnyLayer, seeds: TokenStream) -> TokenStream {
        let weights = any.weights(layer.built.as_deref().unwrap_or_default());
        let mut known: Vec<(&str, OwnFunction)> = Vec::new();
        let activities = any.activity_functions().into_iter().map(|own| ("regularizer", own));
        for function in weights.iter().flat_map(WeightSpec::functions).chain(activities) {
            if !known.contains(&function) {
                known.push(function);
            }
        }
        if known.is_empty() {
            return seeds;
        }
        let functions = known.iter().map(|(what, function)| {
            let (name, path) = (function.name(), self.shared.functions.path(function.path()));
            if function.config().is_some() {
                let method = format_ident!("{what}_class");
                return quote!(.#method::<#path>(#name));
            }
            let method = format_ident!("{what}");
            quote!(.#method(#name, #path))
        });
        quote!(#seeds.knowing(#KRATE::custom::WeightFunctions::new() #(#functions)*))
    }

    /// What a view has besides its model's layers: operations that compute masks, each made once.
    pub fn own_layers(&self) -> TokenStream {
        let own = self.fields.iter().filter(|(_, field)| field.is_of_view()).map(|(id, Field { name, .. })| {
            let layer = &self.graph.layers[id.0];
            let Kind::Layer(any) = &layer.kind else { return TokenStream::new() };
            let (ty, made) = (self.field_type(id), generated(layer, any, &quote!(&mut #KRATE::initialize::Seeds::new(0))));
            quote! {
                fn #name() -> &'static #ty {
                    static LAYER: ::std::sync::OnceLock<#ty> = ::std::sync::OnceLock::new();
                    LAYER.get_or_init(|| #made)
                }
            }
        });
        own.collect()
    }

    /// The structs beside: gradients, what is kept for backward, what calls share, and what inference works in.
    pub fn emit_support(&self) -> TokenStream {
        let [gradients, kept, transient, workspace] =
            ["Gradients", "Kept", "Transient", "Workspace"].map(|what| self.beside(what));
        let (visibility, of) = (self.shared.visibility, format!("[`{}`]", self.name));
        let gradient_fields = self.gradient_fields();
        let (kept_fields, transient_fields) = (self.kept_fields(), self.transient_fields());
        let workspace_fields = self.workspace_fields();
        let docs = [
            "The gradients of the weights of",
            "What a call leaves for backward: a tape of",
            "The room that all calls share of",
            "The room that inference works in, of",
        ]
        .map(|what| format!(" {what} {of}."));
        let [gradients_doc, kept_doc, transient_doc, workspace_doc] = docs;
        let plan = &self.plan;
        let capacities = |slots: &[usize]| slots.iter().map(|&slot| &plan.slots[slot].capacity).collect::<Vec<_>>();
        let kept_sizes = self.sizes(&kept, &capacities(&self.kept_slots()));
        let transient_sizes = self.sizes(&transient, &capacities(&self.transient_slots()));
        let workspace_sizes = self.sizes(&workspace, &plan.inference.slots.iter().collect::<Vec<_>>());
        quote! {
            #[doc = #gradients_doc]
            #[derive(::core::clone::Clone, ::core::fmt::Debug)]
            #visibility struct #gradients { #gradient_fields }
            #[doc = #kept_doc]
            #[doc(hidden)]
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::default::Default)]
            #visibility struct #kept { #kept_fields }
            #[doc = #transient_doc]
            #[doc(hidden)]
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::default::Default)]
            #visibility struct #transient { #transient_fields }
            #[doc = #workspace_doc]
            #[doc(hidden)]
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::default::Default)]
            #visibility struct #workspace { #workspace_fields }
            #kept_sizes
            #transient_sizes
            #workspace_sizes
        }
    }

    /// What the calls of a model leave for backward and work in: what is kept and what is shared, in one struct.
    pub fn emit_tape(&self) -> TokenStream {
        let [tape, kept, transient] = ["Tape", "Kept", "Transient"].map(|what| self.beside(what));
        let (visibility, about) = (self.shared.visibility, format!(" What a step of [`{}`] leaves and works in.", self.name));
        quote! {
            #[doc = #about]
            #[doc(hidden)]
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::default::Default)]
            #visibility struct #tape {
                kept: #kept,
                transient: #transient,
            }
        }
    }

    fn gradient_fields(&self) -> TokenStream {
        let fields = self.fields.iter().map(|(id, Field { name, .. })| {
            let about = format!(" Of `{name}`.");
            let ty = match &self.graph.layers[id.0].kind {
                Kind::Layer(layer) => {
                    let class = class_type(layer);
                    quote!(#KRATE::layer::Weights<#class>)
                }
                Kind::Model(_) | Kind::Block(_) => self.child_type(id, "Gradients", "Gradients").into_token_stream(),
            };
            quote!(#[doc = #about] pub #name: #ty,)
        });
        fields.collect()
    }

    /// The kept slots, and the tape of every call of a block or model.
    fn kept_fields(&self) -> TokenStream {
        let slots = self.kept_slots().len();
        let calls = self.graph.nodes.iter().filter_map(|node| {
            let ty = self.child_type(node.layer, "Kept", "Tape")?;
            let name = self.call_field(node.layer, node.call);
            Some(quote!(#name: #ty,))
        });
        quote!(slots: #KRATE::slots::Slots<#slots>, #(#calls)*)
    }

    /// The transient slots, and the shared room of every distinct block.
    fn transient_fields(&self) -> TokenStream {
        let slots = self.transient_slots().len();
        let shared = self.distinct(true).into_iter().filter_map(|(layer, name)| {
            let ty = self.child_type(layer, "Transient", "Tape")?;
            Some(quote!(#name: #ty,))
        });
        quote!(slots: #KRATE::slots::Slots<#slots>, #(#shared)*)
    }

    fn workspace_fields(&self) -> TokenStream {
        let slots = self.plan.inference.slots.len();
        let shared = self.distinct(false).into_iter().filter_map(|(layer, name)| {
            let ty = self.child_type(layer, "Workspace", "Workspace")?;
            Some(quote!(#name: #ty,))
        });
        quote!(slots: #KRATE::slots::Slots<#slots>, #(#shared)*)
    }

    /// The field of one call of a block or model in the tape.
    pub fn call_field(&self, layer: LayerId, call: usize) -> Ident {
        let field = self.fields.name(layer);
        if call == 0 { self.beside_slots(field) } else { self.free(format_ident!("{}_call_{}", field, call)) }
    }

    /// The name of a field where slots lie beside it, before which it gives way.
    fn beside_slots(&self, field: Ident) -> Ident {
        if field == SLOTS { self.free(format_ident!("{}_", field)) } else { field }
    }

    /// A name that no field has: layers may have any.
    fn free(&self, mut name: Ident) -> Ident {
        while self.fields.is_taken(&name) {
            name = format_ident!("{}_", name);
        }
        name
    }

    /// One field for each distinct block, and for each distinct model unless only blocks are asked for.
    fn distinct(&self, only_blocks: bool) -> Vec<(LayerId, Ident)> {
        let is_wanted = |id: &LayerId| match &self.graph.layers[id.0].kind {
            Kind::Layer(_) => false,
            Kind::Model(_) => !only_blocks,
            Kind::Block(_) => true,
        };
        let first = self.fields.iter().filter(|(id, _)| self.first.get(id) == Some(id) && is_wanted(id));
        first.map(|(id, field)| (id, self.beside_slots(field.name.clone()))).collect()
    }

    /// The field of the room that the calls of a block or model share: that of the first layer of its kind.
    pub fn shared_field(&self, layer: LayerId) -> Ident {
        self.beside_slots(self.fields.name(self.first.get(&layer).copied().unwrap_or(layer)))
    }

    /// The slots that are kept, by their number in the plan.
    pub fn kept_slots(&self) -> Vec<usize> {
        (0..self.plan.slots.len()).filter(|&slot| self.plan.slots[slot].kept).collect()
    }

    /// The slots that calls share, by their number in the plan.
    pub fn transient_slots(&self) -> Vec<usize> {
        (0..self.plan.slots.len()).filter(|&slot| !self.plan.slots[slot].kept).collect()
    }

    /// The methods of a block: those of `Network`, with what is kept and what is shared apart.
    fn methods(&self) -> TokenStream {
        let (kept, transient) = (self.beside("Kept"), self.beside("Transient"));
        let (workspace, gradients) = (self.beside("Workspace"), self.beside("Gradients"));
        let pass = Pass::new(self);
        let [infer, forward, backward] = [pass.infer(), pass.forward(), pass.backward()].map(Moved::new);
        let [update, visit, visits] = [self.update(), self.visit(), self.visits(&gradients)].map(Moved::new);
        let zeros = Moved::new(self.zero_gradients());
        let visit_states = self.visit_states();
        quote! {
            fn gradients(&self) -> #gradients { #gradients #zeros }
            fn infer(
                &self, workspace: &mut #workspace, context: #KRATE::layer::Context<'_>,
                inputs: &[&[f32]], outputs: &mut [&mut [f32]],
            ) -> #KRATE::Result<()> { #infer }
            fn forward(
                &self, kept: &mut #kept, transient: &mut #transient, context: #KRATE::layer::Context<'_>,
                inputs: &[&[f32]], outputs: &mut [&mut [f32]],
            ) -> #KRATE::Result<()> { #forward }
            #[allow(clippy::too_many_arguments)]
            fn backward(
                &self, kept: &mut #kept, transient: &mut #transient, context: #KRATE::layer::Context<'_>,
                inputs: &[&[f32]], outputs: &[&[f32]], d_outputs: &mut [&mut [f32]],
                d_inputs: &mut [::core::option::Option<#KRATE::layer::Gradient<'_, f32>>], gradients: &mut #gradients,
            ) -> #KRATE::Result<()> { #backward }
            #visit
            #visit_states
            fn update(&mut self, kept: &#kept) { #update }
            #visits
        }
    }
}

/// The expression that makes a layer.
fn generated(layer: &LayerNode, any: &AnyLayer, seeds: &TokenStream) -> TokenStream {
    let (class, arguments) = (class_type(any), arguments(any));
    // No weight follows from a mask.
    let inputs = layer.built.iter().flatten().filter(|input| input.dtype != DType::Bool);
    let shapes = inputs.map(|input| shape_for_weights(&input.shape));
    let frozen = (!layer.trainable).then(|| quote!(.frozen()));
    let cells: BTreeSet<&str> =
        any.own().into_iter().filter(|_| any.signature().is_none()).map(|own| own.signature.name).collect();
    let cells = cells.into_iter().map(|name| {
        let cell = identifier(name, Span::call_site());
        quote!(.with_cell::<#cell>())
    });
    quote!(#KRATE::layer::Layer::<#class>::generated(#arguments, &[#(&#shapes),*], #seeds) #(#cells)* #frozen)
}

/// The type of a layer's arguments: this library's, or the user's own, which is in scope as a model is.
fn class_type(layer: &AnyLayer) -> TokenStream {
    match layer.declaration() {
        Declaration::Class(class) | Declaration::Operation(_, class) => {
            let class = format_ident!("{}", class.name);
            quote!(#KRATE::layers::#class)
        }
        Declaration::Custom(signature) => identifier(signature.name, Span::call_site()).into_token_stream(),
    }
}

/// The view that a model is called through, if it is called with masks.
fn masked_view(masked: &[(Arc<Graph>, Ident)], kind: &Kind) -> Option<Ident> {
    let Kind::Model(model) = kind else { return None };
    masked.iter().find(|(known, _)| known == model).map(|(_, view)| view.clone())
}

/// The first layer of its kind for each that is a block or model: of the same block, or of the same model, called with masks or without.
fn first_of_kind(graph: &Graph, fields: &Fields, view: &impl Fn(LayerId) -> Option<Ident>) -> HashMap<LayerId, LayerId> {
    let (mut blocks, mut models) = (HashMap::new(), HashMap::new());
    let first = fields.iter().filter_map(|(id, _)| match &graph.layers[id.0].kind {
        Kind::Layer(_) => None,
        Kind::Block(block) => Some((id, *blocks.entry(Arc::as_ptr(block)).or_insert(id))),
        Kind::Model(model) => Some((id, *models.entry((&model.name, view(id))).or_insert(id))),
    });
    first.collect()
}

impl Unit<'_> {
    /// The sizes of the slots of a struct: a constant, or a function of the sizes of named dimensions.
    fn sizes(&self, name: &Ident, slots: &[&Capacity]) -> TokenStream {
        let (count, memories) = (slots.len(), slots.iter().map(|slot| sizes::capacity(slot)));
        let memories = quote!([#(#memories),*]);
        let parameters = sizes::parameters(self.names(), &memories);
        let memory = quote!(#KRATE::slots::Memory);
        match parameters.as_slice() {
            [] => quote! {
                impl #name {
                    const SIZES: [#memory; #count] = #memories;
                }
            },
            parameters => quote! {
                impl #name {
                    const fn sizes(#(#parameters: usize),*) -> [#memory; #count] { #memories }
                }
            },
        }
    }

    /// The expression for the sizes of slots.
    pub fn sizes_of(&self, what: &str, slots: &[&Capacity]) -> TokenStream {
        let name = self.beside(what);
        if self.names().is_empty() {
            return quote!(#name::SIZES);
        }
        let memories = slots.iter().map(|slot| sizes::capacity(slot));
        match sizes::parameters(self.names(), &quote!(#(#memories)*)).as_slice() {
            [] => quote!(#name::SIZES),
            arguments => quote!(#name::sizes(#(#arguments),*)),
        }
    }
}

/// A shape that weights are made for. No weight depends on a size that is known by name only: 1 stands for it.
fn shape_for_weights(shape: &Shape) -> TokenStream {
    let known = |dim: &Dim| if dim.is_constant() { dim.clone() } else { Dim::constant(1) };
    sizes::shape(&Shape(shape.0.iter().map(known).collect()))
}

/// The arguments of a layer that are not defaults, as JSON.
fn arguments(layer: &AnyLayer) -> TokenStream {
    let text = serde_json::Value::Object(layer.essential()).to_string();
    joined(&text).map_or_else(|| raw_string(&text).into_token_stream(), |text| quote!(&#text))
}
