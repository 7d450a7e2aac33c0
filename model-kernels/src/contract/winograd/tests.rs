//! Every size of tiles against sums in `f64`.
#![allow(unsafe_code)] // pointers to tensors

use super::super::Tiles;
use super::super::axis::Axis;
use super::super::correlate::{Correlation, KernelStrides, Operands, Strides};
use super::super::outer::Outer;
use super::{Size, Winograd, outer};
use crate::float::Float;
use crate::testing::values;

/// How far tiles of two, three and four outputs may be off, in halves of the last place of the largest result.
const ROUNDINGS: [f64; 3] = [8.0, 16.0, 32.0];

/// A window of 3 x 3 over an image with a border of zeros before it, from channels to filters.
#[derive(Clone, Copy, Debug)]
struct Case {
    batch: usize,
    image: [usize; 2],
    outputs: [usize; 2],
    border: usize,
    channels: usize,
    filters: usize,
}

const CASES: [Case; 5] = [
    Case { batch: 2, image: [9, 9], outputs: [9, 9], border: 1, channels: 64, filters: 64 },
    Case { batch: 3, image: [8, 13], outputs: [6, 11], border: 0, channels: 16, filters: 33 },
    Case { batch: 1, image: [5, 7], outputs: [7, 9], border: 2, channels: 130, filters: 17 },
    Case { batch: 1, image: [2, 30], outputs: [2, 30], border: 1, channels: 20, filters: 150 },
    Case { batch: 1, image: [14, 14], outputs: [14, 14], border: 1, channels: 512, filters: 16 },
];

impl Case {
    fn axis(&self, axis: usize) -> Axis {
        let (outputs, inputs) = (self.outputs[axis], self.image[axis]);
        Axis { outputs, taps: 3, inputs, stride: 1, dilation: 1, start: -(self.border as isize) }
    }

    fn size(&self, outputs: usize) -> Size {
        Size { outputs, tiles: self.outputs.map(|all| all.div_ceil(outputs)) }
    }

    fn strides([height, width]: [usize; 2], pixel: usize) -> Strides {
        Strides { sample: height * width * pixel, row: width * pixel, pixel, group: 0 }
    }

    fn correlation(&self, accumulate: bool, relu: bool) -> Correlation {
        let Case { batch, channels, filters, .. } = *self;
        let tap = (channels * filters) as isize;
        Correlation {
            batch,
            groups: 1,
            y: self.axis(0),
            x: self.axis(1),
            depth: channels,
            columns: filters,
            input: Self::strides(self.image, channels),
            output: Self::strides(self.outputs, filters),
            kernel: KernelStrides { tap_y: 3 * tap, tap_x: tap, depth: filters, column: 1, group: 0 },
            accumulate,
            relu,
        }
    }

    fn outer(&self, accumulate: bool) -> Outer {
        let Correlation { batch, y, x, depth, columns, input, output, .. } = self.correlation(false, false);
        Outer { batch, groups: 1, y, x, depth, columns, input, d_output: output, accumulate }
    }

    /// Calls with every output element, tap and input element that meet, by their places.
    fn each(&self, mut visit: impl FnMut(usize, usize, usize)) {
        let Case { batch, image: [height, width], outputs: [down, across], channels, filters, .. } = *self;
        let (y_axis, x_axis) = (self.axis(0), self.axis(1));
        for pixel in 0..batch * down * across {
            let (sample, y, x) = (pixel / (down * across), pixel / across % down, pixel % across);
            for tap_y in y_axis.taps_at(y) {
                for tap_x in x_axis.taps_at(x) {
                    let row = (y_axis.position(y) + tap_y as isize) as usize;
                    let column = (x_axis.position(x) + tap_x as isize) as usize;
                    for channel in 0..channels {
                        let input = ((sample * height + row) * width + column) * channels + channel;
                        let tap = ((tap_y * 3 + tap_x) * channels + channel) * filters;
                        (0..filters).for_each(|filter| visit(pixel * filters + filter, tap + filter, input));
                    }
                }
            }
        }
    }
}

/// Tensors of a case.
struct Tensors<T> {
    input: Vec<T>,
    kernel: Vec<T>,
    output: Vec<T>,
}

impl<T: Float> Tensors<T> {
    fn new(case: &Case) -> Self {
        let pixels = |[height, width]: [usize; 2]| case.batch * height * width;
        Self {
            input: values(pixels(case.image) * case.channels, 1),
            kernel: values(9 * case.channels * case.filters, 2),
            output: values(pixels(case.outputs) * case.filters, 3),
        }
    }

