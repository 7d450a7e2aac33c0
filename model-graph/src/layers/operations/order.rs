//! The axes of a tensor in another order.

use crate::argument::{Argument, ListedAxes, Permutation, Value};
use crate::layer::{Layer, Needs, layer};
use crate::layers::reshaping::permute::Permute;
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

operations! {
    /// The operations that order axes.
    OrderFunction of ["x"] {
        /// The axes in another order, the batch first.
        Transpose "transpose" in numpy;
    }
}

layer! {
    /// The axes of a tensor in another order: `ops::transpose(x, [0, 2, 1])`.
    Order {
        /// Which.
        function: OrderFunction,
        /// The axes in their new order, each once; the batch, 0, stays first.
        axes: ListedAxes,
    }
}

impl Order {
    /// The same as a layer.
    ///
    /// # Errors
    /// If an axis is missing or named twice, or the batch is not first.
    pub fn permute(&self, shape: &Shape) -> Result<Permute, Problem> {
        let axes = &self.axes.0.0;
        if axes.first() != Some(&0) {
            return Err(Problem::BatchAxis { argument: "axes", axis: axes.first().copied().unwrap_or_default() });
        }
        let rank = shape.rank();
        let turned = axes.iter().skip(1).map(|&axis| {
            let place = crate::argument::Axis(axis).in_sample(rank);
            place.map(|place| place.saturating_add(1))
        });
        let turned: Option<Vec<usize>> = turned.collect();
        let dims =
            turned.and_then(|turned| Permutation::from_value(&Value::from(turned)).ok()).filter(|dims| dims.0.len() == rank);
        dims.map(|dims| Permute { dims })
            .ok_or_else(|| Problem::Axes { expected: axes.len().saturating_sub(1), found: shape.clone() })
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
