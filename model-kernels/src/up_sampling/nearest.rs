//! Repeated pixels.

use super::Geometry;
use crate::chunks::{each, rows_per_task};
use crate::float::Float;

/// `y[plane, down, across] = x[plane / factor, down / factor, across / factor]`.
pub fn forward<T: Float>(geometry: &Geometry, x: &[T], y: &mut [T]) {
    geometry.check(x.len(), y.len());
    let ([_, height, width, channels], [deep, vertical, horizontal]) = (geometry.input, geometry.factors);
    let (row, out_height) = (width * horizontal * channels, height * vertical);
    let rows = rows_per_task(row);
    each([(y, rows * row)], |task, [y]| {
        for (i, y) in y.chunks_exact_mut(row).enumerate() {
            // Samples and planes follow each other without a gap, larger and smaller ones alike.
            let (plane, down) = ((task * rows + i) / out_height, (task * rows + i) % out_height);
            let x = &x[(plane / deep * height + down / vertical) * width * channels..];
            for (x, y) in x.chunks_exact(channels).zip(y.chunks_exact_mut(horizontal * channels)) {
                y.chunks_exact_mut(channels).for_each(|y| y.copy_from_slice(x));
            }
        }
    });
}

/// Each pixel of `d_x` is the sum of `d_y` over those that it became, or `+=` that.
pub fn backward<T: Float>(geometry: &Geometry, d_y: &[T], d_x: &mut [T], accumulate: bool) {
    geometry.check(d_x.len(), d_y.len());
    let ([_, height, width, channels], [deep, vertical, horizontal]) = (geometry.input, geometry.factors);
    let row = width * channels;
    let rows = rows_per_task(row * deep * vertical * horizontal);
    each([(d_x, rows * row)], |task, [d_x]| {
        for (i, d_x) in d_x.chunks_exact_mut(row).enumerate() {
            if !accumulate {
                d_x.fill(T::ZERO);
            }
            let (plane, down) = ((task * rows + i) / height, (task * rows + i) % height);
            for plane in plane * deep..(plane + 1) * deep {
                let d_y = &d_y[(plane * height + down) * vertical * horizontal * row..][..vertical * horizontal * row];
                for d_y in d_y.chunks_exact(horizontal * row) {
                    for (d_x, d_y) in d_x.chunks_exact_mut(channels).zip(d_y.chunks_exact(horizontal * channels)) {
                        for d_y in d_y.chunks_exact(channels) {
                            d_x.iter_mut().zip(d_y).for_each(|(d_x, &d_y)| *d_x += d_y);
                        }
                    }
                }
            }
        }
    });
}
