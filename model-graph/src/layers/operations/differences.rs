//! What elements along an axis differ from those before.

use std::num::NonZeroUsize;

use crate::argument::Axis;
use crate::dim::Dim;
use crate::layer::{Layer, layer};
use crate::layers::activated::{require_floats, resolve_axis};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, TensorType};

operations! {
    /// The differences along an axis.
    DifferencesFunction of ["a"] {
        /// What each element differs from the one before, as often as is asked for.
        Diff "diff" in numpy;
    }
}

layer! {
    /// What elements along an axis differ from those before: `ops::diff(x, axis = 1)`.
    Differences {
        /// Which.
        function: DifferencesFunction,
        /// How often differences are taken. Default: `1`.
        n: NonZeroUsize = NonZeroUsize::MIN,
        /// The axis; the batch is axis 0. Default: `-1`.
        axis: Axis = Axis(-1),
    }
}

impl Differences {
    /// What the elements from each on count by: binomial coefficients, that of the first first.
    pub fn factors(&self) -> impl Iterator<Item = f64> + Clone {
        let n = u32::try_from(self.n.get()).unwrap_or(u32::MAX);
        let sign = if n.is_multiple_of(2) { 1.0 } else { -1.0 };
        (0..=n).scan(sign, move |factor, place| {
            let own = *factor;
            *factor *= -f64::from(n.saturating_sub(place)) / f64::from(place.saturating_add(1));
            Some(own)
        })
    }
}

impl Layer for Differences {
    const OPERATIONS: &'static [Operation] = DifferencesFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let TensorType { dtype, shape } = &inputs[0];
        if *dtype != DType::I32 {
            require_floats(inputs)?;
        }
        let axis = resolve_axis("axis", self.axis.0, shape)?;
        let (size, n) = (&shape.0[axis], Dim::from(self.n.get()));
        let rest = size.sub(&n).ok_or(Problem::Overflow)?;
        if rest.known().is_some_and(|rest| rest < 1) {
            let most = size.sub(&Dim::constant(1)).ok_or(Problem::Overflow)?;
            return Err(Problem::Beyond { argument: "n", found: n, most, shape: shape.clone() });
        }
        Ok(inputs[0].with_shape(shape.with(axis, rest)))
    }

    fn index_bound_before(&self, _asked: usize) -> Option<usize> {
        None
    }
}
