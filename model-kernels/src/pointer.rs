//! A pointer that tasks on several threads may write through.

/// A pointer into a slice of which every task writes a part of its own.
#[derive(Clone, Copy)]
pub(crate) struct Shared<T>(*mut T);

#[allow(unsafe_code)]
// SAFETY: whoever writes through the pointer keeps the tasks' parts disjoint.
unsafe impl<T: Send> Send for Shared<T> {}
#[allow(unsafe_code)]
// SAFETY: as above.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub(crate) fn new(slice: &mut [T]) -> Self {
        Self(slice.as_mut_ptr())
    }

    pub(crate) fn from_pointer(pointer: *mut T) -> Self {
        Self(pointer)
    }

    pub(crate) fn get(self) -> *mut T {
        self.0
    }
}
