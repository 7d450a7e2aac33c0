//! Running batch normalisation.

use model_graph::layers::{BatchNormalization, MASK};

use crate::float::Float;
use crate::kernels::batch_normalization::grouped::{self, Groups, Masked};
use crate::kernels::batch_normalization::{self as kernel, Affine, Moving, masked};
use crate::kernels::{elementwise, transpose};
use crate::layer::{Backward, Context, Forward, Gradient, Run, View, Weight};
use crate::layers::accessors::accessors;
use crate::layers::derived::{along_only, derived, normalized as normal, scaled};
use crate::layers::geometry::around;
use crate::layers::pass;
use crate::layers::synchronized::Synchronized;
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

fn affine<T: Float>(weights: &[Weight<T>]) -> Affine<'_, T> {
    Affine { gamma: find(weights, "gamma"), beta: find(weights, "beta") }
}

/// The steps whose samples are in a batch, where there are several: each is normalised by itself.
fn groups(context: &Context<'_>, len: usize) -> Option<Groups> {
    let size = len / context.batch.max(1);
    (context.training && context.steps > 1 && size > 0).then_some(Groups { count: context.steps, size })
}

/// How it normalises: what is normalised, with the mask, and the room for how many elements count.
struct Normalizing<'a, T: Float> {
    layer: &'a BatchNormalization,
    context: Context<'a>,
    weights: &'a [Weight<T>],
    x: &'a [T],
    mask: Option<&'a [T]>,
    counts: &'a mut [T],
}

