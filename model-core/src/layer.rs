//! A layer at run time: the graph's configuration, its weights, and how it runs forward and backward.

mod common;
mod context;
mod prepared;
mod view;
mod weight;

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use model_graph::layer::Layer as Rules;
pub use model_graph::layer::Manner;
use model_graph::layers::AnyLayer as Config;
use model_graph::shape::{Shape, TensorType};
use serde_json::{Map, Value};

pub use crate::activity::Penalties;
use crate::custom::{self, ActivityFunctions, CustomLayer};
use crate::error::{Error, Result};
use crate::float::Float;
use crate::given::AnyArray;
use crate::initialize::Seeds;
use crate::layers::entry::{self, Entry};
use crate::states::Kept;
use crate::variable::derive::{Derivation, Derived};

use common::Common;
pub use context::Context;
pub use prepared::Prepared;
pub use view::{Gradient, View};
pub use weight::{Weight, Weights};

/// What a layer's forward works with.
#[derive(Debug)]
pub struct Forward<'a, T: Float> {
    /// What the pass is run with.
    pub context: Context<'a>,
    /// A number for random choices, different for every layer, call and step.
    pub key: u64,
    /// The layer's weights in the order of its specification.
    pub weights: &'a [Weight<T>],
    /// The inputs.
    pub inputs: &'a [View<'a, T>],
    /// The shape of a sample of the output.
    pub output_shape: &'a [usize],
    /// The output, all of which is written.
    pub output: &'a mut [T],
    /// The other outputs, of a layer that has several, likewise.
    pub more: &'a mut [&'a mut [T]],
    /// What is left for backward, at least as much as the layer's needs say; empty when inferring or where the layer needs none.
    pub saved: &'a mut [T],
    /// Room to work in, at least as much as the layer's needs say, with anything in it.
    pub scratch: &'a mut [T],
}

/// What a layer's backward works with.
#[derive(Debug)]
pub struct Backward<'a, T: Float> {
    /// What the pass is run with.
    pub context: Context<'a>,
    /// The number that forward had.
    pub key: u64,
    /// The layer's weights in the order of its specification.
    pub weights: &'a [Weight<T>],
    /// The inputs; their elements only if the layer's needs name them.
    pub inputs: &'a [View<'a, T>],
    /// The output; its elements only if the layer's needs name them.
    pub output: View<'a, T>,
    /// The gradient of the output. Nobody reads it afterwards.
    pub d_output: &'a mut [T],
    /// The gradients of the other outputs, likewise.
    pub more: &'a mut [&'a mut [T]],
    /// The gradients of the inputs, where they are wanted.
    pub d_inputs: &'a mut [Option<Gradient<'a, T>>],
    /// The gradients of the weights, to be written, or added to if the context says so.
    pub gradients: &'a mut [Weight<T>],
    /// What forward left.
    pub saved: &'a mut [T],
    /// Room to work in, at least as much as the layer's needs say, with anything in it.
    pub scratch: &'a mut [T],
}

/// How a layer runs. Implemented for the graph's configuration of each layer, in the layer's own file.
pub trait Run<T: Float>: Rules {
    /// Whether the layer behaves as if not training where it is frozen, even while the model trains.
    fn infers_when_frozen(&self) -> bool {
        false
    }

    /// Computes the output.
    fn forward(&self, call: Forward<'_, T>);

    /// Computes the gradients of the inputs that are wanted, and of the trainable weights.
    fn backward(&self, call: Backward<'_, T>);

    /// How it is differentiated where gradients are taken of gradients.
    ///
    /// # Errors
    /// If the calls that it is made of fail.
    fn derived(&self, _call: &Derivation<'_, T>) -> Result<Derived<T>> {
        Ok(Derived::None)
    }

    /// Changes the weights that training changes by other means than their gradient, from what forward left when training.
    fn update(&self, _weights: &mut [Weight<T>], _saved: &[T]) {}

    /// Sets the weights that are taken from data once, before training, from an array of samples.
    ///
    /// # Errors
    /// If there are none, or they cannot be taken from these samples.
    fn adapt(&self, _weights: &mut [Weight<T>], _data: &AnyArray<'_>) -> Result<()> {
        let why = "it takes nothing from data\nhelp: `Normalization` and `Discretization` do";
        Err(Error::NotAdaptable { layer: Self::CLASS.to_owned(), why })
    }
}

/// A layer with its weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer<L, T: Float = f32> {
    /// The arguments.
    pub config: L,
    /// Whether training changes the weights.
    pub trainable: bool,
    /// The weights.
    pub weights: Weights<L, T>,
    /// The rest, which does not follow from which layer it is.
    pub(crate) common: Common<T>,
}

impl<L, T: Float> Layer<L, T> {
    /// Visits the weights, and whether training changes them.
    pub fn visit(&self, visitor: &mut dyn FnMut(&Weight<T>, bool)) {
        self.weights.tensors.iter().for_each(|weight| visitor(weight, self.trainable && weight.trainable));
    }

