//! `functional_model!` and `#[layer]`: the shell of the procedural macros. `program` and `layer` do the work, on `proc_macro2`'s tokens.
//!
//! The way through: `parse` (tokens to syntax) -> `lower` (syntax to graph; `model-graph` infers and plans) -> `expand` (graph to code).
//! `parse` never emits and `expand` never validates; what is wrong goes to `diagnostics`, which alone makes messages.

mod diagnostics;
mod expand;
mod files;
mod krate;
mod layer;
mod lower;
mod module;
mod parse;
mod program;
mod syntax;
#[cfg(test)]
mod tests;
mod words;

// The crate `functional-model`, from which it is used, puts the language's page before this.
/// The expansion is a struct for each model, with the types beside it, and a companion macro for those that nest it.
#[proc_macro]
pub fn functional_model(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let output = program::expand(input.into());
    krate::set(None); // tokens do not outlive their expansion
    output.into()
}

/// Declares a layer of your own: a struct whose fields are its arguments, with its shape rule and its weights.
///
/// ```text
/// #[layer(
///     shape = "[.., features] -> [.., units]",
///     weights(w("[features, units]", "random_normal"), b("[units]", "zeros")),
/// )]
/// #[derive(Clone, Debug)]
/// struct CustomDense {
///     /// The size of the output's last axis.
///     #[default = 32]
///     units: usize,
/// }
/// ```
///
/// - `shape`: how the output's shape follows from the inputs', the batch left out. A name is a dimension of an input, or an argument of
///   type `usize`; a size may be computed, `[n, d] -> [n - 1, 2 * d]`, and a division must leave no remainder. `..` stands for any axes, which
///   the layer leaves as they are: it sees them counted into the batch. Several inputs are written with commas, and so are several outputs,
///   `[n, d] -> [n], [d]`. One that takes a tensor and states and gives an output and as many states, `[n], [units] -> [units], [units]`, is a
///   cell for `RNN`.
/// - `weights`: each with its shape, an initializer of Keras's (`"glorot_uniform"` if there is none) and, for one that training does not
///   change, `trainable = false`.
/// - `parts`: the layers and models that `call` calls, each with the shape of what it is called with, a sample: `project("[features]",
///   Dense(units, activation = "tanh"))`; a model of `functional_model!` by its name, `classify(Classifier)`. An argument may be one of the
///   layer's, and a size may be computed as in the shape rule.
/// - `saved`: what `forward` leaves for `backward`, each with its shape.
/// - `crate`: the path of this library where it goes by another name, `"other::functional_model"`.
/// - `package`: what stands before the name where the layer is saved, `"Custom"` if there is none.
///
/// The fields are of type `usize`, `u64`, `i64`, `f64`, `bool`, `String`, a `Vec` or an `Option` of these; `#[default = 32]` gives one a
/// default. The attribute stands before `#[derive(..)]`. What the layer computes is its implementation of `CallLayer`, which calls layers and
/// operations, or of `CustomLayer`, which computes with arrays.
#[proc_macro_attribute]
pub fn layer(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let output = layer::expand(arguments.into(), item.into());
    krate::set(None); // as above
    output.into()
}

/// Says of a struct of layers and models what it holds, so that it is a model: its fields are visited in their order, and name its weights.
///
/// `#[module(skip)]` leaves a field out, and `#[module(crate = "other::functional_model")]` before the struct is the path of this library where it goes
/// by another name. Elements are of the type parameter that is bound to be a `Float`, or `f32` where there is none.
#[proc_macro_derive(Module, attributes(module))]
pub fn module(item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let output = module::derive(item.into());
    krate::set(None); // as above
    output.into()
}

/// Goes on with `#[layer]` once a companion has brought a model that the layer holds.
#[doc(hidden)]
#[proc_macro]
pub fn __layer(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let output = layer::go_on(input.into());
    krate::set(None); // as above
    output.into()
}
