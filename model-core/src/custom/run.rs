//! How a layer of the user's own runs: its tensors as arrays, and what it gives held against its shape rule.

use std::fmt::Debug;

use model_graph::custom::Pattern;
use model_graph::layer::LayerArguments;
use model_graph::shape::{Shape, TensorType};

use super::arrays::{Arrays, ArraysMut, Given, Target};
use super::fault::{ShapeFault, Wrong};
use super::{Backward, CustomLayer, Forward, Gradients, Templates};
use crate::error::Result;
use crate::float::Float;
use crate::layer::{Context, Gradient, Layer, View, Weight, Weights};
use crate::layers::inner;
use crate::memory;

/// A sample's shape as the layer sees it, the batch first: the axes that `..` stands for are counted into the batch.
pub(super) fn seen(pattern: &Pattern, shape: &[usize], batch: usize) -> Vec<usize> {
    let (open, own) = shape.split_at(shape.len().saturating_sub(pattern.sizes.len()));
    let rows = batch * open.iter().product::<usize>();
    std::iter::once(rows).chain(own.iter().copied()).collect()
}

/// What a call is run with.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Pass<'a, T: Float> {
    pub context: Context<'a>,
    /// A number for random choices.
    pub key: u64,
    pub weights: &'a [Weight<T>],
    pub inputs: &'a [View<'a, T>],
    /// The layer that it is a call of, where it is one by itself.
    pub standing: Option<Standing<'a, T>>,
}

/// A layer by itself, and which of its calls is run.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a, T: Float> {
    pub identity: u64,
    pub call: usize,
    pub trainable: bool,
    pub(super) templates: &'a Templates<T>,
}

/// What a call writes.
#[doc(hidden)]
#[derive(Debug)]
pub struct Written<'a, 'o, T: Float> {
    /// The shape of a sample of the output.
    pub shape: &'a [usize],
    pub output: &'a mut [T],
    /// The other outputs.
    pub more: &'a mut [&'o mut [T]],
    pub saved: &'a mut [T],
}

/// What the way back through a call works with.
#[doc(hidden)]
#[derive(Debug)]
pub struct Returning<'a, 'o, 'd, T: Float> {
    pub output: View<'a, T>,
    pub d_output: &'a mut [T],
    /// The gradients of the other outputs.
    pub more: &'a mut [&'o mut [T]],
    pub d_inputs: &'a mut [Option<Gradient<'d, T>>],
    pub gradients: &'a mut [Weight<T>],
    pub saved: &'a mut [T],
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
        self.config.run(self.standing(context, call, inputs), Written { shape: output_shape, output, more, saved })
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
        let back = Returning { output, d_output, more, d_inputs, gradients: gradients.all_mut(), saved };
        self.config.run_back(self.standing(context, call, inputs), back)
    }

    /// Changes the weights that training changes by other means than their gradients, unless the layer is frozen.
    pub fn run_update(&mut self, saved: &[T]) {
        if self.trainable {
            self.config.update(self.weights.all_mut(), saved);
        }
    }

    /// What the `call`-th call is run with.
    pub(super) fn standing<'a>(&'a self, context: Context<'a>, call: usize, inputs: &'a [View<'a, T>]) -> Pass<'a, T> {
        let (identity, templates) = (self.common.identity.number(), &self.common.templates);
        let standing = Some(Standing { identity, call, trainable: self.trainable, templates });
        Pass { context, key: self.common.key(context, call), weights: self.weights.all(), inputs, standing }
    }
}

/// The arithmetic of a layer of the user's own, whichever it is, on whatever weights.
pub(crate) trait Runs<T: Float>: Debug + Send + Sync {
    /// See [`CustomLayer::run`].
    fn run_with(&self, pass: Pass<'_, T>, written: Written<'_, '_, T>) -> Result<()>;

    /// See [`CustomLayer::run_back`].
    fn run_back_with(&self, pass: Pass<'_, T>, back: Returning<'_, '_, '_, T>) -> Result<()>;
}

impl<L: CustomLayer<T>, T: Float> Runs<T> for L {
    fn run_with(&self, pass: Pass<'_, T>, written: Written<'_, '_, T>) -> Result<()> {
        self.run(pass, written)
    }

