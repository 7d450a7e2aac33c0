//! What recurrent layers share: their sizes and weights as the kernels take them.

use model_graph::argument::GateActivation;

use crate::float::Float;
use crate::kernels::activation::Kind;
use crate::kernels::recurrent::{self, Cell, Gradients, Reads, Sizes, Weights};
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
    forward_by(way, call, |sizes, weights, input, output, [saved, scratch]| {
        recurrent::forward(cell, sizes, weights, input, output, saved, scratch);
    });
}

/// Goes through the sequence by a kernel, which is given what is saved and the room to work in last.
pub(super) fn forward_by<T: Float>(
    way: Way,
    call: Forward<'_, T>,
    kernel: impl FnOnce(&Sizes, Weights<'_, T>, &[T], &mut [T], [&mut [T]; 2]),
) {
    let Forward { context, weights: all, inputs, output, saved, scratch, .. } = call;
    let sizes = way.sizes(context.batch, inputs[0].shape);
    kernel(&sizes, weights(all), inputs[0].data, output, [saved, scratch]);
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
    let Backward { context, weights: all, inputs, d_output, d_inputs, gradients, saved, scratch, .. } = call;
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
    let input = d_inputs[0].as_mut().map(|gradient| (&mut *gradient.data, gradient.accumulate));
    let gradients = Gradients { input, kernel: of_inputs, recurrent_kernel, biases, accumulate: context.accumulate };
    let reads = Reads { weights: weights(all), input: inputs[0].data, d_output, saved };
    kernel(&sizes, reads, scratch, gradients);
}
