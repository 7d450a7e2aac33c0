//! What layers share that normalise a sample along axes: tensors turned so that what is normalised lies together, and the passes.

use model_graph::argument::Axes;

use crate::few::Few;
use crate::float::Float;
use crate::kernels::normalization::{self as kernel, Affine, Divisor};
use crate::kernels::permute;
use crate::layer::{Backward, Forward, Gradient, Weight};
use crate::layers::pass;

/// What is normalised together.
pub(super) struct Rows {
    /// The order of a sample's axes in which each row's elements lie together, where that is another than they are in.
    pub order: Option<Few<usize>>,
    /// The elements of a row.
    pub size: usize,
    /// How many elements share a number of `gamma` and of `beta`.
    pub inner: usize,
}

impl Rows {
    /// Rows along axes.
    pub fn along(axes: &Axes, shape: &[usize]) -> Self {
        let of = |are_normalized: bool| (0..shape.len()).filter(move |&axis| axes.contain(axis, shape.len()) == are_normalized);
        let size = of(true).map(|axis| shape[axis]).product();
        Self { order: order(of(false).chain(of(true)), shape), size, inner: 1 }
    }

    /// Groups of the channels along an axis, with all that the other axes hold.
    pub fn of_groups(groups: Option<usize>, axis: usize, shape: &[usize]) -> Self {
        let (sample, channels) = (shape.iter().product::<usize>(), shape[axis]);
        let others = (0..shape.len()).filter(|&other| other != axis);
        let order = order(std::iter::once(axis).chain(others), shape);
        Self { order, size: sample / groups.unwrap_or(channels), inner: sample / channels }
    }
}

/// An order of axes, where it moves any elements.
fn order(axes: impl Iterator<Item = usize> + Clone, shape: &[usize]) -> Option<Few<usize>> {
    let moved = axes.clone().filter(|&axis| shape[axis] != 1);
    if moved.is_sorted() { None } else { Some(axes.collect()) }
}

/// How far the elements of a shape lie apart along each of its axes.
fn strides(shape: &[usize]) -> Few<usize> {
    (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect()
}

/// Writes the elements in another order of a sample's axes.
fn turn<T: Float>(from: &[T], shape: &[usize], order: &[usize], to: &mut [T]) {
    let strides = strides(shape);
    let turned: Few<usize> = order.iter().map(|&axis| strides[axis]).collect();
    permute::gather(from, &turned, to, &sizes(shape, order), false);
}

/// Writes elements that were turned in their own order again.
fn turn_back<T: Float>(from: &[T], shape: &[usize], order: &[usize], to: &mut [T]) {
    let turned = strides(&sizes(shape, order));
    let mut strides: Few<usize> = shape.iter().copied().collect();
    order.iter().zip(turned.iter()).for_each(|(&axis, &stride)| strides[axis] = stride);
    permute::gather(from, &strides, to, shape, false);
}

fn sizes(shape: &[usize], order: &[usize]) -> Few<usize> {
    order.iter().map(|&axis| shape[axis]).collect()
}

/// The weights: the offsets are called `beta`, the factors `gamma` or `scale`.
fn affine<T: Float>(weights: &[Weight<T>], inner: usize) -> Affine<'_, T> {
    let find = |is_offset| weights.iter().find(|weight| weight.is_called("beta") == is_offset).map(|weight| &*weight.data);
    Affine { gamma: find(false), beta: find(true), inner }
}

/// The normalised input and the inverse of what each row is divided by, in what forward leaves.
fn parts<T>(saved: &mut [T], len: usize, size: usize) -> [&mut [T]; 2] {
    let (normal, inverse) = if saved.is_empty() { saved.split_at_mut(0) } else { saved.split_at_mut(len) };
    let rows = (len / size).min(inverse.len());
    [normal, &mut inverse[..rows]]
}

pub(super) fn forward<T: Float>(rows: &Rows, by: Divisor, call: Forward<'_, T>) {
    let Forward { weights, inputs, output, saved, scratch, .. } = call;
    let Rows { order, size, inner } = rows;
    let saved = parts(saved, output.len(), *size);
    let Some(order) = order else {
        return kernel::forward(inputs[0].data, *size, affine(weights, *inner), by, saved, output);
    };
    let (x, y) = scratch[..2 * output.len()].split_at_mut(output.len());
    turn(inputs[0].data, inputs[0].shape, order, x);
    kernel::forward(x, *size, affine(weights, *inner), by, saved, y);
    turn_back(y, inputs[0].shape, order, output);
}

pub(super) fn backward<T: Float>(rows: &Rows, by: Divisor, call: Backward<'_, T>) {
    let Backward { context, weights, inputs, d_output, d_inputs, gradients, saved, scratch, .. } = call;
    let Rows { order, size, inner } = rows;
    let [normal, inverse] = parts(saved, d_output.len(), *size);
    let affine = affine(weights, *inner);
    let Some(order) = order else {
        weight_gradients(normal, d_output, *inner, gradients, context.accumulate);
        if let Some(Gradient { data, accumulate }) = &mut d_inputs[0] {
            kernel::backward([normal, inverse], *size, affine, by, d_output, data, *accumulate);
        }
        return;
    };
    let (d_y, d_x) = scratch[..2 * d_output.len()].split_at_mut(d_output.len());
    turn(d_output, inputs[0].shape, order, d_y);
    weight_gradients(normal, d_y, *inner, gradients, context.accumulate);
    kernel::backward([normal, inverse], *size, affine, by, d_y, d_x, false);
    turn_back(d_x, inputs[0].shape, order, d_output);
    pass::on(d_output, d_inputs);
}

/// Writes the gradients of the weights, or adds to them.
fn weight_gradients<T: Float>(normal: &[T], d_y: &[T], inner: usize, gradients: &mut [Weight<T>], accumulate: bool) {
    let Some(numbers) = gradients.first().map(|weight| weight.data.len()) else { return };
    kernel::affine_gradient(normal, d_y, [numbers, inner], |j, d_gamma, d_beta| {
        for weight in &mut *gradients {
            let d = if weight.is_called("beta") { d_beta } else { d_gamma };
            weight.data[j] = if accumulate { weight.data[j] + d } else { d };
        }
    });
}
