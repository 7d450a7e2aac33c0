//! Sizes whose product wraps: every function that is given sizes beside slices panics, and never reads what is not there.

use std::panic::{UnwindSafe, catch_unwind};

use model_kernels::activation::{self, Kind};
use model_kernels::conv2d::{self, Gradients, Saved, transposed};
use model_kernels::fused::Fused;
use model_kernels::matmul::{dense_forward, dense_input_gradient, dense_weight_gradient};
use model_kernels::recurrent::{self, Inputs, Lstm, Outputs, Reads, Sizes, Weights};
use model_kernels::stretched::Stretched;
use model_kernels::{
    border, chunks, concatenate, depthwise_conv2d, embedding, global_pool, loss, metric, normalization, permute, pool, prelu,
    sizes, softmax_axis, transpose, up_sampling,
};

/// Four times this is zero, where products wrap.
const QUARTER: usize = 1 << 62;
/// Twice this is.
const HALF: usize = 1 << 63;
const SOME: [f32; 16] = [1.0; 16];

/// Asserts that a call panics, and in words: not because arithmetic happens to be looked after in this build.
#[track_caller]
fn panics(work: impl FnOnce() + UnwindSafe) {
    let panic = catch_unwind(work).expect_err("these sizes wrap");
    let message =
        panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied()).unwrap_or_default();
    assert!(!message.contains("overflow"), "{message}");
}

/// Some elements to be written to.
fn room() -> [f32; 16] {
    [0.0; 16]
}

#[test]
fn products() {
    for sizes @ [m, k, n] in [[4, QUARTER, 4], [QUARTER, 4, 4], [4, 4, QUARTER], [0, QUARTER, 4], [HALF, 2, 0], [1, HALF, 2]] {
        // As long as products that wrap say.
        let len = |a: usize, b: usize| a.wrapping_mul(b).min(16);
        let (input, kernel, output) = (&SOME[..len(m, k)], &SOME[..len(k, n)], &SOME[..len(m, n)]);
        panics(|| dense_forward(sizes, input, kernel, None, Fused::None, &mut room()[..output.len()]));
        panics(|| dense_input_gradient(sizes, output, kernel, &mut room()[..input.len()], false));
        panics(|| dense_weight_gradient(sizes, input, output, &mut room()[..kernel.len()], None, false));
    }
    panics(|| dense_forward([4, QUARTER, 4], &[], &[], None, Fused::None, &mut room()));
    panics(|| dense_forward([4, 4, 4], &SOME, &SOME, Some(&SOME), Fused::None, &mut room()));
}

/// Sizes of which one product or another wraps to no more than sixteen elements, or a window reaches further than numbers do.
fn convolutions() -> Vec<conv2d::Geometry> {
    let plain = conv2d::Geometry {
        input: [4, 4, 1],
        output: [4, 4, 1],
        kernel: [1, 1],
        strides: [1, 1],
        dilation: [1, 1],
        padding: [0, 0],
        groups: 1,
    };
    vec![
        conv2d::Geometry { input: [4, QUARTER, 1], ..plain },
        conv2d::Geometry { input: [4, 1, QUARTER], kernel: [4, 1], ..plain },
        conv2d::Geometry { output: [4, QUARTER, 1], ..plain },
        conv2d::Geometry { output: [1, 4, QUARTER], ..plain },
        conv2d::Geometry { kernel: [4, QUARTER], ..plain },
        conv2d::Geometry { kernel: [HALF, 2], ..plain },
        conv2d::Geometry { input: [0, HALF, 4], ..plain },
        conv2d::Geometry { strides: [HALF, 1], ..plain },
        conv2d::Geometry { kernel: [2, 1], dilation: [HALF, 1], ..plain },
        conv2d::Geometry { padding: [0, usize::MAX], ..plain },
        conv2d::Geometry { strides: [0, 1], ..plain },
        conv2d::Geometry { groups: 0, ..plain },
    ]
}

