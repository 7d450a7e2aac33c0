//! `forward` and `backward` with typed tensors.

use model_graph::Graph;
use model_graph::graph::Port;
use model_graph::shape::TensorType;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::api::Header;
use super::unit::Unit;
use super::{identifier, sizes};
use crate::krate::KRATE;
use crate::lower::LoweredModel;

/// Why a typed `forward` can fail, if it can.
fn faults(graph: &Graph, names: &[String]) -> Option<&'static str> {
    match (graph.custom_layers().is_empty(), names.is_empty()) {
        (true, true) => None,
        (false, true) => Some(" If a layer of your own returns another shape than its rule says."),
        (true, false) => Some(" If the inputs give a named dimension two sizes, or one that a layer cannot work on."),
        (false, false) => Some(
            " If the inputs give a named dimension two sizes, or one that a layer cannot work on, or if a layer of your own returns another \
             shape than its rule says.",
        ),
    }
}

/// `forward` and `backward` with typed tensors.
pub fn typed(header: Header<'_>, lowered: &LoweredModel, root: &Unit<'_>) -> TokenStream {
    let graph = &lowered.graph;
    let inputs: Vec<Ident> = graph.inputs.iter().map(port_name).collect();
    let input_types: Vec<TokenStream> = graph.inputs.iter().map(|port| tensor_type(graph.ty(port.tensor))).collect();
    let output_types: Vec<TokenStream> = graph.outputs.iter().map(|port| tensor_type(graph.ty(port.tensor))).collect();
    let outputs: Vec<Ident> = graph.outputs.iter().map(port_name).collect();
    // Inputs may have any name: the tape gives way.
    let free = std::iter::successors(Some("tape".to_owned()), |name| Some(format!("{name}_")));
    let tape = free.take(inputs.len() + 1).find(|name| inputs.iter().all(|input| input != name)).unwrap_or_default();
    let tape = identifier(&tape, proc_macro2::Span::call_site());
    let gradients = root.beside("Gradients");
    let record = root.beside("Outputs");
    let names = root.names();
    let output =
        |number: usize| if names.is_empty() { quote!(#tape.output(#number)) } else { quote!(#tape.sized_output(self, #number)) };
    let (result, unpack, d_parameter, d_slices) = if let [ty] = output_types.as_slice() {
        (quote!(#ty), output(0), quote!(&#ty), quote!(d_output.data()))
    } else {
        let result = quote!(#record<#(#output_types),*>);
        let numbers = 0..outputs.len();
        let unpack = {
            let reads = numbers.map(output);
            quote!(#record { #(#outputs: #reads),* })
        };
        (result.clone(), unpack, quote!(&#result), quote!(#(d_output.#outputs.data()),*))
    };
    let faults = faults(graph, names);
    let errors = faults.map(|faults| quote!(#[doc = ""] #[doc = " # Errors"] #[doc = #faults]));
    let first = &inputs[0];
    let sizes = match names {
        [] => quote!(&[]),
        _ => {
            let name = header.name;
            quote!(&#KRATE::compiled::bind(#name::flat_graph(), &[#(#inputs.sizes()),*])?)
        }
    };
    let run = quote!(#tape.forward(self, #first.batch(), #sizes, &[#(#inputs.data()),*]));
    let run_back = quote!(tape.backward(self, &[#d_slices]));
    let (result, run, unpack) = match faults {
        Some(_) => (quote!(#KRATE::Result<#result>), quote!(#run?;), quote!(::core::result::Result::Ok(#unpack))),
        None => (result, quote!(#KRATE::compiled::sure(#run);), unpack),
    };
    // Backward works on what forward has accepted: only a layer of the user's own can fail.
    let back_can_fail = !graph.custom_layers().is_empty();
    let errors_back = errors.as_ref().filter(|_| back_can_fail);
    let (d_result, run_back) = match back_can_fail {
        true => (quote!(#KRATE::Result<&'tape #gradients>), run_back),
        false => (quote!(&'tape #gradients), quote!(#KRATE::compiled::sure(#run_back))),
    };
    let counts = (inputs.len() > 1).then(|| {
        let others = &inputs[1..];
        quote!(#(::core::assert_eq!(#first.batch(), #others.batch(), "inputs of one batch have one number of samples");)*)
    });
    let panics = (inputs.len() > 1).then(|| {
        quote! {
            ///
            /// # Panics
            /// If the inputs do not have one number of samples.
        }
    });
    quote! {
        /// Computes the outputs of a batch as training does, and keeps on the tape what `backward` needs.
        #errors
        #panics
        pub fn forward(&self, #tape: &mut #KRATE::tape::Tape<Self>, #(#inputs: &#input_types),*) -> #result {
            #counts
            #run
            #unpack
        }

        /// Computes the gradients of all weights from those of the outputs, after a `forward` with this tape.
        #errors_back
        ///
        /// # Panics
        /// If there was no `forward` with this tape, or with another number of samples.
        pub fn backward<'tape>(&self, tape: &'tape mut #KRATE::tape::Tape<Self>, d_output: #d_parameter) -> #d_result {
            #run_back
        }
    }
}

/// The name of an input or output as a field's or parameter's.
pub fn port_name(port: &Port) -> Ident {
    identifier(&port.name, proc_macro2::Span::call_site())
}

/// `Tensor<(Const<32>, Const<32>, Const<3>)>`
fn tensor_type(ty: &TensorType) -> TokenStream {
    let shape = shape_type(ty);
    quote!(#KRATE::tensor::Tensor<#shape>)
}

/// `(Const<32>, Const<32>, Const<3>)`
pub fn shape_type(ty: &TensorType) -> TokenStream {
    let axes = ty.shape.0.iter().map(|dim| match dim.size() {
        Some(size) => {
            let size = Literal::usize_unsuffixed(size);
            quote!(#KRATE::tensor::Const<#size>)
        }
        None if dim.is_constant() => {
            let size = sizes::size(dim);
            quote!(#KRATE::tensor::Const<{ #size }>)
        }
        None => quote!(#KRATE::tensor::Any),
    });
    quote!((#(#axes,)*))
}
