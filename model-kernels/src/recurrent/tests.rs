//! Recurrent layers against the plain formulas; their gradients are checked with the layers.

use super::*;
use crate::activation::Kind;
use crate::testing::{values, with_threads};

const SIZES: Sizes =
    Sizes { batch: 3, steps: 4, features: 2, units: 5, convolutions: None, returns_all: true, is_backwards: false };

fn run<C: Cell<f64>>(cell: &C, sizes: &Sizes, state: usize) -> Vec<f64> {
    let row = C::GATES * sizes.units;
    let (input, kernel) = (values(sizes.batch * sizes.steps * sizes.features, 1), values(sizes.features * row, 2));
    let (recurrent, bias) = (values::<f64>(sizes.units * row, 3), values::<f64>(row, 4));
    let weights = Weights { kernel: &kernel, recurrent_kernel: &recurrent, biases: [Some(&bias), None], dropped: [None, None] };
    let mut output = vec![0.0; state * if sizes.returns_all { sizes.steps } else { 1 }];
    let mut scratch = vec![f64::NAN; state * ((sizes.steps + 3) * C::GATES + 4)];
    let inputs = Inputs { sequence: &input, start: [None, None], mask: None };
    forward(cell, sizes, weights, inputs, Outputs { states: &mut output, end: [None, None] }, &mut [], &mut scratch);
    output
}

