//! The statements of inference, forward and backward: one a call, in the plan's order.

mod backward;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use model_graph::graph::{Kind, Node, TensorId};
use model_graph::layer::Space;
use model_graph::plan::{Capacity, Place};
use model_graph::shape::Shape;
use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::unit::Unit;
use super::{Moved, sizes};
use crate::krate::KRATE;

/// The statements of one unit, and which names they use.
pub struct Pass<'u, 'g> {
    unit: &'u Unit<'g>,
    used: RefCell<BTreeSet<String>>,
    /// Whether what is emitted stands where gradients of inputs are known to be wanted.
    is_guarded: Cell<bool>,
}

impl<'u, 'g> Pass<'u, 'g> {
    /// Nothing emitted yet.
    pub fn new(unit: &'u Unit<'g>) -> Self {
        Self { unit, used: RefCell::default(), is_guarded: Cell::new(false) }
    }

    fn name(&self, prefix: &str, index: usize) -> Ident {
        let name = format_ident!("{prefix}{index}");
        self.used.borrow_mut().insert(name.to_string());
        name
    }

    fn wanted(&self) -> Ident {
        self.used.borrow_mut().insert("wants_inputs".to_owned());
        format_ident!("wants_inputs")
    }

    fn uses(&self, name: &str) -> bool {
        self.used.borrow().contains(name)
    }

