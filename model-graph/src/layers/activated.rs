//! What every layer shares that ends with an activation function, or takes floating-point numbers.

use crate::argument::{Activation, Axis};
use crate::dim::Dim;
use crate::layer::{Needs, Space};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

impl Activation {
    /// What `backward` of the function needs after `forward` has written `output` elements a sample: the output, or where the derivative
    /// is no function of it, the elements before the activation, which then are saved.
    #[must_use]
    pub(super) fn needs(self, output: &Dim) -> Needs {
        if self.derives_from_output() {
            Needs { output: self != Self::Linear, ..Needs::default() }
        } else {
            Needs { saved: Space::per_sample(output.clone()), ..Needs::default() }
        }
    }

    /// Whether the derivative can be computed from the function's value alone.
    #[must_use]
    pub const fn derives_from_output(self) -> bool {
        match self {
            Self::Linear | Self::Relu | Self::Relu6 | Self::LeakyRelu | Self::Elu | Self::Selu | Self::Celu => true,
            Self::Sigmoid | Self::Tanh | Self::Exponential | Self::Softmax | Self::LogSoftmax | Self::Sparsemax => true,
            Self::HardSigmoid | Self::HardTanh | Self::SparseSigmoid | Self::LogSigmoid | Self::Softplus => true,
            Self::SparsePlus | Self::Squareplus | Self::Softsign | Self::HardShrink | Self::SoftShrink => true,
            Self::Gelu | Self::Silu | Self::HardSilu | Self::Mish | Self::TanhShrink => false,
        }
    }
}

/// Refuses inputs that are not floating-point numbers.
pub(super) fn require_floats(inputs: &[TensorType]) -> Result<(), Problem> {
    match inputs.iter().position(|input| input.dtype != DType::F32) {
        Some(operand) => Err(Problem::DType { operand, expected: DType::F32, found: inputs[operand].dtype }),
        None => Ok(()),
    }
}

/// The sizes of a tensor of floating-point numbers that has these axes.
pub(super) fn require_axes<'t>(input: &'t TensorType, axes: &'static [&'static str]) -> Result<&'t [Dim], Problem> {
    require_floats(std::slice::from_ref(input))?;
    match input.shape.rank() == axes.len() {
        true => Ok(&input.shape.0),
        false => Err(Problem::Rank { operand: 0, expected: axes, found: input.shape.clone() }),
    }
}

/// Axes as written, each once, to axes of the sample's shape in the same order.
pub(super) fn resolve_axes(argument: &'static str, axes: &[i64], shape: &Shape) -> Result<Vec<usize>, Problem> {
    let mut found = Vec::new();
    for &axis in axes {
        let resolved = resolve_axis(argument, axis, shape)?;
        if found.contains(&resolved) {
            return Err(Problem::RepeatedAxis { argument, axis });
        }
        found.push(resolved);
    }
    Ok(found)
}

/// The axis or axes that an operation cannot do without, since those of a whole batch are no tensor of samples.
pub(super) fn of_sample<A>(axis: Option<A>, shape: &Shape) -> Result<A, Problem> {
    axis.ok_or_else(|| Problem::WholeBatch { shape: shape.clone() })
}

/// An axis as written, which counts the batch as 0, to an axis of the sample's shape.
pub(super) fn resolve_axis(argument: &'static str, axis: i64, shape: &Shape) -> Result<usize, Problem> {
    let is_batch =
        axis == 0 || usize::try_from(axis.unsigned_abs()).is_ok_and(|back| axis < 0 && back.checked_sub(1) == Some(shape.rank()));
    match Axis(axis).in_sample(shape.rank()) {
        Some(found) => Ok(found),
        None if is_batch => Err(Problem::BatchAxis { argument, axis }),
        None => Err(Problem::Axis { argument, axis, shape: shape.clone() }),
    }
}

/// Whether these axes hold one element, so that nothing lies behind the axis before them.
pub(super) fn is_one(dims: &[Dim]) -> bool {
    dims.iter().all(|dim| dim.known() == Some(1))
}

/// The size of an axis, which must be known while compiling, by the compiler at least.
pub(super) fn known_size(shape: &Shape, axis: usize) -> Result<Dim, Problem> {
    let size = Some(&shape.0[axis]).filter(|size| size.is_constant());
    size.cloned().ok_or_else(|| Problem::Unknown { operand: 0, axis, shape: shape.clone() })
}

/// The size of the last axis of what a rule has accepted.
#[must_use]
pub(super) fn last_size(inputs: &[TensorType]) -> Dim {
    inputs[0].shape.0.last().cloned().unwrap_or_default()
}
