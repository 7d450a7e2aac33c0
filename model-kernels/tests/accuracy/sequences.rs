//! Recurrent layers, there and back: products of matrices and functions in turns, whose errors meet in the state.

use model_kernels::activation::Kind;
use model_kernels::float::Float;
use model_kernels::recurrent::{Cell, Gradients, Gru, Inputs, Lstm, Outputs, Reads, Simple, Sizes, Weights, backward, forward};

use super::Size::Largest;
use super::{Case, Numbers};

pub fn cases() -> Vec<Case> {
    cases![true,
        simple, Largest, 16;
        long_short_term_memory, Largest, 16;
        gated_unit, Largest, 16;
    ]
}

const SIZES: Sizes =
    Sizes { batch: 8, steps: 12, features: 10, units: 24, convolutions: None, returns_all: true, is_backwards: false };

fn simple<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    run(numbers, &Simple { activation: Kind::Tanh, units: 24 })
}

fn long_short_term_memory<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    run(numbers, &Lstm { activation: Kind::Tanh, gates: Kind::Sigmoid, units: 24 })
}

fn gated_unit<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    run(numbers, &Gru { activation: Kind::Tanh, gates: Kind::Sigmoid, units: 24 })
}

fn run<T: Float, C: Cell<T>>(numbers: &mut Numbers, cell: &C) -> Vec<Vec<T>> {
    let Sizes { batch, steps, features, units, .. } = SIZES;
    let (row, state) = (C::GATES * units, batch * units);
    let (input, kernel) = (numbers.some::<T>(batch * steps * features), numbers.within(0.25, features * row));
    let (recurrent_kernel, bias, d_output) =
        (numbers.within(0.25, units * row), numbers.some(row), numbers.some::<T>(steps * state));
    let weights =
        Weights { kernel: &kernel, recurrent_kernel: &recurrent_kernel, biases: [Some(&bias), None], dropped: [None, None] };
    let mut saved = vec![T::ZERO; steps * state * (1 + C::SAVED)];
    let mut scratch = vec![T::ZERO; state * ((2 * steps + 3) * C::GATES + 5)];
    let mut output = d_output.clone();
    let inputs = Inputs { sequence: &input, start: [None, None], mask: None };
    forward(cell, &SIZES, weights, inputs, Outputs { states: &mut output, end: [None, None] }, &mut saved, &mut scratch);
    let mut found = [input.clone(), kernel.clone(), recurrent_kernel.clone(), bias.clone()];
    let [d_input, d_kernel, d_recurrent, d_bias] = &mut found;
    let gradients = Gradients {
        input: Some((d_input, false)),
        start: [None, None],
        kernel: d_kernel,
        recurrent_kernel: d_recurrent,
        biases: [Some(d_bias), None],
        accumulate: false,
    };
    let reads = Reads { weights, input: &input, d_output: &d_output, d_end: [None, None], saved: &saved, mask: None };
    backward(cell, &SIZES, reads, &mut scratch, gradients);
    found.into_iter().chain([output]).collect()
}
