//! The functions that go through the weights of a model or block: visits, updates, freezing.

use std::collections::HashMap;

use model_graph::graph::Kind;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::fields::Field;
use super::unit::Unit;
use super::{Moved, sizes};
use crate::krate::KRATE;

impl Unit<'_> {
    /// The fields of gradients that are zero.
    pub fn zero_gradients(&self) -> TokenStream {
        let each = self.fields.iter().map(|(id, field)| {
            let (name, at) = (&field.name, field.at());
            match &self.graph.layers[id.0].kind {
                Kind::Layer(_) | Kind::Block(_) => quote!(#name: #at.gradients(),),
                Kind::Model(_) => quote!(#name: #KRATE::network::Network::gradients(&#at),),
            }
        });
        quote!({ #(#each)* })
    }

    /// Updates of statistics, from what is kept.
    pub fn update(&self) -> TokenStream {
        let kept = self.kept_slots();
        let indices: HashMap<usize, usize> = kept.into_iter().enumerate().map(|(index, slot)| (slot, index)).collect();
        let statements = self.graph.nodes.iter().zip(&self.plan.nodes).filter_map(|(node, plan)| {
            if node.manner.infers() {
                return None;
            }
            let layer = &self.graph.layers[node.layer.0];
            let (at_mut, call) = (self.fields.get(node.layer)?.at_mut(), self.call_field(node.layer, node.call));
            match &layer.kind {
                Kind::Block(_) => Some(quote!(#at_mut.update(&kept.#call);)),
                Kind::Model(_) => Some(quote!(#KRATE::network::Trainable::update(&mut #at_mut, &kept.#call);)),
                Kind::Layer(any) => {
                    let slot = plan.saved.filter(|_| layer.weights.iter().any(|weight| !weight.trainable))?;
                    let index = indices.get(&slot)?;
                    // What statistics follow from is of a known size, or has its slot to itself while it is needed.
                    let saved = match plan.needs.saved.known() {
                        Some(_) => {
                            let saved = sizes::space(&plan.needs.saved);
                            quote!(kept.slots.saved(#index, #saved))
                        }
                        None => quote!(kept.slots.whole(#index)),
                    };
                    Some(match any.signature() {
                        Some(_) => quote!(#at_mut.run_update(#saved);),
                        None => quote!(#at_mut.update(#saved);),
                    })
                }
            }
        });
        statements.collect()
    }

    /// The visit of all weights.
    pub fn visit(&self) -> TokenStream {
        let each = self.each(|field, kind| {
            let at = field.at();
            match kind {
                Kind::Layer(_) | Kind::Block(_) => quote!(#at.visit(visitor);),
                Kind::Model(_) => quote!(#KRATE::network::Network::visit(&#at, visitor);),
            }
        });
        let weight = quote!(#KRATE::layer::Weight<f32>);
        quote!(fn visit(&self, visitor: &mut dyn ::core::ops::FnMut(&#weight, bool)) { #each })
    }

    /// The visit of the states that layers keep; none where no layer keeps any.
    pub fn visit_states(&self) -> Option<TokenStream> {
        let keeps = |kind: &Kind| kind.keeps_states();
        self.graph.layers.iter().any(|layer| keeps(&layer.kind)).then(|| {
            let each = self.each(|field, kind| {
                let at = field.at();
                match kind {
                    kind if !keeps(kind) => TokenStream::new(),
                    Kind::Layer(_) | Kind::Block(_) => quote!(#at.visit_states(visitor);),
                    Kind::Model(_) => quote!(#KRATE::network::Network::visit_states(&#at, visitor);),
                }
            });
            let kept = quote!(#KRATE::states::Kept<f32>);
            quote!(fn visit_states(&self, visitor: &mut dyn ::core::ops::FnMut(&#kept)) { #each })
        })
    }

    /// The visits of all weights that may change them.
    pub fn visits(&self, gradients: &impl ToTokens) -> TokenStream {
        let trainable = quote!(#KRATE::network::Trainable);
        let frozen = self.each(|field, kind| {
            let at_mut = field.at_mut();
            match kind {
                Kind::Layer(_) => quote!(#at_mut.trainable = trainable;),
                Kind::Model(_) => quote!(#trainable::set_trainable(&mut #at_mut, trainable);),
                Kind::Block(_) => quote!(#at_mut.set_trainable(trainable);),
            }
        });
        let unique = self.each(|field, kind| {
            let at_mut = field.at_mut();
            match kind {
                Kind::Layer(_) => quote!(#at_mut.weights.all_mut().iter_mut().for_each(&mut *visitor);),
                Kind::Model(_) => quote!(#trainable::visit_mut(&mut #at_mut, visitor);),
                Kind::Block(_) => quote!(#at_mut.visit_mut(visitor);),
            }
        });
        let with = self.each(|field, kind| {
            let (name, at_mut) = (&field.name, field.at_mut());
            match kind {
                Kind::Model(_) => quote!(#trainable::visit_with(&mut #at_mut, &mut gradients.#name, visitor);),
                Kind::Layer(_) | Kind::Block(_) => quote!(#at_mut.visit_with(&mut gradients.#name, visitor);),
            }
        });
        let weight = quote!(#KRATE::layer::Weight<f32>);
        quote! {
            fn set_trainable(&mut self, trainable: bool) { #frozen }
            fn visit_mut(&mut self, visitor: &mut dyn ::core::ops::FnMut(&mut #weight)) { #unique }
            fn visit_with(
                &mut self, gradients: &mut #gradients, visitor: &mut dyn ::core::ops::FnMut(&mut #weight, &mut #weight, bool),
            ) { #with }
        }
    }

    /// One statement for each field with weights, after what it holds.
    fn each(&self, statement: impl Fn(&Field, &Kind) -> TokenStream) -> Moved {
        let fields = self.fields.iter().filter(|(_, field)| !field.is_of_view());
        Moved::new(fields.map(|(id, field)| statement(field, &self.graph.layers[id.0].kind)).collect())
    }
}
