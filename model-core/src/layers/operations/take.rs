//! Running the taking of elements at places that are listed, or that a tensor has.

use model_graph::argument::Wholes;
use model_graph::layers::Take;

use crate::few::Few;
use crate::float::Float;
use crate::kernels::operation::{relocate, take};
use crate::layer::{Backward, Forward, Run};
use crate::layers::{geometry::around, pass};

fn axis(layer: &Take, rank: usize) -> usize {
    layer.axis.and_then(|axis| axis.in_sample(rank)).expect("the shape rule has checked the axis")
}

/// The place that is taken at one of the output's along an axis.
fn place(places: &Wholes, along: usize, whole: &[usize], axis: usize, to: usize) -> usize {
    if axis != along {
        return to;
    }
    usize::try_from(places.list[to].rem_euclid(whole[axis] as i64)).expect("the shape rule has checked the places")
}

/// The sizes of a sample of what is taken, with the axis.
fn part(places: &Wholes, along: usize, whole: &[usize]) -> Few<usize> {
    whole.iter().enumerate().map(|(axis, &size)| if axis == along { places.list.len() } else { size }).collect()
}

impl<T: Float> Run<T> for Take {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        let whole = call.inputs[0].shape;
        let along = axis(self, whole.len());
        if let Some(places) = &self.indices.0 {
            let from = |axis: usize, to: usize| Some(place(places, along, whole, axis, to));
            return relocate::forward(call.inputs[0].data, whole, call.output, &part(places, along, whole), T::ZERO, from);
        }
        let axes = around(call.context.batch, whole, along);
        take::forward(call.inputs[0].data, call.inputs[1].data, axes, call.output_shape[along], call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let whole = call.inputs[0].shape;
        let along = axis(self, whole.len());
        let Some((first, others)) = call.d_inputs.split_first_mut() else { return };
        pass::nothing(others);
        let Some(gradient) = first else { return };
        if let Some(places) = &self.indices.0 {
            let from = |axis: usize, to: usize| Some(place(places, along, whole, axis, to));
            let part = part(places, along, whole);
            return relocate::backward(call.d_output, &part, gradient.data, whole, gradient.accumulate, from);
        }
        let axes = around(call.context.batch, whole, along);
        let m = call.output.shape[along];
        take::backward(call.inputs[1].data, call.d_output, axes, m, gradient.data, gradient.accumulate);
    }
}