#[test]
fn convolutions_of_all_kinds() {
    for g in convolutions() {
        let len = |sizes: &[usize]| sizes.iter().fold(1_usize, |product, &size| product.wrapping_mul(size)).min(16);
        let (input, output) = (&SOME[..len(&g.input)], &SOME[..len(&g.output)]);
        let kernel = &SOME[..len(&[g.kernel[0], g.kernel[1], g.input[2], g.output[2]])];
        let kernel_len = kernel.len();
        panics(|| conv2d::forward(&g, 1, input, kernel, None, Fused::None, &mut room()[..output.len()]));
        panics(|| conv2d::input_gradient(&g, 1, output, kernel, &mut room()[..input.len()], false));
        panics(|| conv2d::weight_gradient(&g, 1, input, output, &mut room()[..kernel_len], None, false));
        panics(|| {
            let (mut d_output, mut d_kernel) = (room(), room());
            let gradients = Gradients { input: None, kernel: &mut d_kernel[..kernel_len], bias: None, accumulate_weights: false };
            let saved = Saved { input, output, kernel };
            conv2d::backward(&g, 1, saved, Fused::None, &mut d_output[..output.len()], gradients);
        });
        panics(|| transposed::forward(&g, 1, output, kernel, None, Fused::None, &mut room()[..input.len()]));
        panics(|| transposed::transposed_input_gradient(&g, 1, input, kernel, &mut room()[..output.len()], false));
        panics(|| {
            transposed::transposed_weight_gradient(&g, 1, output, input, &mut room()[..kernel_len], None, false);
        });
        if g.groups > 0 && g.strides[0] > 0 {
            let conv2d::Geometry { input: sizes, output: to, kernel: taps, strides, dilation, padding, .. } = g;
            let g = depthwise_conv2d::Geometry { input: sizes, output: to, kernel: taps, strides, dilation, padding };
            let kernel = &SOME[..len(&[taps[0], taps[1], to[2]])];
            let kernel_len = kernel.len();
            panics(|| depthwise_conv2d::forward(&g, input, kernel, None, Fused::None, &mut room()[..output.len()]));
            panics(|| depthwise_conv2d::input_gradient(&g, output, kernel, &mut room()[..input.len()], false));
            panics(|| depthwise_conv2d::weight_gradient(&g, input, output, &mut room()[..kernel_len], None, false));
        }
    }
    let batch_that_wraps = conv2d::Geometry { input: [2, 2, 1], output: [2, 2, 1], ..convolutions()[0] };
    panics(|| conv2d::forward(&batch_that_wraps, QUARTER, &[], &[1.0], None, Fused::None, &mut [0.0_f32; 0]));
}

#[test]
fn poolings_and_enlargements() {
    let windows = |stride, padding| pool::Windows::Sliding { size: 1, stride, padding };
    let plain = pool::Geometry { input: [1, 4, 4, 1], output: [1, 4, 4, 1], windows: [windows(1, 0); 3] };
    for g in [
        pool::Geometry { input: [1, 4, QUARTER, 4], ..plain },
        pool::Geometry { output: [1, QUARTER, 4, 1], ..plain },
        pool::Geometry { windows: [windows(1, 0), windows(HALF, 0), windows(1, 0)], ..plain },
        pool::Geometry { windows: [windows(1, 0), windows(1, usize::MAX), windows(1, 1)], ..plain },
        pool::Geometry { windows: [windows(1, usize::MAX), windows(1, 0), windows(1, 0)], ..plain },
        pool::Geometry { output: [1, usize::MAX, 4, 1], windows: [pool::Windows::Adaptive; 3], ..plain },
    ] {
        panics(|| pool::max_forward(&g, &SOME, &mut room()));
        panics(|| pool::average_forward(&g, &SOME, &mut room()));
        panics(|| pool::max_backward(&g, &SOME, &SOME, &SOME, &mut room(), false));
        panics(|| pool::average_backward(&g, &SOME, &mut room(), false));
    }
    for (positions, c) in [(QUARTER, 4), (4, QUARTER), (HALF, 2)] {
        panics(|| global_pool::average_forward(&SOME, &mut room(), positions, c));
        panics(|| global_pool::max_forward(&SOME, &mut room(), positions, c));
        panics(|| global_pool::average_backward(&SOME, &mut room(), positions, c, false));
    }
    panics(|| global_pool::max_backward(&SOME, &SOME, &SOME, &mut room(), QUARTER, false));
    for g in [
        up_sampling::Geometry { input: [1, 4, QUARTER, 1], factors: [1, 1, 1] },
        up_sampling::Geometry { input: [1, 4, 4, 1], factors: [1, QUARTER, 4] },
        up_sampling::Geometry { input: [1, 4, 4, 1], factors: [1, 1, HALF] },
    ] {
        panics(|| up_sampling::nearest_forward(&g, &SOME, &mut room()));
        panics(|| up_sampling::nearest_backward(&g, &SOME, &mut room(), false));
    }
}

