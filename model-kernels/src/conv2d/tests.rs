//! Convolutions against sums in `f64`, with every instruction set, and their bits against other numbers of threads.

use super::forward::forward_with;
use super::input_gradient::input_gradient_with;
use super::weight_gradient::weight_gradient_with;
use super::*;
use crate::contract::table::HasTiles;
use crate::float::Float;
use crate::fused::Fused;
use crate::testing::{assert_close, values, with_threads};

/// Sizes, with zeros of padding as Keras has them: none ("valid") or as many as keep the size ("same").
fn geometry(
    [height, width, channels]: [usize; 3],
    filters: usize,
    kernel: [usize; 2],
    strides: [usize; 2],
    dilation: [usize; 2],
    groups: usize,
    same: bool,
) -> Geometry {
    let input = [height, width, channels];
    let reach = |axis: usize| (kernel[axis] - 1) * dilation[axis] + 1;
    let size =
        |axis: usize| if same { input[axis].div_ceil(strides[axis]) } else { (input[axis] - reach(axis)) / strides[axis] + 1 };
    let output = [size(0), size(1), filters];
    let padding =
        |axis: usize| if same { ((output[axis] - 1) * strides[axis] + reach(axis)).saturating_sub(input[axis]) / 2 } else { 0 };
    Geometry { input, output, kernel, strides, dilation, padding: [padding(0), padding(1)], groups }
}

fn geometries() -> Vec<Geometry> {
    let mut all = Vec::new();
    for same in [false, true] {
        for (input, filters, kernel, strides, dilation, groups) in [
            ([9, 9, 4], 8, [3, 3], [1, 1], [1, 1], 1),
            ([9, 8, 3], 5, [3, 3], [2, 1], [1, 1], 1),
            ([11, 16, 2], 33, [3, 2], [3, 2], [1, 1], 1),
            ([7, 7, 5], 70, [1, 1], [1, 1], [1, 1], 1),
            ([7, 6, 5], 3, [1, 1], [2, 3], [1, 1], 1),
            ([12, 31, 1], 1, [5, 3], [1, 1], [2, 3], 1),
            ([10, 13, 6], 9, [2, 3], [2, 3], [3, 2], 3),
            ([8, 8, 6], 6, [3, 3], [1, 1], [1, 1], 6),
            ([9, 7, 12], 100, [3, 3], [1, 2], [2, 1], 2),
            ([5, 5, 130], 20, [3, 3], [1, 1], [1, 1], 1),
            ([6, 5, 20], 130, [4, 5], [1, 1], [1, 1], 1),
            ([3, 4, 600], 3, [2, 2], [1, 1], [1, 1], 1),
            ([30, 30, 3], 16, [7, 7], [2, 2], [1, 1], 1),
            ([20, 70, 3], 20, [3, 3], [1, 1], [1, 1], 1),
            ([9, 40, 40], 3, [3, 2], [1, 1], [2, 3], 1),
            ([8, 12, 40], 2, [3, 3], [1, 1], [1, 1], 1),
            ([8, 20, 40], 4, [3, 3], [1, 1], [1, 1], 1),
            ([34, 37, 2], 16, [5, 5], [2, 2], [1, 1], 1),
            ([14, 11, 40], 70, [3, 3], [1, 1], [1, 1], 1),
            ([16, 16, 17], 16, [3, 3], [1, 1], [1, 1], 1),
        ] {
            all.push(geometry(input, filters, kernel, strides, dilation, groups, same));
        }
    }
    // More padding than a window is long, and windows that go beyond the end.
    all.push(Geometry {
        input: [4, 5, 3],
        output: [9, 11, 4],
        kernel: [2, 2],
        strides: [1, 1],
        dilation: [1, 1],
        padding: [3, 4],
        groups: 1,
    });
    all
}

/// All gradients, as sums in `f64`.
struct Reference {
    output: Vec<f64>,
    d_input: Vec<f64>,
    d_kernel: Vec<f64>,
    d_bias: Vec<f64>,
}

