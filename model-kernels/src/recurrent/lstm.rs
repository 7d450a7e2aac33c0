//! The cell of the long short-term memory.

use super::{Cell, Gates, parts, parts_mut};
use crate::activation::{self, Kind};
use crate::elementwise;
use crate::float::Float;
use crate::vectorize::vectorize;

/// The cell of the long short-term memory, with the gates in Keras's order: input, forget, candidate, output.
#[derive(Clone, Copy, Debug)]
pub struct Lstm {
    /// The activation of candidates and carries.
    pub activation: Kind,
    /// The activation of the other gates.
    pub gates: Kind,
    /// The size of the state.
    pub units: usize,
}

impl Lstm {
    /// The activation of each gate.
    const fn kinds(&self) -> [Kind; 4] {
        [self.gates, self.gates, self.activation, self.gates]
    }
}

impl<T: Float> Cell<T> for Lstm {
    const GATES: usize = 4;
    /// The gates, the carry before, and the activation of the carry.
    const SAVED: usize = 6;

    fn forward(&self, gates: Gates<'_, T>, state: &mut [T], carry: &mut [T], saved: &mut [T]) {
        elementwise::accumulate(gates.of_inputs, gates.of_state);
        let [i, f, c, o] = parts_mut(gates.of_inputs);
        for (gate, kind) in [&mut *i, &mut *f, &mut *c, &mut *o].into_iter().zip(self.kinds()) {
            activation::forward_in_place(kind, gate, self.units);
        }
        let is_kept = !saved.is_empty();
        let [to_i, to_f, to_c, to_o, before, activated] = parts_mut(saved);
        if is_kept {
            for (to, from) in [to_i, to_f, to_c, to_o, before].into_iter().zip([&*i, &*f, &*c, &*o, &*carry]) {
                to.copy_from_slice(from);
            }
        }
        vectorize(
            #[inline(always)]
            || {
                for k in 0..carry.len() {
                    carry[k] = f[k] * carry[k] + i[k] * c[k];
                }
            },
        );
        activation::forward(self.activation, carry, c, self.units);
        if is_kept {
            activated.copy_from_slice(c);
        }
        vectorize(
            #[inline(always)]
            || {
                for k in 0..state.len() {
                    state[k] = o[k] * c[k];
                }
            },
        );
    }

    fn backward(&self, saved: &[T], _before: &[T], d_state: &mut [T], d_carry: &mut [T], gates: Gates<'_, T>) {
        let [i, f, c, o, before, activated] = parts(saved);
        let [d_i, d_f, d_c, d_o] = parts_mut(gates.of_inputs);
        let n = d_state.len();
        vectorize(
            #[inline(always)]
            || {
                for k in 0..n {
                    d_o[k] = d_state[k] * activated[k];
                    d_state[k] *= o[k];
                }
            },
        );
        activation::backward(self.activation, &[], activated, d_state, self.units);
        vectorize(
            #[inline(always)]
            || {
                for k in 0..n {
                    let d = d_carry[k] + d_state[k];
                    d_i[k] = d * c[k];
                    d_c[k] = d * i[k];
                    d_f[k] = d * before[k];
                    d_carry[k] = d * f[k];
                    d_state[k] = T::ZERO;
                }
            },
        );
        for ((kind, gate), d) in self.kinds().into_iter().zip([i, f, c, o]).zip([d_i, d_f, d_c, d_o]) {
            activation::backward(kind, &[], gate, d, self.units);
        }
    }
}
