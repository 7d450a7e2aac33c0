//! Convolutions of each channel on its own: channels last, the kernel as Keras has it, `[height][width][channels][multiplier]`.
//!
//! There is nothing to multiply a channel with but its own taps, so that these are bound by memory: blocks of channels stay in registers
//! while a window is gone through. The order of each sum depends on the geometry alone.

mod forward;
mod input_gradient;
mod weight_gradient;

pub use forward::forward;
pub use input_gradient::input_gradient;
pub use weight_gradient::weight_gradient;

use super::contract::axis::Axis;
use crate::sizes::{check, check_way, elements};

/// Channels of the output whose sums are kept in registers.
const BLOCK: usize = 32;

/// A depthwise convolution's sizes, of which only the batch is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// The input's height, width and channels.
    pub input: [usize; 3],
    /// The output's height, width and channels: a multiple of the input's.
    pub output: [usize; 3],
    /// The kernel's height and width.
    pub kernel: [usize; 2],
    /// From a window to the next, down and across.
    pub strides: [usize; 2],
    /// From a tap of a window to the next, down and across.
    pub dilation: [usize; 2],
    /// The rows and columns of zeros above and to the left of the input.
    pub padding: [usize; 2],
}

impl Geometry {
    /// How many elements a sample of the input has.
    #[must_use]
    pub fn input_len(&self) -> usize {
        elements(&self.input)
    }

    /// How many elements a sample of the output has.
    #[must_use]
    pub fn output_len(&self) -> usize {
        elements(&self.output)
    }

    /// Panics unless slices have the lengths that these sizes say, with as many samples as the input has.
    fn check(&self, input: usize, kernel: usize, output: usize) {
        let ([height, width, channels], [down, across, filters]) = (self.input, self.output);
        let (work, batch) = ("a depthwise convolution", input / self.input_len().max(1));
        check(work, [("input", input, &[batch, height, width, channels]), ("output", output, &[batch, down, across, filters])]);
        check(work, [("kernel", kernel, &[self.kernel[0], self.kernel[1], filters])]);
        for axis in [0, 1] {
            let steps = [(self.output[axis], self.strides[axis]), (self.kernel[axis], self.dilation[axis])];
            check_way("a depthwise convolution's window", self.padding[axis], steps);
        }
    }

    /// How many channels each channel becomes.
    const fn multiplier(&self) -> usize {
        self.output[2] / self.input[2]
    }

    /// The window's way down (0) or across (1).
    fn axis(&self, axis: usize) -> Axis {
        Axis {
            outputs: self.output[axis],
            taps: self.kernel[axis],
            inputs: self.input[axis],
            stride: self.strides[axis],
            dilation: self.dilation[axis],
            start: -(self.padding[axis] as isize),
        }
    }
}

/// Where a tap of a window lies in the input: for a tap of [`Axis::taps_at`] or an output of [`Axis::outputs_at`], inside of it.
#[inline(always)]
fn position(axis: &Axis, output: usize, tap: usize) -> usize {
    (axis.position(output) + (tap * axis.dilation) as isize) as usize
}

#[cfg(test)]
mod tests;
