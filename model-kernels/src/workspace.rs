//! Room for what a kernel works out on its way, kept by each thread from call to call.
#![allow(unsafe_code)] // one memory for elements of every type

use std::cell::Cell;

use crate::buffer::Buffer;
use crate::float::Float;

thread_local! {
    /// The room of the largest work so far, as the largest elements.
    static ROOM: Cell<Buffer<f64>> = const { Cell::new(Buffer::new()) };
}

/// Runs `work` with room for `len` elements, which hold any numbers. It allocates only where no earlier work on this thread had as much.
pub(crate) fn with<T: Float, R>(len: usize, work: impl FnOnce(&mut [T]) -> R) -> R {
    const { assert!(size_of::<T>() <= size_of::<f64>() && align_of::<T>() <= align_of::<f64>()) }
    // A work within a work finds nothing here, and takes room of its own.
    let mut room = ROOM.take();
    room.resize((len * size_of::<T>()).div_ceil(size_of::<f64>()));
    // SAFETY: the buffer has at least so many bytes, all initialised, aligned for `T`, of which every pattern of bits is a number.
    let result = work(unsafe { std::slice::from_raw_parts_mut(room.as_mut_ptr().cast::<T>(), len) });
    ROOM.set(room);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_and_works_may_nest() {
        let first = with(100, |room: &mut [f32]| {
            room.fill(1.0);
            with(10, |inner: &mut [f64]| inner.fill(2.0));
            assert!(room.iter().all(|&x| x == 1.0));
            room.as_ptr().addr()
        });
        assert!(first.is_multiple_of(crate::buffer::ALIGNMENT));
        assert_eq!(with(7, |room: &mut [f64]| room.len()), 7);
    }
}
