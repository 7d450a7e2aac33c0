//! Operations of `keras.ops`, by what they do: to elements, along axes, to places, and with products.

use model_graph::operation::Operand;
use model_graph::shape::DType;

use super::super::call::{Call, Reason};
use super::Form;

mod arithmetic;
mod contracting;
mod moving;
mod pointwise;
mod reducing;
mod shaping;
mod sorting;

impl Call<'_, '_> {
    /// Operands in a type: tensors in the order in which they were given, and numbers.
    fn operands(&mut self, operands: &[&Operand], dtype: DType) -> Result<Vec<String>, Reason> {
        let (mut next, mut names) = (0, Vec::new());
        for operand in operands {
            names.push(match operand.number() {
                Some(number) => self.number_of(dtype, number),
                None => {
                    let input = self.input(next)?;
                    next += 1;
                    if input.ty.dtype == dtype { input.name } else { self.cast_to(&input.name, dtype) }
                }
            });
        }
        Ok(names)
    }

    /// The type that operands come to: numbers with a point, if one is, else whole ones, else what is true or false.
    fn common(&self, operands: &[&Operand]) -> DType {
        let tensors = operands.iter().filter(|operand| operand.is_tensor()).count();
        let given = self.inputs.iter().rev().take(tensors).map(|input| input.ty.dtype);
        let all: Vec<DType> = operands.iter().filter_map(|operand| operand.dtype()).chain(given).collect();
        [DType::F32, DType::I32].into_iter().find(|dtype| all.contains(dtype)).unwrap_or(DType::Bool)
    }

    /// The axis of a sample that an argument names, counted with the batch's, and its size.
    fn sample_axis(&self, axis: model_graph::argument::Axis) -> Result<(i64, model_graph::dim::Dim), Reason> {
        let shape = self.input(0)?.ty.shape;
        let found = axis.in_sample(shape.rank()).and_then(|axis| Some((axis, shape.0.get(axis)?.clone())));
        found.map(|(axis, dim)| (axis as i64 + 1, dim)).ok_or_else(|| "it has no such axis".into())
    }
}
