//! Weights, and those of a layer.

use std::borrow::Cow;
use std::marker::PhantomData;

use model_graph::argument::{Constraint, Regularizer};
use model_graph::layer::WeightSpec;

use crate::custom::OfOneWeight;
use crate::elements::{Elements, Identity};
use crate::float::Float;

/// A weight, or the gradient of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Weight<T: Float = f32> {
    /// Keras's name: `kernel`, `bias`; of a layer that is wrapped behind that layer's: `forward_lstm/kernel`.
    pub name: Cow<'static, str>,
    /// The shape.
    pub shape: Vec<usize>,
    /// Whether training changes it by its gradient.
    pub trainable: bool,
    /// The penalty on it, which the loss includes while it is trained.
    pub regularizer: Option<Regularizer>,
    /// What it is made to be after every step.
    pub constraint: Option<Constraint>,
    /// The elements, the last axis contiguous.
    pub data: Elements<T>,
    /// What tells it from all other weights.
    pub(crate) identity: Identity,
    /// The functions of the user's own that the penalty and the constraint are.
    pub(crate) own: OfOneWeight,
}

impl<T: Float> Weight<T> {
    /// A weight of zeros.
    #[must_use]
    pub fn zeros(spec: &WeightSpec) -> Self {
        let shape = spec.sizes();
        let data = Elements::zeros(shape.iter().product());
        let (name, &WeightSpec { trainable, regularizer, constraint, .. }) = (spec.name.clone(), spec);
        Self { name, shape, trainable, regularizer, constraint, data, identity: Identity::new(), own: OfOneWeight::default() }
    }

    /// Zeros of the same shape: a gradient for this weight, or an optimiser's state.
    #[must_use]
    pub fn zeros_like(&self) -> Self {
        self.gradient(Elements::zeros(self.data.len()))
    }

    /// A gradient for this weight of these elements.
    pub(crate) fn gradient(&self, data: Elements<T>) -> Self {
        Self { regularizer: None, constraint: None, data, own: OfOneWeight::default(), ..self.clone() }
    }

    /// The same weight as it is now, which what is made of it knows it by.
    pub(crate) fn kept(&self) -> Self {
        Self { identity: self.identity.kept(), ..self.clone() }
    }

    /// The same, as a part of that name has it.
    pub(crate) fn kept_within(&self, part: &str) -> Self {
        let name = self.name.strip_prefix(part).and_then(|name| name.strip_prefix('/')).unwrap_or(&self.name);
        Self { name: name.to_owned().into(), ..self.kept() }
    }

    /// Whether its own layer calls it so, in whatever layers that one is wrapped.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name.rsplit('/').next() == Some(name)
    }

    /// The elements as an array.
    #[must_use]
    pub fn view(&self) -> ndarray::ArrayViewD<'_, T> {
        ndarray::ArrayViewD::from_shape(self.shape.as_slice(), &self.data).expect("a weight has its shape's elements")
    }

    /// The elements as an array that can be changed.
    pub fn view_mut(&mut self) -> ndarray::ArrayViewMutD<'_, T> {
        ndarray::ArrayViewMutD::from_shape(self.shape.as_slice(), &mut self.data).expect("a weight has its shape's elements")
    }
}

/// The weights of a layer of class `L`, or their gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights<L, T: Float = f32> {
    pub(super) tensors: Vec<Weight<T>>,
    pub(super) layer: PhantomData<L>,
}

impl<L, T: Float> Weights<L, T> {
    /// All of them, in the order of the layer's specification.
    #[must_use]
    pub fn all(&self) -> &[Weight<T>] {
        &self.tensors
    }

    /// All of them, to be changed.
    pub fn all_mut(&mut self) -> &mut [Weight<T>] {
        &mut self.tensors
    }

    /// The weight of a name, such as `kernel`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Weight<T>> {
        self.tensors.iter().find(|weight| weight.name == name)
    }

    /// The weight of a name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Weight<T>> {
        self.tensors.iter_mut().find(|weight| weight.name == name)
    }
}
