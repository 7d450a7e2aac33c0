//! `forward` and `backward` with typed tensors.

use model_graph::Graph;
use model_graph::graph::Port;
use model_graph::shape::TensorType;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::api::Header;
use super::unit::Unit;
use super::{Moved, identifier, sizes};
use crate::krate::KRATE;
use crate::lower::LoweredModel;

/// Why a typed `forward` can fail, if it can.
fn faults(graph: &Graph, names: &[String]) -> Option<&'static str> {
    if graph.keeps_states() {
        return Some(
            " If the batch has another number of samples than the states that layers keep, the inputs give a named dimension two sizes, or one \
             that a layer cannot work on, or if a layer of your own returns another shape than its rule says.",
        );
    }
    if !graph.activity_functions().is_empty() {
        return Some(
            " If the inputs give a named dimension two sizes, or one that a layer cannot work on, or if a penalty or a layer of your own fails.",
        );
    }
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
    let [forward, backward] = [forward(header, lowered, root), backward(header, lowered, root)].map(Moved::new);
    let call = Moved::new(call(header, lowered, root));
    quote!(#forward #backward #call)
}

/// The call on variables whose shapes are types, of a model, and of a view that can be called.
fn call(header: Header<'_>, lowered: &LoweredModel, root: &Unit<'_>) -> TokenStream {
    let callable = header.base.map(|_| quote!(where Self: #KRATE::variable::Callable<f32>));
    let graph = &lowered.graph;
    let inputs: Vec<Ident> = graph.inputs.iter().map(port_name).collect();
    let variable = |port: &Port| {
        let shape = shape_type(graph.ty(port.tensor));
        quote!(#KRATE::variable::Typed<#shape>)
    };
    let (given, taken) = (graph.inputs.iter().map(variable), graph.own_outputs().iter().map(variable));
    let free = std::iter::successors(Some("outputs".to_owned()), |name| Some(format!("{name}_")));
    let outputs = free.take(inputs.len() + 1).find(|name| inputs.iter().all(|input| input != name)).unwrap_or_default();
    let outputs = identifier(&outputs, Span::call_site());
    let next = quote!(#KRATE::variable::Typed::next_of(&mut #outputs));
    let (result, unpack) = match graph.own_outputs() {
        [_] => (quote!(#(#taken)*), next),
        several => {
            let (record, fields) = (root.beside("Outputs"), several.iter().map(port_name));
            (quote!(#record<#(#taken),*>), quote!(::core::result::Result::Ok(#record { #(#fields: #next?),* })))
        }
    };
    quote! {
        /// Calls the model on variables whose shapes the compiler knows.
        ///
        /// # Errors
        /// As those of a call on variables.
        #[track_caller]
        pub fn call_typed(&self, #(#inputs: &#given),*) -> #KRATE::Result<#result> #callable {
            let mut #outputs = #KRATE::variable::call_typed(self, ::std::vec![#((**#inputs).clone()),*])?;
            #unpack
        }
    }
}

/// The type of all outputs: a tensor, or the record of them.
fn result_type(graph: &Graph, root: &Unit<'_>) -> TokenStream {
    let types: Vec<TokenStream> = graph.own_outputs().iter().map(|port| tensor_type(graph.ty(port.tensor))).collect();
    let record = root.beside("Outputs");
    if let [ty] = types.as_slice() { ty.clone() } else { quote!(#record<#(#types),*>) }
}

fn forward(header: Header<'_>, lowered: &LoweredModel, root: &Unit<'_>) -> TokenStream {
    let (graph, name, names) = (&lowered.graph, header.name, root.names());
    let inputs: Vec<Ident> = graph.inputs.iter().map(port_name).collect();
    let input_types: Vec<TokenStream> = graph.inputs.iter().map(|port| tensor_type(graph.ty(port.tensor))).collect();
    // Inputs may have any name: the pass gives way.
    let free = std::iter::successors(Some("pass".to_owned()), |name| Some(format!("{name}_")));
    let pass = free.take(inputs.len() + 1).find(|name| inputs.iter().all(|input| input != name)).unwrap_or_default();
    let pass = identifier(&pass, Span::call_site());
    let result = result_type(graph, root);
    let unpack = match graph.own_outputs() {
        [_] => quote!(#pass.output(0)),
        outputs => {
            let (record, fields, numbers) = (root.beside("Outputs"), outputs.iter().map(port_name), 0..outputs.len());
            quote!(#record { #(#fields: #pass.output(#numbers)),* })
        }
    };
    let faults = faults(graph, names);
    let errors = faults.map(|faults| quote!(#[doc = ""] #[doc = " # Errors"] #[doc = #faults]));
    let (first, others) = (&inputs[0], &inputs[1..]);
    let sizes = match names {
        [] => quote!(&[]),
        _ => quote!(&#KRATE::compiled::bind(#name::flat_graph(), &[#(#inputs.sizes()),*])?),
    };
    let run = quote!(#pass.forward_slices(self, #first.batch(), #sizes, &[#(#inputs.data()),*]));
    let (result, run, unpack) = match faults {
        Some(_) => (quote!(#KRATE::Result<#result>), quote!(#run?;), quote!(::core::result::Result::Ok(#unpack))),
        None => (result, quote!(#KRATE::compiled::sure(#run);), unpack),
    };
    let counts =
        quote!(#(::core::assert_eq!(#first.batch(), #others.batch(), "inputs of one batch have one number of samples");)*);
    let panics = (inputs.len() > 1).then(|| {
        quote! {
            ///
            /// # Panics
            /// If the inputs do not have one number of samples.
        }
    });
    quote! {
        /// Computes the outputs of a batch as training does, and keeps on the pass what `backward` needs.
        #errors
        #panics
        pub fn forward(&self, #pass: &mut #KRATE::pass::Pass<#name>, #(#inputs: &#input_types),*) -> #result {
            #counts
            #run
            #unpack
        }
    }
}

fn backward(header: Header<'_>, lowered: &LoweredModel, root: &Unit<'_>) -> TokenStream {
    let (graph, name, gradients) = (&lowered.graph, header.name, root.beside("Gradients"));
    let d_output = result_type(graph, root);
    let slices = match graph.own_outputs() {
        [_] => quote!(d_output.data()),
        outputs => {
            let fields = outputs.iter().map(port_name);
            quote!(#(d_output.#fields.data()),*)
        }
    };
    // Backward works on what forward has accepted: only code of the user's own can fail.
    let faults = if graph.runs_own_code() { faults(graph, &[]) } else { None };
    let errors = faults.map(|faults| quote!(#[doc = ""] #[doc = " # Errors"] #[doc = #faults]));
    let run = |wants_inputs: bool| {
        let run = quote!(pass.backward_slices(self, &[#slices], #wants_inputs));
        if faults.is_some() { run } else { quote!(#KRATE::compiled::sure(#run)) }
    };
    let result = |ty: TokenStream| if faults.is_some() { quote!(#KRATE::Result<#ty>) } else { ty };
    let (of_weights, run_for_weights) = (result(quote!(&'pass #gradients)), run(false));
    let to_inputs = d_inputs(graph, root).map(|(ty, d_inputs)| {
        let (ty, run) = (result(ty), run(true));
        let body = match faults {
            Some(_) => quote!(#run?; ::core::result::Result::Ok(#d_inputs)),
            None => quote!(#run; #d_inputs),
        };
        quote! {
            /// The same, and gives the gradients of the inputs: what a model before this one goes on from.
            #errors
            ///
            /// # Panics
            /// If there was no `forward` with this pass, or with another number of samples.
            pub fn backward_to_inputs(&self, pass: &mut #KRATE::pass::Pass<#name>, d_output: &#d_output) -> #ty {
                #body
            }
        }
    });
    quote! {
        /// Computes the gradients of all weights from those of the outputs, after a `forward` with this pass.
        #errors
        ///
        /// # Panics
        /// If there was no `forward` with this pass, or with another number of samples.
        pub fn backward<'pass>(&self, pass: &'pass mut #KRATE::pass::Pass<#name>, d_output: &#d_output) -> #of_weights {
            #run_for_weights
        }

        #to_inputs
    }
}

/// The type of the inputs' gradients and where they are read, unless all inputs are integers, of which there are none.
fn d_inputs(graph: &Graph, root: &Unit<'_>) -> Option<(TokenStream, TokenStream)> {
    let is_integer = |port: &Port| !graph.ty(port.tensor).dtype.has_gradient();
    let each = graph.inputs.iter().enumerate().map(|(number, port)| match is_integer(port) {
        true => (quote!(()), quote!(())),
        false => (tensor_type(graph.ty(port.tensor)), quote!(pass.d_input(#number))),
    });
    let (types, reads): (Vec<TokenStream>, Vec<TokenStream>) = each.unzip();
    if graph.inputs.iter().all(is_integer) {
        return None;
    }
    let (record, fields) = (root.beside("Inputs"), graph.inputs.iter().map(port_name));
    Some(match (types.as_slice(), reads.as_slice()) {
        ([ty], [read]) => (ty.clone(), read.clone()),
        _ => (quote!(#record<#(#types),*>), quote!(#record { #(#fields: #reads),* })),
    })
}

/// The name of an input or output as a field's or parameter's.
pub fn port_name(port: &Port) -> Ident {
    identifier(&port.name, Span::call_site())
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
