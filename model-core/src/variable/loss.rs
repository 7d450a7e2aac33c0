//! Losses of variables: the kernels of `fit`, whose gradients they compute beside their values.

use std::panic::Location;

use model_graph::shape::DType;
use ndarray::{ArrayViewD, IxDyn};

use super::node::{Back, Kept, Node, Record, Step};
use super::pool::Room;
use super::var::{Known, Origin, Value, Var};
use crate::error::Result;
use crate::float::Float;
use crate::given::AnyArray;
use crate::losses::Loss;

/// The gradient of what a loss was given, for a loss of which the gradient is 1.
struct Slope(Room<f32>);

/// The loss of an output, a single number.
pub(crate) fn call(loss: Loss, output: &Var<f32>, target: &AnyArray<'_>, place: &'static Location<'static>) -> Result<Var<f32>> {
    let Known { tape, value, origin } = output.known()?;
    let given = ArrayViewD::from_shape(IxDyn(&value.shape), &value.data).expect("a variable has its shape's elements");
    let is_recorded = tape.records() && !matches!(origin, Origin::Constant);
    let mut slope = tape.pool().room(if is_recorded { value.data.len() } else { 0 })?;
    let number = loss.measure(&AnyArray::F32(given), target, None, is_recorded.then_some(&mut *slope))?;
    let result = Value::new(&[], DType::F32, tape.pool().copy(&[f32::from_f64(number)])?);
    let origin = match is_recorded {
        false => Origin::Constant,
        true => {
            let inputs = vec![Kept::input(output.known()?, false)];
            let record = Record { inputs, outputs: vec![Kept::output(&result, false)], back: Box::new(Slope(slope)) };
            Origin::Call(Node::new(tape.number(), place, record), 0)
        }
    };
    Ok(Known { tape: tape.clone(), value: result, origin }.into())
}

impl Back<f32> for Slope {
    fn back(self: Box<Self>, step: Step<'_, '_, f32>) -> Result<()> {
        let upstream = step.d_outputs[0][0];
        if let Some(Some(gradient)) = step.d_inputs.first_mut() {
            let pairs = gradient.data.iter_mut().zip(self.0.iter());
            match gradient.accumulate {
                true => pairs.for_each(|(to, slope)| *to += upstream * slope),
                false => pairs.for_each(|(to, slope)| *to = upstream * slope),
            }
        }
        Ok(())
    }
}
