//! The statements of backward: where each call's gradients come from, and what they are added to.

use model_graph::graph::{Kind, Node, NodeId, TensorId};
use model_graph::plan::{Flow, Place, Plan};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::super::Moved;
use super::{Pass, in_manner};
use crate::krate::KRATE;

impl Pass<'_, '_> {
    /// The body of `backward`.
    pub fn backward(&self) -> TokenStream {
        self.used.borrow_mut().clear();
        let plan = &self.unit.plan;
        let copied: Vec<TokenStream> = plan.copies.iter().map(|copy| self.copied_back(copy.output, &copy.flow)).collect();
        let statements: Vec<Moved> = self.calls().rev().map(|(id, node)| Moved::new(self.call_backward(id, node))).collect();
        let zeros = self.unread_inputs();
        let slots = self.bind_training_slots();
        let graph = self.unit.graph;
        let inputs = self.bind_ports("input_", "inputs", graph.inputs.len());
        let outputs = self.bind_ports("output_", "outputs", graph.outputs.len());
        let d_outputs = self.bind_ports("d_output_", "d_outputs", graph.outputs.len());
        let wanted =
            self.uses("wants_inputs").then(|| quote!(let wants_inputs = d_inputs.iter().any(::core::option::Option::is_some);));
        let d_inputs = self.bind_ports("d_input_", "d_inputs", graph.inputs.len());
        self.with_sizes(quote!(#inputs #outputs #d_outputs #wanted #d_inputs #slots #zeros #(#copied)* #(#statements)*))
    }

    /// The gradients of inputs that nothing depends on.
    fn unread_inputs(&self) -> TokenStream {
        let zeros = self.unit.plan.unread_inputs.iter().map(|&input| {
            let name = self.name("d_input_", input);
            quote!(if let ::core::option::Option::Some(#KRATE::layer::Gradient { data, accumulate: false }) = #name { data.fill(0.0); })
        });
        zeros.collect()
    }

    /// The gradient of a tensor, to be overwritten: nobody reads it later.
    fn gradient(&self, tensor: TensorId) -> TokenStream {
        match self.unit.plan.gradients[tensor.0] {
            Place::Output(i) => {
                let name = self.name("d_output_", i);
                quote!(&mut #name[..])
            }
            place => self.write(place, tensor),
        }
    }

    /// Where a call's contribution to a gradient goes: an `Option<Gradient>`.
    fn contribution(&self, flow: &Flow, tensor: TensorId) -> TokenStream {
        let (first, adds) = (flow.first, !flow.first);
        let gradient = match flow.place {
            Place::Input(i) => {
                let name = self.name("d_input_", i);
                return quote!(#name.as_mut().map(|gradient| gradient.contribution(#first)));
            }
            Place::Output(i) => {
                let name = self.name("d_output_", i);
                quote!(&mut #name[..])
            }
            Place::Slot(_) => self.write(flow.place, tensor),
        };
        let gradient = quote!(#KRATE::layer::Gradient { data: #gradient, accumulate: #adds });
        if flow.only_for_inputs && !self.is_guarded.get() {
            let wanted = self.wanted();
            return quote!(if #wanted { ::core::option::Option::Some(#gradient) } else { ::core::option::Option::None });
        }
        quote!(::core::option::Option::Some(#gradient))
    }

    fn copied_back(&self, output: usize, flow: &Flow) -> TokenStream {
        let tensor = self.unit.graph.outputs[output].tensor;
        let (to, from) = (self.contribution(flow, tensor), self.name("d_output_", output));
        quote!(#KRATE::layer::Gradient::give(#to, &#from[..]);)
    }

    fn call_backward(&self, id: usize, node: &Node) -> TokenStream {
        let (unit, plan) = (self.unit, &self.unit.plan.nodes[id]);
        let (field, at) = (unit.fields.name(node.layer), unit.fields.at(node.layer));
        let context = if plan.adds_to_weights { quote!(context.adding(true)) } else { quote!(context) };
        self.is_guarded.set(!plan.has_weights_before);
        let zeros = node.outputs.iter().filter(|output| plan.zeros.contains(&unit.plan.gradients[output.0])).map(|&output| {
            let gradient = self.gradient(output);
            quote!((#gradient).fill(0.0);)
        });
        let zeros: Vec<TokenStream> = zeros.collect();
        let d_inputs: Vec<TokenStream> =
            node.inputs.iter().zip(&plan.flows).map(|(&input, flow)| self.contribution(flow, input)).collect();
        let d_outputs: Vec<TokenStream> = node.outputs.iter().map(|&output| self.gradient(output)).collect();
        let places = &unit.plan.places;
        let statement = match &unit.graph.layers[node.layer.0].kind {
            Kind::Layer(_) => {
                let call = Literal::usize_unsuffixed(node.call);
                let views = node.inputs.iter().map(|&input| self.view(node, plan.needs.inputs, places[input.0], input));
                let output = self.view(node, plan.needs.output, places[node.outputs[0].0], node.outputs[0]);
                let saved = self.work(plan.saved, &plan.needs.saved);
                let scratch = self.work(plan.backward_scratch, &plan.needs.backward_scratch);
                let (views, d_inputs) = (quote!(&[#(#views),*]), quote!(&mut [#(#d_inputs),*], &mut gradients.#field));
                let context = in_manner(node, &self.part(node, &context));
                let Some((d_output, more)) = d_outputs.split_first() else { return TokenStream::new() };
                let tensors = match (self.fails(node), more) {
                    (None, []) => quote!(#views, #output, #d_output, #d_inputs),
                    _ => quote!(#views, #output, #d_output, &mut [#(#more),*], #d_inputs),
                };
                match self.fails(node) {
                    None if more.is_empty() => quote!(#at.backward(#context, #call, #tensors, #saved, #scratch);),
                    Some(fails) if self.is_own(node) => quote!(#at.run_back(#context, #call, #tensors, #saved) #fails),
                    fails => {
                        let fails = fails.unwrap_or_else(|| quote!(?;));
                        quote!(#at.backward_all(#context, #call, #tensors, #saved, #scratch) #fails)
                    }
                }
            }
            Kind::Model(_) | Kind::Block(_) => {
                let child = unit.plan.children.get(&NodeId(id));
                let reads = |which: fn(&Plan) -> &Vec<bool>, i: usize| {
                    child.is_none_or(|child| which(&child.plan).get(i).copied().unwrap_or(true))
                };
                let inputs = node.inputs.iter().enumerate();
                let inputs = inputs.map(|(i, &input)| self.read_if(reads(|plan| &plan.needs_inputs, i), places[input.0], input));
                let outputs = node.outputs.iter().enumerate();
                let outputs =
                    outputs.map(|(i, &output)| self.read_if(reads(|plan| &plan.needs_outputs, i), places[output.0], output));
                let (call, shared) = (unit.call_field(node.layer, node.call), unit.shared_field(node.layer));
                let context = match &unit.graph.layers[node.layer.0].kind {
                    Kind::Model(_) if plan.adds_to_weights => {
                        let within = self.within(node);
                        quote!(#within.adding(true))
                    }
                    Kind::Model(_) => self.within(node),
                    Kind::Layer(_) | Kind::Block(_) => context,
                };
                let ports = quote! {
                    #context, &[#(#inputs),*], &[#(#outputs),*], &mut [#(#d_outputs),*], &mut [#(#d_inputs),*], &mut gradients.#field,
                };
                let fails = self.fails(node).unwrap_or_else(|| quote!(?;));
                if matches!(&unit.graph.layers[node.layer.0].kind, Kind::Model(_)) {
                    quote!(#KRATE::network::Network::backward(&#at, &mut kept.#call, #ports) #fails)
                } else {
                    quote!(#at.backward(&mut kept.#call, &mut transient.#shared, #ports) #fails)
                }
            }
        };
        let merged = node.inputs.iter().zip(&plan.flows).filter_map(|(&input, flow)| self.merged(flow, input));
        let merged: Vec<TokenStream> = merged.collect();
        let statements = quote!(#(#zeros)* #statement #(#merged)*);
        if plan.has_weights_before {
            return statements;
        }
        self.is_guarded.set(false);
        let wanted = self.wanted();
        quote!(if #wanted { #statements })
    }

    /// The second gradient of a tensor that stands twice in one call, added to the first.
    fn merged(&self, flow: &Flow, tensor: TensorId) -> Option<TokenStream> {
        let target = Flow { place: flow.then?, first: false, then: None, only_for_inputs: flow.only_for_inputs };
        let (to, from) = (self.contribution(&target, tensor), self.read(flow.place, tensor));
        Some(quote!(#KRATE::layer::Gradient::give(#to, #from);))
    }
}
