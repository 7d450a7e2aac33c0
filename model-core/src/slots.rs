//! The buffers of a compiled model or block: as many as its plan has slots.

use crate::buffer::Buffer;
use crate::float::Float;

pub use model_graph::layer::Memory;

/// A number of buffers that grow with the batch and never shrink.
#[derive(Clone, Debug)]
pub struct Slots<const N: usize, T: Float = f32>([Buffer<T>; N]);

impl<const N: usize, T: Float> Slots<N, T> {
    /// The buffers, each at its size for a batch. It allocates only where a batch is larger than all before.
    pub fn fit(&mut self, batch: usize, sizes: &[Memory; N]) -> [&mut [T]; N] {
        for (buffer, size) in self.0.iter_mut().zip(sizes) {
            buffer.resize(size.elements(batch));
        }
        self.0.each_mut().map(|buffer| &mut **buffer)
    }

    /// One buffer, as it was left.
    #[must_use]
    pub fn get(&self, index: usize) -> &[T] {
        &self.0[index]
    }
}

impl<const N: usize, T: Float> Default for Slots<N, T> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Buffer::new()))
    }
}
