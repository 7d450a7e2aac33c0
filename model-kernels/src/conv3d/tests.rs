//! Convolutions of volumes against the plain formula in `f64`.

use super::*;
use crate::testing::{assert_close, values, with_threads};

fn geometry(
    [input, output, kernel]: [[usize; 4]; 3],
    strides: [usize; 3],
    dilation: [usize; 3],
    padding: [usize; 3],
    groups: usize,
) -> Geometry {
    Geometry {
        depth: Depth {
            input: input[0],
            output: output[0],
            kernel: kernel[0],
            stride: strides[0],
            dilation: dilation[0],
            padding: padding[0],
        },
        plane: conv2d::Geometry {
            input: [input[1], input[2], input[3]],
            output: [output[1], output[2], output[3]],
            kernel: [kernel[1], kernel[2]],
            strides: [strides[1], strides[2]],
            dilation: [dilation[1], dilation[2]],
            padding: [padding[1], padding[2]],
            groups,
        },
    }
}

fn geometries() -> [Geometry; 5] {
    [
        geometry([[5, 4, 6, 3], [3, 2, 4, 4], [3, 3, 3, 0]], [1; 3], [1; 3], [0; 3], 1),
        geometry([[4, 5, 3, 2], [4, 5, 3, 40], [3, 2, 3, 0]], [1; 3], [1; 3], [1, 0, 1], 1),
        geometry([[7, 6, 5, 4], [4, 3, 3, 6], [3, 3, 3, 0]], [2; 3], [1; 3], [1; 3], 2),
        geometry([[6, 5, 5, 1], [6, 5, 5, 1], [2, 3, 2, 0]], [1; 3], [3, 1, 2], [1; 3], 1),
        geometry([[2, 3, 3, 5], [1, 1, 1, 3], [5, 1, 2, 0]], [4, 3, 3], [1; 3], [2, 0, 0], 1),
    ]
}

/// Calls `term(output, input, kernel)` with the places of all products of a convolution.
fn products(g: &Geometry, batch: usize, mut term: impl FnMut(usize, usize, usize)) {
    let (d, p) = (g.depth, g.plane);
    let (strides, dilation) = ([d.stride, p.strides[0], p.strides[1]], [d.dilation, p.dilation[0], p.dilation[1]]);
    let padding = [d.padding, p.padding[0], p.padding[1]];
    let (input, output, kernel) =
        ([d.input, p.input[0], p.input[1]], [d.output, p.output[0], p.output[1]], [d.kernel, p.kernel[0], p.kernel[1]]);
    let place = |i: usize, sizes: [usize; 3]| [i / sizes[2] / sizes[1], i / sizes[2] % sizes[1], i % sizes[2]];
    let (channels, filters) = (p.input[2] / p.groups, p.output[2]);
    for (sample, o, k) in (0..batch).flat_map(|sample| {
        let outputs = 0..output.iter().product::<usize>();
        outputs.flat_map(move |o| (0..kernel.iter().product::<usize>()).map(move |k| (sample, o, k)))
    }) {
        let (out, tap) = (place(o, output), place(k, kernel));
        let at: Vec<usize> = (0..3).map(|a| (out[a] * strides[a] + tap[a] * dilation[a]).wrapping_sub(padding[a])).collect();
        if (0..3).any(|a| at[a] >= input[a]) {
            continue;
        }
        let i = (at[0] * input[1] + at[1]) * input[2] + at[2];
        for (channel, filter) in (0..channels).flat_map(|c| (0..filters).map(move |f| (c, f))) {
            let group = filter / (filters / p.groups);
            term(
                sample * g.output_len() + o * filters + filter,
                sample * g.input_len() + i * p.input[2] + group * channels + channel,
                (k * channels + channel) * filters + filter,
            );
        }
    }
}

