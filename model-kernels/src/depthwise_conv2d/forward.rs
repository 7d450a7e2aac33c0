//! The output of a depthwise convolution.

use std::ops::Range;

use super::{BLOCK, Geometry, position};
use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::fused::Fused;
use crate::lanes;
use crate::sizes::check;
use crate::vectorize::vectorize;

/// `output[.., c * multiplier + m] = activation(input[.., c] * kernel[.., c, m] + bias[c * multiplier + m])`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn forward<T: Float>(geometry: &Geometry, input: &[T], kernel: &[T], bias: Option<&[T]>, fused: Fused, output: &mut [T]) {
    geometry.check(input.len(), kernel.len(), output.len());
    check("a depthwise convolution", [("bias", bias.map_or(geometry.output[2], <[T]>::len), &[geometry.output[2]])]);
    let ([height, width, filters], input_len) = (geometry.output, geometry.input_len());
    let row = width * filters;
    let rows = rows_per_task(row * geometry.kernel[0] * geometry.kernel[1]);
    let (y, x) = (geometry.axis(0), geometry.axis(1));
    each([(output, rows * row)], |task, [output]| {
        vectorize(
            #[inline(always)]
            || {
                for (i, output) in output.chunks_exact_mut(row).enumerate() {
                    let (sample, down) = ((task * rows + i) / height, (task * rows + i) % height);
                    let input = &input[sample * input_len..][..input_len];
                    let taps_y = y.taps_at(down);
                    for (across, output) in output.chunks_exact_mut(filters).enumerate() {
                        let window =
                            Window { geometry, input, kernel, down, across, taps_y: taps_y.clone(), taps_x: x.taps_at(across) };
                        window.write(bias, fused, output);
                    }
                }
            },
        );
    });
}

/// A window and what it is multiplied with.
struct Window<'a, T> {
    geometry: &'a Geometry,
    input: &'a [T],
    kernel: &'a [T],
    down: usize,
    across: usize,
    taps_y: Range<usize>,
    taps_x: Range<usize>,
}

impl<T: Float> Window<'_, T> {
    /// Computes all channels of an output pixel, block by block.
    #[inline(always)]
    fn write(&self, bias: Option<&[T]>, fused: Fused, output: &mut [T]) {
        for (block, output) in output.chunks_mut(BLOCK).enumerate() {
            let mut sums = [T::ZERO; BLOCK];
            if let Some(bias) = bias {
                sums[..output.len()].copy_from_slice(&bias[block * BLOCK..][..output.len()]);
            }
            match (self.geometry.multiplier(), output.len()) {
                (1, BLOCK) => self.add_whole(block * BLOCK, &mut sums),
                (1, len) => self.add(block * BLOCK, &mut sums[..len], 1),
                (multiplier, len) => self.add(block * BLOCK, &mut sums[..len], multiplier),
            }
            for (output, &sum) in output.iter_mut().zip(&sums) {
                *output = if fused == Fused::Relu { lanes::max(sum, T::ZERO) } else { sum };
            }
        }
    }

    /// Runs `add(first element of the input's pixel, first element of the kernel's tap)` for every tap inside of the input.
    #[inline(always)]
    fn each_tap(&self, mut add: impl FnMut(usize, usize)) {
        let [_, width, channels] = self.geometry.input;
        let (y, x) = (self.geometry.axis(0), self.geometry.axis(1));
        for tap_y in self.taps_y.clone() {
            let row = position(&y, self.down, tap_y) * width;
            for tap_x in self.taps_x.clone() {
                let pixel = row + position(&x, self.across, tap_x);
                add(pixel * channels, (tap_y * self.geometry.kernel[1] + tap_x) * self.geometry.output[2]);
            }
        }
    }

    /// Adds the taps of a whole block of channels, each of which becomes one.
    #[inline(always)]
    fn add_whole(&self, first: usize, sums: &mut [T; BLOCK]) {
        self.each_tap(
            #[inline(always)]
            |input, kernel| {
                let (input, kernel) = (&self.input[input + first..][..BLOCK], &self.kernel[kernel + first..][..BLOCK]);
                for i in 0..BLOCK {
                    sums[i] += input[i] * kernel[i];
                }
            },
        );
    }

    /// Adds the taps of some of the output's channels.
    #[inline(always)]
    fn add(&self, first: usize, sums: &mut [T], multiplier: usize) {
        self.each_tap(
            #[inline(always)]
            |input, kernel| {
                let kernel = &self.kernel[kernel + first..][..sums.len()];
                for (i, (sum, &kernel)) in sums.iter_mut().zip(kernel).enumerate() {
                    *sum += self.input[input + (first + i) / multiplier] * kernel;
                }
            },
        );
    }
}
