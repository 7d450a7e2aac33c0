//! Running functions of one tensor that go by numbers.

use model_graph::argument::Scalar;
use model_graph::layers::Tuned;
use model_graph::layers::operations::tuned::TunedFunction;

use crate::float::Float;
use crate::kernels::operation::tuned::{self, Function};
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::{derived, number};
use crate::variable::ops;

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
    derived!(|layer, call| {
        if layer.function == TunedFunction::Round {
            return Ok(Derived::Inputs(Vec::new()));
        }
        let x = call.x()?;
        let [alpha, threshold] = [layer.alpha, layer.threshold].map(Scalar::get);
        let below = |rate: f64| (x.minimum(0.0)? * rate).exp();
        let is_above = || x.greater(0.0);
        let slope = match layer.function {
            TunedFunction::Celu => ops::where_(&is_above()?, 1.0, below(1.0 / alpha)?)?,
            TunedFunction::Clip => number(x.greater_equal(layer.x_min.get())?.logical_and(x.less_equal(layer.x_max.get())?))?,
            TunedFunction::Elu => ops::where_(&is_above()?, 1.0, below(1.0)? * alpha)?,
            TunedFunction::Gelu if layer.approximate => {
                let inner = (x + x.power(3.0)? * 0.044_715) * std::f64::consts::FRAC_2_PI.sqrt();
                return Ok(Derived::Outputs(vec![x * (inner.tanh()? + 1.0) * 0.5]));
            }
            TunedFunction::Gelu => {
                let share = ((x * std::f64::consts::FRAC_1_SQRT_2).erf()? + 1.0) * 0.5;
                let density = (x.square()? * -0.5).exp()? * (1.0 / (2.0 * std::f64::consts::PI).sqrt());
                share + x * density
            }
            TunedFunction::HardShrink | TunedFunction::SoftShrink => number(x.abs()?.greater(threshold))?,
            TunedFunction::LeakyRelu => ops::where_(&is_above()?, 1.0, x.full_like(layer.negative_slope.get())?)?,
            TunedFunction::NanToNum => number(x.is_finite())?,
            TunedFunction::Round => x.zeros_like()?,
            TunedFunction::Squareplus => (x * (x.square()? + layer.b.get()).rsqrt()? + 1.0) * 0.5,
            TunedFunction::Threshold => number(x.greater(threshold))?,
        };
        Ok(Derived::Inputs(vec![Some(call.d()? * slope)]))
    });

    fn forward(&self, call: Forward<'_, T>) {
        tuned::forward(kernel(self), call.inputs[0].data, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        if let Some(gradient) = &mut call.d_inputs[0] {
            tuned::backward(kernel(self), call.inputs[0].data, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
