//! Depthwise convolutions against the convolution kernel, of which they are the case of as many groups as channels.

use super::*;
use crate::conv2d;
use crate::float::Float;
use crate::fused::Fused;
use crate::testing::{assert_close, values, with_threads};

/// Sizes whose output is what fits, and one row and column of padding.
fn geometry(input: [usize; 3], multiplier: usize, kernel: [usize; 2], strides: [usize; 2], dilation: [usize; 2]) -> Geometry {
    let size = |axis: usize| (input[axis] + 2 - (kernel[axis] - 1) * dilation[axis] - 1) / strides[axis] + 1;
    Geometry { input, output: [size(0), size(1), input[2] * multiplier], kernel, strides, dilation, padding: [1, 1] }
}

fn geometries() -> [Geometry; 6] {
    [
        geometry([9, 8, 3], 1, [3, 3], [1, 1], [1, 1]),
        geometry([9, 8, 70], 1, [3, 2], [2, 1], [1, 1]),
        geometry([7, 7, 64], 1, [3, 3], [1, 1], [2, 2]),
        geometry([6, 9, 5], 3, [3, 3], [2, 2], [1, 1]),
        geometry([5, 6, 20], 2, [1, 5], [1, 3], [1, 1]),
        geometry([4, 4, 1], 33, [2, 2], [1, 1], [1, 1]),
    ]
}

fn grouped(g: &Geometry) -> conv2d::Geometry {
    let Geometry { input, output, kernel, strides, dilation, padding } = *g;
    conv2d::Geometry { input, output, kernel, strides, dilation, padding, groups: input[2] }
}

fn check<T: Float>(tolerance: f64) {
    for g in geometries() {
        let (batch, grouped, taps) = (3, grouped(&g), g.kernel[0] * g.kernel[1]);
        let (input, kernel) = (values::<T>(batch * g.input_len(), 1), values::<T>(taps * g.output[2], 2));
        let (bias, d_output) = (values::<T>(g.output[2], 3), values::<T>(batch * g.output_len(), 4));
        let f64s = |x: &[T]| x.iter().map(|x| x.to_f64()).collect::<Vec<_>>();
        let (mut output, mut expected) = (vec![T::ZERO; d_output.len()], vec![T::ZERO; d_output.len()]);
        forward(&g, &input, &kernel, Some(&bias), Fused::Relu, &mut output);
        conv2d::forward(&grouped, batch, &input, &kernel, Some(&bias), Fused::Relu, &mut expected);
        assert_close(&output, &f64s(&expected), taps, tolerance, &g);
        for accumulate in [false, true] {
            let start = |len: usize| vec![T::ONE; len];
            let (mut found, mut expected) = (start(input.len()), start(input.len()));
            input_gradient(&g, &d_output, &kernel, &mut found, accumulate);
            conv2d::input_gradient(&grouped, batch, &d_output, &kernel, &mut expected, accumulate);
            assert_close(&found, &f64s(&expected), taps * g.multiplier(), tolerance, &g);
            let (mut found, mut expected) = (start(kernel.len()), start(kernel.len()));
            let (mut d_bias, mut expected_bias) = (start(bias.len()), start(bias.len()));
            weight_gradient(&g, &input, &d_output, &mut found, Some(&mut d_bias), accumulate);
            conv2d::weight_gradient(&grouped, batch, &input, &d_output, &mut expected, Some(&mut expected_bias), accumulate);
            let pixels = batch * g.output[0] * g.output[1];
            assert_close(&found, &f64s(&expected), pixels, tolerance, &g);
            assert_close(&d_bias, &f64s(&expected_bias), pixels, tolerance, &g);
        }
    }
}

#[test]
fn they_are_convolutions_of_as_many_groups_as_channels() {
    check::<f32>(1e-5);
    check::<f64>(1e-12);
}

#[test]
fn bits_depend_neither_on_threads_nor_on_the_batch() {
    let g = geometry([28, 28, 70], 1, [3, 3], [1, 1], [1, 1]);
    let (input, kernel, d_output) =
        (values::<f32>(4 * g.input_len(), 1), values::<f32>(9 * 70, 2), values::<f32>(4 * g.output_len(), 3));
    let run = |threads| {
        with_threads(threads, || {
            let mut found = (vec![0.0; d_output.len()], vec![0.0; input.len()], vec![0.0; kernel.len()]);
            forward(&g, &input, &kernel, None, Fused::None, &mut found.0);
            input_gradient(&g, &d_output, &kernel, &mut found.1, false);
            weight_gradient(&g, &input, &d_output, &mut found.2, None, false);
            found
        })
    };
    let one = run(1);
    assert!(one == run(2) && one == run(5));
    let mut alone = vec![0.0; g.output_len()];
    forward(&g, &input[g.input_len()..2 * g.input_len()], &kernel, None, Fused::None, &mut alone);
    assert!(alone == one.0[g.output_len()..2 * g.output_len()]);
}
