//! Tensors whose shape is a type: what the compiler checks where plain Rust puts models together.

use std::fmt;
use std::marker::PhantomData;

use ndarray::{ArrayBase, ArrayView, ArrayViewMut, Data, Dimension, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6};

use crate::buffer::Buffer;
use crate::float::Float;
use crate::memory;

pub use typenum::Const;

/// An axis of a size that is known at run time only: one of a model's named dimensions, or what follows from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Any;

/// The size of an axis as a type.
pub trait Axis: 'static {
    /// The size, where it is known while compiling.
    const SIZE: Option<usize>;
}

impl<const N: usize> Axis for Const<N> {
    const SIZE: Option<usize> = Some(N);
}

impl Axis for Any {
    const SIZE: Option<usize> = None;
}

/// The shape of a sample as a type: `shape![32, 32, 3]` is `(Const<32>, Const<32>, Const<3>)`, and `shape![_, 64]` is `(Any, Const<64>)`.
#[macro_export]
macro_rules! shape {
    (@axes [$($axis:ty,)*]) => { ($($axis,)*) };
    (@axes [$($axis:ty,)*] _ $(, $($rest:tt)*)?) => { $crate::shape!(@axes [$($axis,)* $crate::tensor::Any,] $($($rest)*)?) };
    (@axes [$($axis:ty,)*] $size:expr $(, $($rest:tt)*)?) => {
        $crate::shape!(@axes [$($axis,)* $crate::tensor::Const<{ $size }>,] $($($rest)*)?)
    };
    ($($sizes:tt)*) => { $crate::shape!(@axes [] $($sizes)*) };
}

/// A tuple of `Const`s, and of `Any`s where sizes are known at run time only.
pub trait Dims: 'static {
    /// The sizes, where they are known while compiling.
    const SIZES: &'static [Option<usize>];
    /// The dimension of an array that holds a batch of samples.
    type Batched: Dimension;
}

/// A tuple of `Const`s: all sizes are known while compiling.
pub trait KnownDims: Dims {
    /// The number of elements of a sample.
    const ELEMENTS: usize;
}

