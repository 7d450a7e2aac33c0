//! Inputs of whole numbers whose type Keras does not say: `Input((3,))` is of `float32`, also where it goes into an `Embedding`.

use super::error::{ConfigError, ConfigProblem};
use crate::graph::{Graph, Source, TensorId};
use crate::message::CallError;
use crate::problem::Problem;
use crate::shape::DType;

/// Why a graph could not be made, and the inputs, by their places, that must be of whole numbers for the call to fit which failed.
pub(super) struct Fault {
    pub error: ConfigError,
    pub integers: Vec<usize>,
}

impl From<ConfigError> for Fault {
    fn from(error: ConfigError) -> Self {
        Self { error, integers: Vec::new() }
    }
}

impl From<ConfigProblem> for Fault {
    fn from(problem: ConfigProblem) -> Self {
        ConfigError::from(problem).into()
    }
}

impl Fault {
    /// The same, seen from the layer that contains its place.
    pub fn within(self, name: &str) -> Self {
        Self { error: self.error.within(name), ..self }
    }
}

/// The inputs, by their places, that must be of whole numbers for a call to fit that does not: those of `float32` that the tensor at fault
/// comes from. None, where that is not what is wrong.
pub(super) fn wanted(graph: &Graph, inputs: &[TensorId], error: &CallError) -> Vec<usize> {
    let operand = match &error.problem {
        Problem::DType { operand, expected: DType::I32, found: DType::F32 } => *operand,
        Problem::InputType { operand, expected, found, .. } if (expected.dtype, found.dtype) == (DType::I32, DType::F32) => {
            *operand
        }
        _ => return Vec::new(),
    };
    let Some(&tensor) = inputs.get(operand) else { return Vec::new() };
    let (mut found, mut open, mut seen) = (Vec::new(), vec![tensor], vec![false; graph.tensors.len()]);
    while let Some(tensor) = open.pop() {
        let Some(seen) = seen.get_mut(tensor.0).filter(|seen| !**seen) else { continue };
        *seen = true;
        match graph.tensors.get(tensor.0).map(|tensor| (tensor.source, tensor.ty.dtype)) {
            Some((Source::Input(input), DType::F32)) => found.push(input),
            Some((Source::Node(node, _), _)) => open.extend(graph.nodes.get(node.0).into_iter().flat_map(|node| &node.inputs)),
            Some((Source::Input(_), DType::I32 | DType::Bool) | (Source::Code, _)) | None => {}
        }
    }
    found
}
