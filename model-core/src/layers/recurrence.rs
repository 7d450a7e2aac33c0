//! What recurrent layers share: their sizes and weights as the kernels take them.

use model_graph::argument::GateActivation;
use model_graph::layers::INITIAL_STATE;

use crate::float::Float;
use crate::kernels::activation::Kind;
use crate::kernels::recurrent::{self, Cell, Gradients, Inputs, Outputs, Reads, Sizes, Weights};
use crate::layer::{Backward, Forward, Weight};
use crate::layers::activated;

/// How a layer goes through its sequence.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub units: usize,
    pub returns_all: bool,
    pub is_backwards: bool,
}

impl Way {
    fn sizes(self, batch: usize, input: &[usize]) -> Sizes {
        let Self { units, returns_all, is_backwards } = self;
        Sizes { batch, steps: input[0], features: input[1], units, returns_all, is_backwards }
    }
}

/// The kernels' form of an activation.
pub(super) const fn kind(activation: GateActivation) -> Kind {
    activated::kind(activation.0)
}

/// The weights; a bias of two rows is one for the inputs and one for the state.
fn weights<T: Float>(weights: &[Weight<T>]) -> Weights<'_, T> {
    let bias = weights.get(2);
    let rows = bias.map(|bias| match bias.shape.len() {
        2 => bias.data.split_at(bias.data.len() / 2),
        _ => (&bias.data[..], &[][..]),
    });
    let biases = [rows.map(|(first, _)| first), rows.map(|(_, second)| second).filter(|second| !second.is_empty())];
    Weights { kernel: &weights[0].data, recurrent_kernel: &weights[1].data, biases }
}

pub(super) fn forward<T: Float>(cell: &impl Cell<T>, way: Way, call: Forward<'_, T>) {
    forward_by(way, call, |sizes, weights, inputs, outputs, [saved, scratch]| {
        recurrent::forward(cell, sizes, weights, inputs, outputs, saved, scratch);
    });
}

/// Goes through the sequence by a kernel, which is given what is saved and the room to work in last.
pub(super) fn forward_by<T: Float>(
    way: Way,
    call: Forward<'_, T>,
    kernel: impl FnOnce(&Sizes, Weights<'_, T>, Inputs<'_, T>, Outputs<'_, T>, [&mut [T]; 2]),
) {
    let Forward { context, weights: all, inputs, output, more, saved, scratch, .. } = call;
    let sizes = way.sizes(context.batch, inputs[0].shape);
    let given = context.manner.slot(INITIAL_STATE, inputs);
    let start = [0, 1].map(|state| given.get(state).map(|state| state.data));
    let mut more = more.iter_mut().map(|end| &mut **end);
    let end = [more.next(), more.next()];
    let (inputs, outputs) = (Inputs { sequence: inputs[0].data, start }, Outputs { states: output, end });
    kernel(&sizes, weights(all), inputs, outputs, [saved, scratch]);
}

pub(super) fn backward<T: Float>(cell: &impl Cell<T>, way: Way, call: Backward<'_, T>) {
    backward_by(way, call, |sizes, reads, scratch, gradients| recurrent::backward(cell, sizes, reads, scratch, gradients));
}

/// Goes back through time by a kernel.
pub(super) fn backward_by<T: Float>(
    way: Way,
    call: Backward<'_, T>,
    kernel: impl FnOnce(&Sizes, Reads<'_, T>, &mut [T], Gradients<'_, T>),
) {
    let Backward { context, weights: all, inputs, d_output, more, d_inputs, gradients, saved, scratch, .. } = call;
    let sizes = way.sizes(context.batch, inputs[0].shape);
    let [Weight { data: of_inputs, .. }, Weight { data: recurrent_kernel, .. }, bias @ ..] = gradients else { return };
    let biases = match bias {
        [] => [None, None],
        [bias, ..] if bias.shape.len() == 2 => {
            let half = bias.data.len() / 2;
            let (first, second) = bias.data.split_at_mut(half);
            [Some(first), Some(second)]
        }
        [bias, ..] => [Some(&mut bias.data[..]), None],
    };
    let first = context.manner.start(INITIAL_STATE, inputs.len());
    let (d_sequence, d_start) = d_inputs.split_at_mut(first);
    let mut wanted = d_sequence.iter_mut().take(1).chain(d_start).map(|gradient| {
        let gradient = gradient.as_mut()?;
        Some((&mut *gradient.data, gradient.accumulate))
    });
    let mut next = || wanted.next().flatten();
    let (input, start) = (next(), [next(), next()]);
    let d_end = [0, 1].map(|state| more.get(state).map(|d_end| &**d_end));
    let gradients = Gradients { input, start, kernel: of_inputs, recurrent_kernel, biases, accumulate: context.accumulate };
    let reads = Reads { weights: weights(all), input: inputs[0].data, d_output, d_end, saved };
    kernel(&sizes, reads, scratch, gradients);
}
