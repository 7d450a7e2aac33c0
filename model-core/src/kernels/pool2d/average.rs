//! Average pooling. Padding is not counted.

use crate::float::Float;
use crate::kernels::pool2d::{Geometry, each_image, each_output};

/// `y = ` the average of the elements under each window.
pub fn forward<T: Float>(geometry: &Geometry, x: &[T], y: &mut [T]) {
    each_output(
        geometry,
        x,
        y,
        #[inline(always)]
        |window, y| {
            let count = T::from_f64((window.rows.len() * window.columns.len()) as f64);
            y.fill(T::ZERO);
            window.each(
                #[inline(always)]
                |x| {
                    for (y, &x) in y.iter_mut().zip(x) {
                        *y += x;
                    }
                },
            );
            for y in y {
                *y /= count;
            }
        },
    );
}

/// The gradient of each output is spread evenly under its window.
pub fn backward<T: Float>(geometry: &Geometry, d_y: &[T], d_x: &mut [T], accumulate: bool) {
    let ([_, width, channels], output_size) = (geometry.input, geometry.output_size());
    each_image(
        geometry,
        d_x,
        accumulate,
        #[inline(always)]
        |d_x, image, pixel, [rows, columns]| {
            let d_y = &d_y[image * output_size + pixel * channels..][..channels];
            let share = T::ONE / T::from_f64((rows.len() * columns.len()) as f64);
            for row in rows {
                for column in columns.clone() {
                    let d_x = &mut d_x[(row * width + column) * channels..][..channels];
                    for (d_x, &d_y) in d_x.iter_mut().zip(d_y) {
                        *d_x += d_y * share;
                    }
                }
            }
        },
    );
}
