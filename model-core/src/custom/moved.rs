//! What statistics of a layer become within a pass that calls it several times: each call begins with what the one before has made of them.
//!
//! It waits on the thread that runs the pass. A pass is known by its seed, and by the weights that it is run with; a call that has been made already
//! begins another one.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;

use super::run::Pass;
use crate::buffer::Buffer;
use crate::elements::Elements;
use crate::float::Float;
use crate::layer::Weight;

/// So many layers of a thread are known at most.
const MOST: usize = 4096;

thread_local!(static MOVED: RefCell<HashMap<u64, Moved>> = RefCell::default());

/// What a layer's statistics have become.
struct Moved {
    /// The seed of the pass, and where the first of the statistics lies that it is run with.
    pass: (u64, usize),
    /// The calls that have been made.
    calls: Vec<u64>,
    /// The statistics, one behind the other.
    statistics: Box<dyn Any>,
}

/// The statistics among weights.
fn statistics<T: Float>(weights: &[Weight<T>]) -> impl Iterator<Item = &Weight<T>> {
    weights.iter().filter(|weight| !weight.trainable)
}

/// What a call is known by: its layer, its pass and itself; none where statistics stay what they are.
fn known_by<T: Float>(pass: Pass<'_, T>) -> Option<(u64, (u64, usize), u64)> {
    let standing = pass.standing.filter(|standing| standing.trainable && pass.context.training)?;
    let first = statistics(pass.weights).next()?;
    Some((standing.identity, (pass.context.root, first.data.as_ptr() as usize), pass.key))
}

/// What the statistics are before a call, if one before it in its pass has moved them.
pub(super) fn before<T: Float>(pass: Pass<'_, T>) -> Option<Vec<T>> {
    let (layer, own, call) = known_by(pass)?;
    MOVED.with_borrow(|moved| {
        let moved = moved.get(&layer).filter(|moved| moved.pass == own && !moved.calls.contains(&call))?;
        moved.statistics.downcast_ref::<Vec<T>>().cloned()
    })
}

/// Notes what the statistics are behind a call.
pub(super) fn behind<T: Float>(pass: Pass<'_, T>, statistics: &[T]) {
    let Some((layer, own, call)) = known_by(pass) else { return };
    MOVED.with_borrow_mut(|moved| {
        if moved.len() >= MOST {
            moved.clear();
        }
        let goes_on = moved.remove(&layer).filter(|moved| moved.pass == own && !moved.calls.contains(&call));
        let mut calls = goes_on.map_or_else(Vec::new, |moved| moved.calls);
        calls.push(call);
        moved.insert(layer, Moved { pass: own, calls, statistics: Box::new(statistics.to_vec()) });
    });
}

/// The weights with other statistics, which stand one behind the other.
pub(super) fn with<T: Float>(weights: &[Weight<T>], mut statistics: &[T]) -> Vec<Weight<T>> {
    let mut all: Vec<Weight<T>> = weights.iter().map(Weight::kept).collect();
    for weight in all.iter_mut().filter(|weight| !weight.trainable) {
        let (own, rest) = statistics.split_at(weight.data.len().min(statistics.len()));
        weight.data = Elements::from(Buffer::from_slice(own));
        statistics = rest;
    }
    all
}
