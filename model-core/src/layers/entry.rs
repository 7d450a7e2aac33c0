//! Where the layers' code is entered from outside of this crate: functions for the element type of models, `f32`, which are compiled
//! here, once. Code that is generic in the element type would be compiled again, with all kernels below it, in every crate that runs a
//! layer.

use model_graph::layer::WeightSpec;

use crate::float::Float;
use crate::initialize::LayerSeeds;
use crate::kernels::elementwise;
use crate::layer::{Backward, Forward, Run, Weight};

/// A layer of the list, by the functions that run it. It follows from the list of layers.
pub trait Entry: Run<f32> + Run<f64> {
    /// [`Run::forward`] in single precision.
    fn forward_f32(&self, call: Forward<'_, f32>);
    /// [`Run::backward`] in single precision.
    fn backward_f32(&self, call: Backward<'_, f32>);
    /// [`Run::update`] in single precision.
    fn update_f32(&self, weights: &mut [Weight<f32>], saved: &[f32]);
}

/// An element type, by its entries.
pub trait Entered: Sized {
    /// Enters [`Run::forward`].
    fn forward<L: Entry>(layer: &L, call: Forward<'_, Self>)
    where
        Self: Float;

    /// Enters [`Run::backward`].
    fn backward<L: Entry>(layer: &L, call: Backward<'_, Self>)
    where
        Self: Float;

    /// Enters [`Run::update`].
    fn update<L: Entry>(layer: &L, weights: &mut [Weight<Self>], saved: &[Self])
    where
        Self: Float;

    /// The weights of a layer as their initialisers have them.
    fn weights(specs: &[WeightSpec], seeds: LayerSeeds) -> Vec<Weight<Self>>
    where
        Self: Float;

    /// Adds to what is there.
    fn accumulate(data: &mut [Self], contribution: &[Self]);
}

macro_rules! entered {
    ($type:ident: $trait:ident, $forward:ident, $backward:ident, $update:ident) => {
        impl Entered for $type {
            fn forward<L: Entry>(layer: &L, call: Forward<'_, Self>) {
                $trait::$forward(layer, call);
            }
            fn backward<L: Entry>(layer: &L, call: Backward<'_, Self>) {
                $trait::$backward(layer, call);
            }
            fn update<L: Entry>(layer: &L, weights: &mut [Weight<Self>], saved: &[Self]) {
                $trait::$update(layer, weights, saved);
            }
            #[inline(never)]
            fn weights(specs: &[WeightSpec], mut seeds: LayerSeeds) -> Vec<Weight<Self>> {
                specs.iter().map(|spec| seeds.weight(spec)).collect()
            }
            #[inline(never)]
            fn accumulate(data: &mut [Self], contribution: &[Self]) {
                elementwise::accumulate(data, contribution);
            }
        }
    };
}

entered!(f32: Entry, forward_f32, backward_f32, update_f32);
// Checks of gradients alone compute in double precision: it is compiled where they are.
entered!(f64: Run, forward, backward, update);

macro_rules! entries {
    ($($family:ident { $($file:ident: $layer:ident,)* })*) => {
        $($(
            // A function that is inlined would be compiled elsewhere again.
            impl Entry for model_graph::layers::$layer {
                #[inline(never)]
                fn forward_f32(&self, call: Forward<'_, f32>) {
                    Run::forward(self, call);
                }
                #[inline(never)]
                fn backward_f32(&self, call: Backward<'_, f32>) {
                    Run::backward(self, call);
                }
                #[inline(never)]
                fn update_f32(&self, weights: &mut [Weight<f32>], saved: &[f32]) {
                    Run::update(self, weights, saved);
                }
            }
        )*)*
    };
}

model_graph::for_each_layer!(entries);
