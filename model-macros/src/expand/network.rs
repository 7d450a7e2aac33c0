//! The implementations of `Network` and `Trainable`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::Moved;
use super::api::Header;
use super::pass::{Pass, mentions};
use super::unit::Unit;

/// The implementation of `Network`.
pub fn network(header: Header<'_>, root: &Unit<'_>) -> TokenStream {
    let [shared, unique] = [quote!(::core::borrow::Borrow), quote!(::core::borrow::BorrowMut)];
    let (generics, generics_mut, ty) = (header.generics(&shared), header.generics(&unique), header.ty());
    let name = header.name;
    let (gradients, tape, workspace) = (root.beside("Gradients"), root.beside("Tape"), root.beside("Workspace"));
    let pass = Pass::new(root);
    let (infer, forward, backward) = (pass.infer(), pass.forward(), pass.backward());
    let (zeros, update) = (root.zero_gradients(), root.update());
    let (visit, visits) = (root.visit(), root.visits(&quote!(Self::Gradients)));
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
        impl #generics ::functional_model::network::Network for #ty {
            type Tape = #tape;
            type Workspace = #workspace;
            type Gradients = #gradients;
            type Owned = #name;

            fn graph(&self) -> &::functional_model::Graph { #name::flat_graph() }
            fn tape(&self) -> Self::Tape { Self::Tape::default() }
            fn workspace(&self) -> Self::Workspace { Self::Workspace::default() }
            fn gradients(&self) -> Self::Gradients { #gradients #zeros }
            fn infer(
                &self, workspace: &mut Self::Workspace, context: ::functional_model::layer::Context<'_>,
                inputs: &[&[f32]], outputs: &mut [&mut [f32]],
            ) -> ::functional_model::Result<()> { #infer }
            fn forward(
                &self, tape: &mut Self::Tape, context: ::functional_model::layer::Context<'_>,
                inputs: &[&[f32]], outputs: &mut [&mut [f32]],
            ) -> ::functional_model::Result<()> { #open_forward #forward }
            fn backward(
                &self, tape: &mut Self::Tape, context: ::functional_model::layer::Context<'_>, inputs: &[&[f32]], outputs: &[&[f32]],
                d_outputs: &mut [&mut [f32]], d_inputs: &mut [::core::option::Option<::functional_model::layer::Gradient<'_, f32>>],
                gradients: &mut Self::Gradients,
            ) -> ::functional_model::Result<()> { #open_backward #backward }
            #visit
        }
        impl #generics_mut ::functional_model::network::Trainable for #ty {
            fn update(&mut self, tape: &Self::Tape) { #open_update #update }
            #visits
        }
    }
}
