//! What a layer says of each of its weights.

use std::borrow::Cow;

use crate::argument::{Constraint, Initializer, OwnFunction, Regularizer, Start};
use crate::dim::Dim;
use crate::shape::Shape;

/// A weight of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightSpec {
    /// Keras's name: `kernel`, `bias`; behind the name of the layer that it is of, where that is wrapped: `forward_lstm/kernel`.
    pub name: Cow<'static, str>,
    /// Its shape, of numbers and constants.
    pub shape: Shape,
    /// How it starts.
    pub initializer: Initializer,
    /// Whether training changes it by its gradient.
    pub trainable: bool,
    /// The elements that start at 1 whatever the initialiser says, counted through all axes.
    pub ones: std::ops::Range<Dim>,
    /// Its axes that a unit takes from, and those that units are along, where they do not follow from its rank.
    pub fan_axes: Option<[Vec<usize>; 2]>,
    /// The penalty on it, which the loss includes while it is trained.
    pub regularizer: Option<Regularizer>,
    /// What holds of it after every step.
    pub constraint: Option<Constraint>,
}

/// How a weight starts, the penalty on it, and what it is made to be after every step.
pub type Care = (Initializer, Option<Regularizer>, Option<Constraint>);

impl WeightSpec {
    /// A trainable weight.
    #[must_use]
    pub fn trainable(name: impl Into<Cow<'static, str>>, shape: impl Into<Shape>, initializer: Initializer) -> Self {
        let (name, shape, ones) = (name.into(), shape.into(), Dim::default()..Dim::default());
        Self { name, shape, initializer, trainable: true, ones, fan_axes: None, regularizer: None, constraint: None }
    }

    /// A trainable weight, and what it is kept by.
    #[must_use]
    pub fn cared_for(
        name: impl Into<Cow<'static, str>>,
        shape: impl Into<Shape>,
        (initializer, regularizer, constraint): Care,
    ) -> Self {
        Self::trainable(name, shape, initializer).kept(regularizer, constraint)
    }

    /// A weight that training changes by other means, such as a moving average.
    #[must_use]
    pub fn statistic(name: impl Into<Cow<'static, str>>, shape: impl Into<Shape>, initializer: Initializer) -> Self {
        Self { trainable: false, ..Self::trainable(name, shape, initializer) }
    }

    /// This weight, some of whose elements start at 1.
    #[must_use]
    pub fn with_ones(self, ones: std::ops::Range<Dim>) -> Self {
        Self { ones, ..self }
    }

    /// This weight, whose units take from the first axes, and are along the others.
    #[must_use]
    pub fn with_fans(self, axes: [Vec<usize>; 2]) -> Self {
        Self { fan_axes: Some(axes), ..self }
    }

    /// This weight with a penalty on it, and with what holds of it after every step.
    #[must_use]
    pub fn kept(self, regularizer: Option<Regularizer>, constraint: Option<Constraint>) -> Self {
        Self { regularizer, constraint, ..self }
    }

    /// This weight as that of a layer that is wrapped, under the layer's name, if it has one.
    #[must_use]
    pub fn of(self, layer: &str, is_trained: bool) -> Self {
        let name = if layer.is_empty() { self.name } else { format!("{layer}/{}", self.name).into() };
        Self { name, trainable: self.trainable && is_trained, ..self }
    }

    /// The functions of the user's own that it names, each with what it is to the weight.
    pub fn functions(&self) -> impl Iterator<Item = (&'static str, OwnFunction)> + use<> {
        let regularizer = if let Some(Regularizer::Own(own)) = self.regularizer { Some(("regularizer", own)) } else { None };
        let constraint = if let Some(Constraint::Own(own)) = self.constraint { Some(("constraint", own)) } else { None };
        let initializer = if let Start::Own(own) = self.initializer.start { Some(("initializer", own)) } else { None };
        [regularizer, constraint, initializer].into_iter().flatten()
    }

    /// Its shape at run time, when no size is a constant any more.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        self.shape.sizes().unwrap_or_default()
    }
}
