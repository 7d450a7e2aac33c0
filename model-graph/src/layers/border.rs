//! What padding and cropping share over the rank: sizes with more or less at both ends.

use crate::dim::Dim;
use crate::layers::rank::{names, resize};
use crate::problem::Problem;
use crate::shape::TensorType;

/// Each axis but the last with so much more at its ends.
pub(super) fn padded<const N: usize>(ends: &[[usize; 2]; N], input: &TensorType) -> Result<TensorType, Problem> {
    resize::<N>(input, |i, size| {
        let [first, last] = ends[i].map(Dim::from);
        size.add(&first).and_then(|size| size.add(&last)).ok_or(Problem::Overflow)
    })
}

/// Each axis but the last with so much less at its ends; something must be left of each.
pub(super) fn cropped<const N: usize>(ends: &[[usize; 2]; N], input: &TensorType) -> Result<TensorType, Problem> {
    resize::<N>(input, |i, size| {
        let [first, last] = ends[i];
        let cropping = first.checked_add(last).ok_or(Problem::Overflow)?;
        let left = size.sub(&Dim::from(cropping)).ok_or(Problem::Overflow)?;
        match left.known() {
            Some(..=0) => Err(Problem::Crop { axis: names::<N>()[i], cropping, size: size.clone() }),
            Some(1..) | None => Ok(left),
        }
    })
}
