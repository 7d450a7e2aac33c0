//! Axes of size 1, made and taken away.

use crate::argument::Axes as Listed;
use crate::dim::Dim;
use crate::layer::{Layer, layer};
use crate::layers::activated::{resolve_axes, resolve_axis};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

operations! {
    /// The operations that make axes of size 1, or take them away.
    AxesFunction of ["x"] {
        /// New axes of size 1.
        ExpandDims "expand_dims" in numpy;
        /// The tensor without axes of size 1.
        Squeeze "squeeze" in numpy;
    }
}

layer! {
    /// A tensor with axes of size 1 more, or fewer: `ops::expand_dims(x, axis = 1)`.
    Axes {
        /// Which.
        function: AxesFunction,
        /// The axes, of which the batch is 0: of the result where they are made, of the tensor where they are taken away; there, `None` is all
        /// that have size 1. Default: `None`.
        axis: Option<Listed> = None,
    }
}

impl Axes {
    /// The shape with new axes at these places of the result.
    fn expanded(axes: &Listed, shape: &Shape) -> Result<Shape, Problem> {
        let rank = shape.rank().saturating_add(axes.0.len());
        let room = Shape(vec![Dim::from(1); rank]);
        let new = resolve_axes("axis", &axes.0, &room)?;
        let mut own = shape.0.iter();
        let size = |axis: usize| if new.contains(&axis) { Some(Dim::from(1)) } else { own.next().cloned() };
        Ok(Shape((0..rank).map_while(size).collect()))
    }

    /// The shape without these axes, or without all of size 1.
    fn squeezed(axes: Option<&Listed>, shape: &Shape) -> Result<Shape, Problem> {
        let Some(axes) = axes else { return Ok(Shape(shape.0.iter().filter(|dim| !dim.is_one()).cloned().collect())) };
        let mut left: Vec<Option<Dim>> = shape.0.iter().cloned().map(Some).collect();
        for &axis in &axes.0 {
            let place = resolve_axis("axis", axis, shape)?;
            match left.get_mut(place).and_then(Option::take) {
                Some(dim) if dim.is_one() => {}
                Some(size) => return Err(Problem::NoSingle { axis, size, shape: shape.clone() }),
                None => return Err(Problem::RepeatedAxis { argument: "axis", axis }),
            }
        }
        Ok(Shape(left.into_iter().flatten().collect()))
    }
}

impl Layer for Axes {
    const OPERATIONS: &'static [Operation] = AxesFunction::ALL;
    const IS_VIEW: bool = true;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let shape = &inputs[0].shape;
        let shape = match (self.function, &self.axis) {
            (AxesFunction::ExpandDims, Some(axes)) => Self::expanded(axes, shape)?,
            (AxesFunction::ExpandDims, None) => return Err(Problem::Axis { argument: "axis", axis: 0, shape: shape.clone() }),
            (AxesFunction::Squeeze, axes) => Self::squeezed(axes.as_ref(), shape)?,
        };
        Ok(inputs[0].with_shape(shape))
    }
}
