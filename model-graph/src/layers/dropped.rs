//! What dropouts share whose choices may be made for several elements together: their rule.

use crate::argument::NoiseShape;
use crate::layers::activated::require_floats;
use crate::problem::Problem;
use crate::shape::TensorType;

/// The input, of numbers that choices of this shape fit.
pub(super) fn infer(inputs: &[TensorType], noise_shape: Option<&NoiseShape>) -> Result<TensorType, Problem> {
    require_floats(inputs)?;
    if let Some(noise_shape) = noise_shape {
        noise_shape.check(&inputs[0].shape)?;
    }
    Ok(inputs[0].clone())
}

/// Holds a class to the shapes of choices that it takes.
#[cfg(test)]
pub(super) fn check_noise_shapes(class: &str) {
    for (noise_shape, fits) in [
        ("[null, 1, null]", true),
        ("[1, null, 3]", true),
        ("[null, 1, 1]", true),
        ("[1, 3]", true),
        ("[3]", true),
        ("[null, 2, 3]", false),
        ("[4, 1, 1]", false),
        ("[null, 3]", false),
        ("[null, 1, 1, 1]", false),
    ] {
        let expected = if fits { "[words, 3], 0 parameters" } else { "NoiseShape" };
        let layer = format!(r#"{class} {{"rate": 0.5, "noise_shape": {noise_shape}}}"#);
        super::testing::check_rule(&layer, &["[words, 3]"], &format!("[words, 3] -> {expected}"));
    }
}
