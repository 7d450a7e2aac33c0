//! Layers of the user's own, as data: what they declare, and a layer of such a declaration.
//!
//! A declaration is made where the layer is, by its attribute, and travels as text: to the macro, which checks calls by it, and to the run
//! time, which reads configurations by it. Here is the one reading of it.

mod argument;
mod bind;
#[allow(clippy::arithmetic_side_effects)] // of places in a text
mod parse;
mod part;
mod registry;
mod rule;
mod signature;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::argument::size_of_constants;
use crate::dim::Dim;
use crate::layer::{ArgumentText, Arity, Needs, Space, WeightSpec, write_source};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

pub use argument::ArgumentType;
pub use parse::{Fault, pattern, rule, size};
pub use part::{BuiltPart, CustomPart, PartKind, PartValue};
pub use registry::Registry;
pub use rule::{AxisSize, Operation, Pattern, Rule, RuleProblem, Size};
pub use signature::{CustomArgument, CustomTensor, Signature, SignatureFault};

use bind::Bound;

/// A layer of the user's own, with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Custom {
    /// What it declares.
    pub signature: Arc<Signature>,
    /// The value of each of its arguments, in the order of the declaration.
    pub arguments: Map<String, Value>,
}

impl Custom {
    /// How many tensors it takes.
    #[must_use]
    pub fn arity(&self) -> Arity {
        self.signature.arity()
    }

