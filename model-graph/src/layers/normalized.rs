//! What layers share that normalise a sample along axes: which axes, the weights that scale and shift, and the memory.

use crate::argument::Axes;
use crate::dim::Dim;
use crate::layer::{Care, Needs, Space, WeightSpec};
use crate::layers::activated::{known_size, resolve_axes};
use crate::problem::Problem;
use crate::shape::Shape;

/// The sizes of the axes, which must be known: the shape of the weights. Keras sorts the axes as they are written, negative ones first.
pub(super) fn sizes(axes: &Axes, shape: &Shape) -> Result<Shape, Problem> {
    let mut sorted = axes.clone();
    sorted.0.sort_unstable();
    let sizes = resolve_axes("axis", &sorted.0, shape)?.into_iter().map(|axis| known_size(shape, axis));
    let sizes = Shape(sizes.collect::<Result<_, _>>()?);
    sizes.elements().ok_or(Problem::Overflow)?;
    Ok(sizes)
}

/// The weights `gamma` and `beta`, where there are such.
pub(super) fn affine(sizes: &Shape, gamma: Option<Care>, beta: Option<Care>) -> Vec<WeightSpec> {
    let weight = |name, care: Option<Care>| Some(WeightSpec::cared_for(name, sizes.clone(), care?));
    weight("gamma", gamma).into_iter().chain(weight("beta", beta)).collect()
}

/// What a normalisation along these axes works with: the rows are as many as there are elements without the axes.
pub(super) fn needs(axes: &Axes, shape: &Shape) -> Needs {
    let mut rows = shape.clone();
    let resolved = resolve_axes("axis", &axes.0, shape).unwrap_or_default();
    resolved.iter().for_each(|&axis| rows = rows.with(axis, Dim::constant(1)));
    needs_of_rows(shape, &rows.count(), axis_behind(&resolved, shape).is_none())
}

/// An axis that is not among these, but comes behind one of them with more than one element.
pub(super) fn axis_behind(axes: &[usize], shape: &Shape) -> Option<usize> {
    let first = axes.iter().min()?;
    let behind = shape.0.iter().enumerate().skip(*first);
    behind.filter(|(axis, size)| !axes.contains(axis) && size.known() != Some(1)).map(|(axis, _)| axis).next()
}

/// What a normalisation of so many rows works with. Where their elements do not lie together, tensors are turned: input and output, and
/// their gradients.
pub(super) fn needs_of_rows(shape: &Shape, rows: &Dim, is_together: bool) -> Needs {
    let sample = shape.count();
    let turned = Space::per_sample(sample.saturating_mul(&Dim::from(if is_together { 0 } else { 2 })));
    Needs {
        saved: Space::per_sample(sample.saturating_add(rows)), // the normalised input, then the inverse of what each row is divided by
        forward_scratch: turned.clone(),
        backward_scratch: turned,
        ..Needs::default()
    }
}
