//! Elements at places that are listed, or that a tensor has.

use crate::argument::{Axis, Indices, Wholes};
use crate::dim::Dim;
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::{of_sample, resolve_axis};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// The operations that take elements at places.
    TakeFunction of ["x", "indices"] {
        /// The elements at places of an axis, which are listed.
        Take "take" in numpy;
        /// The elements at places of an axis, which a tensor of the same other axes has.
        TakeAlongAxis "take_along_axis" in numpy;
    }
}

layer! {
    /// Elements at places of an axis: `ops::take(x, [0, 2], axis = 1)`, `ops::take_along_axis(x, ops::argsort(y, axis = 1), axis = 1)`.
    Take {
        /// Which.
        function: TakeFunction,
        /// The places, counted from 0, or from -1, the last, backwards; one place takes its axis away.
        indices: Indices = Indices::default(),
        /// The axis, of which the batch is 0. It must be named.
        axis: Option<Axis> = None,
    }
}

impl Take {
    /// The axis in the sample's shape.
    ///
    /// # Errors
    /// If there is no such axis, none is named, or it is the batch's.
    pub fn sample_axis(&self, shape: &Shape) -> Result<usize, Problem> {
        resolve_axis("axis", of_sample(self.axis, shape)?.0, shape)
    }

    fn listed(&self, places: &Wholes, axis: usize, shape: &Shape) -> Result<Shape, Problem> {
        let size = &shape.0[axis];
        let known = size.known().ok_or_else(|| Problem::Unknown { operand: 0, axis, shape: shape.clone() })?;
        let is_outside = |place: &&i64| !(known.saturating_neg()..known).contains(*place);
        if let Some(&place) = places.list.iter().find(is_outside) {
            let axis = axis.saturating_add(1);
            return Err(Problem::Place { place, axis, size: size.clone(), shape: shape.clone() });
        }
        let mut part = shape.with(axis, Dim::from(places.list.len()));
        if places.is_single {
            part.0.remove(axis);
        }
        Ok(part)
    }
}

impl Layer for Take {
    const OPERATIONS: &'static [Operation] = TakeFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let shape = &inputs[0].shape;
        let axis = self.sample_axis(shape)?;
        match (self.function, &self.indices.0, inputs.get(1)) {
            (TakeFunction::Take, Some(places), None) => Ok(inputs[0].with_shape(self.listed(places, axis, shape)?)),
            (TakeFunction::TakeAlongAxis, None, Some(places)) => {
                if places.dtype != DType::I32 {
                    return Err(Problem::DType { operand: 1, expected: DType::I32, found: places.dtype });
                }
                let along = places.shape.0.get(axis);
                match along.filter(|along| shape.with(axis, (*along).clone()) == places.shape) {
                    Some(_) => Ok(inputs[0].with_shape(places.shape.clone())),
                    None => Err(Problem::Differ { shapes: vec![shape.clone(), places.shape.clone()], except: Some(axis) }),
                }
            }
            (TakeFunction::Take, ..) => Err(Problem::Listed { name: "take_along_axis", takes_list: true }),
            (TakeFunction::TakeAlongAxis, ..) => Err(Problem::Listed { name: "take", takes_list: false }),
        }
    }

    fn place_bound(&self, input: usize, inputs: &[TensorType]) -> Option<usize> {
        let shape = &inputs.first().filter(|_| input == 1)?.shape;
        shape.0.get(self.sample_axis(shape).ok()?)?.size()
    }

    fn index_bound_before(&self, asked: usize) -> Option<usize> {
        (self.function == TakeFunction::Take).then_some(asked)
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { inputs: self.function == TakeFunction::TakeAlongAxis, ..Needs::default() }
    }
}
