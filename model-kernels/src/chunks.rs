//! Tensors cut into pieces that are worked on in parallel. The cut depends on sizes only, so that results do not depend on threads.
#![allow(unsafe_code)] // tasks write disjoint pieces of one slice

use std::marker::PhantomData;
use std::ops::Range;

use crate::threads::parallel;

/// The elements of one task in element-wise work: enough to be worth a task, few enough for the nearest caches.
pub const CHUNK: usize = 16 * 1024;

/// The number of parts of a reduction, whatever its size.
pub const PARTS: usize = 16;

/// How many rows of `row` elements make a task.
pub fn rows_per_task(row: usize) -> usize {
    (CHUNK / row.max(1)).max(1)
}

/// A slice cut into disjoint pieces of one size (the last may be smaller).
struct Pieces<'a, T> {
    data: *mut T,
    len: usize,
    size: usize,
    borrow: PhantomData<&'a mut [T]>,
}

// SAFETY: it gives out disjoint `&mut [T]`, which may go to other threads when `T` may.
unsafe impl<T: Send> Sync for Pieces<'_, T> {}

impl<'a, T> Pieces<'a, T> {
    fn new(slice: &'a mut [T], size: usize) -> Self {
        Self { data: slice.as_mut_ptr(), len: slice.len(), size, borrow: PhantomData }
    }

    /// Piece `i`, empty beyond the end.
    ///
    /// # Safety
    /// No two pieces of one index may be alive at a time.
    unsafe fn get(&self, i: usize) -> &'a mut [T] {
        // A product that wrapped would give two indices one piece.
        let start = i.saturating_mul(self.size).min(self.len);
        let len = self.size.min(self.len - start);
        // SAFETY: the range lies in the slice that was borrowed mutably, and meets no other index's.
        unsafe { std::slice::from_raw_parts_mut(self.data.add(start), len) }
    }
}

/// Several slices that are cut into pieces together. What is done here does not depend on the work, so that it is compiled once for many works.
struct Cut<'a, T, const N: usize>([Pieces<'a, T>; N]);

impl<'a, T, const N: usize> Cut<'a, T, N> {
    fn new(slices: [(&'a mut [T], usize); N]) -> Self {
        Self(slices.map(|(slice, size)| Pieces::new(slice, size)))
    }

    /// How many pieces the first slice has.
    fn count(&self) -> usize {
        self.0[0].len.div_ceil(self.0[0].size.max(1))
    }

    /// Piece `i` of each.
    ///
    /// # Safety
    /// See [`Pieces::get`].
    unsafe fn get(&self, i: usize) -> [&'a mut [T]; N] {
        // SAFETY: the caller's promise.
        std::array::from_fn(|k| unsafe { self.0[k].get(i) })
    }
}

/// Cuts each slice into pieces of its size and runs `work(i, pieces i)`. The first slice says how many there are; the others have as many, or
/// are empty.
pub fn each<T: Send, const N: usize>(slices: [(&mut [T], usize); N], work: impl Fn(usize, [&mut [T]; N]) + Sync) {
    let cut = Cut::new(slices);
    parallel(cut.count(), |i| {
        // SAFETY: every index is run once.
        work(i, unsafe { cut.get(i) });
    });
}

/// The sum over all rows of what `work(rows, their part of out)` gives, in an order fixed by the number of rows. `out` has `row` elements for
/// each of the rows, or none.
pub fn sum_rows<T: Send>(rows: usize, row: usize, out: &mut [T], work: impl Fn(Range<usize>, &mut [T]) -> f64 + Sync) -> f64 {
    let size = rows.div_ceil(PARTS).max(rows_per_task(row));
    let mut sums = [0.0; PARTS];
    let sums_of = Pieces::new(&mut sums, 1);
    let pieces = Pieces::new(out, size.saturating_mul(row));
    parallel(rows.div_ceil(size), |i| {
        // SAFETY: every index is run once.
        let (sum, piece) = unsafe { (sums_of.get(i), pieces.get(i)) };
        sum[0] = work(i * size..rows.min((i + 1).saturating_mul(size)), piece);
    });
    sums.iter().sum()
}

/// Runs `work(part)` for `count` parts of a reduction, at most [`PARTS`], and gives their results in order; the rest are `empty`.
pub fn parts<A: Copy + Send>(count: usize, empty: A, work: impl Fn(usize) -> A + Sync) -> [A; PARTS] {
    let mut results = [empty; PARTS];
    let results_of = Pieces::new(&mut results, 1);
    parallel(count.min(PARTS), |i| {
        // SAFETY: every index is run once.
        let result = unsafe { results_of.get(i) };
        result[0] = work(i);
    });
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_visited_once_in_its_place() {
        let mut a: Vec<usize> = vec![0; 3 * CHUNK + 5];
        each([(&mut a[..], CHUNK)], |i, [piece]| (i * CHUNK..).zip(piece).for_each(|(k, x)| *x += k));
        assert!(a.iter().enumerate().all(|(i, &x)| x == i));
        let (mut b, mut c) = ([0; 10], [0; 5]);
        each([(&mut b[..], 4), (&mut c[..], 2), (&mut [], 3)], |i, [b, c, none]| {
            assert!(none.is_empty() && b.len() == 2 * c.len());
            b.fill(i);
            c.fill(i);
        });
        assert_eq!((b, c), ([0, 0, 0, 0, 1, 1, 1, 1, 2, 2], [0, 0, 1, 1, 2]));
    }

    #[test]
    fn sums_take_every_row() {
        for rows in [0, 1, 7, 100_000, 5_000_001] {
            let sum = sum_rows::<f32>(rows, 1, &mut [], |range, _| range.len() as f64);
            assert_eq!(sum, rows as f64);
        }
    }
}