macro_rules! dims {
    ($batched:ident: $($axis:ident),*) => {
        impl<$($axis: Axis),*> Dims for ($($axis,)*) {
            const SIZES: &'static [Option<usize>] = &[$($axis::SIZE),*];
            type Batched = $batched;
        }

        impl<$(const $axis: usize),*> KnownDims for ($(Const<$axis>,)*) {
            const ELEMENTS: usize = 1 $(* $axis)*;
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
pub struct Tensor<S: Dims, T: Float = f32> {
    /// The shape of the batch.
    dimension: S::Batched,
    data: Buffer<T>,
    shape: PhantomData<fn() -> S>,
}

impl<S: Dims, T: Float> Clone for Tensor<S, T> {
    fn clone(&self) -> Self {
        Self { dimension: self.dimension.clone(), data: self.data.clone(), shape: PhantomData }
    }
}

impl<S: Dims, T: Float> PartialEq for Tensor<S, T> {
    fn eq(&self, other: &Self) -> bool {
        self.dimension == other.dimension && self.data == other.data
    }
}

/// An array that does not have a tensor's shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an array of shape {expected}, found {found:?}")]
pub struct ShapeMismatch {
    /// The shape of a batch: `(batch, 28, 28)`, with `_` for any size.
    pub expected: String,
    /// The shape of the array.
    pub found: Vec<usize>,
}

/// `(batch, 28, 28)`
fn batched<S: Dims>() -> String {
    let sizes = S::SIZES.iter().map(|size| size.map_or_else(|| "_".to_owned(), |size| size.to_string()));
    let sizes: Vec<String> = std::iter::once("batch".to_owned()).chain(sizes).collect();
    format!("({})", sizes.join(", "))
}

impl<S: KnownDims, T: Float> Tensor<S, T> {
    /// A batch of zeros.
    ///
    /// # Panics
    /// If it would take more memory than there is.
    #[must_use]
    #[track_caller]
    pub fn zeros(batch: usize) -> Self {
        let bytes = memory::bytes_of::<T>(S::ELEMENTS).saturating_mul(batch as u64);
        memory::sure(memory::claim(bytes, || format!("a tensor of shape {} for a batch of {batch}", batched::<S>())));
        let sizes: Vec<usize> = S::SIZES.iter().copied().flatten().collect();
        Self::with_sizes(batch, &sizes, Buffer::zeros(batch * S::ELEMENTS))
    }

    /// A batch with these elements.
    ///
    /// # Panics
    /// If the number of elements is not that of whole samples. Generated code gives what it has counted.
    #[must_use]
    pub fn from_slice(elements: &[T]) -> Self {
        let batch = elements.len() / S::ELEMENTS;
        assert_eq!(batch * S::ELEMENTS, elements.len(), "a batch holds whole samples");
        let sizes: Vec<usize> = S::SIZES.iter().copied().flatten().collect();
        Self::with_sizes(batch, &sizes, Buffer::from_slice(elements))
    }
}

impl<S: Dims, T: Float> Tensor<S, T> {
    /// A batch of samples of these sizes, which are `S`'s where that knows them.
    fn with_sizes(batch: usize, sizes: &[usize], data: Buffer<T>) -> Self {
        let mut dimension = S::Batched::zeros(S::SIZES.len() + 1);
        dimension[0] = batch;
        (1..).zip(sizes).for_each(|(axis, &size)| dimension[axis] = size);
        Self { dimension, data, shape: PhantomData }
    }

    /// A batch of so many samples of these sizes, with these elements. Generated code gives what it has counted.
    ///
    /// # Panics
    /// If the sizes are not `S`'s, or the number of elements is another.
    #[must_use]
    pub fn from_parts(batch: usize, sizes: &[usize], elements: &[T]) -> Self {
        assert!(has_sizes::<S>(sizes), "a tensor has its type's sizes");
        assert_eq!(batch * sizes.iter().product::<usize>(), elements.len(), "a batch holds whole samples");
        Self::with_sizes(batch, sizes, Buffer::from_slice(elements))
    }

    /// A batch with the elements of an array of shape `(batch, ..)`.
    ///
    /// # Errors
    /// If the array's other axes are not `S`.
    ///
    /// # Panics
    /// If the copy would take more memory than there is, as that of a view which repeats its elements may.
    ///
    /// ```
    /// use model_core::{shape, tensor::Tensor};
    /// let images = ndarray::Array4::<f32>::zeros((8, 32, 32, 3));
    /// let images = Tensor::<shape![32, 32, 3]>::from_array(&images)?;
    /// assert_eq!(images.batch(), 8);
    /// # Ok::<(), model_core::tensor::ShapeMismatch>(())
    /// ```
    pub fn from_array<D: Dimension>(array: &ArrayBase<impl Data<Elem = T>, D>) -> Result<Self, ShapeMismatch> {
        let Some((&batch, sizes)) = array.shape().split_first().filter(|(_, sizes)| has_sizes::<S>(sizes)) else {
            return Err(ShapeMismatch { expected: batched::<S>(), found: array.shape().to_vec() });
        };
        let bytes = memory::bytes_of_array::<T>(array.shape());
        memory::sure(memory::claim(bytes, || format!("a tensor of shape {:?}", array.shape())));
        let mut data = Buffer::zeros(array.len());
        data.iter_mut().zip(array).for_each(|(to, from)| *to = *from);
        Ok(Self::with_sizes(batch, sizes, data))
    }

    /// The number of samples.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.dimension[0]
    }

    /// The shape of a sample.
    #[must_use]
    pub fn sizes(&self) -> &[usize] {
        &self.dimension.slice()[1..]
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

    /// The tensor as an array of shape `(batch, ..)`.
    ///
    /// # Panics
    /// Never: a tensor has its shape's elements.
    #[must_use]
    pub fn view(&self) -> ArrayView<'_, T, S::Batched> {
        ArrayView::from_shape(self.dimension.clone(), &self.data).expect("a tensor has its shape's elements")
    }

    /// The tensor as an array of shape `(batch, ..)` that can be changed.
    ///
    /// # Panics
    /// Never: a tensor has its shape's elements.
    pub fn view_mut(&mut self) -> ArrayViewMut<'_, T, S::Batched> {
        ArrayViewMut::from_shape(self.dimension.clone(), &mut self.data).expect("a tensor has its shape's elements")
    }
}

fn has_sizes<S: Dims>(sizes: &[usize]) -> bool {
    sizes.len() == S::SIZES.len() && sizes.iter().zip(S::SIZES).all(|(&size, known)| known.is_none_or(|known| known == size))
}

impl<S: Dims, T: Float> fmt::Debug for Tensor<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tensor({} samples of {:?})", self.batch(), self.sizes())
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

    #[test]
    fn sizes_may_be_known_at_run_time_only() {
        let array = ndarray::Array3::<f32>::ones((2, 3, 4));
        let tensor = Tensor::<shape![_, 4]>::from_array(&array).unwrap();
        assert_eq!((tensor.view(), tensor.sizes()), (array.view(), &[3, 4][..]));
        assert_eq!(
            Tensor::<shape![_, 3]>::from_array(&array).unwrap_err().to_string(),
            "expected an array of shape (batch, _, 3), found [2, 3, 4]"
        );
    }
}
