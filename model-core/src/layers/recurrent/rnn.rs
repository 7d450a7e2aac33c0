//! Running cells: each as the recurrent layer that it makes, one over the whole sequence behind the other.

use std::rc::Rc;

use model_graph::layer::Manner;
use model_graph::layers::{Link, Links, RNN};

use crate::few::Few;
use crate::float::Float;
use crate::initialize::mix;
use crate::layer::{Backward, Context, Forward, Gradient, Run, View};
use crate::layers::inner;
use crate::layers::own_cell;
use crate::layers::remembered::Remembered;

const STATES: usize = 0;
const MASK: usize = 1;

thread_local! {
    static LINKS: Remembered<RNN, (Links, Vec<Vec<usize>>)> = const { Remembered::new() };
}

/// What runs, and the shapes of what each gives.
fn links(layer: &RNN, shape: &[usize]) -> Rc<(Links, Vec<Vec<usize>>)> {
    let links = || layer.links(&inner::input(shape), Manner::default()).expect("the shape rule has accepted the input");
    let make = || {
        let links = links();
        let shapes = links.iter().map(|link| inner::sizes(&link.outputs[0])).collect();
        (links, shapes)
    };
    LINKS.with(|all| all.get(layer, shape, make))
}

/// The states that a layer gives: those that are kept are among them, whether they are outputs or not.
fn states_of(rnn: &RNN, link: &Link) -> usize {
    if rnn.stateful { link.layer.states() } else { link.states() }
}

/// The states that layers before one give.
fn more_before(rnn: &RNN, links: &Links, place: usize) -> usize {
    links[..place].iter().map(|link| states_of(rnn, link)).sum()
}

impl<T: Float> Run<T> for RNN {
    fn forward(&self, call: Forward<'_, T>) {
        if self.own_cell().is_some() {
            return own_cell::forward(self, call);
        }
        let Forward { context, key, mut weights, inputs, output, more, mut saved, mut scratch, .. } = call;
        let all = links(self, inputs[0].shape);
        let (links, shapes) = &*all;
        let (mut states, mask) = (context.manner.slot(STATES, inputs), context.manner.slot(MASK, inputs).first());
        let (mut output, mut more) = (Some(output), more.iter_mut());
        let mut x = inputs[0];
        let keeps = !saved.is_empty();
        for (place, link) in links.iter().enumerate() {
            let own = inner::take_saved(&mut saved, link.rooms()[0].elements(context.batch));
            let room = context.batch * inner::size(&link.outputs[0]);
            let y = match place + 1 == links.len() {
                true => output.take().expect("the last layer writes the output"),
                false => inner::take(if keeps { &mut saved } else { &mut scratch }, room),
            };
            let (own_weights, others) = weights.split_at(link.weights.len());
            let (own_states, others_states) = states.split_at(states.len().min(link.layer.states()));
            (weights, states) = (others, others_states);
            let mut ends: Few<&mut [T]> = more.by_ref().take(states_of(self, link)).map(|end| &mut **end).collect();
            let (given, manner) = inner::arranged(&link.layer, x, own_states.iter().copied(), mask.copied());
            let context = Context { manner, ..inner::context::<T>(link, context) };
            inner::forward(
                &link.layer,
                Forward {
                    context,
                    key: mix(key, place as u64),
                    weights: own_weights,
                    inputs: &given,
                    output_shape: &shapes[place],
                    output: y,
                    more: &mut ends,
                    saved: own,
                    scratch: &mut *scratch,
                },
            );
            x = View::new(&shapes[place], y);
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        if self.own_cell().is_some() {
            return own_cell::backward(self, call);
        }
        let Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, mut saved, mut scratch } =
            call;
        let all = links(self, inputs[0].shape);
        let (links, shapes) = &*all;
        inner::no_gradients(context.manner.slot_mut(MASK, d_inputs));
        let (states, mask) = (context.manner.slot(STATES, inputs), context.manner.slot(MASK, inputs).first());
        let last = links.len() - 1;
        // What each left, what it gave to the next, and the gradient of that.
        let mut parts: Few<[&mut [T]; 3]> = Few::new();
        for (place, link) in links.iter().enumerate() {
            let own = inner::take(&mut saved, link.rooms()[0].elements(context.batch));
            let room = if place == last { 0 } else { context.batch * inner::size(&link.outputs[0]) };
            parts.push([own, inner::take(&mut saved, room), inner::take(&mut scratch, room)]);
        }
        let (mut d_output, mut gradients, mut more) = (Some(d_output), gradients, more);
        let (mut weights, mut first_state) = (weights, states.len());
        for (place, link) in links.iter().enumerate().rev() {
            let (before, from) = parts.split_at_mut(place);
            let [own, y, d_y] = &mut from[0];
            let (x, mut d_before) = match before.last_mut() {
                Some([_, x, d_x]) => (View::new(&shapes[place - 1], x), Some(Some(Gradient { data: d_x, accumulate: false }))),
                None => (inputs[0], None),
            };
            let (y, d_y) = match place == last {
                true => (output.data, d_output.take().expect("the last layer's output is the output")),
                false => (&**y, &mut **d_y),
            };
            let (other_weights, own_weights) = weights.split_at(weights.len() - link.weights.len());
            let (other_gradients, own_gradients) = std::mem::take(&mut gradients).split_at_mut(other_weights.len());
            // States that are no outputs have no gradients.
            let before_ends = if more.is_empty() { 0 } else { more_before(self, links, place) };
            let (other_ends, own_ends) = std::mem::take(&mut more).split_at_mut(before_ends);
            (weights, gradients, more) = (other_weights, other_gradients, other_ends);
            let mut ends = inner::lent_all(own_ends);
            let count = if states.is_empty() { 0 } else { link.layer.states() };
            first_state -= count;
            let own_states = &states[first_state..][..count];
            let (given, manner) = inner::arranged(&link.layer, x, own_states.iter().copied(), mask.copied());
            let start = context.manner.start(STATES, inputs.len()) + first_state;
            let (d_first, d_slots) = d_inputs.split_at_mut(1);
            let d_states = d_slots[start - 1..].iter_mut().take(count).map(inner::lent);
            let d_x = match &mut d_before {
                Some(gradient) => inner::lent(gradient),
                None => inner::lent(&mut d_first[0]),
            };
            let (mut d_given, _) = inner::arranged(&link.layer, d_x, d_states, mask.map(|_| None));
            inner::backward(
                &link.layer,
                Backward {
                    context: Context { manner, ..inner::context::<T>(link, context) },
                    key: mix(key, place as u64),
                    weights: own_weights,
                    inputs: &given,
                    output: View::new(&shapes[place], y),
                    d_output: d_y,
                    more: &mut ends,
                    d_inputs: &mut d_given,
                    gradients: own_gradients,
                    saved: own,
                    scratch: &mut *scratch,
                },
            );
        }
    }
}
