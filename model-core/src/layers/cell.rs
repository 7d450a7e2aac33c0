//! Running cells by themselves: a call is one step of the recurrent layer that a cell makes.

use model_graph::layers::AnyLayer;

use crate::few::Few;
use crate::float::Float;
use crate::layer::{Backward, Context, Forward, Gradient, View};
use crate::layers::inner;

const STATES: usize = 0;

/// The shape of a sequence of one step.
fn sequence<T>(input: View<'_, T>) -> Few<usize> {
    std::iter::once(1).chain(input.shape.iter().copied()).collect()
}

pub(super) fn forward<T: Float>(layer: &AnyLayer, call: Forward<'_, T>) {
    let Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch } = call;
    let shape = sequence(inputs[0]);
    let states = context.manner.slot(STATES, inputs).iter().copied();
    let (given, manner) = inner::arranged(layer, View { shape: &shape, ..inputs[0] }, states, None);
    let mut more = inner::lent_all(more);
    let (context, inputs, more) = (Context { manner, ..context }, &*given, &mut *more);
    inner::forward(layer, Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch });
}

pub(super) fn backward<T: Float>(layer: &AnyLayer, call: Backward<'_, T>) {
    let Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch } = call;
    let shape = sequence(inputs[0]);
    let states = context.manner.slot(STATES, inputs).iter().copied();
    let (given, manner) = inner::arranged(layer, View { shape: &shape, ..inputs[0] }, states, None);
    let (d_input, d_states) = d_inputs.split_at_mut(1);
    let (mut d_given, _): (Few<Option<Gradient<'_, T>>>, _) =
        inner::arranged(layer, inner::lent(&mut d_input[0]), d_states.iter_mut().map(inner::lent), None);
    let mut more = inner::lent_all(more);
    let (context, inputs) = (Context { manner, ..context }, &*given);
    let (more, d_inputs) = (&mut *more, &mut *d_given);
    inner::backward(
        layer,
        Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch },
    );
}
