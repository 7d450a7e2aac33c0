//! Running an activation function as a layer.

use model_graph::layers::Activation;

use crate::float::Float;
use crate::kernels::activation;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::{activate, derived};
use crate::layers::{activated::kind, geometry::row, pass};

impl<T: Float> Run<T> for Activation {
    derived!(|layer, call| Ok(Derived::Outputs(vec![activate(call.x()?, layer.activation)?])));

    fn forward(&self, call: Forward<'_, T>) {
        activation::forward(kind(self.activation), call.inputs[0].data, call.output, row(call.output_shape));
    }

    fn backward(&self, call: Backward<'_, T>) {
        let (input, output) = (call.inputs[0].data, call.output.data);
        activation::backward(kind(self.activation), input, output, call.d_output, row(call.output.shape));
        pass::on(call.d_output, call.d_inputs);
    }
}
