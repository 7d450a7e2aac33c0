//! A block of scores, and what its rows become.
#![allow(unsafe_code)] // blocks are memory that is not initialised

use std::mem::MaybeUninit;

use super::{Place, Rule, Sizes};
use crate::dropout::{bits, chunk_keys};
use crate::float::Float;
use crate::lanes;

/// The most queries of a block.
pub(super) const ROWS: usize = 64;
/// The most keys of a block, which is how far its rows are apart.
pub(super) const KEYS: usize = 256;
/// Fewer multiplications than this are done by one thread.
const WORTH_SHARING: usize = 200_000;

/// Room for a block on a task's stack.
#[repr(align(64))]
pub(super) struct Block<T>([MaybeUninit<T>; ROWS * KEYS]);

impl<T: Float> Block<T> {
    #[inline(always)]
    pub fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; ROWS * KEYS])
    }

    pub fn pointer(&mut self) -> *mut T {
        self.0.as_mut_ptr().cast()
    }

    /// A row's first elements.
    ///
    /// # Safety
    /// They have been written.
    #[inline(always)]
    pub unsafe fn row(&mut self, row: usize, keys: usize) -> &mut [T] {
        let row = &mut self.0[row * KEYS..][..keys];
        // SAFETY: the caller's promise; both types have one layout.
        unsafe { &mut *(std::ptr::from_mut(row) as *mut [T]) }
    }
}

/// Runs tasks that take so many multiplications together.
pub(super) fn share(work: usize, tasks: usize, task: impl Fn(usize) + Sync) {
    if work < WORTH_SHARING { (0..tasks).for_each(task) } else { crate::threads::parallel(tasks, task) }
}

/// The places of a range of keys, block by block.
pub(super) fn blocks(place: Place, keys: std::ops::Range<usize>) -> impl Iterator<Item = Place> {
    let end = keys.end;
    keys.step_by(KEYS).map(move |key| Place { key, keys: KEYS.min(end - key), ..place })
}

/// Which elements of a row are dropped, and what the others are multiplied with.
#[derive(Clone, Copy)]
pub(super) struct Dropped<T> {
    keys: [u32; 2],
    threshold: u32,
    scale: T,
    first: u32,
}

impl<T: Float> Dropped<T> {
    /// The factor of an element, counted from the block's first key.
    #[inline(always)]
    pub fn factor(self, element: u32) -> T {
        if bits(self.keys, self.first.wrapping_add(element)) >= self.threshold { self.scale } else { T::ZERO }
    }
}

impl<T: Float> Rule<'_, T> {
    /// What is dropped of a row: follows from its number among all, and from the places of its keys.
    #[inline(always)]
    pub(super) fn dropped(&self, sizes: &Sizes, place: &Place, i: usize) -> Option<Dropped<T>> {
        self.dropout.map(|(rate, key)| Dropped {
            keys: chunk_keys(key, (self.before + sizes.row(place, place.row + i)) as u64),
            threshold: (rate * 4_294_967_296.0).round() as u32, // saturates, and then the scale is zero
            scale: if rate < 1.0 { T::from_f64(1.0 / (1.0 - rate)) } else { T::ZERO },
            first: place.key as u32, // wraps, which only makes numbers that are as random
        })
    }

    /// Scales a row of scores, and makes those that do not count infinitely small.
    #[inline(always)]
    pub(super) fn apply(&self, sizes: &Sizes, place: &Place, i: usize, row: &mut [T]) {
        let (query, keys) = (place.row + i, place.keys);
        let scale = T::from_f64(self.scale);
        if self.queries.is_some_and(|queries| queries[place.sample * sizes.queries + query] == T::ZERO) {
            row.fill(T::NEG_INFINITY);
            return;
        }
        for x in row.iter_mut() {
            *x *= scale;
        }
        for mask in self.keys.into_iter().flatten() {
            hide(row, &mask[place.sample * sizes.keys + place.key..][..keys]);
        }
        if let Some(both) = self.both {
            let of = if self.has_heads(sizes) { sizes.row(place, query) } else { place.sample * sizes.queries + query };
            hide(row, &both[of * sizes.keys + place.key..][..keys]);
        }
        if self.is_causal {
            let seen = (query + 1).saturating_sub(place.key).min(keys);
            row[seen..].fill(T::NEG_INFINITY);
        }
        if let Some(window) = self.window {
            let first = (query + 1).saturating_sub(window).saturating_sub(place.key).min(keys);
            let end = query.saturating_add(window).saturating_sub(place.key).min(keys);
            row[..first].fill(T::NEG_INFINITY);
            row[end.max(first)..].fill(T::NEG_INFINITY);
        }
    }
}

/// Makes a row infinitely small where a mask is zero.
#[inline(always)]
fn hide<T: Float>(row: &mut [T], mask: &[T]) {
    for (x, &mask) in row.iter_mut().zip(mask) {
        *x = if mask == T::ZERO { T::NEG_INFINITY } else { *x };
    }
}

/// `e^(x - of)` of a row, and their sum.
#[inline(always)]
pub(super) fn exponentiate<T: Float>(row: &mut [T], of: T) -> T {
    for x in row.iter_mut() {
        // What does not count is exactly zero.
        *x = if *x == T::NEG_INFINITY { T::ZERO } else { (*x - of).exp() };
    }
    lanes::sum(
        row,
        #[inline(always)]
        |x| x,
    )
}
