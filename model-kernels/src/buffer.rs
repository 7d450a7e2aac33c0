//! Memory for tensors: 64-byte aligned, zeroed, grown but never shrunk.
#![allow(unsafe_code)] // aligned allocation, numbers as bytes

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

use crate::float::Float;

/// The alignment of every buffer in bytes: a cache line, and a vector of the widest instruction set.
pub const ALIGNMENT: usize = 64;

/// A 64-byte aligned vector of elements that all are initialised.
pub struct Buffer<T> {
    data: NonNull<T>,
    len: usize,
    capacity: usize,
}

// SAFETY: a buffer owns its elements, as a `Vec` does.
unsafe impl<T: Send> Send for Buffer<T> {}
// SAFETY: a shared buffer gives shared access to its elements only.
unsafe impl<T: Sync> Sync for Buffer<T> {}

impl<T: Float> Buffer<T> {
    /// A buffer without elements, which allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { data: NonNull::dangling(), len: 0, capacity: 0 }
    }

    /// A buffer of `len` zeros.
    #[must_use]
    pub fn zeros(len: usize) -> Self {
        let mut buffer = Self::new();
        buffer.resize(len);
        buffer
    }

    /// A buffer with a copy of `elements`.
    #[must_use]
    pub fn from_slice(elements: &[T]) -> Self {
        let mut buffer = Self::zeros(elements.len());
        buffer.copy_from_slice(elements);
        buffer
    }

    /// Makes the length `len`. It allocates only when `len` exceeds every earlier length; the elements are then zeros,
    /// and otherwise whatever they were.
    ///
    /// # Panics
    /// If the system gives no memory for it. Whatever is large is asked for in advance, where that can be told as an error.
    #[track_caller]
    pub fn resize(&mut self, len: usize) {
        if len > self.capacity {
            *self = Self { data: Self::allocate(len), len, capacity: len };
        }
        self.len = len;
    }

    fn layout(capacity: usize) -> Layout {
        let bytes = capacity.checked_mul(size_of::<T>()).expect("a buffer is smaller than the address space");
        Layout::from_size_align(bytes, ALIGNMENT).expect("a buffer is smaller than the address space")
    }

    #[track_caller]
    fn allocate(capacity: usize) -> NonNull<T> {
        let layout = Self::layout(capacity);
        // SAFETY: `capacity` is greater than zero (it exceeds the old capacity), and so is the layout's size.
        let data = unsafe { alloc_zeroed(layout) };
        // All bits zero is `0.0`, so the elements are initialised.
        NonNull::new(data.cast::<T>()).unwrap_or_else(|| panic!("the system gives no memory for {} bytes", layout.size()))
    }
}

impl<T> Drop for Buffer<T> {
    fn drop(&mut self) {
        if self.capacity > 0 {
            let layout = Layout::from_size_align(self.capacity * size_of::<T>(), ALIGNMENT).expect("this layout was allocated");
            // SAFETY: `data` was allocated with this very layout, and floats need no drop.
            unsafe { dealloc(self.data.as_ptr().cast(), layout) }
        }
    }
}

impl<T> Deref for Buffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        // SAFETY: the first `len <= capacity` elements are allocated and initialised; without any, `data` is dangling but aligned.
        unsafe { std::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }
}

impl<T> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`, and `&mut self` is the only access.
        unsafe { std::slice::from_raw_parts_mut(self.data.as_ptr(), self.len) }
    }
}

impl<T: Float> Default for Buffer<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Float> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        Self::from_slice(self)
    }
}

impl<T: Float> PartialEq for Buffer<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Buffer({} elements)", self.len)
    }
}

/// The bytes of numbers, as they lie in memory.
#[must_use]
pub const fn bytes<T: Float>(numbers: &[T]) -> &[u8] {
    // SAFETY: floats have no bytes that are not initialised, and bytes need no alignment.
    unsafe { std::slice::from_raw_parts(numbers.as_ptr().cast(), size_of_val(numbers)) }
}

/// The same, to be written.
pub const fn bytes_mut<T: Float>(numbers: &mut [T]) -> &mut [u8] {
    // SAFETY: as in `bytes`; whatever is written are floats, too, and `&mut` is the only access.
    unsafe { std::slice::from_raw_parts_mut(numbers.as_mut_ptr().cast(), size_of_val(numbers)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_their_bytes() {
        let mut numbers = [1.5_f32, -0.0];
        assert_eq!(bytes(&numbers), [1.5_f32.to_ne_bytes(), (-0.0_f32).to_ne_bytes()].concat());
        bytes_mut(&mut numbers)[4..].copy_from_slice(&2.0_f32.to_ne_bytes());
        assert_eq!(numbers, [1.5, 2.0]);
    }

    #[test]
    fn a_buffer_is_aligned_zeroed_and_keeps_its_memory() {
        let mut buffer = Buffer::<f32>::zeros(1000);
        assert_eq!(buffer.as_ptr().align_offset(ALIGNMENT), 0);
        assert!(buffer.iter().all(|&x| x == 0.0));
        let before = buffer.as_ptr();
        buffer.resize(10);
        buffer.resize(1000);
        assert_eq!(buffer.as_ptr(), before);
        assert!(Buffer::<f64>::new().is_empty());
    }
}
