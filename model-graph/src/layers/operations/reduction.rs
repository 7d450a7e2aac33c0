//! Reductions along axes.

use crate::argument::Axes;
use crate::dim::Dim;
use crate::layer::{Layer, Needs, Space, layer};
use crate::layers::activated::{require_floats, resolve_axis};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// What is made of the elements along axes.
    ReductionFunction of ["x"] {
        /// Whether all are true, or not 0.
        All "all" in numpy;
        /// Whether any is true, or not 0.
        Any "any" in numpy;
        /// The logarithm of the sum of `e^x`.
        Logsumexp "logsumexp" in math;
        /// The mean.
        Mean "mean" in numpy;
        /// The standard deviation: the root of the variance.
        Std "std" in numpy;
        /// The sum.
        Sum "sum" in numpy;
        /// The variance: the mean of the squares of what they differ from the mean.
        Var "var" in numpy;
    }
}

layer! {
    /// A reduction along axes: `ops::mean(x, axis = 1)`.
    Reduction {
        /// Which.
        function: ReductionFunction,
        /// The axes that are reduced, of which the batch is 0; one, or a list. All that a sample has must be named: a result of a whole
        /// batch is no tensor of samples.
        axis: Option<Axes> = None,
        /// Whether the axes stay, with size 1. Default: `false`.
        keepdims: bool = false,
    }
}

/// Which axes of a sample are reduced.
///
/// # Errors
/// If there is no such axis, or one is the batch's or is named twice.
fn reduced(axes: Option<&Axes>, shape: &Shape) -> Result<Vec<bool>, Problem> {
    let Some(axes) = axes else { return Err(Problem::WholeBatch { shape: shape.clone() }) };
    let mut reduced = vec![false; shape.rank()];
    for &axis in &axes.0 {
        let place = resolve_axis("axis", axis, shape)?;
        if reduced.get_mut(place).is_some_and(|reduced| std::mem::replace(reduced, true)) {
            return Err(Problem::RepeatedAxis { argument: "axis", axis });
        }
    }
    Ok(reduced)
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

/// The sizes of a sample with 1 for what is reduced.
pub(super) fn kept(axes: Option<&Axes>, sizes: &[usize]) -> Vec<usize> {
    let reduced = reduced(axes, &Shape::from(sizes)).unwrap_or_default();
    sizes.iter().zip(&reduced).map(|(&size, &out)| if out { 1 } else { size }).collect()
}

impl Reduction {
    /// The sizes of a sample with 1 for what is reduced.
    #[must_use]
    pub fn kept(&self, sizes: &[usize]) -> Vec<usize> {
        kept(self.axis.as_ref(), sizes)
    }
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
            _ => require_floats(inputs).map(|()| TensorType::f32(shape)),
        }
    }

    fn needs(&self, _inputs: &[Shape], output: &Shape) -> Needs {
        use ReductionFunction as F;
        let has_center = matches!(self.function, F::Std | F::Var | F::Logsumexp);
        let saved = if has_center { Space::per_sample(output.count()) } else { Space::NONE };
        let output = matches!(self.function, F::Std | F::Logsumexp);
        // Inference has nothing saved: the first values are worked out in room of its own.
        Needs { inputs: has_center, output, forward_scratch: saved.clone(), saved, ..Needs::default() }
    }
}
