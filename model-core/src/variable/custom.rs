//! Functions with a backward of the user's own.

use std::panic::Location;

use model_graph::shape::DType;
use ndarray::{ArrayD, IxDyn};

use super::derive::{Crossed, Onward};
use super::fault::Fault;
use super::node::{self, Back, Kept, Record, Step};
use super::tape::Tape;
use super::var::{Value, Var};
use crate::error::Result;
use crate::float::Float;
use crate::layer::Gradient;

/// How gradients of the inputs follow from that of the output.
pub(super) type Backward<T> = Box<dyn FnOnce(&ArrayD<T>) -> Vec<Option<ArrayD<T>>>>;

struct Own<T: Float> {
    name: &'static str,
    backward: Backward<T>,
    place: &'static Location<'static>,
}

pub(super) fn call<T: Float>(
    name: &'static str,
    tensors: &[&Var<T>],
    output: &ArrayD<T>,
    backward: Backward<T>,
    place: &'static Location<'static>,
) -> Result<Var<T>> {
    let inputs = tensors.iter().map(|tensor| tensor.known()).collect::<Result<Vec<_>>>()?;
    let tape = Tape::common(inputs.iter().copied(), || name.to_owned(), place)?;
    let mut room = tape.pool().room(output.len())?;
    room.iter_mut().zip(output).for_each(|(to, &from)| *to = from);
    let value = Value::new(output.shape(), DType::F32, room);
    let record = |values: &[Value<T>]| Record {
        inputs: inputs.iter().map(|input| Kept::input(input, false)).collect(),
        outputs: values.iter().map(|value| Kept::output(value, false)).collect(),
        back: Box::new(Own { name, backward, place }),
    };
    let is_recorded = tape.records(inputs.iter().copied(), false);
    Ok(node::given(&tape, vec![value], is_recorded.then_some(record), place).swap_remove(0).into())
}

impl<T: Float> Back<T> for Own<T> {
    fn back(self: Box<Self>, step: Step<'_, '_, T>) -> Result<()> {
        let shape = IxDyn(step.outputs[0].shape);
        let d_output = ArrayD::from_shape_vec(shape, step.d_outputs[0].to_vec()).expect("a gradient has its output's elements");
        let mut given = (self.backward)(&d_output).into_iter();
        for (i, (input, d_input)) in step.inputs.iter().zip(step.d_inputs.iter_mut()).enumerate() {
            let (Some(gradient), given) = (d_input.take(), given.next().flatten()) else { continue };
            match given {
                Some(given) if given.shape() == input.shape => {
                    let elements: Vec<T> = given.iter().copied().collect();
                    Gradient::give(Some(gradient), &elements);
                }
                Some(given) => {
                    let (call, expected, found) = (self.name.to_owned(), input.shape.to_vec(), given.shape().to_vec());
                    return Err(Fault::Given { call, input: i + 1, expected, found }.at(self.place));
                }
                None => Gradient::give_found(Some(gradient), None),
            }
        }
        Ok(())
    }

    fn onward(&self, _call: &Crossed<'_, T>) -> Result<Onward<T>> {
        Err(Fault::NoSecond { call: self.name.to_owned() }.at(self.place))
    }
}
