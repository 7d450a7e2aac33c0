//! The gradient of a depthwise convolution's input: every input gathers from the outputs whose windows cover it.

use super::{BLOCK, Geometry};
use crate::chunks::{each, rows_per_task};
use crate::contract::axis::Axis;
use crate::float::Float;
use crate::vectorize::vectorize;

/// `d_input[.., c] =` the sum of `d_output[.., c * multiplier + m] * kernel[.., c, m]`, or `+=` if `accumulate`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn input_gradient<T: Float>(geometry: &Geometry, d_output: &[T], kernel: &[T], d_input: &mut [T], accumulate: bool) {
    geometry.check(d_input.len(), kernel.len(), d_output.len());
    let ([height, width, channels], output_len) = (geometry.input, geometry.output_len());
    let row = width * channels;
    let rows = rows_per_task(row * geometry.kernel[0] * geometry.kernel[1]);
    each([(d_input, rows * row)], |task, [d_input]| {
        vectorize(
            #[inline(always)]
            || {
                for (i, d_input) in d_input.chunks_exact_mut(row).enumerate() {
                    let (sample, down) = ((task * rows + i) / height, (task * rows + i) % height);
                    let d_output = &d_output[sample * output_len..][..output_len];
                    for (across, d_input) in d_input.chunks_exact_mut(channels).enumerate() {
                        let pixel = Pixel { geometry, d_output, kernel, at: [down, across] };
                        for (block, d_input) in d_input.chunks_mut(BLOCK).enumerate() {
                            let mut sums = [T::ZERO; BLOCK];
                            pixel.gather(block * BLOCK, &mut sums[..d_input.len()]);
                            for (d_input, &sum) in d_input.iter_mut().zip(&sums) {
                                *d_input = if accumulate { *d_input + sum } else { sum };
                            }
                        }
                    }
                }
            },
        );
    });
}

/// A pixel of the input.
struct Pixel<'a, T> {
    geometry: &'a Geometry,
    d_output: &'a [T],
    kernel: &'a [T],
    at: [usize; 2],
}

/// The output whose window has a tap at an input, where there is one.
#[inline(always)]
fn output_at(axis: &Axis, input: usize, tap: usize) -> Option<usize> {
    let distance = input as isize - axis.start - (tap * axis.dilation) as isize;
    let output = usize::try_from(distance).ok()?;
    (output.is_multiple_of(axis.stride) && output / axis.stride < axis.outputs).then(|| output / axis.stride)
}

impl<T: Float> Pixel<'_, T> {
    /// Adds what all windows over the pixel give to some of its channels.
    #[inline(always)]
    fn gather(&self, first: usize, sums: &mut [T]) {
        let (y, x, multiplier) = (self.geometry.axis(0), self.geometry.axis(1), self.geometry.multiplier());
        let [_, width, filters] = self.geometry.output;
        for tap_y in 0..y.taps {
            let Some(down) = output_at(&y, self.at[0], tap_y) else { continue };
            for tap_x in 0..x.taps {
                let Some(across) = output_at(&x, self.at[1], tap_x) else { continue };
                let d_output =
                    &self.d_output[(down * width + across) * filters + first * multiplier..][..sums.len() * multiplier];
                let kernel = &self.kernel[(tap_y * x.taps + tap_x) * filters + first * multiplier..][..sums.len() * multiplier];
                if multiplier == 1 {
                    for (sum, (&d, &k)) in sums.iter_mut().zip(d_output.iter().zip(kernel)) {
                        *sum += d * k;
                    }
                } else {
                    let parts = d_output.chunks_exact(multiplier).zip(kernel.chunks_exact(multiplier));
                    for (sum, (d, k)) in sums.iter_mut().zip(parts) {
                        d.iter().zip(k).for_each(|(&d, &k)| *sum += d * k);
                    }
                }
            }
        }
    }
}
