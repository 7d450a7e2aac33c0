//! Running functions of one tensor that go by numbers.

use model_graph::argument::Scalar;
use model_graph::layers::Tuned;
use model_graph::layers::operations::tuned::TunedFunction;

use crate::float::Float;
use crate::kernels::operation::tuned::{self, Function};
use crate::layer::{Backward, Forward, Run};

fn kernel<T: Float>(layer: &Tuned) -> Function<T> {
    let number = |scalar: Scalar| T::from_f64(scalar.get());
    let [alpha, threshold] = [layer.alpha, layer.threshold].map(number);
    match layer.function {
        TunedFunction::Celu => Function::Celu { alpha },
        TunedFunction::Clip => Function::Clip { least: number(layer.x_min), most: number(layer.x_max) },
        TunedFunction::Elu => Function::Elu { alpha },
        TunedFunction::Gelu => Function::Gelu { is_approximate: layer.approximate },
        TunedFunction::HardShrink => Function::HardShrink { threshold },
        TunedFunction::LeakyRelu => Function::LeakyRelu { slope: number(layer.negative_slope) },
        TunedFunction::NanToNum => Function::Replace {
            nan: number(layer.nan),
            most: layer.posinf.map_or(T::LARGEST, number),
            least: layer.neginf.map_or(-T::LARGEST, number),
        },
        TunedFunction::Round => Function::Round { decimals: i32::try_from(layer.decimals.0).unwrap_or(0) },
        TunedFunction::SoftShrink => Function::SoftShrink { threshold },
        TunedFunction::Squareplus => Function::Squareplus { b: number(layer.b) },
        TunedFunction::Threshold => Function::Threshold { threshold, default: number(layer.default_value) },
    }
}

impl<T: Float> Run<T> for Tuned {
    fn forward(&self, call: Forward<'_, T>) {
        tuned::forward(kernel(self), call.inputs[0].data, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        if let Some(gradient) = &mut call.d_inputs[0] {
            tuned::backward(kernel(self), call.inputs[0].data, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
