//! Running the ordering of elements along an axis.

use model_graph::layers::Sorting;
use model_graph::layers::operations::sorting::SortingFunction;

use crate::float::Float;
use crate::kernels::operation::sort::{self, Order};
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::derived;
use crate::layers::{geometry::along, pass};

/// How it is sorted, and how many are taken.
fn order(layer: &Sorting, batch: usize, shape: &[usize]) -> (Order, usize) {
    let axes = along(layer.axis, batch, shape);
    match layer.function {
        SortingFunction::TopK => (Order { is_falling: true, axes }, layer.k.get()),
        SortingFunction::Argsort | SortingFunction::Sort => (Order { is_falling: false, axes }, axes[1]),
    }
}

impl<T: Float> Run<T> for Sorting {
    derived!(|layer, call| {
        let x = call.x()?;
        let axis = layer.axis.in_sample(x.shape().len() - 1).map_or(-1, |axis| axis as i64 + 1);
        let places = match layer.function {
            SortingFunction::Argsort => return Ok(Derived::Inputs(Vec::new())),
            SortingFunction::Sort => x.argsort(axis)?,
            SortingFunction::TopK => (-x).argsort(axis)?.slice(axis, ..layer.k.get() as i64)?,
        };
        Ok(Derived::Outputs(vec![x.take_along_axis(&places, axis)?]))
    });

    fn forward(&self, call: Forward<'_, T>) {
        let Forward { context, inputs, output, more, saved, scratch, .. } = call;
        let (order, count) = order(self, context.batch, inputs[0].shape);
        let x = inputs[0].data;
        let places = &mut (if saved.is_empty() { scratch } else { saved })[..x.len()];
        sort::places(order, x, places);
        match (self.function, more) {
            (SortingFunction::TopK, [numbers, ..]) => sort::take(order, count, x, places, output, numbers),
            (SortingFunction::Argsort, _) => sort::take(order, count, x, places, &mut [], output),
            (SortingFunction::Sort | SortingFunction::TopK, _) => sort::take(order, count, x, places, output, &mut []),
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        if self.function == SortingFunction::Argsort {
            return pass::nothing(call.d_inputs);
        }
        let shape = call.inputs[0].shape;
        let (order, count) = order(self, call.context.batch, shape);
        if let Some(gradient) = &mut call.d_inputs[0] {
            let places = &call.saved[..gradient.data.len()];
            sort::backward(order, count, places, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
