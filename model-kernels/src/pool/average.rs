//! Average pooling. Padding is not counted.

use crate::float::Float;
use crate::pool::{Geometry, each_sample, fold_windows};

/// `y = ` the average of the elements under each window.
pub fn forward<T: Float>(geometry: &Geometry, x: &[T], y: &mut [T]) {
    fold_windows(
        geometry,
        x,
        y,
        T::ZERO,
        #[inline(always)]
        |sum, x| sum + x,
        #[inline(always)]
        |sum, count| sum / T::from_f64(count as f64),
    );
}

/// The gradient of each output is spread evenly under its window.
pub fn backward<T: Float>(geometry: &Geometry, d_y: &[T], d_x: &mut [T], accumulate: bool) {
    let ([.., channels], output_size) = (geometry.input, geometry.output_size());
    geometry.check([d_x.len()], [d_y.len()]);
    each_sample(
        geometry,
        d_x,
        accumulate,
        #[inline(always)]
        |d_x, sample, pixel, covered| {
            let d_y = &d_y[sample * output_size + pixel * channels..][..channels];
            let share = T::ONE / T::from_f64(covered.count() as f64);
            for plane in covered.planes {
                for row in covered.rows.clone() {
                    for column in covered.columns.clone() {
                        let d_x = &mut d_x[geometry.pixel(plane, row, column) * channels..][..channels];
                        for (d_x, &d_y) in d_x.iter_mut().zip(d_y) {
                            *d_x += d_y * share;
                        }
                    }
                }
            }
        },
    );
}