    /// Makes the next call begin with states of zeros, of any number of samples. A layer that keeps none is left as it is.
    pub fn reset_states(&self) {
        self.common.reset_states();
    }
}

impl<L: Rules, T: Float> Layer<L, T> {
    /// A layer for inputs of these types, which its shape rule has accepted, with its weights as its initialisers have them.
    #[must_use]
    pub fn new(config: L, inputs: &[TensorType], seeds: &mut Seeds) -> Self {
        let states = config.keeps_states().then(|| config.kept_states(inputs));
        // Operations draw nothing: what weights start from does not follow from how many there are.
        let (weights, activities) = (config.weights(inputs), config.activity_functions());
        let (tensors, common) = Common::start(weights, activities, states, L::OPERATIONS.is_empty(), seeds);
        Self { config, trainable: true, weights: Weights { tensors, layer: PhantomData }, common }
    }

    /// A layer that holds these weights.
    pub(crate) fn holding(config: L, tensors: Vec<Weight<T>>, stream: u64, trainable: bool) -> Self {
        let weights = Weights { tensors, layer: PhantomData };
        Self { config, trainable, weights, common: Common::new(stream, ActivityFunctions::default()) }
    }

    /// A layer from the arguments of its configuration and the shapes of its inputs. Generated code calls this with what the macro has
    /// checked.
    ///
    /// # Panics
    /// If the arguments do not make this layer.
    #[must_use]
    pub fn generated(arguments: &str, inputs: &[&[usize]], seeds: &mut Seeds) -> Self {
        let config = L::read(&read_arguments(arguments)).expect("the macro has checked the arguments");
        Self::new(config, &types(inputs), seeds)
    }

    /// This layer, whose weights training does not change.
    #[must_use]
    pub fn frozen(self) -> Self {
        Self { trainable: false, ..self }
    }

    /// Visits the weights with their gradients, and whether training changes them.
    #[allow(clippy::type_complexity)] // a visitor is what it takes
    pub fn visit_with(&mut self, gradients: &mut Weights<L, T>, visitor: &mut dyn FnMut(&mut Weight<T>, &mut Weight<T>, bool)) {
        for (weight, gradient) in self.weights.tensors.iter_mut().zip(&mut gradients.tensors) {
            let trainable = self.trainable && weight.trainable;
            visitor(weight, gradient, trainable);
        }
    }

    /// The states that the next call begins with, `[samples, ..]` each, of a layer with `stateful = true`; none where there has been no call since
    /// they were reset.
    #[must_use]
    pub fn states(&self) -> Vec<ndarray::ArrayD<T>> {
        self.common.kept.as_ref().map_or_else(Vec::new, Kept::arrays)
    }

    /// Visits the states that it keeps.
    pub fn visit_states(&self, visitor: &mut dyn FnMut(&Kept<T>)) {
        self.common.kept.iter().for_each(visitor);
    }

