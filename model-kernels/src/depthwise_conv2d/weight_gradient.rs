//! The gradient of a depthwise convolution's kernel: for each tap, the sum over all windows of input times gradient.

use super::{BLOCK, Geometry, position};
use crate::chunks::each;
use crate::columns::column_sums;
use crate::float::Float;
use crate::vectorize::vectorize;

/// `d_kernel[tap, c, m] =` the sum of `input · d_output` over all windows, `d_bias =` that of `d_output`, or `+=` if `accumulate`.
///
/// A task owns a tap and goes through all windows in order; rows are summed in `T` and added up in `f64`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn weight_gradient<T: Float>(
    geometry: &Geometry,
    input: &[T],
    d_output: &[T],
    d_kernel: &mut [T],
    d_bias: Option<&mut [T]>,
    accumulate: bool,
) {
    geometry.check(input.len(), d_kernel.len(), d_output.len());
    let filters = geometry.output[2];
    each([(d_kernel, filters)], |tap, [d_kernel]| {
        for (block, d_kernel) in d_kernel.chunks_mut(BLOCK).enumerate() {
            let mut total = [0.0; BLOCK];
            vectorize(
                #[inline(always)]
                || add_tap(geometry, input, d_output, tap, block * BLOCK, &mut total[..d_kernel.len()]),
            );
            for (d_kernel, &total) in d_kernel.iter_mut().zip(&total) {
                let sum = T::from_f64(total);
                *d_kernel = if accumulate { *d_kernel + sum } else { sum };
            }
        }
    });
    if let Some(d_bias) = d_bias {
        column_sums(d_output, d_bias, accumulate);
    }
}

/// Adds what all windows say of a tap, for some of the output's channels.
#[inline(always)]
fn add_tap<T: Float>(geometry: &Geometry, input: &[T], d_output: &[T], tap: usize, first: usize, total: &mut [f64]) {
    let (y, x, multiplier) = (geometry.axis(0), geometry.axis(1), geometry.multiplier());
    let (tap_y, tap_x) = (tap / x.taps, tap % x.taps);
    let ([_, in_width, channels], [_, out_width, filters]) = (geometry.input, geometry.output);
    let samples = input.chunks_exact(geometry.input_len()).zip(d_output.chunks_exact(geometry.output_len()));
    for (input, d_output) in samples {
        for down in y.outputs_at(tap_y) {
            let row = position(&y, down, tap_y) * in_width;
            let mut sums = [T::ZERO; BLOCK];
            let sums = &mut sums[..total.len()];
            for across in x.outputs_at(tap_x) {
                let input = &input[(row + position(&x, across, tap_x)) * channels..][..channels];
                let d_output = &d_output[(down * out_width + across) * filters + first..][..sums.len()];
                if multiplier == 1 {
                    let input = &input[first..][..sums.len()];
                    for (sum, (&input, &d)) in sums.iter_mut().zip(input.iter().zip(d_output)) {
                        *sum += input * d;
                    }
                } else {
                    for (i, (sum, &d)) in sums.iter_mut().zip(d_output).enumerate() {
                        *sum += input[(first + i) / multiplier] * d;
                    }
                }
            }
            total.iter_mut().zip(&*sums).for_each(|(total, sum)| *total += sum.to_f64());
        }
    }
}
