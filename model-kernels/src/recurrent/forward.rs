//! Through a sequence.

use super::product::Product;
use super::stepping::{Stepping, block, stepping, together};
use super::steps::{begin, put, split};
use super::{Cell, Dropped, Gates, Mask, Sizes, cut};
use crate::chunks::each;
use crate::float::Float;

/// A layer's weights.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, T> {
    /// What the inputs are multiplied with, `[features, gates * units]`.
    pub kernel: &'a [T],
    /// What the state is multiplied with, `[units, gates * units]`.
    pub recurrent_kernel: &'a [T],
    /// What is added to either product.
    pub biases: [Option<&'a [T]>; 2],
    /// What is dropped of the input and of the state.
    pub dropped: [Option<Dropped<'a, T>>; 2],
}

impl<'a, T: Float> Weights<'a, T> {
    /// The products of the input and of the state with the kernels, of so many gates.
    pub(super) fn products(&self, sizes: &Sizes, gates: usize) -> [Product<'a, T>; 2] {
        let ([inputs, state], columns) = (sizes.shapes(), gates * sizes.units);
        [
            Product { shape: inputs, columns, kernel: self.kernel, dropped: self.dropped[0] },
            Product { shape: state, columns, kernel: self.recurrent_kernel, dropped: self.dropped[1] },
        ]
    }
}

/// What a layer goes through, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a, T> {
    /// The sequence.
    pub sequence: &'a [T],
    /// The state and the carry before the first step; zeros where there are none.
    pub start: [Option<&'a [T]>; 2],
    /// The steps that are looked at, if not all.
    pub mask: Option<Mask<'a, T>>,
}

/// What a layer gives.
#[derive(Debug)]
pub struct Outputs<'a, T> {
    /// The state after every step, or after the last.
    pub states: &'a mut [T],
    /// The state and the carry after the last step, where they are wanted.
    pub end: [Option<&'a mut [T]>; 2],
}

/// Computes the states. `saved` has room for what backward needs, or is empty; `scratch` has room for the input's part in all gates, for one step
/// three times the gates, and twice the state and the carry, and for what products take that drop elements.
pub fn forward<T: Float, C: Cell<T>>(
    cell: &C,
    sizes: &Sizes,
    weights: Weights<'_, T>,
    inputs: Inputs<'_, T>,
    outputs: Outputs<'_, T>,
    saved: &mut [T],
    scratch: &mut [T],
) {
    let (Inputs { sequence, start, mask }, Outputs { states, end }) = (inputs, outputs);
    let ([all_rows, all_len], steps, width) = (sizes.all(C::GATES), sizes.steps, sizes.row());
    let (all, scratch) = scratch.split_at_mut(all_len);
    let (scratch, room) = scratch.split_at_mut(Walk::<T, C>::SCRATCH * sizes.state());
    let kept = if saved.is_empty() { 0 } else { steps * sizes.state() };
    let (befores, cells) = saved.split_at_mut(kept);
    let [input_product, state_product] = weights.products(sizes, C::GATES);
    input_product.forward(all_rows, sequence, weights.biases[0], room, all);
    let together = together(&state_product, sizes);
    stepping(state_product, sizes, together, false, |product| {
        let row = together * width;
        let given = if sizes.returns_all { steps * row } else { row };
        let room_len = room.len();
        let [end_state, end_carry] = end.map(Option::unwrap_or_default);
        let slices = [
            (scratch, Walk::<T, C>::SCRATCH * row),
            (all, steps * C::GATES * row),
            (befores, steps * row),
            (cells, steps * C::SAVED * row),
            (states, given),
            (end_state, row),
            (end_carry, row),
            (room, room_len),
        ];
        each(slices, |index, [scratch, all, befores, cells, states, end_state, end_carry, room]| {
            let (samples, sizes) = block(sizes, together, index);
            let start = start.map(|start| Some(&start?[samples.start * width..samples.end * width]));
            let mask = mask.map(|mask| mask.of(&samples, steps));
            let walk = Walk { cell, sizes: &sizes, product, bias: weights.biases[1], all, befores, cells, mask };
            walk.run(start, states, [end_state, end_carry], scratch, room);
        });
    });
}

/// The way of some samples through all steps.
struct Walk<'a, 's, T, C> {
    cell: &'a C,
    sizes: &'a Sizes,
    product: &'a Stepping<'s, T>,
    bias: Option<&'a [T]>,
    /// What the inputs contribute to all gates.
    all: &'a [T],
    /// The states before all steps, and what cells leave, both empty where there is no backward.
    befores: &'a mut [T],
    cells: &'a mut [T],
    mask: Option<Mask<'a, T>>,
}

impl<T: Float, C: Cell<T>> Walk<'_, '_, T, C> {
    /// How much it works with, in states: for one step three times the gates, and twice the state and the carry.
    const SCRATCH: usize = 3 * C::GATES + 4;

    fn run(self, start: [Option<&[T]>; 2], states: &mut [T], end: [&mut [T]; 2], scratch: &mut [T], room: &mut [T]) {
        let Self { cell, sizes, product, bias, all, befores, cells, mask } = self;
        let Sizes { batch, steps, units, .. } = *sizes;
        let [positions, width] = [sizes.positions(), sizes.row()];
        let (state_len, gates_len) = (sizes.state(), C::GATES * sizes.state());
        let lengths = [gates_len, gates_len, gates_len, state_len, state_len, state_len, state_len];
        let [of_inputs, of_state, rows, state, carry, kept_state, kept_carry] = cut(scratch, lengths);
        for (own, start) in [&mut *state, &mut *carry].into_iter().zip(start) {
            begin(own, start);
        }
        for step in 0..steps {
            let time = sizes.time(step);
            if !befores.is_empty() {
                put(state, [steps, width], time, befores);
            }
            split(all, [steps, positions, units, C::GATES], time, of_inputs);
            product.forward(batch, state, bias, room, rows);
            split(rows, [1, positions, units, C::GATES], 0, of_state);
            let cells =
                if cells.is_empty() { &mut [] } else { &mut cells[time * C::SAVED * state_len..][..C::SAVED * state_len] };
            if mask.is_some() {
                kept_state.copy_from_slice(state);
                kept_carry.copy_from_slice(carry);
            }
            cell.forward(Gates { of_inputs: &mut *of_inputs, of_state: &mut *of_state }, state, carry, cells);
            if let Some(mask) = &mask {
                mask.keep([steps, time], kept_state, width, state);
                mask.keep([steps, time], kept_carry, width, carry);
            }
            if sizes.returns_all || step + 1 == steps {
                give(sizes, [step, time], state, mask.as_ref(), kept_state, states);
            }
        }
        for (own, end) in [state, carry].into_iter().zip(end) {
            if !end.is_empty() {
                end.copy_from_slice(own);
            }
        }
    }
}

/// Gives the state after a step, or zeros where it is not looked at and that is wanted.
pub(super) fn give<T: Float>(
    sizes: &Sizes,
    [step, time]: [usize; 2],
    state: &[T],
    mask: Option<&Mask<'_, T>>,
    room: &mut [T],
    states: &mut [T],
) {
    let given = match mask {
        Some(mask) if mask.gives_zeros => {
            room.copy_from_slice(state);
            mask.clear([sizes.steps, time], sizes.row(), room);
            room
        }
        _ => state,
    };
    match sizes.returns_all {
        true => put(given, [sizes.steps, sizes.row()], step, states),
        false => states.copy_from_slice(given),
    }
}
