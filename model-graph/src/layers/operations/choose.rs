//! Choosing between two by a third.

use crate::layer::{Layer, Needs, layer};
use crate::layers::merge;
use crate::mask::MaskUse;
use crate::operation::{Choice, Operand, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// The operations that choose.
    ChooseFunction of ["condition", "x1", "x2"] {
        /// The second where the first is true, the third elsewhere.
        Where "where" in numpy;
    }
}

layer! {
    /// One of two by a third: `ops::where(x > 0.5, x, 0.0)`.
    Choose {
        /// Which.
        function: ChooseFunction,
        /// What it goes by: a tensor.
        condition: Operand = Operand::default(),
        /// The number where that is true, where it is no tensor.
        x1: Operand = Operand::default(),
        /// The number elsewhere, where it is no tensor.
        x2: Operand = Operand::default(),
    }
}

impl Layer for Choose {
    const OPERATIONS: &'static [Operation] = ChooseFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    /// Who chooses by a condition says what is padded.
    fn mask_use(&self) -> MaskUse {
        MaskUse::Consumes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        if inputs[0].dtype != DType::Bool {
            return Err(Problem::DType { operand: 0, expected: DType::Bool, found: inputs[0].dtype });
        }
        let given = [&self.x1, &self.x2].into_iter().filter_map(Operand::dtype);
        let all = || inputs.iter().skip(1).map(|input| input.dtype).chain(given.clone());
        let is_any = |dtype: DType| all().any(|other| other == dtype);
        let dtype = match (is_any(DType::F32), is_any(DType::I32)) {
            (true, _) => DType::F32,
            (false, true) => DType::I32,
            (false, false) => DType::Bool,
        };
        Ok(TensorType { dtype, shape: merge::shape(inputs)? })
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { inputs: true, ..Needs::default() }
    }
}
