//! The records of a model's inputs and outputs: one field each, by name.

use model_graph::Graph;
use model_graph::graph::Port;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::api::Header;
use super::typed::port_name;
use super::unit::Unit;
use crate::krate::KRATE;

/// The record of several inputs, by their names.
pub fn of_inputs(header: Header<'_>, root: &Unit<'_>) -> Option<TokenStream> {
    let graph = root.graph;
    (graph.inputs.len() > 1).then(|| record(header, &root.beside("Inputs"), "input", &graph.inputs, graph))
}

/// The record of several outputs, by their names: of targets, of losses and of what is predicted.
pub fn of_outputs(header: Header<'_>, root: &Unit<'_>) -> Option<TokenStream> {
    let (graph, name, krate) = (root.graph, root.beside("Outputs"), KRATE);
    if graph.own_outputs().len() < 2 {
        return None;
    }
    let record = record(header, &name, "output", graph.own_outputs(), graph);
    let fields: Vec<Ident> = graph.own_outputs().iter().map(port_name).collect();
    let names = graph.own_outputs().iter().map(|port| port.name.as_str());
    let parameters = parameters(graph.own_outputs());
    let array = quote!(#KRATE::given::Predicted);
    let arrays = fields.iter().map(|_| &array);
    let (generics, ty) = (header.generics(), header.ty());
    Some(quote! {
        #record
        impl<#(#parameters: #krate::losses::IntoWeighted),*> #krate::losses::IntoLosses for #name<#(#parameters),*> {
            fn into_losses(self) -> #krate::losses::Losses {
                ::core::convert::Into::into([#((#names, #krate::losses::IntoWeighted::into_weighted(self.#fields))),*])
            }
        }
        impl #generics #ty {
            /// The outputs, each `[samples, ..]`, by name.
            ///
            /// # Errors
            /// If the arrays are not the model's.
            pub fn predict(&self, x: impl #KRATE::given::Arrays) -> #KRATE::Result<#name<#(#arrays),*>> {
                let mut arrays = #KRATE::training::Predict::predict_all(self, x)?.into_iter().map(|(_, array)| array);
                ::core::result::Result::Ok(#name { #(#fields: arrays.next().unwrap_or_default()),* })
            }
        }
    })
}

fn parameters(ports: &[Port]) -> Vec<Ident> {
    (0..ports.len()).map(|i| format_ident!("T{i}")).collect()
}

fn record(header: Header<'_>, name: &Ident, what: &str, ports: &[Port], graph: &Graph) -> TokenStream {
    let (visibility, about) = (header.visibility, format!(" One value for each {what} of [`{}`], by name.", header.name));
    let fields: Vec<Ident> = ports.iter().map(port_name).collect();
    let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
    let (parameters, krate) = (parameters(ports), KRATE);
    let docs = ports.iter().map(|port| format!(" `{}`: {}", port.name, graph.ty(port.tensor)));
    quote! {
        #[doc = #about]
        #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::default::Default, ::core::cmp::PartialEq)]
        #visibility struct #name<#(#parameters),*> { #(#[doc = #docs] pub #fields: #parameters,)* }
        impl<#(#parameters),*> #name<#(#parameters),*> {
            /// The names of the fields, in order.
            pub const NAMES: &'static [&'static str] = &[#(#names),*];
        }
        impl<#(#parameters: #krate::given::AsArray),*> #krate::given::Arrays for #name<#(#parameters),*> {
            fn visit<'a>(&'a self, visitor: &mut dyn ::core::ops::FnMut(::core::option::Option<&'a str>, #KRATE::given::AnyArray<'a>)) {
                #(visitor(::core::option::Option::Some(#names), #krate::given::AsArray::as_array(&self.#fields));)*
            }
        }
        impl<#(#parameters: #krate::given::AsArray),*> #krate::given::Arrays for &#name<#(#parameters),*> {
            fn visit<'a>(&'a self, visitor: &mut dyn ::core::ops::FnMut(::core::option::Option<&'a str>, #KRATE::given::AnyArray<'a>)) {
                #KRATE::given::Arrays::visit(&**self, visitor);
            }
        }
    }
}