#[test]
fn the_simple_cell_is_the_formula() {
    let output = run(&Simple { activation: Kind::Tanh, units: 5 }, &SIZES, 15);
    let (input, kernel) = (values::<f64>(24, 1), values::<f64>(10, 2));
    let (recurrent, bias) = (values::<f64>(25, 3), values::<f64>(5, 4));
    for sample in 0..3 {
        let mut state = [0.0; 5];
        for step in 0..4 {
            let x = &input[(sample * 4 + step) * 2..][..2];
            let sum = |j: usize| {
                let of_inputs: f64 = (0..2).map(|i| x[i] * kernel[i * 5 + j]).sum();
                let of_state: f64 = (0..5).map(|i| state[i] * recurrent[i * 5 + j]).sum();
                (of_inputs + of_state + bias[j]).tanh()
            };
            state = std::array::from_fn(sum);
            let found = &output[(sample * 4 + step) * 5..][..5];
            assert!(found.iter().zip(&state).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }
}

#[test]
fn the_last_state_is_the_last_of_all_and_backwards_is_the_sequence_reversed() {
    let cell = Lstm { activation: Kind::Tanh, gates: Kind::Sigmoid, units: 5 };
    let (all, last) = (run(&cell, &SIZES, 15), run(&cell, &Sizes { returns_all: false, ..SIZES }, 15));
    for sample in 0..3 {
        assert_eq!(all[sample * 20 + 15..][..5], last[sample * 5..][..5]);
    }
    let one = Sizes { steps: 1, ..SIZES };
    assert_eq!(run(&cell, &one, 15), run(&cell, &Sizes { is_backwards: true, ..one }, 15));
    assert_ne!(all, run(&cell, &Sizes { is_backwards: true, ..SIZES }, 15));
}

#[test]
fn bits_do_not_depend_on_threads() {
    let sizes = Sizes { batch: 33, steps: 3, features: 40, units: 70, ..SIZES };
    let cell = Gru { activation: Kind::Tanh, gates: Kind::Sigmoid, units: 70 };
    let run = |threads| with_threads(threads, || run(&cell, &sizes, 33 * 70));
    assert!(run(1) == run(2));
}

#[test]
fn a_reset_before_the_product_is_the_formula() {
    let (units, row) = (5, 15);
    let (input, kernel) = (values::<f64>(24, 1), values::<f64>(2 * row, 2));
    let (recurrent, bias) = (values::<f64>(units * row, 3), values::<f64>(row, 4));
    let weights = Weights { kernel: &kernel, recurrent_kernel: &recurrent, biases: [Some(&bias), None], dropped: [None, None] };
    let (mut output, mut scratch) = (vec![0.0; 3 * 4 * units], vec![f64::NAN; 3 * units * (4 * 3 + 9) + units * row]);
    let cell = Gru { activation: Kind::Tanh, gates: Kind::Sigmoid, units };
    let (inputs, outputs) =
        (Inputs { sequence: &input, start: [None, None], mask: None }, Outputs { states: &mut output, end: [None, None] });
    reset_before::forward(&cell, &SIZES, weights, inputs, outputs, &mut [], &mut scratch);
    for sample in 0..3 {
        let mut state = [0.0; 5];
        for step in 0..4 {
            let x = &input[(sample * 4 + step) * 2..][..2];
            let of_inputs = |j: usize| (0..2).map(|i| x[i] * kernel[i * row + j]).sum::<f64>() + bias[j];
            let product = |state: &[f64; 5], j: usize| (0..units).map(|i| state[i] * recurrent[i * row + j]).sum::<f64>();
            let gate = |j: usize| 1.0 / (1.0 + (-of_inputs(j) - product(&state, j)).exp());
            let reset: [f64; 5] = std::array::from_fn(|k| gate(units + k) * state[k]);
            let candidate = |k: usize| (of_inputs(2 * units + k) + product(&reset, 2 * units + k)).tanh();
            state = std::array::from_fn(|k| gate(k) * state[k] + (1.0 - gate(k)) * candidate(k));
            let found = &output[(sample * 4 + step) * 5..][..5];
            assert!(found.iter().zip(&state).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }
}

/// All states of a long short-term memory, and the gradients of input, kernels and bias, of which the outputs' are given.
fn long_short_term(sizes: &Sizes, mask: Option<Mask<'_, f64>>, input: &[f64], d_output: &[f64]) -> [Vec<f64>; 5] {
    let cell = Lstm { activation: Kind::Tanh, gates: Kind::Sigmoid, units: sizes.units };
    let (row, state) = (4 * sizes.units, sizes.batch * sizes.units);
    let (kernel, recurrent) = (values::<f64>(sizes.features * row, 2), values::<f64>(sizes.units * row, 3));
    let weights = Weights { kernel: &kernel, recurrent_kernel: &recurrent, biases: [None, None], dropped: [None, None] };
    let mut output = vec![f64::NAN; d_output.len()];
    let mut saved = vec![f64::NAN; 7 * sizes.steps * state];
    let mut scratch = vec![f64::NAN; state * ((sizes.steps + 3) * 4 + 5)];
    let outputs = Outputs { states: &mut output, end: [None, None] };
    forward(&cell, sizes, weights, Inputs { sequence: input, start: [None, None], mask }, outputs, &mut saved, &mut scratch);
    let (mut d_input, mut d_kernel, mut d_recurrent) = (vec![f64::NAN; input.len()], kernel.clone(), recurrent.clone());
    let gradients = Gradients {
        input: Some((&mut d_input, false)),
        start: [None, None],
        kernel: &mut d_kernel,
        recurrent_kernel: &mut d_recurrent,
        biases: [None, None],
        accumulate: false,
    };
    let reads = Reads { weights, input, d_output, d_end: [None, None], saved: &saved, mask };
    backward(&cell, sizes, reads, &mut scratch, gradients);
    [output, d_input, d_kernel, d_recurrent, saved]
}

#[test]
fn steps_that_are_not_looked_at_change_nothing() {
    let (input, d_output) = (values::<f64>(3 * 4 * 2, 1), values::<f64>(3 * 4 * 5, 4));
    // Steps behind the second of all samples, as of sequences that are padded.
    let steps = [1.0, 1.0, 0.0, 0.0].repeat(3);
    let front = |all: &[f64], row: usize| -> Vec<f64> { all.chunks(4 * row).flat_map(|all| all[..2 * row].to_vec()).collect() };
    let mut last_two = d_output.clone();
    for d_output in last_two.chunks_mut(20) {
        let (looked_at, behind) = d_output.split_at_mut(10);
        looked_at[5..]
            .iter_mut()
            .zip(behind.chunks(5).fold(vec![0.0; 5], |sum, d| sum.iter().zip(d).map(|(a, b)| a + b).collect()))
            .for_each(|(d, more)| *d += more);
    }
    let short = Sizes { steps: 2, ..SIZES };
    for gives_zeros in [false, true] {
        let mask = Mask { steps: &steps, gives_zeros };
        let [output, d_input, d_kernel, d_recurrent, _] = long_short_term(&SIZES, Some(mask), &input, &d_output);
        let d_short = front(if gives_zeros { &d_output } else { &last_two }, 5);
        let [few, d_few, d_kernel_of_few, d_recurrent_of_few, _] = long_short_term(&short, None, &front(&input, 2), &d_short);
        assert_eq!(front(&output, 5), few);
        for (all, few) in output.chunks(20).zip(few.chunks(10)) {
            assert!(all[10..].chunks(5).all(|state| state == if gives_zeros { &[0.0; 5] } else { &few[5..] }));
        }
        let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(
            close(&front(&d_input, 2), &d_few) && close(&d_kernel, &d_kernel_of_few) && close(&d_recurrent, &d_recurrent_of_few)
        );
        assert!(d_input.chunks(8).all(|d_input| d_input[4..] == [0.0; 4]));
    }
    // Nothing is looked at, of the second sample.
    let steps: Vec<f64> = [[1.0; 4], [0.0; 4], [1.0; 4]].concat();
    let mask = Mask { steps: &steps, gives_zeros: false };
    let [output, d_input, ..] = long_short_term(&SIZES, Some(mask), &input, &d_output);
    let [plain, d_plain, ..] = long_short_term(&SIZES, None, &input, &d_output);
    assert_eq!((&output[20..40], &d_input[8..16]), (&[0.0; 20][..], &[0.0; 8][..]));
    assert_eq!((&output[..20], &output[40..], &d_input[..8]), (&plain[..20], &plain[40..], &d_plain[..8]));
}

/// A convolution of one position with a window of one is a product of matrices.
#[test]
fn a_convolution_of_one_position_is_the_matrix() {
    let geometry = |channels: usize| Geometry {
        depth: crate::conv3d::Depth::SINGLE,
        plane: crate::conv2d::Geometry {
            input: [1, 1, channels],
            output: [1, 1, 5],
            kernel: [1, 1],
            strides: [1, 1],
            dilation: [1, 1],
            padding: [0, 0],
            groups: 1,
        },
    };
    let (input, d_output) = (values::<f64>(3 * 4 * 2, 1), values::<f64>(3 * 4 * 5, 4));
    let convolved = Sizes { convolutions: Some([geometry(2), geometry(5)]), ..SIZES };
    let [of_matrix, of_convolution] = [SIZES, convolved].map(|sizes| long_short_term(&sizes, None, &input, &d_output));
    for (a, b) in of_matrix.iter().zip(&of_convolution) {
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}

/// Of some of the samples: all states, those at the end, and the gradients of the input and of the states at the start.
fn with_states<C: Cell<f64>>(cell: &C, all: &Sizes, samples: std::ops::Range<usize>) -> [Vec<f64>; 6] {
    let sizes = &Sizes { batch: samples.len(), ..*all };
    let of = |row: usize, seed: u64| values::<f64>(all.batch * row, seed)[samples.start * row..samples.end * row].to_vec();
    let (row, state) = (C::GATES * sizes.units, sizes.batch * sizes.units);
    let (kernel, recurrent) = (values::<f64>(sizes.features * row, 2), values::<f64>(sizes.units * row, 3));
    let bias = values::<f64>(row, 5);
    let weights =
        Weights { kernel: &kernel, recurrent_kernel: &recurrent, biases: [Some(&bias), Some(&bias)], dropped: [None, None] };
    let input = of(sizes.steps * sizes.features, 1);
    let starts = [6, 7].map(|seed| of(sizes.units, seed));
    let start = starts.each_ref().map(|start| Some(&start[..]));
    let steps: Vec<f64> = of(sizes.steps, 8).iter().map(|x| f64::from(u8::from(*x > -0.2))).collect();
    let mask = Some(Mask { steps: &steps, gives_zeros: false });
    let given = if sizes.returns_all { sizes.steps } else { 1 };
    let mut output = vec![f64::NAN; state * given];
    let mut ends = [(); 2].map(|()| vec![f64::NAN; state]);
    let mut saved = vec![f64::NAN; (1 + C::SAVED) * sizes.steps * state];
    let mut scratch = vec![f64::NAN; state * ((2 * sizes.steps + 3) * C::GATES + 5)];
    let end = ends.each_mut().map(|end| Some(&mut end[..]));
    let inputs = Inputs { sequence: &input, start, mask };
    forward(cell, sizes, weights, inputs, Outputs { states: &mut output, end }, &mut saved, &mut scratch);
    let (mut d_input, mut d_kernel, mut d_recurrent) = (vec![f64::NAN; input.len()], kernel.clone(), recurrent.clone());
    let mut d_starts = [vec![0.5; state], vec![f64::NAN; state]];
    let [d_state, d_carry] = d_starts.each_mut();
    let gradients = Gradients {
        input: Some((&mut d_input, false)),
        start: [Some((d_state, true)), Some((d_carry, false))],
        kernel: &mut d_kernel,
        recurrent_kernel: &mut d_recurrent,
        biases: [None, None],
        accumulate: false,
    };
    let (d_output, d_ends) = (of(sizes.units * given, 9), [10, 11].map(|seed| of(sizes.units, seed)));
    let d_end = d_ends.each_ref().map(|d_end| Some(&d_end[..]));
    backward(
        cell,
        sizes,
        Reads { weights, input: &input, d_output: &d_output, d_end, saved: &saved, mask },
        &mut scratch,
        gradients,
    );
    let ([end_state, end_carry], [d_state, d_carry]) = (ends, d_starts);
    [output, end_state, end_carry, d_input, d_state, d_carry]
}

#[test]
fn samples_that_go_together_give_the_bits_of_each_alone() {
    let long = Lstm { activation: Kind::Tanh, gates: Kind::Sigmoid, units: 5 };
    let gated = Gru { activation: Kind::Tanh, gates: Kind::Sigmoid, units: 5 };
    for (returns_all, is_backwards) in [(true, false), (false, true)] {
        let sizes = Sizes { batch: 21, returns_all, is_backwards, ..SIZES };
        let of = |samples: std::ops::Range<usize>| {
            [with_states(&long, &sizes, samples.clone()), with_states(&gated, &sizes, samples)].concat()
        };
        let alone: Vec<Vec<Vec<f64>>> = (0..21).map(|sample| of(sample..sample + 1)).collect();
        for (what, together) in of(0..21).iter().enumerate() {
            let alone: Vec<f64> = alone.iter().flat_map(|of| of[what].clone()).collect();
            assert!(*together == alone, "{what}, {returns_all}");
        }
    }
}
