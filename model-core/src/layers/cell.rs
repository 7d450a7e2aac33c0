//! Running cells by themselves: a call is one step of the recurrent layer that a cell makes.

use model_graph::layers::AnyLayer;

use crate::few::Few;
use crate::float::Float;
use crate::layer::{Backward, Context, Forward, Gradient, View};
use crate::layers::inner;

const STATES: usize = 0;

/// A sequence of one step.
fn sequence<'a, T>(input: View<'a, T>, shape: &'a [usize; 2]) -> View<'a, T> {
    View { shape, ..input }
}

pub(super) fn forward<T: Float>(layer: &AnyLayer, call: Forward<'_, T>) {
    let Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch } = call;
    let shape = [1, inputs[0].shape[0]];
    let states = context.manner.slot(STATES, inputs).iter().copied();
    let (given, manner) = inner::arranged(layer, sequence(inputs[0], &shape), states, None);
    let mut more = inner::lent_all(more);
    let (context, inputs, more) = (Context { manner, ..context }, &*given, &mut *more);
    inner::forward(layer, Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch });
}

pub(super) fn backward<T: Float>(layer: &AnyLayer, call: Backward<'_, T>) {
    let Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch } = call;
    let shape = [1, inputs[0].shape[0]];
    let states = context.manner.slot(STATES, inputs).iter().copied();
    let (given, manner) = inner::arranged(layer, sequence(inputs[0], &shape), states, None);
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
