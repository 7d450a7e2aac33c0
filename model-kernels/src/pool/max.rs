//! Max pooling.

use crate::float::Float;
use crate::lanes;
use crate::pool::{Geometry, each_sample, fold_windows};

/// `y = ` the largest element under each window; NaN if any is.
pub fn forward<T: Float>(geometry: &Geometry, x: &[T], y: &mut [T]) {
    fold_windows(
        geometry,
        x,
        y,
        T::NEG_INFINITY,
        lanes::max,
        #[inline(always)]
        |largest, _| largest,
    );
}

/// Channels whose state is kept on the stack.
const BLOCK: usize = 64;

/// The gradient of each output goes to the first of the largest elements under its window, plane by plane and row by row.
pub fn backward<T: Float>(geometry: &Geometry, x: &[T], y: &[T], d_y: &[T], d_x: &mut [T], accumulate: bool) {
    let ([.., channels], input_size, output_size) = (geometry.input, geometry.input_size(), geometry.output_size());
    geometry.check([x.len(), d_x.len()], [y.len(), d_y.len()]);
    each_sample(
        geometry,
        d_x,
        accumulate,
        #[inline(always)]
        |d_x, sample, pixel, covered| {
            let x = &x[sample * input_size..][..input_size];
            for start in (0..channels).step_by(BLOCK) {
                let size = BLOCK.min(channels - start);
                let output = sample * output_size + pixel * channels + start;
                let y = &y[output..][..size];
                // What is left to give: nothing, once it was given.
                let mut left = [T::ZERO; BLOCK];
                left[..size].copy_from_slice(&d_y[output..][..size]);
                for plane in covered.planes.clone() {
                    for row in covered.rows.clone() {
                        for column in covered.columns.clone() {
                            let input = geometry.pixel(plane, row, column) * channels + start;
                            give(&mut d_x[input..][..size], &x[input..][..size], y, &mut left[..size]);
                        }
                    }
                }
            }
        },
    );
}

#[inline(always)]
fn give<T: Float>(d_x: &mut [T], x: &[T], y: &[T], left: &mut [T]) {
    for (((d_x, &x), &y), left) in d_x.iter_mut().zip(x).zip(y).zip(left) {
        let (given, kept) = if x == y { (*left, T::ZERO) } else { (T::ZERO, *left) };
        *d_x += given;
        *left = kept;
    }
}