    /// The first output's type. The number of inputs has been checked.
    ///
    /// # Errors
    /// As those of [`outputs`](Self::outputs).
    pub fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        self.outputs(inputs)?.into_iter().next().ok_or(Problem::Overflow) // a rule has an output
    }

    /// The types of all outputs. The number of inputs has been checked.
    ///
    /// # Errors
    /// If the inputs do not fit the shape rule, or a weight's size does not follow from them.
    pub fn outputs(&self, inputs: &[TensorType]) -> Result<Vec<TensorType>, Problem> {
        if let Some((operand, input)) = inputs.iter().enumerate().find(|(_, input)| input.dtype != DType::F32) {
            return Err(Problem::DType { operand, expected: DType::F32, found: input.dtype });
        }
        let bound = Bound::new(self, inputs)?;
        for CustomTensor { name, shape, .. } in &self.signature.weights {
            bound.known_shape(shape, &format!("its weight `{name}`"))?;
        }
        for CustomTensor { name, shape, .. } in &self.signature.saved {
            bound.shape(shape, &format!("what it saves as `{name}`"))?;
        }
        self.built(&bound)?;
        match self.signature.rule.outputs.as_slice() {
            [only] => Ok(vec![TensorType::f32(bound.shape(only, "its output")?)]),
            several => {
                let output = |(i, output)| bound.shape(output, &format!("its output {i}")).map(TensorType::f32);
                (1..).zip(several).map(output).collect()
            }
        }
    }

    /// How many states it takes besides a tensor, and gives behind an output, if it may be a cell: none otherwise.
    #[must_use]
    pub fn states(&self) -> usize {
        let Rule { inputs, outputs } = &self.signature.rule;
        let is_cell = inputs.len() > 1 && inputs.len() == outputs.len() && !self.signature.rule.is_open();
        if is_cell { inputs.len().saturating_sub(1) } else { 0 }
    }

    /// The shapes of its states, of a cell that is handed this tensor; nothing if they do not follow from it and the arguments.
    ///
    /// # Errors
    /// If the tensor does not fit.
    pub fn states_for(&self, input: &TensorType) -> Result<Option<Vec<Shape>>, Problem> {
        if input.dtype != DType::F32 {
            return Err(Problem::DType { operand: 0, expected: DType::F32, found: input.dtype });
        }
        let bound = Bound::new(self, std::slice::from_ref(input))?;
        let states = self.signature.rule.inputs.get(1..).unwrap_or_default();
        if !states.iter().flat_map(|state| &state.sizes).flat_map(Size::names).all(|name| bound.knows(name)) {
            return Ok(None);
        }
        (1..).zip(states).map(|(i, state)| bound.shape(state, &format!("its state {i}"))).collect::<Result<_, _>>().map(Some)
    }

    /// The weights for inputs that `infer` has accepted: its own, and those of its parts.
    #[must_use]
    pub fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let Ok(bound) = Bound::new(self, inputs) else { return Vec::new() };
        let spec = |weight: &CustomTensor| {
            let shape = bound.known_shape(&weight.shape, "").unwrap_or_default();
            let care = (weight.initializer, weight.regularizer, weight.constraint);
            WeightSpec { trainable: weight.trainable, ..WeightSpec::cared_for(weight.name, shape, care) }
        };
        self.signature.weights.iter().map(spec).chain(self.weights_of_parts(&bound)).collect()
    }

    /// The shapes of what forward saves for backward, a sample each, for inputs that `infer` has accepted.
    #[must_use]
    pub fn saved(&self, inputs: &[Shape]) -> Vec<Shape> {
        let types: Vec<TensorType> = inputs.iter().map(|shape| TensorType::f32(shape.clone())).collect();
        let Ok(bound) = Bound::new(self, &types) else { return Vec::new() };
        self.signature.saved.iter().map(|saved| bound.shape(&saved.shape, "").unwrap_or_default()).collect()
    }

    /// What running the layer works with: all that users may ask for, since they alone know what they read. In front of what is saved is
    /// what the weights become that training changes by other means than their gradients.
    #[must_use]
    pub fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        let types: Vec<TensorType> = inputs.iter().map(|shape| TensorType::f32(shape.clone())).collect();
        let statistics = self.weights(&types).into_iter().filter(|weight| !weight.trainable);
        let moved = statistics.fold(Space::NONE, |space, weight| {
            // What it becomes, and what it was before.
            space.and(&Space::fixed(weight.shape.count().saturating_mul(&2.into())))
        });
        let elements = |space: Space, shape: &Shape| space.and(&Space::per_sample(shape.elements().unwrap_or_default()));
        let saved = self.saved(inputs).iter().fold(moved, elements);
        // Backward is handed the first output; the others are kept behind what is saved.
        let others = if self.signature.rule.outputs.len() > 1 { self.outputs(&types).unwrap_or_default() } else { Vec::new() };
        let saved = others.iter().skip(1).fold(saved, |saved, output| elements(saved, &output.shape));
        Needs { inputs: true, output: true, saved, ..Needs::default() }
    }

    /// Whether a sample's output follows from the other samples of the batch, too, while training: so it is if a part does so.
    #[must_use]
    pub fn mixes_samples(&self) -> bool {
        self.signature.parts.iter().any(|part| part.mixes_samples(self))
    }

    /// The bound that the inputs must be below: they are no numbers of things.
    #[must_use]
    pub const fn index_bound(&self) -> Option<usize> {
        None
    }

    /// The arguments that are sizes and follow from constants.
    #[must_use]
    pub fn sizes_of_constants(&self) -> Vec<Dim> {
        let values =
            self.arguments.values().flat_map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice));
        values.filter_map(size_of_constants).collect()
    }

    /// All arguments.
    #[must_use]
    pub fn write(&self) -> Map<String, Value> {
        self.arguments.clone()
    }

    /// The arguments that differ from their defaults.
    #[must_use]
    pub fn essential(&self) -> Map<String, Value> {
        let default = |name: &str| self.signature.arguments.iter().find(|argument| argument.name == name)?.default.as_ref();
        let essential = self.arguments.iter().filter(|(name, value)| default(name) != Some(*value));
        essential.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// All arguments, as a layer call has them.
    #[must_use]
    pub fn texts(&self) -> Vec<ArgumentText> {
        let text = |argument: &CustomArgument| {
            let value = crate::argument::source(self.arguments.get(argument.name)?);
            Some(ArgumentText { name: argument.name, value, default: argument.default.as_ref().map(crate::argument::source) })
        };
        self.signature.arguments.iter().filter_map(text).collect()
    }

    /// The arguments that differ from their defaults, as a layer call has them.
    #[must_use]
    pub fn source(&self) -> String {
        write_source(&self.texts())
    }
}

#[cfg(test)]
mod tests;
