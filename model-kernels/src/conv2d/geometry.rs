//! A convolution's sizes.

use super::super::contract::axis::Axis;
use super::super::contract::correlate::Strides;
use crate::sizes::{MOST, check, check_way, elements};

/// A convolution's sizes, of which only the batch is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// The input's height, width and channels.
    pub input: [usize; 3],
    /// The output's height, width and filters.
    pub output: [usize; 3],
    /// The kernel's height and width.
    pub kernel: [usize; 2],
    /// From a window to the next, down and across.
    pub strides: [usize; 2],
    /// From a tap of a window to the next, down and across.
    pub dilation: [usize; 2],
    /// The rows and columns of zeros above and to the left of the input; how many there are below and to the right follows from the output.
    pub padding: [usize; 2],
    /// In how many groups channels and filters are cut, that have nothing to do with each other.
    pub groups: usize,
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

    /// How many elements the kernel has.
    #[must_use]
    pub fn kernel_len(&self) -> usize {
        elements(&self.kernel_shape())
    }

    fn kernel_shape(&self) -> [usize; 4] {
        [self.kernel[0], self.kernel[1], self.group_channels(), self.output[2]]
    }

    /// The channels of a group.
    pub(super) const fn group_channels(&self) -> usize {
        self.input[2] / self.groups
    }

    /// The filters of a group.
    pub(super) const fn group_filters(&self) -> usize {
        self.output[2] / self.groups
    }

    /// The window's way down (0) or across (1).
    pub(super) fn axis(&self, axis: usize) -> Axis {
        Axis {
            outputs: self.output[axis],
            taps: self.kernel[axis],
            inputs: self.input[axis],
            // A step that is never taken may have any size.
            stride: self.strides[axis].min(MOST),
            dilation: self.dilation[axis].min(MOST),
            start: -(self.padding[axis] as isize),
        }
    }

    pub(super) fn input_strides(&self) -> Strides {
        let [_, width, channels] = self.input;
        Strides { sample: self.input_len(), row: width * channels, pixel: channels, group: self.group_channels() }
    }

    pub(super) fn output_strides(&self) -> Strides {
        let [_, width, filters] = self.output;
        Strides { sample: self.output_len(), row: width * filters, pixel: filters, group: self.group_filters() }
    }

    /// Panics unless slices have the lengths that these sizes and the batch say, and windows that can be computed with.
    pub(super) fn check(&self, batch: usize, input: usize, kernel: usize, output: usize) {
        assert!(
            self.input[2].is_multiple_of(self.groups) && self.output[2].is_multiple_of(self.groups),
            "groups cut channels and filters evenly"
        );
        assert!(self.strides.iter().chain(&self.dilation).all(|&step| step > 0), "steps of a convolution");
        let ([height, width, channels], [down, across, filters]) = (self.input, self.output);
        check(
            "a convolution",
            [("input", input, &[batch, height, width, channels]), ("output", output, &[batch, down, across, filters])],
        );
        check("a convolution", [("kernel", kernel, &self.kernel_shape())]);
        for axis in [0, 1] {
            let steps = [(self.output[axis], self.strides[axis]), (self.kernel[axis], self.dilation[axis])];
            check_way("a convolution's window", self.padding[axis], steps);
        }
    }
}