    /// Zeros in the shapes of the weights.
    #[must_use]
    pub fn gradients(&self) -> Weights<L, T> {
        Weights { tensors: self.weights.tensors.iter().map(Weight::zeros_like).collect(), layer: PhantomData }
    }
}

impl<L: Entry + Run<T>, T: Float> Layer<L, T> {
    /// Computes the output of the `call`-th call of this layer.
    ///
    /// # Panics
    /// If it goes by code of the user's own that fails, which [`forward_all`](Self::forward_all) tells as an error.
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    pub fn forward(
        &self,
        context: Context<'_>,
        call: usize,
        inputs: &[View<'_, T>],
        output_shape: &[usize],
        output: &mut [T],
        saved: &mut [T],
        scratch: &mut [T],
    ) {
        let done = self.forward_all(context, call, inputs, output_shape, output, &mut [], saved, scratch);
        done.expect("layers of this library do what their rules say");
    }

    /// [`Layer::forward`] of a layer that may have several outputs, the others as `more`, or may fail.
    ///
    /// # Errors
    /// If it goes by a cell of the user's own that does not do what its rule says, or a penalty of the user's own fails.
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    pub fn forward_all<'a>(
        &'a self,
        context: Context<'a>,
        call: usize,
        inputs: &'a [View<'a, T>],
        output_shape: &'a [usize],
        output: &'a mut [T],
        more: &'a mut [&'a mut [T]],
        saved: &'a mut [T],
        scratch: &'a mut [T],
    ) -> Result<()> {
        let (weights, key) = (self.weights.all(), self.common.key(context, call));
        let call = Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch };
        self.common.forward(&self.config, self.trainable, call)
    }

    /// Computes the gradients of the `call`-th call of this layer.
    ///
    /// # Panics
    /// If it goes by code of the user's own that fails, which [`backward_all`](Self::backward_all) tells as an error.
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    pub fn backward<'a>(
        &'a self,
        context: Context<'a>,
        call: usize,
        inputs: &'a [View<'a, T>],
        output: View<'a, T>,
        d_output: &'a mut [T],
        d_inputs: &'a mut [Option<Gradient<'a, T>>],
        gradients: &'a mut Weights<L, T>,
        saved: &'a mut [T],
        scratch: &'a mut [T],
    ) {
        let done = self.backward_all(context, call, inputs, output, d_output, &mut [], d_inputs, gradients, saved, scratch);
        done.expect("layers of this library do what their rules say");
    }

    /// [`Layer::backward`] of a layer that may have several outputs, whose other gradients are `more`, or may fail.
    ///
    /// # Errors
    /// As those of [`Layer::forward_all`].
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    pub fn backward_all<'a>(
        &'a self,
        context: Context<'a>,
        call: usize,
        inputs: &'a [View<'a, T>],
        output: View<'a, T>,
        d_output: &'a mut [T],
        more: &'a mut [&'a mut [T]],
        d_inputs: &'a mut [Option<Gradient<'a, T>>],
        gradients: &'a mut Weights<L, T>,
        saved: &'a mut [T],
        scratch: &'a mut [T],
    ) -> Result<()> {
        let gradients = gradients.all_mut();
        self.backward_into(context, call, inputs, output, d_output, more, d_inputs, gradients, saved, scratch)
    }

    /// [`Layer::backward_all`] with gradients of any layer's type.
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    pub(crate) fn backward_into<'a>(
        &'a self,
        context: Context<'a>,
        call: usize,
        inputs: &'a [View<'a, T>],
        output: View<'a, T>,
        d_output: &'a mut [T],
        more: &'a mut [&'a mut [T]],
        d_inputs: &'a mut [Option<Gradient<'a, T>>],
        gradients: &'a mut [Weight<T>],
        saved: &'a mut [T],
        scratch: &'a mut [T],
    ) -> Result<()> {
        let (weights, key) = (self.weights.all(), self.common.key(context, call));
        let call = Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch };
        self.common.backward(&self.config, self.trainable, call)
    }

    /// See [`Run::adapt`].
    pub(crate) fn take_from(&mut self, data: &AnyArray<'_>) -> Result<()> {
        self.config.adapt(&mut self.weights.tensors, data)
    }

    /// Changes the weights that training changes by other means than their gradient, unless the layer is frozen.
    pub fn update(&mut self, saved: &[T]) {
        if self.trainable {
            entry::update(&self.config, &mut self.weights.tensors, saved);
        }
    }
}

impl<L: Clone + Into<Config>, T: Float> Layer<L, T> {
    /// This layer with the arithmetic of its cells of this type, which is the user's own.
    #[must_use]
    pub fn with_cell<C: CustomLayer<T>>(mut self) -> Self {
        let name = C::signature().registered_name();
        let config: Config = self.config.clone().into();
        let cells = config.own().into_iter().filter(|cell| cell.signature.registered_name() == name);
        cells.for_each(|cell| self.common.own.cells.push((cell.clone(), custom::cell::<C, T>(cell))));
        self
    }
}

fn read_arguments(arguments: &str) -> Map<String, Value> {
    serde_json::from_str(arguments).expect("generated arguments are an object of JSON")
}

fn types(inputs: &[&[usize]]) -> Vec<TensorType> {
    inputs.iter().map(|&shape| TensorType::f32(Shape::from(shape))).collect()
}

/// A layer gives access to its weights: `layer.kernel()`.
impl<L, T: Float> Deref for Layer<L, T> {
    type Target = Weights<L, T>;

    fn deref(&self) -> &Weights<L, T> {
        &self.weights
    }
}

impl<L, T: Float> DerefMut for Layer<L, T> {
    fn deref_mut(&mut self) -> &mut Weights<L, T> {
        &mut self.weights
    }
}
