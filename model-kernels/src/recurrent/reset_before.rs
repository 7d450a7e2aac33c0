//! The gated recurrent unit whose reset gate comes before the product with the kernel: the candidate's product is made with the state that was
//! reset, so a step has two products, with the columns of the gates and with those of the candidate.

use super::backward::{Gradients, Reads, add_output};
use super::forward::{Inputs, Outputs, Weights, give};
use super::product::{Product, Shape};
use super::steps::{begin, end, put, take};
use super::{Gru, Sizes, cut};
use crate::activation;
use crate::float::Float;

/// The gates and the candidate, each of which the kernels have columns for.
const COLUMNS: usize = 3;

/// Computes the states. `saved` has room for five states of every step, or is empty; `scratch` has room for the input's part in all columns, for
/// nine states, for the recurrent kernel, and for what products take that drop elements.
pub fn forward<T: Float>(
    cell: &Gru,
    sizes: &Sizes,
    weights: Weights<'_, T>,
    inputs: Inputs<'_, T>,
    outputs: Outputs<'_, T>,
    saved: &mut [T],
    scratch: &mut [T],
) {
    let (Inputs { sequence, start, mask }, Outputs { states: given, end }) = (inputs, outputs);
    let Sizes { batch, steps, units, .. } = *sizes;
    let ([rows, len], states) = (sizes.all(COLUMNS), sizes.state());
    let (scratch, room) = scratch.split_at_mut(len + COLUMNS * units * units + 9 * states);
    let [all, kernels, of_inputs, gates, candidate, state, reset, kept] =
        cut(scratch, [len, COLUMNS * units * units, COLUMNS * states, 2 * states, states, states, states, states]);
    let [input_product, _] = weights.products(sizes, COLUMNS);
    input_product.forward(rows, sequence, weights.biases[0], room, all);
    let ([of_gates, of_candidate], left) = products(&weights, units, kernels);
    begin(state, start[0]);
    for step in 0..steps {
        let time = sizes.time(step);
        take(all, [steps, COLUMNS * units], time, of_inputs);
        of_gates.forward(batch, state, None, room, gates);
        add(of_inputs, [0, COLUMNS * units], gates, 2 * units);
        activation::forward_in_place(cell.gates, gates, units);
        for (reset, (gates, state)) in each(reset, units).zip(gates.chunks_exact(2 * units).zip(state.chunks_exact(units))) {
            reset.iter_mut().zip(gates[units..].iter().zip(state)).for_each(|(reset, (&gate, &state))| *reset = gate * state);
        }
        if let Some(left) = left {
            reset.iter_mut().zip(left).for_each(|(reset, &left)| *reset *= left);
        }
        of_candidate.forward(batch, reset, None, room, candidate);
        add(of_inputs, [2 * units, COLUMNS * units], candidate, units);
        activation::forward_in_place(cell.activation, candidate, units);
        if !saved.is_empty() {
            let [befores, resets, all_gates, candidates] = cut_saved(saved, steps * states);
            put(state, [steps, units], time, befores);
            put(reset, [steps, units], time, resets);
            put(gates, [steps, 2 * units], time, all_gates);
            put(candidate, [steps, units], time, candidates);
        }
        if mask.is_some() {
            kept.copy_from_slice(state);
        }
        for (state, (gates, candidate)) in
            each(state, units).zip(gates.chunks_exact(2 * units).zip(candidate.chunks_exact(units)))
        {
            for (state, (&update, &candidate)) in state.iter_mut().zip(gates.iter().zip(candidate)) {
                *state = update * *state + (T::ONE - update) * candidate;
            }
        }
        if let Some(mask) = &mask {
            mask.keep([steps, time], kept, units, state);
        }
        if sizes.returns_all || step + 1 == steps {
            give(sizes, [step, time], state, mask.as_ref(), kept, given);
        }
    }
    if let [Some(end), _] = end {
        end.copy_from_slice(state);
    }
}

