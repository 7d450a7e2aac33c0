//! How a layer of the user's own runs: its tensors as arrays, and what it gives held against its shape rule.

use std::fmt::Debug;

use model_graph::custom::Pattern;
use model_graph::layer::LayerArguments;
use model_graph::shape::{Shape, TensorType};

use super::arrays::{Arrays, ArraysMut, Given, Target};
use super::fault::{ShapeFault, Wrong};
use super::{Backward, CustomLayer, Forward, Gradients};
use crate::error::Result;
use crate::float::Float;
use crate::layer::{Context, Gradient, Layer, View, Weight, Weights};
use crate::layers::inner;
use crate::memory;

/// A sample's shape as the layer sees it, the batch first: the axes that `..` stands for are counted into the batch.
fn seen(pattern: &Pattern, shape: &[usize], batch: usize) -> Vec<usize> {
    let (open, own) = shape.split_at(shape.len().saturating_sub(pattern.sizes.len()));
    let rows = batch * open.iter().product::<usize>();
    std::iter::once(rows).chain(own.iter().copied()).collect()
}

impl<L: CustomLayer<T>, T: Float> Layer<L, T> {
    /// Computes the outputs of the `call`-th call of this layer.
    ///
    /// # Errors
    /// If the layer returns another shape than its rule says.
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    pub fn run(
        &self,
        context: Context<'_>,
        call: usize,
        inputs: &[View<'_, T>],
        output_shape: &[usize],
        output: &mut [T],
        more: &mut [&mut [T]],
        saved: &mut [T],
    ) -> Result<()> {
        let (weights, key) = (self.weights.all(), self.key(context, call));
        self.config.run_with(weights, (context, key), inputs, output_shape, output, more, saved)
    }

    /// Computes the gradients of the `call`-th call of this layer.
    ///
    /// # Errors
    /// If the layer returns a gradient of another shape than its rule says.
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    pub fn run_back(
        &self,
        context: Context<'_>,
        call: usize,
        inputs: &[View<'_, T>],
        output: View<'_, T>,
        d_output: &mut [T],
        more: &mut [&mut [T]],
        d_inputs: &mut [Option<Gradient<'_, T>>],
        gradients: &mut Weights<L, T>,
        saved: &mut [T],
    ) -> Result<()> {
        self.run_back_into(context, call, inputs, output, d_output, more, d_inputs, gradients.all_mut(), saved)
    }

    /// [`Layer::run_back`] with gradients of any layer's type.
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    pub(crate) fn run_back_into(
        &self,
        context: Context<'_>,
        call: usize,
        inputs: &[View<'_, T>],
        output: View<'_, T>,
        d_output: &mut [T],
        more: &mut [&mut [T]],
        d_inputs: &mut [Option<Gradient<'_, T>>],
        gradients: &mut [Weight<T>],
        saved: &mut [T],
    ) -> Result<()> {
        let (weights, key) = (self.weights.all(), self.key(context, call));
        self.config.run_back_with(weights, (context, key), inputs, output, d_output, more, d_inputs, gradients, saved)
    }
}

/// The arithmetic of a layer of the user's own, on whatever weights.
pub(crate) trait Runs<T: Float>: Debug + Send + Sync {
    /// Computes the outputs with these weights, in a pass with a number for random choices.
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    fn run_with(
        &self,
        weights: &[Weight<T>],
        pass: (Context<'_>, u64),
        inputs: &[View<'_, T>],
        output_shape: &[usize],
        output: &mut [T],
        more: &mut [&mut [T]],
        saved: &mut [T],
    ) -> Result<()>;

    /// Computes the gradients.
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    fn run_back_with(
        &self,
        weights: &[Weight<T>],
        pass: (Context<'_>, u64),
        inputs: &[View<'_, T>],
        output: View<'_, T>,
        d_output: &mut [T],
        more: &mut [&mut [T]],
        d_inputs: &mut [Option<Gradient<'_, T>>],
        gradients: &mut [Weight<T>],
        saved: &mut [T],
    ) -> Result<()>;
}

impl<L: CustomLayer<T>, T: Float> Runs<T> for L {
    fn run_with(
        &self,
        weights: &[Weight<T>],
        (context, seed): (Context<'_>, u64),
        inputs: &[View<'_, T>],
        output_shape: &[usize],
        output: &mut [T],
        more: &mut [&mut [T]],
        saved: &mut [T],
    ) -> Result<()> {
        let Context { batch, training, .. } = context;
        let tensors = arrays::<L, T>(inputs, batch);
        let shapes = saved_shapes(self, inputs, batch);
        let (saved, kept) = others(&shapes, saved);
        let mut room = Vec::new();
        let saved = if saved.is_empty() { whole::<L, T>(&mut room, &shapes, batch)? } else { saved };
        saved.fill(T::ZERO);
        let given = self.forward(Forward {
            inputs: L::read_inputs(&mut Arrays::new(&tensors)),
            weights: L::read_weights(&mut Arrays::of_weights(weights)),
            saved: L::read_saved(&mut ArraysMut::new(shapes, saved)),
            training,
            seed,
            batch,
        });
        let shapes = output_shapes(self, inputs, output_shape, batch);
        let count = shapes.len();
        let all = std::iter::once(&mut *output).chain(more.iter_mut().map(|other| &mut **other));
        let targets = shapes.into_iter().zip(all).enumerate().map(|(i, (shape, output))| {
            let memory = Some((output, false));
            Target { what: Wrong::Output(i, count), shape, memory }
        });
        let mut taken = Given::new(targets.collect());
        L::give_output(given, &mut taken);
        judge(self, taken)?;
        if !kept.is_empty() {
            more.iter().fold(kept, |kept, other| {
                let (own, rest) = kept.split_at_mut(other.len());
                own.copy_from_slice(other);
                rest
            });
        }
        Ok(())
    }

    fn run_back_with(
        &self,
        weights: &[Weight<T>],
        (context, seed): (Context<'_>, u64),
        inputs: &[View<'_, T>],
        output: View<'_, T>,
        d_output: &mut [T],
        more: &mut [&mut [T]],
        d_inputs: &mut [Option<Gradient<'_, T>>],
        gradients: &mut [Weight<T>],
        saved: &mut [T],
    ) -> Result<()> {
        let Context { batch, training, accumulate, .. } = context;
        let tensors = arrays::<L, T>(inputs, batch);
        let shapes = saved_shapes(self, inputs, batch);
        let (saved, mut kept) = others(&shapes, saved);
        let mut outputs = Vec::new();
        for (place, shape) in output_shapes(self, inputs, output.shape, batch).into_iter().enumerate() {
            let data: &[T] = match place {
                0 => output.data,
                _ => inner::take(&mut kept, shape.iter().product()),
            };
            outputs.push((shape, data));
        }
        let gradients_of = std::iter::once(&*d_output).chain(more.iter().map(|other| &**other));
        let d_outputs: Vec<_> = outputs.iter().map(|(shape, _)| shape.clone()).zip(gradients_of).collect();
        let given: Gradients<L, T> = self.backward(Backward {
            inputs: L::read_inputs(&mut Arrays::new(&tensors)),
            weights: L::read_weights(&mut Arrays::of_weights(weights)),
            saved: L::read_saved(&mut ArraysMut::new(shapes, saved)),
            output: L::read_output(&mut Arrays::new(&outputs)),
            d_output: L::read_output(&mut Arrays::new(&d_outputs)),
            training,
            seed,
            batch,
        });
        let count = tensors.len();
        let of_inputs = tensors.iter().zip(d_inputs).enumerate().map(|(i, ((shape, _), gradient))| {
            let memory = gradient.as_mut().map(|gradient| (&mut *gradient.data, gradient.accumulate));
            Target { what: Wrong::Input(i, count), shape: shape.clone(), memory }
        });
        let of_weights = gradients.iter_mut().map(|Weight { name, shape, data, .. }| {
            let memory = Some((&mut **data, accumulate));
            Target { what: Wrong::Weight(name.to_string()), shape: shape.clone(), memory }
        });
        let mut taken = Given::new(of_inputs.chain(of_weights).collect());
        L::give_gradients(given, &mut taken);
        judge(self, taken)
    }
}

/// The inputs as the layer sees them.
fn arrays<'a, L: CustomLayer<T>, T: Float>(inputs: &[View<'a, T>], batch: usize) -> Vec<(Vec<usize>, &'a [T])> {
    let patterns = &L::signature().rule.inputs;
    inputs.iter().zip(patterns).map(|(input, pattern)| (seen(pattern, input.shape, batch), input.data)).collect()
}

/// The shapes of the outputs, the batch first, of which the first is known for a sample.
fn output_shapes<L: CustomLayer<T>, T: Float>(
    layer: &L,
    inputs: &[View<'_, T>],
    first: &[usize],
    batch: usize,
) -> Vec<Vec<usize>> {
    let patterns = &L::signature().rule.outputs;
    if let [only] = patterns.as_slice() {
        return vec![seen(only, first, batch)];
    }
    let inputs: Vec<TensorType> = inputs.iter().map(|input| TensorType::f32(Shape::from(input.shape))).collect();
    let types = super::call(layer).outputs(&inputs).unwrap_or_default(); // the shape rule has accepted the inputs
    let shapes = types.iter().map(|ty| ty.shape.sizes().unwrap_or_default());
    patterns.iter().zip(shapes).map(|(pattern, shape)| seen(pattern, &shape, batch)).collect()
}

/// The shapes of what is saved, the batch first.
fn saved_shapes<L: CustomLayer<T>, T: Float>(layer: &L, inputs: &[View<'_, T>], batch: usize) -> Vec<Vec<usize>> {
    let saved = &L::signature().saved;
    if saved.is_empty() {
        return Vec::new();
    }
    let inputs: Vec<Shape> = inputs.iter().map(|input| Shape::from(input.shape)).collect();
    let shapes = super::call(layer).saved(&inputs).into_iter().map(|shape| shape.sizes().unwrap_or_default());
    saved.iter().zip(shapes).map(|(saved, shape)| seen(&saved.shape, &shape, batch)).collect()
}

fn judge<L: CustomLayer<T>, T: Float>(layer: &L, given: Given<'_, T>) -> Result<()> {
    let Some((what, expected, found)) = given.fault else { return Ok(()) };
    let layer = format!("{}({})", L::CLASS, LayerArguments::source(layer));
    let (name, rule) = (String::new(), L::signature().rule.to_string());
    Err(Box::new(ShapeFault { name, layer, rule, what, expected, found }).into())
}

/// What a layer saves, of these shapes, and behind it its outputs but for the first; nothing where nothing is kept.
fn others<'s, T>(shapes: &[Vec<usize>], saved: &'s mut [T]) -> (&'s mut [T], &'s mut [T]) {
    let own: usize = shapes.iter().map(|shape| shape.iter().product::<usize>()).sum();
    saved.split_at_mut(own.min(saved.len()))
}

/// Room for tensors of these shapes, where nothing is kept for backward.
fn whole<'r, L: LayerArguments, T: Float>(room: &'r mut Vec<T>, shapes: &[Vec<usize>], batch: usize) -> Result<&'r mut [T]> {
    let bytes = shapes.iter().map(|shape| memory::bytes_of_array::<T>(shape)).fold(0, u64::saturating_add);
    memory::claim(bytes, || format!("what `{}` saves of a batch of {batch}", L::CLASS))?;
    room.resize(shapes.iter().map(|shape| shape.iter().product::<usize>()).sum(), T::ZERO);
    Ok(room)
}
