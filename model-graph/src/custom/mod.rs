//! Layers of the user's own, as data: what they declare, and a layer of such a declaration.
//!
//! A declaration is made where the layer is, by its attribute, and travels as text: to the macro, which checks calls by it, and to the run
//! time, which reads configurations by it. Here is the one reading of it.

mod argument;
mod bind;
#[allow(clippy::arithmetic_side_effects)] // of places in a text
mod parse;
mod registry;
mod rule;
mod signature;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::argument::size_of_constants;
use crate::dim::Dim;
use crate::layer::{Arity, Needs, Space, WeightSpec};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

pub use argument::ArgumentType;
pub use parse::{Fault, pattern, rule};
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

    /// The output's type. The number of inputs has been checked.
    ///
    /// # Errors
    /// If the inputs do not fit the shape rule, or a weight's size does not follow from them.
    pub fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
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
        Ok(TensorType::f32(bound.shape(&self.signature.rule.output, "its output")?))
    }

    /// The weights for inputs that `infer` has accepted.
    #[must_use]
    pub fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let Ok(bound) = Bound::new(self, inputs) else { return Vec::new() };
        let spec = |weight: &CustomTensor| {
            let shape = bound.known_shape(&weight.shape, "").unwrap_or_default();
            let care = (weight.initializer, weight.regularizer, weight.constraint);
            WeightSpec { trainable: weight.trainable, ..WeightSpec::cared_for(weight.name, shape, care) }
        };
        self.signature.weights.iter().map(spec).collect()
    }

    /// The shapes of what forward saves for backward, a sample each, for inputs that `infer` has accepted.
    #[must_use]
    pub fn saved(&self, inputs: &[Shape]) -> Vec<Shape> {
        let types: Vec<TensorType> = inputs.iter().map(|shape| TensorType::f32(shape.clone())).collect();
        let Ok(bound) = Bound::new(self, &types) else { return Vec::new() };
        self.signature.saved.iter().map(|saved| bound.shape(&saved.shape, "").unwrap_or_default()).collect()
    }

    /// What running the layer works with: all that users may ask for, since they alone know what they read.
    #[must_use]
    pub fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        let elements = |space: Space, shape: &Shape| space.and(&Space::per_sample(shape.elements().unwrap_or_default()));
        let saved = self.saved(inputs).iter().fold(Space::NONE, elements);
        Needs { inputs: true, output: true, saved, ..Needs::default() }
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

    /// The arguments that differ from their defaults, as a layer call has them.
    #[must_use]
    pub fn source(&self) -> String {
        let mut text = Vec::new();
        for (position, argument) in self.signature.arguments.iter().enumerate() {
            let Some(value) = self.arguments.get(argument.name) else { continue };
            let value = crate::argument::source(value);
            match argument.default.as_ref().map(crate::argument::source) {
                Some(default) if default == value => {}
                Some(_) if position > 0 => text.push(format!("{} = {value}", argument.name)),
                _ => text.push(value),
            }
        }
        text.join(", ")
    }
}

#[cfg(test)]
mod tests;