#[test]
fn what_moves_elements() {
    for inset in [
        border::Inset { outer: [1, 4, QUARTER, 1], inner: [1, 4, 4, 1], start: [0, 0, 0] },
        border::Inset { outer: [1, 4, 4, 1], inner: [1, 4, QUARTER, 1], start: [0, 0, 0] },
        border::Inset { outer: [1, 4, 4, 1], inner: [1, 4, 4, 1], start: [0, usize::MAX, 0] },
    ] {
        panics(|| border::pad(&inset, &SOME, &mut room(), false));
        panics(|| border::crop(&inset, &SOME, &mut room(), false));
    }
    panics(|| concatenate::forward(&[&SOME, &SOME], &[HALF, HALF], &mut room()));
    panics(|| concatenate::backward(&SOME, &[HALF, HALF], 1, &mut room(), false));
    panics(|| _ = Stretched::new(&SOME, &[QUARTER, 4], &[QUARTER, 4]));
    panics(|| _ = Stretched::new(&SOME, &[1, 4], &[QUARTER, 4]));
    panics(|| permute::gather(&SOME, &[1, QUARTER], &mut room(), &[QUARTER, 4], false));
    panics(|| transpose::swap(&SOME, &mut room(), [QUARTER, 4]));
    panics(|| embedding::forward(&SOME, &SOME, HALF, &mut room()));
    panics(|| embedding::backward(&SOME, &SOME, HALF, &mut room(), false));
    panics(|| _ = sizes::elements(&[QUARTER, 4]));
}

#[test]
fn what_goes_along_rows() {
    panics(|| softmax_axis::forward(&SOME, &mut room(), QUARTER, 4));
    panics(|| softmax_axis::backward(&SOME, &mut room(), QUARTER, 4));
    for kind in [Kind::Softmax, Kind::LogSoftmax, Kind::Sparsemax] {
        panics(|| activation::forward(kind, &SOME, &mut room(), HALF));
        panics(|| activation::backward(kind, &[], &SOME, &mut room(), HALF));
    }
    let (affine, by) = (normalization::Affine { gamma: None, beta: None, inner: 1 }, normalization::Divisor::Length);
    panics(|| normalization::forward(&SOME, HALF, affine, by, [&mut [], &mut []], &mut room()));
    panics(|| normalization::backward([&SOME, &SOME], HALF, affine, by, &mut room(), &mut room(), false));
    let shapes = prelu::Shapes { sample: &[QUARTER, 4], slopes: &[QUARTER, 4] };
    panics(|| prelu::forward(&shapes, &SOME, &SOME, &mut room()));
    panics(|| prelu::backward(&shapes, &SOME, &SOME, &SOME, &mut room(), false));
    panics(|| prelu::slope_gradient(&shapes, &SOME, &SOME, &mut room(), &mut room(), false));
    panics(|| _ = loss::sparse_categorical_crossentropy(&[0, 0, 0], &SOME, HALF, true, None, &mut []));
    panics(|| _ = metric::sparse_categorical_matches(&[0, 0, 0], &SOME, HALF, None));
}

