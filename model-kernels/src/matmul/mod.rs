//! Dense layers: products of matrices, all row-major.
//!
//! A product is a correlation of `m` pixels with a window of one. None of it needs scratch memory.

mod forward;
mod input_gradient;
mod narrow;
mod packed;
mod weight_gradient;

pub use forward::dense_forward;
pub use input_gradient::dense_input_gradient;
pub use narrow::{Narrow, WeightPrecision};
pub(crate) use packed::Packed;
pub use weight_gradient::dense_weight_gradient;

use super::contract::axis::Axis;

/// `m` pixels in a row, each seen alone.
fn pixels(m: usize) -> Axis {
    Axis { outputs: m, taps: 1, inputs: m, stride: 1, dilation: 1, start: 0 }
}

#[cfg(test)]
mod tests;
