//! Back through time.

use super::forward::Weights;
use super::stepping::{Stepping, block, stepping, together};
use super::steps::{begin, end, join, put, take};
use super::{Cell, Gates, Mask, Sizes, cut};
use crate::chunks::each;
use crate::elementwise;
use crate::float::Float;

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
    /// The steps that are looked at, if not all.
    pub mask: Option<Mask<'a, T>>,
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

/// Computes the gradients. `scratch` has room for the gradients of all gates, twice where there are two, for one step three times the gates, twice
/// the gradients of the state and the carry, and the state, and for what products take that drop elements.
pub fn backward<'r, T: Float, C: Cell<T>>(
    cell: &C,
    sizes: &Sizes,
    reads: Reads<'r, T>,
    scratch: &mut [T],
    gradients: Gradients<'_, T>,
) {
    let Reads { weights, input, d_output, d_end, saved, mask } = reads;
    let Gradients { input: d_input, start: d_start, kernel, recurrent_kernel, biases: [bias, recurrent_bias], accumulate } =
        gradients;
    let ([all_rows, all_len], steps, width) = (sizes.all(C::GATES), sizes.steps, sizes.row());
    let (befores, cells) = saved.split_at(steps * sizes.state());
    let (of_inputs, scratch) = scratch.split_at_mut(all_len);
    let of_state_len = if C::HAS_TWO_GRADIENTS { all_len } else { 0 };
    let (of_state, scratch) = scratch.split_at_mut(of_state_len);
    let (of_steps, room) = scratch.split_at_mut(Walk::<T, C>::SCRATCH * sizes.state());
    let [input_product, state_product] = weights.products(sizes, C::GATES);
    let together = together(&state_product, sizes);
    let are_added = d_start.each_ref().map(|d_start| d_start.as_ref().is_some_and(|(_, is_added)| *is_added));
    let [d_state, d_carry] = d_start.map(|d_start| d_start.map(|(d_start, _)| d_start).unwrap_or_default());
    stepping(state_product, sizes, together, true, |product| {
        let row = together * width;
        let (gates, room_len) = (steps * C::GATES * row, room.len());
        let slices = [
            (of_steps, Walk::<T, C>::SCRATCH * row),
            (&mut *of_inputs, gates),
            (&mut *of_state, gates),
            (d_state, row),
            (d_carry, row),
            (&mut *room, room_len),
        ];
        each(slices, |index, [scratch, of_inputs, of_state, d_state, d_carry, room]| {
            let (samples, sizes) = block(sizes, together, index);
            let part = |all: &'r [T], row: usize| &all[samples.start * row..samples.end * row];
            let given = if sizes.returns_all { steps * width } else { width };
            let walk = Walk {
                cell,
                sizes: &sizes,
                product,
                befores: part(befores, steps * width),
                cells: part(cells, steps * C::SAVED * width),
                d_output: part(d_output, given),
                mask: mask.map(|mask| mask.of(&samples, steps)),
            };
            let step = Step::new::<C>(&sizes, scratch, d_end.map(|d_end| Some(part(d_end?, width))));
            walk.run(step, [of_inputs, of_state], [(d_state, are_added[0]), (d_carry, are_added[1])], room);
        });
    });
    let of_state = if C::HAS_TWO_GRADIENTS { &*of_state } else { &*of_inputs };
    input_product.weight_gradient(all_rows, [input, of_inputs], room, kernel, bias, accumulate);
    state_product.weight_gradient(all_rows, [befores, of_state], room, recurrent_kernel, recurrent_bias, accumulate);
    if let Some((d_input, accumulate)) = d_input {
        input_product.input_gradient(all_rows, of_inputs, room, d_input, accumulate);
    }
}

/// The way of some samples back through all steps.
struct Walk<'a, 's, T, C> {
    cell: &'a C,
    sizes: &'a Sizes,
    product: &'a Stepping<'s, T>,
    befores: &'a [T],
    cells: &'a [T],
    d_output: &'a [T],
    mask: Option<Mask<'a, T>>,
}

impl<T: Float, C: Cell<T>> Walk<'_, '_, T, C> {
    /// How much it works with, in states: for one step three times the gates, twice the gradients of the state and the carry, and the state.
    const SCRATCH: usize = 3 * C::GATES + 5;

