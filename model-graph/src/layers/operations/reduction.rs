//! Reductions along axes.

use crate::argument::{Absent, Axes, NormOrder};
use crate::dim::Dim;
use crate::layer::{Layer, Needs, Space, layer};
use crate::layers::activated::{of_sample, require_floats, resolve_axes};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// What is made of the elements along axes.
    ReductionFunction of ["x"] {
        /// Whether all are true, or not 0.
        All "all" in numpy with [axis, keepdims];
        /// The largest.
        Amax "amax" in numpy with [axis, keepdims];
        /// The smallest.
        Amin "amin" in numpy with [axis, keepdims];
        /// Whether any is true, or not 0.
        Any "any" in numpy with [axis, keepdims];
        /// The mean.
        Average "average" in numpy with [axis, weights] by [weights];
        /// How many are true, or not 0.
        CountNonzero "count_nonzero" in numpy with [axis];
        /// The logarithm of the sum of `e^x`.
        Logsumexp "logsumexp" in math with [axis, keepdims];
        /// The mean.
        Mean "mean" in numpy with [axis, keepdims];
        /// The length of the vector that they are: the root of the sum of their squares, or what another power gives.
        Norm "norm" in linalg with [ord, axis, keepdims];
        /// The product.
        Prod "prod" in numpy with [axis, keepdims, dtype];
        /// The standard deviation: the root of the variance.
        Std "std" in numpy with [axis, keepdims];
        /// The sum.
        Sum "sum" in numpy with [axis, keepdims];
        /// The variance: the mean of the squares of what they differ from the mean.
        Var "var" in numpy with [axis, keepdims];
    }
}

layer! {
    /// A reduction along axes: `ops::mean(x, axis = 1)`.
    Reduction {
        /// Which.
        function: ReductionFunction,
        /// The power whose sum is the length: a number of at least 1, of one axis, or `"fro"`; 2, if `None`.
        ord: Option<NormOrder> = None,
        /// The axes that are reduced, of which the batch is 0; one, or a list. All that a sample has must be named: a result of a whole
        /// batch is no tensor of samples.
        axis: Option<Axes> = None,
        /// Whether the axes stay, with size 1. Default: `false`.
        keepdims: bool = false,
        /// Not supported.
        dtype: Absent = Absent,
        /// Not supported: `ops::sum(x * w, axis = 1) / ops::sum(w, axis = 1)` is a mean with weights.
        weights: Absent = Absent,
    }
}

/// Which axes of a sample are reduced.
///
/// # Errors
/// If there is no such axis, or one is the batch's or is named twice.
fn reduced(axes: Option<&Axes>, shape: &Shape) -> Result<Vec<bool>, Problem> {
    let places = resolve_axes("axis", &of_sample(axes, shape)?.0, shape)?;
    Ok((0..shape.rank()).map(|axis| places.contains(&axis)).collect())
}

/// The shape of what is left.
pub(super) fn left(axes: Option<&Axes>, keepdims: bool, shape: &Shape) -> Result<Shape, Problem> {
    let reduced = reduced(axes, shape)?;
    let left = |(dim, &out): (&Dim, &bool)| match (out, keepdims) {
        (true, true) => Some(Dim::from(1)),
        (true, false) => None,
        (false, _) => Some(dim.clone()),
    };
    Ok(Shape(shape.0.iter().zip(&reduced).filter_map(left).collect()))
}

impl Layer for Reduction {
    const OPERATIONS: &'static [Operation] = ReductionFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let shape = left(self.axis.as_ref(), self.keepdims, &inputs[0].shape)?;
        match self.function {
            ReductionFunction::Any | ReductionFunction::All => Ok(TensorType { dtype: DType::Bool, shape }),
            ReductionFunction::CountNonzero => Ok(TensorType { dtype: DType::I32, shape }),
            ReductionFunction::Amax | ReductionFunction::Amin | ReductionFunction::Prod | ReductionFunction::Sum
                if inputs[0].dtype == DType::I32 =>
            {
                Ok(inputs[0].with_shape(shape))
            }
            // What is true counts as 1.
            ReductionFunction::Sum if inputs[0].dtype == DType::Bool => Ok(TensorType { dtype: DType::I32, shape }),
            ReductionFunction::Mean | ReductionFunction::Average => Ok(TensorType::f32(shape)),
            // Two axes are a matrix, whose other lengths are of another kind.
            ReductionFunction::Norm
                if matches!(self.ord, Some(NormOrder::Power(_))) && self.axis.as_ref().is_some_and(|axes| axes.0.len() > 1) =>
            {
                Err(Problem::MatrixNorm)
            }
            _ => require_floats(inputs).map(|()| TensorType::f32(shape)),
        }
    }

    fn index_bound_before(&self, asked: usize) -> Option<usize> {
        matches!(self.function, ReductionFunction::Amax | ReductionFunction::Amin).then_some(asked)
    }

    fn needs(&self, _inputs: &[Shape], output: &Shape) -> Needs {
        use ReductionFunction as F;
        let has_center = matches!(self.function, F::Std | F::Var | F::Logsumexp | F::Prod);
        let counts = matches!(self.function, F::Amax | F::Amin | F::Prod);
        let room = |is_needed: bool| if is_needed { Space::per_sample(output.count()) } else { Space::NONE };
        let (inputs, saved) = (has_center || counts || self.function == F::Norm, room(has_center));
        let output = matches!(self.function, F::Std | F::Logsumexp | F::Amax | F::Amin | F::Norm | F::Prod);
        // Inference has nothing saved: the first values are worked out in room of its own.
        Needs { inputs, output, forward_scratch: saved.clone(), saved, backward_scratch: room(counts) }
    }
}
