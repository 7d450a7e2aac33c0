//! What users see of a model: its struct, and the functions on it.

use model_graph::Graph;
use model_graph::custom::Custom;
use model_graph::graph::Kind;
use model_graph::summary;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::constants::joined;
use super::network::network;
use super::typed::typed;
use super::unit::Unit;
use super::{Moved, identifier, raw_string, sizes};
use crate::krate::KRATE;
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
    pub fn ty(&self) -> TokenStream {
        let (name, whole) = (self.name, self.whole());
        let generic = self.base.map(|_| quote!(<#whole>));
        quote!(#name #generic)
    }

    /// The generic parameter of a view: models may have any name, and it gives way.
    fn whole(&self) -> Ident {
        let is_taken = |word: &&str| self.name == word || self.base.is_some_and(|base| base == word);
        let free = ["Whole", "WholeModel"].into_iter().find(|word| !is_taken(word));
        format_ident!("{}", free.unwrap_or("WholeOfModel"))
    }

    /// The generics of an implementation for a view, which holds its model in some way.
    pub fn generics(&self) -> Option<TokenStream> {
        let whole = self.whole();
        self.base.map(|base| quote!(<#whole: ::core::borrow::Borrow<#base>>))
    }

    /// The same of one for a view that can change its model.
    pub fn generics_mut(&self) -> Option<TokenStream> {
        let (whole, mark) = (self.whole(), self.mark());
        self.base.map(|base| quote!(<#whole: #KRATE::network::Hold<#base, #mark>>))
    }

    /// A type that the view alone has.
    fn mark(&self) -> Ident {
        format_ident!("{}Tape", self.name)
    }
}

/// The struct of a model or view with all its implementations.
pub fn emit(header: Header<'_>, lowered: &LoweredModel, root: &Unit<'_>, configuration: (&str, &Literal)) -> TokenStream {
    let Header { attributes, visibility, name, base } = header;
    let table = raw_string(&summary(&lowered.flat));
    let functions = Moved::new(functions(header, lowered, root, &texts(&table, configuration)));
    let typed = Moved::new(typed(header, lowered, root));
    let network = Moved::new(network(header, root, &quote!(#name::flat_graph())));
    let shared = header.generics();
    let (ty, whole) = (header.ty(), header.whole());
    // That of a view is written out, so that it is known of a model of elsewhere, too, that no view of a `&mut` is cloned.
    let derived = match base {
        None => quote!(#[derive(::core::clone::Clone, ::core::fmt::Debug)]),
        Some(_) => quote!(#[derive(::core::fmt::Debug)]),
    };
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
            Some([held(header, base), callable(name, base), cloned(name, base)].into_iter().collect::<TokenStream>()),
        ),
    };
    quote! {
        #attributes
        #[doc = "\n# Summary\n\n```text"]
        #[doc = #table]
        #[doc = "```"]
        #derived
        #visibility #declaration

        impl #name { #functions }
        impl #shared #ty { #typed }
        #held
        #network
    }
}

/// The struct of a view that only its caller's code sees: what it takes to run it.
pub fn masked_view(header: Header<'_>, root: &Unit<'_>) -> TokenStream {
    let (Header { visibility, name, .. }, Some(base)) = (header, header.base) else { return TokenStream::new() };
    let graph = quote!(#KRATE::network::Network::graph(self.base()));
    let (network, whole) = (Moved::new(network(header, root, &graph)), header.whole());
    let (memory, layers, held) = (memory(root), root.own_layers(), held(header, base));
    let about = format!(" [`{base}`] as it is called with masks.");
    quote! {
        #[doc = #about]
        #[doc(hidden)]
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #visibility struct #name<#whole = #base> { base: #whole }
        #[allow(dead_code)]
        impl #name {
            #memory
            #layers
        }
        #held
        #network
    }
}

/// A view of a model that is borrowed is called on variables by way of one that holds a copy with the same weights.
fn callable(name: &Ident, base: &Ident) -> TokenStream {
    let borrowed = [(quote!(&'_ #base), quote!(self.base)), (quote!(&'_ mut #base), quote!(&*self.base))];
    let calls = borrowed.map(|(held, base)| {
        quote! {
            impl #KRATE::variable::Callable for #name<#held> {
                fn run(&self, inputs: #KRATE::variable::Inputs) -> #KRATE::Result<::std::vec::Vec<#KRATE::variable::Var>> {
                    #KRATE::variable::call_view(self, #base, #name::of, inputs)
                }
            }
        }
    });
    calls.into_iter().collect()
}

/// A view is cloned with its model, or with the reference to it.
fn cloned(name: &Ident, base: &Ident) -> TokenStream {
    quote! {
        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self { Self { base: ::core::clone::Clone::clone(&self.base) } }
        }
        impl ::core::clone::Clone for #name<&'_ #base> {
            fn clone(&self) -> Self { Self { base: self.base } }
        }
    }
}

/// How a view holds its model.
fn held(header: Header<'_>, base: &Ident) -> TokenStream {
    let (ty, whole) = (header.ty(), header.whole());
    let (generics, generics_mut, mark) = (header.generics(), header.generics_mut(), header.mark());
    quote! {
        impl #KRATE::network::Hold<#base, #mark> for #base {}
        impl #KRATE::network::Hold<#base, #mark> for &mut #base {}
        impl #generics #ty {
            /// The view of a model, or of a reference to one: it shares the model's weights.
            #[must_use]
            pub const fn of(base: #whole) -> Self {
                Self { base }
            }

            fn base(&self) -> &#base { ::core::borrow::Borrow::borrow(&self.base) }
        }
        #[allow(dead_code)]
        impl #generics_mut #ty {
            fn base_mut(&mut self) -> &mut #base { ::core::borrow::BorrowMut::borrow_mut(&mut self.base) }
        }
    }
}

/// The functions that do not depend on inputs and outputs.
fn functions(header: Header<'_>, lowered: &LoweredModel, root: &Unit<'_>, texts: &TokenStream) -> TokenStream {
    let construct = match header.base {
        None => root.construct(),
        Some(base) => quote!(Self { base: #base::with_seeds(seeds) }),
    };
    let making = making(header);
    let custom_objects = custom_objects(header, &lowered.flat);
    let graph = match &custom_objects {
        None => quote!(#KRATE::compiled::graph(Self::config())),
        Some(_) => quote!(#KRATE::compiled::graph_with(Self::config(), &Self::custom_objects())),
    };
    let parameters = lowered.flat.parameters();
    let (total, trainable) = (sizes::size(&parameters.total), sizes::size(&parameters.trainable));
    let (memory, layers) = (memory(root), root.own_layers());
    quote! {
        /// The number of elements of all weights.
        pub const PARAMETERS: usize = #total;
        /// The number of elements of the weights that training changes.
        pub const TRAINABLE_PARAMETERS: usize = #trainable;
        #memory

        #making

        #[doc(hidden)]
        #[must_use]
        pub fn with_seeds(seeds: &mut #KRATE::initialize::Seeds) -> Self {
            #construct
        }

        #texts

        /// A new model from its configuration.
        ///
        /// # Errors
        /// If the configuration cannot be read, or is another model's, or the weights would take more memory than there is.
        pub fn from_config(configuration: &str, seed: u64) -> #KRATE::Result<Self> {
            #KRATE::compiled::check_config(Self::flat_graph(), configuration)?;
            Self::try_new(seed)
        }

        /// Draws the model's graph; the path's extension chooses among `.svg`, `.png` and `.dot`.
        ///
        /// # Errors
        /// If the extension is another one, or the file cannot be written.
        pub fn plot(path: impl ::core::convert::AsRef<::std::path::Path>) -> #KRATE::Result<()> {
            ::core::result::Result::Ok(#KRATE::plot::plot(Self::flat_graph(), path)?)
        }

        fn flat_graph() -> &'static #KRATE::Graph {
            static GRAPH: ::std::sync::OnceLock<#KRATE::Graph> = ::std::sync::OnceLock::new();
            GRAPH.get_or_init(|| #graph)
        }

        #layers

        #custom_objects
    }
}

/// The functions that make a model: from a seed, and from a file. What a view does not show of its model has no weights in a file.
fn making(header: Header<'_>) -> TokenStream {
    let (make, load) = match header.base {
        None => (
            quote! {
                #KRATE::compiled::check_weights(Self::PARAMETERS, Self::flat_graph)?;
                ::core::result::Result::Ok(Self::with_seeds(&mut #KRATE::initialize::Seeds::new(seed)))
            },
            quote!(#KRATE::compiled::load(path, Self::flat_graph(), Self::with_seeds)),
        ),
        Some(base) => (
            quote!(::core::result::Result::Ok(Self { base: #base::try_new(seed)? })),
            quote! {
                let mut model = Self::try_new(0)?;
                #KRATE::file::Save::load_weights(&mut model, path)?;
                ::core::result::Result::Ok(model)
            },
        ),
    };
    quote! {
        /// The model with its weights as their initialisers have them; the same seed gives the same bits.
        ///
        /// # Panics
        /// If the weights would take more memory than there is, which `try_new` gives as an error.
        #[must_use]
        pub fn new(seed: u64) -> Self {
            #KRATE::compiled::sure(Self::try_new(seed))
        }

        /// The same.
        ///
        /// # Errors
        /// If the weights would take more memory than there is.
        pub fn try_new(seed: u64) -> #KRATE::Result<Self> {
            #make
        }

        /// The model with the weights of a file that `save` has written.
        ///
        /// # Errors
        /// If the file cannot be read, is damaged, or is another model's.
        pub fn load(path: impl ::core::convert::AsRef<::std::path::Path>) -> #KRATE::Result<Self> {
            #load
        }
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
                SUMMARY.get_or_init(|| #KRATE::compiled::summary(Self::flat_graph()))
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

/// The registration of a layer of the user's own.
fn registered(own: &Custom) -> TokenStream {
    let layer = identifier(own.signature.name, proc_macro2::Span::call_site());
    quote!(.layer::<#layer>())
}

/// The layers of the user's own that a model holds, those of the models in it included, which alone know theirs.
fn custom_objects(header: Header<'_>, flat: &Graph) -> Option<TokenStream> {
    if flat.custom_layers().is_empty() {
        return None;
    }
    let mut parts: Vec<TokenStream> = Vec::new();
    for layer in flat.layers.iter().filter(|_| header.base.is_none()) {
        let own = match &layer.kind {
            Kind::Layer(any) => any.own().into_iter().map(registered).collect(),
            Kind::Model(inner) | Kind::Block(inner) if inner.custom_layers().is_empty() => Vec::new(),
            Kind::Model(inner) | Kind::Block(inner) => {
                let model = identifier(&inner.name, proc_macro2::Span::call_site());
                vec![quote!(.and(#model::custom_objects()))]
            }
        };
        for part in own {
            if !parts.iter().any(|other| other.to_string() == part.to_string()) {
                parts.push(part);
            }
        }
    }
    parts.extend(header.base.map(|base| quote!(.and(#base::custom_objects()))));
    Some(quote! {
        /// The layers of your own that the model holds: what `Model::load_with` reads it by.
        #[must_use]
        pub fn custom_objects() -> #KRATE::custom::CustomObjects {
            #KRATE::custom::CustomObjects::new() #(#parts)*
        }
    })
}

/// What a model takes besides its weights: constants, or functions of the sizes of named dimensions.
fn memory(root: &Unit<'_>) -> TokenStream {
    let training = sizes::footprint(&root.plan.training_memory());
    let inference = sizes::footprint(&root.plan.inference_memory());
    let memory = quote!(#KRATE::slots::Memory);
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
