//! Running layers inside of another one: each with its share of the weights, of what is saved and of the room to work in.

use model_graph::layer::{Layer as _, Manner, Memory};
use model_graph::layers::{AnyLayer, Link};
use model_graph::shape::{Shape, TensorType};
use model_graph::with_layer;

use crate::float::Float;
use crate::layer::{Backward, Context, Forward, Run, Weight};
use crate::layers::entry;

/// The type of an input, for the rules that say what is run for it.
pub(super) fn input(shape: &[usize]) -> [TensorType; 1] {
    [TensorType::f32(Shape::from(shape))]
}

/// Runs a layer of the list.
pub(super) fn forward<'a, T: Float>(layer: &'a AnyLayer, call: Forward<'a, T>) {
    with_layer!(layer, layer => entry::forward(layer, call), _custom => unreachable!("no layer of the user's own is wrapped"));
}

/// Goes back through a layer of the list.
pub(super) fn backward<'a, T: Float>(layer: &'a AnyLayer, call: Backward<'a, T>) {
    with_layer!(layer, layer => entry::backward(layer, call), _custom => unreachable!("no layer of the user's own is wrapped"));
}

/// Updates the weights of a layer of the list.
pub(super) fn update<T: Float>(layer: &AnyLayer, weights: &mut [Weight<T>], saved: &[T]) {
    with_layer!(layer, layer => entry::update(layer, weights, saved), _custom => unreachable!("no layer of the user's own is wrapped"));
}

/// Whether a layer of the list behaves as if not training where it is frozen.
pub(super) fn infers_when_frozen<T: Float>(layer: &AnyLayer) -> bool {
    with_layer!(layer, layer => Run::<T>::infers_when_frozen(layer), _custom => false)
}

/// The pass as a layer takes part in it that may be frozen by itself.
pub(super) fn context<'n, T: Float>(link: &Link, context: Context<'n>) -> Context<'n> {
    let infers = !link.trainable && infers_when_frozen::<T>(&link.layer);
    Context { training: context.training && !infers, manner: Manner::default(), ..context }
}

/// How a layer is called that is given states and a mask where it has slots for them. Their numbers are told, states first where the
/// layer has that slot first.
pub(super) fn manner(layer: &AnyLayer, states: usize, mask: usize) -> (Manner, bool) {
    let slot = |name: &str| layer.slots().iter().position(|slot| slot.name == name);
    let (of_states, of_mask) = (slot("initial_state"), slot("mask"));
    let given = [(of_states, states), (of_mask, mask)];
    let given = given.into_iter().filter_map(|(slot, count)| Some((slot?, vec![(); count]))).filter(|(_, given)| !given.is_empty());
    let (_, manner) = Manner::arranged(Vec::new(), given.collect());
    (manner, of_states < of_mask || of_mask.is_none())
}

/// The first elements of a slice, and the rest is left in it.
pub(super) fn take<'a, T>(rest: &mut &'a mut [T], count: usize) -> &'a mut [T] {
    let (own, others) = std::mem::take(rest).split_at_mut(count);
    *rest = others;
    own
}

/// As [`take`]; nothing of what is empty, which a pass that infers leaves.
pub(super) fn take_saved<'a, T>(rest: &mut &'a mut [T], count: usize) -> &'a mut [T] {
    if rest.is_empty() { &mut [] } else { take(rest, count) }
}

/// The elements of room for a batch.
pub(super) fn elements(room: Memory, batch: usize) -> usize {
    room.elements(batch)
}

/// The elements of a sample of a type.
pub(super) fn size(ty: &TensorType) -> usize {
    ty.shape.sizes().unwrap_or_default().iter().product()
}

/// The sizes of a sample of a type.
pub(super) fn sizes(ty: &TensorType) -> Vec<usize> {
    ty.shape.sizes().unwrap_or_default()
}
