//! Layers of the user's own at run time: what users implement, and how it is run, checked and made from files.
//!
//! The attribute `#[layer(..)]` writes [`Custom`] from a layer's declaration; users write [`CustomLayer`], its arithmetic. Every array
//! that comes back is held against the shape rule, in every build: a layer that breaks its word is an error, never a wrong number.

mod activity;
mod arrays;
mod call;
mod fault;
mod function;
mod moved;
mod object;
mod objects;
mod own;
mod part;
mod run;
mod trace;
mod weights;

use std::fmt::Debug;
use std::sync::Arc;

use crate::error::Result;
use crate::layer::{Weight, Weights};
use crate::variable::{Inputs, Var};

pub(crate) use activity::ActivityFunctions;
pub use arrays::{Arrays, ArraysMut, Given};
pub use call::{AddedLosses, Call, CallLayer, InOrder};
pub use fault::{ShapeFault, Wrong};
pub use function::Unregistered;
pub(crate) use function::{Function, class_to_keras, function_name, is_called};
pub use model_graph::custom::{Custom as Declared, Signature};
pub use model_graph::layer::{ArgumentSpec, ArgumentText, Arity, Layer as Rules, LayerArguments, Needs, WeightSpec};
pub use model_graph::problem::{ArgumentProblem, Problem};
pub use model_graph::shape::{Shape, TensorType};
pub use object::{
    ConstraintObject, InitializerObject, LossObject, MetricObject, Misfit, Missing, Object, RegularizerObject, object,
};
pub(crate) use object::{fields, made};
pub use objects::CustomObjects;
pub(crate) use objects::cell;
pub use own::Own;
pub use part::Part;
pub(crate) use part::Templates;
pub(crate) use run::Runs;
pub use run::{Pass, Returning, Standing, Written};
pub use serde_json::{Map, Value};
pub(crate) use weights::OfOneWeight;
pub use weights::{WeightFunctions, function};

pub use crate::float::Float;

/// What a layer of the user's own declares. The attribute `#[layer(..)]` implements it; there is nothing to write by hand.
///
/// The types are arrays of the ranks that the shape rule tells, the batch first. The axes that `..` stands for are counted into the batch:
/// under `[.., features] -> [.., units]` a layer sees a matrix `[rows, features]` and gives `[rows, units]`, whatever it is called with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no layer",
    label = "it has no `#[layer(..)]`",
    note = "write `#[layer(shape = \"[.., features] -> [.., units]\")]` before the struct"
)]
pub trait Custom: Rules + Clone + Debug + Send + Sync + 'static {
    /// The inputs: a view, or a tuple of views where there are several.
    type Inputs<'a, T: Float>;
    /// The weights: the record `..Weights` of views.
    type Weights<'a, T: Float>;
    /// What is saved for backward: the record `..Saved` of views that can be written to.
    type Saved<'a, T: Float>;
    /// The output as it is read, or a tuple where there are several.
    type OutputView<'a, T: Float>;
    /// The output as it is given, or a tuple where there are several.
    type Output<T: Float>;
    /// The gradients of the inputs: an array, or a tuple of arrays where there are several.
    type InputGradients<T: Float>;
    /// The gradients of the weights: the record `..Weights` of arrays. Those that training does not change have `()`.
    type WeightGradients<T: Float>;
    /// The inputs as variables: one, or a tuple where there are several.
    type Variables<T: Float>;
    /// The outputs as variables, likewise.
    type OutputVariables<T: Float>: Into<Inputs<T>>;
    /// The weights as variables: the record `..Weights`.
    type WeightVariables<T: Float>;
    /// The layers and models that it holds: the record `..Parts`.
    type Parts<T: Float>;

    /// The declaration.
    fn signature() -> &'static Arc<Signature>;

    /// The inputs, from arrays in order.
    #[doc(hidden)]
    fn read_inputs<'a, T: Float>(arrays: &mut Arrays<'a, '_, T>) -> Self::Inputs<'a, T>;
    /// The weights, from arrays in order.
    #[doc(hidden)]
    fn read_weights<'a, T: Float>(arrays: &mut Arrays<'a, '_, T>) -> Self::Weights<'a, T>;
    /// The output, from the next array.
    #[doc(hidden)]
    fn read_output<'a, T: Float>(arrays: &mut Arrays<'a, '_, T>) -> Self::OutputView<'a, T>;
    /// What is saved, from arrays in order.
    #[doc(hidden)]
    fn read_saved<'a, T: Float>(arrays: &mut ArraysMut<'a, T>) -> Self::Saved<'a, T>;
    /// The inputs, from variables in order.
    #[doc(hidden)]
    fn variables<T: Float>(variables: &mut InOrder<Var<T>>) -> Self::Variables<T>;
    /// The weights, from variables in order.
    #[doc(hidden)]
    fn weight_variables<T: Float>(variables: &mut InOrder<Var<T>>) -> Self::WeightVariables<T>;
    /// The parts, in order.
    #[doc(hidden)]
    fn parts<T: Float>(parts: &mut InOrder<Part<T>>) -> Self::Parts<T>;
    /// Takes what forward gives.
    #[doc(hidden)]
    fn give_output<T: Float>(output: Self::Output<T>, given: &mut Given<'_, T>);
    /// Takes what backward gives.
    #[doc(hidden)]
    fn give_gradients<T: Float>(gradients: Gradients<Self, T>, given: &mut Given<'_, T>);
}

/// The arithmetic of a layer of the user's own.
///
/// ```
/// use functional_model::prelude::*;
/// use ndarray::{Array2, Axis};
///
/// /// A densely connected layer.
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
///
/// impl<T: Float> CustomLayer<T> for CustomDense {
///     fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> {
///         call.inputs.dot(&call.weights.w) + call.weights.b
///     }
///
///     fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
///         Gradients {
///             inputs: call.d_output.dot(&call.weights.w.t()),
///             weights: CustomDenseWeights { w: call.inputs.t().dot(&call.d_output), b: call.d_output.sum_axis(Axis(0)) },
///         }
///     }
/// }
///
/// functional_model! {
///     model Net(x: [4]) -> [10] {
///         CustomDense(10)(x)
///     }
/// }
/// # assert_eq!(Net::PARAMETERS, 50);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what it computes yet",
    label = "its arithmetic is missing",
    note = "write `impl CallLayer for {Self} {{ fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {{ .. }} }}`, or, with arrays and by hand, \
            `impl<T: Float> CustomLayer<T> for {Self} {{ fn forward .. fn backward .. }}`"
)]
pub trait CustomLayer<T: Float>: Custom {
    /// Computes the output of a batch, in the shape that the rule says.
    fn forward(&self, call: Forward<'_, Self, T>) -> Self::Output<T>;

    /// Computes the gradients of the inputs and the weights from that of the output.
    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T>;

    /// Runs one call.
    #[doc(hidden)]
    fn run(&self, pass: Pass<'_, T>, written: Written<'_, '_, T>) -> Result<()> {
        run::forward(self, pass, written)
    }

    /// Goes back through one call.
    #[doc(hidden)]
    fn run_back(&self, pass: Pass<'_, T>, back: Returning<'_, '_, '_, T>) -> Result<()> {
        run::backward(self, pass, back)
    }

    /// Changes the weights that training changes by other means than their gradients, from what a call has left.
    #[doc(hidden)]
    fn update(&self, _weights: &mut [Weight<T>], _saved: &[T]) {}
}

/// What `forward` of a layer of the user's own works with.
pub struct Forward<'a, L: Custom, T: Float> {
    /// The inputs, the batch first.
    pub inputs: L::Inputs<'a, T>,
    /// The weights.
    pub weights: L::Weights<'a, T>,
    /// What is left for backward. It starts as zeros.
    pub saved: L::Saved<'a, T>,
    /// Whether the model trains: layers such as dropout do nothing when it does not.
    pub training: bool,
    /// A number for random choices: another one for every layer, call and step, and the same in `backward`.
    pub seed: u64,
    /// The number of samples.
    pub batch: usize,
}