/// Computes the gradients. `scratch` has room for the gradients of all columns twice, for thirteen states, for the recurrent kernel twice, and for
/// what products take that drop elements.
pub fn backward<T: Float>(cell: &Gru, sizes: &Sizes, reads: Reads<'_, T>, scratch: &mut [T], gradients: Gradients<'_, T>) {
    let Reads { weights, input, d_output, d_end, saved, mask } = reads;
    let Sizes { batch, steps, units, .. } = *sizes;
    let ([rows, len], states) = (sizes.all(COLUMNS), sizes.state());
    let of_all = steps * states;
    let (befores, rest) = saved.split_at(of_all);
    let (resets, rest) = rest.split_at(of_all);
    let (all_gates, candidates) = rest.split_at(2 * of_all);
    let square = units * units;
    let (scratch, room) = scratch.split_at_mut(len + 3 * of_all + 2 * COLUMNS * square + 13 * states);
    let [d_all, d_all_gates, d_candidates, kernels, d_kernels, scratch] =
        cut(scratch, [len, 2 * of_all, of_all, COLUMNS * square, COLUMNS * square, 13 * states]);
    let [before, gates, candidate, d_gates, d_candidate, d_reset, d_state, row, kept] =
        cut(scratch, [states, 2 * states, states, 2 * states, states, states, states, COLUMNS * states, states]);
    let [input_product, _] = weights.products(sizes, COLUMNS);
    let ([of_gates, of_candidate], left) = products(&weights, units, kernels);
    begin(d_state, d_end[0]);
    for step in (0..steps).rev() {
        let time = sizes.time(step);
        add_output(sizes, step, d_output, mask.as_ref(), before, d_state);
        if mask.is_some() {
            kept.copy_from_slice(d_state);
        }
        take(befores, [steps, units], time, before);
        take(all_gates, [steps, 2 * units], time, gates);
        take(candidates, [steps, units], time, candidate);
        for sample in 0..batch {
            let (gates, d_gates) = (&gates[sample * 2 * units..][..units], &mut d_gates[sample * 2 * units..][..units]);
            for k in 0..units {
                let at = sample * units + k;
                d_gates[k] = d_state[at] * (before[at] - candidate[at]);
                d_candidate[at] = d_state[at] * (T::ONE - gates[k]);
                d_state[at] *= gates[k];
            }
        }
        activation::backward(cell.activation, &[], candidate, d_candidate, units);
        of_candidate.input_gradient(batch, d_candidate, room, d_reset, false);
        if let Some(left) = left {
            d_reset.iter_mut().zip(left).for_each(|(d_reset, &left)| *d_reset *= left);
        }
        for sample in 0..batch {
            let (gates, d_gates) =
                (&gates[sample * 2 * units + units..][..units], &mut d_gates[sample * 2 * units + units..][..units]);
            for k in 0..units {
                let at = sample * units + k;
                d_gates[k] = d_reset[at] * before[at];
                d_state[at] += d_reset[at] * gates[k];
            }
        }
        activation::backward(cell.gates, &[], gates, d_gates, units);
        if let Some(mask) = &mask {
            let step = [steps, time];
            mask.keep(step, kept, units, d_state);
            mask.clear(step, 2 * units, d_gates);
            mask.clear(step, units, d_candidate);
        }
        of_gates.input_gradient(batch, d_gates, room, d_state, true);
        put(d_gates, [steps, 2 * units], time, d_all_gates);
        put(d_candidate, [steps, units], time, d_candidates);
        join(d_gates, d_candidate, units, row);
        put(row, [steps, COLUMNS * units], time, d_all);
    }
    let Gradients { input: d_input, start: [d_start, _], kernel, recurrent_kernel, biases: [bias, _], accumulate } = gradients;
    end(d_state, d_start);
    input_product.weight_gradient(rows, [input, d_all], room, kernel, bias, accumulate);
    let (d_of_gates, d_of_candidate) = d_kernels.split_at_mut(2 * square);
    of_gates.weight_gradient(rows, [befores, d_all_gates], room, d_of_gates, None, false);
    of_candidate.weight_gradient(rows, [resets, d_candidates], room, d_of_candidate, None, false);
    if !accumulate {
        recurrent_kernel.fill(T::ZERO);
    }
    for (to, (gates, candidate)) in
        each(recurrent_kernel, COLUMNS * units).zip(d_of_gates.chunks_exact(2 * units).zip(d_of_candidate.chunks_exact(units)))
    {
        to.iter_mut().zip(gates.iter().chain(candidate)).for_each(|(to, &from)| *to += from);
    }
    if let Some((d_input, accumulate)) = d_input {
        input_product.input_gradient(rows, d_all, room, d_input, accumulate);
    }
}

/// The products of the state with the columns of the gates, and of the state that was reset with those of the candidate, of which nothing more is
/// dropped; and what is multiplied with the state that is reset.
fn products<'a, T: Float>(weights: &Weights<'a, T>, units: usize, to: &'a mut [T]) -> ([Product<'a, T>; 2], Option<&'a [T]>) {
    let [of_gates, of_candidate] = cut_columns(weights.recurrent_kernel, units, to);
    let (dropped, left) = weights.dropped[1].map(|dropped| dropped.split(2)).unzip();
    let shape = Shape::Matrix(units);
    let gates = Product { shape, columns: 2 * units, kernel: of_gates, dropped };
    ([gates, Product { shape, columns: units, kernel: of_candidate, dropped: None }], left)
}

/// The states before each step, those that were reset, the gates and the candidates.
fn cut_saved<T>(saved: &mut [T], states: usize) -> [&mut [T]; 4] {
    cut(saved, [states, states, 2 * states, states])
}

/// Rows of so many elements.
fn each<T>(rows: &mut [T], row: usize) -> impl Iterator<Item = &mut [T]> {
    rows.chunks_exact_mut(row.max(1))
}

/// Copies the columns of the gates, then those of the candidate.
fn cut_columns<'a, T: Float>(kernel: &[T], units: usize, to: &'a mut [T]) -> [&'a [T]; 2] {
    let (gates, candidate) = to.split_at_mut(2 * units * units);
    for (from, (gates, candidate)) in kernel.chunks_exact(COLUMNS * units).zip(each(gates, 2 * units).zip(each(candidate, units)))
    {
        gates.copy_from_slice(&from[..2 * units]);
        candidate.copy_from_slice(&from[2 * units..]);
    }
    [gates, candidate]
}

/// Adds to each row the elements of a longer row, from the first on.
fn add<T: Float>(from: &[T], [first, longer]: [usize; 2], to: &mut [T], row: usize) {
    for (to, from) in each(to, row).zip(from.chunks_exact(longer)) {
        to.iter_mut().zip(&from[first..]).for_each(|(to, &from)| *to += from);
    }
}

/// Joins the rows of the gates and of the candidate.
fn join<T: Float>(gates: &[T], candidate: &[T], units: usize, to: &mut [T]) {
    for (to, (gates, candidate)) in
        each(to, COLUMNS * units).zip(gates.chunks_exact(2 * units).zip(candidate.chunks_exact(units)))
    {
        to[..2 * units].copy_from_slice(gates);
        to[2 * units..].copy_from_slice(candidate);
    }
}
