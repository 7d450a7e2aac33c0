//! Merging tensors of one shape element by element: Keras's `Add`, `Subtract`, `Multiply`, `Average`, `Maximum` and `Minimum`.

use crate::chunks::{CHUNK, each, rows_per_task};
use crate::float::Float;
use crate::lanes;
use crate::vectorize::vectorize;

/// How to merge. Any number of inputs is folded from the left, as in Keras.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// The sum.
    Add,
    /// The first less the others.
    Subtract,
    /// The product.
    Multiply,
    /// The sum over the number of inputs.
    Average,
    /// The largest.
    Maximum,
    /// The smallest.
    Minimum,
}

/// `out = merge(inputs)`; at least one input.
pub fn forward<T: Float>(merge: Merge, inputs: &[&[T]], out: &mut [T]) {
    let scale = T::ONE / T::from_f64(inputs.len() as f64);
    match merge {
        Merge::Add => fold(inputs, out, |a, b| a + b, |x| x),
        Merge::Subtract => fold(inputs, out, |a, b| a - b, |x| x),
        Merge::Multiply => fold(inputs, out, |a, b| a * b, |x| x),
        Merge::Average => fold(inputs, out, |a, b| a + b, |x| x * scale),
        Merge::Maximum => fold(inputs, out, lanes::max, |x| x),
        Merge::Minimum => fold(inputs, out, lanes::min, |x| x),
    }
}

/// The gradient of input `index` goes to `d_input`, or is added to it. `inputs` is read by all but `Add`, `Subtract` and `Average`.
///
/// Equal inputs of a maximum or minimum share the gradient at each step of the fold, half and half, as in JAX.
pub fn backward<T: Float>(merge: Merge, inputs: &[&[T]], d_output: &[T], index: usize, d_input: &mut [T], accumulate: bool) {
    match merge {
        Merge::Add => scaled(d_output, T::ONE, d_input, accumulate),
        Merge::Subtract => scaled(d_output, if index == 0 { T::ONE } else { -T::ONE }, d_input, accumulate),
        Merge::Average => scaled(d_output, T::ONE / T::from_f64(inputs.len() as f64), d_input, accumulate),
        Merge::Multiply | Merge::Maximum | Merge::Minimum => by_block(
            d_output,
            d_input,
            accumulate,
            #[inline(always)]
            |start, block| derive(merge, inputs, index, start, block),
        ),
    }
}

/// `target += source`.
pub fn accumulate<T: Float>(target: &mut [T], source: &[T]) {
    scaled(source, T::ONE, target, true);
}

/// `target = source`.
pub fn copy<T: Float>(target: &mut [T], source: &[T]) {
    debug_assert_eq!(target.len(), source.len());
    each([(target, CHUNK)], |i, [target]| target.copy_from_slice(&source[i * CHUNK..][..target.len()]));
}

/// `target = factor * source`, or `target +=` that.
pub fn scaled<T: Float>(source: &[T], factor: T, target: &mut [T], accumulate: bool) {
    debug_assert_eq!(target.len(), source.len());
    each([(target, CHUNK)], |i, [target]| {
        let source = &source[i * CHUNK..][..target.len()];
        vectorize(
            #[inline(always)]
            || put(target, accumulate, |i| source[i] * factor),
        );
    });
}

/// `y = factor * x + offset`.
pub fn affine<T: Float>(x: &[T], factor: T, offset: T, y: &mut [T]) {
    each([(y, CHUNK)], |i, [y]| {
        let x = &x[i * CHUNK..][..y.len()];
        vectorize(
            #[inline(always)]
            || put(y, false, |i| x[i] * factor + offset),
        );
    });
}

/// `y = factor * x + offset`, of which each channel has its own; the channels are last.
pub fn affine_by_channel<T: Float>(x: &[T], channels: usize, of: impl Fn(usize) -> [T; 2] + Sync, y: &mut [T]) {
    let value = |channel, x| {
        let [factor, offset] = of(channel);
        x * factor + offset
    };
    by_channel(x, channels, value, y, false);
}

/// `target = factor * source`, or `target +=` that, with a factor for each channel.
pub fn scaled_by_channel<T: Float>(
    source: &[T],
    channels: usize,
    factor: impl Fn(usize) -> T + Sync,
    target: &mut [T],
    accumulate: bool,
) {
    by_channel(source, channels, |channel, x| x * factor(channel), target, accumulate);
}

