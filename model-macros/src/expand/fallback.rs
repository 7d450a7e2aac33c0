//! What stands for a model that has faults: its struct and the signatures that its header tells, so that only the real error shows and
//! completion works in the code around it.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::companion;
use crate::krate::KRATE;
use crate::syntax::{Expr, ExprKind, Model, Outputs, TypeExpr, View};

/// The struct and signatures of a model. None of it runs: the errors stop the build.
pub fn model(model: &Model) -> TokenStream {
    let (companion, stand_in) = (companion::of_nothing(&model.name, &model.visibility), declare(model, &model.visibility));
    quote!(#stand_in #companion)
}

/// The struct of a view.
pub fn view(View { attributes, visibility, name, .. }: &View) -> TokenStream {
    let view = Model::unread(attributes.clone(), TokenStream::new(), visibility.clone(), name.clone());
    let declared = model(&view);
    quote! {
        #declared
        #[allow(unused_variables, missing_docs)]
        impl #name {
            pub fn of<Whole>(base: Whole) -> Self { ::core::unreachable!() }
        }
    }
}

/// The same in a hidden module, without a companion.
pub fn stand_in(model: &Model) -> TokenStream {
    declare(model, &quote!(pub(crate)))
}

fn declare(model: &Model, visibility: &TokenStream) -> TokenStream {
    let Model { attributes, name, .. } = model;
    let input_types: Vec<TokenStream> = model.inputs.iter().map(|port| tensor_type(&port.ty)).collect();
    let result = match &model.outputs {
        Some(Outputs::One(ty)) => tensor_type(ty),
        Some(Outputs::Named(ports, _)) => {
            let types = ports.iter().map(|port| tensor_type(&port.ty));
            quote!((#(#types),*))
        }
        None => quote!(#KRATE::tensor::Tensor<()>),
    };
    let d_inputs = if let [ty] = input_types.as_slice() { ty.clone() } else { quote!((#(#input_types),*)) };
    let forward = if has_names(model) { quote!(#KRATE::Result<#result>) } else { result.clone() };
    let (functions, network) = (functions(), network(name));
    quote! {
        #attributes
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #visibility struct #name {}
        #[allow(unused_variables, clippy::all, missing_docs)]
        impl #name {
            #functions
            pub fn forward(&self, pass: &mut #KRATE::pass::Pass<Self>, #(_: &#input_types),*) -> #forward {
                ::core::unreachable!()
            }
            pub fn backward<'pass>(&self, pass: &'pass mut #KRATE::pass::Pass<Self>, d_output: &#result) -> &'pass () {
                ::core::unreachable!()
            }
            pub fn backward_to_inputs(&self, pass: &mut #KRATE::pass::Pass<Self>, d_output: &#result) -> #d_inputs {
                ::core::unreachable!()
            }
        }
        #network
    }
}

fn functions() -> TokenStream {
    quote! {
        pub const PARAMETERS: usize = 0;
        pub const TRAINABLE_PARAMETERS: usize = 0;
        pub const TRAINING_MEMORY: #KRATE::slots::Memory = #KRATE::slots::Memory::NONE;
        pub const INFERENCE_MEMORY: #KRATE::slots::Memory = #KRATE::slots::Memory::NONE;
        pub fn new(seed: u64) -> Self { ::core::unreachable!() }
        pub fn try_new(seed: u64) -> #KRATE::Result<Self> { ::core::unreachable!() }
        pub fn with_seeds(seeds: &mut #KRATE::initialize::Seeds) -> Self { ::core::unreachable!() }
        pub const fn summary() -> &'static str { "" }
        pub const fn config() -> &'static str { "" }
        pub fn from_config(configuration: &str, seed: u64) -> #KRATE::Result<Self> { ::core::unreachable!() }
        pub fn plot(path: impl ::core::convert::AsRef<::std::path::Path>) -> #KRATE::Result<()> { ::core::unreachable!() }
        pub fn load(path: impl ::core::convert::AsRef<::std::path::Path>) -> #KRATE::Result<Self> { ::core::unreachable!() }
    }
}

fn network(name: &Ident) -> TokenStream {
    quote! {
        #[allow(unused_variables)]
        impl #KRATE::network::Network for #name {
            type Owned = Self;
            type Tape = ();
            type Workspace = ();
            type Gradients = ();
            fn graph(&self) -> &#KRATE::Graph { ::core::unreachable!() }
            fn tape(&self) {}
            fn workspace(&self) {}
            fn memory(&self, training: bool, named: &[usize]) -> #KRATE::slots::Memory { #KRATE::slots::Memory::NONE }
            fn gradients(&self) {}
            fn infer(
                &self, workspace: &mut (), context: #KRATE::layer::Context<'_>, inputs: &[&[f32]], outputs: &mut [&mut [f32]],
            ) -> #KRATE::Result<()> { ::core::unreachable!() }
            fn forward(
                &self, pass: &mut (), context: #KRATE::layer::Context<'_>, inputs: &[&[f32]], outputs: &mut [&mut [f32]],
            ) -> #KRATE::Result<()> { ::core::unreachable!() }
            fn backward(
                &self, pass: &mut (), context: #KRATE::layer::Context<'_>, inputs: &[&[f32]], outputs: &[&[f32]],
                d_outputs: &mut [&mut [f32]], d_inputs: &mut [::core::option::Option<#KRATE::layer::Gradient<'_, f32>>], gradients: &mut (),
            ) -> #KRATE::Result<()> { ::core::unreachable!() }
            fn visit(&self, visitor: &mut dyn ::core::ops::FnMut(&#KRATE::layer::Weight<f32>, bool)) {}
        }
        #[allow(unused_variables)]
        impl #KRATE::network::Trainable for #name {
            fn update(&mut self, pass: &()) {}
            fn set_trainable(&mut self, trainable: bool) {}
            fn visit_mut(&mut self, visitor: &mut dyn ::core::ops::FnMut(&mut #KRATE::layer::Weight<f32>)) {}
            fn visit_with(
                &mut self, gradients: &mut (),
                visitor: &mut dyn ::core::ops::FnMut(&mut #KRATE::layer::Weight<f32>, &mut #KRATE::layer::Weight<f32>, bool),
            ) {}
        }
    }
}

/// Whether a size of an input is a named dimension's, so that `forward` can fail.
fn has_names(model: &Model) -> bool {
    let is_dimension = |name: &Ident| name.to_string().starts_with(char::is_lowercase);
    let dims = model.inputs.iter().flat_map(|port| &port.ty.dims);
    dims.flat_map(Expr::names).any(is_dimension)
}

/// The declared type, as far as its sizes are plain numbers.
fn tensor_type(ty: &TypeExpr) -> TokenStream {
    let axes = ty.dims.iter().map(|dim| match &dim.kind {
        ExprKind::Literal(value) => {
            let size = proc_macro2::Literal::u64_unsuffixed(value.as_u64().unwrap_or(1));
            quote!(#KRATE::tensor::Const<#size>)
        }
        _ => quote!(#KRATE::tensor::Any),
    });
    quote!(#KRATE::tensor::Tensor<(#(#axes,)*)>)
}
