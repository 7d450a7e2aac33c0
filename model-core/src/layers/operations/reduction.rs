//! Running reductions along axes.

use model_graph::argument::{Axes as Reduced, NormOrder};
use model_graph::layers::Reduction;
use model_graph::layers::operations::reduction::ReductionFunction;

use crate::error::Result;
use crate::few::Few;
use crate::float::Float;
use crate::kernels::operation::reduce::{self, Axes, Function, Reads};
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::{derived, kept as derived_kept, number, of_batch, summed_to};
use crate::variable::derive::{Derivation, Derived};
use crate::variable::{Along, Var};

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
    derived!(|layer, call| {
        use ReductionFunction as F;
        let axes = layer.axis.as_ref();
        let whole = |x: &Var<T>| derived_kept(x, call.shape(0), axes);
        let gradient = |d_x: Var<T>| Ok(Derived::Inputs(vec![Some(d_x)]));
        match layer.function {
            F::All | F::Any | F::CountNonzero => Ok(Derived::Inputs(Vec::new())),
            F::Average | F::Mean | F::Sum => Ok(Derived::Linear),
            F::Amax | F::Amin => extreme(axes, call),
            F::Logsumexp => gradient(whole(call.d()?)? * (call.x()? - whole(call.y()?)?).exp()?),
            F::Var | F::Std => {
                let shape = call.d()?.shape();
                let x = call.x()?;
                let along = axes.map_or_else(|| Along::from(..), |axes| of_batch(axes, x.shape().len() - 1));
                let variance = (x - x.mean(along.clone().keepdims())?).square()?.mean(along)?;
                let is_root = layer.function == F::Std;
                Ok(Derived::Outputs(vec![if is_root { variance.sqrt()? } else { variance }.reshaped(shape)?]))
            }
            F::Norm => {
                let power = layer.ord.map_or(2.0, NormOrder::power);
                if power == 2.0 {
                    return gradient(whole(call.d()?)? * call.x()? / whole(call.y()?)?);
                }
                let (x, shape) = (call.x()?, call.d()?.shape());
                let along = axes.map_or_else(|| Along::from(..), |axes| of_batch(axes, x.shape().len() - 1));
                Ok(Derived::Outputs(vec![x.abs()?.power(power)?.sum(along)?.power(1.0 / power)?.reshaped(shape)?]))
            }
            F::Prod => product(axes, call),
        }
    });

    fn forward(&self, call: Forward<'_, T>) {
        forward(kernel(self), &kept(self.axis.as_ref(), call.inputs[0].shape), call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        backward(kernel(self), &kept(self.axis.as_ref(), call.inputs[0].shape), call);
    }
}

/// The gradient of what is the largest or smallest: those share it that are.
pub(super) fn extreme<T: Float>(axes: Option<&Reduced>, call: &Derivation<'_, T>) -> Result<Derived<T>> {
    let x = call.x()?;
    let [y, d] = [derived_kept(call.y()?, x.shape(), axes)?, derived_kept(call.d()?, x.shape(), axes)?];
    let is_it = number(x.equal(&y))?;
    let count = summed_to(&is_it, y.shape())?;
    Ok(Derived::Inputs(vec![Some(is_it * (d / count))]))
}

/// A product along axes, one factor after the other.
fn product<T: Float>(axes: Option<&Reduced>, call: &Derivation<'_, T>) -> Result<Derived<T>> {
    let (mut x, rank) = (call.x()?.clone(), call.shape(0).len() - 1);
    for axis in (0..rank).rev().filter(|&axis| axes.is_none_or(|axes| axes.contain(axis, rank))) {
        let along = axis as i64 + 1;
        let mut product = x.at(along, 0)?;
        for place in 1..call.shape(0)[axis + 1] {
            product = product * x.at(along, place as i64)?;
        }
        x = product;
    }
    Ok(Derived::Outputs(vec![x.reshaped(call.d()?.shape())?]))
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
