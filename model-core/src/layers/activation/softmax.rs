//! Running the softmax along an axis.

use model_graph::layers::{MASK, Softmax};

use crate::float::Float;
use crate::kernels::operation::arithmetic::Operand;
use crate::kernels::operation::choose;
use crate::kernels::softmax_axis;
use crate::kernels::stretched::Stretched;
use crate::layer::{Backward, Forward, Run, View};
use crate::layers::derived::derived;
use crate::layers::{geometry::along, pass};
use crate::variable::ops;

/// The size of the axis, and of what comes behind it.
fn sizes(layer: &Softmax, shape: &[usize]) -> [usize; 2] {
    let [_, size, inner] = along(layer.axis, 1, shape);
    [size, inner]
}

/// What Keras has in place of elements that do not count.
const LEAST: f64 = -1e9;

/// `x` where the mask says so, and a number elsewhere.
fn choose<T: Float>(mask: &View<'_, T>, x: &[T], other: f64, shape: &[usize], output: &mut [T]) {
    let [condition, x] =
        [(mask.data, mask.shape), (x, shape)].map(|(data, own)| Operand::Tensor(Stretched::new(data, own, shape)));
    choose::forward(&[condition, x, Operand::Number(T::from_f64(other))], output);
}

impl<T: Float> Run<T> for Softmax {
    derived!(|layer, call| {
        let rank = call.shape(0).len() - 1;
        let axis = layer.axis.in_sample(rank).map_or(-1, |axis| axis as i64 + 1);
        let Some(mask) = call.slot(MASK).first() else { return Ok(Derived::Outputs(vec![call.x()?.softmax(axis)?])) };
        let shares = ops::where_(mask, call.x()?, LEAST)?.softmax(axis)?;
        Ok(Derived::Outputs(vec![ops::where_(mask, shares, 0.0)?]))
    });

    fn forward(&self, call: Forward<'_, T>) {
        let Forward { context, inputs, output_shape, output, scratch, .. } = call;
        let [size, inner] = sizes(self, output_shape);
        let [mask, ..] = context.manner.slot(MASK, inputs) else {
            return softmax_axis::forward(inputs[0].data, output, size, inner);
        };
        let room = &mut scratch[..output.len()];
        choose(mask, inputs[0].data, LEAST, output_shape, output);
        softmax_axis::forward(output, room, size, inner);
        // Where nothing counts, all would be alike.
        choose(mask, room, 0.0, output_shape, output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let [size, inner] = sizes(self, call.output.shape);
        softmax_axis::backward(call.output.data, call.d_output, size, inner);
        pass::on(call.d_output, call.d_inputs);
        pass::nothing(&mut call.d_inputs[1..]);
    }
}
