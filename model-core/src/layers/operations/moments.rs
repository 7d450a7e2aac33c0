//! Running the mean and the variance along axes.

use model_graph::layers::Moments;

use super::reduction::kept;
use crate::float::Float;
use crate::kernels::operation::reduce::{self, Axes, Function, Reads};
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::{derived, of_batch};

impl<T: Float> Run<T> for Moments {
    derived!(|layer, call| {
        let (x, axes) = (call.x()?, of_batch(&layer.axes.0, call.shape(0).len() - 1));
        let mean = x.mean(axes.clone().keepdims())?;
        let shape = call.d()?.shape();
        let variance = (x - &mean).square()?.mean(axes)?.reshaped(shape)?;
        Ok(Derived::Outputs(vec![mean.reshaped(shape)?, variance]))
    });

    fn forward(&self, call: Forward<'_, T>) {
        let whole = call.inputs[0].shape;
        let kept = kept(Some(&self.axes.0), whole);
        let [variance, ..] = call.more else { return };
        // What the variance is worked out around is the mean.
        reduce::forward(Function::Var, call.inputs[0].data, Axes { whole, kept: &kept }, variance, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { inputs, output, d_output, more, d_inputs, .. } = call;
        let whole = inputs[0].shape;
        let kept = kept(Some(&self.axes.0), whole);
        let axes = Axes { whole, kept: &kept };
        let (Some(gradient), [d_variance, ..]) = (&mut d_inputs[0], more) else { return };
        let reads = Reads { x: inputs[0].data, y: &[], center: output.data, d_y: d_output };
        reduce::backward(Function::Mean, reads, axes, &mut [], gradient.data, gradient.accumulate);
        reduce::backward(Function::Var, Reads { d_y: d_variance, ..reads }, axes, &mut [], gradient.data, true);
    }
}
