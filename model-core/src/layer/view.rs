//! The tensors that a layer reads, and the gradients that it gives.

use crate::float::Float;
use crate::layers::entry;

/// A tensor that is read: a batch of samples of one shape.
#[derive(Clone, Copy, Debug, Default)]
pub struct View<'a, T> {
    /// The shape of a sample.
    pub shape: &'a [usize],
    /// The elements of all samples.
    pub data: &'a [T],
}

impl<'a, T> View<'a, T> {
    /// A tensor of samples of a shape.
    #[must_use]
    pub const fn new(shape: &'a [usize], data: &'a [T]) -> Self {
        Self { shape, data }
    }
}

/// The gradient of an input, to be written or added to.
#[derive(Debug)]
pub struct Gradient<'a, T> {
    /// The gradient, in the input's shape.
    pub data: &'a mut [T],
    /// Whether to add to what is there.
    pub accumulate: bool,
}

impl<T> Gradient<'_, T> {
    /// The same gradient for a contribution that comes `first`, which adds only if the caller says so, or for a later one, which adds.
    pub fn contribution(&mut self, first: bool) -> Gradient<'_, T> {
        Gradient { data: self.data, accumulate: self.accumulate || !first }
    }
}

impl<T: Float> Gradient<'_, T> {
    /// Adds a contribution, or writes it, where the gradient is wanted.
    pub fn give(gradient: Option<Gradient<'_, T>>, contribution: &[T]) {
        match gradient {
            Some(Gradient { data, accumulate: true }) => entry::accumulate(data, contribution),
            Some(Gradient { data, accumulate: false }) => data.copy_from_slice(contribution),
            None => {}
        }
    }

    /// Adds a contribution, or writes it, or that there is none, where the gradient is wanted.
    pub(crate) fn give_found(gradient: Option<Gradient<'_, T>>, contribution: Option<&[T]>) {
        match (gradient, contribution) {
            (gradient, Some(contribution)) => Self::give(gradient, contribution),
            (Some(Gradient { data, accumulate: false }), None) => data.fill(T::ZERO),
            (_, None) => {}
        }
    }
}