/// `target = value(channel, source)`, or `target +=` that; the channels are last.
pub fn by_channel<T: Float>(
    source: &[T],
    channels: usize,
    value: impl Fn(usize, T) -> T + Sync,
    target: &mut [T],
    accumulate: bool,
) {
    let piece = rows_per_task(channels) * channels;
    each([(target, piece)], |i, [target]| {
        let source = &source[i * piece..][..target.len()];
        for (source, target) in source.chunks_exact(channels).zip(target.chunks_exact_mut(channels)) {
            put(target, accumulate, |channel| value(channel, source[channel]));
        }
    });
}

/// `target[i] = value(i)`, or `+=`.
#[inline(always)]
fn put<T: Float>(target: &mut [T], accumulate: bool, value: impl Fn(usize) -> T) {
    if accumulate {
        for (i, target) in target.iter_mut().enumerate() {
            *target += value(i);
        }
    } else {
        for (i, target) in target.iter_mut().enumerate() {
            *target = value(i);
        }
    }
}

fn fold<T: Float>(inputs: &[&[T]], out: &mut [T], join: impl Fn(T, T) -> T + Sync, finish: impl Fn(T) -> T + Sync) {
    each([(out, CHUNK)], |i, [out]| {
        let part = |input: usize| &inputs[input][i * CHUNK..][..out.len()];
        let (first, second) = (part(0), part(1.min(inputs.len() - 1)));
        match inputs.len() {
            1 => vectorize(
                #[inline(always)]
                || put(out, false, |i| finish(first[i])),
            ),
            2 => vectorize(
                #[inline(always)]
                || put(out, false, |i| finish(join(first[i], second[i]))),
            ),
            n => vectorize(
                #[inline(always)]
                || {
                    put(out, false, |i| join(first[i], second[i]));
                    for input in inputs.iter().take(n - 1).skip(2) {
                        out.iter_mut().zip(&input[i * CHUNK..]).for_each(|(out, &x)| *out = join(*out, x));
                    }
                    out.iter_mut().zip(&inputs[n - 1][i * CHUNK..]).for_each(|(out, &x)| *out = finish(join(*out, x)));
                },
            ),
        }
    });
}

/// Elements that a derivative works on at a time, on the stack.
pub(crate) const BLOCK: usize = 256;

/// An input, read in blocks of the output's elements.
pub(crate) trait Blocks<T>: Sync {
    /// What the output's elements from `start` are made of, as many as there is room for; the room may be written to.
    fn block<'b>(&'b self, start: usize, room: &'b mut [T]) -> &'b [T];
}

impl<T: Sync> Blocks<T> for &[T] {
    #[inline(always)]
    fn block<'b>(&'b self, start: usize, room: &'b mut [T]) -> &'b [T] {
        &self[start..][..room.len()]
    }
}

/// Turns a block of the output's gradient from `start` into that which belongs to input `index`.
#[inline(always)]
pub(crate) fn derive<T: Float>(merge: Merge, inputs: &[impl Blocks<T>], index: usize, start: usize, block: &mut [T]) {
    match merge {
        Merge::Add => {}
        Merge::Subtract if index == 0 => {}
        Merge::Subtract => block.iter_mut().for_each(|d| *d = -*d),
        Merge::Average => {
            let factor = T::ONE / T::from_f64(inputs.len() as f64);
            block.iter_mut().for_each(|d| *d *= factor);
        }
        Merge::Multiply => others(inputs, index, start, block),
        Merge::Maximum => shares(inputs, index, start, block, T::ONE),
        Merge::Minimum => shares(inputs, index, start, block, -T::ONE),
    }
}

/// `block *=` the product of the other inputs.
#[inline(always)]
fn others<T: Float>(inputs: &[impl Blocks<T>], index: usize, start: usize, block: &mut [T]) {
    let mut room = [T::ZERO; BLOCK];
    let room = &mut room[..block.len()];
    for (_, input) in inputs.iter().enumerate().filter(|&(k, _)| k != index) {
        block.iter_mut().zip(input.block(start, room)).for_each(|(d, &x)| *d *= x);
    }
}

