//! A step of an optimiser: one pass over a weight and all that is remembered of it. The rules are the optimisers' own.

use crate::chunks::{CHUNK, each};
use crate::float::Float;
use crate::vectorize::vectorize;

/// `slots = update(gradient, slots)` for every element. An empty slot reads as zero, and what it becomes is dropped.
///
/// The update holds all that it goes by, and borrows nothing: what is in memory would be read again for each element, one at a time.
///
/// # Panics
/// If their lengths differ.
pub fn step<T: Float, const N: usize>(
    gradient: &[T],
    slots: [&mut [T]; N],
    update: impl Fn(T, [T; N]) -> [T; N] + Copy + Sync + 'static,
) {
    assert!(
        slots.iter().all(|slot| slot.is_empty() || slot.len() == gradient.len()),
        "a weight, its gradient and what it remembers"
    );
    each(slots.map(|slot| (slot, CHUNK)), |i, mut slots| {
        let gradient = &gradient[i * CHUNK..][..slots[0].len()];
        vectorize(
            #[inline(always)]
            move || {
                let (blocks, rest) = gradient.as_chunks::<BLOCK>();
                for (gradient, at) in blocks.iter().zip((0..).step_by(BLOCK)) {
                    step_block::<T, N, BLOCK>(gradient, &mut slots, at, update);
                }
                for (gradient, at) in rest.iter().zip(gradient.len() - rest.len()..) {
                    step_block::<T, N, 1>(std::array::from_ref(gradient), &mut slots, at, update);
                }
            },
        );
    });
}

/// `values = new(values)` for every element. What is new holds all that it goes by, as an update does.
pub fn change<T: Float>(values: &mut [T], new: impl Fn(T) -> T + Copy + Sync + 'static) {
    each([(values, CHUNK)], |_, [values]| {
        vectorize(
            #[inline(always)]
            || values.iter_mut().for_each(move |value| *value = new(*value)),
        );
    });
}

/// So many elements are in registers at a time, so that the arithmetic need not ask which slots are there. A loop over fewer is unrolled before it could
/// become one of vectors.
const BLOCK: usize = 32;

#[inline(always)]
fn step_block<T: Float, const N: usize, const L: usize>(
    gradient: &[T; L],
    slots: &mut [&mut [T]; N],
    at: usize,
    update: impl Fn(T, [T; N]) -> [T; N],
) {
    let mut states: [[T; L]; N] = std::array::from_fn(|s| match slots[s].is_empty() {
        true => [T::ZERO; L],
        false => slots[s][at..at + L].try_into().expect("as many"),
    });
    for (k, &g) in gradient.iter().enumerate() {
        let new = update(g, std::array::from_fn(|s| states[s][k]));
        for s in 0..N {
            states[s][k] = new[s];
        }
    }
    for (state, slot) in states.iter().zip(slots.iter_mut()).filter(|(_, slot)| !slot.is_empty()) {
        slot[at..at + L].copy_from_slice(state);
    }
}
