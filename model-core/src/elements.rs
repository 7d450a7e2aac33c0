//! The elements of weights, which copies share, and what tells one weight from another.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::buffer::Buffer;
use crate::float::Float;

/// The elements of a weight. A copy costs nothing: it shares them until one of the two is changed, which then gets its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Elements<T: Float>(Arc<Buffer<T>>);

impl<T: Float> Elements<T> {
    /// So many zeros.
    #[must_use]
    pub fn zeros(len: usize) -> Self {
        Self::from(Buffer::zeros(len))
    }

    /// The elements by themselves, copied if others share them.
    pub(crate) fn into_buffer(self) -> Buffer<T> {
        Arc::try_unwrap(self.0).unwrap_or_else(|shared| (*shared).clone())
    }
}

impl<T: Float> From<Buffer<T>> for Elements<T> {
    fn from(buffer: Buffer<T>) -> Self {
        Self(Arc::new(buffer))
    }
}

impl<T: Float> Deref for Elements<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Float> DerefMut for Elements<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        Arc::<Buffer<T>>::make_mut(&mut self.0)
    }
}

/// What tells a weight from all others, wherever it is kept. A copy of a weight is another weight.
#[derive(Debug)]
pub(crate) struct Identity(u64);

impl Identity {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The number that no other has.
    pub(crate) const fn number(&self) -> u64 {
        self.0
    }

    /// That of a weight as a tape keeps it: the same weight as it was.
    pub(crate) const fn kept(&self) -> Self {
        Self(self.0)
    }
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self::new()
    }
}

/// Weights are compared by what they are made of.
impl PartialEq for Identity {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_share_until_one_changes() {
        let one = Elements::<f32>::from(Buffer::from_slice(&[1.0, 2.0]));
        let mut other = one.clone();
        assert_eq!(one.as_ptr(), other.as_ptr());
        other[0] = 3.0;
        assert_eq!((&one[..], &other[..]), (&[1.0, 2.0][..], &[3.0, 2.0][..]));
        let alone = other.as_ptr();
        other[1] = 4.0;
        assert_eq!(other.as_ptr(), alone);
    }

    #[test]
    fn a_copy_of_a_weight_is_another() {
        let one = Identity::new();
        assert_ne!(one.number(), one.clone().number());
        assert_eq!(one.number(), one.kept().number());
    }
}