/// `block *=` the share that input `index` has in the largest of `sign * input`.
#[inline(always)]
fn shares<T: Float>(inputs: &[impl Blocks<T>], index: usize, start: usize, block: &mut [T], sign: T) {
    let (mut room, mut largest) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK]);
    let room = &mut room[..block.len()];
    largest.iter_mut().zip(inputs[0].block(start, room)).for_each(|(largest, &x)| *largest = sign * x);
    for (k, input) in inputs.iter().enumerate().skip(1) {
        for ((d, largest), &x) in block.iter_mut().zip(&mut largest).zip(input.block(start, room)) {
            let x = sign * x;
            let (of_x, of_largest) = share(x, *largest);
            let factor = if k == index { of_x } else { of_largest };
            *d *= if k < index { T::ONE } else { factor };
            *largest = lanes::max(*largest, x);
        }
    }
}

/// What `x` and `y` get of the gradient of the larger of them.
#[inline(always)]
fn share<T: Float>(x: T, y: T) -> (T, T) {
    let half = T::from_f64(0.5);
    let of_x = if x > y { T::ONE } else { T::ZERO };
    let of_x = if x == y { half } else { of_x };
    (of_x, T::ONE - of_x)
}

/// Runs `work(start, state)` over blocks, where `state` begins as the gradient of the output and ends as that of the input.
pub(crate) fn by_block<T: Float>(d_output: &[T], d_input: &mut [T], accumulate: bool, work: impl Fn(usize, &mut [T]) + Sync) {
    each([(d_input, CHUNK)], |i, [d_input]| {
        vectorize(
            #[inline(always)]
            || {
                for (b, d_input) in d_input.chunks_mut(BLOCK).enumerate() {
                    let start = i * CHUNK + b * BLOCK;
                    let mut state = [T::ZERO; BLOCK];
                    let state = &mut state[..d_input.len()];
                    state.copy_from_slice(&d_output[start..][..d_input.len()]);
                    work(start, state);
                    put(d_input, accumulate, |i| state[i]);
                }
            },
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Merge; 6] = [Merge::Add, Merge::Subtract, Merge::Multiply, Merge::Average, Merge::Maximum, Merge::Minimum];

    fn inputs(n: usize) -> [Vec<f64>; 3] {
        std::array::from_fn(|k| (0..n).map(|i| ((i * 7 + k * 13) % 29) as f64 - 11.5 + k as f64 / 8.0).collect())
    }

    #[test]
    fn forward_folds_from_the_left() {
        let n = CHUNK + 300;
        let x = inputs(n);
        for (merge, want) in ALL.into_iter().zip([
            |a: f64, b: f64, c: f64| a + b + c,
            |a: f64, b: f64, c: f64| a - b - c,
            |a: f64, b: f64, c: f64| a * b * c,
            |a: f64, b: f64, c: f64| (a + b + c) / 3.0,
            |a: f64, b: f64, c: f64| a.max(b).max(c),
            |a: f64, b: f64, c: f64| a.min(b).min(c),
        ]) {
            let mut out = vec![0.0; n];
            forward(merge, &[&x[0], &x[1], &x[2]], &mut out);
            for i in 0..n {
                assert!((out[i] - want(x[0][i], x[1][i], x[2][i])).abs() < 1e-9, "{merge:?}");
            }
        }
    }

    #[test]
    fn gradients_are_the_numerical_ones() {
        let n = CHUNK + 300;
        let x = inputs(n);
        for merge in ALL {
            for count in 1..=3 {
                for index in 0..count {
                    let run = |step: f64| {
                        let mut x = x.clone();
                        x[index].iter_mut().for_each(|x| *x += step);
                        let mut out = vec![0.0; n];
                        forward(merge, &x.each_ref().map(|x| &x[..])[..count], &mut out);
                        out
                    };
                    let (above, below) = (run(1e-5), run(-1e-5));
                    let (d_output, mut d) = (vec![2.0; n], vec![1.0; n]);
                    backward(merge, &x.each_ref().map(|x| &x[..])[..count], &d_output, index, &mut d, true);
                    for i in 0..n {
                        let want = 1.0 + 2.0 * (above[i] - below[i]) / 2e-5;
                        assert!((d[i] - want).abs() < 1e-4, "{merge:?} {count} {index} at {i}: {} for {want}", d[i]);
                    }
                }
            }
        }
    }

    #[test]
    fn equal_inputs_share_the_gradient_half_and_half_at_each_step() {
        let x: [&[f32]; 3] = [&[1.0, 1.0], &[1.0, 2.0], &[1.0, 2.0]];
        for (index, want) in [[0.25, 0.0], [0.25, 0.5], [0.5, 0.5]].into_iter().enumerate() {
            let mut d = [0.0; 2];
            backward(Merge::Maximum, &x, &[1.0; 2], index, &mut d, false);
            assert_eq!(d, want);
        }
    }
}
