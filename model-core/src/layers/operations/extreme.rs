//! Running the largest and the smallest along axes.

use model_graph::layers::Extreme;
use model_graph::layers::operations::extreme::ExtremeFunction;

use super::reduction;
use crate::float::Float;
use crate::kernels::operation::reduce::Function;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::derived;

const fn kernel(function: ExtremeFunction) -> Function {
    match function {
        ExtremeFunction::Max => Function::Max,
        ExtremeFunction::Min => Function::Min,
    }
}

impl<T: Float> Run<T> for Extreme {
    derived!(|layer, call| crate::layers::operations::reduction::extreme(layer.axis.as_ref(), call));

    fn forward(&self, call: Forward<'_, T>) {
        reduction::forward(kernel(self.function), &reduction::kept(self.axis.as_ref(), call.inputs[0].shape), call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        reduction::backward(kernel(self.function), &reduction::kept(self.axis.as_ref(), call.inputs[0].shape), call);
    }
}
