//! Losses of variables: the kernels of `fit`, whose gradients they compute beside their values.

use std::panic::Location;

use model_graph::shape::DType;
use ndarray::{ArrayViewD, IxDyn};

use super::derive::{Crossed, Onward};
use super::fault::Fault;
use super::node::{self, Back, Kept, Record, Step};
use super::pool::Room;
use super::var::{Known, Value, Var};
use crate::error::Result;
use crate::float::Float;
use crate::given::{AnyArray, Counts};
use crate::kernels::elementwise;
use crate::losses::Loss;

/// The gradient of what a loss was given, for a loss of which the gradient is 1.
struct Slope(Room<f32>);

/// The loss of an output, a single number; its positions may have weights.
pub(crate) fn call(
    loss: &Loss,
    output: &Var<f32>,
    target: &AnyArray<'_>,
    weights: Option<&AnyArray<'_>>,
    place: &'static Location<'static>,
) -> Result<Var<f32>> {
    let known = output.known()?;
    let Known { tape, value, mask, .. } = known;
    let mask = mask.as_ref().map(|mask| {
        let shape = IxDyn(&mask.shape);
        AnyArray::F32(ArrayViewD::from_shape(shape, &mask.data).expect("a mask has its shape's elements"))
    });
    let given = ArrayViewD::from_shape(IxDyn(&value.shape), &value.data).expect("a variable has its shape's elements");
    let is_recorded = tape.records(std::iter::once(known), false);
    let mut slope = tape.pool().room(if is_recorded { value.data.len() } else { 0 })?;
    let number =
        loss.measure(&AnyArray::F32(given), target, Counts { mask: mask.as_ref(), weights }, is_recorded.then_some(&mut *slope))?;
    let result = Value::new(&[], DType::F32, tape.pool().copy(&[f32::from_f64(number)])?);
    let record = |values: &[Value<f32>]| Record {
        inputs: vec![Kept::input(known, false)],
        outputs: values.iter().map(|value| Kept::output(value, false)).collect(),
        back: Box::new(Slope(slope)),
    };
    Ok(node::given(tape, vec![result], is_recorded.then_some(record), place).swap_remove(0).into())
}

impl Back<f32> for Slope {
    fn back(self: Box<Self>, step: Step<'_, '_, f32>) -> Result<()> {
        if let Some(Some(gradient)) = step.d_inputs.first_mut() {
            elementwise::scaled(&self.0, step.d_outputs[0][0], gradient.data, gradient.accumulate);
        }
        Ok(())
    }

    fn onward(&self, call: &Crossed<'_, f32>) -> Result<Onward<f32>> {
        Err(Fault::NoSecond { call: "loss.call(..)".to_owned() }.at(call.place))
    }
}
