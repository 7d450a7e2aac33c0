//! The cell whose state is an activation of its inputs and of itself.

use super::{Cell, Gates};
use crate::activation::{self, Kind};
use crate::elementwise;
use crate::float::Float;

/// The simple cell: `state = activation(of_inputs + of_state)`.
#[derive(Clone, Copy, Debug)]
pub struct Simple {
    /// The activation.
    pub activation: Kind,
    /// The size of the state.
    pub units: usize,
}

impl<T: Float> Cell<T> for Simple {
    const GATES: usize = 1;
    const SAVED: usize = 1;

    fn forward(&self, gates: Gates<'_, T>, state: &mut [T], _carry: &mut [T], saved: &mut [T]) {
        elementwise::accumulate(gates.of_inputs, gates.of_state);
        activation::forward(self.activation, gates.of_inputs, state, self.units);
        if !saved.is_empty() {
            saved.copy_from_slice(state);
        }
    }

    fn backward(&self, saved: &[T], _before: &[T], d_state: &mut [T], _d_carry: &mut [T], gates: Gates<'_, T>) {
        gates.of_inputs.copy_from_slice(d_state);
        activation::backward(self.activation, &[], saved, gates.of_inputs, self.units);
        d_state.fill(T::ZERO);
    }
}
