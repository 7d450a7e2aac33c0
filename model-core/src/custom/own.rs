//! A layer of the user's own whose type is known by its value: what models hold that are read from a file.

use std::fmt;

use model_graph::custom::Custom as Call;
use model_graph::shape::TensorType;

use super::CustomLayer;
use super::run::{Pass, Runs};
use crate::elements::Identity;
use crate::float::Float;
use crate::initialize::Seeds;
use crate::layer::{Context, Layer, View, Weight};

/// What a model does with a layer.
pub(crate) trait Held<T: Float>: fmt::Debug + Send + Sync {
    fn boxed(&self) -> Box<dyn Held<T>>;
    fn call(&self) -> Call;
    fn weights(&self) -> &[Weight<T>];
    fn weights_mut(&mut self) -> &mut [Weight<T>];
    fn identity(&self) -> &Identity;
    fn identity_mut(&mut self) -> &mut Identity;
    fn is_trainable(&self) -> bool;
    fn set_trainable(&mut self, trainable: bool);
    /// What computes.
    fn arithmetic(&self) -> &dyn Runs<T>;
    /// What it runs a call with.
    fn pass<'a>(&'a self, context: Context<'a>, call: usize, inputs: &'a [View<'a, T>]) -> Pass<'a, T>;
    fn update(&mut self, saved: &[T]);
}

impl<L: CustomLayer<T>, T: Float> Held<T> for Layer<L, T> {
    fn boxed(&self) -> Box<dyn Held<T>> {
        Box::new(self.clone())
    }

    fn call(&self) -> Call {
        super::call(&self.config)
    }

    fn weights(&self) -> &[Weight<T>] {
        self.weights.all()
    }

    fn weights_mut(&mut self) -> &mut [Weight<T>] {
        self.weights.all_mut()
    }

    fn identity(&self) -> &Identity {
        &self.common.identity
    }

    fn identity_mut(&mut self) -> &mut Identity {
        &mut self.common.identity
    }

    fn is_trainable(&self) -> bool {
        self.trainable
    }

    fn set_trainable(&mut self, trainable: bool) {
        self.trainable = trainable;
    }

    fn arithmetic(&self) -> &dyn Runs<T> {
        &self.config
    }

    fn pass<'a>(&'a self, context: Context<'a>, call: usize, inputs: &'a [View<'a, T>]) -> Pass<'a, T> {
        self.standing(context, call, inputs)
    }

    fn update(&mut self, saved: &[T]) {
        self.run_update(saved);
    }
}

/// A layer of the user's own with its weights.
pub struct Own<T: Float = f32>(pub(crate) Box<dyn Held<T>>);

impl<T: Float> Own<T> {
    /// A layer of a call, which is known to be of this type.
    pub(super) fn make<L: CustomLayer<T>>(call: &Call, inputs: &[TensorType], seeds: &mut Seeds) -> Self {
        let config = L::read(&call.arguments).expect("the graph has checked the arguments");
        Self(Box::new(Layer::<L, T>::new(config, inputs, seeds)))
    }
}

impl<T: Float> Clone for Own<T> {
    fn clone(&self) -> Self {
        Self(self.0.boxed())
    }
}

impl<T: Float> fmt::Debug for Own<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Float> PartialEq for Own<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.call() == other.0.call()
            && self.0.weights() == other.0.weights()
            && self.0.is_trainable() == other.0.is_trainable()
    }
}