fn reference<T: Float>(g: &Geometry, batch: usize, input: &[T], kernel: &[T], d_output: &[T]) -> Reference {
    let [height, width, channels] = g.input;
    let [out_height, out_width, filters] = g.output;
    let (group_channels, group_filters) = (channels / g.groups, filters / g.groups);
    let mut r = Reference {
        output: vec![0.0; d_output.len()],
        d_input: vec![0.0; input.len()],
        d_kernel: vec![0.0; kernel.len()],
        d_bias: vec![0.0; filters],
    };
    for (o, d_output) in d_output.iter().map(|x| x.to_f64()).enumerate() {
        let (filter, pixel) = (o % filters, o / filters);
        let (x, y, sample) = (pixel % out_width, pixel / out_width % out_height, pixel / (out_width * out_height));
        assert!(sample < batch);
        r.d_bias[filter] += d_output;
        for tap in 0..g.kernel[0] * g.kernel[1] {
            let row = (y * g.strides[0] + tap / g.kernel[1] * g.dilation[0]).wrapping_sub(g.padding[0]);
            let column = (x * g.strides[1] + tap % g.kernel[1] * g.dilation[1]).wrapping_sub(g.padding[1]);
            if row >= height || column >= width {
                continue;
            }
            for channel in 0..group_channels {
                let i = ((sample * height + row) * width + column) * channels + filter / group_filters * group_channels + channel;
                let k = (tap * group_channels + channel) * filters + filter;
                r.output[o] += input[i].to_f64() * kernel[k].to_f64();
                r.d_input[i] += d_output * kernel[k].to_f64();
                r.d_kernel[k] += d_output * input[i].to_f64();
            }
        }
    }
    r
}

fn check<T: Float>(tolerance: f64) {
    for g in geometries() {
        for batch in [1, 3] {
            let (input, kernel) = (values::<T>(batch * g.input_len(), 1), values::<T>(g.kernel_len(), 2));
            let (bias, d_output) = (values::<T>(g.output[2], 3), values::<T>(batch * g.output_len(), 4));
            let taps = g.kernel[0] * g.kernel[1];
            let terms = [taps * g.group_channels(), taps * g.group_filters(), batch * g.output[0] * g.output[1]];
            let expected = reference(&g, batch, &input, &kernel, &d_output);
            let activated: Vec<f64> =
                expected.output.iter().enumerate().map(|(i, x)| (x + bias[i % bias.len()].to_f64()).max(0.0)).collect();
            for tiles in T::all_tiles() {
                let mut output = vec![T::ONE; d_output.len()];
                forward_with(tiles, &g, batch, [&input, &kernel], None, Fused::None, &mut output);
                assert_close(&output, &expected.output, terms[0], tolerance, &g);
                forward_with(tiles, &g, batch, [&input, &kernel], Some(&bias), Fused::Relu, &mut output);
                assert_close(&output, &activated, terms[0], tolerance, &g);
                let (mut d_input, mut d_kernel, mut d_bias) =
                    (vec![T::ONE; input.len()], vec![T::ONE; kernel.len()], vec![T::ONE; bias.len()]);
                for (accumulate, times) in [(false, 1.0), (true, 2.0)] {
                    let times = |x: &[f64]| x.iter().map(|x| times * x).collect::<Vec<_>>();
                    input_gradient_with(tiles, &g, batch, [&d_output, &kernel], &mut d_input, accumulate);
                    weight_gradient_with(tiles, &g, batch, [&input, &d_output], &mut d_kernel, Some(&mut d_bias), accumulate);
                    assert_close(&d_input, &times(&expected.d_input), terms[1], tolerance, &g);
                    assert_close(&d_kernel, &times(&expected.d_kernel), terms[2], tolerance, &g);
                    assert_close(&d_bias, &times(&expected.d_bias), terms[2], tolerance, &g);
                }
            }
        }
    }
}

#[test]
fn convolutions_are_those_of_f64() {
    check::<f32>(1e-5);
    check::<f64>(1e-12);
}

/// Where all round alike, sums have one order on every instruction set: what the portable tiles may differ in is one rounding alone.
#[test]
fn instruction_sets_differ_in_the_rounding_of_products_alone() {
    for g in geometries() {
        let (input, kernel) = (values::<f32>(2 * g.input_len(), 1), values::<f32>(g.kernel_len(), 2));
        let (bias, d_output) = (values::<f32>(g.output[2], 3), values::<f32>(2 * g.output_len(), 4));
        let run = |tiles| {
            let mut output = vec![1.0; d_output.len()];
            forward_with(tiles, &g, 2, [&input, &kernel], Some(&bias), Fused::Relu, &mut output);
            let (mut d_input, mut d_kernel, mut d_bias) =
                (vec![1.0; input.len()], vec![1.0; kernel.len()], vec![1.0; bias.len()]);
            input_gradient_with(tiles, &g, 2, [&d_output, &kernel], &mut d_input, true);
            weight_gradient_with(tiles, &g, 2, [&input, &d_output], &mut d_kernel, Some(&mut d_bias), true);
            [output, d_input, d_kernel, d_bias]
        };
        let fused = run(f32::fused_tiles());
        assert!(f32::all_tiles().into_iter().skip(1).all(|tiles| run(tiles) == fused), "{g:?}");
    }
}

