//! Running the change of the elements' type: whole numbers and truths lie in the network's own type.

use model_graph::layers::Cast;
use model_graph::layers::operations::arithmetic::ArithmeticFunction;
use model_graph::layers::operations::pointwise::PointwiseFunction;
use model_graph::layers::{Arithmetic, Pointwise};
use model_graph::operation::Operand;
use model_graph::shape::DType;

use crate::float::Float;
use crate::kernels::elementwise;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::derived;
use crate::layers::pass;

impl<T: Float> Run<T> for Cast {
    derived!(|layer, _call| Ok(match layer.dtype.0 {
        DType::F32 => Derived::Linear,
        DType::I32 | DType::Bool => Derived::Inputs(Vec::new()),
    }));

    fn forward(&self, call: Forward<'_, T>) {
        match self.dtype.0 {
            DType::F32 => elementwise::copy(call.output, call.inputs[0].data),
            DType::I32 => Pointwise { function: PointwiseFunction::Trunc }.forward(call),
            DType::Bool => {
                let zero = Operand::from_number(0);
                Arithmetic { function: ArithmeticFunction::NotEqual, x1: Operand::default(), x2: zero }.forward(call);
            }
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        match self.dtype.0 {
            DType::F32 => pass::on(call.d_output, call.d_inputs),
            DType::I32 | DType::Bool => pass::nothing(call.d_inputs),
        }
    }
}
