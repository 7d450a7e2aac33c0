//! A step of an optimiser: one pass over a weight and all that is remembered of it. The rules are the optimisers' own.

use crate::chunks::{CHUNK, each};
use crate::float::Float;
use crate::vectorize::vectorize;

/// `slots = update(gradient, slots)` for every element. An empty slot reads as zero, and what it becomes is dropped.
///
/// Up to three slots that are all there go through one plain loop, which takes a third of the time: for their usual form rules
/// have an update that asks for nothing.
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
            move || match &mut slots[..] {
                [a] => a.iter_mut().zip(gradient).for_each(|(a, &g)| [*a] = apart(update(g, apart([*a])))),
                [a, b] if !b.is_empty() => {
                    let all = a.iter_mut().zip(b.iter_mut()).zip(gradient);
                    all.for_each(|((a, b), &g)| [*a, *b] = apart(update(g, apart([*a, *b]))));
                }
                [a, b, c] if !b.is_empty() && !c.is_empty() => {
                    let all = a.iter_mut().zip(b.iter_mut()).zip(c.iter_mut()).zip(gradient);
                    all.for_each(|(((a, b), c), &g)| [*a, *b, *c] = apart(update(g, apart([*a, *b, *c]))));
                }
                _ => {
                    for (b, gradient) in gradient.chunks(BLOCK).enumerate() {
                        step_block(b * BLOCK, gradient, &mut slots, update);
                    }
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

/// As many elements as there are, which both numbers say.
#[inline(always)]
fn apart<T: Float, const N: usize, const K: usize>(elements: [T; N]) -> [T; K] {
    std::array::from_fn(|k| elements[k])
}

/// The elements that are copied to the stack at a time where slots may be empty, so that the arithmetic need not ask which are there.
const BLOCK: usize = 256;

#[inline(always)]
fn step_block<T: Float, const N: usize>(
    start: usize,
    gradient: &[T],
    slots: &mut [&mut [T]; N],
    update: impl Fn(T, [T; N]) -> [T; N],
) {
    let mut states = [[T::ZERO; BLOCK]; N];
    let n = gradient.len().min(BLOCK);
    for (state, slot) in states.iter_mut().zip(slots.iter()).filter(|(_, slot)| !slot.is_empty()) {
        state[..n].copy_from_slice(&slot[start..][..n]);
    }
    for (k, &g) in gradient[..n].iter().enumerate() {
        let new = update(g, std::array::from_fn(|s| states[s][k]));
        for s in 0..N {
            states[s][k] = new[s];
        }
    }
    for (state, slot) in states.iter().zip(slots.iter_mut()).filter(|(_, slot)| !slot.is_empty()) {
        slot[start..][..n].copy_from_slice(&state[..n]);
    }
}
