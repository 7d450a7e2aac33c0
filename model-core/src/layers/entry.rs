//! Where the layers' code is entered from outside of this crate: functions for the element type of models, `f32`, which are compiled
//! here, once. Code that is generic in the element type would be compiled again, with all kernels below it, in every crate that runs a
//! layer.

use std::marker::PhantomData;

use model_graph::layer::{Manner, WeightSpec};
use model_graph::shape::TensorType;

use crate::activity;
use crate::float::{Float, ForEach};
use crate::initialize::LayerSeeds;
use crate::kernels::elementwise;
use crate::layer::{Backward, Forward, Run, Weight};

/// A layer of the list, by the functions that run it. It follows from the list of layers.
pub trait Entry: Run<f32> + Run<f64> {
    /// [`Run::forward`] in single precision, with the penalty on what the layer gives.
    fn forward_f32(&self, call: Forward<'_, f32>);
    /// [`Run::backward`] in single precision, likewise.
    fn backward_f32(&self, call: Backward<'_, f32>);
    /// [`Run::update`] in single precision.
    fn update_f32(&self, weights: &mut [Weight<f32>], saved: &[f32]);
}

/// A layer of the list, whichever it is: for what is done alike with all of them, and so compiled once.
pub(crate) trait AnyRun<T: Float> {
    /// The layer's class.
    fn class(&self) -> &'static str;
    /// See [`Run::infers_when_frozen`].
    fn infers_when_frozen(&self) -> bool;
    /// See [`Run::forward`].
    fn forward(&self, call: Forward<'_, T>);
    /// See [`Run::backward`].
    fn backward(&self, call: Backward<'_, T>);
}

impl<L: Entry + Run<T>, T: Float> AnyRun<T> for L {
    fn class(&self) -> &'static str {
        L::CLASS
    }

    fn infers_when_frozen(&self) -> bool {
        Run::<T>::infers_when_frozen(self)
    }

    fn forward(&self, call: Forward<'_, T>) {
        forward(self, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        backward(self, call);
    }
}

/// Enters [`Run::forward`].
pub fn forward<L: Entry + Run<T>, T: Float>(layer: &L, call: Forward<'_, T>) {
    T::select::<Passing<'_, '_, L>>((layer, call));
}

/// Enters [`Run::backward`].
pub fn backward<L: Entry + Run<T>, T: Float>(layer: &L, call: Backward<'_, T>) {
    T::select::<Deriving<'_, '_, L>>((layer, call));
}

/// Runs a layer with the penalty on what it gives.
#[inline]
fn run_forward<L: Run<T>, T: Float>(layer: &L, call: Forward<'_, T>) {
    match layer.activity() {
        None => Run::forward(layer, call),
        Some(regularizer) => {
            let outputs = |input: &[TensorType]| outputs::<L, T>(layer, input);
            activity::forward(regularizer, hidden(layer), call, &|call| Run::forward(layer, call), &outputs);
        }
    }
}

/// The types of what a layer gives for an input that its rule has accepted, whatever else it is called with.
fn outputs<L: Run<T>, T: Float>(layer: &L, input: &[TensorType]) -> Vec<TensorType> {
    layer.outputs(input, Manner::default()).unwrap_or_default()
}

/// How many of a layer's last outputs are no outputs of its calls: the states that it keeps, where it does not return them.
fn hidden<L: Run<T>, T: Float>(layer: &L) -> usize {
    let is_hidden = layer.keeps_states() && layer.through().is_some_and(|through| !through.return_state);
    if is_hidden { layer.states() } else { 0 }
}

/// Goes back through a layer with the penalty on what it gives.
#[inline]
fn run_backward<L: Run<T>, T: Float>(layer: &L, call: Backward<'_, T>) {
    match layer.activity() {
        None => Run::backward(layer, call),
        Some(regularizer) => {
            let outputs = |input: &[TensorType]| outputs::<L, T>(layer, input);
            activity::backward(regularizer, call, &|call| Run::backward(layer, call), &outputs);
        }
    }
}

/// Enters [`Run::update`].
pub fn update<L: Entry + Run<T>, T: Float>(layer: &L, weights: &mut [Weight<T>], saved: &[T]) {
    T::select::<Updating<'_, L>>((layer, weights, saved));
}

/// The weights of a layer as their initialisers have them.
pub fn weights<T: Float>(specs: &[WeightSpec], seeds: LayerSeeds) -> Vec<Weight<T>> {
    T::select::<Initializing<'_>>((specs, seeds))
}

/// Adds to what is there.
pub fn accumulate<T: Float>(data: &mut [T], contribution: &[T]) {
    T::select::<Accumulating<'_>>((data, contribution));
}

/// [`Run::forward`], in double precision compiled where it is called: that is in checks of gradients alone. So are the next two.
struct Passing<'l, 'a, L: Entry>(PhantomData<(&'l L, &'a ())>);

impl<'l, 'a, L: Entry> ForEach for Passing<'l, 'a, L> {
    type Given<T: Float> = (&'l L, Forward<'a, T>);
    type Result<T: Float> = ();
    #[inline]
    fn single((layer, call): Self::Given<f32>) {
        layer.forward_f32(call);
    }
    #[inline]
    fn double((layer, call): Self::Given<f64>) {
        run_forward(layer, call);
    }
}

struct Deriving<'l, 'a, L: Entry>(PhantomData<(&'l L, &'a ())>);

impl<'l, 'a, L: Entry> ForEach for Deriving<'l, 'a, L> {
    type Given<T: Float> = (&'l L, Backward<'a, T>);
    type Result<T: Float> = ();
    #[inline]
    fn single((layer, call): Self::Given<f32>) {
        layer.backward_f32(call);
    }
    #[inline]
    fn double((layer, call): Self::Given<f64>) {
        run_backward(layer, call);
    }
}

struct Updating<'a, L: Entry>(PhantomData<&'a L>);

impl<'a, L: Entry> ForEach for Updating<'a, L> {
    type Given<T: Float> = (&'a L, &'a mut [Weight<T>], &'a [T]);
    type Result<T: Float> = ();
    #[inline]
    fn single((layer, weights, saved): Self::Given<f32>) {
        layer.update_f32(weights, saved);
    }
    #[inline]
    fn double((layer, weights, saved): Self::Given<f64>) {
        Run::update(layer, weights, saved);
    }
}

/// Work that is compiled here for each element type.
macro_rules! compiled {
    ($($work:ident: $given:ty => $result:ty, |$argument:pat_param| $body:expr;)*) => {
        $(
            struct $work<'a>(std::marker::PhantomData<&'a ()>);

            impl<'a> $crate::float::ForEach for $work<'a> {
                type Given<T: Float> = $given;
                type Result<T: Float> = $result;
                #[inline(never)]
                fn single($argument: Self::Given<f32>) -> Self::Result<f32> {
                    $body
                }
                #[inline(never)]
                fn double($argument: Self::Given<f64>) -> Self::Result<f64> {
                    $body
                }
            }
        )*
    };
}
pub(crate) use compiled;

compiled! {
    Initializing: (&'a [WeightSpec], LayerSeeds) => Vec<Weight<T>>, |(specs, mut seeds)| {
        specs.iter().map(|spec| seeds.weight(spec)).collect()
    };
    Accumulating: (&'a mut [T], &'a [T]) => (), |(data, contribution)| elementwise::accumulate(data, contribution);
}

macro_rules! entries {
    ($($family:ident { $($file:ident: $layer:ident,)* })*) => {
        $($(
            // A function that is inlined would be compiled elsewhere again.
            impl Entry for model_graph::layers::$layer {
                #[inline(never)]
                fn forward_f32(&self, call: Forward<'_, f32>) {
                    run_forward(self, call);
                }
                #[inline(never)]
                fn backward_f32(&self, call: Backward<'_, f32>) {
                    run_backward(self, call);
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
