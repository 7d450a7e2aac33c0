//! Where random choices are made: for each place along an axis, or once for all of them.

use serde_json::Value;

use super::number::{MOST_AXES, size_value};
use super::{Argument, Mismatch, Size};
use crate::dim::Dim;
use crate::problem::Problem;
use crate::shape::Shape;

/// The shape of random choices, the batch first: along an axis they are made for each place, `None` or its size, or once, 1. Axes before those
/// that are written have one choice, as where shapes are stretched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoiseShape(Vec<Option<Dim>>);

impl NoiseShape {
    /// Whether a choice is made for each place along an axis of a tensor, of which the batch is the first of so many.
    #[must_use]
    pub fn is_apart(&self, axis: usize, axes: usize) -> bool {
        let place = self.0.len().checked_add(axis).and_then(|place| place.checked_sub(axes));
        let size = place.and_then(|place| self.0.get(place));
        size.is_some_and(|size| size.as_ref() != Some(&Dim::from(1)))
    }

    /// Whether it fits samples of a shape.
    ///
    /// # Errors
    /// If it has too many axes, `None` stands for an axis that is counted in another way, or a size is neither 1 nor the axis's.
    pub fn check(&self, sample: &Shape) -> Result<(), Problem> {
        let axes = sample.rank().saturating_add(1);
        let missing = axes.checked_sub(self.0.len());
        let fits = |(place, size): (usize, &Option<Dim>)| match (size, missing.and_then(|missing| missing.checked_add(place))) {
            // Keras counts what follows from the tensor from the front, and all else from the end.
            (None, _) => missing == Some(0),
            (Some(size), Some(0)) => *size == Dim::from(1),
            (Some(size), Some(axis)) => {
                *size == Dim::from(1) || axis.checked_sub(1).and_then(|axis| sample.0.get(axis)) == Some(size)
            }
            (Some(_), None) => false,
        };
        if missing.is_some() && self.0.iter().enumerate().all(fits) {
            return Ok(());
        }
        let kept = |axis: usize| match self.0.get(axis) {
            Some(Some(size)) if *size == Dim::from(1) => "1",
            Some(_) | None => "None",
        };
        let fit = (0..axes).map(kept).collect::<Vec<_>>().join(", ");
        Err(Problem::NoiseShape {
            argument: "noise_shape",
            found: sample.clone(),
            fit: format!("({fit}{})", if axes == 1 { "," } else { "" }),
        })
    }
}

impl Argument for NoiseShape {
    const EXPECTED: &'static str = "a list of `None` and sizes of at least 1, the batch first";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let items = value.as_array().filter(|items| (1..=MOST_AXES).contains(&items.len()));
        let size = |item: &Value| match item {
            Value::Null => Some(None),
            size => Size::from_value(size).ok().map(|size| Some(size.0)),
        };
        let sizes: Option<Vec<Option<Dim>>> = items.and_then(|items| items.iter().map(size).collect());
        sizes.map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        self.0.iter().map(|size| size.as_ref().map_or(Value::Null, size_value)).collect()
    }
}
