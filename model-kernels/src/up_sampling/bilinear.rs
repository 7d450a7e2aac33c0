//! Mixed neighbours: output `o` of an axis stands at `(o + 1/2) / factor - 1/2` of the input, where it takes from the elements on both sides by
//! their nearness. Beyond the border stands the outermost element.

use super::Geometry;
use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::vectorize::vectorize;

/// The two elements that an output takes from, and how much of each.
fn sources<T: Float>(output: usize, factor: usize, size: usize) -> [(usize, T); 2] {
    let position = (output as f64 + 0.5) / factor as f64 - 0.5;
    let before = position.floor();
    let share = position - before;
    let inside = |place: f64| place.clamp(0.0, (size - 1) as f64) as usize;
    [(inside(before), T::from_f64(1.0 - share)), (inside(before + 1.0), T::from_f64(share))]
}

/// `y = ` the weighted means.
pub fn forward<T: Float>(geometry: &Geometry, x: &[T], y: &mut [T]) {
    geometry.check(x.len(), y.len());
    assert_eq!(geometry.factors[0], 1, "neighbours are mixed within a plane");
    let ([_, height, width, channels], [_, vertical, horizontal]) = (geometry.input, geometry.factors);
    let (out_height, row) = (geometry.output_size(1), geometry.output_size(2) * channels);
    let rows = rows_per_task(row);
    each([(y, rows * row)], |task, [y]| {
        vectorize(
            #[inline(always)]
            || {
                for (i, y) in y.chunks_exact_mut(row).enumerate() {
                    let (image, down) = ((task * rows + i) / out_height, (task * rows + i) % out_height);
                    let x = &x[image * height * width * channels..][..height * width * channels];
                    for (across, y) in y.chunks_exact_mut(channels).enumerate() {
                        y.fill(T::ZERO);
                        for (r, by_row) in sources::<T>(down, vertical, height) {
                            for (c, by_column) in sources::<T>(across, horizontal, width) {
                                let x = &x[(r * width + c) * channels..][..channels];
                                add(y, x, by_row * by_column);
                            }
                        }
                    }
                }
            },
        );
    });
}

/// How much an output takes of an input.
fn share_of<T: Float>(input: usize, output: usize, factor: usize, size: usize) -> T {
    let parts = sources::<T>(output, factor, size);
    parts.into_iter().filter(|(source, _)| *source == input).fold(T::ZERO, |sum, (_, share)| sum + share)
}

/// The outputs that may take of an input.
fn takers(input: usize, factor: usize, size: usize) -> std::ops::Range<usize> {
    input.saturating_sub(1) * factor..((input + 2) * factor).min(size * factor)
}

/// Each pixel of `d_x` gathers from those that took of it, or adds that.
pub fn backward<T: Float>(geometry: &Geometry, d_y: &[T], d_x: &mut [T], accumulate: bool) {
    geometry.check(d_x.len(), d_y.len());
    assert_eq!(geometry.factors[0], 1, "neighbours are mixed within a plane");
    let ([_, height, width, channels], [_, vertical, horizontal]) = (geometry.input, geometry.factors);
    let (out_height, out_width) = (geometry.output_size(1), geometry.output_size(2));
    let row = width * channels;
    let rows = rows_per_task(row * vertical * horizontal * 4);
    each([(d_x, rows * row)], |task, [d_x]| {
        vectorize(
            #[inline(always)]
            || {
                for (i, d_x) in d_x.chunks_exact_mut(row).enumerate() {
                    let (image, r) = ((task * rows + i) / height, (task * rows + i) % height);
                    let d_y = &d_y[image * out_height * out_width * channels..];
                    for (c, d_x) in d_x.chunks_exact_mut(channels).enumerate() {
                        if !accumulate {
                            d_x.fill(T::ZERO);
                        }
                        for down in takers(r, vertical, height) {
                            let by_row = share_of::<T>(r, down, vertical, height);
                            for across in takers(c, horizontal, width) {
                                let share = by_row * share_of::<T>(c, across, horizontal, width);
                                if share != T::ZERO {
                                    add(d_x, &d_y[(down * out_width + across) * channels..][..channels], share);
                                }
                            }
                        }
                    }
                }
            },
        );
    });
}

/// `target += factor * source`.
#[inline(always)]
fn add<T: Float>(target: &mut [T], source: &[T], factor: T) {
    for (target, &source) in target.iter_mut().zip(source) {
        *target += source * factor;
    }
}
