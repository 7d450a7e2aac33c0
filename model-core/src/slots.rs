//! The buffers of a compiled model or block: as many as its plan has slots.

use crate::buffer::Buffer;
use crate::float::Float;

pub use model_graph::layer::Memory;

/// A number of buffers that grow with the batch and never shrink.
#[derive(Clone, Debug)]
pub struct Slots<const N: usize, T: Float = f32> {
    buffers: [Buffer<T>; N],
    batch: usize,
}

impl<const N: usize, T: Float> Slots<N, T> {
    /// The buffers, each at its size for a batch. It allocates only where a batch is larger than all before.
    pub fn fit(&mut self, batch: usize, sizes: &[Memory; N]) -> [&mut [T]; N] {
        self.batch = batch;
        for (buffer, size) in self.buffers.iter_mut().zip(sizes) {
            buffer.resize(size.elements(batch));
        }
        self.buffers.each_mut().map(|buffer| &mut **buffer)
    }

    /// What a call has saved in one of the buffers, for the batch that they were last fitted to.
    #[must_use]
    pub fn saved(&self, index: usize, memory: Memory) -> &[T] {
        &self.buffers[index][..memory.elements(self.batch)]
    }

    /// All of one of the buffers.
    #[must_use]
    pub fn whole(&self, index: usize) -> &[T] {
        &self.buffers[index]
    }
}

impl<const N: usize, T: Float> Default for Slots<N, T> {
    fn default() -> Self {
        Self { buffers: std::array::from_fn(|_| Buffer::new()), batch: 0 }
    }
}
