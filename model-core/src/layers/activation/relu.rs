//! Running the rectified linear unit.

use model_graph::layers::ReLU;

use crate::float::Float;
use crate::kernels::activation::{self, Kind};
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::derived;
use crate::layers::pass;
use crate::variable::ops;

/// The kernel's form: the simplest that has these parameters.
fn kind(layer: &ReLU) -> Kind {
    let (negative_slope, threshold) = (layer.negative_slope.0, layer.threshold.0);
    match layer.max_value {
        None if threshold == 0.0 && negative_slope == 0.0 => Kind::Relu,
        None if threshold == 0.0 => Kind::LeakyRelu { negative_slope },
        most => Kind::GeneralRelu { negative_slope, max_value: most.map_or(f64::INFINITY, |most| most.0), threshold },
    }
}

impl<T: Float> Run<T> for ReLU {
    derived!(|layer, call| {
        let (x, threshold) = (call.x()?, layer.threshold.0);
        let mut y = ops::where_(&x.greater_equal(threshold)?, x, (x - threshold) * layer.negative_slope.0)?;
        if let Some(most) = layer.max_value {
            y = y.minimum(most.0)?;
        }
        Ok(Derived::Outputs(vec![y]))
    });

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
        for max_value in [None, Some(NonNegative(6.0))] {
            for (slope, threshold) in [(0.0, 0.0), (0.5, 0.0), (0.0, 1.0), (0.5, 1.0)] {
                let (negative_slope, threshold) = (NonNegative(slope), NonNegative(threshold));
                let layer = ReLU { max_value, negative_slope, threshold };
                assert_eq!(layer.derives_from_output(), !activation::needs_input(kind(&layer)), "{layer:?}");
            }
        }
    }
}
