//! Work along one axis, of size `n`, of `[outer, n, inner]`: what comes before the axis, the batch among it, and what comes behind.

use crate::chunks::{each, rows_per_task};

/// Runs `work(place, block)` for the blocks of so many elements that a slice has, one for each place before the axis.
pub(super) fn blocks<T: Send>(slice: &mut [T], block: usize, work: impl Fn(usize, &mut [T]) + Sync) {
    if block == 0 {
        return;
    }
    let rows = rows_per_task(block);
    each([(slice, rows * block)], |task, [slice]| {
        for (row, slice) in slice.chunks_exact_mut(block).enumerate() {
            work(task * rows + row, slice);
        }
    });
}

/// Writes a number, or adds it.
#[inline(always)]
pub(super) fn give<T: crate::float::Float>(to: &mut T, number: T, accumulate: bool) {
    *to = if accumulate { *to + number } else { number };
}
