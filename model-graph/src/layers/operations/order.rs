//! The axes of a tensor in another order.

use crate::argument::{Axes, Axis, ListedAxes};
use crate::layer::{Layer, layer};
use crate::layers::activated::{resolve_axes, resolve_axis};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

operations! {
    /// The operations that order axes.
    OrderFunction of ["x"] {
        /// The axes that are named at other places, the others in their order.
        Moveaxis "moveaxis" in numpy needs [source, destination];
        /// Two axes in each other's place.
        Swapaxes "swapaxes" in numpy needs [axis1, axis2];
        /// The axes in another order, the batch first.
        Transpose "transpose" in numpy needs [axes];
    }
}

layer! {
    /// The axes of a tensor in another order: `ops::transpose(x, [0, 2, 1])`.
    Order {
        /// Which.
        function: OrderFunction,
        /// The axes in their new order, each once; the batch, 0, stays first.
        axes: ListedAxes = ListedAxes(Axes(Vec::new())),
        /// The axis that goes to the place of the second.
        axis1: Axis = Axis(0),
        /// The axis that goes to the place of the first.
        axis2: Axis = Axis(0),
        /// The axes that move; the batch, 0, does not.
        source: Axes = Axes(Vec::new()),
        /// Where each of them goes.
        destination: Axes = Axes(Vec::new()),
    }
}

impl Order {
    /// The axis of a sample of the input that stands at a place of the output's, for axes that have been accepted.
    #[must_use]
    pub fn axis_at(&self, place: usize, rank: usize) -> usize {
        let is_at = |written: &Axis, place: usize| written.in_sample(rank) == Some(place);
        match self.function {
            OrderFunction::Transpose => {
                let written = self.axes.0.0.get(place.saturating_add(1)).copied().map(Axis);
                written.and_then(|axis| axis.in_sample(rank)).unwrap_or(place)
            }
            OrderFunction::Swapaxes => match (is_at(&self.axis1, place), is_at(&self.axis2, place)) {
                (true, _) => self.axis2.in_sample(rank).unwrap_or(place),
                (false, true) => self.axis1.in_sample(rank).unwrap_or(place),
                (false, false) => place,
            },
            OrderFunction::Moveaxis => {
                let goes_to = |place: usize| self.destination.0.iter().position(|&axis| is_at(&Axis(axis), place));
                let moves = |axis: &usize| self.source.contain(*axis, rank);
                match goes_to(place) {
                    Some(i) => self.source.0.get(i).and_then(|&axis| Axis(axis).in_sample(rank)).unwrap_or(place),
                    None => {
                        let before = (0..place).filter(|&place| goes_to(place).is_none()).count();
                        (0..rank).filter(|axis| !moves(axis)).nth(before).unwrap_or(place)
                    }
                }
            }
        }
    }

    /// Checks that the axes are there, each once, and the batch's stays.
    fn check(&self, shape: &Shape) -> Result<(), Problem> {
        match self.function {
            OrderFunction::Moveaxis => {
                let count = |argument, axes: &Axes| resolve_axes(argument, &axes.0, shape).map(|axes| axes.len());
                let (from, to) = (count("source", &self.source)?, count("destination", &self.destination)?);
                if from == to {
                    return Ok(());
                }
                Err(Problem::Count { argument: "destination", expected: from, found: to, shape: shape.clone() })
            }
            OrderFunction::Swapaxes => {
                resolve_axis("axis1", self.axis1.0, shape)?;
                resolve_axis("axis2", self.axis2.0, shape).map(|_| ())
            }
            OrderFunction::Transpose => {
                let Some((&batch, own)) = self.axes.0.0.split_first() else { return Err(axes(shape, 0)) };
                if batch != 0 {
                    return Err(Problem::BatchAxis { argument: "axes", axis: batch });
                }
                let is_there = |axis: usize| own.iter().any(|&written| Axis(written).in_sample(shape.rank()) == Some(axis));
                match !own.is_empty() && own.len() == shape.rank() && (0..shape.rank()).all(is_there) {
                    true => Ok(()),
                    false => Err(axes(shape, own.len())),
                }
            }
        }
    }
}

fn axes(shape: &Shape, expected: usize) -> Problem {
    Problem::Axes { expected, found: shape.clone() }
}

impl Layer for Order {
    const OPERATIONS: &'static [Operation] = OrderFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let shape = &inputs[0].shape;
        self.check(shape)?;
        let at = |place: usize| shape.0.get(self.axis_at(place, shape.rank())).cloned();
        (0..shape.rank()).map(at).collect::<Option<_>>().map(|dims| inputs[0].with_shape(Shape(dims))).ok_or(Problem::Overflow)
    }
}
