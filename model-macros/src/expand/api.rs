//! What users see of a model: its struct, the functions on it, and its implementation of `Network`.

use model_graph::Graph;
use model_graph::graph::{Kind, Port};
use model_graph::shape::TensorType;
use model_graph::summary;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::constants::joined;
use super::pass::{Pass, mentions};
use super::sizes;
use super::unit::Unit;
use super::{Moved, identifier, raw_string};
use crate::lower::LoweredModel;

/// What a model or a view is declared with.
#[derive(Clone, Copy)]
pub struct Header<'p> {
    /// Doc comments and other attributes.
    pub attributes: &'p TokenStream,
    /// `pub`, or nothing.
    pub visibility: &'p TokenStream,
    /// The struct's name.
    pub name: &'p Ident,
    /// The model that a view looks into.
    pub base: Option<&'p Ident>,
}

impl Header<'_> {
    /// The struct's type: that of a view is generic over how it holds its model.
    fn ty(&self) -> TokenStream {
        let (name, whole) = (self.name, self.whole());
        let generic = self.base.map(|_| quote!(<#whole>));
        quote!(#name #generic)
    }

    /// The generic parameter of a view: models may have any name, and it gives way.
    fn whole(&self) -> Ident {
        let is_taken = self.name == "Whole" || self.base.is_some_and(|base| base == "Whole");
        format_ident!("{}", if is_taken { "WholeModel" } else { "Whole" })
    }

    /// The generics of an implementation for a view, which holds its model in some way.
    fn generics(&self, held: &TokenStream) -> Option<TokenStream> {
        let whole = self.whole();
        self.base.map(|base| quote!(<#whole: #held<#base>>))
    }
}

/// The struct of a model or view with all its implementations.
pub fn emit(header: Header<'_>, lowered: &LoweredModel, root: &Unit<'_>, configuration: (&str, &Literal)) -> TokenStream {
    let Header { attributes, visibility, name, base } = header;
    let table = raw_string(&summary(&lowered.flat));
    let functions = Moved::new(functions(header, lowered, root, &texts(&table, configuration)));
    let typed = Moved::new(typed(header, lowered, root));
    let network = Moved::new(network(header, root));
    let shared = header.generics(&quote!(::core::borrow::Borrow));
    let (ty, whole) = (header.ty(), header.whole());
    let (declaration, held) = match base {
        None => {
            let fields = Moved::new(root.struct_fields());
            (quote!(struct #name { #fields }), None)
        }
        Some(base) => (
            quote! {
                struct #name<#whole = #base> {
                    /// The whole model, whose weights these are: the model itself, or a reference to it.
                    pub base: #whole,
                }
            },
            Some(held(header, base)),
        ),
    };
    quote! {
        #attributes
        #[doc = "\n# Summary\n\n```text"]
        #[doc = #table]
        #[doc = "```"]
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #visibility #declaration

        impl #name { #functions }
        impl #shared #ty { #typed }
        #held
        #network
    }
}

/// How a view holds its model.
fn held(header: Header<'_>, base: &Ident) -> TokenStream {
    let (ty, whole) = (header.ty(), header.whole());
    let [shared, unique] = [quote!(::core::borrow::Borrow), quote!(::core::borrow::BorrowMut)];
    let (generics, generics_mut) = (header.generics(&shared), header.generics(&unique));
    quote! {
        impl #generics #ty {
            /// The view of a model, or of a reference to one: it shares the model's weights.
            #[must_use]
            pub const fn of(base: #whole) -> Self {
                Self { base }
            }

            fn base(&self) -> &#base { #shared::borrow(&self.base) }
        }
        #[allow(dead_code)]
        impl #generics_mut #ty {
            fn base_mut(&mut self) -> &mut #base { #unique::borrow_mut(&mut self.base) }
        }
    }
}

/// The functions that do not depend on inputs and outputs.
fn functions(header: Header<'_>, lowered: &LoweredModel, root: &Unit<'_>, texts: &TokenStream) -> TokenStream {
    let construct = match header.base {
        None => root.construct(),
        Some(base) => quote!(Self { base: #base::with_seeds(seeds) }),
    };
    let custom_objects = custom_objects(header, &lowered.flat);
    let graph = match &custom_objects {
        None => quote!(::functional_model::compiled::graph(Self::config())),
        Some(_) => quote!(::functional_model::compiled::graph_with(Self::config(), &Self::custom_objects())),
    };
    let parameters = lowered.flat.parameters();
    let (total, trainable) = (sizes::size(&parameters.total), sizes::size(&parameters.trainable));
    let memory = memory(root);
    quote! {
        /// The number of elements of all weights.
        pub const PARAMETERS: usize = #total;
        /// The number of elements of the weights that training changes.
        pub const TRAINABLE_PARAMETERS: usize = #trainable;
        #memory

        /// The model with its weights as their initialisers have them; the same seed gives the same bits.
        #[must_use]
        pub fn new(seed: u64) -> Self {
            Self::with_seeds(&mut ::functional_model::initialize::Seeds::new(seed))
        }

        #[doc(hidden)]
        #[must_use]
        pub fn with_seeds(seeds: &mut ::functional_model::initialize::Seeds) -> Self {
            #construct
        }

        #texts

        /// A new model from its configuration.
        ///
        /// # Errors
        /// If the configuration cannot be read, or is another model's.
        pub fn from_config(configuration: &str, seed: u64) -> ::functional_model::Result<Self> {
            ::functional_model::compiled::check_config(Self::flat_graph(), configuration)?;
            ::core::result::Result::Ok(Self::new(seed))
        }

        /// Draws the model's graph; the path's extension chooses among `.svg`, `.png` and `.dot`.
        ///
        /// # Errors
        /// If the extension is another one, or the file cannot be written.
        pub fn plot(path: impl ::core::convert::AsRef<::std::path::Path>) -> ::functional_model::Result<()> {
            ::core::result::Result::Ok(::functional_model::plot::plot(Self::flat_graph(), path)?)
        }

        /// The model with the weights of a file that `save` has written.
        ///
        /// # Errors
        /// If the file cannot be read, is damaged, or is another model's.
        pub fn load(path: impl ::core::convert::AsRef<::std::path::Path>) -> ::functional_model::Result<Self> {
            let mut model = Self::new(0);
            ::functional_model::file::Save::load_weights(&mut model, path)?;
            ::core::result::Result::Ok(model)
        }

        fn flat_graph() -> &'static ::functional_model::Graph {
            static GRAPH: ::std::sync::OnceLock<::functional_model::Graph> = ::std::sync::OnceLock::new();
            GRAPH.get_or_init(|| #graph)
        }

        #custom_objects
    }
}

/// The summary and the configuration: texts, into which those constants go whose values only the compiler knows.
fn texts(table: &Literal, (text, configuration): (&str, &Literal)) -> TokenStream {
    let about_table = " The table of layers, output shapes, parameters and connections.";
    let about_configuration = " The configuration: Keras 3's functional JSON, as `keras.models.model_from_json` takes it.";
    match joined(text) {
        None => quote! {
            #[doc = #about_table]
            #[must_use]
            pub const fn summary() -> &'static str {
                #table
            }

            #[doc = #about_configuration]
            #[must_use]
            pub const fn config() -> &'static str {
                #configuration
            }
        },
        Some(configuration) => quote! {
            #[doc = #about_table]
            #[must_use]
            pub fn summary() -> &'static str {
                static SUMMARY: ::std::sync::OnceLock<::std::string::String> = ::std::sync::OnceLock::new();
                SUMMARY.get_or_init(|| ::functional_model::compiled::summary(Self::flat_graph()))
            }

            #[doc = #about_configuration]
            #[must_use]
            pub fn config() -> &'static str {
                static CONFIG: ::std::sync::OnceLock<::std::string::String> = ::std::sync::OnceLock::new();
                CONFIG.get_or_init(|| #configuration)
            }
        },
    }
}

/// The layers of the user's own that a model holds, those of the models in it included, which alone know theirs.
fn custom_objects(header: Header<'_>, flat: &Graph) -> Option<TokenStream> {
    if flat.custom_layers().is_empty() {
        return None;
    }
    let mut parts: Vec<TokenStream> = Vec::new();
    for layer in &flat.layers {
        let part = match &layer.kind {
            _ if header.base.is_some() => continue,
            Kind::Layer(any) => any.signature().map(|signature| {
                let layer = identifier(signature.name, proc_macro2::Span::call_site());
                quote!(.layer::<#layer>())
            }),
            Kind::Model(inner) | Kind::Block(inner) => (!inner.custom_layers().is_empty()).then(|| {
                let model = identifier(&inner.name, proc_macro2::Span::call_site());
                quote!(.and(#model::custom_objects()))
            }),
        };
        parts.extend(part.filter(|part| !parts.iter().any(|other| other.to_string() == part.to_string())));
    }
    parts.extend(header.base.map(|base| quote!(.and(#base::custom_objects()))));
    Some(quote! {
        /// The layers of your own that the model holds: what `Model::load_with` reads it by.
        #[must_use]
        pub fn custom_objects() -> ::functional_model::custom::CustomObjects {
            ::functional_model::custom::CustomObjects::new() #(#parts)*
        }
    })
}

/// What a model takes besides its weights: constants, or functions of the sizes of named dimensions.
fn memory(root: &Unit<'_>) -> TokenStream {
    let training = sizes::footprint(&root.plan.training_memory());
    let inference = sizes::footprint(&root.plan.inference_memory());
    let memory = quote!(::functional_model::slots::Memory);
    let docs = [
        " The elements that a training step works with besides weights and their gradients: so many a sample, and so many whatever the batch.",
        " The elements that inference works with besides the weights: so many a sample, and so many whatever the batch.",
    ];
    let [about_training, about_inference] = docs;
    if root.names().is_empty() {
        return quote! {
            #[doc = #about_training]
            pub const TRAINING_MEMORY: #memory = #training;
            #[doc = #about_inference]
            pub const INFERENCE_MEMORY: #memory = #inference;
        };
    }
    let parameters: Vec<Ident> = root.names().iter().map(|name| sizes::variable(name)).collect();
    quote! {
        #[doc = #about_training]
        #[must_use]
        #[allow(unused_variables)]
        pub const fn training_memory(#(#parameters: usize),*) -> #memory { #training }
        #[doc = #about_inference]
        #[must_use]
        #[allow(unused_variables)]
        pub const fn inference_memory(#(#parameters: usize),*) -> #memory { #inference }
    }
}

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
fn typed(header: Header<'_>, lowered: &LoweredModel, root: &Unit<'_>) -> TokenStream {
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
            quote!(&::functional_model::compiled::bind(#name::flat_graph(), &[#(#inputs.sizes()),*])?)
        }
    };
    let run = quote!(#tape.forward(self, #first.batch(), #sizes, &[#(#inputs.data()),*]));
    let run_back = quote!(tape.backward(self, &[#d_slices]));
    let (result, run, unpack) = match faults {
        Some(_) => (quote!(::functional_model::Result<#result>), quote!(#run?;), quote!(::core::result::Result::Ok(#unpack))),
        None => (result, quote!(::functional_model::compiled::sure(#run);), unpack),
    };
    // Backward works on what forward has accepted: only a layer of the user's own can fail.
    let back_can_fail = !graph.custom_layers().is_empty();
    let errors_back = errors.as_ref().filter(|_| back_can_fail);
    let (d_result, run_back) = match back_can_fail {
        true => (quote!(::functional_model::Result<&'tape #gradients>), run_back),
        false => (quote!(&'tape #gradients), quote!(::functional_model::compiled::sure(#run_back))),
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
        pub fn forward(&self, #tape: &mut ::functional_model::tape::Tape<Self>, #(#inputs: &#input_types),*) -> #result {
            #counts
            #run
            #unpack
        }

        /// Computes the gradients of all weights from those of the outputs, after a `forward` with this tape.
        #errors_back
        ///
        /// # Panics
        /// If there was no `forward` with this tape, or with another number of samples.
        pub fn backward<'tape>(&self, tape: &'tape mut ::functional_model::tape::Tape<Self>, d_output: #d_parameter) -> #d_result {
            #run_back
        }
    }
}

fn port_name(port: &Port) -> Ident {
    identifier(&port.name, proc_macro2::Span::call_site())
}

/// `Tensor<(Const<32>, Const<32>, Const<3>)>`
fn tensor_type(ty: &TensorType) -> TokenStream {
    let shape = shape_type(ty);
    quote!(::functional_model::tensor::Tensor<#shape>)
}

/// `(Const<32>, Const<32>, Const<3>)`
pub fn shape_type(ty: &TensorType) -> TokenStream {
    let axes = ty.shape.0.iter().map(|dim| match dim.size() {
        Some(size) => {
            let size = Literal::usize_unsuffixed(size);
            quote!(::functional_model::tensor::Const<#size>)
        }
        None if dim.is_constant() => {
            let size = sizes::size(dim);
            quote!(::functional_model::tensor::Const<{ #size }>)
        }
        None => quote!(::functional_model::tensor::Any),
    });
    quote!((#(#axes,)*))
}

/// The implementation of `Network`.
fn network(header: Header<'_>, root: &Unit<'_>) -> TokenStream {
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

/// The record of several inputs, by their names.
pub fn inputs_record(header: Header<'_>, root: &Unit<'_>) -> Option<TokenStream> {
    let graph = root.graph;
    (graph.inputs.len() > 1).then(|| record(header, &root.beside("Inputs"), "input", &graph.inputs, graph))
}

/// The record of several outputs, by their names: of targets, of losses and of what is predicted.
pub fn outputs_record(header: Header<'_>, root: &Unit<'_>) -> Option<TokenStream> {
    let (graph, name) = (root.graph, root.beside("Outputs"));
    if graph.outputs.len() < 2 {
        return None;
    }
    let record = record(header, &name, "output", &graph.outputs, graph);
    let fields: Vec<Ident> = graph.outputs.iter().map(port_name).collect();
    let names = graph.outputs.iter().map(|port| port.name.as_str());
    let parameters = parameters(&graph.outputs);
    let array = quote!(::functional_model::given::Predicted);
    let arrays = fields.iter().map(|_| &array);
    let (generics, ty) = (header.generics(&quote!(::core::borrow::Borrow)), header.ty());
    Some(quote! {
        #record
        impl<#(#parameters: ::core::convert::Into<::functional_model::losses::Weighted>),*> ::core::convert::From<#name<#(#parameters),*>>
            for ::functional_model::losses::Losses
        {
            fn from(losses: #name<#(#parameters),*>) -> Self {
                [#((#names, losses.#fields.into())),*].into()
            }
        }
        impl #generics #ty {
            /// The outputs, each `[samples, ..]`, by name.
            ///
            /// # Errors
            /// If the arrays are not the model's.
            pub fn predict(&self, x: impl ::functional_model::given::Arrays) -> ::functional_model::Result<#name<#(#arrays),*>> {
                let mut arrays = ::functional_model::training::Predict::predict_all(self, x)?.into_iter().map(|(_, array)| array);
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
    let parameters = parameters(ports);
    let docs = ports.iter().map(|port| format!(" `{}`: {}", port.name, graph.ty(port.tensor)));
    quote! {
        #[doc = #about]
        #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::default::Default, ::core::cmp::PartialEq)]
        #visibility struct #name<#(#parameters),*> { #(#[doc = #docs] pub #fields: #parameters,)* }
        impl<#(#parameters),*> #name<#(#parameters),*> {
            /// The names of the fields, in order.
            pub const NAMES: &'static [&'static str] = &[#(#names),*];
        }
        impl<#(#parameters: ::functional_model::given::AsArray),*> ::functional_model::given::Arrays for #name<#(#parameters),*> {
            fn visit<'a>(&'a self, visitor: &mut dyn ::core::ops::FnMut(::core::option::Option<&'a str>, ::functional_model::given::AnyArray<'a>)) {
                #(visitor(::core::option::Option::Some(#names), ::functional_model::given::AsArray::as_array(&self.#fields));)*
            }
        }
        impl<#(#parameters: ::functional_model::given::AsArray),*> ::functional_model::given::Arrays for &#name<#(#parameters),*> {
            fn visit<'a>(&'a self, visitor: &mut dyn FnMut(::core::option::Option<&'a str>, ::functional_model::given::AnyArray<'a>)) {
                ::functional_model::given::Arrays::visit(&**self, visitor);
            }
        }
    }
}
