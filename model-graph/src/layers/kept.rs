//! Whether what is asked of a layer's weights, in whatever layer, can be done with weights of their shapes.

use std::borrow::Cow;

use serde_json::Value;

use super::AnyLayer;
use crate::argument::{Argument, Constraint, Initializer, Regularizer, Start};
use crate::layer::WeightSpec;
use crate::problem::Problem;
use crate::shape::Shape;

/// Checks the weights that a layer has for inputs which its shape rule has accepted.
pub(super) fn check(layer: &AnyLayer, weights: &[WeightSpec]) -> Result<(), Problem> {
    weights.iter().find_map(|weight| unfit(layer, weight)).map_or(Ok(()), Err)
}

/// Checks the penalty on what a layer gives.
pub(super) fn check_activity<'s>(
    regularizer: Option<Regularizer>,
    mut outputs: impl Iterator<Item = &'s Shape>,
) -> Result<(), Problem> {
    let Some(regularizer @ Regularizer::Orthogonal { .. }) = regularizer else { return Ok(()) };
    // Its matrix is that of the samples and what each gives.
    outputs
        .find(|output| output.rank() != 1)
        .map_or(Ok(()), |output| Err(Problem::ActivityMatrix { class: regularizer.class(), shape: output.clone() }))
}

fn unfit(layer: &AnyLayer, weight: &WeightSpec) -> Option<Problem> {
    let WeightSpec { name, shape, initializer, regularizer, constraint, .. } = weight;
    let asking = |value: Value| {
        argument_of(layer, &value).unwrap_or(match name {
            Cow::Borrowed(name) => name, // users' layers say it of the weight itself
            Cow::Owned(_) => "layer",
        })
    };
    let matrix =
        |class, value| Some(Problem::Matrix { argument: asking(value), class, weight: name.to_string(), shape: shape.clone() });
    let is_matrix = shape.rank() == 2;
    match (initializer.start, regularizer) {
        (Start::Identity(_), _) if !is_matrix => matrix("Identity", Initializer::to_value(initializer)),
        (Start::Stft(_), _) if !has_waves(shape) => {
            let argument = asking(Initializer::to_value(initializer));
            Some(Problem::Waves { argument, weight: name.to_string(), shape: shape.clone() })
        }
        (_, Some(regularizer @ Regularizer::Orthogonal { .. })) if !is_matrix => {
            matrix(regularizer.class(), regularizer.to_value())
        }
        _ => {
            let constraint = constraint.as_ref()?;
            let axis = constraint.axes()?.unfit(shape.rank())?;
            let argument = asking(Constraint::to_value(constraint));
            Some(Problem::WeightAxis {
                argument,
                class: constraint.class(),
                axis,
                weight: name.to_string(),
                shape: shape.clone(),
            })
        }
    }
}

/// Whether a kernel may hold waves: of one channel, and of frequencies from none to the fastest that there is.
fn has_waves(shape: &Shape) -> bool {
    let [_, channels, frequencies] = shape.0.as_slice() else { return false };
    channels.known() == Some(1) && frequencies.known() != Some(1)
}

/// The argument that was given a value.
fn argument_of(layer: &AnyLayer, value: &Value) -> Option<&'static str> {
    let written = layer.write();
    layer.declaration().arguments().iter().map(|spec| spec.name).find(|name| written.get(*name) == Some(value))
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn what_is_asked_of_weights_fits_their_shapes() {
        check_rule(
            r#"Conv2D {"filters": 8, "kernel_size": 3, "kernel_regularizer": "orthogonal_regularizer"}"#,
            &["[9, 9, 3]"],
            "[9, 9, 3] -> Matrix",
        );
        check_rule(
            r#"Dense {"units": 5, "kernel_regularizer": "orthogonal_regularizer", "kernel_initializer": "identity"}"#,
            &["[4]"],
            "[4] -> [5], 25 parameters",
        );
        check_rule(
            r#"Dense {"units": 5, "activity_regularizer": "orthogonal_regularizer"}"#,
            &["[4]", "[3, 4]"],
            "[4] -> [5], 25 parameters\n[3, 4] -> ActivityMatrix",
        );
        check_rule(
            r#"Conv1D {"filters": 5, "kernel_size": 8, "kernel_initializer": "stft"}"#,
            &["[9, 1]", "[9, 2]"],
            "[9, 1] -> [2, 5], 45 parameters\n[9, 2] -> Waves",
        );
        check_rule(r#"Conv1D {"filters": 1, "kernel_size": 8, "kernel_initializer": "stft"}"#, &["[9, 1]"], "[9, 1] -> Waves");
        check_rule(r#"Dense {"units": 5, "bias_initializer": "identity"}"#, &["[4]"], "[4] -> Matrix");
        check_rule(
            r#"Dense {"units": 5, "bias_constraint": {"class_name": "MaxNorm", "config": {"axis": 1}}}"#,
            &["[4]"],
            "[4] -> WeightAxis",
        );
    }
}
