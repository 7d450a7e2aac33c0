//! Running layers inside of another one: each with its share of the weights, of what is saved and of the room to work in.

use model_graph::layer::{MOST_SLOTS, Manner};
use model_graph::layers::{AnyLayer, Link};
use model_graph::shape::{Shape, TensorType};
use model_graph::with_layer;

use crate::few::Few;
use crate::float::Float;
use crate::layer::{Backward, Context, Forward, Gradient, Run, Weight};
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

/// Runs a layer of the list without the penalty on what it gives.
pub(super) fn forward_alone<'a, T: Float>(layer: &'a AnyLayer, call: Forward<'a, T>) {
    with_layer!(layer, layer => Run::forward(layer, call), _custom => unreachable!("no layer of the user's own is wrapped"));
}

/// Goes back through a layer of the list without the penalty on what it gives.
pub(super) fn backward_alone<'a, T: Float>(layer: &'a AnyLayer, call: Backward<'a, T>) {
    with_layer!(layer, layer => Run::backward(layer, call), _custom => unreachable!("no layer of the user's own is wrapped"));
}

/// Updates the weights of a layer of the list.
pub(super) fn update<T: Float>(layer: &AnyLayer, weights: &mut [Weight<T>], saved: &[T]) {
    with_layer!(layer, layer => entry::update(layer, weights, saved), _custom => unreachable!("no layer of the user's own is wrapped"));
}

/// Whether a layer of the list behaves as if not training where it is frozen.
pub(super) fn infers_when_frozen<T: Float>(layer: &AnyLayer) -> bool {
    with_layer!(layer, layer => Run::<T>::infers_when_frozen(layer), _custom => false)
}

/// The pass as a layer takes part in it that may be frozen by itself, and whose weights may be the wrapper's.
pub(super) fn context<'n, T: Float>(link: &Link, context: Context<'n>) -> Context<'n> {
    let infers = !link.trainable && infers_when_frozen::<T>(&link.layer);
    Context { training: context.training && !infers, manner: Manner::default(), prepared: None, ..context }
}

/// What a layer is called with that has slots for states and a mask: all of it as it stands, and the manner.
pub(super) fn arranged<X: Default>(
    layer: &AnyLayer,
    input: X,
    states: impl Iterator<Item = X>,
    mask: Option<X>,
) -> (Few<X>, Manner) {
    let slot = |name: &str| layer.slots().iter().position(|slot| slot.name == name);
    let (of_states, of_mask) = (slot("initial_state"), slot("mask"));
    let mut all: Few<X> = std::iter::once(input).collect();
    let mut given = [0; MOST_SLOTS];
    let states_first = of_mask.is_none() || of_states < of_mask;
    let mut masks = mask.filter(|_| of_mask.is_some());
    let mut add = |slot: Option<usize>, all: &mut Few<X>, item: X| {
        if let Some(count) = slot.and_then(|slot| given.get_mut(slot)) {
            *count += 1;
            all.push(item);
        }
    };
    if let Some(mask) = masks.take_if(|_| !states_first) {
        add(of_mask, &mut all, mask);
    }
    states.for_each(|state| add(of_states, &mut all, state));
    if let Some(mask) = masks {
        add(of_mask, &mut all, mask);
    }
    (all, Manner::new(given))
}

/// Outputs, or their gradients, that are handed on.
pub(super) fn lent_all<'b, T>(all: &'b mut [&mut [T]]) -> Few<&'b mut [T]> {
    all.iter_mut().map(|one| &mut **one).collect()
}

/// Writes the gradients of masks, which have none.
pub(crate) fn no_gradients<T: Float>(gradients: &mut [Option<Gradient<'_, T>>]) {
    for gradient in gradients.iter_mut().flatten().filter(|gradient| !gradient.accumulate) {
        gradient.data.fill(T::ZERO);
    }
}

/// A gradient that is handed on.
pub(crate) fn lent<'b, T>(gradient: &'b mut Option<Gradient<'_, T>>) -> Option<Gradient<'b, T>> {
    gradient.as_mut().map(|gradient| Gradient { data: &mut *gradient.data, accumulate: gradient.accumulate })
}

/// The first elements of a slice, and the rest is left in it.
pub(crate) fn take<'a, T>(rest: &mut &'a mut [T], count: usize) -> &'a mut [T] {
    let (own, others) = std::mem::take(rest).split_at_mut(count);
    *rest = others;
    own
}

/// As [`take`]; nothing of what is empty, which a pass that infers leaves.
pub(super) fn take_saved<'a, T>(rest: &mut &'a mut [T], count: usize) -> &'a mut [T] {
    if rest.is_empty() { &mut [] } else { take(rest, count) }
}

/// The elements of a sample of a type.
pub(super) fn size(ty: &TensorType) -> usize {
    ty.shape.0.iter().map(|dim| dim.size().unwrap_or_default()).product()
}

/// The sizes of a sample of a type.
pub(crate) fn sizes(ty: &TensorType) -> Vec<usize> {
    ty.shape.sizes().unwrap_or_default()
}