    fn forward(&self, case: &Case, size: Size, tiles: &Tiles<T>, bias: &[T], accumulate: bool, relu: bool) -> Vec<T> {
        let mut output = self.output.clone();
        let operands = Operands {
            input: self.input.as_ptr(),
            kernel: self.kernel.as_ptr(),
            bias: if bias.is_empty() { std::ptr::null() } else { bias.as_ptr() },
            output: output.as_mut_ptr(),
        };
        // SAFETY: the tensors are as large as the case says.
        unsafe { Winograd { plan: &case.correlation(accumulate, relu), size, tiles }.run(operands) }
        output
    }

    fn kernel_gradient(&self, case: &Case, size: Size, tiles: &Tiles<T>, accumulate: bool) -> Vec<T> {
        let mut d_kernel = self.kernel.clone();
        let tensors = [&self.input, &self.output].map(|tensor| tensor.as_ptr());
        // SAFETY: as above.
        unsafe { outer::run(&case.outer(accumulate), size, tiles, tensors, d_kernel.as_mut_ptr()) }
        d_kernel
    }
}

/// The largest difference, in units of half the last place of the largest result.
fn roundings<T: Float>(found: &[T], expected: &[f64]) -> f64 {
    let largest = expected.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
    let error = found.iter().zip(expected).fold(0.0, |most: f64, (found, x)| most.max((found.to_f64() - x).abs()));
    let unit = if size_of::<T>() == 4 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    error / largest / (unit / 2.0)
}

fn check<T: Float>() {
    let mut worst = [[0.0_f64; 2]; 3];
    for case in CASES {
        let tensors = Tensors::<T>::new(&case);
        let bias = values::<T>(case.filters, 4);
        let wide = |x: &[T]| x.iter().map(|x| x.to_f64()).collect::<Vec<_>>();
        let (input, kernel, d_output) = (wide(&tensors.input), wide(&tensors.kernel), wide(&tensors.output));
        let (mut output, mut d_kernel) = (vec![0.0; d_output.len()], vec![0.0; kernel.len()]);
        case.each(|o, k, i| output[o] += input[i] * kernel[k]);
        case.each(|o, k, i| d_kernel[k] += input[i] * d_output[o]);
        let added = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x + y).collect::<Vec<_>>();
        let with_bias: Vec<f64> =
            output.iter().enumerate().map(|(i, x)| (x + bias[i % case.filters].to_f64()).max(0.0)).collect();
        for tiles in T::all_tiles() {
            for (outputs, worst) in (2..).zip(&mut worst) {
                let size = case.size(outputs);
                let errors = [
                    roundings(&tensors.forward(&case, size, tiles, &[], false, false), &output),
                    roundings(&tensors.forward(&case, size, tiles, &[], true, false), &added(&output, &d_output)),
                    roundings(&tensors.forward(&case, size, tiles, &bias, false, true), &with_bias),
                ];
                worst[0] = errors.into_iter().fold(worst[0], f64::max);
                let errors = [
                    roundings(&tensors.kernel_gradient(&case, size, tiles, false), &d_kernel),
                    roundings(&tensors.kernel_gradient(&case, size, tiles, true), &added(&d_kernel, &kernel)),
                ];
                worst[1] = errors.into_iter().fold(worst[1], f64::max);
            }
        }
    }
    for (errors, most) in worst.into_iter().zip(ROUNDINGS) {
        assert!(errors.into_iter().all(|error| error < most), "{worst:?}");
    }
}

#[test]
fn tiles_of_every_size_keep_to_their_error() {
    check::<f32>();
    check::<f64>();
}

#[test]
fn a_size_follows_from_the_image_and_the_channels() {
    let best = |image: usize, outputs: usize, border: usize, channels: usize, filters: usize| {
        let case = Case { batch: 1, image: [image; 2], outputs: [outputs; 2], border, channels, filters };
        Size::best(1, &case.axis(0), &case.axis(1), channels, filters).map(|size| size.outputs)
    };
    assert_eq!(best(30, 28, 0, 32, 64), Some(4));
    assert_eq!(best(9, 9, 1, 64, 64), Some(3));
    assert_eq!(best(9, 7, 0, 64, 64), Some(4));
    assert_eq!(best(2, 2, 1, 64, 64), None, "the kernel's transform costs more than it saves");
    assert_eq!(best(32, 30, 0, 3, 32), None, "few channels");
    let case = Case { batch: 1, image: [32; 2], outputs: [16; 2], border: 0, channels: 64, filters: 64 };
    let strided = Axis { stride: 2, ..case.axis(0) };
    assert_eq!(Size::best(1, &strided, &strided, 64, 64), None);
}
