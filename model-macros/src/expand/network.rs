//! The implementations of `Network` and `Trainable`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::api::Header;
use super::pass::{Pass, mentions};
use super::unit::Unit;
use super::{Moved, sizes};
use crate::krate::KRATE;

/// The implementation of `Network`, with the expression for the flat graph.
pub fn network(header: Header<'_>, root: &Unit<'_>, graph: &TokenStream) -> TokenStream {
    let (generics, generics_mut, ty) = (header.generics(), header.generics_mut(), header.ty());
    let name = header.name;
    let (gradients, tape, workspace) = (root.beside("Gradients"), root.beside("Tape"), root.beside("Workspace"));
    let pass = Pass::new(root);
    let (infer, forward, backward) = (pass.infer(), pass.forward(), pass.backward());
    let (zeros, update) = (root.zero_gradients(), root.update());
    let (visit, visits) = (root.visit(), root.visits(&quote!(Self::Gradients)));
    let visit_states = root.visit_states();
    let waits_for_data = root.graph.waits_for_data().then(|| {
        quote!(
            fn waits_for_data(&self) -> bool {
                true
            }
        )
    });
    let run_pieces = root.graph.synchronizes().then(|| {
        let piece = quote!(#KRATE::distribution::Piece<'_, Self, f32>);
        quote!(
            fn run_pieces(
                &self, pieces: &mut [#piece], run: #KRATE::distribution::RunPiece<'_, Self, f32>,
            ) -> #KRATE::Result<()> {
                #KRATE::distribution::in_threads(self, pieces, run)
            }
        )
    });
    let memory = memory(header, root);
    let uses = |body: &TokenStream, name: &str| mentions(body, name);
    let open = |body: &TokenStream, mutable: bool| {
        let binding = |name: &str| {
            let name_ident = format_ident!("{name}");
            let borrow = if mutable { quote!(&mut) } else { quote!(&) };
            uses(body, name).then(|| quote!(let #name_ident = #borrow tape.#name_ident;))
        };
        let (kept, transient) = (binding("kept"), binding("transient"));
        quote!(#kept #transient)
    };
    let (open_forward, open_backward, open_update) = (open(&forward, true), open(&backward, true), open(&update, false));
    let [infer, forward, backward, update, zeros, visit, visits] =
        [infer, forward, backward, update, zeros, visit, visits].map(Moved::new);
    quote! {
        impl #generics #KRATE::network::Network for #ty {
            type Tape = #tape;
            type Workspace = #workspace;
            type Gradients = #gradients;
            type Owned = #name;

            fn graph(&self) -> &#KRATE::Graph { #graph }
            fn tape(&self) -> Self::Tape { Self::Tape::default() }
            fn workspace(&self) -> Self::Workspace { Self::Workspace::default() }
            #memory
            fn gradients(&self) -> Self::Gradients { #gradients #zeros }
            fn infer(
                &self, workspace: &mut Self::Workspace, context: #KRATE::layer::Context<'_>,
                inputs: &[&[f32]], outputs: &mut [&mut [f32]],
            ) -> #KRATE::Result<()> { #infer }
            fn forward(
                &self, tape: &mut Self::Tape, context: #KRATE::layer::Context<'_>,
                inputs: &[&[f32]], outputs: &mut [&mut [f32]],
            ) -> #KRATE::Result<()> { #open_forward #forward }
            fn backward(
                &self, tape: &mut Self::Tape, context: #KRATE::layer::Context<'_>, inputs: &[&[f32]], outputs: &[&[f32]],
                d_outputs: &mut [&mut [f32]], d_inputs: &mut [::core::option::Option<#KRATE::layer::Gradient<'_, f32>>],
                gradients: &mut Self::Gradients,
            ) -> #KRATE::Result<()> { #open_backward #backward }
            #visit
            #visit_states
            #waits_for_data
        }
        impl #generics_mut #KRATE::network::Trainable for #ty {
            fn update(&mut self, tape: &Self::Tape) { #open_update #update }
            #run_pieces
            #visits
        }
    }
}

/// What passes work with: the model's constants, or its functions of the sizes of named dimensions.
fn memory(header: Header<'_>, root: &Unit<'_>) -> TokenStream {
    let (name, sizes) = (header.name, root.names().iter().map(|name| sizes::variable(name)));
    let sizes: Vec<_> = sizes.collect();
    let memory = quote!(#KRATE::slots::Memory);
    if sizes.is_empty() {
        return quote! {
            fn memory(&self, training: bool, _: &[usize]) -> #memory {
                if training { #name::TRAINING_MEMORY } else { #name::INFERENCE_MEMORY }
            }
        };
    }
    quote! {
        fn memory(&self, training: bool, named: &[usize]) -> #memory {
            let &[#(#sizes),*] = named else { ::core::unreachable!("the caller has counted") };
            if training { #name::training_memory(#(#sizes),*) } else { #name::inference_memory(#(#sizes),*) }
        }
    }
}
