//! Running reductions along axes.

use model_graph::argument::{Axes as Reduced, NormOrder};
use model_graph::layers::Reduction;
use model_graph::layers::operations::reduction::ReductionFunction;

use crate::few::Few;
use crate::float::Float;
use crate::kernels::operation::reduce::{self, Axes, Function, Reads};
use crate::layer::{Backward, Forward, Run};

fn kernel(layer: &Reduction) -> Function {
    match layer.function {
        ReductionFunction::All => Function::All,
        ReductionFunction::Amax => Function::Max,
        ReductionFunction::Amin => Function::Min,
        ReductionFunction::Any => Function::Any,
        ReductionFunction::CountNonzero => Function::Count,
        ReductionFunction::Logsumexp => Function::Logsumexp,
        ReductionFunction::Average | ReductionFunction::Mean => Function::Mean,
        ReductionFunction::Norm => Function::Norm(layer.ord.map_or(2.0, NormOrder::power)),
        ReductionFunction::Prod => Function::Prod,
        ReductionFunction::Std => Function::Std,
        ReductionFunction::Sum => Function::Sum,
        ReductionFunction::Var => Function::Var,
    }
}

impl<T: Float> Run<T> for Reduction {
    fn forward(&self, call: Forward<'_, T>) {
        forward(kernel(self), &kept(self.axis.as_ref(), call.inputs[0].shape), call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        backward(kernel(self), &kept(self.axis.as_ref(), call.inputs[0].shape), call);
    }
}

/// The sizes of a sample with 1 for what is reduced.
pub(super) fn kept(axes: Option<&Reduced>, sizes: &[usize]) -> Few<usize> {
    let is_out = |axis: usize| axes.is_some_and(|axes| axes.contain(axis, sizes.len()));
    sizes.iter().enumerate().map(|(axis, &size)| if is_out(axis) { 1 } else { size }).collect()
}

pub(super) fn forward<T: Float>(function: Function, kept: &[usize], call: Forward<'_, T>) {
    let Forward { inputs, output, saved, scratch, .. } = call;
    let axes = Axes { whole: inputs[0].shape, kept };
    let center = if saved.is_empty() { scratch } else { saved };
    let center = if function.has_center() { &mut center[..output.len()] } else { &mut [] };
    reduce::forward(function, inputs[0].data, axes, output, center);
}

pub(super) fn backward<T: Float>(function: Function, kept: &[usize], call: Backward<'_, T>) {
    let Backward { inputs, output, d_output, d_inputs, saved, scratch, .. } = call;
    let Some(gradient) = &mut d_inputs[0] else { return };
    let results = d_output.len();
    let axes = Axes { whole: inputs[0].shape, kept };
    let center = if function.has_center() { &saved[..results] } else { &[] };
    let counts = if function.counts() { &mut scratch[..results] } else { &mut [] };
    let reads = Reads { x: inputs[0].data, y: output.data, center, d_y: d_output };
    reduce::backward(function, reads, axes, counts, gradient.data, gradient.accumulate);
}
