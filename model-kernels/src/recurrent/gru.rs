//! The cell of the gated recurrent unit.

use super::{Cell, Gates, parts, parts_mut};
use crate::activation::{self, Kind};
use crate::float::Float;
use crate::vectorize::vectorize;

/// The gated recurrent unit's cell, with the gates in Keras's order: update, reset, candidate. The reset gate comes after the product with the
/// kernel.
#[derive(Clone, Copy, Debug)]
pub struct Gru {
    /// The activation of candidates.
    pub activation: Kind,
    /// The activation of the gates.
    pub gates: Kind,
    /// The size of the state.
    pub units: usize,
}

impl<T: Float> Cell<T> for Gru {
    const GATES: usize = 3;
    /// The gates, and what the state contributes to the candidate.
    const SAVED: usize = 4;
    const HAS_TWO_GRADIENTS: bool = true;

    fn forward(&self, gates: Gates<'_, T>, state: &mut [T], _carry: &mut [T], saved: &mut [T]) {
        let [update, reset, candidate] = parts_mut(gates.of_inputs);
        let [update_of_state, reset_of_state, of_state] = parts_mut(gates.of_state);
        for (gate, of_state) in [(&mut *update, update_of_state), (&mut *reset, reset_of_state)] {
            gate.iter_mut().zip(&*of_state).for_each(|(gate, &of_state)| *gate += of_state);
            activation::forward_in_place(self.gates, gate, self.units);
        }
        vectorize(
            #[inline(always)]
            || {
                for k in 0..candidate.len() {
                    candidate[k] += reset[k] * of_state[k];
                }
            },
        );
        activation::forward_in_place(self.activation, candidate, self.units);
        vectorize(
            #[inline(always)]
            || {
                for k in 0..state.len() {
                    state[k] = update[k] * state[k] + (T::ONE - update[k]) * candidate[k];
                }
            },
        );
        if !saved.is_empty() {
            let to = parts_mut::<T, 4>(saved);
            for (to, from) in to.into_iter().zip([update, reset, candidate, of_state]) {
                to.copy_from_slice(from);
            }
        }
    }

    fn backward(&self, saved: &[T], before: &[T], d_state: &mut [T], _d_carry: &mut [T], gates: Gates<'_, T>) {
        let [update, reset, candidate, of_state] = parts(saved);
        let [d_update, d_reset, d_candidate] = parts_mut(gates.of_inputs);
        let [d_update_of_state, d_reset_of_state, d_of_state] = parts_mut(gates.of_state);
        let n = d_state.len();
        vectorize(
            #[inline(always)]
            || {
                for k in 0..n {
                    d_update[k] = d_state[k] * (before[k] - candidate[k]);
                    d_candidate[k] = d_state[k] * (T::ONE - update[k]);
                    d_state[k] *= update[k];
                }
            },
        );
        activation::backward(self.activation, &[], candidate, d_candidate, self.units);
        vectorize(
            #[inline(always)]
            || {
                for k in 0..n {
                    d_reset[k] = d_candidate[k] * of_state[k];
                    d_of_state[k] = d_candidate[k] * reset[k];
                }
            },
        );
        activation::backward(self.gates, &[], update, d_update, self.units);
        activation::backward(self.gates, &[], reset, d_reset, self.units);
        d_update_of_state.copy_from_slice(d_update);
        d_reset_of_state.copy_from_slice(d_reset);
    }
}
