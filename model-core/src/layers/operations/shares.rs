//! Running shares along an axis.

use model_graph::layers::Shares;
use model_graph::layers::operations::shares::SharesFunction;

use crate::float::Float;
use crate::kernels::activation::{self, Kind};
use crate::kernels::{permute, softmax_axis};
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::{derived, number};
use crate::layers::{geometry::along, pass};
use crate::variable::{Var, along as along_axis};

/// The size of the axis, and of what comes behind it.
fn sizes(layer: &Shares, shape: &[usize]) -> [usize; 2] {
    let [_, n, inner] = along(layer.axis, 1, shape);
    [n, inner]
}

/// The function along rows, where there is none along other axes.
const fn kind(function: SharesFunction) -> Option<Kind> {
    match function {
        SharesFunction::LogSoftmax => Some(Kind::LogSoftmax),
        SharesFunction::Softmax => None,
        SharesFunction::Sparsemax => Some(Kind::Sparsemax),
    }
}

/// The elements with the axis last.
fn rows<'r, T: Float>(from: &[T], [n, inner]: [usize; 2], room: &'r mut [T]) -> &'r mut [T] {
    let rows = &mut room[..from.len()];
    permute::gather(from, &[1, inner], rows, &[inner, n], false);
    rows
}

impl<T: Float> Run<T> for Shares {
    derived!(|layer, call| {
        let (y, d) = (call.y()?, call.d()?);
        let axis = layer.axis.in_sample(y.shape().len() - 1).map_or(-1, |axis| axis as i64 + 1);
        let sum = |x: Var<T>| x.sum(along_axis(axis).keepdims());
        let d_x = match layer.function {
            SharesFunction::LogSoftmax => d - y.exp()? * sum(d.clone())?,
            SharesFunction::Softmax => y * (d - sum(d * y)?),
            SharesFunction::Sparsemax => {
                let shares = number(y.greater(0.0))?;
                let mean = sum(d * &shares)? / sum(shares.clone())?;
                shares * (d - mean)
            }
        };
        Ok(Derived::Inputs(vec![Some(d_x)]))
    });

    fn forward(&self, call: Forward<'_, T>) {
        let (x, sizes @ [n, inner]) = (call.inputs[0].data, sizes(self, call.output_shape));
        match kind(self.function) {
            None => softmax_axis::forward(x, call.output, n, inner),
            Some(kind) if inner == 1 => activation::forward(kind, x, call.output, n),
            Some(kind) => {
                let rows = rows(x, sizes, call.scratch);
                activation::forward_in_place(kind, rows, n);
                permute::gather(rows, &[1, n], call.output, &[n, inner], false);
            }
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        let (y, sizes @ [n, inner]) = (call.output.data, sizes(self, call.output.shape));
        match kind(self.function) {
            None => softmax_axis::backward(y, call.d_output, n, inner),
            Some(kind) if inner == 1 => activation::backward(kind, &[], y, call.d_output, n),
            Some(kind) => {
                let (of_y, of_gradient) = call.scratch.split_at_mut(y.len());
                let (y, d) = (rows(y, sizes, of_y), rows(call.d_output, sizes, of_gradient));
                activation::backward(kind, &[], y, d, n);
                permute::gather(d, &[1, n], call.d_output, &[n, inner], false);
            }
        }
        pass::on(call.d_output, call.d_inputs);
    }
}