    /// The slots that are bound, each at its size for the batch; those that nothing uses are passed over.
    fn bind_slots(&self, from: &str, what: &str, slots: &[usize]) -> TokenStream {
        if !slots.iter().any(|slot| self.uses(&format!("slot_{slot}"))) {
            return TokenStream::new();
        }
        let names = slots.iter().map(|slot| {
            let name = format_ident!("slot_{slot}");
            if self.uses(&name.to_string()) { quote!(#name) } else { quote!(_) }
        });
        let capacities: Vec<_> = slots.iter().map(|&slot| self.capacity(what, slot)).collect();
        let (from, sizes) = (format_ident!("{from}"), self.unit.sizes_of(what, &capacities));
        quote!(let [#(#names),*] = #from.slots.fit(batch, &#sizes);)
    }

    /// The caller's tensors by name; those that nothing uses are passed over.
    fn bind_ports(&self, prefix: &str, from: &str, count: usize) -> TokenStream {
        let names: Vec<String> = (0..count).map(|i| format!("{prefix}{i}")).collect();
        if !names.iter().any(|name| self.uses(name)) {
            return TokenStream::new();
        }
        let names = names.iter().map(|name| if self.uses(name) { format_ident!("{name}") } else { format_ident!("_") });
        let from = format_ident!("{from}");
        quote!(let [#(#names),*] = #from else { ::core::unreachable!("the caller has counted") };)
    }

    fn capacity(&self, what: &str, slot: usize) -> &'u Capacity {
        let plan = &self.unit.plan;
        if what == "Workspace" { &plan.inference.slots[slot] } else { &plan.slots[slot].capacity }
    }

    fn shape(&self, tensor: TensorId) -> &'u Shape {
        &self.unit.graph.ty(tensor).shape
    }

    /// The shape of a sample of a call: of one step, where it is for each.
    fn shape_in(&self, node: &Node, tensor: TensorId) -> TokenStream {
        let folded = usize::from(node.manner.is_for_each_step());
        sizes::shape(&Shape(self.shape(tensor).0.iter().skip(folded).cloned().collect()))
    }

    fn elements(&self, tensor: TensorId) -> TokenStream {
        sizes::elements(self.shape(tensor))
    }

    /// A tensor that is read.
    fn read(&self, place: Place, tensor: TensorId) -> TokenStream {
        match place {
            Place::Input(i) => {
                let name = self.name("input_", i);
                quote!(&#name[..])
            }
            Place::Output(i) => {
                let name = self.name("output_", i);
                quote!(&#name[..])
            }
            Place::Slot(i) => {
                let (name, elements) = (self.name("slot_", i), self.elements(tensor));
                quote!(&#name[..#elements])
            }
        }
    }

    fn view(&self, node: &Node, is_read: bool, place: Place, tensor: TensorId) -> TokenStream {
        let (shape, data) = (self.shape_in(node, tensor), self.read_if(is_read, place, tensor));
        quote!(#KRATE::layer::View::new(&#shape, #data))
    }

    /// A tensor that is written.
    fn write(&self, place: Place, tensor: TensorId) -> TokenStream {
        match place {
            Place::Input(i) => {
                let name = self.name("input_", i); // an input is never written: a plan that says so does not compile
                quote!(#name)
            }
            Place::Output(i) => {
                let name = self.name("output_", i);
                quote!(&mut #name[..])
            }
            Place::Slot(i) => {
                let (name, elements) = (self.name("slot_", i), self.elements(tensor));
                quote!(&mut #name[..#elements])
            }
        }
    }

    /// What is read of a tensor, or nothing where nobody looks at it: its memory may be another's then.
    fn read_if(&self, is_read: bool, place: Place, tensor: TensorId) -> TokenStream {
        if is_read { self.read(place, tensor) } else { quote!(&[]) }
    }

    /// The part of a slot that a call works in.
    fn work(&self, slot: Option<usize>, space: &Space) -> TokenStream {
        let Some(slot) = slot else { return quote!(&mut []) };
        let (name, elements) = (self.name("slot_", slot), sizes::room(space));
        quote!(&mut #name[..#elements])
    }

    fn calls(&self) -> impl DoubleEndedIterator<Item = (usize, &'g Node)> {
        let nodes = self.unit.graph.nodes.iter().enumerate();
        nodes.filter(|(id, _)| !self.unit.plan.nodes[*id].is_view)
    }

    /// The body of `infer`.
    pub fn infer(&self) -> TokenStream {
        self.used.borrow_mut().clear();
        let (unit, plan) = (self.unit, &self.unit.plan.inference);
        let statements: Vec<Moved> = self
            .calls()
            .map(|(id, node)| {
                let at = unit.fields.at(node.layer);
                let shared = unit.shared_field(node.layer);
                let fails = self.fails(node).unwrap_or_else(|| quote!(?;));
                match &unit.graph.layers[node.layer.0].kind {
                    Kind::Layer(_) => {
                        let scratch = self.work(plan.scratch[id], &unit.plan.nodes[id].needs.forward_scratch);
                        let none = quote!(&mut []);
                        self.layer_forward(node, &quote!(context), &plan.places, &none, &scratch)
                    }
                    Kind::Model(_) => {
                        let (inputs, outputs) = self.ports(node, &plan.places);
                        let context = named(node, &self.part(node, &quote!(context)));
                        quote!(#KRATE::network::Network::infer(&#at, &mut workspace.#shared, #context, &[#inputs], &mut [#outputs]) #fails)
                    }
                    Kind::Block(_) => {
                        let (inputs, outputs) = self.ports(node, &plan.places);
                        quote!(#at.infer(&mut workspace.#shared, context, &[#inputs], &mut [#outputs]) #fails)
                    }
                }
            })
            .map(Moved::new)
            .collect();
        let copies = self.copies(&plan.places);
        let all: Vec<usize> = (0..plan.slots.len()).collect();
        let slots = self.bind_slots("workspace", "Workspace", &all);
        let ports = self.bind_forward();
        self.with_sizes(quote!(#ports #slots #(#statements)* #copies))
    }

    fn bind_forward(&self) -> TokenStream {
        let inputs = self.bind_ports("input_", "inputs", self.unit.graph.inputs.len());
        let outputs = self.bind_ports("output_", "outputs", self.unit.graph.outputs.len());
        // `inputs` is a slice of slices: its elements are bound by reference.
        quote!(#inputs #outputs)
    }

    /// What stands behind a call that may fail, since code of the user's own is in it: an error is told with the names that lead there.
    fn fails(&self, node: &Node) -> Option<TokenStream> {
        let runs_own_code = match &self.unit.graph.layers[node.layer.0].kind {
            Kind::Layer(any) => any.runs_own_code(),
            Kind::Model(inner) | Kind::Block(inner) => inner.runs_own_code(),
        };
        let name = self.unit.fields.name(node.layer).unraw().to_string();
        runs_own_code.then(|| quote!(.map_err(|error| error.of_layer(#name))?;))
    }

    /// Whether a layer is one of the user's own.
    fn is_own(&self, node: &Node) -> bool {
        matches!(&self.unit.graph.layers[node.layer.0].kind, Kind::Layer(any) if any.signature().is_some())
    }

    fn layer_forward(
        &self,
        node: &Node,
        context: &TokenStream,
        places: &[Place],
        saved: &TokenStream,
        scratch: &TokenStream,
    ) -> TokenStream {
        let at = self.unit.fields.at(node.layer);
        let call = Literal::usize_unsuffixed(node.call);
        let views = node.inputs.iter().map(|&input| self.view(node, true, places[input.0], input));
        let mut outputs = node.outputs.iter().map(|&output| self.write(places[output.0], output));
        let (sizes, data, more) = (self.shape_in(node, node.outputs[0]), outputs.next(), outputs.collect::<Vec<_>>());
        let context = in_manner(node, &self.part(node, context));
        match self.fails(node) {
            None if more.is_empty() => {
                quote!(#at.forward(#context, #call, &[#(#views),*], &#sizes, #data, #saved, #scratch);)
            }
            Some(fails) if self.is_own(node) => {
                quote!(#at.run(#context, #call, &[#(#views),*], &#sizes, #data, &mut [#(#more),*], #saved) #fails)
            }
            fails => {
                let fails = fails.unwrap_or_else(|| quote!(?;));
                quote!(#at.forward_all(#context, #call, &[#(#views),*], &#sizes, #data, &mut [#(#more),*], #saved, #scratch) #fails)
            }
        }
    }

    /// A context for the samples of a call: all steps, where it is for each.
    fn part(&self, node: &Node, context: &TokenStream) -> TokenStream {
        let steps = self.unit.graph.steps(node).map(|steps| {
            let steps = sizes::size(steps);
            quote!(.of_steps(#steps))
        });
        quote!(#context #steps)
    }

    /// The context of a call of a model.
    fn within(&self, node: &Node) -> TokenStream {
        let call = Literal::usize_unsuffixed(node.call);
        let infers = node.manner.infers().then(|| quote!(.inferring(true)));
        let context = self.part(node, &quote!(context));
        named(node, &quote!(#context.within(#call) #infers))
    }

    /// The tensors of a call of a block or model.
    fn ports(&self, node: &Node, places: &[Place]) -> (TokenStream, TokenStream) {
        let inputs = node.inputs.iter().map(|&input| self.read(places[input.0], input));
        let outputs = node.outputs.iter().map(|&output| self.write(places[output.0], output));
        (quote!(#(#inputs),*), quote!(#(#outputs),*))
    }

    /// Outputs that are another tensor as well.
    fn copies(&self, places: &[Place]) -> TokenStream {
        let copies = self.unit.plan.copies.iter().map(|copy| {
            let tensor = self.unit.graph.outputs[copy.output].tensor;
            let (from, to) = (self.read(places[tensor.0], tensor), self.write(Place::Output(copy.output), tensor));
            quote!((#to).copy_from_slice(#from);)
        });
        copies.collect()
    }

    /// The body of `forward`.
    pub fn forward(&self) -> TokenStream {
        self.used.borrow_mut().clear();
        let (unit, plan) = (self.unit, &self.unit.plan);
        let statements: Vec<Moved> = self
            .calls()
            .map(|(id, node)| {
                let at = unit.fields.at(node.layer);
                let (call, shared) = (unit.call_field(node.layer, node.call), unit.shared_field(node.layer));
                let fails = self.fails(node).unwrap_or_else(|| quote!(?;));
                match &unit.graph.layers[node.layer.0].kind {
                    Kind::Layer(_) => {
                        let (saved, scratch) = {
                            let node = &plan.nodes[id];
                            (self.work(node.saved, &node.needs.saved), self.work(node.forward_scratch, &node.needs.forward_scratch))
                        };
                        self.layer_forward(node, &quote!(context), &plan.places, &saved, &scratch)
                    }
                    Kind::Model(_) => {
                        let ((inputs, outputs), context) = (self.ports(node, &plan.places), self.within(node));
                        quote!(#KRATE::network::Network::forward(&#at, &mut kept.#call, #context, &[#inputs], &mut [#outputs]) #fails)
                    }
                    Kind::Block(_) => {
                        let (inputs, outputs) = self.ports(node, &plan.places);
                        quote!(#at.forward(&mut kept.#call, &mut transient.#shared, context, &[#inputs], &mut [#outputs]) #fails)
                    }
                }
            })
            .map(Moved::new)
            .collect();
        let copies = self.copies(&plan.places);
        let (slots, ports) = (self.bind_training_slots(), self.bind_forward());
        self.with_sizes(quote!(#ports #slots #(#statements)* #copies))
    }

    /// Statements with the number of samples and the sizes of named dimensions, where they use them.
    fn with_sizes(&self, statements: TokenStream) -> TokenStream {
        let batch = mentions(&statements, "batch").then(|| quote!(let batch = context.batch;));
        let named = sizes::used(self.unit.names(), &statements)
            .map(|names| quote!(let &[#(#names),*] = context.named else { ::core::unreachable!("the caller has counted") };));
        let statements = Moved::new(statements);
        quote!(#batch #named #statements ::core::result::Result::Ok(()))
    }

    fn bind_training_slots(&self) -> TokenStream {
        let kept = self.bind_slots("kept", "Kept", &self.unit.kept_slots());
        let transient = self.bind_slots("transient", "Transient", &self.unit.transient_slots());
        quote!(#kept #transient)
    }
}

/// A context for a call with tensors in slots, or with flags.
fn in_manner(node: &Node, context: &TokenStream) -> TokenStream {
    if node.manner.of_one_step().is_plain() {
        return context.clone();
    }
    let given = node.manner.given().map(Literal::u8_unsuffixed);
    let flags = Literal::u8_unsuffixed(node.manner.flags());
    let flags = (node.manner.flags() != 0).then(|| quote!(.with_flags(#flags)));
    let infers = node.manner.infers().then(|| quote!(.inferring()));
    quote!(#context.in_manner(#KRATE::layer::Manner::new([#(#given),*]) #flags #infers))
}

/// A context for what a call's model has of named dimensions.
fn named(node: &Node, context: &TokenStream) -> TokenStream {
    let own = node.named.iter().map(|(_, dim)| sizes::size(dim));
    if node.named.is_empty() { context.clone() } else { quote!(#context.with_named(&[#(#own),*])) }
}

/// Whether an identifier stands anywhere in some tokens.
pub fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
