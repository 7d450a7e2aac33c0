//! The axes of a tensor in another order.

use crate::argument::{Argument, Axes, Axis, ListedAxes, Permutation, Value};
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::resolve_axis;
use crate::layers::reshaping::permute::Permute;
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
    /// The same as a layer.
    ///
    /// # Errors
    /// If an axis is missing or named twice, or the batch is not first.
    pub fn permute(&self, shape: &Shape) -> Result<Permute, Problem> {
        let order = match self.function {
            OrderFunction::Moveaxis => self.moved(shape)?,
            OrderFunction::Swapaxes => {
                let (first, second) = (resolve_axis("axis1", self.axis1.0, shape)?, resolve_axis("axis2", self.axis2.0, shape)?);
                let mut order: Vec<usize> = (0..shape.rank()).collect();
                order.swap(first, second);
                order
            }
            OrderFunction::Transpose => self.transposed(shape)?,
        };
        let turned: Vec<usize> = order.into_iter().map(|place| place.saturating_add(1)).collect();
        let dims = Permutation::from_value(&Value::from(turned)).ok().filter(|dims| dims.0.len() == shape.rank());
        dims.map(|dims| Permute { dims }).ok_or_else(|| Problem::Axes {
            expected: self.axes.0.0.len().saturating_sub(1),
            found: shape.clone(),
        })
    }

    fn transposed(&self, shape: &Shape) -> Result<Vec<usize>, Problem> {
        let axes = &self.axes.0.0;
        if axes.first() != Some(&0) {
            return Err(Problem::BatchAxis { argument: "axes", axis: axes.first().copied().unwrap_or_default() });
        }
        let turned: Option<Vec<usize>> = axes.iter().skip(1).map(|&axis| Axis(axis).in_sample(shape.rank())).collect();
        turned.ok_or_else(|| Problem::Axes { expected: axes.len().saturating_sub(1), found: shape.clone() })
    }

    fn moved(&self, shape: &Shape) -> Result<Vec<usize>, Problem> {
        let places = |argument: &'static str, axes: &Axes| {
            let mut places = Vec::new();
            for &axis in &axes.0 {
                let place = resolve_axis(argument, axis, shape)?;
                if places.contains(&place) {
                    return Err(Problem::RepeatedAxis { argument, axis });
                }
                places.push(place);
            }
            Ok(places)
        };
        let (from, to) = (places("source", &self.source)?, places("destination", &self.destination)?);
        if from.len() != to.len() {
            let (expected, found) = (from.len(), to.len());
            return Err(Problem::Count { argument: "destination", expected, found, shape: shape.clone() });
        }
        let mut others = (0..shape.rank()).filter(|place| !from.contains(place));
        let at = |place: usize| {
            let moved = to.iter().position(|other| *other == place).and_then(|i| from.get(i).copied());
            moved.or_else(|| others.next())
        };
        (0..shape.rank()).map(at).collect::<Option<_>>().ok_or(Problem::Overflow)
    }
}

impl Layer for Order {
    const OPERATIONS: &'static [Operation] = OrderFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        self.permute(&inputs[0].shape)?.infer(inputs)
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs::default()
    }
}