/// What `backward` of a layer of the user's own works with.
pub struct Backward<'a, L: Custom, T: Float> {
    /// The inputs that forward had.
    pub inputs: L::Inputs<'a, T>,
    /// The weights.
    pub weights: L::Weights<'a, T>,
    /// What forward left.
    pub saved: L::Saved<'a, T>,
    /// The output that forward gave.
    pub output: L::OutputView<'a, T>,
    /// The gradient of the output.
    pub d_output: L::OutputView<'a, T>,
    /// Whether the model trains.
    pub training: bool,
    /// The number that forward had.
    pub seed: u64,
    /// The number of samples.
    pub batch: usize,
}

/// What `backward` of a layer of the user's own gives.
pub struct Gradients<L: Custom, T: Float> {
    /// The gradients of the inputs, each in its input's shape.
    pub inputs: L::InputGradients<T>,
    /// The gradients of the weights, each in its weight's shape.
    pub weights: L::WeightGradients<T>,
}

/// A layer's weights by their names, as its own code sees them.
impl<L: Custom, T: Float> Weights<L, T> {
    /// The weights: `model.custom_dense.views().w`.
    #[must_use]
    pub fn views(&self) -> L::Weights<'_, T> {
        L::read_weights(&mut Arrays::of_weights(self.all()))
    }
}

/// The declaration that an attribute has written.
///
/// # Panics
/// If it cannot be read, which a test of the attribute excludes.
#[doc(hidden)]
#[must_use]
pub fn signature(text: &str) -> Arc<Signature> {
    let read = serde_json::from_str(text).ok().and_then(|text: Value| Signature::from_json(&text));
    Arc::new(read.expect("the attribute writes declarations that can be read"))
}

/// A layer's arguments, complete and checked.
///
/// # Errors
/// All problems of all arguments: unknown, missing, of another type.
#[doc(hidden)]
pub fn arguments<L: Custom>(given: &Map<String, Value>) -> Result<Map<String, Value>, Vec<ArgumentProblem>> {
    L::signature().values(given)
}

/// The value of an argument that has been checked.
///
/// # Panics
/// If it is not of the type that was checked for.
#[doc(hidden)]
#[must_use]
pub fn argument<F: serde::de::DeserializeOwned>(arguments: &Map<String, Value>, name: &str) -> F {
    let value = arguments.get(name).cloned().unwrap_or_default();
    serde_json::from_value(value).expect("the argument has been checked")
}

/// An argument as the configuration has it.
#[doc(hidden)]
pub fn value(field: impl serde::Serialize) -> Value {
    serde_json::to_value(field).unwrap_or_default()
}

/// A layer as the graph has it.
#[doc(hidden)]
pub fn call<L: Custom>(layer: &L) -> Declared {
    Declared { signature: L::signature().clone(), arguments: layer.write() }
}

/// Asserts that a layer can be run.
#[doc(hidden)]
pub const fn assert_runs<L: CustomLayer<f32>>() {}
