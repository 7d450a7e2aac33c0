//! What layers share that give images of another size: the memory that the resizing works in.

use crate::argument::{Interpolation, Size};
use crate::dim::Dim;
use crate::layer::{Needs, Space};
use crate::layers::rank::require_rank;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

/// `[rows, columns, channels] -> [height, width, channels]`.
pub(super) fn of_size([height, width]: [&Size; 2], inputs: &[TensorType]) -> Result<TensorType, Problem> {
    let (_, channels) = require_rank::<2>(&inputs[0])?;
    Ok(inputs[0].with_shape(Shape(vec![height.0.clone(), width.0.clone(), channels.clone()])))
}

/// Room for a table of weights along each axis, and for what lies between the axes, where so much of an image is resized, at most.
///
/// An output takes `2 * radius * max(from / to, 1) + 1` elements along an axis, at most.
pub(super) fn resized(interpolation: Interpolation, from: &Shape, input: &Shape, output: &Shape) -> Needs {
    let reach = Dim::from(usize::try_from(interpolation.radius()).unwrap_or(usize::MAX).saturating_mul(2));
    let table = |(from, to): (&Dim, &Dim)| {
        let wide = from.saturating_mul(&reach);
        wide.saturating_add(&to.saturating_mul(&reach.saturating_add(&Dim::constant(1))))
    };
    let tables = from.0.iter().zip(&output.0).take(2).map(table).fold(Dim::default(), |sum, room| sum.saturating_add(&room));
    let between = input.with(0, output.0.first().cloned().unwrap_or_default()).count();
    let scratch = Space { per_sample: between, fixed: tables };
    Needs { forward_scratch: scratch.clone(), backward_scratch: scratch, ..Needs::default() }
}
