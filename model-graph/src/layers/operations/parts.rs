//! A tensor cut into several along an axis.

use crate::argument::{Axis, Sections, Size};
use crate::dim::Dim;
use crate::layer::{Layer, Manner, layer};
use crate::layers::activated::resolve_axis;
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

operations! {
    /// The operations that cut a tensor into several.
    PartsFunction of ["x"] {
        /// Parts of a tensor along an axis.
        Split "split" in numpy needs [indices_or_sections] with [axis];
        /// What is at each place of an axis, which goes.
        Unstack "unstack" in core with [num, axis];
    }
}

layer! {
    /// Parts of a tensor along an axis: `let (a, b) = ops::split(x, 2, axis = -1);`.
    Parts {
        /// Which.
        function: PartsFunction,
        /// A number of equal parts, or a list of the places that all but the first begin at.
        indices_or_sections: Sections = Sections::Equal(1),
        /// How many places there are; the size of the axis, if `None`.
        num: Option<Size> = None,
        /// The axis; the batch, which cannot be cut, is axis 0. Default, as Keras's: `0`.
        axis: Axis = Axis(0),
    }
}

/// The most tensors that an operation gives.
const MOST_PARTS: usize = 255;

impl Parts {
    /// The size of each part along the axis.
    fn sizes(&self, shape: &Shape, axis: usize) -> Result<Vec<Dim>, Problem> {
        let size = &shape.0[axis];
        let unequal =
            |parts: usize| Problem::Parts { parts, axis: axis.saturating_add(1), size: size.clone(), shape: shape.clone() };
        match (self.function, &self.indices_or_sections) {
            (PartsFunction::Split, Sections::Equal(parts)) => {
                let each = size.exact_div(&Dim::from(*parts)).ok_or_else(|| unequal(*parts))?;
                Ok(vec![each; *parts])
            }
            (PartsFunction::Split, Sections::Before(places)) => {
                let last = Dim::from(places.last().copied().unwrap_or_default());
                let rest = size.sub(&last).ok_or(Problem::Overflow)?;
                if rest.known().is_some_and(|rest| rest < 1) {
                    let most = size.sub(&Dim::constant(1)).ok_or(Problem::Overflow)?;
                    let shape = shape.clone();
                    return Err(Problem::Beyond { argument: "indices_or_sections", found: last, most, shape });
                }
                let starts = std::iter::once(&0).chain(places);
                let between = starts.zip(places).map(|(from, to)| Dim::from(to.saturating_sub(*from)));
                Ok(between.chain([rest]).collect())
            }
            (PartsFunction::Unstack, _) => {
                let count = size.size().ok_or_else(|| Problem::Unknown { operand: 0, axis, shape: shape.clone() })?;
                match &self.num {
                    Some(num) if num.0 != *size => {
                        Err(Problem::Count { argument: "num", expected: count, found: num.get(), shape: shape.clone() })
                    }
                    _ if count > MOST_PARTS => {
                        let (found, most) = (Dim::from(count), Dim::from(MOST_PARTS));
                        Err(Problem::Beyond { argument: "axis", found, most, shape: shape.clone() })
                    }
                    _ => Ok(vec![Dim::from(1); count]),
                }
            }
        }
    }
}

impl Layer for Parts {
    const OPERATIONS: &'static [Operation] = PartsFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        self.outputs(inputs, Manner::default())?.into_iter().next().ok_or(Problem::Overflow)
    }

    fn outputs(&self, inputs: &[TensorType], _manner: Manner) -> Result<Vec<TensorType>, Problem> {
        let shape = &inputs[0].shape;
        let axis = resolve_axis("axis", self.axis.0, shape)?;
        let part = |size: Dim| {
            let mut part = shape.with(axis, size);
            if self.function == PartsFunction::Unstack {
                part.0.remove(axis);
            }
            inputs[0].with_shape(part)
        };
        Ok(self.sizes(shape, axis)?.into_iter().map(part).collect())
    }
}
