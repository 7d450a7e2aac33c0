//! Recurrent layers: through a sequence step by step, and back through time.
//!
//! What the inputs contribute to all steps is one product of matrices, and so is each gradient of a kernel; a step is one product with the
//! state, then arithmetic element by element, which is the cell's. Within a step the gates lie one after the other, `[gate][sample][unit]`.
//! All sums have an order that the sizes fix. Where there are many samples, a few of them go through all steps on one thread, which then waits
//! for nobody.
//!
//! Where the kernels are those of convolutions, the state has a position for each of their windows, and all of that holds of each position:
//! `[gate][sample][position][unit]`.

mod backward;
mod forward;
mod gru;
mod lstm;
mod mask;
mod product;
pub mod reset_before;
mod simple;
mod stepping;
mod steps;

pub use backward::{Gradients, Reads, backward};
pub use forward::{Inputs, Outputs, Weights, forward};
pub use gru::Gru;
pub use lstm::Lstm;
pub use mask::Mask;
pub use product::Dropped;
pub use simple::Simple;

use crate::conv3d::Geometry;
use crate::float::Float;
use crate::sizes::elements;
use product::Shape;

/// A layer's sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The samples.
    pub batch: usize,
    /// The steps of each sequence.
    pub steps: usize,
    /// The features of each step, or its channels.
    pub features: usize,
    /// The size of the state, or its filters.
    pub units: usize,
    /// The convolutions of the input and of the state, where those are not multiplied with matrices. How many filters they have is not read.
    pub convolutions: Option<[Geometry; 2]>,
    /// Whether the output is the state after every step, in the order of the steps.
    pub returns_all: bool,
    /// Whether the steps go from the end of the sequence to its beginning.
    pub is_backwards: bool,
}

impl Sizes {
    /// The positions of a state.
    fn positions(&self) -> usize {
        let positions = |[_, state]: [Geometry; 2]| {
            let [height, width, _] = state.plane.input;
            elements(&[state.depth.input, height, width])
        };
        self.convolutions.map_or(1, positions)
    }

    /// The size of a state of one sample.
    fn row(&self) -> usize {
        elements(&[self.positions(), self.units])
    }

    /// The size of a state of all samples.
    fn state(&self) -> usize {
        elements(&[self.batch, self.positions(), self.units])
    }

    /// The steps of all samples, and the size of so many gates for all of them.
    fn all(&self, gates: usize) -> [usize; 2] {
        let positions = self.positions();
        [elements(&[self.batch, self.steps]), elements(&[self.batch, self.steps, positions, gates, self.units])]
    }

    /// How the input and the state are multiplied.
    fn shapes(&self) -> [Shape; 2] {
        match self.convolutions {
            Some(convolutions) => convolutions.map(Shape::Convolution),
            None => [Shape::Matrix(self.features), Shape::Matrix(self.units)],
        }
    }

    /// Where in the sequence the `step`-th step is.
    const fn time(&self, step: usize) -> usize {
        if self.is_backwards { self.steps - 1 - step } else { step }
    }
}

/// What a step computes, element by element.
pub trait Cell<T: Float>: Sync {
    /// The gates.
    const GATES: usize;

    /// What a step leaves for backward, in states.
    const SAVED: usize;

    /// Whether what the inputs and what the state contribute have different gradients.
    const HAS_TWO_GRADIENTS: bool = false;

    /// A step: from what the inputs and what the state contribute to the gates, both of which it may overwrite, the new `state` and `carry`.
    /// `saved` is empty when there is no backward.
    fn forward(&self, gates: Gates<'_, T>, state: &mut [T], carry: &mut [T], saved: &mut [T]);

    /// Back through a step: `d_state` becomes the gradient of the state before as far as it does not pass through the gates, `d_carry` that of
    /// the carry before; `gates` get their gradients, the state's contributions only if those are different.
    fn backward(&self, saved: &[T], before: &[T], d_state: &mut [T], d_carry: &mut [T], gates: Gates<'_, T>);
}

/// What the inputs and the state contribute to the gates of a step, or the gradients of that.
#[derive(Debug)]
pub struct Gates<'a, T> {
    /// What the inputs contribute.
    pub of_inputs: &'a mut [T],
    /// What the state contributes.
    pub of_state: &'a mut [T],
}

/// Cuts the front of a slice into parts of these lengths.
fn cut<T, const N: usize>(mut rest: &mut [T], lengths: [usize; N]) -> [&mut [T]; N] {
    lengths.map(|length| {
        let (part, behind) = std::mem::take(&mut rest).split_at_mut(length);
        rest = behind;
        part
    })
}

/// Cuts a slice into equal parts.
fn parts<T, const N: usize>(slice: &[T]) -> [&[T]; N] {
    let len = slice.len() / N;
    std::array::from_fn(|i| &slice[i * len..(i + 1) * len])
}

/// Cuts a slice into equal parts, to be changed.
fn parts_mut<T, const N: usize>(slice: &mut [T]) -> [&mut [T]; N] {
    let len = slice.len() / N;
    let mut rest = slice.chunks_exact_mut(len.max(1));
    std::array::from_fn(|_| rest.next().unwrap_or_default())
}

#[cfg(test)]
mod tests;
