//! Running batch normalisation.

use model_graph::layers::{BatchNormalization, MASK};

use crate::float::Float;
use crate::kernels::batch_normalization::{self as kernel, Affine, Moving, masked};
use crate::kernels::{elementwise, transpose};
use crate::layer::{Backward, Context, Forward, Gradient, Run, View, Weight};
use crate::layers::accessors::accessors;
use crate::layers::derived::{along_only, derived, normalized as normal, scaled};
use crate::layers::geometry::around;
use crate::layers::pass;
use crate::variable::along;

accessors!(BatchNormalization {
    always {
        /// The moving average of the batches' means, one of each channel.
        moving_mean, moving_mean_mut;
        /// The moving average of the batches' variances, one of each channel.
        moving_variance, moving_variance_mut;
    }
    optional {
        /// The scale of each channel, where the layer has one.
        gamma, gamma_mut;
        /// The offset of each channel, where the layer has one.
        beta, beta_mut;
    }
});

fn find<'w, T: Float>(weights: &'w [Weight<T>], name: &str) -> Option<&'w [T]> {
    weights.iter().find(|weight| weight.is_called(name)).map(|weight| &*weight.data)
}

fn moving<'w, T: Float>(weights: &'w [Weight<T>], name: &str) -> &'w [T] {
    find(weights, name).expect("a weight that the layer always has")
}

/// The number of channels, and of elements behind each.
fn sizes(layer: &BatchNormalization, shape: &[usize]) -> [usize; 2] {
    let axis = layer.axis.in_sample(shape.len()).expect("the shape rule has checked the axis");
    let [_, channels, inner] = around(1, shape, axis);
    [channels, inner]
}

/// The mask of a call that needs one, for every element of its input: which count.
fn mask<'a, T: Float>(context: &Context<'_>, inputs: &'a [View<'a, T>]) -> Option<View<'a, T>> {
    context.manner.slot(MASK, inputs).first().copied().filter(|_| context.training)
}

/// Spreads a mask over the last axis and turns it as its tensor is, in the front of the room; gives what is left of that.
fn spread<'a, T: Float>(
    mask: Option<View<'_, T>>,
    len: usize,
    [channels, inner]: [usize; 2],
    room: &'a mut [T],
) -> (Option<&'a [T]>, &'a mut [T]) {
    let Some(mask) = mask else { return (None, room) };
    let (spread, room) = room.split_at_mut(len);
    let row = len / mask.data.len().max(1);
    for (to, &mask) in spread.chunks_exact_mut(row.max(1)).zip(mask.data) {
        to.fill(mask);
    }
    if inner == 1 {
        return (Some(spread), room);
    }
    let (turned, room) = room.split_at_mut(len);
    transpose::swap(spread, turned, [channels, inner]);
    (Some(turned), room)
}

/// Normalises `x`, whose channels are last. `saved` gets the mean and inverse deviation that were used; then, when training, the batch's
/// mean and variance.
fn normalize<T: Float>(
    layer: &BatchNormalization,
    is_training: bool,
    weights: &[Weight<T>],
    (x, mask): (&[T], Option<&[T]>),
    saved: &mut [T],
    y: &mut [T],
) {
    let affine = Affine { gamma: find(weights, "gamma"), beta: find(weights, "beta") };
    let (mean, variance) = (moving(weights, "moving_mean"), moving(weights, "moving_variance"));
    let channels = mean.len();
    if is_training {
        let (used, batch) = saved[..4 * channels].split_at_mut(2 * channels);
        batch.fill(T::ZERO);
        let (mean, variance) = batch.split_at_mut(channels);
        // Moving averages that keep nothing of the old are the batch's own statistics: `update` moves the weights.
        let moving = Moving { mean, variance };
        match mask {
            Some(mask) => masked::forward_training(x, mask, affine, layer.epsilon.0, 0.0, moving, used, y),
            None => kernel::forward_training(x, affine, layer.epsilon.0, 0.0, moving, used, y),
        }
    } else {
        if !saved.is_empty() {
            saved[..channels].copy_from_slice(mean);
            for (inverse, variance) in saved[channels..2 * channels].iter_mut().zip(variance) {
                *inverse = T::from_f64(1.0 / (variance.to_f64() + layer.epsilon.0).sqrt());
            }
        }
        kernel::forward_inference(x, affine, layer.epsilon.0, mean, variance, y);
    }
}

