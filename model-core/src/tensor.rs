//! Tensors whose shape is a type: what the compiler checks where plain Rust puts models together.

use std::fmt;
use std::marker::PhantomData;

use ndarray::{ArrayBase, ArrayView, ArrayViewMut, Data, Dimension, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6};

use crate::buffer::Buffer;
use crate::float::Float;

pub use typenum::Const;

/// The shape of a sample as a type: `shape![32, 32, 3]` is `(Const<32>, Const<32>, Const<3>)`.
#[macro_export]
macro_rules! shape {
    ($($size:expr),* $(,)?) => { ($($crate::tensor::Const<{ $size }>,)*) };
}

/// A tuple of `Const`s.
pub trait Dims: 'static {
    /// The sizes.
    const SIZES: &'static [usize];
    /// The number of elements of a sample.
    const ELEMENTS: usize;
    /// The dimension of an array that holds a batch of samples.
    type Batched: Dimension;
}

macro_rules! dims {
    ($batched:ident: $($size:ident),*) => {
        impl<$(const $size: usize),*> Dims for ($(Const<$size>,)*) {
            const SIZES: &'static [usize] = &[$($size),*];
            const ELEMENTS: usize = 1 $(* $size)*;
            type Batched = $batched;
        }
    };
}

dims!(Ix1:);
dims!(Ix2: A);
dims!(Ix3: A, B);
dims!(Ix4: A, B, C);
dims!(Ix5: A, B, C, D);
dims!(Ix6: A, B, C, D, E);

/// A batch of samples of shape `S`, the samples one after the other, the last axis contiguous.
///
/// A tensor of another shape does not compile:
///
/// ```compile_fail
/// use model_core::{shape, tensor::Tensor};
/// let images: Tensor<shape![32, 32, 3]> = Tensor::<shape![28, 28, 1]>::zeros(64);
/// ```
pub struct Tensor<S, T: Float = f32> {
    batch: usize,
    data: Buffer<T>,
    shape: PhantomData<fn() -> S>,
}

impl<S, T: Float> Clone for Tensor<S, T> {
    fn clone(&self) -> Self {
        Self { batch: self.batch, data: self.data.clone(), shape: PhantomData }
    }
}

impl<S, T: Float> PartialEq for Tensor<S, T> {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data
    }
}

/// An array that does not have a tensor's shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an array of shape (batch, {}), found {found:?}", .expected.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
pub struct ShapeMismatch {
    /// The shape of a sample.
    pub expected: Vec<usize>,
    /// The shape of the array.
    pub found: Vec<usize>,
}

impl<S: Dims, T: Float> Tensor<S, T> {
    /// A batch of zeros.
    #[must_use]
    pub fn zeros(batch: usize) -> Self {
        Self { batch, data: Buffer::zeros(batch * S::ELEMENTS), shape: PhantomData }
    }

    /// A batch with these elements.
    ///
    /// # Panics
    /// If the number of elements is not that of whole samples. Generated code gives what it has counted.
    #[must_use]
    pub fn from_slice(elements: &[T]) -> Self {
        let batch = elements.len() / S::ELEMENTS;
        assert_eq!(batch * S::ELEMENTS, elements.len(), "a batch holds whole samples");
        Self { batch, data: Buffer::from_slice(elements), shape: PhantomData }
    }

    /// A batch with the elements of an array of shape `(batch, ..)`.
    ///
    /// # Errors
    /// If the array's other axes are not `S`.
    ///
    /// ```
    /// use model_core::{shape, tensor::Tensor};
    /// let images = ndarray::Array4::<f32>::zeros((8, 32, 32, 3));
    /// let images = Tensor::<shape![32, 32, 3]>::from_array(&images)?;
    /// assert_eq!(images.batch(), 8);
    /// # Ok::<(), model_core::tensor::ShapeMismatch>(())
    /// ```
    pub fn from_array<D: Dimension>(array: &ArrayBase<impl Data<Elem = T>, D>) -> Result<Self, ShapeMismatch> {
        if array.ndim() == 0 || &array.shape()[1..] != S::SIZES {
            return Err(ShapeMismatch { expected: S::SIZES.to_vec(), found: array.shape().to_vec() });
        }
        let mut tensor = Self::zeros(array.shape()[0]);
        tensor.data.iter_mut().zip(array).for_each(|(to, from)| *to = *from);
        Ok(tensor)
    }

    /// The number of samples.
    #[must_use]
    pub const fn batch(&self) -> usize {
        self.batch
    }

    /// The elements, sample after sample.
    #[must_use]
    pub fn data(&self) -> &[T] {
        &self.data
    }

    /// The elements, to be changed.
    pub fn data_mut(&mut self) -> &mut [T] {
        &mut self.data
    }

    fn dimension(&self) -> S::Batched {
        let mut dimension = S::Batched::zeros(S::SIZES.len() + 1);
        dimension[0] = self.batch;
        (1..).zip(S::SIZES).for_each(|(axis, &size)| dimension[axis] = size);
        dimension
    }

    /// The tensor as an array of shape `(batch, ..)`.
    ///
    /// # Panics
    /// Never: a tensor has its shape's elements.
    #[must_use]
    pub fn view(&self) -> ArrayView<'_, T, S::Batched> {
        ArrayView::from_shape(self.dimension(), &self.data).expect("a tensor has its shape's elements")
    }

    /// The tensor as an array of shape `(batch, ..)` that can be changed.
    ///
    /// # Panics
    /// Never: a tensor has its shape's elements.
    pub fn view_mut(&mut self) -> ArrayViewMut<'_, T, S::Batched> {
        ArrayViewMut::from_shape(self.dimension(), &mut self.data).expect("a tensor has its shape's elements")
    }
}

impl<S: Dims, T: Float> fmt::Debug for Tensor<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tensor({} samples of {:?})", self.batch, S::SIZES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_become_tensors_and_back() {
        let array = ndarray::Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (100 * i + 10 * j + k) as f32);
        let tensor = Tensor::<shape![3, 4]>::from_array(&array).unwrap();
        assert_eq!(tensor.view(), array);
        let turned = array.view().reversed_axes();
        assert_eq!(
            Tensor::<shape![3, 4]>::from_array(&turned).unwrap_err().to_string(),
            "expected an array of shape (batch, 3, 4), found [4, 3, 2]"
        );
        assert_eq!(Tensor::<shape![3, 2]>::from_array(&turned).unwrap().view(), turned);
    }
}