    fn run_back_with(&self, pass: Pass<'_, T>, back: Returning<'_, '_, '_, T>) -> Result<()> {
        self.run_back(pass, back)
    }
}

/// Runs a layer that computes with arrays.
pub(super) fn forward<L: CustomLayer<T>, T: Float>(layer: &L, pass: Pass<'_, T>, written: Written<'_, '_, T>) -> Result<()> {
    let Pass { context: Context { batch, training, .. }, key: seed, weights, inputs, .. } = pass;
    let Written { shape, output, more, saved } = written;
    let tensors = arrays::<L, T>(inputs, batch);
    let shapes = saved_shapes(layer, inputs, batch);
    let (saved, kept) = others(&shapes, behind_statistics(weights, saved));
    let mut room = Vec::new();
    let saved = if saved.is_empty() { whole::<L, T>(&mut room, &shapes, batch)? } else { saved };
    saved.fill(T::ZERO);
    let given = layer.forward(Forward {
        inputs: L::read_inputs(&mut Arrays::new(&tensors)),
        weights: L::read_weights(&mut Arrays::of_weights(weights)),
        saved: L::read_saved(&mut ArraysMut::new(shapes, saved)),
        training,
        seed,
        batch,
    });
    let shapes = output_shapes(layer, inputs, shape, batch);
    let count = shapes.len();
    let all = std::iter::once(&mut *output).chain(more.iter_mut().map(|other| &mut **other));
    let targets = shapes.into_iter().zip(all).enumerate().map(|(i, (shape, output))| {
        let memory = Some((output, false));
        Target { what: Wrong::Output(i, count, "forward"), shape, memory }
    });
    let mut taken = Given::new(targets.collect());
    L::give_output(given, &mut taken);
    judge(layer, taken)?;
    if !kept.is_empty() {
        more.iter().fold(kept, |kept, other| {
            let (own, rest) = kept.split_at_mut(other.len());
            own.copy_from_slice(other);
            rest
        });
    }
    Ok(())
}

/// Goes back through a layer that computes with arrays.
pub(super) fn backward<L: CustomLayer<T>, T: Float>(layer: &L, pass: Pass<'_, T>, back: Returning<'_, '_, '_, T>) -> Result<()> {
    let Pass { context: Context { batch, training, accumulate, .. }, key: seed, weights, inputs, .. } = pass;
    let Returning { output, d_output, more, d_inputs, gradients, saved } = back;
    let tensors = arrays::<L, T>(inputs, batch);
    let shapes = saved_shapes(layer, inputs, batch);
    let (saved, mut kept) = others(&shapes, behind_statistics(weights, saved));
    let mut outputs = Vec::new();
    for (place, shape) in output_shapes(layer, inputs, output.shape, batch).into_iter().enumerate() {
        let data: &[T] = match place {
            0 => output.data,
            _ => inner::take(&mut kept, shape.iter().product()),
        };
        outputs.push((shape, data));
    }
    let gradients_of = std::iter::once(&*d_output).chain(more.iter().map(|other| &**other));
    let d_outputs: Vec<_> = outputs.iter().map(|(shape, _)| shape.clone()).zip(gradients_of).collect();
    let given: Gradients<L, T> = layer.backward(Backward {
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
    judge(layer, taken)
}

/// What is saved behind what statistics become and were, which such a layer leaves alone.
fn behind_statistics<'s, T: Float>(weights: &[Weight<T>], saved: &'s mut [T]) -> &'s mut [T] {
    let statistics = weights.iter().filter(|weight| !weight.trainable).map(|weight| weight.data.len());
    saved.split_at_mut((2 * statistics.sum::<usize>()).min(saved.len())).1
}

/// The inputs as the layer sees them.
fn arrays<'a, L: CustomLayer<T>, T: Float>(inputs: &[View<'a, T>], batch: usize) -> Vec<(Vec<usize>, &'a [T])> {
    let patterns = &L::signature().rule.inputs;
    inputs.iter().zip(patterns).map(|(input, pattern)| (seen(pattern, input.shape, batch), input.data)).collect()
}

/// The shapes of the outputs, the batch first, of which the first is known for a sample.
pub(super) fn output_shapes<L: CustomLayer<T>, T: Float>(
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