fn check_all<T: Float>(tolerance: f64) {
    for g in geometries() {
        let batch = 2;
        let (x, w) = (values::<T>(batch * g.input_len(), 1), values::<T>(g.kernel_len(), 2));
        let (bias, d_y) = (values::<T>(g.plane.output[2], 3), values::<T>(batch * g.output_len(), 4));
        let f64s = |x: &[T]| x.iter().map(|x| x.to_f64()).collect::<Vec<_>>();
        let (wide_x, wide_w, wide_d_y) = (f64s(&x), f64s(&w), f64s(&d_y));
        let (mut y, mut d_x, mut d_w) = (vec![0.0; d_y.len()], vec![1.0; x.len()], vec![1.0; w.len()]);
        products(&g, batch, |o, i, k| {
            y[o] += wide_x[i] * wide_w[k];
            d_x[i] += wide_d_y[o] * wide_w[k];
            d_w[k] += wide_d_y[o] * wide_x[i];
        });
        let terms = g.kernel_len() + d_y.len();

        let mut found = vec![T::ONE; d_y.len()];
        forward(&g, batch, &x, &w, None, Fused::None, &mut found);
        assert_close(&found, &y, terms, tolerance, &g);
        forward(&g, batch, &x, &w, Some(&bias), Fused::Relu, &mut found);
        let with_bias: Vec<f64> = y.iter().enumerate().map(|(i, y)| (y + bias[i % bias.len()].to_f64()).max(0.0)).collect();
        assert_close(&found, &with_bias, terms, tolerance, &g);
        transposed::transposed_input_gradient(&g, batch, &x, &w, &mut found, false);
        assert_close(&found, &y, terms, tolerance, &g);

        let mut found = vec![T::ONE; x.len()];
        input_gradient(&g, batch, &d_y, &w, &mut found, true);
        assert_close(&found, &d_x, terms, tolerance, &g);
        transposed::forward(&g, batch, &d_y, &w, None, Fused::None, &mut found);
        let alone: Vec<f64> = d_x.iter().map(|d| d - 1.0).collect();
        assert_close(&found, &alone, terms, tolerance, &g);

        let (mut found, mut d_bias) = (vec![T::ONE; w.len()], vec![T::ZERO; bias.len()]);
        weight_gradient(&g, batch, &x, &d_y, &mut found, Some(&mut d_bias), true);
        assert_close(&found, &d_w, terms, tolerance, &g);
        let sums: Vec<f64> = (0..bias.len()).map(|f| wide_d_y.iter().skip(f).step_by(bias.len()).sum()).collect();
        assert_close(&d_bias, &sums, terms, tolerance, &g);
    }
}

#[test]
fn convolutions_are_those_of_the_formula() {
    check_all::<f32>(1e-5);
    check_all::<f64>(1e-12);
}

#[test]
fn bits_depend_neither_on_threads_nor_on_the_batch() {
    let g = geometry([[5, 12, 12, 9], [5, 12, 12, 33], [3, 3, 3, 0]], [1; 3], [1; 3], [1; 3], 1);
    let (x, w, d_y) =
        (values::<f32>(3 * g.input_len(), 1), values::<f32>(g.kernel_len(), 2), values::<f32>(3 * g.output_len(), 3));
    let run = |threads| {
        with_threads(threads, || {
            let mut found = (vec![0.0; d_y.len()], vec![0.0; x.len()], vec![0.0; w.len()]);
            forward(&g, 3, &x, &w, None, Fused::None, &mut found.0);
            input_gradient(&g, 3, &d_y, &w, &mut found.1, false);
            weight_gradient(&g, 3, &x, &d_y, &mut found.2, None, false);
            found
        })
    };
    let one = run(1);
    assert!(one == run(2) && one == run(5));
    let mut alone = (vec![0.0; g.output_len()], vec![0.0; g.input_len()]);
    forward(&g, 1, &x[g.input_len()..2 * g.input_len()], &w, None, Fused::None, &mut alone.0);
    input_gradient(&g, 1, &d_y[g.output_len()..2 * g.output_len()], &w, &mut alone.1, false);
    assert!(alone.0 == one.0[g.output_len()..2 * g.output_len()]);
    assert!(alone.1 == one.1[g.input_len()..2 * g.input_len()]);
}
