//! Slices as the arrays that users see, and users' arrays back into slices.

use ndarray::{Array, ArrayView, ArrayViewD, ArrayViewMut, ArrayViewMutD, Dimension};

use super::fault::Wrong;
use crate::float::Float;
use crate::layer::Weight;

/// Tensors that are read, one after the other.
pub struct Arrays<'a, 's, T: Float> {
    tensors: std::slice::Iter<'s, (Vec<usize>, &'a [T])>,
    weights: std::slice::Iter<'a, Weight<T>>,
}

impl<'a, 's, T: Float> Arrays<'a, 's, T> {
    /// Tensors with their shapes, the batch first.
    pub(super) fn new(tensors: &'s [(Vec<usize>, &'a [T])]) -> Self {
        Self { tensors: tensors.iter(), weights: [].iter() }
    }

    /// The weights of a layer.
    pub(super) fn of_weights(weights: &'a [Weight<T>]) -> Self {
        Self { tensors: [].iter(), weights: weights.iter() }
    }

    /// The next tensor, whose rank the attribute knows.
    ///
    /// # Panics
    /// If there is none of this rank, which the attribute excludes.
    pub fn array<D: Dimension>(&mut self) -> ArrayView<'a, T, D> {
        let array = match (self.tensors.next(), self.weights.next()) {
            (Some((shape, data)), _) => ArrayViewD::from_shape(shape.as_slice(), data),
            (None, Some(weight)) => Ok(weight.view()),
            (None, None) => ArrayViewD::from_shape(&[][..], &[]),
        };
        let array = array.ok().and_then(|array| array.into_dimensionality().ok());
        array.expect("the attribute asks for the tensors that it has declared")
    }
}

/// Tensors that are written, one after the other.
pub struct ArraysMut<'a, T> {
    shapes: std::vec::IntoIter<Vec<usize>>,
    rest: &'a mut [T],
}

impl<'a, T: Float> ArraysMut<'a, T> {
    /// Tensors of these shapes that lie one behind the other.
    pub(super) fn new(shapes: Vec<Vec<usize>>, data: &'a mut [T]) -> Self {
        Self { shapes: shapes.into_iter(), rest: data }
    }

    /// The next tensor, whose rank the attribute knows.
    ///
    /// # Panics
    /// If there is none of this rank, which the attribute excludes.
    pub fn array<D: Dimension>(&mut self) -> ArrayViewMut<'a, T, D> {
        let shape = self.shapes.next().unwrap_or_default();
        let (first, rest) = std::mem::take(&mut self.rest).split_at_mut(shape.iter().product());
        self.rest = rest;
        let array = ArrayViewMutD::from_shape(shape, first).ok().and_then(|array| array.into_dimensionality().ok());
        array.expect("the attribute asks for the tensors that it has declared")
    }
}

/// Where an array goes that a layer gives.
pub(super) struct Target<'a, T> {
    /// What it is.
    pub what: Wrong,
    /// The shape that it must have, the batch first.
    pub shape: Vec<usize>,
    /// Its memory, to be written or added to; `None` where nobody wants it.
    pub memory: Option<(&'a mut [T], bool)>,
}

/// Takes the arrays that a layer gives, one after the other. The first whose shape is another than the rule's is remembered, and
/// nothing more is taken.
pub struct Given<'a, T> {
    targets: std::vec::IntoIter<Target<'a, T>>,
    /// The first array of a wrong shape: what it is, the shape it must have, and the one it has.
    pub(super) fault: Option<(Wrong, Vec<usize>, Vec<usize>)>,
}

impl<'a, T: Float> Given<'a, T> {
    pub(super) fn new(targets: Vec<Target<'a, T>>) -> Self {
        Self { targets: targets.into_iter(), fault: None }
    }

    /// Takes the next array.
    pub fn take<D: Dimension>(&mut self, array: Array<T, D>) {
        let Some(Target { what, shape, memory }) = self.targets.next().filter(|_| self.fault.is_none()) else { return };
        if array.shape() != shape {
            self.fault = Some((what, shape, array.shape().to_vec()));
            return;
        }
        let Some((data, accumulate)) = memory else { return };
        for (element, &given) in data.iter_mut().zip(array.iter()) {
            *element = if accumulate { *element + given } else { given };
        }
    }

    /// Passes over the gradient of a weight that training does not change.
    pub fn pass(&mut self, (): ()) {
        self.targets.next();
    }
}
