//! Training a model by hand, with arrays in and out: what compiled models do with typed tensors.

use super::Model;
use super::network::{Gradients, PartGradients};
use crate::error::{Error, Result};
use crate::float::Float;
use crate::given::{Arrays, Predicted};
use crate::layer::Weight;
use crate::network::Network;
use crate::pass::Pass;

impl Model<f32> {
    /// Computes the output of a batch as training does, of a model with one output, and keeps on the pass what `backward` needs.
    ///
    /// # Errors
    /// If the arrays are not the model's, it has several outputs, or a layer of the user's own does not do what its rule says.
    pub fn forward(&self, pass: &mut Pass<Self>, x: impl Arrays) -> Result<Predicted> {
        let outputs = self.graph().own_outputs();
        if outputs.len() > 1 {
            let outputs = outputs.iter().map(|port| port.name.clone()).collect();
            return Err(Error::SeveralOutputs { what: "forward", outputs, help: "`forward_all` gives all of them" });
        }
        Ok(self.forward_all(pass, x)?.swap_remove(0).1)
    }

    /// The same of any model: all outputs by name, in the model's order.
    ///
    /// # Errors
    /// If the arrays are not the model's, or a layer of the user's own does not do what its rule says.
    pub fn forward_all(&self, pass: &mut Pass<Self>, x: impl Arrays) -> Result<Vec<(String, Predicted)>> {
        pass.forward(self, x)
    }

    /// Computes the gradients of all weights from those of the outputs, after a `forward` with this pass.
    ///
    /// # Errors
    /// If there was no `forward`, the arrays are not of the outputs' shapes, or a layer of the user's own does not do what its rule says.
    pub fn backward<'t>(&self, pass: &'t mut Pass<Self>, d_outputs: impl Arrays) -> Result<&'t Gradients> {
        pass.backward(self, d_outputs)
    }

    /// The same, and gives the gradients of those inputs that are no integers, by name.
    ///
    /// # Errors
    /// As those of [`backward`](Self::backward).
    pub fn backward_to_inputs(&self, pass: &mut Pass<Self>, d_outputs: impl Arrays) -> Result<Vec<(String, Predicted)>> {
        pass.backward_to_inputs(self, d_outputs)
    }
}

impl<T: Float> Gradients<T> {
    /// The gradient of the weight of a path: `conv2d/kernel`, or `encoder/conv2d/kernel` inside a model.
    #[must_use]
    pub fn weight(&self, path: &str) -> Option<&Weight<T>> {
        let (name, rest) = path.split_once('/')?;
        match &self.parts[self.position(name)?] {
            PartGradients::Layer(weights) => weights.iter().find(|weight| weight.name == rest),
            PartGradients::Model(gradients) => gradients.weight(rest),
        }
    }

    /// The gradient of the weight of a path, to be changed.
    pub fn weight_mut(&mut self, path: &str) -> Option<&mut Weight<T>> {
        let (name, rest) = path.split_once('/')?;
        let position = self.position(name)?;
        match &mut self.parts[position] {
            PartGradients::Layer(weights) => weights.iter_mut().find(|weight| weight.name == rest),
            PartGradients::Model(gradients) => gradients.weight_mut(rest),
        }
    }

    fn position(&self, layer: &str) -> Option<usize> {
        self.graph.layers.iter().position(|other| other.name() == layer)
    }
}
