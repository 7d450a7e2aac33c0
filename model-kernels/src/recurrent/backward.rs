//! Back through time.

use super::forward::Weights;
use super::steps::{begin, end, join, put, take};
use super::{Cell, Gates, Sizes};
use crate::elementwise;
use crate::float::Float;
use crate::matmul::{dense_input_gradient, dense_weight_gradient};

/// What going back reads.
#[derive(Clone, Copy, Debug)]
pub struct Reads<'a, T> {
    /// The layer's weights.
    pub weights: Weights<'a, T>,
    /// The input.
    pub input: &'a [T],
    /// The gradient of the states that were given out.
    pub d_output: &'a [T],
    /// The gradients of the state and the carry after the last step, where they were given out.
    pub d_end: [Option<&'a [T]>; 2],
    /// What forward left.
    pub saved: &'a [T],
}

/// Where the gradients go.
#[derive(Debug)]
pub struct Gradients<'a, T> {
    /// The input's, and whether it is added to what is there; `None` where nobody needs it.
    pub input: Option<(&'a mut [T], bool)>,
    /// Those of the state and the carry before the first step, likewise.
    pub start: [Option<(&'a mut [T], bool)>; 2],
    /// The kernel's.
    pub kernel: &'a mut [T],
    /// The recurrent kernel's.
    pub recurrent_kernel: &'a mut [T],
    /// The biases'.
    pub biases: [Option<&'a mut [T]>; 2],
    /// Whether the weights' gradients are added to what is there.
    pub accumulate: bool,
}

/// Computes the gradients. `scratch` has room for the gradients of all gates, twice where there are two, and for one step three times the gates,
/// the gradients of the state and the carry, and the state.
pub fn backward<T: Float, C: Cell<T>>(
    cell: &C,
    sizes: &Sizes,
    reads: Reads<'_, T>,
    scratch: &mut [T],
    gradients: Gradients<'_, T>,
) {
    let Reads { weights, input, d_output, d_end, saved } = reads;
    let Sizes { batch, steps, features, units, .. } = *sizes;
    let [all_rows, all_len] = sizes.all(C::GATES);
    let (state_len, row) = (sizes.state(), C::GATES * units);
    let (befores, cells) = saved.split_at(steps * state_len);
    let (of_inputs, scratch) = scratch.split_at_mut(all_len);
    let of_state_len = if C::HAS_TWO_GRADIENTS { of_inputs.len() } else { 0 };
    let (of_state, scratch) = scratch.split_at_mut(of_state_len);
    let mut step = Step::new::<C>(sizes, scratch, d_end);
    for number in (0..steps).rev() {
        let time = sizes.time(number);
        step.add_output(sizes, number, d_output);
        take(befores, [steps, units], time, step.before);
        let cells = &cells[time * C::SAVED * state_len..][..C::SAVED * state_len];
        step.back(cell, cells);
        join(step.of_inputs, [units, C::GATES], step.rows);
        put(step.rows, [steps, row], time, of_inputs);
        if C::HAS_TWO_GRADIENTS {
            join(step.of_state, [units, C::GATES], step.rows);
            put(step.rows, [steps, row], time, of_state);
        }
        dense_input_gradient([batch, units, row], step.rows, weights.recurrent_kernel, step.d_state, true);
    }
    let of_state = if C::HAS_TWO_GRADIENTS { &*of_state } else { &*of_inputs };
    let Gradients { input: d_input, start: d_start, kernel, recurrent_kernel, biases: [bias, recurrent_bias], accumulate } =
        gradients;
    for (own, d_start) in [&*step.d_state, &*step.d_carry].into_iter().zip(d_start) {
        end(own, d_start);
    }
    dense_weight_gradient([all_rows, features, row], input, of_inputs, kernel, bias, accumulate);
    dense_weight_gradient([all_rows, units, row], befores, of_state, recurrent_kernel, recurrent_bias, accumulate);
    if let Some((d_input, accumulate)) = d_input {
        dense_input_gradient([all_rows, features, row], of_inputs, weights.kernel, d_input, accumulate);
    }
}

/// What going back through one step works with.
struct Step<'a, T> {
    of_inputs: &'a mut [T],
    of_state: &'a mut [T],
    rows: &'a mut [T],
    d_state: &'a mut [T],
    d_carry: &'a mut [T],
    before: &'a mut [T],
}

impl<'a, T: Float> Step<'a, T> {
    fn new<C: Cell<T>>(sizes: &Sizes, scratch: &'a mut [T], d_end: [Option<&[T]>; 2]) -> Self {
        let (state, gates) = (sizes.state(), C::GATES * sizes.state());
        let (of_inputs, scratch) = scratch.split_at_mut(gates);
        let (of_state, scratch) = scratch.split_at_mut(gates);
        let (rows, scratch) = scratch.split_at_mut(gates);
        let (d_state, scratch) = scratch.split_at_mut(state);
        let (d_carry, scratch) = scratch.split_at_mut(state);
        for (own, d_end) in [&mut *d_state, &mut *d_carry].into_iter().zip(d_end) {
            begin(own, d_end);
        }
        Self { of_inputs, of_state, rows, d_state, d_carry, before: &mut scratch[..state] }
    }

    /// Adds the gradient of what the step gave out.
    fn add_output(&mut self, sizes: &Sizes, step: usize, d_output: &[T]) {
        if sizes.returns_all {
            take(d_output, [sizes.steps, sizes.units], step, self.before);
            elementwise::accumulate(self.d_state, self.before);
        } else if step + 1 == sizes.steps {
            elementwise::accumulate(self.d_state, d_output);
        }
    }

    fn back<C: Cell<T>>(&mut self, cell: &C, saved: &[T]) {
        let gates = Gates { of_inputs: &mut *self.of_inputs, of_state: &mut *self.of_state };
        cell.backward(saved, self.before, self.d_state, self.d_carry, gates);
    }
}