#[test]
fn bits_depend_neither_on_threads_nor_on_the_batch() {
    for g in [
        geometry([14, 14, 32], 64, [3, 3], [1, 1], [1, 1], 1, true),
        geometry([14, 14, 64], 96, [3, 3], [2, 2], [1, 1], 1, true),
        geometry([32, 32, 3], 32, [3, 3], [1, 1], [1, 1], 1, false),
    ] {
        let batch = 8;
        let (input, kernel) = (values::<f32>(batch * g.input_len(), 1), values::<f32>(g.kernel_len(), 2));
        let d_output = values::<f32>(batch * g.output_len(), 4);
        let run = |threads| {
            with_threads(threads, || {
                let mut output = vec![0.0; batch * g.output_len()];
                forward(&g, batch, &input, &kernel, None, Fused::Relu, &mut output);
                let mut found = (vec![0.0; input.len()], vec![0.0; kernel.len()], vec![0.0; g.output[2]]);
                let saved = Saved { input: &input, output: &output, kernel: &kernel };
                let gradients = Gradients {
                    input: Some((&mut found.0, false)),
                    kernel: &mut found.1,
                    bias: Some(&mut found.2),
                    accumulate_weights: false,
                };
                backward(&g, batch, saved, Fused::Relu, &mut d_output.clone(), gradients);
                (output, found)
            })
        };
        let one = run(1);
        assert!(one == run(2) && one == run(5), "{g:?}");
        let mut alone = vec![0.0; g.output_len()];
        forward(&g, 1, &input[3 * g.input_len()..4 * g.input_len()], &kernel, None, Fused::Relu, &mut alone);
        assert!(alone == one.0[3 * g.output_len()..4 * g.output_len()], "{g:?}");
    }
}

#[test]
fn the_backward_pass_goes_through_the_activation() {
    let g = geometry([6, 6, 2], 3, [3, 3], [1, 1], [1, 1], 1, true);
    let (input, kernel, d_output) =
        (values::<f64>(g.input_len(), 1), values::<f64>(g.kernel_len(), 2), values::<f64>(g.output_len(), 4));
    let mut output = vec![0.0; g.output_len()];
    forward(&g, 1, &input, &kernel, None, Fused::Relu, &mut output);
    let masked: Vec<f64> = d_output.iter().zip(&output).map(|(&d, &x)| if x > 0.0 { d } else { 0.0 }).collect();
    let expected = reference(&g, 1, &input, &kernel, &masked);
    let (mut d_input, mut d_kernel) = (vec![0.0; input.len()], vec![0.0; kernel.len()]);
    let saved = Saved { input: &input, output: &output, kernel: &kernel };
    let gradients =
        Gradients { input: Some((&mut d_input, false)), kernel: &mut d_kernel, bias: None, accumulate_weights: false };
    backward(&g, 1, saved, Fused::Relu, &mut d_output.clone(), gradients);
    assert_close(&d_input, &expected.d_input, 27, 1e-12, &g);
    assert_close(&d_kernel, &expected.d_kernel, 36, 1e-12, &g);
}

#[test]
fn a_prepared_kernel_gives_the_same_bits() {
    let mut prepared = 0;
    for g in geometries() {
        let (input, kernel) = (values::<f32>(2 * g.input_len(), 1), values::<f32>(g.kernel_len(), 2));
        let bias = values::<f32>(g.output[2], 3);
        let planes = prepare(&g, &kernel);
        assert_eq!(planes.as_ref().map(|planes| planes.len()), prepared_len::<f32>(&g));
        let Some(planes) = planes else { continue };
        let (mut direct, mut output) = (vec![1.0; 2 * g.output_len()], vec![2.0; 2 * g.output_len()]);
        forward(&g, 2, &input, &kernel, Some(&bias), Fused::Relu, &mut direct);
        forward_prepared(&g, 2, &input, &planes, Some(&bias), Fused::Relu, &mut output);
        assert!(direct == output, "{g:?}");
        prepared += 1;
    }
    assert!(prepared > 3);
}