/// The gradients of [`normalize`]; `sums` gets those of gamma, then those of beta. `d_x` may be empty if nobody wants it.
fn gradients<T: Float>(
    is_training: bool,
    gamma: Option<&[T]>,
    (x, mask): (&[T], Option<&[T]>),
    saved: &[T],
    d_y: &[T],
    (sums, counts): (&mut [T], &mut [T]),
    d_x: Gradient<T>,
) {
    let channels = sums.len() / 2;
    let used = &saved[..2 * channels];
    if let Some(mask) = mask {
        masked::backward(x, mask, used, gamma, d_y, sums, counts, d_x.data, d_x.accumulate);
    } else if is_training {
        kernel::backward(x, used, gamma, d_y, sums, d_x.data, d_x.accumulate);
    } else {
        let (mean, inverse) = used.split_at(channels);
        kernel::backward_inference(x, [mean, inverse], gamma, d_y, sums, d_x.data, d_x.accumulate);
    }
}

impl<T: Float> Run<T> for BatchNormalization {
    derived!(|layer, call| {
        let (x, rank) = (call.x()?, call.shape(0).len() - 1);
        let axis = layer.axis.in_sample(rank).map_or(rank, |axis| axis + 1);
        let shape = along_only(x.shape(), |own| own + 1 == axis);
        let normal = if call.is_training() && call.is_trainable() {
            if !call.slot(MASK).is_empty() {
                return Ok(Derived::None);
            }
            let axes: Vec<i64> = (0..=rank).filter(|&other| other != axis).map(|other| other as i64).collect();
            normal(x, along(axes), true, layer.epsilon.0)?
        } else {
            let (Some(mean), Some(variance)) = (call.weight("moving_mean"), call.weight("moving_variance")) else {
                return Ok(Derived::None);
            };
            (x - mean.reshaped(&shape)?) * (variance.reshaped(&shape)? + layer.epsilon.0).rsqrt()?
        };
        scaled(normal, [call.weight("gamma"), call.weight("beta")], &shape)
    });

    fn infers_when_frozen(&self) -> bool {
        true
    }

    fn forward(&self, call: Forward<'_, T>) {
        let Forward { context, weights, inputs, output, saved, scratch, .. } = call;
        let [channels, inner] = sizes(self, inputs[0].shape);
        let (mask, scratch) = spread(mask(&context, inputs), output.len(), [channels, inner], scratch);
        if inner == 1 {
            return normalize(self, context.training, weights, (inputs[0].data, mask), saved, output);
        }
        let (x, y) = scratch[..2 * output.len()].split_at_mut(output.len());
        transpose::swap(inputs[0].data, x, [channels, inner]);
        normalize(self, context.training, weights, (x, mask), saved, y);
        transpose::swap(y, output, [inner, channels]);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, weights, inputs, d_output, d_inputs, gradients: d_weights, saved, scratch, .. } = call;
        let [channels, inner] = sizes(self, inputs[0].shape);
        let gamma = find(weights, "gamma");
        let mask = mask(&context, inputs);
        let (sums, scratch) = scratch.split_at_mut(2 * channels);
        let (counts, scratch) = scratch.split_at_mut(if mask.is_some() { channels } else { 0 });
        let (mask, turned) = spread(mask, d_output.len(), [channels, inner], scratch);
        if inner == 1 {
            let d_x = d_inputs[0].take().unwrap_or(Gradient { data: &mut [], accumulate: false });
            gradients(context.training, gamma, (inputs[0].data, mask), saved, d_output, (sums, counts), d_x);
        } else {
            let (x, rest) = turned.split_at_mut(d_output.len());
            let (d_y, d_x) = rest[..2 * d_output.len()].split_at_mut(d_output.len());
            transpose::swap(inputs[0].data, x, [channels, inner]);
            transpose::swap(d_output, d_y, [channels, inner]);
            gradients(context.training, gamma, (x, mask), saved, d_y, (sums, counts), Gradient { data: d_x, accumulate: false });
            transpose::swap(d_x, d_output, [inner, channels]);
            pass::on(d_output, d_inputs);
        }
        pass::nothing(&mut d_inputs[1..]);
        for (name, sums) in ["gamma", "beta"].into_iter().zip(sums.chunks_exact(channels)) {
            if let Some(weight) = d_weights.iter_mut().find(|weight| weight.is_called(name)) {
                elementwise::scaled(sums, T::ONE, &mut weight.data, context.accumulate);
            }
        }
    }

    fn update(&self, weights: &mut [Weight<T>], saved: &[T]) {
        let channels = moving(weights, "moving_mean").len();
        let batch = saved[2 * channels..].chunks_exact(channels);
        for (name, batch) in ["moving_mean", "moving_variance"].into_iter().zip(batch) {
            let Some(weight) = weights.iter_mut().find(|weight| weight.is_called(name)) else { continue };
            for (moving, batch) in weight.data.iter_mut().zip(batch) {
                *moving = T::from_f64(moving.to_f64() * self.momentum.0 + batch.to_f64() * (1.0 - self.momentum.0));
            }
        }
    }
}