    /// The gradients of the gates of all steps, and of the state and the carry before the first step where they are wanted.
    fn run(self, mut step: Step<'_, T>, gates: [&mut [T]; 2], d_start: [(&mut [T], bool); 2], room: &mut [T]) {
        let Self { cell, sizes, product, befores, cells, d_output, mask } = self;
        let Sizes { batch, steps, units, .. } = *sizes;
        let (state_len, width, row) = (sizes.state(), sizes.row(), C::GATES * sizes.row());
        let [of_inputs, of_state] = gates;
        for number in (0..steps).rev() {
            let time = sizes.time(number);
            step.add_output(sizes, number, d_output, mask.as_ref());
            take(befores, [steps, width], time, step.before);
            let cells = &cells[time * C::SAVED * state_len..][..C::SAVED * state_len];
            match &mask {
                Some(mask) => step.back_by(cell, cells, mask, [steps, time], width),
                None => step.back(cell, cells),
            }
            join(step.of_inputs, [units, C::GATES], step.rows);
            put(step.rows, [steps, row], time, of_inputs);
            if C::HAS_TWO_GRADIENTS {
                join(step.of_state, [units, C::GATES], step.rows);
                put(step.rows, [steps, row], time, of_state);
            }
            product.add_input_gradient(batch, step.rows, room, step.d_state);
        }
        for (own, (d_start, is_added)) in [&*step.d_state, &*step.d_carry].into_iter().zip(d_start) {
            end(own, (!d_start.is_empty()).then_some((d_start, is_added)));
        }
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
    /// The gradients of the state and the carry behind the step.
    kept: [&'a mut [T]; 2],
}

impl<'a, T: Float> Step<'a, T> {
    fn new<C: Cell<T>>(sizes: &Sizes, scratch: &'a mut [T], d_end: [Option<&[T]>; 2]) -> Self {
        let (state, gates) = (sizes.state(), C::GATES * sizes.state());
        let lengths = [gates, gates, gates, state, state, state, state, state];
        let [of_inputs, of_state, rows, d_state, d_carry, before, kept_state, kept_carry] = cut(scratch, lengths);
        for (own, d_end) in [&mut *d_state, &mut *d_carry].into_iter().zip(d_end) {
            begin(own, d_end);
        }
        Self { of_inputs, of_state, rows, d_state, d_carry, before, kept: [kept_state, kept_carry] }
    }

    /// Adds the gradient of what the step gave out.
    fn add_output(&mut self, sizes: &Sizes, step: usize, d_output: &[T], mask: Option<&Mask<'_, T>>) {
        add_output(sizes, step, d_output, mask, self.before, self.d_state);
    }

    fn back<C: Cell<T>>(&mut self, cell: &C, saved: &[T]) {
        let gates = Gates { of_inputs: &mut *self.of_inputs, of_state: &mut *self.of_state };
        cell.backward(saved, self.before, self.d_state, self.d_carry, gates);
    }

    /// The same of the samples that look at the step; the gradients of the others go on to the step before.
    fn back_by<C: Cell<T>>(&mut self, cell: &C, saved: &[T], mask: &Mask<'_, T>, step: [usize; 2], width: usize) {
        let [kept_state, kept_carry] = &mut self.kept;
        kept_state.copy_from_slice(self.d_state);
        kept_carry.copy_from_slice(self.d_carry);
        self.back(cell, saved);
        let [kept_state, kept_carry] = &self.kept;
        mask.keep(step, kept_state, width, self.d_state);
        mask.keep(step, kept_carry, width, self.d_carry);
        let gates = [&mut *self.of_inputs, &mut *self.of_state].into_iter();
        let len = self.d_state.len();
        for gate in gates.flat_map(|gates| gates.chunks_exact_mut(len)) {
            mask.clear(step, width, gate);
        }
    }
}

/// Adds the gradient of what a step gave out, which `room` is for.
pub(super) fn add_output<T: Float>(
    sizes: &Sizes,
    step: usize,
    d_output: &[T],
    mask: Option<&Mask<'_, T>>,
    room: &mut [T],
    d_state: &mut [T],
) {
    if sizes.returns_all {
        take(d_output, [sizes.steps, sizes.row()], step, room);
    } else if step + 1 == sizes.steps {
        room.copy_from_slice(d_output);
    } else {
        return;
    }
    if let Some(mask) = mask {
        mask.clear_given([sizes.steps, sizes.time(step)], sizes.row(), room);
    }
    elementwise::accumulate(d_state, room);
}
