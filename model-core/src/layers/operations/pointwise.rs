//! Running functions of one tensor, element by element.

use model_graph::layers::Pointwise;
use model_graph::layers::operations::pointwise::PointwiseFunction;

use crate::float::Float;
use crate::kernels::operation::pointwise::{self, Function};
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::derived;
use crate::layers::slopes::{self, Slope};

/// The kernel's function, which often has the operation's name.
macro_rules! same {
    ($function:expr, $($name:ident)*; $($own:ident => $kernel:ident,)*) => {
        match $function {
            $( PointwiseFunction::$name => Function::$name, )*
            $( PointwiseFunction::$own => Function::$kernel, )*
        }
    };
}

fn kernel(function: PointwiseFunction) -> Function {
    same! {
        function, Absolute Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Cbrt Ceil Cos Cosh Deg2rad Erf Exp Exp2 Expm1 Floor HardSigmoid
        HardSilu HardTanh IsFinite IsInf IsNan Log Log1p Log2 Log10
        LogSigmoid Negative Rad2deg Reciprocal Relu Relu6 Rsqrt Selu Sigmoid Sign Silu Sin Sinh Softplus Softsign SparsePlus SparseSigmoid
        Sqrt Square StopGradient Tan Tanh TanhShrink Trunc; LogicalNot => Not,
    }
}

impl<T: Float> Run<T> for Pointwise {
    derived!(|layer, call| {
        let slope = slopes::of_one(layer.function, || call.x(), || call.y())?;
        let gradient = slope.map(|slope| {
            Ok::<_, crate::error::Error>(match slope {
                Slope::Number(number) => call.d()? * number,
                Slope::Var(slope) => call.d()? * slope,
            })
        });
        Ok(Derived::Inputs(vec![gradient.transpose()?]))
    });

    fn forward(&self, call: Forward<'_, T>) {
        pointwise::forward(kernel(self.function), call.inputs[0].data, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let function = kernel(self.function);
        let Some(gradient) = &mut call.d_inputs[0] else { return };
        let read = match (function.is_linear(), function.slope_is_of_output()) {
            (true, _) => &[],
            (false, true) => call.output.data,
            (false, false) => call.inputs[0].data,
        };
        pointwise::backward(function, read, call.d_output, gradient.data, gradient.accumulate);
    }
}

#[cfg(test)]
mod tests {
    use model_graph::layer::Layer;
    use model_graph::operation::Choice;
    use model_graph::shape::Shape;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_backward_reads_is_what_the_plan_keeps() {
        for operation in PointwiseFunction::ALL {
            let given = serde_json::Map::from_iter([("function".to_owned(), json!(operation.name))]);
            let layer = <Pointwise as model_graph::layer::LayerArguments>::read(&given).unwrap();
            let (function, shape) = (kernel(layer.function), Shape::from([3]));
            let needs = layer.needs(std::slice::from_ref(&shape), &shape);
            let reads = !function.is_linear();
            assert_eq!(
                (needs.inputs, needs.output),
                (reads && !function.slope_is_of_output(), reads && function.slope_is_of_output())
            );
        }
    }
}
