//! Running the leaky rectified linear unit.

use model_graph::layers::LeakyReLU;

use crate::float::Float;
use crate::kernels::activation::{self, Kind};
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::derived;
use crate::layers::pass;

const fn kind(layer: &LeakyReLU) -> Kind {
    Kind::LeakyRelu { negative_slope: layer.negative_slope.0 }
}

impl<T: Float> Run<T> for LeakyReLU {
    derived!(|layer, call| Ok(Derived::Outputs(vec![call.x()?.leaky_relu(layer.negative_slope.0)?])));

    fn forward(&self, call: Forward<'_, T>) {
        activation::forward(kind(self), call.inputs[0].data, call.output, 1);
    }

    fn backward(&self, call: Backward<'_, T>) {
        activation::backward(kind(self), call.inputs[0].data, call.output.data, call.d_output, 1);
        pass::on(call.d_output, call.d_inputs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model_graph::argument::NonNegative;

    #[test]
    fn graph_and_kernel_agree_on_what_the_derivative_needs() {
        for negative_slope in [0.0, 0.5].map(NonNegative) {
            let layer = LeakyReLU { negative_slope };
            assert_eq!(layer.derives_from_output(), !activation::needs_input(kind(&layer)), "{layer:?}");
        }
    }
}
