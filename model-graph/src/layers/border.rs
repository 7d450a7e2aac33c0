//! What padding and cropping share: sizes with more or less at both ends.

use crate::dim::Dim;
use crate::layers::activated::{SEQUENCE, require_axes};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

pub(super) use crate::layers::activated::IMAGE;

/// Each axis but the last with so much more at its ends.
pub(super) fn padded(ends: &[[usize; 2]], input: &TensorType, axes: &'static [&'static str]) -> Result<TensorType, Problem> {
    resized(ends, input, axes, |size, [first, second], _| {
        size.add(&Dim::from(first)).and_then(|size| size.add(&Dim::from(second))).ok_or(Problem::Overflow)
    })
}

/// Each axis but the last with so much less at its ends; something must be left of each.
pub(super) fn cropped(ends: &[[usize; 2]], input: &TensorType, axes: &'static [&'static str]) -> Result<TensorType, Problem> {
    resized(ends, input, axes, |size, [first, second], axis| {
        let cropping = first.checked_add(second).ok_or(Problem::Overflow)?;
        let left = size.sub(&Dim::from(cropping)).ok_or(Problem::Overflow)?;
        match left.known() {
            Some(..=0) => Err(Problem::Crop { axis, cropping, size: size.clone() }),
            Some(1..) | None => Ok(left),
        }
    })
}

fn resized(
    ends: &[[usize; 2]],
    input: &TensorType,
    axes: &'static [&'static str],
    size: impl Fn(&Dim, [usize; 2], &'static str) -> Result<Dim, Problem>,
) -> Result<TensorType, Problem> {
    debug_assert!(axes == IMAGE || axes == SEQUENCE, "an image or a sequence");
    let dims = require_axes(input, axes)?;
    let resized = dims.iter().zip(ends).zip(axes).map(|((dim, &ends), axis)| size(dim, ends, axis));
    let channels = dims.last().cloned().map(Ok);
    Ok(input.with_shape(Shape(resized.chain(channels).collect::<Result<_, _>>()?)))
}
