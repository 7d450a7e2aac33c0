//! Through a sequence.

use super::steps::{begin, put, split};
use super::{Cell, Gates, Sizes};
use crate::float::Float;
use crate::fused::Fused;
use crate::matmul::dense_forward;

/// A layer's weights.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, T> {
    /// What the inputs are multiplied with, `[features, gates * units]`.
    pub kernel: &'a [T],
    /// What the state is multiplied with, `[units, gates * units]`.
    pub recurrent_kernel: &'a [T],
    /// What is added to either product.
    pub biases: [Option<&'a [T]>; 2],
}

/// What a layer goes through, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a, T> {
    /// The sequence.
    pub sequence: &'a [T],
    /// The state and the carry before the first step; zeros where there are none.
    pub start: [Option<&'a [T]>; 2],
}

/// What a layer gives.
#[derive(Debug)]
pub struct Outputs<'a, T> {
    /// The state after every step, or after the last.
    pub states: &'a mut [T],
    /// The state and the carry after the last step, where they are wanted.
    pub end: [Option<&'a mut [T]>; 2],
}

/// Computes the states. `saved` has room for what backward needs, or is empty; `scratch` has room for the input's part in all gates, and for one
/// step three times the gates, the state and the carry.
pub fn forward<T: Float, C: Cell<T>>(
    cell: &C,
    sizes: &Sizes,
    weights: Weights<'_, T>,
    inputs: Inputs<'_, T>,
    outputs: Outputs<'_, T>,
    saved: &mut [T],
    scratch: &mut [T],
) {
    let (Inputs { sequence, start }, Outputs { states, end }) = (inputs, outputs);
    let Sizes { batch, steps, features, units, .. } = *sizes;
    let [all_rows, all_len] = sizes.all(C::GATES);
    let (state_len, gates_len) = (sizes.state(), C::GATES * sizes.state());
    let (all, scratch) = scratch.split_at_mut(all_len);
    let (of_inputs, scratch) = scratch.split_at_mut(gates_len);
    let (of_state, scratch) = scratch.split_at_mut(gates_len);
    let (rows, scratch) = scratch.split_at_mut(gates_len);
    let (state, carry) = scratch[..2 * state_len].split_at_mut(state_len);
    let kept = if saved.is_empty() { 0 } else { steps * state_len };
    let (befores, cells) = saved.split_at_mut(kept);
    for (own, start) in [&mut *state, &mut *carry].into_iter().zip(start) {
        begin(own, start);
    }
    dense_forward([all_rows, features, C::GATES * units], sequence, weights.kernel, weights.biases[0], Fused::None, all);
    for step in 0..steps {
        let time = sizes.time(step);
        if kept > 0 {
            put(state, [steps, units], time, befores);
        }
        split(all, [steps, units, C::GATES], time, of_inputs);
        dense_forward([batch, units, C::GATES * units], state, weights.recurrent_kernel, weights.biases[1], Fused::None, rows);
        split(rows, [1, units, C::GATES], 0, of_state);
        let cells = if kept > 0 { &mut cells[time * C::SAVED * state_len..][..C::SAVED * state_len] } else { &mut [] };
        cell.forward(Gates { of_inputs: &mut *of_inputs, of_state: &mut *of_state }, state, carry, cells);
        if sizes.returns_all {
            put(state, [steps, units], step, states);
        }
    }
    if !sizes.returns_all {
        states.copy_from_slice(state);
    }
    for (own, end) in [state, carry].into_iter().zip(end) {
        if let Some(end) = end {
            end.copy_from_slice(own);
        }
    }
}
