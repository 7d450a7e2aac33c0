//! Layers and models as a struct of one's own holds them, whichever they are.

use std::sync::Arc;

use model_graph::argument::{Initializer, Start};
use model_graph::graph::{Graph, Kind};
use model_graph::layer::WeightSpec;
use model_graph::shape::Shape;

use crate::any::AnyLayer;
use crate::float::Float;
use crate::layer::{Layer, Weight};
use crate::network::Trainable;
use crate::variable::Lazy;

/// A layer or a model that is held.
pub trait Held<T: Float> {
    /// Puts it into the graph of what holds it, under this path; whether it has its weights.
    #[doc(hidden)]
    fn enter(&self, path: String, graph: &mut Graph) -> bool;

    /// Visits its weights, and whether training changes them as things are.
    fn weights(&self, visitor: &mut dyn FnMut(&Weight<T>, bool));

    /// Visits its weights, to be changed, and whether training changes them as things are.
    fn weights_mut(&mut self, visitor: &mut dyn FnMut(&mut Weight<T>, bool));

    /// See [`Trainable::set_trainable`].
    fn let_train(&mut self, trainable: bool);

    /// Makes layers with `stateful = true` begin with states of zeros.
    fn forget_states(&self);

    /// The number of a layer that no other has, by which a tape knows what it gives.
    #[doc(hidden)]
    fn number(&self) -> Option<u64> {
        None
    }
}

/// What a graph says of a weight.
fn spec<T: Float>(weight: &Weight<T>) -> WeightSpec {
    let Weight { name, shape, regularizer, constraint, .. } = weight;
    let spec =
        WeightSpec::trainable(name.clone(), Shape::from(shape.as_slice()), Initializer { start: Start::Zeros, seed: None });
    WeightSpec { trainable: weight.trainable, regularizer: *regularizer, constraint: *constraint, ..spec }
}

/// Visits the weights of a layer, which training changes or not.
fn each<T: Float>(is_trainable: bool, weights: &mut [Weight<T>], visitor: &mut dyn FnMut(&mut Weight<T>, bool)) {
    for weight in weights {
        let is_trainable = is_trainable && weight.trainable;
        visitor(weight, is_trainable);
    }
}

macro_rules! held {
    ($float:ty) => {
        impl<N: Trainable<$float>> Held<$float> for N {
            fn enter(&self, path: String, graph: &mut Graph) -> bool {
                graph.hold(path, Kind::Model(Arc::new(self.graph().clone())), Vec::new());
                true
            }

            fn weights(&self, visitor: &mut dyn FnMut(&Weight<$float>, bool)) {
                self.visit(visitor);
            }

            fn weights_mut(&mut self, visitor: &mut dyn FnMut(&mut Weight<$float>, bool)) {
                let mut trained = Vec::new();
                self.visit(&mut |_, is_trainable| trained.push(is_trainable));
                let mut trained = trained.into_iter();
                self.visit_mut(&mut |weight| visitor(weight, trained.next() == Some(true)));
            }

            fn let_train(&mut self, trainable: bool) {
                self.set_trainable(trainable);
            }

            fn forget_states(&self) {
                self.reset_states();
            }
        }

        impl<L: Clone> Held<$float> for Layer<L, $float>
        where
            AnyLayer<$float>: From<Self>,
        {
            fn enter(&self, path: String, graph: &mut Graph) -> bool {
                AnyLayer::from(self.clone()).enter(path, graph)
            }

            fn weights(&self, visitor: &mut dyn FnMut(&Weight<$float>, bool)) {
                self.visit(visitor);
            }

            fn weights_mut(&mut self, visitor: &mut dyn FnMut(&mut Weight<$float>, bool)) {
                each(self.trainable, self.weights.all_mut(), visitor);
            }

            fn let_train(&mut self, trainable: bool) {
                self.trainable = trainable;
            }

            fn forget_states(&self) {
                self.reset_states();
            }

            fn number(&self) -> Option<u64> {
                Some(self.common.identity.number())
            }
        }

        impl Held<$float> for AnyLayer<$float> {
            fn enter(&self, path: String, graph: &mut Graph) -> bool {
                graph.hold(path, Kind::Layer(self.config()), self.weights().iter().map(spec).collect());
                true
            }

            fn weights(&self, visitor: &mut dyn FnMut(&Weight<$float>, bool)) {
                self.visit(visitor);
            }

            fn weights_mut(&mut self, visitor: &mut dyn FnMut(&mut Weight<$float>, bool)) {
                each(self.is_trainable(), Self::weights_mut(self), visitor);
            }

            fn let_train(&mut self, trainable: bool) {
                self.set_trainable(trainable);
            }

            fn forget_states(&self) {
                self.reset_states();
            }

            fn number(&self) -> Option<u64> {
                Some(self.identity().number())
            }
        }

        /// One that waits for its first call has no weights.
        impl<L: Clone> Held<$float> for Lazy<L, $float>
        where
            AnyLayer<$float>: From<Layer<L, $float>>,
        {
            fn enter(&self, path: String, graph: &mut Graph) -> bool {
                self.layer().is_some_and(|layer| layer.enter(path, graph))
            }

            fn weights(&self, visitor: &mut dyn FnMut(&Weight<$float>, bool)) {
                self.layer().into_iter().for_each(|layer| Held::weights(layer, visitor));
            }

            fn weights_mut(&mut self, visitor: &mut dyn FnMut(&mut Weight<$float>, bool)) {
                self.layer_mut().into_iter().for_each(|layer| Held::weights_mut(layer, visitor));
            }

            fn let_train(&mut self, trainable: bool) {
                self.layer_mut().into_iter().for_each(|layer| layer.let_train(trainable));
            }

            fn forget_states(&self) {
                self.layer().into_iter().for_each(Held::forget_states);
            }

            fn number(&self) -> Option<u64> {
                self.layer().and_then(Held::<$float>::number)
            }
        }
    };
}

held! { f32 }
held! { f64 }