#[test]
fn sequences() {
    let plain = Sizes { batch: 2, steps: 2, features: 2, units: 2, convolutions: None, returns_all: false, is_backwards: false };
    let cell = Lstm { activation: Kind::Tanh, gates: Kind::Sigmoid, units: 2 };
    for sizes in [
        Sizes { batch: QUARTER, ..plain },
        Sizes { steps: HALF, ..plain },
        Sizes { features: HALF, ..plain },
        Sizes { units: QUARTER, ..plain },
    ] {
        let weights = Weights { kernel: &SOME, recurrent_kernel: &SOME, biases: [None, None], dropped: [None, None] };
        let inputs = Inputs { sequence: &SOME[..8], start: [None, None], mask: None };
        panics(|| {
            let (mut states, mut scratch) = (room(), [0.0; 4096]);
            let outputs = Outputs { states: &mut states[..4], end: [None, None] };
            recurrent::forward(&cell, &sizes, weights, inputs, outputs, &mut [], &mut scratch);
        });
        panics(|| {
            let (mut kernel, mut recurrent_kernel) = (room(), room());
            let gradients = recurrent::Gradients {
                input: None,
                start: [None, None],
                kernel: &mut kernel,
                recurrent_kernel: &mut recurrent_kernel,
                biases: [None, None],
                accumulate: false,
            };
            let reads =
                Reads { weights, input: &SOME[..8], d_output: &SOME[..4], d_end: [None, None], saved: &[1.0; 4096], mask: None };
            recurrent::backward(&cell, &sizes, reads, &mut [0.0; 4096], gradients);
        });
    }
}

/// Pieces of sizes that wrap are no piece twice.
#[test]
fn pieces() {
    let (mut many, mut few) = (vec![0_u8; 5], vec![0_u8; 5]);
    chunks::each([(&mut many[..], 1), (&mut few[..], HALF)], |_, [many, few]| {
        many.fill(1);
        few.iter_mut().for_each(|few| *few += 1);
    });
    assert_eq!((many, few), (vec![1; 5], vec![1; 5]));
    let sum = chunks::sum_rows(usize::MAX, HALF, &mut [0_u8; 5], |_, piece| piece.len() as f64);
    assert_eq!(sum, 5.0);
}

/// What a window would be moved or stretched by changes nothing where there is one window, or one tap.
#[test]
fn a_step_that_is_never_taken_may_have_any_size() {
    let run = |step: usize| {
        let g = conv2d::Geometry {
            input: [3, 2, 1],
            output: [1, 2, 1],
            kernel: [3, 1],
            strides: [step, 1],
            dilation: [1, step],
            padding: [0, 0],
            groups: 1,
        };
        let (input, kernel) = ([1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0], [0.5, -1.0, 2.0]);
        let (mut output, mut d_input, mut d_kernel) = ([0.0; 2], [0.0; 6], [0.0; 3]);
        conv2d::forward(&g, 1, &input, &kernel, None, Fused::None, &mut output);
        conv2d::input_gradient(&g, 1, &[1.0, -3.0], &kernel, &mut d_input, false);
        conv2d::weight_gradient(&g, 1, &input, &[1.0, -3.0], &mut d_kernel, None, false);
        (output, d_input, d_kernel)
    };
    assert_eq!(run(1), ([7.5, 9.0], [0.5, -1.5, -1.0, 3.0, 2.0, -6.0], [-5.0, -9.0, -13.0]));
    for step in [5, 1 << 40, QUARTER, HALF, usize::MAX] {
        assert_eq!(run(step), run(1), "{step}");
    }
}
