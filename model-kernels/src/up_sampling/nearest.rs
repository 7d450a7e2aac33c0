//! Repeated pixels.

use super::Geometry;
use crate::chunks::{each, rows_per_task};
use crate::float::Float;

/// `y[down, across] = x[down / factor, across / factor]`.
pub fn forward<T: Float>(geometry: &Geometry, x: &[T], y: &mut [T]) {
    geometry.check(x.len(), y.len());
    let ([_, width, channels], [vertical, horizontal]) = (geometry.input, geometry.factors);
    let row = width * horizontal * channels;
    let rows = rows_per_task(row);
    each([(y, rows * row)], |task, [y]| {
        for (i, y) in y.chunks_exact_mut(row).enumerate() {
            // Images follow each other without a gap, larger and smaller ones alike.
            let x = &x[(task * rows + i) / vertical * width * channels..];
            for (x, y) in x.chunks_exact(channels).zip(y.chunks_exact_mut(horizontal * channels)) {
                y.chunks_exact_mut(channels).for_each(|y| y.copy_from_slice(x));
            }
        }
    });
}

/// Each pixel of `d_x` is the sum of `d_y` over those that it became, or `+=` that.
pub fn backward<T: Float>(geometry: &Geometry, d_y: &[T], d_x: &mut [T], accumulate: bool) {
    geometry.check(d_x.len(), d_y.len());
    let ([_, width, channels], [vertical, horizontal]) = (geometry.input, geometry.factors);
    let row = width * channels;
    let rows = rows_per_task(row * vertical * horizontal);
    each([(d_x, rows * row)], |task, [d_x]| {
        for (i, d_x) in d_x.chunks_exact_mut(row).enumerate() {
            if !accumulate {
                d_x.fill(T::ZERO);
            }
            let d_y = &d_y[(task * rows + i) * vertical * horizontal * row..][..vertical * horizontal * row];
            for d_y in d_y.chunks_exact(horizontal * row) {
                for (d_x, d_y) in d_x.chunks_exact_mut(channels).zip(d_y.chunks_exact(horizontal * channels)) {
                    for d_y in d_y.chunks_exact(channels) {
                        d_x.iter_mut().zip(d_y).for_each(|(d_x, &d_y)| *d_x += d_y);
                    }
                }
            }
        }
    });
}
