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