impl<T: Float> Normalizing<'_, T> {
    /// What normalises by the statistics of all pieces of a batch, where ranks share it and the layer says so.
    fn synchronized(&self) -> Option<Synchronized<'_, T>> {
        let seat = self.context.meeting.filter(|_| self.layer.synchronized && self.context.training)?;
        let groups = groups(&self.context, self.x.len()).unwrap_or(Groups { count: 1, size: self.x.len() });
        let given = Masked { x: self.x, mask: self.mask };
        Some(Synchronized { layer: self.layer, given, groups, seat })
    }

    /// Normalises what has its channels last. `saved` gets the mean and inverse deviation that were used; then, when training, the batch's mean
    /// and variance, and of how many steps they are: those of several are what moving averages that were 0 would have become.
    fn forward(self, saved: &mut [T], y: &mut [T]) {
        let (mean, variance) = (moving(self.weights, "moving_mean"), moving(self.weights, "moving_variance"));
        let (channels, epsilon) = (mean.len(), self.layer.epsilon.0);
        if !self.context.training {
            if !saved.is_empty() {
                saved[..channels].copy_from_slice(mean);
                for (inverse, variance) in saved[channels..2 * channels].iter_mut().zip(variance) {
                    *inverse = T::from_f64(1.0 / (variance.to_f64() + epsilon).sqrt());
                }
            }
            return kernel::forward_inference(self.x, affine(self.weights), epsilon, mean, variance, y);
        }
        let (used, batch) = saved[..4 * channels + 1].split_at_mut(2 * channels);
        batch.fill(T::ZERO);
        let (mean, rest) = batch.split_at_mut(channels);
        let (variance, steps) = rest.split_at_mut(channels);
        steps[0] = T::from_f64(self.context.steps as f64);
        // Moving averages that keep nothing of the old are the batch's own statistics: `update` moves the weights.
        let moving = Moving { mean, variance };
        let affine = affine(self.weights);
        if let Some(synchronized) = self.synchronized() {
            return synchronized.forward(affine, moving, used, y);
        }
        match (groups(&self.context, self.x.len()), self.mask) {
            (Some(groups), mask) => {
                let (given, momentum) = (Masked { x: self.x, mask }, self.layer.momentum.0);
                grouped::forward_training(given, groups, affine, epsilon, momentum, moving, [used, self.counts], y);
            }
            (None, Some(mask)) => masked::forward_training(self.x, mask, affine, epsilon, 0.0, moving, used, y),
            (None, None) => kernel::forward_training(self.x, affine, epsilon, 0.0, moving, used, y),
        }
    }

    /// The gradients of [`forward`](Self::forward); `sums` gets those of gamma, then those of beta, of which there is room for another. `d_x` may
    /// be empty if nobody wants it.
    fn backward(self, saved: &mut [T], d_y: &[T], [sums, own]: [&mut [T]; 2], d_x: Gradient<'_, T>) {
        let channels = sums.len() / 2;
        let (used, gamma) = (&mut saved[..2 * channels], find(self.weights, "gamma"));
        let Gradient { data: d_x, accumulate } = d_x;
        let groups = groups(&self.context, self.x.len());
        if let Some(synchronized) = self.synchronized() {
            synchronized.backward(gamma, used, d_y, [sums, own], Gradient { data: d_x, accumulate });
        } else if let Some(groups) = groups {
            let (given, epsilon) = (Masked { x: self.x, mask: self.mask }, self.layer.epsilon.0);
            grouped::backward(given, groups, gamma, epsilon, d_y, sums, [used, own, self.counts], d_x, accumulate);
        } else if let Some(mask) = self.mask {
            masked::backward(self.x, mask, used, gamma, d_y, sums, self.counts, d_x, accumulate);
        } else if self.context.training {
            kernel::backward(self.x, used, gamma, d_y, sums, d_x, accumulate);
        } else {
            let (mean, inverse) = used.split_at(channels);
            kernel::backward_inference(self.x, [mean, inverse], gamma, d_y, sums, d_x, accumulate);
        }
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
        let mask = mask(&context, inputs);
        let (counts, scratch) = scratch.split_at_mut(if mask.is_some() { channels } else { 0 });
        let (mask, scratch) = spread(mask, output.len(), [channels, inner], scratch);
        if inner == 1 {
            return Normalizing { layer: self, context, weights, x: inputs[0].data, mask, counts }.forward(saved, output);
        }
        let (x, y) = scratch[..2 * output.len()].split_at_mut(output.len());
        transpose::swap(inputs[0].data, x, [channels, inner]);
        Normalizing { layer: self, context, weights, x, mask, counts }.forward(saved, y);
        transpose::swap(y, output, [inner, channels]);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, weights, inputs, d_output, d_inputs, gradients: d_weights, saved, scratch, .. } = call;
        let [channels, inner] = sizes(self, inputs[0].shape);
        let mask = mask(&context, inputs);
        let (sums, scratch) = scratch.split_at_mut(2 * channels);
        let (own, scratch) = scratch.split_at_mut(2 * channels);
        let (counts, scratch) = scratch.split_at_mut(if mask.is_some() { channels } else { 0 });
        let (mask, turned) = spread(mask, d_output.len(), [channels, inner], scratch);
        if inner == 1 {
            let d_x = d_inputs[0].take().unwrap_or(Gradient { data: &mut [], accumulate: false });
            let normalizing = Normalizing { layer: self, context, weights, x: inputs[0].data, mask, counts };
            normalizing.backward(saved, d_output, [&mut *sums, own], d_x);
        } else {
            let (x, rest) = turned.split_at_mut(d_output.len());
            let (d_y, d_x) = rest[..2 * d_output.len()].split_at_mut(d_output.len());
            transpose::swap(inputs[0].data, x, [channels, inner]);
            transpose::swap(d_output, d_y, [channels, inner]);
            let normalizing = Normalizing { layer: self, context, weights, x, mask, counts };
            normalizing.backward(saved, d_y, [&mut *sums, own], Gradient { data: d_x, accumulate: false });
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
        let (batch, steps) = saved[2 * channels..4 * channels + 1].split_at(2 * channels);
        // Of several steps it is known what they come to together.
        let (kept, added) = match steps[0].to_f64() {
            steps if steps > 1.0 => (self.momentum.0.powf(steps), 1.0),
            _ => (self.momentum.0, 1.0 - self.momentum.0),
        };
        for (name, batch) in ["moving_mean", "moving_variance"].into_iter().zip(batch.chunks_exact(channels)) {
            let Some(weight) = weights.iter_mut().find(|weight| weight.is_called(name)) else { continue };
            for (moving, batch) in weight.data.iter_mut().zip(batch) {
                *moving = T::from_f64(moving.to_f64() * kept + batch.to_f64() * added);
            }
        }
    }
}
